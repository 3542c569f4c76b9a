//! Showing and redeeming over HTTP: holders make codes on their page, a system redeems each.
//!
//! ```text
//! cargo bench --bench show                    SQLite, and PostgreSQL where YINXIN_TEST_POSTGRES is set
//! cargo bench --bench show -- --check         fails where the wanted rate is not held below the wanted time
//! cargo bench --bench show -- quick           a second of each: that it runs
//! cargo bench --bench show -- rate 1500       another rate than those that are wanted
//! ```
//!
//! Open loop: pairs are due at fixed instants, whatever became of those before, over 256 connections that stay open.
//! A pair is the form by which a holder asks for a code, the page that shows it, read from its square as a scanner
//! reads it, and the redemption of what was read. Times count from the instant at which the pair was due.
//! Service, database and the asking side share the machine.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for people at a terminal"
)]

#[path = "../issue/house.rs"]
mod house;
mod load;
mod people;
#[path = "../store/place.rs"]
mod place;
mod square;

use house::House;
use people::People;
use place::Place;
use std::{process::ExitCode, time::Duration};

/// Connections, each with one request at a time.
const CONNECTIONS: usize = 256;
/// Pairs a second that are wanted.
const WANTED: [(&str, u32); 2] = [("SQLite", 1000), ("PostgreSQL", 2000)];
/// Below which 99 of 100 pairs are to be.
const LONGEST: Duration = Duration::from_millis(100);
/// Codes that a holder may make in five minutes.
const CODES_A_HOLDER: u32 = 50;

fn main() -> ExitCode {
    let has = |word: &str| std::env::args().any(|argument| argument == word);
    let rate = std::env::args().skip_while(|argument| argument != "rate").nth(1).map(|rate| rate.parse().unwrap());
    let seconds = if has("quick") { 1 } else { 10 };
    println!(
        "| back end | wanted pairs a second | done | refused | p50 | p99 | longest |\n|---|---|---|---|---|---|---|"
    );
    let mut met = true;
    for place in Place::all() {
        let wanted = WANTED.iter().find(|(name, _)| *name == place.name).unwrap().1;
        let rate = rate.unwrap_or(wanted);
        place.clear();
        let house = House::with(&place.settings, |_| String::new());
        let pairs = rate * seconds;
        let warm = pairs / 10;
        let people = People::of(&house, ((pairs + warm) / CODES_A_HOLDER + 1).max(CONNECTIONS as u32));
        let service = people.open(&house);
        load::run(&service, rate, warm, 0);
        let found = load::run(&service, rate, pairs, warm);
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        println!(
            "| {} | {rate} | {:.0} | {} | {:.1} ms | {:.1} ms | {:.1} ms |",
            place.name,
            found.rate,
            found.refused,
            ms(found.at(0.5)),
            ms(found.at(0.99)),
            ms(found.at(1.0)),
        );
        met &= found.refused == 0 && found.at(0.99) < LONGEST;
    }
    if has("--check") && !met {
        println!("\nnot held");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
