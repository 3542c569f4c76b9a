//! People decide: two accept a list, one refuses it.

use super::{TrustError, operators::show};
use crate::{
    flow::{
        access::{Permit, may},
        audit,
    },
    store::{
        Store,
        trust::{self, ListAcceptance},
    },
};
use serde_json::json;
use yinxin_trust::{
    base::Moment,
    trust_list::{AcceptancePolicy, SignedList},
};

/// How many people it takes.
const PEOPLE: usize = 2;

/// Fewest hexadecimal digits that name a list.
const LEAST_DIGITS: usize = 16;

/// What an acceptance led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// A second person is wanted.
    Waits,
    /// The list is in use.
    InUse,
}

/// Accepts the list that waits, as the person of the permit. `sm3` names it by its
/// digest (all of it, or its beginning), so that nobody accepts another than they saw.
///
/// # Errors
/// [`TrustError`]; nothing is written then.
pub fn accept(
    store: &Store,
    permit: &Permit<may::AcceptTrust>,
    name: &str,
    sm3: &str,
    policy: &AcceptancePolicy,
    now: Moment,
) -> Result<Accepted, TrustError> {
    let shown = show(store, name)?;
    shown.changes(now, policy)?;
    let (proposed, _) = shown.proposed.as_ref().ok_or(TrustError::NothingProposed)?;
    is_named(proposed, sm3)?;
    let before = shown.accepted.as_ref().map(|list| *list.sm3());
    let (operator, digest, sequence) = (shown.operator, *proposed.sm3(), proposed.list().sequence());
    let (body, actor) = (permit.body().to_owned(), permit.actor().clone());
    store.write(move |conn| {
        let waiting = trust::list_in(conn, &operator.id, trust::PROPOSED)?.filter(|list| list.sm3 == digest);
        let waiting = waiting.ok_or(TrustError::Changed)?;
        let known = trust::list_in(conn, &operator.id, trust::ACCEPTED)?;
        if known.as_ref().map(|list| &list.sm3[..]) != before.as_ref().map(|digest| &digest[..]) {
            return Err(TrustError::Changed);
        }
        let row = ListAcceptance {
            list_id: waiting.id.clone(),
            person_id: actor.id.clone(),
            accepted_at: now.unix_milliseconds(),
        };
        if !trust::insert_acceptance(conn, &row)? {
            return Err(TrustError::SamePerson);
        }
        let people = trust::acceptances(conn, &waiting.id)?.len();
        let in_use = people >= PEOPLE;
        if in_use {
            if let Some(known) = known {
                trust::set_list_state(conn, &known.id, trust::ACCEPTED, trust::REPLACED)?;
            }
            trust::set_list_state(conn, &waiting.id, trust::PROPOSED, trust::ACCEPTED)?;
        }
        let detail = json!({
            "operator": operator.id,
            "sequence": sequence,
            "sm3": hex::encode(digest),
            "people": people,
            "in_use": in_use,
        });
        audit::record(conn, Some(&body), &actor, "trust.list_accepted", &operator.name, &detail, now)?;
        Ok(if in_use { Accepted::InUse } else { Accepted::Waits })
    })
}

/// Refuses the list that waits, or takes the one in use out of it; the same list is not
/// proposed again. One person is enough: nothing is trusted by it.
///
/// # Errors
/// [`TrustError`]; nothing is written then.
pub fn refuse(
    store: &Store,
    permit: &Permit<may::AcceptTrust>,
    name: &str,
    sm3: &str,
    now: Moment,
) -> Result<(), TrustError> {
    let shown = show(store, name)?;
    let lists = shown.proposed.iter().map(|(list, _)| list).chain(&shown.accepted);
    let mut named = Err(TrustError::NothingProposed);
    for list in lists {
        named = is_named(list, sm3).map(|()| *list.sm3());
        if named.is_ok() {
            break;
        }
    }
    let (digest, operator) = (named?, shown.operator);
    let (body, actor) = (permit.body().to_owned(), permit.actor().clone());
    store.write(move |conn| {
        let list = trust::list_by_sm3(conn, &operator.id, &digest)?.ok_or(TrustError::Changed)?;
        if !matches!(list.state.as_str(), trust::PROPOSED | trust::ACCEPTED) {
            return Err(TrustError::Changed);
        }
        trust::set_list_state(conn, &list.id, &list.state, trust::REFUSED)?;
        let detail = json!({ "operator": operator.id, "sequence": list.sequence, "sm3": hex::encode(digest),
            "was": list.state });
        Ok(audit::record(conn, Some(&body), &actor, "trust.list_rejected", &operator.name, &detail, now)?)
    })
}

/// Whether the beginning of a digest is that of a list.
fn is_named(list: &SignedList, sm3: &str) -> Result<(), TrustError> {
    if is_beginning(sm3, &hex::encode(list.sm3()))? { Ok(()) } else { Err(TrustError::OtherDigest) }
}

/// Whether a text is the beginning of a digest, long enough to name it.
pub(super) fn is_beginning(sm3: &str, whole: &str) -> Result<bool, TrustError> {
    let is_digest = (LEAST_DIGITS..=64).contains(&sm3.len()) && sm3.bytes().all(|digit| digit.is_ascii_hexdigit());
    if is_digest { Ok(whole.starts_with(&sm3.to_ascii_lowercase())) } else { Err(TrustError::Digest) }
}
