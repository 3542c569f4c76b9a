//! From checks to a verdict: the only place where facts become a judgement.
//!
//! 1. Any failed check makes the document invalid; the first one is the reason:
//!    the container's, then the signatures' in their order, then what is left of
//!    the document's. Some do not: incomplete coverage of a document that is no
//!    licence is told by `coverage` alone, and a licence that its register does
//!    not know by `standing`, for that is no question of authenticity; nor is it
//!    whether an annotated copy may still be used, which its own check tells.
//! 2. Without signatures it is unsigned.
//! 3. Every check the policy needs must have passed, and not with an algorithm
//!    that is weak or does not count; the first one that has not makes it indeterminate. So does a proof of the
//!    log that a trust list asks for, and kept evidence that is not what was time-stamped.
//! 4. What is left is valid, or intact where identities were not asked for.

use super::{
    Check, CheckId, DocumentKind, Indication, Outcome, Policy, SignatureKind, SignatureReport, Subindication, Verdict,
};

/// Code of a check that passed by an algorithm that proves too little today.
pub(super) const WEAK: &str = "weak_algorithm";

/// What codes of checks begin with that passed by an algorithm which does not count by the
/// policy ([`crate::algorithms::Objection`]).
const ALGORITHM: &str = "algorithm_";

/// What the facts say.
pub(super) struct Judgement {
    pub(super) verdict: Verdict,
    pub(super) reason: Option<CheckId>,
    pub(super) indication: Indication,
    pub(super) subindication: Option<Subindication>,
}

/// What the judgement depends on beside the checks.
pub(super) struct Case<'a> {
    pub(super) kind: DocumentKind,
    pub(super) is_licence: bool,
    pub(super) identities_asked: bool,
    pub(super) policy: &'a Policy,
}

pub(super) fn judge(case: &Case<'_>, checks: &[Check], signatures: &[SignatureReport]) -> Judgement {
    let is_failed = |check: &&Check| check.outcome == Outcome::Failed;
    let container = checks.iter().filter(|check| check.id <= CheckId::PackageShadowed);
    let of_signatures = signatures.iter().flat_map(|signature| &signature.checks);
    let whole = checks.iter().filter(|check| check.id > CheckId::PackageShadowed);
    let whole = whole.filter(|check| match check.id {
        CheckId::PackageCoverage => case.is_licence,
        CheckId::LicenceRegistered | CheckId::LicenceCopy => false,
        _ => true,
    });
    if let Some(cause) = container.chain(of_signatures).chain(whole).find(is_failed) {
        return Judgement {
            verdict: Verdict::Invalid,
            reason: Some(cause.id),
            indication: Indication::TotalFailed,
            subindication: Some(failed_subindication(cause)),
        };
    }
    if signatures.is_empty() {
        return Judgement {
            verdict: Verdict::Unsigned,
            reason: None,
            indication: Indication::NoSignatureFound,
            subindication: None,
        };
    }
    // evidence that is not what was stamped: nothing that rests on it is known
    let broken =
        checks.iter().find(|check| check.id == CheckId::EvidenceRenewal && check.outcome == Outcome::Indeterminate);
    let missing = signatures.iter().find_map(|signature| {
        let needs = needs(case, signature.kind);
        let proves = |code: &str| code != WEAK && !code.starts_with(ALGORITHM);
        let stands = |check: &Check| check.outcome == Outcome::Passed && proves(&check.code);
        CheckId::ALL.iter().filter(|id| needs.contains(id)).find_map(|&id| {
            match signature.checks.iter().find(|check| check.id == id) {
                Some(check) if stands(check) => None,
                found => Some((id, found)),
            }
        })
    });
    // skipped where nobody asks for a proof
    let of_log =
        checks.iter().find(|check| check.id == CheckId::LogInclusion && check.outcome == Outcome::Indeterminate);
    let whole = |check: Option<&'_ Check>| check.map(|check| check.id);
    let found = whole(broken).map(|id| (id, broken)).or(missing).or_else(|| whole(of_log).map(|id| (id, of_log)));
    if let Some((id, check)) = found {
        return Judgement {
            verdict: Verdict::Indeterminate,
            reason: Some(id),
            indication: Indication::Indeterminate,
            subindication: Some(missing_subindication(id, check)),
        };
    }
    Judgement {
        verdict: if case.identities_asked { Verdict::Valid } else { Verdict::Intact },
        reason: None,
        indication: if case.identities_asked { Indication::TotalPassed } else { Indication::Indeterminate },
        subindication: if case.identities_asked { None } else { Some(Subindication::NoCertificateChainFound) },
    }
}

