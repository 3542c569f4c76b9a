//! SM2 by a vendor's numbers, on the test module.

use crate::alone::{
    HIGH, LOW, alone, mapping, module_environment, module_store, now, request, sign_with_only_key, stamper, takes_e,
};
use yinxin_hsm::{
    ErrorClass, KeyAlgorithm, KeyError, KeyOrder, KeyStore as _, Purpose, SignatureValue, ToSign, pkcs11::Pkcs11Store,
};
use yinxin_trust::{
    sm::sm2::{self, DEFAULT_ID},
    suite::PublicKey,
};

fn public(store: &Pkcs11Store) -> sm2::PublicKey {
    match store.list().unwrap().pop().unwrap().public_key {
        Some(PublicKey::Sm2(key)) => key,
        other => panic!("{other:?}"),
    }
}

/// Signs a message, and e, with a new key; both must verify.
fn both_verify(store: &Pkcs11Store) {
    store.generate(&KeyOrder::sm2(Purpose::Stamper), now()).unwrap();
    let key = public(store);
    let SignatureValue::Sm2(value) = sign_with_only_key(store, b"message").unwrap() else { panic!("of another kind") };
    assert!(key.verify(DEFAULT_ID, b"message", &value));
    let e = key.message_digest(b"another id", b"message").unwrap();
    let reference = store.list().unwrap().pop().unwrap().reference;
    let value = store.sign(&reference, &request(ToSign::Digest(&e))).unwrap();
    let SignatureValue::Sm2(value) = value else { panic!("of another kind") };
    assert!(key.verify_digest(&e, &value) && key.verify(b"another id", b"message", &value));
}

#[test]
fn numbers_above_the_vendors_line() {
    alone(
        module_path!(),
        "numbers_above_the_vendors_line",
        |place| module_environment(place, HIGH),
        |place| {
            let store = module_store(place, takes_e(HIGH)).unwrap();
            both_verify(&store);
            let numbers: Vec<_> = store.mechanisms().unwrap().iter().map(|mechanism| mechanism.number).collect();
            assert_eq!(numbers, [0xFFFF_F001, 0xFFFF_F002, 0xFFFF_F003], "the vendor's are listed too");
        },
    );
}

#[test]
fn numbers_below_it() {
    alone(
        module_path!(),
        "numbers_below_it",
        |place| module_environment(place, LOW),
        |place| {
            both_verify(&module_store(place, takes_e(LOW)).unwrap());
        },
    );
}

#[test]
fn points_without_wrapping_and_der_signatures() {
    alone(
        module_path!(),
        "points_without_wrapping_and_der_signatures",
        |place| module_environment(place, HIGH),
        |place| {
            place.put("faults", "bare-point\nder\n");
            let text = "[key-type]\nCKK_SM2 = <key-type>\n[mechanism.CKM_SM2]\nnumber = <digest>\nsignature = \"der\"\n\
                    [mechanism.CKM_SM2_KEY_PAIR_GEN]\nnumber = <generate>\n";
            both_verify(&module_store(place, mapping(HIGH, text)).unwrap());
        },
    );
}

#[test]
fn a_mechanism_that_hashes_signs_messages_only() {
    alone(
        module_path!(),
        "a_mechanism_that_hashes_signs_messages_only",
        |place| module_environment(place, HIGH),
        |place| {
            for (book, form) in [("one", "id"), ("two", "z")] {
                let text = format!(
                    "[key-type]\nCKK_SM2 = <key-type>\n[mechanism.CKM_SM2_SM3]\nnumber = <message>\nparameter = \"{form}\"\n\
                 [mechanism.CKM_SM2_KEY_PAIR_GEN]\nnumber = <generate>\n"
                );
                let settings = place
                    .settings(&crate::alone::test_module(), "yinxin test", "12345678")
                    .mapped(mapping(HIGH, &text));
                let store = Pkcs11Store::open(settings, place.book(book)).unwrap();
                let key = store.generate(&KeyOrder::sm2(Purpose::Stamper), now()).unwrap();
                let SignatureValue::Sm2(value) = sign_with_only_key(&store, b"message").unwrap() else { panic!() };
                assert!(public(&store).verify(DEFAULT_ID, b"message", &value), "parameter {form}");
                let digest = store.sign(&key.reference, &request(ToSign::Digest(&[7; 32]))).unwrap_err();
                assert!(digest.to_string().contains("no mechanism that signs digests"), "{digest}");
                assert_eq!(digest.class(), ErrorClass::Refused);
            }
        },
    );
}

