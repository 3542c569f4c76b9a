//! A holder's telephone: a key of P-256 that signs times, as a browser does.

use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use yinxin_trust::{base::Moment, code::offline::OfflineCode};

pub(crate) struct Device(EcdsaKeyPair, SystemRandom);

impl Device {
    pub(crate) fn new() -> Self {
        let random = SystemRandom::new();
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        Self(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, made.as_ref(), &random).unwrap(), random)
    }

    /// The compressed point (SEC 1 2.3.3).
    pub(crate) fn point(&self) -> [u8; 33] {
        let whole = self.0.public_key().as_ref();
        let mut point = [2 + (whole[64] & 1); 33];
        point[1..].copy_from_slice(&whole[1..33]);
        point
    }

    /// The text of a code with a proof of `at`, whoever it was made for.
    pub(crate) fn show(&self, code: &OfflineCode, at: Moment) -> String {
        let value = self.0.sign(&self.1, &code.proof_message(at)).unwrap();
        let mut octets = code.octets().to_vec();
        octets[0] = 0x86;
        octets.push(0x1a);
        octets.extend(u32::try_from(at.unix_seconds()).unwrap().to_be_bytes());
        octets.extend([0x58, 0x40]);
        octets.extend(value.as_ref());
        let text = code.text();
        let (begin, _) = text.split_once('#').unwrap();
        format!("{begin}#{}", data_encoding::BASE32_NOPAD.encode(&octets))
    }
}
