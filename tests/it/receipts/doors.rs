//! Receipts over HTTP: who may have one made and read one, and what `/verify` says of one.

use crate::support::{
    database::Database,
    desk::Desk,
    house::{House, add_body, food},
    http::Answer,
    register::{FROM_HERE, Shown, send_octets},
};
use serde_json::{Value, json};
use yinxin::flow::access::{Role, Scope};
use yinxin_trust::{
    evidence::{EvidenceLimits, EvidenceSet},
    receipt::{SignedReceipt, replay},
};

const PURPOSE: &str = "purpose=%E5%BB%B6%E7%BB%AD";

fn make(desk: &Desk, shown: &Shown, query: &str, octets: &[u8]) -> Answer {
    let header = format!("{FROM_HERE}Content-Type: application/octet-stream\r\n");
    send_octets(desk.to, &format!("/api/v1/receipts?{query}"), shown, &header, octets)
}

fn signed(answer: &Answer) -> (SignedReceipt, Value) {
    assert_eq!(answer.status, 201, "{answer:?}");
    let made = answer.json();
    // members of an object have no order in an answer; the file is the canonical one
    let octets = serde_json::to_vec(&made["receipt"]).unwrap();
    (SignedReceipt::read(&octets).unwrap(), made)
}

#[test]
fn a_system_has_a_receipt_made_and_reads_it() {
    let database = Database::sqlite();
    let desk = Desk::open(House::new(&database).signing_receipts(), "");
    let body = desk.house.body.clone();
    let token = desk.token(&body, &[Scope::Issue, Scope::Read, Scope::Receipt]);
    let issued = desk.issue(&token, &food(1));
    let document = |form: &str| {
        let at = format!("/api/v1/licences/{}/document?as={form}", issued["identifier"].as_str().unwrap());
        desk.get(&at, &token)
    };
    let original = document("ofd").octets;
    let evidence = document("evidence");
    assert_eq!((evidence.status, evidence.header("content-type")), (200, Some("application/json")));
    assert!(EvidenceSet::from_file(&evidence.octets, &EvidenceLimits::default()).is_ok());

    let answer = make(&desk, &token, PURPOSE, &original);
    let (receipt, made) = signed(&answer);
    let number = made["number"].as_str().unwrap();
    let location = format!("/api/v1/receipts/{number}");
    assert_eq!(answer.header("location"), Some(location.as_str()));
    assert_eq!((&made["report"]["verdict"], &made["receipt"]["receipt"]["purpose"]), (&json!("valid"), &json!("延续")));
    assert_eq!(receipt.receipt().asked_by.kind, "token");
    let file = desk.get(&location, &token);
    assert_eq!(file.octets, receipt.octets());
    assert!(file.header("content-disposition").unwrap().contains(&format!("{number}.receipt.json")));
    let set = desk.get(&format!("{location}?as=evidence"), &token);
    let set = EvidenceSet::from_file(&set.octets, &EvidenceLimits::default()).unwrap();
    let report = replay(receipt.receipt(), &original, &set).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&report).unwrap(), made["report"]);

    let page = desk.get(&format!("{location}?as=pdf"), &token);
    assert_eq!((page.status, page.header("content-type")), (200, Some("application/pdf")));
    assert!(page.octets.windows(receipt.octets().len()).any(|window| window == receipt.octets()));
    // a forgery has a receipt too, which says what it is
    let mut forged = original.clone();
    let half = forged.len() / 2;
    forged[half] ^= 1;
    let (forgery, _) = signed(&make(&desk, &token, PURPOSE, &forged));
    assert_ne!(forgery.receipt().shown, "VALID");

    for query in ["", "purpose=", "purpose=%0a", "purpose=a&at=2020-01-01"] {
        let refused = make(&desk, &token, query, &original);
        assert_eq!((refused.status, &refused.json()["code"]), (400, &json!("bad_query")), "{query}");
    }
    assert_eq!(make(&desk, &token, PURPOSE, b"no document").status, 422);
    assert_eq!(desk.get(&format!("{location}?as=docx"), &token).status, 400);
    for number in ["0000000000000000", "nothing", "..%2f"] {
        let unknown = desk.get(&format!("/api/v1/receipts/{number}"), &token);
        assert_eq!(unknown.status, 404, "{number}");
    }
    // others
    let other = add_body(&desk.house.issuer.store, "演示市另一局", "11990000MB0000027A");
    let stranger = desk.get(&location, &desk.token(&other, &[Scope::Receipt]));
    assert_eq!((stranger.status, &stranger.json()["code"]), (404, &json!("no_such_receipt")));
    assert_eq!(make(&desk, &desk.token(&body, &[Scope::Read]), PURPOSE, &original).status, 403);
    let auditor = desk.signed_in(&body, "auditor", &[Role::Auditor]);
    assert_eq!(desk.get(&location, &auditor).octets, receipt.octets());
    assert_eq!(make(&desk, &auditor, PURPOSE, &original).status, 403);
    let clerk = desk.signed_in(&body, "clerk", &[Role::Clerk]);
    assert_eq!(signed(&make(&desk, &clerk, PURPOSE, &original)).0.receipt().asked_by.name, "clerk");
    let events = desk.get("/api/v1/audit?limit=200", &auditor).json();
    let events = events["events"].as_array().unwrap();
    let made: Vec<_> = events.iter().filter(|event| event["action"] == "receipt.made").collect();
    assert_eq!((made.len(), &made[0]["detail"]["purpose"]), (3, &json!("延续")));
}

