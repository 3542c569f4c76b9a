//! Delegating, as Chromium shows it: given and accepted on a telephone, shown by the agent, scanned at the window,
//! refused for another matter, taken back; and what the office records.

use super::{
    browser::{Tab, in_browser},
    few_actions::few_actions,
    my::{read_code, wait_for},
    office::{fill, send, sign_in as office_sign_in},
    window::{gone, scan},
};
use crate::{
    delegations::{AGENT, MATTER, PRINCIPAL},
    presentations::FOOD_HOLDER,
    support::{
        Folder,
        database::Database,
        desk::Desk,
        house::{House, food, of_a_person, person_type},
        register::PASSWORD,
    },
};
use fantoccini::Locator;
use serde_json::{Value, json};
use yinxin::flow::access::{Role, Scope};

/// A desk with both accounts, a firm, people of the office, and the principal's licence.
pub(super) fn opened() -> (Desk, Value) {
    let database = Box::leak(Box::new(Database::sqlite()));
    let desk = Desk::open(House::new(database), "[access]\npresentation_seconds = 300");
    let body = desk.house.body.clone();
    let token = desk.token(&body, &[Scope::Issue]);
    let kind = person_type(&desk.house);
    let issued = desk.issue(&token, &of_a_person(&kind, 1, PRINCIPAL.2, PRINCIPAL.1));
    desk.issue(&token, &food(2));
    desk.account("chen.guilan", PRINCIPAL);
    desk.account("chen.min", AGENT);
    desk.holder("noodles", FOOD_HOLDER);
    desk.person(&body, "liu.jing", "刘静", &[Role::Clerk]);
    desk.person(&body, "sun.jian", "孙建", &[Role::Officer]);
    desk.person(&body, "zhou.min", "周敏", &[Role::Approver]);
    (desk, issued)
}

pub(super) async fn holder(tab: &Tab, login: &str) {
    tab.client.delete_all_cookies().await.unwrap();
    tab.open("/login").await;
    fill(tab, "login", login).await;
    fill(tab, "password", PASSWORD).await;
    send(tab, "button[type=submit]").await;
    assert_eq!(tab.text("h1").await, "我的证照");
}

pub(super) async fn person(tab: &Tab, login: &str) {
    tab.client.delete_all_cookies().await.unwrap();
    office_sign_in(tab, login).await;
}

/// Goes to something by the Tab key alone, presses Enter, and waits for the next page.
async fn by_key(tab: &Tab, selector: &str) {
    let page = tab.client.find(Locator::Css("html")).await.unwrap();
    let script = "return document.activeElement.matches(arguments[0])";
    for _ in 0..80 {
        if tab.client.execute(script, vec![json!(selector)]).await.unwrap() == json!(true) {
            tab.client.active_element().await.unwrap().send_keys("\u{e007}").await.unwrap();
            return gone(page).await;
        }
        tab.client.active_element().await.unwrap().send_keys("\u{e004}").await.unwrap();
    }
    panic!("{selector} is not reached by the keyboard");
}

pub(super) fn window(purpose: &str) -> String {
    let encoded: String = purpose.bytes().map(|octet| format!("%{octet:02X}")).collect();
    format!("/window?purpose={encoded}")
}

async fn tick(tab: &Tab, field: &str) {
    let boxes = tab.client.find_all(Locator::Css(&format!("[name^=\"may.{field}.\"]"))).await.unwrap();
    if !boxes[0].is_selected().await.unwrap() {
        boxes[0].click().await.unwrap();
    }
}

/// The agent shows the licence; what the square says.
pub(super) async fn show(tab: &Tab) -> String {
    holder(tab, "chen.min").await;
    tab.open("/my/delegations").await;
    send(tab, ".my-deleg .my-object, .my-deleg .button--main").await;
    send(tab, ".my-deleg__licence a").await;
    wait_for(tab, ".my-box").await;
    send(tab, "form.enter button").await;
    wait_for(tab, "#code").await;
    read_code(tab).await
}

