//! The token of a session's forms, which every form has and nothing is changed without.

use crate::support::{
    http::{Answer, Connection},
    register::{Register, Shown, add_holder, hours_from_now},
};
use std::net::SocketAddr;
use yinxin::{
    flow::access::{AccessSecret, Role},
    web::{
        auth::{Verb, Who},
        routes::TABLE,
    },
};

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";
const FILES: &str = "Content-Type: multipart/form-data; boundary=B\r\n";

fn secret(shown: &Shown) -> &str {
    if let Shown::Cookie(secret) = shown { secret } else { panic!("no session") }
}

fn token(shown: &Shown) -> String {
    AccessSecret::parse(secret(shown)).unwrap().derived("yinxin csrf 1").to_string()
}

/// As a browser sends it from a page of ours, with nothing that was not asked for.
fn post(to: SocketAddr, path: &str, shown: &Shown, more: &str, body: &str) -> Answer {
    let (cookie, length) = (secret(shown), body.len());
    let mut connection = Connection::open(to);
    connection.send(format!(
        "POST {path} HTTP/1.1\r\nHost: {to}\r\nConnection: close\r\nSec-Fetch-Site: same-origin\r\n\
         Cookie: yinxin-session={cookie}\r\n{more}Content-Length: {length}\r\n\r\n{body}"
    ));
    connection.answer()
}

fn part(name: &str, value: &str) -> String {
    format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
}

fn is_refused(answer: &Answer) -> bool {
    answer.status == 403 && answer.body.contains("cross_site")
}

#[test]
fn nothing_that_changes_something_goes_without() {
    let register = Register::new();
    let now = hours_from_now(0);
    register.person(&register.body, "everything", Role::ALL);
    add_holder(&register.store, &register.sign_in, "noodles", "92330100MA0000015R", now);
    let (person, holder) = (register.session("everything", now), register.session("noodles", now));
    let service = register.serve_as("roles = [\"issue\", \"verify\", \"seals\", \"make\", \"public\"]");
    let mut tried = 0;
    for rule in TABLE.iter().filter(|rule| rule.verb == Verb::Post && rule.who != Who::Public) {
        let shown = match rule.who {
            Who::Holder => &holder,
            // tried where there is a kiosk
            Who::Kiosk => continue,
            Who::May(capability) if capability.roles.is_empty() => continue,
            _ => &person,
        };
        let path: String = rule.path.replace(['{', '}'], "");
        let other = token(if rule.who == Who::Holder { &person } else { &holder });
        for (more, body) in [
            (FORM, String::new()),
            (FORM, "a=1&csrf=".to_owned()),
            (FORM, format!("csrf={other}")),
            (FILES, part("file", "x") + "--B--\r\n"),
            (FILES, part("csrf", &other) + "--B--\r\n"),
            ("Content-Type: text/plain\r\n", String::new()),
            ("", String::new()),
            ("yinxin-csrf: wrong\r\nContent-Type: application/json\r\n", "{}".to_owned()),
        ] {
            let answer = post(service.public, &path, shown, more, &body);
            assert!(is_refused(&answer), "{} {more}{body}: {answer:?}", rule.path);
        }
        // and with it on to the handler, whatever that says
        let right = format!("csrf={}", token(shown));
        assert!(!is_refused(&post(service.public, &path, shown, FORM, &right)), "{}", rule.path);
        tried += 1;
    }
    assert!(tried > 60, "{tried}");
}

#[test]
fn in_a_form_with_files_it_comes_first_and_nothing_of_it_is_left() {
    let register = Register::new();
    let now = hours_from_now(0);
    register.person(&register.body, "chief", &[Role::Administrator]);
    let shown = register.session("chief", now);
    let service = register.serve();
    let own = token(&shown);
    let first = part("csrf", &own) + &part("name", "演示") + "--B--\r\n";
    // the form is read on without it: what is missing now is the key
    let answer = post(service.public, "/office/trust/new", &shown, FILES, &first);
    assert_eq!(answer.status, 422, "{answer:?}");
    for wrong in [
        part("name", "演示") + &part("csrf", &own) + "--B--\r\n",
        part("csrf", &format!("{own} ")) + "--B--\r\n",
        "x".repeat(9000),
        part("csrf", &"A".repeat(9000)) + "--B--\r\n",
    ] {
        let answer = post(service.public, "/office/trust/new", &shown, FILES, &wrong);
        assert!(matches!(answer.status, 400 | 403), "{answer:?}");
    }
    let none = "Content-Type: multipart/form-data\r\n";
    assert!(is_refused(&post(service.public, "/office/trust/new", &shown, none, &first)));
}

#[test]
fn every_page_of_a_session_has_it_in_each_form() {
    let register = Register::new();
    let now = hours_from_now(0);
    register.person(&register.body, "chief", &[Role::Administrator]);
    let shown = register.session("chief", now);
    let service = register.serve();
    let own = token(&shown);
    for path in ["/office/trust/new", "/office/devices", "/login/factor"] {
        let mut connection = Connection::open(service.public);
        connection.send(format!(
            "GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nCookie: yinxin-session={}\r\n\r\n",
            secret(&shown)
        ));
        let page = connection.answer();
        assert_eq!(page.status, 200, "{page:?}");
        let forms = page.body.matches("method=\"post\"").count();
        let fields = page.body.matches(&format!("><input type=\"hidden\" name=\"csrf\" value=\"{own}\">")).count();
        assert_eq!(forms, fields, "{path}");
        assert!(page.body.contains(&format!("<meta name=\"csrf\" content=\"{own}\">")), "{path}");
        assert!(!page.body.contains(secret(&shown)));
    }
    // signing out wants it too
    let form = |body: &str| post(service.public, "/logout", &shown, FORM, body);
    assert!(is_refused(&form("")) && is_refused(&form("csrf=x")));
    let mut connection = Connection::open(service.public);
    connection.send(format!(
        "GET /login HTTP/1.1\r\nHost: a\r\nConnection: close\r\nCookie: yinxin-session={}\r\n\r\n",
        secret(&shown)
    ));
    let page = connection.answer().body;
    assert!(
        page.contains(&format!("action=\"/logout\"><input type=\"hidden\" name=\"csrf\" value=\"{own}\">")),
        "{page}"
    );
    assert_eq!(form(&format!("csrf={own}")).status, 303);
    // nobody's page has one
    let mut connection = Connection::open(service.public);
    connection.send("GET /login HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert!(!connection.answer().body.contains("csrf"));
}
