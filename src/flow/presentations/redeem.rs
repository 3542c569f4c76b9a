//! Redeeming a code: once, by whom may, with a trace for the holder.

use super::{Offer, PresentationCode, PresentationError, Presentations};
use crate::{
    flow::{
        access::{Actor, Permit, may},
        audit,
        holders::holdings,
        issue::IssueError,
        issuer::Issuer,
        lives,
        standing::{self, PublicField},
        text,
    },
    random,
    store::{Conn, bodies, licences, presentations, uses},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::fmt;
use yinxin_trust::{
    base::{Day, Moment},
    licence::{Expiry, identifier::LicenceIdentifier},
};

/// Most characters of the name of a window.
const LONGEST_WINDOW: usize = 40;

/// What a scanner sends.
#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedemptionOrder {
    /// The code: the 26 characters at the end of the scanned address, in either case.
    #[schema(min_length = 26, max_length = 26)]
    pub code: String,
    /// An id that the scanner makes for this scan, 8 to 64 of letters, digits and `._-`. The same
    /// scanner may repeat the request with it until the code expires, and gets the same fields.
    #[schema(min_length = 8, max_length = 64)]
    pub scan_id: String,
    /// At which window, for the holder: 1 to 40 characters.
    #[serde(default)]
    #[schema(max_length = 40, example = "3 号窗口", nullable = false)]
    pub window: Option<String>,
}

/// What a redeemer sees: what the holder chose, and what the licence is now.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Redeemed {
    /// 证照类型名称.
    pub type_name: String,
    /// 证照类型代码.
    pub type_code: String,
    /// 证照颁发机构, as on the face.
    pub issuing_body: String,
    /// `in_force` and so on, as in the public answer.
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
    /// When that was read: at this request, also where it is repeated.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Moment,
    /// 用证事由, as the holder gave it.
    pub purpose: String,
    /// The fields that the holder chose.
    pub fields: Vec<PublicField>,
    /// When the code was redeemed.
    #[schema(value_type = String, format = DateTime)]
    pub redeemed_at: Moment,
}

/// Redeems a code in the name of the body of the permit. One of several has it; the
/// others are told where and when it was used. The same scan of the same redeemer may
/// ask again until the code expires: it gets the same fields, and the state of then.
///
/// # Errors
/// [`PresentationError`]. A code that never was and one that has expired are one answer.
pub fn redeem(
    issuer: &Issuer,
    presentations: &Presentations,
    permit: &Permit<may::Redeem>,
    order: &RedemptionOrder,
) -> Result<Redeemed, PresentationError> {
    Ok(redeem_whole(issuer, presentations, permit, order)?.told)
}

/// What is told, and the licence that it is told of.
pub(in crate::flow) struct Redemption {
    pub(in crate::flow) told: Redeemed,
    /// The printed code of the version that counts.
    pub(in crate::flow) printed: String,
}

/// As [`redeem`], for a window of this installation.
pub(in crate::flow) fn redeem_whole(
    issuer: &Issuer,
    presentations: &Presentations,
    permit: &Permit<may::Redeem>,
    order: &RedemptionOrder,
) -> Result<Redemption, PresentationError> {
    let now = issuer.clock.now()?;
    let actor = permit.actor().clone();
    let guesser = format!("{}/{}", actor.kind, actor.id);
    presentations.admit_guess(Some(&guesser), now)?;
    let by = redeemer(permit, order)?;
    let Some(code) = PresentationCode::parse(&order.code) else {
        return Err(presentations.miss(Some(&guesser), now));
    };
    let (digest, use_id) = (code.digest(), random::id()?);
    let redeemed = issuer.store.write(move |conn| take(conn, &digest.0, &by, &actor, &use_id, now));
    let row = match redeemed {
        Err(PresentationError::NotValid) => return Err(presentations.miss(Some(&guesser), now)),
        other => other?,
    };
    // written down before it is seen; who loses the answer here asks again with the same scan
    issuer.store.read(|conn| answer(conn, issuer, &row, now))
}

fn redeemer(
    permit: &Permit<may::Redeem>,
    order: &RedemptionOrder,
) -> Result<presentations::Redeemer, PresentationError> {
    let is_id = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'.' | b'_' | b'-');
    if !(8..=64).contains(&order.scan_id.len()) || !order.scan_id.bytes().all(is_id) {
        return Err(PresentationError::ScanId);
    }
    let window = order.window.as_deref().map(|name| text::line(name, LONGEST_WINDOW).ok_or(PresentationError::Window));
    let Actor { kind, id, .. } = permit.actor();
    Ok(presentations::Redeemer {
        scan_id: order.scan_id.clone(),
        body_id: permit.body().to_owned(),
        actor_kind: kind.as_str().to_owned(),
        actor_id: id.clone(),
        window_name: window.transpose()?,
    })
}

