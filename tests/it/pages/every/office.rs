//! Officers, approvers, clerks at their papers, and the administrator of a body.

use super::{enter, looked::Looked, routes::Tour, sent, submit};
use crate::{
    delegations::{AGENT, MATTER, PRINCIPAL},
    pages::browser::in_browser,
    presentations::{FOOD_HOLDER, code_of},
    support::{
        database::Database,
        desk::Desk,
        house::{FOOD, House, decided, food, of_a_person, person_type},
        http::{FORM, form},
        register::{FROM_HERE, Shown, send_octets},
    },
};
use serde_json::json;
use yinxin::flow::{
    access::{Role, Scope},
    issue::Order,
    presentations::{Choice, Presentations, show},
    uses,
};

/// A body with work on its desks.
struct Opened {
    desk: Desk,
    token: Shown,
    /// A licence of the body.
    identifier: String,
    /// A use of it that its holder objects to.
    used: String,
    /// Where a delegation on paper waits for a decision.
    delegation: String,
    /// Where an application is corrected, and where another waits for approval.
    edited: String,
    waiting: String,
}

fn opened() -> Opened {
    let desk = Desk::open(House::new(Box::leak(Box::new(Database::sqlite()))), "");
    let body = desk.house.body.clone();
    let token = desk.token(&body, &[Scope::Issue, Scope::Redeem]);
    let kind = person_type(&desk.house);
    let identifier = desk.issue(&token, &food(1))["identifier"].as_str().unwrap().to_owned();
    let of_person = desk.issue(&token, &of_a_person(&kind, 2, PRINCIPAL.2, PRINCIPAL.1));
    desk.holder("noodles", FOOD_HOLDER);
    desk.account("chen.guilan", PRINCIPAL);
    desk.account("chen.min", AGENT);
    desk.person(&body, "sun.jian", "孙建", &[Role::Officer]);
    desk.person(&body, "zhou.wen", "周文", &[Role::Approver]);
    desk.person(&body, "liu.jing", "刘静", &[Role::Clerk]);
    desk.person(&body, "chief", "周管", &[Role::Administrator]);

    let (issuer, holder) = (&desk.house.issuer, desk.known_holder("noodles"));
    let choice = Choice { fields: vec!["operator_name".to_owned()], purpose: "接受检查".parse().unwrap() };
    let shown = show(issuer, &Presentations::new(60, 24), &holder, &identifier.parse().unwrap(), &choice).unwrap();
    let order = json!({ "code": code_of(&shown), "scan_id": "scan-0001", "window": "3 号窗口" });
    assert_eq!(desk.post("/api/v1/redemptions", &token, &order).status, 200);
    let used = uses::of(issuer, &holder).unwrap().remove(0).id;
    uses::object(issuer, &holder, &used, "那天我在外地，没有去过这个窗口，也没有让别人去。").unwrap();

    let clerk = desk.session("liu.jing");
    let text = |name: &'static str, value: &str| (name, None, value.as_bytes().to_vec());
    let parts = [
        text("basis", "identity_card"),
        text("principal_kind", PRINCIPAL.0),
        text("principal_name", PRINCIPAL.2),
        text("principal_code", PRINCIPAL.1),
        text("agent_name", AGENT.2),
        text("agent_code", AGENT.1),
        text("licences", of_person["identifier"].as_str().unwrap()),
        text("matter", MATTER),
        text("last", "2026-12-18"),
        text("document_name", "委托书"),
        ("document", Some("paper.pdf"), b"%PDF-1.7 made up".to_vec()),
    ];
    let parts: Vec<_> = parts.iter().map(|(name, file, octets)| (*name, *file, octets.as_slice())).collect();
    let more = format!("{FROM_HERE}Content-Type: {FORM}\r\n");
    let taken = send_octets(desk.to, "/office/delegations/new", &clerk, &more, &form(&parts));
    assert_eq!(taken.status, 303, "{taken:?}");
    let delegation = taken.header("location").unwrap().to_owned();

    let officer = desk.session("sun.jian");
    let new = format!("/office/new/{FOOD}");
    let applied = |order: &Order, then: &str| {
        let mut fields: Vec<(String, String)> = order
            .data
            .iter()
            .map(|(name, value)| (format!("data.{name}"), value.as_str().unwrap().to_owned()))
            .collect();
        let decided = decided();
        fields.extend([
            ("decision.document_number".to_owned(), decided.document_number),
            ("decision.legal_basis".to_owned(), decided.legal_basis),
            ("decision.decided_on".to_owned(), decided.decided_on.to_string()),
            ("then".to_owned(), then.to_owned()),
        ]);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        sent(&desk, &new, &officer, &fields).header("location").unwrap().to_owned()
    };
    let mut wrong = food(3);
    wrong.data.insert("credit_code".to_owned(), "11100000MB0143028X".into());
    wrong.data.remove("signatory");
    let edited = applied(&wrong, "submit");
    let waiting = applied(&food(7), "submit");
    let told = [("incident", "0123456789abcdef"), ("shown", "COUNTERFEIT_SITE"), ("subject", "yx-example.gov.cn")];
    sent(&desk, "/window/reports?purpose=x", &clerk, &told);
    Opened { desk, token, identifier, used, delegation, edited, waiting }
}

