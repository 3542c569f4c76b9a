//! Licences as the body that issued them, or took over from it, reads them: whole,
//! and with a trace in the audit. A person says what for; another system was told
//! so when it got its token.

use super::{
    access::{ActorKind, Permit, Purpose, may},
    audit,
    document::{self, Form},
    face_values,
    issue::IssueError,
    issuer::Issuer,
    kind::{FieldOffence, HasKind, Kind},
    lives, standing,
    succession::{self, Successor},
    view::{self, DrawnPages, Wanted},
};
use crate::store::{Conn, acts, licences};
use serde::{Serialize, Serializer};
use serde_json::json;
use std::collections::HashMap;
use yinxin_trust::{
    base::{Day, Moment},
    licence::{catalogue::Audience, identifier::LicenceIdentifier, state::State},
};

pub use crate::store::licences::After;

/// Most licences of a page.
pub const PAGE: u32 = 200;

/// A whole licence.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct LicenceRecord {
    /// 电子证照标识 of the version that was asked for, of which the fields are.
    pub identifier: String,
    /// 证照编号.
    pub number: String,
    /// 证照类型代码.
    pub type_code: String,
    /// 证照类型名称.
    pub type_name: String,
    /// The same in English.
    pub type_name_en: String,
    /// 证照颁发机构, as on the face.
    pub issuing_body: String,
    /// Who decides in its place today; absent where it does so itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub taken_over_by: Vec<Successor>,
    /// 持证主体名称.
    pub holder_name: String,
    /// 持证主体代码类型, three digits.
    pub holder_code_type: String,
    /// 持证主体代码.
    pub holder_code: String,
    /// The version that counts, 1 to 999.
    pub current_version: i32,
    /// What it is today.
    pub standing: RecordStanding,
    /// What the version that was asked for is today: as the licence, or `superseded`.
    #[serde(serialize_with = "as_word")]
    #[schema(value_type = String)]
    pub version_state: State,
    /// When it was read.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Moment,
    /// What stands on the face.
    pub fields: Vec<standing::PublicField>,
    /// The first first.
    pub versions: Vec<VersionRecord>,
    /// What was done to it, in the order of recording.
    pub acts: Vec<ActRecord>,
}

/// What a licence is on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RecordStanding {
    /// `in_force` and so on, as in the public answer.
    #[schema(value_type = String)]
    pub state: &'static str,
    /// The same in Chinese.
    #[schema(value_type = String)]
    pub state_name: &'static str,
    /// Since which day.
    #[schema(value_type = String, format = Date)]
    pub since: Day,
    /// Last day, or 长期.
    pub until: String,
    /// On which day, in Beijing.
    #[schema(value_type = String, format = Date)]
    pub on: Day,
}

/// One version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct VersionRecord {
    /// 1 to 999.
    pub version: i32,
    /// 电子证照标识.
    pub identifier: String,
    /// The printed code.
    pub code: String,
    /// The printed address.
    pub address: String,
    /// First day.
    pub valid_from: String,
    /// Last day; null is long term.
    pub valid_until: Option<String>,
    /// The instant within the stamp.
    #[schema(value_type = String, format = DateTime)]
    pub stamped_at: Moment,
    /// Id of the seal.
    pub seal: String,
    /// SM3 of the file, hexadecimal.
    pub document_sm3: String,
    /// Octets of the file.
    pub document_bytes: i64,
}

/// One act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ActRecord {
    /// What was done, such as `issue` or `revoke`.
    pub kind: String,
    /// The version that it made or met.
    pub version: i32,
    /// First day on which it works.
    pub effective_from: String,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Moment,
    /// 决定日期.
    pub decided_on: String,
    /// Credit code of the body that decided.
    pub deciding_body: String,
    /// 文书号.
    pub document_number: String,
    /// 法律依据.
    pub legal_basis: String,
    /// `person`, `token` or `system`.
    pub by_kind: String,
    /// Which.
    pub by: String,
    /// The licence that takes over.
    pub successor: Option<String>,
}

/// One licence of a list: enough to find it, the holder as everybody may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its id, and when it was taken in: where the next page goes on.
    pub id: String,
    /// Milliseconds.
    pub created_at: i64,
    /// 电子证照标识 of the version that counts.
    pub identifier: String,
    /// 证照编号.
    pub number: String,
    /// 证照类型代码.
    pub type_code: String,
    /// 证照类型名称.
    pub type_name: String,
    /// 持证主体, masked where the type says so.
    pub holder: String,
    /// What it is today.
    pub standing: RecordStanding,
}

/// Why a licence is not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// A person did not say what for.
    #[error("say what the licence is read for, in 1 to 200 characters on one line")]
    PurposeWanted,
    /// What a licence or the register says.
    #[error(transparent)]
    Licence(#[from] IssueError),
}

