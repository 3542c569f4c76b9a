//! What stands in an entry. An entry is read to be understood and again to be digested:
//! small ones are inflated once and kept for as long as the package is open.

use super::inflate::{self, StreamError};
use super::{Entry, Package, ReadError};
use crate::ofd::PackageFault;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Octets that are kept of one package.
const KEPT_TOTAL: u64 = 1 << 20;

/// Inflated entries, by their index.
#[derive(Default)]
pub(super) struct Kept {
    contents: BTreeMap<usize, Arc<[u8]>>,
    octets: u64,
}

impl Package<'_> {
    /// The inflated octets of an entry that is not large, inflated once where it can be kept.
    pub(super) fn content(&self, index: usize, entry: &Entry) -> Result<Arc<[u8]>, ReadError> {
        self.begin(entry)?;
        if let Some(content) = self.kept.borrow().contents.get(&index) {
            return Ok(content.clone());
        }
        let content: Arc<[u8]> = if inflate::is_small(entry.extent) {
            let mut tools = self.tools.borrow_mut();
            let octets = inflate::whole(self.source, entry.extent, &mut tools);
            octets.map_err(|error| self.broken(entry, error))?.into()
        } else {
            let mut octets = Vec::with_capacity(usize::try_from(entry.extent.size).map_or(0, |size| size.min(1 << 20)));
            inflate::stream(self.source, entry.extent, &mut |piece| octets.extend_from_slice(piece))
                .map_err(|error| self.broken(entry, error))?;
            octets.into()
        };
        let mut kept = self.kept.borrow_mut();
        let octets = kept.octets.saturating_add(entry.extent.size);
        if octets <= KEPT_TOTAL {
            kept.octets = octets;
            kept.contents.insert(index, content.clone());
        }
        Ok(content)
    }

    /// Whether [`Package::content`] would keep an entry, or has it.
    fn is_kept(&self, index: usize, entry: &Entry) -> bool {
        let kept = self.kept.borrow();
        kept.contents.contains_key(&index)
            || (inflate::is_small(entry.extent) && kept.octets.saturating_add(entry.extent.size) <= KEPT_TOTAL)
    }

    /// What every reading of an entry begins with.
    fn begin(&self, entry: &Entry) -> Result<(), ReadError> {
        if let Some(offence) = entry.blocked {
            return Err(self.fault(PackageFault::new(offence, [entry.name.as_str()])));
        }
        self.spend(entry)
    }

    /// The inflated octets of a small entry, where they can be had and kept: nothing is
    /// recorded and nothing spent, because whoever needs them reads them again.
    pub(crate) fn glance(&self, name: &str) -> Option<Arc<[u8]>> {
        let (index, entry) = self.entry(name).ok()?;
        if entry.blocked.is_some() || !self.is_kept(index, entry) || self.part(index, entry).ok()?.is_some() {
            return None;
        }
        if let Some(content) = self.kept.borrow().contents.get(&index) {
            return Some(content.clone());
        }
        let mut tools = self.tools.borrow_mut();
        let content: Arc<[u8]> = inflate::whole(self.source, entry.extent, &mut tools).ok()?.into();
        let mut kept = self.kept.borrow_mut();
        kept.octets += entry.extent.size;
        kept.contents.insert(index, content.clone());
        Some(content)
    }

    fn broken(&self, entry: &Entry, error: StreamError) -> ReadError {
        match error {
            StreamError::Offence(offence) => self.fault(PackageFault::new(offence, [entry.name.as_str()])),
            StreamError::Source(error) => ReadError::Source(error),
        }
    }

    /// Hands out the octets of an entry: those that are kept, or piece by piece.
    pub(super) fn hand_out(&self, index: usize, entry: &Entry, sink: &mut dyn FnMut(&[u8])) -> Result<(), ReadError> {
        if self.is_kept(index, entry) {
            sink(&self.content(index, entry)?);
            return Ok(());
        }
        self.begin(entry)?;
        inflate::stream(self.source, entry.extent, sink).map_err(|error| self.broken(entry, error))
    }
}
