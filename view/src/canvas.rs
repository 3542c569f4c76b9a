//! The page that is being drawn: its SVG, what is left of its budgets, what was found,
//! and the shapes that are used again.

use crate::{
    budget::{Budget, ViewLimits},
    finding::{Code, Findings},
    font::{Embedded, Opened},
    geometry::{Matrix, Rect},
    picture::{Picture, Refused},
    reading::Reading,
    svg::Svg,
};
use core::fmt::Write as _;
use std::{collections::BTreeMap, rc::Rc};
use yinxin_face::{Fonts, Outline, Step};

/// Units of an em in which outlines are written.
pub(crate) const EM: f64 = 1000.0;

/// Octets or steps of an embedded glyph that are read for the price of one that is drawn.
const READ: u32 = 16;

/// Boxes that are hatched one by one; beyond this the whole page is.
const HATCHED: usize = 2_000;

/// A glyph, wherever it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum GlyphKey {
    /// Of an embedded font, by its number on the page.
    Embedded(usize, u16),
    /// Of our own fonts.
    Ours { is_bold: bool, character: char },
}

/// A glyph that was asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Glyph {
    /// What to refer to; `None` for one without lines.
    pub(crate) shape: Option<usize>,
    /// In ems.
    pub(crate) advance: f64,
}

pub(crate) struct Canvas<'f> {
    body: Svg,
    defs: Svg,
    /// Whether something found no room: the rest is not drawn.
    pub(crate) is_full: bool,
    pub(crate) budget: Budget,
    pub(crate) findings: Findings,
    pub(crate) ours: &'f Fonts,
    glyphs: BTreeMap<GlyphKey, Option<Glyph>>,
    /// By package and entry; `None` for one that is not shown.
    images: BTreeMap<(usize, String), Option<usize>>,
    pub(crate) embedded: BTreeMap<(usize, String), Option<Rc<Embedded>>>,
    next: usize,
    has_box: bool,
    pub(crate) hatched: Vec<Rect>,
    pub(crate) is_whole_hatched: bool,
    /// The body that waits while the cell of a pattern is drawn.
    waiting: Option<Svg>,
    /// What is read off the page while it is drawn, where that is asked for.
    pub(crate) reading: Option<Reading>,
}

impl<'f> Canvas<'f> {
    pub(crate) fn new(limits: ViewLimits, ours: &'f Fonts) -> Self {
        Self {
            body: Svg::default(),
            defs: Svg::default(),
            is_full: false,
            budget: Budget::new(limits),
            findings: Findings::default(),
            ours,
            glyphs: BTreeMap::new(),
            images: BTreeMap::new(),
            embedded: BTreeMap::new(),
            next: 0,
            has_box: false,
            hatched: Vec::new(),
            is_whole_hatched: false,
            waiting: None,
            reading: None,
        }
    }

    pub(crate) fn number(&mut self) -> usize {
        self.next += 1;
        self.next
    }

    /// Whether there is room for `more` octets; once something found none, there is none for the rest.
    pub(crate) fn has_room(&mut self, more: usize) -> bool {
        self.is_full = self.is_full || !self.fits(more);
        !self.is_full
    }

    /// The same of something in whose place a box can stand, so that the rest is drawn.
    fn fits(&mut self, more: usize) -> bool {
        let waiting = self.waiting.as_ref().map_or(0, |body| body.0.len());
        let used = waiting + self.body.0.len() + self.defs.0.len();
        let fits = used.saturating_add(more) <= self.budget.left().svg_bytes;
        if !fits {
            self.findings.add(Code::TooLarge, "");
        }
        fits
    }

    /// Puts pieces into the body, all of them or, where there is no room, none.
    pub(crate) fn put(&mut self, pieces: &[&str]) -> bool {
        let fits = self.has_room(pieces.iter().map(|piece| piece.len()).sum());
        if fits {
            pieces.iter().for_each(|piece| _ = self.body.text(piece));
        }
        fits
    }

    /// Begins the group that holds the page, which is there in every picture.
    pub(crate) fn begin(&mut self, opening: &str) {
        self.body.text(opening);
    }

    /// Ends groups that found room when they began.
    pub(crate) fn close(&mut self, groups: usize) {
        (0..groups).for_each(|_| _ = self.body.text("</g>"));
    }

    /// An element that others refer to: `write` gets its number. `None` where there is no room for it.
    pub(crate) fn define(&mut self, write: impl FnOnce(&mut Svg, usize)) -> Option<usize> {
        if !self.has_room(0) {
            return None;
        }
        let number = self.number();
        let mut element = Svg::default();
        write(&mut element, number);
        self.has_room(element.0.len()).then(|| {
            self.defs.text(&element.0);
            number
        })
    }

