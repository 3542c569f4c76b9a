//! Entries as they lie in the file: for who copies them octet for octet.

use super::{Faults, OpenError, directory, layout, names, window::Window};
use crate::{
    base::{Limits, Source, SourceError},
    ofd::{Offence, PackageFault},
};
use std::ops::Range;

/// Where the offset of the local header stands in a header of the directory (APPNOTE 4.3.12).
const OFFSET_AT: usize = 42;

/// One entry, folders too.
#[derive(Debug)]
pub(in crate::ofd) struct RawEntry {
    /// Its name, as readers of this crate take it.
    pub(in crate::ofd) name: String,
    /// Whether other readers may know it by another name: the octets are no UTF-8, or a Unicode path
    /// field says otherwise.
    pub(in crate::ofd) is_ambiguous: bool,
    /// Local header, data and descriptor.
    span: Range<u64>,
    /// Its header in the directory.
    header: Vec<u8>,
}

/// All entries of a package, in the order of the directory.
#[derive(Debug)]
pub(in crate::ofd) struct RawEntries(pub(in crate::ofd) Vec<RawEntry>);

impl RawEntries {
    /// Reads the directory once more. The caller has opened the package and found no fault: every octet up
    /// to the directory belongs to one entry.
    ///
    /// # Errors
    /// As [`Package::open`](super::Package::open).
    pub(in crate::ofd) fn read(source: &dyn Source, limits: &Limits) -> Result<Self, OpenError> {
        let mut window = Window::new(source);
        let mut faults = Faults::default();
        let directory = directory::read(&mut window, limits, &mut faults)?;
        let places = layout::check(&mut window, &directory, &mut faults)?;
        let unreadable = || OpenError::Unreadable(PackageFault::new(Offence::DirectoryUnreadable, []));
        let mut entries = Vec::with_capacity(directory.records.len());
        for (record, place) in directory.records.iter().zip(places) {
            let place = place.ok_or_else(unreadable)?;
            let (at, length) = record.header;
            let header = window.at(at, length)?.ok_or_else(unreadable)?.to_vec();
            let name = names::decode(&record.name);
            let is_utf8 = core::str::from_utf8(&record.name).is_ok();
            let is_ambiguous = !is_utf8 || record.alias.as_ref().is_some_and(|alias| *alias != name);
            entries.push(RawEntry { name, is_ambiguous, span: record.local_offset..place.end, header });
        }
        Ok(Self(entries))
    }
}

impl RawEntry {
    /// How many octets local header, data and descriptor are.
    pub(in crate::ofd) const fn span_bytes(&self) -> u64 {
        self.span.end.saturating_sub(self.span.start)
    }

    /// How many octets its header in the directory is.
    pub(in crate::ofd) fn header_bytes(&self) -> usize {
        self.header.len()
    }

    /// Local header, data and descriptor at the end of `out`.
    ///
    /// # Errors
    /// The medium failed.
    pub(in crate::ofd) fn copy_to(&self, source: &dyn Source, out: &mut Vec<u8>) -> Result<(), SourceError> {
        let begin = out.len();
        let length = usize::try_from(self.span_bytes()).map_err(|_| SourceError("an entry too large".to_owned()))?;
        out.resize(begin + length, 0);
        source.read_at(self.span.start, out.get_mut(begin..).unwrap_or_default())
    }

    /// Its header of the directory for a local header at `offset`; `None` where that stands in a ZIP64 field.
    pub(in crate::ofd) fn header_at(&self, offset: u32) -> Option<Vec<u8>> {
        let mut header = self.header.clone();
        let field = header.get_mut(OFFSET_AT..OFFSET_AT + 4)?;
        if field == [0xff; 4] || offset == u32::MAX {
            return None;
        }
        field.copy_from_slice(&offset.to_le_bytes());
        Some(header)
    }
}
