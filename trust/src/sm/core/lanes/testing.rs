//! The lanes' own operations, opened to the tests.

use super::{
    field::{self, Fe8},
    point, words,
};
use crate::sm::core::{cpu, field::Fe, limbs::Limbs, point::Affine, tables::Shape};

/// Every operation on eight pairs of numbers below p, against `field::Fe`.
pub(crate) fn compare(a: &[Limbs; 8], b: &[Limbs; 8]) {
    assert!(cpu::has_ifma());
    #[expect(unsafe_code, reason = "has_ifma was asserted")]
    let found = unsafe { operations(a, b) };
    for lane in 0..8 {
        let (x, y) = (Fe::from_plain(&a[lane]), Fe::from_plain(&b[lane]));
        let expected = [
            x,
            x.mul(&y),
            x.square(),
            x.add(&y),
            x.sub(&y),
            y.neg(),
            x.sub(&y).mul(&x.add(&y)).sub(&x.square().double()),
            x.invert(),
        ];
        for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
            assert_eq!(found.0[lane], expected, "operation {at}, {:x?}, {:x?}", a[lane], b[lane]);
            assert_eq!(found.1 >> lane & 1 == 1, expected.is_zero(), "zero test {at}");
        }
    }
}

/// Results in lane order, and which are zero.
#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
fn operations(a: &[Limbs; 8], b: &[Limbs; 8]) -> [([Fe; 8], u8); 8] {
    let (x, y) = (point::load_plain(a), point::load_plain(b));
    let (sum, difference) = (field::add(&x, &y), field::sub(&x, &y));
    let mixed = field::settle(&field::raw_sub(&field::mul(&difference, &sum), &field::raw_double(&field::square(&x))));
    let negative = field::settle(&field::raw_negate(0xFF, &y));
    [x, field::mul(&x, &y), field::square(&x), sum, difference, negative, mixed, field::invert(&x)]
        .map(|value| (out(&value), field::zero_lanes(&value)))
}

#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
fn out(value: &Fe8) -> [Fe; 8] {
    let words = field::to_words(&field::mul(value, &field::constant(&field::TO_FE))).map(|word| words::store(word));
    core::array::from_fn(|lane| Fe::raw([words[0][lane], words[1][lane], words[2][lane], words[3][lane]]))
}

/// The tables of eight points.
pub(crate) fn tables(points: &[Affine; 8], shape: Shape) -> [Vec<Affine>; 8] {
    assert!(cpu::has_ifma());
    #[expect(unsafe_code, reason = "has_ifma was asserted")]
    unsafe {
        point::build_tables(&points.each_ref(), shape)
    }
}