#[test]
fn without_a_key_the_service_says_so() {
    let database = Database::sqlite();
    let desk = Desk::open(House::new(&database), "");
    let token = desk.token(&desk.house.body, &[Scope::Receipt]);
    let refused = make(&desk, &token, PURPOSE, include_bytes!("../../../examples/licence-valid.ofd"));
    assert_eq!((refused.status, &refused.json()["code"]), (503, &json!("no_receipt_key")));
}

/// What is shown under another clerk's number is not theirs to sign.
#[test]
fn a_clerk_signs_what_they_were_shown() {
    let database = Database::sqlite();
    let desk = Desk::open(House::new(&database).signing_receipts(), "");
    let body = desk.house.body.clone();
    let token = desk.token(&body, &[Scope::Issue]);
    let issued = desk.issue(&token, &food(1));
    let (one, two) = (desk.signed_in(&body, "one", &[Role::Clerk]), desk.signed_in(&body, "two", &[Role::Clerk]));
    let form = |path: &str, shown: &Shown, sent: &str| {
        let header = format!("{FROM_HERE}Content-Type: application/x-www-form-urlencoded\r\n");
        send_octets(desk.to, &format!("{path}?{PURPOSE}"), shown, &header, sent.as_bytes())
    };
    let shown = form("/window", &one, &format!("scan={}", issued["code"].as_str().unwrap()));
    assert_eq!(shown.status, 200);
    let page = shown.body;
    let at = page.find("/window/receipts").unwrap();
    let (_, rest) = page[at..].split_once("name=\"incident\" value=\"").unwrap();
    let incident = &rest[..16];
    let refused = form("/window/receipts", &two, &format!("incident={incident}"));
    assert_eq!(refused.status, 404, "{refused:?}");
    let done = form("/window/receipts", &one, &format!("incident={incident}"));
    assert_eq!(done.status, 303, "{done:?}");
    let to = done.header("location").unwrap();
    assert!(to.ends_with(&format!("receipt={incident}")), "{to}");
    let file = desk.get(&format!("/api/v1/receipts/{incident}"), &one);
    assert_eq!(SignedReceipt::read(&file.octets).unwrap().receipt().asked_by.name, "one");
}

#[test]
fn the_public_page_says_what_a_receipt_is() {
    let database = Database::sqlite();
    let desk = Desk::open(House::new(&database).signing_receipts(), "");
    let token = desk.token(&desk.house.body, &[Scope::Receipt]);
    let (receipt, _) = signed(&make(&desk, &token, PURPOSE, include_bytes!("../../../examples/licence-valid.ofd")));
    let asked = |octets: &[u8], query: &str| {
        let header = "Content-Type: application/octet-stream\r\n";
        let answer = send_octets(desk.to, &format!("/verify{query}"), &Shown::Nothing, header, octets);
        assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")), "{answer:?}");
        answer.body
    };
    let page = asked(receipt.octets(), "");
    for piece in ["核验凭证是真的", "tone-info", &receipt.receipt().number, "延续", "这是当时的结论"] {
        assert!(page.contains(piece), "{piece} is missing in\n{page}");
    }
    assert!(asked(receipt.octets(), "?lang=en").contains("The receipt is genuine"));
    // as a page, whose own words count for nothing
    let number = &receipt.receipt().number;
    let pdf = desk.get(&format!("/api/v1/receipts/{number}?as=pdf"), &token).octets;
    assert!(asked(&pdf, "").contains("页面和签名文件一致"));
    let mut another = pdf.clone();
    let title = another.windows(9).position(|window| window == b"%PDF-1.7\n").unwrap() + 9;
    another.insert(title, b'\n');
    let page = asked(&another, "");
    assert!(page.contains("核验凭证是真的") && page.contains("是否一致没有核对"), "{page}");
    let text = String::from_utf8(receipt.octets().to_vec()).unwrap();
    let altered = asked(text.replace("延续", "变更").as_bytes(), "");
    assert!(altered.contains("核验凭证被改动过") && altered.contains("tone-refuse") && !altered.contains("变更"));
    let unknown = asked(text.replace("yinxin-receipt/1", "yinxin-receipt/2").as_bytes(), "");
    assert!(unknown.contains("读不了") && unknown.contains("tone-neutral") && !unknown.contains("延续"));
    assert!(asked(b"{\"a\":1}", "").contains("读不了"));
    // of a service that nobody here knows
    let elsewhere = Database::sqlite();
    let elsewhere = Desk::open(House::new(&elsewhere).signing_receipts(), "");
    let header = "Content-Type: application/octet-stream\r\n";
    let foreign = send_octets(elsewhere.to, "/verify", &Shown::Nothing, header, receipt.octets()).body;
    assert!(foreign.contains("这里不认得出具凭证的单位") && !foreign.contains("延续"), "{foreign}");
}
