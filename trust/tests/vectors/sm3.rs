//! SM3 and HMAC-SM3.

use super::support::{fixed, hexed, is_valid, json, list};
use yinxin_trust::sm::sm3;

pub(super) const FILES: &[&str] = &["sm3.json", "wycheproof/hmac_sm3_test.json"];

#[test]
fn digests() {
    for case in list(&json("sm3.json"), "digests") {
        let repeat = case["repeat"].as_u64().expect("a number") as usize;
        let message = hexed(&case, "msg").repeat(repeat);
        let due: [u8; 32] = fixed(&case, "digest");
        assert_eq!(sm3::digest(&message), due, "{case}");
        // the same in pieces of every small size, across the block border of 64 octets
        for piece in 1..=65 {
            let mut hash = sm3::Sm3::new();
            message.chunks(piece).for_each(|part| hash.update(part));
            assert_eq!(hash.finish(), due, "pieces of {piece}: {case}");
        }
    }
}

#[test]
fn authentication_codes() {
    for case in list(&json("sm3.json"), "hmac") {
        let (key, message) = (hexed(&case, "key"), hexed(&case, "msg"));
        let due: [u8; 32] = fixed(&case, "mac");
        assert_eq!(sm3::hmac(&key, &message), due, "{case}");
        assert!(sm3::hmac_verify(&key, &message, &due));
        assert!(!sm3::hmac_verify(&key, &message, &[&due[..31], &[due[31] ^ 1]].concat()));
    }
}

#[test]
fn wycheproof_authentication_codes() {
    let mut count = 0;
    for group in list(&json("wycheproof/hmac_sm3_test.json"), "testGroups") {
        for case in list(&group, "tests") {
            let (key, message, tag) = (hexed(&case, "key"), hexed(&case, "msg"), hexed(&case, "tag"));
            assert_eq!(sm3::hmac_verify(&key, &message, &tag), is_valid(&case), "{case}");
            assert_eq!(sm3::hmac(&key, &message)[..tag.len()] == tag, is_valid(&case), "{case}");
            count += 1;
        }
    }
    assert!(count == 174 || count == 0, "{count} cases");
}

#[test]
fn short_tags_are_refused() {
    let tag = sm3::hmac(b"key", b"message");
    assert!(sm3::hmac_verify(b"key", b"message", &tag[..16]));
    assert!(!sm3::hmac_verify(b"key", b"message", &tag[..15]));
    assert!(!sm3::hmac_verify(b"key", b"message", &[]));
    assert!(!sm3::hmac_verify(b"key", b"message", &[&tag[..], &[0]].concat()));
}
