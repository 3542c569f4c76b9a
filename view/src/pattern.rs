//! Patterns (GB/T 33190 8.3.3): a cell of objects that repeats over what it fills, as a
//! pattern of SVG.

use crate::{
    finding::Code,
    geometry::{Matrix, Rect, number},
    painter::{Env, Painter},
    param::{Paint, Param},
    resources::Resources,
    svg::Svg,
    tree::Node,
};
use core::fmt::Write as _;

/// How small a cell may come out on the page, millimetres: browsers draw each.
const LEAST: f64 = 0.05;

impl Painter<'_, '_, '_> {
    /// A pattern, and whether all that it rests on is covered. `here`: from what it fills
    /// to the page, where that is known.
    pub(crate) fn pattern(
        &mut self,
        node: &Node,
        opacity: f64,
        resources: &Resources,
        here: Option<Matrix>,
    ) -> (Paint, bool) {
        if self.canvas.is_cell() {
            // cells in cells would multiply in the browser
            self.canvas.findings.add(Code::NotDrawn, "Pattern/Pattern");
            return (Paint::Nothing, true);
        }
        let value = |name: &str| node.get(name).and_then(number);
        let side = |name: &str| value(name).filter(|side| *side > 0.0);
        let ctm = node.get("CTM").map_or(Some(Matrix::ONE), Matrix::parse);
        let (Some(w), Some(h), Some(ctm), Some(cell)) = (side("Width"), side("Height"), ctm, node.child("CellContent"))
        else {
            self.canvas.findings.add(Code::BadValue, "Pattern");
            return (Paint::Nothing, true);
        };
        // a step shorter than the cell is as long as it
        let steps = [value("XStep").unwrap_or(w).max(w), value("YStep").unwrap_or(h).max(h)];
        let begin = match (node.get("RelativeTo"), here.and_then(|here| here.inverse())) {
            (Some("Page"), Some(back)) => back,
            (Some("Page"), None) => {
                self.canvas.findings.add(Code::Simplified, "RelativeTo");
                Matrix::ONE
            }
            _ => Matrix::ONE,
        };
        let placed = begin.of(ctm);
        let to_page = here.unwrap_or(Matrix::ONE).of(placed);
        let Matrix([a, b, c, d, ..]) = to_page;
        if !to_page.draws() || !placed.draws() || a.hypot(b) * steps[0] < LEAST || c.hypot(d) * steps[1] < LEAST {
            self.canvas.findings.add(Code::BadValue, "Pattern");
            return (Paint::Nothing, true);
        }
        if !self.canvas.has_room(0) {
            return (Paint::Nothing, true);
        }
        let (drawn, is_covered) = self.cell(cell, resources, to_page);
        let tile = Tile { size: [w, h], steps, placed, reflected: node.get("ReflectMethod") };
        let number = self.tiled(&tile, &drawn);
        (number.map_or(Paint::Nothing, |number| Paint::Defined(number, opacity)), is_covered)
    }

    /// The number of the pattern; `None` where there is no room for it.
    fn tiled(&mut self, tile: &Tile<'_>, drawn: &Svg) -> Option<usize> {
        let Tile { size: [w, h], steps, placed, reflected } = *tile;
        let clip = self.canvas.clip(Rect { x: 0.0, y: 0.0, w, h })?;
        let content = self.canvas.define(|defs, number| {
            let _ = write!(defs.0, "<g id=\"s{number}\" clip-path=\"url(#s{clip})\">{}</g>", drawn.0);
        })?;
        let (columns, rows) = match reflected {
            Some("Column") => (2, 1),
            Some("Row") => (1, 2),
            Some("RowAndColumn") => (2, 2),
            _ => (1, 1),
        };
        self.canvas.define(|defs, number| {
            let _ = write!(defs.0, "<pattern id=\"s{number}\" patternUnits=\"userSpaceOnUse\"");
            defs.attribute("width", steps[0] * f64::from(columns));
            defs.attribute("height", steps[1] * f64::from(rows)).transform_as("patternTransform", placed).text(">");
            for (column, row) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                if column < columns && row < rows {
                    // a cell beside or below is turned over
                    let over =
                        |other: i32, step: f64, size: f64| if other == 0 { (1.0, 0.0) } else { (-1.0, step + size) };
                    let ((x, right), (y, down)) = (over(column, steps[0], w), over(row, steps[1], h));
                    let _ = write!(defs.0, "<use href=\"#s{content}\"");
                    defs.transform(Matrix([x, 0.0, 0.0, y, right, down])).text("/>");
                }
            }
            defs.text("</pattern>");
        })
    }

    /// The objects of a cell, drawn aside; what of them is not covered is where they fill, not where they stand.
    fn cell(&mut self, cell: &Node, resources: &Resources, to_page: Matrix) -> (Svg, bool) {
        let reading = self.canvas.reading.take();
        let (hatched, is_whole) = (self.canvas.hatched.len(), self.canvas.is_whole_hatched);
        self.canvas.begin_cell();
        let env = Env { resources, param: Param::default(), to_page, is_uncovered: false, depth: 0 };
        self.block(cell, &env);
        let drawn = self.canvas.end_cell();
        let is_covered = self.canvas.hatched.len() == hatched && self.canvas.is_whole_hatched == is_whole;
        self.canvas.hatched.truncate(hatched);
        self.canvas.is_whole_hatched = is_whole;
        self.canvas.reading = reading;
        (drawn, is_covered)
    }
}

/// How a cell repeats.
struct Tile<'a> {
    size: [f64; 2],
    /// From one to the next.
    steps: [f64; 2],
    placed: Matrix,
    reflected: Option<&'a str>,
}
