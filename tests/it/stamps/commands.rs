//! `yinxin stamp`, as a user types it.

use super::{unsigned, word};
use crate::support::{
    Folder,
    cli::{Run, command, finish},
};
use std::fs;
use yinxin::flow::stamps::StampMade;

fn program(folder: &Folder, arguments: &[&str]) -> Run {
    finish(command(folder).args(arguments))
}

fn done(run: &Run) {
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
}

#[test]
fn documents_are_stamped_here_and_at_home() {
    let folder = Folder::new();
    let naming = ["--name", "演示市数据局", "--credit-code", "11330100MB0000000N", "--region", "330100"];
    done(&finish(command(&folder).args(["init", "--folder", "."]).args(naming)));
    done(&program(&folder, &["seal", "make", "--code", "3301000000001", "--type", "11100000MB0143028R003"]));
    let listed = program(&folder, &["seal", "list"]);
    let seal = listed.out.split('\t').next().unwrap().to_owned();
    let body = program(&folder, &["body", "list"]).out.split('\t').next().unwrap().to_owned();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("contract.ofd"), unsigned()).unwrap();
    assert_eq!(word("合同").len(), 1);
    let stamp = ["stamp", "contract.ofd", "--seal", &seal, "--place", "word:合同", "--out", "stamped.ofd"];
    let refused = program(&folder, &stamp);
    assert_eq!(refused.code, 73, "{}{}", refused.out, refused.err);
    assert!(refused.err.contains("no authorisation to stamp"), "{}", refused.err);
    let grant = |kind: &str| {
        let to = ["seal", "grant", &seal, "--to-body", &body, "--type", kind, "--until", "2099-01-01"];
        let ground = ["--reason", "合同用章", "--document-number", "演印授〔2026〕9 号"];
        done(&program(&folder, &[&to[..], &ground[..]].concat()));
    };
    grant("document");
    let stamped = program(&folder, &stamp);
    done(&stamped);
    assert!(stamped.out.contains("signature\ts001"), "{}", stamped.out);
    let verified = program(&folder, &["verify", "stamped.ofd", "--trust", "none"]);
    done(&verified);
    // a second one over it
    let again = ["stamp", "stamped.ofd", "--seal", &seal, "--place", "at:1,100,100", "--out", "twice.ofd"];
    done(&program(&folder, &again));
    done(&program(&folder, &["verify", "twice.ofd", "--trust", "none"]));
    let nowhere = ["stamp", "contract.ofd", "--seal", &seal, "--place", "word:不在", "--out", "no.ofd"];
    let refused = program(&folder, &nowhere);
    assert_eq!(refused.code, 73, "{}", refused.err);
    assert!(!path("no.ofd").exists());
    assert_eq!(program(&folder, &["stamp", "contract.ofd", "--seal", &seal, "--out", "x"]).code, 64);

    // at home: the value comes from another machine
    let esl = yinxin_trust_seal(&fs::read(path("stamped.ofd")).unwrap());
    fs::write(path("seal.esl"), esl).unwrap();
    let plan = ["stamp", "contract.ofd", "--seal", &seal, "--place", "word:合同", "--prepare", "plan.json"];
    let prepared = program(&folder, &[&plan[..], &["--seal-file", "seal.esl"]].concat());
    done(&prepared);
    let request: serde_json::Value = serde_json::from_str(&prepared.out).unwrap();
    assert_eq!(request["seal"], serde_json::json!(seal));
    let answer = StampMade {
        id: "0".repeat(32),
        seal: seal.clone(),
        stamped_at: yinxin_trust::base::Moment::from_utc(2026, 11, 22, 2, 0, 0).unwrap(),
        data_hash: request["data_hash"].as_str().unwrap().to_owned(),
        property: request["property"].as_str().unwrap().to_owned(),
        stamp: "AAAA".to_owned(),
    };
    fs::write(path("answer.json"), serde_json::to_vec(&answer).unwrap()).unwrap();
    let home = ["stamp", "contract.ofd", "--finish", "plan.json", "--answer", "answer.json", "--out", "home.ofd"];
    let wrong = program(&folder, &home);
    assert_eq!(wrong.code, 73, "{}", wrong.err);
    assert!(!path("home.ofd").exists());
}

/// Seal.esl of a document that was stamped.
fn yinxin_trust_seal(octets: &[u8]) -> Vec<u8> {
    let package = yinxin_trust::ofd::Package::open(&octets, &yinxin_trust::base::Limits::default()).unwrap();
    let name = package.names().find(|name| name.ends_with("Seal.esl")).unwrap();
    package.read(name).unwrap().to_vec()
}
