//! What a crash left between intent and value is signed, or given up.
//!
//! An intent within its lifetime is planned again from what is stored: the same digest, the same time. The document is
//! not needed: who asks again sends it again, and then everything is verified. An older one is given up: nothing is
//! back-dated, and Signature.xml, which would have to carry another time, lies with the caller.

use super::{
    StampError,
    digest::judged,
    document::time_proven,
    intent::{self, Draft, KIND, Planned},
    seal_in_use, sign,
};
use crate::{
    flow::{
        issue::{IssueError, Recovered},
        issuer::Issuer,
        kind::{HasKind as _, Kind},
        time_stamps::Obtained,
    },
    store::{
        Failure as _, StoreError,
        intents::{self, Intent},
    },
};
use yinxin_trust::{base::Moment, seal::make::StampPlan};

/// Intents looked at in one call.
const MOST: u32 = 1000;

/// Takes up every open intent that is older than `older_than_seconds`, as
/// [`issue::recover`](crate::flow::issue::recover) does for licences.
///
/// # Errors
/// Where the register or the clock cannot be read.
pub fn recover(issuer: &Issuer, older_than_seconds: u32) -> Result<Recovered, StampError> {
    let now = issuer.clock.now()?;
    let before = now.unix_milliseconds() - i64::from(older_than_seconds) * 1000 + 1;
    let open = issuer.store.read(|conn| intents::open_of_kind_before(conn, KIND, before, MOST))?;
    let mut done = Recovered::default();
    for intent in &open {
        if issuer.has_in_hand(&intent.id) {
            done.left += 1;
            continue;
        }
        match one(issuer, intent, now) {
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

/// Whether it was finished; else it was given up.
fn one(issuer: &Issuer, open: &Intent, now: Moment) -> Result<bool, StampError> {
    // the key is not used for what would lack its time stamp again
    issuer.time_stamps.as_ref().map_or(Ok(()), Obtained::ready)?;
    let draft: Draft = serde_json::from_slice(&open.request).map_err(|cause| StampError::record(&cause))?;
    let age = now.unix_milliseconds() - open.created_at;
    let why = if age > i64::from(issuer.settings.intent_lifetime_seconds) * 1000 {
        "too old to be signed with its time".to_owned()
    } else {
        match as_intended(issuer, open, draft.clone(), now) {
            Ok(()) => return Ok(true),
            Err(error) if may_pass(&error) => return Err(error),
            Err(error) => error.to_string(),
        }
    };
    intent::void(issuer, &draft, &open.id, &why)?;
    Ok(false)
}

/// What another look later may find otherwise.
fn may_pass(error: &StampError) -> bool {
    matches!(error.kind(), Kind::Busy | Kind::Unavailable) || error.store_error() == Some(&StoreError::Uncertain)
}

fn as_intended(issuer: &Issuer, open: &Intent, draft: Draft, now: Moment) -> Result<(), StampError> {
    let seal = seal_in_use(issuer, &draft.seal_id, now)?;
    let stamp = StampPlan::with_sound(&seal.sound, draft.stamped_at, &draft.data_hash()?, &draft.property)?;
    if open.to_be_signed != stamp.digest(&seal.certificate)? {
        return Err(StampError::record(&"an intent that plans otherwise"));
    }
    let value = sign(issuer, &seal, Planned { draft: draft.clone(), stamp })?;
    let report = judged(issuer, &seal, &value.octets, draft.stamped_at, false)?;
    if value.is_timed {
        time_proven(&report)?;
    }
    match intent::finish(issuer, &draft, &open.id, &value.octets) {
        // another process was first
        Ok(_) | Err(StampError::Flow(IssueError::UnderWay)) => Ok(()),
        Err(error) => Err(error),
    }
}
