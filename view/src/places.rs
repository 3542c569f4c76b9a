//! Where on the pages a stamp goes (签章位置): millimetres, a word of the text, a field, the edges (骑缝章).
//!
//! The text is read as the viewer draws it: through templates, matrices and glyph distances, so that a word is
//! where it is seen. Text that is not drawn is not found.

use crate::{
    budget::ViewLimits,
    finding::Code,
    geometry::Rect,
    reading::Reading,
    seen::Seen,
    viewer::{ViewError, Viewer},
};
use yinxin_face::Fonts;
use yinxin_trust::{
    base::Sentence,
    ofd::{
        Package,
        write::{Boundary, Placement},
    },
};

/// Places of one stamp at most, as the format has it.
const MOST: usize = 1000;
/// Longest word, characters.
const WORD: usize = 100;
/// The narrowest strip of a riding seal, millimetres: a seal goes over so many pages, then a further one begins.
const STRIP: f64 = 2.0;
/// How much of a search may be what one page may be.
const PAGES_WORTH: usize = 8;

/// A wish.
#[derive(Clone, Debug, PartialEq)]
pub enum Spot {
    /// The top left corner of the stamp on a page, from 1 on, in millimetres from the top left of the page.
    At {
        /// Which page.
        page: usize,
        /// To the right.
        x: f64,
        /// Downwards.
        y: f64,
    },
    /// Its middle on the middle of a word, moved by some millimetres; pushed into the page where it would reach out.
    Word {
        /// The word, of at most 100 characters; white space counts for nothing.
        text: String,
        /// Which of its places, in the order of the pages and of drawing.
        which: Occurrence,
        /// To the right.
        dx: f64,
        /// Downwards.
        dy: f64,
    },
    /// Its middle on the middle of a field: the one object of all pages with this `Name`, or where none has it the one
    /// object or annotation with this `ID`.
    Field(String),
    /// A strip of it on each page, all pages together the whole (骑缝章).
    Riding {
        /// Along which edge.
        edge: Edge,
        /// Its middle along the edge, millimetres from the top, or from the left.
        at: f64,
    },
}

/// Which places of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occurrence {
    /// This one, from 1 on.
    Number(usize),
    /// The last one.
    Last,
    /// All of them.
    Every,
}

/// An edge of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Edge {
    Left,
    Right,
    Top,
    Bottom,
}

/// The size of a stamp: that of the picture of its seal, millimetres.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Size {
    pub width: f64,
    pub height: f64,
}

/// Why there is no such place.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum PlaceFault {
    #[error("no place is asked for")]
    NoSpot,
    #[error("a stamp is shown at most on 1000 places")]
    TooMany,
    #[error("there is no page {number}; the document has {pages}")]
    NoPage { number: usize, pages: usize },
    #[error("page {0} has no ID of its own, by which a stamp could name it")]
    PageId(usize),
    #[error("the stamp would reach out of page {0}")]
    OffPage(usize),
    #[error("a number is not finite or is beyond any page")]
    Number,
    #[error("a word is 1 to 100 characters")]
    Word,
    #[error("{text:?} stands {found} times in the text, not at the place that is asked for")]
    NotFound { text: String, found: usize },
    #[error("nothing has the name or ID {0:?}")]
    NoField(String),
    #[error("{count} things have the name or ID {name:?}")]
    SeveralFields { name: String, count: usize },
    #[error("a riding seal needs two pages")]
    OnePage,
    #[error("the document is too large to be searched")]
    TooLarge,
    #[error(transparent)]
    View(#[from] ViewError),
}

