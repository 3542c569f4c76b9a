use super::*;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use yinxin_trust::{
    sm::sm2::{self, PrivateKey},
    suite::sha256,
};
use zeroize::Zeroizing;

fn minute(minute: i64) -> Moment {
    Moment::from_unix_seconds(minute * 60).unwrap()
}

fn key() -> KeyReference {
    "soft:0123456789abcdef".parse().unwrap()
}

fn mandate(scope: Scope) -> Mandate {
    Mandate { random: [7; 16], key: key(), seal: "ES1".into(), from: minute(10), until: minute(1000), most: 3, scope }
}

fn standing() -> Standing {
    Standing {
        licence_types: ["a".into(), "b".into()].into(),
        most_a_minute: 5,
        from_minute: 480,
        to_minute: 1079,
        ahead_minutes: 480,
    }
}

fn stamping<'a>(key: &'a KeyReference, document: &'a sm3::Digest) -> Stamping<'a> {
    Stamping { key, seal: "ES1", document, path: &[], licence_type: Some("a"), at: minute(60) }
}

#[test]
fn mandates_are_read_as_they_were_written() {
    for scope in [Scope::Digests([[1; 32], [2; 32]].into()), Scope::Batch([3; 32]), Scope::Standing(standing())] {
        let mandate = mandate(scope);
        let octets = mandate.to_octets().unwrap();
        assert_eq!(Mandate::parse(&octets), Ok(mandate));
        for length in 0..octets.len() {
            assert!(Mandate::parse(&octets[..length]).is_err(), "{length} octets");
        }
        assert!(Mandate::parse(&[octets.as_slice(), &[0]].concat()).is_err());
    }
}

#[test]
fn bounds_that_cannot_be_are_named() {
    let scopes: [(Scope, &str); 6] = [
        (Scope::Digests([].into()), "1 to 1000"),
        (Scope::Digests([[2; 32], [1; 32]].into()), "ascend"),
        (Scope::Digests([[1; 32], [1; 32]].into()), "ascend"),
        (Scope::Standing(Standing { licence_types: [].into(), ..standing() }), "licence types"),
        (Scope::Standing(Standing { most_a_minute: 0, ..standing() }), "minute"),
        (Scope::Standing(Standing { from_minute: 1080, ..standing() }), "hours"),
    ];
    for (scope, words) in scopes {
        let fault = mandate(scope).to_octets().unwrap_err();
        assert!(fault.to_string().contains(words), "{fault}");
    }
    let whole = mandate(Scope::Batch([3; 32]));
    assert!(Mandate { most: 0, ..whole.clone() }.to_octets().is_err());
    assert!(Mandate { seal: "".into(), ..whole.clone() }.to_octets().is_err());
    assert!(Mandate { until: minute(9), ..whole }.to_octets().is_err());
}

#[test]
fn a_list_covers_what_it_lists() {
    let mandate = mandate(Scope::Digests([[1; 32], [4; 32]].into()));
    let (key, other): (_, KeyReference) = (key(), "soft:fedcba9876543210".parse().unwrap());
    let good = stamping(&key, &[4; 32]);
    assert_eq!(mandate.covers(&good), Ok(()));
    assert_eq!(mandate.covers(&Stamping { document: &[2; 32], ..good }), Err(NotCovered::Document));
    assert_eq!(mandate.covers(&Stamping { key: &other, ..good }), Err(NotCovered::Key));
    assert_eq!(mandate.covers(&Stamping { seal: "ES2", ..good }), Err(NotCovered::Seal));
    for (at, covered) in [(9, false), (10, true), (1000, true), (1001, false)] {
        assert_eq!(mandate.covers(&Stamping { at: minute(at), ..good }).is_ok(), covered, "{at}");
    }
}

#[test]
fn a_batch_covers_its_documents_only() {
    let key = key();
    for count in 1..20_u8 {
        let documents: Vec<sm3::Digest> = (0..count).map(|number| [number; 32]).collect();
        let (root, paths) = batch(&documents).unwrap();
        let mandate = mandate(Scope::Batch(root));
        for (document, path) in documents.iter().zip(&paths) {
            let good = Stamping { path, ..stamping(&key, document) };
            assert_eq!(mandate.covers(&good), Ok(()), "{count}");
            assert_eq!(mandate.covers(&Stamping { document: &[99; 32], ..good }), Err(NotCovered::Batch));
            let turned: Vec<_> = path.iter().map(|step| PathStep { on_the_left: !step.on_the_left, ..*step }).collect();
            assert_eq!(mandate.covers(&Stamping { path: &turned, ..good }).is_ok(), path.is_empty());
        }
        // a node of the tree is no document
        if let [first, second, ..] = documents[..] {
            let inner = node(&leaf(&first), &leaf(&second));
            assert!(mandate.covers(&Stamping { path: &paths[0][1..], ..stamping(&key, &inner) }).is_err());
        }
    }
    assert_eq!(batch(&[]), None);
    let long = vec![PathStep { sibling: [0; 32], on_the_left: false }; MOST_STEPS + 1];
    let mandate = mandate(Scope::Batch(batch_root(&[1; 32], &long)));
    assert_eq!(mandate.covers(&Stamping { path: &long, ..stamping(&key, &[1; 32]) }), Err(NotCovered::Batch));
}

