//! What is refused, by name, with nothing left behind.

use super::orders::nothing_is_open;
use crate::support::database::Database;
use crate::support::house::{self, House, construction, food};
use std::{sync::Arc, thread};
use yinxin::{
    flow::{
        access::{Permit, may},
        act::{ActError, ActOrder, act},
        document::{Form, document},
        issue::{IssueError, issue},
        kind::{HasKind as _, Kind},
        seal_lives::{self, Keep, KeepOrder},
        types::TypeFault,
    },
    store::{licences, seals},
};
use yinxin_face::Fonts;
use yinxin_trust::{base::Day, verify::CheckId};

on_both!(
    every_offending_field_is_named_at_once,
    what_cannot_be_drawn_uses_no_number,
    unknown_types_and_seals_out_of_use,
    bodies_see_nothing_of_each_other,
    with_old_revocation_lists_no_key_is_used,
    one_number_is_stamped_once
);

fn every_offending_field_is_named_at_once(database: &Database) {
    let house = House::new(database);
    let mut order = food(1);
    order.data["credit_code"] = "11100000MB0143028A".into();
    order.data["complaint_telephone"] = "call us".into();
    order.data.remove("signatory");
    order.data["domicile"] = "演示市\u{e000}路".into();
    let error = issue(&house.issuer, &house.may_issue(), &[order]).pop().unwrap().unwrap_err();
    let IssueError::Application(offences) = &error else { panic!("{error}") };
    let mut fields: Vec<&str> = offences.iter().map(|offence| offence.field.as_str()).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["complaint_telephone", "credit_code", "domicile", "signatory"]);
    assert_eq!((error.kind(), error.code()), (Kind::Refused, "application_refused"));
    nothing_is_open(&house);
}

fn what_cannot_be_drawn_uses_no_number(database: &Database) {
    let house = House::new(database);
    let mut odd = construction();
    // Linear B: in Unicode, in no font
    odd.data["registered_address"] = "演示市\u{10000}路".into();
    let error = issue(&house.issuer, &house.may_issue(), &[odd]).pop().unwrap().unwrap_err();
    assert!(matches!(error, IssueError::Draw(_)), "{error}");
    let sound = issue(&house.issuer, &house.may_issue(), &[construction()]).pop().unwrap().unwrap();
    assert_eq!(sound.number, "D333000001");
    nothing_is_open(&house);
}

fn unknown_types_and_seals_out_of_use(database: &Database) {
    let house = House::new(database);
    let mut order = food(1);
    order.type_code = "11100000MB0143028R009".to_owned();
    let error = issue(&house.issuer, &house.may_issue(), &[order]).pop().unwrap().unwrap_err();
    assert!(matches!(error, IssueError::Type(TypeFault::Unknown { .. })), "{error}");
    let mut early = food(1);
    early.issued_on = Day::new(2026, 1, 1).unwrap().previous();
    early.decision.decided_on = Day::new(2025, 12, 1).unwrap();
    let error = issue(&house.issuer, &house.may_issue(), &[early]).pop().unwrap().unwrap_err();
    assert!(matches!(error, IssueError::Type(TypeFault::Unknown { .. })), "{error}");

    let body = house.body.clone();
    let seal = house.issuer.store.read(|conn| seals::list(conn, &body, "", 10)).unwrap().remove(0);
    let order = KeepOrder {
        kind: Keep::Suspend,
        reason: "证书待查".to_owned(),
        document_number: "演印〔2026〕1 号".to_owned(),
        effective_from: None,
    };
    seal_lives::keep(&house.issuer.store, &Permit::of_operator(&*body), &seal.id, &order, house::begin()).unwrap();
    let error = issue(&house.issuer, &house.may_issue(), &[food(1)]).pop().unwrap().unwrap_err();
    assert_eq!((error.kind(), error.code()), (Kind::Refused, "seal_not_in_use"));
}

fn bodies_see_nothing_of_each_other(database: &Database) {
    let house = House::new(database);
    let issued = issue(&house.issuer, &house.may_issue(), &[food(1)]).pop().unwrap().unwrap();
    let store = &house.issuer.store;
    let other = house::add_body(store, "演示省另一局", "11340100MB0000019P");
    let identifier = issued.identifier.parse().unwrap();
    // reading, acting, changing: as if it were not there
    let read: Permit<may::Read> = Permit::of_operator(&*other);
    assert!(matches!(document(&house.issuer, &read, &identifier, Form::Ofd), Err(IssueError::NoSuchLicence)));
    let acts: Permit<may::Act> = Permit::of_operator(&*other);
    let order =
        ActOrder { kind: "revoke".to_owned(), decision: house::decided(), effective_from: None, successor: None };
    let answer = act(&house.issuer, &acts, &issued.identifier, &order);
    assert!(matches!(answer, Err(ActError::Licence(IssueError::NoSuchLicence))));
    // it stamps with a seal of its own or not at all
    let issues: Permit<may::Issue> = Permit::of_operator(&*other);
    let answer = issue(&house.issuer, &issues, &[food(2)]).pop().unwrap();
    assert!(matches!(answer, Err(IssueError::NotIssued)));
    let fonts = Arc::new(Fonts::shipped());
    house::add_seal(store, house.keys.as_ref(), &house.authority, &fonts, &other, "演示省另一局");
    assert!(issue(&house.issuer, &issues, &[food(2)]).pop().unwrap().is_ok());
    // a number is taken for all bodies of the type
    assert!(matches!(issue(&house.issuer, &issues, &[food(1)]).pop().unwrap(), Err(IssueError::NumberTaken)));
    let page = |body: &str| store.read(|conn| licences::list(conn, &[body.to_owned()], licences::After::START, 10));
    assert_eq!(page(&house.body).unwrap().len(), 1);
    assert_eq!(page(&other).unwrap().len(), 1);
}

fn with_old_revocation_lists_no_key_is_used(database: &Database) {
    let house = House::new(database);
    // the lists of the house are good for a week
    house.clock.advance_seconds(8 * 86_400);
    let error = issue(&house.issuer, &house.may_issue(), &[construction()]).pop().unwrap().unwrap_err();
    let IssueError::Rehearsal(checks) = &error else { panic!("{error}") };
    assert_eq!(checks, &[CheckId::SignerRevocation, CheckId::SealMakerRevocation]);
    assert_eq!((error.kind(), error.code()), (Kind::Unavailable, "revocation_lists_outdated"));
    nothing_is_open(&house);
    // with fresh ones it goes on, and the number was not used
    house.renew_lists();
    let issued = issue(&house.issuer, &house.may_issue(), &[construction()]).pop().unwrap().unwrap();
    assert_eq!(issued.number, "D333000001");
}

fn one_number_is_stamped_once(database: &Database) {
    let house = House::new(database);
    // in one call
    let answers = issue(&house.issuer, &house.may_issue(), &[food(1), food(1)]);
    assert!(answers[0].is_ok() && matches!(answers[1], Err(IssueError::NumberTaken)));
    // and in calls at the same time
    let answers: Vec<_> = thread::scope(|scope| {
        let callers: Vec<_> =
            (0..8).map(|_| scope.spawn(|| issue(&house.issuer, &house.may_issue(), &[food(2)]).remove(0))).collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    });
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert!(answers.iter().all(|answer| matches!(answer, Ok(_) | Err(IssueError::NumberTaken))), "{answers:?}");
    nothing_is_open(&house);
}
