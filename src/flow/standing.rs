//! What a licence is now: the register's public answer.
//!
//! By the printed code (128 random bits) the public fields and the masked ones;
//! by the identifier, which can be guessed, nothing that names the holder.

use super::{
    issue::IssueError,
    issuer::Issuer,
    kind::{HasKind, Kind},
    lives,
    types::LicenceType,
};
use crate::store::{Conn, licences};
use serde::Serialize;
use serde_json::{Map, Value};
use std::sync::Arc;
use yinxin_trust::{
    base::{Day, Moment},
    licence::{
        Expiry,
        identifier::{LicenceIdentifier, Version},
        state::{End, Standing, State},
    },
};

/// The answer about one version of a licence.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PublicStanding {
    /// 电子证照标识 of the version that was asked for.
    pub identifier: String,
    /// 证照类型名称.
    pub type_name: String,
    /// 证照类型代码.
    pub type_code: String,
    /// 证照颁发机构, as on the face.
    pub issuing_body: String,
    /// Its credit code.
    pub issuing_body_code: String,
    /// `in_force`, `not_yet`, `suspended`, `expired`, `revoked`, `cancelled`,
    /// `withdrawn`, `transferred` or `superseded`.
    pub state: &'static str,
    /// The same in Chinese.
    pub state_name: &'static str,
    /// Since which day.
    pub since: Day,
    /// Last day of validity.
    pub until: Expiry,
    /// The version that was asked for.
    pub version: u16,
    /// The version that counts.
    pub current_version: u16,
    /// For which instant this holds.
    pub as_of: Moment,
    /// Fields of the face that everybody may see, masked where the type says so;
    /// absent where the answer is by identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<Vec<PublicField>>,
    /// SM3 of the version's Signature.xml, hexadecimal.
    pub document_sm3: String,
}

/// One field that everybody may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PublicField {
    /// Its name in the type.
    pub name: String,
    /// 照面项名称.
    pub title: String,
    /// Its value, masked where the type says so.
    pub value: String,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum StandingError {
    /// The register has no such code or identifier.
    #[error("no licence has this code or identifier")]
    NotRegistered,
    /// The identifier is of a body whose licences are kept elsewhere.
    #[error("this register does not keep licences of this issuing body")]
    NotCompetent,
    /// The register or a stored record.
    #[error(transparent)]
    Register(#[from] IssueError),
}

/// By the printed code, as of `at` or of now.
///
/// # Errors
/// [`StandingError`].
pub fn by_code(issuer: &Issuer, code: &str, at: Option<Moment>) -> Result<PublicStanding, StandingError> {
    let at = moment(issuer, at)?;
    issuer
        .store
        .read(|conn| {
            let Some((licence, version)) = licences::public_by_code(conn, code)? else { return Ok(None) };
            answer(conn, issuer, licence, &version, at, true).map(Some)
        })?
        .ok_or(StandingError::NotRegistered)
}

/// By the identifier, as of `at` or of now; without fields.
///
/// # Errors
/// [`StandingError`].
pub fn by_identifier(
    issuer: &Issuer,
    identifier: &LicenceIdentifier,
    at: Option<Moment>,
) -> Result<PublicStanding, StandingError> {
    let at = moment(issuer, at)?;
    let found = issuer.store.read(|conn| match licences::public_by_identifier(conn, identifier.as_str())? {
        Some((licence, version)) => answer(conn, issuer, licence, &version, at, false).map(Ok),
        None => {
            let ours = crate::store::bodies::names_by_credit_code(conn, identifier.issuer())?;
            Ok::<_, IssueError>(Err(!ours.is_empty()))
        }
    })?;
    found.map_err(|ours| if ours { StandingError::NotRegistered } else { StandingError::NotCompetent })
}

fn moment(issuer: &Issuer, at: Option<Moment>) -> Result<Moment, IssueError> {
    Ok(match at {
        Some(at) => at,
        None => issuer.clock.now()?,
    })
}

fn answer(
    conn: &mut Conn,
    issuer: &Issuer,
    licence: licences::Licence,
    version: &licences::LicenceVersion,
    at: Moment,
    with_fields: bool,
) -> Result<PublicStanding, IssueError> {
    let identifier: LicenceIdentifier = version.identifier.parse()?;
    let kind = issuer.types.exactly(conn, &licence.type_code, version.entry_revision, version.face_version)?;
    let name = crate::store::bodies::name_on(conn, &licence.body_id, &version.valid_from)?;
    let current = u16::try_from(licence.current_version).unwrap_or_default();
    let (type_code, body_id) = (licence.type_code.clone(), licence.body_id.clone());
    let found = lives::public_life(conn, licence, identifier.clone())?;
    let day = Day::in_beijing_at(at)?;
    let standing = of_version(&found.life, identifier.version(), day);
    Ok(PublicStanding {
        type_name: kind.entry.title.zh.clone(),
        type_code,
        issuing_body: name.map(|name| name.name).ok_or(IssueError::BodyUnnamed(body_id))?,
        issuing_body_code: identifier.issuer().to_owned(),
        state: word(standing.state),
        state_name: standing.state.chinese(),
        since: standing.since,
        until: standing.until,
        version: identifier.version().number(),
        current_version: current,
        as_of: at,
        fields: if with_fields { Some(public_fields(&kind, &version.fields)?) } else { None },
        document_sm3: hex::encode(&version.signature_sm3),
        identifier: identifier.to_string(),
    })
}

/// What a version is on a day; one that never worked is superseded from its day on.
fn of_version(life: &yinxin_trust::licence::state::Life, version: Version, day: Day) -> Standing {
    life.version_on(version, day).unwrap_or_else(|| life.on(day))
}

/// The fields that everybody may see.
pub(super) fn public_fields(kind: &Arc<LicenceType>, stored: &[u8]) -> Result<Vec<PublicField>, IssueError> {
    let data: Map<String, Value> =
        serde_json::from_slice(stored).map_err(|cause| IssueError::Record(cause.to_string()))?;
    let shown = kind.entry.fields.iter().filter_map(|field| {
        let value = data.get(&field.name)?;
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let value = field.disclosure.public_form(&text)?;
        Some(PublicField { name: field.name.clone(), title: kind.title_of(&field.name), value })
    });
    Ok(shown.collect())
}

/// The stable word of a state.
pub const fn word(state: State) -> &'static str {
    match state {
        State::NotYetInForce => "not_yet",
        State::InForce => "in_force",
        State::Suspended => "suspended",
        State::Ended(End::Expired) => "expired",
        State::Ended(End::Revoked) => "revoked",
        State::Ended(End::Cancelled) => "cancelled",
        State::Ended(End::Withdrawn) => "withdrawn",
        State::Ended(End::TransferredOut) => "transferred",
        State::Ended(End::Superseded) => "superseded",
    }
}

impl HasKind for StandingError {
    fn kind(&self) -> Kind {
        match self {
            Self::NotRegistered | Self::NotCompetent => Kind::NotFound,
            Self::Register(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotRegistered => "not_registered",
            Self::NotCompetent => "register_not_competent",
            Self::Register(error) => error.code(),
        }
    }
}
