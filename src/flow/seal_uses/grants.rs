//! Giving and taking back the right to stamp with a seal.

use super::allow::is_no_licence;
use crate::{
    flow::{
        access::{Permit, may},
        audit,
        kind::{FieldOffence, HasKind, Kind, said},
        text,
    },
    random::{self, NoRandomness},
    store::{Conn, Failure, Store, StoreError, bodies, people, seal_grants, seals, tokens},
};
use serde_json::json;
use std::collections::BTreeSet;
use yinxin_trust::{
    base::{DayError, Moment, Sentence},
    licence::identifier::TypeCode,
};

/// Most grants on one seal that run at a time.
const MOST_RUNNING: usize = 500;

/// Who may stamp.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grantee {
    /// A person, of the seal's own body or of another.
    Person {
        /// Of which body.
        body: String,
        /// Which.
        id: String,
    },
    /// Another system, by its token.
    Token {
        /// Of which body.
        body: String,
        /// Which.
        id: String,
    },
    /// Everybody of a body who may issue.
    Body(String),
}

/// A grant to be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewGrant {
    /// With which seal of the permit's body.
    pub seal: String,
    /// To whom.
    pub grantee: Grantee,
    /// For which licence types, [`DOCUMENTS`](super::DOCUMENTS) for documents made elsewhere, [`DIGESTS`](super::DIGESTS) for
    /// digests of such; none for every licence type.
    pub types: BTreeSet<String>,
    /// How many stamps; none for any number.
    pub most: Option<u32>,
    /// First instant.
    pub from: Moment,
    /// Last instant.
    pub until: Moment,
    /// Why, 1 to 500 characters on one line.
    pub reason: String,
    /// By which document, 1 to 500 characters on one line.
    pub document_number: String,
}

