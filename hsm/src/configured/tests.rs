use super::*;
use crate::{KeyOrder, Purpose, place::testing::Scratch};
use std::{fs, os::unix::fs::PermissionsExt as _};
use yinxin_trust::base::Moment;

fn parsed(text: &str) -> CustodyConfig {
    toml::from_str(text).unwrap()
}

#[test]
fn what_contradicts_itself_is_named() {
    const SOFT: &str = "folder = \"f\"\npassphrase_file = \"p\"\n";
    const SDF: &str = "[sdf]\nlibrary = \"l\"\npin_file = \"p\"\n";
    const TOKEN: &str = "[pkcs11]\nlibrary = \"l\"\npin_file = \"p\"\ntoken_label = \"t\"\n";
    const DAEMON: &str = "[hsmd]\nsocket = \"s\"\n";
    const FAR: &str = "[hsmd]\naddress = \"h:7443\"\nserver_name = \"h\"\nauthorities = \"a\"\ncertificate = \"c\"\n";
    const KEY: &str = "key = \"k\"\n";
    let with = |parts: &[&str]| parsed(&parts.concat()).check();
    let (no_port, no_name) = (FAR.replace(":7443", ""), FAR.replace("server_name = \"h\"\n", ""));
    let (port_0, odd_name) = (FAR.replace("7443", "0"), FAR.replace("server_name = \"h\"", "server_name = \"h h\""));
    for sound in [vec![SOFT], vec![SOFT, SDF], vec![SOFT, TOKEN], vec![DAEMON], vec![FAR, KEY]] {
        assert_eq!(with(&sound), Ok(()), "{sound:?}");
    }
    for (parts, member) in [
        (vec!["folder = \"f\"\n"], "keys.passphrase_file"),
        (vec!["passphrase_file = \"f\"\n"], "keys.folder"),
        (vec![SOFT, "passphrase_credential = \"c\"\n"], "keys.passphrase_file"),
        (vec![SOFT, DAEMON], "keys.hsmd"),
        (vec![SOFT, SDF, TOKEN], "keys"),
        (vec![SOFT, SDF, "device = \"A\"\n"], "keys.sdf.device"),
        (vec![SOFT, SDF, "ecc_bits = 384\n"], "keys.sdf.ecc_bits"),
        (vec![SOFT, SDF, "pin_tries = 1\n"], "keys.sdf.pin_tries"),
        (vec![SOFT, SDF, "indexes = [5, 4]\n"], "keys.sdf.indexes"),
        (vec![SOFT, SDF, "sessions = 0\n"], "keys.sdf.sessions"),
        (vec![SOFT, SDF, "deadline_milliseconds = 9\n"], "keys.sdf.deadline_milliseconds"),
        (vec![SOFT, SDF, "[sdf.second]\ndevice = \"sdf\"\n"], "keys.sdf.second.device"),
        (vec![SOFT, TOKEN, "pin_credential = \"c\"\n"], "keys.pkcs11.pin_file"),
        (vec![SOFT, "[pkcs11]\nlibrary = \"l\"\npin_file = \"p\"\n"], "keys.pkcs11.token_label"),
        (vec![DAEMON, "deadline_milliseconds = 0\n"], "keys.hsmd.deadline_milliseconds"),
        (vec!["[hsmd]\n"], "keys.hsmd.socket"),
        (vec![DAEMON, "address = \"h:7443\"\n"], "keys.hsmd.socket"),
        (vec![DAEMON, KEY], "keys.hsmd.key"),
        (vec![FAR], "keys.hsmd.key"),
        (vec![&no_port, KEY], "keys.hsmd.address"),
        (vec![&port_0, KEY], "keys.hsmd.address"),
        (vec![&no_name, KEY], "keys.hsmd.server_name"),
        (vec![&odd_name, KEY], "keys.hsmd.server_name"),
    ] {
        assert_eq!(with(&parts).unwrap_err().member, member, "{parts:?}");
    }
    let text = "folder = \"f\"\n[sdf]\npin = \"12345678\"\n";
    let said = toml_words(text, &toml::from_str::<CustodyConfig>(text).unwrap_err());
    assert!(said.starts_with("line 3, pin: unknown field `pin`") && !said.contains("12345678"), "{said}");
}

