//! SM2 certificates of public projects: who signed whom, and who did not.

use super::{
    signed_objects::{certificate, issued, key},
    support::{listed, octets, text},
};
use serde_json::Value;
use x509_parser::certificate::X509Certificate;
use yinxin_trust::{
    asn1::{Asn1Error, Tag, check_definite},
    base::Moment,
    sm::{Signature, sm3},
};

pub(super) const FOLDER: &str = "certs";

/// Manifest entries with their files.
fn all() -> Vec<(Value, Vec<u8>)> {
    let read = |entry: Value| {
        let octets = octets(&format!("{FOLDER}/{}", text(&entry, "file"))).expect("the manifest was there");
        (entry, octets)
    };
    listed(FOLDER, "certificates").into_iter().map(read).collect()
}

fn file(entry: &Value) -> &str {
    text(entry, "file")
}

/// How the manifest says that `issuer` signed `certificate`.
fn how<'a>(certificate: &'a Value, issuer: &Value) -> Option<&'a str> {
    let all = certificate["issued_by"].as_array().expect("issuers");
    all.iter().find(|entry| file(entry) == file(issuer)).map(|entry| text(entry, "how"))
}

#[test]
fn who_signed_whom() {
    for (entry, octets) in &all() {
        let one = certificate(octets);
        for (issuer_entry, issuer_octets) in &all() {
            let due = how(entry, issuer_entry) == Some("default id");
            let issuer = certificate(issuer_octets);
            // two roots of the set share one key under two names: only a named issuer counts
            if issuer.subject().as_raw() != one.issuer().as_raw() {
                assert!(!due, "{} by {}", file(entry), file(issuer_entry));
                continue;
            }
            assert_eq!(issued(&issuer, &one), due, "{} by {}", file(entry), file(issuer_entry));
        }
    }
}

/// Two verify only when Z is left out. They do, and are refused.
#[test]
fn signatures_without_z_are_refused() {
    let mut count = 0;
    for (entry, octets) in &all() {
        for (issuer_entry, issuer_octets) in &all() {
            if how(entry, issuer_entry) != Some("without Z") {
                continue;
            }
            let (one, issuer) = (certificate(octets), certificate(issuer_octets));
            let signature = Signature::from_der(&one.signature_value.data).expect("strict DER");
            let digest = sm3::digest(one.tbs_certificate.as_ref());
            let key = key(issuer.public_key()).expect("an SM2 key");
            assert!(key.verify_digest(&digest, &signature), "{}", file(entry));
            assert!(!issued(&issuer, &one), "{}", file(entry));
            count += 1;
        }
    }
    assert!(count == 2 || count == 0, "{count}");
}

#[test]
fn an_explicit_curve_is_no_sm2_key() {
    for (entry, octets) in &all() {
        let read = key(certificate(octets).public_key());
        assert_eq!(read.is_some(), entry["curve"].is_string(), "{}", file(entry));
    }
}

#[test]
fn trailing_octets_are_noticed() {
    for (entry, octets) in &all() {
        let trailing = entry["trailing_octets"].as_u64().expect("a number") as usize;
        let due = if trailing == 0 { Ok(()) } else { trailing_error(octets.len() - trailing, trailing) };
        assert_eq!(check_definite(octets, 32), due, "{}", file(entry));
        let longer = [octets, &[0, 0][..]].concat();
        assert_eq!(check_definite(&longer, 32), trailing_error(octets.len() - trailing, trailing + 2));
    }
}

fn trailing_error(at: usize, count: usize) -> Result<(), Asn1Error> {
    Err(Asn1Error::Trailing { at, count })
}

#[test]
fn facts_are_read_as_the_manifest_says() {
    for (entry, octets) in &all() {
        let one = certificate(octets);
        let digits = hex::encode(one.raw_serial());
        let digits = digits.trim_start_matches('0');
        assert_eq!(if digits.is_empty() { "0" } else { digits }, text(entry, "serial"), "{}", file(entry));
        let validity = one.validity();
        for (time, key) in [(validity.not_before, "not_before"), (validity.not_after, "not_after")] {
            let due = Moment::parse(text(entry, key)).expect("an instant");
            assert_eq!(time.timestamp(), due.unix_seconds(), "{key} of {}", file(entry));
        }
        let authority = one.basic_constraints().expect("one at most").is_some_and(|found| found.value.ca);
        assert_eq!(authority, entry["ca"].as_bool().unwrap_or(false), "{}", file(entry));
        assert_eq!(usages(&one), entry["key_usage"], "{}", file(entry));
        assert_eq!(one.signature_algorithm.algorithm.to_id_string(), text(entry, "sig_alg"));
        assert_eq!(one.public_key().algorithm.algorithm.to_id_string(), text(entry, "key_alg"));
        assert_eq!(one.subject().as_raw() == one.issuer().as_raw(), entry["self_issued"], "{}", file(entry));
    }
}

fn usages(certificate: &X509Certificate<'_>) -> Value {
    let names = [
        "digitalSignature",
        "nonRepudiation",
        "keyEncipherment",
        "dataEncipherment",
        "keyAgreement",
        "keyCertSign",
        "cRLSign",
    ];
    match certificate.key_usage().expect("one at most") {
        None => Value::Null,
        Some(usage) => names
            .iter()
            .enumerate()
            .filter(|(bit, _)| usage.value.flags >> bit & 1 == 1)
            .map(|(_, name)| *name)
            .collect(),
    }
}

/// Every signature value of the set is strict DER, in a BIT STRING of whole octets.
#[test]
fn values_are_strict_der() {
    for (entry, octets) in &all() {
        let one = certificate(octets);
        assert_eq!(one.signature_value.unused_bits, 0, "{}", file(entry));
        assert_eq!(one.signature_value.data.first(), Some(&Tag::SEQUENCE.0), "{}", file(entry));
        assert!(Signature::from_der(&one.signature_value.data).is_ok(), "{}", file(entry));
    }
}
