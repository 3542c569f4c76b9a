//! What an algorithm policy does to a verdict: each use by its check, each objection by
//! its name, and without a file nothing.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use yinxin_testkit::{
    moment,
    ofd::{CheckMethod, Plan},
    seal::{Seal, Stamp, Stamping, Version},
    shipped,
    tsp::Token,
    workspace,
};
use yinxin_trust::{
    algorithms::{AlgorithmName, AlgorithmPolicy, Purpose},
    anchor::{Anchors, RevocationLists},
    base::Day,
    verify::{CheckId, Evidence, Outcome, Policy, Report, Subindication, TimeSource, Verdict, check},
};

const NOW: &str = "2026-11-21T00:00:00Z";
/// 10:00 in Beijing.
const STAMPED: &str = "2026-06-01T02:00:00Z";

fn licence(method: CheckMethod, proven: Option<&str>) -> Vec<u8> {
    let pki = shipped::pki();
    let stamp = Stamp::new(Version::V4, Seal::of(Version::V4, &pki).make(), &pki.stamper, moment(STAMPED));
    let token = proven.map(|at| Stamping::with(Token::new(&pki.time_authority, moment(at))));
    let mut package = shipped::licence_document().package();
    let plan = Plan { check_method: method, ..Plan::at(moment(STAMPED)) };
    package.stamp(&plan, &Stamp { time_stamp: token, ..stamp });
    package.to_bytes()
}

fn judge(octets: &[u8], algorithms: AlgorithmPolicy) -> Report {
    let pki = shipped::pki();
    let anchors = Anchors::from_pem(pki.anchors_pem().as_bytes()).unwrap();
    let revocation = RevocationLists::from_pem(pki.lists_pem().as_bytes()).unwrap();
    let evidence = Evidence { revocation, ..Evidence::default() };
    check(&octets, &anchors, &evidence, &Policy { algorithms, ..Policy::default() }, moment(NOW)).unwrap()
}

