//! What the flows of letters do.

use super::*;
use crate::{
    second_factor::wrong,
    support::{house::begin, register::holder},
};
use yinxin::{
    flow::{
        access::Permit,
        holders,
        kind::HasKind as _,
        letters::Activation,
        second_factor::{self, FactorError},
        shown,
    },
    store::{audit, personal_keys},
};
use yinxin_hsm::{KeyError, KeyState, Purpose, SignRequest, ToSign};
use yinxin_trust::verify::{CheckId, SignatureKind, Verdict};

on_both!(
    a_signed_letter_verifies_as_a_persons,
    a_code_counts_for_what_was_shown_and_once,
    only_natural_persons_with_a_second_factor_sign,
    a_key_ends_with_factor_and_account,
    what_is_filled_in_is_looked_at,
);

fn a_signed_letter_verifies_as_a_persons(database: &Database) {
    let study = Study::new(database);
    let (holder, app) = study.enrolled();
    assert_eq!(letters::standing(&study.table(), &holder), Ok(Activation::NoKey));
    study.activate(&holder, &app).unwrap();
    assert!(matches!(letters::standing(&study.table(), &holder), Ok(Activation::Active { .. })));
    assert_eq!(study.activate(&holder, &app), Err(LetterError::KeyThere));
    let document = study.signed(&holder, &app);

    let report = study.hall.house.issuer.verifier.verify(&&document[..], None).unwrap();
    assert_eq!(report.verdict, Verdict::Valid, "{report:#?}");
    assert_eq!(shown::state(&report).code(), "GENUINE_NOT_A_LICENCE");
    let [signature] = &report.signatures[..] else { panic!("{report:?}") };
    let signer = signature.signer.as_ref().unwrap();
    assert!(signature.kind == SignatureKind::Sign && signature.seal.is_none() && signer.natural_person);
    assert_eq!(signer.name, NAME);
    // the number of the citizen stands nowhere, in whichever form
    let octets = |needle: &str| document.windows(needle.len()).any(|window| window == needle.as_bytes());
    assert!(!octets(NUMBER) && !signer.subject.contains(NUMBER) && octets("110***********002X"));

    let listed = letters::list(&study.table(), &holder).unwrap();
    assert_eq!(listed.iter().map(|one| one.to.as_str()).collect::<Vec<_>>(), ["演示市住房公积金管理中心"]);
    let events = study.hall.house.issuer.store.read(|conn| audit::list_all(conn, 0, 1000)).unwrap();
    let of_holder = events.iter().filter(|event| event.actor_id == holder.id());
    let actions: Vec<_> = of_holder.map(|event| event.action.as_str()).collect();
    assert!(actions.ends_with(&["personal_key.made", "letter.confirmed", "letter.signed"]), "{actions:?}");
    let told: Vec<u8> = events.iter().flat_map(|event| event.detail.clone()).collect();
    assert!(!String::from_utf8(told).unwrap().contains("公积金"), "the audit keeps no words of letters");
    let picture = letters::page_png(&study.table(), &holder, &listed[0].id).unwrap();
    assert_eq!(&picture[1..4], b"PNG");

    // the anchors of bodies say nothing of a person
    let bodies: String = study.hall.house.authority.anchors_pem().split("# use: person").next().unwrap().to_owned();
    let clock = std::sync::Arc::clone(&study.hall.house.clock);
    let verifier =
        crate::support::house::verifier_of(&bodies, &study.hall.house.authority, study.hall.house.keys.as_ref(), clock);
    let report = verifier.verify(&&document[..], None).unwrap();
    assert_eq!((report.verdict, report.reason), (Verdict::Indeterminate, Some(CheckId::SignerPath)));
    assert!(!report.signatures[0].signer.as_ref().unwrap().natural_person);
}

fn a_code_counts_for_what_was_shown_and_once(database: &Database) {
    let study = Study::new(database);
    let (holder, app) = study.enrolled();
    study.activate(&holder, &app).unwrap();
    let (first, digest) = study.drafted(&holder);
    study.hall.house.clock.advance_seconds(1);
    let (second, other) = study.drafted(&holder);
    assert_ne!(digest, other);
    let code = study.fresh(&app);
    let factor = |error: FactorError| Err(LetterError::Factor(error));
    assert_eq!(study.sign(&holder, (&first, &other), &code), Err(LetterError::OtherDigest));
    assert_eq!(study.sign(&holder, (&first, &digest), &wrong(&code)), factor(FactorError::Wrong));
    let recovery = app.codes.texts().next().unwrap();
    assert_eq!(study.sign(&holder, (&first, &digest), recovery), factor(FactorError::Wrong), "they sign nothing");
    assert_eq!(study.sign(&holder, (&first, &digest), &code), Ok(()));
    assert_eq!(study.sign(&holder, (&first, &digest), &code), Err(LetterError::SignedAlready));
    assert_eq!(study.sign(&holder, (&second, &other), &code), factor(FactorError::Wrong), "one code, one letter");
    // nobody else has the letter
    let stranger = register_citizen(&study);
    assert_eq!(letters::document(&study.table(), &stranger, &first), Err(LetterError::NotFound));
    assert_eq!(study.sign(&stranger, (&second, &other), "000000"), Err(LetterError::NotFound));
    study.hall.house.clock.advance_seconds(600);
    let code = study.fresh(&app);
    assert_eq!(study.sign(&holder, (&second, &other), &code), Err(LetterError::Expired));
}

fn register_citizen(study: &Study) -> Holder {
    let hall = &study.hall;
    add_citizen(&hall.house.issuer.store, &hall.sign_in, "wang.fang", ("王芳", "440524188001010014"), hall.now());
    let session = hall.begin("wang.fang", PASSWORD, "").unwrap().secret;
    match hall.known(&session) {
        Some(Known::Holder(holder)) => holder,
        other => panic!("{other:?}"),
    }
}

