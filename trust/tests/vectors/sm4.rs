//! SM4 in every mode of the file. The product has GCM and CBC; the other modes
//! run on the same block cipher, so that a fault in it shows here too.

use super::support::{fixed, hexed, json, list, text};
use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use cbc::cipher::{
    BlockCipherDecrypt as _, BlockCipherEncrypt as _, BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _,
    StreamCipher as _, block_padding::NoPadding, consts::U12, consts::U16,
};
use serde_json::Value;
use sm4::Sm4;
use yinxin_trust::sm::sm4::Key;

pub(super) const FILES: &[&str] = &["sm4.json"];

struct Case {
    key: [u8; 16],
    iv: [u8; 16],
    plain: Vec<u8>,
    cipher: Vec<u8>,
}

impl Case {
    fn of(case: &Value) -> Self {
        let iv = if case["iv"].is_null() { [0; 16] } else { fixed(case, "iv") };
        let (plain, cipher) = (hexed(case, "plaintext"), hexed(case, "ciphertext"));
        Self { key: fixed(case, "key"), iv, plain, cipher }
    }
}

fn of_mode(mode: &str) -> Vec<Value> {
    list(&json("sm4.json"), "vectors").into_iter().filter(|case| text(case, "mode") == mode).collect()
}

#[test]
fn all_modes_are_known() {
    for case in list(&json("sm4.json"), "vectors") {
        let known = ["ecb", "cbc", "ctr", "ofb", "cfb", "gcm", "ccm", "xts"];
        assert!(known.contains(&text(&case, "mode")), "{case}");
    }
}

#[test]
fn ecb() {
    for case in of_mode("ecb") {
        let Case { key, plain, cipher, .. } = Case::of(&case);
        let sm4 = Sm4::new(&key.into());
        let rounds = case["repeat"].as_u64().unwrap_or(1);
        for (plain, cipher) in plain.as_chunks::<16>().0.iter().zip(cipher.as_chunks::<16>().0) {
            let mut block = (*plain).into();
            (0..rounds).for_each(|_| sm4.encrypt_block(&mut block));
            assert_eq!(block[..], cipher[..], "{case}");
            (0..rounds).for_each(|_| sm4.decrypt_block(&mut block));
            assert_eq!(block[..], plain[..], "{case}");
        }
    }
}

#[test]
fn cbc_without_padding() {
    for case in of_mode("cbc") {
        let Case { key, iv, plain, cipher } = Case::of(&case);
        let made = cbc::Encryptor::<Sm4>::new(&key.into(), &iv.into()).encrypt_padded_vec::<NoPadding>(&plain);
        assert_eq!(made, cipher, "{case}");
        let opened = cbc::Decryptor::<Sm4>::new(&key.into(), &iv.into()).decrypt_padded_vec::<NoPadding>(&cipher);
        assert_eq!(opened.expect("whole blocks"), plain, "{case}");
    }
}

/// The product pads (PKCS#7): its ciphertext is the case's and one block more.
#[test]
fn cbc_of_the_product() {
    for case in of_mode("cbc") {
        let Case { key, iv, plain, cipher } = Case::of(&case);
        let key = Key::new(key);
        let made = key.cbc_encrypt(&iv, &plain);
        assert_eq!((&made[..cipher.len()], made.len()), (&cipher[..], cipher.len() + 16), "{case}");
        assert_eq!(key.cbc_decrypt(&iv, &made).expect("sound padding"), plain, "{case}");
        assert!(key.cbc_decrypt(&iv, &cipher).is_err(), "the case has no padding: {case}");
        assert!(key.cbc_decrypt(&iv, &made[..made.len() - 1]).is_err(), "not whole blocks: {case}");
    }
}

#[test]
fn ctr() {
    for case in of_mode("ctr") {
        let Case { key, iv, mut plain, cipher } = Case::of(&case);
        ctr::Ctr128BE::<Sm4>::new(&key.into(), &iv.into()).apply_keystream(&mut plain);
        assert_eq!(plain, cipher, "{case}");
    }
}

#[test]
fn ofb() {
    for case in of_mode("ofb") {
        let Case { key, iv, mut plain, cipher } = Case::of(&case);
        ofb::Ofb::<Sm4>::new(&key.into(), &iv.into()).apply_keystream(&mut plain);
        assert_eq!(plain, cipher, "{case}");
    }
}

#[test]
fn cfb() {
    for case in of_mode("cfb") {
        let Case { key, iv, plain, cipher } = Case::of(&case);
        let mut octets = plain.clone();
        cfb_mode::Encryptor::<Sm4>::new(&key.into(), &iv.into()).encrypt(&mut octets);
        assert_eq!(octets, cipher, "{case}");
        cfb_mode::Decryptor::<Sm4>::new(&key.into(), &iv.into()).decrypt(&mut octets);
        assert_eq!(octets, plain, "{case}");
    }
}

