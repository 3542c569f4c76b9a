//! `evidence renew|check|renew-kept`, `verify --evidence --today`, `replay` of renewed evidence: as a user types them.

use crate::support::{
    Folder,
    cli::{Run, command, finish},
    repository,
};
use serde_json::Value;
use std::fs;

fn program(folder: &Folder, arguments: &[&str]) -> Run {
    finish(command(folder).args(arguments))
}

fn done(run: Run) -> Run {
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    run
}

/// An installation with a time stamp authority of its own, and a licence.
fn installed() -> Folder {
    let folder = Folder::new();
    let naming = ["--name", "演示市数据局", "--credit-code", "11330100MB0000000N", "--region", "330100"];
    done(program(&folder, &[&["init", "--folder", "."][..], &naming].concat()));
    let section =
        done(program(&folder, &["tsa", "make", "--organisation", "演示市数据局", "--policy", "1.2.156.99999.1.1"]));
    let configuration = folder.path().join("yinxin.toml");
    let text = fs::read_to_string(&configuration).unwrap();
    let text = format!("{text}\n{}\n[time_stamps]\nobtain_from = \"own\"\n", section.out);
    fs::write(&configuration, text).unwrap();
    done(program(&folder, &["seal", "make", "--code", "3301000000001", "--type", "11100000MB0143028R003"]));
    let application = repository("schemas/licence-types/examples/food-operation-licence.json").display().to_string();
    done(program(&folder, &["issue", &application, "--evidence", "issued.json"]));
    folder
}

fn renewal_of(report: &Value) -> &Value {
    let checks = report["checks"].as_array().unwrap();
    checks.iter().find(|check| check["id"] == "evidence.renewal").unwrap()
}

#[test]
fn a_file_is_renewed_beside_its_document() {
    let folder = installed();
    let check = |more: &[&str]| {
        program(&folder, &[&["evidence", "check", "issued.json", "--document", "licence.ofd"][..], more].concat())
    };
    let bare = check(&[]);
    assert!(bare.code == 2 && bare.out.contains("There is no time stamp over the evidence"), "{}", bare.out);
    // the day after tomorrow, when the algorithm of the lists has ended
    let issued: Value = serde_json::from_slice(&fs::read(folder.path().join("issued.json")).unwrap()).unwrap();
    let day = |offset: i64| {
        let at = yinxin_trust::base::Moment::parse(issued["moment"].as_str().unwrap()).unwrap();
        let at = yinxin_trust::base::Moment::from_unix_seconds(at.unix_seconds() + offset * 86_400).unwrap();
        yinxin_trust::base::Day::in_beijing_at(at).unwrap().to_string()
    };
    ended(&folder, &day(1));
    let later = day(3);
    let judged = |today: &str| {
        let fixed = ["verify", "licence.ofd", "--evidence", "issued.json", "--json", "--algorithms", "algorithms.json"];
        program(&folder, &[&fixed[..], &["--today", today]].concat())
    };
    let now = judged(&day(0));
    assert_eq!((now.code, &renewal_of(&now.json())["code"]), (0, &"absent".into()), "{}", now.out);
    // the time stamp within the licence proves its stamp, and nothing of the lists
    let without = judged(&later);
    assert_eq!((without.code, &without.json()["verdict"]), (2, &"indeterminate".into()), "{}", without.out);
    let renew = ["evidence", "renew", "issued.json", "--document", "licence.ofd"];
    let renewed = done(program(&folder, &renew));
    assert!(renewed.out.contains("renewals\t1") && renewed.out.contains("renew before\t"), "{}", renewed.out);
    let report = judged(&later);
    assert_eq!((report.code, &report.json()["verdict"]), (0, &"valid".into()), "{}", report.out);
    let report = report.json();
    assert_eq!(renewal_of(&report)["outcome"], "passed");
    assert!(report["kept"]["existed_by"].is_string() && report["checked_at"] == issued["moment"], "{report}");
    let told = done(check(&[]));
    assert!(told.out.contains("1\tsm3\t") && told.out.contains("Time stamps, 1, prove"), "{}", told.out);
    assert!(told.err.contains("the anchors are those of the evidence file"), "{}", told.err);
    // when its authority has ended it proves nothing
    let lapsed = check(&["--today", "2060-01-01"]);
    assert!(lapsed.code == 2 && lapsed.out.contains("counts no more"), "{}", lapsed.out);
    assert_eq!(judged("2060-01-01").code, 2);
    // by the same authority nothing is gained
    let refused = program(&folder, &renew);
    assert!(refused.code == 73 && refused.err.contains("no longer than the last one"), "{}", refused.err);
    // by anchors of which it is none
    let stranger = crate::support::example("anchors.pem").display().to_string();
    let unknown = check(&["--trust", &stranger]);
    assert!(unknown.code == 2 && unknown.out.contains("is not known"), "{}", unknown.out);

    let text = fs::read_to_string(folder.path().join("issued.json")).unwrap();
    let moment = issued["moment"].as_str().unwrap();
    let moved = text.replace(moment, &moment.replace("2026-", "2025-"));
    assert_ne!(moved, text);
    folder.file("moved.json", moved);
    let altered = program(&folder, &["evidence", "check", "moved.json", "--document", "licence.ofd"]);
    assert!(altered.code == 2 && altered.out.contains("is over something else"), "{}{}", altered.out, altered.err);
    let refused = program(&folder, &["evidence", "renew", "moved.json", "--document", "licence.ofd"]);
    assert!(refused.code == 73 && refused.err.contains("does not hold"), "{}", refused.err);
    let missing = text.replace("\"number\":1", "\"number\":2");
    folder.file("missing.json", missing);
    let missing = program(&folder, &["verify", "licence.ofd", "--evidence", "missing.json"]);
    assert!(missing.err.contains("one is missing, or they are out of order"), "{}", missing.err);
    let usage = program(&folder, &["verify", "licence.ofd", "--today", "2030-01-01"]);
    assert_eq!(usage.code, 64, "{}", usage.err);
}

