//! One licence laid out: values checked, texts set, what does not fit its box
//! continued on attached pages. Either everything can be shown, or every value
//! that cannot is named.

mod attach;
mod band;
mod values;

use crate::{
    code::CodeAddress,
    drawing::{Drawing, Sheet},
    layout::{self, Glyph},
    page::{Image, Item, Rect, Source},
    photo::Photo,
    template::{Checked, Face, Piece, TextBox},
};
use attach::Continuation;
use std::collections::BTreeMap;
use yinxin_trust::{
    base::{Day, Moment},
    disclosure::FieldSecret,
    licence::{
        Offences,
        metadata::{Metadata, Naming},
    },
};

/// Most attached pages.
pub(crate) const ATTACHED_PAGES: usize = 20;
/// The name of the file that goes with a licence.
const ATTACHMENT: &str = "licence.json";
/// Stands where a text goes on elsewhere.
const CONTINUED: &str = "（续见附页）";

/// What a licence adds to its face.
#[derive(Clone, Copy, Debug)]
pub struct Content<'a> {
    /// Field name to value as in the application; dates are `yyyy-MM-dd`.
    pub values: &'a BTreeMap<String, String>,
    /// The holder, where the face has a place for a photograph.
    pub photo: Option<&'a Photo>,
    /// The printed code.
    pub code: &'a CodeAddress,
    /// For the document's CustomDatas, and for elements on the face.
    pub metadata: &'a Metadata,
    /// `licence.json`, attached as it is.
    pub attachment: &'a [u8],
    /// What lets fields be disclosed one by one; none where the drawing is not issued.
    pub disclosure: Option<DisclosureParts<'a>>,
    /// CreationDate and the time of the entries.
    pub at: Moment,
}

/// What lets fields of a licence be disclosed one by one.
#[derive(Clone, Copy, Debug)]
pub struct DisclosureParts<'a> {
    /// From which every file with values gets what nobody can guess.
    pub secret: &'a FieldSecret,
    /// The list of digests, attached as it is.
    pub digests: &'a str,
}

/// Why a licence is not drawn; every offence at once.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct DrawError(#[from] pub Offences<DrawOffence>);

/// One thing that cannot be shown. `field` is a field of the catalogue entry or the
/// short name of an element; positions count characters from 1, after NFC.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum DrawOffence {
    #[error("field {field} has no value")]
    Missing { field: String },
    #[error("{field} is no field of the catalogue entry")]
    Unknown { field: String },
    #[error("field {field} is no date such as 2026-11-22")]
    Date { field: String },
    #[error("field {field} has more than {limit} characters")]
    TooManyCharacters { field: String, limit: usize },
    #[error("field {field}: character {position} is the control character U+{code_point:04X}")]
    Control { field: String, position: usize, code_point: u32 },
    #[error("field {field}: character {position} is U+{code_point:04X}, which shows nothing")]
    Invisible { field: String, position: usize, code_point: u32 },
    #[error("field {field}: character {position} is U+{code_point:04X}, for private use")]
    PrivateUse { field: String, position: usize, code_point: u32 },
    #[error("field {field}: character {position}, U+{code_point:04X}, is in no font")]
    Uncovered { field: String, position: usize, code_point: u32 },
    #[error("field {field} does not fit its box, not at its least size either")]
    TooLong { field: String },
    #[error("the fields that go on need more than {limit} attached pages")]
    TooManyPages { limit: usize },
    #[error("the face wants a photograph")]
    PhotoMissing,
    #[error("the face has no place for a photograph")]
    PhotoNotShown,
    #[error("the code cannot be drawn")]
    Code,
    #[error("the time of drawing is not in the years 1980 to 2107")]
    Time,
}

impl Face {
    /// Lays out one licence.
    ///
    /// # Errors
    /// [`DrawError`].
    pub fn draw(&self, content: &Content<'_>) -> Result<Drawing, DrawError> {
        let face = &*self.inner;
        let mut offences = Vec::new();
        let values = values::shown(face, content, &mut offences);
        let mut setter = Setter { face, content, values: &values, offences: &mut offences };
        let mut items = Vec::with_capacity(face.texts.len() * 2 + 4);
        let mut continued = Vec::new();
        for text in &face.texts {
            setter.text(text, &mut items, &mut continued);
        }
        setter.photo(&mut items);
        setter.code(&mut items);
        let mut sheets = vec![Sheet { is_attached: false, items }];
        sheets.extend(setter.attached(continued));
        let band = setter.band();
        let day = Day::in_beijing_at(content.at);
        if day.is_err() || yinxin_trust::ofd::write::DosTime::of(content.at).is_err() {
            offences.push(DrawOffence::Time);
        }
        // a field with two things wrong in one place is named once
        offences.dedup();
        Offences::none_or_all(offences)?;
        let mut page = face.page;
        if let Some(band) = &band {
            page.h += band.height;
            sheets.iter_mut().for_each(|sheet| sheet.items.extend(band.items.iter().cloned()));
        }
        Ok(Drawing {
            face: self.inner.clone(),
            page,
            is_annotated: band.is_some(),
            sheets,
            pairs: content.metadata.to_pairs(Naming::Short),
            identifier: content.metadata.identifier.to_string(),
            issuing_body: content.metadata.issuing_body.clone(),
            attachment: (ATTACHMENT.to_owned(), content.attachment.to_vec()),
            disclosure: content.disclosure.map(|parts| (parts.secret.clone(), parts.digests.to_owned())),
            at: content.at,
        })
    }
}

/// Sets the texts of one licence, noting offences.
struct Setter<'a> {
    face: &'a Checked,
    content: &'a Content<'a>,
    /// Of each field, as shown.
    values: &'a [Option<String>],
    offences: &'a mut Vec<DrawOffence>,
}

