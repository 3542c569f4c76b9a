//! The page of the second factor, from outside; and what is behind the other doors meanwhile.

use super::{code_at, wrong, *};
use crate::support::{
    database::Database,
    desk::Desk,
    http::Answer,
    register::{FROM_HERE, JSON},
};

const PAGE: &str = "/login/factor";

fn desk(demand: Demand) -> Desk {
    // the file is held open by the service until the process ends
    Desk::with_factors(House::new(Box::leak(Box::new(Database::sqlite()))), "", demand)
}

fn post(desk: &Desk, path: &str, shown: &Shown, form: &str) -> Answer {
    send(desk.to, "POST", path, shown, FORM_BODY, form)
}

fn form(what: &str, code: &str) -> String {
    format!("do={what}&password={}&code={code}", PASSWORD.replace(' ', "+"))
}

fn sign_in(desk: &Desk, login: &str, code: &str) -> Answer {
    let body = format!("login={login}&password={}&code={code}", PASSWORD.replace(' ', "+"));
    post(desk, "/login", &Shown::Nothing, &body)
}

fn begun(answer: &Answer) -> Shown {
    let cookie = answer.header("set-cookie").unwrap();
    Shown::Cookie(cookie.split(';').next().unwrap().split_once('=').unwrap().1.to_owned())
}

/// The key that the page shows for apps that cannot scan.
fn secret_on(answer: &Answer) -> TotpSecret {
    let (_, rest) = answer.body.split_once("factor-key\">").unwrap();
    let text: String = rest.split('<').next().unwrap().split(' ').collect();
    TotpSecret::new(data_encoding::BASE32_NOPAD.decode(text.as_bytes()).unwrap().try_into().unwrap())
}

fn enrol(desk: &Desk, session: &Shown) -> (TotpSecret, Vec<String>) {
    let page = post(desk, PAGE, session, &form("begin", ""));
    assert_eq!(page.status, 200, "{page:?}");
    let secret = secret_on(&page);
    let code = code_at(&secret, desk.house.clock.now().unwrap());
    let page = post(desk, PAGE, session, &form("confirm", &code));
    assert_eq!(page.status, 200, "{page:?}");
    let (_, list) = page.body.split_once("factor-codes").unwrap();
    let codes = list.split("<li>").skip(1).map(|one| one.split('<').next().unwrap().to_owned()).collect();
    (secret, codes)
}

#[test]
fn from_the_first_code_to_the_last_recovery_code() {
    let desk = desk(Demand::default());
    desk.holder("noodles", crate::presentations::FOOD_HOLDER);
    let session = desk.session("noodles");
    let page = desk.get(PAGE, &session);
    assert!(page.status == 200 && page.body.contains("先在手机上装一个验证码应用"), "{page:?}");
    let refused = post(&desk, PAGE, &session, "do=begin&password=wrong");
    assert!(refused.body.contains("密码不对") && !refused.body.contains("factor-key"), "{refused:?}");
    let page = post(&desk, PAGE, &session, &form("begin", ""));
    let secret = secret_on(&page);
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let now = desk.house.clock.now().unwrap();
    let refused = post(&desk, PAGE, &session, &form("confirm", &wrong(&code_at(&secret, now))));
    assert!(refused.body.contains("验证码不对") && !refused.body.contains("factor-key"), "{refused:?}");
    let page = post(&desk, PAGE, &session, &form("confirm", &code_at(&secret, now)));
    let codes = page.body.matches("<li>").count();
    assert_eq!(codes, second_factor::RECOVERY_CODES);
    let page = desk.get(PAGE, &session);
    assert!(page.body.contains("已开启") && !page.body.contains("factor-codes"), "shown once");

    assert!(desk.get("/login", &Shown::Nothing).body.contains("name=\"code\""));
    let (without, bad) = (sign_in(&desk, "noodles", ""), sign_in(&desk, "noodles", &wrong(&code_at(&secret, now))));
    let absent = sign_in(&desk, "nobody", "");
    assert_eq!((without.status, bad.status, absent.status), (403, 403, 403));
    assert!(without.body == bad.body && bad.body == absent.body && bad.body.contains("账号、密码或验证码不对"));
    desk.house.clock.advance_seconds(30);
    let now = desk.house.clock.now().unwrap();
    let inside = sign_in(&desk, "noodles", &code_at(&secret, now));
    assert_eq!((inside.status, inside.header("location")), (303, Some("/my")));
    let session = begun(&inside);
    desk.house.clock.advance_seconds(30);
    let now = desk.house.clock.now().unwrap();
    let refused = post(&desk, PAGE, &session, &form("remove", &wrong(&code_at(&secret, now))));
    assert!(refused.body.contains("密码或验证码不对"), "{refused:?}");
    let removed = post(&desk, PAGE, &session, &form("remove", &code_at(&secret, now)));
    assert_eq!((removed.status, removed.header("location")), (303, Some(PAGE)));
    assert_eq!(sign_in(&desk, "noodles", "").status, 303);
}