/// A whole licence of the permit's body; the reading goes to the audit first.
///
/// # Errors
/// [`ReadError`]; [`IssueError::NoSuchLicence`] also for one of another body.
pub fn record(
    issuer: &Issuer,
    permit: &Permit<may::Read>,
    identifier: &LicenceIdentifier,
    purpose: Option<&Purpose>,
) -> Result<LicenceRecord, ReadError> {
    may_read(permit, purpose)?;
    let now = issuer.clock.now().map_err(IssueError::from)?;
    let found = issuer.store.read(|conn| whole(conn, issuer, permit.body(), identifier, now))?;
    write_down(issuer, permit, identifier, "record", purpose, now)?;
    Ok(found)
}

/// The document of a licence of the permit's body; the reading goes to the audit first.
///
/// # Errors
/// As [`record`].
pub fn file(
    issuer: &Issuer,
    permit: &Permit<may::Read>,
    identifier: &LicenceIdentifier,
    form: Form,
    purpose: Option<&Purpose>,
) -> Result<Vec<u8>, ReadError> {
    may_read(permit, purpose)?;
    let octets = document::document(issuer, permit, identifier, form)?;
    let now = issuer.clock.now().map_err(IssueError::from)?;
    write_down(issuer, permit, identifier, form.name(), purpose, now)?;
    Ok(octets)
}

/// The pages of the document of a licence of the permit's body, drawn; none where they cannot be. Whoever shows them
/// has written the reading down.
///
/// # Errors
/// As [`record`].
pub fn pages(
    issuer: &Issuer,
    permit: &Permit<may::Read>,
    identifier: &LicenceIdentifier,
    wanted: Wanted,
) -> Result<Option<DrawnPages>, ReadError> {
    let octets = document::document(issuer, permit, identifier, Form::Ofd)?;
    let report = issuer.verify_document(&octets)?;
    Ok(view::pages(&octets, &report, wanted).ok())
}

/// At most [`PAGE`] licences of the permit's body and of those from which it took
/// over, in the order in which they were taken in. Holders are masked: no purpose
/// is asked and nothing written. Each as the version that counts today. However many,
/// a page is the same few statements, and one for each with a change to come.
///
/// # Errors
/// What the register or a stored record says.
pub fn list(
    issuer: &Issuer,
    permit: &Permit<may::Read>,
    after: After<'_>,
    limit: u32,
) -> Result<Vec<Listed>, ReadError> {
    let today = Day::in_beijing_at(issuer.clock.now().map_err(IssueError::from)?).map_err(IssueError::from)?;
    let found = issuer.store.read(|conn| page(conn, issuer, permit.body(), after, limit, today))?;
    Ok(found)
}

fn may_read(permit: &Permit<may::Read>, purpose: Option<&Purpose>) -> Result<(), ReadError> {
    if permit.actor().kind == ActorKind::Person && purpose.is_none() {
        return Err(ReadError::PurposeWanted);
    }
    Ok(())
}

fn write_down(
    issuer: &Issuer,
    permit: &Permit<may::Read>,
    identifier: &LicenceIdentifier,
    what: &'static str,
    purpose: Option<&Purpose>,
    now: Moment,
) -> Result<(), ReadError> {
    let detail = json!({ "what": what, "purpose": purpose.map(Purpose::as_str) });
    let (body, actor, subject) = (permit.body().to_owned(), permit.actor().clone(), identifier.to_string());
    issuer.store.write(move |conn| {
        audit::record(conn, Some(&body), &actor, "licence.read", &subject, &detail, now).map_err(IssueError::from)
    })?;
    Ok(())
}

fn whole(
    conn: &mut Conn,
    issuer: &Issuer,
    body: &str,
    identifier: &LicenceIdentifier,
    now: Moment,
) -> Result<LicenceRecord, IssueError> {
    let today = Day::in_beijing_at(now)?;
    let found = lives::of_identifier(conn, body, identifier.as_str(), today)?.ok_or(IssueError::NoSuchLicence)?;
    let lives::Found { licence, life, .. } = found;
    let versions = licences::versions(conn, &licence.body_id, &licence.id)?;
    let asked = versions.iter().find(|version| version.identifier == identifier.as_str());
    let asked = asked.ok_or(IssueError::NoSuchLicence)?;
    let kind = issuer.types.exactly(conn, &licence.type_code, asked.entry_revision, asked.face_version)?;
    let fields = face_values::shown_to(&kind, &asked.fields, Audience::Keeper)?;
    let issued_by = standing::issued_by(conn, &kind, asked)?;
    let acts = acts::of_licence(conn, &licence.body_id, &licence.id)?;
    Ok(LicenceRecord {
        identifier: identifier.to_string(),
        type_name: kind.entry.title.zh.clone(),
        type_name_en: kind.entry.title.en.clone(),
        taken_over_by: succession::acting(conn, &issued_by.body_id, today)?,
        issuing_body: issued_by.name,
        fields: fields.into_iter().map(|value| value.shown).collect(),
        version_state: standing::of_version(&life, identifier.version(), today).state,
        standing: on_day(&life.on(today), today),
        as_of: now,
        number: licence.number,
        type_code: licence.type_code,
        holder_name: licence.holder_name,
        holder_code_type: licence.holder_code_kind,
        holder_code: licence.holder_code,
        current_version: licence.current_version,
        versions: versions.into_iter().map(|row| version(issuer, row)).collect::<Result<_, _>>()?,
        acts: acts.into_iter().map(act).collect::<Result<_, _>>()?,
    })
}

