//! Why nothing was done about a second factor.

use crate::{
    flow::{
        kind::{HasKind, Kind},
        people::HashFault,
    },
    random::NoRandomness,
    store::{Failure, StoreError},
};
use yinxin_hsm::KeyError;

/// Why nothing was done about a second factor.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FactorError {
    /// No key is configured that seals secrets.
    #[error("no second factors are set up here")]
    NotConfigured,
    /// The password or the code is not the one; which of them is not told.
    #[error("password or code is wrong")]
    Wrong,
    /// Too many tries of this account.
    #[error("too many tries for this account")]
    TooManyTries {
        /// It may be tried again after that.
        retry_after_seconds: u32,
    },
    /// The account has a second factor.
    #[error("the account has a second factor")]
    There,
    /// The account has none, or none that waits for its first code.
    #[error("the account has no such second factor")]
    NotThere,
    /// No such account, or one of another body.
    #[error("no such account")]
    NotFound,
    /// The custody of the key that seals; its words are for the log.
    #[error("the key that seals second factors cannot be used: {0}")]
    Key(String),
    /// What was unsealed is no secret of ours.
    #[error("a stored second factor is none")]
    Stored,
    /// No hash could be made or read.
    #[error(transparent)]
    Hash(#[from] HashFault),
    /// No randomness for a secret.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The register.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<KeyError> for FactorError {
    fn from(error: KeyError) -> Self {
        Self::Key(error.to_string())
    }
}

impl Failure for FactorError {
    fn store_error(&self) -> Option<&StoreError> {
        if let Self::Store(error) = self { Some(error) } else { None }
    }
}

impl HasKind for FactorError {
    fn kind(&self) -> Kind {
        match self {
            Self::NotConfigured | Self::Key(_) => Kind::Unavailable,
            Self::Wrong => Kind::Denied,
            Self::TooManyTries { .. } => Kind::Busy,
            Self::There => Kind::Conflict,
            Self::NotThere | Self::NotFound => Kind::NotFound,
            Self::Stored | Self::Hash(_) | Self::Randomness(_) => Kind::Broken,
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotConfigured => "no_second_factors",
            Self::Key(_) => "key_unavailable",
            Self::Wrong => "second_factor_wrong",
            Self::TooManyTries { .. } => "too_many_tries",
            Self::There => "second_factor_there",
            Self::NotThere => "no_second_factor",
            Self::NotFound => "no_such_thing",
            Self::Stored | Self::Hash(_) | Self::Randomness(_) => "broken",
            Self::Store(error) => error.code(),
        }
    }

    fn retry_after_seconds(&self) -> Option<u32> {
        if let Self::TooManyTries { retry_after_seconds } = self { Some(*retry_after_seconds) } else { None }
    }
}
