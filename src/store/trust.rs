//! Other localities: whose trust lists are used here, the lists, who accepted them,
//! and what their registers answered. They belong to no body: a list counts for
//! everybody who verifies here.

use super::{Conn, StoreError, conn::each, schema::*};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// A list that waits for people.
pub const PROPOSED: &str = "proposed";
/// The list that is in use.
pub const ACCEPTED: &str = "accepted";
/// A list that a later one took the place of.
pub const REPLACED: &str = "replaced";
/// A list that people did not want.
pub const REFUSED: &str = "refused";

/// Somebody who keeps a trust list, as it was pinned here.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = trust_operators)]
pub struct TrustOperator {
    /// Its id.
    pub id: String,
    /// What it is called here.
    pub name: String,
    /// Its public key, SubjectPublicKeyInfo.
    pub key: Vec<u8>,
    /// Where its list is published; none where lists are brought in by file.
    pub list_address: Option<String>,
    /// Below which its register is asked; none where it is not.
    pub status_address: Option<String>,
    /// Where the revocation lists of its authorities are published.
    pub revocation_address: Option<String>,
    /// What kind of actor pinned it.
    pub added_by_kind: String,
    /// Which.
    pub added_by_id: String,
    /// When.
    pub added_at: i64,
    /// Id of the operator whose list names it; none where its key is pinned for itself.
    pub named_by: Option<String>,
}

/// A list of one operator.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = trust_lists)]
pub struct StoredList {
    /// Its id.
    pub id: String,
    /// Whose.
    pub operator_id: String,
    /// Its number with that operator.
    pub sequence: i64,
    /// SM3 of the octets.
    pub sm3: Vec<u8>,
    /// The canonical octets.
    pub octets: Vec<u8>,
    /// The operator's signature over them, DER.
    pub signature: Vec<u8>,
    /// When it came.
    pub received_at: i64,
    /// [`PROPOSED`], [`ACCEPTED`], [`REPLACED`] or [`REFUSED`].
    pub state: String,
}

/// That a person accepted a list.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = trust_acceptances)]
pub struct ListAcceptance {
    /// Which list.
    pub list_id: String,
    /// Who.
    pub person_id: String,
    /// When.
    pub accepted_at: i64,
}

/// What a register elsewhere answered last about a licence or a seal.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = foreign_standings)]
pub struct ForeignStanding {
    /// By whose list the register is known.
    pub operator_id: String,
    /// The identifier that was asked with; of a seal, a name with a space in it.
    pub identifier: String,
    /// The answer as it came.
    pub octets: Vec<u8>,
    /// Its signature, DER.
    pub signature: Vec<u8>,
    /// For which instant it speaks.
    pub as_of: i64,
}

/// Adds an operator.
///
/// # Errors
/// [`StoreError::Conflict`] with `trust_operators_name` where the name is taken.
pub fn insert_operator(conn: &mut Conn, row: &TrustOperator) -> Result<()> {
    each!(conn, c => diesel::insert_into(trust_operators::table).values(row).execute(c))?;
    Ok(())
}

/// An operator by its name here.
///
/// # Errors
/// What the database says.
pub fn operator_by_name(conn: &mut Conn, name: &str) -> Result<Option<TrustOperator>> {
    let one = trust_operators::table.filter(trust_operators::name.eq(name));
    Ok(one.select(TrustOperator::as_select()).first(conn).optional()?)
}

/// An operator by its id.
///
/// # Errors
/// What the database says.
pub fn operator(conn: &mut Conn, id: &str) -> Result<Option<TrustOperator>> {
    Ok(trust_operators::table.find(id).select(TrustOperator::as_select()).first(conn).optional()?)
}

/// The operators with a key, those that are pinned for themselves first.
///
/// # Errors
/// What the database says.
pub fn operators_by_key(conn: &mut Conn, key: &[u8]) -> Result<Vec<TrustOperator>> {
    let all = trust_operators::table.filter(trust_operators::key.eq(key)).order(trust_operators::name);
    let mut all: Vec<TrustOperator> = all.select(TrustOperator::as_select()).load(conn)?;
    all.sort_by_key(|one| one.named_by.is_some());
    Ok(all)
}

/// At most `limit` operators, by name.
///
/// # Errors
/// What the database says.
pub fn operators(conn: &mut Conn, limit: u32) -> Result<Vec<TrustOperator>> {
    let all = trust_operators::table.order(trust_operators::name).limit(limit.into());
    Ok(all.select(TrustOperator::as_select()).load(conn)?)
}

