//! One body takes over from another: from the first second of its day, and no earlier.

use super::orders::nothing_is_open;
use crate::support::database::Database;
use crate::support::house::{self, House, construction, decided, food};
use std::sync::Arc;
use yinxin::{
    clock::Clock as _,
    flow::{
        access::{May, Permit, may},
        act::{ActError, ActOrder, act},
        bodies,
        document::{Form, document},
        issue::{IssueError, Issued, Order, Recovered, Step, issue, issue_watched, recover},
        kind::{HasKind as _, Kind},
        licence_record::{self, After, LicenceRecord, ReadError},
        own_register::OwnRegister,
        standing,
    },
};
use yinxin_face::Fonts;
use yinxin_trust::{
    base::Day,
    licence::identifier::LicenceIdentifier,
    verify::{StandingState, Verdict},
};

on_both!(
    the_day_begins_at_midnight_in_beijing,
    a_new_version_is_the_successors_under_its_own_identifier,
    a_successor_of_a_successor_reaches_all,
    what_a_crash_left_before_the_day_is_given_up_after_it
);

const SUCCESSOR: &str = "演示市行政审批局";
const SUCCESSOR_CODE: &str = "11340100MB0000019P";
/// From 10:00 on the day before to the last second before the day.
const TO_THE_LAST_SECOND: i64 = 14 * 3600 - 1;

fn first_day() -> Day {
    Day::new(2026, 11, 23).unwrap()
}

/// A successor with a seal of its own, which takes over on the day after the beginning.
fn successor(house: &House) -> String {
    let store = &house.issuer.store;
    let id = house::add_body(store, SUCCESSOR, SUCCESSOR_CODE);
    let fonts = Arc::new(Fonts::shipped());
    house::add_seal(store, house.keys.as_ref(), &house.authority, &fonts, &id, SUCCESSOR);
    succeed(house, &house.body, &id, first_day());
    id
}

fn succeed(house: &House, body: &str, successor: &str, from: Day) {
    let now = house.clock.now().unwrap();
    bodies::succeed(&house.issuer.store, &Permit::of_operator(body), successor, from, now).unwrap();
}

fn one(house: &House, body: &str, order: Order) -> Result<Issued, IssueError> {
    let permit: Permit<may::Issue> = Permit::of_operator(body);
    issue(&house.issuer, &permit, &[order]).pop().unwrap()
}

fn change_of(issued: &Issued) -> Order {
    Order { change_of: Some(issued.identifier.clone()), ..construction() }
}

fn acted(house: &House, body: &str, identifier: &str, kind: &str) -> Result<(), IssueError> {
    let permit: Permit<may::Act> = Permit::of_operator(body);
    let order = ActOrder { kind: kind.to_owned(), decision: decided(), effective_from: None, successor: None };
    act(&house.issuer, &permit, identifier, &order).map(drop).map_err(|error| match error {
        ActError::Licence(error) => error,
        other => panic!("{other}"),
    })
}

fn record(house: &House, body: &str, identifier: &str) -> Result<LicenceRecord, ReadError> {
    let permit: Permit<may::Read> = Permit::of_operator(body);
    licence_record::record(&house.issuer, &permit, &identifier.parse().unwrap(), None)
}

fn listed(house: &House, body: &str) -> Vec<String> {
    let permit: Permit<may::Read> = Permit::of_operator(body);
    let page = licence_record::list(&house.issuer, &permit, After::START, 100).unwrap();
    page.into_iter().map(|licence| licence.identifier).collect()
}

fn file<C: May>(house: &House, permit: &Permit<C>, identifier: &str, form: Form) -> Result<Vec<u8>, IssueError> {
    let read: Permit<may::Read> = Permit::of_operator(permit.body());
    document(&house.issuer, &read, &identifier.parse().unwrap(), form)
}

fn is_succeeded<T: std::fmt::Debug>(answer: Result<T, IssueError>) {
    let error = answer.unwrap_err();
    assert_eq!((error.kind(), error.code()), (Kind::Conflict, "body_succeeded"), "{error}");
    assert_eq!(error.to_string(), format!("{SUCCESSOR} took over from the body on 2026-11-23"));
}

fn is_not_there<T: std::fmt::Debug>(answer: Result<T, IssueError>) {
    assert!(matches!(answer, Err(IssueError::NoSuchLicence)), "{answer:?}");
}

