//! Tokens under a key of the test's own; `tests/it/oidc` has those of a provider.

use super::*;
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use serde_json::json;

struct Signer {
    key: EcdsaKeyPair,
    keys: KeySet,
}

fn signer() -> Signer {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap();
    let point = key.public_key().as_ref();
    let encoded = |octets: &[u8]| URL_SAFE_NO_PAD.encode(octets);
    let set = json!({ "keys": [
        { "kty": "EC", "crv": "P-256", "kid": "a", "x": encoded(&point[1..33]), "y": encoded(&point[33..]) },
        { "kty": "EC", "crv": "P-256", "kid": "b", "x": encoded(&point[1..33]) },
        "nothing",
    ]});
    let keys = KeySet::read(set.to_string().as_bytes()).unwrap();
    Signer { key, keys }
}

impl Signer {
    fn sign(&self, header: &str, claims: &str) -> String {
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let value = self.key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(value.as_ref()))
    }

    fn check(&self, text: &str) -> Result<Map<String, Value>, TokenFault> {
        let now = Moment::from_unix_seconds(1_800_000_000).unwrap();
        let (issuer, client_id, nonce) = ("https://id.example", "yinxin", "n");
        let expected = Expected { issuer, client_id, nonce, now, max_age_seconds: None, acr: &[] };
        check(text, &self.keys, &expected)
    }
}

fn claims() -> Value {
    json!({ "iss": "https://id.example", "aud": ["yinxin"], "azp": "yinxin", "sub": "s", "nonce": "n",
        "iat": 1_800_000_000.5, "exp": 1_800_000_100 })
}

#[test]
fn headers_and_forms() {
    let signer = signer();
    let said = claims().to_string();
    assert!(signer.check(&signer.sign(r#"{"alg":"ES256","kid":"a"}"#, &said)).is_ok());
    assert!(signer.check(&signer.sign(r#"{"alg":"ES256"}"#, &said)).is_ok(), "the only one there is");
    for (header, fault) in [
        (r#"{"alg":"ES256","kid":"b"}"#, TokenFault::UnknownKey),
        (r#"{"alg":"RS256","kid":"a"}"#, TokenFault::UnknownKey),
        (r#"{"alg":"HS256","kid":"a"}"#, TokenFault::Algorithm),
        (r#"{"alg":"none"}"#, TokenFault::Algorithm),
        (r#"{"alg":"es256"}"#, TokenFault::Algorithm),
        (r#"{"alg":"ES256","crit":[]}"#, TokenFault::Critical),
        (r#"{"alg":"ES256","alg":"none"}"#, TokenFault::Malformed),
        (r#"{"kid":"a"}"#, TokenFault::Malformed),
        ("[]", TokenFault::Malformed),
    ] {
        assert_eq!(signer.check(&signer.sign(header, &said)).unwrap_err(), fault, "{header}");
    }
    let whole = signer.sign(r#"{"alg":"ES256"}"#, &said);
    let padded = format!("{whole}==");
    let altered = whole.replace('.', ".e");
    let long = "a.".repeat(MOST_BYTES);
    for text in ["", ".", "..", "a.b", "a.b.c.d", padded.as_str(), altered.as_str(), long.as_str()] {
        assert!(signer.check(text).is_err(), "{text}");
    }
    assert_eq!(signer.check(&signer.sign(r#"{"alg":"ES256"}"#, "[]")).unwrap_err(), TokenFault::Malformed);
}

#[test]
fn two_keys_of_one_name_are_none() {
    let signer = signer();
    let twice = json!({ "keys": [
        { "kty": "EC", "crv": "P-256", "kid": "a", "x": "A".repeat(43), "y": "A".repeat(43) },
        { "kty": "EC", "crv": "P-256", "kid": "a", "x": "A".repeat(43), "y": "A".repeat(43) },
    ]});
    let keys = KeySet::read(twice.to_string().as_bytes()).unwrap();
    let verified = keys.verify(Signing::Es256, Some("a"), b"", &[0; 64]);
    assert_eq!(verified, Err(TokenFault::UnknownKey));
    let many = json!({ "keys": vec![0; 65] });
    assert!(KeySet::read(many.to_string().as_bytes()).is_none() && KeySet::read(b"{}").is_none());
    drop(signer);
}

#[test]
fn times_at_their_edges() {
    let signer = signer();
    let with = |name: &str, value: Value| {
        let mut said = claims();
        said[name] = value;
        signer.check(&signer.sign(r#"{"alg":"ES256"}"#, &said.to_string())).err()
    };
    for (name, value, fault) in [
        ("exp", json!(1_799_999_941), None),
        ("exp", json!(1_799_999_940), Some(TokenFault::Ended)),
        ("exp", json!(-1), Some(TokenFault::Ended)),
        ("exp", json!(1e300), Some(TokenFault::Ended)),
        ("exp", json!("1800000100"), Some(TokenFault::Ended)),
        ("iat", json!(1_800_000_060), None),
        ("iat", json!(1_800_000_061), Some(TokenFault::Time)),
        ("iat", json!(1_799_999_101), None),
        ("iat", json!(1_799_999_100), Some(TokenFault::Time)),
        ("nbf", json!("x"), Some(TokenFault::Time)),
        ("aud", json!([]), Some(TokenFault::Audience)),
        ("aud", json!(["yinxin", "yinxin"]), Some(TokenFault::Audience)),
        ("sub", json!("s".repeat(256)), Some(TokenFault::Subject)),
        ("nonce", Value::Null, Some(TokenFault::Nonce)),
    ] {
        assert_eq!(with(name, value.clone()), fault, "{name} {value}");
    }
}
