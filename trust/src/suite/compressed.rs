//! Compressed points of P-256 (SEC 1 2.3.4), which ring does not read: 02 or 03 for
//! the parity of y, then x.
//!
//! 1 x below p · 2 a = x^3 - 3x + b · 3 y = a^((p+1)/4), a root where there is one,
//! since p = 3 mod 4 · 4 y^2 = a, or x is of no point · 5 y or p - y, by the parity.
//!
//! Points are public: the time may depend on them. ring looks once more, before it
//! verifies anything, whether the point is on the curve.

use super::{PublicKey, p256_field::Fe};

/// The coefficient b (SP 800-186 3.2.1.3).
const B: [u8; 32] = [
    0x5A, 0xC6, 0x35, 0xD8, 0xAA, 0x3A, 0x93, 0xE7, 0xB3, 0xEB, 0xBD, 0x55, 0x76, 0x98, 0x86, 0xBC, 0x65, 0x1D, 0x06,
    0xB0, 0xCC, 0x53, 0xB0, 0xF6, 0x3B, 0xCE, 0x3C, 0x3E, 0x27, 0xD2, 0x60, 0x4B,
];

impl PublicKey {
    /// A key of P-256 from its compressed point, 33 octets; `None` for what is none.
    pub fn p256_from_compressed(point: &[u8; 33]) -> Option<Self> {
        let [parity @ (2 | 3), x @ ..] = point else { return None };
        let in_field = Fe::from_octets(x)?;
        let three_x = in_field.add(&in_field).add(&in_field);
        let a = in_field.square().mul(&in_field).sub(&three_x).add(&Fe::from_octets(&B)?);
        let root = root(&a);
        if root.square() != a {
            return None;
        }
        let mut y = root.to_octets();
        if y[31] & 1 != parity & 1 {
            // a y of nought would be a point of order two, which P-256 does not have
            y = root.neg().to_octets();
        }
        let whole: Vec<u8> = [4].iter().chain(x).chain(&y).copied().collect();
        Some(Self::P256(whole.into()))
    }
}

/// a^((p+1)/4): the exponent is ((2^32 - 1) 2^128 + 2^96 + 1) 2^94.
fn root(a: &Fe) -> Fe {
    // a^(2^k - 1), k doubling up to 32
    let ones = [1, 2, 4, 8, 16].iter().fold(*a, |ones, k| ones.square_times(*k).mul(&ones));
    let upper = ones.square_times(32).mul(a);
    upper.square_times(96).mul(a).square_times(94)
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
        let mut p_itself = [0xFF; 32];
        p_itself[4..20].copy_from_slice(&hex::decode("00000001000000000000000000000000").unwrap());
        assert_eq!((of(2, p_itself), of(2, [0xFF; 32])), (None, None));
        let half = (1..=255).filter(|x| of(2, small(*x)).is_some()).count();
        assert!((100..156).contains(&half), "about half of all x are of points, not {half} of 255");
    }
}
