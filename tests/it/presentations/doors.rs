//! The doors of holders and of those who scan, from outside.

use super::FOOD_HOLDER;
use crate::support::{
    database::Database,
    desk::Desk,
    house::{House, food},
    http::Answer,
    register::{FORM_BODY, FROM_HERE, PASSWORD, Shown, send},
};
use serde_json::{Value, json};
use yinxin::flow::{
    access::{Role, Scope},
    presentations::{Choice, Presentations, show},
};

const REDEMPTIONS: &str = "/api/v1/redemptions";

fn desk() -> Desk {
    // the file is held open by the service until the process ends
    Desk::open(House::new(Box::leak(Box::new(Database::sqlite()))), "")
}

/// A licence in force, its identifier, and the cookie of its holder.
fn held(desk: &Desk) -> (String, Shown) {
    let issuing = desk.token(&desk.house.body, &[Scope::Issue]);
    let issued = desk.issue(&issuing, &food(1));
    desk.holder("noodles", FOOD_HOLDER);
    (issued["identifier"].as_str().unwrap().to_owned(), desk.session("noodles"))
}

/// A code that the holder shows, made past the page, whose code is in a picture alone.
fn code(desk: &Desk, identifier: &str, fields: &[&str]) -> String {
    let holder = desk.known_holder("noodles");
    let fields = fields.iter().map(|field| (*field).to_owned()).collect();
    let choice = Choice { fields, purpose: "接受检查".parse().unwrap() };
    let shown =
        show(&desk.house.issuer, &Presentations::new(60, 24), &holder, &identifier.parse().unwrap(), &choice).unwrap();
    shown.address.rsplit_once('/').unwrap().1.to_owned()
}

fn post(desk: &Desk, path: &str, shown: &Shown, form: &str) -> Answer {
    send(desk.to, "POST", path, shown, FORM_BODY, form)
}

#[test]
fn a_holder_is_led_to_their_cards_and_nowhere_else() {
    let desk = desk();
    let (_, holder) = held(&desk);
    let form = format!("login=noodles&password={}", PASSWORD.replace(' ', "+"));
    let signed_in = post(&desk, "/login?size=large", &Shown::Nothing, &form);
    assert_eq!((signed_in.status, signed_in.header("location")), (303, Some("/my?size=large")));
    assert_eq!(desk.get("/login", &holder).header("location"), Some("/my"));
    let cards = desk.get("/my", &holder);
    assert_eq!((cards.status, cards.header("cache-control")), (200, Some("no-store")));
    for piece in ["食品经营许可证", "演示市市场监督管理局", "JY23********0010", "新证到了", "有效"]
    {
        assert!(cards.body.contains(piece), "{piece} is missing in\n{}", cards.body);
    }
    assert!(!cards.body.contains("JY23301000000010"), "somebody may look over the shoulder");
    for path in ["/office", "/api/v1/licences", "/api/v1/audit", "/api/v1/objections"] {
        assert_eq!(desk.get(path, &holder).status, 403, "{path}");
    }
    let clerk = desk.signed_in(&desk.house.body, "clerk", &[Role::Clerk]);
    assert_eq!(desk.get("/my", &clerk).status, 403);
    assert_eq!(desk.get("/my", &Shown::Nothing).header("location"), Some("/login"));
    // a form of elsewhere makes no code
    let elsewhere = send(desk.to, "POST", "/my/stop", &holder, "Sec-Fetch-Site: cross-site\r\n", "");
    assert_eq!(elsewhere.problem(), "cross_site");
    assert_eq!(send(desk.to, "POST", "/logout", &holder, FROM_HERE, "").status, 303);
    assert_eq!(desk.get("/my", &holder).status, 303, "signed out");
}

