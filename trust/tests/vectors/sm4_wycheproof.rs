//! SM4-GCM and SM4-CCM of Wycheproof. Nonces of 12 octets go through the
//! product's wrapper; it takes no others, so those run on the generic types.

use super::support::{fixed, hexed, is_valid, json, list};
use aes_gcm::AesGcm;
use ccm::Ccm;
use ccm::aead::{KeyInit as _, Nonce, Payload};
use ccm::consts::*;
use serde_json::Value;
use sm4::Sm4;
use yinxin_trust::sm::sm4::Key;

pub(super) const FILES: &[&str] = &["wycheproof/sm4_gcm_test.json", "wycheproof/sm4_ccm_test.json"];

/// A case and what came of it: sealed octets (`None` where the nonce or tag
/// size is not of the mode) and whether the given ones opened to the message.
type Answer = Option<(Vec<u8>, bool)>;

fn run(file: &str, count: usize, answer: fn(&Value, &Value) -> Answer) {
    let mut seen = 0;
    for group in list(&json(file), "testGroups") {
        for case in list(&group, "tests") {
            let due = [hexed(&case, "ct"), hexed(&case, "tag")].concat();
            match answer(&group, &case) {
                Some((sealed, opened)) => {
                    assert_eq!(sealed == due, is_valid(&case), "sealing {case}");
                    assert_eq!(opened, is_valid(&case), "opening {case}");
                }
                None => assert!(!is_valid(&case), "no type for {case}"),
            }
            seen += 1;
        }
    }
    assert!(seen == count || seen == 0, "{seen} cases");
}

#[test]
fn gcm() {
    run("wycheproof/sm4_gcm_test.json", 104, |_, case| {
        macro_rules! sized {
            ($($octets:literal $size:ty),*) => {
                match hexed(case, "iv").len() {
                    12 => Some(product(case)),
                    $($octets => Some(generic(&AesGcm::<Sm4, $size>::new(&fixed::<16>(case, "key").into()), case)),)*
                    0 => None,
                    other => panic!("a nonce of {other} octets"),
                }
            };
        }
        sized!(1 U1, 2 U2, 4 U4, 6 U6, 8 U8, 10 U10, 15 U15, 16 U16, 20 U20, 32 U32, 64 U64, 128 U128, 257 U257)
    });
}

#[test]
fn the_product_takes_nonces_of_12_octets_only() {
    for group in list(&json("wycheproof/sm4_gcm_test.json"), "testGroups") {
        for case in list(&group, "tests") {
            let nonce: Result<[u8; 12], _> = hexed(&case, "iv").try_into();
            assert_eq!(nonce.is_ok(), group["ivSize"].as_u64() == Some(96));
        }
    }
}

fn product(case: &Value) -> (Vec<u8>, bool) {
    let (key, nonce) = (Key::new(fixed(case, "key")), fixed(case, "iv"));
    let (aad, message) = (hexed(case, "aad"), hexed(case, "msg"));
    let given = [hexed(case, "ct"), hexed(case, "tag")].concat();
    let sealed = key.gcm_seal(&nonce, &aad, &message).expect("short enough");
    (sealed, key.gcm_open(&nonce, &aad, &given).is_ok_and(|opened| opened == message))
}

fn generic<A: ccm::aead::Aead>(cipher: &A, case: &Value) -> (Vec<u8>, bool) {
    let octets = hexed(case, "iv");
    let nonce = Nonce::<A>::try_from(&octets[..]).expect("the size was matched");
    let (aad, message) = (hexed(case, "aad"), hexed(case, "msg"));
    let given = [hexed(case, "ct"), hexed(case, "tag")].concat();
    let sealed = cipher.encrypt(&nonce, Payload { msg: &message, aad: &aad }).expect("short enough");
    let opened = cipher.decrypt(&nonce, Payload { msg: &given, aad: &aad });
    (sealed, opened.is_ok_and(|opened| opened == message))
}

#[test]
fn ccm() {
    run("wycheproof/sm4_ccm_test.json", 184, |group, case| {
        let key = fixed::<16>(case, "key").into();
        macro_rules! sized {
            ($($nonce:literal $tag:literal $n:ty, $t:ty;)*) => {
                match (group["ivSize"].as_u64(), group["tagSize"].as_u64()) {
                    $((Some($nonce), Some($tag)) => Some(generic(&Ccm::<Sm4, $t, $n>::new(&key), case)),)*
                    // SP 800-38C has no other sizes, and the type can express none
                    _ => None,
                }
            };
        }
        sized! {
            56 128 U7, U16; 64 128 U8, U16; 72 128 U9, U16; 80 128 U10, U16; 88 128 U11, U16; 104 128 U13, U16;
            96 32 U12, U4; 96 48 U12, U6; 96 64 U12, U8; 96 80 U12, U10; 96 96 U12, U12; 96 112 U12, U14;
            96 128 U12, U16;
        }
    });
}
