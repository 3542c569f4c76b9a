//! Checks that wait for an answer: whose they are, how long they stay, and how they are made up for.

use super::{
    browser::{Tab, in_browser},
    my, office,
    window::{WINDOW, gone, scan},
    window_apart::{Opened, kept, opened, scan_apart},
};
use crate::{
    presentations::FOOD_HOLDER,
    support::{
        Folder,
        database::Database,
        device::Device,
        gate::Gate,
        house::{self, food},
        http::get,
        register,
    },
    trust::places::{Fuyang, Ouhai, Wanted},
};
use fantoccini::Locator;
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};
use yinxin::{
    clock::Clock as _,
    config::Config,
    flow::{
        access::Role,
        issue::{self, IssueSettings},
        issuer::Issuer,
        office::Office,
        people::SignIn,
        presentations::{OfflineChoice, Presentations, make_offline},
        trust::NewOperator,
    },
    store::{Store, audit},
    web::{AppState, serve},
};
use yinxin_face::Fonts;

/// What the audit of a body has of an action, the oldest first.
fn audited(store: &Store, body: &str, action: &str) -> Vec<(audit::Row, Value)> {
    let rows = store.read(|conn| audit::list(conn, body, (i64::MIN, 0), 500)).unwrap();
    let of = rows.into_iter().filter(|row| row.action == action);
    of.map(|row| (row.clone(), serde_json::from_slice(&row.detail).unwrap())).collect()
}

impl Opened {
    fn rechecked(&self) -> Vec<(audit::Row, Value)> {
        audited(&self.desk.house.issuer.store, &self.desk.house.body, "licence.rechecked")
    }

    /// As the service counts, in milliseconds.
    fn now(&self) -> i64 {
        self.desk.house.clock.now().unwrap().unix_milliseconds()
    }

    fn check(&self, clerk: &str, ago_seconds: i64) -> Value {
        json!({ "handle": self.identifier, "state": "VALID_OFFLINE", "at": self.now() - ago_seconds * 1000, "clerk": clerk })
    }
}

/// Puts checks into the store of the browser, as if they had been made before.
async fn put(tab: &Tab, checks: Vec<Value>) {
    let script = "const [checks, done] = arguments; const asked = indexedDB.open('yinxin-window'); \
        asked.onsuccess = () => { \
          const writing = asked.result.transaction('checks', 'readwrite'); \
          for (const check of checks) writing.objectStore('checks').add(check); \
          writing.oncomplete = () => { asked.result.close(); done(true); }; };";
    tab.client.execute_async(script, vec![json!(checks)]).await.unwrap();
}

async fn clerk_of(tab: &Tab) -> String {
    let place = tab.client.find(Locator::Css("[data-clerk]")).await.unwrap();
    place.attr("data-clerk").await.unwrap().unwrap()
}

/// Waits until something is so.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..600 {
        if is_so().await {
            return;
        }
        actix_web::rt::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("not so: {what}");
}

async fn count(tab: &Tab) -> usize {
    kept(tab).await["checks"].as_array().unwrap().len()
}

