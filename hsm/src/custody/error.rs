//! Why a key was not made or not used, and what a caller may conclude from it.

use crate::{KeyAlgorithm, KeyReference, KeyState, Purpose, Use, book::BookFault, soft::SoftError};
use core::time::Duration;
use std::error::Error;
use yinxin_trust::{base::Moment, sm::sm2::Sm2Error};

/// What a caller may conclude from an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorClass {
    /// Nothing was made, and the same request will be refused again.
    Refused,
    /// No answer came: whether a signature was made is not known. It went to nobody.
    Unknown,
    /// The device is away and nothing was made; it may come back.
    Lost,
    /// Too much is asked at once and nothing was made; ask again later.
    Busy,
    /// Nothing was made; the custody itself needs mending.
    Broken,
}

/// The error of a driver, as [`KeyError::Driver`] carries it.
pub trait DriverFault: Error + Send + Sync + 'static {
    /// What a caller may conclude from it.
    fn class(&self) -> ErrorClass;

    /// When to ask again, where the class says that it may help.
    fn retry_after(&self) -> Option<Duration> {
        None
    }
}

/// Why a key was not made or did not sign.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The store has no such key.
    #[error("no key {0} in the store")]
    Unknown(KeyReference),
    /// The request is for something else than the key.
    #[error("key {key} is for {purpose} and refuses to sign for {asked}")]
    Purpose {
        /// The key.
        key: KeyReference,
        /// What it is for.
        purpose: Purpose,
        /// What was asked.
        asked: Purpose,
    },
    /// The key's uses do not allow it.
    #[error("key {key} is not allowed the use {asked}")]
    Use {
        /// The key.
        key: KeyReference,
        /// What was asked.
        asked: Use,
    },
    /// The key is not in service.
    #[error("key {key} is {state}")]
    State {
        /// The key.
        key: KeyReference,
        /// Its state.
        state: KeyState,
    },
    /// The key's period has not begun, or is over.
    #[error("key {key} may not be used at {at}: its period is another")]
    Period {
        /// The key.
        key: KeyReference,
        /// When it was asked for.
        at: Moment,
    },
    /// The key was used as often as it may be.
    #[error("key {key} was used {most} times and may not be used more often")]
    UsedUp {
        /// The key.
        key: KeyReference,
        /// How often it may be used.
        most: u64,
    },
    /// The key's algorithm takes no digest.
    #[error("key {key} is for {algorithm}, which signs messages and no digests")]
    DigestInput {
        /// The key.
        key: KeyReference,
        /// Its algorithm.
        algorithm: KeyAlgorithm,
    },
    /// A key of this kind is at the place where another is wanted.
    #[error("key {key} is not of the kind {wanted}")]
    OtherKind {
        /// The key.
        key: KeyReference,
        /// What was wanted.
        wanted: KeyAlgorithm,
    },
    /// The driver cannot do what was asked.
    #[error("the {driver} driver cannot {what}")]
    Unsupported {
        /// Which.
        driver: &'static str,
        /// What it was asked to do.
        what: &'static str,
    },
    /// What was wrapped does not unwrap: altered, of another key, or of another context.
    #[error("key {0} does not unwrap this: altered, wrapped by another key, or for another context")]
    NotUnwrapped(KeyReference),
    /// More octets than can be wrapped at once.
    #[error("key {key} wraps at most {limit} octets at once")]
    TooLong {
        /// The key.
        key: KeyReference,
        /// Most octets.
        limit: usize,
    },
    /// The device is away.
    #[error("device {device} is lost")]
    Lost {
        /// Which.
        device: Box<str>,
        /// When it will next be tried.
        retry_after: Duration,
    },
    /// More is asked of the device than it gets done.
    #[error("device {device} is busy")]
    Busy {
        /// Which.
        device: Box<str>,
        /// When a try is worth while.
        retry_after: Duration,
    },
    /// The device did not answer in time, or went away before it answered.
    #[error("device {device} did not answer: whether it signed is not known")]
    NoAnswer {
        /// Which.
        device: Box<str>,
    },
    /// The system gave no randomness.
    #[error("the system gives no randomness: {0}")]
    Randomness(String),
    /// The computation failed.
    #[error("key {key}: {cause}")]
    Sm2 {
        /// The key.
        key: KeyReference,
        /// Why.
        cause: Sm2Error,
    },
    /// The computation failed within ring, which gives no reason.
    #[error("key {0}: the signature could not be computed")]
    Computation(KeyReference),
    /// Of the book that keeps what devices do not.
    #[error(transparent)]
    Book(#[from] BookFault),
    /// Of the software store.
    #[error(transparent)]
    Soft(#[from] SoftError),
    /// Of another driver.
    #[error("{0}")]
    Driver(Box<dyn DriverFault>),
}

impl KeyError {
    /// Carries a driver's own error.
    pub fn driver(fault: impl DriverFault) -> Self {
        Self::Driver(Box::new(fault))
    }

    /// What a caller may conclude.
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::Unknown(_)
            | Self::Purpose { .. }
            | Self::Use { .. }
            | Self::State { .. }
            | Self::Period { .. }
            | Self::UsedUp { .. }
            | Self::DigestInput { .. }
            | Self::OtherKind { .. }
            | Self::Unsupported { .. }
            | Self::NotUnwrapped(_)
            | Self::TooLong { .. } => ErrorClass::Refused,
            Self::Lost { .. } => ErrorClass::Lost,
            Self::Busy { .. } => ErrorClass::Busy,
            Self::NoAnswer { .. } => ErrorClass::Unknown,
            Self::Randomness(_) | Self::Sm2 { .. } | Self::Computation(_) | Self::Soft(_) => ErrorClass::Broken,
            Self::Book(fault) => fault.class(),
            Self::Driver(fault) => fault.class(),
        }
    }

    /// When to ask again, where that may help.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Lost { retry_after, .. } | Self::Busy { retry_after, .. } => Some(*retry_after),
            Self::Driver(fault) => fault.retry_after(),
            _ => None,
        }
    }
}
