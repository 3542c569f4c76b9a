//! What people do with one another, each in a browser of their own: a licence from its issuing to the receipt of
//! its check, one code before two clerks, and a code that ran out.

use super::{
    browser::{Tab, in_browser, in_two_browsers},
    my::{self, read_code},
    office::{decision, fill, follow, send, sign_in},
    window::{WINDOW, field, gone, scan, verdict},
};
use crate::{
    presentations::FOOD_HOLDER,
    support::{
        Folder,
        cli::{command, finish},
        database::Database,
        desk::Desk,
        house::{BODY, House, food},
    },
};
use fantoccini::Locator;
use serde_json::{Value, json};
use std::{cell::RefCell, time::Duration};
use yinxin::flow::{
    access::{Role, Scope},
    presentations::{Choice, Presentations, show},
    receipts,
    trust::key_pem,
};

/// Parts of a screen of 1280 by 800 that the verdict takes, and milliseconds from the key that ends a scan until it is
/// painted.
async fn measured(tab: &Tab) -> (f64, f64) {
    let script = "const all = [...document.querySelectorAll('.win__verdict')]; \
        const box = all.find((one) => one.getClientRects().length).getBoundingClientRect(); \
        const painted = performance.getEntriesByName('first-contentful-paint')[0]; \
        const key = Number(sessionStorage.getItem('key')); \
        return [box.width * box.height / (innerWidth * innerHeight), key && painted ? performance.timeOrigin + painted.startTime - key : null]";
    for _ in 0..200 {
        let found = tab.client.execute(script, vec![]).await.unwrap();
        if let Some(milliseconds) = found[1].as_f64() {
            return (found[0].as_f64().unwrap(), milliseconds);
        }
        actix_web::rt::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("nothing was painted");
}

/// Has the page remember when its last key went down, by a clock that the next page has too.
async fn note_the_key(tab: &Tab) {
    let script =
        "addEventListener('keydown', (e) => sessionStorage.setItem('key', performance.timeOrigin + e.timeStamp), true)";
    tab.client.execute(script, vec![]).await.unwrap();
}

#[test]
fn from_issuing_to_the_receipt() {
    let database = Database::sqlite();
    let desk = Desk::open(House::new(&database).signing_receipts(), "[access]\npresentation_seconds = 300");
    let body = desk.house.body.clone();
    desk.person(&body, "sun.jian", "孙建", &[Role::Officer]);
    desk.person(&body, "zhou.wen", "周文", &[Role::Approver]);
    desk.person(&body, "liu.jing", "刘静", &[Role::Clerk]);
    desk.holder("noodles", FOOD_HOLDER);
    let (application, code, receipt) = (RefCell::new(String::new()), RefCell::new(String::new()), RefCell::new(vec![]));

    // an officer enters it, another approves
    in_browser(desk.to, true, async |tab| {
        sign_in(tab, "sun.jian").await;
        tab.open("/office").await;
        follow(tab, "制发证照").await;
        follow(tab, "食品经营许可证").await;
        for (name, value) in &food(1).data {
            fill(tab, &format!("data.{name}"), value.as_str().unwrap()).await;
        }
        decision(tab).await;
        send(tab, "button[value=submit]").await;
        assert_eq!(tab.text("#state").await, "待复核");
        application.replace(tab.client.current_url().await.unwrap().path().to_owned());
    });
    in_browser(desk.to, true, async |tab| {
        sign_in(tab, "zhou.wen").await;
        let path = application.borrow().clone();
        tab.open(&path).await;
        send(tab, ".button--main").await;
        assert_eq!(tab.text("#state").await, "已签章入库");
    });

    // the holder shows it on a telephone
    in_browser(desk.to, true, async |tab| {
        tab.resize(390, 844).await.unwrap();
        my::sign_in(tab).await;
        assert!(tab.text(".note").await.contains("食品经营许可证"), "told of the new licence");
        tab.press("a.lcard").await;
        my::wait_for(tab, ".my-box").await;
        // the form begins with few fields; this holder shows all
        let all = "document.querySelectorAll('input[type=checkbox][name^=\"field.\"]:not(:checked)').forEach((one) => one.click());";
        tab.client.execute(all, vec![]).await.unwrap();
        fill(tab, "words", "校园配餐备案").await;
        tab.press("form.enter button").await;
        my::wait_for(tab, "#code").await;
        code.replace(read_code(tab).await);
        assert!(code.borrow().starts_with("HTTPS://YX.EXAMPLE.GOV.CN/S/"));
    });

    // a clerk scans, and makes the receipt with one key
    in_browser(desk.to, true, async |tab| {
        tab.resize(1280, 800).await.unwrap();
        sign_in(tab, "liu.jing").await;
        tab.open("/window").await;
        let page = tab.client.find(Locator::Css("html")).await.unwrap();
        tab.client.active_element().await.unwrap().send_keys("校园配餐备案\u{e007}").await.unwrap();
        gone(page).await;
        my::wait_for(tab, "#scan").await;
        note_the_key(tab).await;
        let text = code.borrow().clone();
        assert_eq!(scan(tab, &text).await, "证照真实有效");
        let main = tab.text("main").await;
        for piece in ["演示市小满面馆（个体工商户）", "JY23301000000010", "**国", "校园配餐备案"] {
            assert!(main.contains(piece), "{piece} is missing in {main}");
        }
        let (part, milliseconds) = measured(tab).await;
        assert!(part >= 0.5, "the verdict takes {part} of the screen");
        tab.screen("journey-valid").await;
        println!("from the last key to the verdict: {milliseconds:.0} ms, {part:.3} of the screen");
        assert!((0.0..5000.0).contains(&milliseconds), "{milliseconds} ms");
        let page = tab.client.find(Locator::Css("html")).await.unwrap();
        field(tab).await.send_keys("/").await.unwrap();
        gone(page).await;
        my::wait_for(tab, "#receipt-made a").await;
        let get = "const done = arguments[arguments.length - 1]; \
            fetch(document.querySelector('#receipt-made a').href).then((answer) => answer.text()).then(done)";
        let file = tab.client.execute_async(get, vec![]).await.unwrap();
        receipt.replace(file.as_str().unwrap().as_bytes().to_vec());
        tab.assert_quiet().await;
    });
    let said: Value = serde_json::from_slice(&receipt.borrow()).unwrap();
    let said = &said["receipt"];
    assert_eq!(
        (&said["shown"], &said["purpose"], &said["brought"]),
        (&json!("VALID"), &json!("校园配餐备案"), &json!("presentation"))
    );

    // anybody who gets it verifies it, in a browser and without one
    let folder = Folder::new();
    let file = folder.file("receipt.json", receipt.take());
    folder.file("key.pem", key_pem(&receipts::public_key(&desk.house.issuer).unwrap()));
    let check = finish(command(&folder).args(["receipt", "check", "receipt.json", "--key", "key.pem"]));
    assert_eq!(check.code, 0, "{}", check.err);
    assert!(check.out.contains("purpose\t校园配餐备案") && check.out.contains("shown\tVALID"), "{}", check.out);
    in_browser(desk.to, true, async |tab| {
        tab.open("/verify").await;
        tab.choose(&file).await;
        tab.press("button[type=submit]").await;
        my::wait_for(tab, ".verdict h1").await;
        assert_eq!(tab.text(".verdict h1").await, "核验凭证是真的");
        assert!(tab.text("main").await.contains("校园配餐备案"));
        tab.picture("journey-receipt", 1280).await;

        // and the holder sees who it was
        my::sign_in(tab).await;
        tab.open("/my/uses").await;
        let used = tab.text(".use").await;
        assert!(used.contains(BODY) && used.contains("校园配餐备案"), "{used}");
        tab.assert_quiet().await;
    });
}

/// A desk with a licence and its holder, and the text of a code that the holder shows.
fn shown(settings: &str) -> (Desk, String) {
    let database = Box::leak(Box::new(Database::sqlite()));
    let desk = Desk::open(House::new(database), settings);
    let body = desk.house.body.clone();
    desk.person(&body, "chief", "周管", &[Role::Administrator]);
    desk.person(&body, "liu.jing", "刘静", &[Role::Clerk]);
    desk.person(&body, "wang.fang", "王芳", &[Role::Clerk]);
    desk.holder("noodles", FOOD_HOLDER);
    let issued = desk.issue(&desk.token(&body, &[Scope::Issue]), &food(1));
    let holder = desk.known_holder("noodles");
    let choice = Choice { fields: vec!["operator_name".to_owned()], purpose: "接受检查".parse().unwrap() };
    let licence = issued["identifier"].as_str().unwrap().parse().unwrap();
    let shown = show(&desk.house.issuer, &Presentations::new(60, 24), &holder, &licence, &choice).unwrap();
    let text = shown.address.to_string();
    (desk, text)
}

/// Makes a browser the computer of a window, by a code that an administrator gives out.
async fn enrol(tab: &Tab, window: &str) {
    sign_in(tab, "chief").await;
    tab.open("/office/devices").await;
    fill(tab, "window", window).await;
    fill(tab, "name", &format!("{window}电脑")).await;
    send(tab, "form[action^='/office/devices'] .button--main").await;
    let code = tab.text(".device-code").await;
    tab.client.delete_all_cookies().await.unwrap();
    tab.open("/device").await;
    fill(tab, "code", &code).await;
    tab.press("#device-enrol button").await;
    my::wait_for(tab, "#device-next:not([hidden])").await;
}

#[test]
fn of_two_clerks_one_redeems_and_the_other_is_told() {
    let (desk, text) = shown("[window]\ndevices = \"required\"");
    in_two_browsers(desk.to, async |first, second| {
        for (tab, window, login) in [(first, "3 号窗口", "liu.jing"), (second, "5 号窗口", "wang.fang")] {
            enrol(tab, window).await;
            sign_in(tab, login).await;
            // the session shows first that it is at its window
            tab.open("/window").await;
            my::wait_for(tab, "[name=purpose]").await;
            assert!(tab.text(".top__where").await.contains(window));
            tab.open(WINDOW).await;
            my::wait_for(tab, "#scan").await;
        }
        let (one, other) = futures_util::future::join(scan(first, &text), scan(second, &text)).await;
        let (won, by, told) = match (one.as_str(), other.as_str()) {
            ("证照真实有效", "这个码已经用过") => (first, "3 号窗口", second),
            ("这个码已经用过", "证照真实有效") => (second, "5 号窗口", first),
            both => panic!("{both:?}"),
        };
        // told who it was, and nothing of the licence
        told.text(".win__verdict.tone-caution").await;
        let main = told.text("main").await;
        for piece in [BODY, by, "请对方在手机上换一个新码"] {
            assert!(main.contains(piece), "{piece} is missing in {main}");
        }
        assert!(!told.sees(".win__facts").await && !main.contains("小满面馆"), "{main}");
        told.screen("window-code-used").await;
        told.press("label.tool--lang").await;
        assert_eq!(told.text(".win__verdict h1").await, "This code was used before");
        told.screen("window-code-used-english").await;
        told.press("label.tool--lang").await;
        // and so it stays: the first gets the same answer again, the second is told again
        assert_eq!(scan(won, &text).await, "证照真实有效");
        assert_eq!(scan(told, &text).await, "这个码已经用过");
        for tab in [won, told] {
            tab.assert_quiet().await;
        }
    });
}

#[test]
fn a_code_that_ran_out_is_no_fault_of_the_licence() {
    let (desk, text) = shown("");
    in_browser(desk.to, true, async |tab| {
        sign_in(tab, "liu.jing").await;
        tab.open(WINDOW).await;
        desk.house.clock.advance_seconds(61);
        assert_eq!(scan(tab, &text).await, "码已过期，请对方刷新");
        tab.text(".win__verdict.tone-caution").await;
        let main = tab.text("main").await;
        assert!(main.contains("不代表证照有问题") && main.contains("请对方在手机上换一个新码"), "{main}");
        assert!(!tab.sees(".win__facts").await && !main.contains("小满面馆"), "{main}");
        tab.screen("window-code-expired").await;
        // one that never was looks the same
        let seen = verdict(tab).await;
        let never = format!("{}ABCDEFGHIJKLMNOPQRSTUV2344", &text[..text.rfind('/').unwrap() + 1]);
        assert_eq!(scan(tab, &never).await, seen);
        tab.assert_quiet().await;
        // and what a telephone sees of it
        tab.open(text.strip_prefix("HTTPS://YX.EXAMPLE.GOV.CN").unwrap()).await;
        assert_eq!(tab.text(".verdict h1").await, "码已过期，请对方刷新");
    });
}
