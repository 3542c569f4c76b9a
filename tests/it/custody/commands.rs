//! `yinxin key`, `ceremony` and `doctor`, as an operator types them.

use crate::support::{
    Folder,
    cli::{Run, command, finish, run_of},
    custody::{PIN, private, softsdf_section},
    repository,
};
use std::{
    fs,
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Stdio},
};

const FILES: &str = "[keys]\nfolder = \"keys\"\npassphrase_file = \"keys.passphrase\"\n";

fn configured(text: &str) -> Folder {
    let folder = Folder::new();
    folder.file("yinxin.toml", text);
    private(&folder.path().join("keys.passphrase"), "a passphrase of the tests");
    folder
}

fn program(folder: &Folder, arguments: &[&str]) -> Command {
    let mut command = command(folder);
    command.args(arguments);
    command
}

fn run(folder: &Folder, arguments: &[&str]) -> Run {
    finish(&mut program(folder, arguments))
}

fn with_input(folder: &Folder, arguments: &[&str], input: &str) -> Run {
    let mut command = program(folder, arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // the program may end before it has read all of it
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    run_of(child.wait_with_output().unwrap())
}

fn done(run: &Run) -> &str {
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
    run.out.trim_end()
}

#[test]
fn keys_are_made_listed_suspended_destroyed() {
    let folder = configured(FILES);
    let made = run(&folder, &["key", "generate", "--purpose", "stamper", "--most-uses", "7"]);
    let key = done(&made).to_owned();
    assert!(key.starts_with("soft:"), "{key}");
    assert_eq!(done(&run(&folder, &["key", "list"])), format!("{key}\tsm2-sm3\tstamper\tactive"));
    let shown = run(&folder, &["key", "describe", &key]);
    assert!(done(&shown).contains("used\t0 of 7") && shown.out.contains("public key\t04"), "{}", shown.out);
    done(&run(&folder, &["key", "suspend", &key]));
    assert!(run(&folder, &["key", "list"]).out.contains("suspended"));
    done(&run(&folder, &["key", "resume", &key]));
    let unsure = run(&folder, &["key", "destroy", &key, "--really", "soft:0000000000000000"]);
    assert!(unsure.code == 64 && unsure.err.contains("once more"), "{}", unsure.err);
    done(&run(&folder, &["key", "destroy", &key, "--really", &key]));
    assert_eq!(done(&run(&folder, &["key", "list"])), "");
    for (arguments, words) in [
        (vec!["key", "describe", "soft:0000000000000000"], "no key soft:0000000000000000"),
        (vec!["key", "describe", "soft:1"], "16 lower-case hexadecimal digits"),
        (vec!["key", "generate", "--purpose", "stamp"], "no such key purpose"),
        (vec!["key", "generate", "--purpose", "ca", "--at", "sdf:index=1"], "soft driver cannot"),
    ] {
        let refused = run(&folder, &arguments);
        assert!(refused.code != 0 && refused.err.contains(words), "{arguments:?}: {}", refused.err);
    }
}

#[test]
fn two_of_three_bring_a_backup_back() {
    let folder = configured(FILES);
    let key = done(&run(&folder, &["key", "generate", "--purpose", "ca"])).to_owned();
    fs::create_dir(folder.path().join("holders")).unwrap();
    let backup = ["key", "backup", "--out", "b", "--needed", "2", "--shares", "3", "--shares-to", "holders"];
    assert_eq!(done(&run(&folder, &backup)), format!("keys\t{key}"));
    // neither a backup nor a share is overwritten
    assert_eq!(run(&folder, &backup).code, 66);
    fs::rename(folder.path().join("keys"), folder.path().join("lost")).unwrap();
    let alone = run(&folder, &["key", "restore", "b", "--share", "holders/share-1.txt"]);
    assert!(alone.code == 73 && alone.err.contains("2 of the set are needed"), "{}: {}", alone.code, alone.err);
    let share = |n: u8| fs::read_to_string(folder.path().join(format!("holders/share-{n}.txt"))).unwrap();
    let mode = fs::metadata(folder.path().join("holders/share-1.txt")).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0);
    // typed in, one a line
    let restored = with_input(&folder, &["key", "restore", "b"], &format!("{}{}", share(3), share(1)));
    assert_eq!(done(&restored), format!("{key}\tsm2-sm3\tca"));
    assert_eq!(done(&run(&folder, &["key", "list"])), format!("{key}\tsm2-sm3\tca\tactive"));
    assert!(!restored.out.contains("yinxin-share"));
}

