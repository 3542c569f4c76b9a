//! A person reads a whole licence: for a purpose, which the audit keeps.

use super::{
    access::{Permit, Purpose, may},
    audit,
    issue::IssueError,
    issuer::Issuer,
    lives, standing,
    standing::StandingError,
};
use crate::store::{bodies, licences};
use serde_json::{Map, Value, json};
use yinxin_trust::{
    base::{Day, Moment, Sentence},
    licence::{identifier::LicenceIdentifier, state::State},
};

/// Everything about one version of a licence.
#[derive(Clone, Debug, PartialEq)]
pub struct WholeLicence {
    /// What the body is called.
    pub body_name: String,
    /// 证照类型名称.
    pub type_title: Sentence,
    /// 证照编号.
    pub number: String,
    /// What the register answers everybody.
    pub standing: standing::PublicStanding,
    /// What the version is on the day of reading.
    pub state: State,
    /// 照面项名称 and value, in clear.
    pub fields: Vec<(String, String)>,
    /// What was done to it, in the order of recording.
    pub acts: Vec<ActLine>,
}

/// One act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActLine {
    /// Its stable word.
    pub word: &'static str,
    /// The same in Chinese.
    pub name: &'static str,
    /// First day on which it works.
    pub effective_from: Day,
    /// 文书号.
    pub document_number: String,
    /// 法律依据.
    pub legal_basis: String,
    /// 决定日期.
    pub decided_on: Day,
    /// When it was recorded.
    pub recorded_at: Moment,
}

/// Writes down that a person reads a licence of their body: what of it, and what for.
///
/// # Errors
/// [`IssueError::NoSuchLicence`], what the register says; then nothing may be shown.
pub fn note(
    issuer: &Issuer,
    permit: &Permit<may::Read>,
    identifier: &LicenceIdentifier,
    purpose: &Purpose,
    what: &'static str,
) -> Result<(), IssueError> {
    let now = issuer.clock.now()?;
    let (body, actor, identifier) = (permit.body().to_owned(), permit.actor().clone(), identifier.to_string());
    let detail = json!({ "what": what, "purpose": purpose.as_str() });
    issuer.store.write(move |conn| {
        lives::of_identifier(conn, &body, &identifier)?.ok_or(IssueError::NoSuchLicence)?;
        audit::record(conn, Some(&body), &actor, "licence.read", &identifier, &detail, now)?;
        Ok(())
    })
}

/// Reads the version that an identifier names, after [`note`]ing it.
///
/// # Errors
/// As [`note`].
pub fn read(
    issuer: &Issuer,
    permit: &Permit<may::Read>,
    identifier: &LicenceIdentifier,
    purpose: &Purpose,
) -> Result<WholeLicence, IssueError> {
    note(issuer, permit, identifier, purpose, "whole")?;
    let standing = standing::by_identifier(issuer, identifier, None).map_err(|error| match error {
        StandingError::Register(error) => error,
        StandingError::NotRegistered | StandingError::NotCompetent => IssueError::NoSuchLicence,
    })?;
    let body = permit.body();
    let today = Day::in_beijing_at(issuer.clock.now()?)?;
    issuer.store.read(|conn| {
        let found = lives::of_identifier(conn, body, identifier.as_str())?.ok_or(IssueError::NoSuchLicence)?;
        let number = i32::from(identifier.version().number());
        let version = licences::version(conn, body, &found.licence.id, number)?.ok_or(IssueError::NoSuchLicence)?;
        let (revision, face) = (version.entry_revision, version.face_version);
        let kind = issuer.types.exactly(conn, &found.licence.type_code, revision, face)?;
        let data: Map<String, Value> =
            serde_json::from_slice(&version.fields).map_err(|cause| IssueError::Record(cause.to_string()))?;
        let fields = kind.entry.fields.iter().filter_map(|field| {
            let value = data.get(&field.name)?;
            Some((kind.title_of(&field.name), value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
        });
        let acts = found.life.acts().iter().map(|act| ActLine {
            word: lives::word_of(&act.kind),
            name: act.kind.chinese(),
            effective_from: act.effective_from,
            document_number: act.decision.document_number.clone(),
            legal_basis: act.decision.legal_basis.clone(),
            decided_on: act.decision.decided_on,
            recorded_at: act.recorded_at,
        });
        let state = found.life.version_on(identifier.version(), today).unwrap_or_else(|| found.life.on(today)).state;
        Ok(WholeLicence {
            body_name: bodies::name_on(conn, body, &today.to_string())?.map(|name| name.name).unwrap_or_default(),
            type_title: Sentence::new(kind.entry.title.zh.clone(), kind.entry.title.en.clone()),
            number: found.licence.number.clone(),
            state,
            fields: fields.collect(),
            acts: acts.collect(),
            standing,
        })
    })
}
