//! Kinds of keys beside SM2, limits, states, wrapping, and files of version 1.

use super::*;
use crate::{ErrorClass, KeyAlgorithm, Limits, RsaSize, Use, WrapRequest};

const MESSAGE: &[u8] = b"to be signed";

fn order(algorithm: KeyAlgorithm) -> KeyOrder {
    KeyOrder::new(algorithm, Purpose::Data)
}

fn request(message: &[u8]) -> SignRequest<'_> {
    SignRequest::new(Purpose::Data, ToSign::Message(message), now())
}

/// Another file in place of the store's book; what was there.
fn swap_book(folder: &Path, octets: Option<&[u8]>) -> Vec<u8> {
    let path = folder.join("keybook");
    let before = fs::read(&path).unwrap();
    match octets {
        Some(octets) => fs::write(&path, octets).unwrap(),
        None => fs::remove_file(&path).unwrap(),
    }
    before
}

#[test]
fn p256_and_ed25519_sign_as_ring_verifies() {
    let scratch = Scratch::new();
    let store = open(scratch.path()).unwrap();
    let kinds = [(KeyAlgorithm::EcdsaP256Sha256, Algorithm::EcdsaSha256), (KeyAlgorithm::Ed25519, Algorithm::Ed25519)];
    let made: Vec<_> = kinds.iter().map(|(kind, _)| store.generate(&order(*kind), now()).unwrap()).collect();
    drop(store);
    let store = open(scratch.path()).unwrap();
    for (key, (kind, algorithm)) in made.iter().zip(kinds) {
        assert_eq!(store.describe(&key.reference).unwrap(), *key);
        let public = key.public_key.as_ref().unwrap();
        assert!(kind.fits(public));
        let value = store.sign(&key.reference, &request(MESSAGE)).unwrap().to_octets();
        let mut deviations = Deviations::default();
        assert_eq!(public.verify(algorithm, MESSAGE, &value, &mut deviations), Ok(()));
        assert!(public.verify(algorithm, b"another", &value, &mut deviations).is_err());
        let digest = SignRequest::new(Purpose::Data, ToSign::Digest(&[1; 32]), now());
        let refused = store.sign(&key.reference, &digest).unwrap_err();
        assert_eq!(refused.class(), ErrorClass::Refused, "{refused}");
        assert!(store.wrap(&key.reference, &WrapRequest::new(Purpose::Data, b"", now()), b"x").is_err());
    }
}

#[test]
fn what_cannot_be_made_is_named() {
    let scratch = Scratch::new();
    let store = open(scratch.path()).unwrap();
    for size in [RsaSize::Bits2048, RsaSize::Bits3072] {
        for kind in [KeyAlgorithm::RsaPkcs1Sha256(size), KeyAlgorithm::RsaPssSha256(size)] {
            let refused = store.generate(&order(kind), now()).unwrap_err();
            assert_eq!(refused.to_string(), "the soft driver cannot make RSA keys; use a device");
        }
    }
    let wish = KeyOrder::sm2(Purpose::Ca).at_place("sdf:index=1".parse().unwrap());
    assert!(matches!(store.generate(&wish, now()), Err(KeyError::Unsupported { driver: "soft", .. })));
    assert!(matches!(store.adopt(&wish, now()), Err(KeyError::Unsupported { driver: "soft", .. })));
    assert!(store.list().unwrap().is_empty());
    let elsewhere: KeyReference = "sdf:index=1".parse().unwrap();
    assert!(matches!(store.signer(&elsewhere), Err(KeyError::Unknown(_))));
    assert!(matches!(store.destroy(&elsewhere), Err(KeyError::Unknown(_))));
}

#[test]
fn data_is_wrapped_and_unwrapped() {
    let scratch = Scratch::new();
    let store = open(scratch.path()).unwrap();
    let key = store.generate(&order(KeyAlgorithm::Sm4Gcm), now()).unwrap();
    assert_eq!((&key.public_key, &*key.uses), (&None, &[Use::Wrap][..]));
    let asked = WrapRequest::new(Purpose::Data, b"a context", now());
    let wrapped = store.wrap(&key.reference, &asked, MESSAGE).unwrap();
    assert_ne!(wrapped, store.wrap(&key.reference, &asked, MESSAGE).unwrap());
    assert!(!wrapped.windows(MESSAGE.len()).any(|window| window == MESSAGE));
    assert!(matches!(store.signer(&key.reference), Err(KeyError::Use { asked: Use::Sign, .. })));
    drop(store);
    let store = open(scratch.path()).unwrap();
    assert_eq!(*store.unwrap(&key.reference, &asked, &wrapped).unwrap(), MESSAGE);
    for place in 0..wrapped.len() {
        let mut altered = wrapped.clone();
        altered[place] ^= 0x40;
        let refused = store.unwrap(&key.reference, &asked, &altered);
        assert!(matches!(refused, Err(KeyError::NotUnwrapped(_))), "octet {place}");
        assert!(store.unwrap(&key.reference, &asked, &wrapped[..place]).is_err(), "{place} octets");
    }
    let other = WrapRequest::new(Purpose::Data, b"another context", now());
    assert!(matches!(store.unwrap(&key.reference, &other, &wrapped), Err(KeyError::NotUnwrapped(_))));
    let purpose = WrapRequest::new(Purpose::Ca, b"a context", now());
    assert!(matches!(store.unwrap(&key.reference, &purpose, &wrapped), Err(KeyError::Purpose { .. })));
    let long = vec![0; crate::MOST_WRAPPED + 1];
    assert!(matches!(store.wrap(&key.reference, &asked, &long), Err(KeyError::TooLong { .. })));
    let second = store.generate(&order(KeyAlgorithm::Sm4Gcm), now()).unwrap();
    assert!(matches!(store.unwrap(&second.reference, &asked, &wrapped), Err(KeyError::NotUnwrapped(_))));
}

