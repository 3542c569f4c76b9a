//! The page that a phone sees which scans the code on a licence.

use super::browser::in_browser;
use crate::support::{
    database::Database,
    desk::Desk,
    house::{House, decided, food},
    register::Shown,
};
use serde_json::json;
use yinxin::flow::access::Scope;

#[test]
fn the_printed_code_leads_to_the_state_and_the_masked_fields() {
    let database = Box::leak(Box::new(Database::sqlite()));
    let desk = Desk::open(House::new(database), "");
    let token = desk.token(&desk.house.body, &[Scope::Issue, Scope::Act]);
    let issued = desk.issue(&token, &food(1));
    let page = format!("/C/{}", issued["code"].as_str().unwrap());
    let answer = desk.get(&page, &Shown::Nothing);
    assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")));
    for piece in [
        "这张证现在有效",
        "演示市小满面馆",
        "**国",
        "截至",
        "演示市市场监督管理局证照登记库",
        "tone-valid",
        "href=\"?lang=en\"",
    ] {
        assert!(answer.body.contains(piece), "{piece} is missing in\n{}", answer.body);
    }
    assert!(!answer.body.contains("李守国"));
    let unknown = desk.get("/C/AAAAAAAAAAAAAAAAAAAAAAAAAA", &Shown::Nothing);
    assert_eq!((unknown.status, unknown.header("content-type")), (404, Some("text/html; charset=utf-8")));
    assert!(unknown.body.contains("没有查到这个码") && !unknown.body.contains("tone-refuse"));
    assert_eq!(desk.get("/C/none", &Shown::Nothing).body, unknown.body);

    in_browser(desk.to, true, async |tab| {
        tab.open(&page).await;
        assert_eq!(tab.text(".verdict h1").await, "这张证现在有效");
        tab.picture("printed-in-force-phone", 390).await;
        tab.picture("printed-in-force", 1280).await;
        tab.press(".tools a:nth-of-type(1)").await;
        assert_eq!(tab.text(".verdict h1").await, "In force");
        tab.picture("printed-english-phone", 390).await;
        tab.press(".tools a:nth-of-type(1)").await;
        assert_eq!(tab.text(".verdict h1").await, "这张证现在有效");
        let acts = format!("/api/v1/licences/{}/acts", issued["identifier"].as_str().unwrap());
        for (kind, headline, tone) in [("suspend", "证照已暂扣", "refuse"), ("revoke", "证照已吊销", "refuse")]
        {
            desk.house.clock.advance_seconds(60);
            let done = desk.post(&acts, &token, &json!({ "kind": kind, "decision": decided() }));
            assert_eq!(done.status, 200, "{done:?}");
            tab.open(&page).await;
            assert_eq!(tab.text(".verdict h1").await, headline);
            tab.text(&format!(".verdict.tone-{tone}")).await;
            tab.picture(&format!("printed-{kind}-phone"), 390).await;
        }
        tab.open("/C/AAAAAAAAAAAAAAAAAAAAAAAAAA").await;
        tab.text(".verdict.tone-neutral").await;
        tab.picture("printed-unknown-phone", 390).await;
        tab.assert_quiet().await;
    });
}
