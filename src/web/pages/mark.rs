//! Marks and icons: references into the sheet that each page carries.

use askama::filters::HtmlSafe;
use core::fmt;

/// A drawing of the sheet, at a size that a class gives it. Decorative: the words say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    id: &'static str,
    class: &'static str,
    side: u8,
}

impl Mark {
    /// A mark at the head of a verdict.
    pub(super) fn large(id: &'static str) -> Self {
        Self { id, class: "mark", side: 64 }
    }

    /// A mark in a row.
    pub(super) fn small(id: &'static str) -> Self {
        Self { id, class: "mark mark--row", side: 64 }
    }

    /// The same mark in a row.
    pub(super) fn in_row(self) -> Self {
        Self::small(self.id)
    }

    /// A line icon beside words.
    pub(super) fn icon(id: &'static str) -> Self {
        Self { id, class: "icon", side: 24 }
    }
}

impl HtmlSafe for Mark {}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, class, side } = self;
        write!(
            f,
            r##"<svg class="{class}" viewBox="0 0 {side} {side}" aria-hidden="true" focusable="false"><use href="#{id}"/></svg>"##
        )
    }
}
