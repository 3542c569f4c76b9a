//! Every file of the given corpus against its manifest: verdict, coverage, each
//! check of each signature, what signer and seal say, and the named leniencies.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use serde_json::Value;
use std::path::Path;
use yinxin_testkit::shared;
use yinxin_trust::{
    anchor::Anchors,
    base::Moment,
    verify::{
        CheckError, CheckId, CoverageState, Evidence, Outcome, Policy, Report, SignatureReport, TimeSource, Verdict,
        check,
    },
};

fn manifest(shared: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(shared.join("corpus/manifest.json")).unwrap()).unwrap()
}

/// When a file is judged: today, but bare seals on the day they were made.
fn judged_at(entry: &Value) -> Moment {
    let created = entry["expect"]["detail"]["created"].as_str();
    Moment::parse(created.unwrap_or("2026-11-21T00:00:00Z")).unwrap()
}

fn run(entry: &Value, shared: &Path, anchors: &Anchors, policy: &Policy) -> Result<Report, CheckError> {
    let octets = std::fs::read(shared.join("corpus").join(entry["file"].as_str().unwrap())).unwrap();
    check(&octets, anchors, &Evidence::default(), policy, judged_at(entry))
}

/// What differs in one file, in words.
struct Faults(Vec<String>);

impl Faults {
    fn expect<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, found: T, due: T) {
        if found != due {
            self.0.push(format!("{what}: found {found:?}, due {due:?}"));
        }
    }
}

#[test]
fn every_file_as_the_manifest_says() {
    let Some(shared) = shared() else { return };
    let manifest = manifest(&shared);
    let files = manifest["files"].as_array().unwrap();
    assert!(files.len() >= 78);
    let mut bad = Vec::new();
    for entry in files {
        let mut faults = Faults(Vec::new());
        let must = entry["expect"]["must"].as_str().unwrap();
        match run(entry, &shared, &Anchors::not_asked(), &Policy::default()) {
            Err(CheckError::NotADocument) if must == "reject" => {}
            Err(error) => faults.0.push(error.to_string()),
            Ok(report) => {
                compare(entry, must, &report, &mut faults);
                without_anchor(entry, &shared, &report, &mut faults);
            }
        }
        if !faults.0.is_empty() {
            bad.push(format!("{}\n    {}", entry["file"].as_str().unwrap(), faults.0.join("\n    ")));
        }
    }
    assert!(bad.is_empty(), "{} files differ:\n{}", bad.len(), bad.join("\n"));
}

#[test]
fn strict_refuses_what_leniency_accepts_and_nothing_else() {
    let Some(shared) = shared() else { return };
    let strict = Policy { strict_encoding: true, ..Policy::default() };
    for entry in manifest(&shared)["files"].as_array().unwrap() {
        let must = entry["expect"]["must"].as_str().unwrap();
        let Ok(report) = run(entry, &shared, &Anchors::not_asked(), &strict) else { continue };
        if must == "lenient-or-malformed" {
            assert_eq!(report.verdict, Verdict::Invalid, "{}", entry["file"]);
            let reason = report.reason.unwrap();
            assert!([CheckId::SignatureFormat, CheckId::SealFormat].contains(&reason), "{}: {reason}", entry["file"]);
        }
        if must == "accept" {
            assert_eq!(report.verdict, Verdict::Intact, "{}: {:?}", entry["file"], report.reason);
        }
    }
}

/// Nothing is valid without an anchor, and the missing anchor is the reason.
fn without_anchor(entry: &Value, shared: &Path, report: &Report, faults: &mut Faults) {
    let bare = run(entry, shared, &Anchors::not_configured(), &Policy::default()).unwrap();
    if bare.verdict == Verdict::Valid || report.verdict == Verdict::Valid {
        faults.0.push("valid without an anchor".to_owned());
    }
    if report.verdict == Verdict::Intact {
        faults.expect("verdict without anchor", bare.verdict, Verdict::Indeterminate);
        let due = if entry["kind"] == "seal" { CheckId::SealMakerPath } else { CheckId::SignerPath };
        faults.expect("reason without anchor", bare.reason, Some(due));
    }
}

