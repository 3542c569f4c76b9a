//! The negative oracle: a library that accepts forgeries. What it accepts, we refuse.

use sm_crypto::sm2::Verify;
use yinxin_testkit::keys::Key;
use yinxin_trust::{
    asn1::{Deviations, sequence, unsigned},
    sm::{
        Signature, SignatureFormError,
        sm2::{DEFAULT_ID, PublicKey},
    },
};

/// The order n of the curve (GB/T 32918.5 A.1).
const ORDER: &str = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";

/// (r, s) = (e mod n, n): s*G is the point at infinity, and a verifier that
/// does not check ranges takes the sum for one with x = 0.
#[test]
fn the_forgery_that_sm_crypto_accepts_is_refused() {
    let key = Key::from_seed("the key of an honest person");
    let public = hex::encode(key.public().to_sec1());
    let oracle = Verify::new(&public);
    let order: [u8; 32] = hex::decode(ORDER).expect("hexadecimal").try_into().expect("32 octets");
    for message in ["这份文件从未被签过", "nobody ever signed this", ""] {
        let e = key.public().message_digest(DEFAULT_ID, message.as_bytes()).expect("the default id");
        assert!(e < order, "these messages need no reduction");
        let forged = sequence(&[&unsigned(&e), &unsigned(&order)]);

        assert!(oracle.verify_der(message.as_bytes(), &forged, true), "the oracle must be one: {message}");

        assert_eq!(Signature::from_der(&forged), Err(SignatureFormError::Range));
        let raw = [e, order].concat();
        for octets in [&forged, &raw] {
            let read = Signature::from_wire(octets, &mut Deviations::default());
            assert_eq!(read.err(), Some(SignatureFormError::Range));
        }
        assert_eq!(Signature::from_numbers(e, order), Err(SignatureFormError::Range));
    }
}

/// Both libraries agree on honest signatures, so the oracle is asked the right question.
#[test]
fn honest_signatures_are_accepted_by_both() {
    let key = Key::from_seed("the key of an honest person");
    let public = hex::encode(key.public().to_sec1());
    let signature = key.sign(b"message", 0);
    assert!(Verify::new(&public).verify_der(b"message", &signature.to_der(), true));
    assert!(!Verify::new(&public).verify_der(b"other", &signature.to_der(), true));
    let read = PublicKey::from_sec1(key.public().to_sec1()).expect("a point on the curve");
    assert!(read.verify(DEFAULT_ID, b"message", &signature));
    assert!(!read.verify(DEFAULT_ID, b"other", &signature));
}
