//! What will be signed, and what came of it, in the register.

use super::{StampError, StampMade, StampStep, StampWatch, sign};
use crate::{
    flow::{
        access::{Actor, ActorKind},
        audit,
        intended::{ToSign, claim},
        issue::{IssueError, unstamped},
        issuer::Issuer,
        seal_uses::{Asking, DIGESTS, DOCUMENTS, Gate, UseRefusal},
        seals::SealInUse,
        stamp_values::Value,
    },
    store::{
        Conn, StoreError, idempotency, intents,
        stampings::{self, Stamping},
    },
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::json;
use yinxin_hsm::ErrorClass;
use yinxin_trust::{base::Moment, seal::make::StampPlan, sm::sm3};

/// The word of the register for intents of this flow.
pub(super) const KIND: &str = "stamp";

/// What is stamped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Purpose {
    /// A document that was seen here.
    Document,
    /// A digest of one that was not.
    Digest,
}

impl Purpose {
    /// The word of grants and of the ledger.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Document => DOCUMENTS,
            Self::Digest => DIGESTS,
        }
    }
}

/// What was asked for, enough to sign it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Draft {
    pub(super) purpose: Purpose,
    pub(super) body_id: String,
    pub(super) seal_id: String,
    pub(super) stamped_at: Moment,
    /// SM3 of Signature.xml, hexadecimal.
    pub(super) data_hash: String,
    /// Its absolute path.
    pub(super) property: String,
    /// Of a document its SM3, of a digest the digest, hexadecimal.
    pub(super) subject: String,
    pub(super) title: Option<String>,
    pub(super) key: String,
    /// Of what was asked, hexadecimal.
    pub(super) request_digest: String,
    pub(super) actor_kind: String,
    pub(super) actor_id: String,
    pub(super) actor_name: String,
}

/// A stamp that lacks nothing but its value. Not `Clone`: it is signed once.
pub(super) struct Planned {
    pub(super) draft: Draft,
    pub(super) stamp: StampPlan,
}

impl Draft {
    /// What a repeated request has to be.
    pub(super) fn digest_of_request(&self) -> Result<Vec<u8>, StampError> {
        hex::decode(&self.request_digest).map_err(|cause| StampError::record(&cause))
    }

    /// The digest that is stamped.
    pub(super) fn data_hash(&self) -> Result<sm3::Digest, StampError> {
        let octets = hex::decode(&self.data_hash).map_err(|cause| StampError::record(&cause))?;
        octets.as_slice().try_into().map_err(|_| StampError::record(&"the digest of an intent"))
    }

    fn actor(&self) -> Result<Actor, StampError> {
        let kind = ActorKind::of_word(&self.actor_kind).ok_or_else(|| StampError::record(&"an actor of no kind"))?;
        Ok(Actor::new(kind, self.actor_id.clone(), self.actor_name.clone()))
    }
}

/// What became of an earlier request with this key; `None` where there is none.
///
/// # Errors
/// [`IssueError::KeyReused`], [`IssueError::UnderWay`].
pub(super) fn repeated(
    issuer: &Issuer,
    body: &str,
    key: &str,
    asked: &sm3::Digest,
) -> Result<Option<StampMade>, StampError> {
    match issuer.store.read(|conn| idempotency::find(conn, body, key))? {
        Some(request) => answered(&request, asked).map(Some),
        None => Ok(None),
    }
}

fn answered(request: &idempotency::Request, asked: &[u8]) -> Result<StampMade, StampError> {
    if request.request_digest != asked {
        return Err(IssueError::KeyReused.into());
    }
    let answer = request.answer.as_ref().ok_or(IssueError::UnderWay)?;
    serde_json::from_slice(answer).map_err(|cause| StampError::record(&cause))
}

/// Stores the intent with the use of the seal, signs, lets `check` look at the value, and stores what came of it.
/// What the custody certainly did not sign is given up.
pub(super) fn carry_out(
    issuer: &Issuer,
    seal: &SealInUse,
    planned: Planned,
    check: impl FnOnce(&Value) -> Result<(), StampError>,
    watch: StampWatch<'_>,
) -> Result<StampMade, StampError> {
    let draft = planned.draft.clone();
    let rows = Rows::of(issuer, seal, &planned)?;
    let id = rows.intent.id.clone();
    match issuer.write(move |conn| rows.insert(conn))? {
        Answer::Stored => {}
        Answer::Refused(refusal) => return Err(refusal.into()),
        Answer::Repeated(request) => return answered(&request, &draft.digest_of_request()?),
    }
    let holding = issuer.take_in_hand(vec![id.clone()]);
    watch(StampStep::Intended);
    let turn = issuer.device_turn();
    let signed = sign(issuer, seal, planned);
    drop(turn);
    let value = match signed {
        Ok(value) => value,
        Err(error) => {
            if matches!(&error, StampError::Flow(IssueError::Key(cause)) if cause.class() != ErrorClass::Unknown)
                && let Err(left) = void(issuer, &draft, &id, &error.to_string())
            {
                tracing::warn!(intent = id, %left, "an intent that was not signed stays open");
            }
            return Err(error);
        }
    };
    watch(StampStep::Signed);
    check(&value)?;
    let made = finish(issuer, &draft, &id, &value.octets)?;
    drop(holding);
    watch(StampStep::Stored);
    Ok(made)
}

