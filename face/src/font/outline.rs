//! Outlines of single characters, for whoever draws text without a font.

use super::Fonts;

/// One step of an outline, in ems from the origin of the glyph on its baseline, y down.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Step {
    Move([f64; 2]),
    Line([f64; 2]),
    Quadratic([f64; 4]),
    Cubic([f64; 6]),
    Close,
}

/// How a character looks.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    /// How far the next glyph stands, in ems.
    pub advance: f64,
    /// The steps of its lines; none for a space.
    pub steps: Vec<Step>,
}

impl Fonts {
    /// The outline of a character in the font `first` or, where that has none, in the
    /// others in their order.
    pub fn outline(&self, first: &str, character: char) -> Option<Outline> {
        let (index, glyph) = self.find(self.index(first).unwrap_or(0), character)?;
        let font = self.get(index);
        let mut steps = Steps::new(font.units_per_em());
        font.outline(glyph, &mut steps);
        Some(Outline { advance: font.advance(glyph), steps: steps.taken })
    }
}

/// Takes the outline of a glyph from a font whose em has `units_per_em` units.
#[derive(Clone, Debug)]
pub struct Steps {
    units_per_em: f64,
    /// What came.
    pub taken: Vec<Step>,
}

impl Steps {
    /// Nothing yet.
    pub fn new(units_per_em: f64) -> Self {
        Self { units_per_em: units_per_em.max(1.0), taken: Vec::new() }
    }

    fn ems(&self, x: f32, y: f32) -> [f64; 2] {
        [f64::from(x) / self.units_per_em, -f64::from(y) / self.units_per_em]
    }
}

impl ttf_parser::OutlineBuilder for Steps {
    fn move_to(&mut self, x: f32, y: f32) {
        self.taken.push(Step::Move(self.ems(x, y)));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.taken.push(Step::Line(self.ems(x, y)));
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ([x1, y1], [x, y]) = (self.ems(x1, y1), self.ems(x, y));
        self.taken.push(Step::Quadratic([x1, y1, x, y]));
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ([x1, y1], [x2, y2], [x, y]) = (self.ems(x1, y1), self.ems(x2, y2), self.ems(x, y));
        self.taken.push(Step::Cubic([x1, y1, x2, y2, x, y]));
    }

    fn close(&mut self) {
        self.taken.push(Step::Close);
    }
}
