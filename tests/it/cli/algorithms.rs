//! The file of algorithms that count, by option, by configuration, in the service, and as evidence.

use crate::support::{
    Folder,
    cli::{Run, command, finish},
    example,
    http::{VERIFICATIONS, post},
    repository,
    service::Service,
};
use serde_json::Value;
use std::{fs, path::Path};
use yinxin_trust::sm::sm3;

/// SM2 counts for stamps until that day alone; the example is of the first of June 2026.
fn file(until: &str) -> String {
    format!(
        r#"{{"format":"yinxin-algorithms/1","dated":"2026-11-29","algorithms":[
            {{"algorithm":"sm2-sm3","for":["stamp"],"until":"{until}","claimed_time_counts":true}},
            {{"algorithm":"sm2-sm3","for":["seal","certificate","revocation","time-stamp"]}},
            {{"algorithm":"sm3","for":["digest","time-stamp"]}}]}}"#
    )
}

fn verify(folder: &Folder, more: &[&str]) -> Run {
    let (licence, anchors) = (example("licence-valid.ofd"), example("anchors.pem"));
    let fixed = ["verify", licence.to_str().unwrap(), "--trust", anchors.to_str().unwrap()];
    finish(command(folder).args(fixed).args(more))
}

fn named(report: &Value, path: &Path) {
    let found = &report["trust"]["algorithms"];
    assert_eq!(found["dated"], "2026-11-29");
    assert_eq!(found["sm3"], hex::encode(sm3::digest(&fs::read(path).unwrap())));
}

#[test]
fn a_file_decides_by_option_by_configuration_and_in_the_service() {
    let folder = Folder::new();
    let (ended, counts) =
        (folder.file("ended.json", file("2026-05-31")), folder.file("counts.json", file("2026-06-01")));
    let judged = |path: &Path| verify(&folder, &["--json", "--algorithms", path.to_str().unwrap()]);
    let run = judged(&counts);
    assert_eq!((run.code, &run.json()["verdict"]), (0, &"valid".into()), "{}", run.out);
    named(&run.json(), &counts);
    let run = judged(&ended);
    let report = run.json();
    assert_eq!((run.code, &report["reason"]), (2, &"signature.value".into()));
    assert_eq!(report["subindication"], "CRYPTO_CONSTRAINTS_FAILURE");
    named(&report, &ended);
    let text = verify(&folder, &["--algorithms", "ended.json"]);
    assert!(text.out.contains("algorithms: 2026-11-29") && text.out.contains("algorithm.ended"), "{}", text.out);
    // without one nothing is named
    assert_eq!(verify(&folder, &["--json"]).json()["trust"].get("algorithms"), None);

    // relative to the configuration
    folder.file("yinxin.toml", "[verify]\nalgorithms = \"ended.json\"\n");
    assert_eq!(timeless(&verify(&folder, &["--json"])), timeless(&judged(&ended)));
    // the option takes the place of the configured one
    assert_eq!(judged(&counts).code, 0);

    let anchors = format!("[trust]\nanchors = {:?}\n", example("anchors.pem").display().to_string());
    let sections = |path: &Path| format!("{anchors}[verify]\nalgorithms = {:?}\n", path.display().to_string());
    let octets = fs::read(example("licence-valid.ofd")).unwrap();
    for (path, due) in [(&ended, "indeterminate"), (&counts, "valid")] {
        let service = Service::start_with("", &sections(path));
        let report = post(service.public, VERIFICATIONS, &octets).json();
        assert_eq!(report["verdict"], due);
        named(&report, path);
    }
}

/// The report but for its moment, which is that of the run.
fn timeless(run: &Run) -> Value {
    let mut report = run.json();
    assert!(report.as_object_mut().unwrap().remove("checked_at").is_some());
    report
}

