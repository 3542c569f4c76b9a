//! JBIG2 (ITU-T T.88): pictures of two colours. The decoder bounds neither its time nor
//! its memory, so a file is read here first, each segment by its header; those whose
//! cost stands in their headers go into a file of our own, which the decoder gets. Symbol
//! dictionaries say only within their coded data how large they are: they are refused.

use super::{Refused, SIDE, be_u32, png};
use core::ops::Range;
use hayro_jbig2::{DecodeSettings, Decoder, File};
use std::collections::BTreeMap;

pub(super) const SIGNATURE: &[u8] = b"\x97JB2\r\n\x1a\n";
/// Segments of a file.
const SEGMENTS: usize = 4096;
/// What the tables of a region cost, whatever its size, in pixels.
const TABLES: u64 = 1 << 16;
/// Shapes of a dictionary for halftones, and their sides; from 128 on the decoder miscounts.
const SHAPES: u32 = 1024;
const SHAPE_SIDE: u8 = 127;
/// Region coordinates beyond this are on no page.
const FAR: u32 = 1 << 20;

/// A file in which nothing is left that is not bounded.
#[derive(Debug)]
pub(super) struct Bounded {
    pub(super) width: u32,
    pub(super) height: u32,
    /// What decoding it costs, in pixels.
    pub(super) pixels: u64,
    file: Vec<u8>,
}

struct Segment {
    number: u32,
    kind: u8,
    /// The segments that it refers to.
    others: Vec<u32>,
    page: u32,
    data: Range<usize>,
}

/// What later segments may refer to.
#[derive(Clone, Copy)]
enum Known {
    Region,
    /// How many shapes a dictionary has, and their sides.
    Shapes(u32, u8, u8),
}

/// The file with those segments alone whose cost is known; others are refused by name.
pub(super) fn bounded(octets: &[u8]) -> Result<Bounded, Refused> {
    let segments = segments(octets)?;
    let mut page = None;
    let mut rows = 0;
    let mut known: BTreeMap<u32, (u32, Known)> = BTreeMap::new();
    let mut out = Out { file: SIGNATURE.to_vec(), count: 0 };
    // in sequence, one page
    out.file.extend([1, 0, 0, 0, 1]);
    let mut pixels = 0_u64;
    let mut regions = Vec::new();
    for segment in &segments {
        let data = octets.get(segment.data.clone()).ok_or(Refused::Damaged)?;
        match segment.kind {
            // ends of stripes tell the height of a page that does not know it
            50 => rows = rows.max(be_u32(data, 0).ok_or(Refused::Damaged)?.saturating_add(1)),
            48 if page.is_none() => page = Some((segment.page, data)),
            48 => return Err(Refused::Kind("JBIG2 (several pages)")),
            49 | 51 => break,
            // profiles, tables for symbols, comments
            52 | 53 | 62 => {}
            16 | 20 | 22 | 23 | 36 | 38..=40 | 42 | 43 => regions.push((segment, data)),
            0 | 4 | 6 | 7 => return Err(Refused::Kind("JBIG2 (symbols)")),
            _ => return Err(Refused::Kind("JBIG2 (extended)")),
        }
    }
    let (of, information) = page.ok_or(Refused::Damaged)?;
    let sides = be_u32(information, 0).zip(be_u32(information, 4)).filter(|_| information.len() == 19);
    let (width, mut height) = sides.ok_or(Refused::Damaged)?;
    if height == u32::MAX {
        height = rows;
    }
    let fits = |side: u32| (1..=SIDE).contains(&side);
    if !fits(width) || !fits(height) {
        return Err(Refused::Damaged);
    }
    let mut own = information.to_vec();
    own.splice(4..8, height.to_be_bytes());
    own.splice(17..19, [0, 0]);
    out.segment(48, &[], &own);
    for (segment, data) in regions {
        if segment.page != of && segment.page != 0 {
            return Err(Refused::Kind("JBIG2 (several pages)"));
        }
        let others = segment.others.iter().map(|other| known.get(other).copied().ok_or(Refused::Damaged));
        let others: Vec<(u32, Known)> = others.collect::<Result<_, _>>()?;
        let (cost, what) = cost(segment.kind, data, &others).ok_or(Refused::Damaged)?;
        pixels = pixels.saturating_add(cost);
        let numbers: Vec<u32> = others.iter().map(|other| other.0).collect();
        known.insert(segment.number, (out.segment(segment.kind, &numbers, data), what));
    }
    out.segment(49, &[], &[]);
    out.segment(51, &[], &[]);
    Ok(Bounded { width, height, pixels: pixels.max(u64::from(width) * u64::from(height)), file: out.file })
}

/// What a region or a dictionary costs in pixels, and what it is for those after it.
fn cost(kind: u8, data: &[u8], others: &[(u32, Known)]) -> Option<(u64, Known)> {
    if kind == 16 {
        // flags, sides, the number of the last shape
        let (width, height) = (*data.get(1)?, *data.get(2)?);
        let shapes = be_u32(data, 3)?.checked_add(1)?;
        let fits = |side: u8| (1..=SHAPE_SIDE).contains(&side);
        (shapes <= SHAPES && fits(width) && fits(height)).then_some(())?;
        // each is kept at all places of a word
        let cost = u64::from(shapes) * u64::from(height) * (u64::from(width) + 256);
        return Some((TABLES + cost, Known::Shapes(shapes, width, height)));
    }
    let (width, height) = (be_u32(data, 0)?, be_u32(data, 4)?);
    let (x, y) = (be_u32(data, 8)?, be_u32(data, 12)?);
    (width <= SIDE && height <= SIDE && x <= FAR && y <= FAR).then_some(())?;
    let own = TABLES + u64::from(width) * u64::from(height);
    let more = match (kind, others) {
        (36 | 38 | 39, []) | (40 | 42 | 43, [] | [(_, Known::Region)]) => 0,
        (20 | 22 | 23, [(_, Known::Shapes(shapes, across, down))]) => {
            // region, flags, then the grid
            let (columns, rows) = (be_u32(data, 18)?, be_u32(data, 22)?);
            (columns <= SIDE && rows <= SIDE).then_some(())?;
            let each = u64::from(shapes.ilog2()) + 2 + u64::from(*down) * (2 + u64::from(*across) / 32);
            u64::from(columns) * u64::from(rows) * each
        }
        _ => return None,
    };
    Some((own + more, Known::Region))
}

