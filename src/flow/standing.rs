//! What a licence is now: the register's public answer.
//!
//! By the printed code (128 random bits) the public fields and the masked ones;
//! by the identifier, which can be guessed, nothing that names the holder.

use super::{
    face_values,
    issue::IssueError,
    issuer::Issuer,
    kind::{HasKind, Kind},
    lives, numbered,
    succession::{self, Successor},
    types::LicenceType,
};
use crate::store::{Conn, bodies, licences, seals, stampings};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};
use std::collections::HashMap;
use yinxin_trust::{
    base::{Day, Moment},
    licence::{
        Expiry,
        catalogue::Audience,
        identifier::{LicenceIdentifier, Version},
        metadata::Element,
        state::{End, Life, Standing, State},
    },
};

/// The answer about a licence. By the printed code it speaks of the version that
/// bears the code; by the identifier of the version that counts on the day. Where
/// another body issued that one, its identifier is another, and the answer speaks of
/// the version of the asked identifier that came nearest to it.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct PublicStanding {
    /// 电子证照标识 of that version.
    pub identifier: String,
    /// 证照类型名称.
    pub type_name: String,
    /// 证照类型代码.
    pub type_code: String,
    /// 证照颁发机构, as on the face.
    pub issuing_body: String,
    /// Its credit code.
    pub issuing_body_code: String,
    /// Who decides in its place at that instant; absent where it does so itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub taken_over_by: Vec<Successor>,
    /// `in_force`, `not_yet`, `suspended`, `expired`, `revoked`, `cancelled`,
    /// `withdrawn`, `transferred` or `superseded`.
    #[schema(value_type = String)]
    pub state: &'static str,
    /// The same in Chinese.
    #[schema(value_type = String)]
    pub state_name: &'static str,
    /// Since which day.
    #[schema(value_type = String, format = Date)]
    pub since: Day,
    /// Last day of validity, or 长期.
    #[schema(value_type = String)]
    pub until: Expiry,
    /// That version, three digits.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, example = "001")]
    pub version: Version,
    /// For which instant this holds.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Moment,
    /// Which register says so.
    pub source: String,
    /// Fields of the face that everybody may see, masked where the type says so;
    /// absent where the answer is by identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub fields: Option<Vec<PublicField>>,
    /// SM3 of the version's Signature.xml, hexadecimal.
    pub document_sm3: String,
}

/// One field that everybody may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
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

/// Characters of a printed code: 128 bits in Base32.
const CODE_CHARACTERS: usize = 26;

/// By the printed code, in either case, as of `at` or of now.
///
/// # Errors
/// [`StandingError`]; what is no code at all is answered like a code that nobody has.
pub fn by_code(issuer: &Issuer, code: &str, at: Option<Moment>) -> Result<PublicStanding, StandingError> {
    let is_code = code.len() == CODE_CHARACTERS && code.bytes().all(|octet| octet.is_ascii_alphanumeric());
    if !is_code {
        return Err(StandingError::NotRegistered);
    }
    let (at, code) = (moment(issuer, at)?, code.to_ascii_uppercase());
    issuer
        .store
        .read(|conn| {
            let Some((licence, version)) = licences::public_by_code(conn, &code)? else { return Ok(None) };
            let life = lives::public_life(conn, licence.clone())?.life;
            let number: LicenceIdentifier = version.identifier.parse()?;
            let standing = of_version(&life, number.version(), Day::in_beijing_at(at)?);
            answer(conn, issuer, &licence, &version, &standing, at, true).map(Some)
        })?
        .ok_or(StandingError::NotRegistered)
}

/// Most licences with one number and holder that are told: one of a type each.
const MOST_OF_A_NUMBER: usize = 8;

/// By number and holder, both exactly as given, as of now: what the printed code of the version that counts tells.
///
/// # Errors
/// [`StandingError::NotRegistered`] whichever of the two is wrong, or no number or name at all.
pub fn by_number(issuer: &Issuer, number: &str, holder: &str) -> Result<Vec<PublicStanding>, StandingError> {
    let at = moment(issuer, None)?;
    let codes = issuer.store.read(|conn| numbered::public_codes(conn, number, holder))?;
    let found = codes.iter().take(MOST_OF_A_NUMBER).map(|code| counting_by_code(issuer, code, at));
    let found: Vec<PublicStanding> = found.collect::<Result<_, _>>()?;
    if found.is_empty() { Err(StandingError::NotRegistered) } else { Ok(found) }
}

/// As [`by_code`], of the version that counts in the place of the one with the code.
fn counting_by_code(issuer: &Issuer, code: &str, at: Moment) -> Result<PublicStanding, StandingError> {
    let today = Day::in_beijing_at(at).map_err(IssueError::from)?;
    let counting = issuer.store.read(|conn| {
        let Some((licence, latest)) = licences::public_by_code(conn, code)? else { return Ok::<_, IssueError>(None) };
        let life = lives::public_life(conn, licence.clone())?.life;
        Ok(Some(lives::counting(conn, &licence, &life, latest, today)?.code))
    })?;
    by_code(issuer, &counting.ok_or(StandingError::NotRegistered)?, Some(at))
}

