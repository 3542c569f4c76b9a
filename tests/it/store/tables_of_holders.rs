//! Tables of holders: accounts, codes, uses, objections.

use super::rows::*;
use crate::support::database::Database;
use std::{sync::Barrier, thread};
use yinxin::store::{
    Conn, Store, StoreError,
    holders::{self, Account, Session},
    licences,
    presentations::{self, Presentation, Redeemer},
    uses::{self, Objection, Use},
};

on_both!(
    accounts_and_their_sessions,
    licences_are_found_by_holder,
    of_thirty_two_one_redeems,
    codes_end_and_are_cleared_away,
    uses_and_objections,
);

/// Of the licences that [`licence`] makes with a number that 3 divides.
pub(super) const CODE: &str = "91320115MA202UKD00";

/// Codes of holders do not care for it.
const TODAY: &str = "2026-11-30";

pub(super) fn account(number: u32) -> Account {
    Account {
        id: id(9, number),
        code_kind: "001".to_owned(),
        code: format!("91320115MA202UKD{number:02}"),
        login: format!("holder-{number}"),
        name: "某某餐饮有限公司".to_owned(),
        password_hash: "$argon2id$v=19$x".to_owned(),
        created_at: 1_760_000_000_000,
        disabled_at: None,
    }
}

pub(super) fn code(number: u8, expires_at: i64) -> Presentation {
    Presentation {
        code_hash: vec![number; 32],
        holder_id: id(9, 0),
        licence_id: id(4, 3),
        fields: br#"["a"]"#.to_vec(),
        purpose: "接受检查".to_owned(),
        created_at: 0,
        expires_at,
        redeemed_at: None,
        scan_id: None,
        redeemer_body: None,
        redeemer_kind: None,
        redeemer_id: None,
        window_name: None,
        delegation_id: None,
        redeemer_name: None,
    }
}

pub(super) fn by(scan: usize) -> Redeemer {
    Redeemer {
        scan_id: format!("scan-{scan:04}"),
        body_id: Some(body(2).id),
        name: None,
        actor_kind: "token".to_owned(),
        actor_id: format!("token-{scan}"),
        window_name: Some("3 号窗口".to_owned()),
    }
}

pub(super) fn used(number: u32, licence: u32, at: i64) -> Use {
    Use {
        id: id(10, number),
        licence_id: id(4, licence),
        version: 1,
        body_id: body(2).id,
        window_name: None,
        actor_kind: "token".to_owned(),
        actor_id: "t".to_owned(),
        purpose: "接受检查".to_owned(),
        fields: b"[]".to_vec(),
        state: "in_force".to_owned(),
        at,
        delegation_id: None,
        used_by: None,
        copy_id: None,
    }
}

/// Two bodies, three licences (two of one holder), two accounts.
pub(super) fn filled(database: &Database) -> Store {
    let store = database.store();
    let written = store.write(|c| {
        two_bodies(c)?;
        for (number, of) in [(3, 1), (6, 2), (7, 1)] {
            whole_licence(c, number, of)?;
        }
        holders::insert(c, &account(0))?;
        holders::insert(c, &account(1))
    });
    assert_eq!(written, Ok(()));
    store
}

