//! The field of the window by key events: scanners that type in every way, and the
//! keys of its buttons.

use super::{
    browser::{Tab, in_browser},
    office::sign_in,
    window::{WINDOW, field, gone, opened, scan, verdict},
};
use fantoccini::Locator;
use serde_json::json;

const ENTER: &str = "\u{e007}";
const TAB: &str = "\u{e004}";

/// Types into whatever has the focus, and waits for the verdict.
async fn types(tab: &Tab, text: &str) -> String {
    let page = tab.client.find(Locator::Css("html")).await.unwrap();
    tab.client.active_element().await.unwrap().send_keys(text).await.unwrap();
    gone(page).await;
    verdict(tab).await
}

async fn focused(tab: &Tab) -> String {
    let script = "return document.activeElement.id";
    tab.client.execute(script, vec![]).await.unwrap().as_str().unwrap_or_default().to_owned()
}

#[test]
fn scanners_type_in_every_way() {
    let opened = opened();
    let address = opened.address();
    let wide: String = address.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect();
    in_browser(opened.desk.to, true, async |tab| {
        sign_in(tab, "liu.jing").await;
        for (how, text) in [
            ("with Enter", format!("{address}{ENTER}")),
            ("with Enter twice", format!("{address}{ENTER}{ENTER}")),
            ("with Tab", format!("{address}{TAB}")),
            ("without an end", address.clone()),
            ("in small letters", format!("{}{ENTER}", address.to_lowercase())),
            ("in full width", format!("{wide}{ENTER}")),
            (
                "with Chinese marks",
                format!("{}{ENTER}", address.replace('/', "、").replace('.', "。").replace(':', "：")),
            ),
        ] {
            tab.open(WINDOW).await;
            assert_eq!(types(tab, &text).await, "证照真实有效", "{how}");
        }
        // and from one verdict to the next, without a hand on anything
        assert!(focused(tab).await.starts_with("scan-"));
        assert_eq!(types(tab, &format!("6901234567892{ENTER}")).await, "这不是证照码");
        assert_eq!(types(tab, &format!("{address}{TAB}")).await, "证照真实有效");
    });
}

/// Key events as Chromium sends them while an input method is on: the key says nothing,
/// the place on the keyboard does, and what the method made of it stands in the field.
#[test]
fn a_scanner_under_an_input_method() {
    let opened = opened();
    let address = opened.address();
    let script = r#"
        const [text, end] = arguments;
        const field = document.activeElement;
        const codes = { ":": ["Semicolon", true], "/": ["Slash", false], ".": ["Period", false] };
        for (const sign of text) {
          const [code, shiftKey] = codes[sign] || (/[0-9]/.test(sign) ? [`Digit${sign}`, false] : [`Key${sign}`, true]);
          field.dispatchEvent(new KeyboardEvent("keydown", { key: "Process", code, shiftKey, bubbles: true, cancelable: true, isComposing: true }));
          field.value += "测";
        }
        if (end) field.dispatchEvent(new KeyboardEvent("keydown", { key: "Process", code: "Enter", bubbles: true, cancelable: true, isComposing: true }));
    "#;
    in_browser(opened.desk.to, true, async |tab| {
        sign_in(tab, "liu.jing").await;
        for end in [true, false] {
            tab.open(WINDOW).await;
            let page = tab.client.find(Locator::Css("html")).await.unwrap();
            tab.client.execute(script, vec![json!(address), json!(end)]).await.unwrap();
            gone(page).await;
            assert_eq!(verdict(tab).await, "证照真实有效", "{end}");
        }
        tab.assert_quiet().await;
    });
}

#[test]
fn keys_of_the_buttons_work_while_the_field_is_empty() {
    let opened = opened();
    let address = opened.address();
    in_browser(opened.desk.to, true, async |tab| {
        sign_in(tab, "liu.jing").await;
        tab.open(WINDOW).await;
        // wherever one clicks, the field has the focus again
        tab.press("h2").await;
        actix_web::rt::time::sleep(std::time::Duration::from_millis(100)).await;
        assert_eq!(focused(tab).await, "scan");
        field(tab).await.send_keys("-").await.unwrap();
        assert_eq!(focused(tab).await, "number");
        tab.client.active_element().await.unwrap().send_keys("JY-1").await.unwrap();
        assert_eq!(tab.client.active_element().await.unwrap().prop("value").await.unwrap().as_deref(), Some("JY-1"));
        tab.open(WINDOW).await;
        field(tab).await.send_keys("a+").await.unwrap();
        assert_eq!(field(tab).await.prop("value").await.unwrap().as_deref(), Some("a+"), "it is no command then");

        tab.open(WINDOW).await;
        scan(tab, &address).await;
        // the second of two ends, which comes late
        field(tab).await.send_keys(ENTER).await.unwrap();
        assert!(tab.sees(".win__verdict").await);
        let page = tab.client.find(Locator::Css("html")).await.unwrap();
        field(tab).await.send_keys("+").await.unwrap();
        gone(page).await;
        assert_eq!(tab.text("h1").await, "请扫码");
        scan(tab, "https://evil.example/C/1").await;
        let page = tab.client.find(Locator::Css("html")).await.unwrap();
        field(tab).await.send_keys("*").await.unwrap();
        gone(page).await;
        assert!(tab.text("#reported").await.contains("已上报"));
        tab.assert_quiet().await;
    });
}

/// One key makes the receipt of what was just shown; the page then says its number and where it is.
#[test]
fn one_key_makes_the_receipt() {
    let opened = opened();
    let address = opened.address();
    in_browser(opened.desk.to, true, async |tab| {
        sign_in(tab, "liu.jing").await;
        tab.open(WINDOW).await;
        scan(tab, &address).await;
        tab.screen("window-valid-receipt").await;
        let page = tab.client.find(Locator::Css("html")).await.unwrap();
        field(tab).await.send_keys("/").await.unwrap();
        gone(page).await;
        let said = tab.text("#receipt-made").await;
        assert!(said.contains("核验凭证已出具"), "{said}");
        let link = tab.client.find(Locator::Css("#receipt-made a")).await.unwrap().attr("href").await.unwrap().unwrap();
        let number = link.rsplit('/').next().unwrap().to_owned();
        let spoken: String = said.chars().filter(|c| !c.is_whitespace()).collect();
        assert!(number.len() == 16 && spoken.contains(&number), "{said} {link}");
        tab.screen("window-receipt-made").await;
        // the field is ready for whoever comes next
        assert_eq!(focused(tab).await, "scan");
        scan(tab, &address).await;
        // a site that nobody vouches for has nothing to sign
        scan(tab, "https://evil.example/C/1").await;
        assert!(!tab.sees(".win__bar .js-slash").await);
        let file = opened.desk.get(&link, &opened.desk.session("liu.jing"));
        let receipt: serde_json::Value = file.json();
        assert_eq!((&receipt["receipt"]["number"], &receipt["receipt"]["shown"]), (&json!(number), &json!("VALID")));
        assert_eq!((&receipt["receipt"]["purpose"], &receipt["receipt"]["brought"]), (&json!("延续"), &json!("code")));
        tab.assert_quiet().await;
    });
}
