//! Tables of delegations, and the one statement by which a code of an agent is redeemed.

use super::{
    rows::*,
    tables_of_holders::{CODE, account, by, code, filled},
};
use crate::support::database::Database;
use yinxin::store::{
    Store, StoreError,
    delegations::{self, Delegation, Paper, Refusal},
    presentations::{self, Presentation},
};

on_both!(a_code_of_an_agent_is_redeemed_while_its_delegation_works, rows_of_principal_agent_and_body, each_step_once);

/// Of a licence of [`CODE`], to the second account.
fn given(number: u32) -> Delegation {
    Delegation {
        id: id(11, number),
        basis: "online".to_owned(),
        principal_kind: "001".to_owned(),
        principal_code: CODE.to_owned(),
        principal_name: "某某餐饮有限公司".to_owned(),
        agent_id: account(1).id,
        scope: Some(br#"{"x":["a"]}"#.to_vec()),
        matter: Some("年检".to_owned()),
        copies: 0,
        first_day: "2026-11-30".to_owned(),
        last_day: "2026-12-31".to_owned(),
        body_id: None,
        opened_kind: "holder".to_owned(),
        opened_by: account(0).id,
        opened_at: i64::from(number),
        settled_kind: None,
        settled_by: None,
        settled_at: None,
        ending: None,
        ended_kind: None,
        ended_by: None,
        ended_at: None,
    }
}

fn shown(number: u8, by: u32) -> Presentation {
    Presentation { delegation_id: Some(id(11, by)), ..code(number, 1000) }
}

fn redeem(store: &Store, number: u8, today: &'static str) -> bool {
    store.write(move |c| presentations::redeem(c, &[(&[number; 32], &by(0))], 500, today)).unwrap() == [true]
}

fn a_code_of_an_agent_is_redeemed_while_its_delegation_works(database: &Database) {
    let store = filled(database);
    store
        .write(|c| {
            for number in [1, 2] {
                delegations::insert(c, &given(number))?;
            }
            delegations::settle(c, &id(11, 2), ("holder", "x"), 1)?;
            for (number, of) in [(1, 1), (2, 2), (3, 2), (4, 2)] {
                presentations::insert(c, &shown(number, of))?;
            }
            presentations::insert(c, &code(9, 1000))
        })
        .unwrap();
    assert!(!redeem(&store, 1, "2026-12-01"), "nobody accepted");
    assert!(!redeem(&store, 2, "2026-11-29"), "before the first day");
    assert!(!redeem(&store, 2, "2027-01-01"), "after the last");
    assert!(redeem(&store, 2, "2026-11-30") && redeem(&store, 3, "2026-12-31"), "on both");
    store.write(|c| delegations::end(c, &id(11, 2), "revoked", ("holder", "x"), 2)).unwrap();
    assert!(!redeem(&store, 4, "2026-12-01"), "ended");
    assert!(redeem(&store, 9, "2026-12-01"), "what the holder shows asks for none");
}

fn rows_of_principal_agent_and_body(database: &Database) {
    let store = filled(database);
    let recorded = Delegation { body_id: Some(body(1).id), basis: "letter".to_owned(), ..given(3) };
    let elsewhere = Delegation { agent_id: account(0).id, principal_code: "other".to_owned(), ..given(4) };
    let paper = Paper {
        delegation_id: id(11, 3),
        document_number: String::new(),
        name: "委托书".to_owned(),
        sm3: vec![7; 32],
        octets: b"%PDF-".to_vec(),
    };
    let refusal = Refusal {
        id: id(12, 1),
        delegation_id: id(11, 3),
        licence_id: id(4, 3),
        body_id: body(2).id,
        window_name: None,
        actor_kind: "person".to_owned(),
        actor_id: "p".to_owned(),
        purpose: "过户".to_owned(),
        reason: "other_matter".to_owned(),
        at: 50,
        used_by: None,
    };
    let (kept, told) = (paper.clone(), refusal.clone());
    store
        .write(move |c| {
            for row in [&given(1), &given(2), &recorded, &elsewhere] {
                delegations::insert(c, row)?;
            }
            delegations::insert_paper(c, &kept)?;
            delegations::insert_refusal(c, &told)
        })
        .unwrap();
    store
        .read(|c| {
            let ids = |rows: Vec<(Delegation, _)>| rows.into_iter().map(|(row, _)| row.id).collect::<Vec<_>>();
            let newest_first = [id(11, 3), id(11, 2), id(11, 1)];
            assert_eq!(ids(delegations::of_principal(c, "001", CODE, 9)?), newest_first);
            assert_eq!(ids(delegations::of_agent(c, &account(1).id, 9)?), newest_first);
            assert_eq!(ids(delegations::of_agent(c, &account(1).id, 1)?), [id(11, 3)]);
            assert!(delegations::of_principal(c, "111", CODE, 9)?.is_empty(), "another kind of code is another holder");
            assert_eq!(ids(delegations::of_body(c, &body(1).id, 9)?), [id(11, 3)]);
            assert!(delegations::of_body(c, &body(2).id, 9)?.is_empty());
            assert_eq!(delegations::count_running(c, "001", CODE, "2026-12-31")?, 3);
            assert_eq!(delegations::count_running(c, "001", CODE, "2027-01-01")?, 0);
            assert_eq!(delegations::running_between(c, ("001", CODE), &account(1).id)?.len(), 3);
            assert_eq!(delegations::paper(c, &id(11, 3))?, Some(paper.clone()));
            assert_eq!(delegations::paper_line(c, &id(11, 3))?.map(|line| line.sm3), Some(vec![7; 32]));
            assert_eq!(delegations::refusals_of(c, &id(11, 3), 9)?, std::slice::from_ref(&refusal));
            assert_eq!(delegations::refusals_of_principal(c, "001", CODE, 50, 9)?.len(), 1);
            assert!(delegations::refusals_of_principal(c, "001", CODE, 51, 9)?.is_empty());
            assert_eq!(delegations::find(c, &id(11, 4))?.map(|(_, agent)| agent.id), Some(account(0).id));
            Ok::<_, StoreError>(())
        })
        .unwrap();
    let shown = format!("{:?}", given(1));
    assert!(!shown.contains("餐饮") && !shown.contains(CODE), "{shown}");
}

fn each_step_once(database: &Database) {
    let store = filled(database);
    let steps = store.write(|c| {
        for number in [1, 2, 3] {
            delegations::insert(c, &given(number))?;
        }
        let by = ("holder", "x");
        let settled = [delegations::settle(c, &id(11, 1), by, 5)?, delegations::settle(c, &id(11, 1), by, 6)?];
        let ended =
            [delegations::end(c, &id(11, 1), "revoked", by, 7)?, delegations::end(c, &id(11, 1), "laid_down", by, 8)?];
        let after = delegations::settle(c, &id(11, 1), by, 9)?;
        // of the account that gave, and of the one that holds
        let of_giver = delegations::end_of_account(c, &account(0).id, "revoked", ("system", "uid:0"), 10)?;
        let of_agent = delegations::end_of_account(c, &account(1).id, "revoked", ("system", "uid:0"), 10)?;
        Ok::<_, StoreError>((settled, ended, after, of_giver, of_agent))
    });
    assert_eq!(steps, Ok(([true, false], [true, false], false, 2, 0)));
    let (row, _) = store.read(|c| delegations::find(c, &id(11, 1))).unwrap().unwrap();
    assert_eq!((row.settled_at, row.ended_at, row.ending.as_deref()), (Some(5), Some(7), Some("revoked")));
}
