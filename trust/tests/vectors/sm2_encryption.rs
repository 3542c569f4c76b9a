//! SM2 decryption, ASN.1 form.

use super::support::{fixed, hexed, json, list};
use yinxin_trust::sm::sm2::{PrivateKey, Sm2Error};
use zeroize::Zeroizing;

pub(super) const FILE: &str = "sm2-enc.json";

#[test]
fn decryption() {
    for case in list(&json(FILE), "vectors") {
        let key = PrivateKey::from_octets(&Zeroizing::new(fixed(&case, "d"))).expect("within range");
        let ciphertext = hexed(&case, "ciphertext_der");
        let opened = key.decrypt_der(&ciphertext).expect("sound");
        assert_eq!(*opened, hexed(&case, "plaintext"), "{case}");
    }
}

#[test]
fn every_changed_octet_is_noticed() {
    for case in list(&json(FILE), "vectors") {
        let key = PrivateKey::from_octets(&Zeroizing::new(fixed(&case, "d"))).expect("within range");
        let ciphertext = hexed(&case, "ciphertext_der");
        for at in 0..ciphertext.len() {
            let mut changed = ciphertext.clone();
            changed[at] ^= 1;
            assert!(key.decrypt_der(&changed).is_err(), "octet {at} changed: {case}");
            assert!(key.decrypt_der(&ciphertext[..at]).is_err(), "cut to {at} octets: {case}");
        }
        let trailing = [&ciphertext[..], &[0]].concat();
        assert_eq!(key.decrypt_der(&trailing).err(), Some(Sm2Error::Decrypt), "{case}");
    }
}
