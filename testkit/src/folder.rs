//! Where things are.

use std::path::{Path, PathBuf};

/// The root of the workspace.
///
/// # Panics
/// When the kit was built outside a workspace.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the kit lies in a workspace").to_owned()
}

/// The folder of given corpora and known answers: `$YINXIN_SHARED`, else
/// `../shared` beside the workspace. `None`, with a printed note, where there
/// is none: the caller then skips its test.
///
/// # Panics
/// Under `CI=true` when the folder is absent.
pub fn shared() -> Option<PathBuf> {
    let folder = match std::env::var_os("YINXIN_SHARED") {
        Some(folder) => PathBuf::from(folder),
        None => workspace().parent()?.join("shared"),
    };
    if folder.join("vectors").is_dir() {
        return Some(folder);
    }
    let strict = std::env::var("CI").is_ok_and(|value| value == "true");
    assert!(!strict, "the folder of shared corpora is absent; set YINXIN_SHARED");
    skipped();
    None
}

#[expect(clippy::print_stderr, reason = "a skipped test must say so")]
fn skipped() {
    eprintln!("skipped: no folder of shared corpora beside the workspace, and YINXIN_SHARED is not set");
}
