use super::*;
use std::sync::OnceLock;
use yinxin_trust::{
    anchor::{Anchors, RevocationLists},
    base::Moment,
    verify::{CheckId as C, Evidence, Policy, check},
};

/// A genuine licence about which no register was asked.
fn licence() -> Report {
    static REPORT: OnceLock<Report> = OnceLock::new();
    let make = || {
        let bundle = include_bytes!("../../../examples/anchors.pem");
        let evidence = Evidence { revocation: RevocationLists::beside_anchors(bundle).unwrap(), ..Evidence::default() };
        let document = include_bytes!("../../../examples/licence-valid.ofd").to_vec();
        let at = Moment::parse("2026-11-21T00:00:00Z").unwrap();
        check(&document, &Anchors::from_pem(bundle).unwrap(), &evidence, &Policy::default(), at).unwrap()
    };
    REPORT.get_or_init(make).clone()
}

fn of(change: impl FnOnce(&mut Report)) -> Shown {
    let mut report = licence();
    change(&mut report);
    state(&report)
}

#[test]
fn genuine_documents() {
    assert_eq!(of(|_| ()), Shown::StandingUnknown);
    assert_eq!(of(|r| r.standing.state = StandingState::InForce), Shown::Valid);
    assert_eq!(of(|r| r.document.licence = false), Shown::GenuineNotALicence);
    assert_eq!(of(|r| r.document.kind = DocumentKind::Seal), Shown::GenuineSeal);
    assert_eq!(of(|r| r.document.kind = DocumentKind::SignatureValue), Shown::GenuineValue);
    let partial = |licence| {
        of(|r| {
            r.document.licence = licence;
            r.coverage.iter_mut().for_each(|c| c.state = CoverageState::Partial);
        })
    };
    assert_eq!(partial(false), Shown::PartlyCovered);
    assert_eq!(partial(true), Shown::LicencePartlyCovered, "never amber for a licence");
}

#[test]
fn a_genuine_licence_out_of_force_is_no_forgery_and_not_green() {
    use StandingState as S;
    for s in [
        S::NotYet,
        S::Expired,
        S::Suspended,
        S::Revoked,
        S::Withdrawn,
        S::Cancelled,
        S::Superseded,
        S::Transferred,
        S::NotRegistered,
    ] {
        let shown = of(|r| r.standing.state = s);
        assert_eq!(shown, Shown::NotInForce(s));
        assert!(shown.vouched() && shown.family() != Family::Valid && !shown.refuses_file());
    }
}

#[test]
fn every_reason_of_an_invalid_report_is_an_octagon() {
    for &id in C::ALL {
        let shown = of(|r| (r.verdict, r.reason) = (Verdict::Invalid, Some(id)));
        assert_eq!(shown.family(), Family::Refuse, "{id}");
        assert!(shown.refuses_file(), "{id}");
    }
    assert_eq!(of(|r| (r.verdict, r.reason) = (Verdict::Invalid, None)), Shown::FileBad);
    for (id, expected) in [
        (C::SignatureValue, Shown::Tampered),
        (C::SignatureReferences, Shown::Tampered),
        (C::PackageShadowed, Shown::Tampered),
        (C::PackageEntries, Shown::FileBad),
        (C::PackageCoverage, Shown::LicencePartlyCovered),
        (C::SealSignerListed, Shown::SealBad),
        (C::SignerPath, Shown::SealBad),
    ] {
        assert_eq!(of(|r| (r.verdict, r.reason) = (Verdict::Invalid, Some(id))), expected, "{id}");
    }
}

#[test]
fn what_could_not_be_checked_is_grey_whatever_the_reason() {
    for &id in C::ALL {
        let shown = of(|r| (r.verdict, r.reason) = (Verdict::Indeterminate, Some(id)));
        assert_eq!(shown.family(), Family::Neutral, "{id}");
        assert!(!shown.vouched() && !shown.refuses_file(), "{id}");
    }
    let path = |mode| {
        of(|r| {
            (r.verdict, r.reason) = (Verdict::Indeterminate, Some(C::SignerPath));
            r.trust.mode = mode;
        })
    };
    assert_eq!(path(TrustMode::Anchors), Shown::Untrusted);
    assert_eq!(path(TrustMode::NotConfigured), Shown::NoTrustList);
    let later = of(|r| {
        (r.verdict, r.reason) = (Verdict::Indeterminate, Some(C::SealStatus));
        r.subindication = Some(Subindication::TryLater);
    });
    assert_eq!(later, Shown::TryLater);
    for (subindication, expected) in
        [(Subindication::TryLater, Shown::NoRevocationList), (Subindication::RevokedNoPoe, Shown::RevokedUnproven)]
    {
        let shown = of(|r| {
            (r.verdict, r.reason) = (Verdict::Indeterminate, Some(C::SealMakerRevocation));
            r.subindication = Some(subindication);
        });
        assert_eq!(shown, expected);
    }
    assert_eq!(of(|r| r.verdict = Verdict::Unsigned), Shown::Unsigned);
    assert_eq!(of(|r| r.verdict = Verdict::Intact), Shown::Intact);
    assert_eq!(Shown::Intact.family(), Family::Neutral);
}

