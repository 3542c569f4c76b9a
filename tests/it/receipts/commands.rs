//! `verify --receipt`, `--evidence`, `replay`, `recheck`, `receipt`, `issue --evidence`: as a user types them.

use crate::support::{
    Folder,
    cli::{Run, command, finish},
    example, repository,
};
use serde_json::Value;
use std::fs;
use yinxin_trust::sm::sm3;

fn program(folder: &Folder, arguments: &[&str]) -> Run {
    finish(command(folder).args(arguments))
}

fn done(run: &Run) {
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
}

/// An installation with a licence.
fn installed() -> Folder {
    let folder = Folder::new();
    let naming = ["--name", "演示市数据局", "--credit-code", "11330100MB0000000N", "--region", "330100"];
    done(&finish(command(&folder).args(["init", "--folder", "."]).args(naming)));
    done(&program(&folder, &["seal", "make", "--code", "3301000000001", "--type", "11100000MB0143028R003"]));
    let application = repository("schemas/licence-types/examples/food-operation-licence.json").display().to_string();
    done(&program(&folder, &["issue", &application, "--evidence", "issued.json"]));
    folder
}

#[test]
fn a_receipt_goes_its_way_without_the_installation() {
    let folder = installed();
    let verified = program(
        &folder,
        &["verify", "licence.ofd", "--receipt", "receipt.json", "--purpose", "换证", "--evidence-out", "evidence.json"],
    );
    done(&verified);
    assert!(verified.out.contains("VALID"), "{}", verified.out);
    let key = program(&folder, &["receipt", "key"]);
    done(&key);
    let check = program(&folder, &["receipt", "check", "receipt.json"]);
    done(&check);
    assert!(check.out.contains("purpose\t换证") && check.out.contains("standing\tin force"), "{}", check.out);
    assert!(check.err.contains("Signed by this service"), "{}", check.err);
    let replayed = program(&folder, &["replay", "receipt.json", "--document", "licence.ofd"]);
    done(&replayed);
    done(&program(&folder, &["receipt", "evidence", "receipt.json", "--out", "carried.json"]));
    let same = program(&folder, &["recheck", "receipt.json", "licence.ofd"]);
    done(&same);
    assert!(same.out.contains("The same as when it was verified"), "{}", same.out);

    // as a page for people
    let paged = ["verify", "licence.ofd", "--receipt", "receipt.pdf", "--purpose", "换证"];
    done(&program(&folder, &paged));
    let check = program(&folder, &["receipt", "check", "receipt.pdf"]);
    done(&check);
    assert!(check.out.contains("purpose\t换证") && !check.err.contains("not established"), "{}", check.err);

    // to another machine: document, receipt, evidence and the key
    let away = Folder::new();
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    for name in ["licence.ofd", "receipt.json", "evidence.json", "carried.json", "issued.json"] {
        away.file(name, read(name));
    }
    away.file("key.pem", &key.out);
    let replay = |evidence: &str, more: &[&str]| {
        let arguments = ["replay", "receipt.json", "--document", "licence.ofd", "--evidence", evidence];
        program(&away, &[&arguments[..], more].concat())
    };
    let receipt: Value = serde_json::from_slice(&read("receipt.json")).unwrap();
    for evidence in ["evidence.json", "carried.json"] {
        let again = replay(evidence, &["--key", "key.pem"]);
        done(&again);
        assert_eq!(again.out, replayed.out, "octet for octet");
        assert_eq!(receipt["receipt"]["report"]["sm3"], hex::encode(sm3::digest(again.out.as_bytes())));
    }
    // nobody vouches for the key there
    let unknown = replay("evidence.json", &[]);
    assert!(
        unknown.code == 2 && unknown.out.is_empty() && unknown.err.contains("nobody here vouches"),
        "{}",
        unknown.err
    );
    // without the register's answer the report would be another
    let lacking = replay("issued.json", &["--key", "key.pem"]);
    assert!(lacking.code == 2 && lacking.err.contains("standing"), "{}: {}", lacking.code, lacking.err);
    let text = String::from_utf8(read("evidence.json")).unwrap();
    away.file("altered.json", text.replacen("\"octets\":\"", "\"octets\":\"AAAA", 1));
    let altered = replay("altered.json", &["--key", "key.pem"]);
    assert!(altered.code == 2 && altered.err.contains("was altered"), "{}: {}", altered.code, altered.err);
    let other =
        ["replay", "receipt.json", "--document", "evidence.json", "--evidence", "evidence.json", "--key", "key.pem"];
    let other = program(&away, &other);
    assert!(other.code == 1 && other.err.contains("the document is another one"), "{}", other.err);
    let forged = String::from_utf8(read("receipt.json")).unwrap().replace("换证", "开户");
    away.file("forged.json", forged);
    let forged = program(&away, &["receipt", "check", "forged.json", "--key", "key.pem"]);
    assert!(forged.code == 1 && forged.err.contains("was altered") && !forged.out.contains("开户"), "{}", forged.err);
    let none = program(&away, &["receipt", "check", "licence.ofd", "--key", "key.pem"]);
    assert_eq!(none.code, 65, "{}", none.err);

    // from the evidence of issuing alone, in any year
    let verified = program(&away, &["verify", "licence.ofd", "--evidence", "issued.json"]);
    done(&verified);
    assert!(verified.err.contains("the anchors are those of the evidence file"), "{}", verified.err);
    let bundle = example("anchors.pem").display().to_string();
    let strangers = program(&away, &["verify", "licence.ofd", "--evidence", "issued.json", "--trust", &bundle]);
    assert_eq!(strangers.code, 2, "{}", strangers.out);
    let later = program(&away, &["verify", "licence.ofd", "--evidence", "issued.json", "--at", "2060-01-01"]);
    assert_ne!(later.code, 0, "{}", later.out);
}

