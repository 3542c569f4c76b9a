//! A ZIP file, written front to back: local headers with final sizes and no data
//! descriptors, one directory, no comment, no extra field.

use super::{Part, WriteFault};
use crate::base::Moment;

/// Bit 11: names are UTF-8.
const UTF8: u16 = 1 << 11;
/// Octets of a local header before the name.
pub(super) const LOCAL_HEADER: usize = 30;
/// Deflate and folders need 2.0.
const VERSION: u16 = 20;

/// Date and time as ZIP holds them: two-second steps from 1980 to 2107, no zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DosTime {
    date: u16,
    time: u16,
}

/// The instant is not in the years 1980 to 2107.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("ZIP has no times outside the years 1980 to 2107")]
pub struct DosTimeError;

impl DosTime {
    /// The time of day in Beijing, odd seconds cut.
    ///
    /// # Errors
    /// [`DosTimeError`].
    pub fn of(at: Moment) -> Result<Self, DosTimeError> {
        let text = at.at_offset_hours(8);
        let field = |from: usize, to: usize| text.get(from..to).and_then(|digits| digits.parse::<u16>().ok());
        let fields = [(0, 4), (5, 7), (8, 10), (11, 13), (14, 16), (17, 19)].map(|(from, to)| field(from, to));
        let [Some(year), Some(month), Some(day), Some(hour), Some(minute), Some(second)] = fields else {
            return Err(DosTimeError);
        };
        let years = year.checked_sub(1980).filter(|years| *years < 128).ok_or(DosTimeError)?;
        Ok(Self { date: years << 9 | month << 5 | day, time: hour << 11 | minute << 5 | (second / 2) })
    }
}

/// The package as octets.
///
/// # Errors
/// [`WriteFault::PackageTooLarge`] where zip64 would be needed.
pub(super) fn write(entries: &[(String, Part)], time: DosTime) -> Result<Vec<u8>, WriteFault> {
    let size: usize = entries.iter().map(|(name, part)| 76 + 2 * name.len() + part.written().1.len()).sum();
    let mut out = Vec::with_capacity(size + 22);
    let mut directory = Vec::new();
    for (name, part) in entries {
        entry(name, part, time, &mut out, &mut directory)?;
    }
    end(entries.len(), &directory, &mut out)?;
    Ok(out)
}

/// One entry at the end of `out`, and its header at the end of `directory`.
///
/// # Errors
/// As [`write`].
pub(in crate::ofd) fn entry(
    name: &str,
    part: &Part,
    time: DosTime,
    out: &mut Vec<u8>,
    directory: &mut Vec<u8>,
) -> Result<(), WriteFault> {
    let too_large = |_| WriteFault::PackageTooLarge;
    let (method, data) = part.written();
    let offset = u32::try_from(out.len()).map_err(too_large)?;
    let mut shared = Vec::with_capacity(26);
    for field in [VERSION, UTF8, method, time.time, time.date] {
        shared.extend(field.to_le_bytes());
    }
    let sizes = [u32::try_from(data.len()).map_err(too_large)?, u32::try_from(part.octets().len()).map_err(too_large)?];
    for field in [part.crc(), sizes[0], sizes[1]] {
        shared.extend(field.to_le_bytes());
    }
    shared.extend(u16::try_from(name.len()).map_err(too_large)?.to_le_bytes());
    shared.extend([0, 0]); // extra field

    out.extend(b"PK\x03\x04");
    out.extend(&shared);
    out.extend(name.as_bytes());
    out.extend(data);

    directory.extend(b"PK\x01\x02");
    directory.extend(VERSION.to_le_bytes()); // made by: FAT, so that attributes mean nothing
    directory.extend(&shared);
    directory.extend([0; 10]); // comment, disk, attributes
    directory.extend(offset.to_le_bytes());
    directory.extend(name.as_bytes());
    Ok(())
}

/// The directory and what ends the file.
///
/// # Errors
/// As [`write`].
pub(in crate::ofd) fn end(entries: usize, directory: &[u8], out: &mut Vec<u8>) -> Result<(), WriteFault> {
    let too_large = |_| WriteFault::PackageTooLarge;
    let start = u32::try_from(out.len()).map_err(too_large)?;
    let length = u32::try_from(directory.len()).map_err(too_large)?;
    let count = u16::try_from(entries).ok().filter(|count| *count < u16::MAX).ok_or(WriteFault::PackageTooLarge)?;
    out.extend(directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(length.to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]); // comment
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        let of = |text: &str| DosTime::of(Moment::parse(text).unwrap());
        let due = DosTime { date: 46 << 9 | 6 << 5 | 1, time: 10 << 11 | 3 };
        assert_eq!(of("2026-06-01T02:00:07.500Z"), Ok(due));
        assert_eq!(of("1979-12-31T15:59:59Z"), Err(DosTimeError));
        assert!(of("1979-12-31T16:00:00Z").is_ok() && of("2107-12-31T15:59:59Z").is_ok());
        assert_eq!(of("2107-12-31T16:00:00Z"), Err(DosTimeError));
    }
}
