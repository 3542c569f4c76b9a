//! A TrueType font of some characters only, with its Unicode map, as an OFD needs
//! it: readers find the glyphs by character.
//!
//! Tables written: OS/2, cmap (formats 4 and 12), glyf, head, hhea, hmtx, loca,
//! maxp, name, post, and cvt, fpgm, prep where the source has them, because its
//! glyphs may call them. Parts of composite glyphs come along. The same font and
//! characters give the same octets.

use super::Font;
use std::collections::{BTreeMap, BTreeSet};
use ttf_parser::{Face, RawFace, Tag};

/// A font made for a document.
pub(crate) struct Subset {
    pub(crate) octets: Vec<u8>,
    /// Glyph of each character in the subset.
    pub(crate) glyphs: BTreeMap<char, u16>,
}

/// Cuts the characters out of `font`; those that it lacks are left out. `family`
/// is ASCII and becomes the name.
pub(crate) fn subset(font: &Font, characters: &BTreeSet<char>, family: &str) -> Subset {
    subset_named(font, characters, family, family)
}

/// The same with a unique identifier (nameID 3) of its own, ASCII too.
pub(crate) fn subset_named(font: &Font, characters: &BTreeSet<char>, family: &str, unique: &str) -> Subset {
    // the font was read before: what fails here cannot fail
    let raw = Face::parse(font.octets(), 0).ok().map(|face| *face.raw_face());
    let mut old = vec![0_u16];
    let mut new_of: BTreeMap<u16, u16> = BTreeMap::from([(0, 0)]);
    let mut glyphs = BTreeMap::new();
    for character in characters {
        if let Some(glyph) = font.glyph(*character) {
            let new = *new_of.entry(glyph).or_insert_with(|| {
                old.push(glyph);
                (old.len() - 1) as u16
            });
            glyphs.insert(*character, new);
        }
    }
    let octets = raw.map_or_else(Vec::new, |raw| write(&raw, old, new_of, &glyphs, (family, unique)));
    Subset { octets, glyphs }
}

fn write(
    raw: &RawFace<'_>,
    mut old: Vec<u16>,
    mut new_of: BTreeMap<u16, u16>,
    glyphs: &BTreeMap<char, u16>,
    (family, unique): (&str, &str),
) -> Vec<u8> {
    let table = |tag: &[u8; 4]| raw.table(Tag::from_bytes(tag)).unwrap_or_default();
    let (glyf, loca, hmtx) = (table(b"glyf"), table(b"loca"), table(b"hmtx"));
    let mut head = table(b"head").to_vec();
    let is_long = u16_at(&head, 50) == 1;
    let long_metrics = usize::from(u16_at(table(b"hhea"), 34)).max(1);

    let mut data = Vec::new();
    let mut places = vec![0_u32];
    let mut metrics = Vec::new();
    let mut next = 0;
    while let Some(&glyph) = old.get(next) {
        next += 1;
        let begin = data.len();
        data.extend(outline(glyf, loca, glyph, is_long));
        compose(&mut data[begin..], &mut |part| {
            *new_of.entry(part).or_insert_with(|| {
                old.push(part);
                (old.len() - 1) as u16
            })
        });
        data.resize(data.len().next_multiple_of(4), 0);
        places.push(data.len() as u32);
        let glyph = usize::from(glyph);
        let advance = u16_at(hmtx, 4 * glyph.min(long_metrics - 1));
        let bearing = if glyph < long_metrics { 4 * glyph + 2 } else { 4 * long_metrics + 2 * (glyph - long_metrics) };
        metrics.extend(advance.to_be_bytes());
        metrics.extend(u16_at(hmtx, bearing).to_be_bytes());
    }
    let count = old.len() as u16;

    put(&mut head, 8, &[0; 4]);
    put(&mut head, 50, &[0, 1]);
    let mut hhea = table(b"hhea").to_vec();
    put(&mut hhea, 34, &count.to_be_bytes());
    let mut maxp = table(b"maxp").to_vec();
    put(&mut maxp, 4, &count.to_be_bytes());
    let mut tables: Vec<(&[u8; 4], Vec<u8>)> = vec![
        (b"OS/2", table(b"OS/2").to_vec()),
        (b"cmap", cmap(glyphs)),
        (b"cvt ", table(b"cvt ").to_vec()),
        (b"fpgm", table(b"fpgm").to_vec()),
        (b"glyf", data),
        (b"head", head),
        (b"hhea", hhea),
        (b"hmtx", metrics),
        (b"loca", places.iter().flat_map(|place| place.to_be_bytes()).collect()),
        (b"maxp", maxp),
        (b"name", names(family, unique)),
        (b"post", post(table(b"post"))),
        (b"prep", table(b"prep").to_vec()),
    ];
    tables.retain(|(tag, octets)| !octets.is_empty() || *tag == b"glyf");
    assemble(&tables)
}

