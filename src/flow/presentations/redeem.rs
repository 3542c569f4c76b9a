//! Redeeming a code: once, by whom may, with a trace for the holder.

use super::{Offer, PresentationCode, PresentationError, Presentations, code::CodeDigest};
use crate::{
    flow::{
        access::{Actor, Permit, may},
        audit,
        delegations::{AgentShown, Mandated, scope_shown},
        disclosures,
        holders::holdings,
        issue::IssueError,
        issuer::Issuer,
        lives,
        standing::{self, PublicField},
        text,
    },
    random,
    store::{Conn, Failure as _, acts, bodies, delegations, licences, presentations, uses},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{collections::HashMap, fmt, sync::Arc};
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
    /// Whether the answer shall hold what proves the fields elsewhere, by the issuer's stamp.
    #[serde(default)]
    #[schema(required = false)]
    pub disclosure: bool,
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
    /// Where it was asked for: the disclosure of exactly these fields (`docs/disclosure-format.md`), base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub disclosure: Option<String>,
    /// Why there is none though it was asked for: `issued_before`, the licence is older than disclosures.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, nullable = false, required = false)]
    pub disclosure_missing: Option<&'static str>,
}

/// Why there is no disclosure of a licence.
const ISSUED_BEFORE: &str = "issued_before";

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
    /// And its identifier.
    pub(in crate::flow) identifier: String,
    /// What proves the fields, where it was asked for.
    pub(in crate::flow) disclosure: Option<Vec<u8>>,
}

/// Another locality or platform that redeems a code, by a key that is known here.
pub(in crate::flow) struct Outside {
    /// The fingerprint of the key, and what its owner is called here.
    pub(in crate::flow) actor: Actor,
    /// The owner with the body that it names, in words for the holder.
    pub(in crate::flow) name: String,
}

/// As [`redeem`], for a window of this installation.
pub(in crate::flow) fn redeem_whole(
    issuer: &Issuer,
    presentations: &Presentations,
    permit: &Permit<may::Redeem>,
    order: &RedemptionOrder,
) -> Result<Redemption, PresentationError> {
    one(take(issuer, presentations, vec![Asked::within(permit, order)]))
}

/// As [`redeem`], for somebody outside: the body whose licence it is answers for the use.
///
/// # Errors
/// As [`redeem`].
pub(in crate::flow) fn redeem_outside(
    issuer: &Issuer,
    presentations: &Presentations,
    outside: Outside,
    order: &RedemptionOrder,
) -> Result<Redemption, PresentationError> {
    let Outside { actor, name } = outside;
    one(take(issuer, presentations, vec![Asked { actor, body: None, name: Some(name), window: None, order }]))
}

/// As [`redeem`], for several that are asked for at the same time: one write for all of them, and one state that
/// they are told. Each has an answer of its own, in their order.
pub fn redeem_all(
    issuer: &Issuer,
    presentations: &Presentations,
    asked: &[(Permit<may::Redeem>, RedemptionOrder)],
) -> Vec<Result<Redeemed, PresentationError>> {
    let asked = asked.iter().map(|(permit, order)| Asked::within(permit, order)).collect();
    take(issuer, presentations, asked).into_iter().map(|found| Ok(found?.told)).collect()
}

/// Who asks for what.
struct Asked<'a> {
    actor: Actor,
    /// In the name of which body; none for somebody outside, who has a name.
    body: Option<String>,
    name: Option<String>,
    /// At which window, where a device proved it.
    window: Option<String>,
    order: &'a RedemptionOrder,
}

impl<'a> Asked<'a> {
    fn within(permit: &Permit<may::Redeem>, order: &'a RedemptionOrder) -> Self {
        let window = permit.window().map(str::to_owned);
        Self { actor: permit.actor().clone(), body: Some(permit.body().to_owned()), name: None, window, order }
    }
}

fn one(mut all: Vec<Result<Redemption, PresentationError>>) -> Result<Redemption, PresentationError> {
    all.pop().unwrap_or_else(|| Err(gone().into()))
}

fn take(
    issuer: &Issuer,
    presentations: &Presentations,
    asked: Vec<Asked<'_>>,
) -> Vec<Result<Redemption, PresentationError>> {
    let now = match issuer.clock.now() {
        Ok(now) => now,
        Err(error) => return asked.iter().map(|_| Err(error.into())).collect(),
    };
    let ready: Vec<_> = asked.into_iter().map(|asked| Taking::of(presentations, asked, now)).collect();
    let takings: Arc<[Taking]> = ready.iter().filter_map(|one| one.as_ref().ok().cloned()).collect();
    let found = taken(issuer, &takings, now);
    let mut found = found.into_iter().zip(takings.iter()).map(|(found, taking)| match found {
        Err(PresentationError::NotValid) => Err(presentations.miss(Some(&taking.guesser()), now)),
        other => with_scope(issuer, other, now),
    });
    ready.into_iter().map(|one| one.and_then(|_| found.next().unwrap_or_else(|| Err(gone().into())))).collect()
}

