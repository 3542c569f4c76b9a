//! Whoever comes: a file, and a device that becomes a kiosk.

use super::Hands;
use crate::{
    pages::{browser::in_browser, my::wait_for},
    support::{
        database::Database,
        desk::Desk,
        example,
        house::{House, food},
        service::Service,
    },
};
use fantoccini::key::Key;
use yinxin::flow::access::{Role, Scope};

#[test]
fn a_file_is_verified_by_the_keyboard_alone() {
    let service = Service::start_with("", &format!("[trust]\nanchors = {:?}", example("anchors.pem")));
    in_browser(service.public, true, async |tab| {
        let hands = Hands(tab);
        tab.open("/verify").await;
        hands.round().await;
        tab.open("/verify").await;
        hands.file("#file", &example("licence-valid.ofd")).await;
        hands.go("button[type=submit]").await;
        wait_for(tab, ".verdict h1").await;
        assert!(tab.text(".verdict h1").await.contains("证照是真的"));
        hands.round().await;
        // the switches of the page, which are boxes that style alone reads
        tab.client.execute("document.activeElement.blur(); scrollTo(0, 0)", vec![]).await.unwrap();
        hands.tick("#switch-size").await;
        assert_eq!(tab.style(".row b", "font-size").await, "24px");
        hands.go(".actions .button--main").await;
        assert!(tab.client.current_url().await.unwrap().as_str().ends_with("/verify?size=large"));
        tab.assert_quiet().await;
    });
}

#[test]
fn a_device_is_enrolled_and_a_kiosk_used_by_the_keyboard_alone() {
    let database = Box::leak(Box::new(Database::sqlite()));
    let desk = Desk::open(House::new(database), "");
    let body = desk.house.body.clone();
    desk.person(&body, "chief", "周管", &[Role::Administrator]);
    let issued = desk.issue(&desk.token(&body, &[Scope::Issue]), &food(1));
    let address = format!("HTTPS://YX.EXAMPLE.GOV.CN/C/{}", issued["code"].as_str().unwrap());
    in_browser(desk.to, true, async |tab| {
        let hands = Hands(tab);
        hands.sign_in("chief", None).await;
        tab.open("/office/devices").await;
        hands.round().await;
        tab.open("/office/devices").await;
        hands.choose("kind", "kiosk").await;
        hands.fill("[name=window]", "大厅 1 号").await;
        hands.fill("[name=name]", "东门终端").await;
        hands.go("form[action^='/office/devices'] .button--main").await;
        let code = tab.text(".device-code").await;
        tab.client.delete_all_cookies().await.unwrap();

        tab.open("/device").await;
        hands.fill("[name=code]", &code.to_lowercase()).await;
        hands.press(Key::Enter).await;
        wait_for(tab, "#device-next:not([hidden])").await;
        hands.to("#device-next a").await;
        hands.press(Key::Enter).await;
        wait_for(tab, "#scan").await;
        assert!(hands.is_at("#scan").await);
        hands.types(&address).await;
        hands.leave(Key::Enter).await;
        assert_eq!(tab.text(".verdict h1").await, "这张证现在有效");
        hands.round().await;
        tab.client.execute("document.activeElement.blur(); scrollTo(0, 0)", vec![]).await.unwrap();
        hands.go(".tool.is-on").await;
        wait_for(tab, "#scan").await;
        hands.round().await;
        tab.assert_quiet().await;
    });
}
