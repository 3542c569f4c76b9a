//! Why an act is not recorded.

use super::{ActKind, End};
use crate::{
    base::{Day, Moment},
    licence::Expiry,
};

/// Why an act is refused; each reason by its own name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActRefusal {
    /// The first act of a life is the issue.
    #[error("nothing can be done to a licence before its issue: {0}")]
    NotIssued(ActKind),
    /// A licence is issued once.
    #[error("the licence is issued already")]
    AlreadyIssued,
    /// Suspended twice.
    #[error("the licence is suspended already")]
    AlreadySuspended,
    /// Only a suspended licence is resumed.
    #[error("the licence is not suspended")]
    NotSuspended,
    /// Neither changed, renewed nor transferred while suspended.
    #[error("not while the licence is suspended: {0}")]
    WhileSuspended(ActKind),
    /// Only a licence that was transferred out comes back.
    #[error("the licence is not transferred out")]
    NotTransferredOut,
    /// The licence has ended in a way that this act cannot follow.
    #[error("not after the licence has ended ({end}): {act}")]
    AfterEnd {
        /// What was to be done.
        act: ActKind,
        /// How the licence had ended.
        end: End,
    },
    /// Version 999 is the last.
    #[error("there is no version after 999")]
    VersionsUsedUp,
    /// A renewal in favour of the licence itself, by identifier and serial.
    #[error("a licence is not renewed by itself")]
    OwnSuccessor,
    /// The list of acts grows in time.
    #[error("recorded at {recorded_at}, before the act recorded at {last}")]
    RecordedOutOfOrder {
        /// Of this act.
        recorded_at: Moment,
        /// Of the act before.
        last: Moment,
    },
    /// The instant of recording is no day that a licence can bear.
    #[error("recorded outside the years 1000 to 9999")]
    RecordedOutOfRange,
    /// A decision cannot be recorded before it is made.
    #[error("decided on {decided_on}, after the day of its recording, {recorded_on}")]
    DecidedAfterRecorded {
        /// The day of the decision.
        decided_on: Day,
        /// The day of recording in Beijing.
        recorded_on: Day,
    },
    /// Only a withdrawal works back.
    #[error("works from {effective_from}, before it was decided on {decided_on}")]
    EffectiveBeforeDecision {
        /// First day on which it was to work.
        effective_from: Day,
        /// The day of the decision.
        decided_on: Day,
    },
    /// Would contradict an act that works from a later day.
    #[error("works from {effective_from}, but another act works from {later} already")]
    BackDated {
        /// First day on which it was to work.
        effective_from: Day,
        /// First day of the other act.
        later: Day,
    },
    /// Works before the licence begins.
    #[error("works from {effective_from}, before the licence begins on {begins}")]
    BeforeTheBeginning {
        /// First day on which it was to work.
        effective_from: Day,
        /// First day of the licence.
        begins: Day,
    },
    /// A withdrawal works from the first day of the licence.
    #[error("a withdrawal works from the first day of the licence, {begins}")]
    WithdrawalNotFromTheBeginning {
        /// First day of the licence.
        begins: Day,
    },
    /// The last day lies before the first.
    #[error("begins on {effective_from} and ends before, on {until}")]
    EndsBeforeItBegins {
        /// First day.
        effective_from: Day,
        /// Last day.
        until: Expiry,
    },
    /// The number of the written decision is empty or longer than 500 characters.
    #[error("the document number of the decision has 1 to 500 characters")]
    DocumentNumber,
    /// The legal basis is empty or longer than 500 characters.
    #[error("the legal basis of the decision has 1 to 500 characters")]
    LegalBasis,
}
