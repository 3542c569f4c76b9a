//! Lists that count because an accepted list names them (list of lists), one level deep.
//!
//! A naming list is one whose key people pinned for itself. Following what it names takes two people, as pinning does:
//! one proposes it, another compares the key. What the named list says counts within the scope that the naming one
//! grants at the time, and not at all once that one names it no more. A key that is pinned here for itself stays so.

use super::{
    TrustError,
    operators::{operator_row, pinned, show},
    pinning,
};
use crate::{
    flow::access::{Permit, may},
    store::{
        Conn, Store, StoreError,
        trust::{self, TrustOperator},
    },
};
use yinxin_trust::{
    base::Moment,
    trust_list::{Address, Membership, NotNamed, Pointer, ServiceKey, SignedList},
};

use super::NewOperator;

/// Why a list is not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotFollowed {
    /// The accepted list does not name it so.
    #[error(transparent)]
    NotNamed(NotNamed),
    /// A list that counts by another one names further ones: nobody follows those.
    #[error("that list counts by another one itself: what it names is not followed")]
    TooDeep,
    /// What is named is, or leads back to, a list on the way.
    #[error("that leads back to the list that names it")]
    Cycle,
    /// The key is one of those that are known here.
    #[error("the key is pinned here already, and what is pinned here is not overridden")]
    PinnedHere,
}

impl NotFollowed {
    /// A stable word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotNamed(NotNamed::Unnamed) => "not_named",
            Self::NotNamed(NotNamed::NoScope) => "no_scope",
            Self::NotNamed(NotNamed::Cycle) | Self::Cycle => "cycle",
            Self::TooDeep => "too_deep",
            Self::PinnedHere => "pinned_here",
        }
    }
}

/// Proposes to follow the list that an operator's accepted list names at an address; gives the id of the proposal. It
/// is called as the naming list calls its operator; what else is published beside it is asked for where it is by
/// custom (`docs/trust-lists.md`).
///
/// # Errors
/// [`TrustError`]; nothing is written then.
pub fn propose_member(
    store: &Store,
    permit: &Permit<may::AcceptTrust>,
    naming: &str,
    address: &str,
    now: Moment,
) -> Result<String, TrustError> {
    let naming = store.read(|conn| trust::operator(conn, naming))?.ok_or(TrustError::NotFound)?;
    let shown = show(store, &naming.name)?;
    let list = shown.accepted.ok_or(TrustError::NothingAccepted)?;
    let unnamed = TrustError::NotFollowed(NotFollowed::NotNamed(NotNamed::Unnamed));
    let pointer = list.list().pointers().iter().find(|pointer| pointer.address.as_str() == address);
    let pointer = pointer.ok_or(unnamed)?;
    let key = ServiceKey::from_sm2(&pointer.key);
    let already = store.read(|conn| trust::operators_by_key(conn, key.spki()))?;
    if naming.named_by.is_some() {
        let leads_back =
            already.iter().any(|one| naming.named_by.as_ref() == Some(&one.id)) || pointer.key == *list.key();
        return Err(TrustError::NotFollowed(if leads_back { NotFollowed::Cycle } else { NotFollowed::TooDeep }));
    }
    membership(&list, &pointer.address, pointer)?;
    if !already.is_empty() {
        return Err(TrustError::NotFollowed(NotFollowed::PinnedHere));
    }
    let actor = permit.actor().clone();
    let mut row = operator_row(beside(pointer, key), &actor, now)?;
    row.named_by = Some(naming.id);
    pinning::propose(store, permit, row, now)
}

fn membership(list: &SignedList, address: &Address, pointer: &Pointer) -> Result<Membership, TrustError> {
    Membership::of(list, address, &pointer.key).map_err(|why| TrustError::NotFollowed(NotFollowed::NotNamed(why)))
}

/// What is published beside a list, by the custom of the well-known addresses.
fn beside(pointer: &Pointer, key: ServiceKey) -> NewOperator {
    const LIST: &str = "/.well-known/yinxin/trust-list.json";
    let address = pointer.address.as_str();
    let origin = address.strip_suffix(LIST);
    NewOperator {
        name: pointer.operator.chars().take(100).collect(),
        key,
        list_address: Some(address.to_owned()),
        status_address: origin.map(str::to_owned),
        revocation_address: origin.map(|origin| format!("{origin}/.well-known/yinxin/revocation-lists.pem")),
    }
}

/// By what a list counts; none where its key is pinned for itself.
///
/// # Errors
/// [`TrustError::NotFollowed`] where the naming list names it no more, [`TrustError::NothingAccepted`] where none is
/// in use.
pub fn member_of(store: &Store, operator: &TrustOperator) -> Result<Option<Membership>, TrustError> {
    let Some(naming) = operator.named_by.as_deref() else { return Ok(None) };
    let naming = store.read(|conn| trust::operator(conn, naming))?.ok_or(TrustError::NotFound)?;
    let accepted = show(store, &naming.name)?.accepted.ok_or(TrustError::NothingAccepted)?;
    named_in(&accepted, operator).map(Some)
}

/// What a naming list grants the list of an operator.
pub(super) fn named_in(naming: &SignedList, operator: &TrustOperator) -> Result<Membership, TrustError> {
    let unnamed = TrustError::NotFollowed(NotFollowed::NotNamed(NotNamed::Unnamed));
    let address = operator.list_address.as_deref().and_then(|address| address.parse().ok());
    let address: Address = address.ok_or(unnamed)?;
    let found = Membership::of(naming, &address, &pinned(operator)?);
    found.map_err(|why| TrustError::NotFollowed(NotFollowed::NotNamed(why)))
}

/// Whether what is proposed may still be followed, in the write that pins it.
pub(super) fn still_named(conn: &mut Conn, row: &TrustOperator) -> Result<(), TrustError> {
    let Some(naming) = row.named_by.as_deref() else { return Ok(()) };
    if !trust::operators_by_key(conn, &row.key)?.is_empty() {
        return Err(TrustError::NotFollowed(NotFollowed::PinnedHere));
    }
    let naming = trust::operator(conn, naming)?.ok_or(TrustError::NotFound)?;
    if naming.named_by.is_some() {
        return Err(TrustError::NotFollowed(NotFollowed::TooDeep));
    }
    let list = trust::list_in(conn, &naming.id, trust::ACCEPTED)?.ok_or(TrustError::NothingAccepted)?;
    named_in(&super::operators::checked(&list, &pinned(&naming)?)?, row).map(drop)
}

/// Lists that a list names, and which of them are followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// As the list names it.
    pub pointer: Pointer,
    /// Id of the operator whose key that is, where it is known here.
    pub known_as: Option<String>,
}

/// What a list names.
///
/// # Errors
/// What the register says.
pub(super) fn named(store: &Store, list: &SignedList) -> Result<Vec<Named>, TrustError> {
    let found = store.read(|conn| {
        let all = list.list().pointers().iter().map(|pointer| {
            let key = ServiceKey::from_sm2(&pointer.key);
            let known = trust::operators_by_key(conn, key.spki())?;
            Ok::<_, StoreError>(Named {
                pointer: pointer.clone(),
                known_as: known.into_iter().next().map(|one| one.id),
            })
        });
        all.collect::<Result<Vec<_>, _>>()
    })?;
    Ok(found)
}
