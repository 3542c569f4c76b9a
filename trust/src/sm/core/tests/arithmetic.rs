//! Field and scalars: every operation against fiat-crypto.

use super::{Dice, rounds};
use crate::sm::core::{
    field::{Fe, P, Public, Secret, Timing},
    limbs::{self, Limbs},
    scalar::{self, N, SecretScalar},
};
use fiat_crypto::{sm2_64 as fp, sm2_scalar_64 as fs};

type Fp = fp::fiat_sm2_montgomery_domain_field_element;
type Fs = fs::fiat_sm2_scalar_montgomery_domain_field_element;

fn fiat(f: impl Fn(&mut Fp)) -> Limbs {
    let mut out = fp::fiat_sm2_montgomery_domain_field_element([0; 4]);
    f(&mut out);
    out.0
}

fn fiat_scalar(f: impl Fn(&mut Fs)) -> Limbs {
    let mut out = fs::fiat_sm2_scalar_montgomery_domain_field_element([0; 4]);
    f(&mut out);
    out.0
}

fn at(a: &Limbs) -> Fp {
    fp::fiat_sm2_montgomery_domain_field_element(*a)
}

/// The value below p of a Montgomery form that may not be.
fn settled<T: Timing>(a: Fe<T>) -> Limbs {
    let limbs = *a.limbs();
    if limbs::less(&limbs, &P) { limbs } else { limbs::sub(&limbs, &P).0 }
}

fn compare<T: Timing>(a: &Limbs, b: &Limbs) {
    let (x, y) = (Fe::<T>::raw(*a), Fe::<T>::raw(*b));
    let (fa, fb) = (at(&settled(x)), at(&settled(y)));
    assert_eq!(settled(x.add(&y)), fiat(|out| fp::fiat_sm2_add(out, &fa, &fb)), "{a:x?} + {b:x?}");
    assert_eq!(settled(x.sub(&y)), fiat(|out| fp::fiat_sm2_sub(out, &fa, &fb)), "{a:x?} - {b:x?}");
    assert_eq!(settled(x.mul(&y)), fiat(|out| fp::fiat_sm2_mul(out, &fa, &fb)), "{a:x?} * {b:x?}");
    assert_eq!(settled(x.square()), fiat(|out| fp::fiat_sm2_square(out, &fa)), "{a:x?} squared");
    assert_eq!(settled(x.neg()), fiat(|out| fp::fiat_sm2_opp(out, &fa)), "-{a:x?}");
    assert_eq!(settled(x.double()), settled(x.add(&x)), "2 {a:x?}");
    let mut plain = fp::fiat_sm2_non_montgomery_domain_field_element([0; 4]);
    fp::fiat_sm2_from_montgomery(&mut plain, &fa);
    assert_eq!(settled(Fe::<T>::raw(x.to_plain())), plain.0, "plain {a:x?}");
}

#[test]
fn the_field_is_the_verified_field() {
    let mut dice = Dice(1);
    for _ in 0..rounds(20_000, 1_000_000) {
        compare::<Public>(&dice.number(&P), &dice.number(&P));
        compare::<Secret>(&dice.any(), &dice.any());
    }
    for _ in 0..rounds(20_000, 100_000) {
        compare::<Public>(&dice.edge_below(&P), &dice.edge_below(&P));
        compare::<Secret>(&dice.edge(), &dice.edge());
    }
}

#[test]
fn public_results_are_below_p() {
    let mut dice = Dice(2);
    for _ in 0..rounds(20_000, 100_000) {
        let (a, b) = (Fe::<Public>::raw(dice.edge_below(&P)), Fe::<Public>::raw(dice.edge_below(&P)));
        for result in [a.add(&b), a.sub(&b), a.mul(&b), a.square(), a.half(), a.neg(), a.negate_if(true)] {
            assert!(limbs::less(result.limbs(), &P), "{a:x?} {b:x?}");
        }
        assert_eq!(a.half().double(), a);
        assert_eq!(a.negate_if(true).add(&a), Fe::ZERO);
        assert_eq!(a.negate_if(false), a);
    }
}

