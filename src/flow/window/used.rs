//! That a licence of this register was looked at, for its holder to see and to object to: written in the write that records
//! the check.

use super::own::OwnLicence;
use crate::{
    flow::{access::Actor, issue::IssueError, lives},
    random,
    store::{
        Conn, licences,
        uses::{self, Use},
    },
};
use yinxin_trust::{base::Moment, licence::identifier::LicenceIdentifier};

/// Within which the same clerk looks at the same licence for the same purpose once: a page that is asked for again, a code that is
/// scanned twice.
const ONCE_MILLISECONDS: i64 = 60_000;

/// A licence, and what of it was seen.
pub(super) struct LookedAt {
    id: String,
    line: String,
    state: &'static str,
    fields: Vec<u8>,
}

impl LookedAt {
    pub(super) fn of(own: &OwnLicence) -> Result<Self, IssueError> {
        let names: Vec<&str> = own.standing.fields.iter().flatten().map(|field| field.name.as_str()).collect();
        let identifier: LicenceIdentifier = own.standing.identifier.parse()?;
        Ok(Self {
            id: random::id()?,
            line: lives::line_of(&identifier),
            state: own.standing.state,
            fields: serde_json::to_vec(&names).map_err(|cause| IssueError::Record(cause.to_string()))?,
        })
    }

    /// Adds the use, once a minute.
    ///
    /// # Errors
    /// What the register says.
    pub(super) fn note(
        &self,
        conn: &mut Conn,
        (body, actor): (&str, &Actor),
        purpose: &str,
        at: Moment,
    ) -> Result<(), IssueError> {
        let gone = || IssueError::Record("a licence that was found".to_owned());
        let licence = licences::public_by_line(conn, &self.line)?.ok_or_else(gone)?;
        let used = Use {
            id: self.id.clone(),
            licence_id: licence.id,
            version: licence.current_version,
            body_id: body.to_owned(),
            window_name: actor.window().map(str::to_owned),
            actor_kind: actor.kind.as_str().to_owned(),
            actor_id: actor.id.clone(),
            purpose: purpose.to_owned(),
            fields: self.fields.clone(),
            state: self.state.to_owned(),
            at: at.unix_milliseconds(),
            delegation_id: None,
            used_by: None,
            copy_id: None,
        };
        if !uses::is_noted(conn, &used, ONCE_MILLISECONDS)? {
            uses::insert_all(conn, &[used])?;
        }
        Ok(())
    }
}
