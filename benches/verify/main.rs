//! What verification costs, against a yardstick in the same process.
//!
//! ```text
//! cargo bench --bench verify              all ratios, about a minute
//! cargo bench --bench verify -- quick     the same with short slices, a few seconds
//! cargo bench --bench verify -- memory    peak memory of verifying an OFD of 100 MB
//! ```
//!
//! Slices of every workload are interleaved with slices of ring's P-256
//! verification, and only the ratio within a round counts: it holds on another
//! machine and beside other load, absolute times do not.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program that prints a table")]
#![expect(clippy::unwrap_used, reason = "a bench ends where it cannot go on")]

mod lists;
mod machine;
mod memory;
mod rounds;
mod work;

use std::process::ExitCode;

fn main() -> ExitCode {
    // cargo adds --bench
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => ratios(rounds::Plan::FULL, "cargo bench --bench verify"),
        ["quick"] => ratios(rounds::Plan::QUICK, "cargo bench --bench verify -- quick"),
        ["memory"] => memory::measure(),
        ["memory-of", file] => memory::child(file),
        _ => {
            eprintln!("usage: cargo bench --bench verify [-- quick|memory]");
            ExitCode::from(64)
        }
    }
}

fn ratios(plan: rounds::Plan, command: &str) -> ExitCode {
    let mut workloads = work::all();
    let rows = rounds::run(plan, &mut workloads);
    println!("`{command}`, {} rounds, on {}\n", plan.rounds, machine::describe());
    println!("| workload | median | speed against ring P-256 verify | quartiles |");
    println!("|---|---|---|---|");
    for row in &rows {
        let [low, median, high] = row.speed_against(&rows[0]);
        println!(
            "| {} | {} | {} | {} to {} |",
            row.name,
            time(row.median_ns()),
            ratio(median),
            ratio(low),
            ratio(high)
        );
    }
    let [_, sm3, _] = rows[work::SM3].speed_against(&rows[work::SHA256]);
    println!("\nSM3 against ring's SHA-256, 1 MiB: {}", ratio(sm3));
    ExitCode::SUCCESS
}

/// Nanoseconds with a unit that leaves one to three digits.
fn time(ns: f64) -> String {
    match ns {
        ns if ns < 1e3 => format!("{ns:.0} ns"),
        ns if ns < 1e6 => format!("{:.1} µs", ns / 1e3),
        ns => format!("{:.2} ms", ns / 1e6),
    }
}

fn ratio(value: f64) -> String {
    if value < 0.1 { format!("{value:.4}") } else { format!("{value:.2}") }
}
