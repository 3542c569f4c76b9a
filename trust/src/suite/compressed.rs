//! Compressed points of P-256 (SEC 1 2.3.4), which ring does not read: 02 or 03 for
//! the parity of y, then x.
//!
//! 1 x below p · 2 a = x^3 - 3x + b · 3 y = a^((p+1)/4), a root where there is one,
//! since p = 3 mod 4 · 4 y^2 = a, or x is of no point · 5 y or p - y, by the parity.
//!
//! The field is fiat-crypto's, whose arithmetic is verified. Points are public: the
//! time may depend on them.

use super::PublicKey;
use fiat_crypto::p256_64::{
    fiat_p256_add, fiat_p256_from_bytes, fiat_p256_from_montgomery, fiat_p256_montgomery_domain_field_element as Field,
    fiat_p256_mul, fiat_p256_non_montgomery_domain_field_element as Plain, fiat_p256_opp, fiat_p256_square,
    fiat_p256_sub, fiat_p256_to_bytes, fiat_p256_to_montgomery,
};

/// p = 2^256 - 2^224 + 2^192 + 2^96 - 1, big-endian (FIPS 186-5, SP 800-186 3.2.1.3).
const P: [u8; 32] = [
    0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
];
/// The coefficient b.
const B: [u8; 32] = [
    0x5A, 0xC6, 0x35, 0xD8, 0xAA, 0x3A, 0x93, 0xE7, 0xB3, 0xEB, 0xBD, 0x55, 0x76, 0x98, 0x86, 0xBC, 0x65, 0x1D, 0x06,
    0xB0, 0xCC, 0x53, 0xB0, 0xF6, 0x3B, 0xCE, 0x3C, 0x3E, 0x27, 0xD2, 0x60, 0x4B,
];

impl PublicKey {
    /// A key of P-256 from its compressed point, 33 octets; `None` for what is none.
    pub fn p256_from_compressed(point: &[u8; 33]) -> Option<Self> {
        let [parity @ (2 | 3), x @ ..] = point else { return None };
        if *x >= P {
            return None;
        }
        let x_in_field = field(x);
        let three_x = add(&add(&x_in_field, &x_in_field), &x_in_field);
        let cube = multiply(&squared(&x_in_field, 1), &x_in_field);
        let a = add(&subtract(&cube, &three_x), &field(&B));
        let root = root(&a);
        if squared(&root, 1).0 != a.0 {
            return None;
        }
        let mut y = octets(&root);
        if y[31] & 1 != parity & 1 {
            // a y of nought would be a point of order two, which P-256 does not have
            y = octets(&negated(&root));
        }
        let whole: Vec<u8> = [4].iter().chain(x).chain(&y).copied().collect();
        Some(Self::P256(whole.into()))
    }
}

/// a^((p+1)/4): the exponent is ((2^32 - 1) 2^128 + 2^96 + 1) 2^94.
fn root(a: &Field) -> Field {
    // a^(2^k - 1), k doubling up to 32
    let ones = [1, 2, 4, 8, 16].iter().fold(Field(a.0), |ones, k| multiply(&squared(&ones, *k), &ones));
    let upper = multiply(&squared(&ones, 32), a);
    squared(&multiply(&squared(&upper, 96), a), 94)
}

/// Squared so many times.
fn squared(a: &Field, times: usize) -> Field {
    let (mut from, mut to) = (Field(a.0), Field([0; 4]));
    for _ in 0..times {
        fiat_p256_square(&mut to, &from);
        core::mem::swap(&mut from, &mut to);
    }
    from
}

fn multiply(left: &Field, right: &Field) -> Field {
    let mut out = Field([0; 4]);
    fiat_p256_mul(&mut out, left, right);
    out
}

fn add(left: &Field, right: &Field) -> Field {
    let mut out = Field([0; 4]);
    fiat_p256_add(&mut out, left, right);
    out
}

fn subtract(left: &Field, right: &Field) -> Field {
    let mut out = Field([0; 4]);
    fiat_p256_sub(&mut out, left, right);
    out
}

fn negated(a: &Field) -> Field {
    let mut out = Field([0; 4]);
    fiat_p256_opp(&mut out, a);
    out
}

/// From 32 octets, big-endian, of a number below p.
fn field(octets: &[u8; 32]) -> Field {
    let mut reversed = *octets;
    reversed.reverse();
    let (mut plain, mut out) = (Plain([0; 4]), Field([0; 4]));
    fiat_p256_from_bytes(&mut plain.0, &reversed);
    fiat_p256_to_montgomery(&mut out, &plain);
    out
}

fn octets(a: &Field) -> [u8; 32] {
    let (mut plain, mut out) = (Plain([0; 4]), [0; 32]);
    fiat_p256_from_montgomery(&mut plain, a);
    fiat_p256_to_bytes(&mut out, &plain.0);
    out.reverse();
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};

    fn compressed(whole: &[u8]) -> [u8; 33] {
        let mut point = [2 | whole[64] & 1; 33];
        point[1..].copy_from_slice(&whole[1..33]);
        point
    }

    #[test]
    fn points_of_keys_are_found_again() {
        let random = ring::rand::SystemRandom::new();
        for _ in 0..64 {
            let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
            let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap();
            let whole = key.public_key().as_ref();
            let mut point = compressed(whole);
            assert_eq!(PublicKey::p256_from_compressed(&point), Some(PublicKey::P256(whole.into())));
            // the other parity is the other point of this x
            point[0] ^= 1;
            let Some(PublicKey::P256(other)) = PublicKey::p256_from_compressed(&point) else { panic!() };
            assert_eq!((&other[..33], other[64] & 1), (&whole[..33], whole[64] & 1 ^ 1));
        }
    }

    #[test]
    fn the_generator() {
        // SP 800-186 3.2.1.3
        let g = hex::decode(
            "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
        )
        .unwrap();
        assert_eq!(PublicKey::p256_from_compressed(&compressed(&g)), Some(PublicKey::P256(g.into())));
    }

    #[test]
    fn what_is_no_point() {
        let of = |head: u8, x: [u8; 32]| {
            let mut point = [head; 33];
            point[1..].copy_from_slice(&x);
            PublicKey::p256_from_compressed(&point)
        };
        let small = |x: u8| {
            let mut octets = [0; 32];
            octets[31] = x;
            octets
        };
        assert!(of(2, small(5)).is_some() && of(3, small(5)).is_some());
        // 1^3 - 3 + b has no root
        assert_eq!((of(2, small(1)), of(3, small(1))), (None, None));
        for head in [0, 1, 4, 5, 6, 7, 0x82] {
            assert_eq!(of(head, small(5)), None, "{head}");
        }
        // x below p only: p + 5 is written as 5
        assert_eq!((of(2, P), of(2, [0xFF; 32])), (None, None));
        let half = (1..=255).filter(|x| of(2, small(*x)).is_some()).count();
        assert!((100..156).contains(&half), "about half of all x are of points, not {half} of 255");
    }
}
