//! Keys are made, taken over, used and deleted; the book holds them to what they are for.

use crate::support::{Token, generate, now, order, public, reference, sign};
use yinxin_hsm::{
    KeyAlgorithm, KeyError, KeyOrder, KeyState, KeyStore as _, Limits, Purpose, SignRequest, ToSign, WrapRequest,
    sdf::EccBits,
};
use yinxin_trust::sm::{sm2::DEFAULT_ID, sm3};

#[test]
fn a_key_is_made_and_signs() {
    let token = Token::new();
    let store = token.store();
    let key = generate(&store, "sdf:index=3");
    assert_eq!(key.reference.to_string(), "sdf:device=room-1;index=3");
    assert_eq!(store.list().unwrap(), std::slice::from_ref(&key));
    let signature = sign(&store, &key.reference, b"a stamp").unwrap();
    assert!(public(&key).verify(DEFAULT_ID, b"a stamp", &signature));
    assert!(!public(&key).verify(DEFAULT_ID, b"another", &signature));
    // by the short reference too, and a digest
    let e = public(&key).message_digest(DEFAULT_ID, b"a digest").unwrap();
    let request = SignRequest::new(Purpose::Stamper, ToSign::Digest(&e), now());
    assert!(store.sign(&reference("sdf:index=3"), &request).is_ok());
    let request = SignRequest::new(Purpose::Ca, ToSign::Digest(&e), now());
    assert!(matches!(store.sign(&key.reference, &request), Err(KeyError::Purpose { .. })));
    assert!(matches!(store.describe(&reference("sdf:index=4")), Err(KeyError::Unknown(_))));
    assert!(matches!(store.describe(&reference("sdf:device=room-2;index=3")), Err(KeyError::Unknown(_))));
}

#[test]
fn a_device_with_fields_of_256_bits_signs_as_well() {
    let token = Token::new();
    token.control("ecc_bits 256\n");
    let mut config = token.config();
    config.ecc_bits = EccBits::Narrow;
    let store = token.store_with(config);
    let key = generate(&store, "sdf:index=1");
    let signature = sign(&store, &key.reference, b"a stamp").unwrap();
    assert!(public(&key).verify(DEFAULT_ID, b"a stamp", &signature));
}

#[test]
fn a_key_of_the_makers_tool_is_taken_over() {
    let token = Token::new();
    let key = generate(&token.store(), "sdf:index=7");
    // a second installation, with a book of its own
    std::fs::rename(token.path("book"), token.path("first-book")).unwrap();
    let store = token.store();
    assert!(store.list().unwrap().is_empty());
    let limits = Limits { most_uses: Some(2), ..Limits::default() };
    let adopted = store.adopt(&order("sdf:index=7").limited(limits), now()).unwrap();
    assert_eq!(adopted.public_key, key.public_key);
    assert!(sign(&store, &key.reference, b"1").is_ok());
    assert!(sign(&store, &key.reference, b"2").is_ok());
    assert!(matches!(sign(&store, &key.reference, b"3"), Err(KeyError::UsedUp { most: 2, .. })));
    let again = store.adopt(&order("sdf:index=7"), now());
    assert!(matches!(again, Err(KeyError::Book(_))), "{again:?}");
    let none = store.adopt(&order("sdf:index=8"), now()).unwrap_err().to_string();
    assert!(none.contains("SDR_KEYNOTEXIST") && none.contains("there is no such key"), "{none}");
}

#[test]
fn orders_that_do_not_fit_are_refused_by_name() {
    let token = Token::new();
    let store = token.store();
    let placeless = KeyOrder::new(KeyAlgorithm::Sm4Gcm, Purpose::Data);
    let placeless = store.generate(&placeless, now());
    assert!(matches!(placeless, Err(KeyError::Unsupported { driver: "sdf", .. })), "{placeless:?}");
    let unnamed = store.adopt(&KeyOrder::sm2(Purpose::Stamper), now());
    assert!(matches!(unnamed, Err(KeyError::Unsupported { driver: "sdf", .. })), "{unnamed:?}");
    let kek = store.generate(&order("sdf:kek=1"), now());
    assert!(matches!(kek, Err(KeyError::OtherKind { wanted: KeyAlgorithm::Sm2Sm3, .. })), "{kek:?}");
    let rsa = KeyOrder::new(KeyAlgorithm::EcdsaP256Sha256, Purpose::Stamper).at_place(reference("sdf:index=1"));
    assert!(matches!(store.generate(&rsa, now()), Err(KeyError::OtherKind { .. })));
    let soft = store.generate(&order("soft:0123456789abcdef"), now());
    assert!(matches!(soft, Err(KeyError::Unknown(_))), "{soft:?}");
}