/// Ends the intent with its value.
pub(super) fn finish(issuer: &Issuer, draft: &Draft, id: &str, value: &[u8]) -> Result<StampMade, StampError> {
    let made = StampMade {
        id: id.to_owned(),
        seal: draft.seal_id.clone(),
        stamped_at: draft.stamped_at,
        data_hash: draft.data_hash.clone(),
        property: draft.property.clone(),
        stamp: STANDARD.encode(value),
    };
    let answer = serde_json::to_vec(&made).map_err(|cause| StampError::record(&cause))?;
    let (now, actor, draft, id) = (issuer.clock.now()?, draft.actor()?, draft.clone(), id.to_owned());
    let is_ours = issuer.write(move |conn| {
        let at = now.unix_milliseconds();
        if intents::finish(conn, &draft.body_id, &[id.as_str()], at)?.is_empty() {
            return Ok(false);
        }
        stampings::made(conn, &draft.body_id, &[id.as_str()], at)?;
        idempotency::answer(conn, &draft.body_id, &draft.key, &answer)?;
        let detail = json!({
            "seal": draft.seal_id,
            "purpose": draft.purpose.as_str(),
            "subject": draft.subject,
            "data_hash": draft.data_hash,
        });
        audit::record(conn, Some(&draft.body_id), &actor, "document.stamped", &id, &detail, now)?;
        Ok::<_, StoreError>(true)
    })?;
    // another was first: the stamp stands as that one stored it
    if is_ours { Ok(made) } else { Err(IssueError::UnderWay.into()) }
}

/// Nothing comes of an intent: its use is not counted any more, and its key may be used again.
pub(super) fn void(issuer: &Issuer, draft: &Draft, id: &str, reason: &str) -> Result<bool, StampError> {
    let (at, draft, id, reason) =
        (issuer.clock.now()?.unix_milliseconds(), draft.clone(), id.to_owned(), reason.to_owned());
    let ended = issuer.write(move |conn| {
        if !intents::void(conn, &draft.body_id, &id, &reason, at)? {
            return Ok(false);
        }
        unstamped(conn, &draft.body_id, &id, at)?;
        idempotency::give_up(conn, &draft.body_id, &draft.key)?;
        Ok::<_, StoreError>(true)
    })?;
    Ok(ended)
}

/// What the register says to an intent.
enum Answer {
    Stored,
    Refused(UseRefusal),
    Repeated(Box<idempotency::Request>),
}

/// The rows of one intent.
#[derive(Clone)]
struct Rows {
    intent: intents::Intent,
    request: idempotency::Request,
    stamping: Stamping,
}

impl Rows {
    fn of(issuer: &Issuer, seal: &SealInUse, planned: &Planned) -> Result<Self, StampError> {
        let draft = &planned.draft;
        let created_at = issuer.clock.now()?.unix_milliseconds();
        let intent = ToSign {
            kind: KIND,
            body: &draft.body_id,
            licence: None,
            to_be_signed: &planned.stamp.digest(&seal.certificate)?,
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
            body_id: draft.body_id.clone(),
            actor_kind: draft.actor_kind.clone(),
            actor_id: draft.actor_id.clone(),
            purpose: draft.purpose.as_str().to_owned(),
            type_code: None,
            subject: draft.subject.clone(),
            document_sm3: draft.data_hash()?.to_vec(),
            key_reference: intent.key_reference.clone(),
            stamped_at: draft.stamped_at.unix_milliseconds(),
            recorded_at: created_at,
            made_at: None,
            voided_at: None,
            title: draft.title.clone(),
        };
        Ok(Self { intent, request, stamping })
    }

    /// One write: either all of it, or nothing.
    fn insert(&self, conn: &mut Conn) -> Result<Answer, StoreError> {
        if let Some(known) = idempotency::find(conn, &self.request.body_id, &self.request.key)? {
            return Ok(Answer::Repeated(Box::new(known)));
        }
        let asked = &self.stamping;
        let instant = |at| Moment::from_unix_milliseconds(at).map_err(|_| StoreError::Broken("an instant".to_owned()));
        let mut gate = Gate::default();
        let allowed = gate.admit(
            conn,
            Asking {
                seal: &asked.seal_id,
                body: &asked.body_id,
                actor_kind: &asked.actor_kind,
                actor_id: &asked.actor_id,
                type_code: &asked.purpose,
                stamped_at: instant(asked.stamped_at)?,
                now: instant(asked.recorded_at)?,
            },
        )?;
        let allowed = match allowed {
            Ok(allowed) => allowed,
            Err(refusal) => return Ok(Answer::Refused(refusal)),
        };
        gate.count(conn)?;
        intents::insert(conn, &self.intent)?;
        let stamping = Stamping { owner_id: allowed.owner, grant_id: allowed.grant, ..asked.clone() };
        stampings::insert_all(conn, &[stamping])?;
        idempotency::claim(conn, &self.request)?;
        Ok(Answer::Stored)
    }
}
