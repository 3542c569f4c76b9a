//! Copies (副本) as PDF and PNG: the page with the picture of its seal, a mark that
//! it is a copy, and where the original can be checked.

use crate::{
    code::CodeAddress,
    colour::Colour,
    drawing::Drawing,
    layout::{self, Style},
    page::{Item, Rect, Shape},
};
use resvg::{tiny_skia::Pixmap, usvg};
use unicode_normalization::UnicodeNormalization as _;
use yinxin_trust::seal::make::SealPicture;

/// Fewest and most dots an inch of a PNG.
const DOTS: core::ops::RangeInclusive<u16> = 36..=400;
/// Most pixels of a page.
const PIXELS: u64 = 40_000_000;

/// What makes a page a copy.
#[derive(Clone, Copy, Debug)]
pub struct CopyMark<'a> {
    /// The words of the mark, such as 副本.
    pub words: &'a str,
    /// Printed as text in the foot.
    pub code: &'a CodeAddress,
    /// The picture of the seal, drawn in its place; without one the place stays empty.
    pub seal: Option<&'a SealPicture>,
    /// Of a PNG: 36 to 400, 150 is usual.
    pub dots_per_inch: u16,
}

/// Why a copy is not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum CopyError {
    #[error("the words of the copy's mark do not fit its place")]
    Words,
    #[error("the copy's mark has a character in no font, U+{code_point:04X}")]
    Uncovered { code_point: u32 },
    #[error("the address of the code does not fit the foot of the copy")]
    Address,
    #[error("the seal's picture cannot be drawn: {0}")]
    Seal(String),
    #[error("a copy has 36 to 400 dots an inch and at most {PIXELS} pixels")]
    Resolution,
    #[error("there is no page {page}")]
    Page { page: usize },
    #[error("the picture cannot be written")]
    Encoding,
}

impl Drawing {
    /// Frame, words and foot of a copy.
    pub(crate) fn copy_items(&self, copy: &CopyMark<'_>) -> Result<Vec<Item>, CopyError> {
        let places = &self.face.copy;
        let (mark, style) = &places.mark;
        let words: String = copy.words.nfc().collect();
        let mut items = Vec::new();
        // an annotated copy says so itself, in the same place
        if !self.is_annotated {
            items.push(Item::Shape(Shape::rect(mark.grown(-0.15), None, Some((style.colour, 0.3)))));
            items.extend(self.line(&words, style, mark.grown(-1.0)).and_then(|line| line.ok_or(CopyError::Words))?);
        }
        let (foot, style) = &places.foot;
        let stamped = if self.is_annotated { "加注件" } else { "原件" };
        let text = format!("{words}，以加盖电子印章的{stamped}为准。核验 {}", copy.code.typed());
        items.extend(self.line(&text, style, *foot).and_then(|line| line.ok_or(CopyError::Address))?);
        Ok(items)
    }

    fn line(&self, text: &str, style: &Style, area: Rect) -> Result<Option<Vec<Item>>, CopyError> {
        let mut glyphs = Vec::new();
        layout::glyphs(&mut glyphs, text, &self.face.fonts, style.font, None)
            .map_err(|(_, character)| CopyError::Uncovered { code_point: character.into() })?;
        let lines = layout::fit(&glyphs, style, area).filter(layout::Lines::fit);
        Ok(lines.map(|lines| {
            layout::place(&glyphs, &lines.lines, lines.size, style, area).into_iter().map(Item::Text).collect()
        }))
    }

    /// The seal's picture at so many dots an inch, on nothing.
    pub(crate) fn seal_pixels(&self, picture: &SealPicture, dots: f64) -> Result<Pixmap, CopyError> {
        let damaged = |error: &dyn core::fmt::Display| CopyError::Seal(error.to_string().chars().take(80).collect());
        if picture.kind() == "PNG" {
            return Pixmap::decode_png(picture.octets()).map_err(|error| damaged(&error));
        }
        let options = usvg::Options { fontdb: self.face.fonts.database(), ..usvg::Options::default() };
        let tree = usvg::Tree::from_data(picture.octets(), &options).map_err(|error| damaged(&error))?;
        let pixels = |mm: f64| (mm / 25.4 * dots).round().clamp(1.0, 4096.0) as u32;
        let seal = self.face.seal;
        let mut pixmap = Pixmap::new(pixels(seal.w), pixels(seal.h)).ok_or(CopyError::Resolution)?;
        let scale = resvg::tiny_skia::Transform::from_scale(
            pixmap.width() as f32 / tree.size().width(),
            pixmap.height() as f32 / tree.size().height(),
        );
        resvg::render(&tree, scale, &mut pixmap.as_mut());
        Ok(pixmap)
    }
}

/// Sides of a page in pixels.
pub(crate) fn pixels_of(page: Rect, dots: u16) -> Result<(u32, u32), CopyError> {
    let side = |mm: f64| (mm / 25.4 * f64::from(dots)).round() as u64;
    let (width, height) = (side(page.w), side(page.h));
    if !DOTS.contains(&dots) || width * height > PIXELS {
        return Err(CopyError::Resolution);
    }
    Ok((width as u32, height as u32))
}

/// The ground behind everything, should a background have holes.
pub(crate) const GROUND: Colour = Colour::WHITE;
