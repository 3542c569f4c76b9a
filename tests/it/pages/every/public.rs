//! Whoever comes: public verification, signing in, what codes lead to, devices and kiosks.

use super::{
    enter, leave,
    looked::{Looked, put},
    routes::Tour,
    submit,
};
use crate::{
    oidc::Hall,
    pages::{browser::in_browser, my::wait_for},
    presentations::FOOD_HOLDER,
    support::{
        Folder,
        database::Database,
        desk::Desk,
        example,
        house::{House, food},
        register::{FORM_BODY, FROM_HERE, PASSWORD, Shown, send, send_octets},
        service::Service,
    },
};
use std::sync::Arc;
use yinxin::flow::{
    access::{Role, Scope},
    demo::{Demo, DemoAccount, DemoAs},
    presentations::{Choice, Presentations, show},
};
use yinxin_trust::base::Secret;

fn leaked() -> &'static Database {
    Box::leak(Box::new(Database::sqlite()))
}

/// A demonstration that signs receipts.
fn opened() -> Desk {
    let desk = Desk::at_origin(
        House::new(leaked()).signing_receipts(),
        |origin| format!("[access]\norigin = \"{origin}\""),
        |office, _| {
            let account = |who: DemoAs| DemoAccount {
                who,
                login: who.as_str().to_owned(),
                password: Secret::new(PASSWORD.to_owned()),
            };
            office.with_demo(Arc::new(Demo::new(DemoAs::all().map(account).collect())))
        },
    );
    let body = desk.house.body.clone();
    desk.person(&body, "chief", "周管", &[Role::Administrator]);
    desk.person(&body, "liu.jing", "刘静", &[Role::Clerk]);
    desk.holder("noodles", FOOD_HOLDER);
    desk
}