#[test]
fn a_folder_of_another_driver_is_refused() {
    let scratch = Scratch::new();
    let at = |name: &str| scratch.path().join(name);
    fs::write(at("passphrase"), "a passphrase of tests").unwrap();
    fs::set_permissions(at("passphrase"), fs::Permissions::from_mode(0o600)).unwrap();
    let soft = parsed("folder = \"keys\"\npassphrase_file = \"passphrase\"").rooted_at(scratch.path());
    assert!(soft.open().is_err(), "nothing is made by opening");
    let custody = soft.create().unwrap();
    let order = KeyOrder::sm2(Purpose::Stamper);
    custody.keys().generate(&order, Moment::from_unix_seconds(0).unwrap()).unwrap();
    drop(custody);
    let text = "folder = \"keys\"\npassphrase_file = \"passphrase\"\n[sdf]\nlibrary = \"none.so\"\npin_file = \"pin\"";
    let device = parsed(text).rooted_at(scratch.path());
    assert!(matches!(device.open(), Err(OpenFault::OtherFolder { .. })));
    let (findings, custody) = diagnose(&device, None);
    assert!(custody.is_none());
    assert!(matches!(findings.as_slice(), [one] if !one.sound && one.part == "folder"), "{findings:?}");
    // and the other way round
    let elsewhere = parsed(&text.replace("keys", "book")).rooted_at(scratch.path());
    assert!(matches!(elsewhere.create(), Err(OpenFault::Sdf(_))), "the library is not there, the book is");
    let soft = parsed("folder = \"book\"\npassphrase_file = \"passphrase\"").rooted_at(scratch.path());
    assert!(matches!(soft.create(), Err(OpenFault::OtherFolder { .. })));
}

#[test]
fn a_diagnosis_names_the_part() {
    let scratch = Scratch::new();
    let text = "folder = \"keys\"\npassphrase_file = \"passphrase\"";
    let soft = parsed(text).rooted_at(scratch.path());
    let part = |config: &CustodyConfig| {
        let (findings, _) = diagnose(config, None);
        findings.into_iter().find(|finding| !finding.sound).map(|finding| (finding.part, finding.sentence))
    };
    assert_eq!(part(&soft).unwrap().0, "passphrase");
    fs::write(scratch.path().join("passphrase"), "a passphrase of tests").unwrap();
    fs::set_permissions(scratch.path().join("passphrase"), fs::Permissions::from_mode(0o644)).unwrap();
    let (found, why) = part(&soft).unwrap();
    assert!(found == "passphrase" && why.contains("chmod"), "{found}: {why}");
    fs::set_permissions(scratch.path().join("passphrase"), fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(part(&soft).unwrap().0, "folder");
    let open = soft.create().unwrap();
    open.keys().generate(&KeyOrder::sm2(Purpose::Ca), Moment::from_unix_seconds(0).unwrap()).unwrap();
    let (found, why) = part(&soft).unwrap();
    assert!(found == "folder" && why.contains("stop that process"), "{found}: {why}");
    drop(open);
    assert_eq!(part(&soft), None);
    fs::write(scratch.path().join("passphrase"), "another passphrase").unwrap();
    let (found, why) = part(&soft).unwrap();
    assert!(found == "passphrase" && why.contains("keys.passphrase_file"), "{found}: {why}");
    let daemon = parsed("[hsmd]\nsocket = \"socket\"").rooted_at(scratch.path());
    let (found, why) = part(&daemon).unwrap();
    assert!(found == "socket" && why.contains("start hsmd"), "{found}: {why}");
    let text = "[hsmd]\naddress = \"h:1\"\nserver_name = \"h\"\nauthorities = \"ca\"\ncertificate = \"c\"\nkey = \"k\"";
    let far = parsed(text).rooted_at(scratch.path());
    let (found, why) = part(&far).unwrap();
    assert!(found == "TLS" && why.contains(&scratch.path().join("ca").display().to_string()), "{found}: {why}");
    fs::write(scratch.path().join("ca"), "-----BEGIN CERTIFICATE-----\nnone\n").unwrap();
    let (found, why) = part(&far).unwrap();
    assert!(found == "TLS" && why.contains("holds no certificate in PEM"), "{found}: {why}");
}