#[test]
fn a_ceremony_wants_both_words_and_leaves_a_transcript() {
    let folder = configured(&format!("{FILES}[authority]\nfolder = \"pki\"\n"));
    let plan = repository("certs/ceremony/found-authority.toml").display().to_string();
    fs::create_dir(folder.path().join("holders")).unwrap();
    let arguments = |transcript: &'static str| {
        ["ceremony", "run", &plan, "--transcript", transcript, "--shares-to", "holders"].map(str::to_owned)
    };
    let held = |transcript, input: &str| {
        let arguments = arguments(transcript);
        with_input(&folder, &arguments.each_ref().map(String::as_str), input)
    };
    assert!(done(&run(&folder, &["ceremony", "show", &plan])).contains("1\t建立证书机构"));
    for (input, words) in
        [("short\nlong enough 2\n", "at least 8 characters"), ("the same word\nthe same word\n", "choose another word")]
    {
        let refused = held("none", input);
        assert!(refused.code == 73 && refused.err.contains(words), "{}", refused.err);
    }
    assert!(!folder.path().join("none").exists());
    // the second confirms with the word of the first
    let declined = held("declined", "word of the first\nword of the second\nword of the first\nword of the first\n");
    assert!(declined.code == 73 && declined.err.contains("密钥管理员乙 did not confirm"), "{}", declined.err);
    assert!(!folder.path().join("pki/anchors.pem").exists());
    let words = "word of the first\nword of the second\n";
    let ceremony = held("transcript", &words.repeat(3));
    let digest = done(&ceremony).lines().last().unwrap().split('\t').nth(1).unwrap().to_owned();
    let checked = run(&folder, &["ceremony", "check", "transcript", "--digest", &digest]);
    assert!(done(&checked).contains("closed") && !checked.out.contains("word of the"), "{}", checked.out);
    let ended = run(&folder, &["ceremony", "check", "declined"]);
    assert!(done(&ended).contains("ended_early"), "{}", ended.out);
    let text = fs::read_to_string(folder.path().join("transcript")).unwrap();
    fs::write(folder.path().join("transcript"), text.replace("\"shares\":3", "\"shares\":9")).unwrap();
    let altered = run(&folder, &["ceremony", "check", "transcript", "--digest", &digest]);
    assert!(altered.code == 73 && altered.err.contains("does not follow"), "{}", altered.err);
    // init takes the authority over and issues by it
    fs::remove_file(folder.path().join("yinxin.toml")).unwrap();
    folder.file("keys.toml", FILES);
    let naming = ["--name", "演示市数据局", "--credit-code", "11330100MB0000000N", "--region", "330100"];
    let init = finish(program(&folder, &["init", "--folder", ".", "--keys", "keys.toml"]).args(naming));
    done(&init);
    let doctor = run(&folder, &["doctor"]);
    assert_eq!(doctor.code, 0, "{}", doctor.out);
}

