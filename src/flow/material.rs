//! Documents that are brought with something and kept: scans, letters, decisions.

use super::text;
use std::fmt;

/// Longest document, octets.
pub const DOCUMENT_BYTES: usize = 2 << 20;

/// A document that is brought.
#[derive(Clone, PartialEq, Eq)]
pub struct Material {
    /// What it is called.
    pub name: String,
    /// PDF, OFD, PNG or JPEG.
    pub octets: Vec<u8>,
}

impl Material {
    /// The document with its name on one line; none for another kind by its first octets, one that is too
    /// long, or a name that is none.
    pub(in crate::flow) fn checked(&self) -> Option<Self> {
        let known: [&[u8]; 4] = [b"%PDF-", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"];
        let is_known = known.iter().any(|first| self.octets.starts_with(first));
        if self.octets.len() > DOCUMENT_BYTES || !is_known {
            return None;
        }
        let name = text::line(&self.name, 100)?;
        Some(Self { name, octets: self.octets.clone() })
    }
}

impl fmt::Debug for Material {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Material").field("octets", &self.octets.len()).finish_non_exhaustive()
    }
}
