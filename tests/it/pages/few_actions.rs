//! Large letters: at most three things to do on a page of the holder, beside going back and the switch.

use super::{
    browser::{Tab, in_browser},
    delegations::{holder, opened},
    my::wait_for,
    office::{fill, send},
};
use crate::{
    delegations::{AGENT, MATTER, PRINCIPAL},
    presentations::code_of,
    support::house::{FOOD, of_a_person},
};
use serde_json::json;
use yinxin::flow::{
    access::Scope,
    delegations::{self, NewDelegation},
    presentations::{Choice, Presentations, show},
    uses,
};
use yinxin_trust::base::Day;

/// What a page of the holder offers; what is filled in and folded away within a form is one thing with its button.
const OFFERED: &str = "const all = [...document.querySelectorAll('main a[href], main button, main summary')]; \
    return all.filter((one) => one.getClientRects().length && !(one.matches('summary') && one.closest('form'))) \
      .map((one) => one.textContent.trim())";

/// The page that is open in large letters, at most three things to do on it; goes back to it as it was.
pub(super) async fn few_actions(tab: &Tab, what: &str) {
    let here = tab.client.current_url().await.unwrap();
    let mut large = here.clone();
    large.query_pairs_mut().append_pair("size", "large");
    tab.client.goto(large.as_str()).await.unwrap();
    few(tab, what).await;
    tab.client.goto(here.as_str()).await.unwrap();
}

/// What the page that is open, in large letters, offers.
async fn few(tab: &Tab, what: &str) -> Vec<String> {
    assert!(tab.sees(".page--large").await, "{what} is not in large letters");
    let found = tab.client.execute(OFFERED, vec![]).await.unwrap();
    let found: Vec<String> = serde_json::from_value(found).unwrap();
    assert!(found.len() <= 3, "{what}: {found:?}");
    found
}

#[test]
fn no_page_of_a_holder_offers_more_than_three_things_in_large_letters() {
    let (desk, issued) = opened();
    let body = desk.house.body.clone();
    let token = desk.token(&body, &[Scope::Issue, Scope::Redeem]);
    let identifier = issued["identifier"].as_str().unwrap().to_owned();
    // a second licence, two delegations of which one works, and two uses
    let kind = FOOD.replace("R003", "R098");
    desk.issue(&token, &of_a_person(&kind, 9, PRINCIPAL.2, PRINCIPAL.1));
    let (issuer, counter) = (&desk.house.issuer, Presentations::new(60, 24));
    let [principal, agent] = ["chen.guilan", "chen.min"].map(|login| desk.known_holder(login));
    let give = || {
        let new = NewDelegation {
            agent_name: AGENT.2.to_owned(),
            agent_code: AGENT.1.to_owned(),
            fields: std::iter::once((identifier.clone(), ["operator_name".to_owned()].into())).collect(),
            matter: MATTER.to_owned(),
            copies: false,
            appointment: None,
            first: None,
            last: Day::parse("2026-12-18").unwrap(),
        };
        delegations::give(issuer, &counter, &principal, &new).unwrap()
    };
    let [accepted, waiting] = [give(), give()];
    delegations::answer(issuer, &agent, &accepted, true).unwrap();
    for scan in ["scan-0001", "scan-0002"] {
        let choice = Choice { fields: vec!["operator_name".to_owned()], purpose: MATTER.parse().unwrap() };
        let shown = show(issuer, &counter, &principal, &identifier.parse().unwrap(), &choice).unwrap();
        let order = json!({ "code": code_of(&shown), "scan_id": scan, "window": "3 号窗口" });
        assert_eq!(desk.post("/api/v1/redemptions", &token, &order).status, 200);
    }
    let used = uses::of(issuer, &principal).unwrap().remove(0).id;

    in_browser(desk.to, true, async |tab| {
        let large = async |path: &str| {
            tab.open(&format!("{path}?size=large")).await;
            few(tab, path).await
        };
        holder(tab, "chen.guilan").await;
        for path in [
            "/my".to_owned(),
            "/my/uses".to_owned(),
            format!("/my/uses/{used}/objection"),
            "/my/letters".to_owned(),
            "/my/copies".to_owned(),
            "/my/delegations".to_owned(),
            "/my/delegations/new".to_owned(),
            format!("/my/delegations/{accepted}"),
            format!("/my/delegations/{waiting}"),
            format!("/my/licences/{identifier}/copy"),
            format!("/my/licences/{identifier}/disclosure"),
            format!("/my/licences/{identifier}/offline"),
            format!("/my/licences/{identifier}/show"),
        ] {
            large(&path).await;
        }
        // the code, and what a form says that lacks something
        send(tab, "form.enter button").await;
        wait_for(tab, "#fault").await;
        few(tab, "a form with a fault").await;
        fill(tab, "words", MATTER).await;
        send(tab, "form.enter button").await;
        wait_for(tab, "#code").await;
        tab.client.execute("document.querySelector('#again').hidden = false", vec![]).await.unwrap();
        let on_code = few(tab, "the code").await;
        assert!(on_code.len() == 2 && on_code[1].contains("停止出示"), "{on_code:?}");
        // who has nothing
        holder(tab, "chen.min").await;
        for path in ["/my".to_owned(), format!("/my/delegations/{accepted}"), format!("/my/delegations/{waiting}")] {
            large(&path).await;
        }
        send(tab, "button[value=accept]").await;
        wait_for(tab, "#end").await;
        few(tab, "a delegation that was just accepted").await;
    });
}
