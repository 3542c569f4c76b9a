//! Reading what was issued: whole, as a document, as a list; and the trace of it.

use super::desk;
use crate::support::{
    desk::Desk,
    house::{construction, food},
    register::Shown,
};
use serde_json::{Value, json};
use yinxin::flow::access::{Role, Scope};
use yinxin_trust::sm::sm3;

/// What was read, by whom and what for, by the audit.
fn readings(desk: &Desk, auditor: &Shown) -> Vec<Value> {
    let events = desk.get("/api/v1/audit?limit=200", auditor).json()["events"].as_array().unwrap().clone();
    events.into_iter().filter(|event| event["action"] == "licence.read").collect()
}

#[test]
fn a_person_says_what_for_and_a_token_need_not() {
    let desk = desk();
    let body = desk.house.body.clone();
    let token = desk.token(&body, &[Scope::Issue, Scope::Read]);
    let clerk = desk.signed_in(&body, "clerk", &[Role::Clerk]);
    let auditor = desk.signed_in(&body, "auditor", &[Role::Auditor]);
    let issued = desk.issue(&token, &food(1));
    let one = format!("/api/v1/licences/{}", issued["identifier"].as_str().unwrap());

    for wrong in [one.clone(), format!("{one}?purpose=%20"), format!("{one}/document?as=ofd")] {
        let answer = desk.get(&wrong, &clerk);
        assert_eq!((answer.status, answer.problem().as_str()), (422, "purpose_wanted"), "{wrong}");
    }
    assert!(readings(&desk, &auditor).is_empty(), "nothing was shown");

    let answer = desk.get(&format!("{one}?purpose=%E5%8A%9E%E7%90%86"), &clerk);
    assert_eq!(answer.status, 200, "{answer:?}");
    let record = answer.json();
    // whole: what everybody else sees masked
    let field = |name: &str| {
        let fields = record["fields"].as_array().unwrap().clone();
        fields.into_iter().find(|field| field["name"] == name).unwrap()["value"].clone()
    };
    assert_eq!(field("legal_representative"), "李守国");
    assert_eq!((&record["standing"]["state"], &record["acts"][0]["kind"]), (&json!("in_force"), &json!("issue")));
    assert_eq!(record["versions"][0]["code"], issued["code"]);
    assert_eq!(record["versions"][0]["document_sm3"], issued["document_sm3"]);
    assert_eq!(desk.get(&one, &token).status, 200);

    let read = readings(&desk, &auditor);
    assert_eq!(read.len(), 2);
    assert_eq!((&read[0]["actor_kind"], &read[0]["detail"]["purpose"]), (&json!("person"), &json!("办理")));
    assert_eq!((&read[1]["actor_kind"], &read[1]["detail"]["purpose"]), (&json!("token"), &Value::Null));
    assert_eq!(read[0]["subject"], issued["identifier"]);
}

#[test]
fn the_document_comes_in_three_forms() {
    let desk = desk();
    let token = desk.token(&desk.house.body, &[Scope::Issue, Scope::Read]);
    let issued = desk.issue(&token, &food(1));
    let identifier = issued["identifier"].as_str().unwrap();
    for (form, media_type, begins) in
        [("ofd", "application/ofd", &b"PK"[..]), ("pdf", "application/pdf", b"%PDF"), ("png", "image/png", b"\x89PNG")]
    {
        let answer = desk.get(&format!("/api/v1/licences/{identifier}/document?as={form}"), &token);
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(media_type)));
        assert!(answer.octets.starts_with(begins), "{form}");
        let name = format!("attachment; filename=\"{identifier}.{form}\"");
        assert_eq!(answer.header("content-disposition"), Some(name.as_str()));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        if form == "ofd" {
            assert_eq!(hex::encode(sm3::digest(&answer.octets)), issued["document_sm3"].as_str().unwrap());
        }
    }
    for wrong in ["", "?as=exe", "?as=ofd&x=1"] {
        let answer = desk.get(&format!("/api/v1/licences/{identifier}/document{wrong}"), &token);
        assert_eq!((answer.status, answer.problem().as_str()), (400, "bad_query"), "{wrong}");
    }
}

#[test]
fn a_list_goes_page_by_page_with_masked_holders() {
    let desk = desk();
    let token = desk.token(&desk.house.body, &[Scope::Issue, Scope::Read]);
    let mut expected = Vec::new();
    for n in 0..5 {
        let order = if n % 2 == 0 { construction() } else { food(n) };
        expected.push(desk.issue(&token, &order)["identifier"].clone());
        desk.house.clock.advance_seconds(1);
    }
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = desk.get(&format!("/api/v1/licences?limit=2{after}"), &token).json();
        let licences = page["licences"].as_array().unwrap().clone();
        assert!(licences.iter().all(|licence| licence["standing"]["state"] == "in_force"));
        assert!(licences.iter().all(|licence| licence.get("fields").is_none() && licence["holder"].is_string()));
        seen.extend(licences.iter().map(|licence| licence["identifier"].clone()));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen, expected, "the newest last");
    assert_eq!(desk.get("/api/v1/licences?after=x", &token).problem(), "bad_query");
}
