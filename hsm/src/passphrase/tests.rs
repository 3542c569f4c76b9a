use super::*;
use crate::place::testing::Scratch;
use std::{fs, os::unix::fs::PermissionsExt as _, process::Command};

const PHRASE: &str = "a passphrase of tests";

fn from(scratch: &Scratch, content: &[u8], mode: u32) -> Result<Passphrase, PassphraseError> {
    let path = scratch.path().join("passphrase");
    let _ = fs::remove_file(&path);
    fs::write(&path, content).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    Source::File(path).read()
}

#[test]
fn one_newline_is_cut() {
    let scratch = Scratch::new();
    for (content, wanted) in [
        ("a passphrase of tests", PHRASE),
        ("a passphrase of tests\n", PHRASE),
        ("a passphrase of tests\r\n", PHRASE),
        ("a passphrase of tests\n\n", "a passphrase of tests\n"),
        ("a passphrase of tests\r", "a passphrase of tests\r"),
        (" a passphrase of tests ", " a passphrase of tests "),
    ] {
        assert_eq!(from(&scratch, content.as_bytes(), 0o400).unwrap().expose(), wanted.as_bytes());
    }
}

#[test]
fn length_has_bounds() {
    let scratch = Scratch::new();
    for (length, fits) in [(0, false), (11, false), (12, true), (1024, true), (1025, false), (1 << 20, false)] {
        for end in ["", "\n", "\r\n"] {
            let content = "p".repeat(length) + end;
            assert_eq!(from(&scratch, content.as_bytes(), 0o600).is_ok(), fits, "{length} octets and {end:?}");
        }
    }
    let error = from(&scratch, b"too short\n", 0o600).unwrap_err().to_string();
    assert!(error.contains("has 9 octets"), "{error}");
    assert!(!error.contains("too short"), "the secret is in the message: {error}");
}

#[test]
fn a_pin_may_be_shorter() {
    let scratch = Scratch::new();
    let path = scratch.path().join("pin");
    for (content, wanted) in [("1234\n", true), ("123\n", false), ("12345678", true)] {
        let _ = fs::remove_file(&path);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let pin = Source::File(path.clone()).read_pin();
        assert_eq!(pin.is_ok(), wanted, "{content:?}");
        if let Err(error) = pin {
            assert!(error.to_string().ends_with("has 3 octets; at least 4 are wanted"), "{error}");
        }
    }
}

#[test]
fn others_may_not_read_it() {
    let scratch = Scratch::new();
    for mode in [0o640, 0o604, 0o620, 0o602, 0o644, 0o660, 0o601, 0o777] {
        let error = from(&scratch, PHRASE.as_bytes(), mode).unwrap_err();
        let PassphraseError::Place(PlaceError::Mode { path, mode: found }) = &error else { panic!("{error}") };
        assert_eq!((path.as_path(), *found), (scratch.path().join("passphrase").as_path(), mode));
        assert!(error.to_string().contains(&format!("{mode:04o}")), "{error}");
    }
}

#[test]
fn only_a_regular_file_is_read() {
    let scratch = Scratch::new();
    from(&scratch, PHRASE.as_bytes(), 0o600).unwrap();
    let link = scratch.path().join("link");
    std::os::unix::fs::symlink(scratch.path().join("passphrase"), &link).unwrap();
    let read = |path: PathBuf| Source::File(path).read().unwrap_err();
    assert!(matches!(read(link), PassphraseError::Place(PlaceError::Link(_))));
    assert!(matches!(read(scratch.path().to_owned()), PassphraseError::Place(PlaceError::NotFile(_))));
    assert!(matches!(read(scratch.path().join("none")), PassphraseError::Place(PlaceError::Missing(_))));
    let pipe = scratch.path().join("pipe");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        0,
    )
    .unwrap();
    assert!(matches!(read(pipe), PassphraseError::Place(PlaceError::NotFile(_))), "a pipe is not waited for");
}

#[test]
fn a_credential_is_a_file_of_systemds_folder() {
    let scratch = Scratch::new();
    let file = scratch.path().join("keys");
    fs::write(&file, PHRASE).unwrap();
    // as systemd shows one whose reader comes by an access list
    fs::set_permissions(&file, fs::Permissions::from_mode(0o440)).unwrap();
    assert_eq!(from_credential(scratch.path(), "keys", SHORTEST).unwrap().expose(), PHRASE.as_bytes());
    for name in ["", ".", "..", "../keys", "/etc/passwd", "a b", ".keys", "keys\0"] {
        let refused = from_credential(scratch.path(), name, SHORTEST);
        assert!(matches!(refused, Err(PassphraseError::CredentialName)), "{name:?}");
    }
    assert!(matches!(
        from_credential(scratch.path(), "none", SHORTEST),
        Err(PassphraseError::Place(PlaceError::Missing(_)))
    ));
    for mode in [0o444, 0o460, 0o404] {
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        let refused = from_credential(scratch.path(), "keys", SHORTEST);
        assert!(matches!(refused, Err(PassphraseError::Place(PlaceError::Mode { .. }))), "{mode:o}");
    }
    fs::set_permissions(&file, fs::Permissions::from_mode(0o400)).unwrap();
    fs::set_permissions(scratch.path(), fs::Permissions::from_mode(0o770)).unwrap();
    let refused = from_credential(scratch.path(), "keys", SHORTEST);
    assert!(matches!(refused, Err(PassphraseError::Place(PlaceError::Mode { .. }))));
}

/// The environment is that of a process, so another one looks.
#[test]
fn the_environment_names_the_folder() {
    let scratch = Scratch::new();
    let file = scratch.path().join("keys");
    fs::write(&file, PHRASE).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o400)).unwrap();
    for (folder, wanted) in [(Some(scratch.path()), "read"), (None, "NoCredentials")] {
        let mut other = Command::new(env::current_exe().unwrap());
        other.args(["--exact", "passphrase::tests::other_reads_its_credential", "--ignored", "--nocapture"]);
        other.env("YINXIN_HSM_TEST", "credential").env_remove(CREDENTIALS_DIRECTORY);
        if let Some(folder) = folder {
            other.env(CREDENTIALS_DIRECTORY, folder);
        }
        let output = other.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains(&format!("credential: {wanted}")), "{said}");
    }
}

#[test]
#[ignore = "started by another test as a process of its own"]
fn other_reads_its_credential() {
    if env::var_os("YINXIN_HSM_TEST").is_some_and(|part| part == "credential") {
        match Source::Credential("keys".to_owned()).read() {
            Ok(phrase) => {
                println!("\ncredential: {}", if phrase.expose() == PHRASE.as_bytes() { "read" } else { "other" })
            }
            Err(error) => println!("\ncredential: {error:?}"),
        }
    }
}

#[test]
fn debug_does_not_print_it() {
    let phrase = Passphrase::new(PHRASE.into(), "a test").unwrap();
    assert_eq!(format!("{phrase:?}"), "Passphrase(Secret(..))");
}
