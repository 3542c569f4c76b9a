//! Trust lists (信任列表): what one operator vouches for, signed, so that a stamp
//! of one locality means something in another.
//!
//! A list names services: who issues certificates to stampers and to seal makers,
//! who stamps time, keeps a log, answers how licences stand, under which host names
//! codes are shown. Each has a history of states with the instant from which each
//! holds, and a scope: for which issuing bodies, types of licence and regions it
//! counts, and from which day. `docs/trust-list-format.md` says it member by member;
//! why it is so, `docs/adr/0023-trust-lists.md`.
//!
//! - [`canonical`]: the one form of the octets (RFC 8785)
//! - [`TrustList`], [`Service`], [`Scope`]: a list whose every value was checked
//! - [`SignedList`]: octets, the operator's signature over them, and the list in them
//! - [`ListPlan`]: making one, without a key
//! - [`accept`]: whether a list may take the place of the known one, and the [`Diff`]
//!   that people accept
//! - [`Membership`]: a list that counts because another one names it, within the scope that one grants
//! - [`TrustList::services_at`], [`Scope::covers`], and as anchors of a check
//!   [`Anchors::with_lists`](crate::anchor::Anchors::with_lists): using it
//!
//! Order of a check: size · signature by the pinned key · canonical form · every
//! value. Nothing of a list is read before its signature holds.

mod acceptance;
mod address;
pub mod canonical;
mod diff;
mod draft;
mod granted;
mod identity;
mod limits;
mod membership;
mod offence;
mod read;
mod scope;
mod service;
mod signed;
#[cfg(test)]
mod tests;
mod write;

pub use acceptance::{Acceptance, AcceptancePolicy, MemberLists, MissedUpdate, News, Refusal, accept};
pub use address::{Address, AddressOffence, HostName, HostNameOffence};
pub use diff::{Change, Diff, Direction};
pub use draft::TrustListDraft;
pub use identity::{Identity, IdentityOffence, ServiceKey};
pub use limits::TrustListLimits;
pub use membership::{Membership, NotNamed};
pub use offence::{ListFault, ListOffence, TrustListError};
pub use scope::{RegionPrefix, RegionPrefixOffence, Scope, Stated};
pub use service::{Service, ServiceKind, State, StateFrom};
pub use signed::{ListPlan, PlanError, SignedList, SignedListError};

use crate::{base::Moment, licence::codes::RegionCode, sm::sm2};

/// The word and version that every list begins with.
pub const FORMAT: &str = "yinxin-trust-list/1";

/// A list whose every value was checked. Only reading one, or a [`ListPlan`], makes it.
#[derive(Clone, Debug, PartialEq)]
pub struct TrustList {
    operator: Operator,
    sequence: u64,
    issued: Moment,
    next_update: Moment,
    services: Vec<Service>,
    pointers: Vec<Pointer>,
}

/// Who keeps a list. The key is not in it: whoever uses the list has pinned it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// 1 to 512 characters, all of them visible.
    pub name: String,
    /// The region it is competent for.
    pub territory: RegionCode,
}

/// Another operator's list, and the key to pin for it. It gives that list no trust
/// by itself: people decide whether to add it, or, where it has a scope, to follow it
/// within that ([`Membership`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointer {
    /// Where the list is published.
    pub address: Address,
    /// Name of its operator, 1 to 512 characters.
    pub operator: String,
    /// Key of its operator.
    pub key: sm2::PublicKey,
    /// For what the list would count where it is followed; none where it is only pointed out.
    pub scope: Option<Scope>,
}

impl TrustList {
    /// Who keeps it.
    pub const fn operator(&self) -> &Operator {
        &self.operator
    }

    /// Its number, from 1, growing by each list; at most 2^53-1.
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// When it was made; whole seconds.
    pub const fn issued(&self) -> Moment {
        self.issued
    }

    /// When the next one is there at the latest; whole seconds, after [`TrustList::issued`].
    pub const fn next_update(&self) -> Moment {
        self.next_update
    }

    /// Whether the next update is missed.
    pub fn is_outdated_at(&self, now: Moment) -> bool {
        self.next_update < now
    }

    /// All services, whatever their state, by kind, name and identity; none twice.
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// Other operators' lists, by address.
    pub fn pointers(&self) -> &[Pointer] {
        &self.pointers
    }
}
