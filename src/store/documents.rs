//! The stamped files. The only functions that know where they are: another
//! place for them changes this file.

use super::{Conn, StoreError, schema::*};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// Keeps the file of a version, in the write that adds the version.
///
/// # Errors
/// [`StoreError::Conflict`] where there is one, [`StoreError::Reference`] without the version.
pub fn put(conn: &mut Conn, version_id: &str, octets: &[u8]) -> Result<()> {
    let row = (documents::version_id.eq(version_id), documents::octets.eq(octets));
    diesel::insert_into(documents::table).values(row).execute(conn)?;
    Ok(())
}

/// The file of a version of a body's licence.
///
/// # Errors
/// What the database says.
pub fn get(conn: &mut Conn, body: &str, version_id: &str) -> Result<Option<Vec<u8>>> {
    let own = documents::table
        .inner_join(licence_versions::table.inner_join(licences::table))
        .filter(licences::body_id.eq(body))
        .filter(documents::version_id.eq(version_id));
    Ok(own.select(documents::octets).first(conn).optional()?)
}

/// The file by the code that is printed on it, of any body: who holds the
/// printed code has seen the licence.
///
/// # Errors
/// What the database says.
pub fn public_by_code(conn: &mut Conn, code: &str) -> Result<Option<Vec<u8>>> {
    let one = documents::table.inner_join(licence_versions::table).filter(licence_versions::code.eq(code));
    Ok(one.select(documents::octets).first(conn).optional()?)
}
