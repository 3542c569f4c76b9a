//! Stamps over HTTP.

use super::*;
use crate::support::{
    database::Database,
    desk::Desk,
    http::Answer,
    register::{FROM_HERE, JSON, Shown, send, send_octets},
};
use serde_json::{Value, json};
use yinxin::flow::access::{Role, Scope};
use yinxin_trust::verify::Verdict;

/// `[{"word":{"text":"合同"}}]`
const ON_WORD: &str = "%5B%7B%22word%22%3A%7B%22text%22%3A%22%E5%90%88%E5%90%8C%22%7D%7D%5D";

fn post(desk: &Desk, shown: &Shown, query: &str, key: &str, octets: &[u8]) -> Answer {
    let key = if key.is_empty() { String::new() } else { format!("Idempotency-Key: {key}\r\n") };
    let header = format!("{FROM_HERE}Content-Type: application/octet-stream\r\n{key}");
    send_octets(desk.to, &format!("/api/v1/stamps?{query}"), shown, &header, octets)
}

#[test]
fn a_system_has_a_document_stamped() {
    let database = Database::sqlite();
    let desk = Desk::open(House::new(&database), "upload_limit_bytes = 200000");
    let (house, body) = (&desk.house, desk.house.body.clone());
    let seal = seal_of(house, &body);
    let token = desk.token(&body, &[Scope::Stamp]);
    let original = unsigned();
    let query = format!("seal={seal}&places={ON_WORD}");
    let refused = |answer: &Answer, status: u16, code: &str| {
        assert_eq!((answer.status, &answer.json()["code"]), (status, &json!(code)), "{answer:?}");
    };
    refused(&post(&desk, &token, &query, "k", &original), 403, "seal_not_granted");
    let id = grant(house, &seal, &body, &["document"], None);
    let answer = post(&desk, &token, &query, "k", &original);
    assert_eq!((answer.status, answer.header("content-type")), (201, Some("application/ofd")));
    assert_eq!(answer.header("stamp-verdict"), Some("valid"));
    assert_eq!(answer.header("stamp-signature"), Some("s001"));
    let report = house.issuer.verify_document(&answer.octets).unwrap();
    assert_eq!(report.verdict, Verdict::Valid);
    let lines = ledger(house, &seal);
    assert_eq!((lines.len(), Some(lines[0].id.as_str())), (1, answer.header("stamp-id")));
    assert!(lines[0].actor.starts_with("token "), "{lines:?}");
    // the ledger as the keeper reads it
    let keeper = desk.signed_in(&body, "keeper", &[Role::SealKeeper]);
    let csv = desk.get("/api/v1/seal-ledger?from=2026-01-01&to=2027-01-01&format=csv", &keeper);
    let text = String::from_utf8_lossy(&csv.octets).into_owned();
    assert!(csv.status == 200 && text.contains("\"document\"") && text.contains("\"采购合同\""), "{text}");
    assert_eq!(post(&desk, &token, &query, "k", &original).octets, answer.octets);
    assert_eq!(used(house, &seal, &id), 1);

    // a person who approves may, by the same grant; a clerk may not
    let approver = desk.signed_in(&body, "approver", &[Role::Approver]);
    assert_eq!(post(&desk, &approver, &query, "k2", &original).status, 201);
    let clerk = desk.signed_in(&body, "clerk", &[Role::Clerk]);
    refused(&post(&desk, &clerk, &query, "k3", &original), 403, "not_allowed");
    refused(&post(&desk, &Shown::Nothing, &query, "k3", &original), 401, "unauthenticated");

    refused(&post(&desk, &token, &query, "", &original), 400, "idempotency_key_malformed");
    for bad in
        ["", "seal=x", &format!("{query}&more=1"), &format!("seal={seal}&places=1"), &format!("{query}&uncovered=yes")]
    {
        refused(&post(&desk, &token, bad, "k4", &original), 400, "bad_query");
    }
    refused(&post(&desk, &token, &query, "k4", b""), 400, "no_file");
    refused(&post(&desk, &token, &query, "k4", &[0; 200_001]), 413, "upload_too_large");
    let nothing = post(&desk, &token, &query, "k4", b"no document");
    refused(&nothing, 422, "document_not_stampable");
    assert_eq!(nothing.json()["errors"][0]["code"], json!("not_a_document"));
    let unknown = format!("seal=none&places={ON_WORD}");
    refused(&post(&desk, &token, &unknown, "k4", &original), 404, "no_such_thing");
    let elsewhere =
        format!("seal={seal}&places=%5B%7B%22at%22%3A%7B%22page%22%3A7%2C%22x_mm%22%3A1%2C%22y_mm%22%3A1%7D%7D%5D");
    let answer = post(&desk, &token, &elsewhere, "k4", &original);
    refused(&answer, 422, "stamp_place_refused");
    assert_eq!(answer.json()["errors"][0]["code"], json!("no_page"));
}

#[test]
fn a_digest_is_stamped_for_who_keeps_the_document() {
    let database = Database::sqlite();
    let desk = Desk::open(House::new(&database), "");
    let (house, body) = (&desk.house, desk.house.body.clone());
    let seal = seal_of(house, &body);
    let token = desk.token(&body, &[Scope::Stamp]);
    let at = format!("/api/v1/stamps/seals/{seal}");
    assert_eq!(desk.get(&at, &token).status, 404);
    grant(house, &seal, &body, &["digest"], None);
    let given = desk.get(&at, &token);
    assert_eq!((given.status, &given.json()["width_mm"]), (200, &json!(42.0)));
    let order = json!({ "seal": seal, "data_hash": "ab".repeat(32), "property": "/Doc_0/Signs/Sign_0/Signature.xml" });
    let ask = |key: &str, order: &Value| {
        let header = format!("{JSON}{key}");
        send(desk.to, "POST", "/api/v1/stamps/digests", &token, &header, &order.to_string())
    };
    assert_eq!(ask("", &order).json()["code"], json!("idempotency_key_malformed"));
    let made = ask("Idempotency-Key: k\r\n", &order);
    assert_eq!((made.status, &made.json()["data_hash"]), (201, &json!("ab".repeat(32))));
    assert_eq!(ask("Idempotency-Key: k\r\n", &order).json(), made.json());
    let more = json!({ "seal": seal, "data_hash": "ab".repeat(32), "property": "/x", "document": "x" });
    assert_eq!(ask("Idempotency-Key: k2\r\n", &more).json()["code"], json!("bad_body"));
    let wrong = json!({ "seal": seal, "data_hash": "ab", "property": "/x" });
    assert_eq!(ask("Idempotency-Key: k2\r\n", &wrong).json()["code"], json!("stamp_order_refused"));
}
