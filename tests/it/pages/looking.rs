//! The page of public verification without a file: a number with its holder, or a code.

use super::{browser::in_browser, browser::in_browser_with, office::send, window_camera::before_a_camera};
use crate::support::{
    Folder,
    database::Database,
    desk::Desk,
    house::{House, food},
};
use fantoccini::{
    Locator,
    actions::{InputSource as _, KeyAction, KeyActions},
};
use yinxin::flow::access::Scope;

const HOLDER: &str = "演示市小满面馆（个体工商户）";

/// A desk with one licence, and its printed code.
fn opened(settings: &str) -> (Desk, String) {
    // the file is held open by the service until the process ends
    let desk = Desk::open(House::new(Box::leak(Box::new(Database::sqlite()))), settings);
    let issued = desk.issue(&desk.token(&desk.house.body, &[Scope::Issue]), &food(1));
    (desk, issued["code"].as_str().unwrap().to_owned())
}

async fn look(tab: &super::browser::Tab, what: &str, holder: &str) {
    for (id, text) in [("#what", what), ("#holder", holder)] {
        let field = tab.client.find(Locator::Css(id)).await.unwrap();
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }
    send(tab, "form.look button[type=submit]").await;
}

#[test]
fn a_number_with_its_holder_is_looked_up_with_and_without_a_script() {
    let (desk, code) = opened("");
    for javascript in [true, false] {
        in_browser(desk.to, javascript, async |tab| {
            tab.open("/verify").await;
            if javascript {
                tab.picture("start", 1280).await;
                tab.picture("start-phone", 390).await;
            }
            assert!(tab.text(".side").await.contains("本地登记库"));
            look(tab, "JY23301000000010", "演示市小满面馆").await;
            assert!(tab.text("#look-fault").await.contains("没有编号和姓名都相符的证照"));
            let typed = tab.client.find(Locator::Css("#what")).await.unwrap().prop("value").await.unwrap();
            assert_eq!(typed.as_deref(), Some("JY23301000000010"), "what was typed stands there again");
            tab.picture("looked-no-match", 1280).await;
            look(tab, "JY23301000000010", "").await;
            assert!(tab.text("#look-fault").await.contains("还要填持证人"));
            look(tab, "ＪＹ23301000000010", HOLDER).await;
            assert_eq!(tab.text(".verdict h1").await, "这张证现在有效");
            assert!(tab.text("main").await.contains("**国"));
            tab.picture("looked-in-force", 1280).await;
            tab.picture("looked-in-force-phone", 390).await;
            // it is at no address: its switches work in place
            tab.press("label.tool--lang").await;
            assert_eq!(tab.text(".verdict h1").await, "In force");
            tab.press("label.tool--size").await;
            tab.picture("looked-in-force-english-large", 1280).await;
            tab.open("/verify?lang=en").await;
            look(tab, &format!("yx.example.gov.cn/c/{}", code.to_lowercase()), "").await;
            assert_eq!(tab.text(".verdict h1").await, "In force");
            assert!(tab.client.current_url().await.unwrap().as_str().ends_with(&format!("/C/{code}?lang=en")));
            tab.open("/verify").await;
            look(tab, "http://yx.example.gov.cn/C/ABCDEFGHIJKLMNOPQRSTUV2345", "").await;
            assert_eq!(tab.text(".verdict.tone-refuse h1").await, "网址不对，不是真的证照码");
            assert_eq!(tab.text("#whose").await, "yx.example.gov.cn");
            tab.picture("looked-dressed-up", 1280).await;
            tab.assert_quiet().await;
        });
    }
}

#[test]
fn a_keyboard_alone_looks_up_a_number() {
    let (desk, _) = opened("");
    in_browser(desk.to, true, async |tab| {
        tab.open("/verify").await;
        let mut reached = Vec::new();
        let press = async |key: char| {
            let keys = KeyActions::new("keyboard".to_owned());
            let keys = keys.then(KeyAction::Down { value: key }).then(KeyAction::Up { value: key });
            tab.client.perform_actions(keys).await.unwrap();
        };
        for _ in 0..20 {
            press('\u{e004}').await;
            let here = tab.client.active_element().await.unwrap();
            let id = here.attr("id").await.unwrap().unwrap_or_default();
            match id.as_str() {
                "what" => here.send_keys("JY23301000000010").await.unwrap(),
                "holder" => {
                    here.send_keys(HOLDER).await.unwrap();
                    press('\u{e007}').await;
                    break;
                }
                _ => {}
            }
            reached.push(id);
        }
        tab.client.wait().for_element(Locator::Css(".verdict h1")).await.unwrap();
        assert_eq!(tab.text(".verdict h1").await, "这张证现在有效", "{reached:?}");
    });
}

#[test]
fn a_camera_reads_the_code_on_a_licence() {
    let ((desk, code), folder) = (opened(""), Folder::new());
    let arguments = before_a_camera(&format!("HTTPS://YX.EXAMPLE.GOV.CN/C/{code}"), &folder);
    in_browser_with(desk.to, true, &arguments, async |tab| {
        tab.open("/verify").await;
        tab.press("form.look .js-camera").await;
        tab.client.wait().for_element(Locator::Css(".verdict h1")).await.unwrap();
        assert_eq!(tab.text(".verdict h1").await, "这张证现在有效");
    });
}

#[test]
fn who_asked_too_often_is_told_calmly() {
    // the browser is its own network: this machine is named as a proxy that says nothing
    let (desk, code) = opened("trusted_proxies = [\"127.0.0.1\"]\n[serve.limits]\nmisses = 1");
    in_browser(desk.to, true, async |tab| {
        tab.open("/C/AAAAAAAAAAAAAAAAAAAAAAAAAA").await;
        tab.text(".verdict.tone-neutral").await;
        tab.open(&format!("/C/{code}")).await;
        assert_eq!(tab.text(".verdict.tone-neutral h1").await, "暂时无法核验，不代表证照有问题");
        assert!(tab.text(".verdict__why").await.contains("约 5 分钟后"));
        tab.picture("too-often-phone", 390).await;
        tab.press(".tools a:nth-of-type(1)").await;
        assert!(tab.text(".verdict__why").await.contains("about 5 minutes"));
        tab.press(".actions .button--main").await;
        assert_eq!(tab.text("h1").await, "Verify an electronic licence");
        tab.assert_quiet().await;
    });
}