/// Whole octets of one glyph; none for a blank one.
fn outline<'a>(glyf: &'a [u8], loca: &[u8], glyph: u16, is_long: bool) -> &'a [u8] {
    let at = |index: usize| {
        if is_long { u32_at(loca, 4 * index) as usize } else { 2 * usize::from(u16_at(loca, 2 * index)) }
    };
    let index = usize::from(glyph);
    glyf.get(at(index)..at(index + 1)).unwrap_or_default()
}

/// Gives the parts of a composite glyph their new numbers.
fn compose(glyph: &mut [u8], renumber: &mut dyn FnMut(u16) -> u16) {
    const WORDS: u16 = 1;
    const SCALE: u16 = 1 << 3;
    const MORE: u16 = 1 << 5;
    const TWO_SCALES: u16 = 1 << 6;
    const MATRIX: u16 = 1 << 7;
    if glyph.len() < 10 || u16_at(glyph, 0) < 0x8000 {
        return;
    }
    let mut at = 10;
    while at + 4 <= glyph.len() {
        let flags = u16_at(glyph, at);
        let part = renumber(u16_at(glyph, at + 2));
        put(glyph, at + 2, &part.to_be_bytes());
        let arguments = if flags & WORDS == 0 { 2 } else { 4 };
        let transform = match flags {
            flags if flags & SCALE != 0 => 2,
            flags if flags & TWO_SCALES != 0 => 4,
            flags if flags & MATRIX != 0 => 8,
            _ => 0,
        };
        at += 4 + arguments + transform;
        if flags & MORE == 0 {
            return;
        }
    }
}

/// Format 4 for the basic plane, format 12 for all.
fn cmap(glyphs: &BTreeMap<char, u16>) -> Vec<u8> {
    let mut runs: Vec<(u32, u32, u16)> = Vec::new();
    for (character, glyph) in glyphs {
        let code = u32::from(*character);
        match runs.last_mut() {
            // a run does not cross from the basic plane to the next
            Some((first, last, start))
                if *last + 1 == code && u32::from(*glyph) == u32::from(*start) + code - *first && code != 0x1_0000 =>
            {
                *last = code;
            }
            _ => runs.push((code, code, *glyph)),
        }
    }
    let mut basic: Vec<(u16, u16, u16)> = Vec::new();
    for (first, last, glyph) in &runs {
        if let (Ok(first), Ok(last)) = (u16::try_from(*first), u16::try_from(*last))
            && last < 0xffff
        {
            basic.push((first, last, glyph.wrapping_sub(first)));
        }
    }
    // as many as the length field of the format can say; format 12 has all
    basic.truncate(8000);
    basic.push((0xffff, 0xffff, 1));
    let segments = basic.len() as u16;
    let power = segments.ilog2() as u16;
    let mut four = Vec::new();
    for field in [4, 16 + 8 * segments, 0, 2 * segments, 2 << power, power, 2 * segments - (2 << power)] {
        four.extend(field.to_be_bytes());
    }
    four.extend(basic.iter().flat_map(|(_, last, _)| last.to_be_bytes()));
    four.extend([0, 0]);
    four.extend(basic.iter().flat_map(|(first, _, _)| first.to_be_bytes()));
    four.extend(basic.iter().flat_map(|(_, _, delta)| delta.to_be_bytes()));
    four.extend(basic.iter().flat_map(|_| [0, 0]));

    let mut twelve = vec![0, 12, 0, 0];
    for field in [16 + 12 * runs.len() as u32, 0, runs.len() as u32] {
        twelve.extend(field.to_be_bytes());
    }
    for (first, last, glyph) in &runs {
        for field in [*first, *last, u32::from(*glyph)] {
            twelve.extend(field.to_be_bytes());
        }
    }

    let mut out = vec![0, 0, 0, 2];
    for (encoding, offset) in [(1_u16, 20), (10, 20 + four.len() as u32)] {
        out.extend(3_u16.to_be_bytes());
        out.extend(encoding.to_be_bytes());
        out.extend(offset.to_be_bytes());
    }
    out.extend(four);
    out.extend(twelve);
    out
}

