//! A holder of licences, an agent, and an organisation.

use super::{enter, looked::Looked, routes::Tour, submit};
use crate::{
    copies,
    delegations::{AGENT, MATTER, PRINCIPAL, day},
    pages::{
        browser::in_browser,
        letters::secret_of,
        my::{read_code, wait_for},
    },
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
    /// What the principal is asked to do for the organisation.
    asked: String,
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
        // every field, as copies want it
        let offered = delegations::offered(issuer, by, appointment.as_deref()).unwrap();
        let offer = offered.into_iter().find(|offer| offer.identifier == licence).unwrap();
        let names = offer.fields.into_iter().map(|field| field.name).collect();
        let new = NewDelegation {
            agent_name: name.to_owned(),
            agent_code: code.to_owned(),
            fields: BTreeMap::from([(licence.to_owned(), names)]),
            matter: MATTER.to_owned(),
            copies: true,
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
    let asked = give(&agent, &of_firm, PRINCIPAL, Some(appointment.clone()));
    Opened { desk, identifier, used, delegation, appointment, asked }
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
        let (path, here) = ("/my/licences/{identifier}/show", &opened.licence("show"));
        looked.page(path, here).await;
        for (words, says) in [("", "请选一个用途"), ("校园配餐备案", "对方只会看到")] {
            looked.answers(path, (here, "form.enter"), &[("words", words)], says).await;
        }
        looked.also("/my/licences/nothing/show", "a licence that is not there").await;
        let (path, here) = ("/my/licences/{identifier}/offline", &opened.licence("offline"));
        let make = "#offline-make [type=submit]:enabled";
        looked.page_once(path, here, make).await;
        for more in ["", "?size=large"] {
            tab.open(&format!("{here}{more}")).await;
            wait_for(tab, make).await;
            tab.press(make).await;
            wait_for(tab, "#code path[d^=M4]").await;
            looked.answer(path, "离线码").await;
        }
        let (path, here) = ("/my/licences/{identifier}/disclosure", &opened.licence("disclosure"));
        looked.page(path, here).await;
        looked.answers(path, (here, "form.enter"), &[("field.nothing", "on")], "给对方看哪几项").await;

        looked.page("/my/copies", "/my/copies").await;
        let (path, here) = ("/my/licences/{identifier}/copy", &opened.licence("copy"));
        looked.page(path, here).await;
        let fields = [("purpose", "甲\u{200b}乙"), ("recipient", "演示市数据局"), ("until", "2026-12-31")];
        looked.answers(path, (here, "form.enter"), &fields, "印不出来的字").await;

        looked.page("/my/uses", "/my/uses").await;
        let (path, here) = ("/my/uses/{id}/objection", &format!("/my/uses/{}/objection", opened.used));
        looked.page(path, here).await;
        looked.answers(path, (here, "form.enter"), &[("words", " ")], "请写明异议").await;

        looked.page("/my/delegations", "/my/delegations").await;
        let new = "/my/delegations/new";
        looked.page(new, new).await;
        let fields = [("agent_name", "陈明"), ("agent_code", AGENT.1), ("matter", MATTER), ("last", "2026-12-18")];
        looked.answers(new, (new, "form.enter"), &fields, "没有找到这个人").await;
        looked.page("/my/delegations/{id}", &format!("/my/delegations/{}", opened.delegation)).await;
        looked.also(&format!("/my/delegations/{}", opened.asked), "which waits for an answer").await;
        looked.end(Tour::Citizen);
        tab.assert_quiet().await;
    });
}

#[test]
fn a_holder_who_signs_letters() {
    let opened = opened();
    let desk = &opened.desk;
    in_browser(desk.to, true, async |tab| {
        let mut looked = Looked::begin(tab);
        enter(tab, desk, "chen.guilan").await;
        looked.also("/my/letters", "without a second factor").await;
        looked.also("/login/factor", "which is off").await;
        submit(tab, "main form", &[("do", "begin"), ("password", PASSWORD)], "").await;
        let secret = secret_of(&read_code(tab).await, "chen.guilan");
        looked.answer("/login/factor", "扫").await;
        submit(tab, "main form", &[("do", "confirm"), ("code", &opened.fresh(&secret))], "").await;
        looked.answer("/login/factor", "恢复码").await;
        looked.page("/login/factor", "/login/factor").await;
        submit(tab, "main form", &[("do", "codes"), ("password", PASSWORD), ("code", "000000")], "").await;
        looked.answer("/login/factor", "不对").await;

        looked.also("/my/letters", "without a key").await;
        let wrong = [("password", PASSWORD), ("code", "000000")];
        looked.answers("/my/letters/key", ("/my/letters", "form.enter"), &wrong, "开通您的签名").await;
        submit(tab, "form.enter", &[("password", PASSWORD), ("code", &opened.fresh(&secret))], "").await;
        let (path, here) = ("/my/letters/new/{type}", "/my/letters/new/consent");
        looked.page(path, here).await;
        let filled = |until| {
            let [to, matter, purpose] = ["演示市住房公积金管理中心", "提取住房公积金", "核对婚姻登记信息"];
            [("to", to), ("matter", matter), ("purpose", purpose), ("until", until)]
        };
        looked.answers(path, (here, "form.enter"), &filled("2020-01-01"), "内容没有填好").await;
        submit(tab, "form.enter", &filled("2026-12-31"), "").await;
        let letter = tab.client.current_url().await.unwrap().path().to_owned();
        looked.also(&letter, "before it is signed").await;
        let path = "/my/letters/{id}";
        looked.answers(path, (&letter, "form.enter"), &[("code", "000000")], "签名").await;
        submit(tab, "form.enter", &[("code", &opened.fresh(&secret))], "").await;
        looked.page(path, &letter).await;
        looked.page("/my/letters", "/my/letters").await;
        looked.end(Tour::Signing);
        tab.assert_quiet().await;
    });
}

#[test]
fn an_agent_and_an_organisation() {
    let opened = opened();
    let desk = &opened.desk;
    in_browser(desk.to, true, async |tab| {
        let mut looked = Looked::begin(tab);
        enter(tab, desk, "chen.min").await;
        for address in ["/my".to_owned(), format!("/my/delegations/{}", opened.delegation)] {
            looked.also(&address, "of an agent").await;
        }
        let staff = format!("/my/delegations/{}/staff", opened.appointment);
        looked.page("/my/delegations/{id}/staff", &staff).await;
        let of = |what: &str| format!("/my/delegations/{}/{what}?licence={}", opened.delegation, opened.identifier);
        let (path, here) = ("/my/delegations/{id}/show", &of("show"));
        looked.page(path, here).await;
        looked.answers(path, (here, "form.enter"), &[], "对方只会看到").await;
        let (path, here) = ("/my/delegations/{id}/copy", &of("copy"));
        looked.page(path, here).await;
        let fields = [("recipient", "甲\u{200b}乙"), ("until", "2026-12-18")];
        looked.answers(path, (here, "form.enter"), &fields, "印不出来的字").await;
        enter(tab, desk, "noodles").await;
        looked.also("/my/delegations/new?as=administrator", "of an organisation").await;
        looked.end(Tour::Agent);
        tab.assert_quiet().await;
    });
}
