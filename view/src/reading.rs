//! What is read off a page while it is drawn: its letters, where each stands, and what may be a field.

use crate::geometry::Rect;

/// Things on a page that may be a field, at most.
const MOST_FIELDS: usize = 100_000;

/// Letters and fields of one page, from its top left corner on.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    letters: Vec<Letter>,
    fields: Vec<Field>,
    /// Whether the next letter begins a text of its own.
    begins: bool,
}

#[derive(Clone, Copy, Debug)]
struct Letter {
    character: char,
    cell: Rect,
    /// Whether it begins a `TextCode`.
    begins: bool,
}

#[derive(Debug)]
struct Field {
    id: String,
    name: String,
    rect: Rect,
}

impl Reading {
    /// A text begins.
    pub(crate) const fn begin(&mut self) {
        self.begins = true;
    }

    /// A letter; one that has no place is none.
    pub(crate) fn letter(&mut self, character: char, cell: Option<Rect>) {
        if let Some(cell) = cell.filter(|_| !character.is_whitespace() && !character.is_control()) {
            let begins = core::mem::take(&mut self.begins);
            self.letters.push(Letter { character, cell, begins });
        }
    }

    /// Something with a place.
    pub(crate) fn field(&mut self, id: Option<&str>, name: Option<&str>, rect: Option<Rect>) {
        if let Some(rect) = rect.filter(|_| self.fields.len() < MOST_FIELDS) {
            let owned = |text: Option<&str>| text.unwrap_or_default().to_owned();
            self.fields.push(Field { id: owned(id), name: owned(name), rect });
        }
    }

    /// Where a word stands, in the order of drawing; white space counts for nothing. Words run over the borders of
    /// texts that stand close beside each other on one line.
    pub(crate) fn words(&self, word: &str) -> Vec<Rect> {
        let word: Vec<char> = word.chars().filter(|c| !c.is_whitespace()).collect();
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(cells) =
            self.letters.get(at..).and_then(|rest| rest.get(..word.len())).filter(|_| !word.is_empty())
        {
            let is_word = cells.iter().zip(&word).all(|(letter, c)| letter.character == *c);
            let is_one_line =
                cells.windows(2).all(|pair| matches!(pair, [a, b] if !b.begins || is_beside(a.cell, b.cell)));
            if is_word && is_one_line {
                found.extend(cells.iter().map(|letter| letter.cell).reduce(together));
                at += word.len();
            } else {
                at += 1;
            }
        }
        found
    }

    /// The fields of this name; where none has it as its name, those that have it as their ID.
    pub(crate) fn fields(&self, wanted: &str) -> (Vec<Rect>, Vec<Rect>) {
        let of = |matches: &dyn Fn(&Field) -> bool| {
            self.fields.iter().filter(|field| matches(field)).map(|field| field.rect).collect()
        };
        (of(&|field| field.name == wanted), of(&|field| field.id == wanted))
    }
}

/// Whether `b` goes on where `a` ends, on one line.
fn is_beside(a: Rect, b: Rect) -> bool {
    let height = a.h.max(b.h);
    let is_level = ((a.y + a.h / 2.0) - (b.y + b.h / 2.0)).abs() < height / 2.0;
    let gap = b.x - (a.x + a.w);
    is_level && (-height / 2.0..=height * 1.5).contains(&gap)
}

fn together(a: Rect, b: Rect) -> Rect {
    let (x, y) = (a.x.min(b.x), a.y.min(b.y));
    Rect { x, y, w: (a.x + a.w).max(b.x + b.w) - x, h: (a.y + a.h).max(b.y + b.h) - y }
}
