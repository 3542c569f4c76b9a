//! What everybody may ask, asked by the client that other installations use.

use super::desk;
use crate::support::{
    house::{construction, decided, food},
    http::post,
    register::Shown,
};
use serde_json::json;
use yinxin::{
    clock::Clock as _,
    flow::{
        access::Scope,
        register::{Answer, Register as _, RegisterFault},
        status_client::StatusClient,
    },
};
use yinxin_trust::{
    base::Day,
    licence::{
        Expiry,
        state::{End, State},
    },
};

/// Of an installation elsewhere: an issuing body that is not ours, another serial.
const OF_ANOTHER_BODY: &str = "11990000MB0000019F";

#[test]
fn the_client_and_the_server_understand_each_other() {
    let desk = desk();
    let token = desk.token(&desk.house.body, &[Scope::Issue, Scope::Act]);
    let issued = desk.issue(&token, &construction());
    let first = issued["identifier"].as_str().unwrap().to_owned();
    let client = StatusClient::new(&format!("http://{}", desk.to)).unwrap();
    let ask = |identifier: &str| client.standing(identifier, desk.house.clock.now().unwrap());
    let known = |identifier: &str| match ask(identifier) {
        Ok(Answer::Known(known)) => known,
        other => panic!("{other:?}"),
    };
    let answer = known(&first);
    assert_eq!((answer.state, answer.version.number()), (State::InForce, 1));
    assert_eq!((answer.since, answer.until), (Day::new(2026, 11, 22).unwrap(), Expiry::parse("2031-11-21").unwrap()));
    assert!(answer.document_sm3.is_some() && answer.as_of == desk.house.clock.now().unwrap());
    assert_eq!(answer.source, "演示市市场监督管理局证照登记库");
    // without a last day
    let endless = desk.issue(&token, &food(1));
    assert!(matches!(known(endless["identifier"].as_str().unwrap()).until, Expiry::After(_) | Expiry::Never));

    // by the old identifier the new version answers
    desk.house.clock.advance_seconds(60);
    let mut change = construction();
    change.change_of = Some(first.clone());
    let second = desk.issue(&token, &change);
    assert_eq!(second["version"], 2, "{second}");
    for identifier in [&first, second["identifier"].as_str().unwrap()] {
        assert_eq!(known(identifier).version.number(), 2);
    }
    assert_ne!(known(&first).document_sm3, answer.document_sm3);
    desk.house.clock.advance_seconds(60);
    let acts = format!("/api/v1/licences/{first}/acts");
    assert_eq!(desk.post(&acts, &token, &json!({ "kind": "revoke", "decision": decided() })).status, 200);
    assert_eq!(known(&first).state, State::Ended(End::Revoked));

    // never issued, and kept elsewhere
    let parsed: yinxin_trust::licence::identifier::LicenceIdentifier = first.parse().unwrap();
    let made = |issuer: &str, serial: &str| {
        yinxin_testkit::licence::identifier(parsed.type_code().as_str(), issuer, serial, "001")
    };
    assert!(matches!(ask(&made(parsed.issuer(), "999999999")), Ok(Answer::NotRegistered { .. })));
    assert_eq!(ask(&made(OF_ANOTHER_BODY, "000000001")), Err(RegisterFault::NotCompetent));
}

#[test]
fn by_the_identifier_no_field_and_by_the_code_none_in_clear() {
    let desk = desk();
    let token = desk.token(&desk.house.body, &[Scope::Issue]);
    let issued = desk.issue(&token, &food(1));
    let (identifier, code) = (issued["identifier"].as_str().unwrap(), issued["code"].as_str().unwrap());
    let answer = desk.get(&format!("/api/v1/standings/{identifier}"), &Shown::Nothing);
    assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")));
    assert!(answer.json().get("fields").is_none() && !answer.body.contains("小满"), "{}", answer.body);
    assert_eq!(answer.json()["version"], "001");
    // in either case of the letters, as people type
    for code in [code.to_owned(), code.to_ascii_lowercase()] {
        let answer = desk.get(&format!("/api/v1/standing/{code}"), &Shown::Nothing);
        assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")));
        let shown = answer.json();
        let field = |name: &str| {
            shown["fields"].as_array().unwrap().iter().find(|field| field["name"] == name).unwrap()["value"].clone()
        };
        assert_eq!(
            (field("operator_name"), field("legal_representative")),
            (json!("演示市小满面馆（个体工商户）"), json!("**国"))
        );
        assert!(!answer.body.contains("李守国"));
    }
    let later = desk.get(&format!("/api/v1/standing/{code}?at=2026-01-01"), &Shown::Nothing);
    assert_eq!(later.json()["state"], "not_yet");
}

#[test]
fn what_is_not_there_looks_the_same_whatever_was_asked() {
    let desk = desk();
    let bodies: Vec<_> = ["A".repeat(26), "A".repeat(25), "none".to_owned(), "A".repeat(300), "%E8%AF%81".to_owned()]
        .iter()
        .flat_map(|code| [format!("/api/v1/standing/{code}"), format!("/api/v1/standings/{code}")])
        .map(|path| {
            let answer = desk.get(&path, &Shown::Nothing);
            assert_eq!((answer.status, answer.problem().as_str()), (404, "not_registered"), "{path}");
            answer.body
        })
        .collect();
    assert!(bodies.iter().all(|body| *body == bodies[0]));
}

#[test]
fn a_verification_here_asks_the_own_register() {
    let desk = desk();
    let token = desk.token(&desk.house.body, &[Scope::Issue, Scope::Read, Scope::Act]);
    let issued = desk.issue(&token, &food(1));
    let one = format!("/api/v1/licences/{}", issued["identifier"].as_str().unwrap());
    let document = desk.get(&format!("{one}/document?as=ofd"), &token).octets;
    let verify = || post(desk.to, "/api/v1/verifications", &document).json();
    let report = verify();
    assert_eq!((&report["verdict"], &report["standing"]["state"]), (&json!("valid"), &json!("in_force")), "{report}");
    assert_eq!(report["standing"]["source"], "演示市市场监督管理局证照登记库");
    let revoked = desk.post(&format!("{one}/acts"), &token, &json!({ "kind": "revoke", "decision": decided() }));
    assert_eq!(revoked.status, 200);
    let report = verify();
    assert_eq!((&report["verdict"], &report["standing"]["state"]), (&json!("valid"), &json!("revoked")));
}
