//! Devices from outside: entered on the page, left and shown by a browser, wanted where that is configured.

use super::*;
use crate::support::{
    database::Database,
    desk::Desk,
    house::{House, food},
    register::{FORM_BODY, JSON, Shown, send, send_octets},
};
use yinxin::flow::{
    access::{Role, Scope},
    presentations::{self, Choice, Presentations},
    uses,
};

pub(super) fn desk(settings: &str) -> Desk {
    // the file is held open by the service until the process ends
    Desk::open(House::new(Box::leak(Box::new(Database::sqlite()))), settings)
}

/// Enters a window on the page; the code that it shows.
pub(super) fn entered(desk: &Desk, chief: &Shown, window: &str) -> String {
    let form = format!("kind=window&name=%E6%9F%9C%E5%8F%B0&window={window}");
    let page = send(desk.to, "POST", "/office/devices", chief, FORM_BODY, &form);
    assert_eq!(page.status, 200, "{page:?}");
    let (_, rest) = page.body.split_once("device-code\">").unwrap();
    rest.split('<').next().unwrap().to_owned()
}

/// A browser that is enrolled; its id.
pub(super) fn enrolled(desk: &Desk, chief: &Shown, window: &str) -> (Browser, String) {
    let (code, browser) = (entered(desk, chief, window), Browser::new());
    let answer = send(desk.to, "POST", "/device", &Shown::Nothing, JSON, &browser.enrolment(&code).to_string());
    assert_eq!(answer.status, 200, "{answer:?}");
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    (browser, id)
}

pub(super) fn appear(desk: &Desk, shown: &Shown, browser: &Browser, id: &str) -> crate::support::http::Answer {
    let asked = send(desk.to, "POST", "/login/device/challenge", shown, JSON, "{}");
    assert_eq!(asked.status, 200, "{asked:?}");
    let presence = browser.presence(id, asked.json()["challenge"].as_str().unwrap());
    send(desk.to, "POST", "/login/device", shown, JSON, &presence.to_string())
}

#[test]
fn a_window_is_named_where_a_licence_is_used() {
    let desk = desk("");
    let body = desk.house.body.clone();
    let chief = desk.signed_in(&body, "chief", &[Role::Administrator]);
    let clerk = desk.signed_in(&body, "clerk", &[Role::Clerk]);
    desk.holder("noodles", crate::presentations::FOOD_HOLDER);
    let token = desk.token(&body, &[Scope::Issue]);
    let issued = desk.issue(&token, &food(1));
    let (browser, id) = enrolled(&desk, &chief, "3+%E5%8F%B7%E7%AA%97%E5%8F%A3");
    let there = appear(&desk, &clerk, &browser, &id);
    assert_eq!(there.json()["window"], "3 号窗口", "{there:?}");
    let page = desk.get("/window", &clerk);
    assert!(page.body.contains("3 号窗口") && !page.body.contains("data-presence"), "{page:?}");
    // what the clerk claims counts less than what the device proved
    let holder = desk.known_holder("noodles");
    let choice = Choice { fields: vec!["operator_name".to_owned()], purpose: "接受检查".parse().unwrap() };
    let identifier = issued["identifier"].as_str().unwrap().parse().unwrap();
    let issuer = &desk.house.issuer;
    let shown = presentations::show(issuer, &Presentations::new(60, 24), &holder, &identifier, &choice).unwrap();
    let code = crate::presentations::code_of(&shown);
    let order = json!({ "code": code, "scan_id": "scan-0001", "window": "9 号窗口" });
    assert_eq!(desk.post("/api/v1/redemptions", &clerk, &order).status, 200);
    let used = uses::of(issuer, &holder).unwrap();
    assert_eq!(used.iter().map(|one| one.window.as_deref()).collect::<Vec<_>>(), [Some("3 号窗口")]);
    let list = desk.get("/office/devices", &chief);
    assert!(list.body.contains("在用") && list.body.contains("最近使用"), "{list:?}");
    // ended, with its reason
    let to = format!("/office/devices/{id}/end");
    assert_eq!(send(desk.to, "POST", &to, &chief, FORM_BODY, "reason=%E4%B8%A2%E4%BA%86").status, 303);
    let list = desk.get("/office/devices", &chief);
    assert!(list.body.contains("已停用") && list.body.contains("丢了"), "{list:?}");
    assert_eq!(appear(&desk, &clerk, &browser, &id).status, 404);
    assert!(desk.get("/window", &clerk).body.contains("data-presence"));
}

