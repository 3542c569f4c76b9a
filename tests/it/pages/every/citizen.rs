//! A holder of licences, an agent, and an organisation.

use super::{enter, looked::Looked, routes::Tour, submit};
use crate::{
    copies,
    delegations::{AGENT, MATTER, PRINCIPAL, day},
    pages::{browser::in_browser, my::wait_for},
    presentations::{FOOD_HOLDER, code_of},
    second_factor::code_at,
    support::{
        database::Database,
        desk::Desk,
        house::{House, food, of_a_person, person_type},
        register::PASSWORD,
    },
};
use serde_json::json;
use std::collections::BTreeMap;
use yinxin::{
    clock::Clock as _,
    flow::{
        access::{Holder, Scope},
        copies::make,
        delegations::{self, NewAdministrator, NewDelegation},
        issue::Order,
        presentations::{Choice, Presentations, show},
        second_factor::{Demand, TotpSecret},
        uses,
    },
};

/// Three holders, their licences, and what was done with them.
struct Opened {
    desk: Desk,
    /// The licence of the principal.
    identifier: String,
    /// A use of it.
    used: String,
    /// The delegation of the principal to the agent.
    delegation: String,
    /// The agent's appointment as administrator of the organisation.
    appointment: String,
}

fn opened() -> Opened {
    let database = Box::leak(Box::new(Database::sqlite()));
    let house = House::new(database).certifying_persons().signing_answers().0;
    let desk = Desk::with_factors(house, "[access]\npresentation_seconds = 300", Demand::default());
    let token = desk.token(&desk.house.body, &[Scope::Issue, Scope::Redeem]);
    let kind = person_type(&desk.house);
    let licence = |order: Order| desk.issue(&token, &order)["identifier"].as_str().unwrap().to_owned();
    let identifier = licence(of_a_person(&kind, 1, PRINCIPAL.2, PRINCIPAL.1));
    let of_firm = licence(food(2));
    desk.account("chen.guilan", PRINCIPAL);
    desk.account("chen.min", AGENT);
    desk.holder("noodles", FOOD_HOLDER);
    let [principal, agent, firm] = ["chen.guilan", "chen.min", "noodles"].map(|login| desk.known_holder(login));
    let (issuer, counter) = (&desk.house.issuer, Presentations::new(60, 24));

    let choice = Choice { fields: vec!["operator_name".to_owned()], purpose: "接受检查".parse().unwrap() };
    let shown = show(issuer, &counter, &principal, &identifier.parse().unwrap(), &choice).unwrap();
    let order = json!({ "code": code_of(&shown), "scan_id": "scan-0001", "window": "3 号窗口" });
    assert_eq!(desk.post("/api/v1/redemptions", &token, &order).status, 200);
    let used = uses::of(issuer, &principal).unwrap().remove(0).id;
    let order = copies::order("2026-12-31");
    make(issuer, &principal, &identifier.parse().unwrap(), &order, (365, "a1"), &|_| ()).unwrap();

    let give = |by: &Holder, licence: &str, (_, code, name): (&str, &str, &str), appointment: Option<String>| {
        let names = ["operator_name", "domicile"].map(str::to_owned);
        let new = NewDelegation {
            agent_name: name.to_owned(),
            agent_code: code.to_owned(),
            fields: BTreeMap::from([(licence.to_owned(), names.into())]),
            matter: MATTER.to_owned(),
            copies: false,
            appointment,
            first: None,
            last: day("2026-12-18"),
        };
        delegations::give(issuer, &counter, by, &new).unwrap()
    };
    let delegation = give(&principal, &identifier, AGENT, None);
    delegations::answer(issuer, &agent, &delegation, true).unwrap();
    let new = NewAdministrator { name: AGENT.2.to_owned(), code: AGENT.1.to_owned(), last: day("2027-11-21") };
    let appointment = delegations::appoint(issuer, &counter, &firm, &new).unwrap();
    delegations::answer(issuer, &agent, &appointment, true).unwrap();
    give(&agent, &of_firm, PRINCIPAL, Some(appointment.clone()));
    Opened { desk, identifier, used, delegation, appointment }
}

impl Opened {
    fn licence(&self, what: &str) -> String {
        format!("/my/licences/{}/{what}", self.identifier)
    }

    /// A code of the app that was not used yet.
    fn fresh(&self, secret: &TotpSecret) -> String {
        self.desk.house.clock.advance_seconds(30);
        code_at(secret, self.desk.house.clock.now().unwrap())
    }
}

