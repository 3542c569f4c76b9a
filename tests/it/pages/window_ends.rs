//! What ends a scan, and what scanners send around it, as key events of Chromium's own; what is dropped and pasted at
//! the window.

use super::{
    browser::{Tab, in_browser},
    my,
    office::sign_in,
    window::{WINDOW, field, gone, opened, verdict},
};
use crate::support::{Folder, example, register::Shown};
use fantoccini::Locator;
use serde_json::{Value, json};
use std::path::Path;
use yinxin::flow::access::Role;

const CTRL: u8 = 2;

/// A key: what it says, its place, its number for Windows, and what is held with it.
type Key = (&'static str, &'static str, u16, u8);

const ENTER: Key = ("Enter", "Enter", 13, 0);
const NUMPAD_ENTER: Key = ("Enter", "NumpadEnter", 13, 0);
const CTRL_M: Key = ("m", "KeyM", 77, CTRL);
const CTRL_J: Key = ("j", "KeyJ", 74, CTRL);
const CTRL_B: Key = ("b", "KeyB", 66, CTRL);
const CTRL_BRACKET: Key = ("]", "BracketRight", 221, CTRL);

/// Down and up again, as a keyboard does it; `does` names what the browser's own editing does with it.
async fn strike(tab: &Tab, (key, code, number, held): Key, does: &[&str]) {
    let sign = if key == "Enter" { "\r" } else { "" };
    let down = json!({
        "type": if sign.is_empty() { "rawKeyDown" } else { "keyDown" }, "key": key, "code": code, "text": sign,
        "windowsVirtualKeyCode": number, "modifiers": held, "commands": does,
        "location": if code.starts_with("Numpad") { 3 } else { 0 }, "isKeypad": code.starts_with("Numpad"),
    });
    let up = json!({ "type": "keyUp", "key": key, "code": code, "windowsVirtualKeyCode": number, "modifiers": held });
    for event in [down, up] {
        tab.devtools("Input.dispatchKeyEvent", event).await.unwrap();
    }
}

/// At once into whatever has the focus: a machine that is busy types with pauses.
async fn insert(tab: &Tab, text: &str) {
    tab.devtools("Input.insertText", json!({ "text": text })).await.unwrap();
}

async fn at_the_window(tab: &Tab) -> fantoccini::elements::Element {
    tab.open(WINDOW).await;
    let page = tab.client.find(Locator::Css("html")).await.unwrap();
    let focused = "const done = arguments[arguments.length - 1]; \
        const look = () => document.activeElement.id === 'scan' ? done(true) : setTimeout(look, 20); look()";
    tab.client.execute_async(focused, vec![]).await.unwrap();
    page
}

