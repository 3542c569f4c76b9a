//! An offline code (离线码) for a holder's device: what is shown where the window has no network,
//! or belongs to another locality.
//!
//! 1. [`make`]: the register is asked, and its key signs that the licence is in force, for this
//!    device and for a day. Nothing is stored; the audit has it.
//! 2. The device signs a fresh time, again and again, so that a picture is told from its page.
//! 3. It draws that by itself: no network is needed once the code was made.

use super::{PresentationError, Presentations};
use crate::flow::{
    access::Holder,
    audit, face_values,
    holders::holdings,
    issue::IssueError,
    issuer::Issuer,
    shown::Shown,
    standing::{self, PublicStanding, StandingError},
    trust::VouchedKeys,
};
use serde_json::json;
use yinxin_hsm::{Purpose, SignRequest, SignatureValue, ToSign};
use yinxin_trust::{
    base::{Day, Moment, Sentence},
    code::{
        Payload,
        offline::{
            DeviceKey, HolderKind, OfflineCode, OfflinePlan, OfflinePolicy, OfflineStatement, PlanError, Presence,
            ShownName, check,
        },
    },
    licence::{
        Expiry, catalogue::Audience, identifier::LicenceIdentifier, metadata::HolderCodeType, name::HolderName,
        state::State,
    },
};

/// What a holder asks an offline code for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfflineChoice {
    /// The key of the device that shows it, a compressed point of P-256 (SEC 1 2.3.3).
    pub device: [u8; 33],
    /// Whether the name is shown whole.
    pub whole_name: bool,
}

/// An offline code, without the proof of its device.
#[derive(Clone, Debug)]
pub struct OfflineShown {
    /// As it was signed.
    pub code: OfflineCode,
    /// What the type is called.
    pub type_title: Sentence,
    /// 证照颁发机构, as on the face.
    pub issuing_body: String,
}

/// Makes an offline code of a licence in force.
///
/// # Errors
/// [`PresentationError`]: not held, not in force, no key for codes, a device's key that is none.
pub fn make(
    issuer: &Issuer,
    presentations: &Presentations,
    holder: &Holder,
    identifier: &LicenceIdentifier,
    choice: &OfflineChoice,
) -> Result<OfflineShown, PresentationError> {
    let now = presentations.admit_showing(issuer, holder)?;
    let (Some(signer), Some(key)) = (&issuer.status, issuer.code_key()) else {
        return Err(PresentationError::NoOfflineCodes);
    };
    let held = issuer.store.read(|conn| holdings::find(conn, issuer, holder.code(), identifier))?;
    let held = held.ok_or(PresentationError::NotHeld)?;
    let today = Day::in_beijing_at(now)?;
    let state = held.life.on(today);
    if state.state != State::InForce {
        return Err(PresentationError::NotInForce(state.state));
    }
    let as_of = Moment::from_unix_seconds(now.unix_seconds()).map_err(|_| PresentationError::Calendar)?;
    let life_minutes = minutes_left(as_of, state.until).min(presentations.offline_minutes);
    // and no longer than to an act that is recorded and still to come
    let life_minutes = match held.life.leaves_force_after(today).filter(|day| !state.until.is_past_on(*day)) {
        None => life_minutes,
        Some(day) => match minutes_between(as_of, day.begins()) {
            0 => return Err(PresentationError::NotInForce(held.life.on(day).state)),
            left => life_minutes.min(left),
        },
    };
    let statement = OfflineStatement {
        licence: held.version.identifier.parse().map_err(IssueError::from)?,
        holder: shown_name(&held, choice.whole_name)?,
        as_of,
        life_minutes,
        licence_until: state.until,
        device: Some(DeviceKey::new(choice.device, life_minutes).ok_or(PresentationError::DeviceKey)?),
    };
    let kind = holder_kind(&held.licence.holder_code_kind);
    let plan = OfflinePlan::new(&statement, &issuer.settings.code_site, kind, key.public()).map_err(unplanned)?;
    let request = SignRequest::new(Purpose::Status, ToSign::Message(plan.to_be_signed()), now);
    let signed = issuer.keys.sign(signer.key(), &request).map_err(IssueError::from)?;
    let SignatureValue::Sm2(signature) = signed else { return Err(PresentationError::NoOfflineCodes) };
    let code = plan.embed(&signature).map_err(unplanned)?;
    write_down(issuer, holder, &held, &code, now)?;
    Ok(OfflineShown { code, type_title: held.kind.title(), issuing_body: held.issuing_body })
}

