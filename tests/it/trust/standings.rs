//! Answers about licences: signed, given out again for ten seconds, and taken only where
//! everything about them holds.

use super::places::{FUYANG, Fuyang, Ouhai, Wanted};
use crate::support::{
    database::Database,
    http::{Connection, PATIENCE},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};
use yinxin::{
    clock::Clock as _,
    flow::{
        access::Permit,
        seal_lives::{self, Keep, KeepOrder},
        trust,
    },
    jobs::TrustLists,
    store::seals,
};
use yinxin_trust::{
    base::Moment,
    verify::{CheckId, Outcome, StandingState, Verdict},
};

#[test]
fn an_answer_about_now_is_signed_and_given_out_again() {
    let fuyang = Fuyang::new();
    let (issued, _) = fuyang.issue();
    let path = format!("/api/v1/standings/{}", issued.identifier);
    let first = fuyang.get(&path);
    let signature = first.header("yinxin-signature").unwrap().to_owned();
    assert!(STANDARD.decode(&signature).unwrap().starts_with(&[0x30]));
    fuyang.house.clock.advance_seconds(9);
    let again = fuyang.get(&path);
    assert_eq!((&again.octets, again.header("yinxin-signature")), (&first.octets, Some(&*signature)));
    // what is decided is told at once
    fuyang.act(&issued, "suspend");
    let after = fuyang.get(&path);
    assert_eq!(after.json()["state"], "suspended");
    assert_ne!(after.header("yinxin-signature"), Some(&*signature));
    fuyang.house.clock.advance_seconds(10);
    let later = fuyang.get(&path);
    assert_ne!(later.json()["as_of"], after.json()["as_of"]);
    // nothing says when an answer about another time was made
    assert_eq!(fuyang.get(&format!("{path}?at=2026-11-22")).header("yinxin-signature"), None);
}

#[test]
fn only_an_answer_that_holds_in_everything_is_one() {
    let fuyang = Fuyang::new();
    let database = Database::sqlite();
    let ouhai = Ouhai::new(&database, &fuyang.house.clock);
    let (issued, document) = fuyang.issue();
    let list = fuyang.make(&Wanted::sound());
    let between = Between::start(fuyang.address());
    let mut operator = fuyang.operator();
    operator.status_address = Some(between.address.clone());
    let operator = ouhai.add(operator);
    ouhai.take(&operator, &list);
    ouhai.refresh();
    let state = || {
        let report = ouhai.verify(&document);
        assert_eq!(report.verdict, Verdict::Valid);
        (report.standing.state, report.standing.source.is_some_and(|source| source.contains("留存")))
    };
    for bend in [Bend::Unsigned, Bend::Altered, Bend::NotRegistered] {
        between.bend(bend);
        assert_eq!(state(), (StandingState::Unknown, false), "{bend:?}");
    }
    between.bend(Bend::Straight);
    assert_eq!(state(), (StandingState::InForce, false));
    // an answer of before, played again once the licence is revoked: the kept one stands in until it is too old
    between.bend(Bend::Replayed);
    assert_eq!(state(), (StandingState::InForce, false));
    fuyang.act(&issued, "revoke");
    fuyang.house.clock.advance_seconds(301);
    assert_eq!(state(), (StandingState::InForce, true), "too old for now: what is shown is the kept one with its age");
    for bend in [Bend::Unsigned, Bend::Altered, Bend::NotRegistered] {
        between.bend(bend);
        assert_eq!(state(), (StandingState::InForce, true), "{bend:?}");
    }
    between.bend(Bend::Straight);
    assert_eq!(state(), (StandingState::Revoked, false));
    // about the past nobody is asked
    let past = Moment::from_utc(2026, 11, 22, 2, 0, 0).unwrap();
    fuyang.house.clock.advance_seconds(3600);
    let report = ouhai.verifier.verify(&document, Some(past)).unwrap();
    assert_eq!(report.standing.state, StandingState::Unknown);
}

#[test]
fn a_seal_of_another_locality_is_asked_about_and_the_answer_is_kept() {
    let fuyang = Fuyang::new();
    let database = Database::sqlite();
    let ouhai = Ouhai::new(&database, &fuyang.house.clock);
    let (_, document) = fuyang.issue();
    let list = fuyang.make(&Wanted::sound());
    let between = Between::start(fuyang.address());
    let mut operator = fuyang.operator();
    operator.status_address = Some(between.address.clone());
    let operator = ouhai.add(operator);
    ouhai.take(&operator, &list);
    ouhai.refresh();
    let status = || {
        let report = ouhai.verify(&document);
        let check = report.signatures[0].checks.iter().find(|check| check.id == CheckId::SealStatus).unwrap().clone();
        (report.verdict, check.outcome, check.code, check.sentence.zh.contains("留存"))
    };
    let skipped = || (Verdict::Valid, Outcome::Skipped, "register_unreachable".to_owned(), false);
    for bend in [Bend::Unsigned, Bend::Altered, Bend::NotRegistered] {
        between.bend(bend);
        assert_eq!(status(), skipped(), "{bend:?}");
    }
    between.bend(Bend::Straight);
    let passed = |kept| (Verdict::Valid, Outcome::Passed, "ok".to_owned(), kept);
    assert_eq!(status(), passed(false));
    // marked invalid there: who keeps that from us is found out by the age of what was kept
    let house = &fuyang.house;
    let seal = house.issuer.store.read(|conn| seals::list(conn, &house.body, "", 1)).unwrap().remove(0).id;
    let order = KeepOrder {
        kind: Keep::Invalidate,
        reason: "违规制作".to_owned(),
        document_number: "演印〔2026〕4号".to_owned(),
        effective_from: None,
    };
    house.clock.advance_seconds(11);
    let now = house.clock.now().unwrap();
    seal_lives::keep(&house.issuer.store, &Permit::of_operator(&*house.body), &seal, &order, now).unwrap();
    for bend in [Bend::Unsigned, Bend::Altered, Bend::NotRegistered] {
        between.bend(bend);
        assert_eq!(status(), passed(true), "{bend:?}");
    }
    between.bend(Bend::Straight);
    let failed = (Verdict::Invalid, Outcome::Failed, "invalid".to_owned());
    let (verdict, outcome, code, _) = status();
    assert_eq!((verdict, outcome, code), failed);
}

