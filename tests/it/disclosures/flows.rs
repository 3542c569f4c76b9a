//! Issue, choose, disclose, verify.

use super::{CITIZEN, FRAME, NAME, Scene, names};
use crate::{
    presentations::code_of,
    support::{
        database::Database,
        house::{House, decided, food},
    },
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use diesel::{Connection as _, SqliteConnection, connection::SimpleConnection as _};
use yinxin::{
    flow::{
        act::{self, ActOrder},
        disclosures::disclosable,
        issue::{Step, issue, issue_watched, recover},
        presentations::{PresentationError, RedemptionOrder, redeem},
        shown::{Shown, state},
    },
    store::{audit, documents, field_secrets, intents, licences},
};
use yinxin_trust::{
    disclosure::Disclosure,
    licence::identifier::LicenceIdentifier,
    verify::{CoverageState, DocumentKind, StandingState, Verdict},
};

on_both!(
    chosen_fields_are_proven_and_nothing_else_is_said,
    the_register_speaks_where_the_identifier_is_shown,
    a_crash_changes_no_octet,
    what_was_issued_before_has_none,
    a_redeemer_gets_the_proof_of_what_was_shown,
);

fn chosen_fields_are_proven_and_nothing_else_is_said(database: &Database) {
    let scene = Scene::new(database);
    let (issuer, licence) = (&scene.counter.house.issuer, scene.identifier.parse().unwrap());
    let offered = disclosable(issuer, &scene.holder, &licence).unwrap();
    let always: Vec<_> = offered.fields.iter().filter(|one| one.always).map(|one| one.name.as_str()).collect();
    assert_eq!(always.len(), FRAME.len());
    let masked = offered.fields.iter().find(|one| one.name == "legal_representative").unwrap();
    assert_eq!((masked.value.as_str(), offered.fields.len()), ("**国", names_offered(&offered)));

    let file = scene.disclose(&["CZZT", "legal_representative"]).unwrap();
    assert_eq!(file, scene.disclose(&["legal_representative", "CZZT"]).unwrap(), "the same choice is the same file");
    let report = scene.verify(&file);
    assert_eq!((report.verdict, report.document.kind), (Verdict::Valid, DocumentKind::Disclosure));
    let proven = report.disclosure.as_ref().unwrap();
    let seen: Vec<_> = proven.fields.iter().map(|one| (one.name.as_str(), one.value.as_str(), one.masked)).collect();
    assert_eq!(seen.len(), FRAME.len() + 2);
    assert!(
        seen.contains(&("CZZT", NAME, false)) && seen.contains(&("legal_representative", "**国", true)),
        "{seen:?}"
    );
    assert_eq!(proven.withheld, offered.fields.len() - seen.len());
    assert!(report.coverage.is_none(), "{:?}: pages were not seen", CoverageState::Complete);
    assert_eq!((report.standing.state, state(&report)), (StandingState::Unknown, Shown::StandingUnknown));
    assert_eq!(report.licence.as_ref().unwrap().holder.as_deref(), Some(NAME));

    // nothing of the other values, also where the file is taken apart
    let parts = Disclosure::read(&file).unwrap();
    let whole = [file.as_slice(), &parts.signature, &parts.value].concat();
    let secret = issuer.store.read(|conn| {
        let line = line_of(&scene.identifier);
        let licence = licences::public_by_line(conn, &line)?.unwrap();
        let version = licences::public_versions(conn, &licence.id)?.remove(0);
        field_secrets::of_version(conn, &version.id)
    });
    let secret = secret.unwrap().unwrap();
    for unseen in
        ["演示市新塘区样例路", CITIZEN, "李守国", "JY23301000000010", &scene.identifier, &hex::encode(&*secret)]
    {
        let is_there = whole.windows(unseen.len()).any(|piece| piece == unseen.as_bytes());
        assert!(!is_there, "{unseen}");
    }
    assert!(!whole.windows(secret.len()).any(|piece| piece == &**secret));

    // what cannot be chosen, and who
    for wrong in [&["nothing"][..], &[]] {
        assert!(matches!(scene.disclose(wrong), Err(PresentationError::Fields(_))), "{wrong:?}");
    }
    let stranger = scene.counter.holder("noodles", crate::presentations::FOOD_HOLDER);
    assert!(matches!(disclosable(issuer, &stranger, &licence), Err(PresentationError::NotHeld)));
    let body = &scene.counter.house.body;
    let rows = issuer.store.read(|conn| audit::list(conn, body, (i64::MIN, 0), 500)).unwrap();
    let made: Vec<_> = rows.into_iter().filter(|row| row.action == "disclosure.made").collect();
    assert_eq!((made.len(), made[0].subject.as_str()), (2, scene.identifier.as_str()));
    let detail = String::from_utf8(made[0].detail.clone()).unwrap();
    assert!(detail.contains("CZZT") && !detail.contains(NAME), "{detail}");
}

fn names_offered(offered: &yinxin::flow::disclosures::Disclosable) -> usize {
    let mut names: Vec<_> = offered.fields.iter().map(|one| &one.name).collect();
    names.sort_unstable();
    names.dedup();
    names.len()
}

fn the_register_speaks_where_the_identifier_is_shown(database: &Database) {
    let scene = Scene::new(database);
    let (with, without) = (scene.disclose(&["ZZBS", "CZZT"]).unwrap(), scene.disclose(&["CZZT"]).unwrap());
    assert_eq!(state(&scene.verify(&with)), Shown::Valid);
    let order = ActOrder { kind: "revoke".to_owned(), decision: decided(), effective_from: None, successor: None };
    let house = &scene.counter.house;
    act::act(&house.issuer, &house.may_act(), &scene.identifier, &order).unwrap();
    assert_eq!(state(&scene.verify(&with)), Shown::NotInForce(StandingState::Revoked));
    assert_eq!(state(&scene.verify(&without)), Shown::StandingUnknown);
    // the register knows the file that was stamped, and no other under the identifier
    let report = scene.verify(&with);
    let registered = report.checks.iter().find(|check| check.id.as_str() == "licence.registered").unwrap();
    assert_eq!(registered.code, "ok");
}

/// Recovered as it was intended: the same octets, the same salts.
fn a_crash_changes_no_octet(database: &Database) {
    let scene = Scene::new(database);
    let house = &scene.counter.house;
    let store = &house.issuer.store;
    for wait in [0, 3600] {
        let order = crate::support::house::of_a_person(&scene.kind, 7 + u32::from(wait > 0), NAME, CITIZEN);
        let crash = || {
            issue_watched(&house.issuer, &house.may_issue(), std::slice::from_ref(&order), &|step| {
                assert_ne!(step, Step::Intended, "as a process that ends here");
            })
        };
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(crash)).is_err());
        let open = store.read(|conn| intents::open_before(conn, i64::MAX, 9)).unwrap();
        let draft: serde_json::Value = serde_json::from_slice(&open[0].request).unwrap();
        house.clock.advance_seconds(wait);
        house.renew_lists();
        let recovered = recover(&house.issuer, 0).unwrap();
        // finished only where the digest that was to be signed is the stored one
        assert_eq!((recovered.finished, recovered.renewed), if wait == 0 { (1, 0) } else { (0, 1) });
        let version = draft["version_id"].as_str().unwrap();
        let kept = store.read(|conn| field_secrets::of_version(conn, version)).unwrap().unwrap();
        assert_eq!(hex::encode(&*kept), draft["field_secret"].as_str().unwrap());
        let identifier = draft["identifier"].as_str().unwrap();
        let file = scene.disclose_of(identifier, &["ZZBS", "CZZT"]).unwrap();
        assert_eq!(state(&scene.verify(&file)), Shown::Valid);
        assert!(store.read(|conn| documents::of_version(conn, version)).unwrap().is_some());
    }
}