    /// The same of what we say of the page: it is short, and stands however full the page is.
    pub(crate) fn define_ours(&mut self, write: impl FnOnce(&mut Svg, usize)) -> usize {
        let number = self.number();
        write(&mut self.defs, number);
        number
    }

    /// Has the body wait while the cell of a pattern is drawn.
    pub(crate) fn begin_cell(&mut self) {
        self.waiting = Some(core::mem::take(&mut self.body));
    }

    /// What was drawn since.
    pub(crate) fn end_cell(&mut self) -> Svg {
        core::mem::replace(&mut self.body, self.waiting.take().unwrap_or_default())
    }

    pub(crate) const fn is_cell(&self) -> bool {
        self.waiting.is_some()
    }

    /// A box that cuts what refers to it.
    pub(crate) fn clip(&mut self, rect: Rect) -> Option<usize> {
        self.define(|defs, number| {
            let _ = write!(defs.0, "<clipPath id=\"s{number}\"><path d=\"");
            defs.rect_path(rect).text("\"/></clipPath>");
        })
    }

    /// A glyph, drawn once for the page; `None` where there is none.
    pub(crate) fn glyph(&mut self, key: GlyphKey, outline: impl FnOnce(&Fonts) -> Option<Outline>) -> Option<Glyph> {
        if let Some(known) = self.glyphs.get(&key) {
            return *known;
        }
        let glyph = outline(self.ours).map(|outline| {
            let is_paid = !outline.steps.is_empty() && self.budget.path_steps(outline.steps.len(), &mut self.findings);
            let shape = if is_paid { self.define(|defs, number| shape(defs, number, &outline.steps)) } else { None };
            Glyph { shape, advance: outline.advance }
        });
        self.glyphs.insert(key, glyph);
        glyph
    }

    /// A glyph of an embedded font; reading it is paid for as drawing it is.
    pub(crate) fn embedded_glyph(&mut self, font: &Opened<'_>, glyph: u16) -> Option<Glyph> {
        let key = GlyphKey::Embedded(font.number(), glyph);
        if let Some(known) = self.glyphs.get(&key) {
            return *known;
        }
        let most = u32::try_from(self.budget.left().path_steps).unwrap_or(u32::MAX).saturating_mul(READ);
        let (outline, taken) = font.outline(glyph, most);
        let is_paid = self.budget.path_steps((taken / READ) as usize, &mut self.findings)
            // what took all that was left took too much
            && (taken < most || self.budget.path_steps(1, &mut self.findings));
        self.glyph(key, |_| outline.filter(|_| is_paid))
    }

    /// A character of our own fonts.
    pub(crate) fn our_glyph(&mut self, character: char, is_bold: bool) -> Option<Glyph> {
        let font = if is_bold { "song-bold" } else { "song" };
        self.glyph(GlyphKey::Ours { is_bold, character }, |ours| ours.outline(font, character))
    }

    /// A character of the words below the page, which stand however full it is.
    pub(crate) fn legend_glyph(&mut self, character: char) -> Option<Glyph> {
        let key = GlyphKey::Ours { is_bold: false, character };
        if let Some(known) = self.glyphs.get(&key).copied().flatten().filter(|glyph| glyph.shape.is_some()) {
            return Some(known);
        }
        let outline = self.ours.outline("song", character)?;
        let has_lines = !outline.steps.is_empty();
        let shape = has_lines.then(|| self.define_ours(|defs, number| shape(defs, number, &outline.steps)));
        let glyph = Glyph { shape, advance: outline.advance };
        self.glyphs.insert(key, Some(glyph));
        Some(glyph)
    }

    /// A picture over the unit square, put into the page once. `name` is for the finding.
    pub(crate) fn image(
        &mut self,
        key: (usize, String),
        octets: Option<&[u8]>,
        name: &str,
        on_white: bool,
    ) -> Option<usize> {
        if let Some(known) = self.images.get(&key) {
            return *known;
        }
        let shown = match octets.ok_or(Refused::Damaged).and_then(Picture::read) {
            Ok(picture) => self.fitting(&picture).then(|| picture.data_address(on_white)).transpose(),
            Err(refused) => Err(refused),
        };
        let number = match shown {
            Ok(address) => address.and_then(|address| self.unit_image(&address)),
            Err(Refused::Kind(kind)) => {
                self.findings.add(Code::ImageKind, kind);
                None
            }
            Err(Refused::Damaged) => {
                self.findings.add(Code::ImageDamaged, name);
                None
            }
        };
        self.images.insert(key, number);
        number
    }

    pub(crate) fn knows_image(&self, place: usize, entry: &str) -> bool {
        self.images.contains_key(&(place, entry.to_owned()))
    }