#[test]
fn gcm_of_the_product() {
    for case in of_mode("gcm") {
        let (key, nonce) = (Key::new(fixed(&case, "key")), fixed(&case, "iv"));
        let (aad, plain) = (hexed(&case, "aad"), hexed(&case, "plaintext"));
        let due = [hexed(&case, "ciphertext"), hexed(&case, "tag")].concat();
        assert_eq!(key.gcm_seal(&nonce, &aad, &plain).expect("short enough"), due, "{case}");
        assert_eq!(key.gcm_open(&nonce, &aad, &due).expect("sound"), plain, "{case}");
        for at in 0..due.len() {
            let mut changed = due.clone();
            changed[at] ^= 0x80;
            assert!(key.gcm_open(&nonce, &aad, &changed).is_err(), "octet {at} changed: {case}");
        }
        assert!(key.gcm_open(&nonce, b"", &due).is_err(), "other associated data: {case}");
        assert!(key.gcm_open(&nonce, &aad, &due[..15]).is_err(), "shorter than a tag: {case}");
    }
}

#[test]
fn ccm() {
    for case in of_mode("ccm") {
        let cipher = ccm::Ccm::<Sm4, U16, U12>::new(&fixed::<16>(&case, "key").into());
        let nonce = fixed::<12>(&case, "iv").into();
        let (aad, plain) = (hexed(&case, "aad"), hexed(&case, "plaintext"));
        let due = [hexed(&case, "ciphertext"), hexed(&case, "tag")].concat();
        assert_eq!(cipher.encrypt(&nonce, Payload { msg: &plain, aad: &aad }).expect("short"), due, "{case}");
        assert_eq!(cipher.decrypt(&nonce, Payload { msg: &due, aad: &aad }).expect("sound"), plain, "{case}");
    }
}

/// XTS of GB/T 17964-2021 and of IEEE 1619; they differ in how the tweak is
/// multiplied. Cases that name no standard are of GB/T 17964.
#[test]
fn xts() {
    for case in of_mode("xts") {
        let keys = hexed(&case, "key");
        let (data, tweak) = keys.split_at(16);
        let ieee = case["extra"]["XTSStandard"].as_str() == Some("IEEE");
        let made = xts_encrypt(data, tweak, &fixed(&case, "iv"), &hexed(&case, "plaintext"), ieee);
        assert_eq!(made, hexed(&case, "ciphertext"), "{case}");
    }
}

fn xts_encrypt(data_key: &[u8], tweak_key: &[u8], iv: &[u8; 16], plain: &[u8], ieee: bool) -> Vec<u8> {
    let cipher = |key: &[u8]| Sm4::new_from_slice(key).expect("16 octets");
    let (data, tweaks) = (cipher(data_key), cipher(tweak_key));
    let mut first = (*iv).into();
    tweaks.encrypt_block(&mut first);
    let mut tweak: [u8; 16] = first.into();
    let mut out = Vec::new();
    let (blocks, rest) = plain.as_chunks::<16>();
    for block in blocks {
        out.extend(masked(&data, *block, &tweak));
        tweak = if ieee { doubled_ieee(tweak) } else { doubled_gb(tweak) };
    }
    if !rest.is_empty() {
        // ciphertext stealing: the last whole block moves behind the rest
        let stolen = out.split_off(out.len() - 16);
        let mut block: [u8; 16] = stolen[..].try_into().expect("16 octets");
        block[..rest.len()].copy_from_slice(rest);
        out.extend(masked(&data, block, &tweak));
        out.extend(&stolen[..rest.len()]);
    }
    out
}

fn masked(cipher: &Sm4, block: [u8; 16], tweak: &[u8; 16]) -> [u8; 16] {
    let mask = |block: [u8; 16]| core::array::from_fn(|i| block[i] ^ tweak[i]);
    let mut held = mask(block).into();
    cipher.encrypt_block(&mut held);
    mask(held.into())
}

/// Times x, little-endian (IEEE 1619).
fn doubled_ieee(tweak: [u8; 16]) -> [u8; 16] {
    let value = u128::from_le_bytes(tweak);
    (value << 1 ^ if value >> 127 == 1 { 0x87 } else { 0 }).to_le_bytes()
}

/// Times x with the bits of each octet in the order of GCM (GB/T 17964-2021).
fn doubled_gb(tweak: [u8; 16]) -> [u8; 16] {
    let value = u128::from_be_bytes(tweak);
    (value >> 1 ^ if value & 1 == 1 { 0xE1 << 120 } else { 0 }).to_be_bytes()
}
