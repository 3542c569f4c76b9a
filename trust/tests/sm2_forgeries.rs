//! The forgeries known from other libraries, each under its name.

#![expect(clippy::expect_used, reason = "helpers of tests")]

use yinxin_trust::{
    asn1::{Deviations, sequence, unsigned},
    sm::{
        Signature, SignatureFormError,
        sm2::{self, Claim, DEFAULT_ID, KeyCache, PrivateKey, PublicKey, Sm2Error},
        sm3,
    },
};

const ORDER: [u8; 32] = [
    0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x72, 0x03, 0xDF,
    0x6B, 0x21, 0xC6, 0x05, 0x2B, 0x53, 0xBB, 0xF4, 0x09, 0x39, 0xD5, 0x41, 0x23,
];

fn honest() -> PrivateKey {
    let mut d = sm3::digest(b"an honest person");
    d[0] &= 0x7F;
    PrivateKey::from_octets(&d.into()).expect("in range")
}

fn signature(message: &[u8]) -> Signature {
    honest().sign(DEFAULT_ID, message, &[7; 32].into()).expect("a signature")
}

/// n - a for a in 1..n-1.
fn minus(a: &[u8; 32]) -> [u8; 32] {
    let (mut out, mut borrow) = ([0; 32], 0);
    for i in (0..32).rev() {
        let digit = i16::from(ORDER[i]) - i16::from(a[i]) - borrow;
        borrow = i16::from(digit < 0);
        out[i] = digit.rem_euclid(256) as u8;
    }
    out
}

/// Every way of asking says no.
fn refused(key: &PublicKey, e: &sm3::Digest, signature: &Signature) {
    assert!(!key.verify_digest(e, signature));
    let pinned = KeyCache::new(sm2::DEFAULT_LIMIT_OCTETS);
    pinned.pin_key(key);
    assert!(!pinned.verify_digest(key, e, signature));
    let claims = [Claim { key, digest: e, signature }; 9];
    let fault = sm2::verify_batch_with(&claims, &KeyCache::new(0)).expect_err("none of them holds");
    assert_eq!(fault.failed, (0..9).collect::<Vec<_>>());
}

/// s = n and r = e: s G is infinity, and a verifier that takes its x for 0 accepts.
#[test]
fn s_equal_to_n_with_r_equal_to_e() {
    let e = honest().public_key().message_digest(DEFAULT_ID, b"never signed").expect("an id");
    assert_eq!(Signature::from_numbers(e, ORDER), Err(SignatureFormError::Range));
    let der = sequence(&[&unsigned(&e), &unsigned(&ORDER)]);
    assert_eq!(Signature::from_der(&der), Err(SignatureFormError::Range));
    assert!(Signature::from_wire(&[e, ORDER].concat(), &mut Deviations::default()).is_err());
}

#[test]
fn r_or_s_zero_or_not_below_n() {
    let one = {
        let mut one = [0; 32];
        one[31] = 1;
        one
    };
    for bad in [[0; 32], ORDER, [0xFF; 32]] {
        assert_eq!(Signature::from_numbers(bad, one), Err(SignatureFormError::Range));
        assert_eq!(Signature::from_numbers(one, bad), Err(SignatureFormError::Range));
    }
}

/// t = r + s = n = 0: t P is infinity and the key plays no part.
#[test]
fn r_plus_s_equal_to_n() {
    let key = honest();
    for seed in [&b"a"[..], b"b", b"c"] {
        let mut r = sm3::digest(seed);
        r[0] &= 0x7F;
        let signature = Signature::from_numbers(r, minus(&r)).expect("both in range");
        for e in [r, [0; 32], minus(&r)] {
            refused(key.public_key(), &e, &signature);
        }
    }
}

/// e = 0 is no reason to accept, nor to refuse what was signed so.
#[test]
fn e_equal_to_zero() {
    let key = honest();
    let zero = [0; 32];
    let good = key.sign_digest(&zero, &[3; 32].into()).expect("a signature");
    assert!(key.public_key().verify_digest(&zero, &good));
    refused(key.public_key(), &zero, &signature(b"message"));
}

#[test]
fn a_signature_of_65_octets() {
    let raw = signature(b"message").to_raw();
    let mut deviations = Deviations::default();
    assert!(Signature::from_wire(&raw, &mut deviations).is_ok());
    for longer in [[&raw[..], &[0]].concat(), [&[0], &raw[..]].concat(), [&raw[..], &[0x1F]].concat()] {
        assert!(Signature::from_wire(&longer, &mut Deviations::default()).is_err());
    }
    for shorter in [&raw[..63], &raw[1..], &raw[..0], &raw[..32]] {
        assert!(Signature::from_wire(shorter, &mut Deviations::default()).is_err());
    }
}

