//! Looking at every part of an installation, each by itself: what is wrong is said in one sentence with
//! what mends it, and one part at fault does not hide the next.

use super::{
    anchors,
    installation::{self, Places},
    kind::HasKind as _,
    trust, vouched,
};
use crate::{
    clock::Clock,
    store::{Store, StoreError, audit, intents},
};
use yinxin_hsm::configured::diagnose;
use yinxin_trust::base::Moment;

pub use yinxin_hsm::configured::Finding;

/// How far the register's newest record may be ahead of the clock, milliseconds.
const AHEAD: i64 = 60_000;

/// An intent younger than this may be at work, milliseconds.
const AT_WORK: i64 = 60_000;

/// A certificate that ends sooner is named: asking an outside authority takes weeks.
const SOON_SECONDS: i64 = 30 * 86_400;

/// Most open intents that are counted.
const MOST_OPEN: u32 = 1_000;

/// Looks at clock, register, keys, lists, seals and anchors.
pub fn examine(places: &Places, store: Result<&Store, &str>, clock: &dyn Clock) -> Vec<Finding> {
    let mut findings = Vec::new();
    let now = match clock.now() {
        Ok(now) => Some(now),
        Err(error) => {
            findings.push(Finding::bad("clock", format_args!("{error}: set the system's clock")));
            None
        }
    };
    match store {
        Ok(store) => {
            register(store, now, &mut findings);
            trust_lists(store, now, &mut findings);
        }
        Err(why) => findings.push(Finding::bad("register", why)),
    }
    let (of_keys, _) = diagnose(&places.keys, now);
    findings.extend(of_keys);
    evidence(places, now, &mut findings);
    if let (Ok(store), Some(now)) = (store, now) {
        findings.extend(vouched::of_seals(places, store, now));
    }
    if let Some(now) = now {
        findings.extend(installation::services(places, now).into_iter().map(|(part, until)| match until {
            Ok(until) if until.unix_seconds() - now.unix_seconds() < SOON_SECONDS => {
                Finding::bad(&part, format_args!("its certificate ends at {until}: ask for the next one"))
            }
            Ok(until) => Finding::good(&part, format_args!("until {until}")),
            Err(why) => Finding::bad(&part, why),
        }));
    }
    match anchors::load(places.bundle().ok().as_deref()) {
        Ok(anchors) if anchors.is_empty() => {
            findings.push(Finding::bad(
                "anchors",
                "there are none, so no document can be valid: name them in trust.anchors",
            ));
        }
        Ok(anchors) => findings.push(Finding::good("anchors", anchors.len())),
        Err(error) => findings.push(Finding::bad("anchors", error)),
    }
    findings
}

fn register(store: &Store, now: Option<Moment>, findings: &mut Vec<Finding>) {
    let before = now.map_or(i64::MAX, |now| now.unix_milliseconds() - AT_WORK);
    let looked = store.read(|conn| {
        let open = intents::open_before(conn, before, MOST_OPEN)?.len();
        Ok::<_, StoreError>((open, audit::newest(conn)?))
    });
    match looked {
        Ok((open, newest)) => {
            findings.push(Finding::good("register", "opened and up to date"));
            findings.push(match open {
                0 => Finding::good("open intents", "none"),
                some => Finding::bad(
                    "open intents",
                    format_args!("{some} wait for their keys: yinxin recover takes them up"),
                ),
            });
            if let Some(now) = now {
                findings.push(of_clock(now, newest));
            }
        }
        Err(error) => findings.push(Finding::bad("register", error)),
    }
}

/// The lists in use; nothing is fetched.
fn trust_lists(store: &Store, now: Option<Moment>, findings: &mut Vec<Finding>) {
    match trust::in_use(store) {
        Ok(lists) => {
            findings.push(Finding::good("trust lists", format_args!("{} in use", lists.len())));
            let overdue = |used: &&trust::ListInUse| now.is_some_and(|now| used.list.list().is_outdated_at(now));
            for used in lists.iter().filter(overdue) {
                let (name, due) = (&used.operator.name, used.list.list().next_update());
                let words = format_args!("the next update of {name} was due {due}: yinxin trust refresh, or ask it");
                findings.push(Finding::bad("trust lists", words));
            }
        }
        Err(error) => findings.push(Finding::bad("trust lists", error)),
    }
}

fn of_clock(now: Moment, newest: Option<i64>) -> Finding {
    match newest {
        Some(newest) if newest > now.unix_milliseconds() + AHEAD => {
            let at = Moment::from_unix_milliseconds(newest).map_or_else(|_| newest.to_string(), |at| at.to_string());
            Finding::bad(
                "clock",
                format_args!("says {now}, but something was recorded at {at}: it went back; set it right"),
            )
        }
        _ => Finding::good("clock", now),
    }
}

/// The lists as they lie there; nothing is published.
fn evidence(places: &Places, now: Option<Moment>, findings: &mut Vec<Finding>) {
    match installation::present_lists(places) {
        Ok(lists) if lists.is_empty() => {
            findings.push(Finding::bad(
                "revocation lists",
                "there are none, so no document can be valid: name them in verify.revocation_lists",
            ));
        }
        Ok(lists) => {
            let old = now.is_some_and(|now| installation::own_lists_are_old(places, now).unwrap_or(true));
            let word = if old { ", older than a day: the running service publishes them anew" } else { "" };
            findings.push(Finding::good("revocation lists", format_args!("{}{word}", lists.len())));
        }
        Err(error) => findings.push(Finding::bad("revocation lists", format_args!("{error} ({})", error.code()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_went_back_is_found() {
        let now = Moment::from_unix_seconds(1_800_000_000).unwrap();
        let ahead = |milliseconds: i64| of_clock(now, Some(now.unix_milliseconds() + milliseconds));
        assert!(of_clock(now, None).sound && ahead(-5).sound && ahead(AHEAD).sound);
        let back = ahead(AHEAD + 1);
        assert!(!back.sound && back.sentence.contains("it went back; set it right"), "{back:?}");
    }
}