#[test]
fn what_is_published_is_tagged_and_follows_the_folder() {
    let fuyang = Fuyang::new();
    let list = "/.well-known/yinxin/trust-list.json";
    assert_eq!(fuyang.get(list).status, 404, "nothing was made yet");
    let first = fuyang.make(&Wanted::sound());
    let answer = fuyang.get(list);
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
    assert_eq!(answer.octets, first.octets);
    assert_eq!(fuyang.get("/.well-known/yinxin/trust-list.sig").octets, first.signature);
    let tag = answer.header("etag").unwrap().to_owned();
    let again = |tag: &str| {
        let to = fuyang.address().strip_prefix("http://").unwrap().parse().unwrap();
        let mut connection = Connection::open(to);
        connection
            .send(format!("GET {list} HTTP/1.1\r\nHost: test\r\nIf-None-Match: {tag}\r\nConnection: close\r\n\r\n"));
        connection.answer().status
    };
    assert_eq!((again(&tag), again("\"0\"")), (304, 200));
    fuyang.make(&Wanted::sound());
    assert_eq!(again(&tag), 200, "another list by now");
    let lists = fuyang.get("/.well-known/yinxin/revocation-lists.pem");
    assert_eq!(lists.body.matches("BEGIN X509 CRL").count(), 3, "{}", lists.body);
}

#[test]
fn a_running_service_takes_what_was_accepted_and_accepts_nothing_itself() {
    let fuyang = Fuyang::new();
    let database = Database::sqlite();
    let ouhai = Ouhai::new(&database, &fuyang.house.clock);
    let (_, document) = fuyang.issue();
    fuyang.make(&Wanted::sound());
    ouhai.add(fuyang.operator());
    let wait = |what: &dyn Fn() -> bool| {
        let begun = Instant::now();
        while !what() {
            assert!(begun.elapsed() < PATIENCE);
            thread::sleep(Duration::from_millis(20));
        }
    };
    let proposed = || trust::show(&ouhai.store, FUYANG).unwrap().proposed.is_some();
    let looking = TrustLists::start(None, Some(ouhai.another_upkeep()), 60).unwrap();
    wait(&proposed);
    drop(looking);
    assert!(trust::in_use(&ouhai.store).unwrap().is_empty());
    assert_eq!(ouhai.verify(&document).verdict, Verdict::Indeterminate);
    let sm3 = ouhai.waits();
    ouhai.accept("zhang.san", &sm3).unwrap();
    ouhai.accept("li.si", &sm3).unwrap();
    assert_eq!(ouhai.verify(&document).verdict, Verdict::Indeterminate, "not looked at yet");
    let _looking = TrustLists::start(None, Some(ouhai.another_upkeep()), 60).unwrap();
    wait(&|| ouhai.verify(&document).verdict == Verdict::Valid);
}

/// What is done to an answer on its way.
#[derive(Clone, Copy, Debug)]
enum Bend {
    Straight,
    Unsigned,
    Altered,
    NotRegistered,
    /// The first straight answer again.
    Replayed,
}

/// Somebody on the line to a register.
struct Between {
    address: String,
    bend: Arc<Mutex<Bend>>,
}

impl Between {
    fn start(register: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (bend, mut first) = (Arc::new(Mutex::new(Bend::Straight)), None::<Vec<u8>>);
        let told = Arc::clone(&bend);
        // ends with the process
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut request = [0; 4096];
                let count = stream.read(&mut request).unwrap();
                let text = String::from_utf8_lossy(&request[..count]).into_owned();
                let path = text.split(' ').nth(1).unwrap();
                let answer =
                    crate::support::http::get(register.strip_prefix("http://").unwrap().parse().unwrap(), path);
                let signature = answer.header("yinxin-signature").unwrap_or_default().to_owned();
                let whole = |status: &str, signature: &str, body: &str| {
                    let length = body.len();
                    format!(
                        "HTTP/1.1 {status}\r\nyinxin-signature: {signature}\r\ncontent-length: {length}\r\n\
                         connection: close\r\n\r\n{body}"
                    )
                    .into_bytes()
                };
                let octets = match *told.lock().unwrap() {
                    Bend::Straight => {
                        let octets = whole("200 OK", &signature, &answer.body);
                        first.get_or_insert_with(|| octets.clone());
                        octets
                    }
                    Bend::Unsigned => whole("200 OK", "", &answer.body),
                    Bend::Altered => whole(
                        "200 OK",
                        &signature,
                        &answer.body.replace("\"in_force\"", "\"revoked\"").replace("演示", "示演"),
                    ),
                    Bend::NotRegistered => whole("404 Not Found", "", r#"{"code":"not_registered"}"#),
                    Bend::Replayed => first.clone().unwrap(),
                };
                let _ = stream.write_all(&octets);
            }
        });
        Self { address, bend }
    }

    fn bend(&self, bend: Bend) {
        *self.bend.lock().unwrap() = bend;
    }
}
