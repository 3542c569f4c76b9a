//! The central directory held against the local entries: name octets, method,
//! CRC and sizes (after ZIP64 fields and data descriptors), overlaps, gaps, and
//! entries that only a reader of the stream would see. Flags, versions and
//! extra fields are not compared: genuine writers differ there.

use super::directory::{Directory, Record, Zip64Extra};
use super::window::{Window, le16, le32, le64};
use super::{Faults, names};
use crate::base::SourceError;
use crate::ofd::{Offence, PackageFault};

const LOCAL_HEADER: &[u8; 4] = b"PK\x03\x04";
const LOCAL_HEADER_LEN: u64 = 30;
const DESCRIPTOR: &[u8; 4] = b"PK\x07\x08";
const HAS_DESCRIPTOR: u16 = 1 << 3;

/// Where an entry lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// First octet of its data.
    pub(super) data: u64,
    /// First octet behind all of it, a data descriptor included.
    pub(super) end: u64,
}

/// Where each record lies; `None` where no local header stands.
pub(super) fn check(
    window: &mut Window<'_>,
    directory: &Directory,
    faults: &mut Faults,
) -> Result<Vec<Option<Place>>, SourceError> {
    let records = &directory.records;
    let mut order: Vec<usize> = (0..records.len()).collect();
    order.sort_by_key(|&index| records.get(index).map(|r| r.local_offset));
    let mut data = vec![None; records.len()];
    let mut layout = Layout { reached: directory.base, last: None, base: directory.base };
    for index in order {
        let Some(record) = records.get(index) else { continue };
        layout.up_to(window, record.local_offset, Some(record), faults)?;
        let Some((start, end)) = local(window, record, faults)? else { continue };
        if let Some(place) = data.get_mut(index) {
            *place = Some(Place { data: start, end });
        }
        layout.entry(record, end, directory.start, faults);
    }
    layout.up_to(window, directory.start, None, faults)?;
    Ok(data)
}

/// How far the file is accounted for.
struct Layout<'a> {
    reached: u64,
    last: Option<&'a Record>,
    base: u64,
}

impl<'a> Layout<'a> {
    /// Something starts at `offset`: all before must be accounted for.
    fn up_to(
        &mut self,
        window: &mut Window<'_>,
        offset: u64,
        next: Option<&Record>,
        faults: &mut Faults,
    ) -> Result<(), SourceError> {
        if offset < self.reached {
            // the directory itself: an entry that reaches into it is named there
            if let (Some(next), Some(last)) = (next, self.last) {
                faults.push(fault(Offence::OverlappingEntries, &[last, next]));
            }
        } else if offset > self.reached {
            let before_first = self.last.is_none() && self.reached == self.base;
            match unlisted(window, self.reached, offset)? {
                Some(name) => faults.push(PackageFault::new(Offence::UnlistedLocalEntry, [name.as_str()])),
                None if before_first && self.base == 0 => {
                    faults.push(PackageFault::new(Offence::DataBeforeFirstEntry, []))
                }
                None => faults.push(PackageFault::new(Offence::UndeclaredBytes, [])),
            }
            self.reached = offset;
        }
        Ok(())
    }

    /// An entry that ends at `end`.
    fn entry(&mut self, record: &'a Record, end: u64, directory: u64, faults: &mut Faults) {
        if end > directory {
            faults.push(fault(Offence::OverlappingEntries, &[record]));
        }
        if end >= self.reached {
            self.reached = end;
            self.last = Some(record);
        }
    }
}

/// The name of the first local header in a gap.
fn unlisted(window: &mut Window<'_>, start: u64, end: u64) -> Result<Option<String>, SourceError> {
    const STEP: u64 = 16 << 10;
    let mut at = start;
    while at < end {
        let len = (end.min(window.len()).saturating_sub(at)).min(STEP);
        let Some(piece) = window.at(at, usize::try_from(len).unwrap_or(0))? else { break };
        let hit = piece.windows(4).position(|w| w.starts_with(LOCAL_HEADER));
        if let Some(hit) = hit {
            let header = at + hit as u64;
            let name_len = window.at(header, LOCAL_HEADER_LEN as usize)?.map_or(0, |h| usize::from(le16(h, 26)));
            let name = window.at(header + LOCAL_HEADER_LEN, name_len.min(names::NAME_BYTES))?.unwrap_or_default();
            return Ok(Some(names::decode(name)));
        }
        if len <= 3 {
            break;
        }
        at += len - 3; // a signature may lie across two pieces
    }
    Ok(None)
}

