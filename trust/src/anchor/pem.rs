//! PEM blocks (RFC 7468) with the text before each.

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// What a block begins with.
pub(super) const BEGIN: &str = "-----BEGIN ";
/// Label of a certificate.
pub(super) const CERTIFICATE: &str = "CERTIFICATE";
/// Label of a revocation list (RFC 7468 6).
pub(super) const LIST: &str = "X509 CRL";

/// One block.
pub(super) struct Block {
    pub(super) label: String,
    pub(super) octets: Vec<u8>,
    /// Explanatory text since the block before.
    pub(super) text_before: String,
}

/// All blocks in order; `None` for one that is damaged. Text that is not UTF-8
/// can only be explanation and is replaced.
pub(super) fn blocks(bundle: &[u8]) -> Vec<Option<Block>> {
    let text = String::from_utf8_lossy(bundle);
    let mut parts = text.split(BEGIN);
    let mut before = parts.next().unwrap_or_default().to_owned();
    let mut found = Vec::new();
    for part in parts {
        let block = split(part).and_then(|(label, body, after)| {
            let body: String = body.split_ascii_whitespace().collect();
            let octets = STANDARD.decode(body).ok()?;
            let text_before = std::mem::replace(&mut before, after.to_owned());
            Some(Block { label: label.to_owned(), octets, text_before })
        });
        found.push(block);
    }
    found
}

/// Label, base64 and what follows the end line.
fn split(part: &str) -> Option<(&str, &str, &str)> {
    let (label, rest) = part.split_once("-----")?;
    let (body, after) = rest.split_once("-----END ")?;
    let after = after.strip_prefix(label)?.strip_prefix("-----")?;
    Some((label, body, after))
}