#[test]
fn the_inverse_times_the_number_is_one() {
    let mut dice = Dice(3);
    for _ in 0..rounds(500, 10_000) {
        let a = dice.edge_below(&P);
        let x = Fe::<Public>::raw(a);
        let expected = if x.is_zero() { Fe::ZERO } else { Fe::ONE };
        assert_eq!(x.invert().mul(&x), expected);
        assert_eq!(settled(Fe::<Secret>::raw(a).invert()), *x.invert().limbs());
    }
}

#[test]
fn the_unique_form_is_below_p() {
    let mut dice = Dice(4);
    for _ in 0..rounds(5_000, 100_000) {
        let plain = dice.edge_below(&P);
        assert_eq!(Fe::<Secret>::from_plain(&plain).to_unique(), plain);
        let any = Fe::<Secret>::raw(dice.edge());
        assert_eq!(any.to_unique(), Fe::<Public>::raw(settled(any)).to_plain());
    }
}

#[test]
fn scalars_are_the_verified_scalars() {
    let mut dice = Dice(5);
    let at = |a: &Limbs| fs::fiat_sm2_scalar_montgomery_domain_field_element(*a);
    for round in 0..rounds(40_000, 1_100_000) {
        let (a, b) = if round % 2 == 0 {
            (dice.number(&N), dice.number(&N))
        } else {
            (dice.edge_below(&N), dice.edge_below(&N))
        };
        let (x, y) = (SecretScalar::from_limbs(&a), SecretScalar::from_limbs(&b));
        let (fa, fb) = (at(&a), at(&b));
        let sum = fiat_scalar(|out| fs::fiat_sm2_scalar_add(out, &fa, &fb));
        let difference = fiat_scalar(|out| fs::fiat_sm2_scalar_sub(out, &fa, &fb));
        assert_eq!((*x.add(&y).limbs(), scalar::public_add(&a, &b)), (sum, sum), "{a:x?} + {b:x?}");
        assert_eq!((*x.sub(&y).limbs(), scalar::public_sub(&a, &b)), (difference, difference), "{a:x?} - {b:x?}");
        assert_eq!(*x.mul_prepared(&y).limbs(), fiat_scalar(|out| fs::fiat_sm2_scalar_mul(out, &fa, &fb)));
        let mut prepared = at(&[0; 4]);
        fs::fiat_sm2_scalar_to_montgomery(&mut prepared, &fs::fiat_sm2_scalar_non_montgomery_domain_field_element(a));
        assert_eq!(*x.prepared().limbs(), prepared.0);
    }
}

#[test]
fn wide_numbers_and_numbers_above_n_are_reduced() {
    let mut dice = Dice(6);
    for _ in 0..rounds(5_000, 100_000) {
        let (high, low) = (dice.edge(), dice.edge());
        let above = if limbs::less(&low, &N) { low } else { limbs::sub(&low, &N).0 };
        assert_eq!(*SecretScalar::from_limbs(&low).limbs(), above);
        assert_eq!(
            scalar::public_sub(&[0; 4], &low),
            *SecretScalar::from_limbs(&[0; 4]).sub(&SecretScalar::from_limbs(&low)).limbs()
        );
        // 2^256 mod n is the prepared form of 1
        let shifted = SecretScalar::from_limbs(&high).mul_prepared(&SecretScalar::ONE.prepared().prepared());
        let expected = shifted.add(&SecretScalar::from_limbs(&low));
        assert_eq!(SecretScalar::from_wide(&limbs::to_be(&high), &limbs::to_be(&low)).limbs(), expected.limbs());
    }
    for _ in 0..rounds(50, 1_000) {
        let a = SecretScalar::from_limbs(&dice.number(&N));
        assert_eq!(*a.mul_prepared(&a.invert_prepared()).limbs(), [1, 0, 0, 0]);
    }
}

#[test]
fn octets_go_in_and_out() {
    let mut dice = Dice(7);
    for _ in 0..1_000 {
        let a = dice.edge();
        assert_eq!(limbs::from_be(&limbs::to_be(&a)), a);
    }
}
