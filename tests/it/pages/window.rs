//! The journeys at the window, as Chromium shows them.

use super::{
    browser::{Tab, in_browser},
    office::{fill, send, sign_in},
};
use crate::support::{
    Folder,
    database::Database,
    desk::Desk,
    example,
    house::{House, decided, food},
    register::Shown,
};
use fantoccini::{Locator, elements::Element};
use serde_json::{Value, json};
use std::path::Path;
use yinxin::flow::access::{Role, Scope};

/// The purpose of the window in these tests, and its page.
pub(super) const WINDOW: &str = "/window?purpose=%E5%BB%B6%E7%BB%AD";

/// A desk with a clerk, and a licence that was issued.
pub(super) struct Opened {
    pub(super) desk: Desk,
    pub(super) issued: Value,
    token: Shown,
    /// Holds the database.
    _database: Database,
}

pub(super) fn opened() -> Opened {
    let database = Database::sqlite();
    let desk = Desk::open(House::new(&database).signing_receipts(), "");
    let body = desk.house.body.clone();
    desk.person(&body, "liu.jing", "刘静", &[Role::Clerk]);
    desk.person(&body, "sun.jian", "孙建", &[Role::Officer]);
    let token = desk.token(&body, &[Scope::Issue, Scope::Act, Scope::Read]);
    let issued = desk.issue(&token, &food(1));
    Opened { desk, issued, token, _database: database }
}

impl Opened {
    /// What the printed code says.
    pub(super) fn address(&self) -> String {
        format!("HTTPS://YX.EXAMPLE.GOV.CN/C/{}", self.issued["code"].as_str().unwrap())
    }

    fn act(&self, kind: &str) {
        self.desk.house.clock.advance_seconds(60);
        let acts = format!("/api/v1/licences/{}/acts", self.issued["identifier"].as_str().unwrap());
        let done = self.desk.post(&acts, &self.token, &json!({ "kind": kind, "decision": decided() }));
        assert_eq!(done.status, 200, "{done:?}");
    }

    pub(super) fn original(&self) -> Vec<u8> {
        let at = format!("/api/v1/licences/{}/document?as=ofd", self.issued["identifier"].as_str().unwrap());
        let file = self.desk.get(&at, &self.token);
        assert_eq!(file.status, 200, "{file:?}");
        file.octets
    }
}

/// The field that is seen.
pub(super) async fn field(tab: &Tab) -> Element {
    for element in tab.client.find_all(Locator::Css("input.scan")).await.unwrap() {
        if element.is_displayed().await.unwrap() {
            return element;
        }
    }
    panic!("no field to scan into")
}

/// A scanner types and ends with Enter.
pub(super) async fn scan(tab: &Tab, text: &str) -> String {
    let page = tab.client.find(Locator::Css("html")).await.unwrap();
    field(tab).await.send_keys(&format!("{text}\u{e007}")).await.unwrap();
    gone(page).await;
    verdict(tab).await
}

