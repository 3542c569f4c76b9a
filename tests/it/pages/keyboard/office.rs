//! People of a body: one enters and another decides, about licences, objections, delegations on paper, seals and trust lists.

use super::Hands;
use crate::{
    delegations::{AGENT, MATTER, PRINCIPAL},
    pages::browser::in_browser,
    presentations::{FOOD_HOLDER, code_of},
    support::{
        Folder,
        database::Database,
        desk::Desk,
        house::{FOOD, House, decided, food, of_a_person, person_type},
    },
    trust::places::{FUYANG, Fuyang, Wanted, actor},
};
use serde_json::json;
use yinxin::{
    clock::Clock as _,
    flow::{
        access::{Role, Scope},
        presentations::{Choice, Presentations, show},
        trust, uses,
    },
};
use yinxin_trust::{sm::sm3, trust_list::AcceptancePolicy};

#[test]
fn a_licence_an_objection_and_a_paper_by_the_keyboard_alone() {
    let desk = Desk::open(House::new(Box::leak(Box::new(Database::sqlite()))), "");
    let body = desk.house.body.clone();
    let token = desk.token(&body, &[Scope::Issue, Scope::Redeem]);
    let kind = person_type(&desk.house);
    let of_person = desk.issue(&token, &of_a_person(&kind, 2, PRINCIPAL.2, PRINCIPAL.1));
    let used = desk.issue(&token, &food(3));
    desk.holder("noodles", FOOD_HOLDER);
    desk.account("chen.guilan", PRINCIPAL);
    desk.account("chen.min", AGENT);
    desk.person(&body, "sun.jian", "孙建", &[Role::Officer]);
    desk.person(&body, "zhou.wen", "周文", &[Role::Approver]);
    desk.person(&body, "liu.jing", "刘静", &[Role::Clerk]);
    let (issuer, holder) = (&desk.house.issuer, desk.known_holder("noodles"));
    let choice = Choice { fields: vec!["operator_name".to_owned()], purpose: "接受检查".parse().unwrap() };
    let identifier = used["identifier"].as_str().unwrap().parse().unwrap();
    let shown = show(issuer, &Presentations::new(60, 24), &holder, &identifier, &choice).unwrap();
    let order = json!({ "code": code_of(&shown), "scan_id": "scan-0001", "window": "3 号窗口" });
    assert_eq!(desk.post("/api/v1/redemptions", &token, &order).status, 200);
    uses::object(issuer, &holder, &uses::of(issuer, &holder).unwrap()[0].id, "那天我在外地。").unwrap();
    let folder = Folder::new();
    let paper = folder.file("委托书.pdf", b"%PDF-1.7 made up");
    let order = food(1);
    in_browser(desk.to, true, async |tab| {
        let hands = Hands(tab);
        // one enters a licence
        hands.sign_in("sun.jian", None).await;
        tab.open("/office").await;
        hands.round().await;
        tab.open("/office").await;
        hands.go("main .head a.button--main").await;
        hands.go(&format!("a[href*='{FOOD}']")).await;
        let form = tab.client.current_url().await.unwrap().path().to_owned();
        hands.round().await;
        tab.open(&form).await;
        for (field, value) in &order.data {
            let at = format!("[name='data.{field}']");
            if tab.sees(&at).await {
                hands_from_the_top(&hands).await;
                hands.fill(&at, value.as_str().unwrap()).await;
            }
        }
        let ground = decided();
        hands_from_the_top(&hands).await;
        hands.fill("[name='decision.document_number']", &ground.document_number).await;
        hands_from_the_top(&hands).await;
        hands.fill("[name='decision.legal_basis']", &ground.legal_basis).await;
        hands_from_the_top(&hands).await;
        hands.fill("[name='decision.decided_on']", "20261122").await;
        hands.go("button[value=submit]").await;
        assert_eq!(tab.text("#state").await, "待复核");

        // another decides on it, and answers an objection
        hands.sign_in("zhou.wen", None).await;
        tab.open("/office").await;
        hands.go("a[href*='/office/applications/']").await;
        let waiting = tab.client.current_url().await.unwrap().path().to_owned();
        hands.round().await;
        tab.open(&waiting).await;
        hands.go("form[action*='/approve'] .button--main").await;
        assert_eq!(tab.text("#state").await, "已签章入库");
        tab.open("/office/objections").await;
        hands.go(".row a").await;
        hands.choose("decision", "partly").await;
        hands.fill("#reason", "经查属实，已批评教育。").await;
        hands.go("#answering .button--main").await;
        assert_eq!(tab.text("#state").await, "部分成立");

        // a delegation on paper
        hands.sign_in("liu.jing", None).await;
        tab.open("/office/delegations").await;
        hands.go("main a.button--main").await;
        hands.choose("basis", "identity_card").await;
        for (field, text) in [
            ("principal_name", PRINCIPAL.2),
            ("principal_code", PRINCIPAL.1),
            ("agent_name", AGENT.2),
            ("agent_code", AGENT.1),
            ("licences", of_person["identifier"].as_str().unwrap()),
            ("matter", MATTER),
            ("last", "2026/12/18"),
        ] {
            hands.fill(&format!("#{field}"), text).await;
        }
        hands_from_the_top(&hands).await;
        hands.file("#document", &paper).await;
        hands_from_the_top(&hands).await;
        hands.fill("#document_name", "委托书").await;
        hands.go("form.enter .button--main").await;
        assert_eq!(tab.text("#state").await, "待复核");
        let address = tab.client.current_url().await.unwrap().path().to_owned();
        hands.sign_in("zhou.wen", None).await;
        tab.open(&address).await;
        hands.go("button[value=approve]").await;
        assert_eq!(tab.text("#state").await, "有效");
        tab.assert_quiet().await;
    });
}

