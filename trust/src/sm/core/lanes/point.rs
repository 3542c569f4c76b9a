//! Eight points in step, by the formulas of `point` without their branches:
//! a sum of equal or opposite points gives z = 0, and z = 0 it stays, so that
//! the caller sees at the end which lanes know nothing.

use super::{
    field::{self, Fe8, add, blend, mul, raw_add, raw_double, raw_negate, raw_sub, settle, square, sub},
    words,
};
use crate::sm::core::{field::Fe, limbs::Limbs, point::Affine, tables::Shape};
use core::arch::x86_64::__mmask8;

/// Eight points as (x / z^2, y / z^3).
#[derive(Clone, Copy)]
pub(super) struct Jacobian8 {
    pub(super) x: Fe8,
    pub(super) y: Fe8,
    pub(super) z: Fe8,
}

/// Eight affine points.
#[derive(Clone, Copy)]
pub(super) struct Affine8 {
    pub(super) x: Fe8,
    pub(super) y: Fe8,
}

/// Table entries as they lie in memory: x * 2^256, which here reads as x / 16.
#[derive(Clone, Copy)]
pub(super) struct Entries {
    x: Fe8,
    y: Fe8,
}

/// 2 * a.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
pub(super) fn double(a: &Jacobian8) -> Jacobian8 {
    let zz = square(&a.z);
    let m = mul(&add(&a.x, &zz), &sub(&a.x, &zz));
    let m = settle(&raw_add(&raw_double(&m), &m));
    let y2 = settle(&raw_double(&a.y));
    let z = mul(&y2, &a.z);
    let yy4 = square(&y2);
    let s = mul(&yy4, &a.x);
    let x = settle(&raw_sub(&square(&m), &raw_double(&s)));
    // 8 y^4 = 2 (2 y^2)^2, and 2 y^2 = y2 * y
    let yyyy4 = square(&mul(&y2, &a.y));
    let y = settle(&raw_sub(&mul(&m, &sub(&s, &x)), &raw_double(&yyyy4)));
    Jacobian8 { x, y, z }
}

/// a + b.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
pub(super) fn add_affine(a: &Jacobian8, b: &Affine8) -> Jacobian8 {
    let zz = square(&a.z);
    let h = sub(&mul(&b.x, &zz), &a.x);
    let r = sub(&mul(&b.y, &mul(&a.z, &zz)), &a.y);
    finish_add(a, &h, &r)
}

