//! A code of another platform at the window, the pages of a file there, and objections: as Chromium shows them.

use super::{
    browser::in_browser,
    my,
    office::{send, sign_in},
    window::{WINDOW, gone, scan, verdict},
};
use crate::{
    presentations::{Counter, FOOD_HOLDER, code_of},
    resolver::counter,
    support::{
        Folder,
        database::Database,
        desk::Desk,
        example,
        house::{self, House, food},
    },
};
use fantoccini::Locator;
use serde_json::json;
use yinxin::{
    clock::Clock as _,
    flow::{access::Role, document, issue, uses},
};
use yinxin_testkit::{
    keys::Key,
    platform::{Manner, Platform},
};

pub(super) const CODE: &str = "AKM:0123456789";

pub(super) struct Opened {
    pub(super) desk: Desk,
    pub(super) platform: Platform,
    pub(super) identifier: String,
    original: Vec<u8>,
    _database: Database,
}

/// A desk that knows a platform, with a licence, its holder, a clerk, an officer and an approver.
pub(super) fn opened() -> Opened {
    let database = Database::sqlite();
    let key = Key::from_seed("platform");
    let platform = Platform::start(key.clone(), "127.0.0.1:0").unwrap();
    let Counter { house, .. } = counter(House::new(&database), &key, Some(platform.address()), false);
    let identifier = issue::issue(&house.issuer, &house.may_issue(), &[food(1)]).remove(0).unwrap().identifier;
    let form = document::Form::Ofd;
    let original = document::document(&house.issuer, &house.may_read(), &identifier.parse().unwrap(), form).unwrap();
    let desk = Desk::open(house, "");
    let body = desk.house.body.clone();
    desk.person(&body, "liu.jing", "刘静", &[Role::Clerk]);
    desk.person(&body, "sun.jian", "孙建", &[Role::Officer]);
    desk.person(&body, "zhou.wen", "周文", &[Role::Approver]);
    desk.holder("noodles", FOOD_HOLDER);
    Opened { desk, platform, identifier, original, _database: database }
}

impl Opened {
    pub(super) fn until(&self) -> String {
        let now = self.desk.house.clock.now().unwrap().unix_seconds();
        yinxin_trust::base::Moment::from_unix_seconds(now + 60).unwrap().to_string()
    }
}

#[test]
fn a_code_of_a_platform_at_the_window() {
    let opened = opened();
    let holder = json!({ "kind": "001", "number": FOOD_HOLDER, "name": "演示市小满面馆（个体工商户）" });
    in_browser(opened.desk.to, true, async |tab| {
        sign_in(tab, "liu.jing").await;
        tab.open(WINDOW).await;
        opened.platform.say(CODE, json!({ "result": "holder", "holder": holder }), Manner::Sound);
        assert_eq!(scan(tab, CODE).await, "请凭证照编号查询");
        assert!(tab.text("main").await.contains("安康码") && !tab.sees(".win__facts").await);
        tab.screen("resolver-told").await;
        // prefilled with the holder: the number stands on the licence in their hand
        let number = tab.client.find(Locator::Css(".win__compare [name=number]")).await.unwrap();
        number.send_keys("JY23301000000010").await.unwrap();
        let page = tab.client.find(Locator::Css("html")).await.unwrap();
        tab.press(".win__compare button").await;
        gone(page).await;
        assert_eq!(verdict(tab).await, "证照真实有效");

        let consent = json!({ "purpose": "延续", "until": opened.until() });
        opened.platform.say(CODE, json!({ "result": "holder", "holder": holder, "consent": consent }), Manner::Sound);
        assert_eq!(scan(tab, CODE).await, "证照真实有效");
        assert!(tab.text("main").await.contains("持证人在安康码上同意：延续"));
        assert!(!tab.text("main").await.contains("李守国"), "what is masked is masked");
        tab.screen("resolver-consent").await;
        opened.platform.say(CODE, json!({ "result": "expired" }), Manner::OtherKey);
        assert_eq!(scan(tab, CODE).await, "暂时无法核验，不代表证照有问题");
        assert!(tab.text("main").await.contains("验签不过"));
        tab.screen("resolver-unanswered").await;
        tab.assert_quiet().await;
    });
}

