//! Issuing one, issuing many, and what is refused with which fields.

use super::{desk, desk_with};
use crate::support::{
    house::{construction, decided, food},
    register::{JSON, Shown, send},
};
use serde_json::{Value, json};
use std::thread;
use yinxin::flow::{
    access::{Role, Scope},
    issue::Order,
};
use yinxin_trust::licence::identifier::LicenceIdentifier;

fn text(order: &Order) -> String {
    serde_json::to_string(order).unwrap()
}

#[test]
fn a_licence_is_issued_and_its_location_leads_to_it() {
    let desk = desk();
    let token = desk.token(&desk.house.body, &[Scope::Issue, Scope::Read]);
    let answer = send(desk.to, "POST", "/api/v1/licences", &token, JSON, &text(&food(1)));
    assert_eq!(answer.status, 201, "{answer:?}");
    let issued = answer.json();
    let identifier: LicenceIdentifier = issued["identifier"].as_str().unwrap().parse().unwrap();
    let location = answer.header("location").unwrap().to_owned();
    assert_eq!(location, format!("/api/v1/licences/{identifier}"));
    assert_eq!(desk.get(&location, &token).json()["number"], issued["number"]);
    // a person who decides issues too, from a page of this service
    let chief = desk.signed_in(&desk.house.body, "chief", &[Role::Approver]);
    assert_eq!(desk.post("/api/v1/licences", &chief, &json!(food(2))).status, 201);
}

#[test]
fn a_repeated_request_gets_the_first_answer() {
    let desk = desk();
    let token = desk.token(&desk.house.body, &[Scope::Issue]);
    let with_key = |key: &str, order: &Order| {
        send(desk.to, "POST", "/api/v1/licences", &token, &format!("{JSON}Idempotency-Key: {key}\r\n"), &text(order))
    };
    let first = with_key("one", &construction());
    let again = with_key("one", &construction());
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!(first.json(), again.json());
    let reused = with_key("one", &food(1));
    assert_eq!((reused.status, reused.problem().as_str()), (409, "idempotency_key_reused"));
    let malformed = with_key("a b", &food(1));
    assert_eq!((malformed.status, malformed.problem().as_str()), (400, "idempotency_key_malformed"));
    // the key comes beside the order and not in it
    let mut inside = json!(food(1));
    inside["idempotency_key"] = "x".into();
    assert_eq!(desk.post("/api/v1/licences", &token, &inside).problem(), "bad_body");
}

#[test]
fn every_field_at_fault_is_named_in_both_languages() {
    let desk = desk();
    let token = desk.token(&desk.house.body, &[Scope::Issue]);
    let mut order = food(1);
    order.data["credit_code"] = "11100000MB0143028A".into();
    order.data.remove("signatory");
    let answer = desk.post("/api/v1/licences", &token, &json!(order));
    assert_eq!((answer.status, answer.problem().as_str()), (422, "application_refused"));
    let errors = answer.json()["errors"].as_array().unwrap().clone();
    let named: Vec<_> = errors.iter().map(|e| (e["field"].as_str().unwrap(), e["code"].as_str().unwrap())).collect();
    assert!(named.contains(&("credit_code", "credit_code")) && named.contains(&("signatory", "missing")), "{named:?}");
    let zh = |field: &str| errors.iter().find(|e| e["field"] == field).unwrap()["zh"].as_str().unwrap().to_owned();
    assert_eq!(zh("credit_code"), "第 18 位校验码不对。请照营业执照重新输入。");
    assert!(errors.iter().all(|e| !e["en"].as_str().unwrap().is_empty()));

    // in Unicode, in no font
    let mut order = construction();
    order.data["registered_address"] = "演示市\u{10000}路".into();
    let answer = desk.post("/api/v1/licences", &token, &json!(order));
    assert_eq!((answer.status, answer.problem().as_str()), (422, "face_refused"));
    let error = answer.json()["errors"][0].clone();
    assert_eq!(
        (error["field"].as_str(), error["code"].as_str()),
        (Some("registered_address"), Some("character_not_in_font"))
    );
    assert!(error["zh"].as_str().unwrap().contains("第 4 个字"), "{error}");
}