fn the_day_begins_at_midnight_in_beijing(database: &Database) {
    let house = House::new(database);
    let (old, new) = (house.body.clone(), successor(&house));
    let issued = one(&house, &old, construction()).unwrap();
    let identifier = issued.identifier.as_str();

    // 23:59:59: nothing is different
    house.clock.advance_seconds(TO_THE_LAST_SECOND);
    assert_eq!(house.clock.now().unwrap().to_string(), "2026-11-22T15:59:59Z");
    one(&house, &old, food(1)).unwrap();
    acted(&house, &old, identifier, "suspend").unwrap();
    is_not_there(acted(&house, &new, identifier, "resume"));
    is_not_there(one(&house, &new, change_of(&issued)));
    is_not_there(file(&house, &house.may_read(), identifier, Form::Ofd).and(file(
        &house,
        &Permit::<may::Read>::of_operator(&*new),
        identifier,
        Form::Ofd,
    )));
    assert!(matches!(record(&house, &new, identifier), Err(ReadError::Licence(IssueError::NoSuchLicence))));
    assert!(listed(&house, &new).is_empty());
    assert!(standing::by_code(&house.issuer, &issued.code, None).unwrap().taken_over_by.is_empty());
    // nobody issues today for a day on which another body decides
    let tomorrow = Order { issued_on: Some(first_day()), ..food(2) };
    is_succeeded(one(&house, &old, tomorrow));

    // 00:00:00
    house.clock.advance_seconds(1);
    is_succeeded(one(&house, &old, food(2)));
    is_succeeded(one(&house, &old, change_of(&issued)));
    is_succeeded(acted(&house, &old, identifier, "resume"));
    // the predecessor still reads
    assert_eq!(record(&house, &old, identifier).unwrap().number, issued.number);
    assert_eq!(listed(&house, &old).len(), 2);
    file(&house, &house.may_read(), identifier, Form::Pdf).unwrap();
    // and the successor reads and acts
    assert_eq!(listed(&house, &new), listed(&house, &old));
    acted(&house, &new, identifier, "resume").unwrap();
    let whole = record(&house, &new, identifier).unwrap();
    let deciding: Vec<_> = whole.acts.iter().map(|act| (act.kind.as_str(), act.deciding_body.as_str())).collect();
    assert_eq!(deciding, [("issue", house::BODY_CODE), ("suspend", house::BODY_CODE), ("resume", SUCCESSOR_CODE)]);
    for form in [Form::Ofd, Form::Pdf, Form::Png] {
        assert!(file(&house, &Permit::<may::Read>::of_operator(&*new), identifier, form).is_ok(), "{form:?}");
    }
    // its own licences are its own
    let own = one(&house, &new, food(2)).unwrap();
    assert!(matches!(record(&house, &old, &own.identifier), Err(ReadError::Licence(IssueError::NoSuchLicence))));
    // everybody is told whom the face names and who took over
    let public = standing::by_code(&house.issuer, &issued.code, None).unwrap();
    assert_eq!((public.issuing_body.as_str(), public.issuing_body_code.as_str()), (house::BODY, house::BODY_CODE));
    let told: Vec<_> =
        public.taken_over_by.iter().map(|s| (s.name.as_str(), s.code.as_str(), s.since.as_str())).collect();
    assert_eq!(told, [(SUCCESSOR, SUCCESSOR_CODE, "2026-11-23")]);
    // as of the day before it is as it was
    let before = standing::by_code(&house.issuer, &issued.code, Some(house::begin())).unwrap();
    assert!(before.taken_over_by.is_empty());
    nothing_is_open(&house);
}

