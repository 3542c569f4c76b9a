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
        intended,
        issue::{IssueError, Recovered, plan, stamp_rehearsed},
        issuer::Issuer,
    },
    store::intents::Intent,
};
use yinxin_trust::base::{Day, Moment};

/// Takes up every open intent that is older than `older_than_seconds`, as
/// [`issue::recover`](crate::flow::issue::recover) does for licences.
///
/// # Errors
/// Where the register or the clock cannot be read.
pub fn recover(issuer: &Issuer, older_than_seconds: u32) -> Result<Recovered, CopyError> {
    let draft = |open: &Intent| -> Result<Draft, CopyError> {
        serde_json::from_slice(&open.request).map_err(|cause| CopyError::record(&cause))
    };
    intended::take_up(
        issuer,
        KIND,
        older_than_seconds,
        |open, now| as_intended(issuer, open, draft(open)?, now),
        |open, why| intent::void(issuer, &draft(open)?, &open.id, why),
    )
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
