//! A seal from its application to its filing, over the API alone.

use crate::support::{
    Folder,
    database::Database,
    desk::Desk,
    house::{FOOD, House, food},
    http::Answer,
    register::Shown,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use yinxin::flow::{
    access::{Role, Scope},
    authority::AuthorityFolder,
    seal_lives::DOCUMENT_BYTES,
};
use yinxin_testkit::png;

/// A house with every part of the service, or with those that a process has by itself.
fn desk(making: bool) -> (Desk, Folder) {
    let (house, folder) = (House::new(&Database::sqlite()), Folder::new());
    AuthorityFolder::at(folder.path()).keep(&house.authority).unwrap();
    let roles = if making { "roles = [\"issue\", \"verify\", \"seals\", \"make\", \"public\"]\n" } else { "" };
    let authority = format!("[authority]\nfolder = \"{}\"\n", folder.path().display());
    (Desk::open(house, &format!("{roles}{authority}")), folder)
}

fn document(octets: &[u8]) -> Value {
    json!({ "name": "三定方案.pdf", "content": BASE64_STANDARD.encode(octets) })
}

fn application(code: &str) -> Value {
    json!({ "code": code, "types": [FOOD], "reason": "新设机构", "documents": [document(b"%PDF-1.7 made up")] })
}

fn with(mut body: Value, member: &str, value: Value) -> Value {
    body[member] = value;
    body
}

fn is(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, answer.problem().as_str()), (status, code), "{}", answer.body);
}