#[test]
fn many_get_a_result_each_in_their_order() {
    let desk = desk();
    let token = desk.token(&desk.house.body, &[Scope::Issue]);
    let mut orders: Vec<Value> = (0..6).map(|_| json!(construction())).collect();
    orders[1]["data"].as_object_mut().unwrap().remove("enterprise_name");
    orders[4] = json!({ "type_code": 7 });
    let ask = || {
        let body = json!({ "orders": orders }).to_string();
        send(desk.to, "POST", "/api/v1/licences/batch", &token, &format!("{JSON}Idempotency-Key: lot\r\n"), &body)
    };
    let answer = ask();
    assert_eq!(answer.status, 200, "{answer:?}");
    let results = answer.json()["results"].as_array().unwrap().clone();
    let codes: Vec<_> = results.iter().map(|r| r["problem"]["code"].as_str()).collect();
    assert_eq!(codes, [None, Some("application_refused"), None, None, Some("bad_body"), None]);
    assert_eq!(results[1]["problem"]["errors"][0]["field"], "enterprise_name");
    let numbers: Vec<_> = results.iter().filter_map(|r| r["issued"]["number"].as_str()).collect();
    assert_eq!(numbers.len(), 4);
    // repeated, each place gets its first answer
    let again = ask().json();
    assert_eq!(again["results"][0], results[0]);
    assert_eq!(again["results"][5], results[5]);

    let many: Vec<_> = (0..257).map(|_| json!({})).collect();
    let answer = desk.post("/api/v1/licences/batch", &token, &json!({ "orders": many }));
    assert_eq!((answer.status, answer.problem().as_str()), (422, "too_many"));
    assert_eq!(desk.post("/api/v1/licences/batch", &token, &json!({ "orders": [] })).problem(), "bad_body");
}

#[test]
fn acts_lead_from_state_to_state_and_refusals_say_why() {
    let desk = desk();
    let token = desk.token(&desk.house.body, &[Scope::Issue, Scope::Act]);
    let issued = desk.issue(&token, &food(1));
    let acts = format!("/api/v1/licences/{}/acts", issued["identifier"].as_str().unwrap());
    let act = |kind: &str| desk.post(&acts, &token, &json!({ "kind": kind, "decision": decided() }));
    for (kind, state) in [("suspend", "suspended"), ("resume", "in_force"), ("revoke", "revoked")] {
        let answer = act(kind);
        assert_eq!((answer.status, answer.json()["state"].as_str()), (200, Some(state)), "{answer:?}");
        desk.house.clock.advance_seconds(60);
    }
    let refused = act("suspend");
    assert_eq!((refused.status, refused.problem().as_str()), (422, "act_refused"));
    let error = &refused.json()["errors"][0];
    assert_eq!((error["field"].as_str(), error["code"].as_str()), (Some("kind"), Some("after_end")));
    assert!(error["zh"].as_str().unwrap().contains("吊销"));
    assert_eq!(act("explode").problem(), "unknown_act");
}

#[test]
fn a_full_lane_says_when_to_come_again_and_others_go_on() {
    let desk = desk_with("[serve.lanes]\nissue_threads = 1\nissue_waiting = 0\nretry_after_seconds = 7");
    let token = desk.token(&desk.house.body, &[Scope::Issue, Scope::Read]);
    let many = json!({ "orders": (0..24).map(|_| json!(construction())).collect::<Vec<_>>() });
    thread::scope(|scope| {
        let lots: Vec<_> = (0..3).map(|_| scope.spawn(|| desk.post("/api/v1/licences/batch", &token, &many))).collect();
        let answers: Vec<_> = lots.into_iter().map(|lot| lot.join().unwrap()).collect();
        let busy: Vec<_> = answers.iter().filter(|answer| answer.status == 503).collect();
        assert!(!busy.is_empty() && busy.len() < 3, "{answers:?}");
        for answer in busy {
            assert_eq!((answer.problem().as_str(), answer.header("retry-after")), ("issuing_busy", Some("7")));
        }
    });
    assert_eq!(desk.get("/api/v1/licences", &token).status, 200);
    assert_eq!(desk.get("/api/v1/licences", &Shown::Nothing).status, 401);
}