/// Every verdict with every standing, for a licence: what is shown and in which family.
#[test]
fn the_whole_table_of_verdict_and_standing() {
    use Family as F;
    let genuine = |standing| match standing {
        StandingState::InForce => ("VALID", F::Valid),
        StandingState::Unknown => ("STANDING_UNKNOWN", F::Info),
        StandingState::NotYet => ("NOT_YET", F::Caution),
        StandingState::Expired => ("EXPIRED", F::Caution),
        StandingState::NotRegistered => ("NOT_REGISTERED", F::Caution),
        StandingState::Suspended => ("SUSPENDED", F::Refuse),
        StandingState::Revoked => ("REVOKED", F::Refuse),
        StandingState::Withdrawn => ("WITHDRAWN", F::Refuse),
        StandingState::Cancelled => ("CANCELLED", F::Refuse),
        StandingState::Superseded => ("REPLACED", F::Refuse),
        StandingState::Transferred => ("TRANSFERRED", F::Refuse),
    };
    for standing in StandingState::ALL {
        for (verdict, reason, due) in [
            (Verdict::Valid, None, genuine(standing)),
            (Verdict::Intact, None, ("INTACT", F::Neutral)),
            (Verdict::Invalid, Some(C::SignatureReferences), ("TAMPERED", F::Refuse)),
            (Verdict::Invalid, Some(C::SignerRevocation), ("SEAL_BAD", F::Refuse)),
            (Verdict::Indeterminate, Some(C::SignerPath), ("UNTRUSTED", F::Neutral)),
            (Verdict::Unsigned, None, ("UNSIGNED", F::Neutral)),
        ] {
            let shown = of(|r| {
                (r.verdict, r.reason) = (verdict, reason);
                r.standing.state = standing;
            });
            assert_eq!((shown.code(), shown.family()), due, "{verdict:?} {standing:?}");
        }
    }
}

#[test]
fn a_code_names_its_state() {
    let mut met = std::collections::BTreeSet::new();
    for shown in Shown::every() {
        let found = Shown::of_code(shown.code()).unwrap();
        assert_eq!((found.code(), found.family()), (shown.code(), shown.family()));
        met.insert(shown.code());
    }
    assert_eq!(met.len(), Shown::every().count(), "each has a code of its own");
    assert_eq!(Shown::of_code("valid"), None);
}

/// What the register says of a licence whose document it keeps, with what verifying it found.
#[test]
fn our_own_licences_are_in_force_where_register_and_document_say_so() {
    let mut report = licence();
    report.standing.state = StandingState::InForce;
    assert_eq!(of_own("in_force", &report), Shown::Valid);
    assert_eq!(of_own("revoked", &report), Shown::NotInForce(StandingState::Revoked));
    let stale = Report {
        verdict: Verdict::Indeterminate,
        reason: Some(C::SignerRevocation),
        subindication: Some(Subindication::TryLater),
        ..report.clone()
    };
    assert_eq!(of_own("in_force", &stale), Shown::NoRevocationList);
    assert_eq!(of_own("suspended", &stale), Shown::NotInForce(StandingState::Suspended));
    let broken = Report { verdict: Verdict::Invalid, reason: Some(C::SignatureReferences), ..report };
    assert_eq!(of_own("in_force", &broken), Shown::Tampered);
    assert_eq!(of_own("revoked", &broken), Shown::Tampered);
}

/// A copy is green for the use it states and for no other, and what a register says of its licence comes first.
#[test]
fn copies_are_shown_by_what_they_are_used_for() {
    use yinxin_trust::verify::{CopyFacts, CopyRefusal, CopyUse};
    let mut report = licence();
    let at = |text: &str| Moment::parse(text).ok();
    let copy = CopyFacts {
        made_at: at("2020-01-01T00:00:00Z"),
        made_by: Some("甲".into()),
        cause: Some("招标投标".into()),
        recipient: Some("某中心".into()),
        number: None,
        expires_at: at("2099-01-01T00:00:00Z"),
    };
    report.licence.as_mut().unwrap().copy = Some(copy.clone());
    let right = CopyUse { purpose: "招标投标", names: &["某中心"] };
    let wrong = CopyUse { purpose: "别的", names: &["某中心"] };
    for standing in StandingState::ALL {
        report.standing.state = standing;
        let (alone, fits, not) = match standing {
            StandingState::InForce => (Shown::AnnotatedCopy, Shown::Valid, Shown::CopyForOtherPurpose),
            StandingState::Unknown => (Shown::StandingUnknown, Shown::StandingUnknown, Shown::CopyForOtherPurpose),
            other => (Shown::NotInForce(other), Shown::NotInForce(other), Shown::NotInForce(other)),
        };
        assert_eq!(state(&report), alone);
        assert_eq!(for_use(&report, &right), (fits, None));
        assert_eq!(for_use(&report, &wrong).0, not);
    }
    report.standing.state = StandingState::InForce;
    report.licence.as_mut().unwrap().copy = Some(CopyFacts { cause: None, ..copy });
    assert_eq!(state(&report), Shown::CopyForOtherPurpose);
    assert_eq!(for_use(&report, &right), (Shown::CopyForOtherPurpose, Some(CopyRefusal::Incomplete)));
    report.verdict = Verdict::Invalid;
    assert!(state(&report).refuses_file() && for_use(&report, &right).0.refuses_file());
}
