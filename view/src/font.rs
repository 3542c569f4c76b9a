//! Fonts that a document embeds: outlines are taken from TrueType tables alone, and a
//! glyph that would cost more than it can show is none.

use std::{cell::RefCell, collections::BTreeMap, sync::Arc};
use ttf_parser::{Face, GlyphId, PlatformId, Tag, cmap::Subtable};
use yinxin_face::{Outline, Steps};
use yinxin_trust::ofd::Package;

/// Tables of a font, and of its character map.
const TABLES: u16 = 64;
const MAPS: u16 = 32;
/// Octets of outlines that one glyph may draw from, parts counted each time.
const GLYPH_OCTETS: u32 = 100_000;
/// Nesting of composite glyphs.
const NESTED: usize = 6;

/// An embedded font.
#[derive(Debug)]
pub(crate) struct Embedded {
    octets: Arc<[u8]>,
    /// Tells the fonts of one page apart.
    pub(crate) number: usize,
    /// What glyphs cost, as far as it was asked.
    costs: RefCell<BTreeMap<u16, u32>>,
}

impl Embedded {
    /// `None` for what is no TrueType font.
    pub(crate) fn read(package: &Package<'_>, entry: &str, number: usize) -> Option<Self> {
        let font = Self { octets: package.read(entry).ok()?, number, costs: RefCell::default() };
        let face = font.face()?;
        face.tables().glyf?;
        let maps = face.tables().cmap.map_or(0, |cmap| cmap.subtables.len());
        (maps <= MAPS).then_some(())?;
        Some(font)
    }

    /// The font, to be asked for several glyphs.
    pub(crate) fn face(&self) -> Option<Face<'_>> {
        let tables = u16::from_be_bytes(*self.octets.get(4..)?.first_chunk()?);
        if self.octets.starts_with(b"ttcf") || tables > TABLES {
            return None;
        }
        Face::parse(&self.octets, 0).ok()
    }

    /// The outline of a glyph.
    pub(crate) fn outline(&self, face: &Face<'_>, glyph: u16) -> Option<Outline> {
        if glyph >= face.number_of_glyphs() || self.cost(face, glyph, 0) > GLYPH_OCTETS {
            return None;
        }
        let em = f64::from(face.units_per_em());
        let mut steps = Steps::new(em);
        // not by the face, which would follow variations too
        let _blank = face.tables().glyf?.outline(GlyphId(glyph), &mut steps);
        let advance = face.glyph_hor_advance(GlyphId(glyph)).map_or(1.0, |advance| f64::from(advance) / em);
        Some(Outline { advance, steps: steps.taken })
    }

    /// Octets that drawing a glyph reads; parts of composite ones may be asked for again and again.
    fn cost(&self, face: &Face<'_>, glyph: u16, depth: usize) -> u32 {
        if let Some(cost) = self.costs.borrow().get(&glyph) {
            return *cost;
        }
        if depth > NESTED {
            return u32::MAX;
        }
        let octets = glyph_octets(face, glyph).unwrap_or_default();
        let mut cost = u32::try_from(octets.len()).unwrap_or(u32::MAX);
        for part in parts(octets) {
            cost = cost.saturating_add(self.cost(face, part, depth + 1).max(1));
            if cost > GLYPH_OCTETS {
                break;
            }
        }
        self.costs.borrow_mut().insert(glyph, cost);
        cost
    }
}

/// The glyph of a character; maps that are not Unicode count by the code itself, as
/// symbol fonts and subsets have them.
pub(crate) fn glyph(face: &Face<'_>, character: char) -> Option<u16> {
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
    use yinxin_testkit::zip::Archive;
    use yinxin_trust::base::Limits;

    /// A font of these glyphs, without characters.
    fn font(glyphs: &[Vec<u8>]) -> Vec<u8> {
        let count = u16::try_from(glyphs.len()).unwrap();
        let mut head = vec![0; 54];
        head[..4].copy_from_slice(&[0, 1, 0, 0]);
        head[12..16].copy_from_slice(&0x5f0f_3cf5_u32.to_be_bytes());
        head[18..20].copy_from_slice(&1000_u16.to_be_bytes());
        head[50..52].copy_from_slice(&[0, 1]);
        let mut hhea = vec![0; 36];
        hhea[..4].copy_from_slice(&[0, 1, 0, 0]);
        hhea[34..].copy_from_slice(&1_u16.to_be_bytes());
        let mut maxp = vec![0, 0, 0x50, 0];
        maxp.extend(count.to_be_bytes());
        let (mut glyf, mut loca) = (Vec::new(), vec![0; 4]);
        for glyph in glyphs {
            glyf.extend(glyph);
            loca.extend(u32::try_from(glyf.len()).unwrap().to_be_bytes());
        }
        let hmtx = vec![0; 4 + 2 * glyphs.len()];
        let tables = [("glyf", glyf), ("head", head), ("hhea", hhea), ("hmtx", hmtx), ("loca", loca), ("maxp", maxp)];
        let mut file = vec![0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0];
        let mut at = 12 + 16 * tables.len();
        for (name, data) in &tables {
            file.extend(name.as_bytes());
            file.extend([0; 4]);
            file.extend(u32::try_from(at).unwrap().to_be_bytes());
            file.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
            at += data.len();
        }
        tables.iter().for_each(|(_, data)| file.extend(data));
        file
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
        let face = font.face().unwrap();
        let one = font.outline(&face, 1).unwrap().steps;
        assert!(one.len() > 3);
        assert_eq!(font.outline(&face, 0).unwrap().steps, [&one[..], &one].concat());
        assert_eq!(font.outline(&face, 2), None, "no such glyph");
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
            assert_eq!(font.outline(&font.face().unwrap(), 0), None);
            assert!(begun.elapsed().as_millis() < 1000);
        }
    }
}
