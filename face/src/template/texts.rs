//! Texts of a template: captions are set at once, texts with placeholders wait for
//! a licence.

use super::{
    FaceOffence, Piece, Reader, TextBox,
    raw::{RawOverflow, RawText},
    shortened,
};
use crate::{
    layout::{self, Style},
    page::{Item, Rect},
};
use unicode_normalization::UnicodeNormalization as _;
use yinxin_trust::licence::metadata::Element;

impl Reader<'_> {
    /// The texts with placeholders; captions go to `fixed`.
    pub(super) fn texts(
        &mut self,
        raw: &[RawText],
        may_attach: bool,
        is_attached: bool,
        fixed: &mut Vec<Item>,
    ) -> Vec<TextBox> {
        raw.iter().filter_map(|text| self.text(text, may_attach, is_attached, fixed)).collect()
    }

    fn text(&mut self, raw: &RawText, may_attach: bool, is_attached: bool, fixed: &mut Vec<Item>) -> Option<TextBox> {
        let place = shortened(&raw.text);
        let style = self.named_style(&place, &raw.style);
        let area = self.on_page(&place, raw.area);
        let pieces = self.pieces(&place, &raw.text, is_attached)?;
        let attach = raw.overflow == RawOverflow::Attach;
        if let [Piece::Fixed(caption)] = pieces.as_slice() {
            if attach {
                self.offences.push(FaceOffence::Overflow { place: place.clone() });
            }
            self.caption(&place, caption, &style, area, fixed);
            return None;
        }
        self.taken.push((place.clone(), area));
        let fits = may_attach
            && matches!(pieces.as_slice(), [Piece::Field(_)])
            && layout::holds(area.h, style.min_size, style.leading) >= 2;
        if attach && !fits {
            self.offences.push(FaceOffence::Overflow { place: place.clone() });
        }
        for piece in &pieces {
            if let Piece::Field(field) = piece {
                self.shown.insert(*field);
            }
            // what stands beside a placeholder is known now, and so are its glyphs
            if let Piece::Fixed(text) = piece
                && let Err((_, character)) = layout::glyphs(&mut Vec::new(), text, self.fonts, style.font, None)
            {
                self.offences.push(FaceOffence::Uncovered { place: place.clone(), code_point: character.into() });
            }
        }
        Some(TextBox { place, area, style, pieces, attach })
    }

    fn caption(&mut self, place: &str, text: &str, style: &Style, area: Rect, fixed: &mut Vec<Item>) {
        let mut glyphs = Vec::new();
        if let Err((_, character)) = layout::glyphs(&mut glyphs, text, self.fonts, style.font, None) {
            self.offences.push(FaceOffence::Uncovered { place: place.to_owned(), code_point: character.into() });
            return;
        }
        let Some(lines) = layout::fit(&glyphs, style, area).filter(layout::Lines::fit) else {
            self.offences.push(FaceOffence::CaptionTooLong { place: place.to_owned() });
            return;
        };
        self.taken.push((place.to_owned(), area));
        fixed.extend(layout::place(&glyphs, &lines.lines, lines.size, style, area).into_iter().map(Item::Text));
    }

    /// The text cut at its placeholders, `None` where they are wrong.
    fn pieces(&mut self, place: &str, text: &str, is_attached: bool) -> Option<Vec<Piece>> {
        let text: String = text.nfc().collect();
        let mut pieces = Vec::new();
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let (fixed, after) = rest.split_at(rest.find(['{', '}']).unwrap_or(rest.len()));
            if !fixed.is_empty() {
                pieces.push(Piece::Fixed(fixed.to_owned()));
            }
            if after.is_empty() {
                break;
            }
            let Some((name, after)) = after.strip_prefix('{').and_then(|after| after.split_once('}')) else {
                self.offences.push(FaceOffence::Braces { place: place.to_owned() });
                return None;
            };
            pieces.push(self.placeholder(place, name, is_attached)?);
            rest = after;
        }
        if pieces.is_empty() {
            self.offences.push(FaceOffence::Braces { place: place.to_owned() });
            return None;
        }
        Some(pieces)
    }

    /// Fields in lower case, elements of the metadata in upper case.
    fn placeholder(&mut self, place: &str, name: &str, is_attached: bool) -> Option<Piece> {
        if let "PAGE" | "PAGES" = name {
            if !is_attached {
                let (place, name) = (place.to_owned(), name.to_owned());
                self.offences.push(FaceOffence::PageNumber { place, name });
                return None;
            }
            return Some(if name == "PAGE" { Piece::Page } else { Piece::Pages });
        }
        let field = self.fields.iter().position(|field| field.name == name).map(Piece::Field);
        let found = field.or_else(|| {
            let element = Element::ALL.iter().find(|element| element.short() == Some(name));
            element.copied().map(Piece::Element)
        });
        if found.is_none() {
            self.offences.push(FaceOffence::Placeholder { place: place.to_owned(), name: shortened(name) });
        }
        found
    }
}
