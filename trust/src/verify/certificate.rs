//! One certificate alone: whether what its key will sign would find it vouched for.

use super::{Check, Evidence, Outcome, Policy, check::Context, findings::Findings, identity, revocation::Signed};
use crate::{anchor::Anchors, base::Moment, trust_list::Stated, verify::vouching::Occasion, x509::Certificate};

/// In which place a certificate stands in a stamped document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bearer {
    /// Of the one who stamps (签章者).
    Stamper,
    /// Of the one who makes seals (制章者).
    SealMaker,
}

/// The checks of a stamp signed at `at` that ask about this certificate and nothing else and that would not
/// pass: path, revocation, and for a stamper period and use of the key; none where all would. They are those of
/// [`super::check()`], with its codes and sentences. The scope of a trust list is asked about as for a document that
/// states nothing.
pub fn check_certificate(
    certificate: &Certificate,
    bearer: Bearer,
    anchors: &Anchors,
    evidence: &Evidence,
    policy: &Policy,
    at: Moment,
) -> Vec<Check> {
    let context = Context::new(anchors, evidence, policy, at, None);
    context.set_path_budget(policy.limits.path_signatures);
    let mut findings = Findings::default();
    let role = match bearer {
        Bearer::Stamper => {
            identity::period(&mut findings, certificate, Some(at));
            identity::key_usage(&mut findings, certificate);
            &identity::SIGNER
        }
        Bearer::SealMaker => &identity::MAKER,
    };
    let signed = Signed { claimed: Some(at), ..Signed::default() };
    let occasion = Occasion { stated: &Stated::default(), stamped: Some(at) };
    identity::path(&mut findings, &context, role, certificate, &[], signed, occasion);
    let (mut checks, _) = findings.finish(&[]);
    checks.retain(|check| check.outcome != Outcome::Passed);
    checks
}
