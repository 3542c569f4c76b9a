//! What kind of failure an error of a flow is: all that a door needs to answer it.

use crate::{random::NoRandomness, store::StoreError};
use std::{error::Error, fmt};
use yinxin_trust::base::Sentence;

/// The kinds. Each door has one answer to each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// No such thing, or one of another body, which is told by nothing.
    NotFound,
    /// It stands against something that is there.
    Conflict,
    /// What was given is not fit for it.
    Refused,
    /// The one who asks may not.
    Denied,
    /// Too much at once; the same again later may do.
    Busy,
    /// Something that is needed does not answer.
    Unavailable,
    /// Our own fault.
    Broken,
}

/// What is wrong with one field of what was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldOffence {
    /// The field.
    pub field: String,
    /// The stable name of the offence.
    pub code: &'static str,
    /// For the person who corrects it.
    pub sentence: Sentence,
}

/// What an error says in English, as a sentence.
pub(super) fn said(error: &impl fmt::Display) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

/// An error of a flow.
pub trait HasKind: Error {
    /// Its kind.
    fn kind(&self) -> Kind;

    /// The stable code of its offence, as in `schemas/problems.toml`.
    fn code(&self) -> &'static str;

    /// The fields at fault, where it is fields; every one at once.
    fn fields(&self) -> Vec<FieldOffence> {
        Vec::new()
    }

    /// After how many seconds it may be tried again, where that is known.
    fn retry_after_seconds(&self) -> Option<u32> {
        None
    }
}

impl HasKind for StoreError {
    fn kind(&self) -> Kind {
        match self {
            Self::Busy | Self::Locked | Self::Contended { .. } => Kind::Busy,
            Self::ReadOnly
            | Self::DiskFull
            | Self::Unreachable(_)
            | Self::RemoteWithoutTls(_)
            | Self::PasswordFile(_)
            | Self::NotMigrated { .. }
            | Self::NewerThanProgram { .. }
            | Self::Closed
            | Self::Uncertain => Kind::Unavailable,
            // A flow that expects one of these gives it a name of its own.
            Self::Settings(_)
            | Self::Conflict { .. }
            | Self::Reference
            | Self::NoSuchRow
            | Self::Swallowed
            | Self::Panicked
            | Self::Retry
            | Self::Broken(_) => Kind::Broken,
        }
    }

    fn code(&self) -> &'static str {
        match self.kind() {
            Kind::Busy => "register_busy",
            Kind::Unavailable => "register_unavailable",
            _ => "broken",
        }
    }
}

impl HasKind for NoRandomness {
    fn kind(&self) -> Kind {
        Kind::Broken
    }

    fn code(&self) -> &'static str {
        "broken"
    }
}
