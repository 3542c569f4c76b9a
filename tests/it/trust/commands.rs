//! `yinxin trust`, as operators and the two people type it.

use crate::support::{
    Folder,
    cli::{Run, command, finish},
    repository,
};
use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

const NAMING: [&str; 6] =
    ["--name", "阜阳市数据局（演示）", "--credit-code", "11341200MB0000000C", "--region", "341200"];

const PLAN: &str = "\
operator = \"阜阳市数据资源管理局（演示）\"
territory = \"341200\"
next_update_days = 30

[[services]]
kind = \"stamper-ca\"
name = \"阜阳市签章者证书机构\"
certificate = \"pki/stamper-ca.pem\"
history = [{ state = \"granted\", from = \"2026-01-01T00:00:00Z\" }]
scope = { regions = [\"3412\"], from = \"2026-01-01\" }

[[services]]
kind = \"seal-maker-ca\"
name = \"阜阳市制章者证书机构\"
certificate = \"pki/seal-maker-ca.pem\"
history = [{ state = \"granted\", from = \"2026-01-01T00:00:00Z\" }]
scope = { from = \"2026-01-01\" }
";

fn run(folder: &Folder, arguments: &[&str]) -> Run {
    finish(command(folder).args(arguments))
}

fn done(folder: &Folder, arguments: &[&str]) -> String {
    let run = run(folder, arguments);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{arguments:?}: {}", run.out);
    run.out
}

/// The value after a word and a tab.
fn value(out: &str, word: &str) -> String {
    let line = out.lines().find_map(|line| line.strip_prefix(word)?.strip_prefix('\t'));
    line.unwrap_or_else(|| panic!("{word} in {out}")).to_owned()
}

/// An issuing locality with a licence and its first list.
fn fuyang() -> Folder {
    let folder = Folder::new();
    done(&folder, &[&["init", "--folder", "."][..], &NAMING].concat());
    let no_key = run(&folder, &["trust", "make", "plan.toml", "--out", "trust"]);
    assert!(no_key.code == 73 && no_key.err.contains("--purpose trust-list"), "{}: {}", no_key.code, no_key.err);
    done(&folder, &["key", "generate", "--purpose", "trust-list"]);
    folder.file("plan.toml", PLAN);
    let made = done(&folder, &["trust", "make", "plan.toml", "--out", "trust"]);
    assert_eq!((value(&made, "sequence").as_str(), made.matches("change\t").count()), ("1", 2), "{made}");
    done(&folder, &["seal", "make", "--code", "3412000000001", "--type", "11100000MB0143028R003"]);
    let application = repository("schemas/licence-types/examples/food-operation-licence.json").display().to_string();
    done(&folder, &["issue", &application]);
    folder
}

/// A verifying locality with two people.
fn ouhai() -> Folder {
    let folder = Folder::new();
    folder.file("yinxin.toml", "[database]\naddress = \"sqlite:yinxin.sqlite\"\n");
    let password = folder.file("password", "a long password\n");
    fs::set_permissions(password, fs::Permissions::from_mode(0o600)).unwrap();
    done(&folder, &["migrate"]);
    done(
        &folder,
        &["body", "create", "--name", "瓯海区数据局", "--credit-code", "11330304MB0000000T", "--region", "330304"],
    );
    for (login, role) in [("zhang.san", "seal_keeper"), ("li.si", "administrator"), ("wang.wu", "officer")] {
        done(&folder, &["person", "create", login, "--name", login, "--role", role, "--password-file", "password"]);
    }
    folder
}

fn lists(fuyang: &Folder) -> [String; 6] {
    let at = |name: &str| fuyang.path().join("pki").join(name).display().to_string();
    let crl = || "--crl".to_owned();
    [crl(), at("root.crl"), crl(), at("stamper-ca.crl"), crl(), at("seal-maker-ca.crl")]
}

fn verify(folder: &Folder, fuyang: &Folder, more: &[&str]) -> Run {
    let document = fuyang.path().join("licence.ofd").display().to_string();
    finish(command(folder).args(["verify", &document]).args(lists(fuyang)).args(more))
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

#[test]
fn from_a_plan_to_a_licence_of_another_locality_that_is_valid() {
    let (fuyang, ouhai) = (fuyang(), ouhai());
    let at = fuyang.path().join("trust");
    let (list, key) = (text(&at.join("trust-list.json")), text(&at.join("operator-key.pem")));
    assert_eq!(verify(&ouhai, &fuyang, &[]).code, 2, "nothing is trusted yet");

    // once, without a register
    let once = verify(&ouhai, &fuyang, &["--trust-list", &list, "--operator-key", &key]);
    assert_eq!(once.code, 0, "{}{}", once.out, once.err);
    let lone = verify(&ouhai, &fuyang, &["--trust-list", &list]);
    assert_eq!(lone.code, 64, "{}", lone.err);

    let added = done(&ouhai, &["trust", "add", "阜阳", "--key", &key, "--list", &list]);
    let sm3 = value(&added, "sm3");
    assert!(added.contains("waits for two people"), "{added}");
    assert_eq!(run(&ouhai, &["trust", "add", "阜阳", "--key", &key, "--list", &list]).code, 73);
    assert!(done(&ouhai, &["trust", "list"]).contains("阜阳\tnone in use\t\t1 waits, accepted by 0 of 2"));
    let diff = done(&ouhai, &["trust", "diff", "阜阳"]);
    assert_eq!((value(&diff, "sm3"), diff.matches("change\t").count()), (sm3.clone(), 2));
    let accept = |login: &str| {
        run(&ouhai, &["trust", "accept", "阜阳", "--sm3", &sm3, "--login", login, "--password-file", "password"])
    };
    assert_eq!(accept("wang.wu").code, 73, "an officer may not");
    assert_eq!(accept("zhang.san").out, "accepted: a second person is wanted\n");
    let same = accept("zhang.san");
    assert!(same.code == 73 && same.err.contains("a second person is wanted"), "{}", same.err);
    assert_eq!(verify(&ouhai, &fuyang, &[]).code, 2);
    assert_eq!(accept("li.si").out, "accepted: in use\n");
    let valid = verify(&ouhai, &fuyang, &[]);
    assert_eq!(valid.code, 0, "{}{}", valid.out, valid.err);
    // anchors that are named on the command line are the only ones
    let anchors = text(&crate::support::example("anchors.pem"));
    assert_eq!(verify(&ouhai, &fuyang, &["--trust", &anchors]).code, 2);

    done(&ouhai, &["trust", "export", "阜阳", "--out", "out"]);
    for name in ["trust-list.json", "trust-list.sig", "operator-key.pem"] {
        assert_eq!(fs::read(ouhai.path().join("out").join(name)).unwrap(), fs::read(at.join(name)).unwrap(), "{name}");
    }
    assert!(done(&ouhai, &["trust", "show", "阜阳"]).contains("waits\tnone"));
}

#[test]
fn the_next_list_is_one_more_and_what_is_altered_is_refused() {
    let (fuyang, ouhai) = (fuyang(), ouhai());
    let at = fuyang.path().join("trust");
    let (list, key) = (text(&at.join("trust-list.json")), text(&at.join("operator-key.pem")));
    done(&ouhai, &["trust", "add", "阜阳", "--key", &key, "--list", &list]);
    let next = done(&fuyang, &["trust", "make", "plan.toml", "--out", "trust"]);
    assert_eq!(value(&next, "sequence"), "2");
    assert!(next.contains("none but sequence and times"), "{next}");
    assert!(done(&ouhai, &["trust", "refresh", "阜阳", "--from", &list]).contains("sequence\t2"));
    // another operator in the plan is what nobody would take
    fuyang.file("plan.toml", PLAN.replace("阜阳市数据资源管理局", "别的局"));
    let other = run(&fuyang, &["trust", "make", "plan.toml", "--out", "trust"]);
    assert!(other.code == 73 && other.err.contains("would not take this one"), "{}: {}", other.code, other.err);
    let misspelt = PLAN.replace("scope = {", "scop = {");
    fuyang.file("plan.toml", misspelt);
    let misspelt = run(&fuyang, &["trust", "make", "plan.toml", "--out", "trust"]);
    assert!(misspelt.code == 73 && misspelt.err.contains("scop"), "{}: {}", misspelt.code, misspelt.err);
    fuyang.file("plan.toml", PLAN.replace("\"3412\"", "\"340000\""));
    let noughts = run(&fuyang, &["trust", "make", "plan.toml", "--out", "trust"]);
    assert!(noughts.err.contains("/services/0/scope/regions/0"), "{}", noughts.err);

    let octets = fs::read_to_string(at.join("trust-list.json")).unwrap();
    fs::write(at.join("trust-list.json"), octets.replace("3412", "3301")).unwrap();
    let altered = run(&ouhai, &["trust", "refresh", "阜阳", "--from", &list]);
    assert!(altered.code == 73 && altered.err.contains("wrong_signature"), "{}: {}", altered.code, altered.err);
    let once = verify(&ouhai, &fuyang, &["--trust-list", &list, "--operator-key", &key]);
    assert!(once.code == 64 && once.err.contains("wrong_signature"), "{}: {}", once.code, once.err);
    let nobody = run(&ouhai, &["trust", "diff", "合肥"]);
    assert!(nobody.code == 73 && nobody.err.contains("no operator of that name"), "{}", nobody.err);
    let remote = run(&ouhai, &["trust", "add", "a", "--key", &key, "--list", "http://a.example/trust-list.json"]);
    assert!(remote.code == 73 && remote.err.contains("only https"), "{}", remote.err);
}

#[test]
fn the_demonstration_of_two_localities_comes_out_as_expected() {
    let folder = Folder::new();
    let shown = run(&folder, &["demo", "--two-localities", "--once"]);
    assert_eq!((shown.code, shown.err.as_str()), (0, ""), "{}", shown.out);
    for part in [
        "unknown_issuer",
        "valid, in_force",
        "valid, suspended",
        "valid, revoked",
        "留存",
        "wrong_signature",
        "rolled_back",
        "no_proof",
        "摆渡",
        "out_of_order",
        "foreign",
        "过旧",
        "亮证码",
        "CANNOT_CHECK",
        "VALID",
        "REVOKED",
    ] {
        assert!(shown.out.contains(part), "{part}: {}", shown.out);
    }
    assert_eq!(run(&folder, &["demo", "--two-localities"]).code, 64, "it serves nothing afterwards");
}
