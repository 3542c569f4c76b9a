//! Why a PKCS#11 device was not opened, or a key in it not used.

use super::{codes::Code, mapping::MappingError, token::TokenPick};
use crate::{DriverFault, ErrorClass, book::BookFault, passphrase::PassphraseError};
use core::time::Duration;
use std::path::PathBuf;

/// What went wrong with a device.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Pkcs11Error {
    /// The library cannot be loaded.
    #[error("{path}: cannot be loaded: {cause}; name the library of the device's vendor, for this processor")]
    Library {
        /// Which.
        path: PathBuf,
        /// What the loader said.
        cause: String,
    },
    /// A shared library, but not of PKCS#11.
    #[error("{0}: has no C_GetFunctionList, so it is no PKCS#11 library; name the one of the device's vendor")]
    NotPkcs11(PathBuf),
    /// A call failed.
    #[error("{device}: {call}: {code}")]
    Call {
        /// The library, and the token where one is chosen.
        device: String,
        /// The function, such as `C_SignInit`.
        call: &'static str,
        /// What it returned.
        code: Code,
    },
    /// The library's answer makes no sense.
    #[error("{device}: {call}: the library's answer is unsound: {what}")]
    Answer {
        /// The library, and the token where one is chosen.
        device: String,
        /// The function.
        call: &'static str,
        /// What is wrong with it.
        what: String,
    },
    /// No such token.
    #[error("{device}: no token with {wanted}; there are: {found}")]
    NoToken {
        /// The library.
        device: String,
        /// What was looked for.
        wanted: TokenPick,
        /// Labels and serial numbers of those that are there.
        found: String,
    },
    /// Two tokens of one label.
    #[error("{device}: {count} tokens with {wanted}; name the serial number instead: {found}")]
    ManyTokens {
        /// The library.
        device: String,
        /// What was looked for.
        wanted: TokenPick,
        /// How many there are.
        count: usize,
        /// Labels and serial numbers of those that are there.
        found: String,
    },
    /// The token was never set up.
    #[error("{device}: the token is not initialised, or has no user PIN yet; do both with the vendor's tool")]
    NotInitialised {
        /// The library and token.
        device: String,
    },
    /// Of the PIN.
    #[error("{device}: {fault}")]
    Pin {
        /// The library and token.
        device: String,
        /// What.
        fault: PinFault,
    },
    /// Of a key.
    #[error("{device}: key {key}: {fault}")]
    Key {
        /// The library and token.
        device: String,
        /// Label and id.
        key: String,
        /// What.
        fault: KeyFault,
    },
    /// The device lacks a mechanism.
    #[error(
        "{device}: has no mechanism {name} ({number:#010x}) that can {what}; see its list, or check the vendor mapping"
    )]
    Mechanism {
        /// The library and token.
        device: String,
        /// The symbolic name.
        name: &'static str,
        /// The number.
        number: u64,
        /// What it is wanted for.
        what: &'static str,
    },
    /// Every session is in use, and stayed so.
    #[error("{device}: all {sessions} sessions are in use")]
    Busy {
        /// The library and token.
        device: String,
        /// How many there are.
        sessions: usize,
    },
    /// The vendor mapping.
    #[error(transparent)]
    Mapping(#[from] MappingError),
}

/// What is wrong with a PIN. The PIN itself is never said.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PinFault {
    /// There is none to read.
    #[error(transparent)]
    Source(#[from] PassphraseError),
    /// Not of a length that the token takes.
    #[error("the PIN has {found} octets, the token takes {shortest} to {longest}; check the PIN file")]
    Length {
        /// How many it has.
        found: usize,
        /// The fewest.
        shortest: u64,
        /// The most.
        longest: u64,
    },
    /// The token refused it.
    #[error("the PIN is wrong; it is not tried again: correct the PIN file before the token locks itself")]
    Wrong,
    /// The token refused it before. The file remembers that.
    #[error("this PIN was refused before and is not tried again; correct the PIN file (what was refused is in {0})")]
    RefusedBefore(PathBuf),
    /// The token has one try left, which is not for a service to use.
    #[error("one more wrong PIN would lock the token; log in once with the vendor's tool and the right PIN")]
    LastTry,
    /// Our own count of wrong tries is at its bound.
    #[error(
        "several PINs in a row were wrong, and none is tried any more; correct the PIN file, log in once with the \
         vendor's tool, and delete {0}"
    )]
    TooMany(PathBuf),
    /// Locked.
    #[error("the PIN is locked; the token's security officer has to unlock it")]
    Locked,
    /// The token wants another one.
    #[error("the PIN has to be changed first; do that with the vendor's tool and write the new one to the PIN file")]
    ToBeChanged,
    /// What was refused before cannot be read or written.
    #[error("the PIN is not tried, because what was refused before is not known: {0}")]
    Memory(Box<BookFault>),
    /// The file that remembers it is unsound.
    #[error("the PIN is not tried, because {0} is damaged; delete it if the PIN file is right")]
    Damaged(PathBuf),
    /// The token has a keypad of its own.
    #[error("the token takes its PIN on a keypad only, which a service cannot press")]
    Keypad,
}

