//! What stands on a page, in the order in which it is drawn. OFD, PDF and PNG are
//! written from the same items. Millimetres from the top left, y down.

use crate::{colour::Colour, photo::Photo};
use yinxin_trust::licence::metadata::Element;

/// A rectangle in millimetres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rect {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) w: f64,
    pub(crate) h: f64,
}

/// Below this two edges are one.
const SLACK: f64 = 0.002;

impl Rect {
    pub(crate) const fn new(x: f64, y: f64, w: f64, h: f64) -> Self {
        Self { x, y, w, h }
    }

    pub(crate) const fn of([x, y, w, h]: [f64; 4]) -> Self {
        Self { x, y, w, h }
    }

    /// Whether they share more than an edge.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        let apart = |a: f64, a_size: f64, b: f64, b_size: f64| a + a_size <= b + SLACK || b + b_size <= a + SLACK;
        !apart(self.x, self.w, other.x, other.w) && !apart(self.y, self.h, other.y, other.h)
    }

    pub(crate) fn contains(&self, other: &Self) -> bool {
        self.x <= other.x + SLACK
            && self.y <= other.y + SLACK
            && other.x + other.w <= self.x + self.w + SLACK
            && other.y + other.h <= self.y + self.h + SLACK
    }

    pub(crate) fn grown(&self, by: f64) -> Self {
        Self::new(self.x - by, self.y - by, self.w + 2.0 * by, self.h + 2.0 * by)
    }
}

/// One thing drawn.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    Shape(Shape),
    Text(Text),
    Image(Image),
}

/// A path: coordinates from the top left of `bounds`.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pub(crate) path: Vec<Segment>,
    pub(crate) bounds: Rect,
    pub(crate) fill: Option<Colour>,
    /// Colour and width.
    pub(crate) stroke: Option<(Colour, f64)>,
}

/// One step of a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Segment {
    Move(f64, f64),
    Line(f64, f64),
    Cubic([f64; 6]),
    Close,
}

/// Glyphs on one baseline, from one font.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) font: usize,
    pub(crate) size: f64,
    pub(crate) x: f64,
    /// The baseline.
    pub(crate) y: f64,
    pub(crate) colour: Colour,
    pub(crate) glyphs: Vec<Placed>,
    /// From the first origin to the end of the last advance.
    pub(crate) width: f64,
    pub(crate) source: Option<Source>,
}

/// A character of a text, and how far its origin is from the text's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placed {
    pub(crate) character: char,
    pub(crate) glyph: u16,
    pub(crate) at: f64,
}

/// Where a text comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    /// Field of the catalogue entry, by its place there.
    Field(usize),
    /// An element of the metadata.
    Element(Element),
}

/// A photograph, filling `bounds`.
#[derive(Clone, Debug)]
pub(crate) struct Image {
    pub(crate) photo: Photo,
    pub(crate) bounds: Rect,
}

impl Segment {
    /// With every point moved.
    pub(crate) fn moved(self, dx: f64, dy: f64) -> Self {
        match self {
            Self::Move(x, y) => Self::Move(x + dx, y + dy),
            Self::Line(x, y) => Self::Line(x + dx, y + dy),
            Self::Cubic([a, b, c, d, e, f]) => Self::Cubic([a + dx, b + dy, c + dx, d + dy, e + dx, f + dy]),
            Self::Close => Self::Close,
        }
    }

    fn points(&self) -> Vec<(f64, f64)> {
        match *self {
            Self::Move(x, y) | Self::Line(x, y) => vec![(x, y)],
            Self::Cubic([a, b, c, d, e, f]) => vec![(a, b), (c, d), (e, f)],
            Self::Close => Vec::new(),
        }
    }
}

impl Shape {
    /// From a path in page coordinates.
    pub(crate) fn new(path: &[Segment], fill: Option<Colour>, stroke: Option<(Colour, f64)>) -> Self {
        let (mut low, mut high) = ((f64::MAX, f64::MAX), (f64::MIN, f64::MIN));
        for (x, y) in path.iter().flat_map(Segment::points) {
            low = (low.0.min(x), low.1.min(y));
            high = (high.0.max(x), high.1.max(y));
        }
        let width = stroke.map_or(0.0, |(_, width)| width);
        let bounds = Rect::new(low.0, low.1, high.0 - low.0, high.1 - low.1).grown(width);
        let path = path.iter().map(|segment| segment.moved(-bounds.x, -bounds.y)).collect();
        Self { path, bounds, fill, stroke }
    }

    pub(crate) fn rect(area: Rect, fill: Option<Colour>, stroke: Option<(Colour, f64)>) -> Self {
        Self::new(&rectangle(area), fill, stroke)
    }
}

/// The path of a rectangle.
pub(crate) fn rectangle(area: Rect) -> [Segment; 5] {
    let Rect { x, y, w, h } = area;
    [Segment::Move(x, y), Segment::Line(x + w, y), Segment::Line(x + w, y + h), Segment::Line(x, y + h), Segment::Close]
}

/// The path of a circle: four cubics.
pub(crate) fn circle(x: f64, y: f64, r: f64) -> [Segment; 6] {
    // 4/3 (sqrt 2 - 1)
    let k = r * 0.552_284_75;
    [
        Segment::Move(x + r, y),
        Segment::Cubic([x + r, y + k, x + k, y + r, x, y + r]),
        Segment::Cubic([x - k, y + r, x - r, y + k, x - r, y]),
        Segment::Cubic([x - r, y - k, x - k, y - r, x, y - r]),
        Segment::Cubic([x + k, y - r, x + r, y - k, x + r, y]),
        Segment::Close,
    ]
}
