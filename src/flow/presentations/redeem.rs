//! Redeeming a code: once, by whom may, with a trace for the holder.

use super::{
    Offer, PresentationError, Presentations,
    taking::{Asked, Read, Taken, Taking, gone},
};
use crate::{
    flow::{
        access::{Actor, Permit, may},
        delegations::{AgentShown, Mandated, scopes_shown},
        disclosures,
        holders::holdings::{self, Held},
        issuer::Issuer,
        standing::{self, PublicField},
    },
    store::{Conn, Failure as _, presentations},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, fmt, sync::Arc};
use yinxin_trust::{
    base::{Day, Moment},
    licence::Expiry,
};

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
    /// Why there is none though it was asked for: `issued_before`, the licence is older than disclosures; `not_made`, what
    /// the register keeps of it makes none. The fields are as they would be without.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, nullable = false, required = false)]
    pub disclosure_missing: Option<&'static str>,
}

/// Why there is no disclosure of a licence: it has no digests.
const ISSUED_BEFORE: &str = "issued_before";
/// Why there is no disclosure of a licence: what is kept of it makes none.
const NOT_MADE: &str = "not_made";

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
    let mut found: Vec<_> = found
        .into_iter()
        .zip(takings.iter())
        .map(|(found, taking)| match found {
            Err(PresentationError::NotValid) => Err(presentations.miss(&taking.guesser(), now)),
            other => other,
        })
        .collect();
    add_scopes(issuer, &mut found, now);
    let mut found = found.into_iter();
    ready.into_iter().map(|one| one.and_then(|_| found.next().unwrap_or_else(|| Err(gone().into())))).collect()
}

/// Of what agents show the scope too: who redeems sees how far each delegation goes. What is taken stays told where that
/// cannot be read.
fn add_scopes(issuer: &Issuer, found: &mut [Result<Redemption, PresentationError>], now: Moment) {
    let agents: Vec<&mut AgentShown> =
        found.iter_mut().flatten().filter_map(|redemption| redemption.told.agent.as_mut()).collect();
    if agents.is_empty() {
        return;
    }
    let ids = agents.iter().map(|agent| agent.delegation.clone()).collect();
    match scopes_shown(issuer, &ids, now) {
        Ok(scopes) => {
            for agent in agents {
                agent.licences = scopes.get(&agent.delegation).cloned();
            }
        }
        Err(error) => tracing::warn!(%error, "codes of agents are told without their scopes"),
    }
}

/// Takes the codes, and tells what is taken. Where a record is wrong that is one of theirs, each is tried by itself: it is
/// nothing to the others.
fn taken(issuer: &Issuer, takings: &Arc<[Taking]>, now: Moment) -> Vec<Result<Redemption, PresentationError>> {
    let written = Arc::clone(takings);
    // what is refused is written down too
    match issuer.store.write(move |conn| Taking::take_all(&written, conn)) {
        // written down before it is seen; who loses the answer here asks again with the same scan
        Ok((rows, read)) => tell(issuer, takings, rows, read, now),
        Err(error) if takings.len() < 2 => vec![Err(error)],
        Err(error) if let Some(error) = error.store_error().cloned() => {
            takings.iter().map(|_| Err(error.clone().into())).collect()
        }
        Err(_) => takings.iter().flat_map(|one| taken(issuer, &[one.clone()].into(), now)).collect(),
    }
}

/// What those see whose codes were taken. A record that is wrong is one of theirs, and nothing to the others.
fn tell(
    issuer: &Issuer,
    takings: &[Taking],
    rows: Vec<Taken>,
    read: Read,
    now: Moment,
) -> Vec<Result<Redemption, PresentationError>> {
    let pairs = rows.iter().zip(takings);
    let wanted: Vec<_> = pairs.filter_map(|(row, taking)| Some((row.as_ref().ok()?, taking.is_proof_wanted))).collect();
    let answers = if wanted.is_empty() {
        Ok(Vec::new())
    } else {
        issuer.store.read(|conn| {
            let held = holdings::of_rows(conn, issuer, read.rows, &read.acts)?;
            wanted.iter().map(|one| answer(conn, &held, *one, now)).collect::<Result<Vec<_>, PresentationError>>()
        })
    };
    let each: Vec<_> = match answers {
        Ok(answers) => answers.into_iter().map(Ok).collect(),
        Err(error) if let Some(error) = error.store_error().cloned() => {
            wanted.iter().map(|_| Err(error.clone().into())).collect()
        }
        Err(_) => wanted.iter().map(|one| tell_one(issuer, *one, now)).collect(),
    };
    let mut each = each.into_iter();
    rows.into_iter().map(|row| row.and_then(|_| each.next().unwrap_or_else(|| Err(gone().into())))).collect()
}

fn tell_one(
    issuer: &Issuer,
    one: (&presentations::Presentation, bool),
    now: Moment,
) -> Result<Redemption, PresentationError> {
    issuer.store.read(|conn| {
        let held = holdings::by_ids(conn, issuer, &[&one.0.licence_id])?;
        answer(conn, &held, one, now)
    })
}

fn answer(
    conn: &mut Conn,
    held: &HashMap<String, Held>,
    (row, is_proof_wanted): (&presentations::Presentation, bool),
    now: Moment,
) -> Result<Redemption, PresentationError> {
    let held = held.get(&row.licence_id).ok_or_else(gone)?;
    let (printed, identifier) = (held.version.code.clone(), held.version.identifier.clone());
    let names = super::names_of(&row.fields)?;
    let offer = Offer::of(held, now)?.of_names(&names);
    let (disclosure, disclosure_missing) = if is_proof_wanted { disclosed(conn, held, &offer)? } else { (None, None) };
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

/// What proves the fields that are still there. A proof that cannot be made does not undo the showing: the code is taken.
///
/// # Errors
/// What the register says.
fn disclosed(
    conn: &mut Conn,
    held: &Held,
    offer: &Offer,
) -> Result<(Option<Vec<u8>>, Option<&'static str>), PresentationError> {
    let names: Vec<String> = offer.fields.iter().map(|field| field.name.clone()).collect();
    match disclosures::of_shown(conn, held, &names) {
        Ok(file) => Ok((Some(file), None)),
        Err(PresentationError::NotDisclosable) => Ok((None, Some(ISSUED_BEFORE))),
        Err(error) if error.store_error().is_some() => Err(error),
        Err(error) => {
            tracing::error!(%error, identifier = held.version.identifier, "no disclosure could be made of a licence");
            Ok((None, Some(NOT_MADE)))
        }
    }
}

impl fmt::Debug for RedemptionOrder {
    /// Without the code, which is a secret while it counts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedemptionOrder").field("scan_id", &self.scan_id).finish_non_exhaustive()
    }
}
