//! Many licences at once, by the API.

use super::desk;
use crate::support::{
    house::{add_body, construction},
    http::Answer,
    register::{Shown, send},
};
use serde_json::{Value, json};
use yinxin::flow::{
    access::{Role, Scope},
    jobs,
};

const LINES: &str = "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-ndjson\r\n";

fn orders(count: usize) -> String {
    (0..count).map(|_| format!("{}\n", json!(construction()))).collect()
}

#[test]
fn a_job_is_entered_worked_through_and_read() {
    let desk = desk();
    let body = desk.house.body.clone();
    let token = desk.token(&body, &[Scope::Issue]);
    let enter = |key: &str, lines: &str| -> Answer {
        send(desk.to, "POST", "/api/v1/jobs", &token, &format!("{LINES}Idempotency-Key: {key}\r\n"), lines)
    };
    let text = orders(3) + "{}\n";
    let answer = enter("one", &text);
    assert_eq!(answer.status, 202, "{answer:?}");
    let place = answer.header("location").unwrap().to_owned();
    let counts = |job: &Value| ["lines", "issued", "refused", "waiting"].map(|name| job[name].as_i64().unwrap());
    assert_eq!(counts(&answer.json()), [4, 0, 1, 3]);
    assert_eq!(enter("one", &text).json()["id"], answer.json()["id"], "the same request is the same job");
    assert_eq!(enter("one", "{}\n").problem(), "idempotency_key_reused");

    // on the page of the office, before and after
    let officer = desk.signed_in(&body, "sun.jian", &[Role::Officer]);
    let shown = || desk.get("/office", &officer).body;
    assert!(shown().contains("正在制发") && shown().contains("还有 3 张"), "{}", shown());
    while jobs::work(&desk.house.issuer).unwrap() != jobs::Worked::default() {}
    assert!(shown().contains("办完，有未制发的") && shown().contains("已制发 3 张"), "{}", shown());

    let done = desk.get(&place, &token).json();
    assert_eq!(counts(&done), [4, 3, 1, 0]);
    assert!(done["ended_at"].is_string());
    let page = desk.get(&format!("{place}/results?limit=3"), &token).json();
    assert_eq!((page["results"].as_array().unwrap().len(), page["next"].as_i64()), (3, Some(3)));
    let rest = desk.get(&format!("{place}/results?from=3"), &token).json();
    assert_eq!((&rest["results"][0]["refused"]["code"], &rest["next"]), (&json!("bad_body"), &Value::Null));
    let read = desk.token(&body, &[Scope::Read]);
    let identifier = page["results"][0]["issued"]["identifier"].as_str().unwrap();
    assert_eq!(desk.get(&format!("/api/v1/licences/{identifier}"), &read).status, 200);

    // of one body alone
    let other = add_body(&desk.house.issuer.store, "演示省另一局", "11340100MB0000019P");
    let strangers = [desk.token(&other, Scope::ALL), desk.signed_in(&other, "everything", Role::ALL)];
    for stranger in &strangers {
        for path in [place.clone(), format!("{place}/results")] {
            let (theirs, nowhere) = (desk.get(&path, stranger), desk.get("/api/v1/jobs/none", stranger));
            assert_eq!((theirs.status, &theirs.body), (404, &nowhere.body), "{path}");
        }
    }
    assert!(!desk.get("/office", &strangers[1]).body.contains("批量制发"));
}

#[test]
fn what_is_no_job_is_refused_whole() {
    let desk = desk();
    let token = desk.token(&desk.house.body, &[Scope::Issue]);
    let enter = |head: &str, lines: &str| send(desk.to, "POST", "/api/v1/jobs", &token, head, lines);
    for (head, lines, expected) in [
        (LINES, "\n \n".to_owned(), (422, "job_lines")),
        (LINES, "{}\n".repeat(10_001), (422, "job_lines")),
        (LINES, "x".repeat((16 << 20) + 1), (400, "bad_body")),
        ("Content-Type: application/json\r\n", orders(1), (400, "bad_body")),
    ] {
        let answer = enter(head, &lines);
        assert_eq!((answer.status, answer.problem().as_str()), expected, "{} octets", lines.len());
    }
    assert_eq!(send(desk.to, "POST", "/api/v1/jobs", &Shown::Nothing, LINES, "{}").status, 401);
    for wrong in ["?from=x", "?limit=0", "?limit=501", "?after=1"] {
        let answer = desk.get(&format!("/api/v1/jobs/none/results{wrong}"), &token);
        assert_eq!((answer.status, answer.problem().as_str()), (400, "bad_query"), "{wrong}");
    }
    assert_eq!(jobs::work(&desk.house.issuer).unwrap(), jobs::Worked::default(), "nothing was taken in");
}
