//! A clerk at the window, who has a scanner and a keyboard.

use super::Hands;
use crate::{
    pages::{
        browser::in_browser,
        window::{opened, verdict},
    },
    support::{Folder, example},
};
use fantoccini::key::Key;

#[test]
fn a_clerk_serves_by_the_keyboard_alone() {
    let opened = opened();
    let (address, folder) = (opened.address(), Folder::new());
    let original = folder.file("食品经营许可证.ofd", opened.original());
    in_browser(opened.desk.to, true, async |tab| {
        let hands = Hands(tab);
        hands.sign_in("liu.jing", None).await;
        tab.open("/window").await;
        hands.fill("#purpose", "延续").await;
        hands.leave(Key::Enter).await;
        // the field has the focus, whatever was there before
        assert!(hands.is_at("#scan").await);
        hands.focus().await;

        hands.types(&address).await;
        hands.leave(Key::Enter).await;
        assert_eq!(verdict(tab).await, "证照真实有效");
        hands.round().await;
        // its receipt, by Tab and by its key
        hands.go(".win__bar .js-slash").await;
        assert!(tab.text("#receipt-made").await.contains("核验凭证已出具"));
        hands.to("#receipt-made a").await;
        tab.open(&tab.client.current_url().await.unwrap()[url::Position::BeforePath..]).await;
        hands.types(&address).await;
        hands.leave(Key::Enter).await;
        verdict(tab).await;
        hands.go(".win__bar .js-plus").await;
        assert_eq!(tab.text("h1").await, "请扫码");
        hands.round().await;

        // a number and its holder, by the key for that
        tab.open(crate::pages::window::WINDOW).await;
        hands.types("-").await;
        assert!(hands.is_at("#number").await);
        hands.types("JY23301000000010").await;
        hands.fill("#holder", "演示市小满面馆（个体工商户）").await;
        hands.leave(Key::Enter).await;
        assert_eq!(verdict(tab).await, "证照真实有效");

        // files: with a script choosing is enough
        tab.open(crate::pages::window::WINDOW).await;
        hands.to("#files").await;
        let page = tab.client.find(fantoccini::Locator::Css("html")).await.unwrap();
        let both = format!("{}\n{}", original.display(), example("licence-altered.ofd").display());
        tab.client.active_element().await.unwrap().send_keys(&both).await.unwrap();
        crate::pages::window::gone(page).await;
        assert_eq!(verdict(tab).await, "证照真实有效");
        hands.to(".pick").await;
        hands.press(Key::Down).await;
        hands.focus().await;
        assert_eq!(tab.text(".win__verdict h1").await, "内容被改动过，不能采信");

        // a look-alike site is reported
        tab.open(crate::pages::window::WINDOW).await;
        hands.types("https://yx-example.gov.cn/C/ABCDEFGHIJKLMNOPQRSTUVWXYZ").await;
        hands.leave(Key::Enter).await;
        assert_eq!(verdict(tab).await, "假冒网站的码");
        hands.go(".win__bar .js-star").await;
        assert!(tab.text("#reported").await.contains("已上报"));
        tab.assert_quiet().await;
    });
}