#[test]
fn a_holder() {
    let opened = opened();
    let desk = &opened.desk;
    in_browser(desk.to, true, async |tab| {
        let mut looked = Looked::begin(tab);
        enter(tab, desk, "chen.guilan").await;
        looked.page("/my", "/my").await;
        looked.page("/my/licences/{identifier}/show", &opened.licence("show")).await;
        for more in ["", "size=large"] {
            for (words, says) in [("", "请选一个用途"), ("校园配餐备案", "对方只会看到")] {
                tab.open(&opened.licence("show")).await;
                submit(tab, "form.enter", &[("words", words)], more).await;
                looked.answer("/my/licences/{identifier}/show", says).await;
            }
        }
        tab.open("/my/licences/nothing/show").await;
        looked.beside("a licence that is not there").await;
        let made = "#offline-make [type=submit]:enabled";
        looked.page_once("/my/licences/{identifier}/offline", &opened.licence("offline"), made).await;
        tab.press(made).await;
        wait_for(tab, "#code path[d^=M4]").await;
        looked.answer("/my/licences/{identifier}/offline", "离线码").await;
        looked.page("/my/licences/{identifier}/disclosure", &opened.licence("disclosure")).await;
        submit(tab, "form.enter", &[("field.nothing", "on")], "").await;
        looked.answer("/my/licences/{identifier}/disclosure", "给对方看哪几项").await;

        looked.page("/my/copies", "/my/copies").await;
        looked.page("/my/licences/{identifier}/copy", &opened.licence("copy")).await;
        let fields = [("purpose", "甲\u{200b}乙"), ("recipient", "演示市数据局"), ("until", "2026-12-31")];
        submit(tab, "form.enter", &fields, "").await;
        looked.answer("/my/licences/{identifier}/copy", "印不出来的字").await;

        looked.page("/my/uses", "/my/uses").await;
        looked.page("/my/uses/{id}/objection", &format!("/my/uses/{}/objection", opened.used)).await;
        submit(tab, "form.enter", &[("words", " ")], "").await;
        looked.answer("/my/uses/{id}/objection", "请写明异议").await;

        looked.page("/my/delegations", "/my/delegations").await;
        looked.page("/my/delegations/new", "/my/delegations/new").await;
        let fields = [("agent_name", "陈明"), ("agent_code", AGENT.1), ("matter", MATTER), ("last", "2026-12-18")];
        submit(tab, "form.enter", &fields, "").await;
        looked.answer("/my/delegations/new", "没有找到这个人").await;
        looked.page("/my/delegations/{id}", &format!("/my/delegations/{}", opened.delegation)).await;
        looked.end(Tour::Citizen);
        tab.assert_quiet().await;
    });
}

#[test]
fn a_holder_who_signs_letters_an_agent_and_an_organisation() {
    let opened = opened();
    let desk = &opened.desk;
    in_browser(desk.to, true, async |tab| {
        let mut looked = Looked::begin(tab);
        enter(tab, desk, "chen.guilan").await;
        tab.open("/my/letters").await;
        looked.beside("/my/letters without a second factor").await;
        tab.open("/login/factor").await;
        looked.beside("/login/factor that is off").await;
        let secret = desk.enrol("chen.guilan");
        looked.page("/login/factor", "/login/factor").await;
        let fields = [("do", "codes"), ("password", PASSWORD), ("code", "000000")];
        submit(tab, "main form", &fields, "").await;
        looked.answer("/login/factor", "不对").await;
        submit(tab, "main form", &[("do", "codes"), ("password", PASSWORD), ("code", &opened.fresh(&secret))], "")
            .await;
        looked.answer("/login/factor", "恢复码").await;

        tab.open("/my/letters").await;
        looked.beside("/my/letters without a key").await;
        submit(tab, "form.enter", &[("password", PASSWORD), ("code", "000000")], "").await;
        looked.answer("/my/letters/key", "开通您的签名").await;
        submit(tab, "form.enter", &[("password", PASSWORD), ("code", &opened.fresh(&secret))], "").await;
        let kind = "/my/letters/new/{type}";
        looked.page(kind, "/my/letters/new/consent").await;
        let filled =
            [("to", "演示市住房公积金管理中心"), ("matter", "提取住房公积金"), ("purpose", "核对婚姻登记信息")];
        submit(tab, "form.enter", &[&filled[..], &[("until", "2020-01-01")]].concat(), "").await;
        looked.answer(kind, "2020").await;
        submit(tab, "form.enter", &[&filled[..], &[("until", "2026-12-31")]].concat(), "").await;
        looked.beside("/my/letters/{id} before it is signed").await;
        submit(tab, "form.enter", &[("code", "000000")], "").await;
        looked.answer("/my/letters/{id}", "签名").await;
        submit(tab, "form.enter", &[("code", &opened.fresh(&secret))], "").await;
        let letter = tab.client.current_url().await.unwrap().path().to_owned();
        looked.page("/my/letters/{id}", &letter).await;
        looked.page("/my/letters", "/my/letters").await;

        enter(tab, desk, "chen.min").await;
        for address in ["/my".to_owned(), format!("/my/delegations/{}", opened.delegation)] {
            tab.open(&address).await;
            looked.beside(&format!("{address} of an agent")).await;
        }
        let staff = format!("/my/delegations/{}/staff", opened.appointment);
        looked.page("/my/delegations/{id}/staff", &staff).await;
        let showing = format!("/my/delegations/{}/show?licence={}", opened.delegation, opened.identifier);
        looked.page("/my/delegations/{id}/show", &showing).await;
        for more in ["", "size=large"] {
            tab.open(&showing).await;
            submit(tab, "form.enter", &[], more).await;
            looked.answer("/my/delegations/{id}/show", "对方只会看到").await;
        }
        enter(tab, desk, "noodles").await;
        tab.open("/my/delegations/new?as=administrator").await;
        looked.beside("/my/delegations/new of an administrator").await;
        tab.open("/login/factor").await;
        submit(tab, "main form", &[("do", "begin"), ("password", PASSWORD)], "").await;
        looked.answer("/login/factor", "扫").await;
        looked.end(Tour::Acting);
        tab.assert_quiet().await;
    });
}
