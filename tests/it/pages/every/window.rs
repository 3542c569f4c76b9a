//! A clerk: waiting, and verdicts over what is brought.

use super::{looked::Looked, routes::Tour, submit};
use crate::{
    pages::{
        browser::in_browser,
        window::{WINDOW, opened},
    },
    support::{
        Folder, example,
        register::{FORM_BODY, Shown, send},
    },
};
use serde_json::json;

#[test]
fn a_clerk() {
    let opened = opened();
    let (desk, address) = (&opened.desk, opened.address());
    let identifier = opened.issued["identifier"].as_str().unwrap();
    let folder = Folder::new();
    let original = folder.file("食品经营许可证.ofd", opened.original());
    let clerk = desk.session("liu.jing");
    let checks = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("check", &format!("{identifier} VALID_OFFLINE 1795000000"))
        .finish();
    let at = WINDOW.replace("/window", "/window/recheck");
    let rechecked = send(desk.to, "POST", &at, &clerk, FORM_BODY, &checks);
    assert_eq!(rechecked.status, 200, "{rechecked:?}");
    let Shown::Cookie(secret) = &clerk else { panic!("no session") };
    in_browser(desk.to, true, async |tab| {
        let mut looked = Looked::begin(tab);
        super::with_session(tab, secret).await;
        tab.open("/window").await;
        looked.beside("/window without a purpose").await;
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
        looked.beside("/window with a receipt").await;
        for (files, says) in [
            (vec![original.clone()], "证照真实有效"),
            (vec![example("licence-altered.ofd")], "内容被改动过"),
            (vec![original, example("licence-altered.ofd"), example("unsigned.ofd")], "证照真实有效"),
        ] {
            tab.open(WINDOW).await;
            let script = "document.querySelector('.files').addEventListener('change', (event) => event.stopImmediatePropagation(), true)";
            tab.client.execute(script, vec![]).await.unwrap();
            let chosen: Vec<_> = files.iter().map(|file| file.to_str().unwrap()).collect();
            let field = tab.client.find(fantoccini::Locator::Css("#files")).await.unwrap();
            field.send_keys(&chosen.join("\n")).await.unwrap();
            submit(tab, "form.files", &[], "").await;
            looked.answer("/window/files", says).await;
            if files.len() == 1 && says == "证照真实有效" {
                tab.press(".win__pages summary").await;
                looked.beside("the pages of a file at the window").await;
            }
        }
        looked.page("/window/offline", "/window/offline").await;
        tab.open(WINDOW).await;
        let script = "const next = new DOMParser().parseFromString(arguments[0], 'text/html'); \
            document.querySelector('.preparing').append(document.adoptNode(next.querySelector('#rechecked')));";
        tab.client.execute(script, vec![json!(rechecked.body)]).await.unwrap();
        looked.shown("/window/recheck", "离线核过的已复核").await;
        looked.end(Tour::Window);
        tab.assert_quiet().await;
    });
}