#[test]
fn applied_for_decided_made_and_filed() {
    let (desk, _folder) = desk(true);
    let body = desk.house.body.clone();
    let keeper = desk.signed_in(&body, "wu.di", &[Role::SealKeeper]);
    let other = desk.signed_in(&body, "zheng.yi", &[Role::Approver]);
    let first = desk.get("/api/v1/seals", &keeper).json()["seals"][0]["id"].as_str().unwrap().to_owned();
    // with a picture of its own, in the place of the first one
    let wanted = with(application("3301000000002"), "renews", first.clone().into());
    let wanted = with(wanted, "picture", BASE64_STANDARD.encode(png::round_seal()).into());
    is(&desk.post("/api/v1/seals", &other, &wanted), 403, "not_allowed");
    let applied = desk.post("/api/v1/seals", &keeper, &wanted);
    assert_eq!(applied.status, 201, "{}", applied.body);
    let id = applied.json()["id"].as_str().unwrap().to_owned();
    let at = |what: &str| format!("/api/v1/seals/{id}/{what}");
    let found = desk.get(&format!("/api/v1/seals/{id}"), &other).json();
    assert_eq!(
        (found["seal"]["state"].as_str(), found["documents"][0]["name"].as_str()),
        (Some("applied"), Some("三定方案.pdf"))
    );
    is(&desk.post(&at("making"), &keeper, &json!({})), 409, "seal_state");
    let yes = json!({ "approve": true, "reason": "材料齐全", "document_number": "演印审〔2026〕1号" });
    is(&desk.post(&at("decision"), &keeper, &yes), 403, "own_seal_application");
    assert_eq!(desk.post(&at("decision"), &other, &yes).json()["state"], "approved");
    // an approver decides and makes nothing
    is(&desk.post(&at("making"), &other, &json!({})), 403, "not_allowed");
    is(&desk.post(&at("making"), &keeper, &json!({ "format": "v6" })), 400, "bad_body");
    is(&desk.post(&at("making"), &keeper, &json!({ "format": "v5" })), 422, "seal_refused");
    is(&desk.post(&at("making"), &keeper, &json!({ "stamper_chain": "no chain" })), 400, "bad_body");
    let made = desk.post(&at("making"), &keeper, &json!({ "format": "v4" }));
    assert_eq!((made.status, made.json()["state"].as_str()), (200, Some("made")), "{}", made.body);
    is(&desk.post(&at("making"), &keeper, &json!({})), 409, "seal_state");
    assert_eq!(desk.post(&at("filing"), &keeper, &json!({})).json()["state"], "in_use");
    desk.house.clock.advance_seconds(2);
    // it stamps from now on, and everybody may ask how it stands
    let token = desk.token(&body, &[Scope::Issue]);
    desk.issue(&token, &food(1));
    let ledger = desk.get("/api/v1/seal-ledger", &keeper).json();
    assert_eq!(ledger["stamps"][0]["seal"], id.as_str());
    let status = desk.get("/api/v1/seals/3301000000002/status", &Shown::Nothing).json();
    assert_eq!(status["state"], "in_use");
    let old = desk.get(&format!("/api/v1/seals/{first}"), &keeper).json();
    assert_eq!(old["seal"]["state"], "superseded");
    let acts = desk.get(&format!("/api/v1/seals/{id}"), &keeper).json();
    let kinds: Vec<_> = acts["acts"].as_array().unwrap().iter().map(|act| act["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["apply", "approve", "make", "file"]);
}

#[test]
fn nothing_is_made_where_that_is_not_said() {
    let (desk, _folder) = desk(false);
    let keeper = desk.signed_in(&desk.house.body, "wu.di", &[Role::SealKeeper]);
    is(&desk.post("/api/v1/seals/none/making", &keeper, &json!({})), 404, "not_served_here");
}

#[test]
fn what_is_no_application_is_refused_by_name() {
    let (desk, _folder) = desk(true);
    let body = desk.house.body.clone();
    let keeper = desk.signed_in(&body, "wu.di", &[Role::SealKeeper]);
    let apply = |wanted: &Value| desk.post("/api/v1/seals", &keeper, wanted);
    let sound = || application("3301000000002");
    is(&apply(&json!({})), 400, "bad_body");
    is(&apply(&with(sound(), "colour", "red".into())), 400, "bad_body");
    is(&apply(&with(sound(), "documents", json!([{ "name": "a.pdf", "content": "no base64!" }]))), 400, "bad_body");
    is(&apply(&with(sound(), "picture", "%".into())), 400, "bad_body");
    let refused = "seal_application_refused";
    is(&apply(&with(sound(), "documents", json!([]))), 422, refused);
    is(&apply(&with(sound(), "documents", json!(vec![document(b"%PDF-"); 9]))), 422, refused);
    is(&apply(&with(sound(), "documents", json!([document(b"MZ a program")]))), 422, refused);
    let large = [b"%PDF-".as_slice(), &vec![b'x'; DOCUMENT_BYTES]].concat();
    is(&apply(&with(sound(), "documents", json!([document(&large)]))), 422, refused);
    is(&apply(&with(sound(), "types", json!(["no type"]))), 422, refused);
    is(&apply(&with(sound(), "code", "印".into())), 422, refused);
    is(&apply(&with(sound(), "diameter_mm", 0.into())), 422, "picture_refused");
    is(&apply(&with(sound(), "picture", BASE64_STANDARD.encode(b"no picture").into())), 422, "picture_refused");
    is(&apply(&with(sound(), "reason", " ".into())), 422, "seal_act_refused");
    is(&apply(&with(sound(), "renews", "none".into())), 404, "no_such_thing");
    is(&apply(&application("3301000000001")), 409, "seal_code_taken");
    assert_eq!(desk.get("/api/v1/seals", &keeper).json()["seals"].as_array().unwrap().len(), 1, "nothing was written");
    // a system is no person, whatever its scopes
    let token = desk.token(&body, Scope::ALL);
    is(&desk.post("/api/v1/seals", &token, &sound()), 403, "not_allowed");
    // eight documents of the full length are taken in
    let full = [b"%PDF-".as_slice(), &vec![b'x'; DOCUMENT_BYTES - 5]].concat();
    let whole = apply(&with(sound(), "documents", json!(vec![document(&full); 8])));
    assert_eq!(whole.status, 201, "{}", whole.body);
}
