//! Every file of `tests/golden` (made by `testkit`) against its manifest, with
//! the made-up anchors: one file, one property.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::Value;
use std::path::{Path, PathBuf};
use yinxin_trust::{
    anchor::{Anchors, RevocationLists},
    base::Moment,
    verify::{CheckError, CoverageState, Evidence, Policy, Report, check},
};

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden")
}

fn word<T: serde::Serialize>(value: &T) -> Value {
    serde_json::to_value(value).unwrap()
}

#[test]
fn every_file_as_its_manifest_says() {
    let manifest: Value = serde_json::from_slice(&std::fs::read(golden().join("manifest.json")).unwrap()).unwrap();
    let anchors = Anchors::from_pem(&std::fs::read(golden().join("anchors.pem")).unwrap()).unwrap();
    let revocation = RevocationLists::beside_anchors(&std::fs::read(golden().join("anchors.pem")).unwrap()).unwrap();
    let evidence = Evidence { revocation, ..Evidence::default() };
    let at = Moment::parse(manifest["at"].as_str().unwrap()).unwrap();
    let files = manifest["files"].as_array().unwrap();
    assert!(files.len() > 90);
    let mut bad = Vec::new();
    for entry in files {
        let name = entry["file"].as_str().unwrap();
        let octets = std::fs::read(golden().join(name)).unwrap();
        let run = |policy: &Policy| check(&octets, &anchors, &evidence, policy, at);
        let mut faults = differences(entry, run(&Policy::default()));
        let strict = run(&Policy { strict_encoding: true, ..Policy::default() });
        faults.extend(strict_differences(entry, strict));
        if !faults.is_empty() {
            bad.push(format!("{name}: {}", faults.join("; ")));
        }
    }
    assert!(bad.is_empty(), "{} files differ:\n{}", bad.len(), bad.join("\n"));
}

fn differences(entry: &Value, report: Result<Report, CheckError>) -> Vec<String> {
    let report = match report {
        Ok(report) => report,
        Err(error) => return vec![error.to_string()],
    };
    let mut faults = Vec::new();
    let mut same = |what: &str, found: Value, due: &Value| {
        if found != *due {
            faults.push(format!("{what} is {found}, due {due}"));
        }
    };
    same("verdict", word(&report.verdict), &entry["verdict"]);
    if !(entry["reason"].is_null() && entry["verdict"] == "invalid") {
        same("reason", word(&report.reason), &entry["reason"]);
    }
    let state: Option<CoverageState> = report.coverage.as_ref().map(|coverage| coverage.state);
    if !entry["coverage"].is_null() {
        same("coverage", word(&state), &entry["coverage"]);
    }
    let codes: Vec<&str> = report.warnings.iter().map(|warning| warning.code.as_str()).collect();
    for due in entry["warnings"].as_array().unwrap() {
        if !codes.contains(&due.as_str().unwrap()) {
            faults.push(format!("no warning {due} among {codes:?}"));
        }
    }
    faults
}

/// `strict` names the reason in strict mode where it differs from the usual one.
fn strict_differences(entry: &Value, report: Result<Report, CheckError>) -> Vec<String> {
    let Ok(report) = report else { return Vec::new() };
    let due = if entry["strict"].is_null() { &entry["reason"] } else { &entry["strict"] };
    if due.is_null() && entry["verdict"] == "invalid" {
        return Vec::new();
    }
    if word(&report.reason) == *due {
        Vec::new()
    } else {
        vec![format!("strict reason is {:?}, due {due}", report.reason)]
    }
}

/// Certificates that were met stay for the process: they make a report faster, never another one. What anchors,
/// evidence and time decide is decided anew.
#[test]
fn what_was_met_before_decides_nothing() {
    let pem = std::fs::read(golden().join("anchors.pem")).unwrap();
    let anchors = Anchors::from_pem(&pem).unwrap();
    let evidence = Evidence { revocation: RevocationLists::beside_anchors(&pem).unwrap(), ..Evidence::default() };
    let at = |time: &str| Moment::parse(time).unwrap();
    let (now, later) = (at("2026-11-21T00:00:00Z"), at("2050-01-01T00:00:00Z"));
    let cases = [
        (anchors.clone(), evidence.clone(), now),
        (Anchors::not_configured(), evidence.clone(), now),
        (anchors.clone(), Evidence::default(), now),
        (anchors, evidence, later),
    ];
    let mut files: Vec<_> = std::fs::read_dir(golden()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "ofd"));
    files.sort();
    assert!(files.len() > 60);
    let report = |octets: &Vec<u8>, (anchors, evidence, at): &(Anchors, Evidence, Moment)| {
        check(octets, anchors, evidence, &Policy::default(), *at).map(|report| word(&report)).map_err(|e| e.to_string())
    };
    let octets: Vec<_> = files.iter().map(|path| std::fs::read(path).unwrap()).collect();
    let first: Vec<Vec<_>> = octets.iter().map(|file| cases.iter().map(|case| report(file, case)).collect()).collect();
    for (file, first) in octets.iter().zip(&first).rev() {
        for (case, first) in cases.iter().zip(first).rev() {
            assert_eq!(report(file, case), *first);
        }
    }
    let licence = files.iter().position(|path| path.ends_with("licence.ofd")).unwrap();
    let verdicts: Vec<_> = first[licence].iter().map(|report| report.as_ref().unwrap()["verdict"].clone()).collect();
    assert_eq!(verdicts, ["valid", "indeterminate", "indeterminate", "indeterminate"]);
}
