//! People of bodies: made and changed by the word of the provider, and by nobody else's.

use super::*;
use crate::support::{
    house::{BODY_CODE, add_body},
    provider::Signs,
    register::PASSWORD,
};
use yinxin::flow::{
    access::{Permit, Role},
    people::{self, Password, Passwords, PeopleError},
};

on_both!(
    a_person_is_made_with_the_roles_of_the_table_and_no_others,
    what_the_provider_says_later_counts,
    who_has_no_role_is_nobody,
    what_is_here_already_is_not_taken_over,
    what_was_switched_off_here_stays_off,
    a_second_factor_is_proved_there_or_wanted,
    every_algorithm_that_is_taken,
);

fn roles(caller: &Caller) -> Vec<Role> {
    caller.roles().collect()
}

fn a_person_is_made_with_the_roles_of_the_table_and_no_others(database: &Database) {
    let hall = Hall::staff(database);
    hall.provider.says(officer());
    let answer = hall.sign_in("province");
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.body.contains("已登录") && answer.body.contains("content=\"0;url=/login\""), "{answer:?}");
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    assert!(answer.all("set-cookie").iter().any(|set| set.contains("yinxin-away=;") && set.contains("Max-Age=0")));
    let caller = hall.caller(&answer);
    assert_eq!((caller.body(), caller.actor().name.as_str()), (hall.desk.house.body.as_str(), "张三"));
    assert_eq!(roles(&caller), [Role::Officer], "a word that the table does not have is no role");
    assert_eq!(hall.actions(), ["person.created", "person.roles", "session.begun"]);

    // their password is nobody's, and who they are is not changed here
    let store = &hall.desk.house.issuer.store;
    let permit = Permit::of_operator(&*hall.desk.house.body);
    let body = format!("login=zhang.san&password={}", PASSWORD.replace(' ', "+"));
    assert_eq!(send(hall.desk.to, "POST", "/login", &Shown::Nothing, FORM_BODY, &body).status, 403);
    let id = &caller.actor().id;
    let now = hall.desk.house.clock.now().unwrap();
    let passwords = Passwords::new().unwrap();
    let chosen = Password::chosen(PASSWORD.into()).unwrap();
    let changed = people::change_password(store, &permit, &passwords, id, &chosen, now);
    assert_eq!(changed, Err(PeopleError::Elsewhere));
    let given = people::set_roles(store, &permit, id, &[Role::Administrator].into(), now);
    assert_eq!(given, Err(PeopleError::Elsewhere));
    // the same person again
    assert_eq!(&hall.caller(&hall.sign_in("province")).actor().id, id);
    assert_eq!(hall.provider.asked("/realm/keys"), 1, "what was fetched is kept");
}

fn what_the_provider_says_later_counts(database: &Database) {
    let hall = Hall::staff(database);
    hall.provider.says(officer());
    let first = hall.sign_in("province");
    let id = hall.caller(&first).actor().id.clone();
    hall.provider.says(json!({ "sub": "u-1", "preferred_username": "renamed", "name": "张三丰", "roles": "window" }));
    let caller = hall.caller(&hall.sign_in("province"));
    assert_eq!((&caller.actor().id, caller.actor().name.as_str()), (&id, "张三丰"));
    assert_eq!(roles(&caller), [Role::Clerk]);
    assert_eq!(hall.actions().iter().filter(|action| *action == "person.renamed").count(), 1);
    // a session that runs has the new ones too
    assert_eq!(roles(&hall.caller(&first)), [Role::Clerk]);
    // and loses all with the last
    hall.provider.says(json!({ "sub": "u-1", "preferred_username": "renamed", "name": "张三丰", "roles": [] }));
    refused(&hall.sign_in("province"), 403, "这里还没有给您开通");
    assert!(hall.known(&first).is_none(), "sessions end");
    let permit = Permit::of_operator(&*hall.desk.house.body);
    let listed = people::list(&hall.desk.house.issuer.store, &permit, "", 9).unwrap();
    assert!(listed[0].roles.is_empty() && listed.len() == 1);
}

fn who_has_no_role_is_nobody(database: &Database) {
    let hall = Hall::staff(database);
    for (said, words) in [
        (json!({ "roles": ["janitor"] }), "这里还没有给您开通"),
        (json!({ "roles": { "officer": true } }), "这里还没有给您开通"),
        (json!({ "roles": "officer" }), "这里还没有给您开通"),
        (json!({ "roles": null }), "这里还没有给您开通"),
        (json!({ "preferred_username": "张三" }), "这里还没有给您开通"),
        (json!({ "preferred_username": 7 }), "这里还没有给您开通"),
        (json!({ "name": "a\nb" }), "这里还没有给您开通"),
        (json!({ "name": null }), "这里还没有给您开通"),
    ] {
        let mut claims = officer();
        claims.as_object_mut().unwrap().extend(said.as_object().unwrap().clone());
        hall.provider.says(claims);
        refused(&hall.sign_in("province"), 403, words);
    }
    let permit = Permit::of_operator(&*hall.desk.house.body);
    assert_eq!(people::list(&hall.desk.house.issuer.store, &permit, "", 9).unwrap(), []);
    assert_eq!(hall.actions(), Vec::<String>::new());
}

