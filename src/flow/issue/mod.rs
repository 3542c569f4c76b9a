//! Issuing licences (制发) and new versions of them (变更).
//!
//! 1. `accept`: the application is read under the rules of its type; every
//!    offending field is named at once.
//! 2. `draft`: number, identifier, code and time are given: what the licence
//!    will be stands fixed.
//! 3. `rehearse`: the page is drawn, the package written, and the exact octets
//!    with a throwaway signature are verified: every check but the signature's
//!    own must answer as for a sound licence. A number whose rehearsal fails
//!    goes back.
//! 4. `intent`: what will be signed is stored, with its number held.
//! 5. `finish`: the key signs, the package is verified again, and licence,
//!    document, act, audit and answer are stored in one write.
//!
//! One path for one licence and for many: each write takes all of them
//! together, also those of several calls that wait at the same time (`gather`). A
//! failure concerns the licence it belongs to. [`recover`] takes up
//! at 5 what a crash left after 4; what a crash left before 4 was never there.
//! `docs/adr/0011-issuing.md` says why.

mod accept;
mod draft;
mod fault;
mod finish;
mod gather;
mod intent;
mod offences;
mod order;
mod photograph;
mod preview;
mod print;
mod recover;
mod rehearse;

pub(super) use draft::whole_second;
pub use fault::IssueError;
pub(super) use fault::seconds_until;
pub use finish::Issued;
pub(super) use finish::{Stamped, stamp as stamp_rehearsed};
pub(super) use gather::Gathering;
pub(super) use intent::unstamped;
pub use order::{Decided, Order};
pub use photograph::{PHOTO_BYTES, PhotoRefusal, photo_text};
pub use preview::preview;
pub(super) use preview::{Trial, trial};
pub use recover::{Recovered, recover};
pub(super) use rehearse::{Rehearsed, SIGNATURE_FILE, SIGNED_VALUE_FILE, Stampable, licence_json, plan, rehearse};

use super::{
    access::{Permit, may},
    issuer::{IN_THIS_PROCESS, Issuer},
    kind::HasKind as _,
};
use crate::store::Conn;
use finish::Signed;
use intent::Intended;
use std::{
    sync::{Mutex, PoisonError},
    thread,
};
use yinxin_hsm::ErrorClass;
use yinxin_trust::{
    base::Day,
    code::{Payload, Site},
    licence::application::Grant,
};

/// The body as it is called on a day.
pub(super) fn grant_on(conn: &mut Conn, body: &str, on: Day) -> Result<Grant, IssueError> {
    order::grant(conn, body, on, on)
}

/// How licences are issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueSettings {
    /// Where codes are looked up: printed ones begin with `HTTPS://HOST/C/`.
    pub code_site: Site,
    /// An intent older than this is voided and made anew with a new time, seconds.
    pub intent_lifetime_seconds: u32,
    /// Threads that draw and verify one batch, 1 to 64.
    pub threads: usize,
    /// Threads that sign one batch, 1 to 64: as many as the device has sessions, since each waits for it.
    pub signing_threads: usize,
}

impl IssueSettings {
    /// The address that is printed, of a stored code and what is signed behind it.
    pub(super) fn printed(&self, code: &str, payload: Option<&str>) -> Result<String, IssueError> {
        let code = code.parse().map_err(|_| IssueError::Record("a code".to_owned()))?;
        Ok(match payload {
            Some(payload) => self.code_site.printed_with_digest(&code, &Payload::of_text(payload)),
            None => self.code_site.printed(&code),
        })
    }
}

/// Most licences of one call.
pub const BATCH: usize = 256;

/// How many orders a thread takes through a step together: as many as SM3 has lanes.
const AT_A_TIME: usize = 16;

/// Where the flow stands; a test looks in, or ends the process, between any two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The orders are read; nothing is taken yet.
    Read,
    /// Numbers are taken.
    Numbered,
    /// Rehearsed; nothing is stored yet.
    Rehearsed,
    /// The intents are stored.
    Intended,
    /// Signed; nothing of it is stored yet.
    Signed,
    /// Everything is stored; nothing is answered yet.
    Stored,
}

/// Is told of each step.
pub type Watch<'a> = &'a (dyn Fn(Step) + Sync);

/// An order, and who may give it.
struct Asked {
    permit: Permit<may::Issue>,
    order: Order,
}

/// An order that goes no further: answered, or refused.
enum Outcome {
    /// A repeated request: its first answer.
    Answered(Box<Issued>),
    Failed(IssueError),
}