#[test]
fn people_of_a_body() {
    let opened = opened();
    let desk = &opened.desk;
    in_browser(desk.to, true, async |tab| {
        let mut looked = Looked::begin(tab);
        enter(tab, desk, "sun.jian").await;
        looked.page("/office", "/office").await;
        looked.also("/office?number=JY23301000000010", "with what was found").await;
        looked.page("/office/new", "/office/new").await;
        looked.page("/office/new/{type}", &format!("/office/new/{FOOD}")).await;
        looked.page("/office/applications/{id}/edit", &opened.edited).await;
        let licence = format!("/office/licences/{}", opened.identifier);
        looked.also(&licence, "without a purpose").await;
        looked.page("/office/licences/{identifier}", &format!("{licence}?purpose=x")).await;
        looked.page("/office/licences/{identifier}/act", &format!("{licence}/act")).await;
        looked.page("/office/objections", "/office/objections").await;
        looked.page("/office/objections/{use}", &format!("/office/objections/{}", opened.used)).await;
        enter(tab, desk, "zhou.wen").await;
        tab.open(&format!("/office/objections/{}", opened.used)).await;
        submit(tab, "#answering", &[("reason", "经查属实。")], "").await;
        looked.answer("/office/objections/{use}", "经查属实。").await;

        looked.also("/office", "of an approver").await;
        looked.page("/office/applications/{id}", &opened.waiting).await;
        let sends_back = format!("{}/return", opened.waiting);
        submit(tab, "form[action*='/approve']", &[("remark", "")], &sends_back).await;
        looked.answer("/office/applications/{id}/return", "请写明退回原因").await;
        // somebody else's licence has the number by now
        desk.issue(&opened.token, &food(7));
        tab.open(&opened.waiting).await;
        submit(tab, "form[action*='/approve']", &[], "").await;
        looked.answer("/office/applications/{id}/approve", "编号").await;
        looked.page("/office/delegations/{id}", &opened.delegation).await;

        enter(tab, desk, "liu.jing").await;
        looked.page("/office/delegations", "/office/delegations").await;
        looked.page("/office/delegations/new", "/office/delegations/new").await;
        let named = [("agent_name", "陈明"), ("agent_code", AGENT.1), ("last", "2026-12-18")];
        submit(tab, "form.enter", &named, "").await;
        looked.answer("/office/delegations/new", "登记").await;
        enter(tab, desk, "sun.jian").await;
        looked.page("/office/guardians/new", "/office/guardians/new").await;
        submit(tab, "form.enter", &[("ward_name", "王小明"), ("ward_code", "330106201901013332")], "").await;
        looked.answer("/office/guardians/new", "监护").await;

        enter(tab, desk, "chief").await;
        looked.also("/office/devices", "with none").await;
        let form = "form[action^='/office/devices']";
        let fields = [("kind", "window"), ("window", "3 号窗口"), ("name", "东侧柜台电脑")];
        submit(tab, form, &fields, "").await;
        looked.answer("/office/devices", "3 号窗口").await;
        looked.page("/office/devices", "/office/devices").await;
        looked.end(Tour::Office);
        tab.assert_quiet().await;
    });
}
