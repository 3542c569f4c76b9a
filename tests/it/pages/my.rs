//! The holder's journey as Chromium shows it: signing in, cards, the code on the screen
//! read back by a decoder, its renewal, who used it, large letters.

use super::{
    browser::{Tab, in_browser},
    window::gone,
};
use crate::{
    presentations::FOOD_HOLDER,
    support::{
        database::Database,
        desk::Desk,
        house::{House, construction, decided, food},
        register::{PASSWORD, Shown},
    },
};
use fantoccini::Locator;
use serde_json::json;
use std::{cell::RefCell, time::Duration};
use yinxin::flow::access::Scope;

/// Whatever stands on the screen and is a QR code.
pub(super) async fn read_code(tab: &Tab) -> String {
    let code = tab.client.find(Locator::Css(".code__qr")).await.unwrap();
    let picture = code.screenshot().await.unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(picture)).read_info().unwrap();
    let mut octets = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut octets).unwrap();
    let (width, height) = (info.width as usize, info.height as usize);
    let channels = info.line_size / width;
    let mut prepared =
        rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| octets[(y * width + x) * channels]);
    let grids = prepared.detect_grids();
    let [grid] = &grids[..] else { panic!("{} codes on the screen", grids.len()) };
    grid.decode().unwrap().1
}

/// The next code of a telephone that shows one every twenty seconds.
pub(super) async fn code_after(tab: &Tab, before: &str) -> String {
    for _ in 0..60 {
        actix_web::rt::time::sleep(Duration::from_millis(500)).await;
        let text = read_code(tab).await;
        if text != before {
            return text;
        }
    }
    panic!("the code stays");
}

fn code_of(address: &str) -> String {
    address.strip_prefix("HTTPS://YX.EXAMPLE.GOV.CN/S/").unwrap_or_else(|| panic!("{address}")).to_owned()
}

pub(super) async fn sign_in(tab: &Tab) {
    sign_in_as(tab, "noodles").await;
    seen(tab, "我的证照").await;
}

pub(super) async fn sign_in_as(tab: &Tab, login: &str) {
    tab.open("/login").await;
    for (name, text) in [("login", login), ("password", PASSWORD)] {
        let field = tab.client.find(Locator::Css(&format!("[name={name}]"))).await.unwrap();
        field.send_keys(text).await.unwrap();
    }
    tab.press("button[type=submit]").await;
}

