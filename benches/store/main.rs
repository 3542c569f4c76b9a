//! What a write costs, on both back ends.
//!
//! ```text
//! cargo bench --bench store              all figures, two to three minutes
//! cargo bench --bench store -- quick     the same with short runs
//! ```
//!
//! Each write is one row of 40 KB. PostgreSQL is measured where
//! `YINXIN_TEST_POSTGRES` names one (`eval "$(tests/postgres.sh start)"`).
//! Figures hang on the disk: compare rows of one run, not runs.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program that prints a table")]
#![expect(clippy::unwrap_used, reason = "a bench ends where it cannot go on")]

mod licences;
mod place;

use place::Place;
use std::{
    process::ExitCode,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};
use yinxin::store::{Settings, Store, audit, migrate};

const ROW_BYTES: usize = 40_000;

/// One line of the table.
struct Case {
    callers: usize,
    writes_per_commit: usize,
    slow_commit: Option<Duration>,
}

fn main() -> ExitCode {
    // cargo adds --bench
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let (run, count) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => (Duration::from_secs(5), 100_000),
        ["quick"] => (Duration::from_millis(300), 2_000),
        _ => {
            eprintln!("usage: cargo bench --bench store [-- quick]");
            return ExitCode::from(64);
        }
    };
    println!("| back end | callers | a commit holds | pause in a commit | writes/s | commits/s | writes a commit |");
    println!("|---|---|---|---|---|---|---|");
    for place in Place::all() {
        for case in cases(&place) {
            measure(&place, &case, run);
        }
    }
    println!("\n| back end | licences | inserted/s | open | first page | by code |");
    println!("|---|---|---|---|---|---|");
    for place in Place::all() {
        licences::measure(&place, count);
    }
    ExitCode::SUCCESS
}

fn cases(place: &Place) -> Vec<Case> {
    let most = Settings::new(place.settings.address.clone()).writes_per_commit;
    let shapes: &[(usize, usize)] = if place.is_sqlite { &[(1, 1), (64, 1), (64, most)] } else { &[(1, 1), (64, 1)] };
    [None, Some(Duration::from_millis(5))]
        .into_iter()
        .flat_map(|slow_commit| {
            shapes.iter().map(move |&(callers, writes_per_commit)| Case { callers, writes_per_commit, slow_commit })
        })
        .collect()
}

fn measure(place: &Place, case: &Case, run: Duration) {
    place.clear();
    let mut settings = place.settings.clone();
    settings.writes_per_commit = case.writes_per_commit;
    settings.slow_commit = case.slow_commit;
    migrate(&settings).unwrap();
    let store = Store::open(settings).unwrap();
    let (stop, next) = (AtomicBool::new(false), AtomicU64::new(1));
    let begun = Instant::now();
    thread::scope(|scope| {
        for _ in 0..case.callers {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let event = row(number);
                    store.write(move |c| audit::append(c, &event)).unwrap();
                }
            });
        }
        thread::sleep(run);
        stop.store(true, Ordering::Relaxed);
    });
    let seconds = begun.elapsed().as_secs_f64();
    let metrics = store.metrics();
    let (writes, commits) = (count(metrics.writes), count(metrics.commits));
    println!(
        "| {} | {} | {} | {} | {:.0} | {:.0} | {:.1} |",
        place.name,
        case.callers,
        if case.writes_per_commit == 1 { "one write".to_owned() } else { format!("up to {}", case.writes_per_commit) },
        case.slow_commit.map_or_else(|| "none".to_owned(), |pause| format!("{} ms", pause.as_millis())),
        writes / seconds,
        commits / seconds,
        writes / commits,
    );
}

/// 40 KB that no database makes smaller.
fn row(number: u64) -> audit::Event {
    let mut state = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let detail = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    });
    audit::Event {
        body_id: None,
        at: 1,
        actor_kind: "bench".to_owned(),
        actor_id: "bench".to_owned(),
        action: "bench".to_owned(),
        subject: number.to_string(),
        detail: detail.take(ROW_BYTES / 8).flatten().collect(),
    }
}

/// Small enough to be exact.
fn count(number: u64) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}
