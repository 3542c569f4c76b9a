//! Under a load of issuing the device is disconnected, hangs, slows down, loses its sessions, locks its PIN: no
//! licence is wrong, double or lost, and issuing goes on by itself once the device is back.

use crate::support::{
    Folder,
    custody::{self, Held, control, softsdf_section},
    database::Database,
    desk::Desk,
    house::{House, food},
    http,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};
use yinxin::{
    flow::{
        access::Scope,
        authority::AuthorityFolder,
        issue::{self, IssueError, Issued, Order},
        kind::{HasKind as _, Kind},
    },
    store::{documents, licences},
};
use yinxin_trust::{suite::Suite, verify::Verdict};

on_both!(
    the_device_goes_away_under_load,
    a_locked_pin_waits_for_its_keeper,
    while_it_is_lost_the_api_says_when_to_ask_again,
);

/// Callers at once.
const CALLERS: usize = 8;

/// How soon issuing goes on after the device is back.
const RESUMES: Duration = Duration::from_secs(5);

fn house(database: &Database, keys: &Path) -> House {
    let section = softsdf_section(keys, "sessions = 4\ndeadline_milliseconds = 2000\n");
    let config: yinxin_hsm::configured::CustodyConfig = toml::from_str(&section).unwrap();
    let held = Held::of(&config.rooted_at(keys.parent().unwrap()));
    let place = AuthorityFolder::at(&keys.with_extension("pki"));
    House::housed_in(Arc::new(database.store()), held, &place, Suite::Sm2)
}

/// What callers asked for, and what they were answered.
#[derive(Default)]
struct Load {
    next: AtomicU32,
    ends: AtomicBool,
    answered: Mutex<BTreeMap<u32, Issued>>,
    refused: Mutex<BTreeMap<u32, IssueError>>,
}

fn order(n: u32) -> Order {
    Order { idempotency_key: Some(format!("load-{n}")), ..food(n) }
}

impl Load {
    /// One caller: issues until the load ends.
    fn call(&self, house: &House) {
        while !self.ends.load(Ordering::SeqCst) {
            let n = self.next.fetch_add(1, Ordering::SeqCst);
            match issue::issue(&house.issuer, &house.may_issue(), &[order(n)]).pop().unwrap() {
                Ok(issued) => drop(self.answered.lock().unwrap().insert(n, issued)),
                Err(error) => {
                    drop(self.refused.lock().unwrap().insert(n, error));
                    thread::sleep(Duration::from_millis(20));
                }
            }
        }
    }

    fn done(&self) -> usize {
        self.answered.lock().unwrap().len()
    }

    /// How long until another licence is answered.
    fn until_next(&self) -> Duration {
        let (since, before) = (Instant::now(), self.done());
        while self.done() <= before && since.elapsed() < 4 * RESUMES {
            thread::sleep(Duration::from_millis(5));
        }
        since.elapsed()
    }
}

/// Runs callers while `faults` comes and goes.
fn under_load(house: &House, faults: impl FnOnce(&Load)) -> Load {
    let load = Load::default();
    thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| load.call(house));
        }
        // ends also where a fault panics
        let ends = Ends(&load.ends);
        faults(&load);
        drop(ends);
    });
    load
}

struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Nothing answered is lost, nothing is there twice, and what was refused is issued once when it is asked again.
fn nothing_wrong_double_or_lost(house: &House, load: Load) {
    let asked = load.next.into_inner();
    let (answered, refused) = (load.answered.into_inner().unwrap(), load.refused.into_inner().unwrap());
    assert_eq!(answered.len() + refused.len(), asked as usize);
    for (n, error) in &refused {
        let known = matches!(error.kind(), Kind::Unavailable | Kind::Busy);
        assert!(known && error.code() == "key_unavailable", "{n}: {error}");
    }
    // what has no answer is an open intent, and nothing else
    let recovered = issue::recover(&house.issuer, 0).unwrap();
    assert_eq!((recovered.left, recovered.voided), (0, 0), "{recovered:?}");
    let mut all = answered.clone();
    for n in refused.into_keys() {
        let again = issue::issue(&house.issuer, &house.may_issue(), &[order(n)]).pop().unwrap();
        all.insert(n, again.unwrap_or_else(|error| panic!("{n}: {error}")));
    }
    for (n, first) in answered {
        let again = issue::issue(&house.issuer, &house.may_issue(), &[order(n)]).pop().unwrap().unwrap();
        assert_eq!(again, first, "the same answer each time");
    }
    let (mut last, mut numbers) = (None::<(i64, String)>, BTreeSet::new());
    loop {
        let bodies = std::slice::from_ref(&house.body);
        let after = last.as_ref().map_or(licences::After::START, |(at, id)| licences::After { created_at: *at, id });
        let page = house.issuer.store.read(|conn| licences::list(conn, bodies, after, 100)).unwrap();
        let Some(end) = page.last() else { break };
        last = Some((end.created_at, end.id.clone()));
        for licence in page {
            assert!(numbers.insert(licence.number.clone()), "{} is there twice", licence.number);
        }
    }
    assert_eq!(numbers.len(), asked as usize);
    for issued in all.values().step_by(7) {
        let document = house.issuer.store.read(|conn| documents::public_by_code(conn, &issued.code)).unwrap();
        let report = house.issuer.verify_document(&document.unwrap()).unwrap();
        assert_eq!(report.verdict, Verdict::Valid, "{}", issued.number);
    }
}

