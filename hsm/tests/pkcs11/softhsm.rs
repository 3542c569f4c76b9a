//! The standard's algorithms, on SoftHSM.

use crate::alone::{Environment, Place, alone, now, request, stamper};
use ring::signature::{self as judge, UnparsedPublicKey, VerificationAlgorithm};
use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use yinxin_hsm::{
    ErrorClass, KeyAlgorithm, KeyError, KeyOrder, KeyReference, KeyState, KeyStore as _, Limits, Purpose, RsaSize,
    SignRequest, ToSign,
    passphrase::Passphrase,
    pkcs11::{Library, Mapping, Pkcs11Store},
    split::Split,
};
use yinxin_trust::suite::{PublicKey, sha256};

pub(crate) const LABEL: &str = "yinxin softhsm";
pub(crate) const PIN: &str = "648219";

/// SoftHSM's library, where it is installed.
pub(crate) fn library() -> Option<PathBuf> {
    let found = ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so"]
        .into_iter()
        .map(PathBuf::from)
        .find(|path| path.exists());
    if found.is_none() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "softhsm2 is missing");
        println!("skipped: no softhsm2 here");
    }
    found
}

/// A token of the test's own.
pub(crate) fn token(place: &Place) -> Environment {
    let tokens = place.path("tokens");
    std::fs::create_dir_all(&tokens).unwrap();
    let text = format!("directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n", tokens.display());
    let configuration = place.put("softhsm2.conf", &text);
    let made = Command::new("softhsm2-util")
        .args(["--init-token", "--free", "--label", LABEL, "--so-pin", "93718264", "--pin", PIN])
        .env("SOFTHSM2_CONF", &configuration)
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(made.success());
    vec![("SOFTHSM2_CONF", configuration.into())]
}

fn store(place: &Place, library: &Path, book: &str) -> Pkcs11Store {
    Pkcs11Store::open(place.settings(library, LABEL, PIN), place.book(book)).unwrap()
}

/// Makes a key, signs with it, has ring judge, opens the token anew and signs again.
fn proves(test: &str, algorithm: KeyAlgorithm, judge: &'static dyn VerificationAlgorithm) {
    let Some(library) = library() else { return };
    alone(module_path!(), test, token, |place| {
        let message = b"to be signed";
        let made = {
            let store = store(place, &library, "book");
            let made = store.generate(&stamper(algorithm), now()).unwrap();
            assert_eq!((made.algorithm, made.purpose, made.created), (algorithm, Purpose::Stamper, Some(now())));
            assert_eq!(store.list().unwrap(), std::slice::from_ref(&made));
            made
        };
        let store = store(place, &library, "book");
        assert_eq!(store.describe(&made.reference).unwrap(), made);
        let octets = match made.public_key.as_ref().unwrap() {
            PublicKey::P256(octets) | PublicKey::Rsa(octets) | PublicKey::Ed25519(octets) => octets.clone(),
            PublicKey::Sm2(_) => panic!("of another kind"),
        };
        let verify = |value: &[u8]| UnparsedPublicKey::new(judge, &octets).verify(message, value);
        let value = store.sign(&made.reference, &request(ToSign::Message(message))).unwrap();
        verify(&value.to_octets()).unwrap();
        let digest = sha256(message);
        let of_digest = store.sign(&made.reference, &request(ToSign::Digest(&digest)));
        if algorithm == KeyAlgorithm::Ed25519 {
            assert!(matches!(of_digest, Err(KeyError::DigestInput { .. })), "{of_digest:?}");
        } else {
            verify(&of_digest.unwrap().to_octets()).unwrap();
        }
        let refused = store.sign(&made.reference, &SignRequest::new(Purpose::Ca, ToSign::Message(message), now()));
        assert!(matches!(refused, Err(KeyError::Purpose { .. })), "{refused:?}");
    });
}

#[test]
fn p256() {
    proves("p256", KeyAlgorithm::EcdsaP256Sha256, &judge::ECDSA_P256_SHA256_ASN1);
}

#[test]
fn rsa_2048_pkcs1() {
    let algorithm = KeyAlgorithm::RsaPkcs1Sha256(RsaSize::Bits2048);
    proves("rsa_2048_pkcs1", algorithm, &judge::RSA_PKCS1_2048_8192_SHA256);
}

#[test]
fn rsa_3072_pss() {
    let algorithm = KeyAlgorithm::RsaPssSha256(RsaSize::Bits3072);
    proves("rsa_3072_pss", algorithm, &judge::RSA_PSS_2048_8192_SHA256);
}

