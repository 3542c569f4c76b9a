//! Marks and icons: references into the sheet that each page carries, which has those that the page shows.

use askama::filters::HtmlSafe;
use core::fmt;
use memchr::memmem;
use std::sync::LazyLock;

/// All of them, each a line.
pub(super) const ALL: &str = include_str!("marks.svg");

/// Where the layout leaves the place for the sheet.
const PLACE: &str = "<!--marks-->";

/// What refers to a part of the same page.
const REFERENCE: &str = "href=\"#";

/// Each by its id.
static BY_ID: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    let id = |line: &'static str| line.strip_prefix("<symbol id=\"").and_then(|rest| rest.split('"').next());
    ALL.lines().filter_map(|line| Some((id(line)?, line))).collect()
});

/// The page with its sheet. Texts of a page are escaped, so that what looks like a reference is one of a template.
pub(super) fn with_sheet(page: &str) -> String {
    let Some((before, after)) = page.split_once(PLACE) else { return page.to_owned() };
    let mut shown: Vec<&str> = memmem::find_iter(after.as_bytes(), REFERENCE)
        .filter_map(|at| after.get(at + REFERENCE.len()..)?.split('"').next())
        .collect();
    shown.sort_unstable();
    let mut out = String::with_capacity(page.len() + 4096);
    out.push_str(before);
    out.push_str("<svg class=\"sheet\" width=\"0\" height=\"0\" aria-hidden=\"true\" focusable=\"false\">");
    for (_, symbol) in BY_ID.iter().filter(|(id, _)| shown.binary_search(id).is_ok()) {
        out.push('\n');
        out.push_str(symbol);
    }
    out.push_str("</svg>");
    out.push_str(after);
    out
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_page_has_the_marks_that_it_shows() {
        let mark = Mark::icon("i-out");
        let page = format!("<body>{PLACE}\n<a href=\"#main-zh-CN\">{mark}{mark}{}</body>", Mark::large("m-valid"));
        let whole = with_sheet(&page);
        let ids: Vec<&str> =
            whole.split("<symbol id=\"").skip(1).map(|rest| &rest[..rest.find('"').unwrap()]).collect();
        assert_eq!(ids, ["m-valid", "i-out"], "{whole}");
        assert!(whole.starts_with("<body><svg class=\"sheet\"") && whole.ends_with("</body>"), "{whole}");
        assert_eq!(with_sheet("<p>plain"), "<p>plain");
        let text = with_sheet(&format!("{PLACE}&lt;use href=&quot;#m-valid&quot;"));
        assert!(!text.contains("<symbol"), "{text}");
    }

    #[test]
    fn each_has_an_id_of_its_own() {
        let ids: BTreeSet<&str> = BY_ID.iter().map(|(id, _)| *id).collect();
        assert_eq!((ids.len(), BY_ID.len()), (ALL.matches("<symbol").count(), ALL.matches("</symbol>").count()));
    }
}
