//! A sheet of our own (A4): a title, captions with values, a note, and a file attached.
//! For what is no licence and has no template, such as receipts of verifications.

use crate::{
    colour::Colour,
    copy::CopyError,
    drawing::{Drawing, Sheet},
    font::Fonts,
    layout::{self, Align, Style, Valign},
    ofd::FixedParts,
    page::{Item, Rect, Shape},
    pdf, raster,
    template::{Checked, CopyPlaces},
};
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization as _;
use yinxin_trust::{base::Moment, ofd::write::PackagePlan, sm::sm3};

const PAGE: Rect = Rect::new(0.0, 0.0, 210.0, 297.0);
const LEFT: f64 = 22.0;
const RIGHT: f64 = 188.0;
/// Where values begin.
const VALUES: f64 = 74.0;
/// Below the title.
const TOP: f64 = 62.0;
/// Nothing of the rows stands lower.
const BOTTOM: f64 = 250.0;
/// Most lines of a value, at the size it has when it need not be shrunk.
const LINES: f64 = 7.0;
/// Stands for a character that no font has: a sheet is made all the same.
const MISSING: char = '□';
const INK: Colour = Colour([0x1a, 0x21, 0x25]);
const QUIET: Colour = Colour([0x4d, 0x4a, 0x40]);
const RULE: Colour = Colour([0xb8, 0xb2, 0xa4]);
/// Places of the shipped fonts.
const SONG: usize = 0;
const BOLD: usize = 1;

/// What stands on the sheet.
#[derive(Clone, Copy, Debug)]
pub struct Paper<'a> {
    /// The title, one line.
    pub title: &'a str,
    /// Below it, smaller.
    pub subtitle: &'a str,
    /// Captions and values, in their order.
    pub rows: &'a [(String, String)],
    /// At the foot.
    pub note: &'a str,
    /// Name and octets of the file that goes with it, stored as they are.
    pub attachment: (&'a str, &'a [u8]),
    /// CreationDate.
    pub at: Moment,
}

/// Why a sheet is not drawn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum PaperError {
    #[error("the sheet has a character in no font, U+{code_point:04X}")]
    Uncovered { code_point: u32 },
    #[error("{caption:?} does not fit the sheet")]
    TooLong { caption: String },
    #[error(transparent)]
    Pdf(#[from] CopyError),
    #[error("the package of the sheet: {0}")]
    Package(String),
}

