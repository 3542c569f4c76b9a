//! An annotated copy, as Chromium shows it: asked for on a telephone, refused and made, listed, brought to a window for
//! its use and for another, told to its holder.

use super::{
    browser::{Tab, in_browser},
    my::{sign_in, wait_for},
    office::{fill, send, sign_in as office_sign_in},
    window::bring,
};
use crate::{
    copies::{PURPOSE, RECIPIENT},
    presentations::FOOD_HOLDER,
    support::{
        Folder,
        database::Database,
        desk::Desk,
        house::{House, food},
    },
};
use fantoccini::Locator;
use yinxin::flow::{
    access::{Role, Scope},
    copies::{self, Asker},
    document::Form,
};

fn window(purpose: &str) -> String {
    let encoded: String = purpose.bytes().map(|octet| format!("%{octet:02X}")).collect();
    format!("/window?purpose={encoded}")
}

async fn buttons(tab: &Tab) -> usize {
    tab.client.find_all(Locator::Css("main .button")).await.unwrap().len()
}

fn journey(javascript: bool) {
    let database = Box::leak(Box::new(Database::sqlite()));
    let desk = Desk::open(House::new(database), "");
    let token = desk.token(&desk.house.body, &[Scope::Issue]);
    desk.issue(&token, &food(1));
    desk.holder("noodles", FOOD_HOLDER);
    desk.person(&desk.house.body, "liu.jing", "刘静", &[Role::Clerk]);
    let folder = Folder::new();
    let name = |what: &str| format!("copy-{what}{}", if javascript { "" } else { "-plain" });
    in_browser(desk.to, javascript, async |tab| {
        sign_in(tab).await;
        tab.open("/my/copies").await;
        tab.picture(&name("none"), 390).await;
        tab.open("/my").await;
        tab.press("a.lcard").await;
        wait_for(tab, ".my-box").await;
        tab.picture(&name("way"), 390).await;
        send(tab, "main a[href*=\"/copy\"]").await;
        wait_for(tab, "#purpose").await;
        tab.picture(&name("form"), 390).await;
        // what nobody could read on the page
        fill(tab, "purpose", "甲\u{200b}乙").await;
        fill(tab, "recipient", RECIPIENT).await;
        fill(tab, "until", "2026-12-31").await;
        send(tab, "form.enter button").await;
        wait_for(tab, "#purpose-fault").await;
        assert!(tab.text("#purpose-fault").await.contains("印不出来的字"));
        tab.picture(&name("refused"), 390).await;
        fill(tab, "purpose", PURPOSE).await;
        send(tab, "form.enter button").await;
        wait_for(tab, ".my-copy").await;
        let made = tab.text(".my-copy").await;
        for piece in ["做好了，已盖章", PURPOSE, RECIPIENT, "由您制作"] {
            assert!(made.contains(piece), "{piece} is missing in {made}");
        }
        tab.picture(&name("made"), 390).await;
        tab.open("/my/copies?size=large").await;
        tab.picture(&name("list-large"), 390).await;
        assert!(buttons(tab).await <= 3);
        tab.open("/my?size=large").await;
        send(tab, "main a.button--main").await;
        wait_for(tab, ".my-box").await;
        assert!(buttons(tab).await <= 3);
        send(tab, "main a[href*=\"/copy\"]").await;
        wait_for(tab, "#purpose").await;
        tab.picture(&name("form-large"), 390).await;
        assert!(buttons(tab).await <= 3);

        // at the window, with the file that the holder sent
        let holder = desk.known_holder("noodles");
        let (cards, _) = copies::of(&desk.house.issuer, &holder).unwrap();
        let (number, octets) =
            copies::document(&desk.house.issuer, Asker::Holder(&holder), &cards[0].id, Form::Ofd).unwrap();
        let file = folder.file(&format!("copy-{number}.ofd"), octets);
        tab.client.delete_all_cookies().await.unwrap();
        office_sign_in(tab, "liu.jing").await;
        tab.open(&window(PURPOSE)).await;
        assert_eq!(bring(tab, javascript, &[&file]).await, "证照真实有效");
        assert!(tab.text(".win__verdict").await.contains("加注件"));
        tab.screen(&name("window")).await;
        tab.open(&window("食品经营许可变更")).await;
        assert_eq!(bring(tab, javascript, &[&file]).await, "这是办别的事用的加注件");
        let seen = tab.text(".win__verdict").await;
        assert!(seen.contains(PURPOSE) && seen.contains("重新做一份加注件"), "{seen}");
        assert!(!tab.sees(".win__facts").await, "of the licence no more than that");
        tab.screen(&name("window-other")).await;
        // and where nobody says what for
        tab.open("/verify").await;
        tab.choose(&file).await;
        tab.press("button[type=submit]").await;
        wait_for(tab, ".verdict h1").await;
        super::my::seen(tab, "加注件真实，只限所写的用途").await;
        tab.picture(&name("verify"), 1280).await;
        // who says it on that page is told, and who says it at once
        for (purpose, user, title) in [
            (PURPOSE, RECIPIENT, "证照真实有效"),
            ("食品经营许可变更", RECIPIENT, "这是办别的事用的加注件"),
            (PURPOSE, "演示市数据局", "这是给别的单位用的加注件"),
        ] {
            if !tab.sees("#copy-zh-CN").await {
                tab.open("/verify").await;
                tab.choose(&file).await;
                tab.press("button[type=submit]").await;
                super::my::seen(tab, "加注件真实，只限所写的用途").await;
            }
            fill(tab, "purpose", purpose).await;
            fill(tab, "used_by", user).await;
            let again = tab.client.find(Locator::Id("copy-zh-CN")).await.unwrap();
            again.send_keys(file.to_str().unwrap()).await.unwrap();
            tab.press("form.enter button[type=submit]").await;
            super::my::seen(tab, title).await;
            let said = tab.text("main").await;
            assert!(said.contains("您填的用途") && said.contains(user), "{said}");
            assert_eq!(tab.sees("#copy-zh-CN").await, title != "证照真实有效", "{title}");
        }
        tab.picture(&name("verify-other-user"), 1280).await;
        tab.open("/verify").await;
        tab.press(".use summary").await;
        fill(tab, "purpose", PURPOSE).await;
        fill(tab, "used_by", RECIPIENT).await;
        tab.picture(&name("verify-use"), 1280).await;
        tab.choose(&file).await;
        tab.press("form.upload button[type=submit]").await;
        super::my::seen(tab, "证照真实有效").await;
        assert!(tab.text(".verdict").await.contains("加注件"));
        tab.picture(&name("verify-valid"), 1280).await;

        // the holder is told
        tab.client.delete_all_cookies().await.unwrap();
        sign_in(tab).await;
        assert!(tab.text("main").await.contains("加注件"));
        tab.picture(&name("told"), 390).await;
        tab.open("/my/copies").await;
        let list = tab.text(".my-copy").await;
        assert!(list.contains("用途相符") && list.contains("食品经营许可变更"), "{list}");
        tab.picture(&name("list"), 390).await;
        tab.assert_quiet().await;
    });
}

#[test]
fn ask_make_bring_with_a_script() {
    journey(true);
}

#[test]
fn ask_make_bring_without_a_script() {
    journey(false);
}