/// Compares one local header; where the entry's data starts, and where all of
/// the entry ends.
fn local(window: &mut Window<'_>, record: &Record, faults: &mut Faults) -> Result<Option<(u64, u64)>, SourceError> {
    let at = record.local_offset;
    let fixed = window.at(at, LOCAL_HEADER_LEN as usize)?.filter(|h| h.starts_with(LOCAL_HEADER));
    let Some((name_len, extra_len)) = fixed.map(|h| (usize::from(le16(h, 26)), usize::from(le16(h, 28)))) else {
        faults.push(fault(Offence::LocalHeaderMissing, &[record]));
        return Ok(None);
    };
    let len = LOCAL_HEADER_LEN as usize + name_len + extra_len;
    let start = at.saturating_add(len as u64);
    let end = start.checked_add(record.compressed).filter(|end| *end <= window.len());
    let (Some(header), Some(end)) = (window.at(at, len)?, end) else {
        faults.push(fault(Offence::LocalHeaderMissing, &[record]));
        return Ok(None);
    };
    let (name, extra) =
        header.get(LOCAL_HEADER_LEN as usize..).and_then(|v| v.split_at_checked(name_len)).unwrap_or_default();
    let mut wide = Zip64Extra::find(extra);
    let has_zip64 = wide.present();
    let (flags, method, crc) = (le16(header, 6), le16(header, 8), le32(header, 14));
    let (size, compressed) = (wide.widen(le32(header, 22)), wide.widen(le32(header, 18)));
    let described = flags & HAS_DESCRIPTOR != 0;
    let same_name = name == record.name;
    // with a descriptor the header may leave them at zero
    let agrees = |local: u64, central: u64| local == central || (described && local == 0);
    if !same_name {
        let local_name = names::decode(name);
        let central_name = names::decode(&record.name);
        faults.push(PackageFault::new(Offence::LocalNameMismatch, [central_name.as_str(), local_name.as_str()]));
    }
    if method != record.method {
        faults.push(fault(Offence::LocalMethodMismatch, &[record]));
    }
    if !agrees(u64::from(crc), u64::from(record.crc)) {
        faults.push(fault(Offence::LocalCrcMismatch, &[record]));
    }
    let unknown = |local: u64| described && !has_zip64 && local == u64::from(u32::MAX);
    if [(size, record.size), (compressed, record.compressed)].iter().any(|&(l, c)| !agrees(l, c) && !unknown(l)) {
        faults.push(fault(Offence::LocalSizeMismatch, &[record]));
    }
    if described {
        return Ok(Some((start, end + descriptor(window, record, end, faults)?)));
    }
    Ok(Some((start, end)))
}

/// The length of the data descriptor after an entry (APPNOTE 4.3.9): with or
/// without a signature, sizes of 32 or 64 bits.
fn descriptor(window: &mut Window<'_>, record: &Record, at: u64, faults: &mut Faults) -> Result<u64, SourceError> {
    let available = window.len().saturating_sub(at).min(24);
    let octets = window.at(at, usize::try_from(available).unwrap_or(0))?.unwrap_or_default();
    let forms: [(usize, bool); 4] = [(4, false), (4, true), (0, false), (0, true)];
    let len = |(skip, wide): (usize, bool)| skip + if wide { 20 } else { 12 };
    let values = |(skip, wide): (usize, bool)| {
        let (crc, rest) = (le32(octets, skip), skip + 4);
        if wide {
            (crc, le64(octets, rest), le64(octets, rest + 8))
        } else {
            (crc, u64::from(le32(octets, rest)), u64::from(le32(octets, rest + 4)))
        }
    };
    let signed = octets.starts_with(DESCRIPTOR);
    let exact = forms.into_iter().find(|&form| {
        octets.len() >= len(form)
            && (form.0 == 0 || signed)
            && values(form) == (record.crc, record.compressed, record.size)
    });
    if let Some(form) = exact {
        return Ok(len(form) as u64);
    }
    let assumed = (if signed { 4 } else { 0 }, false);
    let offence = if values(assumed).0 == record.crc { Offence::LocalSizeMismatch } else { Offence::LocalCrcMismatch };
    faults.push(fault(offence, &[record]));
    Ok(len(assumed) as u64)
}

fn fault(offence: Offence, records: &[&Record]) -> PackageFault {
    let names: Vec<String> = records.iter().map(|r| names::decode(&r.name)).collect();
    PackageFault::new(offence, names.iter().map(String::as_str))
}