fn the_device_goes_away_under_load(database: &Database) {
    let folder = Folder::new();
    let keys = folder.path().join("keys");
    let house = house(database, &keys);
    let mut figures = Vec::new();
    let load = under_load(&house, |load| {
        load.until_next();
        for (what, lines, hold) in [
            ("killed", "disconnect 0x01000003\n", 1_500),
            ("hung", "hang\n", 7_000),
            ("slowed", "delay_ms 50\n", 1_000),
            ("restarted", "reset 1\n", 200),
            ("every third signature fails", "fail_every 3 0x0100000D\n", 500),
        ] {
            let refused = load.refused.lock().unwrap().len();
            control(&keys, lines);
            if matches!(what, "killed" | "hung") {
                // what was on its way is given up after queue and deadline, and what was signed before is stored with
                // it; then nothing more
                thread::sleep(Duration::from_millis(hold / 4 * 3));
                let before = load.done();
                thread::sleep(Duration::from_millis(hold / 4));
                assert_eq!(load.done(), before, "{what}: something was signed");
                assert!(load.refused.lock().unwrap().len() > refused, "{what}: nobody was told");
            } else {
                thread::sleep(Duration::from_millis(hold));
            }
            let before = load.done();
            // a device that was restarted stays as it is
            control(&keys, if what == "restarted" { lines } else { "" });
            let resumed = load.until_next();
            assert!(resumed < RESUMES, "{what}: {resumed:?}");
            figures.push(format!("{what}: {before} before, went on after {} ms", resumed.as_millis()));
            control(&keys, if what == "restarted" { "reset 1\n" } else { "" });
            thread::sleep(Duration::from_millis(300));
        }
    });
    let (done, refused) = (load.done(), load.refused.lock().unwrap().len());
    println!("{} issued, {refused} refused; {}", done, figures.join("; "));
    assert!(done > 0 && refused > 0);
    nothing_wrong_double_or_lost(&house, load);
}

fn a_locked_pin_waits_for_its_keeper(database: &Database) {
    let folder = Folder::new();
    let keys = folder.path().join("keys");
    let house = house(database, &keys);
    let token = custody::token_of(&keys);
    let stamper = tries_file(&token, 5);
    let load = under_load(&house, |load| {
        load.until_next();
        // somebody else locks the key with wrong PINs, and the device is restarted
        custody::private(&stamper, &custody::TRIES.to_string());
        control(&keys, "reset 1\n");
        thread::sleep(Duration::from_millis(800));
        let before = load.done();
        thread::sleep(Duration::from_millis(500));
        assert_eq!(load.done(), before, "a locked key signs nothing");
        // its keeper unlocks it, and says so
        fs::remove_file(&stamper).unwrap();
        let record = keys.join("pins-sdf").join("index-5.wrong");
        let text = fs::read_to_string(&record).unwrap();
        assert_eq!(text.matches("refused").count(), 1, "a PIN that was refused is not shown again: {text}");
        fs::remove_file(&record).unwrap();
        let resumed = load.until_next();
        assert!(resumed < RESUMES, "{resumed:?}");
        println!("went on after {} ms", resumed.as_millis());
    });
    assert!(load.refused.lock().unwrap().values().any(|error| error.to_string().contains("PIN of index=5")));
    nothing_wrong_double_or_lost(&house, load);
}

/// Where the token counts wrong PINs of a key.
fn tries_file(token: &Path, index: u32) -> std::path::PathBuf {
    let ending = format!("-{index:04}.key");
    let mut files = fs::read_dir(token).unwrap().flatten().map(|file| file.path());
    let key = files.find(|path| path.to_string_lossy().ends_with(&ending)).unwrap();
    key.with_extension("tries")
}

fn while_it_is_lost_the_api_says_when_to_ask_again(database: &Database) {
    let folder = Folder::new();
    let keys = folder.path().join("keys");
    let desk = Desk::open(house(database, &keys), "");
    let token = desk.token(&desk.house.body, &[Scope::Issue]);
    desk.issue(&token, &order(1));
    let document = {
        let issued = issue::issue(&desk.house.issuer, &desk.house.may_issue(), &[order(2)]).pop().unwrap().unwrap();
        let store = &desk.house.issuer.store;
        store.read(|conn| documents::public_by_code(conn, &issued.code)).unwrap().unwrap().to_vec()
    };
    control(&keys, "disconnect 0x01000003\n");
    let post = |n| desk.post("/api/v1/licences", &token, &serde_json::to_value(order(n)).unwrap());
    // the first may find out that it is lost; the next are told at once
    let answers = [post(3), post(4), post(5)];
    for answer in &answers {
        assert_eq!((answer.status, answer.json()["code"].as_str()), (503, Some("key_unavailable")), "{answer:?}");
    }
    assert!(answers[2].header("retry-after").is_some_and(|wait| wait.parse::<u32>().is_ok_and(|s| s >= 1)));
    // verifying goes on
    let verified = http::post(desk.to, "/api/v1/verifications", &document);
    assert_eq!((verified.status, verified.json()["verdict"].as_str()), (200, Some("valid")), "{verified:?}");
    control(&keys, "");
    let since = Instant::now();
    // a fresh one: what became of the first may not be known, and waits for recovery
    while post(6).status != 201 {
        assert!(since.elapsed() < RESUMES, "not back after {RESUMES:?}");
        thread::sleep(Duration::from_millis(50));
    }
}
