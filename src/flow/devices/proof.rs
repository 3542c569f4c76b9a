//! What a device signs with its key: P-256, over SHA-256, as browsers make it (r || s).
//!
//! | for | message |
//! |---|---|
//! | leaving the key | `yinxin device enrolment 1` 00, the code's sixteen characters, the key's 65 octets |
//! | being there | `yinxin device presence 1` 00, the challenge's 43 characters, the device's id |

use super::{CODE_CHARACTERS, DeviceError};
use crate::flow::access::AccessSecret;
use serde::Deserialize;
use yinxin_trust::suite::{PublicKey, SignatureValue};
use zeroize::Zeroizing;

/// A challenge counts so long, seconds.
pub const CHALLENGE_SECONDS: u32 = 60;

const ENROLMENT: &[u8] = b"yinxin device enrolment 1\0";
const PRESENCE: &[u8] = b"yinxin device presence 1\0";

/// A key that is left, as its browser sends it: octets in hexadecimal digits.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enrolment {
    code: String,
    key: String,
    proof: String,
}

/// That a session is at a device, as its browser sends it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Presence {
    device: String,
    #[serde(deserialize_with = "secret")]
    challenge: AccessSecret,
    proof: String,
}

impl Enrolment {
    /// The code without what people put between its characters, in capitals.
    pub(super) fn code(&self) -> Zeroizing<String> {
        let plain = self.code.chars().filter(|c| !c.is_whitespace() && *c != '-');
        // what is longer is none
        Zeroizing::new(plain.take(CODE_CHARACTERS + 1).collect::<String>().to_ascii_uppercase())
    }

    /// The key, 65 octets, if the proof is its own over the code.
    pub(super) fn proven(&self) -> Result<Vec<u8>, DeviceError> {
        let key = hex::decode(&self.key).map_err(|_| DeviceError::Proof)?;
        let message = [ENROLMENT, self.code().as_bytes(), &key].concat();
        if is_proven(&key, &message, &self.proof) { Ok(key) } else { Err(DeviceError::Proof) }
    }
}

impl Presence {
    pub(super) const fn challenge(&self) -> &AccessSecret {
        &self.challenge
    }

    pub(super) fn device(&self) -> &str {
        &self.device
    }

    pub(super) fn is_proven_by(&self, key: &[u8]) -> bool {
        let message = [PRESENCE, self.challenge.text().as_bytes(), self.device.as_bytes()].concat();
        is_proven(key, &message, &self.proof)
    }
}

fn is_proven(key: &[u8], message: &[u8], proof: &str) -> bool {
    let mut raw = [0; 64];
    let is_point = key.len() == 65 && key.first() == Some(&4);
    is_point
        && hex::decode_to_slice(proof, &mut raw).is_ok()
        && PublicKey::P256(key.into()).made(message, &SignatureValue::ecdsa_from_raw(&raw))
}

fn secret<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<AccessSecret, D::Error> {
    let text = Zeroizing::new(String::deserialize(deserializer)?);
    AccessSecret::parse(&text).ok_or_else(|| serde::de::Error::custom("no challenge"))
}
