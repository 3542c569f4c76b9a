//! SM2 signatures with every step given (GB/T 32918.5 A.2 and others).

use super::support::{fixed, hexed, json, list, text};
use ::sm2::{
    FieldBytes, ProjectivePoint, Scalar,
    elliptic_curve::{Group as _, PrimeField as _, ops::Reduce as _, point::AffineCoordinates as _},
};
use serde_json::Value;
use yinxin_trust::sm::{
    Signature,
    sm2::{PrivateKey, PublicKey},
};
use zeroize::Zeroizing;

pub(super) const FILES: &[&str] = &["sm2-sign.json"];

fn public_key(case: &Value) -> PublicKey {
    let (x, y): ([u8; 32], [u8; 32]) = (fixed(case, "x"), fixed(case, "y"));
    PublicKey::from_sec1(&[&[4], &x[..], &y].concat()).expect("a point on the curve")
}

fn signature(case: &Value) -> Signature {
    let signature = Signature::from_numbers(fixed(case, "r"), fixed(case, "s")).expect("within range");
    if !case["sig"].is_null() {
        let octets = hexed(case, "sig");
        // some sources pad r to 32 octets: not DER, read with a deviation elsewhere
        match Signature::from_der(&octets) {
            Ok(read) => assert_eq!((read, read.to_der()), (signature, octets), "{case}"),
            Err(_) => assert_ne!(signature.to_der(), octets, "{case}"),
        }
    }
    signature
}

#[test]
fn every_step_of_verification() {
    for case in list(&json("sm2-sign.json"), "signatures") {
        let (key, id, message) = (public_key(&case), hexed(&case, "id"), hexed(&case, "msg"));
        assert_eq!(text(&case, "result"), "valid");
        assert_eq!(key.z(&id).expect("a short id"), fixed(&case, "za"), "{case}");
        let e = key.message_digest(&id, &message).expect("a short id");
        if !case["e"].is_null() {
            assert_eq!(e, fixed(&case, "e"), "{case}");
        }
        let signature = signature(&case);
        assert!(key.verify(&id, &message, &signature), "{case}");
        assert!(key.verify_digest(&e, &signature), "{case}");
        assert!(!key.verify(b"", &message, &signature), "another id: {case}");
        assert!(!key.verify(&id, &[&message[..], &[0]].concat(), &signature), "another message: {case}");
    }
}

#[test]
fn digests_given_directly() {
    for case in list(&json("sm2-sign.json"), "digestSignatures") {
        assert_eq!(text(&case, "result"), "valid");
        let (key, e, signature) = (public_key(&case), fixed(&case, "e"), signature(&case));
        assert!(key.verify_digest(&e, &signature), "{case}");
        let mut other = e;
        other[0] ^= 1;
        assert!(!key.verify_digest(&other, &signature), "another digest: {case}");
    }
}

/// The product draws its own nonce, so the numbers of the standard are
/// recomputed here, and its signatures are verified instead.
#[test]
fn signing() {
    for case in list(&json("sm2-sign.json"), "signatures") {
        let key = PrivateKey::from_octets(&Zeroizing::new(fixed(&case, "d"))).expect("within range");
        assert_eq!(key.public_key(), &public_key(&case), "{case}");
        let (id, message) = (hexed(&case, "id"), hexed(&case, "msg"));
        let sign = |salt: u8| key.sign(&id, &message, &Zeroizing::new([salt; 32])).expect("a signature");
        for salt in [0, 1, 0xFF] {
            assert!(key.public_key().verify(&id, &message, &sign(salt)), "{case}");
        }
        assert_ne!(sign(0), sign(1), "fresh randomness must give another nonce");
    }
}

/// GB/T 32918.2, 6.1, A4 to A7 with the nonce of the standard.
#[test]
fn the_nonce_of_the_standard() {
    for case in list(&json("sm2-sign.json"), "signatures") {
        if case["k"].is_null() {
            continue;
        }
        let number = |key: &str| Scalar::reduce(&FieldBytes::from(fixed::<32>(&case, key)));
        let (d, k, e) = (number("d"), number("k"), number("e"));
        let r = e + Scalar::reduce(&(ProjectivePoint::generator() * k).to_affine().x());
        let inverse = Option::<Scalar>::from((d + Scalar::ONE).invert()).expect("d is not n-1");
        let s = inverse * (k - r * d);
        let made = Signature::from_numbers(r.to_repr().into(), s.to_repr().into()).expect("within range");
        assert_eq!(made, signature(&case), "{case}");
    }
}