fn a_new_version_is_the_successors_under_its_own_identifier(database: &Database) {
    let house = House::new(database);
    let (old, new) = (house.body.clone(), successor(&house));
    let first = one(&house, &old, construction()).unwrap();
    let other = one(&house, &new, construction()).unwrap();
    house.clock.advance_seconds(TO_THE_LAST_SECOND + 1);
    // not in the name of a day on which it had not taken over
    let early = Order { issued_on: Some(Day::new(2026, 11, 22).unwrap()), ..change_of(&first) };
    is_not_there(one(&house, &new, early));
    let second = one(&house, &new, change_of(&first)).unwrap();
    let third = one(&house, &new, change_of(&first)).unwrap();
    let parsed = |issued: &Issued| issued.identifier.parse::<LicenceIdentifier>().unwrap();
    let (one_id, two_id, three_id) = (parsed(&first), parsed(&second), parsed(&third));
    // number and first day stay; the identifier names who issued the version
    assert_eq!((&second.number, second.version, second.valid_from), (&first.number, 2, first.valid_from));
    assert_eq!((one_id.issuer(), two_id.issuer()), (house::BODY_CODE, SUCCESSOR_CODE));
    assert_eq!(two_id.version().number(), 2);
    assert!(two_id.same_licence(&three_id) && !two_id.same_licence(&one_id) && !two_id.same_licence(&parsed(&other)));
    assert_eq!(third.version, 3);

    // every identifier leads to it, for both bodies
    for (body, identifier) in [(&old, &first), (&new, &first), (&old, &third), (&new, &second)] {
        let whole = record(&house, body, &identifier.identifier).unwrap();
        assert_eq!((whole.number.as_str(), whole.versions.len()), (first.number.as_str(), 3));
        let face = if identifier.identifier == first.identifier { house::BODY } else { SUCCESSOR };
        assert_eq!(whole.issuing_body, face);
        let state = if identifier.identifier == third.identifier { "in_force" } else { "superseded" };
        assert_eq!(standing::word(whole.version_state), state);
    }
    assert_eq!(listed(&house, &new).iter().filter(|identifier| **identifier == third.identifier).count(), 1);

    // each answers for itself, by code and by identifier, and to a verifier
    let register = OwnRegister::new(Arc::clone(&house.issuer), None);
    let verifier = house::verifier(&house.authority, house.keys.as_ref(), Arc::clone(&house.clock));
    let verifier = verifier.with_register(Arc::new(register));
    for (issued, state, shown) in [
        (&first, "superseded", StandingState::Superseded),
        (&second, "superseded", StandingState::Superseded),
        (&third, "in_force", StandingState::InForce),
    ] {
        let public = standing::by_code(&house.issuer, &issued.code, None).unwrap();
        assert_eq!((public.state, &public.identifier), (state, &issued.identifier));
        let face = if issued.identifier == first.identifier { house::BODY } else { SUCCESSOR };
        assert_eq!((public.issuing_body.as_str(), public.taken_over_by.is_empty()), (face, face == SUCCESSOR));
        let octets = file(&house, &house.may_read(), &issued.identifier, Form::Ofd).unwrap();
        let report = verifier.verify(&octets, None).unwrap();
        assert_eq!((report.verdict, report.standing.state), (Verdict::Valid, shown), "{}", issued.identifier);
        // a copy is drawn as the original was
        file(&house, &house.may_read(), &issued.identifier, Form::Png).unwrap();
    }
    let by_identifier = |id: &LicenceIdentifier| standing::by_identifier(&house.issuer, id, None).unwrap();
    assert_eq!(
        (by_identifier(&one_id).state, by_identifier(&one_id).identifier),
        ("superseded", first.identifier.clone())
    );
    // within a line the version that counts answers
    assert_eq!(
        (by_identifier(&two_id).state, by_identifier(&two_id).identifier),
        ("in_force", third.identifier.clone())
    );
    // before the day the first counted, and the later ones were still to come
    let before =
        |id: &LicenceIdentifier| standing::by_identifier(&house.issuer, id, Some(house::begin())).unwrap().state;
    assert_eq!((before(&one_id), before(&two_id)), ("in_force", "not_yet"));
    // what ends the licence ends it under every identifier
    acted(&house, &new, &first.identifier, "revoke").unwrap();
    assert_eq!((by_identifier(&one_id).state, by_identifier(&three_id).state), ("revoked", "revoked"));
    nothing_is_open(&house);
}

fn a_successor_of_a_successor_reaches_all(database: &Database) {
    let house = House::new(database);
    let (old, new) = (house.body.clone(), successor(&house));
    let last = house::add_body(&house.issuer.store, "演示省政务服务局", "11990000MB0000027A");
    let stranger = house::add_body(&house.issuer.store, "演示市另一局", "11990000MB0000019F");
    succeed(&house, &new, &last, first_day().next().unwrap());
    let first = one(&house, &old, food(1)).unwrap();
    let second = one(&house, &new, food(2)).unwrap();
    house.clock.advance_seconds(TO_THE_LAST_SECOND + 86_400);
    assert!(listed(&house, &last).is_empty());
    acted(&house, &new, &first.identifier, "suspend").unwrap();
    house.clock.advance_seconds(1);
    for identifier in [&first.identifier, &second.identifier] {
        assert!(record(&house, &last, identifier).is_ok());
        acted(&house, &last, identifier, "revoke").unwrap();
        assert_eq!(acted(&house, &new, identifier, "cancel").unwrap_err().code(), "body_succeeded");
    }
    // the one in between still reads what it kept
    assert_eq!(listed(&house, &new).len(), 2);
    assert_eq!((listed(&house, &old).len(), listed(&house, &stranger).len()), (1, 0));
    // who acts now is told, and not who did for a day
    let public = standing::by_code(&house.issuer, &first.code, None).unwrap();
    let told: Vec<_> = public.taken_over_by.iter().map(|s| (s.name.as_str(), s.since.as_str())).collect();
    assert_eq!(told, [("演示省政务服务局", "2026-11-24")]);
}

fn what_a_crash_left_before_the_day_is_given_up_after_it(database: &Database) {
    let house = House::new(database);
    successor(&house);
    // the watcher's panic stands for a crash after the intents are stored
    let stopped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        issue_watched(&house.issuer, &house.may_issue(), &[food(1)], &|at| {
            assert!(at != Step::Intended, "stopped on purpose");
        })
    }));
    assert!(stopped.is_err());
    house.clock.advance_seconds(TO_THE_LAST_SECOND + 1);
    assert_eq!(recover(&house.issuer, 0).unwrap(), Recovered { voided: 1, ..Recovered::default() });
    assert!(listed(&house, &house.body).is_empty());
    nothing_is_open(&house);
}