/// The checks that a valid verdict needs.
fn needs(case: &Case<'_>, kind: SignatureKind) -> Vec<CheckId> {
    use CheckId as Id;
    let mut needs = Vec::new();
    if case.kind != DocumentKind::Seal {
        needs.extend([
            Id::SignatureFormat,
            Id::SignatureValue,
            Id::SignatureTime,
            Id::SignerPeriod,
            Id::SignerKeyUsage,
        ]);
        if case.identities_asked {
            needs.extend([Id::SignerPath, Id::SignerRevocation]);
        }
    }
    if matches!(case.kind, DocumentKind::Ofd | DocumentKind::Disclosure) {
        needs.extend([Id::SignatureDigestAlgorithm, Id::SignatureReferences, Id::SignatureDataHash]);
    }
    if kind == SignatureKind::Seal {
        needs.extend([Id::SealFormat, Id::SealValue, Id::SealPeriod]);
        if case.kind != DocumentKind::Seal {
            needs.push(Id::SealSignerListed);
        }
        if case.identities_asked {
            needs.extend([Id::SealMakerPath, Id::SealMakerRevocation]);
        }
        if case.policy.seal_status {
            needs.push(Id::SealStatus);
        }
    }
    if case.policy.strict_time && case.kind != DocumentKind::Seal {
        needs.push(Id::Timestamp);
    }
    needs
}

/// ETSI EN 319 102-1 5.1.3 with the mapping of standards/trust-and-report.md 1.1.
fn failed_subindication(check: &Check) -> Subindication {
    use CheckId as Id;
    match check.id {
        Id::SignatureReferences if check.code == "missing" => Subindication::SignedDataNotFound,
        Id::SignatureReferences | Id::SignatureDataHash => Subindication::HashFailure,
        Id::SignatureValue | Id::SealValue => Subindication::SigCryptoFailure,
        Id::SignatureDigestAlgorithm => Subindication::CryptoConstraintsFailure,
        Id::SealSignerListed | Id::SealFile => Subindication::SealSignerMismatch,
        Id::SealPeriod => Subindication::SealOutOfPeriod,
        Id::SignerPeriod if check.code == "before_period" => Subindication::NotYetValid,
        Id::SignerPeriod => Subindication::Expired,
        Id::SignerKeyUsage | Id::Timestamp | Id::LicenceMetadata => Subindication::SigConstraintsFailure,
        Id::SignerPath | Id::SealMakerPath => Subindication::ChainConstraintsFailure,
        Id::SignerRevocation | Id::SealMakerRevocation => Subindication::Revoked,
        Id::SealStatus => Subindication::SealBad,
        Id::PackageCoverage | Id::PackageShadowed => Subindication::CoverageFailure,
        Id::DisclosureFields => Subindication::HashFailure,
        _ => Subindication::FormatFailure,
    }
}

fn missing_subindication(id: CheckId, check: Option<&Check>) -> Subindication {
    use CheckId as Id;
    let code = check.map_or("", |check| check.code.as_str());
    match id {
        _ if code == "no_certificate" => Subindication::NoSigningCertificateFound,
        _ if code == WEAK || code == "unknown_algorithm" || code.starts_with(ALGORITHM) => {
            Subindication::CryptoConstraintsFailure
        }
        Id::SignerPath | Id::SealMakerPath => path_subindication(code),
        Id::LogInclusion | Id::EvidenceRenewal => Subindication::NoPoe,
        Id::SignatureTime | Id::Timestamp | Id::SignerPeriod | Id::SealPeriod => Subindication::NoPoe,
        Id::SignerRevocation | Id::SealMakerRevocation if code == "revoked_no_poe" => Subindication::RevokedNoPoe,
        Id::SignerRevocation | Id::SealMakerRevocation | Id::SealStatus => Subindication::TryLater,
        _ => Subindication::SignedDataNotFound,
    }
}

fn path_subindication(code: &str) -> Subindication {
    match code {
        "service_withdrawn_since" => Subindication::NoPoe,
        "list_outdated" => Subindication::TryLater,
        "not_allowed" | "suite_not_allowed" => Subindication::ChainConstraintsFailure,
        _ if code.starts_with("out_of_scope") || code.starts_with("service_") => Subindication::ChainConstraintsFailure,
        _ => Subindication::NoCertificateChainFound,
    }
}
