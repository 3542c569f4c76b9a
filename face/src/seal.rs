//! Round seals with their texts as outlines, so that the picture needs no font: what
//! a reader of OFD shows is what was sealed, on every machine.

use crate::{font::Fonts, number::push};
use yinxin_trust::seal::make::{RoundSeal, RoundSealFault, SealGlyph, SealPicture};

/// Why a seal is not drawn with outlines.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealDrawError {
    /// The seal itself is refused.
    #[error(transparent)]
    Seal(#[from] RoundSealFault),
    /// A character of the seal is in no font.
    #[error("character U+{code_point:04X} of the seal is in no font")]
    Uncovered {
        /// Its code point.
        code_point: u32,
    },
}

/// Draws a round seal as SVG of paths alone. This is the picture to put into a
/// seal; [`RoundSeal::draw`] leaves the choice of font to the reader.
///
/// # Errors
/// [`SealDrawError`].
pub fn outlined_seal(seal: &RoundSeal, fonts: &Fonts) -> Result<SealPicture, SealDrawError> {
    let mut d = String::new();
    for glyph in seal.glyphs()? {
        let first = fonts.index(if glyph.bold { "song-bold" } else { "song" }).unwrap_or(0);
        let (font, number) = fonts
            .find(first, glyph.character)
            .ok_or_else(|| SealDrawError::Uncovered { code_point: glyph.character.into() })?;
        let font = fonts.get(font);
        let mut path = Path::new(&glyph, font.units_per_em(), font.advance(number), &mut d);
        font.outline(number, &mut path);
    }
    let body = format!("<path fill=\"{}\" d=\"{}\"/>", RoundSeal::COLOUR, d.trim_end());
    Ok(seal.picture_with(&body)?)
}

/// Puts outlines in their place.
struct Path<'a> {
    out: &'a mut String,
    glyph: &'a SealGlyph,
    scale: f64,
    half: f64,
    sine: f64,
    cosine: f64,
}

impl<'a> Path<'a> {
    fn new(glyph: &'a SealGlyph, units_per_em: f64, advance: f64, out: &'a mut String) -> Self {
        let (sine, cosine) = glyph.degrees.to_radians().sin_cos();
        Self { out, glyph, scale: glyph.size / units_per_em, half: advance * glyph.size / 2.0, sine, cosine }
    }

    fn point(&mut self, x: f32, y: f32) {
        let x = (f64::from(x) * self.scale - self.half) * self.glyph.wide;
        let y = -f64::from(y) * self.scale * self.glyph.tall;
        push(self.out, self.glyph.x + x * self.cosine - y * self.sine);
        self.out.push(' ');
        push(self.out, self.glyph.y + x * self.sine + y * self.cosine);
        self.out.push(' ');
    }
}

impl ttf_parser::OutlineBuilder for Path<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        self.out.push('M');
        self.point(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.out.push('L');
        self.point(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.out.push('Q');
        self.point(x1, y1);
        self.point(x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.out.push('C');
        self.point(x1, y1);
        self.point(x2, y2);
        self.point(x, y);
    }

    fn close(&mut self) {
        self.out.push('Z');
    }
}
