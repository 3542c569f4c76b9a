//! The files that this repository ships: `examples/` and `tests/golden/`.

mod examples;
mod golden;
mod scene;

pub use scene::{anchors_pem, forger, licence_document, pki};

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

/// Files by path from the root of the workspace. The same octets each time.
pub fn files() -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    examples::add(&mut all);
    golden::add(&mut all);
    all
}

/// Folders that hold made files only (and a README.md written by hand).
const FOLDERS: [&str; 2] = ["examples", "tests/golden"];

/// Writes every file under `root`.
///
/// # Errors
/// Those of the file system.
pub fn write(root: &Path) -> io::Result<usize> {
    let files = files();
    for folder in FOLDERS {
        fs::create_dir_all(root.join(folder))?;
    }
    for (name, data) in &files {
        fs::write(root.join(name), data)?;
    }
    Ok(files.len())
}

/// Names the files under `root` that are missing, differ, or are made no more.
///
/// # Errors
/// Those of the file system.
pub fn differing(root: &Path) -> io::Result<Vec<PathBuf>> {
    let files = files();
    let mut out = Vec::new();
    for (name, data) in &files {
        if fs::read(root.join(name)).ok().as_ref() != Some(data) {
            out.push(PathBuf::from(name));
        }
    }
    for folder in FOLDERS {
        for entry in fs::read_dir(root.join(folder))? {
            let name = format!("{folder}/{}", entry?.file_name().to_string_lossy());
            if !files.contains_key(&name) && !name.ends_with("/README.md") {
                out.push(PathBuf::from(name));
            }
        }
    }
    out.sort();
    Ok(out)
}
