//! A token and an officer of one body before a licence of another.

use super::desk;
use crate::support::{
    house::{add_body, decided, food},
    register::Shown,
};
use serde_json::json;
use yinxin::flow::{
    access::{Role, Scope},
    issue::Order,
};

#[test]
fn another_bodys_licence_is_like_one_that_is_not_there() {
    let desk = desk();
    let token = desk.token(&desk.house.body, &[Scope::Issue, Scope::Read]);
    let issued = desk.issue(&token, &food(1));
    let identifier = issued["identifier"].as_str().unwrap();
    let other = add_body(&desk.house.issuer.store, "演示省另一局", "11340100MB0000019P");
    let strangers = [
        ("token", desk.token(&other, Scope::ALL)),
        ("officer", desk.signed_in(&other, "officer", &[Role::Officer])),
        ("all roles", desk.signed_in(&other, "everything", Role::ALL)),
    ];
    let never = identifier.replace(".000000001.", ".000000002.");
    for (who, shown) in &strangers {
        let act = json!({ "kind": "revoke", "decision": decided() });
        let change = json!(Order { change_of: Some(identifier.to_owned()), ..food(1) });
        let may_change = *who != "officer";
        for (path, body, code) in [
            (format!("/api/v1/licences/{identifier}?purpose=x"), None, "no_such_licence"),
            (format!("/api/v1/licences/{identifier}/document?as=ofd&purpose=x"), None, "no_such_licence"),
            (format!("/api/v1/licences/{identifier}/document?as=png&purpose=x"), None, "no_such_licence"),
            (format!("/api/v1/licences/{identifier}/acts"), Some(&act), "no_such_licence"),
            ("/api/v1/licences".to_owned(), Some(&change), "type_not_issued"),
        ] {
            let (answer, expected) = match body {
                None => (desk.get(&path, shown), (404, code)),
                Some(body) if may_change => {
                    (desk.post(&path, shown, body), if code == "no_such_licence" { (404, code) } else { (422, code) })
                }
                Some(body) => (desk.post(&path, shown, body), (403, "not_allowed")),
            };
            assert_eq!((answer.status, answer.problem().as_str()), expected, "{who} {path}");
            if body.is_none() {
                let nowhere = desk.get(&path.replace(identifier, &never), shown);
                assert_eq!(nowhere.body, answer.body, "{who} {path}");
            }
        }
        let list = desk.get("/api/v1/licences", shown).json();
        assert_eq!(list, json!({ "licences": [], "next": null }), "{who}");
        let results = desk.post("/api/v1/licences/batch", shown, &json!({ "orders": [change] }));
        match may_change {
            true => assert_eq!(results.json()["results"][0]["problem"]["code"], "type_not_issued", "{who}"),
            false => assert_eq!(results.status, 403, "{who}"),
        }
    }
    // nothing of it happened
    assert_eq!(desk.get(&format!("/api/v1/standings/{identifier}"), &Shown::Nothing).json()["state"], "in_force");
}
