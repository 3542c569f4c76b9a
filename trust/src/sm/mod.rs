//! SM2, SM3 and SM4: the one door to the national algorithms, and the only
//! place that touches curve arithmetic.
//!
//! | name | standard | what |
//! |---|---|---|
//! | [`sm2`] | GB/T 32918.1–5-2016/2017, GB/T 35276-2017 | signatures on sm2p256v1, Z value, decryption |
//! | [`sm3`] | GB/T 32905-2016 | digest, HMAC (GB/T 15852.2) |
//! | [`sm4`] | GB/T 32907-2016, RFC 8998 | GCM and CBC |
//!
//! SM2 signatures and SM3 of many messages at once are our own (`core`,
//! `docs/sm2-core.md`); SM2 decryption, SM3 of one message and SM4 are
//! RustCrypto's (`docs/adr/0002-sm2-crate.md`). Callers see only the types here.

mod core;
pub mod sm2;
pub mod sm3;
pub mod sm4;

mod signature;

// what no curve has for its own: compressed points of P-256 have another field of the same size
pub(crate) use core::limbs;
pub use signature::{Signature, SignatureForm, SignatureFormError};
