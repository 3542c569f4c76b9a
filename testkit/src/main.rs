//! `yinxin-testkit write` makes the shipped files again; `check` says whether
//! they still are what the kit makes (exit 1 where not).

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool")]

use std::process::ExitCode;
use yinxin_testkit::{shipped, workspace};

fn main() -> ExitCode {
    let root = workspace();
    let done = match std::env::args().nth(1).as_deref() {
        Some("write") => shipped::write(&root).map(|count| {
            println!("{count} files written");
            ExitCode::SUCCESS
        }),
        Some("check") => shipped::differing(&root).map(|differing| {
            for name in &differing {
                eprintln!("not what the kit makes: {}", name.display());
            }
            if differing.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }),
        _ => {
            eprintln!("usage: yinxin-testkit write | check");
            return ExitCode::from(64);
        }
    };
    done.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::from(66)
    })
}
