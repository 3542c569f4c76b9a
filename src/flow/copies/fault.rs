//! Why no copy was made.

use crate::{
    clock::ClockError,
    flow::{
        issue::IssueError,
        kind::{FieldOffence, HasKind, Kind},
        seal_uses::UseRefusal,
        seals::SealFault,
        time_stamps::TimeStampFault,
    },
    random::NoRandomness,
    store::{Failure, StoreError},
};
use yinxin_face::DrawOffence;
use yinxin_trust::{
    base::{DayError, Sentence},
    delegation::Beyond,
    licence::{metadata::Element, state::State},
};

/// Why no copy was made.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// No such licence, or one of another holder or body; no such copy, or one whose file is gone.
    #[error("no such licence or copy")]
    NotHeld,
    /// What is stated does not hold; every offence.
    #[error("what the copy should state: {}", names(.0))]
    Order(Vec<FieldOffence>),
    /// Copies are made of licences in force only.
    #[error("the licence is not in force: no copy is made of it")]
    NotInForce(State),
    /// Beyond the delegation by which an agent asks, or it works no more.
    #[error(transparent)]
    Beyond(#[from] Beyond),
    /// As many as an account may have made within a day.
    #[error("an account has at most {} copies made within a day", super::A_DAY)]
    TooMany {
        /// It may be tried again after that.
        retry_after_seconds: u32,
    },
    /// What making it came upon, as issuing would.
    #[error(transparent)]
    Flow(#[from] IssueError),
}

fn names(offences: &[FieldOffence]) -> String {
    offences.iter().map(|offence| offence.field.as_str()).collect::<Vec<_>>().join(", ")
}

impl CopyError {
    /// A record that does not read back.
    pub(super) fn record(what: &dyn std::fmt::Display) -> Self {
        IssueError::Record(what.to_string()).into()
    }
}

macro_rules! of_flow {
    ($($error:ty),*) => {
        $(impl From<$error> for CopyError {
            fn from(error: $error) -> Self {
                IssueError::from(error).into()
            }
        })*
    };
}

of_flow!(StoreError, ClockError, DayError, NoRandomness, SealFault, TimeStampFault);

impl From<UseRefusal> for CopyError {
    fn from(refusal: UseRefusal) -> Self {
        SealFault::from(refusal).into()
    }
}

impl Failure for CopyError {
    fn store_error(&self) -> Option<&StoreError> {
        if let Self::Flow(error) = self { error.store_error() } else { None }
    }
}

impl HasKind for CopyError {
    fn kind(&self) -> Kind {
        match self {
            Self::NotHeld => Kind::NotFound,
            Self::Order(_) => Kind::Refused,
            Self::NotInForce(_) | Self::Beyond(Beyond::NotInForce(_)) => Kind::Conflict,
            Self::Beyond(_) => Kind::Denied,
            Self::TooMany { .. } => Kind::Busy,
            Self::Flow(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotHeld => "no_such_thing",
            Self::Order(_) => "copy_refused",
            Self::NotInForce(_) => "copy_not_in_force",
            Self::Beyond(Beyond::NotInForce(_)) => "delegation_over",
            Self::Beyond(_) => "delegation_beyond",
            Self::TooMany { .. } => "too_many_copies",
            Self::Flow(error) => error.code(),
        }
    }

    fn fields(&self) -> Vec<FieldOffence> {
        match self {
            Self::Order(offences) => offences.clone(),
            Self::Flow(error) => error.fields(),
            _ => Vec::new(),
        }
    }

    fn retry_after_seconds(&self) -> Option<u32> {
        match self {
            Self::TooMany { retry_after_seconds } => Some(*retry_after_seconds),
            Self::Flow(error) => error.retry_after_seconds(),
            _ => None,
        }
    }
}

/// A purpose or a user that cannot be printed is a fault of the order, not of the licence.
pub(super) fn of_drawing(error: IssueError) -> CopyError {
    let IssueError::Draw(drawn) = &error else { return error.into() };
    let own = drawn.0.all().iter().filter_map(|offence| {
        let field = match offence {
            DrawOffence::TooManyCharacters { field, .. }
            | DrawOffence::Control { field, .. }
            | DrawOffence::Invisible { field, .. }
            | DrawOffence::PrivateUse { field, .. }
            | DrawOffence::Uncovered { field, .. } => field.as_str(),
            _ => return None,
        };
        let field = match field {
            _ if Element::CopyCause.short() == Some(field) => "purpose",
            _ if Element::CopyRecipient.short() == Some(field) => "recipient",
            _ => return None,
        };
        let sentence = Sentence::new("里面有印不出来的字。", "holds a character that cannot be printed");
        Some(FieldOffence { field: field.to_owned(), code: "not_printable", sentence })
    });
    let own: Vec<_> = own.collect();
    if own.is_empty() { error.into() } else { CopyError::Order(own) }
}
