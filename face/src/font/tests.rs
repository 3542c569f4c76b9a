use super::*;
use std::collections::BTreeSet;
use ttf_parser::{Face, GlyphId};

const STANDARD: &str = include_str!("../../fonts/standard-characters.txt");

fn standard() -> BTreeSet<char> {
    STANDARD.chars().filter(|character| *character != '\n').collect()
}

/// What encoding_rs has in the two-octet part of GBK, without private use.
fn gbk() -> BTreeSet<char> {
    let pairs = (0x81..=0xfe_u8).flat_map(|first| (0x40..=0xfe).map(move |second| [first, second]));
    let decoded = pairs.filter_map(|pair| {
        let text = encoding_rs::GBK.decode_without_bom_handling_and_without_replacement(&pair)?;
        let mut characters = text.chars();
        characters.next().filter(|_| characters.next().is_none())
    });
    decoded.filter(|character| !('\u{e000}'..='\u{f8ff}').contains(character)).collect()
}

#[test]
fn the_shipped_fonts_cover_both_sets() {
    let fonts = Fonts::shipped();
    let (standard, gbk) = (standard(), gbk());
    assert_eq!(standard.len(), 8105);
    assert!(gbk.len() > 21_800, "{}", gbk.len());
    let lacking = |name: &str, set: &BTreeSet<char>| -> Vec<char> {
        set.iter().copied().filter(|c| !fonts.covers(name, *c)).collect()
    };
    let none: Vec<char> = Vec::new();
    assert_eq!(lacking("song", &standard), none);
    assert_eq!(lacking("song", &gbk), none);
    assert_eq!(lacking("song-bold", &standard), none);
    assert!(!fonts.covers("song", '\u{e000}') && !fonts.covers("song", '\u{1f600}'));
}

#[test]
fn a_subset_has_its_characters_and_their_shapes() {
    let fonts = Fonts::shipped();
    let font = fonts.get(0);
    // 𬭎 is beyond the basic plane
    let characters: BTreeSet<char> = "演示市 (1)A𬭎≒，".chars().collect();
    let subset = subset(font, &characters, "Yinxin Test");
    assert_eq!(subset.glyphs.keys().copied().collect::<BTreeSet<_>>(), characters);
    let (small, large) = (Face::parse(&subset.octets, 0).unwrap(), Face::parse(font.octets(), 0).unwrap());
    assert_eq!(usize::from(small.number_of_glyphs()), characters.len() + 1);
    for character in characters {
        let (new, old) = (small.glyph_index(character).unwrap(), large.glyph_index(character).unwrap());
        assert_eq!(new.0, subset.glyphs[&character]);
        let advance = |face: &Face<'_>, glyph| face.glyph_hor_advance(glyph);
        assert_eq!(advance(&small, new), advance(&large, old), "{character}");
        assert_eq!(small.glyph_bounding_box(new), large.glyph_bounding_box(old), "{character}");
    }
    assert!(small.glyph_index('局').is_none());
    assert_eq!(small.glyph_bounding_box(GlyphId(0)), large.glyph_bounding_box(GlyphId(0)));
    assert!(subset.octets.len() < 16_000, "{}", subset.octets.len());
    // the whole file sums to the constant of the format
    assert_eq!(
        subset.octets.chunks(4).fold(0_u32, |sum, word| sum.wrapping_add(u32::from_be_bytes(word.try_into().unwrap()))),
        0xb1b0_afba
    );
}

#[test]
fn other_fonts_by_name() {
    let own = || subset(Fonts::shipped().get(0), &"甲乙".chars().collect(), "Other").octets;
    let fonts = Fonts::shipped().with("other", own()).unwrap();
    assert_eq!(fonts.names().collect::<Vec<_>>(), ["song", "song-bold", "other"]);
    assert!(fonts.covers("other", '甲') && !fonts.covers("other", '丙'));
    assert_eq!(fonts.find(2, '丙').map(|(font, _)| font), Some(0));
    let of = |name: &str, octets: Vec<u8>| Fonts::shipped().with(name, octets).map(|_| ()).unwrap_err();
    assert_eq!(of("Other", own()), FontFault::Name("Other".to_owned()));
    assert_eq!(of("song", own()), FontFault::NameTaken("song".to_owned()));
    assert_eq!(of("a", b"no font".to_vec()), FontFault::NoOutlines);
    assert_eq!(of("a", b"ttcf\0\x01\0\0\0\0\0\x01\0\0\0\0".to_vec()), FontFault::Collection);
    assert_eq!(of("a", own()[..200].to_vec()), FontFault::Damaged);
    let mut restricted = own();
    let entry = restricted.windows(4).position(|tag| tag == b"OS/2").unwrap();
    let at = u32::from_be_bytes(restricted[entry + 8..entry + 12].try_into().unwrap()) as usize;
    restricted[at + 8..at + 10].copy_from_slice(&[0, 2]);
    assert_eq!(of("a", restricted), FontFault::EmbeddingForbidden);
}

#[test]
fn outlines_stand_on_their_baseline_within_the_em() {
    let fonts = Fonts::shipped();
    let outline = fonts.outline("song", '国').unwrap();
    assert_eq!(outline.advance, 1.0);
    let heights = outline.steps.iter().filter_map(|step| match step {
        Step::Move([_, y]) | Step::Line([_, y]) => Some(*y),
        _ => None,
    });
    let (top, bottom) = heights.fold((f64::MAX, f64::MIN), |(top, bottom), y| (top.min(y), bottom.max(y)));
    // y goes down: nearly all of the character is above its baseline
    assert!((-0.95..-0.6).contains(&top) && (-0.1..0.2).contains(&bottom), "{top} {bottom}");
    assert!(fonts.outline("song", ' ').unwrap().steps.is_empty());
    assert_ne!(fonts.outline("song-bold", '国').unwrap(), outline);
    assert_eq!(fonts.outline("song", '\u{10ffff}'), None);
}
