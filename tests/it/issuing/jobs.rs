//! Many licences as a job: the process ends in the middle, and nothing is lost and
//! nothing issued twice.

use super::orders::nothing_is_open;
use crate::support::house::{House, construction, food};
use crate::support::{Folder, database::Database};
use std::{
    env,
    path::PathBuf,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};
use yinxin::{
    clock::Clock as _,
    flow::{
        access::{Permit, Scope, may},
        issue::{Step, recover},
        jobs::{self, At, JobError, LineResult, Progress, Worked},
        kind::HasKind as _,
        licence_record::{self, After},
        tokens::{self, NewToken},
    },
    store::{Settings, Store},
};
use yinxin_trust::base::Moment;

on_both!(the_process_ends_in_the_middle, lines_stand_for_themselves, whoever_may_issue_no_more_stops_the_job);

const LINES: usize = 300;

/// Where each child ends: in which of its batches, at what. The first two leave all
/// of the first batch to the third, the third leaves the second batch to the fourth.
const ENDS: [(&str, &str); 4] = [("1", "intended"), ("1", "answered"), ("2", "signed"), ("1", "settled")];

fn at_of(word: &str) -> At {
    match word {
        "intended" => At::Issuing(Step::Intended),
        "signed" => At::Issuing(Step::Signed),
        "answered" => At::Answered,
        _ => At::Settled,
    }
}

fn lines(count: usize) -> String {
    let line = serde_json::to_string(&construction()).unwrap();
    (0..count).map(|n| if n % 50 == 7 { "{\"type_code\":7}\n".to_owned() } else { format!("{line}\n") }).collect()
}

/// Ends in the middle of a job: run by the test as a process of its own.
#[test]
#[ignore = "started by the other tests as a process of its own"]
fn child() {
    let variable = |name: &str| env::var(name).unwrap();
    let store = Store::open(Settings::new(variable("CRASH_ADDRESS").parse().unwrap())).unwrap();
    let house = House::reopened(Arc::new(store), &PathBuf::from(variable("CRASH_KEYS")), &variable("CRASH_BODY"));
    recover(&house.issuer, 0).unwrap();
    let (batch, end) = (variable("CRASH_BATCH").parse::<u32>().unwrap(), at_of(&variable("CRASH_AT")));
    let begun = AtomicU32::new(0);
    let watch = |at: At| {
        if at == At::Issuing(Step::Read) {
            begun.fetch_add(1, Ordering::SeqCst);
        }
        if at == end && begun.load(Ordering::SeqCst) == batch {
            // no destructor, no flush: as a loss of power
            std::process::abort();
        }
    };
    while jobs::work_watched(&house.issuer, &watch).unwrap() != Worked::default() {}
    panic!("not ended");
}

fn the_process_ends_in_the_middle(database: &Database) {
    let folder = Folder::new();
    let keys = folder.path().join("keys");
    let house = House::founded(Arc::new(database.store()), &keys);
    let entered = jobs::enter(&house.issuer, &house.may_issue(), lines(LINES).as_bytes(), Some("lot")).unwrap();
    assert_eq!((entered.lines, entered.refused, entered.waiting), (300, 6, 294));
    let body = house.body.clone();
    drop(house);
    for (batch, end) in ENDS {
        let address = if database.is_sqlite() {
            format!("sqlite:{}", database.folder().path().join("register.db").display())
        } else {
            database.address()
        };
        let ended = Command::new(env::current_exe().unwrap())
            .args(["--exact", "issuing::jobs::child", "--ignored", "--nocapture"])
            .envs([("CRASH_ADDRESS", address.as_str()), ("CRASH_AT", end), ("CRASH_BODY", &body)])
            .env("CRASH_KEYS", &keys)
            .env("CRASH_BATCH", batch)
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&ended.stderr);
        assert!(!ended.status.success() && !told.contains("not ended"), "{end}: {told}");
    }
    let house = House::reopened(Arc::new(Store::open(database.settings.clone()).unwrap()), &keys, &body);
    recover(&house.issuer, 0).unwrap();
    while jobs::work(&house.issuer).unwrap() != Worked::default() {}
    let done = jobs::show(&house.issuer, &house.may_issue(), &entered.id).unwrap();
    assert_eq!((done.issued, done.refused, done.waiting), (294, 6, 0));
    assert!(done.ended_at.is_some());
    // every line has its licence, and the register has no other
    let results = all_results(&house, &entered);
    let mut of_lines: Vec<String> =
        results.iter().filter_map(|result| Some(result.issued.as_ref()?.identifier.clone())).collect();
    let mut in_register = Vec::new();
    let (mut created_at, mut id) = (After::START.created_at, String::new());
    loop {
        let page = licence_record::list(&house.issuer, &house.may_read(), After { created_at, id: &id }, 200).unwrap();
        let Some(last) = page.last() else { break };
        (created_at, id) = (last.created_at, last.id.clone());
        in_register.extend(page.into_iter().map(|licence| licence.identifier));
    }
    of_lines.sort();
    in_register.sort();
    assert_eq!(of_lines.len(), 294);
    assert_eq!(of_lines, in_register, "a licence is lost, or was issued twice");
    for result in &results {
        assert_eq!(result.refused.is_some(), result.line % 50 == 7, "{result:?}");
        assert!(result.refused.is_some() != result.issued.is_some(), "{result:?}");
    }
    // the request again is the same job
    let again = jobs::enter(&house.issuer, &house.may_issue(), lines(LINES).as_bytes(), Some("lot")).unwrap();
    assert_eq!(again, done);
    nothing_is_open(&house);
}