fn what_was_issued_before_has_none(database: &Database) {
    let scene = Scene::new(database);
    if database.is_sqlite() {
        let path = database.folder().path().join("register.db");
        let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        conn.batch_execute("PRAGMA busy_timeout = 5000; DELETE FROM field_secrets").unwrap();
    } else {
        database.postgres_connection().batch_execute("DELETE FROM field_secrets").unwrap();
    }
    assert!(matches!(scene.disclose(&["CZZT"]), Err(PresentationError::NotDisclosable)));
    let licence = scene.identifier.parse().unwrap();
    let offered = disclosable(&scene.counter.house.issuer, &scene.holder, &licence).unwrap();
    assert!(offered.fields.is_empty() && !offered.offer.fields.is_empty());
    let code = code_of(&scene.counter.show(&scene.holder, &scene.identifier, &["operator_name"]).unwrap());
    let told = redeemed(&scene, &code, true);
    assert_eq!((told.disclosure, told.disclosure_missing), (None, Some("issued_before")));
}

fn redeemed(scene: &Scene, code: &str, disclosure: bool) -> yinxin::flow::presentations::Redeemed {
    let counter = &scene.counter;
    let scanner = counter.scanner(&counter.house.body);
    let order = RedemptionOrder {
        code: code.to_owned(),
        scan_id: "scan-0001".to_owned(),
        window: None,
        purpose: None,
        disclosure,
    };
    redeem(&counter.house.issuer, &counter.desk, &scanner, &order).unwrap()
}