fn compare(entry: &Value, must: &str, report: &Report, faults: &mut Faults) {
    let current = &entry["expect"]["current_version"];
    let shadowed = current["covered"] == false || entry["file"].as_str().unwrap().contains("second-docbody");
    let format_reason = report.reason.is_some_and(|r| [CheckId::SignatureFormat, CheckId::SealFormat].contains(&r));
    match must {
        _ if shadowed => {
            faults.expect("verdict", report.verdict, Verdict::Invalid);
            faults.expect("reason", report.reason, Some(CheckId::PackageShadowed));
        }
        "lenient-or-malformed" if report.verdict == Verdict::Invalid && format_reason => {}
        "accept" | "accept-with-notice" | "lenient-or-malformed" => {
            faults.expect("verdict", (report.verdict, report.reason), (Verdict::Intact, None));
        }
        "reject" => faults.expect("verdict", report.verdict, Verdict::Invalid),
        "unsigned" => faults.expect("verdict", report.verdict, Verdict::Unsigned),
        "undecided" => faults.expect("verdict", report.verdict, Verdict::Indeterminate),
        "any" => {}
        other => panic!("the manifest has a new word: {other}"),
    }
    if ["accept", "accept-with-notice", "lenient-or-malformed"].contains(&must) && !format_reason {
        coverage(entry, report, faults);
        for need in entry["expect"]["needs"].as_array().into_iter().flatten() {
            let code = warning_of(need.as_str().unwrap());
            if !report.warnings.iter().any(|warning| warning.code == code) {
                faults.0.push(format!("no warning {code}"));
            }
        }
    }
    let detail = &entry["expect"]["detail"];
    if detail["es_id"].is_string() && report.verdict != Verdict::Invalid {
        seal_facts(detail, &report.signatures[0], faults);
    }
    let due = entry["signatures"].as_array().map_or(&[][..], Vec::as_slice);
    if due.is_empty() {
        return;
    }
    faults.expect("signatures", report.signatures.len(), due.len());
    for (signature, due) in report.signatures.iter().zip(due) {
        signature_checks(signature, due, faults);
    }
}

fn coverage(entry: &Value, report: &Report, faults: &mut Faults) {
    let Some(due) = entry["expect"]["coverage"].as_str() else {
        faults.expect("coverage of a bare file", report.coverage.is_none(), true);
        return;
    };
    let state = if due == "complete" { CoverageState::Complete } else { CoverageState::Partial };
    let found = report.coverage.as_ref().unwrap();
    faults.expect("coverage", found.state, state);
    let mut names: Vec<&str> =
        entry["expect"]["uncovered_reachable"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    names.sort_unstable();
    let mut uncovered: Vec<&str> = found.uncovered.iter().map(String::as_str).collect();
    uncovered.sort_unstable();
    faults.expect("uncovered", uncovered, names);
}

/// The manifest's word for a leniency, and our code.
fn warning_of(need: &str) -> &'static str {
    match need {
        "bit-string-trailing-zero-bits-dropped" => "encoding.bit_string_unused_bits",
        "time-without-zone" => "encoding.time_without_zone",
        "certListType 3" => "seal.list_type",
        _ if need.ends_with("raw-r||s") => "encoding.raw_signature",
        _ if need.ends_with("integer-without-leading-zero") => "encoding.integer_missing_zero",
        _ if need.ends_with("non-minimal-integer") => "encoding.integer_superfluous_zero",
        other => panic!("the manifest has a new leniency: {other}"),
    }
}

