//! Pictures of the pages of a document that was verified. Of a document that is not
//! what its stamps say there is none: what may be false is not shown as true.

use std::sync::LazyLock;
use yinxin_face::Fonts;
use yinxin_trust::{
    base::{Limits, Source, SourceError},
    ofd::{OpenError, Package, ReadError},
    verify::{DocumentKind, Report, Verdict},
};
use yinxin_view::{PagePicture, Seen, ViewError, ViewLimits, Viewer};

/// Read at the first page that is drawn: who draws none builds no fonts.
static FONTS: LazyLock<Fonts> = LazyLock::new(Fonts::shipped);

/// How much is drawn of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The first page, from 1 on.
    pub first: usize,
    /// How many pages at most.
    pub pages: usize,
    /// Octets of all pictures together; a page that would go beyond them is left out,
    /// and those behind it.
    pub svg_bytes: usize,
}

/// What was drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawnPages {
    /// In their order.
    pub pages: Vec<PagePicture>,
    /// How many pages the document has.
    pub of: usize,
}

/// Why there is no picture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPicture {
    /// A seal or a signature value.
    #[error("only OFD documents have pages")]
    NoPages,
    /// The document is not what its stamps say.
    #[error("the document is not what its stamps say, so no picture of it is made")]
    Withheld,
    /// It cannot be drawn at all.
    #[error(transparent)]
    View(#[from] ViewError),
    /// The package cannot be opened.
    #[error("{0}")]
    Unreadable(String),
    /// The medium failed.
    #[error(transparent)]
    Source(#[from] SourceError),
}

/// Draws pages of a document as its report says: hatched where no valid signature covers
/// it, with the seals of the stamps that hold.
///
/// # Errors
/// [`NoPicture`].
pub fn pages(document: &dyn Source, report: &Report, wanted: Wanted) -> Result<DrawnPages, NoPicture> {
    let mut pages = Vec::new();
    let of = each_page(document, report, wanted, &mut |page, _| {
        pages.push(page);
        Ok::<_, NoPicture>(())
    })?;
    Ok(DrawnPages { pages, of })
}

/// The same, each page handed over as soon as it is drawn, with how many there are.
/// Returns how many there are.
///
/// # Errors
/// [`NoPicture`], and what `take` says.
pub fn each_page<E: From<NoPicture>>(
    document: &dyn Source,
    report: &Report,
    wanted: Wanted,
    take: &mut dyn FnMut(PagePicture, usize) -> Result<(), E>,
) -> Result<usize, E> {
    if report.document.kind != DocumentKind::Ofd {
        return Err(NoPicture::NoPages.into());
    }
    if report.verdict == Verdict::Invalid {
        return Err(NoPicture::Withheld.into());
    }
    let package = Package::open(document, &Limits::default()).map_err(|error| match error {
        OpenError::Source(error) => NoPicture::Source(error),
        OpenError::Unreadable(fault) => NoPicture::Unreadable(fault.to_string()),
    })?;
    let seen = Seen::of(report);
    let limit = ViewLimits::default().svg_bytes.min(wanted.svg_bytes);
    let limits = ViewLimits { svg_bytes: limit, ..Default::default() };
    let viewer = Viewer::open(&package, &FONTS, &seen, limits).map_err(|error| match error {
        ViewError::Unreadable(ReadError::Source(error)) => NoPicture::Source(error),
        error => error.into(),
    })?;
    let of = viewer.pages();
    if !(1..=of).contains(&wanted.first) {
        return Err(NoPicture::from(ViewError::NoPage { number: wanted.first, pages: of }).into());
    }
    let mut left = wanted.svg_bytes;
    for number in (wanted.first..=of).take(wanted.pages) {
        let page = viewer.page(number).map_err(NoPicture::from)?;
        // one that was cut to what is wanted here would have gone beyond it
        let is_over = page.is_cut && limit == wanted.svg_bytes;
        let Some(rest) = left.checked_sub(page.svg.len()).filter(|_| !is_over) else { break };
        left = rest;
        take(page, of)?;
    }
    Ok(of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use yinxin_trust::{
        anchor::Anchors,
        base::Moment,
        verify::{Evidence, Policy, check},
    };

    const WANTED: Wanted = Wanted { first: 1, pages: 3, svg_bytes: 1 << 20 };

    fn drawn(octets: &[u8], wanted: Wanted) -> Result<DrawnPages, NoPicture> {
        let at = Moment::parse("2026-11-21T00:00:00Z").unwrap();
        let anchors = Anchors::from_pem(include_bytes!("../../examples/anchors.pem")).unwrap();
        let report = check(&octets, &anchors, &Evidence::default(), &Policy::default(), at).unwrap();
        pages(&octets, &report, wanted)
    }

    #[test]
    fn what_is_not_what_its_stamps_say_has_no_picture() {
        let altered = include_bytes!("../../examples/licence-altered.ofd");
        assert_eq!(drawn(altered, WANTED), Err(NoPicture::Withheld));
        let partly = drawn(include_bytes!("../../examples/invoice-partly-covered.ofd"), WANTED).unwrap();
        assert!(partly.pages[0].is_hatched && partly.pages[0].svg.contains("<pattern"));
        let whole = drawn(include_bytes!("../../examples/licence-valid.ofd"), WANTED).unwrap();
        assert!(!whole.pages[0].is_hatched && !whole.pages[0].svg.contains("<pattern"));
    }

    #[test]
    fn pages_are_bounded() {
        let octets = include_bytes!("../../examples/licence-valid.ofd");
        let whole = drawn(octets, WANTED).unwrap();
        assert_eq!((whole.pages.len(), whole.of), (1, 1));
        let few = drawn(octets, Wanted { svg_bytes: whole.pages[0].svg.len() - 1, ..WANTED }).unwrap();
        assert_eq!((few.pages.len(), few.of), (0, 1));
        // whatever was cut to get below it
        for part in 1..8 {
            let wanted = Wanted { svg_bytes: whole.pages[0].svg.len() * part / 8, ..WANTED };
            assert_eq!(drawn(octets, wanted).unwrap().pages.len(), 0, "{part} of 8");
        }
        let none = drawn(octets, Wanted { first: 2, ..WANTED });
        assert_eq!(none, Err(NoPicture::View(ViewError::NoPage { number: 2, pages: 1 })));
        assert_eq!(
            drawn(octets, Wanted { first: 0, ..WANTED }).unwrap_err().to_string(),
            "there is no page 0; the document has 1"
        );
    }
}
