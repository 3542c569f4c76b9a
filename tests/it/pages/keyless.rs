//! Telephones that cannot sign: no key can be made or kept, or the key is lost. They have online codes only, and say so.

use super::{
    browser::{Tab, in_browser},
    my::{self, read_code, wait_for},
    my_offline::opened,
};
use fantoccini::Locator;
use serde_json::json;

async fn before_every_script(tab: &Tab, source: &str) {
    tab.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await.unwrap();
}

#[test]
fn where_no_key_can_be_kept_there_is_the_online_code() {
    let (desk, page) = opened();
    for (what, source) in [
        ("webcrypto", "Object.defineProperty(Crypto.prototype, 'subtle', { get: () => undefined })"),
        ("database", "Object.defineProperty(self, 'indexedDB', { get: () => undefined })"),
    ] {
        in_browser(desk.to, true, async |tab| {
            before_every_script(tab, source).await;
            my::sign_in(tab).await;
            tab.open(&page).await;
            for _ in 0..100 {
                if tab.text("#offline-cannot").await.contains("存不了密钥") {
                    break;
                }
                actix_web::rt::time::sleep(std::time::Duration::from_millis(25)).await;
            }
            let said = tab.text("#offline-cannot").await;
            assert!(said.contains("出不了离线码") && said.contains("请用亮证码"), "{what}: {said}");
            let button = tab.client.find(Locator::Css("#offline-make [type=submit]")).await.unwrap();
            assert!(!button.is_enabled().await.unwrap(), "{what}");
            tab.picture(&format!("my-offline-no-{what}"), 390).await;
            // from there to the code that works
            tab.press("main a[href*='/show']").await;
            wait_for(tab, ".my-box").await;
            let words = tab.client.find(Locator::Css("#words")).await.unwrap();
            words.send_keys("接受检查").await.unwrap();
            tab.press("form.enter button").await;
            wait_for(tab, "#code").await;
            assert!(read_code(tab).await.starts_with("HTTPS://YX.EXAMPLE.GOV.CN/S/"), "{what}");
            tab.assert_quiet().await;
        });
    }
}

#[test]
fn a_lost_key_is_said_and_made_anew() {
    let (desk, page) = opened();
    in_browser(desk.to, true, async |tab| {
        my::sign_in(tab).await;
        tab.open(&page).await;
        wait_for(tab, "#offline-make [type=submit]:enabled").await;
        // somebody clears what the browser keeps, between asking and showing
        let clear = "const done = arguments[arguments.length - 1]; \
            const asked = indexedDB.open('yinxin', 1); \
            asked.onsuccess = () => { \
              const writing = asked.result.transaction('keys', 'readwrite'); \
              writing.objectStore('keys').clear(); \
              writing.oncomplete = () => { asked.result.close(); done(true); }; };";
        tab.client.execute_async(clear, vec![]).await.unwrap();
        tab.press("#offline-make [type=submit]").await;
        wait_for(tab, "#offline-other:not([hidden])").await;
        let said = tab.text("#offline-other").await;
        for piece in ["没有出码的密钥了", "重新生成离线码", "亮证码", "证照没有受影响"] {
            assert!(said.contains(piece), "{piece} is missing in {said}");
        }
        assert!(!tab.sees(".code__qr").await, "no square that nobody could scan");
        tab.picture("my-offline-lost-key", 390).await;
        let online = tab.client.find(Locator::Css("#offline-other a[href*='/show']")).await.unwrap();
        assert_eq!(online.attr("href").await.unwrap(), Some(page.replace("/offline", "/show")));

        // a key of now, and a code by it
        tab.press("#offline-other a[href*='/offline']").await;
        wait_for(tab, "#offline-make [type=submit]:enabled").await;
        tab.press("#offline-make [type=submit]").await;
        wait_for(tab, "#code path[d^=M4]").await;
        assert!(!tab.sees("#offline-other").await);
        assert!(read_code(tab).await.starts_with("HTTPS://YX.EXAMPLE.GOV.CN/C#"));
        tab.assert_quiet().await;
    });
}
