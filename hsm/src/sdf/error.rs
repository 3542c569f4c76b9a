//! Why an SDF device was not opened, or a key in it not used.

use super::codes::SdfCode;
use crate::{DriverFault, ErrorClass, passphrase::PassphraseError, place::PlaceError};
use core::time::Duration;
use std::path::PathBuf;

/// What went wrong with a device.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SdfError {
    /// The library cannot be loaded.
    #[error("{path}: cannot be loaded: {cause}; name the library of the device's maker, for this processor")]
    Library {
        /// Which.
        path: PathBuf,
        /// What the loader said.
        cause: String,
    },
    /// A shared library, but not of SDF.
    #[error("{0}: has no SDF_OpenDevice, so it is no SDF library (GM/T 0018); name the one of the device's maker")]
    NotSdf(PathBuf),
    /// A function is missing.
    #[error("{path}: has no {symbol}, which is needed {what}; ask the maker for a library that keeps to GM/T 0018")]
    Symbol {
        /// The library.
        path: PathBuf,
        /// The function.
        symbol: &'static str,
        /// What for.
        what: &'static str,
    },
    /// A folder that cannot be handed over to C.
    #[error("{0}: a path with a zero octet")]
    Folder(PathBuf),
    /// A call failed.
    #[error("device {device}: {call}: {code}{}", shown(detail))]
    Call {
        /// The device's name.
        device: Box<str>,
        /// The function, such as `SDF_InternalSign_ECC`.
        call: &'static str,
        /// What it answered.
        code: SdfCode,
        /// What the library said in words, where it can.
        detail: Option<String>,
    },
    /// Structures of another size than was configured.
    #[error(
        "device {device}: its library has structures for {found} bits, `ecc_bits` says {configured}; set it to {found}"
    )]
    Layout {
        /// The device's name.
        device: Box<str>,
        /// `ECCref_MAX_BITS` of the configuration.
        configured: u32,
        /// That of the library, by what it writes.
        found: u32,
    },
    /// The library's answer makes no sense.
    #[error("device {device}: {call}: the answer is unsound: {what}")]
    Answer {
        /// The device's name.
        device: Box<str>,
        /// The function.
        call: &'static str,
        /// What is wrong with it.
        what: &'static str,
    },
    /// Of a PIN.
    #[error("device {device}: PIN of {place}: {fault}")]
    Pin {
        /// The device's name.
        device: Box<str>,
        /// The key, as in references: `index=3`, `kek=1`.
        place: Box<str>,
        /// What.
        fault: PinFault,
    },
}

/// Why a PIN was not shown, or not taken. The PIN itself is never said.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PinFault {
    /// None is configured.
    #[error("none is configured; set `pin` for the device or for this key")]
    None,
    /// There is none to read.
    #[error(transparent)]
    Source(#[from] PassphraseError),
    /// The standard wants eight.
    #[error("has {0} octets; GM/T 0018 wants at least 8")]
    Short(usize),
    /// The device refused it.
    #[error("the device refused it: {0}")]
    Wrong(SdfCode),
    /// This very PIN was refused before, by this process or an earlier one.
    #[error(
        "was refused by the device before and is not shown again; put the right one into its file, or, where the \
         key was unlocked with the maker's tool, remove {record}"
    )]
    RefusedBefore {
        /// Where it is remembered.
        record: PathBuf,
    },
    /// One more wrong one could lock the key.
    #[error(
        "none is shown any more: {wrong} wrong ones were shown and the device locks after {tries}; \
         make sure of the PIN with the maker's tool, then remove {record}"
    )]
    LastTry {
        /// Wrong PINs so far.
        wrong: usize,
        /// `pin_tries`.
        tries: u8,
        /// Where they are remembered.
        record: PathBuf,
    },
    /// What is remembered of wrong PINs cannot be read or written; then none is shown.
    #[error("what is remembered of wrong ones: {0}")]
    Record(#[from] PlaceError),
    /// The record is none.
    #[error("{0}: is no record of wrong PINs; make sure of the PIN with the maker's tool, then remove it")]
    NotARecord(PathBuf),
    /// No randomness or memory to remember a wrong PIN by; then none is shown.
    #[error("cannot be remembered if it is wrong: {0}")]
    NotRemembered(String),
}

fn shown(detail: &Option<String>) -> String {
    detail.as_ref().map(|detail| format!(" (the library says: {detail})")).unwrap_or_default()
}

impl SdfError {
    /// Whether a signature may have been asked for.
    pub(super) fn is_of_signing(&self) -> bool {
        matches!(self, Self::Call { call: "SDF_InternalSign_ECC", .. })
    }
}

impl DriverFault for SdfError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Call { code, .. } if code.is_loss() && self.is_of_signing() => ErrorClass::Unknown,
            Self::Call { code, .. } if code.is_loss() => ErrorClass::Lost,
            _ => ErrorClass::Broken,
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        (self.class() == ErrorClass::Lost).then_some(Duration::from_secs(1))
    }
}