#[test]
fn the_pages_of_a_file_open_beside_the_verdict() {
    let opened = opened();
    let folder = Folder::new();
    let original = folder.file("食品经营许可证.ofd", opened.original.clone());
    let partly = example("invoice-partly-covered.ofd");
    in_browser(opened.desk.to, true, async |tab| {
        sign_in(tab, "liu.jing").await;
        for (file, name) in [(&original, "window-pages"), (&partly, "window-pages-partly")] {
            tab.open(WINDOW).await;
            let page = tab.client.find(Locator::Css("html")).await.unwrap();
            let field = tab.client.find(Locator::Css("#files")).await.unwrap();
            field.send_keys(file.to_str().unwrap()).await.unwrap();
            gone(page).await;
            verdict(tab).await;
            assert!(!tab.sees(".win__drawn").await, "the verdict comes first");
            tab.screen(&format!("{name}-closed")).await;
            tab.client.active_element().await.unwrap().send_keys(".").await.unwrap();
            assert!(tab.sees(".win__drawn .picture").await, "{name}: one key opens them");
            assert!(tab.sees(".win__verdict h1").await);
            tab.screen(name).await;
            tab.client.active_element().await.unwrap().send_keys(".").await.unwrap();
            assert!(!tab.sees(".win__drawn").await);
        }
        assert!(tab.client.source().await.unwrap().contains("斜线部分未被签章保护"));
        tab.assert_quiet().await;
    });
    in_browser(opened.desk.to, false, async |tab| {
        sign_in(tab, "sun.jian").await;
        tab.open(&format!("/office/licences/{}?purpose=%E6%A0%B8%E5%AF%B9", opened.identifier)).await;
        assert!(tab.sees("#pages .picture svg").await);
        tab.picture("office-licence-pages", 1280).await;
    });
}

#[test]
fn an_objection_is_read_answered_and_seen() {
    let opened = opened();
    let Opened { desk, .. } = &opened;
    let issuer = &desk.house.issuer;
    let holder = desk.known_holder("noodles");
    let counter = yinxin::flow::presentations::Presentations::new(60, 24);
    let choice = yinxin::flow::presentations::Choice {
        fields: vec!["operator_name".to_owned(), "signatory".to_owned()],
        purpose: "接受检查".parse().unwrap(),
    };
    let identifier = opened.identifier.parse().unwrap();
    let shown = yinxin::flow::presentations::show(issuer, &counter, &holder, &identifier, &choice).unwrap();
    let token = desk.token(&desk.house.body, &[yinxin::flow::access::Scope::Redeem]);
    let order = json!({ "code": code_of(&shown), "scan_id": "scan-0001", "window": "3 号窗口" });
    assert_eq!(desk.post("/api/v1/redemptions", &token, &order).status, 200);
    let used = uses::of(issuer, &holder).unwrap().remove(0).id;
    uses::object(issuer, &holder, &used, "那天我在外地，没有去过这个窗口，也没有让别人去。").unwrap();

    in_browser(desk.to, true, async |tab| {
        sign_in(tab, "zhou.wen").await;
        tab.open("/office").await;
        assert_eq!(tab.text("#objections .count").await, "1");
        tab.picture("office-home-objections", 1280).await;
        send(tab, "#objections a").await;
        assert_eq!(tab.text("h1").await, "异议");
        tab.picture("office-objections", 1280).await;
        tab.picture("office-objections-phone", 390).await;
        send(tab, ".row a").await;
        assert_eq!(tab.text("#state").await, "待答复");
        tab.picture("office-objection", 1280).await;
        tab.open(&format!("/office/objections/{used}?size=large")).await;
        tab.picture("office-objection-large", 1280).await;
        tab.client.find(Locator::Css("[value=partly]")).await.unwrap().click().await.unwrap();
        let reason = "经查，窗口人员核验时没有核对本人，已批评教育。您的证照没有被用来办理其他事项。";
        tab.client.find(Locator::Css("#reason")).await.unwrap().send_keys(reason).await.unwrap();
        send(tab, "#answering button").await;
        assert_eq!(tab.text("#state").await, "部分成立");
        assert!(tab.text("#answer").await.contains("没有核对本人") && !tab.sees("#answering").await);
        tab.picture("office-objection-answered", 1280).await;
        tab.assert_quiet().await;
    });
    in_browser(desk.to, false, async |tab| {
        my::sign_in(tab).await;
        tab.open("/my/uses").await;
        let text = tab.text("main").await;
        assert!(text.contains("发证机关答复：部分成立") && text.contains("没有核对本人"), "{text}");
        tab.picture("my-uses-answered", 390).await;
    });
}

#[test]
fn the_photograph_of_the_holder_is_beside_what_is_registered() {
    let database = Database::sqlite();
    let house = House::new(&database);
    let kind = house::photo_type(&house, true);
    let order = house::photographed(&kind, 1, Some(house::PHOTO));
    let issued = issue::issue(&house.issuer, &house.may_issue(), &[order]).remove(0).unwrap();
    let desk = Desk::open(house, "");
    let body = desk.house.body.clone();
    desk.person(&body, "liu.jing", "刘静", &[Role::Clerk]);
    in_browser(desk.to, true, async |tab| {
        sign_in(tab, "liu.jing").await;
        tab.open(WINDOW).await;
        assert_eq!(scan(tab, &issued.address).await, "证照真实有效");
        assert!(tab.sees(".win__portrait").await);
        tab.screen("window-portrait").await;
        let source = tab.client.source().await.unwrap();
        assert_eq!(source.matches("data:image/jpeg;base64,").count(), 1, "once for both languages");
        assert_eq!(scan(tab, &issued.identifier).await, "证照真实有效");
        assert!(!tab.sees(".win__portrait").await, "an identifier can be guessed");
        tab.assert_quiet().await;
    });
}
