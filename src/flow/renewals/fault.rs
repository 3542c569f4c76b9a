//! Why evidence is not renewed.

use crate::{
    clock::ClockError,
    flow::{
        issue::IssueError,
        kind::{HasKind, Kind},
        receipts::ReceiptError,
        time_stamps::TimeStampFault,
    },
    store::{Failure, StoreError},
};
use yinxin_trust::{
    base::{Moment, SourceError},
    evidence::{EvidenceFault, GatherFault},
    verify::RenewalFault,
};

/// Why evidence is not renewed.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum RenewError {
    #[error("no time stamp authority is configured: [time_stamps] obtain_from")]
    NoAuthority,
    #[error("what is there does not hold, so that a further time stamp would prove nothing: {0}")]
    Chain(RenewalFault),
    #[error("the time stamp that was given does not hold: {0}")]
    Given(RenewalFault),
    #[error(
        "the time stamp that was given counts until {given}, no longer than the last one ({last}): another authority, certificate or digest is wanted"
    )]
    NoLonger { given: Moment, last: Moment },
    #[error("more than {limit} renewals of one file")]
    TooMany { limit: usize },
    #[error(transparent)]
    TimeStamp(#[from] TimeStampFault),
    #[error(transparent)]
    Gather(#[from] GatherFault),
    #[error("evidence: {0}")]
    Evidence(#[from] EvidenceFault),
    #[error("document: {0}")]
    Document(#[from] SourceError),
    #[error(transparent)]
    Receipt(Box<ReceiptError>),
    #[error(transparent)]
    Register(#[from] IssueError),
}

impl From<ReceiptError> for RenewError {
    fn from(error: ReceiptError) -> Self {
        Self::Receipt(Box::new(error))
    }
}

impl From<StoreError> for RenewError {
    fn from(error: StoreError) -> Self {
        Self::Register(error.into())
    }
}

impl From<ClockError> for RenewError {
    fn from(error: ClockError) -> Self {
        Self::Register(error.into())
    }
}

impl Failure for RenewError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Register(error) => error.store_error(),
            Self::Receipt(error) => error.store_error(),
            _ => None,
        }
    }
}

impl HasKind for RenewError {
    fn kind(&self) -> Kind {
        match self {
            Self::NoAuthority | Self::TimeStamp(_) => Kind::Unavailable,
            Self::Chain(_) | Self::Given(_) | Self::NoLonger { .. } | Self::TooMany { .. } | Self::Evidence(_) => {
                Kind::Refused
            }
            Self::Gather(_) | Self::Document(_) => Kind::Broken,
            Self::Receipt(error) => error.kind(),
            Self::Register(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NoAuthority | Self::TimeStamp(_) => "time_stamp_unavailable",
            Self::Chain(fault) | Self::Given(fault) => fault.code(),
            Self::NoLonger { .. } => "no_longer",
            Self::TooMany { .. } => "too_many",
            Self::Evidence(_) => "evidence_refused",
            Self::Gather(_) | Self::Document(_) => "broken",
            Self::Receipt(error) => error.code(),
            Self::Register(error) => error.code(),
        }
    }
}