/// All segments, by their headers (7.2).
fn segments(octets: &[u8]) -> Result<Vec<Segment>, Refused> {
    let flags = *octets.get(SIGNATURE.len()).ok_or(Refused::Damaged)?;
    let is_sequential = flags & 1 != 0;
    // the number of pages is there when it is known
    let mut at = SIGNATURE.len() + if flags & 2 == 0 { 5 } else { 1 };
    let mut found: Vec<Segment> = Vec::new();
    while at < octets.len() {
        if found.len() == SEGMENTS {
            return Err(Refused::Damaged);
        }
        let (mut segment, data) = header(octets, at).ok_or(Refused::Damaged)?;
        if segment.data.len() == u32::MAX as usize {
            return Err(Refused::Kind("JBIG2 (of unknown length)"));
        }
        if found.last().is_some_and(|last| last.number >= segment.number) {
            return Err(Refused::Damaged);
        }
        at = data;
        if is_sequential {
            segment.data = place(octets, &mut at, &segment.data)?;
        }
        let is_last = segment.kind == 51;
        found.push(segment);
        if is_last {
            break;
        }
    }
    if !is_sequential {
        // all headers first, then all data
        for segment in &mut found {
            segment.data = place(octets, &mut at, &segment.data)?;
        }
    }
    Ok(found)
}

/// Puts data of a length at a place, which moves behind it.
fn place(octets: &[u8], at: &mut usize, data: &Range<usize>) -> Result<Range<usize>, Refused> {
    let begin = *at;
    let end = begin.checked_add(data.len()).filter(|end| *end <= octets.len()).ok_or(Refused::Damaged)?;
    *at = end;
    Ok(begin..end)
}

/// A header, and where it ends; of the data only the length is known.
fn header(octets: &[u8], at: usize) -> Option<(Segment, usize)> {
    let number = be_u32(octets, at)?;
    let flags = *octets.get(at + 4)?;
    let count = *octets.get(at + 5)? >> 5;
    // the long form is for more than four: none of those that are taken refers to so many
    (count <= 4).then_some(())?;
    let width = match number {
        0..=256 => 1,
        257..=65536 => 2,
        _ => 4,
    };
    let mut at = at + 6;
    let mut next = |width: usize| {
        let written = octets.get(at..at + width)?;
        at += width;
        Some(written.iter().fold(0, |sum, octet| sum << 8 | u32::from(*octet)))
    };
    let others = (0..count).map(|_| next(width)).collect::<Option<Vec<u32>>>()?;
    let page = next(if flags & 0x40 == 0 { 1 } else { 4 })?;
    let length = usize::try_from(next(4)?).ok()?;
    Some((Segment { number, kind: flags & 0x3f, others, page, data: 0..length }, at))
}

/// The file that is written.
struct Out {
    file: Vec<u8>,
    count: u32,
}

impl Out {
    /// Writes a segment of page 1; its number.
    fn segment(&mut self, kind: u8, others: &[u32], data: &[u8]) -> u32 {
        let number = self.count;
        self.count += 1;
        self.file.extend(number.to_be_bytes());
        self.file.extend([kind, u8::try_from(others.len()).unwrap_or(0) << 5]);
        for other in others {
            let written = other.to_be_bytes();
            self.file.extend(written.get(if number <= 256 { 3.. } else { 2.. }).unwrap_or_default());
        }
        self.file.push(1);
        self.file.extend(u32::try_from(data.len()).unwrap_or(0).to_be_bytes());
        self.file.extend(data);
        number
    }
}

/// `on_white`: white lets the paper through.
pub(super) fn as_png(octets: &[u8], on_white: bool) -> Option<Vec<u8>> {
    let bounded = bounded(octets).ok()?;
    // what breaks a rule is named, not guessed at
    let file = File::new(&bounded.file, &DecodeSettings { strict: true }).ok()?;
    let page = file.page(0)?;
    let mut rows = Rows::default();
    page.decode(&mut rows).ok()?;
    png::write_two(bounded.width, bounded.height, &rows.octets, on_white)
}

/// Rows of pixels, eight in an octet, the first the highest bit.
#[derive(Default)]
struct Rows {
    octets: Vec<u8>,
    /// Pixels of the last octet that are there.
    filled: u8,
}

impl Decoder for Rows {
    fn push_pixel(&mut self, black: bool) {
        if self.filled == 0 {
            self.octets.push(0);
        }
        if let Some(last) = self.octets.last_mut() {
            *last |= u8::from(black) << (7 - self.filled);
        }
        self.filled = (self.filled + 1) % 8;
    }

    fn push_pixel_chunk(&mut self, black: bool, chunk_count: u32) {
        let octet = if black { 0xff } else { 0 };
        self.octets.extend((0..chunk_count).map(|_| octet));
    }

    fn next_line(&mut self) {
        self.filled = 0;
    }
}

#[cfg(test)]
mod tests;