/// Waits until a page is another.
pub(super) async fn gone(page: Element) {
    for _ in 0..400 {
        if page.tag_name().await.is_err() {
            return;
        }
        actix_web::rt::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("the page stays");
}

pub(super) async fn verdict(tab: &Tab) -> String {
    tab.client.wait().for_element(Locator::Css(".win__verdict h1")).await.unwrap();
    tab.text(".win__verdict h1").await
}

pub(super) async fn bring(tab: &Tab, javascript: bool, files: &[&Path]) -> String {
    let page = tab.client.find(Locator::Css("html")).await.unwrap();
    let chosen: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();
    let field = tab.client.find(Locator::Css("#files")).await.unwrap();
    field.send_keys(&chosen.join("\n")).await.unwrap();
    // with a script choosing is enough
    if !javascript {
        tab.press(".files button").await;
    }
    gone(page).await;
    verdict(tab).await
}

fn journey(javascript: bool) {
    let opened = opened();
    let address = opened.address();
    let name = |what: &str| format!("window-{what}{}", if javascript { "" } else { "-plain" });
    let folder = Folder::new();
    let original = folder.file("食品经营许可证.ofd", opened.original());
    in_browser(opened.desk.to, javascript, async |tab| {
        sign_in(tab, "liu.jing").await;
        tab.open("/window").await;
        tab.screen(&name("purpose")).await;
        fill(tab, "purpose", "食品经营许可延续").await;
        send(tab, "button[type=submit]").await;
        assert!(tab.text(".top__where").await.contains("食品经营许可延续"));
        let focused = tab.client.active_element().await.unwrap();
        assert_eq!(focused.attr("id").await.unwrap().as_deref(), Some("scan"));
        tab.screen(&name("idle")).await;

        assert_eq!(scan(tab, &address).await, "证照真实有效");
        tab.text(".win__verdict.tone-valid").await;
        let main = tab.text("main").await;
        for piece in [
            "食品经营许可证",
            "演示市小满面馆（个体工商户）",
            "**国",
            "JY23301000000010",
            "有效期至",
            "通过",
            "互认名单",
        ] {
            assert!(main.contains(piece), "{piece} is missing in {main}");
        }
        assert!(!main.contains("李守国"));
        tab.screen(&name("valid")).await;
        // the last verdict goes with the first character of the next scan
        field(tab).await.send_keys("h").await.unwrap();
        assert!(!tab.sees(".win__verdict").await && !tab.sees(".win__side").await);
        tab.screen(&name("reading")).await;
        field(tab).await.clear().await.unwrap();
        assert!(tab.sees(".win__verdict").await);
        send_seen(tab, ".js-plus").await;
        assert!(!tab.client.source().await.unwrap().contains("小满面馆"), "no name is kept");

        assert_eq!(scan(tab, "https://yx-example.gov.cn/C/ABCDEFGHIJKLMNOPQRSTUVWXYZ").await, "假冒网站的码");
        tab.text(".win__verdict.tone-refuse").await;
        assert_eq!(tab.text(".win__host").await, "yx-example.gov.cn");
        tab.screen(&name("counterfeit")).await;
        send_seen(tab, ".js-star").await;
        assert!(tab.text("#reported").await.contains("已上报"));
        tab.screen(&name("reported")).await;

        for (text, headline, tone) in [
            ("HTTPS://YX.EXAMPLE.GOV.CN/C/AAAAAAAAAAAAAAAAAAAAAAAAAA", "没有查到这个码", "caution"),
            ("6901234567892", "这不是证照码", "neutral"),
        ] {
            assert_eq!(scan(tab, text).await, headline);
            tab.text(&format!(".win__verdict.tone-{tone}")).await;
            tab.screen(&name(tone)).await;
        }
        let identifier = opened.issued["identifier"].as_str().unwrap();
        assert_eq!(scan(tab, identifier).await, "证照真实有效");
        assert!(!tab.text("main").await.contains("小满面馆"), "an identifier can be guessed");

        for (number, holder, headline) in [
            ("JY23301000000010", "演示市小满面馆", "没有编号和姓名都相符的证照"),
            ("JY23301000000020", "演示市小满面馆（个体工商户）", "没有编号和姓名都相符的证照"),
            ("ＪＹ23301000000010", "演示市小满面馆（个体工商户）", "证照真实有效"),
        ] {
            tab.open(WINDOW).await;
            fill(tab, "number", number).await;
            fill(tab, "holder", holder).await;
            send(tab, ".halves form:first-child button").await;
            assert_eq!(verdict(tab).await, headline, "{number} {holder}");
        }
        tab.screen(&name("number")).await;

        tab.open(WINDOW).await;
        let (altered, unsigned) = (example("licence-altered.ofd"), example("unsigned.ofd"));
        assert_eq!(bring(tab, javascript, &[&altered]).await, "内容被改动过，不能采信");
        assert!(tab.sees(".withheld").await && !tab.sees(".win__holder").await);
        tab.screen(&name("tampered")).await;
        tab.open(WINDOW).await;
        assert_eq!(bring(tab, javascript, &[&original, &altered, &unsigned]).await, "证照真实有效");
        assert_eq!(tab.client.find_all(Locator::Css(".win__line")).await.unwrap().len(), 3 * 3 * 2);
        tab.screen(&name("files")).await;
        let second = tab.client.find_all(Locator::Css(".win__line:nth-child(2) label")).await.unwrap();
        second[0].click().await.unwrap();
        assert_eq!(tab.text(".win__verdict h1").await, "内容被改动过，不能采信");
        assert!(!tab.text("main").await.contains("小满面馆"));
        tab.screen(&name("files-second")).await;

        opened.act("suspend");
        tab.open(WINDOW).await;
        assert_eq!(scan(tab, &address).await, "证照已暂扣");
        opened.act("revoke");
        assert_eq!(scan(tab, &address).await, "证照已吊销");
        tab.text(".win__verdict.tone-refuse").await;
        assert!(tab.text(".win__verdict").await.contains("自 2026-11-22 起 · 演示市市场监督管理局"));
        tab.screen(&name("revoked")).await;
        tab.press("label.tool--lang").await;
        assert_eq!(tab.text(".win__verdict h1").await, "The licence was revoked");
        tab.screen(&name("revoked-english")).await;
        send_seen(tab, ".js-star").await;
        tab.assert_quiet().await;
    });
    in_browser(opened.desk.to, javascript, async |tab| {
        sign_in(tab, "sun.jian").await;
        tab.open("/office").await;
        let queue = tab.text("#reports").await;
        assert!(
            queue.contains("假冒网站的码") && queue.contains("yx-example.gov.cn") && queue.contains("刘静"),
            "{queue}"
        );
        assert!(queue.contains("证照已吊销"), "{queue}");
        tab.picture(&name("queue"), 1280).await;
        send(tab, "#reports button").await;
        assert!(!tab.text("#reports").await.contains("yx-example.gov.cn"));
        send(tab, "#reports button").await;
        assert!(!tab.sees("#reports").await);
        tab.assert_quiet().await;
    });
    let auditor = opened.desk.signed_in(&opened.desk.house.body, "auditor", &[Role::Auditor]);
    let events = opened.desk.get("/api/v1/audit?limit=200", &auditor).json();
    let of = |action: &str| -> Vec<&Value> {
        events["events"].as_array().unwrap().iter().filter(|event| event["action"] == action).collect()
    };
    let checked = of("licence.checked");
    assert_eq!(checked[0]["detail"]["purpose"], "食品经营许可延续");
    assert_eq!((&checked[0]["detail"]["what"], &checked[0]["detail"]["shown"]), (&json!("code"), &json!("VALID")));
    assert!(checked.iter().any(|event| event["detail"]["shown"] == "REVOKED"));
    assert!(checked.iter().any(|event| event["detail"]["what"] == "file"));
    assert_eq!((of("licence.not_found").len(), of("report.entered").len(), of("report.seen").len()), (2, 2, 2));
    assert!(!json!([checked, of("licence.not_found")]).to_string().contains("小满面馆"), "the audit keeps no name");
}

/// Presses what is seen of several and waits for the next page.
async fn send_seen(tab: &Tab, selector: &str) {
    let page = tab.client.find(Locator::Css("html")).await.unwrap();
    tab.press(selector).await;
    gone(page).await;
}

#[test]
fn whatever_is_brought_gets_its_verdict_with_a_script() {
    journey(true);
}

#[test]
fn whatever_is_brought_gets_its_verdict_without_a_script() {
    journey(false);
}

#[test]
fn large_letters_and_high_contrast() {
    let opened = opened();
    let address = opened.address();
    in_browser(opened.desk.to, false, async |tab| {
        sign_in(tab, "liu.jing").await;
        tab.open(&format!("{WINDOW}&size=large&contrast=high")).await;
        tab.picture("window-idle-large", 1280).await;
        assert_eq!(scan(tab, &address).await, "证照真实有效");
        assert_eq!(tab.style(".win__next b", "font-size").await, "30px");
        tab.keep("window-valid-large").await;
        // the bar of buttons stays in sight wherever the page stands
        let script = "const bar = [...document.querySelectorAll('.win__bar')].find(one => one.getClientRects().length); \
            const low = bar.getBoundingClientRect(); return low.bottom <= innerHeight + 1 && low.top >= 0";
        for scroll in ["scrollTo(0, 0)", "scrollTo(0, 200)", "scrollTo(0, 99999)"] {
            let seen = tab.client.execute(&format!("{scroll}; {script}"), vec![]).await.unwrap();
            assert_eq!(seen, json!(true), "{scroll}");
        }
        tab.press("label.tool--size").await;
        tab.screen("window-valid-contrast").await;
        tab.press("label.tool--contrast").await;
        let small = "return [...document.querySelectorAll('a.tool, label.tool, .button, .scan, .win__bar a')] \
            .filter(one => one.getClientRects().length && one.getBoundingClientRect().height < 44).map(one => one.textContent)";
        assert_eq!(tab.client.execute(small, vec![]).await.unwrap(), json!([]), "targets of 44 px");
        tab.picture("window-valid-phone", 390).await;
        tab.assert_quiet().await;
    });
}
