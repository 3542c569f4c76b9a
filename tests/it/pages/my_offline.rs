//! An offline code from a holder's telephone to a clerk's window, both in Chromium: the key of the
//! browser, the code read back from the screen, and the same picture later.

use super::{
    browser::in_browser,
    my::{self, read_code},
    office,
    window::{self, WINDOW},
};
use crate::{
    presentations::FOOD_HOLDER,
    support::{
        database::Database,
        desk::Desk,
        gate::Gate,
        house::{House, food},
    },
};
use fantoccini::Locator;
use yinxin::flow::access::{Role, Scope};

/// A desk whose answers are signed, with a clerk, a holder, and the page of a licence's offline code.
pub(super) fn opened() -> (Desk, String) {
    let database = Box::leak(Box::new(Database::sqlite()));
    let desk = Desk::open(House::new(database).signing_answers().0, "");
    let body = desk.house.body.clone();
    desk.person(&body, "liu.jing", "刘静", &[Role::Clerk]);
    desk.holder("noodles", FOOD_HOLDER);
    let issued = desk.issue(&desk.token(&body, &[Scope::Issue]), &food(1));
    let page = format!("/my/licences/{}/offline", issued["identifier"].as_str().unwrap());
    (desk, page)
}

#[test]
fn an_offline_code_goes_from_a_telephone_to_a_window() {
    let (desk, page) = opened();
    let gate = Gate::before(desk.to);
    in_browser(gate.at, true, async |tab| {
        my::sign_in(tab).await;
        tab.open(&page).await;
        my::wait_for(tab, "#offline-make [type=submit]:enabled").await;
        assert!(!tab.sees("#offline-cannot").await);
        tab.picture("my-offline", 390).await;
        tab.press("#offline-make [type=submit]").await;
        my::wait_for(tab, "#code path[d^=M4]").await;
        tab.picture("my-offline-code", 390).await;
        let first = read_code(tab).await;
        assert!(first.starts_with("HTTPS://YX.EXAMPLE.GOV.CN/C#QYAU"), "{first}");
        // no network any more: the telephone signs and draws by itself
        gate.shut();
        let text = my::code_after(tab, &first).await;
        assert!(text.starts_with("HTTPS://YX.EXAMPLE.GOV.CN/C#QYAU"), "{text}");
        gate.open();

        tab.client.delete_all_cookies().await.unwrap();
        office::sign_in(tab, "liu.jing").await;
        tab.open(WINDOW).await;
        assert_eq!(window::scan(tab, &text).await, "证照真实有效");
        tab.picture("window-offline-code", 1280).await;
        desk.house.clock.advance_seconds(400);
        assert_eq!(window::scan(tab, &text).await, "可能是截图，请对方打开手机上的码");
        assert!(!tab.sees(".win__facts").await, "nothing of the licence is shown");
        tab.picture("window-picture-of-a-code", 1280).await;
    });
}

#[test]
fn without_a_script_there_is_no_offline_code_and_the_page_says_so() {
    let (desk, page) = opened();
    in_browser(desk.to, false, async |tab| {
        my::sign_in(tab).await;
        tab.open(&page).await;
        assert!(tab.text("#offline-cannot").await.contains("没有开启脚本的浏览器只能用亮证码"));
        let button = tab.client.find(Locator::Css("#offline-make [type=submit]")).await.unwrap();
        assert!(!button.is_enabled().await.unwrap());
    });
}

#[test]
fn a_telephone_that_scans_an_offline_code_asks_only_when_told_to() {
    let (desk, page) = opened();
    in_browser(desk.to, true, async |tab| {
        my::sign_in(tab).await;
        tab.open(&page).await;
        my::wait_for(tab, "#offline-make [type=submit]:enabled").await;
        tab.press("#offline-make [type=submit]").await;
        my::wait_for(tab, "#code path[d^=M4]").await;
        let text = read_code(tab).await;
        let (_, payload) = text.split_once('#').unwrap();
        tab.client.delete_all_cookies().await.unwrap();

        tab.open(&format!("/C#{payload}")).await;
        my::wait_for(tab, "#offline-look [type=submit]:enabled").await;
        assert!(!tab.sees("#offline-none").await);
        tab.picture("offline-look-phone", 390).await;
        tab.press("#offline-look [type=submit]").await;
        my::wait_for(tab, ".verdict h1").await;
        assert_eq!(tab.text(".verdict h1").await, "这张证现在有效");
        desk.house.clock.advance_seconds(400);
        for (payload, title) in [(payload, "可能是截图，请对方打开手机上的码"), ("QQAU", "码没有读全")]
        {
            // another fragment alone is no other page
            tab.open("/verify").await;
            tab.open(&format!("/C#{payload}")).await;
            my::wait_for(tab, "#offline-look [type=submit]:enabled").await;
            tab.press("#offline-look [type=submit]").await;
            my::wait_for(tab, ".verdict h1").await;
            assert_eq!(tab.text(".verdict h1").await, title);
        }
        tab.open("/C").await;
        assert!(tab.sees("#offline-none").await);
    });
}