#[test]
fn an_order_without_a_place_gets_the_lowest_free_index() {
    let token = Token::new();
    // one of the device's own tool, which no book knows
    drop(generate(&token.store(), "sdf:index=3"));
    std::fs::remove_dir_all(token.path("book")).unwrap();
    let mut config = token.config();
    config.indexes = 2..=4;
    let store = token.store_with(config);
    let make = || store.generate(&KeyOrder::sm2(Purpose::Stamper), now());
    let first = make().unwrap().reference;
    assert_eq!(first, reference("sdf:device=room-1;index=2"));
    assert_eq!(make().unwrap().reference, reference("sdf:device=room-1;index=4"));
    // a reference is never used again
    store.destroy(&first).unwrap();
    let full = make();
    assert!(matches!(full, Err(KeyError::Unsupported { driver: "sdf", .. })), "{full:?}");
}

#[test]
fn a_destroyed_key_is_gone_and_its_reference_with_it() {
    let token = Token::new();
    let store = token.store();
    let key = generate(&store, "sdf:index=2");
    let signer = store.signer(&key.reference).unwrap();
    store.set_state(&key.reference, KeyState::Suspended).unwrap();
    let suspended = sign(&store, &key.reference, b"x");
    assert!(matches!(suspended, Err(KeyError::State { state: KeyState::Suspended, .. })));
    store.set_state(&key.reference, KeyState::Active).unwrap();
    store.destroy(&key.reference).unwrap();
    assert!(!token.path("token/pair-0002.key").exists());
    let request = SignRequest::new(Purpose::Stamper, ToSign::Message(b"x"), now());
    assert!(matches!(signer.sign(&request), Err(KeyError::State { state: KeyState::Destroyed, .. })));
    assert!(store.list().unwrap().is_empty());
    let again = store.generate(&order("sdf:index=2"), now());
    assert!(matches!(again, Err(KeyError::Book(_))), "{again:?}");
}

#[test]
fn data_at_rest_comes_back_in_its_own_context_only() {
    let token = Token::new();
    let store = token.store();
    let order = KeyOrder::new(KeyAlgorithm::Sm4Gcm, Purpose::Data).at_place(reference("sdf:kek=1"));
    let key = store.generate(&order, now()).unwrap();
    assert_eq!(key.public_key, None);
    let request = WrapRequest::new(Purpose::Data, b"table 1", now());
    let data = b"what is personal ".repeat(4000);
    let wrapped = store.wrap(&key.reference, &request, &data).unwrap();
    assert_eq!(wrapped.len(), data.len() + 61);
    assert_ne!(store.wrap(&key.reference, &request, &data).unwrap(), wrapped);
    assert_eq!(*store.unwrap(&key.reference, &request, &wrapped).unwrap(), data);
    let elsewhere = WrapRequest::new(Purpose::Data, b"table 2", now());
    assert!(matches!(store.unwrap(&key.reference, &elsewhere, &wrapped), Err(KeyError::NotUnwrapped(_))));
    for place in [0, 1, 17, 33, 45, wrapped.len() - 1] {
        let mut altered = wrapped.clone();
        altered[place] ^= 1;
        let found = store.unwrap(&key.reference, &request, &altered);
        assert!(matches!(found, Err(KeyError::NotUnwrapped(_))), "octet {place}: {found:?}");
    }
    assert!(matches!(store.unwrap(&key.reference, &request, &wrapped[..40]), Err(KeyError::NotUnwrapped(_))));
    let request = SignRequest::new(Purpose::Data, ToSign::Message(b"x"), now());
    assert!(matches!(store.sign(&key.reference, &request), Err(KeyError::Use { .. })));
}

#[test]
fn the_device_says_what_it_is_and_computes() {
    let token = Token::new();
    let store = token.store();
    let info = store.info().unwrap();
    assert_eq!((info.maker.as_str(), info.model.as_str(), info.standard), ("yinxin", "softsdf", 2023));
    assert_eq!(info.serial.len(), 16);
    let (mut one, mut two) = ([0; 32], [0; 32]);
    store.random(&mut one).unwrap();
    store.random(&mut two).unwrap();
    assert!(one != two && one != [0; 32]);
    let data = b"abc".repeat(30_000);
    assert_eq!(store.digest(&data).unwrap(), sm3::digest(&data));
}
