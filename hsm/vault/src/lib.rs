//! Secrets on disk, for the software store of the custody and for the software
//! SDF device, which know nothing of each other.
//!
//! | module | what |
//! |---|---|
//! | [`place`] | folders and files that only their owner may touch |
//! | [`stretch`] | from a passphrase or PIN to keys: Argon2id, then HMAC-SM3 |
//!
//! The crate has no clock and no randomness: salts and nonces are arguments.

#![warn(missing_docs)]

pub mod place;
pub mod stretch;
