//! A ZIP package under a budget.

mod content;
mod directory;
mod inflate;
mod layout;
mod names;
mod raw;
#[cfg(test)]
mod tests;
mod window;

use self::content::Kept;
use self::directory::Record;
use self::inflate::{Extent, Tools};
pub(in crate::ofd) use self::raw::RawEntries;
use self::window::Window;
use super::{KnownParts, Offence, PackageFault, write::Part};
use crate::base::{Limits, Source, SourceError};
use crate::sm::sm3::{self, Sm3};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Faults kept for each of the two checks; further ones are dropped, the first decides anyway.
const FAULTS: usize = 256;
/// All entries may be read this many times over, for digests and parsing.
const WORK_FACTOR: u64 = 4;
const ENCRYPTED: u16 = 1 | 1 << 13;

/// Why a package cannot be opened at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// No central directory that can be trusted: the document is bad.
    #[error("{0}")]
    Unreadable(PackageFault),
    /// The medium failed: says nothing about the document.
    #[error(transparent)]
    Source(#[from] SourceError),
}

/// Why an entry, or a structure in it, cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// No entry of exactly this name.
    #[error("{0}: no such entry")]
    Missing(String),
    /// The entry is there but bad; also in [`Package::faults`].
    #[error("{0}")]
    Fault(PackageFault),
    /// The medium failed: says nothing about the document.
    #[error(transparent)]
    Source(#[from] SourceError),
}

/// A digest algorithm for entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DigestAlgorithm {
    /// GB/T 32905.
    Sm3,
    /// FIPS 180-4.
    Sha256,
}

/// An open package. Faults that do not prevent reading on are collected: of
/// entries with one name the first counts, an entry over budget is never
/// inflated. Reads are counted against one budget for the whole package.
pub struct Package<'s> {
    source: &'s dyn Source,
    known: Option<&'s KnownParts>,
    /// Which entries are known parts, as far as it was asked.
    met: RefCell<BTreeMap<usize, Option<Part>>>,
    limits: Limits,
    entries: Vec<Entry>,
    by_name: BTreeMap<String, usize>,
    by_folded_name: BTreeMap<String, usize>,
    faults: RefCell<Faults>,
    work: Cell<u64>,
    xml_nodes: Cell<usize>,
    references: Cell<usize>,
    digests: RefCell<BTreeMap<(usize, DigestAlgorithm), [u8; 32]>>,
    kept: RefCell<Kept>,
    tools: RefCell<Tools>,
}

#[derive(Debug)]
struct Entry {
    name: String,
    raw_name: Vec<u8>,
    extent: Extent,
    /// Why the data must not be touched.
    blocked: Option<Offence>,
}

/// Entries up to this size are digested together; larger ones keep a single stream busy.
const TOGETHER_ENTRY: u64 = 64 << 10;
/// Octets, and entries, held at a time while digesting together.
const TOGETHER_TOTAL: u64 = 1 << 20;
const TOGETHER_COUNT: usize = 64;

/// A bounded list of faults, each once.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<PackageFault>);

impl Faults {
    fn push(&mut self, fault: PackageFault) {
        let kept = self.0.iter().filter(|other| other.check() == fault.check()).count();
        if kept < FAULTS && !self.0.contains(&fault) {
            self.0.push(fault);
        }
    }
}

impl<'s> Package<'s> {
    /// Reads the central directory and holds it against the local headers. No
    /// entry is inflated.
    ///
    /// # Errors
    /// [`OpenError::Unreadable`] when there is no directory to read on from,
    /// [`OpenError::Source`] when the medium failed.
    pub fn open(source: &'s dyn Source, limits: &Limits) -> Result<Self, OpenError> {
        Self::open_with(source, limits, None)
    }