/// What a device's doctor finds: each part at fault is named, with what mends it.
#[test]
fn a_doctor_names_what_is_wrong_with_a_device() {
    let folder = Folder::new();
    let keys = folder.path().join("keys");
    let section = softsdf_section(&keys, "sessions = 4\n").replace("[sdf]", "[keys.sdf]");
    folder.file("keys.toml", format!("[keys]\n{section}"));
    let naming = ["--name", "演示市数据局", "--credit-code", "11330100MB0000000N", "--region", "330100"];
    done(&finish(program(&folder, &["init", "--folder", ".", "--keys", "keys.toml"]).args(naming)));
    let doctor = || run(&folder, &["doctor"]);
    assert_eq!(doctor().code, 0);
    let configuration = fs::read_to_string(folder.path().join("yinxin.toml")).unwrap();
    let bad = |part: &str, words: &[&str]| {
        let found = doctor();
        let line = found.out.lines().find(|line| line.starts_with(&format!("{part}\tBAD\t")));
        let line = line.unwrap_or_else(|| panic!("{part}: {}{}", found.out, found.err));
        assert!(found.code == 69 && words.iter().all(|word| line.contains(word)), "{line}");
        // a name may stand there, a bare number never
        assert!(!line.contains("0x"), "{line}");
    };
    let with = |from: &str, to: &str| {
        assert!(configuration.contains(from), "{from}");
        folder.file("yinxin.toml", configuration.replacen(from, to, 1));
    };
    let control = |lines: &str| crate::support::custody::control(&keys, lines);
    let library = crate::support::custody::library().display().to_string();
    // the library: not there, and of something else
    with(&library, "/nowhere/libsdf.so");
    bad("library", &["/nowhere/libsdf.so", "cannot be loaded", "name the library"]);
    with(&library, &loaded("libz.so.1").unwrap_or(library.clone()));
    if loaded("libz.so.1").is_some() {
        bad("library", &["SDF_OpenDevice", "name the one"]);
    }
    // the layout of its structures
    with("sessions = 4", "sessions = 4\necc_bits = 256");
    let layout = doctor();
    assert!(layout.code == 69 && layout.out.contains("ecc_bits"), "{}", layout.out);
    // fewer sessions than configured
    with("sessions = 4", "sessions = 6");
    control("sessions 5\n");
    bad("sessions", &["lower keys.sdf.sessions"]);
    control("");
    // the way to the device
    with("sessions = 4", "sessions = 4");
    control("disconnect 0x01000003\n");
    bad("device", &["SDR_COMMFAIL"]);
    control("");
    // the PIN: shown once, then no more
    private(&folder.path().join("keys.pin"), "87654321");
    let wrong = doctor();
    assert!(wrong.code == 69 && wrong.out.contains("PIN of index=1"), "{}", wrong.out);
    let again = doctor();
    assert!(again.out.contains("refused by the device before"), "{}", again.out);
    private(&folder.path().join("keys.pin"), PIN);
    assert_eq!(doctor().code, 0, "a wrong PIN did not burn the last try");
    // a key that is gone
    let gone = token_file(&folder.path().join("keys.token"));
    fs::rename(&gone, folder.path().join("away")).unwrap();
    let missing = doctor();
    assert!(missing.code == 69 && missing.out.contains("there is no such key"), "{}", missing.out);
    fs::rename(folder.path().join("away"), &gone).unwrap();
    // rights of others
    fs::set_permissions(&keys, fs::Permissions::from_mode(0o755)).unwrap();
    let open = doctor();
    assert!(open.code == 69 && open.out.contains("chmod"), "{}", open.out);
    fs::set_permissions(&keys, fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(doctor().code, 0);
}

/// A library of the system that is none of SDF.
fn loaded(name: &str) -> Option<String> {
    ["/lib", "/usr/lib"]
        .iter()
        .flat_map(|folder| [format!("{folder}/x86_64-linux-gnu/{name}"), format!("{folder}/aarch64-linux-gnu/{name}")])
        .find(|path| Path::new(path).exists())
}

/// The file of the key under index 1.
fn token_file(token: &Path) -> std::path::PathBuf {
    let files = fs::read_dir(token).unwrap().flatten().map(|file| file.path());
    let mut keys: Vec<_> =
        files.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().contains('1'))).collect();
    keys.sort();
    keys.remove(0)
}