fn a_redeemer_gets_the_proof_of_what_was_shown(database: &Database) {
    let scene = Scene::new(database);
    let shown = ["operator_name", "legal_representative", "business_premises"];
    let show = || code_of(&scene.counter.show(&scene.holder, &scene.identifier, &shown).unwrap());
    let told = redeemed(&scene, &show(), false);
    assert_eq!((told.disclosure, told.disclosure_missing), (None, None));
    let told = redeemed(&scene, &show(), true);
    let file = STANDARD.decode(told.disclosure.unwrap()).unwrap();
    let mut due: Vec<_> = FRAME.iter().copied().chain(["CZZT", "legal_representative", "business_premises"]).collect();
    let mut found = names(&file);
    due.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, due, "what was shown, of which licence, and nothing else");
    let report = scene.verify(&file);
    assert_eq!(report.verdict, Verdict::Valid);
    for (field, name) in told.fields.iter().zip(["CZZT", "legal_representative", "business_premises"]) {
        let proven = report.disclosure.as_ref().unwrap().fields.iter().find(|one| one.name == name).unwrap();
        assert_eq!((&proven.title, &proven.value), (&field.title, &field.value));
    }
}

/// As the register finds a licence.
fn line_of(identifier: &str) -> String {
    let identifier: LicenceIdentifier = identifier.parse().unwrap();
    format!("{}.{}.{}", identifier.type_code(), identifier.issuer(), identifier.serial())
}

/// An organisation's licence too, with a batch of others.
#[test]
fn licences_of_a_batch_have_secrets_of_their_own() {
    let database = Database::sqlite();
    let house = House::new(&database);
    let all = issue(&house.issuer, &house.may_issue(), &[food(1), food(2), food(3)]);
    assert!(all.iter().all(Result::is_ok));
    let mut secrets: Vec<_> = all
        .into_iter()
        .map(|issued| {
            let identifier = issued.unwrap().identifier;
            let line = line_of(&identifier);
            let found = house.issuer.store.read(|conn| {
                let licence = licences::public_by_line(conn, &line)?.unwrap();
                let version = licences::public_versions(conn, &licence.id)?.remove(0);
                field_secrets::of_version(conn, &version.id)
            });
            found.unwrap().unwrap().to_vec()
        })
        .collect();
    secrets.sort();
    secrets.dedup();
    assert_eq!(secrets.len(), 3);
}