fn all_results(house: &House, job: &Progress) -> Vec<LineResult> {
    let mut all = Vec::new();
    loop {
        let first = i32::try_from(all.len()).unwrap();
        let page = jobs::results(&house.issuer, &house.may_issue(), &job.id, first, 130).unwrap();
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}

fn lines_stand_for_themselves(database: &Database) {
    let house = House::new(database);
    let line = |order: &yinxin::flow::issue::Order| serde_json::to_string(order).unwrap();
    let mut faulty = food(2);
    faulty.data.remove("signatory");
    let text = [line(&food(1)), String::new(), line(&faulty), "no JSON".to_owned(), line(&food(1))].join("\n");
    let permit = house.may_issue();
    let enter = |text: &str, key| jobs::enter(&house.issuer, &permit, text.as_bytes(), key);
    let job = enter(&text, Some("key")).unwrap();
    assert_eq!(job.lines, 4, "an empty line is none");
    assert_eq!(jobs::work(&house.issuer).unwrap().settled, 3);
    let codes: Vec<_> = all_results(&house, &job)
        .into_iter()
        .map(|result| result.refused.map(|refusal| (refusal.code, refusal.errors.len())))
        .collect();
    let refused = |code: &str, fields| Some((code.to_owned(), fields));
    assert_eq!(codes, [None, refused("application_refused", 1), refused("bad_body", 0), refused("number_taken", 0)]);
    // what is no job
    let code = |error: JobError| error.code();
    assert_eq!(code(enter(" \n\n", None).unwrap_err()), "job_lines");
    assert_eq!(code(enter(&"{}\n".repeat(jobs::MOST_LINES + 1), None).unwrap_err()), "job_lines");
    assert_eq!(code(jobs::enter(&house.issuer, &permit, b"\xff", None).unwrap_err()), "job_lines");
    assert_eq!(code(enter("{}", Some("key")).unwrap_err()), "idempotency_key_reused");
    // another body sees nothing of it
    let other: Permit<may::Issue> = Permit::of_operator("other");
    assert!(matches!(jobs::show(&house.issuer, &other, &job.id), Err(JobError::NotFound)));
    assert!(matches!(jobs::results(&house.issuer, &other, &job.id, 0, 9), Err(JobError::NotFound)));
    nothing_is_open(&house);
}

fn whoever_may_issue_no_more_stops_the_job(database: &Database) {
    let house = House::new(database);
    let (store, now) = (&house.issuer.store, house.clock.now().unwrap());
    let expires_at = Moment::from_unix_milliseconds(now.unix_milliseconds() + 60_000).unwrap();
    let token = NewToken { name: "系统".into(), scopes: [Scope::Issue].into(), expires_at };
    let operator = || Permit::of_operator(&*house.body);
    let made = tokens::create(store, &operator(), token, now).unwrap();
    let caller = tokens::caller(store, &tokens::parse(&made.text).unwrap(), now).unwrap().unwrap();
    let permit: Permit<may::Issue> = caller.permit().unwrap();
    let job = jobs::enter(&house.issuer, &permit, lines(2).as_bytes(), None).unwrap();
    let later = jobs::enter(&house.issuer, &permit, lines(2).as_bytes(), None).unwrap();
    tokens::revoke(store, &Permit::of_operator(&*house.body), &made.id, now).unwrap();
    assert_eq!(jobs::work(&house.issuer).unwrap(), Worked { settled: 4, left: 0 });
    for job in [job, later] {
        let done = jobs::show(&house.issuer, &permit, &job.id).unwrap();
        assert_eq!((done.issued, done.refused), (0, 2));
        let results = all_results(&house, &job);
        assert!(results.iter().all(|result| result.refused.as_ref().is_some_and(|r| r.code == "not_allowed")));
    }
    nothing_is_open(&house);
}
