//! The commands of an issuing installation, as a new user types them.

use crate::support::{
    Folder,
    cli::{command, finish},
    repository,
};
use std::{
    fs,
    net::TcpListener,
    process::{Command, Stdio},
};

/// The program in a folder of the test's.
fn program(folder: &Folder, arguments: &[&str]) -> Command {
    let mut command = command(folder);
    command.args(arguments);
    command
}

#[test]
fn the_demo_goes_the_whole_way_and_goes_it_again() {
    let folder = Folder::new();
    let first = finish(&mut program(&folder, &["demo", "--once"]));
    assert_eq!((first.code, first.err.as_str()), (0, ""));
    for part in ["valid, in_force 有效", "valid, revoked 吊销", "licence JY23301000000010 issued", "JY23301000000020"]
    {
        assert!(first.out.contains(part), "{part}: {}", first.out);
    }
    assert!(first.out.contains("sign in at /login as xiaoman with "), "{}", first.out);
    assert!(first.out.contains("sign in at /login as officer, approver, "), "{}", first.out);
    let agent = |out: &str, how: &str| {
        let line = out.lines().find(|line| line.contains("sign in at /login as chenmin with ")).unwrap();
        assert!(line.ends_with(how), "{line}");
    };
    agent(&first.out, ": a delegation is in force");
    assert!(folder.path().join("licence.ofd").exists());
    // what it made is what anybody verifies with its anchors and lists
    let anchors = folder.path().join("yinxin-data/pki/anchors.pem");
    let mut arguments = vec!["verify".to_owned(), "licence.ofd".to_owned(), "--trust".to_owned()];
    arguments.push(anchors.display().to_string());
    for list in ["root.crl", "stamper-ca.crl", "seal-maker-ca.crl"] {
        arguments.extend(["--crl".to_owned(), format!("yinxin-data/pki/{list}")]);
    }
    let verified = finish(command(&folder).args(&arguments));
    assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
    // without a list nothing is valid
    let without = finish(command(&folder).args(&arguments[..4]));
    assert_eq!(without.code, 2, "{}", without.out);

    // every stamp stands in the ledger, as a table that programs read
    let ledger =
        ["--config", "yinxin-data/yinxin.toml", "seal", "ledger", "--from", "2026-01-01", "--to", "2099-01-01"];
    let csv = finish(&mut program(&folder, &[&ledger[..], &["--csv"]].concat()));
    let lines: Vec<&str> = csv.out.split_terminator("\r\n").collect();
    assert_eq!((csv.code, lines.len()), (0, 3), "{}{}", csv.out, csv.err);
    assert!(lines[0].starts_with("stamped_at,outcome,") && lines[1].contains(",\"made\","), "{}", csv.out);
    let json = finish(&mut program(&folder, &[&ledger[..], &["--json"]].concat()));
    assert!(json.out.lines().count() == 2 && json.out.contains("\"outcome\":\"made\""), "{}", json.out);

    let second = finish(&mut program(&folder, &["demo", "--once"]));
    assert_eq!((second.code, second.err.as_str()), (0, ""));
    assert!(second.out.contains("used again") && second.out.contains("JY23301000000030"), "{}", second.out);
    agent(&second.out, ": the delegation of before is used again");
}

