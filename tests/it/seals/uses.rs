//! Who may stamp what with which seal, how many, until when.

use super::Kept;
use crate::support::{
    database::Database,
    house::{self, BUSINESS, FOOD, begin, food},
};
use std::{collections::BTreeSet, thread};
use yinxin::{
    flow::{
        access::{Permit, Role, Scope, may},
        bodies, catalogue,
        issue::{IssueError, Issued, Step, issue, issue_watched, recover},
        kind::{HasKind as _, Kind},
        seal_uses::{self, GrantError, Grantee, NewGrant, ledger},
        standing,
        tokens::{self, NewToken},
    },
    store::seal_grants,
};
use yinxin_trust::base::{Day, Moment};

on_both!(
    a_county_office_on_a_city_seal,
    as_many_as_were_granted_and_no_more,
    own_people_need_a_grant_where_the_keeper_says_so,
    what_a_grant_must_be,
    what_came_to_nothing_is_not_counted
);

const COUNTY: &str = "演示县市场监督管理局";

fn after(seconds: i64) -> Moment {
    Moment::from_unix_seconds(begin().unix_seconds() + seconds).unwrap()
}

fn to(kept: &Kept, grantee: Grantee) -> NewGrant {
    NewGrant {
        seal: kept.first.clone(),
        grantee,
        types: BTreeSet::from([FOOD.to_owned()]),
        most: None,
        from: begin(),
        until: after(1000),
        reason: "县局代发".to_owned(),
        document_number: "演印授〔2026〕1 号".to_owned(),
    }
}

fn grant(kept: &Kept, new: NewGrant) -> Result<String, GrantError> {
    seal_uses::grant(&kept.house.issuer.store, &kept.keeps(), new, kept.now())
}

/// An office of a county, which has no seal.
fn county(kept: &Kept) -> String {
    house::add_body(&kept.house.issuer.store, COUNTY, "11340100MB0000019P")
}

fn code(answer: Result<Issued, IssueError>) -> &'static str {
    let error = answer.unwrap_err();
    assert!(matches!(error.kind(), Kind::Denied), "{error}");
    error.code()
}

fn a_county_office_on_a_city_seal(database: &Database) {
    let kept = Kept::new(database);
    let county = county(&kept);
    let store = &kept.house.issuer.store;
    let keeps: Permit<may::ManageSeals> = Permit::of_operator(&*county);
    let from = Day::new(2026, 1, 1).unwrap();
    let allow = |kind| catalogue::allow(store, &keeps, kind, &kept.first, from, begin());
    assert!(allow(FOOD).is_err(), "a seal of another body, without a grant");
    let id = grant(&kept, to(&kept, Grantee::Body(county.clone()))).unwrap();
    assert!(allow(BUSINESS).is_err(), "a type that the grant is not for");
    allow(FOOD).unwrap();
    let issues: Permit<may::Issue> = Permit::of_operator(&*county);
    let try_one = |n| issue(&kept.house.issuer, &issues, &[food(n)]).pop().unwrap();
    let issued = try_one(1).unwrap();
    // the licence is the county's, under its code and its name
    let identifier = issued.identifier.parse().unwrap();
    let answer = standing::by_identifier(&kept.house.issuer, &identifier, None).unwrap();
    assert_eq!((answer.issuing_body.as_str(), answer.issuing_body_code.as_str()), (COUNTY, "11340100MB0000019P"));
    // and stays so where somebody takes over from the city
    let heir = house::add_body(store, "演示省数据局", "11430000006122244L");
    let tomorrow = Day::in_beijing_at(kept.now()).unwrap().next().unwrap();
    bodies::succeed(store, &Permit::of_operator(&*kept.house.body), &heir, tomorrow, kept.now()).unwrap();
    let later = standing::by_identifier(&kept.house.issuer, &identifier, Some(tomorrow.begins())).unwrap();
    assert!(later.taken_over_by.is_empty(), "{later:?}");
    let (lines, _) = ledger(store, &kept.sees(), (begin(), kept.now()), (0, ""), 9).unwrap();
    assert_eq!((lines[0].body.as_str(), lines[0].grant.as_deref()), (county.as_str(), Some(id.as_str())));
    assert_eq!((lines[0].subject.as_str(), lines[0].outcome), (issued.identifier.as_str(), "made"));
    // whose seal it is not sees no ledger of it
    let (none, _) = ledger(store, &Permit::of_operator(&*county), (begin(), kept.now()), (0, ""), 9).unwrap();
    assert!(none.is_empty());
    assert!(matches!(seal_uses::revoke(store, &keeps, &id, "不该", kept.now()), Err(GrantError::NotFound)));
    kept.house.clock.advance_seconds(1001);
    assert_eq!(code(try_one(2)), "seal_grant_period");
    kept.house.clock.advance_seconds(-500);
    try_one(2).unwrap();
    seal_uses::revoke(store, &kept.keeps(), &id, "代发结束", kept.now()).unwrap();
    assert_eq!(code(try_one(3)), "seal_not_granted");
    assert!(matches!(seal_uses::revoke(store, &kept.keeps(), &id, "再次", kept.now()), Err(GrantError::NotFound)));
}