#[test]
fn the_form_says_what_is_missing_and_the_code_is_a_picture_alone() {
    let desk = desk();
    let (identifier, holder) = held(&desk);
    let at = format!("/my/licences/{identifier}/show");
    let form = desk.get(&at, &holder);
    assert!(form.body.contains(r#"name="field.operator_name" value="on" checked"#), "{}", form.body);
    assert!(form.body.contains("**国") && !form.body.contains("李守国"));
    let nothing = post(&desk, &at, &holder, "purpose=0");
    assert!(nothing.status == 200 && nothing.body.contains("请至少勾选一项"), "{}", nothing.body);
    let unknown = post(&desk, &at, &holder, "purpose=0&field.bank=on");
    assert!(unknown.body.contains("请至少勾选一项") && !unknown.body.contains(r#"id="code""#));
    let aimless = post(&desk, &at, &holder, "field.operator_name=on");
    assert!(aimless.body.contains("请选一个用途"), "{}", aimless.body);
    let shown = post(&desk, &at, &holder, "purpose=3&field.operator_name=on");
    assert_eq!((shown.status, shown.header("cache-control")), (200, Some("no-store")));
    assert!(shown.header("content-security-policy").unwrap().contains("connect-src 'self'"));
    assert!(shown.body.contains(r#"id="code""#) && shown.body.contains("接受检查"));
    assert!(!shown.body.contains("HTTPS://") && !shown.body.contains("/S/"), "the code stands in the picture alone");
    let script = shown.body.split('"').find(|piece| piece.starts_with("/assets/show-")).unwrap();
    let style = shown.body.split('"').find(|piece| piece.starts_with("/assets/yinxin-")).unwrap();
    let all = [&*at, script, style].map(|path| desk.get(path, &holder).octets.len());
    assert!(all.iter().sum::<usize>() + shown.octets.len() < 150_000, "{all:?}");
    for wrong in ["/my/licences/none/show", &at.replace(&identifier, "1.2.3")] {
        assert_eq!(desk.get(wrong, &holder).status, 404, "{wrong}");
    }
    desk.holder("stranger", "92330100MA0000015R");
    let stranger = desk.session("stranger");
    assert_eq!(desk.get(&at, &stranger).status, 404);
    assert_eq!(post(&desk, &at, &stranger, "purpose=0&field.operator_name=on").status, 404);
    assert_eq!(post(&desk, "/my/stop", &holder, "").header("location"), Some("/my"));
}

#[test]
fn a_preview_burns_nothing_and_says_only_what_was_chosen() {
    let desk = desk();
    let (identifier, _) = held(&desk);
    let code = code(&desk, &identifier, &["operator_name", "signatory"]);
    for method in ["GET", "HEAD"].iter().cycle().take(10) {
        let seen = send_head_or_get(&desk, method, &format!("/S/{code}"));
        assert_eq!((seen.status, seen.header("cache-control")), (200, Some("no-store")));
        assert!(seen.header("set-cookie").is_none() && seen.header("referrer-policy") == Some("no-referrer"));
    }
    let seen = desk.get(&format!("/S/{code}"), &Shown::Nothing).body;
    for piece in ["这张证现在有效", "演示市小满面馆（个体工商户）", "接受检查", r#"name="robots" content="noindex""#]
    {
        assert!(seen.contains(piece), "{piece} is missing in\n{seen}");
    }
    assert!(!seen.contains("李守国") && !seen.contains("**国") && !seen.contains(&identifier), "{seen}");
    let clerk = desk.signed_in(&desk.house.body, "clerk", &[Role::Clerk]);
    let order = json!({ "code": code, "scan_id": "scan-0001", "window": "3 号窗口" });
    let redeemed = desk.post(REDEMPTIONS, &clerk, &order);
    assert_eq!(redeemed.status, 200, "{redeemed:?}");
    let (used, never) = (desk.get(&format!("/S/{code}"), &Shown::Nothing), desk.get("/S/NONE", &Shown::Nothing));
    assert_eq!((used.status, never.status), (404, 404));
    assert!(used.body == never.body && used.body.contains("码已过期，请对方刷新"));
}

/// HEAD has no body to wait for.
fn send_head_or_get(desk: &Desk, method: &str, path: &str) -> Answer {
    if method == "GET" {
        return desk.get(path, &Shown::Nothing);
    }
    let mut connection = crate::support::http::Connection::open(desk.to);
    connection.send(format!("HEAD {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"));
    connection.head()
}

#[test]
fn two_scanners_and_what_each_is_told() {
    let desk = desk();
    let (identifier, holder) = held(&desk);
    let body = desk.house.body.clone();
    let (first, second) = (desk.token(&body, &[Scope::Redeem]), desk.token(&body, &[Scope::Redeem]));
    let code = code(&desk, &identifier, &["operator_name", "legal_representative"]);
    let order = |scan: &str| json!({ "code": code, "scan_id": scan, "window": "3 号窗口" });
    let won = desk.post(REDEMPTIONS, &first, &order("scan-0001"));
    assert_eq!(won.status, 200, "{won:?}");
    let names: Vec<_> = won.json()["fields"].as_array().unwrap().iter().map(|f| f["name"].clone()).collect();
    assert_eq!(names, ["operator_name", "legal_representative"]);
    assert_eq!((&won.json()["state"], &won.json()["purpose"]), (&json!("in_force"), &json!("接受检查")));
    assert!(!won.body.contains(&identifier) && !won.body.contains("李守国"));
    assert_eq!(desk.post(REDEMPTIONS, &first, &order("scan-0001")).json(), won.json(), "the same device asks again");
    let told = desk.post(REDEMPTIONS, &second, &order("scan-0001"));
    assert_eq!((told.status, told.problem().as_str()), (409, "presentation_used"));
    let words = told.json()["errors"][0]["zh"].as_str().unwrap().to_owned();
    assert!(words.contains("已在演示市市场监督管理局 3 号窗口用过") && words.contains("请对方刷新"), "{words}");
    assert!(!told.body.contains("系统"), "no name of who did it");
    for (wrong, status, problem) in [
        (json!({ "code": "A".repeat(26), "scan_id": "scan-0001" }), 404, "presentation_not_valid"),
        (json!({ "code": code, "scan_id": "short" }), 422, "scan_id_malformed"),
        (json!({ "code": code, "scan_id": "scan-0001", "window": " " }), 422, "name_malformed"),
        (json!({ "code": code, "scan_id": "scan-0001", "more": 1 }), 400, "bad_body"),
    ] {
        let answer = desk.post(REDEMPTIONS, &second, &wrong);
        assert_eq!((answer.status, answer.problem().as_str()), (status, problem), "{wrong}");
    }
    let reader = desk.token(&body, &[Scope::Read, Scope::Standing]);
    assert_eq!(desk.post(REDEMPTIONS, &reader, &order("scan-0001")).problem(), "not_allowed");

    // the holder sees it and objects, the body finds that in its queue
    let uses = desk.get("/my/uses", &holder).body;
    assert!(uses.contains("演示市市场监督管理局 3 号窗口") && uses.contains("经营者名称"), "{uses}");
    let form = uses.split('"').find(|piece| piece.ends_with("/objection")).unwrap().to_owned();
    assert_eq!(desk.get(&form, &holder).status, 200);
    assert!(post(&desk, &form, &holder, "words=+").body.contains("请写明异议"));
    let sent = post(&desk, &form, &holder, "words=%E4%B8%8D%E6%98%AF%E6%88%91");
    assert_eq!(sent.header("location"), Some("/my/uses"));
    assert!(desk.get("/my/uses", &holder).body.contains("您已提出异议"));
    let officer = desk.signed_in(&body, "officer", &[Role::Officer]);
    let queue: Value = desk.get("/api/v1/objections", &officer).json();
    assert_eq!((&queue["objections"][0]["words"], &queue["next"]), (&json!("不是我"), &Value::Null));
    assert_eq!(desk.get("/api/v1/objections?after=x", &officer).problem(), "bad_query");
}
