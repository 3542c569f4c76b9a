//! The end records and the central directory of a ZIP (APPNOTE 4.3.12 to
//! 4.3.16), read strictly and without trust in any offset.
//!
//! Written here rather than taken from a library because the checks need what
//! libraries hide: which end record was chosen and whether another could have
//! been, where the directory ends, both sets of ZIP64 fields. A test compares
//! the listing with the `rawzip` crate.

use super::window::{Window, le16, le32, le64};
use super::{Faults, OpenError};
use crate::base::Limits;
use crate::ofd::{Offence, PackageFault};

const END_RECORD: &[u8; 4] = b"PK\x05\x06";
const END_RECORD_LEN: u64 = 22;
const ZIP64_LOCATOR: &[u8; 4] = b"PK\x06\x07";
const ZIP64_LOCATOR_LEN: u64 = 20;
const ZIP64_RECORD: &[u8; 4] = b"PK\x06\x06";
const ZIP64_RECORD_LEN: usize = 56;
const DIRECTORY_HEADER: &[u8; 4] = b"PK\x01\x02";
const DIRECTORY_HEADER_LEN: usize = 46;

/// What the central directory says of one entry, ZIP64 fields applied.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) name: Vec<u8>,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) compressed: u64,
    pub(super) size: u64,
    /// From the beginning of the file, data before the first entry included.
    pub(super) local_offset: u64,
    pub(super) attributes: u32,
    /// The name in an Info-ZIP Unicode path field, which some readers prefer.
    pub(super) alias: Option<String>,
    /// Where its header stands in the directory, and how long it is.
    pub(super) header: (u64, usize),
}

/// The central directory.
#[derive(Debug)]
pub(super) struct Directory {
    pub(super) records: Vec<Record>,
    /// Where it starts in the file.
    pub(super) start: u64,
    /// How many octets stand before everything that offsets count from.
    pub(super) base: u64,
}

/// Reads the directory; offences that leave it readable go to `faults`.
pub(super) fn read(window: &mut Window<'_>, limits: &Limits, faults: &mut Faults) -> Result<Directory, OpenError> {
    let end = end_of_directory(window, faults)?;
    let (start, base) = place(window, &end, faults)?;
    let mut records = Vec::new();
    let mut at = start;
    while at < end.limit {
        if records.len() >= limits.package_entries {
            return Err(unreadable(Offence::TooManyEntries));
        }
        let (record, next) = record(window, at, &end, base, faults)?;
        records.push(record);
        at = next;
    }
    if end.entries != records.len() as u64 {
        faults.push(PackageFault::new(Offence::EntryCountMismatch, []));
    }
    Ok(Directory { records, start, base })
}

struct End {
    /// Where the directory must end.
    limit: u64,
    entries: u64,
    size: u64,
    offset: u64,
}

fn unreadable(offence: Offence) -> OpenError {
    OpenError::Unreadable(PackageFault::new(offence, []))
}

