//! What of our register ended, as windows without a network are told (ADR 53, 62).
//!
//! 1. The acts that may have ended something within the days that an offline code can live, by when they were recorded and by
//!    when they begin to work, and the latest acts of all time, for printed codes.
//! 2. The licences that they are upon, some hundreds at once, and what each version is today and tomorrow.
//! 3. Kept for a minute, for all who ask; whatever this process decides, changes or renews drops it.

use super::kit::{LASTS_SECONDS, MostActs};
use crate::{
    flow::{
        issue::IssueError,
        issuer::Issuer,
        lives,
        shown::{self, Shown},
        standing,
    },
    store::{Conn, acts, licences},
};
use serde::Serialize;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use yinxin_trust::{
    base::{Day, Moment},
    code::offline::{LONGEST_LIFE_MINUTES, OfflinePolicy},
    licence::{
        identifier::LicenceIdentifier,
        state::{Life, Standing},
    },
    sm::sm3,
};

/// Licences that are read at once.
const AT_ONCE: usize = 500;
/// Octets of the digest of an identifier or a code.
const DIGEST: usize = 16;
/// For how long it is kept.
const KEPT_MILLISECONDS: i64 = 60_000;

/// A licence that ended, or ends while a kit counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ended {
    /// The first half of the SM3 of its identifier, in hexadecimal.
    pub licence: String,
    /// The word of the state.
    pub state: &'static str,
    /// Since when, in seconds since 1970: when that was recorded, or the day on which it begins to work. Of `NOT_YET` until when.
    pub at: i64,
}

/// Printed codes of our register.
#[derive(Clone, Debug, Serialize)]
pub struct Prints {
    /// Of those that were signed from then on all are listed that ended, in seconds since 1970; of older ones those upon which
    /// something was recorded since.
    pub known_from: i64,
    /// What is not in force any more, or will not be while the kit counts, the last day aside, which everybody can read: of one
    /// that becomes something else then the later state first.
    pub ended: Vec<EndedPrint>,
}

/// A printed code whose version ended, or ends while a kit counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EndedPrint {
    /// The first half of the SM3 of the code, in hexadecimal.
    pub code: String,
    /// The word of the state.
    pub state: &'static str,
    /// Since when, as for [`Ended`].
    pub at: i64,
}

/// What of the register ended, as of an instant.
pub(super) struct Ends {
    pub(super) at: Moment,
    pub(super) ended: Vec<Ended>,
    /// From when on a code was signed of which it is known whether it ended, in seconds since 1970; 0 where of all.
    pub(super) ended_since: i64,
    pub(super) prints: Prints,
}

/// What the last kit had of the register.
#[derive(Default)]
pub(in crate::flow) struct KeptEnds {
    kept: Mutex<Kept>,
    /// One is made at a time: the others wait for it.
    making: Mutex<()>,
}

#[derive(Default)]
struct Kept {
    ends: Option<Arc<Ends>>,
    /// How often it was dropped.
    dropped: u64,
}

impl KeptEnds {
    /// What is kept is not told any more, and neither is what is being made now.
    pub(in crate::flow) fn forget(&self) {
        let mut kept = locked(&self.kept);
        kept.dropped = kept.dropped.wrapping_add(1);
        kept.ends = None;
    }

    /// What is kept and young, else what is made.
    pub(super) fn or(
        &self,
        at: Moment,
        make: impl FnOnce() -> Result<Ends, IssueError>,
    ) -> Result<Arc<Ends>, IssueError> {
        if let Some(young) = self.young(at) {
            return Ok(young);
        }
        let _making = locked(&self.making);
        if let Some(young) = self.young(at) {
            return Ok(young);
        }
        let dropped = locked(&self.kept).dropped;
        let made = Arc::new(make()?);
        let mut kept = locked(&self.kept);
        if kept.dropped == dropped {
            kept.ends = Some(Arc::clone(&made));
        }
        Ok(made)
    }

    /// A clock that went back makes nothing young.
    fn young(&self, now: Moment) -> Option<Arc<Ends>> {
        let kept = locked(&self.kept);
        let age = |ends: &Ends| now.unix_milliseconds() - ends.at.unix_milliseconds();
        kept.ends.as_ref().filter(|ends| (0..KEPT_MILLISECONDS).contains(&age(ends))).map(Arc::clone)
    }
}

