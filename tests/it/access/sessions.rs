//! Signing in and out, and what a session may do.

use crate::support::{
    http::Answer,
    register::{FORM_BODY, FROM_HERE, JSON, PASSWORD, Register, Shown, hours_from_now, send},
    service::Service,
};
use serde_json::json;
use yinxin::flow::access::{Role, Scope};

fn sign_in(service: &Service, login: &str, password: &str) -> Answer {
    let body = format!("login={login}&password={}", password.replace(' ', "+"));
    send(service.public, "POST", "/login?lang=en", &Shown::Nothing, FORM_BODY, &body)
}

/// The session that an answer began.
fn begun(answer: &Answer) -> Shown {
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{cookie}");
    let (name, secret) = cookie.split(';').next().unwrap().split_once('=').unwrap();
    assert_eq!(name, "yinxin-session");
    Shown::Cookie(secret.to_owned())
}

#[test]
fn in_seen_and_out_again() {
    let register = Register::new();
    register.person(&register.body, "wang.wu", &[Role::Officer, Role::Auditor]);
    let service = register.serve();
    let page = send(service.public, "GET", "/login", &Shown::Nothing, "", "");
    assert_eq!((page.status, page.header("referrer-policy")), (200, Some("same-origin")));
    assert!(
        page.body.contains("工作人员和持证人都在这里登录") && page.body.contains(r#"autocomplete="current-password""#)
    );

    let answer = sign_in(&service, "wang.wu", PASSWORD);
    assert_eq!((answer.status, answer.header("location")), (303, Some("/login?lang=en")));
    let session = begun(&answer);
    let page = send(service.public, "GET", "/login", &session, "", "");
    assert!(page.body.contains("wang.wu，您已登录") && page.body.contains("审计") && page.body.contains("经办"));
    assert_eq!(send(service.public, "GET", "/api/v1/audit", &session, "", "").status, 200);

    let elsewhere = send(service.public, "POST", "/logout", &session, "", "");
    assert_eq!(elsewhere.status, 403);
    let answer = send(service.public, "POST", "/logout", &session, FROM_HERE, "");
    assert_eq!(answer.status, 303);
    assert!(answer.header("set-cookie").unwrap().ends_with("; Max-Age=0"));
    assert_eq!(send(service.public, "GET", "/api/v1/audit", &session, "", "").status, 401);
}

#[test]
fn a_wrong_login_and_a_wrong_password_look_the_same_and_are_counted() {
    let register = Register::new();
    register.person(&register.body, "wang.wu", &[]);
    let service = register.serve();
    let (there, absent) = (sign_in(&service, "wang.wu", "wrong password"), sign_in(&service, "nobody", PASSWORD));
    assert_eq!((there.status, absent.status), (403, 403));
    assert_eq!(there.body, absent.body);
    assert!(there.body.contains("Login or password is wrong") && there.header("set-cookie").is_none());
    for _ in 0..9 {
        assert_eq!(sign_in(&service, "wang.wu", "wrong password").status, 403);
    }
    let refused = sign_in(&service, "wang.wu", PASSWORD);
    assert_eq!(refused.status, 429);
    let wait: u32 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((800..=900).contains(&wait), "{wait}");
    assert!(refused.header("set-cookie").is_none() && refused.body.contains("Too many tries"));
}

#[test]
fn forms_of_other_sites_do_nothing() {
    let register = Register::new();
    register.person(&register.body, "chief", &[Role::Administrator]);
    let session = register.session("chief", hours_from_now(0));
    let (bearer, _) = register.token(&register.body, &[Scope::Issue], hours_from_now(0));
    let service = register.serve();
    let input = json!({ "name": "系统", "scopes": ["read"], "expires_at": hours_from_now(5) }).to_string();
    let json = "Content-Type: application/json\r\n";
    let post = |shown: &Shown, more: &str| {
        send(service.public, "POST", "/api/v1/tokens", shown, &format!("{json}{more}"), &input)
    };
    for elsewhere in ["", "Sec-Fetch-Site: cross-site\r\n", "Origin: null\r\n", "Origin: http://evil.example\r\n"] {
        let answer = post(&session, elsewhere);
        assert_eq!((answer.status, answer.problem().as_str()), (403, "cross_site"), "{elsewhere}");
    }
    assert_eq!(post(&session, FROM_HERE).status, 201);
    assert_eq!(post(&session, &format!("Origin: http://{}\r\n", service.public)).status, 201);
    // a token is never sent by a browser on its own: no such question, and here no such scope
    assert_eq!(post(&bearer, "").problem(), "not_allowed");
    let body = format!("login=chief&password={}", PASSWORD.replace(' ', "+"));
    let form = "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: cross-site\r\n";
    let answer = send(service.public, "POST", "/login", &Shown::Nothing, form, &body);
    assert_eq!(answer.status, 403);
    assert!(answer.header("set-cookie").is_none());
}

#[test]
fn an_administrator_makes_people_and_tokens_and_an_auditor_reads_it() {
    let register = Register::new();
    register.person(&register.body, "chief", &[Role::Administrator]);
    register.person(&register.body, "reader", &[Role::Auditor]);
    let chief = register.session("chief", hours_from_now(0));
    let reader = register.session("reader", hours_from_now(0));
    let service = register.serve();
    let post =
        |path: &str, body: serde_json::Value| send(service.public, "POST", path, &chief, JSON, &body.to_string());
    let person = json!({ "login": "li.si", "name": "李四", "password": "a long password", "roles": ["clerk"] });
    let made = post("/api/v1/people", person.clone());
    assert_eq!(made.status, 201, "{made:?}");
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(post("/api/v1/people", person).problem(), "login_taken");
    for (member, value, code) in [
        ("login", "Li Si", "login_malformed"),
        ("password", "short", "password_refused"),
        ("name", " ", "name_malformed"),
        ("roles", "emperor", "bad_body"),
        ("more", "x", "bad_body"),
    ] {
        let mut other = json!({ "login": "li.wu", "name": "李五", "password": "a long password", "roles": [] });
        other[member] = if member == "roles" { json!([value]) } else { json!(value) };
        assert_eq!(post("/api/v1/people", other).problem(), code, "{member}");
    }
    assert_eq!(post(&format!("/api/v1/people/{id}/roles"), json!({ "roles": ["officer"] })).status, 204);
    let listed = send(service.public, "GET", "/api/v1/people?limit=200", &chief, "", "").json();
    let li = listed["people"].as_array().unwrap().iter().find(|person| person["id"] == *id).unwrap().clone();
    assert_eq!((&li["roles"], &li["disabled_at"]), (&json!(["officer"]), &json!(null)));
    assert_eq!(sign_in(&service, "li.si", PASSWORD).status, 303);
    assert_eq!(post(&format!("/api/v1/people/{id}/disable"), json!({})).status, 204);
    assert_eq!(sign_in(&service, "li.si", PASSWORD).status, 403);

    let token = json!({ "name": "系统", "scopes": ["issue", "standing"], "expires_at": hours_from_now(5) });
    let made = post("/api/v1/tokens", token).json();
    assert!(made["token"].as_str().is_some_and(|text| text.starts_with("yx_") && text.len() == 46));
    let bad = json!({ "name": "系统", "scopes": ["issue"], "expires_at": hours_from_now(-1) });
    assert_eq!(post("/api/v1/tokens", bad).problem(), "token_end_refused");
    let listed = send(service.public, "GET", "/api/v1/tokens", &chief, "", "");
    assert!(!listed.body.contains(made["token"].as_str().unwrap()));
    assert_eq!(listed.json()["tokens"][0]["scopes"], json!(["issue", "standing"]));

    let mut actions = Vec::new();
    let mut after = String::new();
    loop {
        let path = format!("/api/v1/audit?limit=2&after={after}");
        let page = send(service.public, "GET", &path, &reader, "", "").json();
        let events = page["events"].as_array().unwrap().clone();
        assert!(events.len() <= 2 && !page.to_string().contains("a long password"));
        actions.extend(events.iter().map(|event| event["action"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        next.clone_into(&mut after);
    }
    let last: Vec<_> = actions.iter().rev().take(5).rev().map(String::as_str).collect();
    assert_eq!(
        last,
        ["person.created", "person.roles", "session.begun", "person.disabled", "token.created"],
        "{actions:?}"
    );
    assert_eq!(send(service.public, "GET", "/api/v1/audit?after=x", &reader, "", "").problem(), "bad_query");
    assert_eq!(send(service.public, "GET", "/api/v1/people?limit=0", &chief, "", "").problem(), "bad_query");
}
