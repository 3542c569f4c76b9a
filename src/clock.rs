//! The one clock. Everything else takes the time as an argument.

use std::time::{SystemTime, UNIX_EPOCH};
use yinxin_trust::base::Moment;

/// Says what time it is. Safe to ask from several threads.
pub trait Clock: Send + Sync {
    /// The present instant.
    ///
    /// # Errors
    /// [`ClockError`] when the machine's clock is outside the calendar.
    fn now(&self) -> Result<Moment, ClockError>;
}

/// The machine's clock shows no usable time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the machine's clock is before 1970 or after 9999")]
pub struct ClockError;

/// The machine's own clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clock")]
    fn now(&self) -> Result<Moment, ClockError> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| ClockError)?;
        let milliseconds = i64::try_from(since.as_millis()).map_err(|_| ClockError)?;
        Moment::from_unix_milliseconds(milliseconds).map_err(|_| ClockError)
    }
}

/// A clock that stands, for tests.
#[derive(Clone, Copy, Debug)]
pub struct FixedClock(pub Moment);

impl Clock for FixedClock {
    fn now(&self) -> Result<Moment, ClockError> {
        Ok(self.0)
    }
}
