//! Whether the clock was set, told from one that cannot be.

use std::time::Duration;
use yinxin_trust::base::Moment;

/// What a clock may be disciplined by without being set: 500 parts in a million, as NTP slews.
const DRIFT: u32 = 2000;

/// The last instant at which both clocks agreed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Watch {
    agreed: Option<(Moment, Duration)>,
}

/// The clock was set, or the machine slept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the clock went {by_milliseconds} ms in {in_milliseconds} ms of the machine")]
pub(super) struct ClockSet {
    /// How far the clock went.
    pub(super) by_milliseconds: i64,
    /// How far time went since both agreed.
    pub(super) in_milliseconds: i64,
}

impl Watch {
    pub(super) const fn new() -> Self {
        Self { agreed: None }
    }

    /// Holds the clock's `now` against `steady`, the age of the process. A clock that was set stays refused until it
    /// agrees again: which of both times was right nobody here knows.
    pub(super) fn look(&mut self, now: Moment, steady: Duration, tolerance: Duration) -> Result<(), ClockSet> {
        if let Some((then, age)) = self.agreed {
            let went = now.unix_milliseconds().saturating_sub(then.unix_milliseconds());
            let passed = steady.saturating_sub(age);
            let passed_milliseconds = i64::try_from(passed.as_millis()).unwrap_or(i64::MAX);
            let allowed = tolerance + passed / DRIFT;
            if went.abs_diff(passed_milliseconds) > u64::try_from(allowed.as_millis()).unwrap_or(u64::MAX) {
                return Err(ClockSet { by_milliseconds: went, in_milliseconds: passed_milliseconds });
            }
        }
        self.agreed = Some((now, steady));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn at(milliseconds: i64) -> Moment {
        Moment::from_unix_milliseconds(1_790_000_000_000 + milliseconds).unwrap()
    }

    #[test]
    fn a_clock_that_is_set_is_refused_until_it_agrees_again() {
        let mut watch = Watch::new();
        let mut look = |now, seconds| watch.look(at(now), Duration::from_secs(seconds), SECOND).is_ok();
        assert!(look(0, 100));
        assert!(look(60_900, 160), "within the tolerance");
        assert!(!look(70_900 + 3_600_000, 170), "an hour on");
        assert!(!look(71_900 + 3_600_000, 171), "and it stays refused");
        assert!(!look(0, 172), "back");
        assert!(look(73_000, 173), "until it was set right");
        // a day of slewing
        assert!(look(73_000 + 86_400_000 + 40_000, 173 + 86_400));
        assert!(!look(73_000 + 86_400_000 + 40_000 + 2_000, 173 + 86_400));
    }
}