#[test]
fn a_file_that_means_nothing_is_refused_by_name() {
    let folder = Folder::new();
    let whole = file("2026-06-01");
    for (name, text, said) in [
        ("junk.json", "junk".to_owned(), "expected value"),
        ("later.json", whole.replace("algorithms/1", "algorithms/2"), "the format is not"),
        ("word.json", whole.replace("sm2-sm3", "sm2-sm4"), "unknown variant `sm2-sm4`"),
        ("purpose.json", whole.replace("[\"digest\",\"time-stamp\"]", "[\"stamp\"]"), "entry 3: sm3 cannot be used"),
    ] {
        folder.file(name, text);
        folder.file("yinxin.toml", format!("[verify]\nalgorithms = {name:?}\n"));
        for run in [verify(&folder, &["--algorithms", name]), verify(&folder, &[])] {
            assert_eq!((run.code, run.out.as_str()), (64, ""), "{name}");
            assert!(run.err.contains(name) && run.err.contains(said), "{name}: {}", run.err);
        }
        let run = finish(command(&folder).args(["serve"]));
        assert!(run.code == 64 && run.err.contains(name), "{name}: {}", run.err);
    }
    let run = verify(&folder, &["--algorithms", "no-such.json"]);
    assert!(run.code == 64 && run.err.contains("no-such.json"), "{}", run.err);
}

/// The file is a piece: whoever judges with what was kept judges by the rules of then.
#[test]
fn the_file_is_part_of_the_evidence_and_of_receipts() {
    let folder = Folder::new();
    let naming = ["--name", "演示市数据局", "--credit-code", "11330100MB0000000N", "--region", "330100"];
    let done = |arguments: &[&str]| {
        let run = finish(command(&folder).args(arguments));
        assert_eq!(run.code, 0, "{arguments:?}: {}{}", run.out, run.err);
        run
    };
    done(&[&["init", "--folder", "."][..], &naming].concat());
    done(&["seal", "make", "--code", "3301000000001", "--type", "11100000MB0143028R003"]);
    let octets = fs::read(repository("certs/algorithms.json")).unwrap();
    folder.file("algorithms.json", &octets);
    let configuration = folder.path().join("yinxin.toml");
    let text = fs::read_to_string(&configuration).unwrap();
    let section = "[verify]\nalgorithms = \"algorithms.json\"\nseal_status = true\n";
    assert!(!text.contains("[verify]"), "{text}");
    fs::write(&configuration, format!("{text}\n{section}")).unwrap();
    let application = repository("schemas/licence-types/examples/food-operation-licence.json").display().to_string();
    // at issue no register is asked about the seal: whether it may stamp is decided there
    done(&["issue", &application, "--evidence", "issued.json"]);
    let receipt = ["--receipt", "receipt.json", "--purpose", "换证", "--evidence-out", "evidence.json", "--json"];
    let report = done(&[&["verify", "licence.ofd"][..], &receipt].concat()).json();
    named(&report, &folder.path().join("algorithms.json"));
    let signed: Value = serde_json::from_slice(&fs::read(folder.path().join("receipt.json")).unwrap()).unwrap();
    let pieces = signed["receipt"]["evidence"].as_array().unwrap();
    let piece = pieces.iter().find(|piece| piece["kind"] == "algorithms").unwrap();
    assert_eq!(piece["sm3"], hex::encode(sm3::digest(&octets)));
    // another file, or none, changes nothing of what was
    for another in [file("2020-01-01").into_bytes(), Vec::new()] {
        if another.is_empty() {
            fs::write(&configuration, &text).unwrap();
        }
        folder.file("algorithms.json", another);
        let again = done(&["replay", "receipt.json", "--document", "licence.ofd", "--evidence", "evidence.json"]);
        assert_eq!(signed["receipt"]["report"]["sm3"], hex::encode(sm3::digest(again.out.as_bytes())));
        for evidence in ["issued.json", "evidence.json"] {
            let kept = done(&["verify", "licence.ofd", "--evidence", evidence, "--json"]).json();
            assert_eq!(kept["trust"]["algorithms"], report["trust"]["algorithms"], "{evidence}");
        }
    }
}
