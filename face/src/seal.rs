//! Round seals with their texts as outlines, so that the picture needs no font: what
//! a reader of OFD shows is what was sealed, on every machine.

use crate::{font::Fonts, number::push_integer};
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
/// Outlines are relative steps of a hundredth of a millimetre, a fifth of a dot of
/// a 600 dpi printer: the picture stands twice in every stamped file, and every
/// signature is over it.
///
/// # Errors
/// [`SealDrawError`].
pub fn outlined_seal(seal: &RoundSeal, fonts: &Fonts) -> Result<SealPicture, SealDrawError> {
    let mut d = Steps::default();
    for glyph in seal.glyphs()? {
        let first = fonts.index(if glyph.bold { "song-bold" } else { "song" }).unwrap_or(0);
        let (font, number) = fonts
            .find(first, glyph.character)
            .ok_or_else(|| SealDrawError::Uncovered { code_point: glyph.character.into() })?;
        let font = fonts.get(font);
        let mut path = Path::new(&glyph, font.units_per_em(), font.advance(number), &mut d);
        font.outline(number, &mut path);
    }
    let body = format!("<path fill=\"{}\" transform=\"scale(.01)\" d=\"{}\"/>", RoundSeal::COLOUR, d.text);
    Ok(seal.picture_with(&body)?)
}

/// The steps of an outline as SVG writes them (SVG 1.1 8.3), in hundredths of a millimetre.
#[derive(Default)]
struct Steps {
    text: String,
    /// The last command; a letter that would repeat it is left out.
    command: char,
    /// Where the pen is. Steps are taken between rounded places, so that errors do not add up.
    at: (i64, i64),
}

impl Steps {
    /// Begins an outline.
    fn begin(&mut self, to: (i64, i64)) {
        self.text.push('M');
        self.number(to.0, true);
        self.number(to.1, false);
        (self.command, self.at) = ('M', to);
    }

    /// A line or a curve over these points, the last of them its end.
    fn step(&mut self, command: char, points: &[(i64, i64)]) {
        // what is smaller than a step is not there
        if points.iter().all(|point| *point == self.at) {
            return;
        }
        let repeated = self.command == command;
        if !repeated {
            self.text.push(command);
        }
        for (index, point) in points.iter().enumerate() {
            self.number(point.0 - self.at.0, index == 0 && !repeated);
            self.number(point.1 - self.at.1, false);
        }
        self.command = command;
        self.at = points.last().copied().unwrap_or(self.at);
    }

    /// A number; a sign parts it from the one before as well as a space does.
    fn number(&mut self, value: i64, is_first: bool) {
        if value < 0 {
            self.text.push('-');
        } else if !is_first {
            self.text.push(' ');
        }
        push_integer(&mut self.text, value.unsigned_abs());
    }
}

/// Puts outlines in their place.
struct Path<'a> {
    out: &'a mut Steps,
    glyph: &'a SealGlyph,
    scale: f64,
    half: f64,
    sine: f64,
    cosine: f64,
}

impl<'a> Path<'a> {
    fn new(glyph: &'a SealGlyph, units_per_em: f64, advance: f64, out: &'a mut Steps) -> Self {
        let (sine, cosine) = glyph.degrees.to_radians().sin_cos();
        Self { out, glyph, scale: glyph.size / units_per_em, half: advance * glyph.size / 2.0, sine, cosine }
    }

    /// Where a point of the glyph lies in the seal, hundredths of a millimetre.
    fn place(&self, x: f32, y: f32) -> (i64, i64) {
        let x = (f64::from(x) * self.scale - self.half) * self.glyph.wide;
        let y = -f64::from(y) * self.scale * self.glyph.tall;
        let hundredths = |mm: f64| (mm * 100.0).round() as i64;
        (
            hundredths(self.glyph.x + x * self.cosine - y * self.sine),
            hundredths(self.glyph.y + x * self.sine + y * self.cosine),
        )
    }
}

impl ttf_parser::OutlineBuilder for Path<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        self.out.begin(self.place(x, y));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.out.step('l', &[self.place(x, y)]);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.out.step('q', &[self.place(x1, y1), self.place(x, y)]);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.out.step('c', &[self.place(x1, y1), self.place(x2, y2), self.place(x, y)]);
    }

    fn close(&mut self) {
        self.out.text.push('z');
        self.out.command = 'z';
    }
}
