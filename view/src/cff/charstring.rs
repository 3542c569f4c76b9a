//! Outlines of glyphs as programs (Type 2, Adobe Technical Note 5177). A subroutine may
//! call others many times over, so that a few octets would run for years: each step is
//! paid for, and a program that cannot pay draws nothing.

use super::{
    Index,
    dict::{short, take},
};
use yinxin_face::Step;

/// Numbers that wait for their operator (5177, appendix B).
const STACK: usize = 48;
/// Subroutines within subroutines (5177, appendix B).
const NESTED: usize = 10;

/// A program that runs.
pub(super) struct Run<'a> {
    octets: &'a [u8],
    shared: &'a Index,
    own: &'a Index,
    stack: Vec<f64>,
    at: [f64; 2],
    stems: usize,
    /// Whether a number before the operands of the first operator would be the width.
    is_begun: bool,
    is_open: bool,
    drawn: Drawn,
}

/// What a program drew, in the units of the font, upwards.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Drawn {
    pub(super) steps: Vec<Step>,
    /// Beside the nominal one.
    pub(super) width: Option<f64>,
}

/// How a program or a part of it came to its end.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Glyph,
    Subroutine,
}

impl<'a> Run<'a> {
    /// Subroutines that all glyphs share, and those of the font dictionary.
    pub(super) const fn new(octets: &'a [u8], shared: &'a Index, own: &'a Index) -> Self {
        Self {
            octets,
            shared,
            own,
            stack: Vec::new(),
            at: [0.0; 2],
            stems: 0,
            is_begun: false,
            is_open: false,
            drawn: Drawn { steps: Vec::new(), width: None },
        }
    }

    /// `None` for a program that breaks a rule, or costs more than is left.
    pub(super) fn outline(mut self, code: &[u8], left: &mut u32) -> Option<Drawn> {
        (self.part(code, 0, left)? == End::Glyph).then_some(self.drawn)
    }

    fn part(&mut self, code: &[u8], depth: usize, left: &mut u32) -> Option<End> {
        let mut rest = code;
        while let Some((&operator, after)) = rest.split_first() {
            *left = left.checked_sub(1)?;
            rest = after;
            let number = match operator {
                28 => f64::from(i16::from_be_bytes(take(&mut rest)?)),
                32..=246 => f64::from(operator) - 139.0,
                247..=254 => short(operator, take(&mut rest)?),
                255 => f64::from(i32::from_be_bytes(take(&mut rest)?)) / 65536.0,
                10 | 29 => {
                    if self.call(operator == 29, depth, left)? == End::Glyph {
                        return Some(End::Glyph);
                    }
                    continue;
                }
                11 => return Some(End::Subroutine),
                14 => {
                    self.begin(self.stack.len() == 1);
                    self.close();
                    // an accent over a letter is another glyph, which nobody asks for
                    return self.stack.is_empty().then_some(End::Glyph);
                }
                19 | 20 => {
                    self.hints();
                    rest = rest.get(self.stems.div_ceil(8)..)?;
                    continue;
                }
                12 => {
                    self.flex(take(&mut rest)?)?;
                    continue;
                }
                _ => {
                    self.draw(operator)?;
                    continue;
                }
            };
            if self.stack.len() == STACK {
                return None;
            }
            self.stack.push(number);
        }
        // a subroutine may end without saying so
        Some(End::Subroutine)
    }

    fn call(&mut self, is_shared: bool, depth: usize, left: &mut u32) -> Option<End> {
        let list = if is_shared { self.shared } else { self.own };
        let bias = match list.count {
            ..1240 => 107.0,
            ..33900 => 1131.0,
            _ => 32768.0,
        };
        let number = super::dict::place(self.stack.pop()? + bias)?;
        let code = list.get(self.octets, number)?;
        if depth == NESTED {
            return None;
        }
        self.part(code, depth + 1, left)
    }

    /// The width, before the operands of the first operator that takes all.
    fn begin(&mut self, is_there: bool) {
        if !self.is_begun && is_there {
            self.drawn.width = Some(self.stack.remove(0));
        }
        self.is_begun = true;
    }

    fn hints(&mut self) {
        self.begin(self.stack.len() % 2 == 1);
        self.stems += self.stack.len() / 2;
        self.stack.clear();
    }

    fn close(&mut self) {
        if core::mem::take(&mut self.is_open) {
            self.drawn.steps.push(Step::Close);
        }
    }

    fn move_by(&mut self, by: [f64; 2]) {
        self.close();
        self.at = self.after(by);
        self.is_open = true;
        self.drawn.steps.push(Step::Move(self.at));
    }

    const fn after(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        [self.at[0] + x, self.at[1] + y]
    }

    fn line(&mut self, x: f64, y: f64) {
        self.at = self.after([x, y]);
        self.drawn.steps.push(Step::Line(self.at));
    }