/// By the identifier in whichever version, as of `at` or of now; without fields.
///
/// # Errors
/// [`StandingError`].
pub fn by_identifier(
    issuer: &Issuer,
    identifier: &LicenceIdentifier,
    at: Option<Moment>,
) -> Result<PublicStanding, StandingError> {
    let at = moment(issuer, at)?;
    let found = issuer.store.read(|conn| {
        let Some(licence) = licences::public_by_line(conn, &lives::line_of(identifier))? else {
            let ours = bodies::names_by_credit_code(conn, identifier.issuer())?;
            return Ok::<_, IssueError>(Err(!ours.is_empty()));
        };
        let life = lives::public_life(conn, licence.clone())?.life;
        let (version, standing) = in_line(conn, &licence, &life, identifier, Day::in_beijing_at(at)?)?;
        answer(conn, issuer, &licence, &version, &standing, at, false).map(Ok)
    })?;
    found.map_err(|ours| if ours { StandingError::NotRegistered } else { StandingError::NotCompetent })
}

/// What counts in the place of a version that was replaced; none of one that was not, or where nothing came in its place.
///
/// # Errors
/// What the register or a stored record says.
pub fn newer(issuer: &Issuer, standing: &PublicStanding) -> Result<Option<String>, IssueError> {
    if standing.state != word(State::Ended(End::Superseded)) {
        return Ok(None);
    }
    newer_than(issuer, &standing.identifier.parse()?, standing.as_of)
}

/// What counts in the place of the version that an identifier names; none where that is it, or this register does not
/// keep it.
///
/// # Errors
/// What the register or a stored record says.
pub fn newer_than(issuer: &Issuer, identifier: &LicenceIdentifier, at: Moment) -> Result<Option<String>, IssueError> {
    issuer.store.read(|conn| {
        let Some(licence) = licences::public_by_line(conn, &lives::line_of(identifier))? else { return Ok(None) };
        let life = lives::public_life(conn, licence.clone())?.life;
        let counting = i32::from(life.on(Day::in_beijing_at(at)?).version.number());
        // also of another body that took over, under an identifier of its own
        let counts = licences::public_versions(conn, &licence.id)?.into_iter().find(|row| row.version == counting);
        Ok(counts.map(|row| row.identifier).filter(|counts| counts != identifier.as_str()))
    })
}

/// Of the versions that share the asked identifier but for version and check, the
/// one that counts on the day, or came nearest to it; and how it stands.
fn in_line(
    conn: &mut Conn,
    licence: &licences::Licence,
    life: &Life,
    asked: &LicenceIdentifier,
    day: Day,
) -> Result<(licences::LicenceVersion, Standing), IssueError> {
    let mut rows = licences::public_versions(conn, &licence.id)?;
    let versions = rows.iter().map(|row| Ok((row.identifier.parse()?, row.version)));
    let versions: Vec<(LicenceIdentifier, i32)> = versions.collect::<Result<_, IssueError>>()?;
    let (at, standing) = nearest(life, &versions, asked, day)
        .ok_or_else(|| IssueError::Record("a licence without the version that counts".to_owned()))?;
    Ok((rows.swap_remove(at), standing))
}

/// As [`in_line`], of the versions of a licence, each with its number in the register: the place of the one that answers.
pub(super) fn nearest(
    life: &Life,
    versions: &[(LicenceIdentifier, i32)],
    asked: &LicenceIdentifier,
    day: Day,
) -> Option<(usize, Standing)> {
    let standing = life.on(day);
    let counting = i32::from(standing.version.number());
    let own = versions.iter().enumerate().filter(|(_, (identifier, _))| identifier.same_licence(asked));
    let (at, (identifier, _)) = own.min_by_key(|(_, (_, number))| number.abs_diff(counting))?;
    let version = identifier.version();
    // what is no longer good is that under every identifier
    let is_over = matches!(standing.state, State::Ended(_));
    Some((at, if version == standing.version || is_over { standing } else { of_version(life, version, day) }))
}

/// What the version that an identifier names is on a day, as the window tells whoever brings it: superseded where another
/// took its place. Of the versions of its licence as for [`nearest`].
pub(super) fn of_named(
    life: &Life,
    versions: &[(LicenceIdentifier, i32)],
    asked: &LicenceIdentifier,
    day: Day,
) -> Option<Standing> {
    let (at, standing) = nearest(life, versions, asked, day)?;
    let is_asked = versions.get(at).is_some_and(|(identifier, _)| identifier == asked);
    Some(if is_asked { standing } else { of_version(life, asked.version(), day) })
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
    licence: &licences::Licence,
    version: &licences::LicenceVersion,
    standing: &Standing,
    at: Moment,
    with_fields: bool,
) -> Result<PublicStanding, IssueError> {
    let identifier: LicenceIdentifier = version.identifier.parse()?;
    let kind = issuer.types.exactly(conn, &licence.type_code, version.entry_revision, version.face_version)?;
    let issued_by = issued_by(conn, &kind, version)?;
    let taken_over_by = succession::acting(conn, &issued_by.body_id, Day::in_beijing_at(at)?)?;
    let issuing_body = issued_by.name;
    Ok(PublicStanding {
        type_name: kind.entry.title.zh.clone(),
        type_code: licence.type_code.clone(),
        source: format!("{issuing_body}证照登记库"),
        issuing_body,
        issuing_body_code: identifier.issuer().to_owned(),
        taken_over_by,
        state: word(standing.state),
        state_name: standing.state.chinese(),
        since: standing.since,
        until: standing.until,
        version: identifier.version(),
        as_of: at,
        fields: if with_fields { Some(public_fields(&kind, &version.fields)?) } else { None },
        document_sm3: hex::encode(&version.signature_sm3),
        identifier: identifier.to_string(),
    })
}

