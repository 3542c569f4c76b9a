//! Letters of consent and commitment. They belong to holders, and to no body.

use super::{Conn, StoreError, schema::*};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// A letter. Only [`confirm`] and [`sign`] change it.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = letters)]
pub struct Letter {
    /// Its id.
    pub id: String,
    /// Whose.
    pub holder_id: String,
    /// The key that signs it.
    pub key_id: String,
    /// Of which kind.
    pub template: String,
    /// What was filled in, JSON.
    pub content: Vec<u8>,
    /// SM3 of the Signature.xml that was shown.
    pub digest: Vec<u8>,
    /// When it was filled in: the time of signing that stands in it.
    pub drafted_at: i64,
    /// When a code came for it.
    pub confirmed_at: Option<i64>,
    /// The signed document.
    pub signed: Option<Vec<u8>>,
    /// When it was signed.
    pub signed_at: Option<i64>,
}

/// A letter in a list.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = letters)]
pub struct Listed {
    /// Its id.
    pub id: String,
    /// Of which kind.
    pub template: String,
    /// What was filled in, JSON.
    pub content: Vec<u8>,
    /// When it was signed; none before.
    pub signed_at: Option<i64>,
}

/// Adds a letter.
///
/// # Errors
/// [`StoreError::Conflict`], [`StoreError::Reference`].
pub fn insert(conn: &mut Conn, row: &Letter) -> Result<()> {
    diesel::insert_into(letters::table).values(row).execute(conn)?;
    Ok(())
}

/// A letter of a holder.
///
/// # Errors
/// What the database says.
pub fn find(conn: &mut Conn, holder: &str, id: &str) -> Result<Option<Letter>> {
    let own = letters::table.find(id).filter(letters::holder_id.eq(holder));
    Ok(own.select(Letter::as_select()).first(conn).optional()?)
}

/// At most `limit` signed letters of a holder, the newest first.
///
/// # Errors
/// What the database says.
pub fn signed_of(conn: &mut Conn, holder: &str, limit: u32) -> Result<Vec<Listed>> {
    let own = letters::table.filter(letters::holder_id.eq(holder)).filter(letters::signed_at.is_not_null());
    let page = own.order((letters::drafted_at.desc(), letters::id)).limit(limit.into());
    Ok(page.select(Listed::as_select()).load(conn)?)
}

/// A code came for a letter whose Signature.xml has this digest; false where it is another, or signed.
///
/// # Errors
/// What the database says.
pub fn confirm(conn: &mut Conn, holder: &str, id: &str, digest: &[u8], at: i64) -> Result<bool> {
    let own = letters::table.find(id).filter(letters::holder_id.eq(holder)).filter(letters::digest.eq(digest));
    let open = own.filter(letters::signed_at.is_null());
    Ok(diesel::update(open).set(letters::confirmed_at.eq(at)).execute(conn)? == 1)
}

/// The signed document of a letter that was confirmed; false where there is one.
///
/// # Errors
/// What the database says.
pub fn sign(conn: &mut Conn, id: &str, document: &[u8], at: i64) -> Result<bool> {
    let open = letters::table.find(id).filter(letters::signed_at.is_null()).filter(letters::confirmed_at.is_not_null());
    let set = (letters::signed.eq(document), letters::signed_at.eq(at));
    Ok(diesel::update(open).set(set).execute(conn)? == 1)
}

/// Clears drafts that nobody confirmed before an instant; how many.
///
/// # Errors
/// What the database says.
pub fn delete_drafts_before(conn: &mut Conn, at: i64) -> Result<usize> {
    let drafts = letters::table.filter(letters::confirmed_at.is_null()).filter(letters::drafted_at.lt(at));
    Ok(diesel::delete(drafts).execute(conn)?)
}

impl std::fmt::Debug for Letter {
    /// Without what was filled in, which is somebody's.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letter").field("id", &self.id).field("signed_at", &self.signed_at).finish_non_exhaustive()
    }
}
