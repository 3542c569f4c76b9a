//! The API for the people who decide about trust lists.

use super::places::{FUYANG, Fuyang, Wanted, actor};
use crate::support::{
    database::Database,
    desk::Desk,
    house::House,
    http::Answer,
    register::{JSON, Shown, send},
};
use serde_json::{Value, json};
use std::fs;
use yinxin::{
    clock::Clock as _,
    flow::{
        access::Role,
        trust::{self, Offered},
    },
};
use yinxin_trust::trust_list::AcceptancePolicy;

const OPERATORS: &str = "/api/v1/trust/operators";

#[test]
fn two_people_add_an_operator_and_accept_its_list() {
    let fuyang = Fuyang::new();
    let list = fuyang.make(&Wanted::sound());
    let desk = Desk::open(House::new(&Database::sqlite()), "");
    let body = desk.house.body.clone();
    for (login, role) in [("zhang", Role::SealKeeper), ("li", Role::Administrator), ("zhao", Role::Auditor)] {
        desk.person(&body, login, login, &[role]);
    }
    let (zhang, li, zhao) = (desk.session("zhang"), desk.session("li"), desk.session("zhao"));
    let post = |who: &Shown, path: &str, body: &Value| send(desk.to, "POST", path, who, JSON, &body.to_string());
    let get = |who: &Shown, path: &str| send(desk.to, "GET", path, who, "", "").json();
    let refused = |answer: Answer| (answer.status, answer.problem());

    let key = fs::read_to_string(fuyang.folder.path().join("trust/operator-key.pem")).unwrap();
    let new = json!({ "name": FUYANG, "key": key, "list_address": "https://zz.fy.gov.cn.example/trust-list.json" });
    assert_eq!(
        refused(post(&zhang, OPERATORS, &json!({ "name": FUYANG, "key": "none" }))),
        (422, "key_refused".into())
    );
    let made = post(&zhang, OPERATORS, &new);
    assert_eq!(made.status, 201, "{}", made.body);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(refused(post(&li, OPERATORS, &new)), (409, "name_taken".into()));
    let seen = get(&zhao, OPERATORS);
    let proposal = &seen["proposals"][0];
    assert_eq!((proposal["name"].as_str(), proposal["own"].as_bool()), (Some(FUYANG), Some(false)));
    assert_eq!(get(&zhang, OPERATORS)["proposals"][0]["own"], true);
    let digest = proposal["key_sm3"].as_str().unwrap();
    let pinning = format!("/api/v1/trust/proposals/{id}/decision");
    let pin = |key: &str| json!({ "decision": "pin", "key_sm3": key });
    assert_eq!(refused(post(&zhang, &pinning, &pin(digest))), (403, "own_operator".into()));
    assert_eq!(refused(post(&zhao, &pinning, &pin(digest))), (403, "not_allowed".into()));
    assert_eq!(refused(post(&li, &pinning, &pin(&"0".repeat(64)))), (409, "key_differs".into()));
    assert_eq!(refused(post(&li, &pinning, &pin("0"))), (422, "digest_malformed".into()));
    assert_eq!(post(&li, &pinning, &pin(digest)).status, 204);
    assert_eq!(refused(post(&li, &pinning, &json!({ "decision": "withdraw" }))), (404, "no_such_thing".into()));

    // a list comes, as the service fetches it or people bring it in
    let (store, now) = (&desk.house.issuer.store, desk.house.clock.now().unwrap());
    let operator = trust::show(store, FUYANG).unwrap().operator;
    assert_eq!(operator.id, id);
    let offered = trust::offer(store, &operator, &list, &actor(), &AcceptancePolicy::default(), now);
    assert!(matches!(offered, Ok(Offered::Proposed { .. })));
    let one = format!("{OPERATORS}/{id}");
    let seen = get(&zhao, &one);
    let sm3 = seen["waits"]["list"]["sm3"].as_str().unwrap().to_owned();
    assert_eq!((seen["in_use"].clone(), seen["waits"]["accepted_by"].clone()), (Value::Null, json!(0)));
    assert_eq!((seen["changes_in_all"].clone(), seen["changes"][0]["kind"].clone()), (json!(4), json!("comes")));
    assert!(seen["changes"][0]["zh"].as_str().unwrap().contains("新增"), "{seen}");
    let decision = format!("{one}/decision");
    let decide = |what: &str, sm3: &str| json!({ "decision": what, "sm3": sm3 });
    assert_eq!(refused(post(&zhang, &decision, &decide("accept", &"0".repeat(64)))), (409, "other_list".into()));
    assert_eq!(refused(post(&zhang, &decision, &decide("take", &sm3))), (400, "bad_body".into()));
    assert_eq!(post(&zhang, &decision, &decide("accept", &sm3)).json(), json!({ "state": "waits" }));
    assert_eq!(refused(post(&zhang, &decision, &decide("accept", &sm3))), (409, "same_person".into()));
    assert_eq!(get(&zhang, &one)["waits"]["own"], true);
    assert_eq!(post(&li, &decision, &decide("accept", &sm3)).json(), json!({ "state": "in_use" }));
    let seen = get(&li, OPERATORS);
    assert_eq!(
        (&seen["operators"][0]["in_use"]["sequence"], &seen["operators"][0]["waits"]),
        (&json!(1), &Value::Null)
    );
    // what the next one changes, and that it cannot be accepted any more
    let next = fuyang.make(&Wanted { scope: "regions = [\"34\"], from = \"2026-01-01\"", ..Wanted::sound() });
    trust::offer(store, &operator, &next, &actor(), &AcceptancePolicy::default(), now).unwrap();
    let seen = get(&li, &one);
    assert_eq!((seen["changes_in_all"].clone(), seen["changes"][0]["kind"].clone()), (json!(1), json!("changes")));
    let next = seen["waits"]["list"]["sm3"].as_str().unwrap();
    assert_eq!(post(&zhang, &decision, &decide("refuse", next)).json(), json!({ "state": "refused" }));
    assert_eq!(post(&zhang, &decision, &decide("refuse", &sm3)).json(), json!({ "state": "refused" }));
    assert!(trust::in_use(store).unwrap().is_empty());
    assert_eq!(refused(send(desk.to, "GET", &format!("{OPERATORS}/none"), &li, "", "")), (404, "no_such_thing".into()));
}
