//! The journey of a visitor, as Chromium shows it.

use super::browser::{Tab, in_browser};
use crate::support::{
    Folder, example,
    service::Service,
    status_server::{BROKEN, NOT_REGISTERED, StatusServer},
};

/// A service that trusts the example anchors.
fn service() -> Service {
    Service::start_with("", &format!("[trust]\nanchors = {:?}", example("anchors.pem")))
}

/// The example files, the verdict each gets, and the tone of its band.
const EXAMPLES: [(&str, &str, &str); 5] = [
    ("licence-valid.ofd", "证照是真的，现在是否有效没有查", "info"),
    ("licence-altered.ofd", "内容被改动过，不能采信", "refuse"),
    ("invoice-partly-covered.ofd", "部分内容未被签章保护", "caution"),
    ("self-made-root.ofd", "不在互认名单", "neutral"),
    ("unsigned.ofd", "文件没有签章", "neutral"),
];

async fn verify(tab: &Tab, name: &str, address: &str) {
    tab.open(address).await;
    tab.choose(&example(name)).await;
    tab.press("button[type=submit]").await;
    tab.client.wait().for_element(fantoccini::Locator::Css(".verdict h1")).await.unwrap();
}

#[test]
fn every_example_gets_its_verdict_with_a_script() {
    let service = service();
    in_browser(service.public, true, async |tab| {
        tab.open("/verify").await;
        assert_eq!(tab.text("h1").await, "核验一份电子证照");
        assert_eq!(tab.text(".drop__pick").await, "选择文件");
        tab.picture("start-alone", 1280).await;
        tab.picture("start-alone-phone", 390).await;
        tab.choose(&example("licence-valid.ofd")).await;
        assert!(tab.text(".drop__chosen").await.starts_with("licence-valid.ofd · "));
        tab.picture("start-chosen", 1280).await;
        for (name, verdict, tone) in EXAMPLES {
            verify(tab, name, "/verify").await;
            let headline = tab.text(".verdict h1").await;
            assert!(headline.contains(verdict), "{name}: {headline}");
            assert!(tab.client.title().await.unwrap().starts_with(&headline));
            tab.text(&format!(".verdict.tone-{tone}")).await;
            let green = tab.sees(".column--checks .tone-valid").await;
            assert_eq!(green, !matches!(name, "licence-altered.ofd" | "unsigned.ofd"), "{name}");
            let stem = name.trim_end_matches(".ofd");
            tab.picture(stem, 1280).await;
            tab.picture(&format!("{stem}-phone"), 390).await;
        }
        tab.assert_quiet().await;
    });
}

#[test]
fn every_example_gets_its_verdict_without_a_script() {
    let service = service();
    in_browser(service.public, false, async |tab| {
        for (name, verdict, tone) in EXAMPLES {
            verify(tab, name, "/verify").await;
            let headline = tab.text(".verdict h1").await;
            assert!(headline.contains(verdict), "{name}: {headline}");
            tab.text(&format!(".verdict.tone-{tone}")).await;
        }
        tab.assert_quiet().await;
    });
}

#[test]
fn a_result_switches_language_size_and_contrast_in_place_without_a_script() {
    let service = service();
    in_browser(service.public, false, async |tab| {
        verify(tab, "licence-altered.ofd", "/verify").await;
        assert_eq!(tab.style(".row b", "font-size").await, "16px");
        tab.press("label.tool--size").await;
        assert_eq!(tab.style(".row b", "font-size").await, "24px");
        tab.press("label.tool--contrast").await;
        assert_eq!(tab.style(".page", "background-color").await, "rgba(255, 255, 255, 1)");
        tab.picture("licence-altered-large-contrast", 1280).await;
        tab.press("label.tool--lang").await;
        assert_eq!(tab.text(".verdict h1").await, "Changed after stamping: do not rely on it");
        assert_eq!(tab.text(".tool--lang").await, "中文");
        tab.press("label.tool--size").await;
        tab.press("label.tool--contrast").await;
        tab.picture("licence-altered-english", 1280).await;
        tab.assert_quiet().await;
    });
}