/// How the licence of an offline code of ours stands, for anybody who was shown it; else what the code
/// is. No proof is remembered: this is no window.
///
/// # Errors
/// What the register, a stored record or the clock says.
pub fn look_at(issuer: &Issuer, payload: &str) -> Result<Result<PublicStanding, Shown>, IssueError> {
    let now = issuer.clock.now()?;
    let keys = VouchedKeys::of(issuer, &[], now);
    let genuine = match check(&Payload::of_text(payload), &keys, now, &OfflinePolicy::default()) {
        Ok(genuine) => genuine,
        Err(fault) => return Ok(Err(Shown::of_offline_fault(&fault))),
    };
    if !matches!(genuine.presence, Presence::Live { .. }) {
        return Ok(Err(Shown::CodePicture));
    }
    match standing::by_identifier(issuer, &genuine.statement.licence, None) {
        Ok(found) => Ok(Ok(found)),
        Err(StandingError::Register(error)) => Err(error),
        Err(StandingError::NotRegistered | StandingError::NotCompetent) => Ok(Err(Shown::CodeUnknown)),
    }
}

/// Minutes until a licence ends, at most what a `u16` holds.
fn minutes_left(at: Moment, until: Expiry) -> u16 {
    let Expiry::After(last) = until else { return u16::MAX };
    minutes_between(at, last.ends()).max(1)
}

/// Whole minutes from an instant to a later one, at most what a `u16` holds.
fn minutes_between(from: Moment, to: Moment) -> u16 {
    let seconds = to.unix_seconds().saturating_sub(from.unix_seconds()).max(0);
    u16::try_from(seconds / 60).unwrap_or(u16::MAX)
}

/// As everybody with the printed code sees it; where it is to be whole, as whom the holder shows it: what is masked
/// for them stays so.
fn shown_name(held: &holdings::Held, whole: bool) -> Result<ShownName, PresentationError> {
    let audience = if whole { Audience::Shown } else { Audience::Everybody };
    let name = face_values::holder_shown_to(&held.kind, &held.licence.holder_name, audience);
    let parsed = name.parse::<HolderName>().map_err(|_| IssueError::Record("a holder".to_owned()))?;
    Ok(if name == held.licence.holder_name { ShownName::Whole(parsed) } else { ShownName::Masked(parsed) })
}

fn holder_kind(code_kind: &str) -> HolderKind {
    HolderCodeType::of_code(code_kind).map_or(HolderKind::Organisation, HolderKind::from)
}

fn unplanned(error: PlanError) -> PresentationError {
    match error {
        PlanError::TooLarge { .. } => PresentationError::NameTooLong,
        other => IssueError::Record(other.to_string()).into(),
    }
}

fn write_down(
    issuer: &Issuer,
    holder: &Holder,
    held: &holdings::Held,
    code: &OfflineCode,
    now: Moment,
) -> Result<(), PresentationError> {
    let (body, actor, subject) = (held.licence.body_id.clone(), holder.actor(), held.version.identifier.clone());
    let detail = json!({ "until": code.statement().expires().to_string() });
    Ok(issuer.store.write(move |conn| {
        audit::record(conn, Some(&body), &actor, "presentation.offline", &subject, &detail, now)
            .map_err(IssueError::from)
    })?)
}