/// Octets that a clerk has verified by the door of programs are a use where a purpose is stated, at a window alone.
#[test]
fn a_file_that_is_verified_at_a_window_is_seen_by_its_holder() {
    let desk = desk("");
    let body = desk.house.body.clone();
    let chief = desk.signed_in(&body, "chief", &[Role::Administrator]);
    let clerk = desk.signed_in(&body, "clerk", &[Role::Clerk]);
    desk.holder("noodles", crate::presentations::FOOD_HOLDER);
    let token = desk.token(&body, &[Scope::Issue, Scope::Read]);
    let issued = desk.issue(&token, &food(1));
    let at = format!("/api/v1/licences/{}/document?as=ofd", issued["identifier"].as_str().unwrap());
    let (file, holder) = (desk.get(&at, &token).octets, desk.known_holder("noodles"));
    let used = || {
        let all = uses::of(&desk.house.issuer, &holder).unwrap();
        all.into_iter().map(|one| (one.purpose, one.window)).collect::<Vec<_>>()
    };
    let verify = |query: &str| {
        let to = format!("/api/v1/verifications{query}");
        let answer = send_octets(
            desk.to,
            &to,
            &clerk,
            "Sec-Fetch-Site: same-origin\r\nContent-Type: application/octet-stream\r\n",
            &file,
        );
        assert_eq!((answer.status, answer.header("yinxin-state")), (200, Some("VALID")), "{answer:?}");
    };
    let stated = "?purpose=%E6%8D%A2%E8%AF%81";
    verify(stated);
    assert_eq!(used(), [], "at no window nobody knows who asks");
    let (browser, id) = enrolled(&desk, &chief, "3+%E5%8F%B7%E7%AA%97%E5%8F%A3");
    assert_eq!(appear(&desk, &clerk, &browser, &id).status, 200);
    verify("");
    assert_eq!(used(), [], "nothing says what it was used for");
    verify(stated);
    assert_eq!(used(), [("换证".to_owned(), Some("3 号窗口".to_owned()))]);
}

#[test]
fn where_devices_are_required_nothing_is_verified_without_one() {
    let desk = desk("[window]\ndevices = \"required\"");
    let body = desk.house.body.clone();
    let chief = desk.signed_in(&body, "chief", &[Role::Administrator]);
    let clerk = desk.signed_in(&body, "clerk", &[Role::Clerk]);
    let led = desk.get("/window", &clerk);
    assert_eq!((led.status, led.header("location")), (303, Some("/login/device")));
    let page = desk.get("/login/device", &clerk);
    assert!(page.body.contains("请在登记过的窗口设备上办理"), "{page:?}");
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("connect-src 'self'") && policy.contains("script-src 'self'"), "{policy}");
    let order = json!({ "code": "A".repeat(26), "scan_id": "scan-0001" });
    let refused = desk.post("/api/v1/redemptions", &clerk, &order);
    assert_eq!((refused.status, refused.problem().as_str()), (403, "device_wanted"));
    let refused = send(desk.to, "POST", "/window?purpose=a", &clerk, FORM_BODY, "scan=x");
    assert_eq!((refused.status, refused.problem().as_str()), (403, "device_wanted"));
    // other systems are no windows
    let system = desk.token(&body, &[Scope::Redeem]);
    assert_eq!(desk.post("/api/v1/redemptions", &system, &order).status, 404);
    let (browser, id) = enrolled(&desk, &chief, "1");
    assert_eq!(appear(&desk, &clerk, &browser, &id).status, 200);
    assert_eq!(desk.get("/window", &clerk).status, 200);
    assert_eq!(desk.post("/api/v1/redemptions", &clerk, &order).status, 404);
    assert!(desk.get("/login/device", &clerk).body.contains("您在1"));
}

#[test]
fn doors_of_devices() {
    let desk = desk("");
    let body = desk.house.body.clone();
    let chief = desk.signed_in(&body, "chief", &[Role::Administrator]);
    let clerk = desk.signed_in(&body, "clerk", &[Role::Clerk]);
    let browser = Browser::new();
    let sent = browser.enrolment("AAAA-BBBB-CCCC-DDDD").to_string();
    let post = |more: &str, body: &str| send(desk.to, "POST", "/device", &Shown::Nothing, more, body);
    assert_eq!(post(JSON, &sent).problem(), "device_code_wrong");
    assert_eq!(post("Content-Type: application/json\r\nSec-Fetch-Site: cross-site\r\n", &sent).problem(), "cross_site");
    assert_eq!(post(JSON, "{}").problem(), "bad_body");
    assert_eq!(post(FORM_BODY, "code=a").problem(), "bad_body");
    let junk = json!({ "device": "x", "challenge": "y", "proof": "z" }).to_string();
    assert_eq!(send(desk.to, "POST", "/login/device", &clerk, JSON, &junk).problem(), "bad_body");
    // a code is shown in the answer alone, and holders have no window
    let code = entered(&desk, &chief, "2");
    assert!(!desk.get("/office/devices", &chief).body.contains(&code));
    desk.holder("noodles", crate::presentations::FOOD_HOLDER);
    let (own, id) = enrolled(&desk, &chief, "3");
    assert_eq!(appear(&desk, &desk.session("noodles"), &own, &id).status, 404);
    assert_eq!(send(desk.to, "POST", "/office/devices", &clerk, FORM_BODY, "kind=window&name=a&window=b").status, 403);
    assert_eq!(send(desk.to, "POST", "/office/devices", &chief, FORM_BODY, "kind=window&name=a&window=3").status, 409);
    assert_eq!(send(desk.to, "POST", "/office/devices/none/end", &chief, FORM_BODY, "reason=x").status, 404);
    let page = desk.get("/device", &Shown::Nothing);
    assert!(page.status == 200 && page.body.contains("登记码") && page.body.contains("disabled"), "{page:?}");
}

