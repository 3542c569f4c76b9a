//! Copies that an agent has made (代办人做的加注件): where the delegation names them, for its matter and until its last day at
//! most, of licences that it covers whole, since a copy shows the whole licence.
//!
//! The copy names both, principal and agent. The write that stores the intent asks whether the delegation works
//! ([`still_may`]), and the write that keeps the file tells the principal as of a use of the licence ([`tell`]).

use super::{
    Asking, By, CopyError, CopyMade, CopyOffer, CopyOrder, CopyWatch, carry_out, intent::Draft, order::latest,
};
use crate::{
    flow::{
        access::Holder,
        delegations::{Mandated, by_agent, reaches},
        holders::holdings::{self, Held},
        issuer::Issuer,
        presentations::Offer,
        standing,
    },
    store::{
        Conn, StoreError, copies, delegations,
        uses::{self, Use},
    },
};
use yinxin_trust::{
    base::{Day, Moment},
    delegation::{Beyond, End, State},
    licence::{identifier::LicenceIdentifier, state::State as LicenceState},
    sm::sm3,
};

/// What an agent chooses of a copy; the purpose is the matter of the delegation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentOrder {
    /// 加注件使用单位, as in [`CopyOrder`].
    pub recipient: String,
    /// The last day of use.
    pub until: Day,
}

/// A licence of which an agent may have a copy made, and for what.
#[derive(Clone, Debug)]
pub struct AgentOffer {
    /// As to the holder; the last day is no later than that of the delegation.
    pub offer: CopyOffer,
    /// 加注件制作事由: the matter of the delegation.
    pub matter: String,
}

/// What an agent may have a copy made of.
///
/// # Errors
/// [`CopyError::NotHeld`] also for delegations of others; [`CopyError::Beyond`].
pub fn offer_for(
    issuer: &Issuer,
    agent: &Holder,
    (delegation, identifier): (&str, &LicenceIdentifier),
    most_days: u32,
) -> Result<AgentOffer, CopyError> {
    let now = issuer.clock.now()?;
    issuer.store.read(|conn| {
        let Mandate { held, matter, last, .. } = mandate(conn, issuer, agent, (delegation, identifier), now)?;
        let today = Day::in_beijing_at(now)?;
        let standing = held.life.on(today);
        let offer = CopyOffer {
            identifier: held.version.identifier,
            type_title: held.kind.title(),
            issuing_body: held.issuing_body,
            latest: latest(now, most_days, standing.until)?.min(last),
            standing,
            today,
        };
        Ok(AgentOffer { offer, matter })
    })
}

/// Makes a copy for an agent; whoever asks again with the same key and the same order gets the same copy, while the
/// delegation works.
///
/// # Errors
/// [`CopyError`], as of [`make`](super::make).
pub fn make_for(
    issuer: &Issuer,
    agent: &Holder,
    (delegation, identifier): (&str, &LicenceIdentifier),
    order: &AgentOrder,
    (most_days, key): (u32, &str),
    watch: CopyWatch<'_>,
) -> Result<CopyMade, CopyError> {
    let now = issuer.clock.now()?;
    let found = |conn: &mut Conn| mandate(conn, issuer, agent, (delegation, identifier), now);
    let Mandate { held, matter, last, principal, fields } = issuer.store.read(found)?;
    let by = By {
        delegation: delegation.to_owned(),
        last,
        creator: format!("{principal}（代办人：{}）", agent.name()),
        fields,
    };
    drop(held);
    let order = CopyOrder { purpose: matter, recipient: order.recipient.clone(), until: order.until };
    // keys of one delegation never meet those of another, nor the holder's own
    let own = sm3::digest(format!("{}\n{delegation}\n{key}", agent.id()).as_bytes());
    let key = format!("copy-of-agent-{}", hex::encode(own));
    let holder_id = Some(agent.id().to_owned());
    let asking = Asking { holder_id, actor: agent.actor(), key, most_days, by: Some(by) };
    carry_out(issuer, |conn| Ok(found(conn)?.held), &order, asking, watch)
}

