//! A program that knows the format from its page alone judges a disclosure of ours.

use super::{NAME, Scene};
use crate::support::{Folder, database::Database, repository};
use std::{fs, process::Command};
use yinxin_trust::{disclosure::Disclosure, seal::Stamp};

#[test]
fn another_program_says_the_same() {
    let database = Database::sqlite();
    let scene = Scene::new(&database);
    let file = scene.disclose(&["CZZT", "legal_representative", "ZZBS"]).unwrap();
    let disclosure = Disclosure::read(&file).unwrap();
    let folder = Folder::new();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("certificate"), Stamp::parse(&disclosure.value).unwrap().certificate).unwrap();
    let judge = |octets: &[u8]| {
        fs::write(at("file"), octets).unwrap();
        let program = Command::new("python3")
            .arg(repository("tests/judges/disclosure.py"))
            .args([at("file"), at("certificate")])
            .env("PYTHONIOENCODING", "utf-8")
            .output();
        match program {
            Ok(output) => Some((output.status.success(), String::from_utf8(output.stdout).unwrap(), output.stderr)),
            Err(error) => {
                assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "python3 is needed here: {error}");
                eprintln!("skipped: no python3: {error}");
                None
            }
        }
    };
    let Some((holds, said, error)) = judge(&file) else { return };
    assert!(holds, "{}", String::from_utf8_lossy(&error));
    assert_eq!(said.lines().count(), disclosure.fields.len());
    assert!(said.contains(NAME) && said.contains("**国") && said.contains(&scene.identifier), "{said}");
    // and refuses what ours refuses
    let mut altered = disclosure.clone();
    altered.fields.iter_mut().for_each(|one| one.field.value = one.field.value.replace(NAME, "李小满"));
    let mut valued = disclosure.clone();
    let last = valued.value.len() - 1;
    valued.value[last] ^= 1;
    let mut signed = disclosure;
    signed.signature.push(b'\n');
    for wrong in [altered, valued, signed] {
        let (holds, said, _) = judge(&wrong.to_file().unwrap()).unwrap();
        assert!(!holds && said.is_empty(), "{said}");
    }
    assert!(!judge(&file[..file.len() - 2]).unwrap().0);
}
