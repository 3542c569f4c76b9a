//! Whether a list may take the place of the known one.
//!
//! 1 same key · 2 same operator · 3 not issued in the future · 4 not rolled back ·
//! 5 not issued before the known one · 6 next update not missed, or only flagged.

use super::{Diff, SignedList};
use crate::base::Moment;

/// What a locality decided on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptancePolicy {
    /// What is done about a list whose next update is missed.
    pub missed_update: MissedUpdate,
    /// How far another clock may be ahead, in seconds.
    pub clock_skew_seconds: u32,
    /// What becomes of the lists of those that a followed list names.
    pub member_lists: MemberLists,
}

/// What becomes of a new list of an operator that another list names, once people decided to follow it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MemberLists {
    /// Two people accept each, as of every operator.
    #[default]
    Propose,
    /// It is taken: the naming list bounds what it can say.
    Follow,
}

/// What is done about a list whose next update is missed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MissedUpdate {
    /// It is taken and said so.
    #[default]
    Flag,
    /// It is refused.
    Refuse,
}

impl Default for AcceptancePolicy {
    /// Flag, five minutes.
    fn default() -> Self {
        Self { missed_update: MissedUpdate::Flag, clock_skew_seconds: 300, member_lists: MemberLists::Propose }
    }
}

/// A list that may be taken, once people agree where there is something to agree on.
#[derive(Clone, Debug, PartialEq)]
pub struct Acceptance {
    /// What is new.
    pub news: News,
    /// When the next update was due, where it is missed.
    pub missed_update: Option<Moment>,
}

/// What a list brings.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// The known list again.
    Nothing,
    /// The first list of this operator: everything in it is new.
    First(Diff),
    /// A later list.
    Later(Diff),
}

/// Why a list is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not signed by the key of the known list. A new key is pinned by people, as a new list.
    #[error("the list is signed with another key than the known one")]
    OtherKey,
    /// Another name or territory.
    #[error("the list is of another operator than the known one")]
    OtherOperator,
    /// An older sequence, or the same one with other content.
    #[error("sequence {offered} is offered with other content, while {known} is known")]
    RolledBack {
        /// Of the known list.
        known: u64,
        /// Of the list that is refused.
        offered: u64,
    },
    /// A later sequence that was issued before the known one.
    #[error("issued {offered}, before the known list of {known}")]
    IssuedBackwards {
        /// Of the known list.
        known: Moment,
        /// Of the list that is refused.
        offered: Moment,
    },
    /// Issued after now.
    #[error("issued in the future: {issued}")]
    IssuedInFuture {
        /// As the list says.
        issued: Moment,
    },
    /// The policy refuses a missed update.
    #[error("the next update was due {due}")]
    MissedUpdate {
        /// As the list says.
        due: Moment,
    },
}

impl Refusal {
    /// A stable word for interfaces and records.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OtherKey => "other_key",
            Self::OtherOperator => "other_operator",
            Self::RolledBack { .. } => "rolled_back",
            Self::IssuedBackwards { .. } => "issued_backwards",
            Self::IssuedInFuture { .. } => "issued_in_future",
            Self::MissedUpdate { .. } => "missed_update",
        }
    }
}

/// Whether `offered` may take the place of `known`, or be the first one.
///
/// # Errors
/// [`Refusal`], the first in the order of the module's steps.
pub fn accept(
    known: Option<&SignedList>,
    offered: &SignedList,
    now: Moment,
    policy: &AcceptancePolicy,
) -> Result<Acceptance, Refusal> {
    let list = offered.list();
    if let Some(known) = known {
        if known.key() != offered.key() {
            return Err(Refusal::OtherKey);
        }
        if known.list().operator() != list.operator() {
            return Err(Refusal::OtherOperator);
        }
    }
    let skew = i64::from(policy.clock_skew_seconds) * 1000;
    if list.issued().unix_milliseconds() > now.unix_milliseconds().saturating_add(skew) {
        return Err(Refusal::IssuedInFuture { issued: list.issued() });
    }
    let news = match known {
        None => News::First(Diff::between(None, list)),
        Some(known) if known.octets() == offered.octets() => News::Nothing,
        Some(known) => {
            let before = known.list();
            if list.sequence() <= before.sequence() {
                return Err(Refusal::RolledBack { known: before.sequence(), offered: list.sequence() });
            }
            if list.issued() < before.issued() {
                return Err(Refusal::IssuedBackwards { known: before.issued(), offered: list.issued() });
            }
            News::Later(Diff::between(Some(before), list))
        }
    };
    let missed_update = list.is_outdated_at(now).then(|| list.next_update());
    match missed_update {
        Some(due) if policy.missed_update == MissedUpdate::Refuse => Err(Refusal::MissedUpdate { due }),
        _ => Ok(Acceptance { news, missed_update }),
    }
}
