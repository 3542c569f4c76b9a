//! Printed codes at a window without a network: held against the paper, found out where that was edited or where the licence
//! ended, and checked again afterwards.

use super::{
    browser::{Tab, in_browser},
    my,
    window::{WINDOW, gone},
    window_apart::{Opened, altered, comes, kept, opened, scan_apart},
};
use crate::support::house::{decided, food};
use fantoccini::Locator;
use serde_json::{Value, json};
use yinxin::flow::access::Scope;

const HOLDER: &str = "演示市小满面馆（个体工商户）";

impl Opened {
    fn of_print(&self, member: &str) -> &str {
        self.issued[member].as_str().unwrap()
    }

    /// The window of a clerk, once its network is gone.
    async fn apart(&self, tab: &Tab) {
        self.clerk(tab).await;
        self.gate.shut();
        tab.open(WINDOW).await;
        my::wait_for(tab, "[data-ready=true]").await;
    }

    fn act(&self, kind: &str) {
        self.desk.house.clock.advance_seconds(60);
        let token = self.desk.token(&self.desk.house.body, &[Scope::Act]);
        let acts = format!("/api/v1/licences/{}/acts", self.of_print("identifier"));
        assert_eq!(self.desk.post(&acts, &token, &json!({ "kind": kind, "decision": decided() })).status, 200);
    }
}

/// What the fields that are seen have.
async fn typed(tab: &Tab) -> Value {
    let script = "return [...document.querySelectorAll('[data-typed]')].filter((one) => one.getClientRects().length).map((one) => one.value)";
    tab.client.execute(script, vec![]).await.unwrap()
}

/// Types what stands on the paper, field by field, and presses.
async fn enter(tab: &Tab, paper: [&str; 3]) {
    for (name, text) in ["holder", "number", "until"].into_iter().zip(paper) {
        for field in tab.client.find_all(Locator::Css(&format!("[data-typed={name}]"))).await.unwrap() {
            if field.is_displayed().await.unwrap() {
                field.clear().await.unwrap();
                field.send_keys(text).await.unwrap();
            }
        }
    }
    assert_eq!(typed(tab).await, json!(paper), "the field for scans takes none of it");
    tab.press(".win__compare button").await;
}

#[test]
fn a_print_is_held_against_the_paper_without_a_network() {
    let opened = opened();
    let (address, number, until) =
        (opened.of_print("address"), opened.of_print("number"), opened.of_print("valid_until"));
    in_browser(opened.gate.at, true, async |tab| {
        opened.apart(tab).await;
        scan_apart(tab, address, "码是真的，请对照纸面").await;
        tab.text(".win__verdict.tone-neutral").await;
        assert!(!tab.sees(".win__facts").await && !tab.sees(".win__rows li").await, "nothing is known of it yet");
        assert_eq!(kept(tab).await["checks"], json!([]), "that is no verdict");
        tab.screen("window-offline-print").await;

        // edited, or misread: what was typed stays, to be read again
        let edited = ["演示市大满面馆（个体工商户）", number, until];
        enter(tab, edited).await;
        comes(tab, "纸面和签发时不一致").await;
        tab.text(".win__verdict.tone-caution").await;
        assert_eq!(typed(tab).await, json!(edited));
        tab.screen("window-offline-print-differs").await;
        enter(tab, [HOLDER, number, "2099年"]).await;
        my::wait_for(tab, "[data-fault]:not([hidden])").await;
        assert!(tab.text("[data-fault]").await.contains("有效期写成"));
        // the same verdict again, in the place of the one that stands there
        let before = tab.client.find(Locator::Css(".win__verdict")).await.unwrap();
        enter(tab, [HOLDER, number, "长期"]).await;
        gone(before).await;
        comes(tab, "纸面和签发时不一致").await;

        enter(tab, [HOLDER, &number.to_lowercase(), &until.replace('-', ".")]).await;
        comes(tab, "签名真实，状态截至 ").await;
        tab.text(".win__verdict.tone-info").await;
        let main = tab.text("main.win").await;
        for piece in [HOLDER, number, until, "纸面和签发时一致", "现在有没有效", "码签发于", "离线名单里没有它"]
        {
            assert!(main.contains(piece), "{piece} is missing in {main}");
        }
        assert!(!main.contains("证照标识") && !tab.sees(".win__compare").await, "{main}");
        tab.screen("window-offline-print-valid").await;
        tab.press("label[for=switch-lang]").await;
        assert!(tab.text(".win__verdict h1").await.starts_with("Signature genuine, standing as of "));
        tab.press(".page[lang=en] label[for=switch-lang]").await;

        // one check of that scan is kept, by its code, and no name
        let waiting = kept(tab).await;
        let handle = format!("yx.example.gov.cn/C/{}", opened.of_print("code"));
        let checks = waiting["checks"].as_array().unwrap();
        assert_eq!(checks.len(), 1, "{waiting}");
        assert_eq!((&checks[0]["handle"], &checks[0]["state"]), (&json!(handle), &json!("VALID_OFFLINE")));
        // with the time, and a digest that tells the clerk
        assert_eq!(checks[0].as_object().unwrap().len(), 4, "{waiting}");
        assert!(!waiting.to_string().contains("面馆") && !waiting.to_string().contains(number), "{waiting}");

        scan_apart(tab, &altered(address), "码被改动过").await;
        tab.text(".win__verdict.tone-refuse").await;
        scan_apart(tab, &address.replace("EXAMPLE.GOV.CN", "EXAMPLE.GOV.CN.EVIL.EXAMPLE"), "假冒网站的码").await;
        let (plain, payload) = address.split_once('#').unwrap();
        scan_apart(tab, plain, "暂时无法核验").await;
        scan_apart(tab, opened.of_print("code"), "暂时无法核验").await;
        scan_apart(tab, &format!("{plain}#{}", &payload[..payload.len() - 8]), "码没有读全").await;
        // the payload of one licence on the code of another
        let moved = format!("{}#{payload}", plain.replace(opened.of_print("code"), "ABCDEFGHIJKLMNOPQRSTUV2345"));
        scan_apart(tab, &moved, "码是真的，请对照纸面").await;
        enter(tab, [HOLDER, number, until]).await;
        comes(tab, "纸面和签发时不一致").await;
        tab.press(".js-plus").await;
        let left = tab.client.source().await.unwrap();
        assert!(!left.contains("面馆") && typed(tab).await == json!([]), "no name is kept in the page");
        tab.screen("window-offline-idle").await;

        // the network comes back: the licence was revoked meanwhile, and the other code is nobody's
        opened.act("revoke");
        opened.gate.open();
        my::wait_for(tab, "#rechecked").await;
        let outcome = tab.text("#rechecked").await;
        assert!(outcome.contains("已吊销") && outcome.contains(opened.of_print("identifier")), "{outcome}");
        assert!(outcome.contains("ABCDEFGHIJKLMNOPQRSTUV2345") && outcome.contains("2 份要处理"), "{outcome}");
        assert_eq!(kept(tab).await["checks"], json!([]));
    });
}