fn page(
    conn: &mut Conn,
    issuer: &Issuer,
    body: &str,
    after: After<'_>,
    limit: u32,
    today: Day,
) -> Result<Vec<Listed>, IssueError> {
    let gone = || IssueError::Record("a licence without its current version".to_owned());
    let bodies = succession::reach(conn, body, today)?;
    let page = licences::list(conn, &bodies, after, limit.clamp(1, PAGE))?;
    let ids: Vec<&str> = page.iter().map(|licence| licence.id.as_str()).collect();
    let versions = licences::latest_versions(conn, &bodies, &ids)?;
    let mut versions: HashMap<String, _> =
        versions.into_iter().map(|version| (version.licence_id.clone(), version)).collect();
    let mut done: HashMap<String, Vec<acts::Act>> = HashMap::new();
    for act in acts::of_licences(conn, &bodies, &ids)? {
        done.entry(act.licence_id.clone()).or_default().push(act);
    }
    page.into_iter()
        .map(|licence| {
            let version = versions.remove(&licence.id).ok_or_else(gone)?;
            let acts = done.remove(&licence.id).unwrap_or_default();
            listed(conn, issuer, licence, version, &acts, today)
        })
        .collect()
}

fn listed(
    conn: &mut Conn,
    issuer: &Issuer,
    licence: licences::Licence,
    latest: licences::LicenceVersion,
    acts: &[acts::Act],
    today: Day,
) -> Result<Listed, IssueError> {
    let lives::Found { licence, life, .. } = lives::found(licence, acts)?;
    let version = lives::counting(conn, &licence, &life, latest, today)?;
    // read once for each type
    let kind = issuer.types.exactly(conn, &licence.type_code, version.entry_revision, version.face_version)?;
    let holder = standing::public_holder(&kind, &licence.holder_name);
    Ok(Listed {
        identifier: version.identifier,
        type_name: kind.entry.title.zh.clone(),
        holder,
        standing: on_day(&life.on(today), today),
        id: licence.id,
        created_at: licence.created_at,
        number: licence.number,
        type_code: licence.type_code,
    })
}

fn on_day(standing: &yinxin_trust::licence::state::Standing, on: Day) -> RecordStanding {
    RecordStanding {
        state: standing::word(standing.state),
        state_name: standing.state.chinese(),
        since: standing.since,
        until: standing.until.to_string(),
        on,
    }
}

fn as_word<S: Serializer>(state: &State, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(standing::word(*state))
}

fn version(issuer: &Issuer, row: licences::LicenceVersion) -> Result<VersionRecord, IssueError> {
    Ok(VersionRecord {
        address: issuer.settings.printed(&row.code, row.print_payload.as_deref())?,
        stamped_at: moment(row.stamped_at)?,
        version: row.version,
        identifier: row.identifier,
        code: row.code,
        valid_from: row.valid_from,
        valid_until: row.valid_until,
        seal: row.seal_id,
        document_sm3: hex::encode(&row.document_sm3),
        document_bytes: row.document_bytes,
    })
}

fn act(row: acts::Act) -> Result<ActRecord, IssueError> {
    Ok(ActRecord {
        recorded_at: moment(row.recorded_at)?,
        kind: row.kind,
        version: row.version,
        effective_from: row.effective_from,
        decided_on: row.decided_on,
        deciding_body: row.deciding_body,
        document_number: row.document_number,
        legal_basis: row.legal_basis,
        by_kind: row.by_kind,
        by: row.by_id,
        successor: row.replacement,
    })
}

fn moment(milliseconds: i64) -> Result<Moment, IssueError> {
    Moment::from_unix_milliseconds(milliseconds).map_err(|_| IssueError::Record("a stored time".to_owned()))
}

impl HasKind for ReadError {
    fn kind(&self) -> Kind {
        match self {
            Self::PurposeWanted => Kind::Refused,
            Self::Licence(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::PurposeWanted => "purpose_wanted",
            Self::Licence(error) => error.code(),
        }
    }

    fn fields(&self) -> Vec<FieldOffence> {
        match self {
            Self::PurposeWanted => Vec::new(),
            Self::Licence(error) => error.fields(),
        }
    }
}
