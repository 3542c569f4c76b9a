//! A test run again, in a namespace of its own where something was mounted.

use super::Folder;
use std::{env, fs, process::Command};

/// Set in a process that a test starts from itself: the register's file.
pub(crate) const FILE: &str = "YINXIN_TEST_FILE";

/// Runs a test of this program again, in a namespace where a command was done
/// to a folder; false where the system gives none.
pub(crate) fn run(mount: &str, folder: &Folder, test: &str) -> bool {
    if !Command::new("unshare").args(["-rm", "true"]).output().is_ok_and(|output| output.status.success()) {
        return false;
    }
    let script = format!("{mount} && exec \"$@\"");
    let output = Command::new("unshare")
        .args(["-rm", "sh", "-c", &script])
        .arg(folder.path())
        .arg(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(FILE, fs::canonicalize(folder.path()).unwrap().join("register.db"))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("1 passed"), "{text}");
    true
}