impl PlaceFault {
    /// The stable word of the offence.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoSpot => "no_place",
            Self::TooMany => "too_many_places",
            Self::NoPage { .. } => "no_page",
            Self::PageId(_) => "page_without_id",
            Self::OffPage(_) => "off_page",
            Self::Number => "bad_number",
            Self::Word => "bad_word",
            Self::NotFound { .. } => "word_not_found",
            Self::NoField(_) => "field_not_found",
            Self::SeveralFields { .. } => "field_ambiguous",
            Self::OnePage => "one_page",
            Self::TooLarge => "too_large",
            Self::View(_) => "unreadable",
        }
    }

    /// The offence in words.
    pub fn sentence(&self) -> Sentence {
        let zh = match self {
            Self::NoSpot => "请指定签章位置。".to_owned(),
            Self::TooMany => "一个签章最多显示在 1000 处。".to_owned(),
            Self::NoPage { number, pages } => format!("没有第 {number} 页，文件共 {pages} 页。"),
            Self::PageId(page) => format!("第 {page} 页没有自己的标识，签章无法指向它。"),
            Self::OffPage(page) => format!("签章会超出第 {page} 页。"),
            Self::Number => "数值不合理。".to_owned(),
            Self::Word => "关键字应为 1 至 100 个字。".to_owned(),
            Self::NotFound { text, found } => format!("关键字“{text}”在文中出现 {found} 次，没有所要的那一处。"),
            Self::NoField(name) => format!("没有名称或标识为“{name}”的签章域。"),
            Self::SeveralFields { name, count } => format!("有 {count} 个名称或标识为“{name}”的签章域。"),
            Self::OnePage => "骑缝章至少需要两页。".to_owned(),
            Self::TooLarge => "文件太大，无法查找位置。".to_owned(),
            Self::View(_) => "文件页面不能读出。".to_owned(),
        };
        Sentence::new(zh, format!("{self}."))
    }
}

/// The places of a stamp of this size, in the order of the wishes.
///
/// # Errors
/// [`PlaceFault`]; a wish that is not fulfilled whole is refused.
pub fn places(package: &Package<'_>, fonts: &Fonts, spots: &[Spot], size: Size) -> Result<Vec<Placement>, PlaceFault> {
    if spots.is_empty() {
        return Err(PlaceFault::NoSpot);
    }
    let is_side = |side: f64| (1.0..=2000.0).contains(&side);
    if !(is_side(size.width) && is_side(size.height)) {
        return Err(PlaceFault::Number);
    }
    let seen = Seen::default();
    let one = ViewLimits::default();
    let limits = ViewLimits {
        elements: one.elements * PAGES_WORTH,
        objects: one.objects * PAGES_WORTH,
        path_steps: one.path_steps * PAGES_WORTH,
        glyphs: one.glyphs * PAGES_WORTH,
        font_bytes: one.font_bytes * PAGES_WORTH as u64,
        // no picture is looked at
        image_bytes: 0,
        image_pixels: 0,
        ..one
    };
    let viewer = Viewer::open(package, fonts, &seen, limits.clone())?;
    let mut search = Search { package, viewer: &viewer, limits, pages: None, size };
    let mut found = Vec::new();
    for spot in spots {
        found.extend(search.spot(spot)?);
        if found.len() > MOST {
            return Err(PlaceFault::TooMany);
        }
    }
    Ok(found)
}

struct Search<'v, 'p> {
    package: &'v Package<'p>,
    viewer: &'v Viewer<'p>,
    /// What is left for all pages.
    limits: ViewLimits,
    /// All pages, once they were read.
    pages: Option<Vec<(Reading, Rect)>>,
    size: Size,
}

impl Search<'_, '_> {
    fn spot(&mut self, spot: &Spot) -> Result<Vec<Placement>, PlaceFault> {
        match spot {
            Spot::At { page, x, y } => self.at(*page, *x, *y),
            Spot::Word { text, which, dx, dy } => self.word(text, *which, [*dx, *dy]),
            Spot::Field(name) => self.field(name),
            Spot::Riding { edge, at } => self.riding(*edge, *at),
        }
    }

