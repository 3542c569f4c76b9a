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
        intended,
        issue::{IssueError, Recovered},
        issuer::Issuer,
    },
    store::intents::Intent,
};
use yinxin_trust::{base::Moment, seal::make::StampPlan};

/// Takes up every open intent that is older than `older_than_seconds`, as
/// [`issue::recover`](crate::flow::issue::recover) does for licences.
///
/// # Errors
/// Where the register or the clock cannot be read.
pub fn recover(issuer: &Issuer, older_than_seconds: u32) -> Result<Recovered, StampError> {
    let draft = |open: &Intent| -> Result<Draft, StampError> {
        serde_json::from_slice(&open.request).map_err(|cause| StampError::record(&cause))
    };
    intended::take_up(
        issuer,
        KIND,
        older_than_seconds,
        |open, now| as_intended(issuer, open, draft(open)?, now),
        |open, why| intent::void(issuer, &draft(open)?, &open.id, why),
    )
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
