//! Time stamps over what is kept: one a batch, and for each document or receipt of it its leaf in the batch's tree.
//! Nothing of it is deleted: each is covered by the next.

use super::{Conn, StoreError, conn::each, schema::*};
use diesel::{
    dsl::{exists, max, not},
    prelude::*,
};

type Result<T> = std::result::Result<T, StoreError>;

/// Rows that are inserted at once: databases bound the values of one statement.
const ROWS: usize = 500;

/// One time stamp.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = renewal_batches, treat_none_as_default_value = false)]
pub struct Batch {
    /// Ascending in time.
    pub id: i64,
    /// The word of the digest.
    pub digest: String,
    /// Leaves of its tree.
    pub size: i32,
    /// The token.
    pub token: Vec<u8>,
    /// The manifest of what was known when it was made.
    pub manifest_sm3: Vec<u8>,
    /// genTime, in milliseconds.
    pub made_at: i64,
    /// The batch that renewed it; none for one that is not renewed yet.
    pub renewed_by: Option<i64>,
}

/// What a renewal is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectKind {
    /// The document of a version.
    Version,
    /// A receipt.
    Receipt,
}

/// One document or receipt in a batch.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = renewal_members, treat_none_as_default_value = false)]
pub struct Member {
    /// [`SubjectKind::as_str`].
    pub kind: String,
    /// Id of the version, number of the receipt.
    pub subject: String,
    /// The how manieth renewal of it, from 1.
    pub number: i32,
    /// In which batch.
    pub batch_id: i64,
    /// Which leaf of its tree, from 0.
    pub place: i32,
    /// The leaf.
    pub leaf: Vec<u8>,
}

/// A version whose evidence is kept.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct KeptVersion {
    /// Which version.
    pub id: String,
    /// For which instant, in milliseconds.
    pub at: i64,
    /// The manifest.
    pub manifest_sm3: Vec<u8>,
    /// SM3 of the document.
    pub document_sm3: Vec<u8>,
}

impl SubjectKind {
    /// The word in the table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Version => "version",
            Self::Receipt => "receipt",
        }
    }
}

/// The id of the next batch.
///
/// # Errors
/// What the database says.
pub fn next_id(conn: &mut Conn) -> Result<i64> {
    let last: Option<i64> = renewal_batches::table.select(max(renewal_batches::id)).first(conn)?;
    Ok(last.unwrap_or(0) + 1)
}

/// Keeps a batch and its members; the batch that it renews is renewed by it.
///
/// # Errors
/// [`StoreError::Conflict`] where another process renewed one of them, or the batch, meanwhile.
pub fn insert(conn: &mut Conn, batch: &Batch, members: &[Member], renews: Option<i64>) -> Result<()> {
    each!(conn, c => diesel::insert_into(renewal_batches::table).values(batch).execute(c))?;
    for some in members.chunks(ROWS) {
        let rows: Vec<&Member> = some.iter().collect();
        each!(conn, c => diesel::insert_into(renewal_members::table).values(rows.clone()).execute(c))?;
    }
    if let Some(renewed) = renews {
        let one = renewal_batches::table.filter(renewal_batches::id.eq(renewed));
        let one = one.filter(renewal_batches::renewed_by.is_null());
        if diesel::update(one).set(renewal_batches::renewed_by.eq(batch.id)).execute(conn)? != 1 {
            return Err(StoreError::Conflict { constraint: "renewal_batches_renewed_by".to_owned() });
        }
    }
    Ok(())
}

/// The batches that are not renewed, the oldest first.
///
/// # Errors
/// What the database says.
pub fn open_batches(conn: &mut Conn) -> Result<Vec<Batch>> {
    let open = renewal_batches::table.filter(renewal_batches::renewed_by.is_null()).order(renewal_batches::id);
    Ok(open.select(Batch::as_select()).load(conn)?)
}

/// The members of a batch, in their places.
///
/// # Errors
/// What the database says.
pub fn members(conn: &mut Conn, batch: i64) -> Result<Vec<Member>> {
    let all = renewal_members::table.filter(renewal_members::batch_id.eq(batch)).order(renewal_members::place);
    Ok(all.select(Member::as_select()).load(conn)?)
}

/// The renewals of one, the first one first.
///
/// # Errors
/// What the database says.
pub fn of(conn: &mut Conn, kind: SubjectKind, subject: &str) -> Result<Vec<(Batch, Member)>> {
    let own = renewal_members::table
        .inner_join(renewal_batches::table)
        .filter(renewal_members::kind.eq(kind.as_str()))
        .filter(renewal_members::subject.eq(subject))
        .order(renewal_members::number);
    Ok(own.select((Batch::as_select(), Member::as_select())).load(conn)?)
}

/// Versions of any body whose evidence has no time stamp yet, in the order of their ids.
///
/// # Errors
/// What the database says.
pub fn versions_without(conn: &mut Conn, most: i64) -> Result<Vec<KeptVersion>> {
    let own = renewal_members::table
        .filter(renewal_members::kind.eq(SubjectKind::Version.as_str()))
        .filter(renewal_members::subject.eq(document_evidence::version_id));
    let bare = document_evidence::table.inner_join(licence_versions::table).filter(not(exists(own)));
    let columns = (
        document_evidence::version_id,
        document_evidence::at,
        document_evidence::manifest_sm3,
        licence_versions::document_sm3,
    );
    Ok(bare.select(columns).order(document_evidence::version_id).limit(most).load(conn)?)
}

/// One version whose evidence is kept.
///
/// # Errors
/// What the database says.
pub fn version(conn: &mut Conn, id: &str) -> Result<Option<KeptVersion>> {
    let one = document_evidence::table.inner_join(licence_versions::table).filter(document_evidence::version_id.eq(id));
    let columns = (
        document_evidence::version_id,
        document_evidence::at,
        document_evidence::manifest_sm3,
        licence_versions::document_sm3,
    );
    Ok(one.select(columns).first(conn).optional()?)
}

/// Numbers of signed receipts of any body without a time stamp yet.
///
/// # Errors
/// What the database says.
pub fn receipts_without(conn: &mut Conn, most: i64) -> Result<Vec<String>> {
    let own = renewal_members::table
        .filter(renewal_members::kind.eq(SubjectKind::Receipt.as_str()))
        .filter(renewal_members::subject.eq(receipts::number));
    let bare = receipts::table.filter(receipts::signed.is_not_null()).filter(not(exists(own)));
    Ok(bare.select(receipts::number).order(receipts::number).limit(most).load(conn)?)
}