#[test]
fn checks_wait_for_the_clerk_who_made_them() {
    let opened = opened();
    let body = opened.desk.house.body.clone();
    opened.desk.person(&body, "wang.fang", "王芳", &[Role::Clerk]);
    in_browser(opened.gate.at, true, async |tab| {
        let text = opened.code(tab).await;
        opened.clerk(tab).await;
        let made_by = clerk_of(tab).await;
        opened.gate.shut();
        tab.open(WINDOW).await;
        my::wait_for(tab, "[data-ready=true]").await;
        scan_apart(tab, &text, "签名真实").await;
        let made_at = kept(tab).await["checks"][0]["at"].as_i64().unwrap();
        tab.press(".js-plus").await;
        // what waits is seen while it waits
        my::wait_for(tab, "[data-queue]:not([hidden])").await;
        let queue = tab.text("[data-queue]").await;
        for piece in ["离线核验，待联网复核", "1 条", "签名真实（离线）", "今天", "明天", ".001."]
        {
            assert!(queue.contains(piece), "{piece} is missing in {queue}");
        }
        assert!(!queue.contains("面馆"), "{queue}");
        tab.screen("window-offline-waits").await;

        // the session ends, and another clerk works there
        scan_apart(tab, "6901234567892", "这不是证照码").await;
        tab.client.delete_all_cookies().await.unwrap();
        opened.gate.open();
        office::sign_in(tab, "wang.fang").await;
        tab.open(WINDOW).await;
        my::wait_for(tab, "[data-ready=true]").await;
        assert_ne!(clerk_of(tab).await, made_by);
        my::wait_for(tab, "[data-queue]:not([hidden])").await;
        assert!(tab.text("[data-queue]").await.contains("另有 1 条是别的工作人员核的"));
        assert_eq!((count(tab).await, opened.rechecked().len()), (1, 0), "not in another clerk's name");

        // who signs out is told, and what waits stays
        tab.open("/login").await;
        tab.press("form[action^='/logout'] button").await;
        my::wait_for(tab, "form [data-waiting]:not([hidden])").await;
        assert!(tab.text("form [data-waiting]").await.contains("还有 1 条离线核验没有复核"));
        tab.keep("login-waiting").await;
        office::send(tab, "form[action^='/logout'] button").await;
        my::wait_for(tab, "#login").await;
        my::wait_for(tab, "[data-waiting]:not([hidden])").await;
        assert!(tab.text("[data-waiting]").await.contains("有 1 条离线核验等着复核"));
        let left = kept(tab).await;
        assert_eq!((left["checks"].as_array().unwrap().len(), &left["proofs"]), (1, &json!([])), "{left}");
        let beside = left["kit"].as_array().unwrap();
        assert!(beside.len() == 1 && beside[0].is_number(), "the clock alone: {left}");
        assert!(!left.to_string().contains("面馆"), "{left}");
        let caches = tab.client.execute_async("caches.keys().then(arguments[0])", vec![]).await.unwrap();
        assert_eq!(caches, json!([]));

        // who made it comes back
        opened.desk.house.clock.advance_seconds(3600);
        office::sign_in(tab, "liu.jing").await;
        tab.open(WINDOW).await;
        my::wait_for(tab, "#rechecked").await;
        assert!(tab.text("#rechecked").await.contains("已复核：1 份"));
        until("nothing waits", async || count(tab).await == 0).await;
        let [(row, detail)] = &opened.rechecked()[..] else { panic!("{:?}", opened.rechecked()) };
        assert_eq!((&row.subject, &detail["shown"]), (&opened.identifier, &json!("VALID")));
        assert_eq!(detail["offline"]["shown"], "VALID_OFFLINE");
        let at: yinxin_trust::base::Moment = serde_json::from_value(detail["offline"]["at"].clone()).unwrap();
        assert_eq!(at.unix_seconds(), made_at / 1000);
        let person = yinxin::store::people::find_by_login;
        let liu = opened.desk.house.issuer.store.read(|conn| person(conn, "liu.jing")).unwrap().unwrap();
        assert_eq!(row.actor_id, liu.id);
        let checked = audited(&opened.desk.house.issuer.store, &body, "licence.checked");
        assert!(checked.is_empty(), "{checked:?}");

        // nothing waits: signing out asks nothing and leaves nothing
        tab.open("/login").await;
        office::send(tab, "form[action^='/logout'] button").await;
        my::wait_for(tab, "#login").await;
        assert_eq!(kept(tab).await, json!({}));
    });
}

#[test]
fn all_that_wait_are_asked_about_and_none_stays_longer_than_a_day() {
    let opened = opened();
    in_browser(opened.gate.at, true, async |tab| {
        opened.clerk(tab).await;
        let clerk = clerk_of(tab).await;
        // another clerk's question is not answered
        let script = "const [clerk, done] = arguments; const place = document.querySelector('[data-recheck]').dataset; \
            fetch(place.recheck, { method: 'POST', body: new URLSearchParams({ clerk, check: 'x VALID_OFFLINE 1' }), \
              headers: { 'yinxin-csrf': document.querySelector('meta[name=csrf]').content } }).then((a) => done(a.status));";
        for (asks, status) in [(clerk.as_str(), 200), ("0123456789abcdef0123456789abcdef", 400)] {
            let answered = tab.client.execute_async(script, vec![json!(asks)]).await.unwrap();
            assert_eq!(answered, json!(status), "{asks}");
        }
        put(tab, (0..45).map(|n| opened.check(&clerk, n + 1)).collect()).await;
        tab.open(WINDOW).await;
        until("all are made up for", async || count(tab).await == 0).await;
        my::wait_for(tab, "#rechecked").await;
        until("all are told", async || tab.text("#rechecked h2").await.contains("45 份")).await;
        assert_eq!(opened.rechecked().len(), 45);
        tab.screen("window-rechecked-many").await;

        // whoever opens the store drops what waited for a day
        let old = || opened.check(&clerk, 24 * 3600 + 60);
        put(tab, vec![old(), opened.check("of somebody else", 23 * 3600)]).await;
        tab.open(WINDOW).await;
        until("the old one is gone", async || count(tab).await == 1).await;
        assert_eq!(opened.rechecked().len(), 45);
        // the kept page too, while it is open and there is no network
        opened.gate.shut();
        tab.open(WINDOW).await;
        my::wait_for(tab, "[data-ready=true]").await;
        put(tab, vec![old()]).await;
        assert_eq!(count(tab).await, 2);
        until("the old one is gone", async || count(tab).await == 1).await;
        assert!(tab.sees(".apart").await, "it never left that page");
    });
}

