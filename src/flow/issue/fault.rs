//! Why a licence was not issued.

use super::PhotoRefusal;
use crate::{
    clock::ClockError,
    flow::{
        kind::{FieldOffence, HasKind, Kind},
        seal_uses::UseRefusal,
        seals::SealFault,
        succession::Successor,
        time_stamps::TimeStampFault,
        types::TypeFault,
    },
    random::NoRandomness,
    store::{Failure, StoreError},
};
use yinxin_face::{CodeFault, CopyError, DrawError};
use yinxin_hsm::{ErrorClass, KeyError};
use yinxin_trust::{
    base::DayError,
    licence::{
        Offences, application::ApplicationOffence, catalogue::NumberOffence, identifier::IdentifierOffence,
        metadata::MetadataOffence, state::ActRefusal,
    },
    ofd::write::WriteFault,
    seal::make::StampPlanFault,
    verify::CheckId,
};

/// Why a licence was not issued. Nothing of it is in the register then, but for an
/// intent that stays open where a signature may have been made, or the last write failed: recovery decides it.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum IssueError {
    #[error("more orders at once than {}", super::BATCH)]
    TooMany,
    #[error("the application: {}", list(.0))]
    Application(Vec<ApplicationOffence>),
    #[error("the metadata: {}", list(.0))]
    Metadata(Vec<MetadataOffence>),
    #[error("the body has no name on {0}")]
    BodyUnnamed(String),
    #[error("the name, code or region of the body does not hold: {0}")]
    Body(String),
    #[error("the body does not issue this type on the day")]
    NotIssued,
    #[error(transparent)]
    Type(#[from] TypeFault),
    #[error(transparent)]
    Seal(#[from] SealFault),
    #[error("the number: {0}")]
    Number(#[from] NumberOffence),
    #[error("another licence of the type has the number")]
    NumberTaken,
    #[error("the identifier: {0}")]
    Identifier(#[from] Offences<IdentifierOffence>),
    #[error("the face: {0}")]
    Draw(#[from] DrawError),
    #[error(transparent)]
    Photo(#[from] PhotoRefusal),
    #[error("the code: {0}")]
    Code(#[from] CodeFault),
    #[error("the copy: {0}")]
    Copy(#[from] CopyError),
    #[error("the package: {0}")]
    Package(#[from] WriteFault),
    #[error("the stamp: {0}")]
    Stamp(#[from] StampPlanFault),
    #[error("rehearsed, these checks do not pass: {}", checks(.0))]
    Rehearsal(Vec<CheckId>),
    #[error("the stamped licence is not valid by our own verifier: {0}")]
    NotValid(String),
    #[error("the verifier cannot read what was written: {0}")]
    Unreadable(String),
    #[error(transparent)]
    TimeStamp(#[from] TimeStampFault),
    #[error("the key was used with another request")]
    KeyReused,
    #[error("the same request, or a change of the same licence, is under way")]
    UnderWay,
    #[error("{name} took over from the body on {since}", name = .0.name, since = .0.since)]
    BodySucceeded(Successor),
    #[error("the body has no such licence")]
    NoSuchLicence,
    #[error("the document was issued before its evidence was kept")]
    NoEvidence,
    #[error(transparent)]
    Act(#[from] ActRefusal),
    #[error("a stored record does not read back: {0}")]
    Record(String),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Clock(#[from] ClockError),
    #[error(transparent)]
    Day(#[from] DayError),
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    #[error("a thread panicked")]
    Panicked,
}

fn list<T: ToString>(all: &[T]) -> String {
    all.iter().map(T::to_string).collect::<Vec<_>>().join("; ")
}

fn checks(all: &[CheckId]) -> String {
    all.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(", ")
}

impl Failure for IssueError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) | Self::Type(TypeFault::Store(error)) | Self::Seal(SealFault::Store(error)) => {
                Some(error)
            }
            _ => None,
        }
    }
}

impl HasKind for IssueError {
    fn kind(&self) -> Kind {
        match self {
            Self::TooMany
            | Self::Application(_)
            | Self::Metadata(_)
            | Self::BodyUnnamed(_)
            | Self::NotIssued
            | Self::Number(_)
            | Self::Draw(_)
            | Self::Photo(_)
            | Self::Act(_)
            | Self::Seal(SealFault::Use(UseRefusal::NotInUse { .. })) => Kind::Refused,
            Self::Seal(SealFault::Use(
                UseRefusal::NotGranted(_)
                | UseRefusal::OtherType(_)
                | UseRefusal::OutOfPeriod(_)
                | UseRefusal::UsedUp(_),
            )) => Kind::Denied,
            Self::NumberTaken | Self::KeyReused | Self::UnderWay | Self::BodySucceeded(_) => Kind::Conflict,
            Self::NoSuchLicence | Self::NoEvidence | Self::Type(TypeFault::Unknown { .. }) => Kind::NotFound,
            Self::Store(StoreError::Busy | StoreError::Contended { .. }) => Kind::Busy,
            Self::Key(error) | Self::Seal(SealFault::Key(error)) if error.class() == ErrorClass::Busy => Kind::Busy,
            Self::Rehearsal(checks) if checks.iter().all(|id| is_revocation(*id)) => Kind::Unavailable,
            Self::Store(
                StoreError::Locked | StoreError::ReadOnly | StoreError::DiskFull | StoreError::Unreachable(_),
            )
            | Self::Key(_)
            | Self::Seal(SealFault::Key(_))
            | Self::TimeStamp(_)
            | Self::Clock(_)
            | Self::Randomness(_) => Kind::Unavailable,
            _ => Kind::Broken,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::TooMany => "too_many",
            Self::Application(_) | Self::Metadata(_) => "application_refused",
            Self::BodyUnnamed(_) | Self::NotIssued => "type_not_issued",
            Self::Number(_) => "number_refused",
            Self::Draw(_) => "face_refused",
            Self::Photo(_) => "photo_refused",
            Self::Act(_) => "act_refused",
            Self::Seal(SealFault::Use(refusal)) => match refusal {
                UseRefusal::NotInUse { .. } => "seal_not_in_use",
                UseRefusal::NotGranted(_) => "seal_not_granted",
                UseRefusal::OtherType(_) => "seal_grant_type",
                UseRefusal::OutOfPeriod(_) => "seal_grant_period",
                UseRefusal::UsedUp(_) => "seal_grant_used_up",
                UseRefusal::Unknown(_) | UseRefusal::Record(_) => "broken",
            },
            Self::NumberTaken => "number_taken",
            Self::KeyReused => "idempotency_key_reused",
            Self::UnderWay => "under_way",
            Self::BodySucceeded(_) => "body_succeeded",
            Self::NoSuchLicence => "no_such_licence",
            Self::NoEvidence => "no_evidence",
            Self::Type(TypeFault::Unknown { .. }) => "unknown_licence_type",
            Self::Rehearsal(_) if matches!(self.kind(), Kind::Unavailable) => "revocation_lists_outdated",
            Self::Store(StoreError::DiskFull) => "disk_full",
            Self::Store(StoreError::ReadOnly) => "register_read_only",
            Self::Store(StoreError::Locked | StoreError::Unreachable(_)) => "register_unavailable",
            Self::Store(StoreError::Busy | StoreError::Contended { .. }) => "register_busy",
            Self::Key(_) | Self::Seal(SealFault::Key(_)) => "key_unavailable",
            Self::TimeStamp(_) => "time_stamp_unavailable",
            Self::Clock(_) => "clock_unavailable",
            Self::Randomness(_) => "randomness_unavailable",
            _ => "broken",
        }
    }

    fn fields(&self) -> Vec<FieldOffence> {
        super::offences::of(self)
    }

    fn retry_after_seconds(&self) -> Option<u32> {
        match self {
            Self::Key(error) | Self::Seal(SealFault::Key(error)) => seconds_until(error),
            _ => None,
        }
    }
}

/// When it is worth while to ask a custody again, seconds from 1.
pub(in crate::flow) fn seconds_until(error: &KeyError) -> Option<u32> {
    let wait = error.retry_after()?;
    Some(u32::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u32::MAX).max(1))
}

fn is_revocation(id: CheckId) -> bool {
    matches!(id, CheckId::SignerRevocation | CheckId::SealMakerRevocation)
}
