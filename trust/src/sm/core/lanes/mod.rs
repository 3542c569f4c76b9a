//! Eight verifications in step with AVX-512-IFMA (`batch` step 3).
//!
//! 1. Keys without a table get one, eight keys at a time: the small one where
//!    a key has several claims, else the narrow one of a single column.
//! 2. Claims whose keys have tables of the same shape go eight at a time:
//!    sum = offset + t P + s G by table look-ups, doublings between the rows.
//! 3. The offset keeps sums away from infinity; it is subtracted at the end.
//! 4. A lane that met equal or opposite points ends with z = 0, and a lane
//!    whose x0 does not fit may still have a second x: `verify::check`
//!    decides both kinds, so that the lanes never refuse on their own doubt.

mod field;
mod point;
mod words;

#[cfg(test)]
pub(crate) mod testing;

use super::{
    batch::{self, Key},
    cache::KeyCache,
    limbs::Limbs,
    point::Affine,
    recode,
    tables::{self, Shape, Table},
    verify::Numbers,
};
use std::sync::{Arc, LazyLock};

/// Claims in step.
pub(crate) const LANES: usize = 8;

/// A key of one claim: all windows in one column, 16 entries.
const NARROW: Shape = Shape { width: 5, rows: 52, columns: 1 };

/// For each claim, whether it holds. Asks for AVX-512-IFMA first
/// (`cpu::has_ifma`).
pub(crate) fn verify(
    keys: &mut [Key<'_>],
    key_of: &[usize],
    numbers: &[Option<Numbers>],
    cache: &KeyCache,
) -> Vec<bool> {
    assert!(super::cpu::has_ifma(), "lanes need AVX-512-IFMA");
    provide_tables(keys, cache);
    let mut out = vec![false; key_of.len()];
    for shape in [Shape::LARGE, Shape::SMALL, NARROW] {
        let fits = |key: usize| keys[key].table.as_ref().is_some_and(|table| table.shape() == shape);
        let jobs: Vec<Job<'_>> = key_of
            .iter()
            .zip(numbers)
            .enumerate()
            .filter_map(|(at, (&key, numbers))| Some((at, key, numbers.as_ref()?)))
            .filter(|&(_, key, _)| fits(key))
            .filter_map(|(at, key, numbers)| Some(Job { at, key, numbers, table: keys[key].table.as_deref()? }))
            .collect();
        for jobs in jobs.chunks(LANES) {
            #[expect(unsafe_code, reason = "has_ifma was asserted above")]
            let holds = unsafe { eight(jobs, shape) };
            for (job, holds) in jobs.iter().zip(holds) {
                out[job.at] = match holds {
                    Some(holds) => holds,
                    None => batch::one(&keys[job.key], Some(job.numbers)),
                };
            }
        }
    }
    out
}

/// One claim in a lane.
struct Job<'a> {
    at: usize,
    key: usize,
    numbers: &'a Numbers,
    table: &'a Table,
}

fn provide_tables(keys: &mut [Key<'_>], cache: &KeyCache) {
    for key in keys.iter_mut() {
        key.table = cache.existing(key.octets, key.claims);
    }
    for shape in [Shape::SMALL, NARROW] {
        let mut without: Vec<&mut Key<'_>> =
            keys.iter_mut().filter(|key| key.table.is_none() && (key.claims > 1) == (shape == Shape::SMALL)).collect();
        for keys in without.chunks_mut(LANES) {
            let points: [&Affine; LANES] = std::array::from_fn(|lane| keys[lane.min(keys.len() - 1)].point);
            #[expect(unsafe_code, reason = "has_ifma was asserted by the caller")]
            let tables = unsafe { point::build_tables(&points, shape) };
            for (key, points) in keys.iter_mut().zip(tables) {
                let table = Arc::new(Table::from_points(shape, points));
                cache.note(key.octets, key.claims, (shape == Shape::SMALL).then_some(&table));
                key.table = Some(table);
            }
        }
    }
}

/// Up to eight claims; `None` where a lane cannot tell.
#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
fn eight(jobs: &[Job<'_>], shape: Shape) -> [Option<bool>; LANES] {
    // lanes without a claim repeat the last one
    let job: [&Job<'_>; LANES] = std::array::from_fn(|lane| &jobs[lane.min(jobs.len() - 1)]);
    let (start, end) = offset(shape);
    let mut sum = point::everywhere(start);

    for row in (0..shape.rows).rev() {
        if row + 1 != shape.rows {
            for _ in 0..shape.width {
                sum = point::double(&sum);
            }
        }
        for column in 0..shape.columns {
            let window = column * shape.rows + row;
            let digits = job.map(|job| recode::window(&job.numbers.t, window, shape.width));
            let entry = |lane: usize| entry(job[lane].table, column, digits[lane]);
            sum = add_digits(&sum, &digits, &std::array::from_fn(entry));
        }
    }
    let generator = tables::generator();
    for column in 0..Shape::GENERATOR.columns {
        let digits = job.map(|job| recode::window(&job.numbers.s, column, Shape::GENERATOR.width));
        let entry = |lane: usize| entry(generator, column, digits[lane]);
        sum = add_digits(&sum, &digits, &std::array::from_fn(entry));
    }
    sum = add_digits(&sum, &[1; LANES], &[end; LANES]);

    let x0: [Limbs; LANES] = job.map(|job| job.numbers.x0);
    let zz = field::square(&sum.z);
    let unknown = field::zero_lanes(&field::settle(&sum.z));
    let same = field::zero_lanes(&field::sub(&field::mul(&point::load_plain(&x0), &zz), &sum.x));
    std::array::from_fn(|lane| {
        let bit = |mask: u8| mask >> lane & 1 == 1;
        let doubtful = bit(unknown) || (!bit(same) && job[lane].numbers.second_x().is_some());
        (!doubtful).then(|| bit(same))
    })
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
fn add_digits(sum: &point::Jacobian8, digits: &[i32; LANES], entries: &[&Affine; LANES]) -> point::Jacobian8 {
    let bits = |test: fn(i32) -> bool| {
        digits.iter().enumerate().fold(0u8, |mask, (lane, digit)| mask | u8::from(test(*digit)) << lane)
    };
    point::add_entries(sum, &point::gather(entries), bits(|digit| digit != 0), bits(|digit| digit < 0))
}

/// The entry for a digit; for 0 the first one, which is then not used.
#[inline(always)]
fn entry(table: &Table, column: usize, digit: i32) -> &Affine {
    let at = (digit.unsigned_abs() as usize).max(1) - 1;
    &table.points()[column * table.shape().height() + at]
}

/// Start and end of the sums of a shape.
fn offset(shape: Shape) -> (&'static Affine, &'static Affine) {
    type Offset = LazyLock<(Affine, Affine)>;
    const fn doublings(shape: Shape) -> usize {
        shape.width * (shape.rows - 1)
    }
    static LARGE: Offset = LazyLock::new(|| point::offset(doublings(Shape::LARGE)));
    static SMALL: Offset = LazyLock::new(|| point::offset(doublings(Shape::SMALL)));
    static ONCE: Offset = LazyLock::new(|| point::offset(doublings(NARROW)));
    let (start, end) = match shape.rows {
        1 => &*LARGE,
        7 => &*SMALL,
        _ => &*ONCE,
    };
    (start, end)
}