    fn fitting(&mut self, picture: &Picture<'_>) -> bool {
        let bytes = picture.bytes();
        self.budget.image(bytes, picture.pixels, &mut self.findings)
    }

    /// A picture of our own making, over the unit square.
    pub(crate) fn own_image(&mut self, key: (usize, String), address: impl FnOnce() -> String) -> Option<usize> {
        if let Some(known) = self.images.get(&key) {
            return *known;
        }
        let address = address();
        let bytes = address.len() as u64;
        let is_paid = self.budget.image(bytes, 0, &mut self.findings);
        let number = if is_paid { self.unit_image(&address) } else { None };
        self.images.insert(key, number);
        number
    }

    fn unit_image(&mut self, address: &str) -> Option<usize> {
        /// Octets around the address.
        const AROUND: usize = 128;
        if !self.fits(address.len() + AROUND) {
            return None;
        }
        self.define(|defs, number| {
            let _ = write!(
                defs.0,
                "<image id=\"s{number}\" width=\"1\" height=\"1\" preserveAspectRatio=\"none\" href=\"{address}\"/>"
            );
        })
    }

    /// A crossed box over the unit square, in the place of what cannot be shown.
    pub(crate) fn crossed_box(&mut self, out: &mut Svg, place: Matrix) {
        if !self.has_box {
            self.has_box = true;
            self.defs.text(
                "<path id=\"x\" d=\"M.02 .02H.98V.98H.02ZM.02 .02L.98 .98M.98 .02L.02 .98M.5 .02L.98 .5M.02 .5L.5 .98\" \
                 fill=\"none\" stroke=\"#767676\" stroke-width=\".03\"/>",
            );
        }
        out.text("<use href=\"#x\"").transform(place).text("/>");
    }

    /// Notes what may be a field, where the page is read; false when its name is more than is left.
    pub(crate) fn field(&mut self, id: Option<&str>, name: Option<&str>, rect: Option<Rect>) -> bool {
        let Some(reading) = &mut self.reading else { return true };
        let octets = [id, name].into_iter().flatten().map(str::len).sum();
        let is_paid = self.budget.names(octets, &mut self.findings);
        if is_paid {
            reading.field(id, name, rect);
        }
        is_paid
    }

    /// Marks a box of the page as not protected.
    pub(crate) fn hatch(&mut self, rect: Rect) {
        /// Millimetres: a line is seen too.
        const LEAST: f64 = 1.0;
        let grown = |at: f64, size: f64| if size < LEAST { (at - (LEAST - size) / 2.0, LEAST) } else { (at, size) };
        let ((x, w), (y, h)) = (grown(rect.x, rect.w), grown(rect.y, rect.h));
        if self.hatched.len() >= HATCHED {
            self.is_whole_hatched = true;
        } else {
            self.hatched.push(Rect { x, y, w, h });
        }
    }

    /// The definitions, and the body that stands after them.
    pub(crate) fn drawn(&self) -> [&str; 2] {
        [&self.defs.0, &self.body.0]
    }
}

/// An outline by its number.
fn shape(defs: &mut Svg, number: usize, steps: &[Step]) {
    let _ = write!(defs.0, "<path id=\"s{number}\" d=\"");
    outline_path(&mut defs.0, steps);
    defs.text("\"/>");
}

/// Outlines as relative steps of a thousandth of an em; rounded places, so that errors do not add up.
fn outline_path(out: &mut String, steps: &[Step]) {
    let place = |[x, y]: [f64; 2]| {
        let units = |value: f64| (value * EM).round().clamp(-1e5, 1e5) as i64;
        (units(x), units(y))
    };
    let mut at = (0, 0);
    let mut relative = |out: &mut String, letter: char, points: &[[f64; 2]]| {
        out.push(letter);
        let from = at;
        for (index, point) in points.iter().enumerate() {
            let to = place(*point);
            let (x, y) = (to.0 - from.0, to.1 - from.1);
            if index > 0 && x >= 0 {
                out.push(' ');
            }
            let _ = write!(out, "{x}");
            if y >= 0 {
                out.push(' ');
            }
            let _ = write!(out, "{y}");
            at = to;
        }
    };
    let mut begin = [0.0; 2];
    for step in steps {
        match *step {
            Step::Move(to) => {
                begin = to;
                relative(out, 'm', &[to]);
            }
            Step::Line(to) => relative(out, 'l', &[to]),
            Step::Quadratic([a, b, x, y]) => relative(out, 'q', &[[a, b], [x, y]]),
            Step::Cubic([a, b, c, d, x, y]) => relative(out, 'c', &[[a, b], [c, d], [x, y]]),
            Step::Close => {
                out.push('z');
                relative(&mut String::new(), 'm', &[begin]);
            }
        }
    }
}