fn as_many_as_were_granted_and_no_more(database: &Database) {
    let kept = Kept::new(database);
    let county = county(&kept);
    let store = &kept.house.issuer.store;
    let grants = |most| NewGrant { most: Some(most), ..to(&kept, Grantee::Body(county.clone())) };
    // two grants of which one ends first
    let first = grant(&kept, NewGrant { until: after(500), ..grants(3) }).unwrap();
    let second = grant(&kept, grants(4)).unwrap();
    let keeps: Permit<may::ManageSeals> = Permit::of_operator(&*county);
    catalogue::allow(store, &keeps, FOOD, &kept.first, Day::new(2026, 1, 1).unwrap(), begin()).unwrap();
    let issues: Permit<may::Issue> = Permit::of_operator(&*county);
    let answers: Vec<_> = thread::scope(|scope| {
        let callers: Vec<_> = (0..32)
            .map(|n| {
                let (issuer, issues) = (&kept.house.issuer, &issues);
                // each a batch of its own: they meet in the register and nowhere before
                scope.spawn(move || issue_watched(issuer, issues, &[food(n)], &|_| ()).remove(0))
            })
            .collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    });
    let (made, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((made.len(), refused.len()), (7, 25), "{refused:?}");
    assert!(refused.into_iter().all(|answer| code(answer) == "seal_grant_used_up"));
    let used = |id: &str| store.read(|conn| seal_grants::find(conn, &kept.house.body, id)).unwrap().unwrap().used;
    assert_eq!((used(&first), used(&second)), (3, 4));
    // in one batch too
    let third = grant(&kept, grants(2)).unwrap();
    let answers = issue(&kept.house.issuer, &issues, &(100..105).map(food).collect::<Vec<_>>());
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 2);
    assert_eq!(used(&third), 2);
}

fn own_people_need_a_grant_where_the_keeper_says_so(database: &Database) {
    let kept = Kept::new(database);
    let store = &kept.house.issuer.store;
    let approver = kept.caller(&kept.house.body, "zhou.wen", &[Role::Approver]);
    let other = kept.caller(&kept.house.body, "qian.lin", &[Role::Approver]);
    let body = kept.house.body.clone();
    let made = tokens::create(
        store,
        &Permit::of_operator(&*body),
        NewToken { name: "审批系统".into(), scopes: [Scope::Issue].into(), expires_at: after(5000) },
        kept.now(),
    )
    .unwrap();
    let token = tokens::caller(store, &tokens::parse(&made.text).unwrap(), kept.now()).unwrap().unwrap();
    let try_by = |caller: &yinxin::flow::access::Caller, n| {
        issue(&kept.house.issuer, &caller.permit().unwrap(), &[food(n)]).pop().unwrap()
    };
    // by default whoever of the seal's own body may issue stamps with it
    try_by(&approver, 1).unwrap();
    seal_uses::set_by_grant(store, &kept.keeps(), &kept.first, true, kept.now()).unwrap();
    for caller in [&approver, &token] {
        assert_eq!(code(try_by(caller, 2)), "seal_not_granted");
    }
    assert_eq!(code(issue(&kept.house.issuer, &kept.house.may_issue(), &[food(2)]).pop().unwrap()), "seal_not_granted");
    let person =
        |caller: &yinxin::flow::access::Caller| Grantee::Person { body: body.clone(), id: caller.actor().id.clone() };
    let elsewhere = NewGrant { types: [BUSINESS.to_owned()].into(), ..to(&kept, person(&approver)) };
    grant(&kept, elsewhere).unwrap();
    assert_eq!(code(try_by(&approver, 2)), "seal_grant_type");
    grant(&kept, NewGrant { from: after(60), ..to(&kept, person(&approver)) }).unwrap();
    assert_eq!(code(try_by(&approver, 2)), "seal_grant_period");
    kept.house.clock.advance_seconds(60);
    try_by(&approver, 2).unwrap();
    assert_eq!(code(try_by(&other, 3)), "seal_not_granted");
    let id = token.actor().id.clone();
    grant(&kept, NewGrant { most: Some(1), ..to(&kept, Grantee::Token { body: body.clone(), id }) }).unwrap();
    try_by(&token, 3).unwrap();
    assert_eq!(code(try_by(&token, 4)), "seal_grant_used_up");
    seal_uses::set_by_grant(store, &kept.keeps(), &kept.first, false, kept.now()).unwrap();
    try_by(&other, 4).unwrap();
}

