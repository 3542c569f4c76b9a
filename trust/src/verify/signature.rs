//! What every signature has to do with the document around it.

use super::{CheckId, SignatureKind, SignatureReport, findings::Findings};
use crate::{sm::sm3, trust_list::Stated};

/// The document side of one signature.
pub(super) struct Original<'a> {
    /// Signature.xml as received.
    pub(super) signature_xml: &'a [u8],
    /// Its SM3, where it is known already.
    pub(super) signature_sm3: Option<sm3::Digest>,
    /// SignatureDateTime.
    pub(super) signature_date_time: Option<&'a str>,
    /// What it states of itself as a licence, where this signature covers it.
    pub(super) stated: &'a Stated,
    /// Seal.esl: `None` where Signature.xml names none.
    pub(super) seal_file: Option<SealFile>,
}

/// The file that Seal/BaseLoc names.
pub(super) enum SealFile {
    Octets(std::sync::Arc<[u8]>),
    Missing,
}

impl Original<'_> {
    /// Seal.esl, where there is one, is the seal inside the value, octet by octet.
    pub(super) fn seal_file(&self, findings: &mut Findings, seal: &[u8]) {
        let id = CheckId::SealFile;
        match &self.seal_file {
            None => findings.skipped(id, "absent", "文件没有另附印章。", "The document has no separate seal file."),
            Some(SealFile::Missing) => {
                findings.failed(
                    id,
                    "missing",
                    "文件所指的印章文件不存在。",
                    "The seal file that is named does not exist.",
                );
            }
            Some(SealFile::Octets(octets)) if **octets == *seal => {
                findings.passed(id, "另附的印章与签章中的一致。", "The seal file is the seal inside the stamp.");
            }
            Some(SealFile::Octets(_)) => {
                findings.failed(
                    id,
                    "differs",
                    "另附的印章与签章中的不同。",
                    "The seal file differs from the seal inside the stamp.",
                );
            }
        }
    }
}

/// The value without octets that follow it; such octets fail the format check
/// `id`, and every other check still tells its own fact.
pub(super) fn without_trailing<'a>(findings: &mut Findings, id: CheckId, octets: &'a [u8]) -> &'a [u8] {
    let Some(value) = crate::asn1::without_trailing(octets) else { return octets };
    findings.failed(
        id,
        "trailing",
        "数据后面多出了内容。",
        format!("{} octets follow the value.", octets.len() - value.len()),
    );
    value
}

/// A report about a signature of which nothing is known yet.
pub(super) fn blank(id: &str, kind: SignatureKind) -> SignatureReport {
    SignatureReport {
        id: id.to_owned(),
        kind,
        seal_version: None,
        value_verified: false,
        signer: None,
        seal: None,
        stamped_at: None,
        checks: Vec::new(),
    }
}
