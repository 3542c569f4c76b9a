//! Numbers, boxes and matrices as OFD writes them (GB/T 33190 7.4, ST_Array, ST_Box),
//! finite and bounded.

/// Coordinates beyond this, in millimetres, are no page.
const FAR: f64 = 1e6;
/// A matrix that shrinks an area below this draws nothing.
const FLAT: f64 = 1e-12;

/// One number, finite and within ±10⁶.
pub(crate) fn number(text: &str) -> Option<f64> {
    // the parser takes words too
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E'));
    let value: f64 = plain.then(|| text.parse().ok())??;
    (value.abs() <= FAR).then_some(value)
}

/// Numbers parted by white space or commas; `None` when one is none, or there are more than `most`.
pub(crate) fn numbers(text: &str, most: usize) -> Option<Vec<f64>> {
    let mut found = Vec::new();
    for word in words(text) {
        if found.len() == most {
            return None;
        }
        found.push(number(word)?);
    }
    Some(found)
}

pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_ascii_whitespace() || c == ',').filter(|word| !word.is_empty())
}

/// `x y w h`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rect {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) w: f64,
    pub(crate) h: f64,
}

impl Rect {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match numbers(text, 4)?.as_slice() {
            &[x, y, w, h] if w >= 0.0 && h >= 0.0 => Some(Self { x, y, w, h }),
            _ => None,
        }
    }

    pub(crate) fn grown(self, by: f64) -> Self {
        Self { x: self.x - by, y: self.y - by, w: self.w + 2.0 * by, h: self.h + 2.0 * by }
    }

    /// What both have; `None` where that is nothing.
    pub(crate) fn common(self, other: Self) -> Option<Self> {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        let (right, bottom) = ((self.x + self.w).min(other.x + other.w), (self.y + self.h).min(other.y + other.h));
        (x <= right && y <= bottom).then_some(Self { x, y, w: right - x, h: bottom - y })
    }

    pub(crate) fn contains(&self, [x, y]: [f64; 2]) -> bool {
        self.x <= x && x <= self.x + self.w && self.y <= y && y <= self.y + self.h
    }
}

/// Where points lie.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    least: [f64; 2],
    most: [f64; 2],
}

impl Bounds {
    pub(crate) const fn new() -> Self {
        Self { least: [f64::MAX; 2], most: [f64::MIN; 2] }
    }

    pub(crate) fn add(&mut self, point: [f64; 2]) {
        let [x, y] = point;
        let ([left, top], [right, bottom]) = (self.least, self.most);
        self.least = [left.min(x), top.min(y)];
        self.most = [right.max(x), bottom.max(y)];
    }

    /// `None` without a point.
    pub(crate) fn rect(&self) -> Option<Rect> {
        let ([x, y], [right, bottom]) = (self.least, self.most);
        (x <= right).then_some(Rect { x, y, w: right - x, h: bottom - y })
    }
}

/// `a b c d e f`: x' = ax + cy + e, y' = bx + dy + f.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Matrix(pub(crate) [f64; 6]);

impl Matrix {
    pub(crate) const ONE: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    /// `None` when these are not six numbers.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        numbers(text, 6)?.try_into().ok().map(Self)
    }

    pub(crate) const fn moved(x: f64, y: f64) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    pub(crate) const fn scaled(x: f64, y: f64) -> Self {
        Self([x, 0.0, 0.0, y, 0.0, 0.0])
    }

    /// Clockwise on the page, degrees.
    pub(crate) fn turned(degrees: f64) -> Self {
        let (sine, cosine) = degrees.to_radians().sin_cos();
        Self([cosine, sine, -sine, cosine, 0.0, 0.0])
    }

    /// First `inner`, then this.
    pub(crate) fn of(self, inner: Self) -> Self {
        let ([a, b, c, d, e, f], [g, h, i, j, k, l]) = (self.0, inner.0);
        Self([a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f])
    }

    pub(crate) fn apply(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let [a, b, c, d, e, f] = self.0;
        [a * x + c * y + e, b * x + d * y + f]
    }

    /// Whether everything drawn by it has an area, and is at a place that can be written.
    pub(crate) fn draws(&self) -> bool {
        let [a, b, c, d, ..] = self.0;
        self.0.iter().all(|value| value.abs() <= FAR * FAR) && (a * d - b * c).abs() > FLAT
    }

    /// The way back; `None` where there is none.
    pub(crate) fn inverse(&self) -> Option<Self> {
        let [a, b, c, d, e, f] = self.0;
        let area = a * d - b * c;
        let back = Self([d / area, -b / area, -c / area, a / area, (c * f - d * e) / area, (b * e - a * f) / area]);
        (self.draws() && back.draws()).then_some(back)
    }

    /// What a length becomes, on average of the directions.
    pub(crate) fn length(&self) -> f64 {
        let [a, b, c, d, ..] = self.0;
        (a * d - b * c).abs().sqrt()
    }

    /// The upright box around a transformed one.
    pub(crate) fn around(&self, rect: Rect) -> Option<Rect> {
        let Rect { x, y, w, h } = rect;
        let mut bounds = Bounds::new();
        for corner in [[x, y], [x + w, y], [x, y + h], [x + w, y + h]] {
            bounds.add(self.apply(corner));
        }
        bounds.rect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_are_numbers() {
        for bad in ["", "NaN", "inf", "-infinity", "1e999", "1e7", "0x10", "1..2", "一"] {
            assert_eq!(number(bad), None, "{bad}");
        }
        assert_eq!(numbers(" 1, 2\n-3.5e1 ", 3), Some(vec![1.0, 2.0, -35.0]));
        assert_eq!(numbers("1 2 3 4", 3), None);
        assert_eq!(Rect::parse("0 0 -1 1"), None);
    }

    #[test]
    fn matrices() {
        let outer = Matrix::moved(10.0, 20.0);
        let inner = Matrix::parse("2 0 0 3 1 1").unwrap();
        assert_eq!(outer.of(inner).apply([1.0, 1.0]), [13.0, 24.0]);
        let [x, y] = Matrix::turned(90.0).apply([1.0, 0.0]);
        assert!(x.abs() < 1e-9 && (y - 1.0).abs() < 1e-9);
        assert!(!Matrix::parse("0 0 0 0 5 5").unwrap().draws() && inner.draws());
        let turned = outer.of(Matrix::turned(30.0)).of(inner);
        let [x, y] = turned.inverse().unwrap().apply(turned.apply([3.0, -4.0]));
        assert!((x - 3.0).abs() < 1e-9 && (y + 4.0).abs() < 1e-9);
        assert_eq!(Matrix::scaled(1.0, 0.0).inverse(), None);
        assert_eq!(
            inner.around(Rect { x: 0.0, y: 0.0, w: 1.0, h: 1.0 }),
            Some(Rect { x: 1.0, y: 1.0, w: 2.0, h: 3.0 })
        );
    }
}
