//! Reading a font once: its map, advances and metrics.

use super::{Font, FontFault, Octets};
use ttf_parser::{Face, FaceParsingError, GlyphId, Permissions, Tag, fonts_in_collection};

/// Tables without which a subset cannot be made.
const NEEDED: [&[u8; 4]; 8] = [b"head", b"hhea", b"maxp", b"hmtx", b"cmap", b"loca", b"glyf", b"OS/2"];

pub(super) fn font(name: &str, octets: Octets) -> Result<Font, FontFault> {
    if fonts_in_collection(octets.get()).is_some() {
        return Err(FontFault::Collection);
    }
    let face = Face::parse(octets.get(), 0).map_err(|error| match error {
        FaceParsingError::UnknownMagic => FontFault::NoOutlines,
        _ => FontFault::Damaged,
    })?;
    let raw = face.raw_face();
    if face.tables().glyf.is_none() {
        return Err(FontFault::NoOutlines);
    }
    if NEEDED.iter().any(|tag| raw.table(Tag::from_bytes(tag)).is_none()) {
        return Err(FontFault::Damaged);
    }
    if face.permissions() == Some(Permissions::Restricted) {
        return Err(FontFault::EmbeddingForbidden);
    }
    let map = map(&face);
    if map.is_empty() {
        return Err(FontFault::NoUnicodeMap);
    }
    let em = f64::from(face.units_per_em());
    let advance = |glyph: u16| f64::from(face.glyph_hor_advance(GlyphId(glyph)).unwrap_or(0)) / em;
    let advances = (0..face.number_of_glyphs()).map(advance).collect();
    let (ascent, descent) = (f64::from(face.ascender()) / em, -f64::from(face.descender()) / em);
    let weight = face.weight().to_number();
    Ok(Font {
        name: name.to_owned(),
        map,
        advances,
        units_per_em: em,
        ascent: ascent.clamp(0.5, 1.5),
        descent: descent.clamp(0.05, 0.8),
        weight,
        octets,
    })
}

fn map(face: &Face<'_>) -> Box<[(u32, u16)]> {
    let mut map = Vec::new();
    let Some(cmap) = face.tables().cmap else { return map.into() };
    for subtable in cmap.subtables.into_iter().filter(ttf_parser::cmap::Subtable::is_unicode) {
        subtable.codepoints(|code_point| {
            if let Some(glyph) = subtable.glyph_index(code_point).filter(|glyph| glyph.0 != 0) {
                map.push((code_point, glyph.0));
            }
        });
    }
    map.sort_unstable();
    map.dedup_by_key(|(code_point, _)| *code_point);
    map.into()
}