/// Of what an agent shows, or may not, the scope too: who redeems sees how far the delegation goes.
fn with_scope(
    issuer: &Issuer,
    found: Result<Redemption, PresentationError>,
    now: Moment,
) -> Result<Redemption, PresentationError> {
    match found {
        Ok(mut redemption) => {
            if let Some(agent) = &mut redemption.told.agent {
                agent.licences = Some(scope_shown(issuer, &agent.delegation, now)?);
            }
            Ok(redemption)
        }
        Err(PresentationError::OtherMatter(mut agent)) => {
            agent.licences = Some(scope_shown(issuer, &agent.delegation, now)?);
            Err(PresentationError::OtherMatter(agent))
        }
        Err(other) => Err(other),
    }
}

/// Takes the codes, and tells what is taken. Where a record is wrong that is one of theirs, each is tried by itself: it is
/// nothing to the others.
fn taken(issuer: &Issuer, takings: &Arc<[Taking]>, now: Moment) -> Vec<Result<Redemption, PresentationError>> {
    let written = Arc::clone(takings);
    // what is refused is written down too
    let rows = issuer.store.write(move |conn| Taking::take_all(&written, conn));
    // written down before it is seen; who loses the answer here asks again with the same scan
    let found = rows.and_then(|rows| {
        issuer.store.read(|conn| {
            let ids: Vec<&str> = rows.iter().flatten().map(|row| row.licence_id.as_str()).collect();
            let held = holdings::by_ids(conn, issuer, &ids)?;
            let answers = rows
                .into_iter()
                .zip(takings.iter())
                .map(|(row, taking)| row.map(|row| answer(conn, &held, (&row, taking.is_proof_wanted), now)));
            Ok::<_, PresentationError>(answers.collect::<Vec<_>>())
        })
    });
    match found {
        Ok(found) => found.into_iter().map(|one| one.and_then(|answer| answer)).collect(),
        Err(error) if takings.len() < 2 => vec![Err(error)],
        Err(error) if let Some(error) = error.store_error().cloned() => {
            takings.iter().map(|_| Err(error.clone().into())).collect()
        }
        Err(_) => takings.iter().flat_map(|one| taken(issuer, &[one.clone()].into(), now)).collect(),
    }
}

/// A redemption that is tried.
#[derive(Clone)]
struct Taking {
    by: presentations::Redeemer,
    actor: Actor,
    /// Of the code.
    digest: CodeDigest,
    /// Id of the use, or of the refusal.
    id: String,
    purpose: Option<String>,
    /// Whether a disclosure is asked for.
    is_proof_wanted: bool,
    now: Moment,
}

/// What came of it: the code, or why a delegation does not permit it, which is written down.
type Taken = Result<presentations::Presentation, PresentationError>;

