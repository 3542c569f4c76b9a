//! Every table of work under way: counters, intents, idempotency, applications,
//! audit, revocation lists, reports.

use super::rows::*;
use crate::support::database::Database;
use yinxin::store::{
    StoreError,
    applications::{self, Application, Step},
    audit, counter,
    idempotency::{self, Request},
    intents::{self, Intent},
    reports::{self, Report},
    revocation::{self, RevocationList},
};

on_both!(
    counters_begin_with_one,
    an_intent_ends_once,
    a_repeated_request_finds_the_first,
    an_application_takes_each_step_once,
    audit_grows,
    revocation_lists_are_kept,
    a_report_is_looked_at_once,
);

fn counters_begin_with_one(database: &Database) {
    let store = database.store();
    let take = |scope: &'static str, n| store.write(move |c| counter::take(c, scope, n));
    assert_eq!(store.read(|c| counter::peek(c, "a")), Ok(1));
    assert_eq!([take("a", 1), take("a", 10), take("b", 3), take("a", 1)], [Ok(1), Ok(2), Ok(1), Ok(12)]);
    assert_eq!(store.read(|c| counter::peek(c, "a")), Ok(13));
    // lost with its write, and so given again
    let lost = store.write(|c| {
        counter::take(c, "a", 5)?;
        Err::<(), _>(StoreError::NoSuchRow)
    });
    assert_eq!((lost, take("a", 1)), (Err(StoreError::NoSuchRow), Ok(13)));
}

