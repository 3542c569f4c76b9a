//! A clerk: waiting, verdicts over what is brought, and what is left where the network goes away.

use super::{enter, looked::Looked, routes::Tour, submit};
use crate::{
    pages::{
        browser::in_browser,
        my::wait_for,
        window::{WINDOW, opened},
        window_apart::{self, altered, scan_apart},
    },
    support::{Folder, example},
};
use fantoccini::Locator;

#[test]
fn a_clerk() {
    let opened = opened();
    let (desk, address) = (&opened.desk, opened.address());
    let folder = Folder::new();
    let original = folder.file("食品经营许可证.ofd", opened.original());
    in_browser(desk.to, true, async |tab| {
        let mut looked = Looked::begin(tab);
        enter(tab, desk, "liu.jing").await;
        looked.also("/window", "without a purpose").await;
        looked.page("/window", WINDOW).await;
        for (text, says) in [
            (address.as_str(), "证照真实有效"),
            ("https://yx-example.gov.cn/C/ABCDEFGHIJKLMNOPQRSTUVWXYZ", "假冒网站的码"),
            ("6901234567892", "这不是证照码"),
        ] {
            tab.open(WINDOW).await;
            submit(tab, "form.scanning", &[("scan", text)], "").await;
            looked.answer("/window", says).await;
        }
        tab.open(WINDOW).await;
        submit(tab, "form.scanning", &[("scan", &address)], "").await;
        submit(tab, ".win__bar form[action^='/window/receipts']", &[], "").await;
        looked.open("/window with a receipt").await;
        for (files, says) in [
            (vec![original.clone()], "证照真实有效"),
            (vec![example("licence-altered.ofd")], "内容被改动过"),
            (vec![original, example("licence-altered.ofd"), example("unsigned.ofd")], "证照真实有效"),
        ] {
            tab.open(WINDOW).await;
            // with its script choosing is enough, and the page would go by itself
            let script = "document.querySelector('.files').addEventListener('change', (event) => event.stopImmediatePropagation(), true)";
            tab.client.execute(script, vec![]).await.unwrap();
            let chosen: Vec<_> = files.iter().map(|file| file.to_str().unwrap()).collect();
            let field = tab.client.find(Locator::Css("#files")).await.unwrap();
            field.send_keys(&chosen.join("\n")).await.unwrap();
            submit(tab, "form.files", &[], "").await;
            looked.answer("/window/files", says).await;
        }
        looked.end(Tour::Window);
        tab.assert_quiet().await;
    });
}

#[test]
fn a_clerk_whose_network_goes_away_and_comes_back() {
    let opened = window_apart::opened();
    let printed = opened.issued["address"].as_str().unwrap();
    in_browser(opened.gate.at, true, async |tab| {
        let mut looked = Looked::begin(tab);
        let code = opened.code(tab).await;
        opened.clerk(tab).await;
        looked.page("/window/offline", "/window/offline").await;
        tab.open(WINDOW).await;
        wait_for(tab, "[data-ready=true]").await;
        opened.gate.shut();
        tab.open(WINDOW).await;
        wait_for(tab, ".apart").await;
        wait_for(tab, "[data-ready=true]").await;
        for (text, says) in [(code.as_str(), "签名真实"), (&altered(&code), "码被改动过"), (printed, "请对照纸面")]
        {
            scan_apart(tab, text, says).await;
            looked.open(&format!("/window without a network: {says}")).await;
        }
        tab.press(".js-plus").await;
        wait_for(tab, "[data-queue]:not([hidden])").await;
        looked.open("/window without a network, with what waits").await;
        opened.gate.open();
        tab.open(WINDOW).await;
        wait_for(tab, "#rechecked").await;
        looked.shown("/window/recheck", "已复核").await;
        looked.end(Tour::Apart);
    });
}