#[test]
fn a_standing_mandate_has_types_and_hours() {
    let (mandate, key) = (mandate(Scope::Standing(standing())), key());
    let good = stamping(&key, &[1; 32]);
    // minute 60 of 1970 is 9 o'clock in Beijing
    assert_eq!(mandate.covers(&good), Ok(()));
    assert_eq!(mandate.covers(&Stamping { licence_type: Some("c"), ..good }), Err(NotCovered::LicenceType));
    assert_eq!(mandate.covers(&Stamping { licence_type: None, ..good }), Err(NotCovered::LicenceType));
    for (at, covered) in [(599, true), (600, false), (999, false)] {
        assert_eq!(mandate.covers(&Stamping { at: minute(at), ..good }).is_ok(), covered, "{at}");
    }
}

#[test]
fn sm2_keepers_sign() {
    let secret = |octet| PrivateKey::from_octets(&Zeroizing::new([octet; 32])).unwrap();
    let (own, other) = (secret(1), secret(2));
    let (keeper, name) = (Keeper::Sm2(own.public_key().clone()), Mandate::name(b"a mandate"));
    let sign = |key: &PrivateKey, what: &[u8]| {
        Proof::Sm2(key.sign(sm2::DEFAULT_ID, what, &Zeroizing::new([9; 32])).unwrap().to_der().into())
    };
    let proof = sign(&own, &name);
    assert_eq!(Proof::parse(&proof.to_octets().unwrap()), Ok(proof.clone()));
    assert_eq!(proof.verify(&keeper, &name, None), Ok(()));
    assert_eq!(proof.verify(&keeper, &Mandate::name(b"another"), None), Err(KeeperFault::Signature));
    assert_eq!(sign(&other, &name).verify(&keeper, &name, None), Err(KeeperFault::Signature));
    assert_eq!(proof.verify(&Keeper::P256([4; 65]), &name, None), Err(KeeperFault::OtherKind));
}

struct Authenticator(EcdsaKeyPair);

impl Authenticator {
    fn new() -> Self {
        let kind = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let octets = EcdsaKeyPair::generate_pkcs8(kind, &SystemRandom::new()).unwrap();
        Self(EcdsaKeyPair::from_pkcs8(kind, octets.as_ref(), &SystemRandom::new()).unwrap())
    }

    fn keeper(&self) -> Keeper {
        Keeper::P256(self.0.public_key().as_ref().try_into().unwrap())
    }

    fn sign(&self, message: &[u8]) -> Box<[u8]> {
        self.0.sign(&SystemRandom::new(), message).unwrap().as_ref().into()
    }

    fn answer(&self, client: &str, site: &str, flags: u8) -> Proof {
        let authenticator_data = [sha256(site.as_bytes()).as_slice(), &[flags, 0, 0, 0, 1]].concat();
        let signature = self.sign(&[authenticator_data.as_slice(), &sha256(client.as_bytes())].concat());
        let (authenticator_data, client_data) = (authenticator_data.into(), client.as_bytes().into());
        Proof::WebAuthn { authenticator_data, client_data, signature }
    }
}

#[test]
fn p256_keepers_sign() {
    let (own, name) = (Authenticator::new(), Mandate::name(b"a mandate"));
    let proof = Proof::P256(own.sign(&name));
    assert_eq!(Proof::parse(&proof.to_octets().unwrap()), Ok(proof.clone()));
    assert_eq!(proof.verify(&own.keeper(), &name, None), Ok(()));
    assert_eq!(proof.verify(&Authenticator::new().keeper(), &name, None), Err(KeeperFault::Signature));
}

#[test]
fn authenticators_answer_for_one_challenge_and_site() {
    let (own, name) = (Authenticator::new(), Mandate::name(b"a mandate"));
    let site = RelyingParty { id: "yx.example".into(), origin: "https://yx.example".into() };
    let client = |kind: &str, name: &[u8], origin: &str, more: &str| {
        let challenge = URL_SAFE_NO_PAD.encode(name);
        format!(r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{origin}"{more}}}"#)
    };
    let good = client("webauthn.get", &name, "https://yx.example", r#","crossOrigin":false"#);
    let proof = own.answer(&good, "yx.example", 5);
    assert_eq!(Proof::parse(&proof.to_octets().unwrap()), Ok(proof.clone()));
    let verify = |proof: &Proof| proof.verify(&own.keeper(), &name, Some(&site));
    assert_eq!(verify(&proof), Ok(()));
    assert_eq!(proof.verify(&own.keeper(), &name, None), Err(KeeperFault::NoSite));
    for wrong in [
        client("webauthn.create", &name, "https://yx.example", ""),
        client("webauthn.get", &Mandate::name(b"another"), "https://yx.example", ""),
        client("webauthn.get", &name, "https://evil.example", ""),
        client("webauthn.get", &name, "https://yx.example", r#","crossOrigin":true"#),
    ] {
        assert_eq!(verify(&own.answer(&wrong, "yx.example", 5)), Err(KeeperFault::Answer), "{wrong}");
    }
    assert_eq!(verify(&own.answer(&good, "evil.example", 5)), Err(KeeperFault::Answer));
    assert_eq!(verify(&own.answer(&good, "yx.example", 1)), Err(KeeperFault::User));
    assert_eq!(verify(&own.answer(&good, "yx.example", 4)), Err(KeeperFault::User));
    assert_eq!(verify(&Authenticator::new().answer(&good, "yx.example", 5)), Err(KeeperFault::Signature));
    assert_eq!(verify(&own.answer("{}", "yx.example", 5)), Err(KeeperFault::Malformed));
}