#[test]
fn choices_lead_on_from_page_to_page() {
    let service = service();
    in_browser(service.public, true, async |tab| {
        tab.open("/").await;
        tab.press(".tools a:nth-of-type(2)").await;
        assert_eq!(tab.style(".drop .caption", "font-size").await, "21px");
        tab.press(".tools a:nth-of-type(1)").await;
        assert!(tab.client.current_url().await.unwrap().as_str().ends_with("/verify?lang=en&size=large"));
        tab.picture("start-english-large", 1280).await;

        verify(tab, "licence-valid.ofd", "/verify?lang=en&size=large").await;
        assert!(tab.text(".verdict h1").await.starts_with("A genuine licence"));
        assert_eq!(tab.style(".row b", "font-size").await, "24px");
        tab.press("label.tool--lang").await;
        assert!(tab.client.title().await.unwrap().starts_with("证照是真的"));
        tab.press("label.tool--size").await;
        tab.press(".actions .button--main").await;
        assert!(tab.client.current_url().await.unwrap().as_str().ends_with("/verify"));
        tab.assert_quiet().await;
    });
}

#[test]
fn what_is_no_document_is_told_what_to_bring() {
    let service = Service::start();
    let folder = Folder::new();
    let note = folder.file("笔记.txt", b"a note");
    let photo = folder.file("照片.png", b"\x89PNG\r\n\x1a\n");
    for javascript in [true, false] {
        in_browser(service.public, javascript, async |tab| {
            tab.open("/verify").await;
            tab.choose(&note).await;
            tab.press("button[type=submit]").await;
            tab.client.wait().for_element(fantoccini::Locator::Css(".verdict")).await.unwrap();
            assert_eq!(tab.text("h1").await, "这不是能核验的文件");
            tab.text(".verdict.tone-neutral").await;
            tab.picture("not-a-document", 1280).await;
            tab.open("/verify").await;
            tab.choose(&photo).await;
            tab.press("button[type=submit]").await;
            tab.client.wait().for_element(fantoccini::Locator::Css(".verdict")).await.unwrap();
            assert_eq!(tab.text("h1").await, "副本：请核验上面的码");
            tab.text(".verdict.tone-neutral").await;
            tab.picture("copy", 1280).await;
            tab.picture("copy-phone", 390).await;
            tab.press(".actions .button--main").await;
            assert_eq!(tab.text("h1").await, "核验一份电子证照");
            tab.assert_quiet().await;
        });
    }
}

#[test]
fn what_the_register_says_is_shown() {
    let register = StatusServer::start();
    let sections =
        format!("[trust]\nanchors = {:?}\n[verify]\nstatus_url = {:?}", example("anchors.pem"), register.url());
    let service = Service::start_with("", &sections);
    in_browser(service.public, true, async |tab| {
        for (state, headline, tone) in [
            ("in_force", "证照真实有效", "valid"),
            ("revoked", "证照已吊销", "refuse"),
            ("expired", "证照已到期（2031-05-31 止）", "caution"),
            ("not_yet", "证照还没生效（2026-09-18 起）", "caution"),
            (NOT_REGISTERED, "印章真实，但登记库没有这张证", "caution"),
            (BROKEN, "证照是真的，现在是否有效没有查到", "info"),
        ] {
            register.say(state);
            verify(tab, "licence-valid.ofd", "/verify").await;
            assert_eq!(tab.text(".verdict h1").await, headline);
            tab.text(&format!(".verdict.tone-{tone}")).await;
            // the file is genuine whatever its standing: nothing of it is withheld
            assert!(!tab.sees(".withheld").await, "{state}");
            tab.picture(&format!("licence-{state}"), 1280).await;
            tab.picture(&format!("licence-{state}-phone"), 390).await;
        }
        register.say("in_force");
        verify(tab, "licence-altered.ofd", "/verify").await;
        tab.text(".verdict.tone-refuse").await;
        assert!(!tab.text("main").await.contains("有效没有查") && !tab.text("main").await.contains("真实有效"));
        tab.assert_quiet().await;
    });
}

#[test]
fn a_keyboard_reaches_everything_in_order() {
    let service = service();
    in_browser(service.public, true, async |tab| {
        verify(tab, "licence-valid.ofd", "/verify").await;
        let mut reached = Vec::new();
        for _ in 0..8 {
            let focused = "document.activeElement";
            tab.client.active_element().await.unwrap().send_keys("\u{e004}").await.unwrap();
            let what =
                tab.client.execute(&format!("return {focused}.id || {focused}.className"), vec![]).await.unwrap();
            reached.push(what.as_str().unwrap_or_default().to_owned());
        }
        let expected = ["switch-lang", "switch-size", "switch-contrast", "skip", "brand"];
        assert_eq!(reached[..5], expected);
        assert!(reached.iter().any(|r| r.contains("button--main")), "{reached:?}");
        assert_eq!(tab.style(".tool--lang", "outline-style").await, "none");
    });
}