/// The body that issued a version.
pub(super) struct IssuedBy {
    /// Its id.
    pub(super) body_id: String,
    /// Its name as on the face.
    pub(super) name: String,
}

/// Who issued a version: the body that stamped it; from before the ledger, the body whose seal it bears.
pub(super) fn issued_by(
    conn: &mut Conn,
    kind: &LicenceType,
    version: &licences::LicenceVersion,
) -> Result<IssuedBy, IssueError> {
    let all = issued_by_all(conn, &[(kind, version)])?;
    all.into_iter().next().ok_or_else(|| IssueError::Record("a version without its seal".to_owned()))
}

/// As [`issued_by`], of several in their order: in few statements, however many there are.
pub(super) fn issued_by_all(
    conn: &mut Conn,
    versions: &[(&LicenceType, &licences::LicenceVersion)],
) -> Result<Vec<IssuedBy>, IssueError> {
    let record = |what: &str| IssueError::Record(what.to_owned());
    let subjects: Vec<&str> = versions.iter().map(|(_, version)| version.identifier.as_str()).collect();
    // the newest first
    let stamped = stampings::public_bodies_of(conn, &subjects)?;
    let mut named: HashMap<(String, String), String> = HashMap::new();
    let mut all = Vec::with_capacity(versions.len());
    for (kind, version) in versions {
        let body_id = match stamped.iter().find(|(subject, _)| *subject == version.identifier) {
            Some((_, body)) => body.clone(),
            None => seals::public_owner(conn, &version.seal_id)?.ok_or_else(|| record("a version without its seal"))?,
        };
        let data: Map<String, Value> = serde_json::from_slice(&version.fields).map_err(|_| record("stored fields"))?;
        let field = kind.entry.field_that_fills(Element::IssuingBody);
        if let Some(name) = field.and_then(|field| data.get(&field.name)).and_then(Value::as_str) {
            all.push(IssuedBy { body_id, name: name.to_owned() });
            continue;
        }
        let at = Moment::from_unix_milliseconds(version.stamped_at).map_err(|_| record("the time of a stamp"))?;
        let asked = (body_id, Day::in_beijing_at(at)?.to_string());
        let name = match named.get(&asked) {
            Some(name) => name.clone(),
            None => {
                let (body, on) = &asked;
                let name = bodies::name_on(conn, body, on)?.ok_or_else(|| IssueError::BodyUnnamed(on.clone()))?.name;
                named.insert(asked.clone(), name.clone());
                name
            }
        };
        all.push(IssuedBy { body_id: asked.0, name });
    }
    Ok(all)
}

/// What a version is on a day; one that never worked is superseded from its day on.
pub(super) fn of_version(life: &Life, version: Version, day: Day) -> Standing {
    life.version_on(version, day).unwrap_or_else(|| life.on(day))
}

fn as_text<S: Serializer>(version: &Version, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(version)
}

/// The fields that everybody may see.
fn public_fields(kind: &LicenceType, stored: &[u8]) -> Result<Vec<PublicField>, IssueError> {
    Ok(face_values::shown_to(kind, stored, Audience::Everybody)?.into_iter().map(|value| value.shown).collect())
}

/// A holder as everybody may see it who has the printed code.
pub(super) fn public_holder(kind: &LicenceType, holder: &str) -> String {
    face_values::holder_shown_to(kind, holder, Audience::Everybody)
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

/// The state of a word, where it is one of a licence that is registered.
pub fn state_of(word_of: &str) -> Option<State> {
    let ends = [End::Expired, End::Revoked, End::Cancelled, End::Withdrawn, End::TransferredOut, End::Superseded];
    let all = [State::NotYetInForce, State::InForce, State::Suspended].into_iter().chain(ends.map(State::Ended));
    all.into_iter().find(|state| word(*state) == word_of)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_a_word_of_its_own_and_back() {
        for state in [State::NotYetInForce, State::InForce, State::Suspended, State::Ended(End::Expired)] {
            assert_eq!(state_of(word(state)), Some(state));
        }
        for end in [End::Revoked, End::Cancelled, End::Withdrawn, End::TransferredOut, End::Superseded] {
            assert_eq!(state_of(word(State::Ended(end))), Some(State::Ended(end)));
        }
        assert_eq!(state_of("unknown"), None);
    }
}
