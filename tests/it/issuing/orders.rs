//! Licences that are issued.

use crate::support::database::Database;
use crate::support::house::{House, construction, food};
use yinxin::{
    flow::{
        document::{Form, document},
        issue::{BATCH, IssueError, Order, issue},
        standing,
    },
    store::{StoreError, intents},
};
use yinxin_trust::{base::Day, licence::identifier::LicenceIdentifier, sm::sm3};

on_both!(
    a_licence_is_issued_and_stands,
    a_batch_gets_an_answer_each,
    a_repeated_request_gets_the_first_answer,
    a_change_is_the_next_version
);

fn a_licence_is_issued_and_stands(database: &Database) {
    let house = House::new(database);
    let issued = issue(&house.issuer, &house.may_issue(), &[food(1)]).pop().unwrap().unwrap();
    let identifier: LicenceIdentifier = issued.identifier.parse().unwrap();
    let octets = document(&house.issuer, &house.may_read(), &identifier, Form::Ofd).unwrap();
    assert_eq!(hex::encode(sm3::digest(&octets)), issued.document_sm3);
    assert_eq!(octets.len() as u64, issued.document_bytes);
    assert_eq!(issued.address, format!("HTTPS://YX.EXAMPLE.GOV.CN/C/{}", issued.code));
    assert_eq!(issued.code.len(), 26);

    let public = standing::by_code(&house.issuer, &issued.code, None).unwrap();
    assert_eq!((public.state, public.version.number()), ("in_force", 1));
    let shown = |name: &str| {
        public.fields.as_ref().unwrap().iter().find(|field| field.name == name).map(|field| field.value.as_str())
    };
    assert_eq!(shown("operator_name"), Some("演示市小满面馆（个体工商户）"));
    // masked by its class
    assert_eq!(shown("legal_representative"), Some("**国"));
    let by_identifier = standing::by_identifier(&house.issuer, &identifier, None).unwrap();
    assert_eq!((by_identifier.state, by_identifier.fields), ("in_force", None));
    nothing_is_open(&house);
}

fn a_batch_gets_an_answer_each(database: &Database) {
    let house = House::new(database);
    let mut orders: Vec<Order> = (0..40).map(|_| construction()).collect();
    orders[7].data.remove("enterprise_name");
    let answers = issue(&house.issuer, &house.may_issue(), &orders);
    assert_eq!(answers.len(), 40);
    let mut numbers = Vec::new();
    for (place, answer) in answers.iter().enumerate() {
        match answer {
            Ok(issued) => numbers.push(issued.number.clone()),
            Err(IssueError::Application(offences)) => {
                assert_eq!((place, offences[0].field.as_str()), (7, "enterprise_name"))
            }
            Err(error) => panic!("{place}: {error}"),
        }
    }
    numbers.sort();
    let expected: Vec<String> = (1..=39).map(|n| format!("D333{n:06}")).collect();
    assert_eq!(numbers, expected, "every number once, without a gap");
    let many: Vec<Order> = (0..=BATCH).map(|_| construction()).collect();
    assert!(issue(&house.issuer, &house.may_issue(), &many).iter().all(|a| matches!(a, Err(IssueError::TooMany))));
    nothing_is_open(&house);
}

fn a_repeated_request_gets_the_first_answer(database: &Database) {
    let house = House::new(database);
    let one = |n| Order { idempotency_key: Some("order 1".to_owned()), ..food(n) };
    let first = issue(&house.issuer, &house.may_issue(), &[one(1)]).pop().unwrap().unwrap();
    let again = issue(&house.issuer, &house.may_issue(), &[one(1)]).pop().unwrap().unwrap();
    assert_eq!(first, again);
    let other = issue(&house.issuer, &house.may_issue(), &[one(2)]).pop().unwrap();
    assert!(matches!(other, Err(IssueError::KeyReused)));
    // without the key it is a second licence, and its number is taken
    let taken = issue(&house.issuer, &house.may_issue(), &[food(1)]).pop().unwrap();
    assert!(matches!(taken, Err(IssueError::NumberTaken)));
}

fn a_change_is_the_next_version(database: &Database) {
    let house = House::new(database);
    let first = issue(&house.issuer, &house.may_issue(), &[construction()]).pop().unwrap().unwrap();
    house.clock.advance_seconds(86_400);
    let mut order = construction();
    order.change_of = Some(first.identifier.clone());
    order.data["registered_address"] = "演示市新塘区样例路 99 号".into();
    let second = issue(&house.issuer, &house.may_issue(), &[order]).pop().unwrap().unwrap();
    assert_eq!((second.number.as_str(), second.version), (first.number.as_str(), 2));
    assert_ne!(second.code, first.code);
    let (first_id, second_id): (LicenceIdentifier, LicenceIdentifier) =
        (first.identifier.parse().unwrap(), second.identifier.parse().unwrap());
    assert!(first_id.same_licence(&second_id));
    assert_eq!(standing::by_code(&house.issuer, &first.code, None).unwrap().state, "superseded");
    let now = standing::by_code(&house.issuer, &second.code, None).unwrap();
    // a change is no new beginning
    assert_eq!((now.state, now.since), ("in_force", Day::new(2026, 11, 22).unwrap()));
    // both documents are kept
    for identifier in [first_id, second_id] {
        assert!(document(&house.issuer, &house.may_read(), &identifier, Form::Ofd).is_ok());
    }
    nothing_is_open(&house);
}

/// No intent is left behind.
pub(super) fn nothing_is_open(house: &House) {
    let open = house.issuer.store.read(intents::count_open);
    assert_eq!(open, Ok::<_, StoreError>(0));
}
