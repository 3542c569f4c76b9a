//! Windows as devices with keys of their own: the flows on both back ends, and the doors.

mod doors;
mod flows;

use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use serde_json::{Value, json};

/// A browser with a key of its own.
pub(crate) struct Browser(EcdsaKeyPair);

impl Browser {
    pub(crate) fn new() -> Self {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        Self(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap())
    }

    fn key(&self) -> &[u8] {
        self.0.public_key().as_ref()
    }

    fn signed(&self, message: &[u8]) -> String {
        hex::encode(self.0.sign(&SystemRandom::new(), message).unwrap().as_ref())
    }

    /// What it sends to leave its key.
    pub(crate) fn enrolment(&self, code: &str) -> Value {
        let plain: String = code.chars().filter(|c| *c != '-').collect();
        let message = [b"yinxin device enrolment 1\0", plain.to_ascii_uppercase().as_bytes(), self.key()].concat();
        json!({ "code": code, "key": hex::encode(self.key()), "proof": self.signed(&message) })
    }

    /// What it sends to show that it is there.
    pub(crate) fn presence(&self, device: &str, challenge: &str) -> Value {
        let message = [b"yinxin device presence 1\0", challenge.as_bytes(), device.as_bytes()].concat();
        json!({ "device": device, "challenge": challenge, "proof": self.signed(&message) })
    }
}