impl<E: Into<IssueError>> From<E> for Outcome {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Orders on their way, each at its place.
type Places<T> = Vec<Result<T, Outcome>>;

/// Issues licences of one body, at most [`BATCH`]; one answer each, in the order
/// of the orders.
///
/// Safe to call from many threads: calls that wait at the same time go together.
pub fn issue(issuer: &Issuer, permit: &Permit<may::Issue>, orders: &[Order]) -> Vec<Result<Issued, IssueError>> {
    match asked(permit, orders) {
        Ok(asked) => {
            let in_this_process = issuer.keys.driver() == IN_THIS_PROCESS;
            let places = if in_this_process { gather::AT_WORK } else { gather::AT_WORK_BESIDE_DEVICE };
            issuer.gathering.issue(places, asked, |asked| batch(issuer, &asked, &|_| ()))
        }
        Err(refused) => refused,
    }
}

/// As [`issue`] by itself, and tells each step.
pub fn issue_watched(
    issuer: &Issuer,
    permit: &Permit<may::Issue>,
    orders: &[Order],
    watch: Watch<'_>,
) -> Vec<Result<Issued, IssueError>> {
    match asked(permit, orders) {
        Ok(asked) => batch(issuer, &asked, watch),
        Err(refused) => refused,
    }
}

fn asked(permit: &Permit<may::Issue>, orders: &[Order]) -> Result<Vec<Asked>, Vec<Result<Issued, IssueError>>> {
    if orders.len() > BATCH {
        return Err(orders.iter().map(|_| Err(IssueError::TooMany)).collect());
    }
    Ok(orders.iter().map(|order| Asked { permit: permit.clone(), order: order.clone() }).collect())
}

/// Issues orders together.
fn batch(issuer: &Issuer, all: &[Asked], watch: Watch<'_>) -> Vec<Result<Issued, IssueError>> {
    let read = ready(issuer, accept::read(issuer, all));
    watch(Step::Read);
    let made = draft::make(issuer, all, read);
    watch(Step::Numbered);
    let rehearsed = in_parallel(issuer.settings.threads, made, |made| rehearse::together(issuer, made));
    watch(Step::Rehearsed);
    let intended = intent::store(issuer, rehearsed);
    watch(Step::Intended);
    let ids = intended.iter().flatten().map(|intended| intended.intent_id.clone()).collect();
    let holding = issuer.take_in_hand(ids);
    let signed = sign(issuer, intended);
    watch(Step::Signed);
    let stored = finish::store(issuer, signed);
    drop(holding);
    watch(Step::Stored);
    stored
        .into_iter()
        .map(|outcome| match outcome {
            Ok(issued) => Ok(issued),
            Err(Outcome::Answered(issued)) => Ok(*issued),
            Err(Outcome::Failed(error)) => Err(error),
        })
        .collect()
}

/// Takes nothing further where no time stamp would be given: a signature without one would only wait for recovery.
fn ready<T>(issuer: &Issuer, places: Places<T>) -> Places<T> {
    let Some(obtained) = &issuer.time_stamps else { return places };
    places
        .into_iter()
        .map(|place| place.and_then(|order| Ok(obtained.ready().map(|()| order).map_err(IssueError::from)?)))
        .collect()
}

/// Signs, and gives up at once what certainly was not signed: who was told so may ask again, and a number does
/// not wait for a device to come back. Where it is not certain, the intent stays for recovery.
fn sign(issuer: &Issuer, intended: Places<Intended>) -> Places<Signed> {
    let unsigned = Mutex::new(Vec::new());
    let one = |intended: Intended| {
        let open = intent::Open::of(&intended);
        finish::sign(issuer, intended).inspect_err(|error| {
            if matches!(error, IssueError::Key(cause) if cause.class() != ErrorClass::Unknown) {
                unsigned.lock().unwrap_or_else(PoisonError::into_inner).push((open, error.to_string()));
            }
        })
    };
    let threads = issuer.settings.signing_threads;
    let turn = issuer.device_turn();
    let signed = in_parallel(threads, intended, |intended| intended.into_iter().map(one).collect());
    drop(turn);
    let unsigned = unsigned.into_inner().unwrap_or_else(PoisonError::into_inner);
    if !unsigned.is_empty() {
        let count = unsigned.len();
        if let Err(error) = intent::give_up(issuer, unsigned) {
            tracing::warn!(count, code = error.code(), "intents that were not signed stay open");
        }
    }
    signed
}

/// Takes every order one step further, on several threads where there are several.
/// `step` takes some orders at a time, and gives one result each, in their order.
fn in_parallel<A: Send, B: Send>(
    threads: usize,
    places: Places<A>,
    step: impl Fn(Vec<A>) -> Vec<Result<B, IssueError>> + Sync,
) -> Places<B> {
    let go = |places: Places<A>| {
        let (mut done, mut places) = (Vec::with_capacity(places.len()), places.into_iter().peekable());
        while places.peek().is_some() {
            done.extend(further(places.by_ref().take(AT_A_TIME).collect(), &step));
        }
        done
    };
    let threads = threads.clamp(1, 64).min(places.len());
    if threads < 2 {
        return go(places);
    }
    let share = places.len().div_ceil(threads);
    let mut shares: Vec<Places<A>> = Vec::with_capacity(threads);
    let mut rest = places.into_iter().peekable();
    while rest.peek().is_some() {
        shares.push(rest.by_ref().take(share).collect());
    }
    thread::scope(|scope| {
        let running: Vec<_> = shares
            .into_iter()
            .map(|share| {
                let length = share.len();
                (length, scope.spawn(|| go(share)))
            })
            .collect();
        running
            .into_iter()
            .flat_map(|(length, thread)| {
                // a panic is ours: it fails its share and nothing else
                thread
                    .join()
                    .unwrap_or_else(|_| (0..length).map(|_| Err(Outcome::Failed(IssueError::Panicked))).collect())
            })
            .collect()
    })
}

/// Takes those that are still on their way through a step; the others stay at their places.
fn further<A, B>(places: Places<A>, step: impl Fn(Vec<A>) -> Vec<Result<B, IssueError>>) -> Places<B> {
    let mut going = Vec::with_capacity(places.len());
    let kept: Places<()> = places.into_iter().map(|place| place.map(|order| going.push(order))).collect();
    let mut results = step(going).into_iter();
    kept.into_iter()
        .map(|place| place.and_then(|()| results.next().unwrap_or(Err(IssueError::Panicked)).map_err(Outcome::Failed)))
        .collect()
}