#[test]
fn a_busy_port_and_a_locked_folder_are_named() {
    let folder = Folder::new();
    assert_eq!(finish(&mut program(&folder, &["demo", "--once"])).code, 0);
    let configuration = folder.path().join("yinxin-data/yinxin.toml");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let text = fs::read_to_string(&configuration).unwrap().replace("127.0.0.1:8080", &address);
    fs::write(&configuration, text).unwrap();
    let busy = finish(&mut program(&folder, &["--config", "yinxin-data/yinxin.toml", "serve"]));
    assert!(busy.code == 70 && busy.err.contains(&address), "{}: {}", busy.code, busy.err);
    drop(taken);
    // another process has the keys
    let mut serving = program(&folder, &["--config", "yinxin-data/yinxin.toml", "serve"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut first_line = String::new();
    let out = serving.stdout.as_mut().unwrap();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut first_line).unwrap();
    assert!(first_line.starts_with("listening"), "{first_line}");
    let locked = finish(&mut program(&folder, &["demo", "--once"]));
    serving.kill().unwrap();
    serving.wait().unwrap();
    assert_eq!(locked.code, 69, "{}", locked.err);
    assert!(locked.err.contains("yinxin-data/keys"), "{}", locked.err);
}

#[test]
fn founding_making_issuing_acting() {
    let folder = Folder::new();
    let naming = ["--name", "演示市数据局", "--credit-code", "11330100MB0000000N", "--region", "330100"];
    let init = finish(program(&folder, &["init", "--folder", "."]).args(naming));
    assert_eq!((init.code, init.err.as_str()), (0, ""), "{}", init.out);
    let again = finish(program(&folder, &["init", "--folder", "."]).args(naming));
    assert!(again.code == 73 && again.err.contains("founded here already"), "{}", again.err);

    let application = repository("schemas/licence-types/examples/food-operation-licence.json").display().to_string();
    let without = finish(&mut program(&folder, &["issue", &application]));
    assert!(without.code == 73 && without.err.contains("does not issue"), "{}", without.err);
    let made = finish(&mut program(
        &folder,
        &["seal", "make", "--code", "3301000000001", "--type", "11100000MB0143028R003", "--out", "seal.esl"],
    ));
    assert_eq!((made.code, made.err.as_str()), (0, ""));
    let shown = finish(&mut program(&folder, &["seal", "show", "seal.esl"]));
    assert!(shown.out.contains("演示市数据局电子证照专用章"), "{}", shown.out);
    assert_eq!(finish(&mut program(&folder, &["seal", "verify", "seal.esl"])).code, 0);

    let issued = finish(&mut program(&folder, &["issue", &application, "--idempotency-key", "one"]));
    assert_eq!((issued.code, issued.err.as_str()), (0, ""));
    let repeated = finish(&mut program(&folder, &["issue", &application, "--idempotency-key", "one"]));
    assert_eq!(repeated.out, issued.out);
    let taken = finish(&mut program(&folder, &["issue", &application]));
    assert!(taken.code == 73 && taken.err.contains("has the number"), "{}", taken.err);

    let identifier = issued.out.lines().next().unwrap().split('\t').nth(1).unwrap();
    let decision = ["--document-number", "一号", "--legal-basis", "某法第一条"];
    let revoked = finish(program(&folder, &["act", "revoke", identifier]).args(decision));
    assert!(revoked.code == 0 && revoked.out.contains("revoked 吊销"), "{}{}", revoked.out, revoked.err);
    let twice = finish(program(&folder, &["act", "revoke", identifier]).args(decision));
    assert_eq!(twice.code, 73, "{}", twice.err);
    let doctor = finish(&mut program(&folder, &["doctor"]));
    assert!(doctor.code == 0 && doctor.out.contains("open intents\tgood\tnone"), "{}{}", doctor.out, doctor.err);
    assert_eq!(finish(&mut program(&folder, &["recover"])).code, 0);
}

#[test]
fn a_locality_that_crosses_borders_is_founded_and_always_warned_of() {
    let folder = Folder::new();
    let naming = ["--name", "演示市数据局", "--credit-code", "11330100MB0000000N", "--region", "330100"];
    let other = finish(program(&folder, &["init", "--folder", ".", "--suite", "rsa"]).args(naming));
    assert!(other.code == 64 && other.err.contains("sm2 or p256"), "{}: {}", other.code, other.err);
    assert_eq!(finish(program(&folder, &["init", "--folder", ".", "--suite", "p256"]).args(naming)).code, 0);
    let configuration = fs::read_to_string(folder.path().join("yinxin.toml")).unwrap();
    assert!(configuration.contains("suite = \"p256\""), "{configuration}");
    let seal = ["seal", "make", "--code", "3301000000001", "--type", "11100000MB0143028R003"];
    assert_eq!(finish(&mut program(&folder, &seal)).code, 0);
    let application = repository("schemas/licence-types/examples/food-operation-licence.json").display().to_string();
    let issued = finish(&mut program(&folder, &["issue", &application]));
    assert_eq!((issued.code, issued.err.as_str()), (0, ""));
    let verify = |anchors: &str| {
        let mut arguments = vec!["verify", "licence.ofd", "--trust", anchors];
        for list in ["pki/root.crl", "pki/stamper-ca.crl", "pki/seal-maker-ca.crl"] {
            arguments.extend(["--crl", list]);
        }
        finish(&mut program(&folder, &arguments))
    };
    let allowed = verify("pki/anchors.pem");
    assert!(allowed.code == 0 && allowed.out.contains("suite.not_national"), "{}{}", allowed.out, allowed.err);
    let bundle = fs::read_to_string(folder.path().join("pki/anchors.pem")).unwrap();
    fs::write(folder.path().join("silent.pem"), bundle.replace("# suite: cross-border\n", "")).unwrap();
    let silent = verify("silent.pem");
    assert!(silent.code == 2 && silent.out.contains("suite.not_national"), "{}{}", silent.out, silent.err);
}

#[test]
fn a_lost_passphrase_stops_issuing_and_nothing_else_is_lost() {
    let folder = Folder::new();
    let naming = ["--name", "演示市数据局", "--credit-code", "11330100MB0000000N", "--region", "330100"];
    assert_eq!(finish(program(&folder, &["init", "--folder", "."]).args(naming)).code, 0);
    let seal = ["seal", "make", "--code", "3301000000001", "--type", "11100000MB0143028R003"];
    assert_eq!(finish(&mut program(&folder, &seal)).code, 0);
    let application = repository("schemas/licence-types/examples/food-operation-licence.json").display().to_string();
    let issue = || finish(&mut program(&folder, &["issue", &application, "--idempotency-key", "one"]));
    let serve = || finish(&mut program(&folder, &["serve"]));
    let passphrase = folder.path().join("passphrase");
    let kept = fs::read(&passphrase).unwrap();
    let (missing, wrong) = ("passphrase: ", "the passphrase does not open");
    for named in [missing, wrong] {
        if named == missing {
            fs::rename(&passphrase, folder.path().join("away")).unwrap();
        } else {
            fs::rename(folder.path().join("away"), &passphrase).unwrap();
            fs::write(&passphrase, "another passphrase").unwrap();
        }
        for (what, refused) in [("issue", issue()), ("serve", serve())] {
            assert_eq!(refused.code, 69, "{what}: {}", refused.err);
            assert!(refused.err.contains(named), "{what}: {}", refused.err);
            assert!(!refused.err.contains("another passphrase"), "{what}: {}", refused.err);
        }
        assert!(!folder.path().join("licence.ofd").exists());
    }
    fs::write(&passphrase, kept).unwrap();
    // nothing was half written: the same request is the first licence
    let issued = issue();
    assert_eq!((issued.code, issued.err.as_str()), (0, ""));
    assert!(issued.out.contains(".000000001.001."), "{}", issued.out);
    let doctor = finish(&mut program(&folder, &["doctor"]));
    assert!(doctor.code == 0 && doctor.out.contains("open intents\tgood\tnone"), "{}{}", doctor.out, doctor.err);
}

#[test]
fn what_is_wrong_with_an_installation_is_named() {
    let folder = Folder::new();
    let naming = ["--name", "演示市数据局", "--credit-code", "11330100MB0000000N", "--region", "330100"];
    assert_eq!(finish(program(&folder, &["init", "--folder", "."]).args(naming)).code, 0);
    let doctor = || finish(&mut program(&folder, &["doctor"]));
    // the passphrase is lost
    let passphrase = folder.path().join("passphrase");
    let kept = fs::read(&passphrase).unwrap();
    fs::write(&passphrase, "another passphrase").unwrap();
    let lost = doctor();
    let why = "passphrase\tBAD\t";
    assert!(lost.code == 69 && lost.out.contains(why) && lost.out.contains("does not open"), "{}", lost.out);
    // what is not at fault is looked at all the same
    assert!(lost.out.contains("register\tgood") && lost.err.contains("one part"), "{}{}", lost.out, lost.err);
    fs::write(&passphrase, kept).unwrap();
    assert_eq!(doctor().code, 0);
    // a picture that is no picture
    fs::write(folder.path().join("picture.png"), b"\x89PNG\r\n\x1a\nno").unwrap();
    let arguments = ["seal", "make", "--code", "1", "--picture", "picture.png"];
    let refused = finish(&mut program(&folder, &arguments));
    assert!(refused.code == 73 && refused.err.contains("PNG"), "{}: {}", refused.code, refused.err);
    // an application that is none
    fs::write(folder.path().join("order.json"), "{").unwrap();
    let refused = finish(&mut program(&folder, &["issue", "order.json"]));
    assert!(refused.code == 64 && refused.err.contains("order.json"), "{}: {}", refused.code, refused.err);
    // the register is gone
    fs::rename(folder.path().join("register.sqlite"), folder.path().join("away")).unwrap();
    let gone = doctor();
    assert_eq!(gone.code, 69, "{}", gone.err);
}

#[test]
fn further_fonts_are_configured_and_a_file_that_is_none_is_named() {
    let folder = Folder::new();
    let naming = ["--name", "演示市数据局", "--credit-code", "11330100MB0000000N", "--region", "330100"];
    assert_eq!(finish(program(&folder, &["init", "--folder", "."]).args(naming)).code, 0);
    let seal = ["seal", "make", "--code", "3301000000001", "--type", "11100000MB0143028R003"];
    assert_eq!(finish(&mut program(&folder, &seal)).code, 0);
    let configuration = folder.path().join("yinxin.toml");
    let without = fs::read_to_string(&configuration).unwrap();
    let with = |name: &str, file: &str| {
        let font = format!("\n[[issuing.fonts]]\nname = \"{name}\"\nfile = \"{file}\"\n");
        fs::write(&configuration, without.clone() + &font).unwrap();
        let application = repository("schemas/licence-types/examples/food-operation-licence.json");
        finish(&mut program(&folder, &["issue", &application.display().to_string()]))
    };
    let missing = with("kai", "fonts/kai.ttf");
    assert!(missing.code == 69 && missing.err.contains("fonts/kai.ttf"), "{}: {}", missing.code, missing.err);
    fs::write(folder.path().join("none.ttf"), "no font").unwrap();
    let none = with("kai", "none.ttf");
    assert!(none.code == 73 && none.err.contains("none.ttf"), "{}: {}", none.code, none.err);
    fs::copy(repository("face/fonts/YinxinSong-Bold.ttf"), folder.path().join("kai.ttf")).unwrap();
    let taken = with("song", "kai.ttf");
    assert!(taken.code == 73 && taken.err.contains("song"), "{}: {}", taken.code, taken.err);
    let issued = with("kai", "kai.ttf");
    assert_eq!((issued.code, issued.err.as_str()), (0, ""));
}
