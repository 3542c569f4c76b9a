//! Step 4: what will be signed is stored before the key is used.

use super::{
    IssueError, Outcome, Places,
    draft::{Draft, Made},
    order,
    rehearse::Rehearsed,
};
use crate::{
    flow::{
        intended::{ToSign, claim},
        issuer::Issuer,
        seal_uses::{Asking, Gate, UseRefusal},
        seals::SealFault,
    },
    store::{
        self, Conn, Failure, StoreError, idempotency, intents, licences, reservations, seal_grants,
        stampings::{self, Stamping},
    },
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use yinxin_trust::base::Moment;

/// The word of the register for intents of this flow.
pub(super) const KIND: &str = "issue";

/// A licence whose intent is stored.
pub(super) struct Intended {
    pub(super) rehearsed: Rehearsed<Made>,
    pub(super) intent_id: String,
}

/// The rows of one intent.
#[derive(Clone)]
pub(super) struct Rows {
    pub(super) intent: intents::Intent,
    pub(super) reservation: reservations::Reservation,
    pub(super) request: Option<idempotency::Request>,
    stamping: Stamping,
    is_change: bool,
}

/// The word of the ledger for what is stamped here.
const PURPOSE: &str = "licence";

/// What the register says to an intent.
enum Answer {
    Stored,
    NumberTaken,
    UnderWay,
    Refused(UseRefusal),
    Repeated(Box<idempotency::Request>),
}

/// Stores the intents of all orders in one write.
pub(super) fn store(issuer: &Issuer, rehearsed: Places<Rehearsed<Made>>) -> Places<Intended> {
    let mut rows = Vec::new();
    let mut places: Vec<Result<(Rehearsed<Made>, Rows), Outcome>> = Vec::with_capacity(rehearsed.len());
    for place in rehearsed {
        places.push(place.and_then(|rehearsed| {
            let made = rows_of(issuer, &rehearsed)?;
            rows.push(made.clone());
            Ok((rehearsed, made))
        }));
    }
    let answers = if rows.is_empty() { Ok(Vec::new()) } else { issuer.write(move |conn| insert_all(conn, &rows)) };
    let mut answers: Result<std::vec::IntoIter<Answer>, StoreError> = answers.map(Vec::into_iter);
    places
        .into_iter()
        .map(|place| {
            let (rehearsed, rows) = place?;
            let answer = match &mut answers {
                Ok(answers) => answers.next().ok_or(IssueError::Panicked)?,
                Err(error) => return Err(unused(issuer, &rehearsed, error.clone())),
            };
            match answer {
                Answer::Stored => Ok(Intended { rehearsed, intent_id: rows.intent.id }),
                Answer::NumberTaken => Err(IssueError::NumberTaken.into()),
                Answer::UnderWay => Err(IssueError::UnderWay.into()),
                Answer::Refused(refusal) => {
                    give_back(issuer, &rehearsed);
                    Err(SealFault::from(refusal).into())
                }
                Answer::Repeated(request) => {
                    give_back(issuer, &rehearsed);
                    let digest = rows.request.as_ref().and_then(|own| own.request_digest.as_slice().try_into().ok());
                    Err(order::repeated(&request, &digest.unwrap_or_default()))
                }
            }
        })
        .collect()
}

/// After a write that did not happen the number goes back; after one that may have, it does not.
fn unused(issuer: &Issuer, rehearsed: &Rehearsed<Made>, error: StoreError) -> Outcome {
    if error != StoreError::Uncertain {
        give_back(issuer, rehearsed);
    }
    error.into()
}

fn give_back(issuer: &Issuer, rehearsed: &Rehearsed<Made>) {
    if let Some((scope, number)) = &rehearsed.made.sequence {
        issuer.numbers.give_back(scope, &[*number]);
    }
}

/// The rows of an intent for a rehearsed licence.
pub(super) fn rows_of(issuer: &Issuer, rehearsed: &Rehearsed<Made>) -> Result<Rows, IssueError> {
    let draft: &Draft = &rehearsed.made.draft;
    let now: Moment = issuer.clock.now()?;
    let created_at = now.unix_milliseconds();
    let intent = ToSign {
        kind: KIND,
        body: &draft.body_id,
        licence: None,
        to_be_signed: &rehearsed.stamp.digest(&rehearsed.made.seal.certificate)?,
        key_reference: rehearsed.made.seal.key_reference.to_string(),
        created_at,
    }
    .open(draft)?;
    let reservation = reservations::Reservation {
        type_code: draft.type_code.clone(),
        number: draft.number.clone(),
        body_id: draft.body_id.clone(),
        intent_id: intent.id.clone(),
    };
    let digest = hex::decode(&draft.request_digest).map_err(|cause| IssueError::Record(cause.to_string()))?;
    let request = draft.idempotency_key.as_ref().map(|key| claim(&intent, key, digest));
    let stamping = Stamping {
        id: intent.id.clone(),
        seal_id: draft.seal_id.clone(),
        // both as the write finds them
        owner_id: String::new(),
        grant_id: None,
        body_id: draft.body_id.clone(),
        actor_kind: draft.actor_kind.clone(),
        actor_id: draft.actor_id.clone(),
        purpose: PURPOSE.to_owned(),
        type_code: Some(draft.type_code.clone()),
        subject: draft.identifier.clone(),
        document_sm3: rehearsed.package.digest().to_vec(),
        key_reference: intent.key_reference.clone(),
        stamped_at: draft.stamped_at.unix_milliseconds(),
        recorded_at: created_at,
        made_at: None,
        voided_at: None,
        title: None,
    };
    Ok(Rows { intent, reservation, request, stamping, is_change: draft.is_change })
}

/// Whether the stamp may be made: the row of the ledger for it.
fn admitted(conn: &mut Conn, gate: &mut Gate, rows: &Rows) -> Result<Result<Stamping, UseRefusal>, StoreError> {
    let asked = &rows.stamping;
    let instant = |at| Moment::from_unix_milliseconds(at).map_err(|_| StoreError::Broken("an instant".to_owned()));
    let asking = Asking {
        seal: &asked.seal_id,
        body: &asked.body_id,
        actor_kind: &asked.actor_kind,
        actor_id: &asked.actor_id,
        type_code: asked.type_code.as_deref().unwrap_or_default(),
        stamped_at: instant(asked.stamped_at)?,
        now: instant(asked.recorded_at)?,
    };
    let allowed = gate.admit(conn, asking)?;
    Ok(allowed.map(|allowed| Stamping { owner_id: allowed.owner, grant_id: allowed.grant, ..asked.clone() }))
}

/// Stores the intents that may be, and says of each what became of it.
fn insert_all(conn: &mut Conn, all: &[Rows]) -> Result<Vec<Answer>, StoreError> {
    let mut known = Known::read(conn, all)?;
    let (mut intents, mut held, mut claimed, mut stamped) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut answers, mut gate) = (Vec::with_capacity(all.len()), Gate::default());
    for rows in all {
        let mut answer = known.answer(rows);
        if matches!(answer, Answer::Stored) {
            match admitted(conn, &mut gate, rows)? {
                Ok(stamping) => {
                    known.add(rows);
                    intents.push(rows.intent.clone());
                    held.push(rows.reservation.clone());
                    claimed.extend(rows.request.clone());
                    stamped.push(stamping);
                }
                Err(refusal) => answer = Answer::Refused(refusal),
            }
        }
        answers.push(answer);
    }
    if !intents.is_empty() {
        gate.count(conn)?;
        intents::insert_all(conn, &intents)?;
        stampings::insert_all(conn, &stamped)?;
        reservations::hold_all(conn, &held)?;
    }
    if !claimed.is_empty() {
        idempotency::claim_all(conn, &claimed)?;
    }
    Ok(answers)
}