impl Taking {
    /// Once the order is one, and who asks may ask.
    fn of(presentations: &Presentations, asked: Asked<'_>, now: Moment) -> Result<Self, PresentationError> {
        let Asked { actor, body, name, window, order } = asked;
        let guesser = guesser(&actor);
        presentations.admit_guess(Some(&guesser), now)?;
        let is_id = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'.' | b'_' | b'-');
        if !(8..=64).contains(&order.scan_id.len()) || !order.scan_id.bytes().all(is_id) {
            return Err(PresentationError::ScanId);
        }
        let line = |text: &Option<String>, most, fault| {
            let line = text.as_deref().map(|text| text::line(text, most).ok_or(fault));
            line.transpose()
        };
        let said = line(&order.window, LONGEST_WINDOW, PresentationError::Window)?;
        let by = presentations::Redeemer {
            scan_id: order.scan_id.clone(),
            body_id: body,
            name,
            actor_kind: actor.kind.as_str().to_owned(),
            actor_id: actor.id.clone(),
            // what a device proved counts before what somebody says
            window_name: window.or(said),
        };
        let purpose = line(&order.purpose, LONGEST_PURPOSE, PresentationError::PurposeWanted)?;
        let code = PresentationCode::parse(&order.code).ok_or_else(|| presentations.miss(Some(&guesser), now))?;
        let is_proof_wanted = order.disclosure;
        Ok(Self { by, actor, digest: code.digest(), id: random::id()?, purpose, is_proof_wanted, now })
    }

    fn guesser(&self) -> String {
        guesser(&self.actor)
    }

    /// Takes the codes that are there to be taken, in their order, and writes the uses down; says of the others why not.
    ///
    /// # Errors
    /// What fails the write of all of them.
    fn take_all(all: &[Self], conn: &mut Conn) -> Result<Vec<Taken>, PresentationError> {
        let hashes: Vec<&[u8]> = all.iter().map(|one| one.digest.0.as_slice()).collect();
        let before = presentations::by_code_hashes(conn, &hashes)?;
        let (mut takings, mut uses) = (Vec::with_capacity(all.len()), Vec::with_capacity(all.len()));
        for one in all {
            let row = before.iter().find(|row| row.code_hash == one.digest.0);
            let taken = one.take(conn, row)?;
            if let Ok((row, true)) = &taken {
                uses.push((one, row.clone()));
            }
            takings.push(taken.map(|(row, _)| row));
        }
        write_down(conn, &uses)?;
        Ok(takings)
    }

    /// Takes the code if it is there to be taken: the code, and whether it was taken now.
    fn take(
        &self,
        conn: &mut Conn,
        before: Option<&presentations::Presentation>,
    ) -> Result<Result<(presentations::Presentation, bool), PresentationError>, PresentationError> {
        let at = self.now.unix_milliseconds();
        let Some(before) = before.filter(|row| row.expires_at > at) else {
            return Ok(Err(PresentationError::NotValid));
        };
        if before.redeemed_at.is_some() && !self.is_same(before) {
            return Ok(Err(used(conn, before)?));
        }
        let mandated = self.mandated(conn, before)?;
        if let Some(mandated) = &mandated {
            let Some(purpose) = &self.purpose else { return Ok(Err(PresentationError::PurposeWanted)) };
            if mandated.value.scope().matter().is_some_and(|matter| !matter.is(purpose)) {
                self.refuse(conn, before, mandated, OTHER_MATTER)?;
                return Ok(Err(PresentationError::OtherMatter(Box::new(mandated.shown()))));
            }
        }
        let today = Day::in_beijing_at(self.now)?;
        if presentations::redeem(conn, &self.digest.0, &self.by, at, &today.to_string())? {
            return Ok(Ok((before.clone().redeemed(&self.by, at), true)));
        }
        // one that is taken beside this one may have had it
        let Some(row) = presentations::find_by_code_hash(conn, &self.digest.0)? else {
            return Ok(Err(PresentationError::NotValid));
        };
        match mandated {
            // ended between the making of the code and now, or between the first scan and this one
            Some(mandated) if mandated.value.state(today) != State::InForce => {
                self.refuse(conn, &row, &mandated, OVER)?;
                Ok(Err(PresentationError::DelegationOver))
            }
            _ if self.is_same(&row) => Ok(Ok((row, false))),
            _ => Ok(Err(used(conn, &row)?)),
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
        let purpose = self.purpose.as_deref().unwrap_or_default();
        let body = match &self.by.body_id {
            Some(body) => body.clone(),
            None => licences::shown(conn, &row.licence_id)?.ok_or_else(gone)?.body_id,
        };
        let refusal = delegations::Refusal {
            id: self.id.clone(),
            delegation_id: mandated.row.id.clone(),
            licence_id: row.licence_id.clone(),
            body_id: body.clone(),
            window_name: self.by.window_name.clone(),
            actor_kind: self.by.actor_kind.clone(),
            actor_id: self.by.actor_id.clone(),
            purpose: purpose.to_owned(),
            reason: reason.to_owned(),
            at: self.now.unix_milliseconds(),
            used_by: self.by.name.clone(),
        };
        delegations::insert_refusal(conn, &refusal)?;
        let window = (&self.by.window_name, &self.by.name);
        let detail = json!({ "reason": reason, "purpose": purpose, "window": window.0, "outside": window.1 });
        let (body, subject) = (Some(body.as_str()), mandated.row.id.as_str());
        Ok(audit::record(conn, body, &self.actor, "delegation.refused", subject, &detail, self.now)?)
    }
}

