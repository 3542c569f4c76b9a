//! Lines, areas and ornaments of a template.

use super::{
    FaceOffence, Reader,
    raw::{RawRepeat, RawShape},
};
use crate::{
    colour::Colour,
    page::{self, Item, Rect, Segment, Shape},
};

/// Most times that a shape is repeated.
const REPEATS: usize = 2000;
/// Most steps of a repeated path.
const POINTS: usize = 20_000;
/// Longest path, in steps.
const STEPS: usize = 400;

/// The ground of the page.
pub(super) fn background(page: Rect, colour: Colour) -> Item {
    Item::Shape(Shape::rect(page, Some(colour), None))
}

impl Reader<'_> {
    pub(super) fn shapes(&mut self, raw: &[RawShape]) -> Vec<Item> {
        (1..).zip(raw).filter_map(|(number, shape)| self.shape(number, shape)).map(Item::Shape).collect()
    }

    fn shape(&mut self, number: usize, raw: &RawShape) -> Option<Shape> {
        let place = || format!("shape {number}");
        let fill = raw.fill.as_ref().map(|colour| self.colour(&place(), colour));
        let stroke = raw.stroke.as_ref().map(|colour| (self.colour(&place(), colour), raw.width.unwrap_or(0.2)));
        if stroke.is_some_and(|(_, width)| !(0.02..=20.0).contains(&width)) {
            self.offences.push(FaceOffence::LineWidth { number });
        }
        let path = match (&raw.rect, &raw.line, &raw.circle, &raw.path) {
            (Some(area), None, None, None) => page::rectangle(Rect::of(*area)).to_vec(),
            (None, Some([x1, y1, x2, y2]), None, None) => vec![Segment::Move(*x1, *y1), Segment::Line(*x2, *y2)],
            (None, None, Some([x, y, r]), None) => page::circle(*x, *y, *r).to_vec(),
            (None, None, None, Some(text)) => match path(text) {
                Some(path) => path,
                None => {
                    self.offences.push(FaceOffence::Path { number });
                    return None;
                }
            },
            _ => {
                self.offences.push(FaceOffence::Shape { number });
                return None;
            }
        };
        if fill.is_none() && stroke.is_none() {
            self.offences.push(FaceOffence::Shape { number });
            return None;
        }
        let path = match raw.repeat {
            None => path,
            Some(repeat) => self.repeated(number, &path, repeat)?,
        };
        let shape = Shape::new(&path, fill, stroke);
        let edge = Rect { ..shape.bounds };
        let finite = [edge.x, edge.y, edge.w, edge.h].iter().all(|value| value.is_finite());
        if !finite || !self.page.contains(&edge) {
            self.offences.push(FaceOffence::Outside { place: place() });
            return None;
        }
        Some(shape)
    }

    fn repeated(&mut self, number: usize, path: &[Segment], repeat: RawRepeat) -> Option<Vec<Segment>> {
        let times = usize::from(repeat.columns) * usize::from(repeat.rows);
        if times == 0 || times > REPEATS || times * path.len() > POINTS {
            self.offences.push(FaceOffence::Repeat { number, limit: REPEATS });
            return None;
        }
        let mut all = Vec::with_capacity(times * path.len());
        for row in 0..repeat.rows {
            for column in 0..repeat.columns {
                let (dx, dy) = (f64::from(column) * repeat.right, f64::from(row) * repeat.down);
                all.extend(path.iter().map(|segment| segment.moved(dx, dy)));
            }
        }
        Some(all)
    }
}

/// `M x y`, `L x y`, `B x1 y1 x2 y2 x y`, `C`, as GB/T 33190 writes them.
fn path(text: &str) -> Option<Vec<Segment>> {
    let mut words = text.split_ascii_whitespace();
    let mut path = Vec::new();
    while let Some(command) = words.next() {
        let mut number = || words.next()?.parse::<f64>().ok().filter(|number| number.is_finite());
        path.push(match command {
            "M" => Segment::Move(number()?, number()?),
            "L" => Segment::Line(number()?, number()?),
            "B" => Segment::Cubic([number()?, number()?, number()?, number()?, number()?, number()?]),
            "C" => Segment::Close,
            _ => return None,
        });
        if path.len() > STEPS {
            return None;
        }
    }
    (matches!(path.first(), Some(Segment::Move(..))) && path.len() > 1).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let read = path("M 1 2 L 3 4.5 B 1 2 3 4 5 6 C").unwrap();
        assert_eq!(read.len(), 4);
        assert_eq!(read[1], Segment::Line(3.0, 4.5));
        for wrong in ["", "M 1 2", "L 1 2 L 3 4", "M 1", "M 1 nan L 2 3", "M 1 2 Q 1 2 3 4", "M 1 2 L 1e999 0"] {
            assert_eq!(path(wrong), None, "{wrong}");
        }
    }
}