/// A policy under which SM2 and SM3 count, with one purpose as the text has it.
fn policy(purpose: &str, conditions: &str) -> AlgorithmPolicy {
    let known = ["stamp", "seal", "certificate", "digest", "revocation", "time-stamp", "trust-list"];
    let entries = known.iter().map(|known| {
        let algorithm = if *known == "digest" { "sm3" } else { "sm2-sm3" };
        let conditions = if *known == purpose { conditions } else { "" };
        format!(r#"{{"algorithm":"{algorithm}","for":["{known}"]{conditions}}}"#)
    });
    let over = if purpose == "time-stamp-digest" { conditions } else { "" };
    let over = format!(r#"{{"algorithm":"sm3","for":["time-stamp"]{over}}}"#);
    file(&entries.chain([over]).collect::<Vec<_>>().join(","))
}

fn file(entries: &str) -> AlgorithmPolicy {
    let text = format!(r#"{{"format":"yinxin-algorithms/1","dated":"2026-11-01","algorithms":[{entries}]}}"#);
    AlgorithmPolicy::from_json(text.as_bytes()).unwrap()
}

/// It is right, does not count, and leaves the verdict undecided.
fn assert_objected(report: &Report, reason: CheckId, code: &str) {
    assert_eq!((report.verdict, report.reason), (Verdict::Indeterminate, Some(reason)), "{code}");
    assert_eq!(report.subindication, Some(Subindication::CryptoConstraintsFailure));
    let checks = &report.signatures[0].checks;
    let found = checks.iter().find(|check| check.id == reason).unwrap();
    let is_path = matches!(reason, CheckId::SignerPath | CheckId::SealMakerPath | CheckId::SignerRevocation);
    let due = match reason {
        CheckId::SignerPath | CheckId::SealMakerPath => Outcome::Indeterminate,
        CheckId::SignerRevocation => Outcome::Skipped,
        _ => Outcome::Passed,
    };
    assert_eq!((found.outcome, found.code.as_str()), (due, code));
    assert!(checks.iter().chain(&report.checks).all(|check| check.outcome != Outcome::Failed), "{code}");
    let warning = code.replacen('_', ".", 1);
    assert!(is_path || report.warnings.iter().any(|one| one.code == warning), "{warning}");
}

#[test]
fn without_a_file_everything_is_as_it_was() {
    let octets = licence(CheckMethod::Sm3, None);
    let report = judge(&octets, AlgorithmPolicy::default());
    assert_eq!(report.verdict, Verdict::Valid, "{:?}", report.reason);
    assert!(!serde_json::to_string(&report).unwrap().contains("\"algorithms\""));
    // a file that allows it changes nothing but that it is named
    let mut named = judge(&octets, policy("stamp", ""));
    assert_eq!(named.trust.algorithms.take().unwrap().dated, Day::new(2026, 11, 1).unwrap());
    assert_eq!(named, report);
}

#[test]
fn each_use_is_judged_at_its_time_and_named() {
    let octets = licence(CheckMethod::Sm3, None);
    // the seal is of the first of January 2025, everything else of the first of June 2026
    for (purpose, reason, last, before) in [
        ("stamp", CheckId::SignatureValue, "2026-06-01", "2026-05-31"),
        ("seal", CheckId::SealValue, "2025-01-01", "2024-12-31"),
        ("certificate", CheckId::SignerPath, "2026-06-01", "2026-05-31"),
        ("digest", CheckId::SignatureDigestAlgorithm, "2026-06-01", "2026-05-31"),
    ] {
        let until = |day: &str, more: &str| policy(purpose, &format!(r#","until":"{day}"{more}"#));
        let counts = r#","claimed_time_counts":true"#;
        assert_eq!(judge(&octets, until(last, counts)).verdict, Verdict::Valid, "{purpose}");
        assert_objected(&judge(&octets, until(before, counts)), reason, "algorithm_ended");
        assert_objected(&judge(&octets, until(last, "")), reason, "algorithm_ended_since");
        assert_eq!(judge(&octets, until("2026-11-21", "")).verdict, Verdict::Valid, "{purpose}: not over yet");
        let from = policy(purpose, r#","from":"2026-06-02""#);
        assert_objected(&judge(&octets, from), reason, "algorithm_not_yet");
    }
    let unlisted = file(r#"{"algorithm":"sm2-sm3","for":["stamp","seal"]},{"algorithm":"sm3","for":["digest"]}"#);
    assert_objected(&judge(&octets, unlisted), CheckId::SignerPath, "algorithm_not_listed");
    // the lists are of the first of January 2024
    for (conditions, code) in [
        (r#","until":"2023-12-31""#, "algorithm_ended"),
        (r#","until":"2024-01-01""#, "algorithm_ended_since"),
        (r#","from":"2024-01-02""#, "algorithm_not_yet"),
    ] {
        assert_objected(&judge(&octets, policy("revocation", conditions)), CheckId::SignerRevocation, code);
    }
    let counts = r#","until":"2024-01-01","claimed_time_counts":true"#;
    assert_eq!(judge(&octets, policy("revocation", counts)).verdict, Verdict::Valid);
    let digest = judge(&octets, policy("digest", r#","until":"2026-05-31""#));
    let of = |id| digest.signatures[0].checks.iter().find(|check| check.id == id).unwrap().code.clone();
    assert_eq!(of(CheckId::SignatureDataHash), "algorithm_ended");
}

#[test]
fn a_time_stamp_within_the_period_proves_the_use() {
    let until = |purpose: &str| policy(purpose, r#","until":"2026-06-01""#);
    let (within, after) = (Some("2026-06-01T02:00:07Z"), Some("2026-06-01T16:00:00Z"));
    for (purpose, reason) in [("stamp", CheckId::SignatureValue), ("digest", CheckId::SignatureDigestAlgorithm)] {
        assert_eq!(judge(&licence(CheckMethod::Sm3, within), until(purpose)).verdict, Verdict::Valid, "{purpose}");
        assert_objected(&judge(&licence(CheckMethod::Sm3, after), until(purpose)), reason, "algorithm_ended");
    }
    // of a seal it proves that it was there by then
    assert_eq!(judge(&licence(CheckMethod::Sm3, within), until("seal")).verdict, Verdict::Valid);
    let report = judge(&licence(CheckMethod::Sm3, after), until("seal"));
    assert_objected(&report, CheckId::SealValue, "algorithm_ended_since");
    // the certificate of its own authority is of an algorithm that is over too
    let report = judge(&licence(CheckMethod::Sm3, within), until("certificate"));
    assert_objected(&report, CheckId::SignerPath, "algorithm_ended_since");
    let found = report.signatures[0].checks.iter().find(|check| check.id == CheckId::Timestamp).unwrap();
    assert_eq!((found.outcome, found.code.as_str()), (Outcome::Indeterminate, "algorithm_ended_since"));
}

/// The value of a time stamp, and the digest that it is over: where one of both is over, nothing proves the time.
#[test]
fn a_time_stamp_by_an_algorithm_that_is_over_proves_nothing() {
    let octets = licence(CheckMethod::Sm3, Some("2026-06-01T02:00:07Z"));
    for purpose in ["time-stamp", "time-stamp-digest"] {
        let judged = |conditions: &str| judge(&octets, policy(purpose, conditions));
        let of = |report: &Report| {
            let found = report.signatures[0].checks.iter().find(|check| check.id == CheckId::Timestamp).unwrap();
            (found.outcome, found.code.clone(), report.signatures[0].stamped_at.as_ref().unwrap().source)
        };
        assert_eq!(of(&judged("")), (Outcome::Passed, "ok".to_owned(), TimeSource::TimeStamp), "{purpose}");
        for (conditions, code) in [
            (r#","until":"2026-05-31""#, "algorithm_ended"),
            (r#","until":"2026-06-01""#, "algorithm_ended_since"),
            (r#","from":"2026-06-02""#, "algorithm_not_yet"),
        ] {
            let report = judged(conditions);
            assert_eq!(of(&report), (Outcome::Indeterminate, code.to_owned(), TimeSource::TimeInfo), "{purpose}");
            assert!(report.warnings.iter().any(|one| one.code == code.replacen('_', ".", 1)), "{purpose}");
            assert_eq!(report.verdict, Verdict::Valid, "{purpose}: its time is a claim again");
        }
    }
}

#[test]
fn sha_256_counts_while_the_file_has_it() {
    let octets = licence(CheckMethod::Sha256, None);
    assert_eq!(judge(&octets, AlgorithmPolicy::default()).verdict, Verdict::Valid);
    let report = judge(&octets, policy("stamp", ""));
    assert_objected(&report, CheckId::SignatureDigestAlgorithm, "algorithm_not_listed");
    let both = r#"{"algorithm":"sm2-sm3","for":["stamp","seal","certificate","revocation"]},{"algorithm":"sm3","for":["digest"]},
                  {"algorithm":"sha256","for":["digest"],"until":"2026-12-31"}"#;
    assert_eq!(judge(&octets, file(both)).verdict, Verdict::Valid);
    // what is refused without a file is refused with any
    let report = judge(&licence(CheckMethod::Sm3Named(None), None), file(both));
    assert_eq!((report.verdict, report.reason), (Verdict::Invalid, Some(CheckId::SignatureDigestAlgorithm)));
}

#[test]
fn the_example_file_is_one_and_lets_the_national_suite_count() {
    let octets = std::fs::read(workspace().join("certs/algorithms.json")).unwrap();
    let policy = AlgorithmPolicy::from_json(&octets).unwrap();
    for name in AlgorithmName::ALL {
        assert!(policy.entries().iter().any(|entry| entry.algorithm == name), "{name:?}");
    }
    let endless = policy.entries().iter().filter(|entry| entry.until.is_none());
    assert!(endless.clone().all(|entry| matches!(entry.algorithm, AlgorithmName::Sm2Sm3 | AlgorithmName::Sm3)));
    // for time stamps both the value and the digest that they are over
    assert_eq!(endless.map(|entry| entry.purposes.len()).sum::<usize>(), Purpose::ALL.len() + 1);
    assert_eq!(judge(&licence(CheckMethod::Sm3, None), policy).verdict, Verdict::Valid);
}
