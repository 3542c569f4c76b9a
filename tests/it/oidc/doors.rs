//! The page of signing in with what else leads in, and the demonstration's buttons, which no other service has.

use super::*;
use crate::support::{
    provider::Provider,
    register::{JSON, PASSWORD},
    service::Service,
};
use yinxin::flow::{
    access::Role,
    demo::{Demo, DemoAccount, DemoAs},
};
use yinxin_trust::base::Secret;

fn leaked() -> &'static Database {
    // the file is held open by the service until the process ends
    Box::leak(Box::new(Database::sqlite()))
}

#[test]
fn the_page_has_a_button_for_each_provider_in_both_languages() {
    let hall = Hall::staff(leaked());
    let page = hall.desk.get("/login", &Shown::Nothing);
    for piece in ["省统一身份认证", "政务服务网登录", "action=\"/login/oidc/province\"", "用本服务的账号登录"]
    {
        assert!(page.body.contains(piece), "{piece}: {page:?}");
    }
    let english = hall.desk.get("/login?lang=en", &Shown::Nothing);
    assert!(english.body.contains("Provincial sign-in") && english.body.contains("/login/oidc/province?lang=en"));
    assert!(!page.body.contains("/login/demo"));
    // the language comes back with the one who went
    let answer = send(hall.desk.to, "POST", "/login/oidc/province?lang=en", &Shown::Nothing, FORM_BODY, "");
    assert!(answer.body.contains("On the way"), "{answer:?}");
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.contains("form-action 'self'") && policy.contains("script-src 'self'"), "{policy}");
    // a form of another site begins nothing
    let more = "Sec-Fetch-Site: cross-site\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    refused(&send(hall.desk.to, "POST", "/login/oidc/province", &Shown::Nothing, more, ""), 403, "不是从本页发出的");
    assert_eq!(send(hall.desk.to, "POST", "/login/oidc/nobody", &Shown::Nothing, FORM_BODY, "").status, 404);
    assert_eq!(hall.provider.asked("/realm/authorise"), 0);
}

#[test]
fn a_client_with_a_secret_shows_it() {
    let database = leaked();
    let file = database.folder().file("secret", format!("{SECRET}\n"));
    let house = House::new(database);
    let clock = Arc::clone(&house.clock);
    // as a form writes it (RFC 6749 2.3.1)
    let encoded = "a+secret%3A+%E7%A7%98%E5%AF%86";
    let provider = Provider::start(CLIENT, Some(encoded), move || clock.now().unwrap().unix_seconds());
    let issuer = provider.issuer();
    let staff = format!("{STAFF}\nclient_secret_file = {:?}", file.display().to_string());
    let desk =
        Desk::at_origin(house, |origin| sections(&issuer, origin, &staff, "holder_kind = \"111\""), |office, _| office);
    let hall = Hall { desk, provider };
    hall.provider.says(officer());
    assert_eq!(hall.sign_in("province").status, 200);
}

#[test]
fn a_demonstration_signs_in_at_once_and_nobody_else() {
    let desk = Desk::at_origin(
        House::new(leaked()),
        |origin| format!("[access]\norigin = \"{origin}\""),
        |office, _| {
            let account = |who: DemoAs| DemoAccount {
                who,
                login: who.as_str().to_owned(),
                password: Secret::new(PASSWORD.to_owned()),
            };
            office.with_demo(Arc::new(Demo::new(DemoAs::all().map(account).collect())))
        },
    );
    let body = desk.house.body.clone();
    for role in Role::ALL {
        desk.person(&body, role.as_str(), role.zh(), &[*role]);
    }
    desk.holder("holder", crate::presentations::FOOD_HOLDER);
    desk.account("agent", crate::delegations::AGENT);
    let page = desk.get("/login", &Shown::Nothing);
    for who in DemoAs::all() {
        assert!(page.body.contains(&format!("value=\"{}\"", who.as_str())), "{who:?}");
        let form = format!("as={}", who.as_str());
        let answer = send(desk.to, "POST", "/login/demo", &Shown::Nothing, FORM_BODY, &form);
        assert_eq!(answer.status, 303, "{who:?}: {answer:?}");
        let session = Shown::Cookie(cookie(&answer, "yinxin-session").unwrap());
        let home = desk.get(answer.header("location").unwrap(), &session);
        assert_eq!(home.status, 200, "{who:?}: {home:?}");
    }
    let more = "Sec-Fetch-Site: cross-site\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    assert_eq!(send(desk.to, "POST", "/login/demo", &Shown::Nothing, more, "as=officer").status, 403);
    for wrong in ["as=operator", "as=", "", "as=officer&as=clerk", "as=officer&more=1"] {
        let answer = send(desk.to, "POST", "/login/demo", &Shown::Nothing, FORM_BODY, wrong);
        assert!(matches!(answer.status, 400 | 403) && cookie(&answer, "yinxin-session").is_none(), "{wrong}");
    }
}

#[test]
fn a_service_has_no_such_address() {
    let register = crate::support::register::Register::new();
    for service in [register.serve(), Service::start()] {
        let nothing = |method: &str, path: &str, more: &str, body: &str| {
            let answer = send(service.public, method, path, &Shown::Nothing, more, body);
            (answer.status, answer.header("allow").map(str::to_owned), answer.body)
        };
        let nowhere = nothing("POST", "/nowhere", "", "");
        assert_eq!(nowhere.0, 404);
        for (method, more, body) in [
            ("POST", FORM_BODY, "as=officer"),
            ("POST", JSON, "{}"),
            ("GET", "", ""),
            ("DELETE", "", ""),
            ("PUT", "", ""),
        ] {
            assert_eq!(nothing(method, "/login/demo", more, body), nowhere, "{method}");
        }
        let page = send(service.public, "GET", "/login", &Shown::Nothing, "", "");
        assert!(!page.body.contains("demo"), "{page:?}");
    }
}

#[test]
fn a_demonstration_listens_on_the_loopback_alone() {
    use yinxin::{config::Config, flow::office::Office, web::AppState};
    let house = House::new(leaked());
    let office = Office::new(Arc::clone(&house.issuer.store), Arc::clone(&house.clock) as _, 8).unwrap();
    let office = Arc::new(office.with_demo(Arc::new(Demo::new(Vec::new()))));
    let verifier = house.issuer.verifier.clone();
    for (at, is_right) in [("127.0.0.1:0", true), ("0.0.0.0:0", false), ("10.0.0.1:80", false)] {
        let config = Config::parse(&format!("[serve]\nlisten = \"{at}\"")).unwrap();
        assert_eq!(AppState::start(&config, verifier.clone(), Some(Arc::clone(&office))).is_ok(), is_right, "{at}");
    }
}