#[test]
fn what_is_sent_is_waited_for() {
    let opened = opened();
    let folder = Folder::new();
    let file = folder.file("说明.txt", b"no document");
    in_browser(opened.gate.at, true, async |tab| {
        opened.clerk(tab).await;
        let page = tab.client.find(Locator::Css("html")).await.unwrap();
        opened.gate.hold(Duration::from_secs(12));
        tab.client.find(Locator::Css("#files")).await.unwrap().send_keys(file.to_str().unwrap()).await.unwrap();
        until("the page goes", async || page.tag_name().await.is_err()).await;
        my::wait_for(tab, ".win__verdict h1").await;
        assert!(!tab.sees(".apart").await, "not the page that works without a network");
        assert!(tab.text(".win__file").await.contains("说明.txt"));
        // a page that is asked for is not waited for so long
        opened.gate.hold(Duration::from_secs(14));
        tab.open(WINDOW).await;
        my::wait_for(tab, ".apart").await;
    });
}

#[test]
fn an_installed_window_opens_without_a_network() {
    let opened = opened();
    let manifest = get(opened.desk.to, "/window/manifest.webmanifest");
    assert_eq!(
        (manifest.status, manifest.header("content-type")),
        (200, Some("application/manifest+json")),
        "{manifest:?}"
    );
    let manifest = manifest.json();
    for (member, value) in [
        ("name", "印信 窗口核验"),
        ("short_name", "窗口核验"),
        ("lang", "zh-CN"),
        ("start_url", "/window"),
        ("scope", "/window"),
        ("display", "standalone"),
    ] {
        assert_eq!(manifest[member], value, "{member}");
    }
    for icon in manifest["icons"].as_array().unwrap() {
        let answer = get(opened.desk.to, icon["src"].as_str().unwrap());
        assert_eq!((answer.status, answer.header("content-type")), (200, icon["type"].as_str()), "{icon}");
        if icon["type"] == "image/png" {
            // IHDR: width and height
            let side = |at: usize| u32::from_be_bytes(answer.octets[at..at + 4].try_into().unwrap());
            assert_eq!(icon["sizes"], format!("{0}x{0}", side(16)), "{icon}");
            assert_eq!(side(16), side(20));
        }
    }
    let sizes: Vec<_> = manifest["icons"].as_array().unwrap().iter().map(|icon| icon["sizes"].clone()).collect();
    assert_eq!(sizes, ["192x192", "512x512", "any"]);

    in_browser(opened.gate.at, true, async |tab| {
        opened.clerk(tab).await;
        let named = tab.client.find(Locator::Css("link[rel=manifest]")).await.unwrap();
        assert_eq!(named.attr("href").await.unwrap().as_deref(), Some("/window/manifest.webmanifest"));
        opened.gate.shut();
        tab.open(manifest["start_url"].as_str().unwrap()).await;
        my::wait_for(tab, "[data-ready=true]").await;
        assert!(tab.text(".apart").await.contains("连不上服务器"));
        assert!(tab.sees("input.scan").await);
        // what the window worked on last is remembered, and goes on once there is a network
        assert!(tab.text(".top__where").await.contains("延续"));
        opened.gate.open();
        my::wait_for(tab, "#scan").await;
        assert!(tab.text(".top__where").await.contains("延续"));
    });
}

/// Serves a window that signs nothing and trusts another locality.
fn served(ouhai: &Ouhai, issuer: Arc<Issuer>) -> SocketAddr {
    let config = Config::parse("[serve]\nlisten = \"127.0.0.1:0\"").unwrap();
    let office = Office::new(Arc::clone(&ouhai.store), Arc::clone(&ouhai.clock) as _, 8).unwrap();
    let state = AppState::start(&config, ouhai.verifier.clone(), Some(Arc::new(office.with_issuer(issuer)))).unwrap();
    let (tell, told) = mpsc::channel();
    // ends with the process
    thread::spawn(move || {
        serve::serve(state, |public, _| tell.send(public).map_err(std::io::Error::other)).unwrap();
    });
    let to = told.recv().unwrap();
    drop(std::panic::take_hook());
    to
}

