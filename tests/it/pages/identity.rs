//! Signing in elsewhere, as a demonstration's role, and at a window, as Chromium shows it.

use super::{
    browser::{Tab, in_browser},
    my::{seen, wait_for},
    office::{fill, send, sign_in},
};
use crate::{
    oidc::{Hall, officer},
    support::{
        database::Database,
        desk::Desk,
        house::{House, food},
        provider::Mischief,
        register::PASSWORD,
    },
};
use serde_json::json;
use std::sync::Arc;
use yinxin::flow::{
    access::{Role, Scope},
    demo::{Demo, DemoAccount, DemoAs},
};
use yinxin_trust::base::Secret;

fn leaked() -> &'static Database {
    Box::leak(Box::new(Database::sqlite()))
}

async fn at(tab: &Tab, path: &str) {
    for _ in 0..400 {
        if tab.client.current_url().await.unwrap().path() == path {
            return;
        }
        actix_web::rt::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("{} is not {path}", tab.client.current_url().await.unwrap());
}

#[test]
fn staff_sign_in_elsewhere() {
    let hall = Hall::staff(leaked());
    in_browser(hall.desk.to, true, async |tab| {
        tab.open("/login").await;
        tab.picture("login-providers", 1280).await;
        tab.picture("login-providers-phone", 390).await;
        tab.open("/login?lang=en&size=large&contrast=high").await;
        tab.picture("login-providers-large-contrast", 1280).await;
        hall.provider.says(officer());
        tab.open("/login?lang=en").await;
        send(tab, "form[action^='/login/oidc/province'] button").await;
        at(tab, "/login").await;
        wait_for(tab, ".rows").await;
        assert!(tab.text("h1").await.contains("张三, you are signed in"), "the language came along");
        tab.open("/office").await;
        seen(tab, "我的工作").await;
        // signed out, and refused
        tab.open("/login").await;
        send(tab, "form[action^='/logout'] button").await;
        hall.provider
            .says(json!({ "sub": "u-2", "preferred_username": "li.si", "name": "李四", "roles": ["janitor"] }));
        send(tab, "form[action^='/login/oidc/province'] button").await;
        wait_for(tab, "#fault").await;
        assert!(tab.text("#fault").await.contains("这里还没有给您开通"));
        tab.picture("login-not-admitted", 1280).await;
        hall.provider.does(Mischief::WrongNonce);
        tab.open("/login").await;
        send(tab, "form[action^='/login/oidc/province'] button").await;
        wait_for(tab, "#fault").await;
        assert!(tab.text("#fault").await.contains("那边没有完成登录"));
    });
}

#[test]
fn a_citizen_signs_in_elsewhere_without_a_script_too() {
    for scripts in [true, false] {
        let hall = Hall::holders(leaked(), "");
        hall.provider.says(json!({ "sub": "c-1", "name": "李国", "id_number": "11010519491231002X" }));
        in_browser(hall.desk.to, scripts, async |tab| {
            tab.open("/login").await;
            send(tab, "form[action^='/login/oidc/citizens'] button").await;
            at(tab, "/my").await;
            seen(tab, "我的证照").await;
        });
    }
}

#[test]
fn a_demonstration_has_a_button_for_each_role() {
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
        desk.person(&body, role.as_str(), &format!("演示{}", role.zh()), &[*role]);
    }
    desk.holder("holder", crate::presentations::FOOD_HOLDER);
    desk.account("agent", crate::delegations::AGENT);
    in_browser(desk.to, true, async |tab| {
        tab.open("/login").await;
        tab.picture("login-demo", 1280).await;
        tab.picture("login-demo-phone", 390).await;
        for (word, path) in [
            ("officer", "/office"),
            ("clerk", "/window"),
            ("administrator", "/office/devices"),
            ("holder", "/my"),
            ("agent", "/my/delegations"),
        ] {
            tab.client.delete_all_cookies().await.unwrap();
            tab.open("/login").await;
            send(tab, &format!("button[value={word}]")).await;
            at(tab, path).await;
        }
        tab.assert_quiet().await;
    });
}

