//! Names and fields that hold markup and scripts: issued, and looked at everywhere as the text that they are.

use super::{
    browser::{Tab, in_browser},
    delegations::window,
    my::{self, read_code, wait_for},
    office::{decision, fill, follow, send, sign_in},
    window::{bring, scan},
};
use crate::{
    presentations::FOOD_HOLDER,
    support::{
        Folder,
        database::Database,
        desk::Desk,
        house::{House, food},
    },
};
use serde_json::json;
use std::cell::RefCell;
use yinxin::{
    flow::{access::Role, document},
    store::{
        bodies,
        licences::{self, LicenceVersion},
    },
};

const NAME: &str = "<b id=planted>小满</b>\"'><script>self.planted=1</script>";
const OTHER: &str = "<img src=x onerror=self.planted=1>{{7*7}}&lt;i&gt;";
const BODY: &str = "演示市<b id=planted>监督</b>局";
const PURPOSE: &str = "<svg onload=self.planted=1>备案";

/// Nothing of what was written has become a part of the page, and none of it ran.
async fn is_text(tab: &Tab, what: &str) {
    let script = "const made = document.querySelector('#planted, [onerror], [onload], img[src=x], script:not([src]):not([type])'); \
        return [made ? made.outerHTML : null, typeof self.planted === 'undefined' ? null : self.planted.toString()]";
    let found = tab.client.execute(script, vec![]).await.unwrap();
    assert_eq!(found, json!([null, null]), "{what}");
}

/// The same, where every one of these texts is read as it was written.
async fn shows(tab: &Tab, what: &str, texts: &[&str]) {
    is_text(tab, what).await;
    let shown = tab.client.execute("return document.body.innerText", vec![]).await.unwrap();
    for text in texts {
        assert!(shown.as_str().unwrap().contains(text), "{what}: {text} is missing in {shown}");
    }
}

