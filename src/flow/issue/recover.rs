//! What a crash left between intent and result is finished, or made anew.
//!
//! An open intent within its lifetime: the package is made again from its draft;
//! where the digest to be signed is the stored one, it is signed (perhaps a
//! second time: the audit counts it) and stored. Where they differ, or the
//! intent is older, it is voided and a new one takes over number, identifier and
//! code with a new time: nothing is back-dated. What can no longer be issued,
//! such as a change of a licence that was revoked meanwhile, or a licence of a
//! body that another took over from, is voided.

use super::{
    IssueError, Outcome,
    draft::{Draft, Made, whole_second},
    finish, intent,
    intent::Intended,
    rehearse::{self, Rehearsed},
};
use crate::{
    flow::{issuer::Issuer, kind::HasKind as _, kind::Kind, succession, time_stamps::Obtained},
    store::intents::{self, Intent},
};
use yinxin_trust::base::{Day, Moment};

/// What recovery did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Signed and stored as they were intended.
    pub finished: usize,
    /// Made anew with a new time, and stored.
    pub renewed: usize,
    /// Given up; the audit of the intent says why.
    pub voided: usize,
    /// Left open: the key or the register did not answer, or a request has it in hand.
    pub left: usize,
}

/// How many intents are read at once.
const PAGE: u32 = 64;

/// Takes up every open intent that is older than `older_than_seconds`. A running
/// service passes the time after which no request of its own is still at work; a
/// service that starts alone passes 0.
///
/// # Errors
/// Where the register or the clock cannot be read.
pub fn recover(issuer: &Issuer, older_than_seconds: u32) -> Result<Recovered, IssueError> {
    let now = issuer.clock.now()?;
    let before = now.unix_milliseconds() - i64::from(older_than_seconds) * 1000 + 1;
    let mut done = Recovered::default();
    loop {
        let most = PAGE + count(done.left);
        let page = issuer.store.read(|conn| intents::open_of_kind_before(conn, intent::KIND, before, most))?;
        // those that could not be ended are seen again: they come first
        let fresh: Vec<Intent> = page.into_iter().skip(done.left).collect();
        if fresh.is_empty() {
            return Ok(done);
        }
        for open in &fresh {
            if issuer.has_in_hand(&open.id) {
                done.left += 1;
                continue;
            }
            match one(issuer, open, now) {
                Ok(How::Finished) => done.finished += 1,
                Ok(How::Renewed) => done.renewed += 1,
                Ok(How::Voided) => done.voided += 1,
                Err(error) => {
                    tracing::warn!(intent = open.id, code = error.code(), "an intent could not be taken up");
                    done.left += 1;
                }
            }
        }
    }
}

fn count(left: usize) -> u32 {
    u32::try_from(left).unwrap_or(u32::MAX - PAGE)
}

enum How {
    Finished,
    Renewed,
    Voided,
}

fn one(issuer: &Issuer, open: &Intent, now: Moment) -> Result<How, IssueError> {
    // the key is not used for what would lack its time stamp again
    issuer.time_stamps.as_ref().map_or(Ok(()), Obtained::ready)?;
    let draft: Draft = serde_json::from_slice(&open.request).map_err(|cause| IssueError::Record(cause.to_string()))?;
    let key = draft.idempotency_key.clone();
    let age = now.unix_milliseconds() - open.created_at;
    let result = if age <= i64::from(issuer.settings.intent_lifetime_seconds) * 1000 {
        as_intended(issuer, open, draft.clone())
    } else {
        Ok(None)
    };
    let result = match result {
        Ok(Some(how)) => Ok(how),
        Ok(None) => anew(issuer, open, draft),
        Err(error) => Err(error),
    };
    match result {
        Err(error) if !matches!(error.kind(), Kind::Busy | Kind::Unavailable) && !intent::is_uncertain(&error) => {
            intent::void(&issuer.store, open, key, error.to_string(), now)?;
            Ok(How::Voided)
        }
        other => other,
    }
}

/// Finishes what was intended; `None` where the package is no longer the one that was.
fn as_intended(issuer: &Issuer, open: &Intent, draft: Draft) -> Result<Option<How>, IssueError> {
    let made = issuer.store.read(|conn| Made::of_draft(conn, issuer, draft))?;
    let rehearsed = rehearse::plan(issuer, made)?;
    let digest = rehearsed.stamp.digest(&rehearsed.made.seal.certificate)?;
    // programs before this one kept the whole octets
    if open.to_be_signed != digest && open.to_be_signed != rehearsed.stamp.to_be_signed() {
        return Ok(None);
    }
    finish(issuer, rehearsed, open.id.clone()).map(|()| Some(How::Finished))
}

/// The same licence with a new time, under an intent of its own.
fn anew(issuer: &Issuer, open: &Intent, draft: Draft) -> Result<How, IssueError> {
    let stamped_at = whole_second(issuer.clock.now()?);
    let draft = Draft { stamped_at, ..draft };
    let made = issuer.store.read(|conn| {
        succession::still_decides(conn, &draft.body_id, Day::in_beijing_at(stamped_at)?)?;
        Made::of_draft(conn, issuer, draft)
    })?;
    let rehearsed = rehearse::rehearse(issuer, made)?;
    let rows = intent::rows_of(issuer, &rehearsed)?;
    let id = rows.intent.id.clone();
    if intent::replace(&issuer.store, open, rows, "made anew")? {
        finish(issuer, rehearsed, id)?;
    }
    Ok(How::Renewed)
}

fn finish(issuer: &Issuer, rehearsed: Rehearsed<Made>, intent_id: String) -> Result<(), IssueError> {
    let signed = finish::sign(issuer, Intended { rehearsed, intent_id })?;
    match finish::store(issuer, vec![Ok(signed)]).pop() {
        // another process was first
        Some(Ok(_) | Err(Outcome::Answered(_) | Outcome::Failed(IssueError::UnderWay))) | None => Ok(()),
        Some(Err(Outcome::Failed(error))) => Err(error),
    }
}
