//! Licences by the number on their face.

use super::{issue::IssueError, succession};
use crate::store::{
    Conn, catalogue,
    licences::{self, Licence, LicenceVersion},
};
use yinxin_trust::base::Day;

/// Most types that a body uses.
const TYPES: u32 = 500;

/// The licences with a number, exactly as given, of a body and of those from which
/// it took over by a day: at most one of each type, with the version that counts.
///
/// # Errors
/// What the register says.
pub(super) fn find(
    conn: &mut Conn,
    body: &str,
    number: &str,
    day: Day,
) -> Result<Vec<(Licence, LicenceVersion)>, IssueError> {
    let bodies = succession::reach(conn, body, day)?;
    let mut codes = Vec::new();
    for body in &bodies {
        codes.extend(catalogue::uses(conn, body, ("", ""), TYPES)?.into_iter().map(|used| used.type_code));
    }
    codes.sort_unstable();
    codes.dedup();
    let mut found = Vec::new();
    for code in codes {
        if let Some(licence) = licences::find_by_number(conn, &bodies, &code, number)?
            && let Some(version) = licences::version(conn, &licence.body_id, &licence.id, licence.current_version)?
        {
            found.push((licence, version));
        }
    }
    Ok(found)
}