#[test]
fn rsa_2048_pss() {
    let algorithm = KeyAlgorithm::RsaPssSha256(RsaSize::Bits2048);
    proves("rsa_2048_pss", algorithm, &judge::RSA_PSS_2048_8192_SHA256);
}

#[test]
fn rsa_3072_pkcs1() {
    let algorithm = KeyAlgorithm::RsaPkcs1Sha256(RsaSize::Bits3072);
    proves("rsa_3072_pkcs1", algorithm, &judge::RSA_PKCS1_2048_8192_SHA256);
}

#[test]
fn ed25519() {
    proves("ed25519", KeyAlgorithm::Ed25519, &judge::ED25519);
}

#[test]
fn many_threads_share_a_few_sessions() {
    let Some(library) = library() else { return };
    alone(module_path!(), "many_threads_share_a_few_sessions", token, |place| {
        let mut settings = place.settings(&library, LABEL, PIN);
        settings.sessions = 3;
        let store = Pkcs11Store::open(settings, place.book("book")).unwrap();
        let key = store.generate(&stamper(KeyAlgorithm::EcdsaP256Sha256), now()).unwrap();
        let Some(PublicKey::P256(public)) = &key.public_key else { panic!("of another kind") };
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let (store, key) = (&store, &key);
                scope.spawn(move || {
                    for round in 0..50 {
                        let message = format!("message {round} of {thread}");
                        let value = store.sign(&key.reference, &request(ToSign::Message(message.as_bytes()))).unwrap();
                        UnparsedPublicKey::new(&judge::ECDSA_P256_SHA256_ASN1, public)
                            .verify(message.as_bytes(), &value.to_octets())
                            .unwrap();
                    }
                });
            }
        });
        assert_eq!(store.sessions(), 3, "nobody asked for more");
    });
}

/// SoftHSM makes keys on the SM2 curve and signs ECDSA with them.
#[test]
fn ecdsa_on_the_sm2_curve_is_refused_and_told_why() {
    let Some(library) = library() else { return };
    alone(module_path!(), "ecdsa_on_the_sm2_curve_is_refused_and_told_why", token, |place| {
        let text = "name = \"wrong\"\nverified = false\nsource = \"somebody who did not know\"\n\
                    [mechanism.CKM_SM2]\nnumber = 0x1041\n[mechanism.CKM_SM2_KEY_PAIR_GEN]\nnumber = 0x1040\n";
        let mapping = Mapping::parse(text, Path::new("wrong.toml")).unwrap();
        let settings = place.settings(&library, LABEL, PIN).mapped(mapping);
        let store = Pkcs11Store::open(settings, place.book("book")).unwrap();
        let error = store.generate(&KeyOrder::sm2(Purpose::Stamper), now()).unwrap_err();
        assert!(error.to_string().contains("signs plain ECDSA on the SM2 curve"), "{error}");
        assert_eq!(error.class(), ErrorClass::Broken);
        assert!(store.present().unwrap().is_empty(), "the key that was made for the trial is gone again");
        drop(store);

        let store = self::store(place, &library, "another book");
        let error = store.generate(&KeyOrder::sm2(Purpose::Stamper), now()).unwrap_err();
        assert!(error.to_string().contains("name the vendor's mapping file"), "{error}");
    });
}