#[test]
fn markup_in_names_and_fields_is_text_everywhere() {
    let database = Database::sqlite();
    let house = House::new(&database);
    let called = bodies::BodyName {
        body_id: house.body.clone(),
        from_day: "2026-11-01".to_owned(),
        name: BODY.to_owned(),
        credit_code: crate::support::house::BODY_CODE.to_owned(),
        region: "330100".to_owned(),
    };
    house.issuer.store.write(move |conn| bodies::insert_name(conn, &called)).unwrap();
    let desk = Desk::open(house, "[access]\npresentation_seconds = 300");
    let body = desk.house.body.clone();
    desk.person(&body, "sun.jian", "孙<b id=planted>建", &[Role::Officer]);
    desk.person(&body, "zhou.wen", "周文", &[Role::Approver, Role::Officer]);
    desk.person(&body, "liu.jing", "刘静", &[Role::Clerk]);
    desk.account("noodles", ("001", FOOD_HOLDER, NAME));
    let mut order = food(1);
    for (field, text) in [("operator_name", NAME), ("domicile", OTHER), ("business_items", OTHER)] {
        order.data.insert(field.to_owned(), text.into());
    }
    let (application, identifier) = (RefCell::new(String::new()), RefCell::new(String::new()));
    let folder = Folder::new();

    in_browser(desk.to, true, async |tab| {
        sign_in(tab, "sun.jian").await;
        tab.open("/office").await;
        shows(tab, "the work of an officer", &[BODY]).await;
        follow(tab, "制发证照").await;
        follow(tab, "食品经营许可证").await;
        for (name, value) in &order.data {
            fill(tab, &format!("data.{name}"), value.as_str().unwrap()).await;
        }
        send(tab, "button[value=submit]").await;
        is_text(tab, "a form with what is missing").await;
        decision(tab).await;
        send(tab, "button[value=submit]").await;
        shows(tab, "an application", &[NAME, OTHER]).await;
        application.replace(tab.client.current_url().await.unwrap().path().to_owned());
    });
    in_browser(desk.to, true, async |tab| {
        sign_in(tab, "zhou.wen").await;
        tab.open("/office").await;
        shows(tab, "what waits", &[NAME, "孙<b id=planted>建"]).await;
        let path = application.borrow().clone();
        tab.open(&path).await;
        shows(tab, "an application before it is decided", &[NAME, OTHER]).await;
        send(tab, ".button--main").await;
        assert_eq!(tab.text("#state").await, "已签章入库");
        follow(tab, "看证照").await;
        fill(tab, "purpose", PURPOSE).await;
        send(tab, "button[type=submit]").await;
        shows(tab, "a licence at the office", &[NAME, OTHER]).await;
        let path = tab.client.current_url().await.unwrap().path().to_owned();
        identifier.replace(path.rsplit('/').next().unwrap().to_owned());
        tab.open("/office").await;
        fill(tab, "number", order.data["licence_number"].as_str().unwrap()).await;
        send(tab, ".search button").await;
        shows(tab, "what is found at the office", &[NAME]).await;
        tab.assert_quiet().await;
    });
    let licence = identifier.borrow().parse().unwrap();
    let forms = [document::Form::Ofd, document::Form::Pdf];
    let [ofd, pdf] = forms.map(|form| document::document(&desk.house.issuer, &desk.house.may_read(), &licence, form));
    let original = folder.file("<img src=x onerror=self.planted=1>.ofd", ofd.unwrap());
    let paper = folder.file("one.pdf", pdf.unwrap());

    in_browser(desk.to, true, async |tab| {
        my::sign_in(tab).await;
        shows(tab, "the cards", &[NAME, BODY]).await;
        tab.press("a.lcard").await;
        wait_for(tab, ".my-box").await;
        shows(tab, "the choice of fields", &[NAME, OTHER]).await;
        // the form begins with few fields; this holder shows all
        let all = "document.querySelectorAll('input[type=checkbox][name^=\"field.\"]:not(:checked)').forEach((one) => one.click());";
        tab.client.execute(all, vec![]).await.unwrap();
        fill(tab, "words", PURPOSE).await;
        tab.press("form.enter button").await;
        wait_for(tab, "#code").await;
        shows(tab, "the code", &[NAME, OTHER, PURPOSE]).await;
        let code = read_code(tab).await;
        tab.open(code.strip_prefix("HTTPS://YX.EXAMPLE.GOV.CN").unwrap()).await;
        shows(tab, "/S", &[NAME, OTHER, BODY, PURPOSE]).await;
        for path in ["disclosure", "copy", "offline"] {
            tab.open(&format!("/my/licences/{}/{path}", identifier.borrow())).await;
            is_text(tab, path).await;
        }
        tab.open("/my/delegations/new").await;
        is_text(tab, "a delegation").await;

        // at the window, by every way of bringing it
        tab.client.delete_all_cookies().await.unwrap();
        sign_in(tab, "liu.jing").await;
        tab.open(&window(PURPOSE)).await;
        shows(tab, "the window that waits", &[PURPOSE, BODY]).await;
        assert_eq!(scan(tab, &code).await, "证照真实有效");
        shows(tab, "a code at the window", &[NAME, OTHER, PURPOSE]).await;
        tab.keep("marked-up-window").await;
        tab.open(&window(PURPOSE)).await;
        assert_eq!(bring(tab, true, &[&original]).await, "证照真实有效");
        shows(tab, "a file at the window", &["<img src=x onerror=self.planted=1>.ofd", NAME]).await;
        tab.open(&window(PURPOSE)).await;
        fill(tab, "number", order.data["licence_number"].as_str().unwrap()).await;
        fill(tab, "holder", NAME).await;
        send(tab, ".halves form:first-child button").await;
        shows(tab, "number and holder at the window", &[NAME]).await;
        tab.open(&window(PURPOSE)).await;
        scan(tab, "https://<b id=planted>.example/C/1").await;
        is_text(tab, "a text that is no code").await;
        tab.assert_quiet().await;

        // the public pages, and the file that was made
        tab.client.delete_all_cookies().await.unwrap();
        for file in [&original, &paper] {
            tab.open("/verify").await;
            tab.choose(file).await;
            tab.press("button[type=submit]").await;
            wait_for(tab, ".verdict h1").await;
            is_text(tab, "/verify").await;
        }
        my::sign_in(tab).await;
        tab.open("/my/uses").await;
        shows(tab, "who used it", &[PURPOSE, BODY]).await;
    });
    let held = desk.house.issuer.store.read(|conn| licences::of_holder(conn, "001", FOOD_HOLDER, 2)).unwrap();
    let [(_, LicenceVersion { code: printed, .. })] = &held[..] else { panic!("{}", held.len()) };
    in_browser(desk.to, true, async |tab| {
        tab.open(&format!("/C/{printed}")).await;
        shows(tab, "/C", &[NAME, BODY]).await;
        tab.picture("marked-up-printed", 390).await;
        tab.assert_quiet().await;
    });
}
