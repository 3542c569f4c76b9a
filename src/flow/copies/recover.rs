//! What a crash left between intent and file is signed, or given up.
//!
//! An intent within its lifetime is made again from its draft: the same page, the same digest, the same time. An
//! older one is given up, as is one whose licence is in force no more: nothing is back-dated, and the holder asks
//! again.

use super::{
    CopyError, agent,
    intent::{self, Draft, KIND},
    page::CopyPage,
};
use crate::{
    flow::{
        issue::{IssueError, Recovered, plan, stamp_rehearsed},
        issuer::Issuer,
        kind::{HasKind as _, Kind},
    },
    store::{
        Failure as _, StoreError,
        intents::{self, Intent},
    },
};
use yinxin_trust::base::{Day, Moment};

/// Intents looked at in one call.
const MOST: u32 = 1000;

/// Takes up every open intent that is older than `older_than_seconds`, as
/// [`issue::recover`](crate::flow::issue::recover) does for licences.
///
/// # Errors
/// Where the register or the clock cannot be read.
pub fn recover(issuer: &Issuer, older_than_seconds: u32) -> Result<Recovered, CopyError> {
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
fn one(issuer: &Issuer, open: &Intent, now: Moment) -> Result<bool, CopyError> {
    // the key is not used for what would lack its time stamp again
    if let Some(time_stamps) = &issuer.time_stamps {
        time_stamps.ready()?;
    }
    let draft: Draft = serde_json::from_slice(&open.request).map_err(|cause| CopyError::record(&cause))?;
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
fn may_pass(error: &CopyError) -> bool {
    matches!(error.kind(), Kind::Busy | Kind::Unavailable) || error.store_error() == Some(&StoreError::Uncertain)
}

fn as_intended(issuer: &Issuer, open: &Intent, draft: Draft, now: Moment) -> Result<(), CopyError> {
    let page = issuer.store.read(|conn| {
        agent::draft_still_may(conn, &draft, Day::in_beijing_at(now)?)?;
        let (licence, version) =
            intent::in_force(conn, (&draft.body_id, &draft.licence_id), draft.version, Day::in_beijing_at(now)?)?;
        CopyPage::with_seal(conn, issuer, licence, version, draft)
    })?;
    let rehearsed = plan(issuer, page)?;
    let digest = rehearsed.stamp.digest(&rehearsed.made.seal.certificate).map_err(IssueError::from)?;
    if open.to_be_signed != digest {
        return Err(CopyError::record(&"an intent that plans otherwise"));
    }
    match intent::finish(issuer, stamp_rehearsed(issuer, rehearsed)?, &open.id) {
        // another process was first
        Ok(_) | Err(CopyError::Flow(IssueError::UnderWay)) => Ok(()),
        Err(error) => Err(error),
    }
}
