//! Random access to a document's octets, without I/O in this crate.

/// Octets that can be read at any place. Must be the same octets for as long
/// as the value lives; safe to read from several threads.
pub trait Source: Sync {
    /// How many octets there are.
    fn len(&self) -> u64;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Fills `buffer` with the octets from `offset` on.
    ///
    /// # Errors
    /// [`SourceError`] when the medium fails or the octets end before the
    /// buffer is full. It never means that the document is bad.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SourceError>;

    /// All octets, where they lie in memory already and need not be copied.
    fn in_memory(&self) -> Option<&[u8]> {
        None
    }
}

/// The medium failed; says nothing about the document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("document cannot be read: {0}")]
pub struct SourceError(pub String);

impl Source for [u8] {
    fn len(&self) -> u64 {
        <[u8]>::len(self) as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SourceError> {
        let part = usize::try_from(offset).ok().and_then(|start| self.get(start..)?.get(..buffer.len()));
        buffer.copy_from_slice(part.ok_or_else(|| SourceError("read past the end".to_owned()))?);
        Ok(())
    }

    fn in_memory(&self) -> Option<&[u8]> {
        Some(self)
    }
}

impl Source for &[u8] {
    fn len(&self) -> u64 {
        Source::len(*self)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SourceError> {
        Source::read_at(*self, offset, buffer)
    }

    fn in_memory(&self) -> Option<&[u8]> {
        Some(self)
    }
}

impl Source for Vec<u8> {
    fn len(&self) -> u64 {
        Source::len(self.as_slice())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SourceError> {
        Source::read_at(self.as_slice(), offset, buffer)
    }

    fn in_memory(&self) -> Option<&[u8]> {
        Some(self)
    }
}