/// Nothing panics under the lock that would leave it in pieces.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// When something was recorded last upon a licence that ends it, and when something at all.
#[derive(Clone, Copy, Default)]
struct Touched {
    ending: Option<i64>,
    any: Option<i64>,
}

/// Today, and the day that a kit of today reaches into.
#[derive(Clone, Copy)]
struct Days {
    today: Day,
    last: Day,
}

/// What ended by a state of the register, as of an instant.
///
/// # Errors
/// What the register or a stored record says.
pub(super) fn of_register(issuer: &Issuer, at: Moment, most: MostActs) -> Result<Ends, IssueError> {
    let until = Moment::from_unix_milliseconds(at.unix_milliseconds() + i64::from(LASTS_SECONDS) * 1000);
    let until = until.map_err(|_| IssueError::Record("the time".to_owned()))?;
    let days = Days { today: Day::in_beijing_at(at)?, last: Day::in_beijing_at(until)? };
    issuer.store.read(|conn| {
        let (mut touched, ended_since) = lately(conn, at, days, most.ends)?;
        let all = acts::public_since(conn, i64::MIN, most.prints)?;
        let known_from = after_the_last(all.iter().map(|(_, at)| *at), most.prints);
        for (licence, recorded_at) in all {
            touched.entry(licence).or_default().any.get_or_insert(recorded_at);
        }
        let mut ends = Ends { at, ended: vec![], ended_since, prints: Prints { known_from, ended: vec![] } };
        let ids: Vec<&str> = touched.keys().map(String::as_str).collect();
        for some in ids.chunks(AT_ONCE) {
            let found = licences::all_shown(conn, some)?;
            let mut versions = by_licence(licences::public_codes(conn, some)?, |version| &version.licence_id);
            let mut rows = by_licence(acts::public_of_licences(conn, some)?, |act| &act.licence_id);
            for (licence, _) in found {
                let id = licence.id.clone();
                let life = lives::found(licence, &rows.remove(&id).unwrap_or_default())?.life;
                let versions = versions.remove(&id).unwrap_or_default();
                ends.add(&life, &versions, touched.get(&id).copied().unwrap_or_default(), days)?;
            }
        }
        Ok(ends)
    })
}

fn by_licence<T>(all: Vec<T>, licence: impl Fn(&T) -> &String) -> HashMap<String, Vec<T>> {
    let mut by: HashMap<String, Vec<T>> = HashMap::new();
    for one in all {
        by.entry(licence(&one).clone()).or_default().push(one);
    }
    by
}

/// Licences upon which something was recorded that ends them or a version, or began or begins to work, since the oldest code that still counts was made;
/// and from when on a code was signed of which that is known.
fn lately(conn: &mut Conn, at: Moment, days: Days, most: u32) -> Result<(BTreeMap<String, Touched>, i64), IssueError> {
    let skew = i64::from(OfflinePolicy::default().clock_skew_seconds);
    let since = at.unix_milliseconds() - (i64::from(LONGEST_LIFE_MINUTES) * 60 + skew) * 1000;
    let oldest = Moment::from_unix_milliseconds(since).map_err(|_| IssueError::Record("the time".to_owned()))?;
    let (first, last) = (Day::in_beijing_at(oldest)?.to_string(), days.last.to_string());
    let endings = acts::Endings { kinds: &lives::ENDING, limit: most };
    let recorded = acts::public_ended_since(conn, endings, since)?;
    let working = acts::public_ended_from(conn, endings, (&first, &last))?;
    // what is missing was recorded before the last of these, and works from the last day of those or from before
    let by_recording = after_the_last(recorded.iter().map(|(_, at)| *at), most);
    let begun = working.iter().map(|(_, _, day)| Ok(Day::parse(day)?.begins().unix_milliseconds()));
    let by_working = after_the_last(begun.collect::<Result<Vec<_>, IssueError>>()?.into_iter(), most);
    let mut touched: BTreeMap<String, Touched> = BTreeMap::new();
    for (licence, at) in recorded.into_iter().chain(working.into_iter().map(|(licence, at, _)| (licence, at))) {
        let ending = &mut touched.entry(licence).or_default().ending;
        *ending = (*ending).max(Some(at));
    }
    Ok((touched, by_recording.max(by_working)))
}

/// From when on acts are all there, the latest first, of which at most `most` were asked for, in seconds: what is of the second of
/// the last may be missing.
fn after_the_last(times: impl ExactSizeIterator<Item = i64>, most: u32) -> i64 {
    let is_cut = u32::try_from(times.len()).is_ok_and(|found| found >= most);
    times.last().filter(|_| is_cut).map_or(0, |last| last.div_euclid(1000) + 1)
}