fn journey(javascript: bool) {
    let (desk, _) = opened();
    let name = |what: &str| format!("delegation-{what}{}", if javascript { "" } else { "-plain" });
    in_browser(desk.to, javascript, async |tab| {
        // the principal delegates
        holder(tab, "chen.guilan").await;
        tab.open("/my/delegations").await;
        tab.picture(&name("none"), 390).await;
        send(tab, "main a.button--main").await;
        wait_for(tab, "#agent_name").await;
        fill(tab, "agent_name", "陈明").await;
        fill(tab, "agent_code", AGENT.1).await;
        fill(tab, "matter", MATTER).await;
        tick(tab, "operator_name").await;
        tick(tab, "domicile").await;
        fill(tab, "last", "2026-12-18").await;
        send(tab, "form.enter button").await;
        assert!(tab.text("#fault").await.contains("没有找到这个人"));
        tab.picture(&name("refused"), 390).await;
        fill(tab, "agent_name", AGENT.2).await;
        by_key(tab, "form.enter button[type=submit]").await;
        wait_for(tab, "#state").await;
        assert_eq!(tab.text("#state").await, "待代办人接受");
        tab.picture(&name("waiting"), 390).await;

        // the agent is told, and accepts
        holder(tab, "chen.min").await;
        assert!(tab.text(".note").await.contains("有人请您代办"));
        tab.picture(&name("told"), 390).await;
        by_key(tab, ".note a").await;
        wait_for(tab, "#state").await;
        tab.picture(&name("answer"), 390).await;
        by_key(tab, "button[value=accept]").await;
        wait_for(tab, "#end").await;
        assert_eq!(tab.text("#state").await, "有效");
        tab.picture(&name("held"), 390).await;
        tab.open("/my/delegations").await;
        tab.picture(&name("list"), 390).await;
        tab.open("/my/delegations?size=large").await;
        tab.picture(&name("list-large"), 390).await;
        assert!(tab.client.find_all(Locator::Css("main .button")).await.unwrap().len() <= 3);
        send(tab, "main .button--main").await;
        wait_for(tab, "#state").await;
        tab.picture(&name("held-large"), 390).await;
        assert!(tab.client.find_all(Locator::Css("main .button")).await.unwrap().len() <= 3);
        let first = show(tab).await;
        tab.picture(&name("code"), 390).await;
        assert!(tab.text(".deleg").await.contains(MATTER));
        let second = show(tab).await;
        tab.open(first.strip_prefix("HTTPS://YX.EXAMPLE.GOV.CN").unwrap()).await;
        assert!(tab.text(".deleg").await.contains("*敏"));
        tab.picture(&name("seen-phone"), 390).await;

        // at the window: another matter, then the matter
        person(tab, "liu.jing").await;
        tab.open(&window("房屋过户")).await;
        assert_eq!(scan(tab, &first).await, "代办人的授权不包括这件事");
        assert!(tab.text(".deleg").await.contains(MATTER) && !tab.sees(".win__facts").await);
        tab.screen(&name("window-beyond")).await;
        send_seen(tab, ".deleg a.button").await;
        assert!(tab.text(".top__where").await.contains(MATTER));
        assert_eq!(scan(tab, &first).await, "证照真实有效");
        let (deleg, next) = (tab.text(".deleg").await, tab.text(".win__next").await);
        // the principal as the agent shows her: whole, and not starred beside that
        let scope = "食品经营许可证：经营者名称、住所";
        for piece in ["陈桂兰", "*敏（尾号 2212）", MATTER, scope, "2026-12-18", "本人线上授权"] {
            assert!(deleg.contains(piece), "{piece} is missing in {deleg}");
        }
        assert!(!tab.text("main").await.contains("**兰"), "masked and whole on one screen");
        let rows = tab.text(".win__rows").await;
        assert!(rows.contains("授权在期限内") && rows.contains("码是第一次用"), "{rows}");
        assert!(next.contains("请看代办人的证件：*敏，尾号 2212"), "{next}");
        tab.screen(&name("window")).await;
        tab.press("label.tool--size").await;
        tab.picture(&name("window-large"), 1280).await;

        // the principal sees both, and takes it back
        holder(tab, "chen.guilan").await;
        // all of it is of one instant here: what is not among the first three is below them
        tab.press(".my-more summary").await;
        assert!(tab.text("main").await.contains("代办人出示了证照"));
        assert!(tab.text("main").await.contains("有人想超出您的授权"));
        tab.picture(&name("notices"), 390).await;
        tab.open("/my/uses").await;
        assert!(tab.text(".use").await.contains("代办人 陈敏"));
        tab.picture(&name("uses"), 390).await;
        tab.open("/my/delegations").await;
        send(tab, ".my-deleg .my-object").await;
        wait_for(tab, "#end").await;
        tab.picture(&name("used"), 390).await;
        by_key(tab, "#end").await;
        wait_for(tab, "#state").await;
        assert_eq!(tab.text("#state").await, "已收回");
        tab.picture(&name("ended"), 390).await;

        // what was made before is refused
        person(tab, "liu.jing").await;
        tab.open(&window(MATTER)).await;
        assert_eq!(scan(tab, &second).await, "代办人的授权已经结束");
        assert!(!tab.text("main").await.contains("陈"), "nobody is named");
        tab.screen(&name("window-over")).await;
        tab.assert_quiet().await;
    });
}

