//! `yinxin-testkit write` makes the shipped files again; `check` says whether
//! they still are what the kit makes (exit 1 where not). `platform FILE [ADDRESS]` is the double of a platform that
//! `docs/code-resolver.md` describes: FILE is a JSON object of codes and what is answered to each; it runs until
//! it is ended.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool")]

use std::{fs, io, process::ExitCode, thread};
use yinxin_testkit::{
    keys::Key,
    platform::{Manner, Platform},
    shipped, workspace,
};
use yinxin_trust::{asn1::pem, trust_list::ServiceKey};

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
        Some("platform") => platform(),
        _ => {
            eprintln!("usage: yinxin-testkit write | check | platform FILE [ADDRESS]");
            return ExitCode::from(64);
        }
    };
    done.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::from(66)
    })
}

/// Serves until it is ended. Its key follows from a public seed: **never for production**.
fn platform() -> io::Result<ExitCode> {
    let mut arguments = std::env::args().skip(2);
    let file = arguments.next().ok_or_else(|| io::Error::other("platform FILE [ADDRESS]"))?;
    let listen = arguments.next().unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let key = Key::from_seed("platform");
    let public = ServiceKey::from_sm2(key.public());
    let platform = Platform::start(key, &listen)?;
    let codes: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&fs::read_to_string(file)?)?;
    for (code, answer) in codes {
        platform.say(&code, answer, Manner::Sound);
    }
    println!("asked at {}", platform.address());
    println!("its key:\n{}", pem::write("PUBLIC KEY", public.spki()));
    loop {
        thread::park();
    }
}
