//! Small reads from a [`Source`] through one buffer.

use crate::base::{Source, SourceError};

/// Octets fetched at once.
const BLOCK: u64 = 16 << 10;

/// A view of a source that keeps the last block read, so that headers which
/// stand close together cost one read. What lies in memory is looked at in place.
pub(super) struct Window<'s> {
    source: &'s dyn Source,
    start: u64,
    block: Vec<u8>,
}

impl<'s> Window<'s> {
    pub(super) fn new(source: &'s dyn Source) -> Self {
        Self { source, start: 0, block: Vec::new() }
    }

    pub(super) fn len(&self) -> u64 {
        self.source.len()
    }

    /// `len` octets (at most some hundred KiB) from `offset`; `None` where the source ends before.
    pub(super) fn at(&mut self, offset: u64, len: usize) -> Result<Option<&[u8]>, SourceError> {
        let total = self.source.len();
        if offset.checked_add(len as u64).is_none_or(|end| end > total) {
            return Ok(None);
        }
        if let Some(all) = self.source.in_memory() {
            let from = usize::try_from(offset).unwrap_or(usize::MAX);
            return Ok(all.get(from..).and_then(|rest| rest.get(..len)));
        }
        let inside = offset >= self.start && offset + len as u64 <= self.start + self.block.len() as u64;
        if !inside {
            let fetch = (total - offset).min(BLOCK.max(len as u64));
            self.block.clear();
            self.block.resize(usize::try_from(fetch).unwrap_or(len), 0);
            self.start = offset;
            if let Err(error) = self.source.read_at(offset, &mut self.block) {
                self.block.clear();
                return Err(error);
            }
        }
        let from = usize::try_from(offset - self.start).unwrap_or(usize::MAX);
        Ok(self.block.get(from..).and_then(|b| b.get(..len)))
    }

    /// A copy of the octets from `start` to `end`.
    pub(super) fn copy(&mut self, start: u64, end: u64) -> Result<Option<Vec<u8>>, SourceError> {
        let len = usize::try_from(end.saturating_sub(start)).unwrap_or(usize::MAX);
        Ok(self.at(start, len)?.map(<[u8]>::to_vec))
    }
}

fn array<const N: usize>(octets: &[u8], at: usize) -> [u8; N] {
    octets.get(at..).and_then(|o| o.first_chunk::<N>()).copied().unwrap_or([0; N])
}

/// Little-endian; 0 beyond the end, which callers exclude by length.
pub(super) fn le16(octets: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(array(octets, at))
}

/// As [`le16`].
pub(super) fn le32(octets: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(array(octets, at))
}

/// As [`le16`].
pub(super) fn le64(octets: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(array(octets, at))
}
