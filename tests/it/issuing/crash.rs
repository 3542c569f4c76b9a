//! The process ends between any two steps: nothing that was answered is lost, no
//! number is used twice, no signature is without its record.

use super::orders::nothing_is_open;
use crate::support::house::{House, construction};
use crate::support::{Folder, database::Database};
use std::{
    env,
    path::PathBuf,
    process::Command,
    sync::{Arc, Mutex},
};
use yinxin::{
    clock::Clock,
    flow::{
        issue::{Issued, Order, Recovered, Step, issue, issue_watched, recover},
        standing,
    },
    store::{Settings, Store, intents, licences},
};

on_both!(between_every_two_steps, an_old_intent_is_made_anew, what_a_request_has_in_hand_is_left_to_it);

const STEPS: [(&str, Step); 6] = [
    ("read", Step::Read),
    ("numbered", Step::Numbered),
    ("rehearsed", Step::Rehearsed),
    ("intended", Step::Intended),
    ("signed", Step::Signed),
    ("stored", Step::Stored),
];

fn order(key: &str) -> Order {
    Order { idempotency_key: Some(key.to_owned()), ..construction() }
}

/// Ends at a step: run by the tests as a process of its own.
#[test]
#[ignore = "started by the other tests as a process of its own"]
fn child() {
    let variable = |name: &str| env::var(name).unwrap();
    let store = Store::open(Settings::new(variable("CRASH_ADDRESS").parse().unwrap())).unwrap();
    let house = House::reopened(Arc::new(store), &PathBuf::from(variable("CRASH_KEYS")), &variable("CRASH_BODY"));
    let step = variable("CRASH_STEP");
    let watched = STEPS.iter().find(|(name, _)| *name == step).unwrap().1;
    let answers = issue_watched(&house.issuer, &house.may_issue(), &[order(&step), construction()], &|at| {
        if at == watched {
            // no destructor, no flush: as a loss of power
            std::process::abort();
        }
    });
    panic!("not ended: {answers:?}");
}

fn between_every_two_steps(database: &Database) {
    let folder = Folder::new();
    let keys = folder.path().join("keys");
    let house = House::founded(Arc::new(database.store()), &keys);
    let before = issue(&house.issuer, &house.may_issue(), &[order("before")]).pop().unwrap().unwrap();
    let (body, mut numbers) = (house.body.clone(), vec![before.number.clone()]);
    drop(house);
    for (name, step) in STEPS {
        let address = if database.is_sqlite() {
            format!("sqlite:{}", database.folder().path().join("register.db").display())
        } else {
            database.address()
        };
        let status = Command::new(env::current_exe().unwrap())
            .args(["--exact", "issuing::crash::child", "--ignored", "--nocapture"])
            .envs([("CRASH_ADDRESS", address.as_str()), ("CRASH_STEP", name), ("CRASH_BODY", &body)])
            .env("CRASH_KEYS", &keys)
            .output()
            .unwrap();
        assert!(!status.status.success(), "{name}");
        assert!(!String::from_utf8_lossy(&status.stderr).contains("not ended"), "{name}: {status:?}");

        let store = Arc::new(Store::open(database.settings.clone()).unwrap());
        let house = House::reopened(Arc::clone(&store), &keys, &body);
        let recovered = recover(&house.issuer, 0).unwrap();
        // an intent is finished; what was never intended was never there; what is stored needs nothing
        let expected = match step {
            Step::Intended | Step::Signed => Recovered { finished: 2, ..Recovered::default() },
            _ => Recovered::default(),
        };
        assert_eq!(recovered, expected, "{name}");
        nothing_is_open(&house);
        // the client asks again with its key: one licence, the same answer each time
        let again = issue(&house.issuer, &house.may_issue(), &[order(name)]).pop().unwrap().unwrap();
        let once_more = issue(&house.issuer, &house.may_issue(), &[order(name)]).pop().unwrap().unwrap();
        assert_eq!(again, once_more, "{name}");
        assert_eq!(standing::by_code(&house.issuer, &again.code, None).unwrap().state, "in_force");
        let all =
            store.read(|conn| licences::list(conn, std::slice::from_ref(&body), licences::After::START, 100)).unwrap();
        let known: Vec<String> = all.iter().map(|licence| licence.number.clone()).collect();
        let mut distinct = known.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), known.len(), "{name}: a number twice");
        assert!(numbers.iter().all(|number| known.contains(number)), "{name}: a licence is lost");
        numbers = known;
        // each is whole: version, document, act
        for licence in &all {
            let versions = store.read(|conn| licences::versions(conn, &body, &licence.id)).unwrap();
            assert_eq!(versions.len(), 1);
            let code = &versions[0].code;
            let document = store.read(|conn| yinxin::store::documents::public_by_code(conn, code)).unwrap();
            let report = house.issuer.verify_document(&document.unwrap()).unwrap();
            assert_eq!(report.verdict, yinxin_trust::verify::Verdict::Valid, "{name}");
        }
    }
}

/// Recovery runs beside requests: one that is at work is not finished under its hands.
fn what_a_request_has_in_hand_is_left_to_it(database: &Database) {
    let house = House::new(database);
    let seen = Mutex::new(Vec::new());
    let issued = issue_watched(&house.issuer, &house.may_issue(), &[order("in hand"), construction()], &|at| {
        if at == Step::Signed {
            seen.lock().unwrap().push(recover(&house.issuer, 0).unwrap());
        }
    });
    assert_eq!(*seen.lock().unwrap(), [Recovered { left: 2, ..Recovered::default() }]);
    assert!(issued.iter().all(Result::is_ok), "{issued:?}");
    nothing_is_open(&house);
    assert_eq!(recover(&house.issuer, 0).unwrap(), Recovered::default());
}

fn an_old_intent_is_made_anew(database: &Database) {
    let folder = Folder::new();
    let keys = folder.path().join("keys");
    let house = House::founded(Arc::new(database.store()), &keys);
    // the watcher's panic stands for a crash after the intents are stored
    let stopped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        issue_watched(&house.issuer, &house.may_issue(), &[order("old")], &|at| {
            assert!(at != Step::Intended, "stopped on purpose");
        })
    }));
    assert!(stopped.is_err());
    let intent = house.issuer.store.read(|conn| intents::open_before(conn, i64::MAX, 10)).unwrap().remove(0);
    house.clock.advance_seconds(3600);
    let recovered = recover(&house.issuer, 0).unwrap();
    assert_eq!(recovered, Recovered { renewed: 1, ..Recovered::default() });
    let issued: Issued = issue(&house.issuer, &house.may_issue(), &[order("old")]).pop().unwrap().unwrap();
    assert_eq!(issued.stamped_at, house.clock.now().unwrap(), "nothing is back-dated");
    let draft: serde_json::Value = serde_json::from_slice(&intent.request).unwrap();
    assert_eq!(draft["number"], issued.number.as_str(), "the number stays");
    assert_eq!(draft["code"], issued.code.as_str(), "and the code");
    nothing_is_open(&house);
}
