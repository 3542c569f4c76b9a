//! A holder of licences, and who acts for them.

use super::Hands;
use crate::{
    copies::{PURPOSE, RECIPIENT},
    delegations::{AGENT, MATTER, PRINCIPAL},
    pages::{browser::in_browser, my::wait_for},
    presentations::code_of,
    second_factor::code_at,
    support::{
        database::Database,
        desk::Desk,
        house::{House, of_a_person, person_type},
    },
};
use serde_json::json;
use yinxin::{
    clock::Clock as _,
    flow::{
        access::Scope,
        presentations::{Choice, Presentations, show},
        second_factor::Demand,
    },
};

#[test]
fn a_holder_does_everything_by_the_keyboard_alone() {
    let database = Box::leak(Box::new(Database::sqlite()));
    let desk = Desk::with_factors(House::new(database), "[access]\npresentation_seconds = 300", Demand::default());
    let token = desk.token(&desk.house.body, &[Scope::Issue, Scope::Redeem]);
    let kind = person_type(&desk.house);
    let issued = desk.issue(&token, &of_a_person(&kind, 1, PRINCIPAL.2, PRINCIPAL.1));
    desk.account("chen.guilan", PRINCIPAL);
    desk.account("chen.min", AGENT);
    let (holder, identifier) = (desk.known_holder("chen.guilan"), issued["identifier"].as_str().unwrap());
    let choice = Choice { fields: vec!["operator_name".to_owned()], purpose: "接受检查".parse().unwrap() };
    let shown = show(&desk.house.issuer, &Presentations::new(60, 24), &holder, &identifier.parse().unwrap(), &choice);
    let order = json!({ "code": code_of(&shown.unwrap()), "scan_id": "scan-0001", "window": "3 号窗口" });
    assert_eq!(desk.post("/api/v1/redemptions", &token, &order).status, 200);
    let secret = desk.enrol("chen.guilan");
    let fresh = || {
        desk.house.clock.advance_seconds(30);
        code_at(&secret, desk.house.clock.now().unwrap())
    };
    in_browser(desk.to, true, async |tab| {
        let hands = Hands(tab);
        // in two steps
        hands.sign_in("chen.guilan", Some(&fresh())).await;
        assert_eq!(tab.text("h1").await, "我的证照");
        hands.round().await;

        // a code, of the fields that are chosen
        tab.open("/my").await;
        hands.go("a.lcard").await;
        wait_for(tab, ".my-box").await;
        let here = tab.client.current_url().await.unwrap().path().to_owned();
        hands.round().await;
        tab.open(&here).await;
        hands.tick(".my-box input:not(:checked)").await;
        hands.choose("purpose", "1").await;
        hands.go("form.enter .button--main").await;
        wait_for(tab, "#code").await;
        hands.round().await;

        // an annotated copy
        tab.open(&here).await;
        hands.go("main a[href*='/copy']").await;
        hands.fill("#purpose", PURPOSE).await;
        hands.fill("#recipient", RECIPIENT).await;
        hands.fill("#until", "20261231").await;
        hands.go("form.enter .button--main").await;
        assert!(tab.text(".my-copy").await.contains("做好了，已盖章"));
        hands.to(".my-copy a").await;

        // an objection
        tab.open("/my/uses").await;
        hands.go("a.my-object").await;
        hands.fill("#words", "我那天没有去办过，请查一下。").await;
        hands.go("form.enter .button--main").await;
        assert!(tab.text(".use .note").await.starts_with("您已提出异议。"));

        // a delegation is given …
        tab.open("/my/delegations").await;
        hands.go("main a.button--main").await;
        hands.fill("#agent_name", AGENT.2).await;
        hands.fill("#agent_code", AGENT.1).await;
        hands.fill("#matter", MATTER).await;
        hands.fill("#last", "2026年12月18日").await;
        if !tab.sees("[name^='may.operator_name.']").await {
            hands.to("details.my-more summary").await;
            hands.types(" ").await;
        }
        hands.tick("[name^='may.operator_name.']:not(:checked)").await;
        hands.go("form.enter .button--main").await;
        assert_eq!(tab.text("#state").await, "待代办人接受");
        let delegation = tab.client.current_url().await.unwrap().path().to_owned();
        // … signed out of by its button …
        tab.open("/my").await;
        hands.go("form[action^='/logout'] button").await;
        wait_for(tab, "#password").await;

        // … accepted, used …
        hands.sign_in("chen.min", None).await;
        hands.go(".note a").await;
        hands.go("button[value=accept]").await;
        assert_eq!(tab.text("#state").await, "有效");
        hands.go(".my-deleg__licence a").await;
        wait_for(tab, ".my-box").await;
        hands.go("form.enter .button--main").await;
        wait_for(tab, "#code").await;

        // … and ended
        hands.sign_in("chen.guilan", Some(&fresh())).await;
        tab.open(&delegation).await;
        hands.go("#end").await;
        assert_eq!(tab.text("#state").await, "已收回");
        tab.assert_quiet().await;
    });
}
