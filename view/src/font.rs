//! Fonts that a document embeds: outlines of TrueType tables, and of CFF tables with or
//! without tables around them. A glyph that would cost more than it can show is none.

use crate::cff::Cff;
use core::ops::Range;
use std::{cell::RefCell, collections::BTreeMap, sync::Arc};
use ttf_parser::{Face, GlyphId, PlatformId, RawFace, Tag, cmap::Subtable};
use yinxin_face::{Outline, Steps};
use yinxin_trust::ofd::Package;

/// Tables of a font, and of its character map.
const TABLES: u16 = 64;
const MAPS: u16 = 32;
/// Octets of outlines that one glyph may draw from, parts counted each time; of a
/// program, the steps that it takes.
const GLYPH_OCTETS: u32 = 100_000;
/// Nesting of composite glyphs.
const NESTED: usize = 6;

/// An embedded font.
#[derive(Debug)]
pub(crate) struct Embedded {
    octets: Arc<[u8]>,
    /// Tells the fonts of one page apart.
    pub(crate) number: usize,
    outlines: Outlines,
}

#[derive(Debug)]
enum Outlines {
    /// What glyphs cost, as far as it was asked.
    TrueType(RefCell<BTreeMap<u16, u32>>),
    /// Where the table stands.
    Cff(Range<usize>, Cff),
}

/// A font, to be asked for several glyphs.
pub(crate) struct Opened<'e> {
    font: &'e Embedded,
    /// None for a CFF table that stands alone.
    face: Option<Face<'e>>,
}

impl Embedded {
    /// `None` for what is no such font.
    pub(crate) fn read(package: &Package<'_>, entry: &str, number: usize) -> Option<Self> {
        let octets = package.read(entry).ok()?;
        let outlines = if octets.starts_with(&[1, 0]) && octets.get(2).is_some_and(|header| *header >= 4) {
            Outlines::Cff(0..octets.len(), Cff::read(&octets)?)
        } else if octets.starts_with(b"OTTO") {
            let tables = RawFace::parse(&octets, 0).ok()?.table_records;
            let table = tables.into_iter().find(|table| table.tag == Tag::from_bytes(b"CFF "))?;
            let begin = usize::try_from(table.offset).ok()?;
            let place = begin..begin.checked_add(usize::try_from(table.length).ok()?)?;
            let font = Cff::read(octets.get(place.clone())?)?;
            Outlines::Cff(place, font)
        } else {
            Outlines::TrueType(RefCell::default())
        };
        let font = Self { octets, number, outlines };
        let opened = font.open()?;
        if let Some(face) = &opened.face {
            let is_true_type = matches!(font.outlines, Outlines::TrueType(_));
            let maps = face.tables().cmap.map_or(0, |cmap| cmap.subtables.len());
            (maps <= MAPS && is_true_type == face.tables().glyf.is_some()).then_some(())?;
        }
        Some(font)
    }

    pub(crate) fn open(&self) -> Option<Opened<'_>> {
        if matches!(&self.outlines, Outlines::Cff(place, _) if place.start == 0) {
            return Some(Opened { font: self, face: None });
        }
        let tables = u16::from_be_bytes(*self.octets.get(4..)?.first_chunk()?);
        if self.octets.starts_with(b"ttcf") || tables > TABLES {
            return None;
        }
        Some(Opened { font: self, face: Some(Face::parse(&self.octets, 0).ok()?) })
    }
}

impl Opened<'_> {
    pub(crate) const fn number(&self) -> usize {
        self.font.number
    }

    /// The glyph of a character.
    pub(crate) fn glyph(&self, character: char) -> Option<u16> {
        match (&self.face, &self.font.outlines) {
            (Some(face), _) => mapped(face, character),
            (None, Outlines::Cff(_, cff)) => cff.glyph(character),
            (None, Outlines::TrueType(_)) => None,
        }
    }

    /// The outline of a glyph, for at most `most` octets or steps; and how many it took.
    pub(crate) fn outline(&self, glyph: u16, most: u32) -> (Option<Outline>, u32) {
        let most = most.min(GLYPH_OCTETS);
        match (&self.font.outlines, &self.face) {
            (Outlines::Cff(place, cff), face) => {
                let mut left = most;
                let octets = self.font.octets.get(place.clone()).unwrap_or_default();
                let mut outline = cff.outline(octets, glyph, &mut left);
                if let (Some(outline), Some(face)) = (&mut outline, face) {
                    outline.advance = advance(face, glyph);
                }
                (outline, most - left)
            }
            (Outlines::TrueType(costs), Some(face)) => {
                let cost = cost(costs, face, glyph, 0);
                let is_there = glyph < face.number_of_glyphs() && cost <= most;
                (is_there.then(|| outline(face, glyph)).flatten(), cost.min(most))
            }
            (Outlines::TrueType(_), None) => (None, 0),
        }
    }
}

