//! Verification against RustCrypto and `libsmx`, by every path: no table,
//! small, large, and many at once.

use super::{
    Dice,
    oracle::{self, Case},
    rounds,
};
use crate::sm::core::{
    batch::{self, Claim},
    cache::KeyCache,
    field::P,
    limbs::{self, Limbs},
    scalar::{self, N},
    sign::Signer,
    tables::{Shape, Table},
    verify::{self, KeyForm},
};
use ::sm2::Scalar;

/// What each path says of a case.
fn paths(case: &Case) -> [bool; 3] {
    let point = case.point();
    let (small, large) = (Table::build(&point, Shape::SMALL), Table::build(&point, Shape::LARGE));
    [KeyForm::Point(&point), KeyForm::Table(&small), KeyForm::Table(&large)]
        .map(|form| verify::verify(&case.e, &case.r, &case.s, form))
}

/// What the batch says of many cases.
fn together(cases: &[Case]) -> Vec<bool> {
    let points: Vec<_> = cases.iter().map(Case::point).collect();
    let claims: Vec<_> = cases
        .iter()
        .zip(&points)
        .map(|(case, point)| Claim { octets: case.octets(), point, e: &case.e, r: &case.r, s: &case.s })
        .collect();
    batch::verify(&claims, &KeyCache::new(0))
}

/// A case that holds for r and s given beforehand: e = r - x mod n.
fn chosen(d: &Limbs, r: &Limbs, s: &Limbs) -> Option<Case> {
    let key = oracle::generator_times(d);
    let (r_, s_) = (oracle::scalar(r), oracle::scalar(s));
    let x = oracle::x_of(&(oracle::generator_times(s) + key * (r_ + s_)))?;
    let e = scalar::public_sub(r, &x);
    let octets = limbs::to_be;
    Some(Case { key: oracle::sec1(&key)?, e: octets(&e), r: octets(r), s: octets(s) })
}

/// One change that should break the signature, or none.
fn damaged(case: &Case, dice: &mut Dice) -> Case {
    let mut out = case.clone();
    let (at, bit) = (dice.below(32), 1 << dice.below(8));
    match dice.below(8) {
        0 => out.e[at] ^= bit,
        1 => out.r[at] ^= bit,
        2 => out.s[at] ^= bit,
        3 => core::mem::swap(&mut out.r, &mut out.s),
        4 => out.s = limbs::to_be(&limbs::sub(&N, &limbs::from_be(&out.s)).0),
        5 => out.r = limbs::to_be(&dice.edge()),
        6 => out.s = limbs::to_be(&dice.edge()),
        _ => {}
    }
    out
}

#[test]
fn random_signatures_are_judged_as_the_oracle_does() {
    let mut dice = Dice(21);
    let signers: Vec<Signer> = (0..32).filter_map(|_| Signer::new(&dice.octets())).collect();
    let prepared: Vec<_> = signers
        .iter()
        .map(|signer| {
            let point = *signer.public();
            (point, Table::build(&point, Shape::SMALL), Table::build(&point, Shape::LARGE))
        })
        .collect();
    let mut cases = Vec::new();
    for round in 0..rounds(2_000, 1_000_000) {
        let which = dice.below(signers.len());
        let e = if round % 4 == 0 { limbs::to_be(&dice.edge()) } else { dice.octets() };
        let (r, s) = signers[which].sign(&e, &dice.octets()).expect("a signature");
        let (point, small, large) = &prepared[which];
        let mut key = [4; 65];
        key[1..].copy_from_slice(&point.to_octets());
        let case = damaged(&Case { key, e, r, s }, &mut dice);
        let expected = case.holds();
        let forms = [KeyForm::Point(point), KeyForm::Table(small), KeyForm::Table(large)];
        for form in forms {
            assert_eq!(verify::verify(&case.e, &case.r, &case.s, form), expected, "{case:?}");
        }
        cases.push((case, expected));
        if cases.len() == 200 {
            let (claims, expected): (Vec<_>, Vec<_>) = cases.drain(..).unzip();
            assert_eq!(together(&claims), expected);
        }
    }
}

