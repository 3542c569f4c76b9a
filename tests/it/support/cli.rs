//! Running the command line.

use super::{Folder, PROGRAM};
use serde_json::Value;
use std::{
    ffi::OsStr,
    io::Write,
    process::{Command, Stdio},
};

/// What a run left behind.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    /// Standard output as one JSON value.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}{}", self.out, self.err))
    }

    /// Standard output as JSON Lines.
    pub(crate) fn lines(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// The program in an empty folder and a bare environment (no configuration, English).
pub(crate) fn command(folder: &Folder) -> Command {
    let mut command = Command::new(PROGRAM);
    command.env_clear().current_dir(folder.path()).stdin(Stdio::null());
    command
}

/// Runs it in a folder of its own.
pub(crate) fn run<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Run {
    finish(command(&Folder::new()).args(arguments))
}

/// Runs it with something on standard input.
pub(crate) fn run_with_input<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>, input: &[u8]) -> Run {
    let folder = Folder::new();
    let mut command = command(&folder);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // The program may end before it has read all of it.
    let _ = child.stdin.take().unwrap().write_all(input);
    run_of(child.wait_with_output().unwrap())
}

pub(crate) fn finish(command: &mut Command) -> Run {
    run_of(command.output().unwrap())
}

pub(crate) fn run_of(output: std::process::Output) -> Run {
    Run {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}