impl Paper<'_> {
    /// As PDF, with its text as text. The same content gives the same octets.
    ///
    /// # Errors
    /// [`PaperError`].
    pub fn pdf(&self, fonts: &Arc<Fonts>) -> Result<Vec<u8>, PaperError> {
        let print = pdf::Print { copy: &[], seal: None, title: self.title, attachment: Some(self.attachment) };
        Ok(pdf::lay(&self.drawn(fonts)?, &print)?)
    }

    /// As an OFD package that somebody signs. The same content gives the same octets.
    ///
    /// # Errors
    /// [`PaperError`].
    pub fn package(&self, fonts: &Arc<Fonts>) -> Result<PackagePlan, PaperError> {
        self.drawn(fonts)?.package().map_err(|fault| PaperError::Package(fault.to_string()))
    }

    /// As PNG, 36 to 400 dots an inch.
    ///
    /// # Errors
    /// [`PaperError`].
    pub fn png(&self, fonts: &Arc<Fonts>, dots_per_inch: u16) -> Result<Vec<u8>, PaperError> {
        Ok(raster::plain(&self.drawn(fonts)?, 0, dots_per_inch)?)
    }

    /// Laid out.
    fn drawn(&self, fonts: &Arc<Fonts>) -> Result<Drawing, PaperError> {
        let mut items = Vec::new();
        let title = style(BOLD, 9.0, INK, Align::Left);
        self.text(fonts, (self.title, self.title), &title, Rect::new(LEFT, 26.0, RIGHT - LEFT, 12.0), &mut items)?;
        let small = style(SONG, 4.2, QUIET, Align::Left);
        self.text(fonts, (self.title, self.subtitle), &small, Rect::new(LEFT, 41.0, RIGHT - LEFT, 12.0), &mut items)?;
        let mut y = TOP;
        for (caption, value) in self.rows {
            items.push(Item::Shape(Shape::rect(Rect::new(LEFT, y, RIGHT - LEFT, 0.2), Some(RULE), None)));
            y += 2.6;
            let (captions, values) =
                (style(SONG, 3.8, QUIET, Align::Left), Style { min_size: 3.0, ..style(BOLD, 4.4, INK, Align::Left) });
            let area = Rect::new(LEFT, y + 0.4, VALUES - LEFT - 4.0, LINES * 5.6);
            self.text(fonts, (caption, caption), &captions, area, &mut items)?;
            let area = Rect::new(VALUES, y, RIGHT - VALUES, LINES * 5.6);
            let (lines, size) = self.text(fonts, (caption, value), &values, area, &mut items)?;
            y += size.max(4.4) + lines.saturating_sub(1) as f64 * size * values.leading + 2.6;
            if y > BOTTOM {
                return Err(PaperError::TooLong { caption: caption.clone() });
            }
        }
        items.push(Item::Shape(Shape::rect(Rect::new(LEFT, y, RIGHT - LEFT, 0.2), Some(RULE), None)));
        let foot = style(SONG, 3.6, QUIET, Align::Left);
        self.text(
            fonts,
            (self.title, self.note),
            &foot,
            Rect::new(LEFT, BOTTOM + 4.0, RIGHT - LEFT, 26.0),
            &mut items,
        )?;
        self.drawing(fonts, items)
    }

    /// Sets a text; how many lines it took, and at which size.
    fn text(
        &self,
        fonts: &Fonts,
        (caption, text): (&str, &str),
        style: &Style,
        area: Rect,
        items: &mut Vec<Item>,
    ) -> Result<(usize, f64), PaperError> {
        let mut glyphs = Vec::new();
        let shown = |character: char| if fonts.find(style.font, character).is_some() { character } else { MISSING };
        let text = text.nfc().filter(|character| *character == '\n' || !character.is_control());
        let text: String = text.map(|character| if character == '\n' { character } else { shown(character) }).collect();
        layout::glyphs(&mut glyphs, &text, fonts, style.font, None)
            .map_err(|(_, character)| PaperError::Uncovered { code_point: character.into() })?;
        let fit = layout::fit(&glyphs, style, area).filter(layout::Lines::fit);
        let lines = fit.ok_or_else(|| PaperError::TooLong { caption: caption.to_owned() })?;
        let placed = layout::place(&glyphs, &lines.lines, lines.size, style, area);
        items.extend(placed.into_iter().map(Item::Text));
        Ok((lines.lines.len(), lines.size))
    }

    /// A drawing of a face that has nothing of its own.
    fn drawing(&self, fonts: &Arc<Fonts>, items: Vec<Item>) -> Result<Drawing, PaperError> {
        let nowhere = (Rect::new(0.0, 0.0, 0.0, 0.0), style(SONG, 3.0, INK, Align::Left));
        let face = Checked {
            title: self.title.to_owned(),
            page: PAGE,
            fields: Vec::new(),
            texts: Vec::new(),
            photo: None,
            seal: nowhere.0,
            code: nowhere.0,
            copy: CopyPlaces { mark: nowhere.clone(), foot: nowhere },
            attached: None,
            fixed: Vec::new(),
            fonts: Arc::clone(fonts),
            parts: FixedParts::new(&[&[], &[]], fonts).map_err(|fault| PaperError::Package(fault.to_string()))?,
        };
        let (name, octets) = self.attachment;
        Ok(Drawing {
            page: face.page,
            is_annotated: false,
            face: Arc::new(face),
            sheets: vec![Sheet { is_attached: false, items }],
            pairs: Vec::new(),
            // a sheet is told apart by what is attached to it
            identifier: hex::encode(sm3::digest(octets)),
            issuing_body: String::new(),
            disclosure: None,
            attachment: (name.to_owned(), octets.to_vec()),
            at: self.at,
        })
    }
}

const fn style(font: usize, size: f64, colour: Colour, align: Align) -> Style {
    Style { font, size, min_size: size, leading: 1.35, colour, spacing: 0.0, align, valign: Valign::Top }
}
