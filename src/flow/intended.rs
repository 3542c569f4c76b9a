//! What the flows that sign share of an intent: its row and the claim of a key, and what is done with one that a crash
//! left open. How it is planned again is each flow's own (ADR 39, 55); licences are made anew with a new time where
//! copies and stamps are given up (`issue::recover`).

use super::{
    issue::{IssueError, Recovered},
    issuer::Issuer,
    kind::{HasKind, Kind},
    time_stamps::{Obtained, TimeStampFault},
};
use crate::{
    clock::ClockError,
    random,
    store::{
        Failure, StoreError, idempotency,
        intents::{self, Intent},
    },
};
use serde::Serialize;
use yinxin_trust::base::Moment;

/// Intents looked at in one call.
const MOST: u32 = 1000;

/// What is intended, beside the draft that says everything else.
pub(super) struct ToSign<'a> {
    pub(super) kind: &'a str,
    /// In whose name.
    pub(super) body: &'a str,
    pub(super) licence: Option<&'a str>,
    /// What goes under the key.
    pub(super) to_be_signed: &'a [u8],
    pub(super) key_reference: String,
    pub(super) created_at: i64,
}

impl ToSign<'_> {
    /// The row of an intent that is open.
    pub(super) fn open(self, draft: &impl Serialize) -> Result<Intent, IssueError> {
        Ok(Intent {
            id: random::id()?,
            body_id: self.body.to_owned(),
            kind: self.kind.to_owned(),
            licence_id: self.licence.map(str::to_owned),
            request: serde_json::to_vec(draft).map_err(|cause| IssueError::Record(cause.to_string()))?,
            to_be_signed: self.to_be_signed.to_vec(),
            key_reference: self.key_reference,
            created_at: self.created_at,
            state: intents::OPEN.to_owned(),
            ended_at: None,
            reason: None,
        })
    }
}

/// The claim of a key on what an intent is for.
pub(super) fn claim(intent: &Intent, key: &str, request_digest: Vec<u8>) -> idempotency::Request {
    idempotency::Request {
        body_id: intent.body_id.clone(),
        key: key.to_owned(),
        request_digest,
        intent_id: Some(intent.id.clone()),
        answer: None,
        created_at: intent.created_at,
    }
}

/// Takes up every open intent of a kind that is older than `older_than_seconds`, as
/// [`issue::recover`](super::issue::recover) does for licences. One within its lifetime is signed `as_intended`; an older
/// one, or one that can no longer be, is given up by `void`, which is told why.
pub(super) fn take_up<E>(
    issuer: &Issuer,
    kind: &str,
    older_than_seconds: u32,
    as_intended: impl Fn(&Intent, Moment) -> Result<(), E>,
    void: impl Fn(&Intent, &str) -> Result<bool, E>,
) -> Result<Recovered, E>
where
    E: HasKind + Failure + From<ClockError> + From<TimeStampFault>,
{
    let now = issuer.clock.now()?;
    let before = now.unix_milliseconds() - i64::from(older_than_seconds) * 1000 + 1;
    let open = issuer.store.read(|conn| intents::open_of_kind_before(conn, kind, before, MOST))?;
    let one = |intent: &Intent| -> Result<bool, E> {
        // the key is not used for what would lack its time stamp again
        issuer.time_stamps.as_ref().map_or(Ok(()), Obtained::ready)?;
        let age = now.unix_milliseconds() - intent.created_at;
        let why = if age > i64::from(issuer.settings.intent_lifetime_seconds) * 1000 {
            "too old to be signed with its time".to_owned()
        } else {
            match as_intended(intent, now) {
                Ok(()) => return Ok(true),
                Err(error) if may_pass(&error) => return Err(error),
                Err(error) => error.to_string(),
            }
        };
        void(intent, &why).map(|_| false)
    };
    let mut done = Recovered::default();
    for intent in &open {
        if issuer.has_in_hand(&intent.id) {
            done.left += 1;
            continue;
        }
        match one(intent) {
            Ok(true) => done.finished += 1,
            Ok(false) => done.voided += 1,
            Err(error) => {
                tracing::warn!(intent = intent.id, code = error.code(), "an intent could not be taken up");
                done.left += 1;
            }
        }
    }
    Ok(done)
}

/// What another look later may find otherwise.
fn may_pass<E: HasKind + Failure>(error: &E) -> bool {
    matches!(error.kind(), Kind::Busy | Kind::Unavailable) || error.store_error() == Some(&StoreError::Uncertain)
}
