//! Delegations that rest on papers, and the token of another platform, as Chromium shows them: a registered letter, the
//! guardians of an adult and of a child, and what was agreed to elsewhere for one licence.

use super::{
    browser::in_browser,
    delegations::{holder, opened, person, show, window},
    my::{read_code, wait_for},
    office::{fill, send, sign_in},
    resolver,
    window::{WINDOW, scan},
};
use crate::{
    delegations::{AGENT, CHILD, MATTER, PRINCIPAL},
    support::Folder,
};
use serde_json::json;
use yinxin::flow::uses;
use yinxin_testkit::platform::Manner;
use yinxin_trust::base::Moment;

#[test]
fn a_registered_letter_is_entered_decided_and_shown_as_weaker() {
    let (desk, issued) = opened();
    let folder = Folder::new();
    let letter = folder.file("挂号信.pdf", b"%PDF-1.7 made up");
    in_browser(desk.to, true, async |tab| {
        person(tab, "liu.jing").await;
        tab.open("/office/delegations/new").await;
        tab.press("input[value=letter]").await;
        for (field, text) in [
            ("principal_name", PRINCIPAL.2),
            ("principal_code", PRINCIPAL.1),
            ("agent_name", AGENT.2),
            ("agent_code", AGENT.1),
            ("licences", issued["identifier"].as_str().unwrap()),
            ("matter", MATTER),
            ("last", "2026-12-18"),
            ("document_name", "挂号信 XA12345678933"),
        ] {
            fill(tab, field, text).await;
        }
        tab.choose(&letter).await;
        send(tab, "form.enter button").await;
        assert_eq!(tab.text("#state").await, "待复核");
        assert!(tab.text("main").await.contains("书面委托（挂号信），比线上授权弱"));
        tab.picture("delegations-letter-waiting", 1280).await;
        let address = tab.client.current_url().await.unwrap().path().to_owned();
        person(tab, "zhou.min").await;
        tab.open(&address).await;
        send(tab, "button[value=approve]").await;
        assert_eq!(tab.text("#state").await, "有效");

        let code = show(tab).await;
        person(tab, "liu.jing").await;
        tab.open(&window(MATTER)).await;
        assert_eq!(scan(tab, &code).await, "证照真实有效");
        assert!(tab.text(".deleg.tone-caution").await.contains("挂号信"));
        tab.screen("delegation-window-letter").await;
        tab.assert_quiet().await;
    });
}

#[test]
fn guardians_are_recorded_and_act() {
    let (desk, _) = opened();
    let folder = Folder::new();
    let paper = folder.file("判决书.pdf", b"%PDF-1.7 made up");
    in_browser(desk.to, true, async |tab| {
        let filled = async |ward: (&str, &str, &str), last: &str| {
            tab.open("/office/guardians/new").await;
            for (field, text) in [
                ("ward_name", ward.2),
                ("ward_code", ward.1),
                ("guardian_name", AGENT.2),
                ("guardian_code", AGENT.1),
                ("document_number", "〔2026〕浙 0106 民特 1 号"),
                ("document_name", "判决书"),
            ] {
                fill(tab, field, text).await;
            }
            if !last.is_empty() {
                fill(tab, "last", last).await;
            }
            tab.choose(&paper).await;
            send(tab, "form.enter button").await;
        };
        person(tab, "sun.jian").await;
        // an adult has a guardian by a decision only, a child until the eighteenth birthday
        filled(PRINCIPAL, "").await;
        assert!(tab.sees("#fault").await && !tab.sees("#state").await);
        tab.picture("delegations-guardian-refused", 1280).await;
        let mut entered = Vec::new();
        for (ward, last) in [(PRINCIPAL, "2027-01-31"), (CHILD, "")] {
            filled(ward, last).await;
            assert_eq!(tab.text("#state").await, "待复核");
            entered.push(tab.client.current_url().await.unwrap().path().to_owned());
        }
        // not before somebody else has looked at it
        holder(tab, "chen.min").await;
        tab.open(&entered[0].replace("/office/", "/my/")).await;
        assert!(!tab.sees(".my-deleg__licence a").await);
        person(tab, "zhou.min").await;
        for (address, until) in entered.iter().zip(["2027-01-31", "2030-09-14"]) {
            tab.open(address).await;
            send(tab, "button[value=approve]").await;
            assert_eq!(tab.text("#state").await, "有效");
            let main = tab.text("main").await;
            assert!(main.contains(until) && main.contains("监护"), "{main}");
        }
        tab.picture("delegations-guardian-decided", 1280).await;

        // the guardian shows the licence of the ward, whatever for
        holder(tab, "chen.min").await;
        tab.open(&entered[0].replace("/office/", "/my/")).await;
        send(tab, ".my-deleg__licence a").await;
        wait_for(tab, ".my-box").await;
        fill(tab, "words", "领取补贴").await;
        send(tab, "form.enter button").await;
        wait_for(tab, "#code").await;
        let code = read_code(tab).await;
        person(tab, "liu.jing").await;
        tab.open(&window("领取补贴")).await;
        assert_eq!(scan(tab, &code).await, "证照真实有效");
        let deleg = tab.text(".deleg").await;
        assert!(deleg.contains("监护") && deleg.contains("*敏"), "{deleg}");
        tab.screen("delegation-window-guardian").await;
        tab.assert_quiet().await;
    });
}

#[test]
fn a_token_of_a_platform_opens_one_licence_for_one_purpose() {
    let opened = resolver::opened();
    let token = |purpose: &str, until: String| json!({ "result": "pickup", "licence": opened.identifier, "purpose": purpose, "until": until });
    let say = |answer| opened.platform.say(resolver::CODE, answer, Manner::Sound);
    in_browser(opened.desk.to, true, async |tab| {
        sign_in(tab, "liu.jing").await;
        tab.open(WINDOW).await;
        say(token("延续", opened.until()));
        assert_eq!(scan(tab, resolver::CODE).await, "证照真实有效");
        let main = tab.text("main").await;
        for piece in ["安康码", "演示市小满面馆", "JY23301000000010", "**国"] {
            assert!(main.contains(piece), "{piece} is missing in {main}");
        }
        assert!(!main.contains("李守国"), "what is masked is masked");
        tab.screen("resolver-token").await;
        // for another purpose, and too late, nothing of it is seen
        say(token("接受检查", opened.until()));
        assert_ne!(scan(tab, resolver::CODE).await, "证照真实有效");
        let main = tab.text("main").await;
        assert!(!tab.sees(".win__facts").await && !main.contains("JY23301000000010"), "{main}");
        tab.screen("resolver-token-other-purpose").await;
        say(token("延续", Moment::from_utc(2026, 11, 22, 1, 59, 59).unwrap().to_string()));
        assert_eq!(scan(tab, resolver::CODE).await, "码已过期，请对方刷新");
        assert!(!tab.sees(".win__facts").await);
        tab.assert_quiet().await;
    });
    let known = opened.desk.known_holder("noodles");
    let used = uses::of(&opened.desk.house.issuer, &known).unwrap();
    assert_eq!(used.len(), 1, "the holder sees the one use");
}
