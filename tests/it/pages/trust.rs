//! Trust lists, as Chromium shows them: one proposes an operator, another compares its key, both accept its list.

use super::{
    browser::{Tab, in_browser},
    office::{fill, send, sign_in},
};
use crate::{
    support::{database::Database, desk::Desk, house::House},
    trust::places::{FUYANG, Fuyang, Wanted, actor},
};
use fantoccini::Locator;
use yinxin::{
    clock::Clock as _,
    flow::{
        access::Role,
        trust::{self, Published},
    },
};
use yinxin_trust::{sm::sm3, trust_list::AcceptancePolicy};

async fn sign_in_anew(tab: &Tab, login: &str) {
    tab.client.delete_all_cookies().await.unwrap();
    sign_in(tab, login).await;
}

/// Presses a key where the focus is.
async fn key(tab: &Tab, key: fantoccini::key::Key) {
    let focused = tab.client.active_element().await.unwrap();
    focused.send_keys(&String::from(char::from(key))).await.unwrap();
}

/// With the keyboard alone: tabs to what a selector finds, and presses Enter there.
async fn tab_to(tab: &Tab, selector: &str) {
    let script = "return document.activeElement !== null && document.activeElement.matches(arguments[0])";
    for _ in 0..60 {
        if tab.client.execute(script, vec![selector.into()]).await.unwrap().as_bool() == Some(true) {
            return;
        }
        key(tab, fantoccini::key::Key::Tab).await;
    }
    panic!("no way to {selector} by the keyboard");
}

fn journey(javascript: bool) {
    let fuyang = Fuyang::new();
    let first = fuyang.make(&Wanted::sound());
    let next = fuyang.make(&Wanted { scope: "regions = [\"34\"], from = \"2026-01-01\"", ..Wanted::sound() });
    let desk = Desk::open(House::new(&Database::sqlite()), "");
    let body = desk.house.body.clone();
    desk.person(&body, "wu.di", "吴迪", &[Role::SealKeeper]);
    desk.person(&body, "zheng.yi", "郑毅", &[Role::Administrator]);
    desk.person(&body, "shen.ji", "沈稽", &[Role::Auditor]);
    let (store, now) = (&desk.house.issuer.store, desk.house.clock.now().unwrap());
    let digest = hex::encode(sm3::digest(fuyang.operator().key.spki()));
    let offer = |list: &Published| {
        let operator = trust::show(store, FUYANG).unwrap().operator;
        trust::offer(store, &operator, list, &actor(), &AcceptancePolicy::default(), now).unwrap();
    };
    let name = |what: &str| format!("trust-{what}{}", if javascript { "" } else { "-plain" });

    in_browser(desk.to, javascript, async |tab| {
        sign_in(tab, "wu.di").await;
        tab.open("/office/trust").await;
        assert_eq!(tab.text("h1").await, "信任列表");
        tab.screen(&name("none")).await;
        tab.open("/office/trust/new").await;
        fill(tab, "name", FUYANG).await;
        fill(tab, "list_address", "https://zz.fy.gov.cn.example/trust-list.json").await;
        tab.choose(&fuyang.folder.path().join("trust/operator-key.pem")).await;
        tab.screen(&name("propose")).await;
        tab.picture(&name("propose-phone"), 390).await;
        send(tab, "form.enter button[type=submit]").await;
        // not by the one who proposed
        assert!(tab.text("#proposals").await.contains("另一位同事"));
        assert!(!tab.sees("#proposals input[name=key_sm3]").await);

        sign_in_anew(tab, "zheng.yi").await;
        tab.open("/office/trust").await;
        assert!(tab.text("#proposals").await.replace(' ', "").contains(&digest));
        fill(tab, "key_sm3", &"0".repeat(16)).await;
        send(tab, "button[value=pin]").await;
        assert!(tab.text("main").await.contains("对不上"));
        tab.open("/office/trust").await;
        fill(tab, "key_sm3", &format!("{} {}", &digest[..8], &digest[8..16])).await;
        tab.picture(&name("pin"), 1280).await;
        tab.picture(&name("pin-phone"), 390).await;
        send(tab, "button[value=pin]").await;
        assert_eq!(tab.text("h1").await, FUYANG);
        assert!(tab.sees("#nothing").await);
        let address = tab.client.current_url().await.unwrap().path().to_owned();

        offer(&first);
        tab.open("/office/trust").await;
        assert!(tab.text("#waits").await.contains("还没有人接受"));
        tab.open(&address).await;
        let changes = tab.text("#changes").await;
        assert_eq!(changes.matches("新增").count(), 8, "a mark and words for each of four: {changes}");
        tab.picture(&name("first"), 1280).await;
        // with the keyboard alone
        tab_to(tab, "button[value=accept]").await;
        let page = tab.client.find(Locator::Css("html")).await.unwrap();
        key(tab, fantoccini::key::Key::Enter).await;
        for _ in 0..400 {
            if page.tag_name().await.is_err() {
                break;
            }
            actix_web::rt::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        assert!(tab.sees("#own").await && !tab.sees("button[value=accept]").await);

        sign_in_anew(tab, "wu.di").await;
        tab.open(&address).await;
        assert!(tab.text("#changes").await.contains("已有一人接受"));
        send(tab, "button[value=accept]").await;
        assert!(tab.sees("#nothing").await && tab.sees("#stop").await);
        offer(&next);
        tab.open(&address).await;
        let changes = tab.text("#changes").await;
        assert!(
            changes.contains("范围变更") && changes.contains("地区：33") && changes.contains("地区：34"),
            "{changes}"
        );
        tab.picture(&name("decide"), 1280).await;
        tab.picture(&name("decide-phone"), 390).await;
        tab.open(&format!("{address}?size=large")).await;
        tab.picture(&name("decide-large"), 1280).await;
        tab.open(&format!("{address}?contrast=high&lang=en")).await;
        assert!(tab.text("#changes").await.contains("What it would change"));
        tab.picture(&name("decide-contrast"), 1280).await;
        tab.open("/office/trust").await;
        tab.picture(&name("lists"), 1280).await;
        tab.picture(&name("lists-phone"), 390).await;

        // who only reads decides nothing
        sign_in_anew(tab, "shen.ji").await;
        tab.open(&address).await;
        assert!(tab.text("#changes").await.contains("范围变更") && !tab.sees("main button").await);
        sign_in_anew(tab, "wu.di").await;
        tab.open(&address).await;
        send(tab, "#changes button[value=refuse]").await;
        send(tab, "#stop").await;
        assert!(!tab.sees("#stop").await);
        tab.assert_quiet().await;
    });
    assert!(trust::in_use(store).unwrap().is_empty());
}

#[test]
fn an_operator_and_its_list_by_two_people() {
    journey(true);
}

#[test]
fn the_same_without_a_script() {
    journey(false);
}
