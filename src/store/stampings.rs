//! 用章台账: every use of a seal's key. Written with the intent, before the key is used; only
//! what became of it is added later.

use super::{Conn, StoreError, conn::each, rows::insert_rows, schema::*};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// One use of a seal.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = stampings, treat_none_as_default_value = false)]
pub struct Stamping {
    /// Id of the intent.
    pub id: String,
    /// Which seal.
    pub seal_id: String,
    /// Whose seal.
    pub owner_id: String,
    /// For which body it stamps.
    pub body_id: String,
    /// What kind of actor stamps.
    pub actor_kind: String,
    /// Which.
    pub actor_id: String,
    /// By which grant; none where the rule of the seal is enough.
    pub grant_id: Option<String>,
    /// What is stamped: `licence`, `copy` of one, `document`, or `digest` of a document that was not seen.
    pub purpose: String,
    /// Of a licence, its type.
    pub type_code: Option<String>,
    /// Of a licence, its identifier; of a copy, its number; of a document, its SM3 before it was stamped; of a digest, the digest.
    pub subject: String,
    /// SM3 of what the stamp covers (Signature.xml).
    pub document_sm3: Vec<u8>,
    /// With which key.
    pub key_reference: String,
    /// The instant within the stamp.
    pub stamped_at: i64,
    /// When it was written down.
    pub recorded_at: i64,
    /// When the stamped document was stored.
    pub made_at: Option<i64>,
    /// When nothing came of it.
    pub voided_at: Option<i64>,
    /// Of a copy, the identifier of its licence; of a document, what it or the caller calls it.
    pub title: Option<String>,
}

/// Writes uses down.
///
/// # Errors
/// [`StoreError::Conflict`], [`StoreError::Reference`]; then none is written.
pub fn insert_all(conn: &mut Conn, rows: &[Stamping]) -> Result<()> {
    insert_rows!(conn, rows, Stamping => stampings { id, seal_id, owner_id, body_id, actor_kind, actor_id, grant_id, purpose, type_code, subject, document_sm3, key_reference, stamped_at, recorded_at, made_at, voided_at, title })?;
    Ok(())
}

/// The stamped documents of some uses were stored.
///
/// # Errors
/// What the database says.
pub fn made(conn: &mut Conn, body: &str, ids: &[&str], at: i64) -> Result<()> {
    let own = stampings::table.filter(stampings::body_id.eq(body)).filter(stampings::id.eq_any(ids));
    diesel::update(own).set(stampings::made_at.eq(at)).execute(conn)?;
    Ok(())
}

/// Nothing came of a use; the grant that it was counted on.
///
/// # Errors
/// What the database says.
pub fn void(conn: &mut Conn, body: &str, id: &str, at: i64) -> Result<Option<String>> {
    let own = stampings::table.filter(stampings::body_id.eq(body)).filter(stampings::id.eq(id));
    let open = own.filter(stampings::made_at.is_null()).filter(stampings::voided_at.is_null());
    let grant = open.select(stampings::grant_id).first::<Option<String>>(conn).optional()?;
    diesel::update(open).set(stampings::voided_at.eq(at)).execute(conn)?;
    Ok(grant.flatten())
}

/// A use by a body.
///
/// # Errors
/// What the database says.
pub fn find(conn: &mut Conn, body: &str, id: &str) -> Result<Option<Stamping>> {
    let own = stampings::table.filter(stampings::body_id.eq(body)).filter(stampings::id.eq(id));
    Ok(own.select(Stamping::as_select()).first(conn).optional()?)
}

/// The latest instant within a stamp that a seal made or is about to make, by whichever body.
///
/// # Errors
/// What the database says.
pub fn public_latest(conn: &mut Conn, seal: &str) -> Result<Option<i64>> {
    let of_seal = stampings::table.filter(stampings::seal_id.eq(seal)).filter(stampings::voided_at.is_null());
    let last = of_seal.order(stampings::stamped_at.desc()).select(stampings::stamped_at);
    Ok(last.first(conn).optional()?)
}

/// The body that stamped a licence, by its identifier: that of the seal may be another.
///
/// # Errors
/// What the database says.
pub fn public_bodies_of(conn: &mut Conn, subjects: &[&str]) -> Result<Vec<(String, String)>> {
    Ok(each!(conn, c => stampings::table
        .filter(stampings::subject.eq_any(subjects.iter().copied()))
        .filter(stampings::made_at.is_not_null())
        .order(stampings::stamped_at.desc())
        .select((stampings::subject, stampings::body_id))
        .load(c))?)
}

/// At most `limit` uses of the seals of a body from an instant to another, both within, after
/// an instant and an id, the oldest first.
///
/// # Errors
/// What the database says.
pub fn of_owner(
    conn: &mut Conn,
    owner: &str,
    (from, to): (i64, i64),
    after: (i64, &str),
    limit: u32,
) -> Result<Vec<Stamping>> {
    let (at, id) = after;
    let later = stampings::stamped_at.gt(at).or(stampings::stamped_at.eq(at).and(stampings::id.gt(id)));
    let own = stampings::table
        .filter(stampings::owner_id.eq(owner))
        .filter(stampings::stamped_at.ge(from))
        .filter(stampings::stamped_at.le(to));
    let page = own.filter(later).order((stampings::stamped_at, stampings::id)).limit(limit.into());
    Ok(page.select(Stamping::as_select()).load(conn)?)
}