#[test]
fn a_print_that_ended_is_found_out_without_a_network() {
    let opened = opened();
    let token = opened.desk.token(&opened.desk.house.body, &[Scope::Issue]);
    let mut order = food(1);
    order.change_of = Some(opened.of_print("identifier").to_owned());
    opened.desk.house.clock.advance_seconds(60);
    let changed = opened.desk.issue(&token, &order);
    in_browser(opened.gate.at, true, async |tab| {
        opened.apart(tab).await;
        // the first version was replaced, the second is in force
        scan_apart(tab, opened.of_print("address"), "已换新证，这张作废").await;
        tab.text(".win__verdict.tone-refuse").await;
        assert!(!tab.sees(".win__compare").await && tab.text("main.win").await.contains("登记变化于"));
        tab.screen("window-offline-print-replaced").await;
        // also where nothing is signed
        scan_apart(tab, opened.of_print("code"), "已换新证，这张作废").await;
        let next = changed["address"].as_str().unwrap();
        scan_apart(tab, next, "码是真的，请对照纸面").await;
        let paper = [HOLDER, changed["number"].as_str().unwrap(), changed["valid_until"].as_str().unwrap()];
        enter(tab, paper).await;
        comes(tab, "签名真实，状态截至 ").await;
        let waiting = kept(tab).await;
        let states: Vec<_> = waiting["checks"].as_array().unwrap().iter().map(|check| check["state"].clone()).collect();
        assert_eq!(states, ["REPLACED", "REPLACED", "VALID_OFFLINE"]);
    });

    // past its last day, by a kit of that day
    opened.gate.open();
    opened.desk.house.clock.advance_seconds(6 * 366 * 86_400);
    in_browser(opened.gate.at, true, async |tab| {
        opened.apart(tab).await;
        let paper = [HOLDER, changed["number"].as_str().unwrap(), changed["valid_until"].as_str().unwrap()];
        scan_apart(tab, changed["address"].as_str().unwrap(), "码是真的，请对照纸面").await;
        enter(tab, paper).await;
        comes(tab, "证照已到期").await;
        tab.text(".win__verdict.tone-caution").await;
        assert!(tab.text(".win__verdict").await.contains("按上面的有效期已经到期"));
    });
}