#[test]
fn what_changed_is_told_and_ends_the_program_so() {
    let folder = installed();
    done(&program(&folder, &["verify", "licence.ofd", "--receipt", "receipt.json", "--purpose", "换证"]));
    let receipt: Value = serde_json::from_slice(&fs::read(folder.path().join("receipt.json")).unwrap()).unwrap();
    assert_eq!(receipt["receipt"]["asked_by"]["body"], "演示市数据局");
    let issued = program(&folder, &["verify", "licence.ofd", "--json"]).json();
    let identifier = issued["licence"]["identifier"].as_str().unwrap().to_owned();
    let revoke = ["act", "revoke", &identifier, "--document-number", "1 号", "--legal-basis", "《食品安全法》"];
    done(&program(&folder, &revoke));
    let found = program(&folder, &["recheck", "receipt.json", "licence.ofd"]);
    assert_eq!(found.code, 5, "{}{}", found.out, found.err);
    assert!(found.out.contains("Standing: then in force, now revoked."), "{}", found.out);
    let chinese = finish(command(&folder).env("LANG", "zh_CN.UTF-8").args(["recheck", "receipt.json", "licence.ofd"]));
    assert!(chinese.out.contains("证照状态：当时有效，现在已吊销。"), "{}", chinese.out);
}

#[test]
fn what_does_not_go_together_is_a_question_of_usage() {
    let folder = Folder::new();
    let licence = example("licence-valid.ofd").display().to_string();
    let anchors = example("anchors.pem").display().to_string();
    for arguments in [
        &["verify", &licence, "--receipt", "r.json"][..],
        &["verify", &licence, "--receipt", "r.json", "--purpose", "x", "--trust", "none"],
        &["verify", &licence, "--receipt", "r.json", "--purpose", "x"],
        &["verify", &licence, &licence, "--evidence-out", "e.json"],
        &["verify", &licence, "--evidence", "nothing.json", "--strict"],
        &["replay", "receipt.json"],
    ] {
        let run = program(&folder, arguments);
        assert_eq!(run.code, 64, "{arguments:?}: {}{}", run.out, run.err);
    }
    // without a register, from files alone
    let kept = program(&folder, &["verify", &licence, "--trust", &anchors, "--evidence-out", "e.json", "--json"]);
    let again = program(&folder, &["verify", &licence, "--evidence", "e.json", "--json"]);
    // the same report, and what is to be said of kept evidence
    let mut report = again.json();
    let members = report.as_object_mut().unwrap();
    assert!(members.remove("kept").is_some());
    let checks = members["checks"].as_array_mut().unwrap();
    assert_eq!(checks.pop().unwrap()["id"], "evidence.renewal");
    assert_eq!((again.code, report), (kept.code, kept.json()));
    let missing = program(&folder, &["verify", &licence, "--evidence", "nothing.json"]);
    assert_eq!(missing.code, 66, "{}", missing.err);
}