#[test]
fn edge_signatures_are_judged_as_the_oracle_does() {
    let mut dice = Dice(22);
    let mut cases = Vec::new();
    let mut accepted = 0;
    for _ in 0..rounds(600, 100_000) {
        let d = dice.edge_below(&N);
        let (r, s) = (dice.edge_below(&N), dice.edge_below(&N));
        let Some(mut case) = chosen(&d, &r, &s) else { continue };
        // e and e + n are the same number mod n: both must be taken
        let (above, carry) = limbs::add(&limbs::from_be(&case.e), &N);
        if carry == 0 && dice.below(2) == 0 {
            case.e = limbs::to_be(&above);
        }
        for case in [damaged(&case, &mut dice), case] {
            let expected = case.holds();
            accepted += usize::from(expected);
            assert_eq!(paths(&case), [expected; 3], "{case:?}");
            cases.push((case, expected));
        }
        if cases.len() >= 200 {
            let (claims, expected): (Vec<_>, Vec<_>) = cases.drain(..).unzip();
            assert_eq!(together(&claims), expected);
        }
    }
    assert!(accepted > 100, "the edge cases that hold do hold");
}

/// x of the sum in n..p-1: accepted with r = e + x - n. Such an x is met once
/// in 2^32 signatures, so the key is made from the point: P = (R - sG) / t.
#[test]
fn an_x_above_n_is_taken() {
    let mut dice = Dice(23);
    let mut cases = Vec::new();
    let mut x = N;
    while cases.len() < rounds(24, 2_000) {
        x = limbs::add(&x, &[1 + dice.word() % 1_000_000, 0, 0, 0]).0;
        assert!(limbs::less(&x, &P));
        let Some(sum) = oracle::with_x(&x) else { continue };
        let (e, s) = (dice.edge(), dice.number(&N));
        let r = scalar::public_add(&limbs::sub(&x, &N).0, &scalar::public_sub(&e_mod_n(&e), &[0; 4]));
        let t = scalar::public_add(&r, &s);
        if limbs::is_zero(&r) || limbs::is_zero(&s) || limbs::is_zero(&t) {
            continue;
        }
        let inverse: Scalar = Option::from(oracle::scalar(&t).invert()).expect("t is not zero");
        let Some(key) = oracle::sec1(&((sum - oracle::generator_times(&s)) * inverse)) else { continue };
        let case = Case { key, e: limbs::to_be(&e), r: limbs::to_be(&r), s: limbs::to_be(&s) };
        assert_eq!(paths(&case), [true; 3], "{case:?}");
        assert!(case.holds());
        cases.push(case);
    }
    assert_eq!(together(&cases), vec![true; cases.len()]);
}

fn e_mod_n(e: &Limbs) -> Limbs {
    if limbs::less(e, &N) { *e } else { limbs::sub(e, &N).0 }
}

/// s G + t P at infinity: refused, whatever e is.
#[test]
fn a_sum_at_infinity_is_refused() {
    let mut dice = Dice(24);
    let mut cases = Vec::new();
    for _ in 0..rounds(20, 1_000) {
        // t d = -s: choose d and t, then s = -t d and r = t - s
        let (d, t) = (dice.number(&N), dice.number(&N));
        let product = oracle::scalar(&t) * oracle::scalar(&d);
        let octets: [u8; 32] = product.to_bytes().into();
        let s = scalar::public_sub(&[0; 4], &limbs::from_be(&octets));
        let r = scalar::public_sub(&t, &s);
        let key = oracle::sec1(&oracle::generator_times(&d)).expect("not infinity");
        for e in [r, [0; 4], dice.any()] {
            cases.push(Case { key, e: limbs::to_be(&e), r: limbs::to_be(&r), s: limbs::to_be(&s) });
        }
    }
    for case in &cases {
        assert_eq!(paths(case), [false; 3], "{case:?}");
        assert!(!case.holds());
    }
    assert_eq!(together(&cases), vec![false; cases.len()]);
}

