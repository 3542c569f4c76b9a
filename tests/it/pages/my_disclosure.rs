//! A holder puts fields into a file, and somebody verifies it: as Chromium shows both.

use super::{
    browser::in_browser,
    my, office,
    window::{self, WINDOW},
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
use yinxin::flow::{
    access::{Role, Scope},
    disclosures::disclose,
    presentations::{Choice, Presentations, show},
};

#[test]
fn a_file_of_chosen_fields_goes_to_who_verifies_it() {
    let database = Box::leak(Box::new(Database::sqlite()));
    let desk = Desk::open(House::new(database), "");
    let body = desk.house.body.clone();
    desk.person(&body, "liu.jing", "刘静", &[Role::Clerk]);
    desk.holder("noodles", FOOD_HOLDER);
    let issued = desk.issue(&desk.token(&body, &[Scope::Issue]), &food(1));
    let identifier = issued["identifier"].as_str().unwrap().to_owned();
    let (issuer, counter, holder) = (&desk.house.issuer, Presentations::new(60, 24), desk.known_holder("noodles"));
    let licence = identifier.parse().unwrap();
    let chosen = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        disclose(issuer, &counter, &holder, &licence, &names).unwrap()
    };
    let folder = Folder::new();
    let with = folder.file("fields.yxd", chosen(&["CZZT", "ZZBH", "ZZBS", "legal_representative"]));
    let without = folder.file("name.yxd", chosen(&["CZZT"]));
    in_browser(desk.to, true, async |tab| {
        my::sign_in(tab).await;
        tab.open(&format!("/my/licences/{identifier}/show")).await;
        tab.press("a[href*='/disclosure']").await;
        my::wait_for(tab, "[name='field.CZZT']").await;
        assert!(tab.text("main").await.contains("文件发出去就收不回来"));
        tab.picture("my-disclose", 390).await;

        for (file, title, picture) in [
            (&with, "出示的字段是真的，证照有效", "disclosure-valid"),
            (&without, "出示的字段是真的，证照现在是否有效没有查", "disclosure-standing-unknown"),
        ] {
            tab.open("/verify").await;
            tab.choose(file).await;
            tab.press("button[type=submit]").await;
            my::wait_for(tab, ".verdict h1").await;
            assert_eq!(tab.text(".verdict h1").await, title);
            assert!(tab.text("main").await.contains("演示市小满面馆"));
            tab.picture(picture, 1280).await;
        }

        // at a window: what is shown can be kept with its proof
        tab.client.delete_all_cookies().await.unwrap();
        office::sign_in(tab, "liu.jing").await;
        tab.open(WINDOW).await;
        let choice = Choice { fields: vec!["operator_name".to_owned()], purpose: "接受检查".parse().unwrap() };
        let shown = show(issuer, &counter, &holder, &licence, &choice).unwrap();
        assert_eq!(window::scan(tab, &shown.address).await, "证照真实有效");
        assert!(tab.sees("a[download$='.yxd']").await);
        tab.picture("window-disclosure", 1280).await;
    });
}