impl Ends {
    /// What of a licence ended.
    fn add(
        &mut self,
        life: &Life,
        versions: &[licences::VersionCode],
        touched: Touched,
        days: Days,
    ) -> Result<(), IssueError> {
        let numbered = versions.iter().map(|version| Ok((version.identifier.parse()?, version.version)));
        let numbered: Vec<(LicenceIdentifier, i32)> = numbered.collect::<Result<_, IssueError>>()?;
        for ((identifier, _), version) in numbered.iter().zip(versions) {
            if let Some(recorded_at) = touched.ending {
                let licence = digest(identifier.as_str());
                let ends = ended(recorded_at, days, |day| standing::of_named(life, &numbered, identifier, day));
                self.ended.extend(ends.map(|(state, at)| Ended { licence: licence.clone(), state, at }));
            }
            let last_day = version.valid_until.as_deref().map(Day::parse).transpose()?;
            if let Some(recorded_at) = touched.any {
                let code = digest(&version.code);
                let ends = ended(recorded_at, days, |day| {
                    let is_readable = last_day.is_some_and(|last| last < day);
                    (!is_readable).then(|| standing::of_version(life, identifier.version(), day))
                });
                self.prints.ended.extend(ends.map(|(state, at)| EndedPrint { code: code.clone(), state, at }));
            }
        }
        Ok(())
    }
}

/// What it comes to be while a kit counts, and before that what it is today, where these are not in force: the word, and since
/// when. A window goes by the first of which the time has come.
fn ended(
    recorded_at: i64,
    days: Days,
    standing: impl Fn(Day) -> Option<Standing>,
) -> impl Iterator<Item = (&'static str, i64)> {
    let on = |day| {
        let standing = standing(day)?;
        let state = shown::of_register(standing::word(standing.state));
        let at = (recorded_at.div_euclid(1000)).max(standing.since.begins().unix_seconds());
        (state != Shown::Valid).then(|| (state.code(), at))
    };
    let today = on(days.today);
    let comes = on(days.last).filter(|(state, _)| today.is_none_or(|(today, _)| today != *state));
    comes.into_iter().chain(today)
}

/// Half of the SM3 of an identifier or a code: enough to find it, and nothing to read.
fn digest(text: &str) -> String {
    let whole = hex::encode(sm3::digest(text.as_bytes()));
    whole.get(..2 * DIGEST).unwrap_or(&whole).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(at: i64) -> Ends {
        let at = Moment::from_unix_seconds(at).unwrap();
        Ends { at, ended: vec![], ended_since: 0, prints: Prints { known_from: 0, ended: vec![] } }
    }

    #[test]
    fn what_was_cut_is_known_from_after_its_last_second() {
        let known = |times: &[i64], most| after_the_last(times.iter().copied(), most);
        assert_eq!((known(&[9_000, 4_200, 3_999], 4), known(&[], 4)), (0, 0));
        assert_eq!((known(&[9_000, 4_200, 3_999], 3), known(&[9_000, 4_200], 2)), (4, 5));
    }

    #[test]
    fn it_is_kept_for_a_minute_and_not_past_what_is_decided() {
        let kept = KeptEnds::default();
        let at = |seconds| Moment::from_unix_seconds(seconds).unwrap();
        let made = |now, is_made: bool| {
            let mut was_made = false;
            let told = kept.or(at(now), || {
                was_made = true;
                Ok(ends(now))
            });
            assert_eq!(was_made, is_made, "{now}");
            told.unwrap().at.unix_seconds()
        };
        assert_eq!((made(100, true), made(100, false), made(159, false)), (100, 100, 100));
        assert_eq!(made(160, true), 160);
        // the clock went back
        assert_eq!((made(159, true), made(159, false)), (159, 159));
        kept.forget();
        assert_eq!((made(159, true), made(160, false)), (159, 159));
        // what is decided while it is made may be missing in it
        kept.forget();
        let raced = kept.or(at(170), || {
            kept.forget();
            Ok(ends(170))
        });
        assert_eq!((raced.unwrap().at, made(171, true)), (at(170), 171));
        assert!(kept.or(at(300), || Err(IssueError::UnderWay)).is_err());
        assert_eq!(made(300, true), 300, "a fault is not kept");
    }
}