impl Setter<'_> {
    fn text(&mut self, text: &TextBox, items: &mut Vec<Item>, continued: &mut Vec<Continuation>) {
        let Some(glyphs) = self.glyphs(text, None) else { return };
        match layout::fit(&glyphs, &text.style, text.area) {
            Some(lines) if lines.fit() => {
                let placed = layout::place(&glyphs, &lines.lines, lines.size, &text.style, text.area);
                items.extend(placed.into_iter().map(Item::Text));
            }
            Some(lines) if text.attach && lines.holds >= 2 => {
                let kept = lines.holds - 1;
                // the last line says where it goes on
                let height = (kept as f64 * text.style.leading) * lines.size;
                let area = Rect { h: height, ..text.area };
                let top = layout::Style { valign: layout::Valign::Top, ..text.style.clone() };
                let placed = layout::place(&glyphs, &lines.lines[..kept], lines.size, &top, area);
                items.extend(placed.into_iter().map(Item::Text));
                let mut marker = Vec::new();
                let _ = layout::glyphs(&mut marker, CONTINUED, &self.face.fonts, text.style.font, None);
                let rest = Rect { y: text.area.y + height, h: text.area.h - height, ..text.area };
                let style = layout::Style { align: layout::Align::Right, spacing: 0.0, size: lines.size, ..top };
                match layout::lines_at(&marker, &style, rest, lines.size).filter(layout::Lines::fit) {
                    Some(one) => {
                        let placed = layout::place(&marker, &one.lines, one.size, &style, rest);
                        items.extend(placed.into_iter().map(Item::Text));
                    }
                    None => self.offences.push(DrawOffence::TooLong { field: self.name(text) }),
                }
                let begin = lines.lines.get(kept).map_or(glyphs.len(), |line| line.start);
                continued.push(Continuation { title: self.title(text), glyphs: glyphs[begin..].to_vec() });
            }
            _ => self.offences.push(DrawOffence::TooLong { field: self.name(text) }),
        }
    }

    /// The glyphs of a text; `None` where an offence says why not, or where there
    /// is nothing to show. `pages` is the number of an attached page and of all.
    fn glyphs(&mut self, text: &TextBox, pages: Option<(usize, usize)>) -> Option<Vec<Glyph>> {
        let mut glyphs = Vec::new();
        let mut blank = true;
        for piece in &text.pieces {
            let number = |of: fn((usize, usize)) -> usize| (pages.map(of).unwrap_or_default().to_string(), None);
            let (shown, source) = match piece {
                Piece::Fixed(fixed) => {
                    // known to the fonts since the face was read
                    let _ = layout::glyphs(&mut glyphs, fixed, &self.face.fonts, text.style.font, None);
                    continue;
                }
                Piece::Field(index) => {
                    (self.values.get(*index)?.clone().unwrap_or_default(), Some(Source::Field(*index)))
                }
                Piece::Element(element) => {
                    (values::element(self.content.metadata, *element), Some(Source::Element(*element)))
                }
                Piece::Page => number(|(page, _)| page),
                Piece::Pages => number(|(_, pages)| pages),
            };
            blank &= shown.is_empty();
            if let Err((position, character)) =
                layout::glyphs(&mut glyphs, &shown, &self.face.fonts, text.style.font, source)
            {
                let field = self.source_name(source);
                self.offences.push(DrawOffence::Uncovered { field, position, code_point: character.into() });
                return None;
            }
        }
        // a caption beside a value that is not there would say nothing
        (!blank).then_some(glyphs)
    }

    fn source_name(&self, source: Option<Source>) -> String {
        match source {
            Some(Source::Field(index)) => self.face.fields.get(index).map(|field| field.name.clone()),
            Some(Source::Element(element)) => element.short().map(str::to_owned),
            None => None,
        }
        .unwrap_or_default()
    }

    /// The first field or element of a text.
    fn name(&self, text: &TextBox) -> String {
        let source = text.pieces.iter().find_map(|piece| match piece {
            Piece::Field(index) => Some(Source::Field(*index)),
            Piece::Element(element) => Some(Source::Element(*element)),
            _ => None,
        });
        if source.is_some() { self.source_name(source) } else { text.place.clone() }
    }

    /// The title of the first field of a text.
    fn title(&self, text: &TextBox) -> String {
        let field = text.pieces.iter().find_map(|piece| match piece {
            Piece::Field(index) => self.face.fields.get(*index),
            _ => None,
        });
        field.map_or_else(|| text.place.clone(), |field| field.title.clone())
    }

    fn photo(&mut self, items: &mut Vec<Item>) {
        match (&self.face.photo, self.content.photo) {
            (Some(place), Some(photo)) => {
                // as large as it fits, in its own proportions
                let scale = (place.area.w / f64::from(photo.width)).min(place.area.h / f64::from(photo.height));
                let (w, h) = (f64::from(photo.width) * scale, f64::from(photo.height) * scale);
                let (x, y) = (place.area.x + (place.area.w - w) / 2.0, place.area.y + (place.area.h - h) / 2.0);
                items.push(Item::Image(Image { photo: photo.clone(), bounds: Rect::new(x, y, w, h) }));
            }
            (Some(place), None) if place.required => self.offences.push(DrawOffence::PhotoMissing),
            (None, Some(_)) => self.offences.push(DrawOffence::PhotoNotShown),
            _ => {}
        }
    }

    fn code(&mut self, items: &mut Vec<Item>) {
        match self.content.code.shapes(self.face.code) {
            Some(shapes) => items.extend(shapes.map(Item::Shape)),
            None => self.offences.push(DrawOffence::Code),
        }
    }
}
