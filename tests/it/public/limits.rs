//! How often one network may ask, and who it is behind a proxy.

use crate::support::{
    database::Database,
    desk::Desk,
    house::{House, food},
    http::Answer,
    register::{FORM_BODY, JSON, Shown, send},
};
use serde_json::json;
use yinxin::flow::access::Scope;

const HERE: &str = "203.0.113.9";
const THERE: &str = "198.51.100.7";
const NEVER: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAA";

fn desk(settings: &str) -> Desk {
    // the file is held open by the service until the process ends
    Desk::open(House::new(Box::leak(Box::new(Database::sqlite()))), settings)
}

/// A service behind a proxy on this machine.
fn behind_a_proxy(limits: &str) -> Desk {
    desk(&format!("trusted_proxies = [\"127.0.0.1\", \"10.0.0.0/8\"]\n[serve.limits]\n{limits}"))
}

fn of(network: &str) -> String {
    format!("X-Forwarded-For: {network}\r\n")
}

fn get(desk: &Desk, path: &str, more: &str) -> Answer {
    send(desk.to, "GET", path, &Shown::Nothing, more, "")
}

fn is_too_often(answer: &Answer, seconds: &str) -> bool {
    assert_eq!((answer.status, answer.header("retry-after")), (429, Some(seconds)), "{answer:?}");
    true
}

#[test]
fn guesses_are_told_to_wait_and_nobody_else_is() {
    let desk = behind_a_proxy("misses = 4");
    let issued = desk.issue(&desk.token(&desk.house.body, &[Scope::Issue]), &food(1));
    let (code, identifier) = (issued["code"].as_str().unwrap(), issued["identifier"].as_str().unwrap());
    // each door by a guess
    for path in [
        format!("/C/{NEVER}"),
        format!("/S/{NEVER}"),
        format!("/api/v1/standing/{NEVER}"),
        "/api/v1/standings/1.2.3".to_owned(),
    ] {
        assert_eq!(get(&desk, &path, &of(HERE)).status, 404, "{path}");
    }
    let doors = [
        format!("/C/{code}"),
        format!("/S/{NEVER}"),
        format!("/api/v1/standing/{code}"),
        format!("/api/v1/standings/{identifier}"),
    ];
    for path in &doors {
        assert!(is_too_often(&get(&desk, path, &of(HERE)), "301"), "{path}");
        assert_ne!(get(&desk, path, &of(THERE)).status, 429, "{path}");
    }
    let page = get(&desk, &doors[0], &of(HERE)).body;
    for piece in ["暂时无法核验，不代表证照有问题", "短时间里查得太多了", "约 5 分钟后", "tone-neutral"]
    {
        assert!(page.contains(piece), "{piece} is missing in {page}");
    }
    assert!(!page.contains("tone-refuse") && !page.contains("没有查到"), "no verdict: {page}");
    assert_eq!(get(&desk, &doors[2], &of(HERE)).problem(), "too_many_tries");
    // what is no guess goes on: the first page, numbers, whoever shows a token
    assert_eq!(get(&desk, "/verify", &of(HERE)).status, 200);
    let token = desk.token(&desk.house.body, &[Scope::Standing]);
    assert_eq!(send(desk.to, "GET", &doors[2], &token, &of(HERE), "").status, 200);
    let junk = Shown::Bearer(format!("yx_{}", "A".repeat(43)));
    assert_eq!(send(desk.to, "GET", &doors[2], &junk, &of(HERE), "").status, 429);
    desk.house.clock.advance_seconds(300);
    assert_eq!(get(&desk, &doors[0], &of(HERE)).status, 200, "after a while");
}

#[test]
fn what_is_found_is_measured_widely() {
    let desk = behind_a_proxy("look_ups = 30\nmisses = 1\nwindow_seconds = 60");
    let issued = desk.issue(&desk.token(&desk.house.body, &[Scope::Issue]), &food(1));
    let page = format!("/C/{}", issued["code"].as_str().unwrap());
    for n in 0..30 {
        assert_eq!(get(&desk, &page, &of(HERE)).status, 200, "{n}");
    }
    assert!(is_too_often(&get(&desk, &page, &of(HERE)), "61"));
    let post = |network: &str| {
        send(desk.to, "POST", "/C", &Shown::Nothing, &(FORM_BODY.to_owned() + &of(network)), "payload=QQAURLVB")
    };
    assert_eq!((post(HERE).status, post(THERE).status), (429, 200));
}

#[test]
fn numbers_have_a_measure_of_their_own() {
    let desk = behind_a_proxy("number_misses = 2");
    let issued = desk.issue(&desk.token(&desk.house.body, &[Scope::Issue]), &food(1));
    let ask = |network: &str, holder: &str| {
        let body = json!({ "number": "JY23301000000010", "holder": holder }).to_string();
        send(desk.to, "POST", "/api/v1/standings", &Shown::Nothing, &(JSON.to_owned() + &of(network)), &body)
    };
    let form = |network: &str, form: &str| {
        send(desk.to, "POST", "/verify/number", &Shown::Nothing, &(FORM_BODY.to_owned() + &of(network)), form)
    };
    let right = "演示市小满面馆（个体工商户）";
    assert_eq!((ask(HERE, right).status, ask(HERE, "张三").status), (200, 404));
    assert_eq!(form(HERE, "what=a&holder=b").status, 404, "page and API are counted together");
    assert!(is_too_often(&ask(HERE, right), "301"));
    let page = form(HERE, "what=a&holder=b");
    assert!(is_too_often(&page, "301") && page.body.contains("暂时无法核验"), "{page:?}");
    assert_eq!(ask(THERE, right).status, 200);
    let code = format!("/C/{}", issued["code"].as_str().unwrap());
    assert_eq!(get(&desk, &code, &of(HERE)).status, 200, "codes are no numbers");
}