#[test]
fn whatever_ends_a_scan_ends_it_once() {
    let opened = opened();
    let address = opened.address();
    let mut scans = 0;
    in_browser(opened.desk.to, true, async |tab| {
        sign_in(tab, "liu.jing").await;
        for (how, before, text, after) in [
            ("Enter", &[][..], address.clone(), &[ENTER][..]),
            ("Enter of the number pad", &[], address.clone(), &[NUMPAD_ENTER]),
            ("CR and LF as Enter twice", &[], address.clone(), &[ENTER, ENTER]),
            ("CR and LF as Enter and Ctrl-J", &[], address.clone(), &[ENTER, CTRL_J]),
            ("CR as Ctrl-M", &[], address.clone(), &[CTRL_M]),
            ("LF as Ctrl-J", &[], address.clone(), &[CTRL_J]),
            ("CR and LF as Ctrl-M and Ctrl-J", &[], address.clone(), &[CTRL_M, CTRL_J]),
            ("STX as Ctrl-B before it", &[CTRL_B], address.clone(), &[ENTER]),
            ("GS as Ctrl-] before it", &[CTRL_BRACKET], address.clone(), &[ENTER]),
            ("STX, ETX and GS as signs", &[], format!("\u{2}\u{1d}{address}\u{3}"), &[ENTER]),
            ("a symbology identifier", &[], format!("]Q1{address}"), &[CTRL_J]),
        ] {
            let page = at_the_window(tab).await;
            for key in before {
                strike(tab, *key, &[]).await;
            }
            insert(tab, &text).await;
            for key in after {
                strike(tab, *key, &[]).await;
            }
            gone(page).await;
            assert_eq!(verdict(tab).await, "证照真实有效", "{how}");
            assert_eq!(tab.client.windows().await.unwrap().len(), 1, "{how}");
            scans += 1;
        }
        // on a verdict too, and where nothing was scanned it does nothing
        strike(tab, CTRL_J, &[]).await;
        assert!(tab.sees(".win__verdict").await);
        insert(tab, "6901234567892").await;
        let page = tab.client.find(Locator::Css("html")).await.unwrap();
        strike(tab, CTRL_M, &[]).await;
        gone(page).await;
        assert_eq!(verdict(tab).await, "这不是证照码");
        // a browser does nothing of its own with the ends of a scan; the keys of people stay theirs
        at_the_window(tab).await;
        tab.client
            .execute("addEventListener('keydown', (e) => { self.taken = e.defaultPrevented; })", vec![])
            .await
            .unwrap();
        for (key, taken) in [(CTRL_J, true), (CTRL_M, true), (CTRL_B, false), (("f", "KeyF", 70, CTRL), false)] {
            strike(tab, key, &[]).await;
            let found = tab.client.execute("return self.taken", vec![]).await.unwrap();
            assert_eq!(found, json!(taken), "{key:?}");
        }
        tab.assert_quiet().await;
    });
    assert_eq!(checked(&opened.desk, "code"), scans, "each scan was one check");
}

/// How often something that was brought in a way was checked.
fn checked(desk: &crate::support::desk::Desk, what: &str) -> usize {
    let auditor: Shown = desk.signed_in(&desk.house.body, "auditor", &[Role::Auditor]);
    let events = desk.get("/api/v1/audit?limit=200", &auditor).json();
    let all = events["events"].as_array().unwrap().iter();
    all.filter(|event| event["action"] == "licence.checked" && event["detail"]["what"] == what).count()
}

/// Drops something in the middle of the page, as somebody does with a mouse.
async fn drop_here(tab: &Tab, data: Value) {
    for step in ["dragEnter", "dragOver", "drop"] {
        let event = json!({ "type": step, "x": 400, "y": 300, "data": data });
        tab.devtools("Input.dispatchDragEvent", event).await.unwrap();
    }
}

fn files(paths: &[&Path]) -> Value {
    json!({ "items": [], "files": paths, "dragOperationsMask": 1 })
}

#[test]
fn what_is_dropped_is_checked_wherever_it_falls() {
    let opened = opened();
    let folder = Folder::new();
    let original = folder.file("食品经营许可证.ofd", opened.original());
    let (altered, unsigned) = (example("licence-altered.ofd"), example("unsigned.ofd"));
    in_browser(opened.desk.to, true, async |tab| {
        sign_in(tab, "liu.jing").await;
        let page = at_the_window(tab).await;
        drop_here(tab, files(&[&original])).await;
        gone(page).await;
        assert_eq!(verdict(tab).await, "证照真实有效");

        let page = at_the_window(tab).await;
        drop_here(tab, files(&[&original, &altered, &unsigned])).await;
        gone(page).await;
        assert_eq!(verdict(tab).await, "证照真实有效");
        assert!(tab.text(".win__lines").await.contains("一共 3 份"));
        tab.screen("window-dropped").await;

        // nine are too many, and the page says so
        at_the_window(tab).await;
        let nine: Vec<&Path> = std::iter::repeat_n(original.as_path(), 9).collect();
        drop_here(tab, files(&nine)).await;
        my::wait_for(tab, "#files-say.is-wrong").await;
        assert_eq!(tab.text("#files-say").await, "一次最多 8 份文件，请少放几份。");
        tab.screen("window-nine-files").await;

        // a text is as good as a scan, and an address is not opened
        for (text, expected) in [
            (opened.address(), "证照真实有效"),
            ("https://yx-example.gov.cn/C/ABCDEFGHIJKLMNOPQRSTUVWXYZ".to_owned(), "假冒网站的码"),
        ] {
            let page = at_the_window(tab).await;
            let item = json!({ "mimeType": "text/plain", "data": text });
            drop_here(tab, json!({ "items": [item], "dragOperationsMask": 1 })).await;
            gone(page).await;
            assert_eq!(verdict(tab).await, expected);
        }
        tab.assert_quiet().await;
    });
    let files = checked(&opened.desk, "file");
    assert!((2..=4).contains(&files), "{files} of the four that were dropped: the nine are not checked");
}

