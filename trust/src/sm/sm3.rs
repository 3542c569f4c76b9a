//! SM3 digests and HMAC-SM3 (GB/T 32905-2016, GB/T 15852.2).

use super::core::sm3_lanes;
use ::hmac::{Hmac, KeyInit as _, Mac as _};
use ::sm3::{Digest as _, Sm3 as Inner};

/// A digest of 32 octets.
pub type Digest = [u8; 32];

/// SM3 of `message`.
pub fn digest(message: &[u8]) -> Digest {
    Inner::digest(message).into()
}

/// SM3 of each message, in their order. Many at once go through lanes (16 with
/// AVX-512, 8 with AVX2): about five times faster for messages of like length,
/// never slower than one by one. For the entries of a document and the leaves
/// of a log.
pub fn digest_many(messages: &[&[u8]]) -> Vec<Digest> {
    sm3_lanes::digest_many(messages, sm3_lanes::lanes())
}

/// [`digest_many`] with at most `lanes` lanes: for tests and measurements.
pub fn digest_many_with(messages: &[&[u8]], lanes: usize) -> Vec<Digest> {
    sm3_lanes::digest_many(messages, lanes)
}

/// How many messages [`digest_many`] takes at a time here: 16, 8 or 1.
pub fn lanes() -> usize {
    sm3_lanes::lanes()
}

/// An SM3 computation that takes its input in pieces.
#[derive(Clone, Default)]
pub struct Sm3(Inner);

impl Sm3 {
    /// A fresh computation.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next piece of the message.
    pub fn update(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    /// The digest of everything taken.
    pub fn finish(self) -> Digest {
        self.0.finalize().into()
    }
}

/// HMAC-SM3 of `message` under `key` (any length); 32 octets.
pub fn hmac(key: &[u8], message: &[u8]) -> Digest {
    keyed(key).chain_update(message).finalize().into_bytes().into()
}

/// Whether `tag` is the HMAC-SM3 of `message`, compared in constant time. A
/// tag may be cut to no fewer than 16 octets.
pub fn hmac_verify(key: &[u8], message: &[u8], tag: &[u8]) -> bool {
    tag.len() >= 16 && keyed(key).chain_update(message).verify_truncated_left(tag).is_ok()
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length, RFC 2104 section 2")]
fn keyed(key: &[u8]) -> Hmac<Inner> {
    Hmac::<Inner>::new_from_slice(key).expect("HMAC takes keys of any length")
}
