//! The journey of a seal, as Chromium shows it: one applies, another decides, it is made apart, filed, and suspended.

use super::{
    browser::{Tab, in_browser},
    office::{fill, send, sign_in},
};
use crate::support::{
    Folder,
    database::Database,
    desk::Desk,
    house::{FOOD, House},
};
use yinxin::{
    clock::Clock as _,
    flow::{
        access::{Permit, Role, may},
        seal_making::{self, Parties},
    },
};
use yinxin_face::Fonts;
use yinxin_trust::seal::make::SealFormat;

fn journey(javascript: bool) {
    let database = Database::sqlite();
    let desk = Desk::open(House::new(&database), "");
    let body = desk.house.body.clone();
    desk.person(&body, "wu.di", "吴迪", &[Role::SealKeeper]);
    desk.person(&body, "zheng.yi", "郑毅", &[Role::Approver]);
    let folder = Folder::new();
    let charter = folder.file("charter.pdf", "%PDF-1.7 made up");
    let name = |what: &str| format!("seals-{what}{}", if javascript { "" } else { "-plain" });

    in_browser(desk.to, javascript, async |tab| {
        sign_in(tab, "wu.di").await;
        tab.open("/office/seals").await;
        assert_eq!(tab.text("h1").await, "印章");
        assert!(!tab.sees("#due").await);
        tab.picture(&name("list"), 1280).await;
        tab.open("/office/seal-applications/new").await;
        fill(tab, "code", "3301000000002").await;
        fill(tab, "reason", "新设大厅").await;
        fill(tab, "document_name", "设立批复").await;
        tab.press(&format!("input[name='type:{FOOD}']")).await;
        tab.client
            .find(fantoccini::Locator::Css("input[type=file]"))
            .await
            .unwrap()
            .send_keys(charter.to_str().unwrap())
            .await
            .unwrap();
        tab.picture(&name("apply"), 1280).await;
        tab.picture(&name("apply-phone"), 390).await;
        send(tab, "form.enter button[type=submit]").await;
        assert_eq!(tab.text("#state").await, "待核准");
        // not by the one who applied
        assert!(tab.sees("#own").await && !tab.sees("form.enter").await);
        tab.picture(&name("own"), 1280).await;
        let address = tab.client.current_url().await.unwrap().path().to_owned();

        sign_in_anew(tab, "zheng.yi").await;
        tab.open(&address).await;
        assert!(tab.text("main").await.contains("设立批复"));
        fill(tab, "reason", "材料齐全").await;
        fill(tab, "document_number", "演印审〔2026〕1号").await;
        tab.picture(&name("decide"), 1280).await;
        send(tab, "button[value=approve]").await;
        assert_eq!(tab.text("#state").await, "待制作");
        let id = address.rsplit('/').next().unwrap();
        assert!(tab.text("main").await.contains(&format!("yinxin seal make --application {id}")));
        let house = &desk.house;
        let permit: Permit<may::ManageSeals> = Permit::of_operator(&*body);
        let (parties, now) = (Parties::of(&house.authority), house.clock.now().unwrap());
        seal_making::make_approved(&house.issuer, parties, &Fonts::shipped(), &permit, (id, SealFormat::V4), now)
            .unwrap();

        sign_in_anew(tab, "wu.di").await;
        tab.open(&address).await;
        assert_eq!(tab.text("#state").await, "待备案");
        send(tab, "form.enter button[type=submit]").await;
        assert_eq!(tab.text("#state").await, "在用");
        grants(tab, &address, &name).await;
        tab.press("input[name=kind][value=suspend]").await;
        fill(tab, "reason", "介质丢失").await;
        fill(tab, "document_number", "演印〔2026〕2号").await;
        tab.picture(&name("act"), 1280).await;
        send(tab, "#act button[type=submit]").await;
        house.clock.advance_seconds(2);
        tab.open(&address).await;
        assert_eq!(tab.text("#state").await, "停用");
        tab.picture(&name("suspended"), 1280).await;
        tab.open(&format!("{address}?lang=en")).await;
        assert_eq!(tab.text("#state").await, "Suspended");
        tab.open("/office/seals").await;
        tab.picture(&name("list-after"), 1280).await;
        tab.picture(&name("list-phone"), 390).await;
        tab.assert_quiet().await;
    });
}

/// Gives the right to stamp, closes the seal to everybody else, and takes the right back.
async fn grants(tab: &Tab, address: &str, name: &impl Fn(&str) -> String) {
    assert!(tab.text("#grants").await.contains("还没有授权"));
    send(tab, "#grant").await;
    assert_eq!(tab.text("h1").await, "授权用章");
    let approver = "#grantee option[value^='person:']";
    assert_eq!(tab.text(approver).await, "郑毅", "who may issue, and nobody else of the body");
    tab.press(approver).await;
    tab.press(&format!("input[name='type:{FOOD}']")).await;
    fill(tab, "most", "500").await;
    fill(tab, "reason", "年终集中换证").await;
    fill(tab, "document_number", "演印授〔2026〕1号").await;
    fill(tab, "until", "2026-12-31").await;
    tab.picture(&name("grant"), 1280).await;
    tab.picture(&name("grant-phone"), 390).await;
    send(tab, "form.enter button[type=submit]").await;
    let said = tab.text("#grants").await;
    for part in ["工作人员 郑毅", "已用 0 / 500", "到 2026-12-31 23:59:59", FOOD, "可以用", "演印授〔2026〕1号"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    send(tab, "#grants form[action*='use-rule'] button").await;
    assert!(tab.text("#grants").await.contains("只有得到授权的人和系统能用"));
    tab.picture(&name("grants"), 1280).await;
    // by the keyboard alone
    let keys = async |selector: &str, keys: &str| {
        tab.client.find(fantoccini::Locator::Css(selector)).await.unwrap().send_keys(keys).await.unwrap();
    };
    keys("#grants details summary", "\u{E007}").await;
    keys("#grants details input[name=reason]", "换证结束").await;
    tab.picture(&name("grant-end"), 1280).await;
    keys("#grants details input[name=reason]", "\u{E007}").await;
    for _ in 0..400 {
        if !tab.sees("#grants details").await {
            break;
        }
        actix_web::rt::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    assert!(tab.text("#grants").await.contains("已收回"));
    assert!(!tab.sees("#grants details").await, "once");
    send(tab, "#grants form[action*='use-rule'] button").await;
    tab.open(address).await;
}

async fn sign_in_anew(tab: &Tab, login: &str) {
    tab.client.delete_all_cookies().await.unwrap();
    sign_in(tab, login).await;
}

#[test]
fn a_seal_from_application_to_suspension() {
    journey(true);
}

#[test]
fn the_same_without_a_script() {
    journey(false);
}
