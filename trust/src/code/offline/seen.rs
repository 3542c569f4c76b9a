//! Proofs that were seen: a code that is shown live twice is shown by a picture the
//! second time.
//!
//! A page signs a new time every few seconds, so an honest one never repeats itself to
//! another scan, but for a scanner that reads twice. What is shown to somebody else with
//! another memory is not found.

use super::{OfflinePolicy, Presence, ProofId};
use crate::base::Moment;
use std::collections::BTreeMap;

/// How long the same scanner may read the same proof again.
const AGAIN_MILLISECONDS: i64 = 10_000;

/// The proofs that one window or service has seen, for as long as they count as fresh.
#[derive(Clone, Debug)]
pub struct SeenProofs {
    seen: BTreeMap<ProofId, Seen>,
    most: usize,
}

#[derive(Clone, Debug)]
struct Seen {
    first: Moment,
    scanner: Box<str>,
    /// The last instant at which the proof counts as fresh.
    until: Moment,
}

/// Why a live code does not count as live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Repeat {
    /// The same proof was seen before.
    #[error("the same proof was shown {first}: a picture of the code, or the same scan again")]
    Seen {
        /// When.
        first: Moment,
    },
    /// So many proofs are fresh that no further one is remembered: nobody can tell.
    #[error("more than {most} proofs are remembered")]
    Full {
        /// Proofs.
        most: usize,
    },
}

impl SeenProofs {
    /// Remembers so many proofs, some 100 octets each. A few hundred thousand are those
    /// of a busy locality within the minutes in which a proof counts.
    pub const fn new(most: usize) -> Self {
        Self { seen: BTreeMap::new(), most }
    }

    /// Takes a presence that `scanner` found at `now` under `policy`, and remembers its proof;
    /// of what is not live there is nothing to remember. The same scanner may read it again
    /// within ten seconds.
    ///
    /// # Errors
    /// [`Repeat`].
    pub fn admit(
        &mut self,
        presence: &Presence,
        scanner: &str,
        now: Moment,
        policy: &OfflinePolicy,
    ) -> Result<(), Repeat> {
        let Presence::Live { at, proof } = *presence else { return Ok(()) };
        if let Some(seen) = self.seen.get(&proof) {
            let since = now.unix_milliseconds() - seen.first.unix_milliseconds();
            let again = *seen.scanner == *scanner && (0..=AGAIN_MILLISECONDS).contains(&since);
            return if again { Ok(()) } else { Err(Repeat::Seen { first: seen.first }) };
        }
        if self.seen.len() >= self.most {
            self.seen.retain(|_, seen| seen.until >= now);
        }
        if self.seen.len() >= self.most {
            return Err(Repeat::Full { most: self.most });
        }
        let fresh = i64::from(policy.proof_seconds) + i64::from(policy.clock_skew_seconds);
        let until = Moment::from_unix_milliseconds(at.unix_milliseconds() + fresh * 1000).unwrap_or(at);
        self.seen.insert(proof, Seen { first: now, scanner: scanner.into(), until });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(seconds: i64) -> Moment {
        Moment::from_unix_seconds(1_780_000_000 + seconds).unwrap()
    }

    fn live(seconds: i64, proof: u8) -> Presence {
        Presence::Live { at: moment(seconds), proof: ProofId([proof; 32]) }
    }

    const POLICY: OfflinePolicy = OfflinePolicy { proof_seconds: 60, clock_skew_seconds: 300 };

    fn admit(seen: &mut SeenProofs, presence: &Presence, scanner: &str, at: i64) -> Result<(), Repeat> {
        seen.admit(presence, scanner, moment(at), &POLICY)
    }

    #[test]
    fn a_proof_counts_once() {
        let mut seen = SeenProofs::new(8);
        assert_eq!(admit(&mut seen, &live(0, 1), "3", 10), Ok(()));
        assert_eq!(admit(&mut seen, &live(0, 1), "3", 40), Err(Repeat::Seen { first: moment(10) }));
        assert_eq!(admit(&mut seen, &live(15, 2), "3", 40), Ok(()));
        let picture = Presence::Unproven(super::super::Unproven::NoProof);
        assert_eq!(admit(&mut seen, &picture, "3", 40), Ok(()));
        assert_eq!(admit(&mut seen, &picture, "4", 41), Ok(()));
    }

    #[test]
    fn a_scanner_may_read_twice_and_no_other_may() {
        let mut seen = SeenProofs::new(8);
        assert_eq!(admit(&mut seen, &live(0, 1), "3", 10), Ok(()));
        assert_eq!(admit(&mut seen, &live(0, 1), "4", 11), Err(Repeat::Seen { first: moment(10) }));
        assert_eq!(admit(&mut seen, &live(0, 1), "3", 20), Ok(()));
        assert_eq!(admit(&mut seen, &live(0, 1), "3", 21), Err(Repeat::Seen { first: moment(10) }));
        assert_eq!(admit(&mut seen, &live(0, 1), "3", 9), Err(Repeat::Seen { first: moment(10) }), "a clock went back");
    }

    #[test]
    fn what_is_remembered_is_bounded_and_makes_room() {
        let mut seen = SeenProofs::new(2);
        assert_eq!(admit(&mut seen, &live(0, 1), "3", 0), Ok(()));
        assert_eq!(admit(&mut seen, &live(300, 2), "3", 0), Ok(()));
        // the first counts as fresh up to 360 seconds after it was signed
        assert_eq!(admit(&mut seen, &live(360, 3), "3", 360), Err(Repeat::Full { most: 2 }));
        assert_eq!(admit(&mut seen, &live(360, 3), "3", 361), Ok(()));
        assert_eq!(admit(&mut seen, &live(300, 2), "3", 361), Err(Repeat::Seen { first: moment(0) }));
    }
}