/// a + b in the lanes of `wanted`, with -b in those of `negative`; a elsewhere.
///
/// b reads as (x / 16, y / 16): with (4 z)^2 = 16 z^2 in place of z^2 both
/// come right, x * 16 z^2 / 16 and y * z * 16 z^2 / 16.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
pub(super) fn add_entries(a: &Jacobian8, b: &Entries, wanted: __mmask8, negative: __mmask8) -> Jacobian8 {
    let z4 = settle(&raw_double(&raw_double(&a.z)));
    let zz16 = square(&z4);
    let h = sub(&mul(&b.x, &zz16), &a.x);
    let r = settle(&raw_sub(&raw_negate(negative, &mul(&b.y, &mul(&a.z, &zz16))), &a.y));
    let sum = finish_add(a, &h, &r);
    Jacobian8 { x: blend(wanted, &a.x, &sum.x), y: blend(wanted, &a.y, &sum.y), z: blend(wanted, &a.z, &sum.z) }
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
fn finish_add(a: &Jacobian8, h: &Fe8, r: &Fe8) -> Jacobian8 {
    let hh = square(h);
    let hhh = mul(h, &hh);
    let v = mul(&a.x, &hh);
    let x = settle(&raw_sub(&raw_sub(&square(r), &hhh), &raw_double(&v)));
    let y = sub(&mul(r, &sub(&v, &x)), &mul(&a.y, &hhh));
    Jacobian8 { x, y, z: mul(&a.z, h) }
}

/// Eight entries of tables.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
pub(super) fn gather(points: &[&Affine; 8]) -> Entries {
    let row = |at: usize| {
        let (x, y) = (points[at].x.limbs(), points[at].y.limbs());
        words::load(&[x[0], x[1], x[2], x[3], y[0], y[1], y[2], y[3]])
    };
    let rows = [row(0), row(1), row(2), row(3), row(4), row(5), row(6), row(7)];
    let [x0, x1, x2, x3, y0, y1, y2, y3] = words::transpose(&rows);
    Entries { x: field::from_words(&[x0, x1, x2, x3]), y: field::from_words(&[y0, y1, y2, y3]) }
}

/// Eight affine points of the public form.
#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
pub(super) fn load_affine(points: &[&Affine; 8]) -> Affine8 {
    let entries = gather(points);
    let convert = field::constant(&field::FROM_FE);
    Affine8 { x: mul(&entries.x, &convert), y: mul(&entries.y, &convert) }
}

/// Eight plain numbers.
#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
pub(super) fn load_plain(numbers: &[Limbs; 8]) -> Fe8 {
    let word = |i: usize| words::load(&numbers.map(|n| n[i]));
    mul(&field::from_words(&[word(0), word(1), word(2), word(3)]), &field::constant(&field::FROM_PLAIN))
}

/// The public form of eight affine points.
#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
pub(super) fn store_affine(a: &Affine8) -> [Affine; 8] {
    let convert = field::constant(&field::TO_FE);
    let x = field::to_words(&mul(&a.x, &convert)).map(|word| words::store(word));
    let y = field::to_words(&mul(&a.y, &convert)).map(|word| words::store(word));
    core::array::from_fn(|lane| Affine {
        x: Fe::raw([x[0][lane], x[1][lane], x[2][lane], x[3][lane]]),
        y: Fe::raw([y[0][lane], y[1][lane], y[2][lane], y[3][lane]]),
    })
}

/// The affine form of points none of which is infinity: one inversion.
#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
pub(super) fn to_affine(points: &[Jacobian8]) -> Vec<Affine8> {
    let mut running = field::constant(&field::ONE);
    let mut before = Vec::with_capacity(points.len());
    for point in points {
        before.push(running);
        running = mul(&running, &point.z);
    }
    let mut inverse = field::invert(&running);
    let mut out = Vec::with_capacity(points.len());
    for (point, before) in points.iter().zip(&before).rev() {
        let z = mul(&inverse, before);
        inverse = mul(&inverse, &point.z);
        let zz = square(&z);
        out.push(Affine8 { x: mul(&point.x, &zz), y: mul(&point.y, &mul(&zz, &z)) });
    }
    out.reverse();
    out
}

/// Builds the tables of eight keys, `tables::Table::build` in step.
#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
pub(super) fn build_tables(keys: &[&Affine; 8], shape: Shape) -> [Vec<Affine>; 8] {
    let base = load_affine(keys);
    let one = field::constant(&field::ONE);
    let mut head = Jacobian8 { x: base.x, y: base.y, z: one };
    let mut heads = Vec::with_capacity(shape.columns);
    for column in 0..shape.columns {
        heads.push(head);
        if column + 1 < shape.columns {
            for _ in 0..shape.width * shape.rows {
                head = double(&head);
            }
        }
    }
    let mut multiples: Vec<Jacobian8> = Vec::with_capacity(shape.columns * shape.height());
    let heads = if shape.columns == 1 { vec![base] } else { to_affine(&heads) };
    for head in heads {
        let first = multiples.len();
        multiples.push(Jacobian8 { x: head.x, y: head.y, z: one });
        for n in 2..=shape.height() {
            // n is even: twice n/2; odd: n-1 and one more
            let next = if n % 2 == 0 {
                double(&multiples[first + n / 2 - 1])
            } else {
                add_affine(&multiples[first + n - 2], &head)
            };
            multiples.push(next);
        }
    }
    let mut out: [Vec<Affine>; 8] = core::array::from_fn(|_| Vec::with_capacity(multiples.len()));
    for entry in to_affine(&multiples) {
        for (table, point) in out.iter_mut().zip(store_affine(&entry)) {
            table.push(point);
        }
    }
    out
}

/// Eight times the same point.
#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
pub(super) fn everywhere(point: &Affine) -> Jacobian8 {
    let Affine8 { x, y } = load_affine(&[point; 8]);
    Jacobian8 { x, y, z: field::constant(&field::ONE) }
}

/// The point from which sums start instead of infinity, and what to add at the
/// end to be rid of it: -2^doublings times the point.
pub(super) fn offset(doublings: usize) -> (Affine, Affine) {
    const K: Limbs = [0x8A5C_D789_635D_2DFF, 0x1213_3EE5_8A5C_D789, 0x0123_4567_89AB_CDEF, 0x0F1E_2D3C_4B5A_6978];
    let start = crate::sm::core::tables::generator().multiply(&K).to_jacobian();
    let mut end = start;
    for _ in 0..doublings {
        end = end.double();
    }
    let affine = crate::sm::core::point::to_affine(&[start, end]);
    (affine[0], Affine { x: affine[1].x, y: affine[1].y.neg() })
}
