//! The whole verification, held to what no input may bring it to say.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::collections::BTreeSet;
use yinxin_trust::{
    anchor::Anchors,
    base::{Limits, Moment},
    verify::{Check, CoverageState, Evidence, Outcome, Policy, Report, TrustMode, Verdict, check},
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
        let policy = Policy { strict_encoding: strict, strict_time: strict, limits: limits.clone() };
        let Ok(report) = check(&octets, &anchors, &Evidence::default(), &policy, at) else { return };
        holds(&report, &anchors);
    }
});

fn holds(report: &Report, anchors: &Anchors) {
    // nobody is known: nothing is valid, and only who asks for no identity gets "intact"
    assert_ne!(report.verdict, Verdict::Valid);
    assert!(report.verdict != Verdict::Intact || anchors.is_not_asked());
    assert!(matches!(report.trust.mode, TrustMode::NotConfigured | TrustMode::None));

    let all: Vec<&Check> = report.checks.iter().chain(report.signatures.iter().flat_map(|s| &s.checks)).collect();
    let with = |outcome| all.iter().filter(|c| c.outcome == outcome).map(|c| c.id).collect::<BTreeSet<_>>();
    let (failed, undecided) = (with(Outcome::Failed), with(Outcome::Indeterminate));
    match report.verdict {
        Verdict::Invalid => assert!(report.reason.is_some_and(|id| failed.contains(&id)), "an invalid report names no failed check"),
        Verdict::Indeterminate => {
            assert!(failed.is_empty(), "{failed:?} failed, and the verdict is indeterminate");
            assert!(report.reason.is_some_and(|id| undecided.contains(&id)), "nothing is undecided");
        }
        Verdict::Valid | Verdict::Intact | Verdict::Unsigned => {
            assert!(failed.is_empty(), "{failed:?} failed, and the verdict is {:?}", report.verdict);
            assert_eq!(report.reason, None);
        }
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
        assert!(report.signatures.iter().any(|s| s.value_verified) || coverage.state == CoverageState::Partial
            || report.verdict == Verdict::Unsigned || report.verdict == Verdict::Invalid || report.verdict == Verdict::Indeterminate);
    }
    let json = serde_json::to_string(report).expect("a report serialises");
    assert_eq!(&serde_json::from_str::<Report>(&json).expect("and is read again"), report);
}