/// Writes down that codes were taken: the uses, and who took them.
fn write_down(conn: &mut Conn, taken: &[(&Taking, presentations::Presentation)]) -> Result<(), PresentationError> {
    if taken.is_empty() {
        return Ok(());
    }
    let ids: Vec<&str> = taken.iter().map(|(_, row)| row.licence_id.as_str()).collect();
    let shown = licences::all_shown(conn, &ids)?;
    let acts = acts::public_of_licences(conn, &ids)?;
    let (mut written, mut events) = (Vec::with_capacity(taken.len()), Vec::with_capacity(taken.len()));
    for (Taking { by, actor, id, now, .. }, row) in taken {
        let (licence, version) = shown.iter().find(|(licence, _)| licence.id == row.licence_id).ok_or_else(gone)?;
        let identifier: LicenceIdentifier = version.identifier.parse().map_err(IssueError::from)?;
        let own: Vec<_> = acts.iter().filter(|act| act.licence_id == licence.id).cloned().collect();
        let life = lives::found(licence.clone(), &own)?.life;
        let state = standing::word(life.on(Day::in_beijing_at(*now)?).state);
        let used = uses::Use {
            id: id.clone(),
            licence_id: licence.id.clone(),
            version: licence.current_version,
            body_id: by.body_id.clone().unwrap_or_else(|| licence.body_id.clone()),
            window_name: by.window_name.clone(),
            actor_kind: by.actor_kind.clone(),
            actor_id: by.actor_id.clone(),
            purpose: row.purpose.clone(),
            fields: row.fields.clone(),
            state: state.to_owned(),
            at: now.unix_milliseconds(),
            delegation_id: row.delegation_id.clone(),
            used_by: by.name.clone(),
        };
        let names = super::names_of(&row.fields)?;
        let detail = json!({
            "use": id,
            "fields": names,
            "purpose": row.purpose,
            "window": by.window_name,
            "outside": by.name,
            "state": state,
            "delegation": row.delegation_id,
        });
        let subject = identifier.to_string();
        events.push(audit::event(Some(&used.body_id), actor, "presentation.redeemed", &subject, &detail, *now));
        written.push(used);
    }
    uses::insert_all(conn, &written)?;
    Ok(audit::record_all(conn, &events)?)
}

fn guesser(actor: &Actor) -> String {
    format!("{}/{}", actor.kind, actor.id)
}

fn gone() -> IssueError {
    IssueError::Record("a code without its licence".to_owned())
}

/// In words, without the name of a person.
fn used(conn: &mut Conn, row: &presentations::Presentation) -> Result<PresentationError, PresentationError> {
    let record = || IssueError::Record("a code that was redeemed by nobody".to_owned());
    let at = row.redeemed_at.and_then(|at| Moment::from_unix_milliseconds(at).ok()).ok_or_else(record)?;
    let body = match (&row.redeemer_body, &row.redeemer_name) {
        (Some(body), _) => {
            let name = bodies::name_on(conn, body, &Day::in_beijing_at(at)?.to_string())?;
            name.map(|name| name.name).unwrap_or_default()
        }
        (None, Some(outside)) => outside.clone(),
        (None, None) => return Err(record().into()),
    };
    Ok(PresentationError::Used { body, window: row.window_name.clone(), at })
}

fn answer(
    conn: &mut Conn,
    held: &HashMap<String, holdings::Held>,
    (row, is_proof_wanted): (&presentations::Presentation, bool),
    now: Moment,
) -> Result<Redemption, PresentationError> {
    let held = held.get(&row.licence_id).ok_or_else(gone)?;
    let (printed, identifier) = (held.version.code.clone(), held.version.identifier.clone());
    let names = super::names_of(&row.fields)?;
    let (disclosure, disclosure_missing) = match is_proof_wanted.then(|| disclosures::of_shown(conn, held, &names)) {
        None => (None, None),
        Some(Ok(file)) => (Some(file), None),
        Some(Err(PresentationError::NotDisclosable)) => (None, Some(ISSUED_BEFORE)),
        Some(Err(other)) => return Err(other),
    };
    let offer = Offer::of(held, now)?.of_names(&names);
    let redeemed_at = row.redeemed_at.and_then(|at| Moment::from_unix_milliseconds(at).ok()).ok_or_else(gone)?;
    let agent = match &row.delegation_id {
        Some(id) => Some(Mandated::find(conn, id)?.ok_or_else(gone)?.shown()),
        None => None,
    };
    let told = Redeemed {
        type_name: offer.type_title.zh,
        type_code: held.licence.type_code.clone(),
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
        disclosure: disclosure.as_ref().map(|file| STANDARD.encode(file)),
        disclosure_missing,
    };
    Ok(Redemption { told, printed, identifier, disclosure })
}

impl fmt::Debug for RedemptionOrder {
    /// Without the code, which is a secret while it counts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedemptionOrder").field("scan_id", &self.scan_id).finish_non_exhaustive()
    }
}