#[test]
fn whoever_comes_and_whatever_device() {
    let (desk, folder) = (opened(), Folder::new());
    let token = desk.token(&desk.house.body, &[Scope::Issue, Scope::Read, Scope::Receipt]);
    let issued = desk.issue(&token, &food(1));
    let identifier = issued["identifier"].as_str().unwrap();
    let original = desk.get(&format!("/api/v1/licences/{identifier}/document?as=ofd"), &token).octets;
    let receipt = receipt_of(&desk, &token, &original);
    let holder = desk.known_holder("noodles");
    let choice = Choice { fields: vec!["operator_name".to_owned()], purpose: "接受检查".parse().unwrap() };
    let shown =
        show(&desk.house.issuer, &Presentations::new(60, 24), &holder, &identifier.parse().unwrap(), &choice).unwrap();
    let away = Hall::staff(leaked());
    let leads_on = send(away.desk.to, "POST", "/login/oidc/province", &Shown::Nothing, FORM_BODY, "").body;
    in_browser(desk.to, true, async |tab| {
        let mut looked = Looked::begin(tab);
        looked.page("/verify", "/verify").await;
        for (file, says) in [
            (folder.file("食品经营许可证.ofd", original), "证照真实有效"),
            (folder.file("receipt.json", receipt), "核验凭证"),
            (folder.file("笔记.txt", "a note"), "这不是能核验的文件"),
        ] {
            tab.open("/verify").await;
            tab.choose(&file).await;
            submit(tab, "form", &[], "").await;
            looked.answer("/verify", says).await;
        }
        let looks_up = [
            ("JY23301000000010", "演示市小满面馆", "没有编号和姓名都相符的证照"),
            ("JY23301000000010", "", "还要填持证人"),
            ("JY23301000000010", "演示市小满面馆（个体工商户）", "这张证现在有效"),
            ("http://yx.example.gov.cn/C/ABCDEFGHIJKLMNOPQRSTUV2345", "", "网址不对"),
        ];
        for (what, holder, says) in looks_up {
            tab.open("/verify").await;
            submit(tab, "form.look", &[("what", what), ("holder", holder)], "").await;
            looked.answer("/verify/number", says).await;
        }
        // what only takes forms, asked for as a page
        looked.also("/logout", "no such page").await;
        looked.also("/nothing/there", "no such address").await;

        looked.page("/login", "/login").await;
        submit(tab, "form.enter", &[("login", "nobody"), ("password", "wrong")], "").await;
        looked.answer("/login", "账号或密码不对").await;
        tab.open("/verify").await;
        put(tab, &leads_on).await;
        looked.shown("/login/oidc/{name}", "正在前往").await;
        enter(tab, &desk, "liu.jing").await;
        looked.also("/login", "of who is signed in").await;
        looked.also("/my/uses", "of who may not").await;
        looked.page_once("/login/device", "/login/device", "[data-when=none]:not([hidden])").await;
        leave(tab).await;

        looked.page("/C/{code}", &format!("/C/{}", issued["code"].as_str().unwrap())).await;
        looked.also("/C/AAAAAAAAAAAAAAAAAAAAAAAAAA", "of nothing").await;
        looked.page("/I/{identifier}", &format!("/I/{identifier}")).await;
        looked.page("/S/{code}", shown.address.strip_prefix("HTTPS://YX.EXAMPLE.GOV.CN").unwrap()).await;
        looked.also("/S/AAAAAAAAAAAAAAAAAAAAAAAAAA", "of nothing").await;
        looked.page("/C", "/C").await;
        submit(tab, "#offline-look", &[("payload", "QQAU")], "").await;
        looked.answer("/C", "码没有读全").await;

        // a kiosk is enrolled, and signs in by its key
        looked.page("/device", "/device").await;
        looked.page_once("/kiosk/begin", "/kiosk/begin", "[data-when=none]:not([hidden])").await;
        enter(tab, &desk, "chief").await;
        tab.open("/office/devices").await;
        let fields = [("kind", "kiosk"), ("window", "大厅 1 号"), ("name", "东门终端")];
        submit(tab, "form[action^='/office/devices']", &fields, "").await;
        let code = tab.text(".device-code").await;
        leave(tab).await;
        tab.open("/device").await;
        crate::pages::office::fill(tab, "code", &code).await;
        tab.press("#device-enrol button").await;
        wait_for(tab, "#device-next:not([hidden])").await;
        looked.open("/device once it is enrolled").await;
        tab.press("#device-next a").await;
        wait_for(tab, "#scan").await;
        looked.page("/kiosk", "/kiosk").await;
        submit(tab, "form.enter", &[("scan", "https://evil.example/C/AAAA")], "").await;
        looked.answer("/kiosk", "指向别的网站").await;
        for address in
            ["/verify?theme=kiosk".to_owned(), format!("/C/{}?theme=kiosk", issued["code"].as_str().unwrap())]
        {
            looked.also(&address, "dark").await;
        }
        looked.end(Tour::Public);
        tab.assert_quiet().await;
    });
}

/// The receipt of a verification by the interface for systems.
fn receipt_of(desk: &Desk, token: &Shown, document: &[u8]) -> Vec<u8> {
    let header = format!("{FROM_HERE}Content-Type: application/octet-stream\r\n");
    let made = send_octets(desk.to, "/api/v1/receipts?purpose=check", token, &header, document);
    assert_eq!(made.status, 201, "{made:?}");
    serde_json::to_vec(&made.json()["receipt"]).unwrap()
}

#[test]
fn what_public_verification_says_of_other_documents() {
    let service = Service::start_with("", &format!("[trust]\nanchors = {:?}", example("anchors.pem")));
    in_browser(service.public, true, async |tab| {
        let mut looked = Looked::begin(tab);
        for (name, says) in [
            ("licence-valid.ofd", "证照是真的，现在是否有效没有查"),
            ("licence-altered.ofd", "内容被改动过，不能采信"),
            ("invoice-partly-covered.ofd", "部分内容未被签章保护"),
            ("self-made-root.ofd", "不在互认名单"),
            ("unsigned.ofd", "文件没有签章"),
        ] {
            tab.open("/verify").await;
            tab.choose(&example(name)).await;
            submit(tab, "form", &[], "").await;
            looked.answer("/verify", says).await;
        }
        looked.end_beside();
        tab.assert_quiet().await;
    });
}