fn only_natural_persons_with_a_second_factor_sign(database: &Database) {
    let study = Study::new(database);
    let (hall, table) = (&study.hall, study.table());
    let noodles =
        holder(&hall.house.issuer.store, &hall.sign_in, "noodles", crate::presentations::FOOD_HOLDER, hall.now());
    assert_eq!(letters::standing(&table, &noodles), Ok(Activation::NotAPerson));
    let made = letters::activate(&table, &noodles, (&given(PASSWORD), "000000"));
    assert_eq!(made, Err(LetterError::NotAPerson));
    let stranger = register_citizen(&study);
    assert_eq!(letters::standing(&table, &stranger), Ok(Activation::NoFactor));
    assert_eq!(letters::activate(&table, &stranger, (&given(PASSWORD), "000000")), Err(LetterError::NoFactor));
    let (holder, app) = study.enrolled();
    assert_eq!(letters::draft(&table, &holder, "consent", &filled()), Err(LetterError::NoKey));
    let code = study.fresh(&app);
    let before = hall.house.keys.list().unwrap().len();
    for (password, code) in
        [("wrong password", &*code), (PASSWORD, &wrong(&code)), (PASSWORD, app.codes.texts().next().unwrap())]
    {
        let made = letters::activate(&table, &holder, (&given(password), code));
        assert_eq!(made, Err(LetterError::Factor(FactorError::Wrong)));
    }
    assert_eq!(hall.house.keys.list().unwrap().len(), before, "no key is made for who proves nothing");
    // without an authority for persons there are no keys
    let bare = Letters::new(yinxin::flow::authority::AuthorityFolder::at(std::path::Path::new("/nowhere")), None);
    let bare = Table { letters: &bare, ..table };
    assert_eq!(letters::standing(&bare, &holder), Ok(Activation::NotConfigured));
}

fn a_key_ends_with_factor_and_account(database: &Database) {
    let study = Study::new(database);
    let (hall, store) = (&study.hall, &study.hall.house.issuer.store);
    let (holder, app) = study.enrolled();
    study.activate(&holder, &app).unwrap();
    let signed = study.signed(&holder, &app);
    let key = store.read(|conn| personal_keys::running(conn, holder.id())).unwrap().unwrap();
    let reference = key.key_reference.parse().unwrap();
    // made for this and nothing else
    let stamps = SignRequest::new(Purpose::Stamper, ToSign::Message(b"x"), begin());
    assert!(matches!(hall.house.keys.sign(&reference, &stamps), Err(KeyError::Purpose { .. })));

    let (id, digest) = study.drafted(&holder);
    let code = study.fresh(&app);
    second_factor::remove(store, &hall.sign_in, &(&holder).into(), (&given(PASSWORD), &code), hall.now()).unwrap();
    let code = study.fresh(&app);
    assert_eq!(study.sign(&holder, (&id, &digest), &code), Err(LetterError::NoKey), "before it is destroyed too");
    assert_eq!(letters::end_keys(&hall.house.issuer), Ok(1));
    assert_eq!(letters::end_keys(&hall.house.issuer), Ok(0));
    let state = hall.house.keys.describe(&reference).map(|key| key.state);
    assert!(matches!(state, Ok(KeyState::Destroyed) | Err(KeyError::Unknown(_))), "{state:?}");
    let report = hall.house.issuer.verifier.verify(&&signed[..], None).unwrap();
    assert_eq!(report.verdict, Verdict::Valid, "what was signed stands");

    // another factor, another key; and the end of the account
    let app = hall.enrol("li.guo");
    assert_eq!(letters::standing(&study.table(), &holder), Ok(Activation::NoKey));
    study.activate(&holder, &app).unwrap();
    let (id, digest) = study.drafted(&holder);
    holders::disable(store, &Permit::of_operator(""), holder.id(), hall.now()).unwrap();
    let code = study.fresh(&app);
    assert_eq!(study.sign(&holder, (&id, &digest), &code), Err(LetterError::NoKey));
    assert_eq!(letters::end_keys(&hall.house.issuer), Ok(1));
}

fn what_is_filled_in_is_looked_at(database: &Database) {
    let study = Study::new(database);
    let (holder, app) = study.enrolled();
    study.activate(&holder, &app).unwrap();
    let table = study.table();
    assert_eq!(letters::draft(&table, &holder, "none", &filled()), Err(LetterError::NotFound));
    let mut empty = filled();
    empty.insert("to".to_owned(), " ".to_owned());
    let refused = letters::draft(&table, &holder, "consent", &empty).unwrap_err();
    assert_eq!(refused.fields().iter().map(|field| field.field.as_str()).collect::<Vec<_>>(), ["to"]);
    // what looks like markup, a place or a direction is text
    let mut odd = filled();
    odd.insert("matter".to_owned(), "</ofd:Page>{to}<script>&amp;\u{202e}文".to_owned());
    let id = letters::draft(&table, &holder, "commitment", &odd).unwrap();
    let digest = letters::look(&table, &holder, &id).unwrap().digest;
    let code = study.fresh(&app);
    study.sign(&holder, (&id, &digest), &code).unwrap();
    for _ in 0..19 {
        letters::draft(&table, &holder, "consent", &filled()).unwrap();
    }
    let refused = letters::draft(&table, &holder, "consent", &filled()).unwrap_err();
    assert!(matches!(refused, LetterError::TooMany { .. }) && refused.retry_after_seconds().is_some(), "{refused:?}");
}