fn outline(face: &Face<'_>, glyph: u16) -> Option<Outline> {
    let mut steps = Steps::new(f64::from(face.units_per_em()));
    // not by the face, which would follow variations too
    let _blank = face.tables().glyf?.outline(GlyphId(glyph), &mut steps);
    Some(Outline { advance: advance(face, glyph), steps: steps.taken })
}

/// In ems.
fn advance(face: &Face<'_>, glyph: u16) -> f64 {
    let em = f64::from(face.units_per_em());
    face.glyph_hor_advance(GlyphId(glyph)).map_or(1.0, |advance| f64::from(advance) / em)
}

/// Octets that drawing a glyph reads; parts of composite ones may be asked for again and again.
fn cost(costs: &RefCell<BTreeMap<u16, u32>>, face: &Face<'_>, glyph: u16, depth: usize) -> u32 {
    if let Some(cost) = costs.borrow().get(&glyph) {
        return *cost;
    }
    if depth > NESTED {
        return u32::MAX;
    }
    let octets = glyph_octets(face, glyph).unwrap_or_default();
    let mut sum = u32::try_from(octets.len()).unwrap_or(u32::MAX);
    for part in parts(octets) {
        sum = sum.saturating_add(cost(costs, face, part, depth + 1).max(1));
        if sum > GLYPH_OCTETS {
            break;
        }
    }
    costs.borrow_mut().insert(glyph, sum);
    sum
}

/// The glyph of a character; maps that are not Unicode count by the code itself, as
/// symbol fonts and subsets have them.
fn mapped(face: &Face<'_>, character: char) -> Option<u16> {
    if let Some(glyph) = face.glyph_index(character) {
        return Some(glyph.0).filter(|glyph| *glyph != 0);
    }
    let code = u32::from(character);
    let of_map = |map: Subtable<'_>| match map.platform_id {
        PlatformId::Windows if map.encoding_id == 0 => {
            map.glyph_index(code).or_else(|| map.glyph_index(0xf000 | (code & 0xff)).filter(|_| code < 0x100))
        }
        PlatformId::Macintosh if code < 0x80 => map.glyph_index(code),
        _ => None,
    };
    let maps = face.tables().cmap?.subtables.into_iter();
    maps.filter_map(of_map).map(|glyph| glyph.0).find(|glyph| *glyph != 0)
}

fn glyph_octets<'a>(face: &Face<'a>, glyph: u16) -> Option<&'a [u8]> {
    let raw = face.raw_face();
    let table = |tag: &[u8; 4]| raw.table(Tag::from_bytes(tag));
    let (head, loca, glyf) = (table(b"head")?, table(b"loca")?, table(b"glyf")?);
    let index = usize::from(glyph);
    let place = |index: usize| {
        if u16_at(head, 50)? == 0 {
            u16_at(loca, 2 * index).map(|half| 2 * usize::from(half))
        } else {
            let long = u32::from_be_bytes(*loca.get(4 * index..)?.first_chunk()?);
            usize::try_from(long).ok()
        }
    };
    let (begin, end) = (place(index)?, place(index + 1)?);
    glyf.get(begin..end.min(glyf.len()))
}

/// The glyphs that a composite one is made of.
fn parts(octets: &[u8]) -> Vec<u16> {
    const WORDS: u16 = 1;
    const SCALE: u16 = 1 << 3;
    const MORE: u16 = 1 << 5;
    const TWO_SCALES: u16 = 1 << 6;
    const MATRIX: u16 = 1 << 7;
    let mut found = Vec::new();
    // a negative number of contours
    if u16_at(octets, 0).is_none_or(|contours| contours < 0x8000) {
        return found;
    }
    let mut at = 10;
    while let (Some(flags), Some(part)) = (u16_at(octets, at), u16_at(octets, at + 2)) {
        found.push(part);
        at += if flags & WORDS == 0 { 6 } else { 8 };
        at += match flags {
            flags if flags & SCALE != 0 => 2,
            flags if flags & TWO_SCALES != 0 => 4,
            flags if flags & MATRIX != 0 => 8,
            _ => 0,
        };
        if flags & MORE == 0 {
            break;
        }
    }
    found
}

