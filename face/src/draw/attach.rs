//! Attached pages (附页): what did not fit the first page goes on here, field by
//! field, each under its title.

use super::{ATTACHED_PAGES, DrawOffence, Setter};
use crate::{
    drawing::Sheet,
    layout::{self, Align, Glyph, Style, Valign},
    page::{Item, Rect},
    template::Attached,
};

/// The rest of a field.
pub(super) struct Continuation {
    pub(super) title: String,
    pub(super) glyphs: Vec<Glyph>,
}

/// Where the next line goes.
struct Cursor<'a> {
    attached: &'a Attached,
    sheets: Vec<Vec<Item>>,
    /// From the top of the box; past its height on no page.
    used: f64,
}

impl Setter<'_> {
    pub(super) fn attached(&mut self, continued: Vec<Continuation>) -> Vec<Sheet> {
        let Some(attached) = self.face.attached.as_ref().filter(|_| !continued.is_empty()) else { return Vec::new() };
        let mut cursor = Cursor { attached, sheets: Vec::new(), used: f64::MAX };
        for rest in &continued {
            self.continuation(rest, &mut cursor);
        }
        let pages = cursor.sheets.len();
        if pages > ATTACHED_PAGES {
            self.offences.push(DrawOffence::TooManyPages { limit: ATTACHED_PAGES });
            return Vec::new();
        }
        let mut sheets = Vec::new();
        for (number, mut items) in (1..).zip(cursor.sheets) {
            for text in &attached.texts {
                let Some(glyphs) = self.glyphs(text, Some((number, pages))) else { continue };
                match layout::fit(&glyphs, &text.style, text.area).filter(layout::Lines::fit) {
                    Some(lines) => {
                        let placed = layout::place(&glyphs, &lines.lines, lines.size, &text.style, text.area);
                        items.extend(placed.into_iter().map(Item::Text));
                    }
                    None => self.offences.push(DrawOffence::TooLong { field: self.name(text) }),
                }
            }
            sheets.push(Sheet { is_attached: true, items });
        }
        sheets
    }

    fn continuation(&mut self, rest: &Continuation, cursor: &mut Cursor<'_>) {
        let body = Style { valign: Valign::Top, ..cursor.attached.body.clone() };
        let heading = Style { valign: Valign::Top, align: Align::Left, ..cursor.attached.heading.clone() };
        let area = cursor.attached.area;
        let mut title = Vec::new();
        let text = format!("{}（续）", rest.title);
        let titled = layout::glyphs(&mut title, &text, &self.face.fonts, heading.font, None);
        let title_lines = layout::lines_at(&title, &heading, area, heading.size).filter(|lines| lines.lines.len() == 1);
        let lines = layout::lines_at(&rest.glyphs, &body, area, body.size);
        let (Ok(()), Some(title_lines), Some(lines)) = (titled, title_lines, lines) else {
            self.offences.push(DrawOffence::TooLong { field: rest.title.clone() });
            return;
        };
        let (title_pitch, pitch) = (heading.size * heading.leading, body.size * body.leading);
        let mut next = 0;
        while next < lines.lines.len() && cursor.sheets.len() <= ATTACHED_PAGES {
            if cursor.used + title_pitch + body.size > area.h {
                cursor.sheets.push(Vec::new());
                cursor.used = 0.0;
            }
            let Some(items) = cursor.sheets.last_mut() else { return };
            let top = Rect { y: area.y + cursor.used, h: heading.size, ..area };
            items.extend(
                layout::place(&title, &title_lines.lines, heading.size, &heading, top).into_iter().map(Item::Text),
            );
            let begin = cursor.used + title_pitch;
            let room = Rect { y: area.y + begin, h: area.h - begin, ..area };
            let count = layout::holds(room.h, body.size, body.leading).min(lines.lines.len() - next);
            let shown = &lines.lines[next..next + count];
            items.extend(layout::place(&rest.glyphs, shown, body.size, &body, room).into_iter().map(Item::Text));
            next += count;
            // half a line of air before the next field
            cursor.used = begin + (count as f64 + 0.5) * pitch;
        }
    }
}
