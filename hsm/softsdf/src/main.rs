//! `yinxin-softsdf init FOLDER [TRIES]` makes a token: what a device's administrator does with the maker's tool.

use std::{env, io::Write as _, path::Path, process::ExitCode};

const USAGE: &str = "usage: yinxin-softsdf init FOLDER [WRONG PINS THAT LOCK A KEY, 1 to 99]";

fn main() -> ExitCode {
    let words: Vec<_> = env::args_os().skip(1).collect();
    let tries = words.get(2).map_or(Some(0), |word| word.to_str().and_then(|word| word.parse().ok()));
    let made = match (words.as_slice(), tries) {
        ([word, folder] | [word, folder, _], Some(tries)) if word == "init" => {
            softsdf::make_token(Path::new(folder), tries)
        }
        _ => Err(std::io::Error::other(USAGE)),
    };
    match made {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "yinxin-softsdf: {error}");
            ExitCode::FAILURE
        }
    }
}
