//! What is asked for when a seal is to be made, the material with it, and all that was done to seals.

use super::{Conn, StoreError, schema::*};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// An application for a seal; the seal that is made of it has its id.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = seal_applications)]
pub struct SealApplication {
    /// Its id.
    pub id: String,
    /// Whose seal.
    pub body_id: String,
    /// Registered name.
    pub name: String,
    /// The esID that it shall have.
    pub es_id: String,
    /// What stands below the star.
    pub purpose: String,
    /// Diameter, or width and height of a picture.
    pub diameter_mm: i32,
    /// The picture as it was given; none is drawn.
    pub picture: Option<Vec<u8>>,
    /// Licence types that it shall stamp, JSON list of codes.
    pub types: Vec<u8>,
    /// The seal that it takes the place of.
    pub renews: Option<String>,
    /// When it was entered.
    pub applied_at: i64,
}

/// A document of an application.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = seal_documents)]
pub struct SealDocument {
    /// Of which application.
    pub application_id: String,
    /// From 1.
    pub position: i32,
    /// What it is called.
    pub name: String,
    /// SM3 of the octets.
    pub sm3: Vec<u8>,
    /// The document itself.
    pub octets: Vec<u8>,
}

/// A document without its octets.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = seal_documents)]
pub struct DocumentLine {
    /// From 1.
    pub position: i32,
    /// What it is called.
    pub name: String,
    /// SM3 of the octets.
    pub sm3: Vec<u8>,
}

/// One act upon a seal, from its application on. Never changed.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = seal_acts)]
pub struct SealAct {
    /// The id that application and seal share.
    pub seal_id: String,
    /// From 1, in the order of recording.
    pub sequence: i32,
    /// Whose seal.
    pub body_id: String,
    /// A stable word.
    pub kind: String,
    /// The first instant at which it works.
    pub effective_from: i64,
    /// When it was taken in.
    pub recorded_at: i64,
    /// Of what makes the seal: its first instant.
    pub valid_from: Option<i64>,
    /// Of what makes the seal: its last instant.
    pub valid_until: Option<i64>,
    /// Of a renewal: the seal that takes over.
    pub successor: Option<String>,
    /// Why.
    pub reason: String,
    /// By which document; empty where it follows from the application.
    pub document_number: String,
    /// For which body it was done.
    pub by_body: String,
    /// What kind of actor did it.
    pub by_kind: String,
    /// Which.
    pub by_id: String,
}

/// Adds an application.
///
/// # Errors
/// [`StoreError::Conflict`], [`StoreError::Reference`].
pub fn insert_application(conn: &mut Conn, row: &SealApplication) -> Result<()> {
    diesel::insert_into(seal_applications::table).values(row).execute(conn)?;
    Ok(())
}

/// An application of a body.
///
/// # Errors
/// What the database says.
pub fn find_application(conn: &mut Conn, body: &str, id: &str) -> Result<Option<SealApplication>> {
    let own = seal_applications::table.filter(seal_applications::body_id.eq(body)).filter(seal_applications::id.eq(id));
    Ok(own.select(SealApplication::as_select()).first(conn).optional()?)
}

/// At most `limit` applications of a body after an id, in the order of ids.
///
/// # Errors
/// What the database says.
pub fn applications(conn: &mut Conn, body: &str, after: &str, limit: u32) -> Result<Vec<SealApplication>> {
    let page =
        seal_applications::table.filter(seal_applications::body_id.eq(body)).filter(seal_applications::id.gt(after));
    let page = page.order(seal_applications::id).limit(limit.into());
    Ok(page.select(SealApplication::as_select()).load(conn)?)
}

/// Ids of the applications for an esID, of any body: a code is given once.
///
/// # Errors
/// What the database says.
pub fn public_ids_for(conn: &mut Conn, es_id: &str) -> Result<Vec<String>> {
    let same = seal_applications::table.filter(seal_applications::es_id.eq(es_id));
    Ok(same.select(seal_applications::id).order(seal_applications::id).limit(100).load(conn)?)
}

/// Adds a document.
///
/// # Errors
/// [`StoreError::Conflict`], [`StoreError::Reference`].
pub fn insert_document(conn: &mut Conn, row: &SealDocument) -> Result<()> {
    diesel::insert_into(seal_documents::table).values(row).execute(conn)?;
    Ok(())
}

/// The documents of an application without their octets. The caller has found the application.
///
/// # Errors
/// What the database says.
pub fn documents_of(conn: &mut Conn, application: &str) -> Result<Vec<DocumentLine>> {
    let all = seal_documents::table.filter(seal_documents::application_id.eq(application));
    Ok(all.order(seal_documents::position).select(DocumentLine::as_select()).load(conn)?)
}

/// One document. The caller has found the application.
///
/// # Errors
/// What the database says.
pub fn document(conn: &mut Conn, application: &str, position: i32) -> Result<Option<SealDocument>> {
    let one = seal_documents::table.find((application, position));
    Ok(one.select(SealDocument::as_select()).first(conn).optional()?)
}

/// Adds an act.
///
/// # Errors
/// [`StoreError::Conflict`] where another was first, [`StoreError::Reference`].
pub fn insert_act(conn: &mut Conn, row: &SealAct) -> Result<()> {
    diesel::insert_into(seal_acts::table).values(row).execute(conn)?;
    Ok(())
}

/// What was done to a seal or an application, in the order of recording; of any body: how a seal
/// stands is public, and whoever stamps with it asks.
///
/// # Errors
/// What the database says.
pub fn public_acts(conn: &mut Conn, seal: &str) -> Result<Vec<SealAct>> {
    let all = seal_acts::table.filter(seal_acts::seal_id.eq(seal)).order(seal_acts::sequence);
    Ok(all.select(SealAct::as_select()).load(conn)?)
}
