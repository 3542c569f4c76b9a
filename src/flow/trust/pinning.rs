//! Two people say whose lists are used: one proposes an operator with its key, another compares the key with
//! what the operator told them by another way than the list, and pins it. Until then nothing of it is used.

use super::{
    NewOperator, TrustError,
    deciding::is_beginning,
    members,
    operators::{self, detail_of, operator_row},
};
use crate::{
    flow::{
        access::{Permit, may},
        audit,
    },
    store::{
        Store, StoreError,
        trust::{self, TrustOperator},
        trust_pins::{self, ProposedOperator},
    },
};
use serde_json::json;
use yinxin_trust::{base::Moment, sm::sm3};

/// Most proposals that wait at once.
pub(super) const MOST_PROPOSALS: u32 = 64;

/// An operator that waits for a second person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// What was proposed.
    pub operator: ProposedOperator,
    /// Who did.
    pub by: String,
    /// Whether the one who looks did: then another pins it.
    pub own: bool,
}

impl Proposal {
    /// SM3 of the key, hexadecimal, by which people compare it.
    pub fn key_sm3(&self) -> String {
        hex::encode(sm3::digest(&self.operator.key))
    }
}

/// Proposes an operator; gives the id of the proposal, which is that of the operator later on.
///
/// # Errors
/// [`TrustError`]; nothing is written then.
pub fn propose_operator(
    store: &Store,
    permit: &Permit<may::AcceptTrust>,
    operator: NewOperator,
    now: Moment,
) -> Result<String, TrustError> {
    propose(store, permit, operator_row(operator, permit.actor(), now)?, now)
}

/// Keeps a proposal that was checked.
pub(super) fn propose(
    store: &Store,
    permit: &Permit<may::AcceptTrust>,
    checked: TrustOperator,
    now: Moment,
) -> Result<String, TrustError> {
    let (body, actor) = (permit.body().to_owned(), permit.actor().clone());
    let detail = detail_of(&checked);
    let TrustOperator { id, name, key, list_address, status_address, revocation_address, named_by, .. } = checked;
    let (proposed_by, proposed_at) = (actor.id.clone(), now.unix_milliseconds());
    let row = ProposedOperator {
        id,
        name,
        key,
        list_address,
        status_address,
        revocation_address,
        proposed_by,
        proposed_at,
        named_by,
    };
    let id = row.id.clone();
    store.write(move |conn| {
        if trust::operator_by_name(conn, &row.name)?.is_some() {
            return Err(TrustError::NameTaken);
        }
        if trust_pins::count(conn)? >= i64::from(MOST_PROPOSALS) {
            return Err(TrustError::TooManyProposals);
        }
        trust_pins::insert(conn, &row).map_err(|error| match error {
            StoreError::Conflict { constraint } if constraint == "proposed_operators_name" => TrustError::NameTaken,
            other => other.into(),
        })?;
        Ok(audit::record(conn, Some(&body), &actor, "trust.operator_proposed", &row.id, &detail, now)?)
    })?;
    Ok(id)
}

/// Pins the key of a proposed operator, as another person than the one who proposed it. `key_sm3` is the digest of
/// the key, or its first 16 digits or more, as the operator told it.
///
/// # Errors
/// [`TrustError`]; nothing is written then.
pub fn pin(
    store: &Store,
    permit: &Permit<may::AcceptTrust>,
    id: &str,
    key_sm3: &str,
    now: Moment,
) -> Result<(), TrustError> {
    let (body, actor) = (permit.body().to_owned(), permit.actor().clone());
    let (id, key_sm3) = (id.to_owned(), without_spaces(key_sm3));
    store.write(move |conn| {
        let (proposed, counts) = trust_pins::find(conn, &id)?.ok_or(TrustError::NotFound)?;
        if proposed.proposed_by == actor.id {
            return Err(TrustError::OwnProposal);
        }
        if !counts {
            return Err(TrustError::ProposerGone);
        }
        if !is_beginning(&key_sm3, &hex::encode(sm3::digest(&proposed.key)))? {
            return Err(TrustError::OtherKey);
        }
        let ProposedOperator {
            id,
            name,
            key,
            list_address,
            status_address,
            revocation_address,
            proposed_by,
            named_by,
            ..
        } = proposed;
        let row = TrustOperator {
            id,
            name,
            key,
            list_address,
            status_address,
            revocation_address,
            added_by_kind: actor.kind.as_str().to_owned(),
            added_by_id: actor.id.clone(),
            added_at: now.unix_milliseconds(),
            named_by,
        };
        members::still_named(conn, &row)?;
        operators::insert(conn, &row)?;
        trust_pins::delete(conn, &row.id)?;
        let mut detail = detail_of(&row);
        if let Some(members) = detail.as_object_mut() {
            members.insert("proposed_by".to_owned(), json!(proposed_by));
        }
        Ok(audit::record(conn, Some(&body), &actor, "trust.operator_added", &row.id, &detail, now)?)
    })
}

/// What was proposed under an id.
///
/// # Errors
/// [`TrustError::NotFound`].
pub fn proposed(store: &Store, id: &str) -> Result<ProposedOperator, TrustError> {
    Ok(store.read(|conn| trust_pins::find(conn, id))?.ok_or(TrustError::NotFound)?.0)
}

/// The id of what was proposed under a name.
///
/// # Errors
/// [`TrustError::NotFound`].
pub fn proposed_by_name(store: &Store, name: &str) -> Result<String, TrustError> {
    let all = store.read(|conn| trust_pins::list(conn, MOST_PROPOSALS))?;
    let found = all.into_iter().find(|(proposed, _)| proposed.name == name);
    found.map(|(proposed, _)| proposed.id).ok_or(TrustError::NotFound)
}

/// Takes a proposal away, one's own or another's: nothing is trusted by that.
///
/// # Errors
/// [`TrustError`]; nothing is written then.
pub fn withdraw(store: &Store, permit: &Permit<may::AcceptTrust>, id: &str, now: Moment) -> Result<(), TrustError> {
    let (body, actor, id) = (permit.body().to_owned(), permit.actor().clone(), id.to_owned());
    store.write(move |conn| {
        let (proposed, _) = trust_pins::find(conn, &id)?.ok_or(TrustError::NotFound)?;
        trust_pins::delete(conn, &id)?;
        let detail = json!({ "name": proposed.name, "key_sm3": hex::encode(sm3::digest(&proposed.key)) });
        Ok(audit::record(conn, Some(&body), &actor, "trust.operator_rejected", &id, &detail, now)?)
    })
}

/// People read digests in groups.
fn without_spaces(digest: &str) -> String {
    digest.chars().filter(|character| !character.is_whitespace()).collect()
}
