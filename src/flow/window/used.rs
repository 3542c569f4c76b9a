//! That a licence of this register was looked at, for its holder to see and to object to: written in the write that records
//! the check.

use super::own::OwnLicence;
use crate::{
    flow::{access::Actor, issue::IssueError, lives, presentations, standing},
    random,
    store::{
        Conn, acts, licences,
        uses::{self, Use},
    },
};
use yinxin_trust::{
    base::{Day, Moment},
    licence::identifier::{LicenceIdentifier, Version},
};

/// Within which the same clerk looks at the same licence for the same purpose once, as long as nothing more is shown: a page that
/// is asked for again, a code that is scanned twice.
const ONCE_MILLISECONDS: i64 = 60_000;

/// A licence, and what of it was seen.
pub(super) struct LookedAt {
    id: String,
    line: String,
    version: Version,
    /// How it stood; none where that is to be found out.
    state: Option<&'static str>,
    fields: Vec<u8>,
}

impl LookedAt {
    /// Of what is shown now.
    pub(super) fn of(own: &OwnLicence) -> Result<Self, IssueError> {
        let names: Vec<&str> = own.standing.fields.iter().flatten().map(|field| field.name.as_str()).collect();
        let identifier: LicenceIdentifier = own.standing.identifier.parse()?;
        Ok(Self {
            id: random::id()?,
            line: lives::line_of(&identifier),
            version: identifier.version(),
            state: Some(own.standing.state),
            fields: serde_json::to_vec(&names).map_err(|cause| IssueError::Record(cause.to_string()))?,
        })
    }

    /// Of what was shown before now: how it stood is what the register knew then.
    pub(super) fn before(own: &OwnLicence) -> Result<Self, IssueError> {
        Ok(Self { state: None, ..Self::of(own)? })
    }

    /// Adds the use, once a minute unless more is shown than was.
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
        let licence_id = licence.id.clone();
        let state = match self.state {
            Some(state) => state,
            None => stood(conn, licence, self.version, at)?,
        };
        let used = Use {
            id: self.id.clone(),
            licence_id,
            version: i32::from(self.version.number()),
            body_id: body.to_owned(),
            window_name: actor.window().map(str::to_owned),
            actor_kind: actor.kind.as_str().to_owned(),
            actor_id: actor.id.clone(),
            purpose: purpose.to_owned(),
            fields: self.fields.clone(),
            state: state.to_owned(),
            at: at.unix_milliseconds(),
            delegation_id: None,
            used_by: None,
            copy_id: None,
        };
        for before in uses::beside(conn, &used, ONCE_MILLISECONDS)? {
            if tells(&before, &used)? {
                return Ok(());
            }
        }
        Ok(uses::insert_all(conn, &[used])?)
    }
}

/// Whether a use that is written down tells the holder whatever another would: the same version shown in the same way, and every
/// field of it.
fn tells(before: &Use, other: &Use) -> Result<bool, IssueError> {
    let way = |used: &Use| (used.version, used.delegation_id.clone(), used.copy_id.clone());
    let told = presentations::names_of(&before.fields)?;
    let fields = presentations::names_of(&other.fields)?;
    Ok(way(before) == way(other) && fields.iter().all(|name| told.contains(name)))
}

/// How a version of a licence stood at an instant, by what was recorded until then.
fn stood(
    conn: &mut Conn,
    licence: licences::Licence,
    version: Version,
    at: Moment,
) -> Result<&'static str, IssueError> {
    let mut rows = acts::public_of_licence(conn, &licence.id)?;
    let known = rows.iter().take_while(|act| act.recorded_at <= at.unix_milliseconds()).count();
    // a clock of a window may be behind ours: a licence is there from its first act on
    rows.truncate(known.max(1));
    let life = lives::found(licence, &rows)?.life;
    Ok(standing::word(standing::of_version(&life, version, Day::in_beijing_at(at)?).state))
}