/// Keeps a list; false where the operator's list with these octets is there already.
///
/// # Errors
/// [`StoreError::Reference`].
pub fn insert_list(conn: &mut Conn, row: &StoredList) -> Result<bool> {
    let inserted = each!(conn, c => {
        diesel::insert_into(trust_lists::table)
            .values(row)
            .on_conflict((trust_lists::operator_id, trust_lists::sm3))
            .do_nothing()
            .execute(c)
    })?;
    Ok(inserted == 1)
}

/// The list of an operator with this digest.
///
/// # Errors
/// What the database says.
pub fn list_by_sm3(conn: &mut Conn, operator: &str, sm3: &[u8]) -> Result<Option<StoredList>> {
    let one = trust_lists::table.filter(trust_lists::operator_id.eq(operator)).filter(trust_lists::sm3.eq(sm3));
    Ok(one.select(StoredList::as_select()).first(conn).optional()?)
}

/// The list of an operator that is in a state of which there is one at most.
///
/// # Errors
/// What the database says.
pub fn list_in(conn: &mut Conn, operator: &str, state: &str) -> Result<Option<StoredList>> {
    let one = trust_lists::table.filter(trust_lists::operator_id.eq(operator)).filter(trust_lists::state.eq(state));
    Ok(one.order(trust_lists::sequence.desc()).select(StoredList::as_select()).first(conn).optional()?)
}

/// The ids of all lists that are in use, in order: whether they are others than before
/// is told without reading them.
///
/// # Errors
/// What the database says.
pub fn accepted_ids(conn: &mut Conn) -> Result<Vec<String>> {
    let all = trust_lists::table.filter(trust_lists::state.eq(ACCEPTED));
    Ok(all.order(trust_lists::id).select(trust_lists::id).load(conn)?)
}

/// From one state to another; false where it is not in the first.
///
/// # Errors
/// What the database says.
pub fn set_list_state(conn: &mut Conn, id: &str, from: &str, to: &str) -> Result<bool> {
    let one = trust_lists::table.filter(trust_lists::id.eq(id)).filter(trust_lists::state.eq(from));
    Ok(diesel::update(one).set(trust_lists::state.eq(to)).execute(conn)? == 1)
}

/// Writes down that a person accepted a list; false where they had before.
///
/// # Errors
/// [`StoreError::Reference`].
pub fn insert_acceptance(conn: &mut Conn, row: &ListAcceptance) -> Result<bool> {
    let inserted = each!(conn, c => {
        diesel::insert_into(trust_acceptances::table)
            .values(row)
            .on_conflict((trust_acceptances::list_id, trust_acceptances::person_id))
            .do_nothing()
            .execute(c)
    })?;
    Ok(inserted == 1)
}

/// Who accepted a list and may still sign in, by time.
///
/// # Errors
/// What the database says.
pub fn acceptances(conn: &mut Conn, list: &str) -> Result<Vec<ListAcceptance>> {
    let all = trust_acceptances::table.inner_join(people::table).filter(trust_acceptances::list_id.eq(list));
    let all = all.filter(people::disabled_at.is_null());
    let all = all.order((trust_acceptances::accepted_at, trust_acceptances::person_id));
    Ok(all.select(ListAcceptance::as_select()).load(conn)?)
}

/// Keeps an answer, unless one that speaks for a later instant is there.
///
/// # Errors
/// [`StoreError::Reference`].
pub fn keep_standing(conn: &mut Conn, row: &ForeignStanding) -> Result<()> {
    let older = foreign_standings::table
        .filter(foreign_standings::operator_id.eq(&row.operator_id))
        .filter(foreign_standings::identifier.eq(&row.identifier))
        .filter(foreign_standings::as_of.le(row.as_of));
    diesel::delete(older).execute(conn)?;
    each!(conn, c => {
        diesel::insert_into(foreign_standings::table)
            .values(row)
            .on_conflict((foreign_standings::operator_id, foreign_standings::identifier))
            .do_nothing()
            .execute(c)
    })?;
    Ok(())
}

/// What was answered last about a licence.
///
/// # Errors
/// What the database says.
pub fn find_standing(conn: &mut Conn, operator: &str, identifier: &str) -> Result<Option<ForeignStanding>> {
    let one = foreign_standings::table.find((operator, identifier));
    Ok(one.select(ForeignStanding::as_select()).first(conn).optional()?)
}

/// Clears answers for instants before one; how many.
///
/// # Errors
/// What the database says.
pub fn delete_standings_before(conn: &mut Conn, as_of: i64) -> Result<usize> {
    Ok(diesel::delete(foreign_standings::table.filter(foreign_standings::as_of.lt(as_of))).execute(conn)?)
}
