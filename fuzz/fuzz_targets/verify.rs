//! The whole verification, held to what no input may bring it to say.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::collections::BTreeSet;
use yinxin_trust::{
    anchor::Anchors,
    base::{Limits, Moment},
    verify::{
        Check, CheckId, CoverageState, Evidence, Outcome, Policy, RegisterAnswer, Report, StandingState, TrustMode,
        Verdict, check,
    },
};

fuzz_target!(|octets: &[u8]| {
    let limits = Limits {
        package_entries: 256,
        entry_inflated_bytes: 4 << 20,
        total_inflated_bytes: 8 << 20,
        ratio_floor_bytes: 1 << 20,
        xml_bytes: 1 << 20,
        xml_nodes: 20_000,
        signatures: 16,
        references: 2_000,
        ..Limits::default()
    };
    let at = Moment::from_unix_seconds(1_600_000_000).expect("in the calendar");
    for (anchors, strict) in [(Anchors::not_configured(), false), (Anchors::not_asked(), true)] {
        let policy =
            Policy { strict_encoding: strict, strict_time: strict, limits: limits.clone(), ..Policy::default() };
        let standing = Some(RegisterAnswer::NotRegistered { as_of: at, source: "a register".to_owned() });
        let evidence = Evidence { standing, ..Evidence::default() };
        let Ok(report) = check(&octets, &anchors, &evidence, &policy, at) else { return };
        holds(&report, &anchors);
    }
});

fn holds(report: &Report, anchors: &Anchors) {
    // nobody is known: nothing is valid, and only who asks for no identity gets "intact"
    assert_ne!(report.verdict, Verdict::Valid);
    assert!(report.verdict != Verdict::Intact || anchors.is_not_asked());
    assert!(matches!(report.trust.mode, TrustMode::NotConfigured | TrustMode::None));

    let all: Vec<&Check> = report.checks.iter().chain(report.signatures.iter().flat_map(|s| &s.checks)).collect();
    // that something shown is covered by nothing is told beside the verdict, unless it is a licence
    // and that the register does not know a licence, or what a copy is for, is no question of authenticity
    let decides = |c: &&&Check| match c.id {
        CheckId::PackageCoverage => report.document.licence,
        CheckId::LicenceRegistered | CheckId::LicenceCopy => false,
        _ => true,
    };
    // nothing is said to be in force, and of what does not hold there is no standing
    assert!(matches!(report.standing.state, StandingState::NotRegistered | StandingState::Unknown));
    assert!(report.verdict == Verdict::Intact || report.standing.state == StandingState::Unknown);
    let failed: BTreeSet<_> =
        all.iter().filter(|c| c.outcome == Outcome::Failed).filter(decides).map(|c| c.id).collect();
    match (report.verdict, report.reason) {
        (Verdict::Invalid, Some(reason)) => {
            assert!(failed.contains(&reason), "{reason} is the reason and did not fail")
        }
        (Verdict::Indeterminate, Some(reason)) => {
            assert!(failed.is_empty(), "{failed:?} failed, and the verdict is indeterminate");
            // a check whose source is not configured is skipped; one by a weak algorithm passed and proves too little
            let stands = |c: &&Check| c.outcome == Outcome::Passed && c.code != "weak_algorithm";
            let mut named = all.iter().filter(|c| c.id == reason);
            assert!(named.clone().next().is_none() || named.any(|c| !stands(c)), "{reason} is the reason and passed");
        }
        (Verdict::Valid | Verdict::Intact | Verdict::Unsigned, None) => {
            assert!(failed.is_empty(), "{failed:?} failed, and the verdict is {:?}", report.verdict);
        }
        (verdict, reason) => panic!("{verdict:?} with the reason {reason:?}"),
    }
    for one in &all {
        assert!(!one.code.is_empty() && !one.sentence.zh.is_empty() && !one.sentence.en.is_empty(), "{one:?}");
    }
    for signature in &report.signatures {
        let ids: BTreeSet<_> = signature.checks.iter().map(|c| c.id).collect();
        assert_eq!(ids.len(), signature.checks.len(), "a check stands twice");
    }
    if let Some(coverage) = &report.coverage {
        assert_eq!(coverage.state == CoverageState::Complete, coverage.uncovered.is_empty());
        let verified = report.signatures.iter().any(|s| s.value_verified);
        assert!(verified || coverage.state == CoverageState::Partial, "complete without a signature that verifies");
    }
    let json = serde_json::to_string(report).expect("a report serialises");
    assert_eq!(&serde_json::from_str::<Report>(&json).expect("and is read again"), report);
}
