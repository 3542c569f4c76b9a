//! Who keeps the seals and the trust lists of a body.

use super::{enter, looked::Looked, routes::Tour, submit};
use crate::{
    pages::browser::in_browser,
    support::{
        Folder,
        database::Database,
        desk::Desk,
        house::{FOOD, House},
    },
    trust::places::{FUYANG, Fuyang, Wanted, actor},
};
use fantoccini::Locator;
use yinxin::{
    clock::Clock as _,
    flow::{access::Role, trust},
    store::seals,
};
use yinxin_trust::{sm::sm3, trust_list::AcceptancePolicy};

#[test]
fn keepers_of_seals_and_trust_lists() {
    let fuyang = Fuyang::new();
    let list = fuyang.make(&Wanted::sound());
    let digest = hex::encode(sm3::digest(fuyang.operator().key.spki()));
    let desk = Desk::open(House::new(Box::leak(Box::new(Database::sqlite()))), "");
    let body = desk.house.body.clone();
    desk.person(&body, "wu.di", "吴迪", &[Role::SealKeeper]);
    desk.person(&body, "zheng.yi", "郑毅", &[Role::Approver, Role::Administrator]);
    let (store, now) = (&desk.house.issuer.store, desk.house.clock.now().unwrap());
    let seal = store.read(|conn| seals::list(conn, &body, "", 1)).unwrap().remove(0).id;
    let folder = Folder::new();
    let charter = folder.file("charter.pdf", "%PDF-1.7 made up");
    let note = folder.file("note.txt", "a note");
    in_browser(desk.to, true, async |tab| {
        let mut looked = Looked::begin(tab);
        enter(tab, &desk, "wu.di").await;
        let new = "/office/seal-applications/new";
        looked.page(new, new).await;
        let types = format!("type:{FOOD}");
        let fields = [
            ("code", "3301000000002"),
            ("reason", "新设大厅"),
            ("document_name", "设立批复"),
            (types.as_str(), "true"),
        ];
        tab.choose(&note).await;
        submit(tab, "form.enter", &fields, "").await;
        looked.answer(new, "申请材料应是 PDF").await;
        for kept in ["#code[value='3301000000002']", "#reason[value='新设大厅']", &format!("[name='{types}'][checked]")]
        {
            assert!(tab.sees(kept).await, "typed once: {kept}");
        }
        tab.open(new).await;
        tab.choose(&charter).await;
        submit(tab, "form.enter", &fields, "").await;
        assert_eq!(tab.text("#state").await, "待核准");
        looked.open("/office/seals/{id} by who applied").await;
        let application = tab.client.current_url().await.unwrap().path().to_owned();
        looked.page("/office/seals", "/office/seals").await;
        let at = format!("/office/seals/{seal}");
        looked.page("/office/seals/{id}/grants", &format!("{at}/grants")).await;
        let grantee = "document.querySelector('#grantee').selectedIndex = 1";
        tab.client.execute(grantee, vec![]).await.unwrap();
        let fields = [("until", "2020-01-01"), ("reason", "年终集中换证"), ("document_number", "演印授〔2026〕1号")];
        submit(tab, "form.enter", &fields, "").await;
        looked.answer("/office/seals/{id}/grants", "最后一天应在今天或以后").await;
        for kept in ["#grantee option[selected]", "#until[value='2020-01-01']", "#reason[value='年终集中换证']"] {
            assert!(tab.client.find(Locator::Css(kept)).await.is_ok(), "typed once: {kept}");
        }
        submit(tab, "form.enter", &[("until", "2026-12-31")], "").await;
        assert!(tab.text("#grants").await.contains("郑毅"));
        tab.press("#grants details summary").await;
        looked.open("/office/seals/{id} in use, with a grant").await;
        enter(tab, &desk, "zheng.yi").await;
        looked.page("/office/seals/{id}", &application).await;

        looked.also("/office/trust", "with none").await;
        looked.page("/office/trust/new", "/office/trust/new").await;
        let fields = [("name", FUYANG), ("list_address", "https://zz.fy.gov.cn.example/trust-list.json")];
        tab.choose(&note).await;
        submit(tab, "form.enter", &fields, "").await;
        looked.answer("/office/trust/new", "公钥").await;
        assert!(tab.sees("#list_address[value='https://zz.fy.gov.cn.example/trust-list.json']").await, "typed once");
        tab.open("/office/trust/new").await;
        tab.choose(&fuyang.folder.path().join("trust/operator-key.pem")).await;
        submit(tab, "form.enter", &fields, "").await;
        looked.open("/office/trust by who proposed").await;
        enter(tab, &desk, "wu.di").await;
        looked.also("/office/trust", "with a proposal").await;
        let form = "#proposals form";
        submit(tab, form, &[("key_sm3", "0000000000000000"), ("decision", "pin")], "").await;
        looked.answer("/office/trust/proposals/{id}", "对不上").await;
        tab.open("/office/trust").await;
        submit(tab, form, &[("key_sm3", &digest[..16]), ("decision", "pin")], "").await;
        let operator = tab.client.current_url().await.unwrap().path().to_owned();
        looked.open("/office/trust/operators/{id} without a list").await;
        let pinned = trust::show(store, FUYANG).unwrap().operator;
        trust::offer(store, &pinned, &list, &actor(), &AcceptancePolicy::default(), now).unwrap();
        looked.page("/office/trust/operators/{id}", &operator).await;
        looked.page("/office/trust", "/office/trust").await;
        looked.end(Tour::Keepers);
        tab.assert_quiet().await;
    });
}
