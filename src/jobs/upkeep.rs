//! The upkeep of an issuing installation: what a lost answer left open is taken
//! up, revocation lists are published before they grow old, codes that expired are
//! cleared away with the files of copies that ended, time stamps over kept evidence are renewed, keys of persons that ended are
//! destroyed.

use crate::flow::{
    copies,
    installation::{self, Places},
    issue,
    issuer::Issuer,
    kind::HasKind,
    letters, presentations,
    renewals::{self, KeptRules, Renewed},
    stamps,
};
use std::{
    io,
    sync::{
        Arc,
        mpsc::{self, RecvTimeoutError, Sender},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// How often it looks for open intents.
const EVERY: Duration = Duration::from_secs(10);

/// After how many looks it looks after the revocation lists and codes too.
const LISTS_AFTER: u32 = 6;

/// After how many of these it looks after kept evidence: once an hour, and first after a minute.
const EVIDENCE_AFTER: u32 = 60;

/// An intent younger than this may be at work in a request of another process; what is at work in this one
/// is known.
const AT_WORK_SECONDS: u32 = 60;

/// The thread; ends with the value.
pub struct Upkeep {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Upkeep {
    /// Starts it. Where nothing is issued, only the revocation lists are looked after; kept evidence only by rules.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(issuer: Arc<Issuer>, places: Places, issues: bool, kept: Option<KeptRules>) -> io::Result<Self> {
        let (stop, stopped) = mpsc::channel();
        let thread = thread::Builder::new().name("upkeep".to_owned()).spawn(move || {
            let (mut looks, mut rounds) = (0, 0);
            while stopped.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
                if issues {
                    take_up(&issuer);
                    end_keys(&issuer);
                }
                looks = (looks + 1) % LISTS_AFTER;
                if looks == 0 {
                    renew_lists(&issuer, &places);
                    if issues {
                        clear_codes(&issuer);
                        clear_copies(&issuer);
                    }
                    if let Some(rules) = kept.filter(|_| issues && rounds == 0) {
                        renew_evidence(&issuer, rules);
                    }
                    rounds = (rounds + 1) % EVIDENCE_AFTER;
                }
            }
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

fn take_up(issuer: &Issuer) {
    told(issue::recover(issuer, AT_WORK_SECONDS));
    told(stamps::recover(issuer, AT_WORK_SECONDS));
    told(copies::recover(issuer, AT_WORK_SECONDS));
}

fn told<E: HasKind>(taken_up: Result<issue::Recovered, E>) {
    match taken_up {
        Ok(done) if done == issue::Recovered::default() => {}
        Ok(done) => tracing::info!(
            finished = done.finished,
            renewed = done.renewed,
            voided = done.voided,
            left = done.left,
            "open intents taken up"
        ),
        Err(error) => tracing::warn!(code = error.code(), "open intents could not be read"),
    }
}

fn end_keys(issuer: &Issuer) {
    match letters::end_keys(issuer) {
        Ok(0) => {}
        Ok(keys) => tracing::info!(keys, "keys of persons that ended were destroyed"),
        // nothing is signed with them: the register has ended them
        Err(error) => tracing::warn!(code = error.code(), "keys of persons that ended could not be destroyed"),
    }
}

fn renew_lists(issuer: &Issuer, places: &Places) {
    let lists = issuer
        .clock
        .now()
        .map_err(installation::InstallationFault::from)
        .and_then(|now| installation::fresh_lists(places, issuer.keys.as_ref(), now));
    match lists {
        Ok(lists) => issuer.verifier.replace_revocation(lists),
        // the old lists stay: what they no longer cover becomes indeterminate by name
        Err(error) => tracing::error!(code = error.code(), "revocation lists could not be renewed"),
    }
}

fn renew_evidence(issuer: &Issuer, rules: KeptRules) {
    if issuer.obtained().is_none() {
        return;
    }
    match renewals::renew_kept(issuer, rules) {
        Ok(Renewed { first: 0, again: 0, lost: 0 }) => {}
        Ok(Renewed { first, again, lost }) => tracing::info!(first, again, lost, "kept evidence was time-stamped"),
        Err(error) => tracing::error!(code = error.code(), %error, "kept evidence could not be time-stamped"),
    }
}

fn clear_codes(issuer: &Issuer) {
    let cleared = issuer.clock.now().map_err(issue::IssueError::from);
    match cleared.and_then(|now| Ok(presentations::clear(&issuer.store, now)?)) {
        Ok(0) => {}
        Ok(codes) => tracing::info!(codes, "expired presentation codes cleared away"),
        Err(error) => tracing::warn!(code = error.code(), "expired presentation codes could not be cleared away"),
    }
}

fn clear_copies(issuer: &Issuer) {
    let cleared = issuer.clock.now().map_err(issue::IssueError::from);
    match cleared.and_then(|now| Ok(copies::clear(&issuer.store, now)?)) {
        Ok(0) => {}
        Ok(files) => tracing::info!(files, "files of annotated copies that ended cleared away"),
        Err(error) => tracing::warn!(code = error.code(), "files of annotated copies could not be cleared away"),
    }
}

impl Drop for Upkeep {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