    /// As [`Package::open`]; entries that are known parts octet by octet are not
    /// inflated and digested again.
    ///
    /// # Errors
    /// As [`Package::open`].
    pub fn open_with(
        source: &'s dyn Source,
        limits: &Limits,
        known: Option<&'s KnownParts>,
    ) -> Result<Self, OpenError> {
        let mut faults = Faults::default();
        let mut window = Window::new(source);
        let directory = directory::read(&mut window, limits, &mut faults)?;
        let places = layout::check(&mut window, &directory, &mut faults)?;
        let mut package = Self {
            source,
            known,
            met: RefCell::default(),
            limits: limits.clone(),
            entries: Vec::new(),
            by_name: BTreeMap::new(),
            by_folded_name: BTreeMap::new(),
            faults: RefCell::default(),
            work: Cell::new(0),
            xml_nodes: Cell::new(0),
            references: Cell::new(0),
            digests: RefCell::default(),
            kept: RefCell::default(),
            tools: RefCell::new(Tools::new()),
        };
        let mut total = 0;
        let mut aliases = BTreeMap::new();
        for (mut record, place) in directory.records.into_iter().zip(places) {
            let alias = record.alias.take();
            let index = package.entries.len();
            package.admit(record, place.map(|place| place.data), &mut total, &mut faults);
            if let Some(alias) = alias.filter(|_| package.entries.len() > index) {
                package.alias(alias, index, &mut aliases, &mut faults);
            }
        }
        for (alias, index) in aliases {
            if package.by_folded_name.get(&alias).is_some_and(|&other| other != index) {
                faults.push(PackageFault::new(Offence::DuplicateEntry, [alias.as_str()]));
            }
        }
        package.faults = RefCell::new(faults);
        Ok(package)
    }

    /// Takes an entry in, unless it is a directory or its name cannot be addressed.
    fn admit(&mut self, record: Record, data: Option<u64>, total: &mut u64, faults: &mut Faults) {
        let name = names::decode(&record.name);
        if record.name.len() > names::NAME_BYTES {
            faults.push(PackageFault::new(Offence::NameTooLong, [name.as_str()]));
            return;
        }
        for offence in names::offences(&name) {
            faults.push(PackageFault::new(offence, [name.as_str()]));
        }
        let mut blocked = data.is_none().then_some(Offence::LocalHeaderMissing);
        for offence in self.offences(&record, total) {
            faults.push(PackageFault::new(offence, [name.as_str()]));
            if offence != Offence::Symlink && offence != Offence::DirectoryWithData {
                blocked = blocked.or(Some(offence));
            }
        }
        if name.ends_with('/') {
            return;
        }
        if self.by_name.contains_key(&name) {
            faults.push(PackageFault::new(Offence::DuplicateEntry, [name.as_str()]));
            return;
        }
        let index = self.entries.len();
        let folded = names::folded(&name);
        if let Some(other) = self.by_folded_name.get(&folded).and_then(|&i| self.entries.get(i)) {
            faults.push(PackageFault::new(Offence::CaseTwin, [other.name.as_str(), name.as_str()]));
        } else {
            self.by_folded_name.insert(folded, index);
        }
        self.by_name.insert(name.clone(), index);
        let Record { name: raw_name, method, crc, compressed, size, .. } = record;
        let extent = Extent { method, start: data.unwrap_or(0), compressed, size, crc };
        self.entries.push(Entry { name, raw_name, extent, blocked });
    }

    /// Notes that some readers call an entry by another name.
    fn alias(&self, alias: String, index: usize, aliases: &mut BTreeMap<String, usize>, faults: &mut Faults) {
        if self.entries.get(index).is_some_and(|entry| entry.name == alias) {
            return;
        }
        if aliases.insert(names::folded(&alias), index).is_some() {
            faults.push(PackageFault::new(Offence::DuplicateEntry, [alias.as_str()]));
        }
    }

    /// Kind and budget of one record.
    fn offences(&self, record: &Record, total: &mut u64) -> Vec<Offence> {
        let limits = &self.limits;
        let mut found = Vec::new();
        if record.attributes >> 16 & 0o170_000 == 0o120_000 {
            found.push(Offence::Symlink);
        }
        if record.flags & ENCRYPTED != 0 {
            found.push(Offence::EncryptedEntry);
        } else if !matches!(record.method, inflate::STORED | inflate::DEFLATED) {
            found.push(Offence::UnsupportedMethod);
        }
        if record.name.ends_with(b"/") && record.size > 0 {
            found.push(Offence::DirectoryWithData);
        }
        let allowed = record.compressed.saturating_mul(limits.inflate_ratio);
        if record.size > limits.entry_inflated_bytes {
            found.push(Offence::EntryTooLarge);
        } else if record.size > limits.ratio_floor_bytes && record.size > allowed {
            found.push(Offence::RatioTooLarge);
        } else if record.size > limits.total_inflated_bytes.saturating_sub(*total) {
            found.push(Offence::TotalTooLarge);
        } else {
            *total += record.size;
        }
        found
    }