    fn at(&mut self, number: usize, x: f64, y: f64) -> Result<Vec<Placement>, PlaceFault> {
        finite(&[x, y])?;
        let area = self.area(number)?;
        let Size { width, height } = self.size;
        let is_inside = x >= 0.0 && y >= 0.0 && x + width <= area.w && y + height <= area.h;
        if !is_inside {
            return Err(PlaceFault::OffPage(number));
        }
        Ok(vec![self.placement(number, area, [x, y])?])
    }

    fn word(&mut self, text: &str, which: Occurrence, by: [f64; 2]) -> Result<Vec<Placement>, PlaceFault> {
        finite(&by)?;
        let characters = text.chars().filter(|c| !c.is_whitespace()).count();
        if !(1..=WORD).contains(&characters) {
            return Err(PlaceFault::Word);
        }
        let found: Vec<(usize, Rect)> = self
            .pages()?
            .iter()
            .enumerate()
            .flat_map(|(index, (reading, _))| reading.words(text).into_iter().map(move |rect| (index + 1, rect)))
            .collect();
        let chosen = match which {
            Occurrence::Every => found.as_slice(),
            Occurrence::Last => found.last().map(core::slice::from_ref).unwrap_or_default(),
            Occurrence::Number(number) => {
                number.checked_sub(1).and_then(|index| found.get(index)).map(core::slice::from_ref).unwrap_or_default()
            }
        };
        match chosen {
            [] => Err(PlaceFault::NotFound { text: text.to_owned(), found: found.len() }),
            chosen if chosen.len() > MOST => Err(PlaceFault::TooMany),
            chosen => chosen.iter().map(|(page, rect)| self.centred(*page, *rect, by)).collect(),
        }
    }

    fn field(&mut self, name: &str) -> Result<Vec<Placement>, PlaceFault> {
        if name.is_empty() {
            return Err(PlaceFault::NoField(String::new()));
        }
        let (mut named, mut known) = (Vec::new(), Vec::new());
        for (index, (reading, _)) in self.pages()?.iter().enumerate() {
            let (by_name, by_id) = reading.fields(name);
            named.extend(by_name.into_iter().map(|rect| (index + 1, rect)));
            known.extend(by_id.into_iter().map(|rect| (index + 1, rect)));
        }
        let found = if named.is_empty() { known } else { named };
        match found.as_slice() {
            [] => Err(PlaceFault::NoField(name.to_owned())),
            [(page, rect)] => Ok(vec![self.centred(*page, *rect, [0.0, 0.0])?]),
            several => Err(PlaceFault::SeveralFields { name: name.to_owned(), count: several.len() }),
        }
    }

    /// Strips from the edge inwards, page after page; over many pages several seals, as evenly as may be.
    fn riding(&mut self, edge: Edge, at: f64) -> Result<Vec<Placement>, PlaceFault> {
        finite(&[at])?;
        let pages = self.viewer.pages();
        match pages {
            0 | 1 => return Err(PlaceFault::OnePage),
            2..=MOST => {}
            _ => return Err(PlaceFault::TooMany),
        }
        let Size { width, height } = self.size;
        let is_upright = matches!(edge, Edge::Left | Edge::Right);
        let across = if is_upright { width } else { height };
        // whole pages a seal, two at least
        let most = ((across / STRIP).floor() as usize).max(2);
        let seals = pages.div_ceil(most).min(pages / 2).max(1);
        let mut found = Vec::with_capacity(pages);
        let mut number = 0;
        for seal in 0..seals {
            let share = (pages * (seal + 1) / seals) - (pages * seal / seals);
            let strip = across / share as f64;
            for place in 0..share {
                number += 1;
                let area = self.area(number)?;
                let along = at - if is_upright { height } else { width } / 2.0;
                let length = if is_upright { (height, area.h) } else { (width, area.w) };
                if along < 0.0 || along + length.0 > length.1 {
                    return Err(PlaceFault::OffPage(number));
                }
                let (before, rest) = (strip * place as f64, across - strip * (place + 1) as f64);
                // left and top: the pages turn the other way
                let [x, y] = match edge {
                    Edge::Right => [area.w - strip - before, along],
                    Edge::Left => [-rest, along],
                    Edge::Bottom => [along, area.h - strip - before],
                    Edge::Top => [along, -rest],
                };
                let begin = if matches!(edge, Edge::Right | Edge::Bottom) { before } else { rest };
                let clip = if is_upright {
                    Boundary { x: begin, y: 0.0, width: strip, height }
                } else {
                    Boundary { x: 0.0, y: begin, width, height: strip }
                };
                found.push(Placement { clip: Some(clip), ..self.placement(number, area, [x, y])? });
            }
        }
        Ok(found)
    }

