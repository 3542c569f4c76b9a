//! The whole journey, with keys that are not in files.

use crate::support::{
    Folder,
    cli::{Run, command, finish},
    custody::{self, hsmd, serve, softsdf_section},
};
use std::fs;

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

/// The members of the section under `[keys]`.
fn under_keys(text: &str) -> String {
    format!("[keys]\n{}", text.replace("[sdf]", "[keys.sdf]"))
}

#[test]
fn with_sm2_keys_in_a_password_device() {
    let folder = Folder::new();
    let data = folder.path().join("yinxin-data");
    fs::create_dir(&data).unwrap();
    let section = under_keys(&softsdf_section(&data.join("keys"), ""));
    goes_the_whole_way(&folder, &section);
    // no private key lies outside the token
    assert!(!data.join("keys").read_dir().unwrap().flatten().any(|file| {
        file.path().extension().is_some_and(|ending| ending == "key")
    }));
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
    let (text, socket) = hsmd(&keys);
    let (before, after) = text.split_once("[keys]\n").unwrap();
    let (_, clients) = after.split_once("[[client]]").unwrap();
    let device = under_keys(&softsdf_section(&keys, "")).replace(
        "\"daemon",
        &format!("\"{}", folder.path().join("daemon").display()),
    );
    let daemon = serve(&format!("{before}{device}[[client]]{clients}"));
    goes_the_whole_way(&folder, &format!("[keys.hsmd]\nsocket = \"{}\"\n", socket.display()));
    drop(daemon);
    assert!(custody::token_of(&keys).join("token").exists());
}
