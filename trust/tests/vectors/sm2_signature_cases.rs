//! SM2 verification against wrong ranges, encodings, ids and keys.
//!
//! Where the file says "acceptable", this is what we answer: raw r || s is
//! refused as DER and read as a deviation; a compressed public key is refused.

use super::support::{fixed, hexed, json, list, text};
use serde_json::Value;
use yinxin_trust::{
    asn1::{Deviation, Deviations},
    sm::{Signature, sm2::PublicKey},
};

pub(super) const FILE: &str = "sm2-signature-cases.json";

fn flags(case: &Value) -> Vec<&str> {
    case["flags"].as_array().expect("flags").iter().filter_map(Value::as_str).collect()
}

/// Whether the strict reader accepts.
fn strict(case: &Value) -> bool {
    let Ok(key) = PublicKey::from_sec1(&hexed(case, "pub")) else { return false };
    let Ok(signature) = Signature::from_der(&hexed(case, "sig")) else { return false };
    key.verify(&hexed(case, "uid"), &hexed(case, "msg"), &signature)
}

/// Whether the lenient reader accepts, and with which deviations.
fn lenient(case: &Value) -> Option<Vec<Deviation>> {
    let mut deviations = Deviations::default();
    let key = PublicKey::from_sec1(&hexed(case, "pub")).ok()?;
    let (signature, _) = Signature::from_wire(&hexed(case, "sig"), &mut deviations).ok()?;
    key.verify(&hexed(case, "uid"), &hexed(case, "msg"), &signature).then(|| deviations.iter().collect())
}

#[test]
fn strict_answers() {
    let cases = list(&json(FILE), "tests");
    assert!(cases.len() == 38 || cases.is_empty());
    for case in cases {
        let due = match text(&case, "result") {
            "valid" => true,
            "invalid" => false,
            // both forms that may be either are refused
            "acceptable" => {
                assert!(flags(&case).iter().any(|flag| ["RawRS", "Compressed"].contains(flag)), "{case}");
                false
            }
            other => panic!("unknown result {other}"),
        };
        assert_eq!(strict(&case), due, "{case}");
    }
}

#[test]
fn lenient_answers() {
    for case in list(&json(FILE), "tests") {
        let due = match (text(&case, "result"), flags(&case).as_slice(), text(&case, "name")) {
            ("valid", ..) => Some(vec![]),
            (_, ["RawRS"], _) => Some(vec![Deviation::RawSignature]),
            (_, ["MissingZero"], _) => Some(vec![Deviation::IntegerMissingZero]),
            (_, ["BER"], "superfluous zero octet before r") => Some(vec![Deviation::IntegerSuperfluousZero]),
            _ => None,
        };
        assert_eq!(lenient(&case), due, "{case}");
    }
}

#[test]
fn bad_public_keys_are_refused_as_such() {
    for case in list(&json(FILE), "tests") {
        let bad = flags(&case).iter().any(|flag| ["BadKey", "Compressed", "Hybrid"].contains(flag));
        assert_eq!(PublicKey::from_sec1(&hexed(&case, "pub")).is_err(), bad, "{case}");
    }
}

#[test]
fn digests_given_directly() {
    let cases = list(&json(FILE), "digestTests");
    assert!(cases.len() == 6 || cases.is_empty());
    for case in cases {
        let key = PublicKey::from_sec1(&hexed(&case, "pub")).expect("a point on the curve");
        let signature = Signature::from_numbers(fixed(&case, "r"), fixed(&case, "s")).expect("within range");
        let answer = key.verify_digest(&fixed(&case, "e"), &signature);
        assert_eq!(answer, text(&case, "result") == "valid", "{case}");
    }
}