    /// The middle of the stamp on the middle of `on`, within the page.
    fn centred(&self, number: usize, on: Rect, by: [f64; 2]) -> Result<Placement, PlaceFault> {
        let area = self.known_area(number)?;
        let Size { width, height } = self.size;
        if width > area.w || height > area.h {
            return Err(PlaceFault::OffPage(number));
        }
        let x = (on.x + on.w / 2.0 + by[0] - width / 2.0).clamp(0.0, area.w - width);
        let y = (on.y + on.h / 2.0 + by[1] - height / 2.0).clamp(0.0, area.h - height);
        self.placement(number, area, [x, y])
    }

    /// A place on a page, from its top left corner on.
    fn placement(&self, number: usize, area: Rect, [x, y]: [f64; 2]) -> Result<Placement, PlaceFault> {
        let pages = &self.viewer.structure().pages;
        let page = number.checked_sub(1).and_then(|index| pages.get(index)).ok_or(PlaceFault::Number)?;
        if page.id.is_empty() || pages.iter().filter(|other| other.id == page.id).count() > 1 {
            return Err(PlaceFault::PageId(number));
        }
        let Size { width, height } = self.size;
        let boundary = Boundary { x: area.x + x, y: area.y + y, width, height };
        Ok(Placement { page: page.id.clone(), boundary, clip: None })
    }

    /// Every page, read.
    fn pages(&mut self) -> Result<&[(Reading, Rect)], PlaceFault> {
        if self.pages.is_none() {
            let mut read = Vec::new();
            for index in 0..self.viewer.pages() {
                let (reading, area, findings) =
                    self.viewer.read_page(index, &mut self.limits).ok_or(PlaceFault::TooLarge)?;
                let is_over = |code| {
                    matches!(
                        code,
                        Code::TooManyElements
                            | Code::TooManyObjects
                            | Code::TooManyGlyphs
                            | Code::TooManySteps
                            | Code::TooLarge
                            | Code::TooDeep
                    )
                };
                let is_cut = findings.iter().any(|finding| is_over(finding.code));
                if is_cut || !self.package.faults().is_empty() {
                    return Err(PlaceFault::TooLarge);
                }
                read.push((reading, area));
            }
            self.pages = Some(read);
        }
        Ok(self.pages.as_deref().unwrap_or_default())
    }

    /// Of any page.
    fn area(&mut self, number: usize) -> Result<Rect, PlaceFault> {
        if self.pages.is_some() {
            return self.known_area(number);
        }
        let area = number.checked_sub(1).and_then(|index| self.viewer.page_area(index, &mut self.limits.elements));
        area.ok_or(PlaceFault::NoPage { number, pages: self.viewer.pages() })
    }

    /// Of a page that was read.
    fn known_area(&self, number: usize) -> Result<Rect, PlaceFault> {
        let pages = self.pages.as_deref().unwrap_or_default();
        let page = number.checked_sub(1).and_then(|index| pages.get(index));
        page.map(|(_, area)| *area).ok_or(PlaceFault::NoPage { number, pages: pages.len() })
    }
}

fn finite(values: &[f64]) -> Result<(), PlaceFault> {
    if values.iter().all(|value| value.is_finite() && value.abs() <= 2000.0) { Ok(()) } else { Err(PlaceFault::Number) }
}