#[test]
fn a_kiosk_looks_up_what_everybody_may_see() {
    let desk = desk("[serve.limits]\nkiosk_look_ups = 3");
    let body = desk.house.body.clone();
    let chief = desk.signed_in(&body, "chief", &[Role::Administrator]);
    let issued = desk.issue(&desk.token(&body, &[Scope::Issue]), &food(1));
    let page = send(desk.to, "POST", "/office/devices", &chief, FORM_BODY, "kind=kiosk&name=a&window=b");
    let (_, rest) = page.body.split_once("device-code\">").unwrap();
    let browser = Browser::new();
    let sent = browser.enrolment(rest.split('<').next().unwrap()).to_string();
    let left = send(desk.to, "POST", "/device", &Shown::Nothing, JSON, &sent).json();
    assert_eq!(left["kind"], "kiosk");
    let id = left["id"].as_str().unwrap();
    let led = desk.get("/kiosk", &Shown::Nothing);
    assert_eq!((led.status, led.header("location")), (303, Some("/kiosk/begin")));
    assert!(desk.get("/kiosk/begin", &Shown::Nothing).body.contains("data-kiosk=\"/kiosk/session\""));
    let asking = json!({ "device": id }).to_string();
    let asked = send(desk.to, "POST", "/kiosk/session/challenge", &Shown::Nothing, JSON, &asking).json();
    let presence = browser.presence(id, asked["challenge"].as_str().unwrap()).to_string();
    let elsewhere = "Content-Type: application/json\r\nSec-Fetch-Site: cross-site\r\n";
    assert_eq!(send(desk.to, "POST", "/kiosk/session", &Shown::Nothing, elsewhere, &presence).problem(), "cross_site");
    let begun = send(desk.to, "POST", "/kiosk/session", &Shown::Nothing, JSON, &presence);
    let kiosk = Shown::Cookie(crate::oidc::cookie(&begun, "yinxin-session").unwrap());
    let home = desk.get("/kiosk", &kiosk);
    assert!(home.status == 200 && home.body.contains("page--kiosk") && home.body.contains("对准扫描口"), "{home:?}");
    let look = |text: &str| send(desk.to, "POST", "/kiosk", &kiosk, FORM_BODY, &format!("scan={text}"));
    let code = issued["code"].as_str().unwrap();
    let onward = look(&format!("HTTPS://YX.EXAMPLE.GOV.CN/C/{code}"));
    let to = onward.header("location").unwrap();
    assert_eq!((onward.status, to), (303, format!("/C/{code}?theme=kiosk").as_str()));
    let found = desk.get(to, &kiosk);
    assert!(found.body.contains("page--kiosk") && found.body.contains("下一位"), "{found:?}");
    assert_eq!(found.header("refresh"), Some("90;url=/kiosk?theme=kiosk"));
    let strange = look("https://evil.example/C/AAAA");
    assert!(strange.status == 200 && strange.body.contains("evil.example"), "{strange:?}");
    assert!(look("%3Cb%3E").body.contains("这里查不了这个码"));
    // each device for itself, whoever stands before it
    let waits = look("%3Cb%3E");
    assert_eq!((waits.status, waits.header("retry-after")), (429, Some("301")));
    assert!(waits.body.contains("暂时无法核验") && waits.body.contains("page--kiosk"), "{waits:?}");
    // and nothing else: no desk, no window, no holder, no account
    for path in ["/office", "/window", "/my", "/login/factor", "/login/device", "/office/devices"] {
        let led = desk.get(path, &kiosk);
        assert_eq!((led.status, led.header("location")), (303, Some("/login")), "{path}");
    }
    for path in ["/api/v1/people", "/api/v1/licences", "/api/v1/audit"] {
        assert_eq!(desk.get(path, &kiosk).status, 401, "{path}");
    }
    assert_eq!(desk.post("/api/v1/redemptions", &kiosk, &json!({})).status, 401);
    assert_eq!(desk.get("/kiosk", &chief).status, 403);
}
