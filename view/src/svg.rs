//! Writing SVG. Numbers come from here alone, and text of a document never does: what
//! is written are our own element names, numbers, ids and data addresses.

use crate::geometry::{Matrix, Rect};
use core::fmt::Write as _;

/// A growing piece of SVG.
#[derive(Debug, Default)]
pub(crate) struct Svg(pub(crate) String);

impl Svg {
    pub(crate) fn text(&mut self, ours: &str) -> &mut Self {
        self.0.push_str(ours);
        self
    }

    /// A number with at most four decimals; one that is not finite is 0.
    pub(crate) fn number(&mut self, value: f64) -> &mut Self {
        push_number(&mut self.0, value);
        self
    }

    /// ` name="value"`.
    pub(crate) fn attribute(&mut self, name: &str, value: f64) -> &mut Self {
        let _ = write!(self.0, " {name}=\"");
        self.number(value).text("\"")
    }

    /// ` transform="matrix(…)"`, shorter where that says the same.
    pub(crate) fn transform(&mut self, matrix: Matrix) -> &mut Self {
        self.transform_as("transform", matrix)
    }

    /// The same in an attribute of another name.
    pub(crate) fn transform_as(&mut self, name: &str, matrix: Matrix) -> &mut Self {
        let [a, b, c, d, e, f] = matrix.0;
        if matrix == Matrix::ONE {
            return self;
        }
        self.text(" ").text(name);
        if [a, b, c, d] == [1.0, 0.0, 0.0, 1.0] {
            return self.text("=\"translate(").number(e).text(" ").number(f).text(")\"");
        }
        self.text("=\"matrix(");
        for (index, value) in matrix.0.into_iter().enumerate() {
            if index > 0 {
                self.text(" ");
            }
            // factors are often small and multiply what is inside
            push_factor(&mut self.0, value);
        }
        self.text(")\"")
    }

    /// The outline of a box as path data.
    pub(crate) fn rect_path(&mut self, rect: Rect) -> &mut Self {
        self.text("M").number(rect.x).text(" ").number(rect.y);
        self.text("h").number(rect.w).text("v").number(rect.h).text("h").number(-rect.w).text("z")
    }
}

fn push_number(out: &mut String, value: f64) {
    let value = if value.is_finite() { value } else { 0.0 };
    let begin = out.len();
    let _ = write!(out, "{value:.4}");
    trim(out, begin);
}

fn push_factor(out: &mut String, value: f64) {
    let value = if value.is_finite() { value } else { 0.0 };
    let begin = out.len();
    let _ = write!(out, "{value:.9}");
    trim(out, begin);
}

/// Takes away zeros behind the point, and the sign of zero.
fn trim(out: &mut String, begin: usize) {
    let written = out.get(begin..).unwrap_or_default();
    let kept = written.trim_end_matches('0').trim_end_matches('.').len();
    out.truncate(begin + kept);
    if out.get(begin..) == Some("-0") {
        out.truncate(begin);
        out.push('0');
    }
}

/// Red, green, blue.
pub(crate) type Rgb = [u8; 3];

pub(crate) fn hex(out: &mut String, [r, g, b]: Rgb) {
    let _ = write!(out, "#{r:02x}{g:02x}{b:02x}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_finite() {
        let written = |value: f64| {
            let mut svg = Svg::default();
            svg.number(value);
            svg.0
        };
        let cases = [(1.0, "1"), (-0.00001, "0"), (0.5, "0.5"), (-12.345678, "-12.3457"), (100.0, "100")];
        for (value, expected) in cases {
            assert_eq!(written(value), expected);
        }
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(written(bad), "0");
        }
        let mut svg = Svg::default();
        svg.transform(Matrix::moved(1.0, -2.0)).transform(Matrix::ONE).transform(Matrix::scaled(0.0035278, 1.0));
        assert_eq!(svg.0, " transform=\"translate(1 -2)\" transform=\"matrix(0.0035278 0 0 1 0 0)\"");
    }
}