fn what_is_here_already_is_not_taken_over(database: &Database) {
    let staff = "claims.body = \"org\"";
    let hall = Hall::with(database, CLIENT, staff, "holder_kind = \"111\"", None);
    let body = hall.desk.house.body.clone();
    hall.desk.person(&body, "zhang.san", "另一个张三", &[Role::Administrator]);
    let with = |more: Value| {
        let mut claims = officer();
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        hall.provider.says(claims);
        hall.sign_in("province")
    };
    refused(&with(json!({ "org": BODY_CODE })), 403, "这里还没有给您开通");
    refused(&with(json!({ "org": "91330100MA0000009X", "preferred_username": "a.b" })), 403, "这里还没有给您开通");
    refused(&with(json!({ "org": "nothing", "preferred_username": "a.b" })), 403, "这里还没有给您开通");
    let caller = hall.caller(&with(json!({ "org": BODY_CODE, "preferred_username": "a.b" })));
    assert_eq!(caller.body(), body);
    // another body later is another matter
    add_body(&hall.desk.house.issuer.store, "演示市另一局", "11990000MB0000019F");
    let first = with(json!({ "org": BODY_CODE, "preferred_username": "a.b" }));
    assert!(hall.known(&first).is_some());
    refused(&with(json!({ "org": "11340100MB0000019P", "preferred_username": "a.b" })), 403, "这里还没有给您开通");
    assert!(hall.known(&first).is_none(), "also where the new one is nobody here");
    let first = with(json!({ "org": BODY_CODE, "preferred_username": "a.b" }));
    assert!(hall.known(&first).is_some());
    refused(&with(json!({ "org": "11990000MB0000019F", "preferred_username": "a.b" })), 403, "这里还没有给您开通");
    assert!(hall.known(&first).is_none(), "who was moved is nobody in the old one");
    // people of another body are not there, whoever vouches for them
    let store = &hall.desk.house.issuer.store;
    let elsewhere = store.read(|conn| yinxin::store::bodies::names_by_credit_code(conn, "11990000MB0000019F")).unwrap();
    let (permit, now) = (Permit::of_operator(&*elsewhere[0].body_id), hall.desk.house.clock.now().unwrap());
    let id = &caller.actor().id;
    let given = people::set_roles(store, &permit, id, &[Role::Administrator].into(), now);
    assert_eq!(given, Err(PeopleError::NotFound));
    let chosen = Password::chosen(PASSWORD.into()).unwrap();
    let changed = people::change_password(store, &permit, &Passwords::new().unwrap(), id, &chosen, now);
    assert_eq!(changed, Err(PeopleError::NotFound));
    assert!(matches!(hall.desk.session("zhang.san"), Shown::Cookie(_)), "the account that was here is its owner's");
}

fn what_was_switched_off_here_stays_off(database: &Database) {
    let hall = Hall::staff(database);
    hall.provider.says(officer());
    let first = hall.sign_in("province");
    let id = hall.caller(&first).actor().id.clone();
    let permit = Permit::of_operator(&*hall.desk.house.body);
    let now = hall.desk.house.clock.now().unwrap();
    people::disable(&hall.desk.house.issuer.store, &permit, &id, now).unwrap();
    assert!(hall.known(&first).is_none());
    refused(&hall.sign_in("province"), 403, "这里还没有给您开通");
}

fn a_second_factor_is_proved_there_or_wanted(database: &Database) {
    let demand = Demand { roles: [Role::Officer].into(), holders: false };
    let staff = format!("{STAFF}\nsecond_factor_amr = [\"otp\", \"hwk\"]\nsecond_factor_acr = [\"gold\"]");
    let hall = Hall::with(database, CLIENT, &staff, "holder_kind = \"111\"", Some(demand));
    let with = |more: Value| {
        let mut claims = officer();
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        hall.provider.says(claims);
        hall.sign_in("province")
    };
    for said in [json!({}), json!({ "amr": ["pwd"] }), json!({ "amr": "otp" }), json!({ "acr": "silver" })] {
        refused(&with(said), 403, "还要两步验证");
    }
    for said in [json!({ "amr": ["pwd", "otp"] }), json!({ "acr": "gold" })] {
        assert_eq!(roles(&hall.caller(&with(said))), [Role::Officer]);
    }
    // what the provider no longer says is taken from who does not prove it, and nothing is given to them
    let both = ["licence-officer", "licence-approver"];
    let first = with(json!({ "acr": "gold", "roles": both }));
    assert_eq!(roles(&hall.caller(&first)), [Role::Officer, Role::Approver]);
    let before = hall.actions().len();
    refused(&with(json!({ "roles": ["licence-officer", "window"], "name": "李四" })), 403, "还要两步验证");
    let caller = hall.caller(&first);
    assert_eq!((roles(&caller), caller.actor().name.as_str()), (vec![Role::Officer], "张三"));
    assert_eq!(hall.actions()[before..], ["person.roles"]);
    refused(&with(json!({})), 403, "还要两步验证");
    assert_eq!(hall.actions().len(), before + 1, "nothing more to take");
    // of clerks none is demanded
    assert_eq!(roles(&hall.caller(&with(json!({ "roles": ["window"] })))), [Role::Clerk]);
}

fn every_algorithm_that_is_taken(database: &Database) {
    let hall = Hall::staff(database);
    hall.provider.says(officer());
    for signs in [Signs::Rs256, Signs::Ps256, Signs::Es256] {
        hall.provider.signs(signs);
        assert_eq!(roles(&hall.caller(&hall.sign_in("province"))), [Role::Officer], "{signs:?}");
    }
}