/// The fields come in the order of the page, and not of the test.
async fn hands_from_the_top(hands: &Hands<'_>) {
    let script =
        "const first = document.querySelector('main input, main select, main textarea'); first.focus(); first.blur();";
    hands.0.client.execute(script, vec![]).await.unwrap();
    hands.back().await;
}

#[test]
fn a_seal_and_a_trust_list_by_the_keyboard_alone() {
    let fuyang = Fuyang::new();
    let list = fuyang.make(&Wanted::sound());
    let digest = hex::encode(sm3::digest(fuyang.operator().key.spki()));
    let desk = Desk::open(House::new(Box::leak(Box::new(Database::sqlite()))), "");
    let body = desk.house.body.clone();
    desk.person(&body, "wu.di", "吴迪", &[Role::SealKeeper]);
    desk.person(&body, "zheng.yi", "郑毅", &[Role::Approver, Role::Administrator]);
    let (store, now) = (&desk.house.issuer.store, desk.house.clock.now().unwrap());
    let folder = Folder::new();
    let charter = folder.file("charter.pdf", "%PDF-1.7 made up");
    in_browser(desk.to, true, async |tab| {
        let hands = Hands(tab);
        hands.sign_in("wu.di", None).await;
        tab.open("/office/seals").await;
        hands.round().await;
        tab.open("/office/seals").await;
        hands.go("a[href*='/office/seal-applications/new']").await;
        hands.fill("#code", "3301000000002").await;
        hands.tick(&format!("input[name='type:{FOOD}']")).await;
        hands.fill("#reason", "新设大厅").await;
        hands.file("#document", &charter).await;
        hands.fill("#document_name", "设立批复").await;
        hands.go("form.enter .button--main").await;
        assert_eq!(tab.text("#state").await, "待核准");
        let application = tab.client.current_url().await.unwrap().path().to_owned();
        // one proposes an operator
        tab.open("/office/trust").await;
        hands.go("main .head a.button--main").await;
        hands.fill("[name=name]", FUYANG).await;
        hands.fill("[name=list_address]", "https://zz.fy.gov.cn.example/trust-list.json").await;
        hands_from_the_top(&hands).await;
        hands.file("#document", &fuyang.folder.path().join("trust/operator-key.pem")).await;
        hands.go("form.enter .button--main").await;

        hands.sign_in("zheng.yi", None).await;
        tab.open(&application).await;
        hands.fill("[name=reason]", "材料齐全").await;
        hands.fill("[name=document_number]", "演印审〔2026〕1号").await;
        hands.go("button[value=approve]").await;
        assert_eq!(tab.text("#state").await, "待制作");
        // another compares its key, and both accept its list
        tab.open("/office/trust").await;
        hands.fill("[name=key_sm3]", &digest[..16]).await;
        hands.go("button[value=pin]").await;
        let operator = tab.client.current_url().await.unwrap().path().to_owned();
        let pinned = trust::show(store, FUYANG).unwrap().operator;
        trust::offer(store, &pinned, &list, &actor(), &AcceptancePolicy::default(), now).unwrap();
        tab.open(&operator).await;
        hands.round().await;
        tab.open(&operator).await;
        hands.go("button[value=accept]").await;
        hands.sign_in("wu.di", None).await;
        tab.open(&operator).await;
        hands.go("button[value=accept]").await;
        assert!(tab.sees("#stop").await);
        tab.assert_quiet().await;
    });
}