#[test]
fn a_token_that_signs_ecdsa_instead_is_refused() {
    alone(
        module_path!(),
        "a_token_that_signs_ecdsa_instead_is_refused",
        |place| module_environment(place, LOW),
        |place| {
            let store = module_store(place, takes_e(LOW)).unwrap();
            place.put("faults", "plain-ecdsa\n");
            let refused = store.generate(&KeyOrder::sm2(Purpose::Stamper), now()).unwrap_err();
            assert!(refused.to_string().contains("signs plain ECDSA on the SM2 curve"), "{refused}");

            // a device that turns so later is found out at the next start, and at each signature
            place.put("faults", "");
            store.generate(&KeyOrder::sm2(Purpose::Stamper), now()).unwrap();
            place.put("faults", "plain-ecdsa\n");
            let wrong = sign_with_only_key(&store, b"m").unwrap_err();
            assert!(wrong.to_string().contains("does not verify; it was not handed out"), "{wrong}");
            assert_eq!(wrong.class(), ErrorClass::Broken);
        },
    );
}

#[test]
fn wrong_and_short_signatures_are_not_handed_out() {
    alone(
        module_path!(),
        "wrong_and_short_signatures_are_not_handed_out",
        |place| module_environment(place, HIGH),
        |place| {
            let store = module_store(place, takes_e(HIGH)).unwrap();
            place.put("faults", "wrong-signature\n");
            let refused = store.generate(&KeyOrder::sm2(Purpose::Stamper), now()).unwrap_err();
            assert!(refused.to_string().contains("signature of random octets does not verify"), "{refused}");
            place.put("faults", "");
            store.generate(&KeyOrder::sm2(Purpose::Stamper), now()).unwrap();
            for (fault, told) in [
                ("wrong-signature", "does not verify; it was not handed out"),
                ("short-signature", "it has 63 octets where 64 are wanted"),
            ] {
                place.put("faults", fault);
                let error = sign_with_only_key(&store, b"m").unwrap_err();
                assert!(error.to_string().contains(told), "{error}");
            }
            place.put("faults", "");
            sign_with_only_key(&store, b"m").unwrap();
        },
    );
}

#[test]
fn keys_that_may_leave_are_refused() {
    alone(
        module_path!(),
        "keys_that_may_leave_are_refused",
        |place| module_environment(place, HIGH),
        |place| {
            let store = module_store(place, takes_e(HIGH)).unwrap();
            place.put("faults", "keys-may-leave\n");
            let error = store.generate(&KeyOrder::sm2(Purpose::Stamper), now()).unwrap_err();
            assert!(error.to_string().contains("it may leave the device (CKA_EXTRACTABLE is not false)"), "{error}");
            assert!(store.present().unwrap().is_empty(), "it was destroyed at once");
        },
    );
}

#[test]
fn a_mapping_of_other_numbers_is_told() {
    alone(
        module_path!(),
        "a_mapping_of_other_numbers_is_told",
        |place| module_environment(place, HIGH),
        |place| {
            let store = module_store(place, takes_e(LOW)).unwrap();
            let error = store.generate(&KeyOrder::sm2(Purpose::Stamper), now()).unwrap_err();
            assert!(error.to_string().contains("has no mechanism CKM_SM2_KEY_PAIR_GEN (0x00010003)"), "{error}");
            let error = store.generate(&stamper(KeyAlgorithm::EcdsaP256Sha256), now()).unwrap_err();
            assert!(error.to_string().contains("has no mechanism CKM_EC_KEY_PAIR_GEN"), "{error}");
            assert!(matches!(error, KeyError::Driver(_)));
        },
    );
}
