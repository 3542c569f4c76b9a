//! Whose lists are used here: the key that is pinned, and where things are asked for.

use super::TrustError;
use crate::{
    flow::{
        access::{Actor, Permit, may},
        audit,
        line::check_address,
        text,
    },
    random,
    store::{
        Conn, Store, StoreError,
        trust::{self, ListAcceptance, StoredList, TrustOperator},
    },
};
use serde_json::{Value, json};
use yinxin_trust::{
    base::Moment,
    sm::{sm2, sm3},
    suite::PublicKey,
    trust_list::{AcceptancePolicy, ServiceKey, SignedList, TrustListLimits, accept},
};

/// More operators than there are localities that keep lists.
pub(super) const MOST_OPERATORS: u32 = 4096;

/// An operator to be added.
#[derive(Debug)]
pub struct NewOperator {
    /// What it is called here, 1 to 100 characters.
    pub name: String,
    /// The key that people got from it by another way than its list.
    pub key: ServiceKey,
    /// Where its list is published; none where lists are brought in by file.
    pub list_address: Option<String>,
    /// Below which its register is asked.
    pub status_address: Option<String>,
    /// Where the revocation lists of its authorities are published.
    pub revocation_address: Option<String>,
}

/// An operator with its lists.
#[derive(Debug)]
pub struct Shown {
    /// As it was pinned.
    pub operator: TrustOperator,
    /// The list in use.
    pub accepted: Option<SignedList>,
    /// The list that waits for people, and who accepted it so far.
    pub proposed: Option<(SignedList, Vec<ListAcceptance>)>,
}

impl Shown {
    /// What the list that waits would change, and why it could not be accepted any more.
    ///
    /// # Errors
    /// [`TrustError::NothingProposed`], [`TrustError::Refused`].
    pub fn changes(
        &self,
        now: Moment,
        policy: &AcceptancePolicy,
    ) -> Result<yinxin_trust::trust_list::Diff, TrustError> {
        let (proposed, _) = self.proposed.as_ref().ok_or(TrustError::NothingProposed)?;
        let acceptance = accept(self.accepted.as_ref(), proposed, now, policy)?;
        Ok(super::candidates::diff_of(acceptance.news))
    }
}

/// Pins an operator's key under a name; gives its id. Nothing of it is used before two
/// people accepted a list.
///
/// # Errors
/// [`TrustError`]; nothing is written then.
pub fn add(
    store: &Store,
    permit: &Permit<may::ManageTrust>,
    operator: NewOperator,
    now: Moment,
) -> Result<String, TrustError> {
    let actor = permit.actor().clone();
    let row = operator_row(operator, &actor, now)?;
    let id = row.id.clone();
    let detail = detail_of(&row);
    store.write(move |conn| {
        insert(conn, &row)?;
        audit::record(conn, None, &actor, "trust.operator_added", &row.id, &detail, now)?;
        Ok::<_, TrustError>(())
    })?;
    Ok(id)
}

/// Checks an operator that is to be added, and gives it an id.
pub(super) fn operator_row(operator: NewOperator, actor: &Actor, now: Moment) -> Result<TrustOperator, TrustError> {
    let NewOperator { name, key, list_address, status_address, revocation_address } = operator;
    let PublicKey::Sm2(_) = key.key() else { return Err(TrustError::OtherKind) };
    for address in [&list_address, &status_address, &revocation_address].into_iter().flatten() {
        check_address(address)?;
    }
    Ok(TrustOperator {
        id: random::id()?,
        name: text::line(&name, 100).ok_or(TrustError::Name)?,
        key: key.spki().to_vec(),
        list_address,
        status_address,
        revocation_address,
        added_by_kind: actor.kind.as_str().to_owned(),
        added_by_id: actor.id.clone(),
        added_at: now.unix_milliseconds(),
        named_by: None,
    })
}

/// What the audit says of an operator.
pub(super) fn detail_of(row: &TrustOperator) -> Value {
    json!({
        "name": row.name,
        "key_sm3": hex::encode(sm3::digest(&row.key)),
        "list": row.list_address,
        "status": row.status_address,
        "revocation": row.revocation_address,
        "named_by": row.named_by,
    })
}

/// Keeps an operator under its name.
pub(super) fn insert(conn: &mut Conn, row: &TrustOperator) -> Result<(), TrustError> {
    trust::insert_operator(conn, row).map_err(|error| match error {
        StoreError::Conflict { constraint } if constraint == "trust_operators_name" => TrustError::NameTaken,
        other => other.into(),
    })
}

/// All operators, by name.
///
/// # Errors
/// What the register says.
pub fn list(store: &Store) -> Result<Vec<TrustOperator>, TrustError> {
    Ok(store.read(|conn| trust::operators(conn, MOST_OPERATORS))?)
}

/// What an operator is called here, by its id.
///
/// # Errors
/// [`TrustError::NotFound`].
pub fn name_of(store: &Store, id: &str) -> Result<String, TrustError> {
    Ok(store.read(|conn| trust::operator(conn, id))?.ok_or(TrustError::NotFound)?.name)
}

/// One operator with its lists, each checked again against the pinned key.
///
/// # Errors
/// [`TrustError::NotFound`]; [`TrustError::List`] where the register holds what the key did not sign.
pub fn show(store: &Store, name: &str) -> Result<Shown, TrustError> {
    let found = store.read(|conn| {
        let Some(operator) = trust::operator_by_name(conn, name)? else { return Ok(None) };
        let accepted = trust::list_in(conn, &operator.id, trust::ACCEPTED)?;
        let proposed = trust::list_in(conn, &operator.id, trust::PROPOSED)?;
        let by = match &proposed {
            Some(list) => trust::acceptances(conn, &list.id)?,
            None => Vec::new(),
        };
        Ok::<_, StoreError>(Some((operator, accepted, proposed, by)))
    })?;
    let (operator, accepted, proposed, by) = found.ok_or(TrustError::NotFound)?;
    let key = pinned(&operator)?;
    let accepted = accepted.map(|list| checked(&list, &key)).transpose()?;
    let proposed = proposed.map(|list| checked(&list, &key)).transpose()?.map(|list| (list, by));
    Ok(Shown { operator, accepted, proposed })
}

/// The key that was pinned.
pub(in crate::flow) fn pinned(operator: &TrustOperator) -> Result<sm2::PublicKey, TrustError> {
    match ServiceKey::from_spki(&operator.key).map(|key| key.key().clone()) {
        Ok(PublicKey::Sm2(key)) => Ok(key),
        _ => Err(TrustError::OtherKind),
    }
}

/// A list of the register, checked again: who can write there cannot make one.
pub(super) fn checked(list: &StoredList, key: &sm2::PublicKey) -> Result<SignedList, TrustError> {
    Ok(SignedList::verify(&list.octets, &list.signature, key, &TrustListLimits::default())?)
}
