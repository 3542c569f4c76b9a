//! The whole journey, with keys that are not in files.

use crate::support::{
    Folder,
    cli::{Run, command, finish},
    custody::{self, PIN, hsmd, hsmd_with_device, private, serve, softsdf_section, under_keys},
};
use std::{fs, os::unix::fs::DirBuilderExt as _, path::Path, process::Command};

fn demo(folder: &Folder, section: &str) -> Run {
    fs::write(folder.path().join("keys.toml"), section).unwrap();
    finish(command(folder).args(["demo", "--once", "--keys", "keys.toml"]))
}

/// Issued, verified, revoked, verified, issued again; and the second run uses what the first one made.
fn goes_the_whole_way(folder: &Folder, section: &str) {
    let first = demo(folder, section);
    assert_eq!((first.code, first.err.as_str()), (0, ""), "{}", first.out);
    for part in ["valid, in_force 有效", "valid, revoked 吊销", "licence JY23301000000020 issued"] {
        assert!(first.out.contains(part), "{part}: {}", first.out);
    }
    let second = demo(folder, section);
    assert_eq!((second.code, second.err.as_str()), (0, ""), "{}", second.out);
    assert!(second.out.contains("used again") && second.out.contains("JY23301000000030"), "{}", second.out);
}

#[test]
fn with_sm2_keys_in_a_password_device() {
    let folder = Folder::new();
    let data = folder.path().join("yinxin-data");
    fs::create_dir(&data).unwrap();
    let section = under_keys(&softsdf_section(&data.join("keys"), ""));
    goes_the_whole_way(&folder, &section);
    // no private key lies outside the token
    assert!(
        !data
            .join("keys")
            .read_dir()
            .unwrap()
            .flatten()
            .any(|file| { file.path().extension().is_some_and(|ending| ending == "key") })
    );
    let doctor = finish(command(&folder).args(["--config", "yinxin-data/yinxin.toml", "doctor"]));
    assert_eq!(doctor.code, 0, "{}{}", doctor.out, doctor.err);
    for part in ["library\tgood", "device\tgood", "sessions\tgood\t4 of 4", "signs as it should", "clock\tgood"] {
        assert!(doctor.out.contains(part), "{part}: {}", doctor.out);
    }
}

#[test]
fn with_keys_behind_the_daemon() {
    let folder = Folder::new();
    let (text, socket) = hsmd(&folder.path().join("daemon"));
    let daemon = serve(&text);
    let section = format!("[keys.hsmd]\nsocket = \"{}\"\n", socket.display());
    goes_the_whole_way(&folder, &section);
    let key_files = |name: &str| folder.path().join(name).read_dir().map_or(0, Iterator::count);
    assert!(key_files("daemon") > 0 && !folder.path().join("yinxin-data/keys").exists());
    let doctor = || finish(command(&folder).args(["--config", "yinxin-data/yinxin.toml", "doctor"]));
    let sound = doctor();
    assert!(sound.code == 0 && sound.out.contains("hsmd\tgood"), "{}{}", sound.out, sound.err);
    // without it nothing is signed, and nothing is taken for forged
    drop(daemon);
    let gone = doctor();
    assert!(gone.code == 69 && gone.out.contains("socket\tBAD"), "{}", gone.out);
    let issue = finish(command(&folder).args(["demo", "--once"]));
    assert_eq!(issue.code, 69, "{}{}", issue.out, issue.err);
}

#[test]
fn with_a_device_behind_the_daemon() {
    let folder = Folder::new();
    let keys = folder.path().join("daemon");
    let (text, socket) = hsmd_with_device(&keys);
    let daemon = serve(&text);
    goes_the_whole_way(&folder, &format!("[keys.hsmd]\nsocket = \"{}\"\n", socket.display()));
    drop(daemon);
    assert!(custody::token_of(&keys).join("token").exists());
}

#[test]
fn a_second_device_with_the_same_keys_stands_in() {
    let folder = Folder::new();
    let data = folder.path().join("yinxin-data");
    fs::create_dir(&data).unwrap();
    let keys = data.join("keys");
    let first = demo(&folder, &under_keys(&softsdf_section(&keys, "")));
    assert_eq!((first.code, first.err.as_str()), (0, ""), "{}", first.out);
    // the maker's tool brings the keys into another device
    let second = data.join("second.token");
    fs::DirBuilder::new().mode(0o700).create(&second).unwrap();
    for file in fs::read_dir(custody::token_of(&keys)).unwrap().flatten() {
        fs::copy(file.path(), second.join(file.file_name())).unwrap();
    }
    let configuration = data.join("yinxin.toml");
    let pair = "[keys.sdf.second]\ndevice = \"sdf-2\"\nlibrary_folder = \"second.token\"\n\n[authority]";
    let text = fs::read_to_string(&configuration).unwrap().replacen("[authority]", pair, 1);
    fs::write(&configuration, text).unwrap();
    let again = || {
        let again = finish(command(&folder).args(["demo", "--once"]));
        assert_eq!((again.code, again.err.as_str()), (0, ""), "{}", again.out);
    };
    let away = "disconnect 0x01000003\n";
    custody::control(&keys, away);
    again();
    fs::write(second.join("control"), away).unwrap();
    let none = finish(command(&folder).args(["demo", "--once"]));
    assert_eq!(none.code, 69, "{}{}", none.out, none.err);
    custody::control(&keys, "");
    again();
}