/// Family, style, identifier, full name and PostScript name.
fn names(family: &str, unique: &str) -> Vec<u8> {
    let plain: String = family.chars().filter(char::is_ascii_alphanumeric).collect();
    let texts = [(1_u16, family), (2, "Regular"), (3, unique), (4, family), (6, plain.as_str())];
    let mut out = Vec::new();
    let mut strings: Vec<u8> = Vec::new();
    for field in [0, texts.len() as u16, 6 + 12 * texts.len() as u16] {
        out.extend(field.to_be_bytes());
    }
    for (id, text) in texts {
        let octets: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for field in [3, 1, 0x409, id, octets.len() as u16, strings.len() as u16] {
            out.extend(field.to_be_bytes());
        }
        strings.extend(octets);
    }
    out.extend(strings);
    out
}

/// Version 3: no glyph names.
fn post(source: &[u8]) -> Vec<u8> {
    let mut out = source.get(..32).map_or_else(|| vec![0; 32], <[u8]>::to_vec);
    put(&mut out, 0, &[0, 3, 0, 0]);
    out
}

/// Header, directory, tables, and the checksum over all in head.
fn assemble(tables: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let count = tables.len() as u16;
    let power = count.ilog2() as u16;
    let mut out = vec![0, 1, 0, 0];
    for field in [count, 16 << power, power, 16 * count - (16 << power)] {
        out.extend(field.to_be_bytes());
    }
    let mut offset = 12 + 16 * tables.len();
    let mut head_at = None;
    for (tag, octets) in tables {
        out.extend_from_slice(*tag);
        for field in [sum(octets), offset as u32, octets.len() as u32] {
            out.extend(field.to_be_bytes());
        }
        if *tag == b"head" {
            head_at = Some(offset);
        }
        offset += octets.len().next_multiple_of(4);
    }
    for (_, octets) in tables {
        out.extend(octets);
        out.resize(out.len().next_multiple_of(4), 0);
    }
    if let Some(at) = head_at {
        let adjustment = 0xb1b0_afba_u32.wrapping_sub(sum(&out));
        put(&mut out, at + 8, &adjustment.to_be_bytes());
    }
    out
}

fn sum(octets: &[u8]) -> u32 {
    octets.chunks(4).fold(0_u32, |sum, chunk| {
        let mut word = [0; 4];
        word[..chunk.len()].copy_from_slice(chunk);
        sum.wrapping_add(u32::from_be_bytes(word))
    })
}

fn u16_at(octets: &[u8], at: usize) -> u16 {
    octets.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |two| u16::from_be_bytes(*two))
}

fn u32_at(octets: &[u8], at: usize) -> u32 {
    octets.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |four| u32::from_be_bytes(*four))
}

/// Writes over octets that are there.
fn put(octets: &mut [u8], at: usize, value: &[u8]) {
    if let Some(place) = octets.get_mut(at..at + value.len()) {
        place.copy_from_slice(value);
    }
}
