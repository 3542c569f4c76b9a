//! Whether the algorithms that were used count by the policy ([`crate::algorithms`]).
//!
//! A value or digest that is right and does not count keeps its outcome, and its code
//! says that it proves too little: nothing was forged, and the verdict that needs it is
//! undecided. Each such use is warned of too.

use super::{CheckId, Context, StampedAt, TimeSource, findings::Findings, verdict};
use crate::{
    algorithms::{AlgorithmName, Asked, Objection, Purpose},
    anchor::ListedAnchors,
    base::{Moment, Sentence},
    suite::{Algorithm, PublicKey},
    tsp::Checked,
    x509::{Certificate, PathFault},
};

/// When an algorithm was used.
#[derive(Clone, Copy)]
pub(super) struct Used {
    pub(super) at: Moment,
    /// Not later than this, by a time stamp.
    pub(super) proven: Option<Moment>,
}

impl Used {
    /// At the signing time; without one the time of the check is the only one there is.
    pub(super) fn at_signing(context: &Context<'_>, stamped_at: Option<&StampedAt>) -> Self {
        let within = stamped_at.filter(|at| at.source == TimeSource::TimeStamp).map(|at| at.time);
        Self { at: stamped_at.map_or(context.at, |at| at.time), proven: context.proven(within) }
    }
}

/// Judges the algorithm of a value that verified with the key of a certificate.
pub(super) fn value(
    findings: &mut Findings,
    context: &Context<'_>,
    id: CheckId,
    purpose: Purpose,
    algorithm: Option<Algorithm>,
    certificate: Option<&Certificate>,
    used: Used,
) {
    let Some((algorithm, key)) = algorithm.zip(certificate.and_then(Certificate::key)) else { return };
    let Err(objection) = allows(context, algorithm.into(), purpose, key.bits(), used) else { return };
    if algorithm.is_weak() && objection == Objection::NotListed {
        let (zh, en) =
            ("签名相符，但使用的算法今天已不安全。", "The value verifies, but its algorithm is no longer safe.");
        findings.proves_too_little(id, verdict::WEAK, "algorithm.weak", Sentence::new(zh, en));
    } else {
        does_not_count(findings, id, algorithm.into(), objection);
    }
}

/// Judges the algorithm of a digest that is right.
pub(super) fn digest(
    findings: &mut Findings,
    context: &Context<'_>,
    id: CheckId,
    algorithm: AlgorithmName,
    used: Used,
) {
    if let Err(objection) = allows(context, algorithm, Purpose::Digest, DIGEST_BITS, used) {
        does_not_count(findings, id, algorithm, objection);
    }
}

/// Of SM3 and of SHA-256.
pub(super) const DIGEST_BITS: u32 = 256;

/// Judges the values by which the certificates of a whole path were issued.
pub(super) fn path(context: &Context<'_>, path: &[Certificate], used: Used) -> Result<(), PathFault> {
    for pair in path.windows(2) {
        let [subject, issuer] = pair else { continue };
        let Some((algorithm, key)) = subject.signature_algorithm().zip(issuer.key()) else { continue };
        let algorithm = AlgorithmName::from(algorithm);
        allows(context, algorithm, Purpose::Certificate, key.bits(), used).map_err(|objection| {
            PathFault::Algorithm { objection, algorithm: algorithm.as_str(), subject: subject.subject().to_owned() }
        })?;
    }
    Ok(())
}

/// Judges the value of a trust list, at the time at which its operator says to have made it.
pub(super) fn list(context: &Context<'_>, list: &ListedAnchors) -> Result<(), PathFault> {
    let used = Used { at: list.issued(), proven: context.existed_by() };
    // operators sign with SM2 and nothing else
    allows(context, AlgorithmName::Sm2Sm3, Purpose::TrustList, SM2_BITS, used)
        .map_err(|objection| PathFault::ListAlgorithm { objection, operator: list.operator().name.clone() })
}

/// Judges a time stamp that verified: its value, and the digest that it is over.
pub(super) fn time_stamp(context: &Context<'_>, checked: &Checked, used: Used) -> Result<(), Objected> {
    let bits = checked.authority.key().map_or(0, PublicKey::bits);
    let value = (AlgorithmName::from(checked.algorithm), bits);
    let digest = checked.digest.map(|name| (name, DIGEST_BITS));
    core::iter::once(value).chain(digest).try_for_each(|(algorithm, bits)| {
        let allowed = allows(context, algorithm, Purpose::TimeStamp, bits, used);
        allowed.map_err(|objection| Objected { algorithm, objection })
    })
}

/// An algorithm, and what is to be said against it.
pub(super) struct Objected {
    pub(super) algorithm: AlgorithmName,
    pub(super) objection: Objection,
}

/// Of the order of the curve.
const SM2_BITS: u32 = 256;

/// Whether a use that verified counts.
pub(super) fn allows(
    context: &Context<'_>,
    algorithm: AlgorithmName,
    purpose: Purpose,
    bits: u32,
    used: Used,
) -> Result<(), Objection> {
    let Used { at, proven } = used;
    context.policy.algorithms.allows(&Asked { algorithm, purpose, bits, at, proven, now: context.today() })
}

fn does_not_count(findings: &mut Findings, id: CheckId, algorithm: AlgorithmName, objection: Objection) {
    let name = algorithm.as_str();
    let sentence = Sentence::new(
        format!("内容相符，但按算法规定不予采信：{name} {}。", objection.zh()),
        format!("It verifies, but does not count by the algorithm policy: {name}, and {objection}."),
    );
    findings.proves_too_little(id, objection.code(), objection.warning(), sentence);
}
