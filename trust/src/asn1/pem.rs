//! PEM blocks (RFC 7468): reading them with the text before each, and writing one.

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// What a block begins with.
const BEGIN: &str = "-----BEGIN ";
/// Label of a certificate.
pub const CERTIFICATE: &str = "CERTIFICATE";
/// Label of a certification request (RFC 7468 7).
pub const REQUEST: &str = "CERTIFICATE REQUEST";
/// What older programs write instead (RFC 7468 7).
pub(crate) const OLD_REQUEST: &str = "NEW CERTIFICATE REQUEST";
/// Label of a revocation list (RFC 7468 6).
pub const LIST: &str = "X509 CRL";

/// Characters in a line of base64.
const LINE: usize = 64;

/// One block with this label.
pub fn write(label: &str, octets: &[u8]) -> String {
    let text = STANDARD.encode(octets);
    let mut out = format!("{BEGIN}{label}-----\n");
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(LINE));
        out.push_str(line);
        out.push('\n');
        rest = after;
    }
    out + "-----END " + label + "-----\n"
}

/// Whether a block begins anywhere in `octets`.
pub(crate) fn is_in(octets: &[u8]) -> bool {
    octets.windows(BEGIN.len()).any(|window| window == BEGIN.as_bytes())
}

/// One block.
pub(crate) struct Block {
    pub(crate) label: String,
    pub(crate) octets: Vec<u8>,
    /// Explanatory text since the block before.
    pub(crate) text_before: String,
}

/// All blocks in order; `None` for one that is damaged. Text that is not UTF-8
/// can only be explanation and is replaced.
pub(crate) fn blocks(bundle: &[u8]) -> Vec<Option<Block>> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        for length in [0, 1, 47, 48, 49, 96, 1000] {
            let octets = vec![0xA5; length];
            let text = write(CERTIFICATE, &octets);
            assert!(text.lines().all(|line| line.len() <= LINE) && text.ends_with("-----END CERTIFICATE-----\n"));
            let read = blocks(text.as_bytes()).pop().flatten().unwrap();
            assert_eq!((read.label.as_str(), read.octets), (CERTIFICATE, octets));
        }
    }
}