fn signature_checks(signature: &SignatureReport, due: &Value, faults: &mut Faults) {
    let id = due["id"].as_str().unwrap();
    faults.expect("signature id", signature.id.as_str(), id);
    let outcome =
        |check: CheckId| signature.checks.iter().find(|c| c.id == check).map_or(Outcome::Skipped, |c| c.outcome);
    let checks = &due["expect"]["checks"];
    for (name, value) in checks.as_object().unwrap() {
        let found = match name.as_str() {
            // with an unacceptable CheckMethod nothing is compared
            "references_present" | "references_ok" if checks["digest_alg_acceptable"] == false => {
                faults.expect("references", outcome(CheckId::SignatureReferences), Outcome::Skipped);
                continue;
            }
            "references_present" if value == true => continue,
            "references_present" | "references_ok" => outcome(CheckId::SignatureReferences),
            "digest_alg_acceptable" => outcome(CheckId::SignatureDigestAlgorithm),
            "der_ok" => outcome(CheckId::SignatureFormat),
            "data_hash_ok" => outcome(CheckId::SignatureDataHash),
            "signed_value_ok" if due["type"] == "Sign" && outcome(CheckId::SignatureDataHash) != Outcome::Passed => {
                outcome(CheckId::SignatureDataHash)
            }
            "signed_value_ok" => outcome(CheckId::SignatureValue),
            "seal_signature_ok" => outcome(CheckId::SealValue),
            "seal_file_matches" => outcome(CheckId::SealFile),
            "signer_in_seal_list" => outcome(CheckId::SealSignerListed),
            "signer_cert_valid_at_signing" => outcome(CheckId::SignerPeriod),
            "signer_key_usage_ok" => outcome(CheckId::SignerKeyUsage),
            "seal_valid_at_signing" => outcome(CheckId::SealPeriod),
            // information only: never a failed check
            "maker_cert_valid_at_creation" if value == false => {
                faults.expect("maker period", outcome(CheckId::SealMakerPeriod), Outcome::Indeterminate);
                continue;
            }
            "maker_cert_valid_at_creation" => outcome(CheckId::SealMakerPeriod),
            other => panic!("the manifest has a new check: {other}"),
        };
        let right = match value {
            Value::Bool(true) => found == Outcome::Passed,
            // a value that cannot even be read is not wrong by itself: its format is
            Value::Bool(false) if name == "signed_value_ok" => found != Outcome::Passed,
            Value::Bool(false) => found == Outcome::Failed,
            _ => found == Outcome::Skipped || found == Outcome::Indeterminate,
        };
        if !right {
            faults.0.push(format!("signature {id} {name}: found {found:?}, due {value}"));
        }
    }
    facts(signature, due, faults);
}

fn facts(signature: &SignatureReport, due: &Value, faults: &mut Faults) {
    if let (Some(signer), Some(subject)) = (&signature.signer, due["signer"]["subject"].as_str()) {
        faults.expect("subject", signer.subject.as_str(), subject);
        faults.expect("issuer", signer.issuer.as_str(), due["signer"]["issuer"].as_str().unwrap());
        faults.expect("serial", signer.serial.as_str(), due["signer"]["serial"].as_str().unwrap());
        faults.expect("sm3", signer.sm3.as_str(), due["signer"]["sm3_fingerprint"].as_str().unwrap());
    }
    let at = signature.stamped_at.as_ref().map(|stamped| stamped.time.to_string());
    // the manifest does not read the signingTime attribute, which comes before SignatureDateTime
    let of_attribute = signature.stamped_at.as_ref().is_some_and(|stamped| stamped.source == TimeSource::SigningTime);
    if let Some(time) = due["signing_time"].as_str().filter(|_| !of_attribute) {
        faults.expect("signing time", at.as_deref(), Some(time));
    }
    if due["seal"]["es_id"].is_string() {
        seal_facts(&due["seal"], signature, faults);
    }
}

fn seal_facts(due: &Value, signature: &SignatureReport, faults: &mut Faults) {
    let Some(seal) = &signature.seal else {
        faults.0.push("no seal read".to_owned());
        return;
    };
    let version = signature.seal_version.map(|version| format!("{version:?}"));
    faults.expect("layout", version.as_deref(), due["layout"].as_str());
    faults.expect("esID", seal.id.as_str(), due["es_id"].as_str().unwrap());
    faults.expect("name", seal.name.as_str(), due["name"].as_str().unwrap());
    faults.expect("vendor", seal.vendor.as_str(), due["vid"].as_str().unwrap());
    faults.expect("created", seal.created.to_string().as_str(), due["created"].as_str().unwrap());
    faults.expect("valid_from", seal.valid_from.to_string().as_str(), due["valid_from"].as_str().unwrap());
    faults.expect("valid_to", seal.valid_to.to_string().as_str(), due["valid_to"].as_str().unwrap());
}
