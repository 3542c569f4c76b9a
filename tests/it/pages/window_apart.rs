//! The window without a network: a clerk's page at a service that goes away, and comes back.

use super::{
    browser::{Tab, in_browser},
    my::{self, read_code},
    office,
    window::{WINDOW, field, gone, verdict},
};
use crate::{
    presentations::FOOD_HOLDER,
    support::{
        database::Database,
        desk::Desk,
        gate::Gate,
        house::{House, decided, food},
    },
};
use fantoccini::Locator;
use serde_json::{Value, json};
use std::time::Duration;
use yinxin::flow::access::{Role, Scope};

/// A desk whose answers are signed, behind a way that can be shut, with a clerk, a holder and a licence.
pub(super) struct Opened {
    pub(super) desk: Desk,
    pub(super) gate: Gate,
    /// What was answered when the licence was issued.
    pub(super) issued: Value,
    pub(super) identifier: String,
    _database: Database,
}

pub(super) fn opened() -> Opened {
    let database = Database::sqlite();
    let desk = Desk::open(House::new(&database).signing_answers().0, "");
    let body = desk.house.body.clone();
    desk.person(&body, "liu.jing", "刘静", &[Role::Clerk]);
    desk.holder("noodles", FOOD_HOLDER);
    let issued = desk.issue(&desk.token(&body, &[Scope::Issue]), &food(1));
    let identifier = issued["identifier"].as_str().unwrap().to_owned();
    let gate = Gate::before(desk.to);
    Opened { desk, gate, issued, identifier, _database: database }
}

impl Opened {
    /// An offline code, read off the screen of the telephone that shows it, once it is another than `before`.
    pub(super) async fn code(&self, tab: &Tab) -> String {
        my::sign_in(tab).await;
        tab.open(&format!("/my/licences/{}/offline", self.identifier)).await;
        my::wait_for(tab, "#offline-make [type=submit]:enabled").await;
        tab.press("#offline-make [type=submit]").await;
        my::wait_for(tab, "#code path[d^=M4]").await;
        let text = read_code(tab).await;
        tab.client.delete_all_cookies().await.unwrap();
        text
    }

    /// A clerk at the window, who has all that is needed without a network.
    pub(super) async fn clerk(&self, tab: &Tab) {
        office::sign_in(tab, "liu.jing").await;
        tab.open(WINDOW).await;
        my::wait_for(tab, "[data-ready=true]").await;
    }
}

/// Types into the field of the page that works without a network, which stays.
pub(super) async fn scan_apart(tab: &Tab, text: &str, title: &str) {
    // at once: a machine that is busy types with pauses, and a pause ends a scan
    let script =
        "[...document.querySelectorAll('input.scan')].find((one) => one.getClientRects().length).value = arguments[0];";
    tab.client.execute(script, vec![json!(text)]).await.unwrap();
    field(tab).await.send_keys("\u{e007}").await.unwrap();
    comes(tab, title).await;
}

/// Waits for a verdict. Asked in one step: the one before goes at any moment.
pub(super) async fn comes(tab: &Tab, title: &str) {
    let script = "const all = [...document.querySelectorAll('.win__verdict h1')]; \
        return all.filter((one) => one.getClientRects().length).map((one) => one.innerText).join();";
    let mut last = String::new();
    for _ in 0..400 {
        actix_web::rt::time::sleep(Duration::from_millis(25)).await;
        last = tab.client.execute(script, vec![]).await.unwrap().as_str().unwrap().to_owned();
        if last.contains(title) {
            return;
        }
    }
    panic!("{title} does not come, but {last}");
}

/// What is kept in the browser, all of it.
pub(super) async fn kept(tab: &Tab) -> Value {
    let script = "const done = arguments[arguments.length - 1]; \
        const asked = indexedDB.open('yinxin-window'); \
        asked.onsuccess = () => { \
          const all = {}; const names = [...asked.result.objectStoreNames]; \
          if (!names.length) return done(all); \
          const reading = asked.result.transaction(names); \
          for (const name of names) reading.objectStore(name).getAll().onsuccess = (e) => { all[name] = e.target.result; }; \
          reading.oncomplete = () => { asked.result.close(); done(all); }; };";
    tab.client.execute_async(script, vec![]).await.unwrap()
}

