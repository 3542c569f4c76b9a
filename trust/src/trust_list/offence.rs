//! What can be wrong with a trust list.

use super::{
    FORMAT,
    address::AddressOffence,
    canonical::{Fault, LARGEST_INTEGER},
    identity::IdentityOffence,
    scope::RegionPrefixOffence,
};
use crate::{
    base::{DayError, Moment},
    licence::{
        Offences,
        codes::{CreditCodeOffence, RegionCodeOffence},
        identifier::IdentifierOffence,
        name::NameOffence,
    },
};

/// Why octets are no trust list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustListError {
    /// Not the canonical form of any JSON that is used here, or over a budget.
    #[error(transparent)]
    Form(#[from] Fault),
    /// More services than the budget allows.
    #[error("the list has more than {limit} services")]
    TooManyServices {
        /// Services.
        limit: usize,
    },
    /// Canonical, with offences; the first of them where there are many.
    #[error(transparent)]
    Offences(Offences<ListOffence>),
}

/// One offence and the place it stands in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {fault}", if pointer.is_empty() { "the list" } else { pointer })]
pub struct ListOffence {
    /// JSON pointer (RFC 6901); empty for the whole list.
    pub pointer: String,
    /// What is wrong there.
    pub fault: ListFault,
}

/// What is wrong with one value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListFault {
    /// Needed and not there.
    #[error("missing")]
    Missing,
    /// Not a member of this object, or not of a service of this kind.
    #[error("no such member here")]
    Unknown,
    /// A value of another kind.
    #[error("{expected} belongs here, not {found}")]
    Kind {
        /// What belongs there.
        expected: &'static str,
        /// What stands there.
        found: &'static str,
    },
    /// Another format, or another version of it.
    #[error("the format is not {FORMAT:?}")]
    Format,
    /// Not one of the words that are known here.
    #[error("unknown word, known are {known}")]
    Word {
        /// Those that are.
        known: &'static str,
    },
    /// Not from 1 to 2^53-1.
    #[error("a sequence is from 1 to {LARGEST_INTEGER}")]
    Sequence,
    /// Not in the one form of an instant.
    #[error("not an instant of UTC in whole seconds such as 2026-11-21T08:30:00Z")]
    Time,
    /// Not after `issued`.
    #[error("the next update is not after {issued}")]
    NextUpdate {
        /// When the list was issued.
        issued: Moment,
    },
    /// Not in the one form of a day.
    #[error("not a day such as 2026-11-21")]
    DayForm,
    /// No day.
    #[error(transparent)]
    Day(DayError),
    /// No name.
    #[error(transparent)]
    Name(NameOffence),
    /// No region code.
    #[error(transparent)]
    Region(RegionCodeOffence),
    /// No beginning of a region code.
    #[error(transparent)]
    RegionPrefix(RegionPrefixOffence),
    /// No credit code.
    #[error(transparent)]
    CreditCode(CreditCodeOffence),
    /// No type of licence.
    #[error(transparent)]
    LicenceType(IdentifierOffence),
    /// No certificate, key or host name.
    #[error(transparent)]
    Identity(IdentityOffence),
    /// No address.
    #[error(transparent)]
    Address(AddressOffence),
    /// A key of another algorithm than SM2.
    #[error("the key of an operator is an sm2 key")]
    OperatorKey,
    /// Nothing in it.
    #[error("a history has at least one state")]
    HistoryEmpty,
    /// The first state is not granted.
    #[error("the first state of a history is granted")]
    HistoryBegin,
    /// Not later than the state before.
    #[error("not later than the state before")]
    HistoryOrder,
    /// The same state as before.
    #[error("the same state as before")]
    HistoryRepeats,
    /// Only those who issue to stampers have it.
    #[error("only a service of kind stamper-ca requires a log")]
    LogRequirement,
    /// Belongs before the one before it.
    #[error("out of order")]
    Order,
    /// The same as the one before it.
    #[error("stands twice")]
    Twice,
}
