//! What several tests need.

pub(crate) mod cli;
pub(crate) mod custody;
pub(crate) mod database;
pub(crate) mod desk;
pub(crate) mod device;
pub(crate) mod gate;
pub(crate) mod house;
pub(crate) mod http;
pub(crate) mod namespace;
pub(crate) mod provider;
pub(crate) mod register;
pub(crate) mod schema;
pub(crate) mod service;
pub(crate) mod status_server;

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicUsize, Ordering},
};

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_yinxin");

/// A file of the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// One of the example files that the README shows.
pub(crate) fn example(name: &str) -> PathBuf {
    let path = repository("examples").join(name);
    assert!(path.is_file(), "{} is missing", path.display());
    path
}

/// A folder of its own, removed when dropped.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let all = Path::new(env!("CARGO_TARGET_TMPDIR"));
        fs::create_dir_all(all).unwrap();
        loop {
            let path = all.join(format!("it-{}-{}", process::id(), NEXT.fetch_add(1, Ordering::Relaxed)));
            match fs::create_dir(&path) {
                Ok(()) => return Self(path),
                // left behind by an earlier process of that number
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => panic!("{}: {error}", path.display()),
            }
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file into it.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, content).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
