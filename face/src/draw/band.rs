//! The band of an annotated copy (加注件): for what it is, for whom, until when, and its number.
//!
//! It stands on a strip below the page, which grows by it: nothing of the licence is covered, whatever the
//! face and however long the purpose. It is text of the page in embedded fonts, under the stamp as every field
//! is; the word 加注件 stands in the place of the face where copies say that they are some, too, so that a
//! print without its strip does not pass for one of the original.

use super::{DrawOffence, Setter, values};
use crate::{
    colour::Colour,
    layout::{self, Align, Glyph, Style, Valign},
    page::{Item, Rect, Shape, Source},
};
use yinxin_trust::{
    base::{Day, Moment},
    licence::metadata::{AnnotatedCopy, Element},
};

/// Between the edge of the page and the frame, and between frame and text, millimetres.
const MARGIN: f64 = 10.0;
const PADDING: f64 = 3.5;
/// Above the frame and below it.
const ABOVE: f64 = 2.0;
const BELOW: f64 = 6.0;
/// Height of an em.
const SIZE: f64 = 4.2;
/// What the face calls such a copy.
const WORD: &str = "加注件";
/// Most characters of a purpose, of who made it, and of everything else that is stated. Who made it may be two: the holder,
/// with the longest name that licences take, and who acts for them.
const LONGEST_CAUSE: usize = 200;
const LONGEST_CREATOR: usize = 1040;
const LONGEST_OTHER: usize = 120;

/// The strip, and how much of the page it takes.
pub(super) struct Band {
    pub(super) height: f64,
    pub(super) items: Vec<Item>,
}