    /// Everything found so far, in order, each once. Reading may add to it.
    pub fn faults(&self) -> Vec<PackageFault> {
        self.faults.borrow().0.clone()
    }

    /// The budget that the package was opened with.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The names of all entries that can be addressed, sorted; no directories.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }

    /// The octets of a name as they stand in the directory.
    pub fn raw_name(&self, name: &str) -> Option<&[u8]> {
        self.by_name.get(name).and_then(|&index| self.entries.get(index)).map(|e| e.raw_name.as_slice())
    }

    /// Whether there is an entry of exactly this name.
    pub fn contains(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// The entry that a careless reader would find under `name`: backslashes
    /// taken for slashes, case ignored.
    pub(super) fn find_loosely(&self, name: &str) -> Option<&str> {
        let folded = names::folded(&name.replace('\\', "/"));
        self.by_folded_name.get(&folded).and_then(|&index| self.entries.get(index)).map(|e| e.name.as_str())
    }

    /// The declared inflated size of an entry, in octets.
    pub fn size(&self, name: &str) -> Option<u64> {
        self.by_name.get(name).and_then(|&index| self.entries.get(index)).map(|e| e.extent.size)
    }

    /// The inflated octets of a small entry: XML, seal, signature value.
    ///
    /// # Errors
    /// [`ReadError`]; over [`Limits::xml_bytes`] octets are
    /// [`Offence::XmlTooLarge`].
    pub fn read(&self, name: &str) -> Result<Arc<[u8]>, ReadError> {
        self.read_knowing(name).map(|(octets, _)| octets)
    }

    /// As [`Package::read`], and the known part that the entry is.
    pub(super) fn read_knowing(&self, name: &str) -> Result<(Arc<[u8]>, Option<Part>), ReadError> {
        let (index, entry) = self.entry(name)?;
        if entry.blocked.is_none() && entry.extent.size > self.limits.xml_bytes {
            return Err(self.fault(PackageFault::new(Offence::XmlTooLarge, [name])));
        }
        if let Some(part) = self.part(index, entry)? {
            self.spend(entry)?;
            return Ok((part.shared_octets(), Some(part)));
        }
        Ok((self.content(index, entry)?, None))
    }

    /// The digest of an entry's inflated octets, through a fixed small buffer;
    /// computed at most once for each algorithm.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn digest(&self, name: &str, algorithm: DigestAlgorithm) -> Result<[u8; 32], ReadError> {
        let (index, entry) = self.entry(name)?;
        if let Some(digest) = self.digests.borrow().get(&(index, algorithm)) {
            return Ok(*digest);
        }
        if algorithm == DigestAlgorithm::Sm3
            && let Some(part) = self.part(index, entry)?
        {
            return Ok(*part.sm3());
        }
        let digest = match algorithm {
            DigestAlgorithm::Sm3 => {
                let mut sm3 = Sm3::new();
                self.hand_out(index, entry, &mut |piece| sm3.update(piece))?;
                sm3.finish()
            }
            DigestAlgorithm::Sha256 => {
                let mut sha256 = ring::digest::Context::new(&ring::digest::SHA256);
                self.hand_out(index, entry, &mut |piece| sha256.update(piece))?;
                sha256.finish().as_ref().first_chunk().copied().unwrap_or_default()
            }
        };
        self.digests.borrow_mut().insert((index, algorithm), digest);
        Ok(digest)
    }

    /// SM3 of an entry that is a known part.
    ///
    /// # Errors
    /// The medium failed.
    pub fn known_sm3(&self, name: &str) -> Result<Option<sm3::Digest>, SourceError> {
        let Ok((index, entry)) = self.entry(name) else { return Ok(None) };
        match self.part(index, entry) {
            Ok(part) => Ok(part.map(|part| *part.sm3())),
            Err(ReadError::Source(error)) => Err(error),
            Err(_) => Ok(None),
        }
    }