#[test]
fn files_are_measured_before_they_are_read() {
    let desk = behind_a_proxy("files = 2");
    let octets = "Content-Type: application/octet-stream\r\n".to_owned() + &of(HERE);
    let verify = |shown: &Shown| send(desk.to, "POST", "/api/v1/verifications", shown, &octets, "a note");
    for _ in 0..2 {
        assert_eq!(verify(&Shown::Nothing).problem(), "not_a_document");
    }
    assert!(is_too_often(&verify(&Shown::Nothing), "301"));
    let page = send(desk.to, "POST", "/verify", &Shown::Nothing, &octets, "a note");
    assert!(is_too_often(&page, "301") && page.body.contains("不代表证照有问题"), "{page:?}");
    assert_eq!(verify(&desk.token(&desk.house.body, &[Scope::Read])).status, 422, "with a token");
    let there = octets.replace(HERE, THERE);
    assert_eq!(send(desk.to, "POST", "/verify", &Shown::Nothing, &there, "a note").status, 422);
}

#[test]
fn what_a_client_writes_into_the_header_makes_nobody_of_it() {
    let desk = behind_a_proxy("misses = 1");
    let path = format!("/api/v1/standing/{NEVER}");
    assert_eq!(get(&desk, &path, &of(HERE)).status, 404);
    for spoofed in [
        // what the client said, and what the proxy saw
        format!("X-Forwarded-For: {THERE}, {HERE}\r\n"),
        format!("X-Forwarded-For: {THERE}\r\nX-Forwarded-For: {HERE}\r\n"),
        format!("X-Forwarded-For: 127.0.0.1, {HERE}, 10.1.2.3\r\n"),
        format!("X-Forwarded-For: ::ffff:{HERE}\r\n"),
        format!("Forwarded: for={THERE}\r\nX-Forwarded-For: {HERE}:4711\r\n"),
        format!("X-Real-IP: {THERE}\r\nX-Forwarded-For: \"><script>, {HERE}\r\n"),
    ] {
        assert_eq!(get(&desk, &path, &spoofed).status, 429, "{spoofed}");
    }
    // one customer's network of IPv6
    assert_eq!(get(&desk, &path, &of("2001:db8:1:2::1")).status, 404);
    assert_eq!(get(&desk, &path, &of("2001:db8:1:2:ffff::2")).status, 429);
    assert_eq!(get(&desk, &path, &of("2001:db8:1:3::1")).status, 404);
    // nothing that can be read: the proxy's own, which is one network too
    assert_eq!(get(&desk, &path, &of("unknown")).status, 404);
    for garbage in ["", "unknown", "999.1.1.1", "a, b, c", ",,,"] {
        assert_eq!(get(&desk, &path, &of(garbage)).status, 429, "{garbage}");
    }
}

#[test]
fn a_header_of_somebody_who_is_not_trusted_is_not_read() {
    // the proxy is another machine, and this one is a stranger
    let desk = desk("trusted_proxies = [\"192.0.2.1\"]\n[serve.limits]\nmisses = 2");
    let path = format!("/C/{NEVER}");
    let statuses = ["203.0.113.1", "203.0.113.2", "203.0.113.3"].map(|network| get(&desk, &path, &of(network)).status);
    assert_eq!(statuses, [404, 404, 429]);
}

#[test]
fn without_a_proxy_this_machine_is_nobody() {
    let desk = desk("[serve.limits]\nmisses = 1\nlook_ups = 2\nfiles = 1");
    for n in 0..4 {
        assert_eq!(get(&desk, &format!("/C/{NEVER}"), &of(HERE)).status, 404, "{n}");
        assert_eq!(get(&desk, &format!("/api/v1/standing/{NEVER}"), "").status, 404, "{n}");
    }
}

#[test]
fn the_header_of_rfc_7239_where_that_is_configured() {
    let desk = desk("trusted_proxies = [\"127.0.0.1\"]\nforwarded_header = \"forwarded\"\n[serve.limits]\nmisses = 1");
    let path = format!("/api/v1/standing/{NEVER}");
    let ask = |value: &str| get(&desk, &path, &format!("Forwarded: {value}\r\nX-Forwarded-For: 192.0.2.77\r\n")).status;
    assert_eq!(ask("for=203.0.113.9;proto=https"), 404);
    assert_eq!(ask("for=198.51.100.7, For=\"203.0.113.9:1234\""), 429);
    assert_eq!((ask("for=\"[2001:db8::1]\""), ask("for=\"[2001:db8::2]:80\"")), (404, 429));
}