/// What a delegation permits.
struct Mandate {
    held: Held,
    matter: String,
    last: Day,
    principal: String,
    fields: Vec<String>,
}

/// A delegation that permits copies, and a licence that it covers whole and that the principal still holds.
fn mandate(
    conn: &mut Conn,
    issuer: &Issuer,
    agent: &Holder,
    (delegation, identifier): (&str, &LicenceIdentifier),
    now: Moment,
) -> Result<Mandate, CopyError> {
    let mandated = by_agent(conn, agent, delegation)?.ok_or(CopyError::NotHeld)?;
    let held = holdings::find(conn, issuer, mandated.principal(), identifier)?.ok_or(CopyError::NotHeld)?;
    let fields: Vec<String> = Offer::of(&held, now)?.fields.into_iter().map(|field| field.name).collect();
    let today = Day::in_beijing_at(now)?;
    let Mandated { value, .. } = &mandated;
    let permitted = value.permits_copy(&held.licence.id, fields.iter().map(String::as_str), today);
    // what it does not cover is not there for the agent
    let matter = permitted.map_err(|beyond| match beyond {
        Beyond::OtherLicence => CopyError::NotHeld,
        other => other.into(),
    })?;
    let matter = matter.as_str().to_owned();
    if !reaches(conn, &mandated, &held.licence.body_id, today)? {
        return Err(CopyError::NotHeld);
    }
    let (_, last) = value.days();
    Ok(Mandate { matter, last, principal: held.licence.holder_name.clone(), fields, held })
}

/// Whether the delegation of a copy, if it has one, works on a day.
pub(super) fn still_may(conn: &mut Conn, copy: &copies::LicenceCopy, today: Day) -> Result<bool, StoreError> {
    works(conn, (copy.delegation_id.as_deref(), copy.holder_id.as_deref()), today)
}

/// The same of a draft that is taken up again.
pub(super) fn draft_still_may(conn: &mut Conn, draft: &Draft, today: Day) -> Result<(), CopyError> {
    let may = works(conn, (draft.delegation_id.as_deref(), draft.holder_id.as_deref()), today)?;
    if may { Ok(()) } else { Err(over().into()) }
}

fn works(conn: &mut Conn, (delegation, agent): (Option<&str>, Option<&str>), today: Day) -> Result<bool, StoreError> {
    match delegation {
        Some(id) => delegations::permits_copies(conn, id, agent.unwrap_or_default(), &today.to_string()),
        None => Ok(true),
    }
}

/// What is said where the delegation ended meanwhile.
pub(super) const fn over() -> Beyond {
    Beyond::NotInForce(State::Ended(End::Revoked))
}

/// Tells the principal, in the write that keeps the file; nothing where the holder asked.
pub(super) fn tell(conn: &mut Conn, draft: &Draft, id: &str) -> Result<(), StoreError> {
    if draft.delegation_id.is_none() {
        return Ok(());
    }
    let fields = serde_json::to_vec(&draft.fields).map_err(|cause| StoreError::Broken(cause.to_string()))?;
    let used = Use {
        id: id.to_owned(),
        licence_id: draft.licence_id.clone(),
        version: draft.version,
        body_id: draft.body_id.clone(),
        window_name: None,
        actor_kind: draft.actor_kind.clone(),
        actor_id: draft.actor_id.clone(),
        purpose: draft.purpose.clone(),
        fields,
        state: standing::word(LicenceState::InForce).to_owned(),
        at: draft.stamped_at.unix_milliseconds(),
        delegation_id: draft.delegation_id.clone(),
        used_by: Some(draft.recipient.clone()),
        copy_id: Some(id.to_owned()),
    };
    uses::insert_all(conn, &[used])
}

/// Whether an account may fetch the file of a copy that it had made by a delegation: while that works.
pub(super) fn may_fetch(
    conn: &mut Conn,
    agent: &Holder,
    copy: &copies::LicenceCopy,
    today: Day,
) -> Result<bool, StoreError> {
    works(conn, (copy.delegation_id.as_deref(), Some(agent.id())), today)
}
