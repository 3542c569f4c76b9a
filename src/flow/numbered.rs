//! Licences by the number on their face.

use super::{issue::IssueError, lives, succession, window};
use crate::store::{
    Conn, catalogue,
    licences::{self, Licence, LicenceVersion},
};
use yinxin_trust::{base::Day, licence::name::HolderName};

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
            && let Some(latest) = licences::version(conn, &licence.body_id, &licence.id, licence.current_version)?
        {
            let life = lives::public_life(conn, licence.clone())?.life;
            let version = lives::counting(conn, &licence, &life, latest, day)?;
            found.push((licence, version));
        }
    }
    Ok(found)
}

/// Characters of a number that is looked for.
const LONGEST: usize = 200;

/// The printed codes of the licences of whichever body that have a number and a holder, both exactly as given; the number
/// also as a plain keyboard types it. The same statements run whatever is wrong: what differs where a number is one, and
/// the holder another, is that names are compared.
///
/// # Errors
/// What the register says.
pub(super) fn public_codes(conn: &mut Conn, number: &str, holder: &str) -> Result<Vec<String>, IssueError> {
    let typed = window::plain(number);
    let is_readable = |text: &&str| text.chars().count() <= LONGEST && !text.chars().any(char::is_control);
    let numbers: Vec<&str> =
        [number.trim(), &typed].map(|text| Some(text).filter(is_readable).unwrap_or_default()).to_vec();
    let types = catalogue::types_in_use(conn)?;
    let found = licences::public_by_number(conn, &types, &numbers)?;
    let holder = holder.trim().parse::<HolderName>().ok();
    let is_theirs = |name: &str| holder.is_some() && name.parse::<HolderName>().ok() == holder;
    Ok(found.into_iter().filter(|(name, _)| is_theirs(name)).map(|(_, code)| code).collect())
}
