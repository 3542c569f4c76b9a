//! Whoever took over is no stranger: the one exception to "no body sees another's things".

use super::desk;
use crate::support::{
    house::{self, decided, food},
    register::Shown,
};
use serde_json::json;
use std::sync::Arc;
use yinxin::{
    clock::Clock as _,
    flow::{
        access::{Permit, Role, Scope},
        bodies,
        issue::Order,
    },
};
use yinxin_face::Fonts;
use yinxin_trust::base::Day;

#[test]
fn from_its_day_the_successor_passes_where_strangers_do_not() {
    let desk = desk();
    let store = &desk.house.issuer.store;
    let (old, new) = (desk.house.body.clone(), house::add_body(store, "演示市行政审批局", "11340100MB0000019P"));
    let third = house::add_body(store, "演示市另一局", "11990000MB0000019F");
    let fonts = Arc::new(Fonts::shipped());
    for body in [&new, &third] {
        house::add_seal(store, desk.house.keys.as_ref(), &desk.house.authority, &fonts, body, "演示市行政审批局");
    }
    let from = Day::new(2026, 11, 23).unwrap();
    bodies::succeed(store, &Permit::of_operator(&*old), &new, from, desk.house.clock.now().unwrap()).unwrap();
    let issued = desk.issue(&desk.token(&old, &[Scope::Issue]), &food(1));
    let identifier = issued["identifier"].as_str().unwrap();
    let one = format!("/api/v1/licences/{identifier}");
    let change = json!(Order { change_of: Some(identifier.to_owned()), ..food(1) });
    let act = json!({ "kind": "suspend", "decision": decided() });
    // status of: list (how many), record, document, act, change
    let tried = |shown: &Shown| {
        let listed = desk.get("/api/v1/licences", shown).json()["licences"].as_array().unwrap().len();
        let mut all = vec![(listed.to_string(), String::new())];
        let answers = [
            desk.get(&format!("{one}?purpose=x"), shown),
            desk.get(&format!("{one}/document?as=ofd&purpose=x"), shown),
            desk.post(&format!("{one}/acts"), shown, &act),
            desk.post("/api/v1/licences", shown, &change),
        ];
        all.extend(answers.iter().map(|answer| {
            let is_problem = answer.status >= 400;
            (answer.status.to_string(), if is_problem { answer.problem() } else { String::new() })
        }));
        all.into_iter().map(|(status, code)| format!("{status} {code}").trim().to_owned()).collect::<Vec<_>>()
    };
    let nothing = ["0", "404 no_such_licence", "404 no_such_licence", "404 no_such_licence", "404 no_such_licence"];
    let people = |n: u8| {
        [&new, &third].map(|body| {
            let login = format!("p{n}-{}", &body[..4]);
            (desk.token(body, Scope::ALL), desk.signed_in(body, &login, Role::ALL))
        })
    };
    for (token, person) in people(1) {
        assert_eq!(
            (tried(&token), tried(&person)),
            (nothing.map(str::to_owned).to_vec(), nothing.map(str::to_owned).to_vec())
        );
    }
    desk.house.clock.advance_seconds(14 * 3600);
    let [(successor, person), (stranger, strange_person)] = people(2);
    for shown in [&stranger, &strange_person] {
        assert_eq!(tried(shown), nothing);
    }
    // the predecessor reads and decides nothing
    let before = desk.token(&old, Scope::ALL);
    assert_eq!(tried(&before), ["1", "200", "200", "409 body_succeeded", "409 body_succeeded"]);
    assert_eq!(desk.post("/api/v1/licences", &before, &json!(food(2))).problem(), "body_succeeded");
    // the successor does all of it; suspended, it cannot be changed
    assert_eq!(tried(&successor), ["1", "200", "200", "200", "422 act_refused"]);
    let resume = json!({ "kind": "resume", "decision": decided() });
    assert_eq!(desk.post(&format!("{one}/acts"), &person, &resume).status, 200);
    desk.house.clock.advance_seconds(60);
    assert_eq!(desk.post("/api/v1/licences", &person, &change).status, 201);
    // the page of the printed code names both
    let page = desk.get(&format!("/C/{}", issued["code"].as_str().unwrap()), &Shown::Nothing).body;
    assert!(
        page.contains(house::BODY) && page.contains("演示市行政审批局（<span class=\"nowrap\">2026-11-23</span> 起）"),
        "{page}"
    );
    // and what is another body's own stays its own: people, tokens, audit
    let auditor = desk.signed_in(&new, "auditor2", &[Role::Auditor]);
    let events = desk.get("/api/v1/audit?limit=200", &auditor).json()["events"].as_array().unwrap().clone();
    assert!(!events.is_empty() && events.iter().all(|event| event["action"] != "body.succeeded"), "{events:?}");
}
