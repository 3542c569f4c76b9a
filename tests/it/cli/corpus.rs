//! `yinxin verify --trust none --json` on every file of the given corpus: the
//! manifest's answer, by exit code and by a report that fits its schema.

use crate::support::{
    cli::{Run, run},
    schema::assert_is_report,
};
use serde_json::Value;
use std::path::Path;

/// Exit codes that the manifest's `must` allows.
fn allowed(entry: &Value) -> &'static [i32] {
    let is_shadowed = entry["expect"]["current_version"]["covered"] == false
        || entry["file"] == "mutated/second-docbody-in-uncovered-ofd-xml.ofd";
    let is_complete = entry["expect"]["coverage"] == "complete" || entry["expect"]["coverage"].is_null();
    match entry["expect"]["must"].as_str().unwrap() {
        _ if is_shadowed => &[1],
        "accept" => &[0],
        "accept-with-notice" => &[4],
        "lenient-or-malformed" if is_complete => &[0, 1],
        "lenient-or-malformed" => &[4, 1],
        "reject" => &[1, 65],
        "unsigned" => &[3],
        "undecided" => &[2],
        other => panic!("the manifest has a new word: {other}"),
    }
}

#[test]
fn every_file_has_the_manifests_answer() {
    let Some(shared) = yinxin_testkit::shared() else { return };
    let manifest: Value = serde_json::from_slice(&std::fs::read(shared.join("corpus/manifest.json")).unwrap()).unwrap();
    for entry in manifest["files"].as_array().unwrap() {
        let file = shared.join("corpus").join(entry["file"].as_str().unwrap());
        let run = verify(&file, entry["expect"]["detail"]["created"].as_str());
        assert!(allowed(entry).contains(&run.code), "{}: exit {}", entry["file"], run.code);
        let answer: Value = run.json();
        if run.code == 65 {
            assert!(answer["error"]["code"].is_string() && answer["verdict"].is_null());
            continue;
        }
        assert_is_report(&answer);
        let is_lenient = entry["expect"]["must"] == "lenient-or-malformed";
        if is_lenient && run.code == 1 {
            let reason = answer["reason"].as_str().unwrap();
            assert!(["signature.format", "seal.format"].contains(&reason), "{}: {reason}", entry["file"]);
        }
    }
}

fn verify(file: &Path, at: Option<&str>) -> Run {
    let file = file.to_str().unwrap();
    let mut arguments = vec!["verify", "--trust", "none", "--json", file];
    if let Some(at) = at {
        arguments.extend(["--at", at]);
    }
    run(arguments)
}
