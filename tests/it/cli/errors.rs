//! Everything that ends without a report: codes, forms, words.

use crate::support::{
    Folder,
    cli::{command, finish, run, run_with_input},
};
use std::{fs::File, process::Stdio};

#[test]
fn usage_is_64() {
    for arguments in [
        &["verify"][..],
        &["verfy", "a"],
        &["verify", "--at", "yesterday", "a"],
        &["verify", "--profile", "loose", "a"],
        &["verify", "--trust", "no-such.pem", "a"],
        &["verify", "--config", "no-such.toml", "a"],
        &[],
    ] {
        let run = run(arguments);
        assert_eq!((run.code, run.out.as_str()), (64, ""), "{arguments:?}");
        assert!(!run.err.is_empty());
    }
}

#[test]
fn help_and_version_are_no_error() {
    let run = run(["verify", "--help"]);
    assert_eq!(run.code, 0);
    for line in ["0  valid", "70  internal", "70 66 65 1 2 3 4 5 0"] {
        assert!(run.out.contains(line), "{}", run.out);
    }
    assert_eq!(crate::support::cli::run(["--version"]).code, 0);
}

#[test]
fn anchors_that_are_none_are_refused() {
    let folder = Folder::new();
    let (bundle, file) = (folder.file("anchors.pem", "no certificate"), folder.file("a.ofd", "junk"));
    let run = finish(command(&folder).arg("verify").arg("--trust").arg(bundle).arg(&file));
    assert_eq!(run.code, 64);
    assert!(run.err.contains("anchors.pem"), "{}", run.err);
    folder.file("yinxin.toml", "[trust]\nanchors = \"elsewhere.pem\"");
    let run = finish(command(&folder).arg("verify").arg(&file));
    assert_eq!(run.code, 64);
    assert!(run.err.contains("elsewhere.pem"), "{}", run.err);
}

#[test]
fn a_broken_configuration_is_named() {
    let folder = Folder::new();
    let file = folder.file("a.ofd", "junk");
    let config = folder.file("other.toml", "[trust]\nanchor = \"x\"");
    for run in [
        finish(command(&folder).arg("verify").arg("--config").arg(&config).arg(&file)),
        finish(command(&folder).env("YINXIN_CONFIG", &config).arg("verify").arg(&file)),
        finish(command(&folder).env("YINXIN_CONFIG", &config).arg("serve")),
    ] {
        assert_eq!(run.code, 64);
        assert!(run.err.contains("anchor"), "{}", run.err);
    }
}

#[test]
fn junk_is_65_and_has_no_verdict() {
    let folder = Folder::new();
    let file = folder.file("笔记.txt", b"not a document");
    let path = file.to_str().unwrap();
    let json = run(["verify", "--json", path]);
    assert_eq!(json.code, 65);
    let value = json.json();
    assert_eq!(value["file"], path);
    assert_eq!(value["error"]["code"], "not_a_document");
    assert!(value["error"]["zh"].is_string() && value["error"]["en"].is_string());
    assert!(value.get("verdict").is_none() && value["error"].get("verdict").is_none());
    let text = run(["verify", path]);
    assert_eq!(text.code, 65);
    assert!(text.out.contains("NOT CHECKED") && !text.out.contains("INVALID"), "{}", text.out);
    let chinese = finish(command(&folder).env("LANG", "zh_CN.UTF-8").arg("verify").arg(path));
    assert!(chinese.out.contains("没有核验结论"), "{}", chinese.out);
    let chosen = finish(command(&folder).env("LANG", "zh_CN.UTF-8").args(["verify", "--lang", "en", path]));
    assert_eq!(chosen.out, text.out);
}

#[test]
fn standard_input() {
    let run = run_with_input(["verify", "--json", "-"], b"junk");
    assert_eq!((run.code, &run.json()["file"]), (65, &"-".into()));
    let folder = Folder::new();
    let config = folder.file("small.toml", "[serve]\nupload_limit_bytes = 1024");
    let run = run_with_input(["verify", "--json", "--config", config.to_str().unwrap(), "-"], &vec![b'P'; 1025]);
    assert_eq!((run.code, &run.json()["error"]["code"]), (66, &"too_long".into()));
}

#[test]
fn what_cannot_be_read_is_66() {
    let folder = Folder::new();
    let run = finish(command(&folder).args(["verify", "--json", "no-such.ofd"]));
    assert_eq!((run.code, &run.json()["error"]["code"]), (66, &"unreadable".into()));
    let run = finish(command(&folder).args(["verify", "--json", "."]));
    assert_eq!((run.code, &run.json()["error"]["code"]), (66, &"unreadable".into()));
}

#[test]
fn several_files_are_json_lines_and_the_worst_counts() {
    let folder = Folder::new();
    let file = folder.file("junk", "junk");
    let junk = file.to_str().unwrap();
    let both = finish(command(&folder).args(["verify", "--json", junk, "no-such.ofd"]));
    assert_eq!(both.code, 66);
    let lines = both.lines();
    assert_eq!(lines.len(), 2);
    assert_eq!((&lines[0]["file"], &lines[0]["error"]["code"]), (&junk.into(), &"not_a_document".into()));
    assert_eq!((&lines[1]["file"], &lines[1]["error"]["code"]), (&"no-such.ofd".into(), &"unreadable".into()));
    assert!(both.out.lines().all(|line| line.starts_with("{\"file\":")));
    let text = finish(command(&folder).args(["verify", junk, junk]));
    assert_eq!(text.code, 65);
    assert!(text.out.contains("Files 2: not a document 2"), "{}", text.out);
}

#[test]
fn output_that_cannot_be_written_is_70() {
    let folder = Folder::new();
    let file = folder.file("junk", "junk");
    let full = File::options().write(true).open("/dev/full").unwrap();
    let status = command(&folder).arg("verify").arg(file).stdout(full).stderr(Stdio::null()).status().unwrap();
    assert_eq!(status.code(), Some(70));
}

#[test]
fn pipes_carry_no_colour() {
    let folder = Folder::new();
    let file = folder.file("junk", "junk");
    assert!(!finish(command(&folder).arg("verify").arg(file)).out.contains('\u{1b}'));
}