/// Finds the end record: the last one whose comment ends with the file. Any
/// other place that a laxer reader might take for it is an offence.
fn end_of_directory(window: &mut Window<'_>, faults: &mut Faults) -> Result<End, OpenError> {
    let len = window.len();
    let tail_start = len.saturating_sub(END_RECORD_LEN + 0xffff);
    let tail = window.copy(tail_start, len)?.ok_or_else(|| unreadable(Offence::NoEndRecord))?;
    let candidates: Vec<usize> = memchr::memmem::find_iter(&tail, END_RECORD).collect();
    let fits = |at: &&usize| {
        let rest = tail.get(**at..).unwrap_or_default();
        rest.len() >= END_RECORD_LEN as usize && rest.len() - END_RECORD_LEN as usize == usize::from(le16(rest, 20))
    };
    let exact = candidates.iter().rev().find(fits).copied();
    let ends_within = |at: &&usize| {
        let rest = tail.get(**at..).unwrap_or_default();
        rest.len() >= END_RECORD_LEN as usize + usize::from(le16(rest, 20))
    };
    let chosen = match exact {
        Some(at) => at,
        None => {
            let at = candidates.iter().rev().find(ends_within).copied();
            let at = at.ok_or_else(|| unreadable(Offence::NoEndRecord))?;
            faults.push(PackageFault::new(Offence::DataAfterEnd, []));
            at
        }
    };
    if candidates.iter().any(|&at| at > chosen) || candidates.iter().filter(fits).count() > 1 {
        faults.push(PackageFault::new(Offence::AmbiguousEnd, []));
    }
    let record = tail.get(chosen..).unwrap_or_default();
    let at = tail_start + chosen as u64;
    let classic = End {
        limit: at,
        entries: u64::from(le16(record, 10)),
        size: u64::from(le32(record, 12)),
        offset: u64::from(le32(record, 16)),
    };
    let disks = [le16(record, 4), le16(record, 6)];
    let same_count = le16(record, 8) == le16(record, 10);
    match zip64(window, &classic, faults)? {
        Some(end) if disks.iter().all(|d| matches!(d, 0 | 0xffff)) && same_count => Ok(end),
        None if disks == [0, 0] && same_count => Ok(classic),
        _ => Err(unreadable(Offence::MultiDisk)),
    }
}

/// The ZIP64 end record, where a locator stands before the classic one.
fn zip64(window: &mut Window<'_>, classic: &End, faults: &mut Faults) -> Result<Option<End>, OpenError> {
    let Some(locator_at) = classic.limit.checked_sub(ZIP64_LOCATOR_LEN) else { return Ok(None) };
    let Some(locator) = window.at(locator_at, ZIP64_LOCATOR_LEN as usize)? else { return Ok(None) };
    if !locator.starts_with(ZIP64_LOCATOR) {
        return Ok(None);
    }
    let (record_at, disk, disks) = (le64(locator, 8), le32(locator, 4), le32(locator, 16));
    let record = window.at(record_at, ZIP64_RECORD_LEN)?.filter(|r| r.starts_with(ZIP64_RECORD));
    let record = record.ok_or_else(|| unreadable(Offence::DirectoryUnreadable))?;
    if disk != 0 || disks > 1 || le32(record, 16) != 0 || le32(record, 20) != 0 {
        return Err(unreadable(Offence::MultiDisk));
    }
    let end = End { limit: record_at, entries: le64(record, 32), size: le64(record, 40), offset: le64(record, 48) };
    let length_ends_at = record_at.checked_add(12).and_then(|at| at.checked_add(le64(record, 4)));
    let agrees = |narrow: u64, sentinel: u64, wide: u64| narrow == sentinel || narrow == wide;
    if length_ends_at != Some(locator_at)
        || le64(record, 24) != end.entries
        || !agrees(classic.entries, 0xffff, end.entries)
        || !agrees(classic.size, 0xffff_ffff, end.size)
        || !agrees(classic.offset, 0xffff_ffff, end.offset)
    {
        faults.push(PackageFault::new(Offence::Zip64Mismatch, []));
    }
    Ok(Some(end))
}

/// Where the directory starts, and how many octets stand before the ZIP proper.
fn place(window: &mut Window<'_>, end: &End, faults: &mut Faults) -> Result<(u64, u64), OpenError> {
    let start = end.limit.checked_sub(end.size).ok_or_else(|| unreadable(Offence::DirectoryUnreadable))?;
    if end.size > 0 && !window.at(start, 4)?.is_some_and(|s| s.starts_with(DIRECTORY_HEADER)) {
        return Err(unreadable(Offence::DirectoryUnreadable));
    }
    let base = start.checked_sub(end.offset).ok_or_else(|| unreadable(Offence::DirectoryUnreadable))?;
    if base > 0 {
        faults.push(PackageFault::new(Offence::DataBeforeFirstEntry, []));
    }
    Ok((start, base))
}

