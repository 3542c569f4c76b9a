//! Why something is beyond a delegation, and why it becomes none.

use super::{Basis, End, State};
use crate::base::Day;

/// Why a delegation does not permit something.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Beyond {
    /// It does not work now.
    #[error("the delegation is {0}")]
    NotInForce(State),
    /// Another licence.
    #[error("the delegation does not cover the licence")]
    OtherLicence,
    /// Another field, by its name.
    #[error("the delegation does not cover the field {0}")]
    OtherField(Box<str>),
    /// It names no annotated copies.
    #[error("the delegation names no annotated copies")]
    NoCopies,
    /// Another matter.
    #[error("the delegation is for another matter")]
    OtherMatter,
}

/// Why a delegation is not given, settled or ended.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DelegationRefusal {
    /// Guardians have everything, administrators appoint, and all others have some fields for one matter.
    #[error("a delegation of this basis does not cover that: {}", .0.as_str())]
    OtherScope(Basis),
    /// The last day lies before the first.
    #[error("ends on {last}, before it begins on {first}")]
    EndsBeforeItBegins {
        /// First day.
        first: Day,
        /// Last day.
        last: Day,
    },
    /// Nothing works back.
    #[error("begins on {first}, before today, {today}")]
    WorksBack {
        /// First day.
        first: Day,
        /// The day on which it is given.
        today: Day,
    },
    /// Longer than its basis may be.
    #[error("lasts more than {most_years} years")]
    TooLong {
        /// See [`Basis::most_years`].
        most_years: u16,
    },
    /// It does not wait for an answer any more.
    #[error("it waits for no answer: it is {0}")]
    NotWaiting(State),
    /// Whoever entered it decides nothing.
    #[error("nobody decides on what they entered")]
    OwnEntry,
    /// It has ended before.
    #[error("it has ended before: {0}")]
    Ended(End),
    /// This party does not end a delegation of that basis.
    #[error("this party cannot end it")]
    NotTheirs,
}