/// Why something about grants was not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GrantError {
    /// No such seal or grant in the body.
    #[error("the body has no such seal or grant")]
    NotFound,
    /// No such person, token or body.
    #[error("there is no such person, token or body to authorise")]
    NoGrantee,
    /// What is no type, or too many.
    #[error("a grant is for at most 100 licence types, each by its code, or for documents made elsewhere")]
    Types,
    /// Nothing may be stamped by it.
    #[error("a grant ends after it begins and after now, and is for at least one stamp")]
    Nothing,
    /// Reason or document number is missing or too long.
    #[error("reason and document number have 1 to 500 characters on one line")]
    Ground,
    /// Too many at a time.
    #[error("a seal has at most {MOST_RUNNING} grants that run")]
    TooMany,
    /// No day.
    #[error(transparent)]
    Day(#[from] DayError),
    /// No randomness.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The register.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Authorises somebody; the id of the grant.
///
/// # Errors
/// [`GrantError`]; nothing is written then.
pub fn grant(
    store: &Store,
    permit: &Permit<may::ManageSeals>,
    new: NewGrant,
    now: Moment,
) -> Result<String, GrantError> {
    let is_type = |code: &String| is_no_licence(code) || code.parse::<TypeCode>().is_ok();
    if new.types.len() > 100 || !new.types.iter().all(is_type) {
        return Err(GrantError::Types);
    }
    if new.until < new.from || new.until <= now || new.most == Some(0) {
        return Err(GrantError::Nothing);
    }
    let line = |text: &str| text::line(text, 500).ok_or(GrantError::Ground);
    let (grantee_kind, grantee_id, grantee_body) = match new.grantee {
        Grantee::Person { body, id } => ("person", id, body),
        Grantee::Token { body, id } => ("token", id, body),
        Grantee::Body(id) => ("body", id.clone(), id),
    };
    let actor = permit.actor().clone();
    let row = seal_grants::SealGrant {
        id: random::id()?,
        seal_id: new.seal,
        body_id: permit.body().to_owned(),
        grantee_kind: grantee_kind.to_owned(),
        grantee_id,
        grantee_body,
        types: serde_json::to_vec(&new.types).map_err(|_| GrantError::Types)?,
        most: new.most.map(i64::from),
        used: 0,
        from_at: new.from.unix_milliseconds(),
        until_at: new.until.unix_milliseconds(),
        reason: line(&new.reason)?,
        document_number: line(&new.document_number)?,
        by_kind: actor.kind.as_str().to_owned(),
        by_id: actor.id.clone(),
        granted_at: now.unix_milliseconds(),
        revoked_at: None,
        revoked_by: None,
        revoked_reason: None,
    };
    let id = row.id.clone();
    store.write(move |conn| {
        seals::find(conn, &row.body_id, &row.seal_id)?.ok_or(GrantError::NotFound)?;
        let is_there = match row.grantee_kind.as_str() {
            "person" => people::find(conn, &row.grantee_body, &row.grantee_id)?.is_some(),
            "token" => tokens::find(conn, &row.grantee_body, &row.grantee_id)?.is_some(),
            _ => bodies::find(conn, &row.grantee_body)?.is_some(),
        };
        if !is_there {
            return Err(GrantError::NoGrantee);
        }
        let running = seal_grants::running(conn, &row.body_id, &row.seal_id)?;
        if running.iter().filter(|grant| grant.until_at >= now.unix_milliseconds()).count() >= MOST_RUNNING {
            return Err(GrantError::TooMany);
        }
        seal_grants::insert(conn, &row)?;
        let detail = json!({
            "seal": row.seal_id,
            "grantee": format!("{} {}", row.grantee_kind, row.grantee_id),
            "most": row.most,
            "until": row.until_at,
            "document_number": row.document_number,
        });
        audit::record(conn, Some(&row.body_id), &actor, "seal.granted", &row.id, &detail, now)?;
        Ok(())
    })?;
    Ok(id)
}

/// Takes a grant back, at once; what was stamped by it stays good.
///
/// # Errors
/// [`GrantError::NotFound`] also for one that was taken back before.
pub fn revoke(
    store: &Store,
    permit: &Permit<may::ManageSeals>,
    id: &str,
    reason: &str,
    now: Moment,
) -> Result<(), GrantError> {
    let reason = text::line(reason, 500).ok_or(GrantError::Ground)?;
    let (body, actor, id) = (permit.body().to_owned(), permit.actor().clone(), id.to_owned());
    store.write(move |conn| {
        let by = format!("{} {}", actor.kind, actor.id);
        if !seal_grants::revoke(conn, &body, &id, &by, &reason, now.unix_milliseconds())? {
            return Err(GrantError::NotFound);
        }
        Ok(audit::record(conn, Some(&body), &actor, "seal.grant_revoked", &id, &json!({}), now)?)
    })
}

/// Whether people and systems of the seal's own body need a grant too.
///
/// # Errors
/// [`GrantError::NotFound`].
pub fn set_by_grant(
    store: &Store,
    permit: &Permit<may::ManageSeals>,
    seal: &str,
    by_grant: bool,
    now: Moment,
) -> Result<(), GrantError> {
    let (body, actor, seal) = (permit.body().to_owned(), permit.actor().clone(), seal.to_owned());
    let rule = if by_grant { seals::BY_GRANT } else { seals::OWN_BODY };
    store.write(move |conn| {
        if !seals::set_use_rule(conn, &body, &seal, rule)? {
            return Err(GrantError::NotFound);
        }
        Ok(audit::record(conn, Some(&body), &actor, "seal.use_rule", &seal, &json!({ "rule": rule }), now)?)
    })
}

/// The grants on a seal of the body, ended ones too, at most 1,000.
///
/// # Errors
/// [`GrantError::NotFound`].
pub fn list(
    store: &Store,
    permit: &Permit<may::SeeSeals>,
    seal: &str,
) -> Result<Vec<seal_grants::SealGrant>, GrantError> {
    store.read(|conn| {
        seals::find(conn, permit.body(), seal)?.ok_or(GrantError::NotFound)?;
        Ok(seal_grants::list(conn, permit.body(), seal, "", 1000)?)
    })
}

/// Whether somebody of a body may stamp a type with a seal of another, now or later.
///
/// # Errors
/// What the register says.
pub(in crate::flow) fn covers_body(
    conn: &mut Conn,
    seal: &str,
    body: &str,
    type_code: &str,
    now: Moment,
) -> Result<bool, StoreError> {
    let given = seal_grants::of_grantee_body(conn, seal, body)?;
    Ok(given.iter().any(|grant| {
        let types: Option<Vec<String>> = serde_json::from_slice(&grant.types).ok();
        let is_for_type = types.is_some_and(|types| types.is_empty() || types.iter().any(|code| code == type_code));
        is_for_type && grant.until_at >= now.unix_milliseconds()
    }))
}

impl Failure for GrantError {
    fn store_error(&self) -> Option<&StoreError> {
        if let Self::Store(error) = self { Some(error) } else { None }
    }
}

impl HasKind for GrantError {
    fn kind(&self) -> Kind {
        match self {
            Self::NotFound => Kind::NotFound,
            Self::NoGrantee | Self::Types | Self::Nothing | Self::Ground => Kind::Refused,
            Self::TooMany => Kind::Conflict,
            Self::Day(_) | Self::Randomness(_) => Kind::Broken,
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "no_such_thing",
            Self::NoGrantee | Self::Types | Self::Nothing | Self::Ground | Self::TooMany => "seal_grant_refused",
            Self::Day(_) | Self::Randomness(_) => "broken",
            Self::Store(error) => error.code(),
        }
    }

    fn fields(&self) -> Vec<FieldOffence> {
        let (field, zh) = match self {
            Self::NoGrantee => ("grantee", "没有这样的人、系统或单位可以授权。"),
            Self::Types => ("types", "最多选 100 种证照类型。"),
            Self::Nothing => ("until", "最后一天应在今天或以后，次数至少一次。"),
            Self::Ground => ("reason", "事由和文书号各为 1 至 500 个字，不换行。"),
            _ => return Vec::new(),
        };
        vec![FieldOffence { field: field.to_owned(), code: self.code(), sentence: Sentence::new(zh, said(self)) }]
    }
}