#[test]
fn a_key_is_taken_over_held_to_its_limits_and_destroyed() {
    let Some(library) = library() else { return };
    alone(module_path!(), "a_key_is_taken_over_held_to_its_limits_and_destroyed", token, |place| {
        let place_of: KeyReference = "pkcs11:token=yinxin%20softhsm;object=seal;id=%01%02".parse().unwrap();
        let order = stamper(KeyAlgorithm::EcdsaP256Sha256).at_place(place_of.clone());
        {
            let first = store(place, &library, "book");
            first.generate(&order, now()).unwrap();
            let again = first.generate(&order, now()).unwrap_err();
            assert!(again.to_string().contains("there is a key of this name in the token already"), "{again}");
        }
        let store = store(place, &library, "another book");
        assert!(store.list().unwrap().is_empty(), "a key outside the book is left alone");
        let unknown = store.sign(&place_of, &request(ToSign::Message(b"m"))).unwrap_err();
        assert!(matches!(unknown, KeyError::Unknown(_)), "{unknown}");
        let present = store.present().unwrap();
        assert_eq!(present.len(), 1);
        assert_eq!(present[0].as_ref().unwrap().label, "seal");

        let wrong = stamper(KeyAlgorithm::RsaPssSha256(RsaSize::Bits2048)).at_place(place_of.clone());
        let wrong = store.adopt(&wrong, now()).unwrap_err();
        assert!(wrong.to_string().contains("it is a P-256 key, where rsa2048-pss-sha256 is wanted"), "{wrong}");
        assert_eq!(wrong.class(), ErrorClass::Refused);

        let limits = Limits { most_uses: Some(2), ..Limits::default() };
        let key = store.adopt(&order.limited(limits), now()).unwrap();
        assert_eq!(key.created, None, "when the device made it is not known");
        for _ in 0..2 {
            store.sign(&place_of, &request(ToSign::Message(b"m"))).unwrap();
        }
        let third = store.sign(&place_of, &request(ToSign::Message(b"m"))).unwrap_err();
        assert!(matches!(third, KeyError::UsedUp { most: 2, .. }), "{third}");

        let signer = store.signer(&key.reference).unwrap();
        store.destroy(&place_of).unwrap();
        assert!(store.present().unwrap().is_empty());
        assert_eq!(store.describe(&key.reference).unwrap().state, KeyState::Destroyed);
        let after = signer.sign(&request(ToSign::Message(b"m"))).unwrap_err();
        assert!(matches!(after, KeyError::State { state: KeyState::Destroyed, .. }), "{after}");
    });
}

#[test]
fn a_key_that_is_gone_or_replaced_keeps_the_store_closed() {
    let Some(library) = library() else { return };
    alone(module_path!(), "a_key_that_is_gone_or_replaced_keeps_the_store_closed", token, |place| {
        let place_of: KeyReference = "pkcs11:token=yinxin%20softhsm;object=seal;id=%07".parse().unwrap();
        let order = stamper(KeyAlgorithm::EcdsaP256Sha256).at_place(place_of.clone());
        store(place, &library, "book").generate(&order, now()).unwrap();
        {
            let other = store(place, &library, "another book");
            other.adopt(&order, now()).unwrap();
            other.destroy(&place_of).unwrap();
        }
        let open = || Pkcs11Store::open(place.settings(&library, LABEL, PIN), place.book("book")).unwrap_err();
        assert!(open().to_string().contains("there is no such private key"), "{}", open());
        store(place, &library, "a third book").generate(&order, now()).unwrap();
        assert!(open().to_string().contains("holds another key by this name"), "{}", open());
    });
}

#[test]
fn facts_are_told_without_a_pin() {
    let Some(library) = library() else { return };
    alone(module_path!(), "facts_are_told_without_a_pin", token, |place| {
        let all = Library::open(&library).unwrap().tokens().unwrap();
        let token = all.iter().find(|token| token.label == LABEL).unwrap();
        assert!(token.initialised && token.manufacturer.contains("SoftHSM"), "{token:?}");
        let store = store(place, &library, "book");
        let mechanisms = store.mechanisms().unwrap();
        let ecdsa = mechanisms.iter().find(|mechanism| mechanism.number == 0x1041).unwrap();
        assert!(ecdsa.signs && !ecdsa.generates_pairs);
        assert!(mechanisms.iter().any(|mechanism| mechanism.number == 0x1040 && mechanism.generates_pairs));

        let passphrase = Passphrase::new(b"a passphrase of tests".to_vec(), "the test").unwrap();
        let backup = store.backup(&passphrase, Split::new(2, 3).unwrap(), now()).unwrap_err();
        assert_eq!(backup.to_string(), "the pkcs11 driver cannot back up keys; use the device's own backup");
    });
}

#[test]
fn a_serial_number_picks_the_token_too() {
    let Some(library) = library() else { return };
    alone(module_path!(), "a_serial_number_picks_the_token_too", token, |place| {
        let serial = Library::open(&library)
            .unwrap()
            .tokens()
            .unwrap()
            .into_iter()
            .find(|token| token.label == LABEL)
            .unwrap()
            .serial;
        let mut settings = place.settings(&library, LABEL, PIN);
        settings.token = yinxin_hsm::pkcs11::TokenPick::by_serial(&serial);
        let store = Pkcs11Store::open(settings, place.book("book")).unwrap();
        let key = store.generate(&stamper(KeyAlgorithm::Ed25519), now()).unwrap();
        assert!(key.reference.to_string().contains(&format!("serial={serial}")), "{}", key.reference);
    });
}