#[test]
fn a_window_is_enrolled_and_clerks_are_at_it() {
    let desk = Desk::open(House::new(leaked()), "[window]\ndevices = \"required\"");
    let body = desk.house.body.clone();
    desk.person(&body, "chief", "周管", &[Role::Administrator]);
    desk.person(&body, "liu.jing", "刘静", &[Role::Clerk]);
    in_browser(desk.to, true, async |tab| {
        // nothing without a device
        sign_in(tab, "liu.jing").await;
        tab.open("/window").await;
        wait_for(tab, "[data-when=none]:not([hidden])").await;
        tab.picture("device-wanted", 1280).await;
        tab.client.delete_all_cookies().await.unwrap();

        sign_in(tab, "chief").await;
        tab.open("/office/devices").await;
        tab.picture("devices-empty", 1280).await;
        fill(tab, "window", "3 号窗口").await;
        fill(tab, "name", "东侧柜台电脑").await;
        send(tab, "form[action^='/office/devices'] .button--main").await;
        let code = tab.text(".device-code").await;
        tab.picture("devices-code", 1280).await;
        tab.client.delete_all_cookies().await.unwrap();

        tab.open("/device").await;
        tab.picture("device-enrol", 1280).await;
        fill(tab, "code", "AAAA-BBBB-CCCC-DDDD").await;
        tab.press("#device-enrol button").await;
        wait_for(tab, "#device-said:not([hidden])").await;
        assert!(tab.text("#device-said").await.contains("登记码不对"));
        fill(tab, "code", &code.to_lowercase()).await;
        tab.press("#device-enrol button").await;
        wait_for(tab, "#device-next:not([hidden])").await;
        assert!(tab.text("#device-said").await.contains("这台设备是3 号窗口"));
        tab.picture("device-enrolled", 390).await;

        // who signs in here is at the window, without a further step
        sign_in(tab, "liu.jing").await;
        tab.open("/window").await;
        at(tab, "/window").await;
        wait_for(tab, "[name=purpose]").await;
        assert!(tab.text(".top__where").await.contains("3 号窗口"));
        tab.screen("window-at-a-device").await;
        tab.open("/login/device").await;
        tab.picture("device-here", 390).await;
        let script = "return (async () => { \
            const db = await new Promise((done) => { const asked = indexedDB.open('yinxin-device', 1); asked.onsuccess = () => done(asked.result); }); \
            const kept = await new Promise((done) => { const asked = db.transaction('devices').objectStore('devices').get('window'); asked.onsuccess = () => done(asked.result); }); \
            return crypto.subtle.exportKey('pkcs8', kept.pair.privateKey).then(() => 'read', () => 'not read'); })()";
        assert_eq!(tab.client.execute(script, vec![]).await.unwrap(), json!("not read"));
        tab.client.delete_all_cookies().await.unwrap();

        sign_in(tab, "chief").await;
        tab.open("/office/devices").await;
        tab.press(".device-end summary").await;
        tab.picture("devices-in-use", 1280).await;
        fill(tab, "reason", "电脑换了").await;
        send(tab, ".device-end button").await;
        assert!(tab.text(".rows").await.contains("电脑换了"));
        tab.client.delete_all_cookies().await.unwrap();
        sign_in(tab, "liu.jing").await;
        tab.open("/window").await;
        wait_for(tab, "[data-when=refused]:not([hidden])").await;
        tab.open("/login/device?lang=en&size=large&contrast=high").await;
        wait_for(tab, "[data-when=refused]:not([hidden])").await;
        tab.picture("device-ended-large-contrast", 1280).await;
        tab.assert_quiet().await;
    });
}

#[test]
fn a_kiosk_signs_in_by_its_key_and_looks_up() {
    let desk = Desk::open(House::new(leaked()), "");
    let body = desk.house.body.clone();
    desk.person(&body, "chief", "周管", &[Role::Administrator]);
    let issued = desk.issue(&desk.token(&body, &[Scope::Issue]), &food(1));
    let code = issued["code"].as_str().unwrap().to_owned();
    in_browser(desk.to, true, async |tab| {
        tab.open("/kiosk").await;
        wait_for(tab, "[data-when=none]:not([hidden])").await;
        sign_in(tab, "chief").await;
        tab.open("/office/devices").await;
        tab.press("[value=kiosk]").await;
        fill(tab, "window", "大厅 1 号").await;
        fill(tab, "name", "东门终端").await;
        send(tab, "form[action^='/office/devices'] .button--main").await;
        let given = tab.text(".device-code").await;
        tab.client.delete_all_cookies().await.unwrap();
        tab.open("/device").await;
        fill(tab, "code", &given).await;
        tab.press("#device-enrol button").await;
        wait_for(tab, "#device-next:not([hidden])").await;
        // by its key alone
        tab.press("#device-next a").await;
        at(tab, "/kiosk").await;
        wait_for(tab, "#scan").await;
        tab.picture("kiosk", 1280).await;
        tab.open("/kiosk?theme=kiosk&size=large&lang=en").await;
        tab.picture("kiosk-large-english", 1280).await;
        tab.open("/kiosk?theme=kiosk").await;
        fill(tab, "scan", &format!("HTTPS://YX.EXAMPLE.GOV.CN/C/{code}")).await;
        send(tab, ".button--main").await;
        wait_for(tab, ".verdict").await;
        tab.picture("kiosk-in-force", 1280).await;
        tab.press(".tool.is-on").await;
        at(tab, "/kiosk").await;
        fill(tab, "scan", "https://evil.example/C/AAAA").await;
        send(tab, ".button--main").await;
        tab.picture("kiosk-elsewhere", 1280).await;
        tab.open("/verify?theme=kiosk").await;
        tab.picture("kiosk-file", 1280).await;
        tab.open("/office").await;
        at(tab, "/login").await;
        tab.assert_quiet().await;
    });
}