/// What the register, and the intents of this write, know of keys and numbers.
#[derive(Default)]
struct Known {
    /// By body and key.
    requests: HashMap<(String, String), idempotency::Request>,
    /// Type and number of what open intents hold.
    held: HashSet<(String, String)>,
    /// Type and number of licences.
    taken: HashSet<(String, String)>,
}

impl Known {
    fn read(conn: &mut Conn, all: &[Rows]) -> Result<Self, StoreError> {
        let mut keys: HashMap<&str, Vec<&str>> = HashMap::new();
        let mut numbers: HashMap<&str, Vec<&str>> = HashMap::new();
        for rows in all {
            if let Some(request) = &rows.request {
                keys.entry(&request.body_id).or_default().push(&request.key);
            }
            numbers.entry(&rows.reservation.type_code).or_default().push(&rows.reservation.number);
        }
        let mut known = Self::default();
        for (body, keys) in keys {
            let found = idempotency::find_all(conn, body, &keys)?;
            known.requests.extend(found.into_iter().map(|found| ((found.body_id.clone(), found.key.clone()), found)));
        }
        for (type_code, numbers) in numbers {
            let of_type = |number: String| (type_code.to_owned(), number);
            known.held.extend(reservations::held(conn, type_code, &numbers)?.into_iter().map(of_type));
            known.taken.extend(licences::numbers_taken(conn, type_code, &numbers)?.into_iter().map(of_type));
        }
        Ok(known)
    }

