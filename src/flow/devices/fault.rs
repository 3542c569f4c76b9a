//! Why something about devices was not done.

use crate::{
    flow::kind::{HasKind, Kind},
    random::NoRandomness,
    store::{Failure, StoreError},
};

/// Why something about devices was not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    /// A name or a window is empty, too long or not on one line.
    #[error("name and window are 1 to 40 characters on one line")]
    Name,
    /// No reason, or one that is too long.
    #[error("a reason is 1 to 200 characters on one line")]
    Reason,
    /// The window has a device in use.
    #[error("the window has a device")]
    WindowTaken,
    /// No such device of the body in use.
    #[error("no such device")]
    NotFound,
    /// A code that never was, was used or has ended.
    #[error("no device waits for that code")]
    Code,
    /// Too many codes that are none, from there.
    #[error("too many codes of devices that are none")]
    TooManyTries {
        /// It may be tried again after that.
        retry_after_seconds: u32,
    },
    /// What shall prove the key does not.
    #[error("the key was not proven")]
    Proof,
    /// A time outside the calendar.
    #[error("a time outside the calendar")]
    Calendar,
    /// No randomness.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The register.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Failure for DeviceError {
    fn store_error(&self) -> Option<&StoreError> {
        if let Self::Store(error) = self { Some(error) } else { None }
    }
}

impl HasKind for DeviceError {
    fn kind(&self) -> Kind {
        match self {
            Self::Name | Self::Reason => Kind::Refused,
            Self::WindowTaken => Kind::Conflict,
            Self::NotFound => Kind::NotFound,
            Self::Code | Self::Proof => Kind::Denied,
            Self::TooManyTries { .. } => Kind::Busy,
            Self::Calendar | Self::Randomness(_) => Kind::Broken,
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Name | Self::Reason => "name_malformed",
            Self::WindowTaken => "window_taken",
            Self::NotFound => "no_such_thing",
            Self::Code => "device_code_wrong",
            Self::TooManyTries { .. } => "too_many_tries",
            Self::Proof => "device_not_proven",
            Self::Calendar | Self::Randomness(_) => "broken",
            Self::Store(error) => error.code(),
        }
    }

    fn retry_after_seconds(&self) -> Option<u32> {
        if let Self::TooManyTries { retry_after_seconds } = self { Some(*retry_after_seconds) } else { None }
    }
}