fn accounts_and_their_sessions(database: &Database) {
    let store = filled(database);
    let refused = |row: Account| store.write(move |c| holders::insert(c, &row));
    let conflict = |name: &str| Err(StoreError::Conflict { constraint: name.to_owned() });
    let again = Account { id: id(9, 5), login: "another".to_owned(), ..account(0) };
    assert_eq!(refused(again.clone()), conflict("holders_code_kind_code"));
    assert_eq!(
        refused(Account { id: id(9, 5), login: "holder-1".to_owned(), ..account(5) }),
        conflict("holders_login")
    );
    let session =
        |token: u8, expires_at| Session { token_hash: vec![token; 32], holder_id: id(9, 0), created_at: 1, expires_at };
    let done = store.write(move |c| {
        holders::insert_session(c, &session(1, 10))?;
        holders::insert_session(c, &session(2, 20))?;
        let cleared = holders::delete_sessions_before(c, 20)?;
        let disabled = [holders::disable(c, &id(9, 0), 5)?, holders::disable(c, &id(9, 0), 6)?];
        // a disabled account makes room for another of the same holder
        holders::insert(c, &again)?;
        Ok::<_, StoreError>((cleared, disabled, holders::set_password_hash(c, "none", "x")?))
    });
    assert_eq!(done, Ok((1, [true, false], false)));
    let of_account = Account { disabled_at: Some(5), ..account(0) };
    store
        .read(|c| {
            assert_eq!(holders::find_session(c, &[1; 32])?, None);
            assert_eq!(holders::find_session(c, &[2; 32])?, Some((session(2, 20), of_account.clone())));
            assert_eq!(holders::find_by_login(c, "holder-0")?, Some(of_account));
            assert_eq!(holders::list(c, &id(9, 0), 9)?.len(), 2);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    let ended = store.write(|c| {
        Ok::<_, StoreError>((holders::delete_sessions_of(c, &id(9, 0))?, holders::delete_session(c, &[2; 32])?))
    });
    assert_eq!(ended, Ok((1, false)));
}

fn licences_are_found_by_holder(database: &Database) {
    let store = filled(database);
    let ids = |kind: &'static str, code: &'static str, limit| {
        let rows = store.read(|c| licences::of_holder(c, kind, code, limit)).unwrap();
        rows.into_iter().map(|(licence, version)| (licence.id, version.version)).collect::<Vec<_>>()
    };
    // of both bodies, the newest first
    assert_eq!(ids("001", CODE, 9), [(id(4, 6), 1), (id(4, 3), 1)]);
    assert_eq!(ids("001", CODE, 1), [(id(4, 6), 1)]);
    assert!(ids("111", CODE, 9).is_empty(), "another kind of code is another holder");
    assert!(ids("001", "", 9).is_empty());
}

fn of_thirty_two_one_redeems(database: &Database) {
    const CALLERS: usize = 32;
    let store = filled(database);
    store.write(|c| presentations::insert(c, &code(1, 1000))).unwrap();
    let together = Barrier::new(CALLERS);
    let won: Vec<usize> = thread::scope(|scope| {
        let all: Vec<_> = (0..CALLERS)
            .map(|scan| {
                let (store, together) = (&store, &together);
                scope.spawn(move || {
                    together.wait();
                    store
                        .write(move |c| presentations::redeem(c, &[(&[1; 32], &by(scan))], 500, TODAY))
                        .unwrap()
                        .contains(&true)
                        .then_some(scan)
                })
            })
            .collect();
        all.into_iter().filter_map(|one| one.join().unwrap()).collect()
    });
    let [winner] = won[..] else { panic!("{won:?}") };
    let kept = store.read(|c| presentations::find_by_code_hash(c, &[1; 32])).unwrap().unwrap();
    assert_eq!((kept.redeemed_at, kept.scan_id), (Some(500), Some(by(winner).scan_id)));
    assert_eq!((kept.redeemer_id, kept.window_name), (Some(by(winner).actor_id), by(winner).window_name));
}

fn codes_end_and_are_cleared_away(database: &Database) {
    let store = filled(database);
    let write = |closure: fn(&mut Conn) -> Result<usize, StoreError>| store.write(closure).unwrap();
    store
        .write(|c| {
            for (number, ends) in [(1, 100), (2, 200), (3, 300), (4, 400)] {
                presentations::insert(c, &code(number, ends))?;
            }
            Ok::<_, StoreError>(())
        })
        .unwrap();
    let redeem = |number: u8, at| {
        store.write(move |c| presentations::redeem(c, &[(&[number; 32], &by(0))], at, TODAY)).unwrap() == [true]
    };
    assert!(!redeem(1, 100), "the end is outside");
    assert!(redeem(2, 199) && !redeem(2, 199) && !redeem(9, 1));
    assert_eq!(write(|c| presentations::end_of_holder(c, &id(9, 1), 250)), 0, "another holder's");
    assert_eq!(write(|c| presentations::end_of_holder(c, &id(9, 0), 250)), 2);
    assert!(!redeem(3, 250));
    assert_eq!(write(|c| presentations::delete_expired_before(c, 250, 1)), 1, "some at a time, the oldest first");
    assert_eq!(write(|c| presentations::delete_expired_before(c, 250, 9)), 1);
    assert_eq!(write(|c| presentations::delete_expired_before(c, 251, 9)), 2);
}

fn uses_and_objections(database: &Database) {
    let store = filled(database);
    let objection = |of: u32, at| Objection {
        use_id: id(10, of),
        body_id: body(1).id,
        holder_id: id(9, 0),
        words: "不是我".to_owned(),
        at,
        decision: None,
        reason: None,
        answered_by: None,
        answered_at: None,
    };
    let written = store.write(move |c| {
        uses::insert_all(c, &[used(1, 3, 10)])?;
        uses::insert_all(c, &[used(2, 6, 20)])?;
        uses::insert_all(c, &[used(3, 7, 30)])?;
        uses::object(c, &objection(1, 40))?;
        Ok::<_, StoreError>([uses::has_objection(c, &id(10, 1))?, uses::has_objection(c, &id(10, 2))?])
    });
    assert_eq!(written, Ok([true, false]));
    let twice = store.write(move |c| uses::object(c, &objection(1, 41)));
    assert_eq!(twice, Err(StoreError::Conflict { constraint: "objections_use_id".to_owned() }));
    store
        .read(|c| {
            let own = uses::of_holder(c, "001", CODE, 9)?;
            let seen = own.iter().map(|(used, version, licence, objection)| {
                (used.id.clone(), version.licence_id == licence.id, objection.as_ref().map(|one| one.at))
            });
            let seen: Vec<_> = seen.collect();
            assert_eq!(seen, [(id(10, 2), true, None), (id(10, 1), true, Some(40))]);
            assert_eq!(uses::of_holder(c, "001", CODE, 1)?.len(), 1);
            assert!(uses::find_of_holder(c, "001", CODE, &id(10, 1))?.is_some());
            assert!(uses::find_of_holder(c, "001", CODE, &id(10, 3))?.is_none(), "another holder's");
            let queue = |c: &mut Conn, of: u32, after| uses::objections(c, &[body(of).id], after, 9);
            assert_eq!(queue(c, 1, (i64::MIN, ""))?, [(objection(1, 40), used(1, 3, 10), licence(3, &body(1)))]);
            let last = id(10, 1);
            assert!(queue(c, 1, (40, &last))?.is_empty() && queue(c, 2, (i64::MIN, ""))?.is_empty());
            Ok::<_, StoreError>(())
        })
        .unwrap();
}