/// SoftHSM's library, where it is installed.
fn softhsm() -> Option<&'static str> {
    let found = ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so"]
        .into_iter()
        .find(|path| Path::new(path).exists());
    if found.is_none() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "softhsm2 is missing");
        println!("skipped: no softhsm2 here");
    }
    found
}

#[test]
fn with_p256_keys_in_softhsm() {
    let Some(library) = softhsm() else { return };
    let folder = Folder::new();
    let tokens = folder.path().join("tokens");
    fs::create_dir(&tokens).unwrap();
    let text = format!("directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n", tokens.display());
    let configuration = folder.file("softhsm2.conf", text);
    let made = Command::new("softhsm2-util")
        .args(["--init-token", "--free", "--label", "journey", "--so-pin", "93718264", "--pin", PIN])
        .env("SOFTHSM2_CONF", &configuration)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    private(&folder.path().join("pin"), PIN);
    let section = format!(
        "[keys]\nfolder = \"keys\"\npassphrase_file = \"passphrase\"\n[keys.pkcs11]\nlibrary = \"{library}\"\n\
         token_label = \"journey\"\npin_file = \"../pin\"\n"
    );
    folder.file("keys.toml", section);
    let run = |arguments: &[&str]| finish(command(&folder).env("SOFTHSM2_CONF", &configuration).args(arguments));
    let demo = ["demo", "--once", "--keys", "keys.toml", "--suite", "p256"];
    for (number, used) in [("JY23301000000020", false), ("JY23301000000030", true)] {
        let done = run(&demo);
        assert_eq!((done.code, done.err.as_str()), (0, ""), "{}", done.out);
        assert!(done.out.contains("valid, in_force 有效") && done.out.contains(number), "{}", done.out);
        assert_eq!(done.out.contains("used again"), used, "{}", done.out);
    }
    let doctor = run(&["--config", "yinxin-data/yinxin.toml", "doctor"]);
    assert_eq!(doctor.code, 0, "{}{}", doctor.out, doctor.err);
    for part in ["library\tgood", "token\tgood\tjourney", "mechanism\tgood", "PIN\tgood", "ecdsa-p256-sha256, signs"] {
        assert!(doctor.out.contains(part), "{part}: {}", doctor.out);
    }
    // each part at fault is named, with what mends it
    let configuration = folder.path().join("yinxin-data/yinxin.toml");
    let sound = fs::read_to_string(&configuration).unwrap();
    for (from, to, part, words) in [
        (library, "/nowhere/libhsm.so", "library", "name the library of the device's vendor"),
        ("token_label = \"journey\"", "token_label = \"other\"", "token", "there are: "),
        ("[keys.pkcs11]", "[keys.pkcs11]\nmapping = \"none.toml\"", "mapping", "none.toml"),
    ] {
        fs::write(&configuration, sound.replacen(from, to, 1)).unwrap();
        let found = run(&["--config", "yinxin-data/yinxin.toml", "doctor"]);
        let line = found.out.lines().find(|line| line.starts_with(&format!("{part}\tBAD\t")));
        let line = line.unwrap_or_else(|| panic!("{part}: {}", found.out));
        // a name of the standard may stand there, never without the mend behind it
        assert!(found.code == 69 && line.contains(words), "{line}");
        assert!(!line.contains("CKR_") || line.contains("; "), "{line}");
    }
    fs::write(&configuration, &sound).unwrap();
    private(&folder.path().join("pin"), "87654321");
    let wrong = run(&["--config", "yinxin-data/yinxin.toml", "doctor"]);
    assert!(wrong.code == 69 && wrong.out.contains("PIN\tBAD\t"), "{}", wrong.out);
    private(&folder.path().join("pin"), PIN);
    let mended = run(&["--config", "yinxin-data/yinxin.toml", "doctor"]);
    assert_eq!(mended.code, 0, "{}", mended.out);
    // always warned of, and valid only where the anchors allow the suite
    let pki = folder.path().join("yinxin-data/pki");
    let anchors = fs::read_to_string(pki.join("anchors.pem")).unwrap();
    assert!(anchors.contains("suite: cross-border"));
    folder.file("national.pem", anchors.replace("# suite: cross-border\n", ""));
    for (trust, code) in [("yinxin-data/pki/anchors.pem", 0), ("national.pem", 2)] {
        let lists = ["root.crl", "stamper-ca.crl", "seal-maker-ca.crl"].map(|name| format!("yinxin-data/pki/{name}"));
        let mut arguments = vec!["verify", "licence.ofd", "--trust", trust];
        lists.iter().for_each(|list| arguments.extend(["--crl", list.as_str()]));
        let verified = run(&arguments);
        assert_eq!(verified.code, code, "{trust}: {}", verified.out);
        let json = run(&[arguments.as_slice(), &["--json"]].concat());
        assert!(json.out.contains("suite.not_national"), "{trust}");
    }
}
