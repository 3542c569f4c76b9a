//! Why a letter was not written or signed.

use crate::{
    clock::ClockError,
    flow::{
        kind::{FieldOffence, HasKind, Kind},
        second_factor::FactorError,
    },
    random::NoRandomness,
    store::{Failure, StoreError},
};
use yinxin_trust::{base::Sentence, verify::CheckId};

/// Why a letter was not written or signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LetterError {
    /// An organisation's account: it has seals.
    #[error("only natural persons sign letters")]
    NotAPerson,
    /// Nobody certifies persons here.
    #[error("no authority here certifies natural persons")]
    NotConfigured,
    /// The account has no second factor.
    #[error("the account has no second factor")]
    NoFactor,
    /// The account has a key that runs.
    #[error("the account has a key")]
    KeyThere,
    /// The account has no key that runs, or another than the one the letter was drafted for.
    #[error("the account has no such key")]
    NoKey,
    /// No such kind of letter, no such letter, or one of somebody else.
    #[error("no such letter")]
    NotFound,
    /// What was filled in cannot be taken.
    #[error("some fields cannot be taken")]
    Fields(Vec<FieldOffence>),
    /// What was filled in cannot be shown on one page.
    #[error("the page cannot be drawn: {0}")]
    Drawing(String),
    /// Too many drafts.
    #[error("too many letters were begun")]
    TooMany {
        /// It may be tried again after that.
        retry_after_seconds: u32,
    },
    /// The letter was drafted too long ago to be signed: its time would be false.
    #[error("the letter was filled in too long ago")]
    Expired,
    /// Another page than the one that is kept was confirmed.
    #[error("what was confirmed is not what would be signed")]
    OtherDigest,
    /// It is signed.
    #[error("the letter is signed")]
    SignedAlready,
    /// Password, code or tries.
    #[error(transparent)]
    Factor(#[from] FactorError),
    /// The custody of keys.
    #[error("the key cannot be used: {0}")]
    Key(String),
    /// The authority's folder, key or certificate.
    #[error("the authority: {0}")]
    Authority(String),
    /// What was signed does not verify here; the first check that does not hold.
    #[error("the signed letter does not verify: {}", .0.map_or("no check", CheckId::as_str))]
    NotValid(Option<CheckId>),
    /// The package cannot be made.
    #[error("the package: {0}")]
    Package(String),
    /// The clock.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// No randomness for an id.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The register.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl LetterError {
    /// Fields by their names and titles.
    pub(super) fn fields(wrong: Vec<(String, Sentence)>) -> Self {
        let offence = |(field, title): (String, Sentence)| FieldOffence {
            field,
            code: "letter_field",
            sentence: Sentence::new(
                format!("“{}”没有填好。", title.zh),
                format!("{} is not filled in rightly.", title.en),
            ),
        };
        Self::Fields(wrong.into_iter().map(offence).collect())
    }
}

impl Failure for LetterError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) | Self::Factor(FactorError::Store(error)) => Some(error),
            _ => None,
        }
    }
}

impl HasKind for LetterError {
    fn kind(&self) -> Kind {
        match self {
            Self::NotAPerson | Self::NoFactor => Kind::Denied,
            Self::NotConfigured | Self::Key(_) | Self::Authority(_) => Kind::Unavailable,
            Self::KeyThere | Self::NoKey | Self::Expired | Self::OtherDigest | Self::SignedAlready => Kind::Conflict,
            Self::NotFound => Kind::NotFound,
            Self::Fields(_) | Self::Drawing(_) => Kind::Refused,
            Self::TooMany { .. } => Kind::Busy,
            Self::Factor(error) => error.kind(),
            Self::NotValid(_) | Self::Package(_) | Self::Randomness(_) | Self::Clock(_) => Kind::Broken,
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotAPerson => "not_a_natural_person",
            Self::NotConfigured => "no_personal_keys",
            Self::NoFactor => "second_factor_wanted",
            Self::KeyThere => "personal_key_there",
            Self::NoKey => "no_personal_key",
            Self::Expired => "letter_expired",
            Self::OtherDigest => "letter_other_digest",
            Self::SignedAlready => "letter_signed",
            Self::NotFound => "no_such_thing",
            Self::Fields(_) | Self::Drawing(_) => "letter_refused",
            Self::TooMany { .. } => "too_many_tries",
            Self::Key(_) | Self::Authority(_) => "key_unavailable",
            Self::Factor(error) => error.code(),
            Self::NotValid(_) | Self::Package(_) | Self::Randomness(_) | Self::Clock(_) => "broken",
            Self::Store(error) => error.code(),
        }
    }

    fn fields(&self) -> Vec<FieldOffence> {
        if let Self::Fields(fields) = self { fields.clone() } else { Vec::new() }
    }

    fn retry_after_seconds(&self) -> Option<u32> {
        match self {
            Self::TooMany { retry_after_seconds } => Some(*retry_after_seconds),
            Self::Factor(error) => error.retry_after_seconds(),
            _ => None,
        }
    }
}
