//! What can be wrong with a file.

use super::FORMAT;
use crate::{sm::SignatureFormError, trust_list::canonical};

/// Why lines are no such file. Lines count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum FerryFault {
    #[error("the first line is not {FORMAT:?}")]
    Format,
    #[error("line {line} is longer than {limit} octets")]
    LongLine { line: u64, limit: usize },
    #[error("line {line}: {fault}")]
    Form { line: u64, fault: canonical::Fault },
    #[error("line {line}: {what}")]
    Member { line: u64, what: &'static str },
    #[error("line {line}: not after the entry before it")]
    Order { line: u64 },
    #[error("line {line}: the counts are not those of the entries")]
    Counts { line: u64 },
    #[error("the last line is no signature: {0}")]
    Signature(SignatureFormError),
    #[error("the last line is no base64 with padding")]
    Base64,
    #[error("line {line} comes after the signature")]
    AfterTheEnd { line: u64 },
    #[error("the file ends before its signature")]
    Truncated,
}

/// Why a file is not the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutOfOrder {
    /// Others come before it.
    #[error("file {offered} waits for file {first}, which was not taken yet")]
    Missing {
        /// The first that is missing.
        first: u64,
        /// The one that came.
        offered: u64,
    },
    /// An older one, or the same number with other content.
    #[error("file {offered} with other content, while {known} was taken")]
    RolledBack {
        /// The last that was taken.
        known: u64,
        /// The one that came.
        offered: u64,
    },
    /// Made after another file than the one that was taken.
    #[error("file {offered} was made after another file than the one that was taken")]
    OtherPredecessor {
        /// The one that came.
        offered: u64,
    },
}

impl OutOfOrder {
    /// A stable word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Missing { .. } => "out_of_order",
            Self::RolledBack { .. } => "rolled_back",
            Self::OtherPredecessor { .. } => "other_predecessor",
        }
    }
}