/// Presses the first that is seen, and waits for the next page.
async fn send_seen(tab: &Tab, selector: &str) {
    let page = tab.client.find(Locator::Css("html")).await.unwrap();
    tab.press(selector).await;
    gone(page).await;
}

#[test]
fn delegate_scan_revoke_with_a_script() {
    journey(true);
}

#[test]
fn delegate_scan_revoke_without_a_script() {
    journey(false);
}

#[test]
fn a_clerk_takes_a_paper_and_another_decides() {
    let (desk, issued) = opened();
    let folder = Folder::new();
    let paper = folder.file("委托书.pdf", b"%PDF-1.7 made up");
    in_browser(desk.to, true, async |tab| {
        person(tab, "liu.jing").await;
        tab.open("/office/delegations").await;
        tab.picture("delegations-desk-none", 1280).await;
        send(tab, "main a.button--main").await;
        wait_for(tab, "#principal_name").await;
        tab.picture("delegations-paper", 1280).await;
        tab.press("input[value=identity_card]").await;
        for (field, text) in [
            ("principal_name", PRINCIPAL.2),
            ("principal_code", PRINCIPAL.1),
            ("agent_name", "陈明"),
            ("agent_code", AGENT.1),
            ("licences", issued["identifier"].as_str().unwrap()),
            ("matter", MATTER),
            ("last", "2026-12-18"),
            ("document_name", "委托书"),
        ] {
            fill(tab, field, text).await;
        }
        tab.choose(&paper).await;
        send(tab, "form.enter button").await;
        assert!(tab.text("#fault").await.contains("没有找到这个人"));
        tab.picture("delegations-paper-refused", 1280).await;
        fill(tab, "agent_name", AGENT.2).await;
        tab.choose(&paper).await;
        send(tab, "form.enter button").await;
        assert_eq!(tab.text("#state").await, "待复核");
        assert!(tab.text("main").await.contains("比线上授权弱"));
        tab.picture("delegations-paper-waiting", 1280).await;
        let address = tab.client.current_url().await.unwrap().path().to_owned();

        person(tab, "zhou.min").await;
        tab.open("/office/delegations").await;
        tab.picture("delegations-desk", 1280).await;
        tab.open(&address).await;
        tab.picture("delegations-paper-decide", 1280).await;
        send(tab, "button[value=approve]").await;
        assert_eq!(tab.text("#state").await, "有效");

        let code = show(tab).await;
        tab.picture("delegation-paper-code", 390).await;
        person(tab, "liu.jing").await;
        tab.open(&window(MATTER)).await;
        assert_eq!(scan(tab, &code).await, "证照真实有效");
        assert!(tab.text(".deleg.tone-caution").await.contains("比线上授权弱"));
        assert!(tab.text(".win__next").await.contains("书面"));
        tab.screen("delegation-window-paper").await;
        tab.open(&address).await;
        fill(tab, "reason", "委托人到窗口收回").await;
        send(tab, "#ending button").await;
        assert_eq!(tab.text("#state").await, "已收回");
        tab.picture("delegations-paper-ended", 1280).await;

        person(tab, "sun.jian").await;
        tab.open("/office/guardians/new").await;
        tab.picture("delegations-guardian", 1280).await;
        tab.assert_quiet().await;
    });
}

