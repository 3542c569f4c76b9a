//! What holders show by a code, until it is redeemed or expires.

use super::{Conn, StoreError, conn::each, rows::insert_rows, schema::*};
use diesel::{
    dsl::exists,
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{Array, BigInt, Binary, Nullable, Text},
};
use std::collections::HashSet;

type Result<T> = std::result::Result<T, StoreError>;

/// One code, of which the digest is kept.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = presentations, treat_none_as_default_value = false)]
pub struct Presentation {
    /// Digest of the code.
    pub code_hash: Vec<u8>,
    /// Account of the holder.
    pub holder_id: String,
    /// Which licence.
    pub licence_id: String,
    /// Names of the fields that are shown, JSON.
    pub fields: Vec<u8>,
    /// What it is shown for.
    pub purpose: String,
    /// When it was made.
    pub created_at: i64,
    /// The first instant at which it counts no more.
    pub expires_at: i64,
    /// When it was redeemed.
    pub redeemed_at: Option<i64>,
    /// By which scan of the redeemer.
    pub scan_id: Option<String>,
    /// In the name of which body.
    pub redeemer_body: Option<String>,
    /// By what kind of actor.
    pub redeemer_kind: Option<String>,
    /// Which.
    pub redeemer_id: Option<String>,
    /// At which window, as the redeemer calls it.
    pub window_name: Option<String>,
    /// By which delegation it is shown; none by the holder.
    pub delegation_id: Option<String>,
    /// Who redeemed it, where that is nobody of a body here: then there is no body.
    pub redeemer_name: Option<String>,
}

/// Who redeems a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redeemer {
    /// The scan, an id of the redeemer's.
    pub scan_id: String,
    /// In the name of which body; none for somebody outside.
    pub body_id: Option<String>,
    /// What somebody outside is called, with their body.
    pub name: Option<String>,
    /// What kind of actor.
    pub actor_kind: String,
    /// Which.
    pub actor_id: String,
    /// At which window.
    pub window_name: Option<String>,
}

impl Presentation {
    /// As [`redeem`] leaves it.
    #[must_use]
    pub fn redeemed(self, by: &Redeemer, at: i64) -> Self {
        Self {
            redeemed_at: Some(at),
            scan_id: Some(by.scan_id.clone()),
            redeemer_body: by.body_id.clone(),
            redeemer_kind: Some(by.actor_kind.clone()),
            redeemer_id: Some(by.actor_id.clone()),
            window_name: by.window_name.clone(),
            redeemer_name: by.name.clone(),
            ..self
        }
    }
}

/// Adds a code.
///
/// # Errors
/// [`StoreError::Conflict`], [`StoreError::Reference`].
pub fn insert(conn: &mut Conn, row: &Presentation) -> Result<()> {
    insert_all(conn, std::slice::from_ref(row))
}

/// Adds codes.
///
/// # Errors
/// As [`insert`].
pub fn insert_all(conn: &mut Conn, rows: &[Presentation]) -> Result<()> {
    insert_rows!(conn, rows, Presentation => presentations { code_hash, holder_id, licence_id, fields, purpose, created_at, expires_at, redeemed_at, scan_id, redeemer_body, redeemer_kind, redeemer_id, window_name, delegation_id, redeemer_name })?;
    Ok(())
}

/// Codes by their digests, as [`find_by_code_hash`]; in no order.
///
/// # Errors
/// What the database says.
pub fn by_code_hashes(conn: &mut Conn, code_hashes: &[&[u8]]) -> Result<Vec<Presentation>> {
    Ok(each!(conn, c => presentations::table
        .filter(presentations::code_hash.eq_any(code_hashes.iter().copied()))
        .select(Presentation::as_select())
        .load(c))?)
}

/// A code by its digest, of any holder: who has the code was shown it.
///
/// # Errors
/// What the database says.
pub fn find_by_code_hash(conn: &mut Conn, code_hash: &[u8]) -> Result<Option<Presentation>> {
    Ok(presentations::table.find(code_hash).select(Presentation::as_select()).first(conn).optional()?)
}

/// Redeems codes that were not redeemed and have not expired, and whose delegation, where an agent shows one, works on
/// the day: one statement takes a code, so that of several redeemers one has it and the others do not, and none has it
/// once the delegation has ended. Which of them were taken, in their order; no code is in the list twice.
///
/// # Errors
/// [`StoreError::Reference`] for a body that is not there.
pub fn redeem(conn: &mut Conn, wanted: &[(&[u8], &Redeemer)], at: i64, today: &str) -> Result<Vec<bool>> {
    match conn {
        Conn::Sqlite(conn) => wanted.iter().map(|(code_hash, by)| redeem_one(conn, code_hash, by, at, today)).collect(),
        Conn::Postgres(conn) => {
            let taken: Vec<Vec<u8>> = RedeemAll::of(wanted, at, today).load(conn)?;
            let taken: HashSet<Vec<u8>> = taken.into_iter().collect();
            Ok(wanted.iter().map(|(code_hash, _)| taken.contains(*code_hash)).collect())
        }
    }
}