#[test]
fn a_key_off_the_curve() {
    let good = *honest().public_key().to_sec1();
    for at in 1..65 {
        let mut octets = good;
        octets[at] ^= 1;
        assert_eq!(PublicKey::from_sec1(&octets).err(), Some(Sm2Error::PublicKey), "octet {at}");
    }
}

/// Coordinates of p and above name the same numbers mod p: still refused.
#[test]
fn coordinates_not_below_p() {
    let mut octets = [0xFF; 65];
    octets[0] = 4;
    assert!(PublicKey::from_sec1(&octets).is_err());
}

#[test]
fn the_point_at_infinity() {
    for octets in [&[0][..], &[0; 65], &[0; 33], &[]] {
        assert_eq!(PublicKey::from_sec1(octets).err(), Some(Sm2Error::PublicKey));
    }
    let mut zeros = [0; 65];
    zeros[0] = 4;
    assert_eq!(PublicKey::from_sec1(&zeros).err(), Some(Sm2Error::PublicKey));
}

#[test]
fn compressed_and_hybrid_keys() {
    let good = *honest().public_key().to_sec1();
    for form in [0, 2, 3, 5, 6, 7] {
        let mut octets = good;
        octets[0] = form;
        assert!(PublicKey::from_sec1(&octets).is_err());
        assert!(PublicKey::from_sec1(&octets[..33]).is_err());
    }
}

#[test]
fn the_wrong_id() {
    let (key, good) = (honest(), signature(b"message"));
    assert!(key.public_key().verify(DEFAULT_ID, b"message", &good));
    for id in [&b""[..], b"1234567812345679", b"TLSv1.3+GM+Cipher+Suite"] {
        assert!(!key.public_key().verify(id, b"message", &good));
    }
}

/// e = SM3(M) without Z, and e = SM3(SM3(Z || M)).
#[test]
fn z_left_out_or_digested_twice() {
    let key = honest();
    let good = signature(b"message");
    let without = sm3::digest(b"message");
    refused(key.public_key(), &without, &good);
    let e = key.public_key().message_digest(DEFAULT_ID, b"message").expect("an id");
    refused(key.public_key(), &sm3::digest(&e), &good);
    let made_without = key.sign_digest(&without, &[9; 32].into()).expect("a signature");
    assert!(!key.public_key().verify(DEFAULT_ID, b"message", &made_without));
}

/// (r, n - s) and (n - r, s): SM2 has no second signature for free.
#[test]
fn negated_numbers() {
    let key = honest();
    let e = key.public_key().message_digest(DEFAULT_ID, b"message").expect("an id");
    let good = signature(b"message");
    refused(key.public_key(), &e, &Signature::from_numbers(*good.r(), minus(good.s())).expect("in range"));
    refused(key.public_key(), &e, &Signature::from_numbers(minus(good.r()), *good.s()).expect("in range"));
    refused(key.public_key(), &e, &Signature::from_numbers(*good.s(), *good.r()).expect("in range"));
}

/// One bad signature among good ones is named, wherever it stands.
#[test]
fn one_bad_signature_in_a_batch() {
    let keys: Vec<PrivateKey> =
        (0..20u8).map(|i| PrivateKey::from_octets(&{ [i.saturating_add(1); 32] }.into()).expect("in range")).collect();
    let digests: Vec<_> = (0..60u8).map(|i| sm3::digest(&[i])).collect();
    let key = |i: usize| &keys[i * i % 20];
    let signatures: Vec<_> =
        (0..60).map(|i| key(i).sign_digest(&digests[i], &[i as u8; 32].into()).expect("a signature")).collect();
    let claims: Vec<_> =
        (0..60).map(|i| Claim { key: key(i).public_key(), digest: &digests[i], signature: &signatures[i] }).collect();
    assert_eq!(sm2::verify_batch(&claims), Ok(()));
    assert_eq!(sm2::verify_batch(&[]), Ok(()));
    for bad in [vec![0], vec![59], vec![8, 30, 31]] {
        let mut claims = claims.clone();
        for &at in &bad {
            claims[at].digest = &digests[(at + 1) % 60];
        }
        assert_eq!(sm2::verify_batch(&claims).expect_err("some do not hold").failed, bad);
    }
}
