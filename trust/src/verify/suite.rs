//! Whether something else than the national suite, SM2 with SM3, was used, and
//! whether the anchor vouches for that (`docs/adr/0021-cross-border-suite.md`).
//!
//! Whatever anchors say, and where none are asked for, it is warned of. Time stamps
//! prove a time and are left to the anchors of their use.

use super::{findings::Findings, identity::Role};
use crate::{
    base::Sentence,
    suite::{Algorithm, PublicKey},
    x509::{Certificate, PathFault},
};

/// Code of the warning.
const NOT_NATIONAL: &str = "suite.not_national";

/// Warns where the value, or the key it is said to be of, is of a foreign suite.
pub(super) fn note(
    findings: &mut Findings,
    role: &Role,
    algorithm: Option<Algorithm>,
    certificate: Option<&Certificate>,
) {
    let key = certificate.and_then(Certificate::key).and_then(PublicKey::foreign_name);
    for name in [algorithm.and_then(Algorithm::foreign_name), key].into_iter().flatten() {
        warn(findings, role, name);
    }
}

/// The same for the certificates of a path.
pub(super) fn note_path(findings: &mut Findings, role: &Role, path: &[Certificate]) {
    for name in path.iter().filter_map(foreign) {
        warn(findings, role, name);
    }
}

pub(super) fn warn(findings: &mut Findings, role: &Role, name: &str) {
    let sentence = Sentence::new(
        format!("{}的签名或证书使用 {name}，不是国家商用密码算法（SM2 配 SM3）。", role.who_zh),
        format!("{}'s signature or certificates use {name}, not the national suite, SM2 with SM3.", role.who_en),
    );
    findings.warn(NOT_NATIONAL, sentence);
}

/// Refuses a whole path with a foreign suite on it whose anchor is not for that. No
/// trust list says of an anchor that it is.
pub(super) fn accept(path: &[Certificate], crosses_borders: &dyn Fn(&Certificate) -> bool) -> Result<(), PathFault> {
    let Some(suite) = path.iter().find_map(foreign) else { return Ok(()) };
    match path.last() {
        Some(anchor) if crosses_borders(anchor) => Ok(()),
        anchor => {
            let anchor = anchor.map_or_else(String::new, |anchor| anchor.subject().to_owned());
            Err(PathFault::Suite { anchor, suite })
        }
    }
}

fn foreign(certificate: &Certificate) -> Option<&'static str> {
    certificate.key().and_then(PublicKey::foreign_name)
}