fn an_intent_ends_once(database: &Database) {
    let store = database.store();
    let ended = store.write(|c| {
        two_bodies(c)?;
        for number in 1..=3 {
            intents::insert(c, &intent(number, &body(1)))?;
        }
        let (own, other) = (body(1).id, body(2).id);
        let finished = [
            intents::finish(c, &other, &[&id(7, 1)], 5)?,
            intents::finish(c, &own, &[&id(7, 1), &id(7, 9)], 5)?,
            intents::finish(c, &own, &[&id(7, 1)], 6)?,
        ];
        let voided = [intents::void(c, &own, &id(7, 1), "late", 6)?, intents::void(c, &own, &id(7, 2), "late", 6)?];
        Ok::<_, StoreError>((finished, voided))
    });
    assert_eq!(ended, Ok(([vec![], vec![id(7, 1)], vec![]], [false, true])));
    // what it was for is not kept any longer than it is wanted
    let nothing = Intent { request: vec![], to_be_signed: vec![], ..intent(1, &body(1)) };
    let finished = Intent { state: "finished".to_owned(), ended_at: Some(5), ..nothing };
    let (reason, to_be_signed) = (Some("late".to_owned()), vec![]);
    let voided = Intent { state: "voided".to_owned(), ended_at: Some(6), reason, to_be_signed, ..intent(2, &body(1)) };
    store
        .read(|c| {
            assert_eq!(intents::find(c, &body(1).id, &finished.id)?, Some(finished.clone()));
            assert_eq!(intents::find(c, &body(1).id, &voided.id)?, Some(voided));
            assert_eq!(intents::find(c, &body(2).id, &finished.id)?, None);
            let open = intent(3, &body(1));
            assert!(intents::open_before(c, open.created_at, 9)?.is_empty());
            assert_eq!(intents::open_before(c, open.created_at + 1, 9)?, [open]);
            assert_eq!(intents::count_open(c)?, 1);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    let odd = store.write(|c| intents::insert(c, &Intent { state: "odd".to_owned(), ..intent(4, &body(1)) }));
    assert!(matches!(odd, Err(StoreError::Broken(_))), "{odd:?}");
}

fn a_repeated_request_finds_the_first(database: &Database) {
    let store = database.store();
    let request = Request {
        body_id: body(1).id,
        key: "k".to_owned(),
        request_digest: vec![1; 32],
        intent_id: None,
        answer: None,
        created_at: 10,
    };
    let row = request.clone();
    let claimed = store.write(move |c| {
        two_bodies(c)?;
        intents::insert(c, &intent(1, &body(1)))?;
        let again = Request { request_digest: vec![2; 32], ..row.clone() };
        let other = Request { body_id: body(2).id, ..row.clone() };
        let claimed = [idempotency::claim(c, &row)?, idempotency::claim(c, &again)?, idempotency::claim(c, &other)?];
        let answered = [
            idempotency::set_intent(c, &row.body_id, "k", &id(7, 1))?,
            idempotency::answer(c, &row.body_id, "k", b"first")?,
            idempotency::answer(c, &row.body_id, "k", b"second")?,
        ];
        Ok::<_, StoreError>((claimed, answered))
    });
    assert_eq!(claimed, Ok(([true, false, true], [true, true, false])));
    let known = Request { intent_id: Some(id(7, 1)), answer: Some(b"first".to_vec()), ..request };
    assert_eq!(store.read(|c| idempotency::find(c, &body(1).id, "k")), Ok(Some(known)));
    let forgotten = store.write(|c| {
        Ok::<_, StoreError>((
            idempotency::delete_answered_before(c, 10)?,
            // the one that is not answered stays
            idempotency::delete_answered_before(c, 11)?,
        ))
    });
    assert_eq!(forgotten, Ok((0, 1)));
}

fn an_application_takes_each_step_once(database: &Database) {
    let store = database.store();
    let step = Step {
        state: "approved".to_owned(),
        decided_by: Some(id(2, 1)),
        decided_at: Some(7),
        remark: Some("同意".to_owned()),
        licence_id: None,
    };
    let row = step.clone();
    let taken = store.write(move |c| {
        two_bodies(c)?;
        applications::insert(c, &application(1, &body(1), &person(1, &body(1))))?;
        let (own, other, id) = (body(1).id, body(2).id, id(8, 1));
        let submitted =
            Step { state: "submitted".to_owned(), decided_by: None, decided_at: None, remark: None, licence_id: None };
        Ok::<_, StoreError>([
            applications::set_data(c, &own, &id, "draft", b"new")?,
            applications::advance(c, &own, &id, "draft", &submitted)?,
            applications::set_data(c, &own, &id, "draft", b"late")?,
            applications::advance(c, &other, &id, "submitted", &row)?,
            applications::advance(c, &own, &id, "submitted", &row)?,
            applications::advance(c, &own, &id, "submitted", &row)?,
        ])
    });
    assert_eq!(taken, Ok([true, true, false, false, true, false]));
    let entered = application(1, &body(1), &person(1, &body(1)));
    let Step { state, decided_by, decided_at, remark, licence_id } = step;
    let now = Application { data: b"new".to_vec(), state, decided_by, decided_at, remark, licence_id, ..entered };
    store
        .read(|c| {
            assert_eq!(applications::find(c, &body(1).id, &now.id)?, Some(now.clone()));
            assert_eq!(applications::find(c, &body(2).id, &now.id)?, None);
            assert!(applications::list(c, &body(1).id, "draft", "", 9)?.is_empty());
            assert_eq!(applications::list(c, &body(1).id, "approved", "", 9)?, [now]);
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

fn audit_grows(database: &Database) {
    let store = database.store();
    store
        .write(|c| {
            two_bodies(c)?;
            audit::append(c, &event(Some(&body(1)), 5, "a"))?;
            audit::append(c, &event(Some(&body(2)), 5, "b"))?;
            audit::append(c, &event(None, 5, "c"))?;
            audit::append(c, &event(Some(&body(1)), 5, "d"))?;
            audit::append(c, &event(Some(&body(1)), 4, "e"))
        })
        .unwrap();
    let all = store.read(|c| audit::list_all(c, 0, 9)).unwrap();
    let subjects = |rows: &[audit::Row]| rows.iter().map(|row| row.subject.clone()).collect::<String>();
    assert_eq!(subjects(&all), "abcde");
    assert!(all.is_sorted_by(|a, b| a.sequence < b.sequence));
    assert_eq!((all[2].body_id.clone(), all[0].detail.clone()), (None, b"{}".to_vec()));
    let own = store.read(|c| audit::list(c, &body(1).id, (i64::MIN, 0), 9)).unwrap();
    assert_eq!(subjects(&own), "ead");
    let rest = store.read(|c| audit::list(c, &body(1).id, (5, all[0].sequence), 9)).unwrap();
    assert_eq!(subjects(&rest), "d");
    assert_eq!(subjects(&store.read(|c| audit::list_all(c, all[1].sequence, 2)).unwrap()), "cd");
}

fn revocation_lists_are_kept(database: &Database) {
    let store = database.store();
    let list = |number, der: &[u8]| RevocationList {
        issuer_digest: vec![3; 32],
        number,
        der: der.to_vec(),
        this_update: 1,
        next_update: 2,
        recorded_at: 3,
    };
    let inserted = store.write(move |c| {
        Ok::<_, StoreError>([
            revocation::insert(c, &list(9, b"nine"))?,
            revocation::insert(c, &list(10, b"ten"))?,
            revocation::insert(c, &list(10, b"another"))?,
        ])
    });
    assert_eq!(inserted, Ok([true, true, false]));
    assert_eq!(store.read(|c| revocation::latest(c, &[3; 32])), Ok(Some(list(10, b"ten"))));
    assert_eq!(store.read(|c| revocation::find(c, &[3; 32], 9)), Ok(Some(list(9, b"nine"))));
    assert_eq!(store.read(|c| revocation::latest(c, &[4; 32])), Ok(None));
}

fn a_report_is_looked_at_once(database: &Database) {
    let store = database.store();
    let report = |n: u32, to: u32, incident: &str| Report {
        id: id(9, n),
        body_id: body(to).id,
        incident: incident.to_owned(),
        shown: "COUNTERFEIT_SITE".to_owned(),
        subject: "evil.example".to_owned(),
        reported_by: id(2, 1),
        reporter_name: "刘静".to_owned(),
        window_name: Some("3 号窗口".to_owned()),
        reported_at: i64::from(100 - n),
        seen_by: None,
        seen_at: None,
    };
    let (first, second, elsewhere) = (report(1, 1, "a"), report(2, 1, "b"), report(3, 2, "a"));
    let rows = (first.clone(), second.clone(), elsewhere.clone());
    let entered = store.write(move |c| {
        two_bodies(c)?;
        let again = Report { id: id(9, 4), ..rows.0.clone() };
        let mut all = Vec::new();
        for row in [&rows.0, &again, &rows.1, &rows.2] {
            all.push(reports::insert(c, row)?);
        }
        Ok::<_, StoreError>(all)
    });
    assert_eq!(entered, Ok(vec![true, false, true, true]), "one incident is one report of a body");
    let (own, other) = ([body(1).id], [body(2).id]);
    assert_eq!(store.read(|c| reports::unseen(c, &own, 9)), Ok(vec![second.clone(), first.clone()]));
    assert_eq!(store.read(|c| reports::unseen(c, &other, 9)), Ok(vec![elsewhere]));
    assert_eq!(store.read(|c| reports::unseen(c, &own, 1)), Ok(vec![second.clone()]));
    assert_eq!(store.read(|c| reports::count_unseen_by(c, &id(2, 1))), Ok(3));
    let seen = store.write(move |c| {
        let (own, other) = ([body(1).id], [body(2).id]);
        Ok::<_, StoreError>([
            reports::see(c, &other, &id(9, 1), "p", 7)?,
            reports::see(c, &own, &id(9, 1), "p", 7)?,
            reports::see(c, &own, &id(9, 1), "q", 8)?,
        ])
    });
    assert_eq!(seen, Ok([None, Some(first), None]));
    assert_eq!(store.read(|c| reports::unseen(c, &own, 9)), Ok(vec![second]));
    assert_eq!(store.read(|c| reports::count_unseen_by(c, &id(2, 1))), Ok(2));
}
