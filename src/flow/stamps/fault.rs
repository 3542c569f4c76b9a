//! Why a document was not stamped.

use crate::{
    clock::ClockError,
    flow::{
        issue::IssueError,
        kind::{FieldOffence, HasKind, Kind},
        seal_uses::UseRefusal,
        seals::SealFault,
        time_stamps::TimeStampFault,
        verify::VerifyError,
    },
    random::NoRandomness,
    store::{Failure, StoreError},
};
use yinxin_hsm::KeyError;
use yinxin_trust::{
    base::Sentence,
    ofd::{append::AppendFault, write::WriteFault},
    seal::make::StampPlanFault,
    verify::{
        CheckId,
        appended::{Forbidding, Harm},
    },
};
use yinxin_view::PlaceFault;

/// Why a document was not stamped. Nothing of it is in the register then, but for an intent that stays open where a
/// signature may have been made: recovery decides it.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum StampError {
    #[error("{0}")]
    Order(&'static str),
    #[error("there is no such seal")]
    NoSeal,
    #[error("the document: {0}")]
    Document(#[from] AppendFault),
    #[error("the document cannot be verified: {0}")]
    Verify(VerifyError),
    #[error("the document: {} {}", .0.check.as_str(), .0.code)]
    Forbidding(Box<Forbidding>),
    #[error("the document is a licence: licences are issued and changed, not stamped as documents")]
    Licence,
    #[error("the place: {0}")]
    Place(#[from] PlaceFault),
    #[error("rehearsed: {0}")]
    Rehearsal(Harm),
    #[error("stamped: {0}")]
    NotValid(Harm),
    #[error(transparent)]
    Flow(#[from] IssueError),
}

impl StampError {
    /// What is stored does not read back.
    pub(super) fn record(cause: &impl ToString) -> Self {
        Self::Flow(IssueError::Record(cause.to_string()))
    }
}

macro_rules! through {
    ($($fault:ty),*) => {$(
        impl From<$fault> for StampError {
            fn from(fault: $fault) -> Self {
                Self::Flow(fault.into())
            }
        }
    )*};
}

through!(KeyError, StampPlanFault, TimeStampFault, ClockError, StoreError, NoRandomness);

impl From<SealFault> for StampError {
    fn from(fault: SealFault) -> Self {
        match fault {
            SealFault::Use(UseRefusal::Unknown(_)) => Self::NoSeal,
            fault => Self::Flow(fault.into()),
        }
    }
}

impl From<UseRefusal> for StampError {
    fn from(refusal: UseRefusal) -> Self {
        SealFault::from(refusal).into()
    }
}

impl Failure for StampError {
    fn store_error(&self) -> Option<&StoreError> {
        if let Self::Flow(error) = self { error.store_error() } else { None }
    }
}

impl HasKind for StampError {
    fn kind(&self) -> Kind {
        match self {
            Self::NoSeal => Kind::NotFound,
            Self::Document(AppendFault::Source(_)) | Self::NotValid(_) => Kind::Broken,
            Self::Document(AppendFault::Write(fault)) if !is_of_document(fault) => Kind::Broken,
            Self::Rehearsal(Harm::Own(check)) => {
                if is_revocation(*check) {
                    Kind::Unavailable
                } else {
                    Kind::Broken
                }
            }
            Self::Verify(VerifyError::NotADocument | VerifyError::Copy(_))
            | Self::Order(_)
            | Self::Document(_)
            | Self::Forbidding(_)
            | Self::Licence
            | Self::Place(_)
            | Self::Rehearsal(_) => Kind::Refused,
            Self::Verify(_) => Kind::Broken,
            Self::Flow(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NoSeal => "no_such_thing",
            Self::Order(_) => "stamp_order_refused",
            Self::Place(_) => "stamp_place_refused",
            Self::Rehearsal(Harm::Own(check)) if is_revocation(*check) => "revocation_lists_outdated",
            Self::Flow(error) => error.code(),
            _ if self.kind() == Kind::Refused => "document_not_stampable",
            _ => "broken",
        }
    }

    fn fields(&self) -> Vec<FieldOffence> {
        let field = |field: &str, code: &'static str, sentence: Sentence| {
            vec![FieldOffence { field: field.to_owned(), code, sentence }]
        };
        let same = |text: String| Sentence::new(text.clone(), text);
        match self {
            Self::Order(why) => field("", "order", same((*why).to_owned())),
            Self::Place(fault) => field("places", fault.code(), fault.sentence()),
            _ if self.kind() != Kind::Refused => Vec::new(),
            Self::Document(fault) => field("document", fault.code(), fault.sentence()),
            Self::Forbidding(cause) => {
                let where_from =
                    cause.signature.as_deref().map_or("document".to_owned(), |id| format!("signature {id}"));
                field(&where_from, cause.check.as_str(), cause.sentence.clone())
            }
            Self::Rehearsal(harm) => field(
                "document",
                "would_be_harmed",
                Sentence::new("加盖会改变文件中已有签章的核验结果。", format!("{harm}.")),
            ),
            Self::Licence => field(
                "document",
                "licence",
                Sentence::new(
                    "这是电子证照，请按证照制发或变更办理。",
                    "This is a licence: issue or change it as one.",
                ),
            ),
            Self::Verify(_) => {
                field("document", "not_a_document", Sentence::new("请选择 OFD 文件。", "Choose an OFD document."))
            }
            Self::Flow(error) => error.fields(),
            Self::NoSeal | Self::NotValid(_) => Vec::new(),
        }
    }

    fn retry_after_seconds(&self) -> Option<u32> {
        if let Self::Flow(error) = self { error.retry_after_seconds() } else { None }
    }
}

/// Whether it is the document that cannot be written again, and not we who write wrongly.
const fn is_of_document(fault: &WriteFault) -> bool {
    matches!(
        fault,
        WriteFault::SignatureList(_)
            | WriteFault::Unreadable(_)
            | WriteFault::MissingLink { .. }
            | WriteFault::Page(_)
            | WriteFault::Boundary
            | WriteFault::TooManyPlacements
    )
}

const fn is_revocation(id: CheckId) -> bool {
    matches!(id, CheckId::SignerRevocation | CheckId::SealMakerRevocation)
}
