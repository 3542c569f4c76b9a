//! Why there is no receipt, or none that can be used.

use crate::{
    flow::{
        issue::IssueError,
        kind::{FieldOffence, HasKind, Kind},
        verify::VerifyError,
    },
    store::{Failure, StoreError},
};
use yinxin_face::PaperError;
use yinxin_hsm::{ErrorClass, KeyError};
use yinxin_trust::{
    evidence::{EvidenceFault, GatherFault},
    receipt::{ReceiptFault, ReplayFault},
};

/// Why there is no receipt, or none that can be used.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum ReceiptError {
    #[error("no key that signs receipts is configured: [issuing] receipt_key")]
    NoKey,
    #[error("the key that is configured for receipts is no sm2 key")]
    KeyKind,
    #[error("no such receipt, or what was shown is too long ago")]
    NotFound,
    #[error("what a receipt names is not kept here: give its evidence file")]
    NotKept,
    #[error(transparent)]
    Receipt(#[from] ReceiptFault),
    #[error(transparent)]
    Replay(#[from] ReplayFault),
    #[error("evidence: {0}")]
    Evidence(#[from] EvidenceFault),
    #[error(transparent)]
    Gather(#[from] GatherFault),
    #[error("the page of the receipt: {0}")]
    Draw(#[from] PaperError),
    #[error(transparent)]
    Verify(#[from] VerifyError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Register(#[from] IssueError),
}

impl From<StoreError> for ReceiptError {
    fn from(error: StoreError) -> Self {
        Self::Register(error.into())
    }
}

impl Failure for ReceiptError {
    fn store_error(&self) -> Option<&StoreError> {
        if let Self::Register(error) = self { error.store_error() } else { None }
    }
}

impl HasKind for ReceiptError {
    fn kind(&self) -> Kind {
        match self {
            Self::NotFound | Self::NotKept => Kind::NotFound,
            Self::Receipt(_) | Self::Replay(_) | Self::Evidence(_) => Kind::Refused,
            Self::NoKey | Self::KeyKind => Kind::Unavailable,
            Self::Key(error) if error.class() == ErrorClass::Busy => Kind::Busy,
            Self::Key(_) => Kind::Unavailable,
            Self::Gather(_) | Self::Draw(_) | Self::Verify(_) => Kind::Broken,
            Self::Register(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "no_such_receipt",
            Self::NotKept => "no_evidence",
            Self::Receipt(_) | Self::Replay(_) | Self::Evidence(_) => "receipt_refused",
            Self::NoKey | Self::KeyKind => "no_receipt_key",
            Self::Key(_) => "key_unavailable",
            Self::Gather(_) | Self::Draw(_) | Self::Verify(_) => "broken",
            Self::Register(error) => error.code(),
        }
    }

    fn fields(&self) -> Vec<FieldOffence> {
        if let Self::Register(error) = self { error.fields() } else { Vec::new() }
    }
}