    /// Digests small entries together, SM3 in lanes, so that [`Package::digest`]
    /// finds them done. An entry that cannot be read is left to it, which says why.
    /// `riders` are messages of somebody else's, digested in the last lanes; their digests.
    ///
    /// # Errors
    /// The medium failed.
    pub fn digest_together<'n>(
        &self,
        names: impl Iterator<Item = &'n str>,
        riders: &[&[u8]],
    ) -> Result<Vec<sm3::Digest>, SourceError> {
        let mut batch: Vec<(usize, Arc<[u8]>)> = Vec::new();
        let mut octets = 0;
        for name in names {
            let Ok((index, entry)) = self.entry(name) else { continue };
            let key = (index, DigestAlgorithm::Sm3);
            let is_known = self.digests.borrow().contains_key(&key) || batch.iter().any(|(other, _)| *other == index);
            let is_large = entry.extent.size > TOGETHER_ENTRY.min(self.limits.xml_bytes);
            if is_known || entry.blocked.is_some() || is_large {
                continue;
            }
            match self.part(index, entry) {
                Ok(Some(_)) => continue,
                Err(ReadError::Source(error)) => return Err(error),
                _ => {}
            }
            match self.read(name) {
                Ok(content) => batch.push((index, content)),
                Err(ReadError::Source(error)) => return Err(error),
                Err(_) => continue,
            }
            octets += entry.extent.size;
            if octets > TOGETHER_TOTAL || batch.len() >= TOGETHER_COUNT {
                self.digest_batch(&mut batch, &[]);
                octets = 0;
            }
        }
        Ok(self.digest_batch(&mut batch, riders))
    }

    fn digest_batch(&self, batch: &mut Vec<(usize, Arc<[u8]>)>, riders: &[&[u8]]) -> Vec<sm3::Digest> {
        let messages: Vec<&[u8]> =
            batch.iter().map(|(_, content)| &content[..]).chain(riders.iter().copied()).collect();
        let mut digests = sm3::digest_many(&messages);
        let of_riders = digests.split_off(batch.len());
        let mut known = self.digests.borrow_mut();
        for ((index, _), digest) in batch.drain(..).zip(digests) {
            known.insert((index, DigestAlgorithm::Sm3), digest);
        }
        of_riders
    }

    /// Hands an entry's inflated octets to `sink`; they count only on `Ok`.
    pub(super) fn scan(&self, name: &str, sink: &mut dyn FnMut(&[u8])) -> Result<(), ReadError> {
        let (index, entry) = self.entry(name)?;
        self.hand_out(index, entry, sink)
    }

    /// Records a fault and returns it as an error.
    pub(super) fn fault(&self, fault: PackageFault) -> ReadError {
        self.faults.borrow_mut().push(fault.clone());
        ReadError::Fault(fault)
    }

    /// What XML files have used of the shared budget.
    pub(super) fn xml_nodes(&self) -> &Cell<usize> {
        &self.xml_nodes
    }

    /// Takes one reference from the shared budget; false when there is none left.
    pub(super) fn spend_reference(&self) -> bool {
        let spent = self.references.get() + 1;
        if spent > self.limits.references {
            return false;
        }
        self.references.set(spent);
        true
    }

    fn entry(&self, name: &str) -> Result<(usize, &Entry), ReadError> {
        let found = self.by_name.get(name).and_then(|&index| Some((index, self.entries.get(index)?)));
        found.ok_or_else(|| ReadError::Missing(name.to_owned()))
    }

    /// The known part that an entry is.
    fn part(&self, index: usize, entry: &Entry) -> Result<Option<Part>, ReadError> {
        let Some(known) = self.known.filter(|_| entry.blocked.is_none()) else { return Ok(None) };
        if let Some(met) = self.met.borrow().get(&index) {
            return Ok(met.clone());
        }
        let Extent { method, start, compressed, size, crc } = entry.extent;
        let found = known.find(self.source, (method, crc, size), (start, compressed))?.cloned();
        self.met.borrow_mut().insert(index, found.clone());
        Ok(found)
    }

    /// Counts the reading of an entry, whether it is inflated or known.
    fn spend(&self, entry: &Entry) -> Result<(), ReadError> {
        let work = self.work.get().saturating_add(entry.extent.size);
        if work > self.limits.total_inflated_bytes.saturating_mul(WORK_FACTOR) {
            return Err(self.fault(PackageFault::new(Offence::WorkBudget, [entry.name.as_str()])));
        }
        self.work.set(work);
        Ok(())
    }
}