/// Sums that meet equal points on the way: keys d = 1, 2, n - 1, powers of two.
#[test]
fn keys_near_the_generator_are_verified() {
    let mut dice = Dice(25);
    let mut cases = Vec::new();
    let mut keys = vec![[1, 0, 0, 0], [2, 0, 0, 0], limbs::sub(&N, &[2, 0, 0, 0]).0];
    keys.extend((1..256).step_by(5).map(|bit| {
        let mut d = [0; 4];
        d[bit / 64] = 1 << (bit % 64);
        d
    }));
    for d in keys.into_iter().filter(|d| limbs::less(d, &N)) {
        let signer = Signer::new(&limbs::to_be(&d)).expect("in range");
        let mut key = [4; 65];
        key[1..].copy_from_slice(&signer.public().to_octets());
        let e = dice.octets();
        let (r, s) = signer.sign(&e, &dice.octets()).expect("a signature");
        cases.push(Case { key, e, r, s });
        // s = t and s = -t make the two halves of the sum alike
        for (r, s) in [([2, 0, 0, 0], [3, 0, 0, 0]), (limbs::sub(&N, &[2, 0, 0, 0]).0, [1, 0, 0, 0])] {
            cases.extend(chosen(&d, &r, &s));
        }
    }
    for case in &cases {
        let expected = case.holds();
        assert_eq!(paths(case), [expected; 3], "{case:?}");
    }
    assert_eq!(together(&cases), cases.iter().map(Case::holds).collect::<Vec<_>>());
}

#[test]
fn libsmx_judges_alike() {
    let mut dice = Dice(26);
    for _ in 0..rounds(60, 10_000) {
        let octets = dice.octets();
        let Some(signer) = Signer::new(&octets) else { continue };
        let e = dice.octets();
        let (r, s) = signer.sign(&e, &dice.octets()).expect("a signature");
        let mut key = [4; 65];
        key[1..].copy_from_slice(&signer.public().to_octets());
        let theirs = libsmx::sm2::PrivateKey::from_bytes(&octets).expect("in range");
        assert_eq!(theirs.public_key(), key);
        let case = damaged(&Case { key, e, r, s }, &mut dice);
        let mut raw = [0; 64];
        raw[..32].copy_from_slice(&case.r);
        raw[32..].copy_from_slice(&case.s);
        let expected = libsmx::sm2::verify(&case.e, &key, &raw).is_ok();
        let ours = verify::verify(&case.e, &case.r, &case.s, KeyForm::Point(signer.public()));
        assert_eq!(ours, expected, "{case:?}");
    }
}

/// A device that knows the curve only signs ECDSA: told apart from SM2, and never taken for it.
#[test]
fn plain_ecdsa_is_told_and_is_no_sm2() {
    let mut dice = Dice(27);
    for _ in 0..rounds(40, 2_000) {
        // for chosen u and v: (x, y) = u G + v P, r = x mod n, s = r / v, e = u s
        let (d, u, v) = (dice.number(&N), dice.number(&N), dice.number(&N));
        let key = oracle::generator_times(&d);
        let (u, v) = (oracle::scalar(&u), oracle::scalar(&v));
        let sum = ::sm2::ProjectivePoint::GENERATOR * u + key * v;
        let Some(x) = oracle::x_of(&sum) else { continue };
        if !limbs::less(&x, &N) {
            continue;
        }
        let r = x;
        let s = oracle::scalar(&r) * v.invert().expect("not zero");
        let e: [u8; 32] = (u * s).to_bytes().into();
        let (r, s): (_, [u8; 32]) = (limbs::to_be(&r), s.to_bytes().into());
        let case = Case { key: oracle::sec1(&key).expect("a point"), e, r, s };
        assert!(verify::is_ecdsa(&e, &r, &s, &case.point()), "{case:?}");
        assert_eq!(paths(&case), [false; 3], "{case:?}");
        let other = damaged(&case, &mut dice);
        // of ECDSA n - s is as good as s
        let s_too = [case.s, limbs::to_be(&limbs::sub(&N, &limbs::from_be(&case.s)).0)].contains(&other.s);
        let same = (other.e, other.r) == (case.e, case.r) && s_too;
        assert!(same || !verify::is_ecdsa(&other.e, &other.r, &other.s, &other.point()), "{other:?}");

        let Some(signer) = Signer::new(&limbs::to_be(&d)) else { continue };
        let (r, s) = signer.sign(&e, &dice.octets()).expect("a signature");
        assert!(!verify::is_ecdsa(&e, &r, &s, signer.public()), "SM2 is no ECDSA");
    }
}