#[test]
fn an_agent_has_a_copy_made_that_the_principal_sees() {
    let (desk, _) = opened();
    in_browser(desk.to, true, async |tab| {
        holder(tab, "chen.guilan").await;
        tab.open("/my/delegations/new").await;
        for (field, text) in
            [("agent_name", AGENT.2), ("agent_code", AGENT.1), ("matter", MATTER), ("last", "2026-12-18")]
        {
            fill(tab, field, text).await;
        }
        tab.press("#copies").await;
        tick(tab, "operator_name").await;
        send(tab, "form.enter button").await;
        assert!(tab.text("#fault").await.contains("加注件上是整张证照"));
        tab.picture("delegation-copies-refused", 390).await;
        let boxes = tab.client.find_all(Locator::Css("[name^=\"may.\"]")).await.unwrap();
        for one in boxes {
            if !one.is_selected().await.unwrap() {
                one.click().await.unwrap();
            }
        }
        send(tab, "form.enter button").await;
        wait_for(tab, "#state").await;
        assert!(tab.text(".deleg").await.contains("加注件"));

        holder(tab, "chen.min").await;
        send(tab, ".note a").await;
        send(tab, "button[value=accept]").await;
        wait_for(tab, "#end").await;
        tab.picture("delegation-copies-held", 390).await;
        let address = tab.client.current_url().await.unwrap().path().to_owned();
        by_key(tab, ".my-deleg__licence a:not(.button--main)").await;
        wait_for(tab, "#recipient").await;
        assert!(!tab.sees("#purpose").await && tab.text(".deleg").await.contains(MATTER));
        fill(tab, "recipient", "演示市公共交通有限公司").await;
        fill(tab, "until", "2026-12-18").await;
        tab.picture("delegation-copy-new", 390).await;
        send(tab, "form.enter button").await;
        wait_for(tab, "#end").await;
        let done = tab.text(".use").await;
        assert!(
            done.contains("演示市公共交通有限公司") && done.contains("加注件") && done.contains("下载 OFD"),
            "{done}"
        );
        tab.picture("delegation-copy-made", 390).await;
        // in large letters the way leads over the page of showing
        tab.open(&format!("{address}?size=large")).await;
        assert!(tab.client.find_all(Locator::Css("main .button")).await.unwrap().len() <= 3);
        send(tab, ".my-deleg__licence a").await;
        wait_for(tab, ".my-box").await;
        assert!(tab.text("main").await.contains("加注件"));

        holder(tab, "chen.guilan").await;
        assert!(tab.text("main").await.contains("代办人做了一份加注件"));
        tab.open("/my/uses").await;
        let used = tab.text(".use").await;
        assert!(used.contains("代办人 陈敏 做了加注件") && used.contains("演示市公共交通有限公司"), "{used}");
        tab.picture("delegation-copy-uses", 390).await;
        send(tab, ".use a.my-object").await;
        assert!(tab.text(".my-copy").await.contains("由代办人制作：陈敏"));
        tab.picture("delegation-copy-seen", 390).await;
        tab.assert_quiet().await;
    });
}

#[test]
fn a_firm_appoints_an_administrator_who_appoints() {
    let (desk, _) = opened();
    in_browser(desk.to, true, async |tab| {
        holder(tab, "noodles").await;
        tab.open("/my/delegations/new").await;
        send(tab, "main p.small a").await;
        assert_eq!(tab.text("h1").await, "指定管理员");
        for (field, text) in [("agent_name", AGENT.2), ("agent_code", AGENT.1), ("last", "2027-11-21")] {
            fill(tab, field, text).await;
        }
        tab.picture("delegation-administrator-new", 390).await;
        send(tab, "form.enter button").await;
        wait_for(tab, "#state").await;

        holder(tab, "chen.min").await;
        send(tab, ".note a").await;
        send(tab, "button[value=accept]").await;
        wait_for(tab, "#leave").await;
        tab.picture("delegation-administrator", 390).await;
        send(tab, "main a.button--main").await;
        assert_eq!(tab.text("h1").await, "本单位的经办人");
        send(tab, "main a.button--main").await;
        for (field, text) in
            [("agent_name", PRINCIPAL.2), ("agent_code", PRINCIPAL.1), ("matter", "年度备案"), ("last", "2026-12-31")]
        {
            fill(tab, field, text).await;
        }
        tick(tab, "operator_name").await;
        send(tab, "form.enter button").await;
        wait_for(tab, "#state").await;
        assert!(tab.text(".deleg").await.contains("单位指派"));

        holder(tab, "chen.guilan").await;
        send(tab, ".note a").await;
        send(tab, "button[value=accept]").await;
        wait_for(tab, "#leave").await;
        holder(tab, "chen.min").await;
        tab.open("/my/delegations").await;
        send(tab, ".my-deleg .my-object").await;
        send(tab, "main a.button--main").await;
        tab.picture("delegation-staff", 390).await;
        few_actions(tab, "staff of an organisation").await;
        send(tab, ".my-deleg .my-object").await;
        send(tab, "#leave").await;
        wait_for(tab, "#state").await;
        assert_eq!(tab.text("#state").await, "已收回");
        tab.assert_quiet().await;
    });
}