fn redeem_one(conn: &mut SqliteConnection, code_hash: &[u8], by: &Redeemer, at: i64, today: &str) -> Result<bool> {
    let works = delegations::table
        .filter(delegations::id.nullable().eq(presentations::delegation_id))
        .filter(delegations::settled_at.is_not_null())
        .filter(delegations::ended_at.is_null())
        .filter(delegations::first_day.le(today))
        .filter(delegations::last_day.ge(today));
    let open = presentations::table
        .find(code_hash)
        .filter(presentations::redeemed_at.is_null())
        .filter(presentations::expires_at.gt(at))
        .filter(presentations::delegation_id.is_null().or(exists(works)));
    let set = (
        presentations::redeemed_at.eq(at),
        presentations::scan_id.eq(&by.scan_id),
        presentations::redeemer_body.eq(&by.body_id),
        presentations::redeemer_kind.eq(&by.actor_kind),
        presentations::redeemer_id.eq(&by.actor_id),
        presentations::window_name.eq(&by.window_name),
        presentations::redeemer_name.eq(&by.name),
    );
    Ok(diesel::update(open).set(set).execute(conn)? == 1)
}

/// The statement of [`redeem_one`] for several codes, a column of who redeems them to an array. PostgreSQL plans it once
/// for a connection; an update that Diesel writes is parsed and planned anew for each code.
struct RedeemAll<'a> {
    code_hashes: Vec<&'a [u8]>,
    scan_ids: Vec<&'a str>,
    bodies: Vec<Option<&'a str>>,
    kinds: Vec<&'a str>,
    ids: Vec<&'a str>,
    windows: Vec<Option<&'a str>>,
    names: Vec<Option<&'a str>>,
    at: i64,
    today: &'a str,
}

impl<'a> RedeemAll<'a> {
    fn of(wanted: &[(&'a [u8], &'a Redeemer)], at: i64, today: &'a str) -> Self {
        let by = || wanted.iter().map(|(_, by)| *by);
        Self {
            code_hashes: wanted.iter().map(|(code_hash, _)| *code_hash).collect(),
            scan_ids: by().map(|by| by.scan_id.as_str()).collect(),
            bodies: by().map(|by| by.body_id.as_deref()).collect(),
            kinds: by().map(|by| by.actor_kind.as_str()).collect(),
            ids: by().map(|by| by.actor_id.as_str()).collect(),
            windows: by().map(|by| by.window_name.as_deref()).collect(),
            names: by().map(|by| by.name.as_deref()).collect(),
            at,
            today,
        }
    }
}

impl QueryId for RedeemAll<'_> {
    type QueryId = RedeemAll<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for RedeemAll<'_> {
    type SqlType = Binary;
}

impl RunQueryDsl<PgConnection> for RedeemAll<'_> {}

impl QueryFragment<Pg> for RedeemAll<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("UPDATE presentations SET redeemed_at = ");
        out.push_bind_param::<BigInt, _>(&self.at)?;
        out.push_sql(
            ", scan_id = by.scan_id, redeemer_body = by.body, redeemer_kind = by.kind, redeemer_id = by.id, \
             window_name = by.place, redeemer_name = by.name FROM (SELECT unnest(",
        );
        out.push_bind_param::<Array<Binary>, _>(&self.code_hashes)?;
        out.push_sql(") AS code_hash, unnest(");
        out.push_bind_param::<Array<Text>, _>(&self.scan_ids)?;
        out.push_sql(") AS scan_id, unnest(");
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.bodies)?;
        out.push_sql(") AS body, unnest(");
        out.push_bind_param::<Array<Text>, _>(&self.kinds)?;
        out.push_sql(") AS kind, unnest(");
        out.push_bind_param::<Array<Text>, _>(&self.ids)?;
        out.push_sql(") AS id, unnest(");
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.windows)?;
        out.push_sql(") AS place, unnest(");
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.names)?;
        out.push_sql(
            ") AS name) AS by WHERE presentations.code_hash = by.code_hash AND redeemed_at IS NULL AND expires_at > ",
        );
        out.push_bind_param::<BigInt, _>(&self.at)?;
        out.push_sql(
            " AND (delegation_id IS NULL OR EXISTS (SELECT 1 FROM delegations WHERE delegations.id = delegation_id \
             AND settled_at IS NOT NULL AND ended_at IS NULL AND first_day <= ",
        );
        out.push_bind_param::<Text, _>(self.today)?;
        out.push_sql(" AND last_day >= ");
        out.push_bind_param::<Text, _>(self.today)?;
        out.push_sql(")) RETURNING presentations.code_hash");
        Ok(())
    }
}

/// Lets all codes of a holder that nobody redeemed expire now; how many.
///
/// # Errors
/// What the database says.
pub fn end_of_holder(conn: &mut Conn, holder_id: &str, at: i64) -> Result<usize> {
    let open = presentations::table
        .filter(presentations::holder_id.eq(holder_id))
        .filter(presentations::redeemed_at.is_null())
        .filter(presentations::expires_at.gt(at));
    Ok(diesel::update(open).set(presentations::expires_at.eq(at)).execute(conn)?)
}

/// Clears at most `limit` codes that expired before an instant, redeemed or not:
/// the use stands elsewhere. How many.
///
/// # Errors
/// What the database says.
pub fn delete_expired_before(conn: &mut Conn, at: i64, limit: u32) -> Result<usize> {
    let old = presentations::table.filter(presentations::expires_at.lt(at)).order(presentations::expires_at);
    let old: Vec<Vec<u8>> = old.limit(limit.into()).select(presentations::code_hash).load(conn)?;
    Ok(diesel::delete(presentations::table.filter(presentations::code_hash.eq_any(old))).execute(conn)?)
}