/// Without the proof of its device, as somebody would send it on.
fn without_proof(text: &str) -> String {
    let (begin, payload) = text.split_once('#').unwrap();
    let mut octets = data_encoding::BASE32_NOPAD.decode(payload.as_bytes()).unwrap();
    octets.truncate(octets.len() - 71);
    octets[0] = 0x84;
    format!("{begin}#{}", data_encoding::BASE32_NOPAD.encode(&octets))
}

pub(super) fn altered(text: &str) -> String {
    let at = text.find('#').unwrap() + 150;
    let other = if text[at..].starts_with('A') { "B" } else { "A" };
    format!("{}{other}{}", &text[..at], &text[at + 1..])
}

#[test]
fn a_window_goes_on_without_a_network_and_makes_up_for_it() {
    let opened = opened();
    in_browser(opened.gate.at, true, async |tab| {
        let text = opened.code(tab).await;
        opened.clerk(tab).await;
        opened.gate.shut();

        // the scan that finds no service any more is not lost
        let page = tab.client.find(Locator::Css("html")).await.unwrap();
        field(tab).await.send_keys(&format!("{text}\u{e007}")).await.unwrap();
        gone(page).await;
        let title = verdict(tab).await;
        assert!(title.starts_with("签名真实，状态截至 ") && title.ends_with("（离线）"), "{title}");
        tab.text(".win__verdict.tone-info").await;
        assert!(tab.text(".apart").await.contains("连不上服务器"));
        let main = tab.text("main.win").await;
        for piece in
            ["演示市小满面馆", opened.identifier.as_str(), "由持证人的手机当场出示", "没有查", "名单和密钥更新于"]
        {
            assert!(main.contains(piece), "{piece} is missing in {main}");
        }
        tab.screen("window-offline-valid").await;
        tab.press("label[for=switch-lang]").await;
        assert!(tab.text(".win__verdict h1").await.starts_with("Signature genuine, standing as of "));
        tab.screen("window-offline-valid-en").await;
        tab.press(".page[lang=en] label[for=switch-lang]").await;

        scan_apart(tab, &without_proof(&text), "可能是截图").await;
        assert!(!tab.sees(".win__facts").await, "nothing of the licence is shown");
        tab.screen("window-offline-picture").await;
        scan_apart(tab, &altered(&text), "码被改动过").await;
        tab.text(".win__verdict.tone-refuse").await;
        tab.screen("window-offline-altered").await;
        scan_apart(tab, &text.replace("YX.EXAMPLE.GOV.CN", "YX.EXAMPLE.GOV.CN.EVIL.EXAMPLE"), "假冒网站的码").await;
        assert_eq!(tab.text(".win__host").await, "yx.example.gov.cn.evil.example");
        tab.screen("window-offline-counterfeit").await;
        scan_apart(tab, "6901234567892", "这不是证照码").await;
        scan_apart(tab, "HTTPS://YX.EXAMPLE.GOV.CN/S/ABCDEFGHIJKLMNOPQRSTUVWXYZ", "暂时无法核验").await;
        assert!(tab.text(".win__verdict .win__next").await.contains("请对方在手机上出示离线码"));
        scan_apart(tab, &text[..text.len() - 9], "码没有读全").await;
        tab.press("label[for=switch-contrast]").await;
        tab.screen("window-offline-unreadable-contrast").await;
        tab.press("label[for=switch-contrast]").await;
        tab.press(".js-plus").await;
        assert!(!tab.client.source().await.unwrap().contains("小满面馆"), "no name is kept in the page");
        tab.screen("window-offline-idle").await;
        tab.press("label[for=switch-size]").await;
        tab.keep("window-offline-idle-large").await;
        tab.press("label[for=switch-size]").await;

        let waiting = kept(tab).await;
        assert_eq!(waiting["checks"].as_array().unwrap().len(), 1, "{waiting}");
        let check = &waiting["checks"][0];
        assert_eq!((&check["handle"], &check["state"]), (&json!(opened.identifier), &json!("VALID_OFFLINE")));
        // and a digest that tells the clerk
        assert_eq!(check["clerk"].as_str().map(str::len), Some(32), "{check}");
        assert_eq!(check.as_object().unwrap().len(), 4, "{check}");
        assert!(!waiting.to_string().contains("面馆"), "no name is kept: {waiting}");

        // the licence ends meanwhile, and the network comes back
        let acts = format!("/api/v1/licences/{}/acts", opened.identifier);
        let order = json!({ "kind": "revoke", "decision": decided() });
        let token = opened.desk.token(&opened.desk.house.body, &[Scope::Act]);
        assert_eq!(opened.desk.post(&acts, &token, &order).status, 200);
        opened.gate.open();
        my::wait_for(tab, "#rechecked").await;
        let outcome = tab.text("#rechecked").await;
        assert!(
            outcome.contains("已吊销") && outcome.contains(&opened.identifier) && outcome.contains("要处理"),
            "{outcome}"
        );
        tab.screen("window-rechecked").await;
        assert_eq!(kept(tab).await["checks"], json!([]));

        // who signs out leaves nothing
        tab.open("/login").await;
        office::send(tab, "form[action^='/logout'] button").await;
        my::wait_for(tab, "#login").await;
        assert_eq!(kept(tab).await, json!({}));
        let left = tab.client.execute_async("caches.keys().then(arguments[0])", vec![]).await.unwrap();
        assert_eq!(left, json!([]));
    });
}