/// SM2 counts for revocation lists until that day alone.
fn ended(folder: &Folder, until: &str) {
    let text = format!(
        r#"{{"format":"yinxin-algorithms/1","dated":"2026-11-29","algorithms":[
            {{"algorithm":"sm2-sm3","for":["revocation"],"until":"{until}"}},
            {{"algorithm":"sm2-sm3","for":["stamp","seal","certificate","time-stamp"]}},
            {{"algorithm":"sm3","for":["digest","time-stamp"]}}]}}"#
    );
    folder.file("algorithms.json", text);
}

#[test]
fn what_the_register_keeps_is_renewed_and_replayed() {
    let folder = installed();
    let receipt = ["verify", "licence.ofd", "--receipt", "receipt.json", "--purpose", "换证"];
    done(program(&folder, &receipt));
    let replay = |evidence: &str| {
        program(&folder, &["replay", "receipt.json", "--document", "licence.ofd", "--evidence", evidence])
    };
    done(program(&folder, &["receipt", "evidence", "receipt.json", "--out", "before.json"]));
    let before = done(replay("before.json"));
    assert!(!before.err.contains("prove"), "{}", before.err);
    let kept = done(program(&folder, &["evidence", "renew-kept"]));
    assert_eq!(kept.out, "first\t2\nagain\t0\nlost\t0\n", "the licence and the receipt");
    assert_eq!(done(program(&folder, &["evidence", "renew-kept"])).out, "first\t0\nagain\t0\nlost\t0\n");
    done(program(&folder, &["receipt", "evidence", "receipt.json", "--out", "after.json"]));
    let after = done(replay("after.json"));
    assert_eq!(after.out, before.out, "octet for octet");
    assert!(after.err.contains("Time stamps, 1, prove"), "{}", after.err);
    // and from the register itself
    let own = done(program(&folder, &["replay", "receipt.json", "--document", "licence.ofd"]));
    assert!(own.err.contains("Time stamps, 1, prove"), "{}", own.err);
    // a path that leads elsewhere
    let text = fs::read_to_string(folder.path().join("after.json")).unwrap();
    let altered = text.replace("\"index\":0", "\"index\":7").replace("\"index\":1,", "\"index\":7,");
    assert_ne!(altered, text);
    folder.file("altered.json", altered);
    let altered = replay("altered.json");
    assert!(
        altered.code == 2 && altered.out.is_empty() && altered.err.contains("is over something else"),
        "{}",
        altered.err
    );
}
