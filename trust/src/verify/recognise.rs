//! What a document is, told by its first octets, never by its name.

use super::{CheckError, CopyKind};
use crate::{base::Source, disclosure};

/// Kinds that are looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Recognised {
    /// A ZIP.
    Ofd,
    /// SESeal: a SEQUENCE whose first item's first item is a SEQUENCE (the header).
    Seal,
    /// SES_Signature: a SEQUENCE whose first item's first item is an INTEGER (the version).
    Stamp,
    /// GB/T 35275 ContentInfo, or a bare SM2 value.
    Sign,
    /// Chosen fields of a licence (`docs/disclosure-format.md`).
    Disclosure,
}

/// Octets that tell a kind: three nested headers of at most six octets each, or the beginning of a disclosure.
const FIRST: usize = 48;

/// First octets of what pictures the original and is none.
const COPIES: [(&[u8], CopyKind); 3] =
    [(b"%PDF-", CopyKind::Pdf), (b"\x89PNG\r\n\x1A\n", CopyKind::Png), (b"\xFF\xD8\xFF", CopyKind::Jpeg)];

/// Tells the kind. What begins as a kind and then cannot be read is that kind,
/// and broken.
pub(super) fn recognise(document: &dyn Source) -> Result<Recognised, CheckError> {
    let mut first = [0; FIRST];
    let count = usize::try_from(document.len()).unwrap_or(FIRST).min(FIRST);
    document.read_at(0, &mut first[..count])?;
    let first = &first[..count];
    if crate::ofd::looks_like_zip(first) {
        return Ok(Recognised::Ofd);
    }
    if disclosure::is_one(first) {
        return Ok(Recognised::Disclosure);
    }
    if let Some((_, kind)) = COPIES.iter().find(|(start, _)| first.starts_with(start)) {
        return Err(CheckError::Copy(*kind));
    }
    let outer = content(first, 0x30).ok_or(CheckError::NotADocument)?;
    match outer.first() {
        Some(0x02 | 0x06) => Ok(Recognised::Sign),
        Some(0x30) => match content(outer, 0x30).and_then(<[u8]>::first) {
            Some(0x30) => Ok(Recognised::Seal),
            Some(0x02) => Ok(Recognised::Stamp),
            _ => Err(CheckError::NotADocument),
        },
        _ => Err(CheckError::NotADocument),
    }
}

/// What follows a header of this tag; lengths of any form, true or not.
fn content(octets: &[u8], tag: u8) -> Option<&[u8]> {
    match octets {
        [found, length, rest @ ..] if *found == tag => match length {
            0..=0x80 => Some(rest),
            0x81..=0x84 => rest.get(usize::from(length & 0x7F)..),
            _ => None,
        },
        _ => None,
    }
}