fn what_a_grant_must_be(database: &Database) {
    let kept = Kept::new(database);
    let county = county(&kept);
    let good = || to(&kept, Grantee::Body(county.clone()));
    let nobody = "0".repeat(32);
    for grantee in [
        Grantee::Body(nobody.clone()),
        Grantee::Person { body: county.clone(), id: nobody.clone() },
        Grantee::Token { body: county.clone(), id: nobody.clone() },
    ] {
        assert_eq!(grant(&kept, to(&kept, grantee)), Err(GrantError::NoGrantee));
    }
    for (wrong, expected) in [
        (NewGrant { seal: nobody, ..good() }, GrantError::NotFound),
        (NewGrant { types: ["x".to_owned()].into(), ..good() }, GrantError::Types),
        (NewGrant { most: Some(0), ..good() }, GrantError::Nothing),
        (NewGrant { until: begin(), ..good() }, GrantError::Nothing),
        (NewGrant { from: after(2000), ..good() }, GrantError::Nothing),
        (NewGrant { reason: " ".to_owned(), ..good() }, GrantError::Ground),
        (NewGrant { document_number: "a\nb".to_owned(), ..good() }, GrantError::Ground),
    ] {
        assert_eq!(grant(&kept, wrong), Err(expected));
    }
    let listed = seal_uses::list(&kept.house.issuer.store, &kept.sees(), &kept.first).unwrap();
    assert!(listed.is_empty());
    assert!(seal_uses::list(&kept.house.issuer.store, &Permit::of_operator(&*county), &kept.first).is_err());
}

fn what_came_to_nothing_is_not_counted(database: &Database) {
    let kept = Kept::new(database);
    let store = &kept.house.issuer.store;
    seal_uses::set_by_grant(store, &kept.keeps(), &kept.first, true, kept.now()).unwrap();
    let own = Grantee::Body(kept.house.body.clone());
    let id = grant(&kept, NewGrant { most: Some(1), ..to(&kept, own) }).unwrap();
    let gone = thread::scope(|scope| {
        let run = || {
            issue_watched(&kept.house.issuer, &kept.house.may_issue(), &[food(7)], &|step| {
                assert!(step != Step::Intended, "gone");
            })
        };
        scope.spawn(run).join()
    });
    assert!(gone.is_err());
    let used = || store.read(|conn| seal_grants::find(conn, &kept.house.body, &id)).unwrap().unwrap().used;
    assert_eq!(used(), 1, "what may still be stamped is counted");
    // made anew with another time: the same stamp, counted once
    kept.house.clock.advance_seconds(200);
    assert_eq!(recover(&kept.house.issuer, 0).unwrap().renewed, 1);
    assert_eq!(used(), 1);
    let (lines, _) = ledger(store, &kept.sees(), (begin(), kept.now()), (0, ""), 9).unwrap();
    assert_eq!(lines.iter().map(|line| line.outcome).collect::<Vec<_>>(), ["void", "made"]);
    assert_eq!(
        code(issue(&kept.house.issuer, &kept.house.may_issue(), &[food(8)]).pop().unwrap()),
        "seal_grant_used_up"
    );
}
