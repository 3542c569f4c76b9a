//! Why an act upon a seal is not recorded.

use super::{ActKind, End, State};
use crate::base::Moment;

/// Why an act is refused; each reason by its own name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActRefusal {
    /// The first act of a life is an application or a founding.
    #[error("nothing can be done to a seal before it is applied for: {0}")]
    NotApplied(ActKind),
    /// A life begins once.
    #[error("the seal was applied for or founded already")]
    Begun,
    /// Nobody decided yet.
    #[error("the application was not decided on yet: {0}")]
    NotDecided(ActKind),
    /// Decided on once.
    #[error("the application was decided on already")]
    DecidedAlready,
    /// Whoever applied decides nothing.
    #[error("nobody decides on their own application")]
    OwnApplication,
    /// Approved, and not made yet.
    #[error("the seal was not made yet: {0}")]
    NotMade(ActKind),
    /// Made once; a remade seal is another.
    #[error("the seal was made already")]
    MadeAlready,
    /// Made, and not filed yet.
    #[error("the seal was not filed yet: {0}")]
    NotFiled(ActKind),
    /// Filed once.
    #[error("the seal was filed already")]
    FiledAlready,
    /// Suspended twice.
    #[error("the seal is suspended already")]
    SuspendedAlready,
    /// Only a suspended seal is resumed.
    #[error("the seal is not suspended")]
    NotSuspended,
    /// Resumed or cancelled first.
    #[error("a suspended seal is not renewed")]
    WhileSuspended,
    /// The seal has ended in a way that this act cannot follow.
    #[error("not after the seal has ended ({}): {act}", State::Ended(*.end))]
    AfterEnd {
        /// What was to be done.
        act: ActKind,
        /// How it had ended.
        end: End,
    },
    /// The list of acts grows in time.
    #[error("recorded at {recorded_at}, before the act recorded at {last}")]
    RecordedOutOfOrder {
        /// Of this act.
        recorded_at: Moment,
        /// Of the act before.
        last: Moment,
    },
    /// What gives never works back.
    #[error("{act} works from {effective_from}, before it is recorded at {recorded_at}")]
    WorksBack {
        /// What was to be done.
        act: ActKind,
        /// First instant at which it was to work.
        effective_from: Moment,
        /// Of this act.
        recorded_at: Moment,
    },
    /// Would contradict an act that works from a later instant already.
    #[error("works from {effective_from}, but another act works from {later} already")]
    BackDated {
        /// First instant at which it was to work.
        effective_from: Moment,
        /// First instant of the other act.
        later: Moment,
    },
    /// Invalid is what was made.
    #[error("works from {effective_from}, before the seal was made at {made}")]
    BeforeTheMaking {
        /// First instant at which it was to work.
        effective_from: Moment,
        /// When it was made.
        made: Moment,
    },
    /// The last instant lies before the first.
    #[error("begins at {from} and ends before, at {until}")]
    EndsBeforeItBegins {
        /// First instant.
        from: Moment,
        /// Last instant.
        until: Moment,
    },
    /// The reason is empty, longer than 500 characters or not on one line.
    #[error("the reason has 1 to 500 characters on one line")]
    Reason,
    /// The number of the document is missing, longer than 500 characters or not on one line.
    #[error("the document number has 1 to 500 characters on one line")]
    DocumentNumber,
}
