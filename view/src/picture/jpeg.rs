//! JPEG: the segments that decoding needs are kept; Exif (which would turn the
//! picture), profiles and comments are not.

use super::Refused;

/// A segment before the first scan: marker, where it begins, where it ends.
struct Segment {
    marker: u8,
    begin: usize,
    end: usize,
}

const SCAN: u8 = 0xda;

/// Calls `each` for the segments up to the first scan, that one included.
fn segments(octets: &[u8], each: &mut dyn FnMut(&Segment)) -> Option<()> {
    let mut at = 2;
    loop {
        let begin = at;
        if *octets.get(at)? != 0xff {
            return None;
        }
        while *octets.get(at)? == 0xff {
            at += 1;
        }
        let marker = *octets.get(at)?;
        at += 1;
        if marker == 0x01 || (0xd0..=0xd9).contains(&marker) {
            return None;
        }
        let length = usize::from(u16::from_be_bytes(*octets.get(at..)?.first_chunk()?));
        let end = at.checked_add(length.max(2))?;
        octets.get(begin..end)?;
        each(&Segment { marker, begin, end });
        if marker == SCAN {
            return Some(());
        }
        at = end;
    }
}

/// Width and height from the frame header; frames that browsers do not decode are refused by name.
pub(super) fn sides(octets: &[u8]) -> Result<Option<(u32, u32)>, Refused> {
    let (mut found, mut other) = (None, false);
    let walked = segments(octets, &mut |segment| match segment.marker {
        0xc0..=0xc2 => {
            // marker, length, precision, height, width
            let side = |at: usize| {
                let two = octets.get(segment.end.min(at)..)?.first_chunk()?;
                Some(u32::from(u16::from_be_bytes(*two)))
            };
            let body = octets
                .get(segment.begin..segment.end)
                .map_or(0, |segment| segment.iter().take_while(|octet| **octet == 0xff).count() + 1);
            let at = segment.begin + body + 3;
            found = found.or(side(at + 2).zip(side(at)));
        }
        0xc4 | 0xc8 | 0xcc => {}
        0xc3..=0xcf => other = true,
        _ => {}
    });
    if other {
        return Err(Refused::Kind("JPEG (lossless)"));
    }
    Ok(found.filter(|_| walked.is_some()))
}

/// The same picture without what is none of it.
pub(super) fn wrap(octets: &[u8]) -> Option<Vec<u8>> {
    let mut kept = vec![0xff, 0xd8];
    let mut scan = None;
    segments(octets, &mut |segment| match segment.marker {
        SCAN => scan = Some(segment.begin),
        // tables, frames, JFIF, and Adobe's word on the colours
        0xc0..=0xcf | 0xdb | 0xdd | 0xe0 | 0xee => {
            kept.extend_from_slice(octets.get(segment.begin..segment.end).unwrap_or_default());
        }
        _ => {}
    })?;
    kept.extend_from_slice(octets.get(scan?..)?);
    Some(kept)
}
