//! One file of a package, with everything that is computed from its octets alone.

use super::WriteFault;
use crate::{base::Limits, ofd::document::Walked, sm::sm3};
use flate2::{Compression, write::DeflateEncoder};
use std::{
    io::Write as _,
    sync::{Arc, OnceLock},
};

/// The content of an entry: octets, SM3, CRC-32 and, where it pays, the deflated
/// form. Cheap to clone.
#[derive(Clone)]
pub struct Part {
    octets: Arc<[u8]>,
    packed: Option<Arc<[u8]>>,
    crc: u32,
    found: Arc<Found>,
}

/// What was found out about the octets, each when it was first asked for.
#[derive(Default)]
struct Found {
    sm3: OnceLock<sm3::Digest>,
    walked: OnceLock<Walked>,
}

impl Part {
    /// To be stored as it is: for what is compressed already, and for fonts.
    ///
    /// # Errors
    /// [`WriteFault::TooLarge`] over [`Limits::entry_inflated_bytes`].
    pub fn stored(octets: Vec<u8>) -> Result<Self, WriteFault> {
        let limit = Limits::default().entry_inflated_bytes;
        if octets.len() as u64 > limit {
            return Err(WriteFault::TooLarge { limit });
        }
        let crc = crc32fast::hash(&octets);
        Ok(Self { octets: octets.into(), packed: None, crc, found: Arc::default() })
    }

    /// To be deflated, unless that makes it no smaller, or so much smaller that
    /// readers would take it for a bomb.
    ///
    /// # Errors
    /// As [`Part::stored`].
    pub fn deflated(octets: Vec<u8>) -> Result<Self, WriteFault> {
        let part = Self::stored(octets)?;
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        let packed = encoder.write_all(&part.octets).and_then(|()| encoder.finish());
        // writing to memory does not fail; were it to, the stored form is right as well
        let packed = packed.ok().filter(|packed| {
            let (whole, small) = (part.octets.len() as u64, packed.len() as u64);
            let limits = Limits::default();
            small < whole && (whole <= limits.ratio_floor_bytes || whole <= small.saturating_mul(limits.inflate_ratio))
        });
        Ok(Self { packed: packed.map(Into::into), ..part })
    }

    /// The file.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// The file, shared.
    pub(in crate::ofd) fn shared_octets(&self) -> Arc<[u8]> {
        Arc::clone(&self.octets)
    }

    /// Whether it stands in a package as it is.
    pub const fn is_stored(&self) -> bool {
        self.packed.is_none()
    }

    /// Computes the SM3 of parts that have not been asked for it, in lanes: for many at
    /// once, which then have it at hand.
    pub fn digest_together<'p>(parts: impl Iterator<Item = &'p Self>) {
        let open: Vec<&Self> = parts.filter(|part| part.found.sm3.get().is_none()).collect();
        let messages: Vec<&[u8]> = open.iter().map(|part| part.octets()).collect();
        for (part, digest) in open.iter().zip(sm3::digest_many(&messages)) {
            // another thread may have been first, with the same
            let _ = part.found.sm3.set(digest);
        }
    }

    /// SM3 of the file; computed when it is first asked for.
    pub fn sm3(&self) -> &sm3::Digest {
        self.found.sm3.get_or_init(|| sm3::digest(&self.octets))
    }

    /// The walk over the file where it is XML that was read for its links.
    pub(in crate::ofd) fn walked(&self) -> &OnceLock<Walked> {
        &self.found.walked
    }

    /// CRC-32 of the file.
    pub(in crate::ofd) const fn crc(&self) -> u32 {
        self.crc
    }

    /// The octets that stand in the package: deflated where that pays.
    pub fn packed(&self) -> &Arc<[u8]> {
        self.packed.as_ref().unwrap_or(&self.octets)
    }

    /// Whether both are clones of one part.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.octets, &other.octets)
    }

    /// The method number and the octets that stand in the package.
    pub(in crate::ofd) fn written(&self) -> (u16, &[u8]) {
        (if self.packed.is_some() { 8 } else { 0 }, self.packed())
    }
}

impl core::fmt::Debug for Part {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Part({} octets)", self.octets.len())
    }
}
