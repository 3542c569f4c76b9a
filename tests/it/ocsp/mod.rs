//! Answers about single certificates: ours to others, with OpenSSL as whoever asks, and others' to us.

mod asking;
mod authority;
mod door;

use crate::support::Folder;
use std::{path::Path, process::Command};

fn openssl(folder: &Folder, arguments: &[&str]) -> (bool, String) {
    let output = Command::new("openssl").args(arguments).current_dir(folder.path()).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

fn sound(folder: &Folder, arguments: &[&str]) -> String {
    let (good, said) = openssl(folder, arguments);
    assert!(good, "openssl {arguments:?}: {said}");
    said
}

fn put(folder: &Folder, name: &str, octets: impl AsRef<[u8]>) {
    std::fs::write(Path::new(folder.path()).join(name), octets).unwrap();
}

fn take(folder: &Folder, name: &str) -> Vec<u8> {
    std::fs::read(Path::new(folder.path()).join(name)).unwrap()
}
