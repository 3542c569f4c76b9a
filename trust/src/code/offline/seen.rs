//! Proofs that were seen: a code that is shown live twice is shown by a picture the
//! second time.
//!
//! A page signs a new time every few seconds, so an honest one never repeats itself to
//! another scan. What is shown to somebody else with another memory is not found.

use super::{OfflinePolicy, Presence, ProofId};
use crate::base::Moment;
use std::collections::BTreeMap;

/// The proofs that one window or service has seen, for as long as they count as fresh.
#[derive(Clone, Debug)]
pub struct SeenProofs {
    seen: BTreeMap<ProofId, Seen>,
    most: usize,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    first: Moment,
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

    /// Takes a presence that was found at `now` under `policy`, and remembers its proof;
    /// of what is not live there is nothing to remember.
    ///
    /// # Errors
    /// [`Repeat`].
    pub fn admit(&mut self, presence: &Presence, now: Moment, policy: &OfflinePolicy) -> Result<(), Repeat> {
        let Presence::Live { at, proof } = *presence else { return Ok(()) };
        if let Some(seen) = self.seen.get(&proof) {
            return Err(Repeat::Seen { first: seen.first });
        }
        if self.seen.len() >= self.most {
            self.seen.retain(|_, seen| seen.until >= now);
        }
        if self.seen.len() >= self.most {
            return Err(Repeat::Full { most: self.most });
        }
        let fresh = i64::from(policy.proof_seconds) + i64::from(policy.clock_skew_seconds);
        let until = Moment::from_unix_milliseconds(at.unix_milliseconds() + fresh * 1000).unwrap_or(at);
        self.seen.insert(proof, Seen { first: now, until });
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

    #[test]
    fn a_proof_counts_once() {
        let policy = OfflinePolicy::default();
        let mut seen = SeenProofs::new(8);
        assert_eq!(seen.admit(&live(0, 1), moment(10), &policy), Ok(()));
        assert_eq!(seen.admit(&live(0, 1), moment(40), &policy), Err(Repeat::Seen { first: moment(10) }));
        assert_eq!(seen.admit(&live(15, 2), moment(40), &policy), Ok(()));
        let picture = Presence::Unproven(super::super::Unproven::NoProof);
        assert_eq!(seen.admit(&picture, moment(40), &policy), Ok(()));
        assert_eq!(seen.admit(&picture, moment(41), &policy), Ok(()));
    }

    #[test]
    fn what_is_remembered_is_bounded_and_makes_room() {
        let policy = OfflinePolicy::default();
        let mut seen = SeenProofs::new(2);
        assert_eq!(seen.admit(&live(0, 1), moment(0), &policy), Ok(()));
        assert_eq!(seen.admit(&live(300, 2), moment(0), &policy), Ok(()));
        // the first counts as fresh up to 360 seconds after it was signed
        assert_eq!(seen.admit(&live(360, 3), moment(360), &policy), Err(Repeat::Full { most: 2 }));
        assert_eq!(seen.admit(&live(360, 3), moment(361), &policy), Ok(()));
        assert_eq!(seen.admit(&live(300, 2), moment(361), &policy), Err(Repeat::Seen { first: moment(0) }));
    }
}
