//! The secrets from which salts of fields come, one for a version: apart from the versions, which
//! are read for everything else.

use super::{Conn, StoreError, rows::insert_rows, schema::*};
use diesel::prelude::*;
use std::fmt;
use zeroize::Zeroizing;

type Result<T> = std::result::Result<T, StoreError>;

/// The secret of a version.
#[derive(Clone, PartialEq, Eq, Insertable)]
#[diesel(table_name = field_secrets, treat_none_as_default_value = false)]
pub struct FieldSecretRow {
    /// Of which version.
    pub version_id: String,
    /// 32 octets.
    pub secret: Vec<u8>,
}

impl fmt::Debug for FieldSecretRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FieldSecretRow").field("version_id", &self.version_id).finish_non_exhaustive()
    }
}

/// Keeps secrets.
///
/// # Errors
/// [`StoreError::Conflict`], [`StoreError::Reference`]; then none is kept.
pub fn put_all(conn: &mut Conn, rows: &[FieldSecretRow]) -> Result<()> {
    insert_rows!(conn, rows, FieldSecretRow => field_secrets { version_id, secret })?;
    Ok(())
}

/// The secret of a version that the caller found; none for one that was issued before there were any.
///
/// # Errors
/// What the database says.
pub fn of_version(conn: &mut Conn, version_id: &str) -> Result<Option<Zeroizing<Vec<u8>>>> {
    let row = field_secrets::table.find(version_id).select(field_secrets::secret);
    Ok(row.first::<Vec<u8>>(conn).optional()?.map(Zeroizing::new))
}
