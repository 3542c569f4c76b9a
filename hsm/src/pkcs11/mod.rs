//! Keys in PKCS#11 tokens: P-256, RSA and Ed25519 as the standard has them, SM2 by the
//! vendor's own numbers.
//!
//! | file | subject |
//! |---|---|
//! | `store` | [`Pkcs11Store`]: making, taking over, listing, destroying keys |
//! | `signer` | one key that signs, and the trial that each key passes first |
//! | `scheme` | what is sent for a signature, and what the answer means |
//! | `keys` | objects of the token: found, read, judged, made |
//! | `device` | one token: found, logged in to, opened anew |
//! | `pool` | long-lived sessions |
//! | `supervised` | a token under a supervisor |
//! | `pin` | logging in without burning the last try |
//! | `token` | which token is meant; facts for a diagnosis |
//! | `mapping` | the vendor's numbers for SM2 |
//! | `module`, `raw` | the vendor's library; its own functions |
//! | `codes`, `error` | what happened, and what mends it |
//!
//! What a token does not keep stands in a [`KeyBook`](crate::book::KeyBook): purpose, limits, state, count.
//! Only keys of the book are used, so whatever else lies in the token is left alone.
//!
//! # Trial
//!
//! Before a key signs anything it signs random octets and the signature is verified here, when
//! the store is opened. PKCS#11 does not define SM2, and a device that knows only the curve
//! makes a key on it and signs plain ECDSA: every SM2 verifier refuses that, so such a key is
//! refused, and the error says why.
//!
//! # What is refused
//!
//! Private keys that may leave the device (`CKA_EXTRACTABLE`, or not `CKA_SENSITIVE`), and keys that
//! want the PIN for each signature.
//!
//! # Threads
//!
//! The library is told that several threads will call it, and one that cannot serve them is refused. Each
//! call uses a session of its own from the pool. A call takes as long as the device does, unless the
//! store is [supervised](Pkcs11Store::supervised).

mod codes;
mod device;
mod error;
mod keys;
mod mapping;
mod module;
mod pin;
mod pool;
mod raw;
mod scheme;
mod signer;
mod store;
mod supervised;
mod token;

pub use codes::Code;
pub use error::{KeyFault, PinFault, Pkcs11Error};
pub use keys::TokenKey;
pub use mapping::{Mapping, MappingError, ParameterForm, SignatureForm, VendorMechanism};
pub use pin::MOST_WRONG;
pub use store::{Library, Pkcs11Store};
pub use token::{MechanismFacts, PinState, TokenFacts, TokenPick};

use crate::passphrase::Source;
use core::time::Duration;
use std::path::PathBuf;

/// How a token is reached.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// The vendor's library.
    pub library: PathBuf,
    /// Which of its tokens.
    pub token: TokenPick,
    /// Where the user's PIN is read, at each login anew.
    pub pin: Source,
    /// Most sessions that sign at once; one more keeps the login alive.
    pub sessions: usize,
    /// How long a signature waits for a session.
    pub wait: Duration,
    /// How the vendor does SM2.
    pub mapping: Option<Mapping>,
    /// Whether each signature is verified before it is handed out, where the message or
    /// SM2's e is at hand. A device that errs is then found out here.
    pub verify: bool,
}

impl Settings {
    /// Eight sessions, ten seconds to wait for one, no SM2, signatures verified.
    pub const fn new(library: PathBuf, token: TokenPick, pin: Source) -> Self {
        Self { library, token, pin, sessions: 8, wait: Duration::from_secs(10), mapping: None, verify: true }
    }

    /// The same with the vendor's mapping for SM2.
    #[must_use]
    pub fn mapped(mut self, mapping: Mapping) -> Self {
        self.mapping = Some(mapping);
        self
    }
}