/// What is wrong with a key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFault {
    /// Not there.
    #[error("there is no such private key; is the name right, and the PIN that of its user?")]
    Missing,
    /// Several.
    #[error("{0} private keys answer to it; name the id too")]
    Many(usize),
    /// Not of the kind that the use wants.
    #[error("it is {found}, where {wanted} is wanted")]
    Kind {
        /// What it is.
        found: String,
        /// What it should be.
        wanted: String,
    },
    /// Its public half cannot be read.
    #[error("the device gives no sound public key for it: {0}")]
    Public(String),
    /// It could leave the device.
    #[error("it may leave the device ({0}); make a new one that cannot")]
    MayLeave(&'static str),
    /// `CKA_SIGN` is not set.
    #[error("the device does not let it sign (CKA_SIGN is not set)")]
    NoSigning,
    /// Each signature wants the PIN anew.
    #[error("it wants the PIN for each signature (CKA_ALWAYS_AUTHENTICATE), which a service does not keep")]
    AlwaysAuthenticate,
    /// No way to make such a key in the device.
    #[error("nothing says how the device makes such keys; make it with the vendor's tool and take it over")]
    NoGeneration,
    /// The name is taken.
    #[error("there is a key of this name in the token already")]
    Taken,
    /// An SM2 key, and no word on how this vendor signs with it.
    #[error("PKCS#11 has no SM2: name the vendor's mapping file, so that the key can sign")]
    NoMapping,
    /// The mapping names no mechanism for what is asked.
    #[error("the vendor mapping has no mechanism that signs {0}")]
    NoMechanism(&'static str),
    /// The device computes ECDSA where SM2 is wanted.
    #[error(
        "the device signs plain ECDSA on the SM2 curve, which is no SM2 signature (GB/T 32918.2 computes other numbers) \
         and is refused by every verifier of SM2; map CKM_SM2 to a mechanism that signs SM2, or use another device"
    )]
    PlainEcdsa,
    /// The device's signature over random octets does not verify.
    #[error("the device's signature of random octets does not verify with its public key; check the vendor mapping")]
    Trial,
    /// No randomness for the trial.
    #[error("it cannot be tried: {0}")]
    NoTrial(String),
    /// A signature that does not verify, of a key that passed its trial.
    #[error("the device made a signature that does not verify; it was not handed out")]
    Wrong,
    /// Another key than the book knows.
    #[error("the token holds another key by this name than the one that was taken into the book")]
    Replaced,
    /// The signature has an impossible form.
    #[error("the device's signature is unsound: {0}")]
    Signature(String),
}

impl DriverFault for Pkcs11Error {
    fn class(&self) -> ErrorClass {
        match self {
            // the call that computes the signature failed on the way: it may have been made
            Self::Call { call: "C_Sign", code, .. } if code.is_loss() || code.is_stale_session() => ErrorClass::Unknown,
            Self::Call { code, .. } if code.is_loss() || code.is_stale_session() => ErrorClass::Lost,
            Self::NoToken { .. } => ErrorClass::Lost,
            Self::Busy { .. } => ErrorClass::Busy,
            Self::Key {
                fault:
                    KeyFault::Missing
                    | KeyFault::Many(_)
                    | KeyFault::Kind { .. }
                    | KeyFault::MayLeave(_)
                    | KeyFault::NoSigning
                    | KeyFault::AlwaysAuthenticate
                    | KeyFault::NoGeneration
                    | KeyFault::NoMapping
                    | KeyFault::NoMechanism(_)
                    | KeyFault::Taken,
                ..
            } => ErrorClass::Refused,
            _ => ErrorClass::Broken,
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self.class() {
            ErrorClass::Lost | ErrorClass::Busy => Some(Duration::from_secs(1)),
            _ => None,
        }
    }
}