#[test]
fn the_same_proof_does_not_count_twice_and_what_ended_is_known() {
    let opened = opened();
    in_browser(opened.gate.at, true, async |tab| {
        let text = opened.code(tab).await;
        opened.clerk(tab).await;
        opened.gate.shut();
        tab.open(WINDOW).await;
        my::wait_for(tab, "[data-ready=true]").await;
        scan_apart(tab, &text, "签名真实").await;
        // a scanner that reads twice
        scan_apart(tab, &text, "签名真实").await;
        actix_web::rt::time::sleep(Duration::from_secs(11)).await;
        scan_apart(tab, &text, "可能是截图").await;

        // while an answer is awaited nothing else is asked, and no kit while the last one is fresh
        let script =
            "window.asked = []; window.fetch = (at) => { window.asked.push(at); return new Promise(() => {}); };";
        tab.client.execute(script, vec![]).await.unwrap();
        actix_web::rt::time::sleep(Duration::from_secs(21)).await;
        let asked = tab.client.execute("return window.asked", vec![]).await.unwrap();
        assert_eq!(asked, json!(["/healthz"]));

        // a clock that went back tells nothing, and neither does a kit that is too old
        for (hours, words) in [(-3, "时钟往回走过"), (25, "离线名单太旧")] {
            tab.open(WINDOW).await;
            my::wait_for(tab, "[data-ready=true]").await;
            let script = "const real = Date.now; const by = arguments[0] * 3600000; Date.now = () => real() + by;";
            tab.client.execute(script, vec![json!(hours)]).await.unwrap();
            scan_apart(tab, &text, "暂时无法核验").await;
            assert!(tab.text(".win__verdict .verdict__why").await.contains(words), "{words}");
        }
    });

    // a kit that knows of the end
    let acts = format!("/api/v1/licences/{}/acts", opened.identifier);
    opened.gate.open();
    in_browser(opened.gate.at, true, async |tab| {
        let text = opened.code(tab).await;
        opened.desk.house.clock.advance_seconds(60);
        let order = json!({ "kind": "suspend", "decision": decided() });
        let token = opened.desk.token(&opened.desk.house.body, &[Scope::Act]);
        assert_eq!(opened.desk.post(&acts, &token, &order).status, 200);
        opened.clerk(tab).await;
        opened.gate.shut();
        tab.open(WINDOW).await;
        my::wait_for(tab, "[data-ready=true]").await;
        scan_apart(tab, &text, "已暂扣").await;
        tab.text(".win__verdict.tone-refuse").await;
        tab.screen("window-offline-suspended").await;
    });
}