#[test]
fn limits_hold_over_reopening() {
    let scratch = Scratch::new();
    let store = open(scratch.path()).unwrap();
    let limits = Limits { not_before: None, not_after: Some(now()), most_uses: Some(3) };
    let key = store.generate(&KeyOrder::sm2(Purpose::Data).limited(limits), now()).unwrap();
    let wraps = store.generate(&order(KeyAlgorithm::Sm4Gcm).limited(limits), now()).unwrap();
    let later = Moment::from_utc(2027, 1, 1, 0, 0, 0).unwrap();
    let late = SignRequest::new(Purpose::Data, ToSign::Message(MESSAGE), later);
    assert!(matches!(store.sign(&key.reference, &late), Err(KeyError::Period { .. })));
    let asked = WrapRequest::new(Purpose::Data, b"", now());
    let wrapped = store.wrap(&wraps.reference, &asked, MESSAGE).unwrap();
    store.sign(&key.reference, &request(MESSAGE)).unwrap();
    store.sign(&key.reference, &request(MESSAGE)).unwrap();
    drop(store);
    let store = open(scratch.path()).unwrap();
    let described = store.describe(&key.reference).unwrap();
    assert_eq!((described.limits, described.used), (limits, Some(2)));
    let signer = store.signer(&key.reference).unwrap();
    signer.sign(&request(MESSAGE)).unwrap();
    let refused = signer.sign(&request(MESSAGE)).unwrap_err();
    assert!(matches!(refused, KeyError::UsedUp { most: 3, .. }), "{refused}");
    // what was wrapped stays readable when the key may wrap no more
    let reading = WrapRequest::new(Purpose::Data, b"", later);
    assert!(matches!(store.wrap(&wraps.reference, &reading, MESSAGE), Err(KeyError::Period { .. })));
    assert_eq!(*store.unwrap(&wraps.reference, &reading, &wrapped).unwrap(), MESSAGE);
}

#[test]
fn a_suspended_key_waits_and_a_destroyed_one_is_gone() {
    let scratch = Scratch::new();
    let store = open(scratch.path()).unwrap();
    let key = store.generate(&KeyOrder::sm2(Purpose::Data), now()).unwrap();
    let file = fs::read(file_of(scratch.path(), &key)).unwrap();
    // a signer taken before hears of it
    let signer = store.signer(&key.reference).unwrap();
    store.set_state(&key.reference, KeyState::Suspended).unwrap();
    let refused = signer.sign(&request(MESSAGE)).unwrap_err();
    assert!(matches!(refused, KeyError::State { state: KeyState::Suspended, .. }), "{refused}");
    store.set_state(&key.reference, KeyState::Active).unwrap();
    signer.sign(&request(MESSAGE)).unwrap();
    assert!(store.set_state(&key.reference, KeyState::Destroyed).is_err());
    store.destroy(&key.reference).unwrap();
    assert!(matches!(signer.sign(&request(MESSAGE)), Err(KeyError::State { state: KeyState::Destroyed, .. })));
    assert!(matches!(store.signer(&key.reference), Err(KeyError::Unknown(_))));
    assert!(store.list().unwrap().is_empty());
    assert_eq!(store.describe(&key.reference).unwrap().state, KeyState::Destroyed);
    let path = file_of(scratch.path(), &key);
    assert!(!path.exists());
    drop((store, signer));
    // put back from a copy it is destroyed again
    fs::write(&path, file).unwrap();
    mode(&path, 0o600);
    let store = open(scratch.path()).unwrap();
    assert!(!path.exists());
    assert!(matches!(store.signer(&key.reference), Err(KeyError::Unknown(_))));
}

#[test]
fn a_missing_book_is_named() {
    let scratch = Scratch::new();
    let key = open(scratch.path()).unwrap().generate(&KeyOrder::sm2(Purpose::Data), now()).unwrap();
    let book = swap_book(scratch.path(), None);
    let refused = open(scratch.path()).unwrap_err();
    assert!(matches!(&refused, KeyError::Book(BookFault::Missing(path)) if path == scratch.path()), "{refused}");
    fs::write(scratch.path().join("keybook"), &book).unwrap();
    mode(&scratch.path().join("keybook"), 0o600);
    signs(&open(scratch.path()).unwrap(), &key, Purpose::Data, MESSAGE);
    swap_book(scratch.path(), Some(&book[..book.len() - 1]));
    assert!(matches!(open(scratch.path()), Err(KeyError::Book(BookFault::Altered(_)))));
}

/// A file as the program wrote it before there were books.
#[test]
fn files_of_version_1_open() {
    let octets = hex::decode(include_str!("version-1.hex").trim()).unwrap();
    let scratch = Scratch::new();
    let path = scratch.path().join("0102030405060708.key");
    fs::write(&path, octets).unwrap();
    mode(&path, 0o600);
    for _ in 0..2 {
        let store = open(scratch.path()).unwrap();
        let [key] = &store.list().unwrap()[..] else { panic!("not one key") };
        assert_eq!((key.purpose, key.limits, key.state), (Purpose::Stamper, Limits::default(), KeyState::Active));
        assert_eq!(key.created, Some(now()));
        signs(&store, key, Purpose::Stamper, MESSAGE);
        let made = store.generate(&KeyOrder::sm2(Purpose::Data), now()).unwrap();
        signs(&store, &made, Purpose::Data, MESSAGE);
        store.destroy(&made.reference).unwrap();
    }
    assert!(names(scratch.path()).contains("keybook"));
}
