//! Whether a document may take a further signature, and whether it took it without harm: what two reports
//! of the same document say, one before and one after.

use super::{Check, CheckId, CoverageState, DocumentKind, Outcome, Report, SignatureReport, Verdict};
use crate::base::Sentence;

/// What every signature must have passed for a further one to be put over it: without them nobody can say
/// that it holds.
const HOLDS: &[CheckId] = &[
    CheckId::SignatureFormat,
    CheckId::SignatureDigestAlgorithm,
    CheckId::SignatureReferences,
    CheckId::SignatureDataHash,
    CheckId::SignatureValue,
];

/// What a stamp of our own must have passed beside.
const OWN: &[CheckId] = &[
    CheckId::SignatureTime,
    CheckId::SealFormat,
    CheckId::SealFile,
    CheckId::SealValue,
    CheckId::SealSignerListed,
    CheckId::SealPeriod,
    CheckId::SealMakerPeriod,
    CheckId::SignerPeriod,
    CheckId::SignerKeyUsage,
];

/// And where it is asked whose it is.
const IDENTITY: &[CheckId] =
    &[CheckId::SignerPath, CheckId::SealMakerPath, CheckId::SignerRevocation, CheckId::SealMakerRevocation];

/// A check that forbids a further signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forbidding {
    /// ID of the signature; `None` for the document as a whole.
    pub signature: Option<String>,
    /// Which check.
    pub check: CheckId,
    /// What exactly was found.
    pub code: String,
    /// The same for people.
    pub sentence: Sentence,
}

/// Why a further signature does not stand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Harm {
    /// There is not exactly one signature more, the last one, of this ID.
    #[error("the signatures are not those that were there and one more")]
    Signatures,
    /// An earlier signature is judged otherwise than before.
    #[error("signature {signature} is judged otherwise than before: {}", check.as_str())]
    Earlier {
        /// Its ID.
        signature: String,
        /// What is judged otherwise.
        check: CheckId,
    },
    /// The new signature does not pass a check.
    #[error("the new signature does not pass {}", .0.as_str())]
    Own(CheckId),
    /// A check of the document fails that did not fail before.
    #[error("the document does not pass {} any more", .0.as_str())]
    Document(CheckId),
    /// Something that is shown is covered by no signature.
    #[error("{0} is covered by no signature")]
    Uncovered(String),
}

/// Why nothing may be put over this document: a check that failed, or one of a signature that could not be made.
/// A document without signatures is forbidden nothing by them. Of one that is signed, whatever is shown must be covered,
/// unless that is accepted: a further signature over everything makes whole what anybody may have added.
pub fn forbidding(report: &Report, accept_uncovered: bool) -> Option<Forbidding> {
    let found = |signature: Option<&SignatureReport>, check: &Check| Forbidding {
        signature: signature.map(|signature| signature.id.clone()),
        check: check.id,
        code: check.code.clone(),
        sentence: check.sentence.clone(),
    };
    let is_container = |check: &&Check| {
        matches!(check.id, CheckId::PackageReadable | CheckId::PackageEntries | CheckId::PackageShadowed)
            && matches!(check.outcome, Outcome::Failed | Outcome::Indeterminate)
    };
    if let Some(check) = report.checks.iter().find(is_container) {
        return Some(found(None, check));
    }
    for signature in &report.signatures {
        let fails = |check: &&Check| {
            check.outcome == Outcome::Failed || HOLDS.contains(&check.id) && check.outcome != Outcome::Passed
        };
        if let Some(check) = signature.checks.iter().find(fails) {
            return Some(found(Some(signature), check));
        }
    }
    let is_partial = |check: &&Check| check.id == CheckId::PackageCoverage && check.outcome == Outcome::Failed;
    if let Some(check) = report.checks.iter().find(is_partial).filter(|_| !accept_uncovered) {
        return Some(found(None, check));
    }
    // what else makes a document invalid, such as the metadata of a licence
    let reason = report.reason.filter(|_| report.verdict == Verdict::Invalid)?;
    report.checks.iter().find(|check| check.id == reason).map(|check| found(None, check))
}