#[test]
fn a_register_elsewhere_that_was_silent_is_asked_again() {
    let database = Database::sqlite();
    let fuyang = Fuyang::new();
    let ouhai = Ouhai::new(&database, &fuyang.house.clock);
    let list = fuyang.make(&Wanted::sound());
    let operator = fuyang.operator();
    let gate = Gate::before(operator.status_address.as_ref().unwrap().trim_start_matches("http://").parse().unwrap());
    let operator = ouhai.add(NewOperator { status_address: Some(format!("http://{}", gate.at)), ..operator });
    ouhai.take(&operator, &list);
    let settings = IssueSettings { code_site: "zw.ouhai.gov.cn.example".parse().unwrap(), ..house::settings() };
    let (keys, clock) = (Arc::clone(&fuyang.house.keys), Arc::clone(&ouhai.clock) as _);
    let fonts = Arc::new(Fonts::shipped());
    let issuer = Issuer::new(Arc::clone(&ouhai.store), keys, clock, ouhai.verifier.clone(), settings, fonts);

    let theirs = &fuyang.house.issuer;
    let issued = issue::issue(theirs, &fuyang.house.may_issue(), &[food(1)]).remove(0).unwrap();
    let now = || ouhai.clock.now().unwrap();
    let holder = register::holder(&theirs.store, &SignIn::new(8).unwrap(), "noodles", FOOD_HOLDER, now());
    let device = Device::new();
    let choice = OfflineChoice { device: device.point(), whole_name: true };
    let identifier = issued.identifier.parse().unwrap();
    let code = make_offline(theirs, &Presentations::new(60, 24), &holder, &identifier, &choice).unwrap().code;
    let rechecked = || audited(&ouhai.store, ouhai.body(), "licence.rechecked");

    in_browser(served(&ouhai, Arc::new(issuer)), true, async |tab| {
        office::sign_in(tab, "wang.wu").await;
        tab.open(WINDOW).await;
        my::wait_for(tab, "[data-ready=true]").await;
        let here = tab.text(".here").await;
        for piece in ["网络", "已连通", "互认名单", "1 份", "验码的密钥", "离线名单和状态", "最新"]
        {
            assert!(here.contains(piece), "{piece} is missing in {here}");
        }
        gate.shut();
        assert!(scan(tab, &device.show(&code, now())).await.starts_with("签名真实，状态截至"));
        my::wait_for(tab, "[data-keep]:not([hidden])").await;
        assert!(tab.text(".win__bar").await.contains("这次核验已记下"));
        tab.screen("window-register-silent").await;
        let waits = kept(tab).await["checks"].clone();
        assert_eq!((&waits[0]["handle"], &waits[0]["told"]), (&json!(issued.identifier), &json!(true)), "{waits}");
        assert!(!waits.to_string().contains("面馆"), "{waits}");
        assert_eq!(audited(&ouhai.store, ouhai.body(), "licence.checked").len(), 1, "the service knows of it already");

        // still silent: it goes on waiting, and is seen
        let page = tab.client.find(Locator::Css("html")).await.unwrap();
        tab.press(".js-plus").await;
        gone(page).await;
        my::wait_for(tab, "[data-queue]:not([hidden])").await;
        assert!(tab.text("[data-queue]").await.contains("签名真实（离线）"));
        until("it was asked", async || {
            tab.client.execute("return navigator.locks.query().then((l) => l.held.length)", vec![]).await.unwrap()
                == json!(0)
        })
        .await;
        tab.screen("window-waits").await;
        assert_eq!((count(tab).await, rechecked().len()), (1, 0));

        // ended there meanwhile, and its register answers again
        fuyang.act_on(&issued.identifier, "revoke");
        gate.open();
        // a register that was silent is left alone for five seconds
        actix_web::rt::time::sleep(Duration::from_millis(5100)).await;
        tab.open(WINDOW).await;
        my::wait_for(tab, "#rechecked").await;
        assert!(tab.text("#rechecked").await.contains("已吊销"));
        until("nothing waits", async || count(tab).await == 0).await;
        let [(row, detail)] = &rechecked()[..] else { panic!("{:?}", rechecked()) };
        assert_eq!((&row.subject, &detail["shown"]), (&issued.identifier, &json!("REVOKED")));
    });
}