/// Takes the code if it is there to be taken, and writes the use down; else says why not.
fn take(
    conn: &mut Conn,
    code_hash: &[u8],
    by: &presentations::Redeemer,
    actor: &Actor,
    use_id: &str,
    now: Moment,
) -> Result<presentations::Presentation, PresentationError> {
    let at = now.unix_milliseconds();
    let taken = presentations::redeem(conn, code_hash, by, at)?;
    let row = presentations::find_by_code_hash(conn, code_hash)?.filter(|row| row.expires_at > at);
    let row = row.ok_or(PresentationError::NotValid)?;
    if taken {
        write_down(conn, &row, by, actor, use_id, now)?;
        return Ok(row);
    }
    let same = (row.scan_id.as_ref(), row.redeemer_kind.as_ref(), row.redeemer_id.as_ref());
    if same == (Some(&by.scan_id), Some(&by.actor_kind), Some(&by.actor_id)) {
        return Ok(row);
    }
    Err(used(conn, &row)?)
}

fn write_down(
    conn: &mut Conn,
    row: &presentations::Presentation,
    by: &presentations::Redeemer,
    actor: &Actor,
    use_id: &str,
    now: Moment,
) -> Result<(), PresentationError> {
    let gone = || IssueError::Record("a code without its licence".to_owned());
    let licence = licences::shown(conn, &row.licence_id)?.ok_or_else(gone)?;
    let version = licences::version(conn, &licence.body_id, &licence.id, licence.current_version)?.ok_or_else(gone)?;
    let identifier: LicenceIdentifier = version.identifier.parse().map_err(IssueError::from)?;
    let life = lives::public_life(conn, licence.clone())?.life;
    let state = standing::word(life.on(Day::in_beijing_at(now)?).state);
    let used = uses::Use {
        id: use_id.to_owned(),
        licence_id: licence.id,
        version: licence.current_version,
        body_id: by.body_id.clone(),
        window_name: by.window_name.clone(),
        actor_kind: by.actor_kind.clone(),
        actor_id: by.actor_id.clone(),
        purpose: row.purpose.clone(),
        fields: row.fields.clone(),
        state: state.to_owned(),
        at: now.unix_milliseconds(),
    };
    uses::insert(conn, &used)?;
    let names = super::names_of(&row.fields)?;
    let detail = json!({
        "use": use_id,
        "fields": names,
        "purpose": row.purpose,
        "window": by.window_name,
        "state": state,
    });
    let subject = identifier.to_string();
    Ok(audit::record(conn, Some(&by.body_id), actor, "presentation.redeemed", &subject, &detail, now)?)
}

/// In words, without the name of a person.
fn used(conn: &mut Conn, row: &presentations::Presentation) -> Result<PresentationError, PresentationError> {
    let record = || IssueError::Record("a code that was redeemed by nobody".to_owned());
    let (Some(at), Some(body)) = (row.redeemed_at, &row.redeemer_body) else { return Err(record().into()) };
    let at = Moment::from_unix_milliseconds(at).map_err(|_| record())?;
    let name = bodies::name_on(conn, body, &Day::in_beijing_at(at)?.to_string())?;
    let body = name.map(|name| name.name).unwrap_or_default();
    Ok(PresentationError::Used { body, window: row.window_name.clone(), at })
}

fn answer(
    conn: &mut Conn,
    issuer: &Issuer,
    row: &presentations::Presentation,
    now: Moment,
) -> Result<Redemption, PresentationError> {
    let gone = || IssueError::Record("a code without its licence".to_owned());
    let licence = licences::shown(conn, &row.licence_id)?.ok_or_else(gone)?;
    let held = holdings::whole(conn, issuer, licence)?;
    let printed = held.version.code.clone();
    let offer = Offer::of(&held, now)?.of_names(&super::names_of(&row.fields)?);
    let redeemed_at = row.redeemed_at.and_then(|at| Moment::from_unix_milliseconds(at).ok()).ok_or_else(gone)?;
    let told = Redeemed {
        type_name: offer.type_title.zh,
        type_code: held.licence.type_code,
        issuing_body: offer.issuing_body,
        state: standing::word(offer.standing.state),
        state_name: offer.standing.state.chinese(),
        since: offer.standing.since,
        until: offer.standing.until,
        as_of: now,
        purpose: row.purpose.clone(),
        fields: offer.fields.into_iter().map(super::Offered::into_public_field).collect(),
        redeemed_at,
    };
    Ok(Redemption { told, printed })
}

impl fmt::Debug for RedemptionOrder {
    /// Without the code, which is a secret while it counts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedemptionOrder").field("scan_id", &self.scan_id).finish_non_exhaustive()
    }
}
