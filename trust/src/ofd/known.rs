//! Entries that were met before, told by their exact octets.
//!
//! Licences of one face share templates, fonts and the file of the seal. Whoever
//! verifies many of them hands in those parts: an entry whose octets in the package
//! are, one by one, those of a part has its content, CRC and SM3, and is neither
//! inflated nor digested again. What is compared is what was received; an entry
//! that differs in a single octet is read like any other. The same holds for the
//! value of a seal that was verified before, for what stamps with one seal have in common,
//! and for certificates.

use super::write::Part;
use crate::{
    base::{Source, SourceError},
    seal::SoundSeal,
    x509::Certificate,
};
use std::collections::HashMap;

/// Octets compared at a time.
const PIECE: usize = 64 << 10;

/// Parts whose content and digest are known, and seals whose value is.
#[derive(Clone, Debug, Default)]
pub struct KnownParts {
    /// By CRC and inflated size: what the directory of a package says.
    parts: HashMap<(u32, u64), Vec<Part>>,
    seals: Vec<SoundSeal>,
    certificates: Vec<Certificate>,
}

impl KnownParts {
    /// Adds a part.
    pub fn add(&mut self, part: &Part) {
        let same = self.parts.entry((part.crc(), part.octets().len() as u64)).or_default();
        if !same.iter().any(|known| known.is(part)) {
            same.push(part.clone());
        }
    }

    /// Adds a seal whose value need not be verified again.
    pub fn add_seal(&mut self, seal: &SoundSeal) {
        self.seals.push(seal.clone());
    }

    /// Adds a certificate that need not be parsed again, nor its issuer's signature on it be
    /// verified again. Nothing is said of its path and of periods.
    pub fn add_certificate(&mut self, certificate: &Certificate) {
        self.certificates.push(certificate.clone());
    }

    /// The certificate that has these octets; the makers of known seals are known.
    pub(crate) fn certificate(&self, der: &[u8]) -> Option<Certificate> {
        let makers = self.seals.iter().map(SoundSeal::maker);
        self.certificates.iter().chain(makers).find(|known| known.der() == der).cloned()
    }

    /// The seal that was verified and has these octets.
    pub(crate) fn sound_seal(&self, seal: &[u8]) -> Option<&SoundSeal> {
        self.seals.iter().find(|known| known.octets() == seal)
    }

    /// The part that stands, packed by this method, at `start` of a source.
    ///
    /// # Errors
    /// The medium failed.
    pub(super) fn find(
        &self,
        source: &dyn Source,
        (method, crc, size): (u16, u32, u64),
        (start, length): (u64, u64),
    ) -> Result<Option<&Part>, SourceError> {
        for part in self.parts.get(&(crc, size)).into_iter().flatten() {
            let (own, packed) = part.written();
            if own == method && packed.len() as u64 == length && stands_at(source, start, packed)? {
                return Ok(Some(part));
            }
        }
        Ok(None)
    }
}

impl<'p> FromIterator<&'p Part> for KnownParts {
    fn from_iter<I: IntoIterator<Item = &'p Part>>(parts: I) -> Self {
        let mut known = Self::default();
        parts.into_iter().for_each(|part| known.add(part));
        known
    }
}

fn stands_at(source: &dyn Source, start: u64, octets: &[u8]) -> Result<bool, SourceError> {
    let there = source.in_memory().and_then(|all| all.get(usize::try_from(start).ok()?..)?.get(..octets.len()));
    if let Some(there) = there {
        return Ok(there == octets);
    }
    let mut buffer = vec![0; octets.len().min(PIECE)];
    let mut at = start;
    for piece in octets.chunks(PIECE) {
        let read = buffer.get_mut(..piece.len()).unwrap_or_default();
        source.read_at(at, read)?;
        if read != piece {
            return Ok(false);
        }
        at += piece.len() as u64;
    }
    Ok(true)
}
