//! The journey of the office, as Chromium shows it: one enters, another approves.

use super::browser::{Tab, in_browser};
use crate::support::{
    database::Database,
    desk::Desk,
    house::{House, decided, food},
    register::PASSWORD,
};
use fantoccini::Locator;
use serde_json::{Value, json};
use std::cell::RefCell;
use yinxin::flow::{access::Role, standing};

pub(super) async fn fill(tab: &Tab, name: &str, text: &str) {
    let field = tab.client.find(Locator::Css(&format!("[name=\"{name}\"]"))).await.unwrap();
    if field.attr("type").await.unwrap().as_deref() == Some("date") {
        // how a date is typed depends on the language of the browser
        let script = "arguments[0].value = arguments[1]";
        tab.client.execute(script, vec![serde_json::to_value(&field).unwrap(), json!(text)]).await.unwrap();
    } else {
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }
}

pub(super) async fn sign_in(tab: &Tab, login: &str) {
    tab.open("/login").await;
    fill(tab, "login", login).await;
    fill(tab, "password", PASSWORD).await;
    send(tab, "button[type=submit]").await;
    assert!(tab.text("h1").await.contains("您已登录"));
}

/// Presses what leads to another page, and waits until this one is gone.
async fn go(tab: &Tab, selector: Locator<'_>) {
    let page = tab.client.find(Locator::Css("html")).await.unwrap();
    tab.client.find(selector).await.unwrap().click().await.unwrap();
    for _ in 0..400 {
        if page.tag_name().await.is_err() {
            return;
        }
        actix_web::rt::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("{selector:?} leads nowhere");
}

pub(super) async fn send(tab: &Tab, selector: &str) {
    go(tab, Locator::Css(selector)).await;
}

pub(super) async fn follow(tab: &Tab, words: &str) {
    go(tab, Locator::LinkText(words)).await;
}

pub(super) async fn decision(tab: &Tab) {
    let decided = decided();
    fill(tab, "decision.document_number", &decided.document_number).await;
    fill(tab, "decision.legal_basis", &decided.legal_basis).await;
    fill(tab, "decision.decided_on", &decided.decided_on.to_string()).await;
}

/// The width in which the picture of the page really is; 0 where there is none.
async fn drawn(tab: &Tab) -> u64 {
    let script = "const i = document.querySelector('img.doc'); return i && i.complete ? i.naturalWidth : 0";
    for _ in 0..100 {
        let width = tab.client.execute(script, vec![]).await.unwrap().as_u64().unwrap();
        if width > 0 {
            return width;
        }
        actix_web::rt::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    0
}

fn journey(javascript: bool) {
    let database = Database::sqlite();
    let open = Desk::open(House::new(&database), "");
    let body = open.house.body.clone();
    open.person(&body, "sun.jian", "孙建", &[Role::Officer, Role::Approver]);
    open.person(&body, "zhou.wen", "周文", &[Role::Approver]);
    let order = food(1);
    let name = |what: &str| format!("office-{what}{}", if javascript { "" } else { "-plain" });
    let application = RefCell::new(String::new());
    let identifier = RefCell::new(String::new());

    in_browser(open.to, javascript, async |tab| {
        sign_in(tab, "sun.jian").await;
        tab.open("/office").await;
        tab.picture(&name("empty"), 1280).await;
        follow(tab, "制发证照").await;
        tab.picture(&name("choose"), 1280).await;
        follow(tab, "食品经营许可证").await;
        assert_eq!(tab.text("h1").await, "制发食品经营许可证");
        // half of it, and one of that wrong
        for (field, value) in &order.data {
            if !matches!(field.as_str(), "complaint_telephone" | "signatory") {
                fill(tab, &format!("data.{field}"), value.as_str().unwrap()).await;
            }
        }
        fill(tab, "data.credit_code", "11100000MB0143028X").await;
        send(tab, "button[value=submit]").await;
        let faults = tab.text("#faults").await;
        assert!(faults.starts_with("还有 6 处要改"), "{faults}");
        for title in ["统一社会信用代码", "投诉举报电话", "签发人", "文书号", "决定日期", "法律依据"]
        {
            assert!(faults.contains(title), "{title} in {faults}");
        }
        let error = tab.client.find(Locator::Css("[name='data.credit_code'] + .error")).await.unwrap();
        assert_eq!(error.text().await.unwrap(), "第 18 位校验码不对。请照营业执照重新输入。");
        assert!(!tab.sees("img.doc").await);
        tab.picture(&name("errors"), 1280).await;
        tab.picture(&name("errors-phone"), 390).await;
        tab.client.find(Locator::LinkText("签发人")).await.unwrap().click().await.unwrap();
        assert!(tab.client.current_url().await.unwrap().as_str().contains("#f"));

        fill(tab, "data.credit_code", "11100000MB0143028R").await;
        fill(tab, "data.complaint_telephone", "12315").await;
        fill(tab, "data.signatory", "王安").await;
        send(tab, "button[value=look]").await;
        assert!(tab.text("#faults").await.starts_with("还有 3 处要改"));
        assert!(drawn(tab).await > 800, "the page is drawn while the decision is missing");
        decision(tab).await;
        send(tab, "button[value=look]").await;
        assert!(!tab.sees("#faults").await && drawn(tab).await > 800);
        tab.picture(&name("issue"), 1280).await;
        send(tab, "button[value=submit]").await;
        assert_eq!(tab.text("#state").await, "待复核");
        assert_eq!(tab.text("#own b").await, "您不能复核自己填的证照，请交给另一位同事。");
        assert!(!tab.sees("form[action$='/approve']").await);
        assert!(drawn(tab).await > 800);
        tab.picture(&name("own"), 1280).await;
        *application.borrow_mut() = tab.client.current_url().await.unwrap().path().to_owned();
        tab.assert_quiet().await;
    });

    in_browser(open.to, javascript, async |tab| {
        sign_in(tab, "zhou.wen").await;
        tab.open("/office").await;
        assert!(tab.text("main").await.contains("待我复核"));
        tab.picture(&name("home"), 1280).await;
        // sent back first, for the remark
        follow(tab, "演示市小满面馆（个体工商户）").await;
        assert!(drawn(tab).await > 800);
        tab.picture(&name("approve"), 1280).await;
        send(tab, "button[formaction]").await;
        assert!(tab.text("h1").await.contains("请写明退回原因"));
        let path = application.borrow().clone();
        tab.open(&path).await;
        fill(tab, "remark", "负责人姓名请再核一次").await;
        send(tab, "button[formaction]").await;
        assert_eq!(tab.text("h1").await, "我的工作");
        tab.assert_quiet().await;
    });

    in_browser(open.to, javascript, async |tab| {
        sign_in(tab, "sun.jian").await;
        tab.open("/office").await;
        assert!(tab.text("main").await.contains("负责人姓名请再核一次"));
        tab.picture(&name("returned"), 1280).await;
        follow(tab, "演示市小满面馆（个体工商户）").await;
        assert!(tab.text("form .note").await.contains("周文"));
        fill(tab, "data.legal_representative", "李守国").await;
        send(tab, "button[value=submit]").await;
        assert_eq!(tab.text("#state").await, "待复核");
    });

    in_browser(open.to, javascript, async |tab| {
        sign_in(tab, "zhou.wen").await;
        let path = application.borrow().clone();
        tab.open(&path).await;
        assert!(tab.text("form[action$='/approve']").await.contains("同意后立即签章，不能撤回，只能另行注销。"));
        send(tab, ".button--main").await;
        assert_eq!(tab.text("#state").await, "已签章入库");
        tab.picture(&name("issued"), 1280).await;
        follow(tab, "看证照").await;
        tab.picture(&name("purpose"), 1280).await;
        assert!(!tab.text("main").await.contains("李守国"));
        fill(tab, "purpose", "复核后查看").await;
        send(tab, "button[type=submit]").await;
        assert_eq!(tab.text("#standing").await, "有效");
        assert!(tab.text("main").await.contains("李守国"));
        tab.picture(&name("licence"), 1280).await;
        tab.picture(&name("licence-phone"), 390).await;
        let path = tab.client.current_url().await.unwrap().path().to_owned();
        *identifier.borrow_mut() = path.rsplit('/').next().unwrap().to_owned();
        tab.assert_quiet().await;
    });
    let state = || {
        let identifier = identifier.borrow().parse().unwrap();
        let answer = standing::by_identifier(&open.house.issuer, &identifier, None).unwrap();
        serde_json::to_value(answer).unwrap()["state"].clone()
    };
    assert_eq!(state(), "in_force");

    open.house.clock.advance_seconds(60);
    in_browser(open.to, javascript, async |tab| {
        sign_in(tab, "sun.jian").await;
        tab.open("/office").await;
        fill(tab, "number", order.data["licence_number"].as_str().unwrap()).await;
        send(tab, ".search button").await;
        tab.picture(&name("found"), 1280).await;
        follow(tab, "食品经营许可证").await;
        fill(tab, "purpose", "办理吊销").await;
        send(tab, "button[type=submit]").await;
        follow(tab, "办理变动").await;
        send(tab, "button[value=submit]").await;
        assert!(tab.text("#faults").await.starts_with("还有 4 处要改"));
        tab.picture(&name("act-errors"), 1280).await;
        tab.press("input[value=revoke]").await;
        decision(tab).await;
        send(tab, "button[value=submit]").await;
        assert_eq!(tab.text("#state").await, "待复核");
        *application.borrow_mut() = tab.client.current_url().await.unwrap().path().to_owned();
        tab.assert_quiet().await;
    });
    assert_eq!(state(), "in_force", "nothing is done before the second person");
    in_browser(open.to, javascript, async |tab| {
        sign_in(tab, "zhou.wen").await;
        let path = application.borrow().clone();
        tab.open(&path).await;
        tab.picture(&name("act-approve"), 1280).await;
        send(tab, ".button--main").await;
        assert_eq!(tab.text("#state").await, "已登记");
        tab.open(&format!("/office/licences/{}?purpose=x&lang=en&size=large", identifier.borrow())).await;
        assert_eq!(tab.text("#standing").await, "Revoked");
        tab.picture(&name("revoked-english-large"), 1280).await;
        tab.assert_quiet().await;
    });
    assert_eq!(state(), Value::from("revoked"));
}

#[test]
fn one_enters_and_another_approves_with_a_script() {
    journey(true);
}

#[test]
fn one_enters_and_another_approves_without_a_script() {
    journey(false);
}
