//! Multiples of points: every table shape and the path without a table,
//! against RustCrypto.

use super::{Dice, oracle, rounds};
use crate::sm::core::{
    limbs::Limbs,
    point::{Affine, Extended, Jacobian, to_affine},
    recode,
    scalar::N,
    tables::{self, Shape, Table},
    verify::multiply,
};

fn octets(point: &Jacobian) -> Option<[u8; 64]> {
    (!point.is_infinity()).then(|| to_affine(&[*point])[0].to_octets())
}

fn scalars(dice: &mut Dice, count: usize) -> Vec<Limbs> {
    let mut out = vec![[0; 4], [1, 0, 0, 0], [2, 0, 0, 0]];
    out.extend((0..count).map(|_| dice.number(&N)));
    out.extend((0..count).map(|_| dice.edge_below(&N)));
    out
}

#[test]
fn multiples_of_a_point_are_the_oracles() {
    let mut dice = Dice(11);
    let base = oracle::generator_times(&dice.number(&N));
    let point = oracle::affine(&oracle::sec1(&base).expect("not infinity"));
    let tables = [Shape::SMALL, Shape::LARGE].map(|shape| Table::build(&point, shape));
    for k in scalars(&mut dice, rounds(300, 20_000)) {
        let expected = oracle::sec1(&(base * oracle::scalar(&k))).map(|sec1| sec1[1..].to_vec());
        assert_eq!(octets(&multiply(&point, &k)).map(Vec::from), expected, "no table, {k:x?}");
        for table in &tables {
            let product = table.multiply(&k).to_jacobian();
            assert_eq!(octets(&product).map(Vec::from), expected, "{:?}, {k:x?}", table.shape());
        }
    }
}

#[test]
fn multiples_of_the_generator_are_the_oracles() {
    let mut dice = Dice(12);
    for k in scalars(&mut dice, rounds(500, 20_000)) {
        let expected = oracle::sec1(&oracle::generator_times(&k)).map(|sec1| sec1[1..].to_vec());
        for table in [tables::generator(), tables::signing()] {
            assert_eq!(octets(&table.multiply(&k).to_jacobian()).map(Vec::from), expected, "{k:x?}");
        }
    }
}

#[test]
fn equal_and_opposite_points_are_added() {
    let g = Affine::generator();
    let one = Jacobian::from(g);
    let two = one.double();
    assert_eq!(octets(&one.add_affine(&g, false)), octets(&two));
    assert!(one.add_affine(&g, true).is_infinity());
    assert_eq!(octets(&Jacobian::INFINITY.add_affine(&g, true).add_affine(&g, false)), None);
    assert_eq!(octets(&two.add_affine(&g, true)), octets(&one));
    let prepared = two.prepare();
    let four = two.double();
    assert_eq!(octets(&two.add_prepared(&prepared, false)), octets(&four));
    assert!(two.add_prepared(&prepared, true).is_infinity());
    assert_eq!(octets(&Jacobian::INFINITY.add_prepared(&prepared, false)), octets(&two));
    assert_eq!(octets(&four.add_prepared(&prepared, true)), octets(&two));
    assert!(Jacobian::INFINITY.double().is_infinity());

    let extended = Extended::from(one);
    let twice = extended.add_affine(&g, false);
    assert_eq!(octets(&twice.to_jacobian()), octets(&two));
    assert_eq!(octets(&twice.add_affine(&g, false).to_jacobian()), octets(&two.add_affine(&g, false)));
    assert!(extended.add_affine(&g, true).is_infinity());
    assert_eq!(octets(&extended.add_affine(&g, true).add_affine(&g, false).to_jacobian()), octets(&one));
    assert_eq!(octets(&Extended::from(two).add_affine(&g, true).to_jacobian()), octets(&one));
}

#[test]
fn digits_sum_up_to_the_scalar() {
    let mut dice = Dice(13);
    for _ in 0..rounds(2_000, 100_000) {
        let k = dice.edge();
        for width in [5, 7, 10] {
            let windows = 257usize.div_ceil(width);
            let digits = (0..windows).map(|i| (i * width, recode::window(&k, i, width)));
            let limit = 1 << (width - 1);
            assert!(digits.clone().all(|(_, digit)| digit.abs() <= limit));
            assert_eq!(sum(digits), k, "width {width}");
        }
        let (digits, length) = recode::sparse(&k);
        assert!(digits[..length].iter().all(|digit| *digit == 0 || digit % 2 != 0 && digit.abs() < 16));
        assert_eq!(sum(digits[..length].iter().enumerate().map(|(at, digit)| (at, i32::from(*digit)))), k);
    }
}

/// The sum of digit * 2^at, mod 2^320 cut to 2^256 (the sums are below).
fn sum(digits: impl Iterator<Item = (usize, i32)>) -> Limbs {
    let mut total = [0i128; 9]; // 32-bit places
    for (at, digit) in digits {
        total[at / 32] += i128::from(digit) << (at % 32);
    }
    let mut carry = 0;
    let places = total.map(|place| {
        let value = place + carry;
        carry = value >> 32;
        (value & 0xFFFF_FFFF) as u64
    });
    assert_eq!((places[8], carry), (0, 0));
    [0, 1, 2, 3].map(|i| places[2 * i] | places[2 * i + 1] << 32)
}

#[test]
fn keys_off_the_curve_are_refused() {
    let good = Affine::generator().to_octets();
    let (mut x, mut y) = ([0; 32], [0; 32]);
    x.copy_from_slice(&good[..32]);
    y.copy_from_slice(&good[32..]);
    assert_eq!(Affine::from_octets(&x, &y), Some(Affine::generator()));
    for bit in 0..256 {
        let mut other = y;
        other[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(Affine::from_octets(&x, &other), None);
    }
    assert_eq!(Affine::from_octets(&[0; 32], &[0; 32]), None);
    // x + p is the same number mod p and still refused
    assert_eq!(Affine::from_octets(&[0xFF; 32], &y), None);
}
