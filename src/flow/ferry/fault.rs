//! Why no file was made, or one was not taken.

use crate::{
    flow::{
        issue::IssueError,
        kind::{HasKind, Kind},
        seal_status::SealStatusError,
        standing::StandingError,
        trust::{MakeFault, TrustError},
    },
    store::{Failure, StoreError},
};
use std::{io, path::PathBuf};
use yinxin_hsm::KeyError;
use yinxin_trust::ferry::{FerryFault, OutOfOrder};

/// Why no file was made, or one was not taken. What is refused about a file begins with its word.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum FerryError {
    #[error("{path}: {source}", path = path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("no_ferry_file: {0}")]
    File(#[from] FerryFault),
    #[error("foreign: the file is of {name}, whose key is not pinned here")]
    Foreign { name: String },
    #[error("wrong_signature: the file is not as the pinned key signed it")]
    WrongSignature,
    #[error("{}: {}", .0.word(), .0)]
    OutOfOrder(OutOfOrder),
    #[error("made_in_future: the file says that it was made {0}")]
    InFuture(yinxin_trust::base::Moment),
    #[error("answer_malformed: the answer about {what}: {why}")]
    Answer { what: String, why: String },
    #[error("too_long: more than {0} octets of revocation lists")]
    TooLong(u64),
    #[error("changed_meanwhile: the file or what was taken changed while it was read: try again")]
    Changed,
    #[error("there is no trust list of ours yet: yinxin trust make")]
    NoList,
    #[error("no answers can be signed: the configuration has no status_key, or the key does not sign")]
    NotSigned,
    #[error("{path} is there already: file {sequence} was made, and the register does not know it", path = path.display())]
    InTheWay { path: PathBuf, sequence: u64 },
    #[error(transparent)]
    Making(#[from] MakeFault),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Standing(#[from] StandingError),
    #[error(transparent)]
    Seal(#[from] SealStatusError),
    #[error(transparent)]
    Issue(#[from] IssueError),
    #[error(transparent)]
    Trust(#[from] TrustError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl FerryError {
    /// The word by which a file is refused, where it is.
    pub const fn word(&self) -> Option<&'static str> {
        match self {
            Self::File(_) => Some("no_ferry_file"),
            Self::Foreign { .. } => Some("foreign"),
            Self::WrongSignature => Some("wrong_signature"),
            Self::OutOfOrder(why) => Some(why.word()),
            Self::InFuture(_) => Some("made_in_future"),
            Self::Answer { .. } => Some("answer_malformed"),
            Self::TooLong(_) => Some("too_long"),
            Self::Changed => Some("changed_meanwhile"),
            _ => None,
        }
    }
}

impl Failure for FerryError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            Self::Trust(error) => error.store_error(),
            _ => None,
        }
    }
}

impl HasKind for FerryError {
    fn kind(&self) -> Kind {
        match self {
            Self::Io { .. } | Self::NotSigned | Self::Key(_) => Kind::Unavailable,
            Self::File(_)
            | Self::Foreign { .. }
            | Self::WrongSignature
            | Self::InFuture(_)
            | Self::Answer { .. }
            | Self::TooLong(_)
            | Self::NoList => Kind::Refused,
            Self::OutOfOrder(_) | Self::Changed | Self::InTheWay { .. } => Kind::Conflict,
            Self::Making(error) => error.kind(),
            Self::Standing(error) => error.kind(),
            Self::Seal(error) => error.kind(),
            Self::Issue(error) => error.kind(),
            Self::Trust(error) => error.kind(),
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } => "unreadable",
            Self::NotSigned | Self::Key(_) => "key_unavailable",
            Self::NoList => "no_list",
            Self::InTheWay { .. } => "file_in_the_way",
            Self::Making(error) => error.code(),
            Self::Standing(error) => error.code(),
            Self::Seal(error) => error.code(),
            Self::Issue(error) => error.code(),
            Self::Trust(error) => error.code(),
            Self::Store(error) => error.code(),
            refused => match refused.word() {
                Some(word) => word,
                None => "ferry_refused",
            },
        }
    }
}
