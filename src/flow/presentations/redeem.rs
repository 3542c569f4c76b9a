//! Redeeming a code: once, by whom may, with a trace for the holder.

use super::{Offer, PresentationCode, PresentationError, Presentations};
use crate::{
    flow::{
        access::{Actor, Permit, may},
        audit,
        delegations::{AgentShown, Mandated},
        holders::holdings,
        issue::IssueError,
        issuer::Issuer,
        lives,
        standing::{self, PublicField},
        text,
    },
    random,
    store::{Conn, bodies, delegations, licences, presentations, uses},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::fmt;
use yinxin_trust::{
    base::{Day, Moment},
    delegation::State,
    licence::{Expiry, identifier::LicenceIdentifier},
};

/// Most characters of what a code is redeemed for.
const LONGEST_PURPOSE: usize = 200;

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
    /// 用证事由: what it is redeemed for, 1 to 200 characters. Wanted where an agent shows the licence of
    /// somebody else: another matter than that of the delegation is refused and written down.
    #[serde(default)]
    #[schema(max_length = 200, nullable = false)]
    pub purpose: Option<String>,
}

/// Why a delegation was refused: it is for another matter.
pub(in crate::flow) const OTHER_MATTER: &str = "other_matter";
/// Why a delegation was refused: it works no more.
const OVER: &str = "over";

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
    /// Who shows it, within which scope; absent where the holder does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub agent: Option<AgentShown>,
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
    let purpose =
        order.purpose.as_deref().map(|text| text::line(text, LONGEST_PURPOSE).ok_or(PresentationError::PurposeWanted));
    let purpose = purpose.transpose()?;
    let Some(code) = PresentationCode::parse(&order.code) else {
        return Err(presentations.miss(Some(&guesser), now));
    };
    let (digest, use_id) = (code.digest(), random::id()?);
    // what is refused is written down too
    let redeemed = issuer.store.write(move |conn| {
        let order = Taking { by: &by, actor: &actor, id: &use_id, purpose: purpose.as_deref(), now };
        order.take(conn, &digest.0)
    });
    let row = match redeemed.and_then(|taken| taken) {
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
        // what a device proved counts before what somebody says
        window_name: permit.window().map(str::to_owned).or(window.transpose()?),
    })
}

/// A redemption that is tried.
struct Taking<'a> {
    by: &'a presentations::Redeemer,
    actor: &'a Actor,
    /// Id of the use, or of the refusal.
    id: &'a str,
    purpose: Option<&'a str>,
    now: Moment,
}

/// What came of it: the code, or why a delegation does not permit it, which is written down.
type Taken = Result<presentations::Presentation, PresentationError>;

impl Taking<'_> {
    /// Takes the code if it is there to be taken, and writes the use down; else says why not.
    fn take(&self, conn: &mut Conn, code_hash: &[u8]) -> Result<Taken, PresentationError> {
        let at = self.now.unix_milliseconds();
        let before = presentations::find_by_code_hash(conn, code_hash)?.filter(|row| row.expires_at > at);
        let before = before.ok_or(PresentationError::NotValid)?;
        if before.redeemed_at.is_some() && !self.is_same(&before) {
            return Err(used(conn, &before)?);
        }
        let mandated = self.mandated(conn, &before)?;
        if let Some(mandated) = &mandated {
            let purpose = self.purpose.ok_or(PresentationError::PurposeWanted)?;
            if mandated.value.scope().matter().is_some_and(|matter| !matter.is(purpose)) {
                self.refuse(conn, &before, mandated, OTHER_MATTER)?;
                return Ok(Err(PresentationError::OtherMatter(Box::new(mandated.shown()))));
            }
        }
        let today = Day::in_beijing_at(self.now)?;
        let taken = presentations::redeem(conn, code_hash, self.by, at, &today.to_string())?;
        let row = presentations::find_by_code_hash(conn, code_hash)?.ok_or(PresentationError::NotValid)?;
        if taken {
            write_down(conn, &row, self)?;
            return Ok(Ok(row));
        }
        match mandated {
            // ended between the making of the code and now, or between the first scan and this one
            Some(mandated) if mandated.value.state(today) != State::InForce => {
                self.refuse(conn, &row, &mandated, OVER)?;
                Ok(Err(PresentationError::DelegationOver))
            }
            _ if self.is_same(&row) => Ok(Ok(row)),
            _ => Err(used(conn, &row)?),
        }
    }

    /// Whether this scan of this redeemer took it before.
    fn is_same(&self, row: &presentations::Presentation) -> bool {
        let took = (row.scan_id.as_ref(), row.redeemer_kind.as_ref(), row.redeemer_id.as_ref());
        took == (Some(&self.by.scan_id), Some(&self.by.actor_kind), Some(&self.by.actor_id))
    }

    fn mandated(
        &self,
        conn: &mut Conn,
        row: &presentations::Presentation,
    ) -> Result<Option<Mandated>, PresentationError> {
        let Some(id) = &row.delegation_id else { return Ok(None) };
        let gone = || IssueError::Record("a code without its delegation".to_owned());
        Ok(Some(Mandated::find(conn, id)?.ok_or_else(gone)?))
    }

    /// Writes down what a delegation was to be used for, where the principal sees it.
    fn refuse(
        &self,
        conn: &mut Conn,
        row: &presentations::Presentation,
        mandated: &Mandated,
        reason: &'static str,
    ) -> Result<(), PresentationError> {
        let purpose = self.purpose.unwrap_or_default();
        let refusal = delegations::Refusal {
            id: self.id.to_owned(),
            delegation_id: mandated.row.id.clone(),
            licence_id: row.licence_id.clone(),
            body_id: self.by.body_id.clone(),
            window_name: self.by.window_name.clone(),
            actor_kind: self.by.actor_kind.clone(),
            actor_id: self.by.actor_id.clone(),
            purpose: purpose.to_owned(),
            reason: reason.to_owned(),
            at: self.now.unix_milliseconds(),
        };
        delegations::insert_refusal(conn, &refusal)?;
        let detail = json!({ "reason": reason, "purpose": purpose, "window": self.by.window_name });
        let (body, subject) = (Some(self.by.body_id.as_str()), mandated.row.id.as_str());
        Ok(audit::record(conn, body, self.actor, "delegation.refused", subject, &detail, self.now)?)
    }
}

fn write_down(
    conn: &mut Conn,
    row: &presentations::Presentation,
    taking: &Taking<'_>,
) -> Result<(), PresentationError> {
    let Taking { by, actor, id: use_id, now, .. } = *taking;
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
        delegation_id: row.delegation_id.clone(),
    };
    uses::insert(conn, &used)?;
    let names = super::names_of(&row.fields)?;
    let detail = json!({
        "use": use_id,
        "fields": names,
        "purpose": row.purpose,
        "window": by.window_name,
        "state": state,
        "delegation": row.delegation_id,
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
    let agent = match &row.delegation_id {
        Some(id) => Some(Mandated::find(conn, id)?.ok_or_else(gone)?.shown()),
        None => None,
    };
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
        agent,
    };
    Ok(Redemption { told, printed })
}

impl fmt::Debug for RedemptionOrder {
    /// Without the code, which is a secret while it counts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedemptionOrder").field("scan_id", &self.scan_id).finish_non_exhaustive()
    }
}
