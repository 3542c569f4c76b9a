//! How often one network asks what everybody may ask (ADR 66): everything it asks in a wide measure, and in a narrow one
//! what it could only have guessed. Kept in memory, in bounded room: each process counts for itself.

use super::{
    kind::{HasKind, Kind},
    tries::Tries,
};
use crate::config::Limits;
use yinxin_trust::base::Moment;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A code or an identifier.
    Code,
    /// A number with a holder.
    Number,
    /// That a file be verified.
    File,
    /// Something at a kiosk, which stands for a network.
    Kiosk,
    /// How a licence stands, by a register of another locality, which stands for a network.
    Register,
}

/// Who asked how often. Safe to use from several threads.
pub struct Askers {
    looked: Tries,
    missed: Tries,
    misnamed: Tries,
    files: Tries,
    kiosks: Tries,
    registers: Tries,
}

/// Asked more often than is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("asked too often in a short time")]
pub struct AskedTooOften {
    /// When it is answered again.
    pub retry_after_seconds: u32,
}

impl Askers {
    /// Within these limits.
    pub fn new(limits: &Limits) -> Self {
        let tries = |most| Tries::new(most, limits.window_seconds);
        Self {
            looked: tries(limits.look_ups),
            missed: tries(limits.misses),
            misnamed: tries(limits.number_misses),
            files: tries(limits.files),
            kiosks: tries(limits.kiosk_look_ups),
            registers: tries(limits.register_look_ups),
        }
    }

    /// Counts a question before it is answered. What is asked at the same time as the last guess that is allowed is
    /// answered with it: lanes bound how much that can be.
    ///
    /// # Errors
    /// [`AskedTooOften`].
    pub fn admit(&self, what: Asked, who: &str, now: Moment) -> Result<(), AskedTooOften> {
        let admitted = match what {
            Asked::Code => self.missed.check(who, now).and_then(|()| self.looked.admit(who, now)),
            Asked::Number => self.misnamed.check(who, now).and_then(|()| self.looked.admit(who, now)),
            Asked::File => self.files.admit(who, now),
            Asked::Kiosk => self.kiosks.admit(who, now),
            Asked::Register => self.registers.admit(who, now),
        };
        admitted.map_err(|retry_after_seconds| AskedTooOften { retry_after_seconds })
    }

    /// Counts that nobody has what was asked for.
    pub fn missed(&self, what: Asked, who: &str, now: Moment) {
        // over the limit or not, it is answered next time
        let _ = match what {
            Asked::Code => self.missed.admit(who, now),
            Asked::Number => self.misnamed.admit(who, now),
            // no guess finds anything out there, or it is asked in the name of others
            Asked::File | Asked::Kiosk | Asked::Register => Ok(()),
        };
    }
}

impl HasKind for AskedTooOften {
    fn kind(&self) -> Kind {
        Kind::Busy
    }

    fn code(&self) -> &'static str {
        "too_many_tries"
    }

    fn retry_after_seconds(&self) -> Option<u32> {
        Some(self.retry_after_seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Moment {
        Moment::from_unix_seconds(1_700_000_000 + seconds).unwrap()
    }

    #[test]
    fn guesses_are_measured_narrowly_and_each_kind_for_itself() {
        let askers = Askers::new(&Limits { look_ups: 10, misses: 2, number_misses: 1, ..Limits::default() });
        let ask = |what, seconds| askers.admit(what, "192.0.2.1", at(seconds));
        for n in 0..2 {
            assert_eq!(ask(Asked::Code, n), Ok(()));
            askers.missed(Asked::Code, "192.0.2.1", at(n));
        }
        assert_eq!(ask(Asked::Code, 2), Err(AskedTooOften { retry_after_seconds: 299 }));
        assert_eq!(askers.admit(Asked::Code, "192.0.2.2", at(2)), Ok(()), "another network");
        assert_eq!(ask(Asked::Number, 2), Ok(()));
        askers.missed(Asked::Number, "192.0.2.1", at(2));
        assert!(ask(Asked::Number, 3).is_err() && ask(Asked::File, 3).is_ok() && ask(Asked::Kiosk, 3).is_ok());
        assert_eq!(ask(Asked::Code, 301), Ok(()), "a new window");
    }

    #[test]
    fn what_is_found_counts_too() {
        let askers = Askers::new(&Limits { look_ups: 3, files: 1, ..Limits::default() });
        for what in [Asked::Code, Asked::Number, Asked::Code, Asked::File] {
            assert_eq!(askers.admit(what, "a", at(0)), Ok(()), "{what:?}");
        }
        for what in [Asked::Code, Asked::Number, Asked::File] {
            assert!(askers.admit(what, "a", at(1)).is_err(), "{what:?}");
        }
    }
}
