//! Issuing end to end: single calls from many threads and batches, software keys,
//! both back ends, with and without 5 ms added to each commit.
//!
//! ```text
//! cargo bench --bench issue                 SQLite, and PostgreSQL where YINXIN_TEST_POSTGRES is set
//! cargo bench --bench issue -- quick        a few licences of each: that it runs
//! cargo bench --bench issue -- count 512    512 in batches by one caller on the last of these, nothing
//!                                           measured: for a profiler or a counter of instructions
//! ```

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for people at a terminal"
)]

mod house;
mod http;
#[path = "../store/place.rs"]
mod place;

use house::House;
use place::Place;
use std::{
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};
use yinxin::{
    flow::issue::{BATCH, Step, issue, issue_watched},
    store::Settings,
};

/// Callers of single licences, as many as the lane for issuing has threads.
const CONNECTIONS: u32 = 64;
/// Callers of batches: three are at work at a time, one waits.
const BATCHES: usize = 4;

fn main() {
    let count = std::env::args().skip_while(|argument| argument != "count").nth(1);
    if let Some(count) = count {
        return only_issue(count.parse().unwrap());
    }
    let quick = std::env::args().any(|argument| argument == "quick");
    let (singles, batches) = if quick { (256, 1) } else { (2048, 4) };
    println!(
        "| back end | added to a commit | single, {CONNECTIONS} callers | over HTTP, {CONNECTIONS} connections | p50 | p99 | p99 at half load | batches of {BATCH}, {BATCHES} callers |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let places = Place::all();
    for place in &places {
        for slow in [None, Some(Duration::from_millis(5))] {
            place.clear();
            let house = House::with(&Settings { slow_commit: slow, ..place.settings.clone() }, |_| String::new());
            let (rate, p50, p99) = single(&house, singles, CONNECTIONS, None);
            let (_, _, half) = single(&house, singles / 2, CONNECTIONS, Some(rate / 2.0));
            let over_http = http::single(&house, singles, CONNECTIONS);
            let batched = batched(&house, batches);
            let slow = slow.map_or_else(|| "nothing".to_owned(), |slow| format!("{} ms", slow.as_millis()));
            println!(
                "| {} | {slow} | {rate:.0}/s | {over_http:.0}/s | {p50:.1} ms | {p99:.1} ms | {half:.1} ms | {batched:.0}/s |",
                place.name
            );
            if place.is_sqlite && slow == "nothing" {
                where_the_time_goes(&house);
            }
        }
    }
}

/// Licences a second, and the times of single ones in milliseconds; at a rate
/// where one is given.
fn single(house: &House, count: u32, threads: u32, rate: Option<f64>) -> (f64, f64, f64) {
    let (next, times) = (AtomicU32::new(0), Mutex::new(Vec::new()));
    let begun = Instant::now();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= count {
                        return;
                    }
                    let due = rate.map(|rate| begun + Duration::from_secs_f64(f64::from(n) / rate));
                    if let Some(wait) = due.and_then(|due| due.checked_duration_since(Instant::now())) {
                        thread::sleep(wait);
                    }
                    // from when it was due: a caller that waits its turn has waited
                    let asked = due.unwrap_or_else(Instant::now);
                    issue(&house.issuer, &house.permit(), &[house.order()]).remove(0).unwrap();
                    times.lock().unwrap().push(asked.elapsed().as_secs_f64() * 1000.0);
                }
            });
        }
    });
    let rate = f64::from(count) / begun.elapsed().as_secs_f64();
    let mut times = times.into_inner().unwrap();
    times.sort_by(f64::total_cmp);
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
    (rate, at(0.5), at(0.99))
}

fn batched(house: &House, batches: usize) -> f64 {
    let begun = Instant::now();
    thread::scope(|scope| {
        for _ in 0..BATCHES {
            scope.spawn(|| {
                for _ in 0..batches {
                    let orders: Vec<_> = (0..BATCH).map(|_| house.order()).collect();
                    assert!(issue(&house.issuer, &house.permit(), &orders).iter().all(Result::is_ok));
                }
            });
        }
    });
    (BATCHES * batches * BATCH) as f64 / begun.elapsed().as_secs_f64()
}

/// So many licences and nothing else.
fn only_issue(count: usize) {
    let place = Place::all().pop().unwrap();
    place.clear();
    let house = House::with(&place.settings, |_| String::new());
    for left in (0..count).step_by(BATCH).map(|done| (count - done).min(BATCH)) {
        let orders: Vec<_> = (0..left).map(|_| house.order()).collect();
        assert!(issue(&house.issuer, &house.permit(), &orders).iter().all(Result::is_ok));
    }
}

/// One batch, step by step.
fn where_the_time_goes(house: &House) {
    let orders: Vec<_> = (0..BATCH).map(|_| house.order()).collect();
    let before = processor_time();
    let steps = Mutex::new(vec![("", Instant::now())]);
    let answers = issue_watched(&house.issuer, &house.permit(), &orders, &|step| {
        let name = match step {
            Step::Read => "read and check",
            Step::Numbered => "numbers",
            Step::Rehearsed => "draw, pack, rehearse",
            Step::Intended => "commit the intents",
            Step::Signed => "sign, verify",
            Step::Stored => "commit the licences",
        };
        steps.lock().unwrap().push((name, Instant::now()));
    });
    assert!(answers.iter().all(Result::is_ok));
    let steps = steps.into_inner().unwrap();
    eprintln!("| step, a batch of {BATCH} on SQLite | a licence |\n|---|---|");
    for pair in steps.windows(2) {
        let took = pair[1].1.duration_since(pair[0].1).as_secs_f64() * 1000.0 / BATCH as f64;
        eprintln!("| {} | {took:.3} ms |", pair[1].0);
    }
    let spent = processor_time() - before;
    eprintln!("| time of a processor, all steps | {:.3} ms |", spent * 1000.0 / BATCH as f64);
}

/// What this process has used of the processors, seconds, in steps of 10 ms (proc(5)).
fn processor_time() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks = |field: usize| fields[field].parse::<f64>().unwrap();
    (ticks(11) + ticks(12)) / 100.0
}