/// Every check that the new signature, the last one, does not pass; where `identified`, it must be known whose
/// it is too.
pub fn own_checks_not_passed(after: &Report, identified: bool) -> Vec<CheckId> {
    let needed = |id: CheckId| HOLDS.contains(&id) || OWN.contains(&id) || identified && IDENTITY.contains(&id);
    let checks = after.signatures.last().map(|signature| signature.checks.as_slice()).unwrap_or_default();
    let not_passed = checks.iter().filter(|check| match check.outcome {
        Outcome::Passed => false,
        Outcome::Failed => true,
        Outcome::Indeterminate | Outcome::Skipped => needed(check.id),
    });
    not_passed.map(|check| check.id).collect()
}

/// The first check that a stamp by itself, without its document, does not pass though it must; of a rehearsal, but for
/// its value.
pub fn bare_checks_not_passed(report: &Report, is_rehearsal: bool) -> Option<CheckId> {
    const NOT_ASKED: &[CheckId] = &[
        CheckId::SignatureDigestAlgorithm,
        CheckId::SignatureReferences,
        CheckId::SignatureDataHash,
        CheckId::SealFile,
    ];
    let not_passed = own_checks_not_passed(report, true).into_iter().filter(|id| !NOT_ASKED.contains(id));
    let mut wrong = not_passed.filter(|id| !is_rehearsal || *id != CheckId::SignatureValue);
    wrong.next()
}

/// Whether the document of `after` is that of `before` with the signature `id` more, and everything else is judged
/// as it was. `is_rehearsal`: the value of the new one is a throwaway, which is the only thing that may be wrong.
///
/// # Errors
/// [`Harm`].
pub fn unharmed(before: &Report, after: &Report, id: &str, identified: bool, is_rehearsal: bool) -> Result<(), Harm> {
    let Some((own, earlier)) = after.signatures.split_last() else { return Err(Harm::Signatures) };
    if own.id != id || earlier.len() != before.signatures.len() || after.document.kind != DocumentKind::Ofd {
        return Err(Harm::Signatures);
    }
    for (then, now) in before.signatures.iter().zip(earlier) {
        if then.id != now.id || then.checks.len() != now.checks.len() {
            return Err(Harm::Signatures);
        }
        let differs = then.checks.iter().zip(&now.checks).find(|(a, b)| (a.id, a.outcome) != (b.id, b.outcome));
        if let Some((_, check)) = differs {
            return Err(Harm::Earlier { signature: now.id.clone(), check: check.id });
        }
    }
    let not_passed = own_checks_not_passed(after, identified);
    let due: &[CheckId] = if is_rehearsal { &[CheckId::SignatureValue] } else { &[] };
    if not_passed != due {
        let first = not_passed.into_iter().find(|id| !due.contains(id)).unwrap_or(CheckId::SignatureValue);
        return Err(Harm::Own(first));
    }
    let failed_before =
        |id: CheckId| before.checks.iter().any(|check| check.id == id && check.outcome == Outcome::Failed);
    let worse = |check: &&Check| check.outcome == Outcome::Failed && !failed_before(check.id);
    if let Some(check) = after.checks.iter().filter(|check| !is_rehearsal || !of_coverage(check.id)).find(worse) {
        return Err(Harm::Document(check.id));
    }
    match &after.coverage {
        Some(coverage) if is_rehearsal || coverage.state == CoverageState::Complete => Ok(()),
        Some(coverage) => Err(Harm::Uncovered(coverage.uncovered.first().cloned().unwrap_or_default())),
        None => Err(Harm::Signatures),
    }
}

/// What hangs on a signature value that a rehearsal does not have.
const fn of_coverage(id: CheckId) -> bool {
    matches!(id, CheckId::PackageCoverage | CheckId::PackageShadowed)
}