#[test]
fn who_must_have_one_is_led_there() {
    let desk = desk(Demand { roles: [Role::Administrator].into(), holders: true });
    let body = desk.house.body.clone();
    desk.person(&body, "officer", "officer", &[Role::Officer]);
    desk.holder("noodles", crate::presentations::FOOD_HOLDER);
    let chief = desk.signed_in(&body, "chief", &[Role::Administrator, Role::Officer]);
    let noodles = desk.session("noodles");
    for (shown, page) in [(&chief, "/office"), (&noodles, "/my"), (&chief, "/login"), (&noodles, "/login")] {
        let led = desk.get(page, shown);
        assert_eq!((led.status, led.header("location")), (303, Some(PAGE)), "{page}");
    }
    let refused = desk.get("/api/v1/people", &chief);
    assert_eq!((refused.status, refused.problem().as_str()), (403, "second_factor_wanted"));
    let refused = send(desk.to, "POST", "/my/stop", &noodles, FORM_BODY, "");
    assert_eq!(refused.status, 403, "{refused:?}");
    let page = desk.get(PAGE, &chief);
    assert!(page.body.contains("您要先开启两步验证") && page.body.contains("退出登录"), "{page:?}");
    let elsewhere =
        send(desk.to, "POST", PAGE, &chief, "Content-Type: application/x-www-form-urlencoded\r\n", "do=begin");
    assert_eq!(elsewhere.status, 403, "a form of another site");
    let nobody = desk.get(PAGE, &Shown::Nothing);
    assert_eq!((nobody.status, nobody.header("location")), (303, Some("/login")));

    let (secret, codes) = enrol(&desk, &chief);
    assert_eq!(desk.get("/api/v1/people", &chief).status, 200, "the same session goes on");
    enrol(&desk, &noodles);
    assert_eq!(desk.get("/my", &noodles).status, 200);
    // nothing is asked of those of whom it is not demanded
    assert_eq!(desk.get("/office", &desk.session("officer")).status, 200);

    // the app is lost: another administrator takes it off, and it is wanted again
    desk.house.clock.advance_seconds(30);
    assert_eq!(sign_in(&desk, "chief", &codes[0]).status, 303);
    let now = desk.house.clock.now().unwrap();
    assert_eq!(sign_in(&desk, "chief", &code_at(&secret, now)).status, 303);
    let people = desk.get("/api/v1/people", &chief).json();
    let id = people["people"].as_array().unwrap().iter().find(|one| one["login"] == "chief").unwrap()["id"].clone();
    let path = format!("/api/v1/people/{}/second-factor", id.as_str().unwrap());
    assert_eq!(send(desk.to, "DELETE", &path, &chief, "", "").status, 403);
    assert_eq!(send(desk.to, "DELETE", &path, &chief, FROM_HERE, "").status, 204);
    assert_eq!(desk.get("/api/v1/people", &chief).status, 401, "sessions end");
    let again = begun(&sign_in(&desk, "chief", ""));
    assert_eq!(send(desk.to, "DELETE", &path, &again, JSON, "").problem(), "second_factor_wanted");
}

#[test]
fn where_no_key_is_configured_nobody_has_one() {
    let desk = Desk::open(House::new(Box::leak(Box::new(Database::sqlite()))), "");
    desk.holder("noodles", crate::presentations::FOOD_HOLDER);
    let session = desk.session("noodles");
    assert!(desk.get(PAGE, &session).body.contains("这里还没有配置两步验证"));
    assert_eq!(post(&desk, PAGE, &session, &form("begin", "")).status, 503);
    assert!(!desk.get("/login", &Shown::Nothing).body.contains("name=\"code\""));
}
