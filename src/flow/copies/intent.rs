//! What will be signed, and what came of it, in the register.

use super::{
    A_DAY, Asking, CopyError, CopyMade, CopyOrder, CopyStep, CopyWatch, actor_kind, agent, number, page::CopyPage,
};
use crate::{
    flow::{
        access::Actor,
        audit,
        holders::holdings::Held,
        intended::{ToSign, claim},
        issue::{IssueError, Rehearsed, Stamped, stamp_rehearsed, unstamped, whole_second},
        issuer::Issuer,
        lives,
        seal_uses::{Asking as AskingToStamp, Gate, UseRefusal},
        standing,
    },
    store::{
        Conn, StoreError, copies, idempotency, intents, licences,
        stampings::{self, Stamping},
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use yinxin_hsm::ErrorClass;
use yinxin_trust::{
    base::{Day, Moment},
    licence::{identifier::LicenceIdentifier, metadata::AnnotatedCopy, state::State},
    sm::sm3,
};

/// The word of the register for intents of this flow, and of the ledger for their stamps.
pub(super) const KIND: &str = "copy";

const DAY_MILLISECONDS: i64 = 86_400_000;

/// What was asked for, enough to make the same copy again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Draft {
    pub(super) number: String,
    pub(super) licence_id: String,
    pub(super) version: i32,
    pub(super) identifier: String,
    pub(super) type_code: String,
    /// Whose licence it is.
    pub(super) body_id: String,
    /// In whose name it is stamped.
    pub(super) stamped_for: String,
    pub(super) seal_id: String,
    pub(super) purpose: String,
    pub(super) recipient: String,
    pub(super) creator: String,
    pub(super) asked_at: Moment,
    /// The instant within the stamp, whole seconds.
    pub(super) stamped_at: Moment,
    pub(super) expires_at: Moment,
    pub(super) holder_id: Option<String>,
    /// By which delegation that account asked.
    #[serde(default)]
    pub(super) delegation_id: Option<String>,
    /// What the copy shows, where an agent asked: names of fields.
    #[serde(default)]
    pub(super) fields: Vec<String>,
    pub(super) actor_kind: String,
    pub(super) actor_id: String,
    pub(super) actor_name: String,
    pub(super) key: String,
    /// Of what was asked, hexadecimal.
    pub(super) request_digest: String,
}

impl Draft {
    /// Of an order that holds; the seal comes later.
    pub(super) fn new(
        held: &Held,
        stamped_for: String,
        order: &CopyOrder,
        (asking, creator, digest): (&Asking, String, sm3::Digest),
        (now, expires_at): (Moment, Moment),
    ) -> Result<Self, CopyError> {
        let (purpose, recipient) = order.stated();
        Ok(Self {
            number: number()?,
            licence_id: held.licence.id.clone(),
            version: held.version.version,
            identifier: held.version.identifier.clone(),
            type_code: held.licence.type_code.clone(),
            body_id: held.licence.body_id.clone(),
            stamped_for,
            seal_id: String::new(),
            purpose,
            recipient,
            creator,
            asked_at: now,
            stamped_at: whole_second(now),
            expires_at,
            holder_id: asking.holder_id.clone(),
            delegation_id: asking.by.as_ref().map(|by| by.delegation.clone()),
            fields: asking.by.as_ref().map(|by| by.fields.clone()).unwrap_or_default(),
            actor_kind: asking.actor.kind.as_str().to_owned(),
            actor_id: asking.actor.id.clone(),
            actor_name: asking.actor.name.clone(),
            key: asking.key.clone(),
            request_digest: hex::encode(digest),
        })
    }

    /// What the copy says of itself.
    pub(super) fn stated(&self) -> AnnotatedCopy {
        AnnotatedCopy {
            created_at: self.stamped_at,
            creator: self.creator.clone(),
            cause: self.purpose.clone(),
            expires_at: self.expires_at,
            recipient: Some(self.recipient.clone()),
            number: Some(self.number.clone()),
        }
    }

    fn digest_of_request(&self) -> Result<Vec<u8>, CopyError> {
        hex::decode(&self.request_digest).map_err(|cause| CopyError::record(&cause))
    }

    fn actor(&self) -> Result<Actor, CopyError> {
        let kind = actor_kind(&self.actor_kind).ok_or_else(|| CopyError::record(&"an actor of no kind"))?;
        Ok(Actor::new(kind, self.actor_id.clone(), self.actor_name.clone()))
    }
}

/// What became of an earlier request with this key; `None` where there is none.
///
/// # Errors
/// [`IssueError::KeyReused`], [`IssueError::UnderWay`].
pub(super) fn repeated(
    conn: &mut Conn,
    body: &str,
    key: &str,
    asked: &sm3::Digest,
) -> Result<Option<CopyMade>, CopyError> {
    match idempotency::find(conn, body, key)? {
        Some(request) => answered(&request, asked).map(Some),
        None => Ok(None),
    }
}

fn answered(request: &idempotency::Request, asked: &[u8]) -> Result<CopyMade, CopyError> {
    if request.request_digest != asked {
        return Err(IssueError::KeyReused.into());
    }
    let answer = request.answer.as_ref().ok_or(IssueError::UnderWay)?;
    serde_json::from_slice(answer).map_err(|cause| CopyError::record(&cause))
}

/// Rehearses, stores the intent with the use of the seal, signs, and stores what came of it. What the custody
/// certainly did not sign is given up.
pub(super) fn carry_out(issuer: &Issuer, page: CopyPage, watch: CopyWatch<'_>) -> Result<CopyMade, CopyError> {
    let rehearsed = page.rehearsed(issuer)?;
    watch(CopyStep::Rehearsed);
    let draft = rehearsed.made.draft.clone();
    let rows = Rows::of(issuer, &rehearsed)?;
    let id = rows.intent.id.clone();
    match issuer.write(move |conn| rows.insert(conn))? {
        Answer::Stored => {}
        Answer::Refused(refusal) => return Err(refusal.into()),
        Answer::NotInForce(state) => return Err(CopyError::NotInForce(state)),
        Answer::DelegationOver => return Err(agent::over().into()),
        Answer::TooMany => return Err(CopyError::TooMany { retry_after_seconds: 3600 }),
        Answer::Repeated(request) => return answered(&request, &draft.digest_of_request()?),
    }
    let holding = issuer.take_in_hand(vec![id.clone()]);
    watch(CopyStep::Intended);
    let turn = issuer.device_turn();
    let stamped = stamp_rehearsed(issuer, rehearsed);
    drop(turn);
    let stamped = match stamped {
        Ok(stamped) => stamped,
        Err(error) => {
            if matches!(&error, IssueError::Key(cause) if cause.class() != ErrorClass::Unknown)
                && let Err(left) = void(issuer, &draft, &id, &error.to_string())
            {
                tracing::warn!(intent = id, %left, "an intent that was not signed stays open");
            }
            return Err(error.into());
        }
    };
    watch(CopyStep::Signed);
    let made = finish(issuer, stamped, &id)?;
    drop(holding);
    watch(CopyStep::Stored);
    Ok(made)
}

/// Ends the intent with its file.
pub(super) fn finish(issuer: &Issuer, stamped: Stamped<CopyPage>, id: &str) -> Result<CopyMade, CopyError> {
    let Stamped { made: page, octets, shared, .. } = stamped;
    let (draft, digest) = (page.draft, sm3::digest(&octets));
    let made = CopyMade {
        id: id.to_owned(),
        number: draft.number.clone(),
        identifier: draft.identifier.clone(),
        purpose: draft.purpose.clone(),
        recipient: draft.recipient.clone(),
        made_at: draft.stamped_at,
        expires_at: draft.expires_at,
        document_sm3: hex::encode(digest),
        document_bytes: octets.len() as u64,
    };
    let answer = serde_json::to_vec(&made).map_err(|cause| CopyError::record(&cause))?;
    let (now, actor, id) = (issuer.clock.now()?, draft.actor()?, id.to_owned());
    let file = Arc::new((octets, shared));
    let is_ours = issuer.write(move |conn| {
        let (at, body) = (now.unix_milliseconds(), draft.stamped_for.as_str());
        if intents::finish(conn, body, &[id.as_str()], at)?.is_empty() {
            return Ok(false);
        }
        stampings::made(conn, body, &[id.as_str()], at)?;
        copies::made(conn, body, &id, (&file.0, &file.1), &digest, at)?;
        idempotency::answer(conn, body, &draft.key, &answer)?;
        // for what and for whom stands in the copy, not in the audit
        let detail = json!({
            "copy": id,
            "number": draft.number,
            "until": draft.expires_at,
            "seal": draft.seal_id,
            "document_sm3": hex::encode(digest),
            "delegation": draft.delegation_id,
        });
        agent::tell(conn, &draft, &id)?;
        audit::record(conn, Some(body), &actor, "licence.copied", &draft.identifier, &detail, now)?;
        Ok::<_, StoreError>(true)
    })?;
    // another was first: the copy stands as that one stored it
    if is_ours { Ok(made) } else { Err(IssueError::UnderWay.into()) }
}

/// Nothing comes of an intent: its use is not counted any more, and its key may be used again.
pub(super) fn void(issuer: &Issuer, draft: &Draft, id: &str, reason: &str) -> Result<bool, CopyError> {
    let at = issuer.clock.now()?.unix_milliseconds();
    let (body, key) = (draft.stamped_for.clone(), draft.key.clone());
    let (id, reason) = (id.to_owned(), reason.to_owned());
    let ended = issuer.write(move |conn| {
        if !intents::void(conn, &body, &id, &reason, at)? {
            return Ok(false);
        }
        unstamped(conn, &body, &id, at)?;
        copies::void(conn, &body, &id, at)?;
        idempotency::give_up(conn, &body, &key)?;
        Ok::<_, StoreError>(true)
    })?;
    Ok(ended)
}

/// What the register says to an intent.
enum Answer {
    Stored,
    Refused(UseRefusal),
    NotInForce(State),
    DelegationOver,
    TooMany,
    Repeated(Box<idempotency::Request>),
}

/// The rows of one intent.
#[derive(Clone)]
struct Rows {
    intent: intents::Intent,
    request: idempotency::Request,
    stamping: Stamping,
    copy: copies::LicenceCopy,
}

impl Rows {
    fn of(issuer: &Issuer, rehearsed: &Rehearsed<CopyPage>) -> Result<Self, CopyError> {
        let (draft, seal) = (&rehearsed.made.draft, &rehearsed.made.seal);
        let created_at = issuer.clock.now()?.unix_milliseconds();
        let intent = ToSign {
            kind: KIND,
            body: &draft.stamped_for,
            licence: Some(&draft.licence_id),
            to_be_signed: &rehearsed.stamp.digest(&seal.certificate).map_err(IssueError::from)?,
            key_reference: seal.key_reference.to_string(),
            created_at,
        }
        .open(draft)?;
        let request = claim(&intent, &draft.key, draft.digest_of_request()?);
        let stamping = Stamping {
            id: intent.id.clone(),
            seal_id: draft.seal_id.clone(),
            // both as the write finds them
            owner_id: String::new(),
            grant_id: None,
            body_id: draft.stamped_for.clone(),
            actor_kind: draft.actor_kind.clone(),
            actor_id: draft.actor_id.clone(),
            purpose: KIND.to_owned(),
            type_code: Some(draft.type_code.clone()),
            subject: draft.number.clone(),
            document_sm3: rehearsed.package.digest().to_vec(),
            key_reference: intent.key_reference.clone(),
            stamped_at: draft.stamped_at.unix_milliseconds(),
            recorded_at: created_at,
            made_at: None,
            voided_at: None,
            title: Some(draft.identifier.clone()),
        };
        let copy = copies::LicenceCopy {
            id: intent.id.clone(),
            number: draft.number.clone(),
            licence_id: draft.licence_id.clone(),
            version: draft.version,
            body_id: draft.body_id.clone(),
            stamped_for: draft.stamped_for.clone(),
            holder_id: draft.holder_id.clone(),
            delegation_id: draft.delegation_id.clone(),
            actor_kind: draft.actor_kind.clone(),
            actor_id: draft.actor_id.clone(),
            purpose: draft.purpose.clone(),
            recipient: draft.recipient.clone(),
            creator: draft.creator.clone(),
            seal_id: draft.seal_id.clone(),
            asked_at: created_at,
            stamped_at: draft.stamped_at.unix_milliseconds(),
            expires_at: draft.expires_at.unix_milliseconds(),
            made_at: None,
            voided_at: None,
            document_sm3: None,
        };
        Ok(Self { intent, request, stamping, copy })
    }

    /// One write: either all of it, or nothing.
    fn insert(&self, conn: &mut Conn) -> Result<Answer, CopyError> {
        if let Some(known) = idempotency::find(conn, &self.request.body_id, &self.request.key)? {
            return Ok(Answer::Repeated(Box::new(known)));
        }
        let instant = |at| Moment::from_unix_milliseconds(at).map_err(|cause| CopyError::record(&cause));
        let (asked, now) = (&self.stamping, instant(self.stamping.recorded_at)?);
        if let Some(state) = not_in_force(conn, &self.copy, Day::in_beijing_at(now)?)? {
            return Ok(Answer::NotInForce(state));
        }
        if !agent::still_may(conn, &self.copy, Day::in_beijing_at(now)?)? {
            return Ok(Answer::DelegationOver);
        }
        if let Some(holder) = &self.copy.holder_id {
            let since = self.copy.asked_at - DAY_MILLISECONDS;
            if copies::count_of_holder_since(conn, holder, since)? >= i64::from(A_DAY) {
                return Ok(Answer::TooMany);
            }
        }
        let mut gate = Gate::default();
        let asking = AskingToStamp {
            seal: &asked.seal_id,
            body: &asked.body_id,
            actor_kind: &asked.actor_kind,
            actor_id: &asked.actor_id,
            type_code: asked.type_code.as_deref().unwrap_or_default(),
            stamped_at: instant(asked.stamped_at)?,
            now,
        };
        let allowed = match gate.admit(conn, asking)? {
            Ok(allowed) => allowed,
            Err(refusal) => return Ok(Answer::Refused(refusal)),
        };
        gate.count(conn)?;
        intents::insert(conn, &self.intent)?;
        let stamping = Stamping { owner_id: allowed.owner, grant_id: allowed.grant, ..asked.clone() };
        stampings::insert_all(conn, &[stamping])?;
        copies::insert(conn, &self.copy)?;
        idempotency::claim(conn, &self.request)?;
        Ok(Answer::Stored)
    }
}

/// What the version that is copied is, where it is not the one in force.
fn not_in_force(conn: &mut Conn, copy: &copies::LicenceCopy, today: Day) -> Result<Option<State>, CopyError> {
    match in_force(conn, (&copy.body_id, &copy.licence_id), copy.version, today) {
        Ok(_) => Ok(None),
        Err(CopyError::NotInForce(state)) => Ok(Some(state)),
        Err(error) => Err(error),
    }
}

/// A licence in a version, where that is in force on a day.
pub(super) fn in_force(
    conn: &mut Conn,
    (body, id): (&str, &str),
    version: i32,
    today: Day,
) -> Result<(licences::Licence, licences::LicenceVersion), CopyError> {
    let licence = licences::find(conn, &[body.to_owned()], id)?.ok_or(CopyError::NotHeld)?;
    let of = licences::version(conn, body, id, version)?.ok_or(CopyError::NotHeld)?;
    let identifier: LicenceIdentifier = of.identifier.parse().map_err(IssueError::from)?;
    let life = lives::public_life(conn, licence.clone())?.life;
    // what ended is that in every version; else a version is what it is by itself: replaced, or not yet in force
    let state = match life.on(today).state {
        state @ State::Ended(_) => state,
        _ => standing::of_version(&life, identifier.version(), today).state,
    };
    if state == State::InForce { Ok((licence, of)) } else { Err(CopyError::NotInForce(state)) }
}
