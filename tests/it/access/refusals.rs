//! What a browser shows of a refusal, and what scripts and systems read.

use crate::support::register::{FORM_BODY, FROM_HERE, Register, Shown, add_holder, hours_from_now, send};
use yinxin::flow::access::Role;

/// As a browser that goes to an address.
const BROWSER: &str = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n";

#[test]
fn a_browser_is_told_in_a_page() {
    let register = Register::new();
    let now = hours_from_now(0);
    register.person(&register.body, "liu.jing", &[Role::Clerk]);
    add_holder(&register.store, &register.sign_in, "noodles", "92330100MA0000015R", now);
    let (clerk, holder) = (register.session("liu.jing", now), register.session("noodles", now));
    let ended = register.session("noodles", hours_from_now(-100));
    let service = register.serve_as("roles = [\"verify\", \"public\", \"make\", \"issue\"]");
    for (verb, path, shown, status, code, says, leads) in [
        ("GET", "/verfy", &Shown::Nothing, 404, "not_found", "没有这个页面", "/verify"),
        ("GET", "/my/x/y/z", &holder, 404, "not_found", "没有这个页面", "/verify"),
        ("GET", "/my/uses", &clerk, 403, "not_allowed", "没有这个权限", "/login"),
        ("GET", "/window", &holder, 403, "not_allowed", "没有这个权限", "/login"),
        ("GET", "/office/seals", &clerk, 404, "not_served_here", "这个地址不在本服务进程提供", "/login"),
        ("POST", "/my/delegations/new", &ended, 401, "unauthenticated", "登录已结束", "/login"),
        ("POST", "/my/delegations/new", &holder, 403, "cross_site", "请在本站页面里操作", "/login"),
    ] {
        let sent = match (verb, code) {
            ("POST", "cross_site") => "Sec-Fetch-Site: cross-site\r\n",
            ("POST", _) => FORM_BODY,
            _ => "",
        };
        let more = format!("{sent}{BROWSER}");
        let page = send(service.public, verb, path, shown, &more, "");
        assert_eq!(page.status, status, "{path}: {}", page.body);
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
        assert!(page.header("content-security-policy").unwrap().starts_with("default-src 'none'"), "{path}");
        assert_eq!(page.header("cache-control"), Some("no-store"), "{path}");
        assert!(page.body.contains(says), "{path}: {}", page.body);
        assert!(page.body.contains(&format!("class=\"button button--main button--big\" href=\"{leads}\"")), "{path}");
        let english = send(service.public, verb, &format!("{path}?lang=en&size=large"), shown, &more, "").body;
        assert!(english.contains("<html lang=\"en\"") && english.contains("href=\"?size=large\""), "{path}: {english}");
        // and who reads it by a program
        let answer = send(service.public, verb, path, shown, &format!("{sent}Accept: */*\r\n"), "");
        assert_eq!((answer.status, answer.problem()), (status, code.to_owned()), "{path}");
    }
    // the API is no page, whoever asks
    for (path, status) in [("/api/v1/nothing", 404), ("/api/v1/people", 401)] {
        let answer = send(service.public, "GET", path, &Shown::Nothing, BROWSER, "");
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (status, Some("application/problem+json")),
            "{path}"
        );
    }
}

#[test]
fn what_somebody_wrote_in_an_address_is_not_in_its_page() {
    let service = Register::new().serve();
    for path in ["/%3Cscript%3Ealert(1)%3C/script%3E", "/x?lang=%3Cscript%3E&%22%3E=1"] {
        let page = send(service.public, "GET", path, &Shown::Nothing, &format!("{FROM_HERE}{BROWSER}"), "");
        assert_eq!(page.status, 404);
        assert!(!page.body.contains("alert") && !page.body.contains("%3C") && page.body.contains("没有这个页面"));
    }
}