/// Waits for a page by its heading.
pub(super) async fn seen(tab: &Tab, heading: &str) {
    for _ in 0..400 {
        if let Ok(h1) = tab.client.find(Locator::Css("h1")).await
            && h1.text().await.is_ok_and(|text| text == heading)
        {
            return;
        }
        actix_web::rt::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{heading} is not seen in\n{}", tab.client.source().await.unwrap());
}

pub(super) async fn wait_for(tab: &Tab, selector: &str) {
    if let Err(fault) = tab.client.wait().for_element(Locator::Css(selector)).await {
        panic!("no {selector} ({fault}) in\n{}", tab.client.source().await.unwrap());
    }
}

fn journey(javascript: bool) {
    let database = Box::leak(Box::new(Database::sqlite()));
    // short, so that a renewal can be waited for
    let desk = Desk::open(House::new(database), "[access]\npresentation_seconds = 15");
    let token = desk.token(&desk.house.body, &[Scope::Issue, Scope::Act, Scope::Redeem]);
    desk.issue(&token, &food(1));
    desk.house.clock.advance_seconds(60);
    let suspended = desk.issue(&token, &construction());
    let acts = format!("/api/v1/licences/{}/acts", suspended["identifier"].as_str().unwrap());
    let done = desk.post(&acts, &token, &json!({ "kind": "suspend", "decision": decided() }));
    assert_eq!(done.status, 200, "{done:?}");
    desk.holder("noodles", FOOD_HOLDER);
    let redeem = |code: &str| {
        let order = json!({ "code": code, "scan_id": "scan-0001", "window": "3 号窗口" });
        desk.post("/api/v1/redemptions", &token, &order)
    };
    let name = |what: &str| format!("my-{what}{}", if javascript { "" } else { "-plain" });
    let first = RefCell::new(String::new());

    in_browser(desk.to, javascript, async |tab| {
        sign_in(tab).await;
        assert_eq!(tab.client.find_all(Locator::Css(".lcard")).await.unwrap().len(), 2);
        assert_eq!(tab.text(".lcard .lcard__type").await, "食品经营许可证", "in force before what is not");
        tab.picture(&name("cards"), 390).await;
        tab.press("a.lcard").await;
        wait_for(tab, ".my-box").await;
        tab.picture(&name("choose"), 390).await;
        tab.press("form.enter button").await;
        wait_for(tab, "#fault").await;
        assert_eq!(tab.text("#fault").await, "请选一个用途，或者自己写，最多 200 个字。");
        let words = tab.client.find(Locator::Css("#words")).await.unwrap();
        words.send_keys("校园配餐备案").await.unwrap();
        tab.press("form.enter button").await;
        wait_for(tab, "#code").await;
        let address = read_code(tab).await;
        first.replace(code_of(&address));
        tab.picture(&name("code"), 390).await;
        let left = tab.text(".code__words").await;
        assert!(left.contains(if javascript { "到时自动换新" } else { "以前有效" }), "{left}");
        assert_eq!(tab.sees("#again").await, !javascript, "the button is for where no script runs");
        assert!(tab.text(".my-seen").await.contains("**国"));

        // what a phone's camera opens
        let own = tab.client.window().await.unwrap();
        let other = tab.client.new_window(true).await.unwrap();
        tab.client.switch_to_window(other.handle).await.unwrap();
        tab.open(&format!("/S/{}", first.borrow())).await;
        assert_eq!(tab.text(".verdict h1").await, "这张证现在有效");
        tab.picture(&name("seen-phone"), 390).await;
        tab.client.close_window().await.unwrap();
        tab.client.switch_to_window(own).await.unwrap();

        if javascript {
            // renewed before it ends, on the same page
            for _ in 0..150 {
                actix_web::rt::time::sleep(Duration::from_millis(100)).await;
                let script = "return document.querySelector('#code-said').textContent";
                if tab.client.execute(script, vec![]).await.unwrap() == "已换新码" {
                    break;
                }
            }
        } else {
            let page = tab.client.find(Locator::Css("html")).await.unwrap();
            tab.press("#again button").await;
            gone(page).await;
            wait_for(tab, "#code").await;
        }
        let renewed = code_of(&read_code(tab).await);
        assert_ne!(renewed, *first.borrow());
        assert!(!tab.sees(".code.is-over").await);
        assert_eq!(redeem(&renewed).status, 200);
        tab.open(&format!("/S/{renewed}")).await;
        assert_eq!(tab.text(".verdict h1").await, "码已过期，请对方刷新");
        tab.picture(&name("over-phone"), 390).await;

        tab.open("/my/uses").await;
        assert_eq!(tab.text(".use__head b").await, "演示市市场监督管理局 3 号窗口");
        tab.picture(&name("uses"), 390).await;
        tab.press(".my-object").await;
        wait_for(tab, "textarea").await;
        let words = tab.client.find(Locator::Css("textarea")).await.unwrap();
        words.send_keys("我那天没有去办过，请查一下。").await.unwrap();
        tab.picture(&name("object"), 390).await;
        tab.press("form.enter button").await;
        wait_for(tab, ".use .note").await;
        assert!(tab.text(".use .note").await.starts_with("您已提出异议。"));
        tab.picture(&name("objected"), 390).await;

        // large letters: one card, at most three things to do beside the switch
        tab.open("/my?size=large").await;
        tab.picture(&name("cards-large"), 390).await;
        assert_eq!(tab.client.find_all(Locator::Css("main .lcard")).await.unwrap().len(), 1);
        assert_eq!(tab.client.find_all(Locator::Css("main .button")).await.unwrap().len(), 3);
        assert_eq!(tab.style("main p.lcard__body", "font-size").await, "22.5px");
        tab.press("main .button:nth-of-type(2)").await;
        wait_for(tab, ".lcard.is-off").await;
        tab.picture(&name("cards-large-second"), 390).await;
        tab.press("main .button--main").await;
        wait_for(tab, ".my-box").await;
        tab.picture(&name("choose-large"), 390).await;
        // the button that stays in sight lies over it
        let script = "document.querySelector('input[name=purpose]').scrollIntoView({ block: 'center' })";
        tab.client.execute(script, vec![]).await.unwrap();
        tab.press("input[name=purpose]").await;
        tab.press("form.enter button").await;
        wait_for(tab, "#code").await;
        tab.picture(&name("code-large"), 390).await;
        assert!(tab.text(".my-seen").await.contains("已暂扣"));
        tab.open("/my/uses?size=large").await;
        tab.picture(&name("uses-large"), 390).await;
        tab.open("/my?lang=en").await;
        tab.picture(&name("cards-english"), 390).await;
        tab.open("/my").await;
        tab.press("form[action='/logout'] button").await;
        wait_for(tab, "[name=password]").await;
        tab.assert_quiet().await;
    });
    // the clock of the test stands: looking and renewing has not used the first code up
    if !first.borrow().is_empty() {
        assert_eq!(desk.get(&format!("/S/{}", first.borrow()), &Shown::Nothing).status, 200);
    }
}

#[test]
fn a_holder_shows_with_a_script() {
    journey(true);
}

#[test]
fn a_holder_shows_without_a_script() {
    journey(false);
}