    fn answer(&self, rows: &Rows) -> Answer {
        let request = rows.request.as_ref().and_then(|own| self.requests.get(&key_of(own)));
        if let Some(known) = request {
            return Answer::Repeated(Box::new(known.clone()));
        }
        let number = number_of(&rows.reservation);
        if self.held.contains(&number) {
            return if rows.is_change { Answer::UnderWay } else { Answer::NumberTaken };
        }
        if !rows.is_change && self.taken.contains(&number) {
            return Answer::NumberTaken;
        }
        Answer::Stored
    }

    fn add(&mut self, rows: &Rows) {
        self.held.insert(number_of(&rows.reservation));
        self.requests.extend(rows.request.iter().map(|request| (key_of(request), request.clone())));
    }
}

fn key_of(request: &idempotency::Request) -> (String, String) {
    (request.body_id.clone(), request.key.clone())
}

fn number_of(held: &reservations::Reservation) -> (String, String) {
    (held.type_code.clone(), held.number.clone())
}

/// Replaces an intent by a new one for the same licence, where the seal may still be used; false where
/// another ended it first.
pub(super) fn replace(
    store: &store::Store,
    old: &intents::Intent,
    rows: Rows,
    reason: &'static str,
) -> Result<bool, IssueError> {
    let (body, id, at) = (old.body_id.clone(), old.id.clone(), rows.intent.created_at);
    store.write(move |conn| {
        if !intents::void(conn, &body, &id, reason, at)? {
            return Ok(false);
        }
        unstamped(conn, &body, &id, at)?;
        let mut gate = Gate::default();
        let stamping = admitted(conn, &mut gate, &rows)?.map_err(SealFault::from)?;
        gate.count(conn)?;
        intents::insert(conn, &rows.intent)?;
        stampings::insert_all(conn, &[stamping])?;
        reservations::hand_over(conn, &body, &id, &rows.intent.id)?;
        if let Some(request) = &rows.request {
            idempotency::set_intent(conn, &body, &request.key, &rows.intent.id)?;
        }
        Ok(true)
    })
}

/// Nothing comes of a use of a seal: it does not count on its grant any more.
pub(in crate::flow) fn unstamped(conn: &mut Conn, body: &str, id: &str, at: i64) -> Result<(), StoreError> {
    match stampings::void(conn, body, id, at)? {
        Some(grant) => seal_grants::give_back(conn, &grant),
        None => Ok(()),
    }
}

/// Gives an intent up, with its number and the claim on its key.
pub(super) fn void(
    store: &store::Store,
    old: &intents::Intent,
    key: Option<String>,
    reason: String,
    at: Moment,
) -> Result<bool, StoreError> {
    let (body, id) = (old.body_id.clone(), old.id.clone());
    store.write(move |conn| {
        if !intents::void(conn, &body, &id, &reason, at.unix_milliseconds())? {
            return Ok(false);
        }
        unstamped(conn, &body, &id, at.unix_milliseconds())?;
        reservations::release(conn, &body, &id)?;
        if let Some(key) = &key {
            idempotency::give_up(conn, &body, key)?;
        }
        Ok(true)
    })
}

/// What is needed to give an intent up.
pub(super) struct Open {
    body: String,
    id: String,
    key: Option<String>,
    sequence: Option<(String, i64)>,
}

impl Open {
    /// Of an intent whose licence is about to be signed.
    pub(super) fn of(intended: &Intended) -> Self {
        let made = &intended.rehearsed.made;
        Self {
            body: made.draft.body_id.clone(),
            id: intended.intent_id.clone(),
            key: made.draft.idempotency_key.clone(),
            sequence: made.sequence.clone(),
        }
    }
}

/// Gives intents up that nothing was signed for, each with its reason; their numbers and keys are free again.
pub(super) fn give_up(issuer: &Issuer, all: Vec<(Open, String)>) -> Result<(), IssueError> {
    let at = issuer.clock.now()?.unix_milliseconds();
    let all = Arc::new(all);
    let ending = Arc::clone(&all);
    let ended = issuer.write(move |conn| {
        let end = |(open, reason): &(Open, String)| {
            if !intents::void(conn, &open.body, &open.id, reason, at)? {
                return Ok(false);
            }
            unstamped(conn, &open.body, &open.id, at)?;
            reservations::release(conn, &open.body, &open.id)?;
            if let Some(key) = &open.key {
                idempotency::give_up(conn, &open.body, key)?;
            }
            Ok(true)
        };
        ending.iter().map(end).collect::<Result<Vec<bool>, StoreError>>()
    })?;
    for ((open, _), _) in all.iter().zip(ended).filter(|(_, ended)| *ended) {
        if let Some((scope, number)) = &open.sequence {
            issuer.numbers.give_back(scope, &[*number]);
        }
    }
    Ok(())
}

/// Whether an error of a write leaves it open what happened.
pub(super) fn is_uncertain(error: &IssueError) -> bool {
    error.store_error() == Some(&StoreError::Uncertain)
}
