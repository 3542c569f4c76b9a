//! What anybody sees who has a code that is shown.

use super::{Class, Offer, PresentationCode, PresentationError, Presentations};
use crate::{
    flow::{
        delegations::{AgentShown, Mandated},
        holders::holdings,
        issue::IssueError,
        issuer::Issuer,
        standing::PublicField,
        tries::Guesser,
    },
    store::{licences, presentations},
};
use yinxin_trust::{
    base::{Day, Moment, Sentence},
    delegation::State,
    licence::state::Standing,
};

/// What everybody may see of what a holder shows.
#[derive(Clone, Debug)]
pub struct Looked {
    /// What the type is called.
    pub type_title: Sentence,
    /// 证照颁发机构, as on the face.
    pub issuing_body: String,
    /// What the licence is today.
    pub standing: Standing,
    /// Who shows it, where that is not the holder.
    pub agent: Option<AgentShown>,
    /// What it is shown for.
    pub purpose: String,
    /// The chosen fields that everybody may see, masked where the type says so.
    pub fields: Vec<PublicField>,
    /// What the others are called, which only a redeemer sees.
    pub withheld: Vec<String>,
    /// When it was read.
    pub as_of: Moment,
    /// The first instant at which the code counts no more.
    pub expires_at: Moment,
}

/// What a code shows to everybody. Redeems nothing and writes nothing, however often
/// it is asked; `guesser` is whose misses are counted.
///
/// # Errors
/// [`PresentationError::NotValid`] for one that never was, has expired or was redeemed:
/// one answer; [`PresentationError::TooMany`] after many of those.
pub fn look(
    issuer: &Issuer,
    presentations: &Presentations,
    code: &str,
    guesser: &Guesser,
) -> Result<Looked, PresentationError> {
    let now = issuer.clock.now()?;
    presentations.admit_guess(guesser, now)?;
    let Some(code) = PresentationCode::parse(code) else { return Err(presentations.miss(guesser, now)) };
    let found = issuer.store.read(|conn| {
        let row = presentations::find_by_code_hash(conn, &code.digest().0)?;
        let open =
            |row: &presentations::Presentation| row.redeemed_at.is_none() && row.expires_at > now.unix_milliseconds();
        let Some(row) = row.filter(open) else { return Ok(None) };
        let agent = match &row.delegation_id {
            None => None,
            Some(id) => {
                let mandated = Mandated::find(conn, id)?;
                let today = Day::in_beijing_at(now)?;
                // one that works no more shows nothing
                let Some(mandated) = mandated.filter(|found| found.value.state(today) == State::InForce) else {
                    return Ok(None);
                };
                Some(mandated.shown())
            }
        };
        let gone = || IssueError::Record("a code without its licence".to_owned());
        let licence = licences::shown(conn, &row.licence_id)?.ok_or_else(gone)?;
        let held = holdings::whole(conn, issuer, licence)?;
        let names = super::names_of(&row.fields)?;
        Ok::<_, PresentationError>(Some((Offer::of(&held, now)?.of_names(&names), row, agent)))
    })?;
    let Some((offer, row, agent)) = found else { return Err(presentations.miss(guesser, now)) };
    let (withheld, fields): (Vec<_>, Vec<_>) =
        offer.fields.into_iter().partition(|field| field.class == Class::WithConsent);
    Ok(Looked {
        type_title: offer.type_title,
        issuing_body: offer.issuing_body,
        standing: offer.standing,
        agent,
        purpose: row.purpose,
        fields: fields.into_iter().map(super::Offered::into_public_field).collect(),
        withheld: withheld.into_iter().map(|field| field.title).collect(),
        as_of: now,
        expires_at: Moment::from_unix_milliseconds(row.expires_at).map_err(|_| PresentationError::Calendar)?,
    })
}