    /// Each point from the one before.
    fn curve(&mut self, [a, b, c, d, x, y]: [f64; 6]) {
        let [a, b] = self.after([a, b]);
        let [c, d] = [a + c, b + d];
        self.at = [c + x, d + y];
        self.drawn.steps.push(Step::Cubic([a, b, c, d, self.at[0], self.at[1]]));
    }

    /// Operators that take all numbers.
    fn draw(&mut self, operator: u8) -> Option<()> {
        match operator {
            1 | 3 | 18 | 23 => {
                self.hints();
                return Some(());
            }
            21 => self.begin(self.stack.len() > 2),
            4 | 22 => self.begin(self.stack.len() > 1),
            // lines and curves go on from a place
            _ if !self.is_open => return None,
            _ => {}
        }
        let stack = core::mem::take(&mut self.stack);
        match (operator, stack.as_slice()) {
            (21, &[x, y]) => self.move_by([x, y]),
            (22, &[x]) => self.move_by([x, 0.0]),
            (4, &[y]) => self.move_by([0.0, y]),
            (5, numbers) => self.lines(numbers)?,
            (6 | 7, numbers) => {
                for (index, by) in numbers.iter().enumerate() {
                    let is_across = (index % 2 == 0) == (operator == 6);
                    if is_across { self.line(*by, 0.0) } else { self.line(0.0, *by) }
                }
            }
            (8, numbers) => self.curves(numbers)?,
            (24, [curves @ .., x, y]) => {
                self.curves(curves)?;
                self.line(*x, *y);
            }
            (25, [lines @ .., a, b, c, d, x, y]) => {
                self.lines(lines)?;
                self.curve([*a, *b, *c, *d, *x, *y]);
            }
            (26 | 27, numbers) => self.straight(numbers, operator == 27)?,
            (30 | 31, numbers) => self.turning(numbers, operator == 31)?,
            _ => return None,
        }
        // what was taken is used again, emptied
        self.stack = stack;
        self.stack.clear();
        Some(())
    }

    fn lines(&mut self, numbers: &[f64]) -> Option<()> {
        let (pairs, []) = numbers.as_chunks::<2>() else { return None };
        pairs.iter().for_each(|[x, y]| self.line(*x, *y));
        Some(())
    }

    fn curves(&mut self, numbers: &[f64]) -> Option<()> {
        let (sixes, []) = numbers.as_chunks::<6>() else { return None };
        sixes.iter().for_each(|six| self.curve(*six));
        Some(())
    }

    /// Curves that begin and end across (`hhcurveto`), or upright (`vvcurveto`).
    fn straight(&mut self, numbers: &[f64], is_across: bool) -> Option<()> {
        let (mut aside, numbers) = match numbers.split_first() {
            Some((first, rest)) if numbers.len() % 4 == 1 => (*first, rest),
            _ => (0.0, numbers),
        };
        let (fours, []) = numbers.as_chunks::<4>() else { return None };
        for &[begin, x, y, end] in fours {
            let aside = core::mem::take(&mut aside);
            self.curve(if is_across { [begin, aside, x, y, end, 0.0] } else { [aside, begin, x, y, 0.0, end] });
        }
        Some(())
    }

    /// Curves that begin across and end upright, and the other way round, in turn.
    fn turning(&mut self, numbers: &[f64], is_across: bool) -> Option<()> {
        let (mut rest, mut is_across) = (numbers, is_across);
        while let &[begin, x, y, end, ref after @ ..] = rest {
            let (last, after) = match after {
                &[last] => (last, &[] as &[f64]),
                _ => (0.0, after),
            };
            self.curve(if is_across { [begin, 0.0, x, y, last, end] } else { [0.0, begin, x, y, end, last] });
            (rest, is_across) = (after, !is_across);
        }
        rest.is_empty().then_some(())
    }

    /// `hflex`, `flex`, `hflex1`, `flex1`: two curves. Arithmetic is no part of fonts of today.
    fn flex(&mut self, [operator]: [u8; 1]) -> Option<()> {
        if !self.is_open {
            return None;
        }
        let (first, second) = match (operator, self.stack.as_slice()) {
            (34, &[a, b, y, c, d, e, f]) => ([a, 0.0, b, y, c, 0.0], [d, 0.0, e, -y, f, 0.0]),
            (35, &[a, b, c, d, e, f, g, h, i, j, k, l, _]) => ([a, b, c, d, e, f], [g, h, i, j, k, l]),
            (36, &[a, b, c, d, e, f, g, h, i]) => ([a, b, c, d, e, 0.0], [f, 0.0, g, h, i, -(b + d + h)]),
            (37, &[a, b, c, d, e, f, g, h, i, j, last]) => {
                let (x, y) = (a + c + e + g + i, b + d + f + h + j);
                let end = if x.abs() > y.abs() { [last, -y] } else { [-x, last] };
                ([a, b, c, d, e, f], [g, h, i, j, end[0], end[1]])
            }
            _ => return None,
        };
        self.curve(first);
        self.curve(second);
        self.stack.clear();
        Some(())
    }
}