/// One header of the directory, and where the next one starts.
fn record(
    window: &mut Window<'_>,
    at: u64,
    end: &End,
    base: u64,
    faults: &mut Faults,
) -> Result<(Record, u64), OpenError> {
    let broken = || unreadable(Offence::DirectoryUnreadable);
    let fixed = window.at(at, DIRECTORY_HEADER_LEN)?.filter(|h| h.starts_with(DIRECTORY_HEADER)).ok_or_else(broken)?;
    let [name_len, extra_len, comment_len] = [28, 30, 32].map(|field| usize::from(le16(fixed, field)));
    let len = DIRECTORY_HEADER_LEN + name_len + extra_len + comment_len;
    let next = at.checked_add(len as u64).filter(|next| *next <= end.limit).ok_or_else(broken)?;
    let header = window.at(at, len)?.ok_or_else(broken)?;
    let (name, rest) =
        header.get(DIRECTORY_HEADER_LEN..).and_then(|v| v.split_at_checked(name_len)).ok_or_else(broken)?;
    let mut wide = Zip64Extra::find(rest.get(..extra_len).unwrap_or_default());
    let size = wide.widen(le32(header, 24));
    let compressed = wide.widen(le32(header, 20));
    let offset = wide.widen(le32(header, 42));
    let record = Record {
        name: name.to_vec(),
        flags: le16(header, 8),
        method: le16(header, 10),
        crc: le32(header, 16),
        compressed,
        size,
        local_offset: base.checked_add(offset).ok_or_else(broken)?,
        attributes: le32(header, 38),
        alias: unicode_path(rest.get(..extra_len).unwrap_or_default()),
        header: (at, len),
    };
    if !matches!(le16(header, 34), 0 | 0xffff) {
        return Err(unreadable(Offence::MultiDisk));
    }
    if wide.short {
        faults.push(PackageFault::new(Offence::Zip64Mismatch, [&*String::from_utf8_lossy(&record.name)]));
    }
    Ok((record, next))
}

/// The first extra field of this id.
fn extra_field(mut extra: &[u8], wanted: u16) -> Option<&[u8]> {
    while extra.len() >= 4 {
        let (id, len) = (le16(extra, 0), usize::from(le16(extra, 2)));
        let (value, rest) = extra.get(4..)?.split_at_checked(len)?;
        if id == wanted {
            return Some(value);
        }
        extra = rest;
    }
    None
}

/// The Info-ZIP Unicode path field (APPNOTE 4.6.9): version, CRC of the name, name.
fn unicode_path(extra: &[u8]) -> Option<String> {
    let name = extra_field(extra, 0x7075)?.get(5..)?;
    let fits = !name.is_empty() && name.len() <= super::names::NAME_BYTES;
    fits.then(|| String::from_utf8_lossy(name).into_owned())
}

/// The ZIP64 extra field (APPNOTE 4.5.3): 64-bit values for those classic
/// fields that are all ones, in a fixed order.
pub(super) struct Zip64Extra<'a> {
    values: &'a [u8],
    /// A value was wanted that is not there.
    pub(super) short: bool,
}

impl<'a> Zip64Extra<'a> {
    /// The first such field in `extra`; without one every wanted value is short.
    pub(super) fn find(extra: &'a [u8]) -> Self {
        Self { values: extra_field(extra, 1).unwrap_or_default(), short: false }
    }

    /// Whether there is such a field with anything in it.
    pub(super) fn present(&self) -> bool {
        !self.values.is_empty()
    }

    /// The value of the next field: `narrow`, or what stands here for it.
    pub(super) fn widen(&mut self, narrow: u32) -> u64 {
        if narrow != u32::MAX {
            return u64::from(narrow);
        }
        match self.values.split_at_checked(8) {
            Some((value, rest)) => {
                self.values = rest;
                le64(value, 0)
            }
            None => {
                self.short = true;
                u64::from(narrow)
            }
        }
    }
}