#[test]
fn what_is_pasted_is_checked() {
    let opened = opened();
    let address = opened.address();
    in_browser(opened.desk.to, true, async |tab| {
        sign_in(tab, "liu.jing").await;
        // by the clipboard of the machine
        let page = at_the_window(tab).await;
        let number = tab.client.find(Locator::Css("#number")).await.unwrap();
        number.click().await.unwrap();
        insert(tab, &address).await;
        strike(tab, ("a", "KeyA", 65, CTRL), &["selectAll"]).await;
        strike(tab, ("x", "KeyX", 88, CTRL), &["cut"]).await;
        assert_eq!(number.prop("value").await.unwrap().as_deref(), Some(""));
        // into a field that asks for something it goes as anywhere
        strike(tab, ("v", "KeyV", 86, CTRL), &["paste"]).await;
        assert_eq!(number.prop("value").await.unwrap().as_deref(), Some(address.as_str()));
        field(tab).await.click().await.unwrap();
        strike(tab, ("v", "KeyV", 86, CTRL), &["paste"]).await;
        gone(page).await;
        assert_eq!(verdict(tab).await, "证照真实有效");

        // files, as a mail program puts them on the clipboard
        let page = at_the_window(tab).await;
        paste_files(tab, &opened.original(), 2).await;
        gone(page).await;
        assert_eq!(verdict(tab).await, "证照真实有效");
        assert!(tab.text(".win__lines").await.contains("一共 2 份"));
        at_the_window(tab).await;
        paste_files(tab, b"x", 9).await;
        assert_eq!(tab.text("#files-say.is-wrong").await, "一次最多 8 份文件，请少放几份。");
        tab.assert_quiet().await;
    });
    assert_eq!(checked(&opened.desk, "code"), 1);
}

/// A paste of so many files of the same octets.
async fn paste_files(tab: &Tab, octets: &[u8], many: usize) {
    let script = "const octets = Uint8Array.from(arguments[0].match(/../g), (two) => parseInt(two, 16)); \
        const clipboardData = new DataTransfer(); \
        for (let n = 1; n <= arguments[1]; n += 1) clipboardData.items.add(new File([octets], `${n}.ofd`)); \
        document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))";
    tab.client.execute(script, vec![json!(hex::encode(octets)), json!(many)]).await.unwrap();
}

#[test]
fn without_a_script_nine_files_are_refused_by_the_service() {
    let opened = opened();
    let folder = Folder::new();
    let original = folder.file("one.ofd", opened.original());
    in_browser(opened.desk.to, false, async |tab| {
        sign_in(tab, "liu.jing").await;
        tab.open(WINDOW).await;
        let page = tab.client.find(Locator::Css("html")).await.unwrap();
        let nine: Vec<&str> = std::iter::repeat_n(original.to_str().unwrap(), 9).collect();
        tab.client.find(Locator::Css("#files")).await.unwrap().send_keys(&nine.join("\n")).await.unwrap();
        tab.press(".files button").await;
        gone(page).await;
        assert!(!tab.sees(".win__verdict").await);
        assert!(tab.text("main").await.contains("8"), "{}", tab.text("main").await);
    });
    assert_eq!(checked(&opened.desk, "file"), 0);
}