impl Setter<'_> {
    /// The band of an annotated copy; none of an original, and none where an offence says why not.
    pub(super) fn band(&mut self) -> Option<Band> {
        let copy = self.content.metadata.copy.as_ref()?;
        let band = self.laid_out(copy);
        if band.is_none() && self.offences.is_empty() {
            // never a copy without its band
            self.offences.push(DrawOffence::TooLong { field: WORD.to_owned() });
        }
        band
    }

    fn laid_out(&mut self, copy: &AnnotatedCopy) -> Option<Band> {
        let page = self.face.page;
        let (mark, marking) = (self.face.copy.mark.0, self.face.copy.mark.1.clone());
        let head = Style { size: SIZE * 1.3, align: Align::Left, valign: Valign::Top, ..marking.clone() };
        let head = Style { min_size: head.size, spacing: 0.0, ..head };
        let body = Style {
            size: SIZE,
            min_size: SIZE,
            leading: 1.4,
            colour: Colour::BLACK,
            spacing: 0.0,
            align: Align::Left,
            valign: Valign::Top,
            font: self.face.copy.foot.1.font,
        };
        let mut items = Vec::new();
        self.word(&marking, mark, &mut items);
        let frame_top = page.h + ABOVE;
        let width = page.w - 2.0 * (MARGIN + PADDING);
        let mut y = frame_top + PADDING;
        for (style, line) in self.lines(copy, &head, &body) {
            let line = line?;
            let set = layout::lines_at(&line, &style, Rect::new(0.0, 0.0, width, 1.0), style.size)?;
            let pitch = style.size * style.leading;
            let area = Rect::new(MARGIN + PADDING, y, width, pitch * set.lines.len() as f64);
            items.extend(layout::place(&line, &set.lines, set.size, &style, area).into_iter().map(Item::Text));
            y += area.h;
        }
        let frame = Rect::new(MARGIN, frame_top, page.w - 2.0 * MARGIN, y + PADDING - 1.0 - frame_top);
        // behind its texts
        items.insert(0, Item::Shape(Shape::rect(frame, None, Some((marking.colour, 0.5)))));
        Some(Band { height: frame.y + frame.h + BELOW - page.h, items })
    }

    /// 加注件 in its frame, where the face has copies marked.
    fn word(&mut self, style: &Style, area: Rect, items: &mut Vec<Item>) {
        let mut glyphs = Vec::new();
        let found = layout::glyphs(&mut glyphs, WORD, &self.face.fonts, style.font, None);
        match layout::fit(&glyphs, style, area.grown(-1.0)).filter(|lines| found.is_ok() && lines.fit()) {
            Some(lines) => {
                items.push(Item::Shape(Shape::rect(area.grown(-0.15), None, Some((style.colour, 0.3)))));
                let placed = layout::place(&glyphs, &lines.lines, lines.size, style, area.grown(-1.0));
                items.extend(placed.into_iter().map(Item::Text));
            }
            None => self.offences.push(DrawOffence::TooLong { field: WORD.to_owned() }),
        }
    }

    /// What the strip says, each line that has something to say.
    fn lines(&mut self, copy: &AnnotatedCopy, head: &Style, body: &Style) -> Vec<(Style, Option<Vec<Glyph>>)> {
        let until = instant(copy.expires_at);
        let made = instant(copy.created_at);
        let mut lines = vec![match &copy.number {
            Some(number) => self.line(head, &[(WORD, None), ("　编号 ", None), (number, Some(Element::CopyNumber))]),
            None => self.line(head, &[(WORD, None)]),
        }];
        lines.push(self.line(body, &[("用　　途：", None), (&copy.cause, Some(Element::CopyCause))]));
        if let Some(recipient) = &copy.recipient {
            lines.push(self.line(body, &[("使用单位：", None), (recipient, Some(Element::CopyRecipient))]));
        }
        lines.push(self.line(body, &[("有效期至：", None), (&until, Some(Element::CopyExpiresAt))]));
        lines.push(self.line(
            body,
            &[
                ("制　　作：", None),
                (&made, Some(Element::CopyCreatedAt)),
                ("，", None),
                (&copy.creator, Some(Element::CopyCreator)),
            ],
        ));
        lines.push(self.line(body, &[("本件不是原件。用于其他用途、由其他单位使用或超过有效期的，无效。", None)]));
        lines
    }

    /// Glyphs of a line; none where an offence says why.
    fn line(&mut self, style: &Style, pieces: &[(&str, Option<Element>)]) -> (Style, Option<Vec<Glyph>>) {
        let mut glyphs = Vec::new();
        for (text, element) in pieces {
            let text = values::nfc(text);
            let field = || element.and_then(Element::short).unwrap_or(WORD).to_owned();
            let limit = match element {
                Some(Element::CopyCause) => LONGEST_CAUSE,
                Some(Element::CopyCreator) => LONGEST_CREATOR,
                _ => LONGEST_OTHER,
            };
            let shown = match values::offence(&field(), &text) {
                Some(offence) => Err(offence),
                None if text.contains('\n') => {
                    let position = text.chars().position(|c| c == '\n').unwrap_or_default() + 1;
                    Err(DrawOffence::Control { field: field(), position, code_point: u32::from('\n') })
                }
                None if text.chars().nth(limit).is_some() => {
                    Err(DrawOffence::TooManyCharacters { field: field(), limit })
                }
                None => {
                    let source = element.map(Source::Element);
                    layout::glyphs(&mut glyphs, &text, &self.face.fonts, style.font, source).map_err(
                        |(position, character)| DrawOffence::Uncovered {
                            field: field(),
                            position,
                            code_point: character.into(),
                        },
                    )
                }
            };
            if let Err(offence) = shown {
                self.offences.push(offence);
                return (style.clone(), None);
            }
        }
        (style.clone(), Some(glyphs))
    }
}

/// `2026年12月31日 23:59:59（北京时间）`.
fn instant(at: Moment) -> String {
    let clock = at.at_offset_hours(8);
    let (day, clock) = (Day::in_beijing_at(at), clock.get(11..19).unwrap_or_default());
    format!("{} {clock}（北京时间）", day.map(Day::chinese).unwrap_or_default())
}