fn u16_at(octets: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*octets.get(at..)?.first_chunk()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use yinxin_testkit::{
        font::{measures, sfnt},
        zip::Archive,
    };
    use yinxin_trust::base::Limits;

    /// A font of these glyphs, without characters.
    fn font(glyphs: &[Vec<u8>]) -> Vec<u8> {
        let (mut glyf, mut loca) = (Vec::new(), vec![0; 4]);
        for glyph in glyphs {
            glyf.extend(glyph);
            loca.extend(u32::try_from(glyf.len()).unwrap().to_be_bytes());
        }
        let mut tables = vec![("glyf", glyf), ("loca", loca)];
        tables.extend(measures(&vec![0; glyphs.len()]));
        tables.sort();
        sfnt([0, 1, 0, 0], &tables)
    }

    /// A glyph made of others.
    fn made_of(parts: &[u16]) -> Vec<u8> {
        let mut octets = vec![0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0];
        for (index, part) in parts.iter().enumerate() {
            octets.extend(if index + 1 < parts.len() { [0, 0x22] } else { [0, 0x02] });
            octets.extend(part.to_be_bytes());
            octets.extend([0, 0]);
        }
        octets
    }

    fn triangle() -> Vec<u8> {
        // one contour of three points on the curve, all coordinates in octets
        let mut octets = vec![0, 1, 0, 0, 0, 0, 0, 100, 0, 100, 0, 2, 0, 0];
        octets.extend([0x37, 0x37, 0x37, 0, 100, 50, 0, 0, 100]);
        octets
    }

    fn embedded(glyphs: &[Vec<u8>]) -> Option<Embedded> {
        let octets = Archive::of(&[("a.ttf".to_owned(), font(glyphs))]).to_bytes();
        let package = Package::open(&octets, &Limits::default()).unwrap();
        Embedded::read(&package, "a.ttf", 0)
    }

    #[test]
    fn glyphs_made_of_others_are_drawn_while_they_cost_little() {
        let font = embedded(&[made_of(&[1, 1]), triangle()]).unwrap();
        let font = font.open().unwrap();
        let (one, cost) = font.outline(1, u32::MAX);
        let one = one.unwrap().steps;
        assert!(one.len() > 3);
        assert_eq!(font.outline(0, u32::MAX).0.unwrap().steps, [&one[..], &one].concat());
        assert_eq!(font.outline(2, u32::MAX).0, None, "no such glyph");
        assert_eq!(font.outline(1, cost - 1), (None, cost - 1), "more than is left");
    }

    /// Tables and glyphs with octets changed: each is read or refused.
    #[test]
    fn changed_fonts_bring_no_panic() {
        let sound = font(&[made_of(&[1, 1]), triangle(), made_of(&[0])]);
        let mut noise = yinxin_testkit::noise::Noise(17);
        let mut drawn = 0;
        for _ in 0..3000 {
            let mut octets = sound.clone();
            for _ in 0..=noise.next(4) {
                let at = noise.next(octets.len());
                match noise.next(4) {
                    0 => octets[at] = [0, 1, 127, 128, 255][noise.next(5)],
                    1 => octets.truncate(at + 1),
                    _ => octets[at] ^= 1 << noise.next(8),
                }
            }
            let octets = Archive::of(&[("a.ttf".to_owned(), octets)]).to_bytes();
            let package = Package::open(&octets, &Limits::default()).unwrap();
            let Some(font) = Embedded::read(&package, "a.ttf", 0) else { continue };
            let Some(opened) = font.open() else { continue };
            opened.glyph('一');
            for glyph in [0, 1, 2, 3, u16::MAX] {
                drawn += usize::from(opened.outline(glyph, 10_000).0.is_some());
            }
        }
        assert!(drawn > 500, "{drawn}");
    }

    /// Each of two, or of many, of the next: the last would be drawn a million times over.
    #[test]
    fn glyphs_that_multiply_are_refused_without_drawing_them() {
        let deep: Vec<_> = (1..40).map(|next| made_of(&[next, next])).chain([triangle()]).collect();
        let wide = [made_of(&[1; 2000]), made_of(&[2; 2000]), made_of(&[3; 2000]), triangle()];
        let ring = [made_of(&[1]), made_of(&[0])];
        for glyphs in [deep.as_slice(), &wide, &ring] {
            let font = embedded(glyphs).unwrap();
            let begun = std::time::Instant::now();
            assert_eq!(font.open().unwrap().outline(0, u32::MAX).0, None);
            assert!(begun.elapsed().as_millis() < 1000);
        }
    }
}
