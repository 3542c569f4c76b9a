//! Tables of multiples: of the generator, and of keys that come back.
//!
//! A scalar of 256 bits is cut into windows of `width` bits with signed digits
//! (`recode::window`). The windows are dealt to `columns` columns of `rows`
//! windows each; column j holds 1, 2, ... 2^(width-1) times 2^(width rows j) P.
//!
//! 1. k P = sum over rows q of 2^(width q) * sum over columns j of
//!    digit(j rows + q) * 2^(width rows j) P.
//! 2. From the highest row to the lowest: `width` doublings (none before the
//!    first), then one addition from each column with a digit other than zero.
//!    The lowest row is added in the form that is cheaper to add to.
//!
//! With one row there are no doublings at all: large table, fastest. With more
//! rows the table shrinks and the doublings come back.

use super::{
    limbs::Limbs,
    point::{Affine, Extended, Jacobian, to_affine},
    recode,
};
use std::sync::LazyLock;

/// The shape of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) width: usize,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
}

impl Shape {
    /// For verification, the generator: 26 additions, 832 KiB.
    pub(crate) const GENERATOR: Self = Self { width: 10, rows: 1, columns: 26 };
    /// For signing, the generator: 52 additions, 52 KiB scanned whole.
    pub(crate) const SIGNING: Self = Self { width: 5, rows: 1, columns: 52 };
    /// For a key seen twice: 30 doublings and 52 additions, 7 KiB.
    pub(crate) const SMALL: Self = Self { width: 5, rows: 7, columns: 8 };
    /// For a key that stays hot: 37 additions, 148 KiB.
    pub(crate) const LARGE: Self = Self { width: 7, rows: 1, columns: 37 };

    /// Entries a column has.
    pub(crate) const fn height(self) -> usize {
        1 << (self.width - 1)
    }

    /// Octets a table of this shape takes.
    pub(crate) const fn octets(self) -> usize {
        self.columns * self.height() * size_of::<Affine>()
    }
}

/// The most columns of any shape.
const MOST_COLUMNS: usize = 52;

/// A table of multiples of one point.
pub(crate) struct Table {
    shape: Shape,
    points: Box<[Affine]>,
}

impl Table {
    /// Builds the table of `base`: two inversions, and per entry one addition.
    pub(crate) fn build(base: &Affine, shape: Shape) -> Self {
        let mut heads = Vec::with_capacity(shape.columns);
        let mut head = Jacobian::from(*base);
        for column in 0..shape.columns {
            heads.push(head);
            if column + 1 < shape.columns {
                for _ in 0..shape.width * shape.rows {
                    head = head.double();
                }
            }
        }
        let mut multiples: Vec<Jacobian> = Vec::with_capacity(shape.columns * shape.height());
        for head in to_affine(&heads) {
            let first = multiples.len();
            multiples.push(head.into());
            for n in 2..=shape.height() {
                // an even multiple is twice the half of it; doubling is cheaper
                let next = if n % 2 == 0 {
                    multiples[first + n / 2 - 1].double()
                } else {
                    multiples[first + n - 2].add_affine(&head, false)
                };
                multiples.push(next);
            }
        }
        Self { shape, points: to_affine(&multiples).into_boxed_slice() }
    }

    /// From points computed elsewhere, column after column.
    #[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
    pub(crate) fn from_points(shape: Shape, points: Vec<Affine>) -> Self {
        debug_assert_eq!(points.len(), shape.columns * shape.height());
        Self { shape, points: points.into_boxed_slice() }
    }

    pub(crate) const fn shape(&self) -> Shape {
        self.shape
    }

    pub(crate) const fn points(&self) -> &[Affine] {
        &self.points
    }

    /// k * P, in the form that goes on adding.
    #[inline(always)]
    pub(crate) fn multiply(&self, k: &Limbs) -> Extended {
        let Shape { width, rows, .. } = self.shape;
        let mut sum = Jacobian::INFINITY;
        for row in (1..rows).rev() {
            let (picked, count) = self.pick(k, row);
            for (entry, negate) in &picked[..count] {
                sum = sum.add_affine(entry, *negate);
            }
            for _ in 0..width {
                sum = sum.double();
            }
        }
        self.add_lowest_row(sum.into(), k)
    }

    /// start + the lowest row of k * P: all of k * P for a table of one row.
    #[inline(always)]
    pub(crate) fn add_lowest_row(&self, start: Extended, k: &Limbs) -> Extended {
        let (picked, count) = self.pick(k, 0);
        let mut sum = start;
        for (entry, negate) in &picked[..count] {
            sum = sum.add_affine(entry, *negate);
        }
        sum
    }

    /// The entries that a row adds. All are fetched before the first is used:
    /// the waiting for memory overlaps.
    #[inline(always)]
    fn pick(&self, k: &Limbs, row: usize) -> ([(Affine, bool); MOST_COLUMNS], usize) {
        let Shape { width, rows, columns } = self.shape;
        let mut picked = [(Affine::ANY, false); MOST_COLUMNS];
        let mut count = 0;
        for (column, entries) in
            self.points.chunks_exact(self.shape.height()).enumerate().take(columns.min(MOST_COLUMNS))
        {
            let digit = recode::window(k, column * rows + row, width);
            if digit != 0 {
                picked[count] = (entries[digit.unsigned_abs() as usize - 1], digit < 0);
                count += 1;
            }
        }
        (picked, count)
    }
}

/// The generator's table for verification, made at first use.
pub(crate) fn generator() -> &'static Table {
    static TABLE: LazyLock<Table> = LazyLock::new(|| Table::build(&Affine::generator(), Shape::GENERATOR));
    &TABLE
}

/// The generator's table for signing, made at first use.
pub(crate) fn signing() -> &'static Table {
    static TABLE: LazyLock<Table> = LazyLock::new(|| Table::build(&Affine::generator(), Shape::SIGNING));
    &TABLE
}
