//! The one clock of the daemon. Everything else takes the time as an argument.

use std::time::{SystemTime, UNIX_EPOCH};
use yinxin_trust::base::Moment;

/// Says what time it is. Safe to ask from several threads.
pub trait Clock: Send + Sync + 'static {
    /// The present instant; none where the machine's clock is before 1970 or after 9999.
    fn now(&self) -> Option<Moment>;
}

/// The machine's own clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place of the daemon that reads the machine's clock")]
    fn now(&self) -> Option<Moment> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
        Moment::from_unix_milliseconds(i64::try_from(since.as_millis()).ok()?).ok()
    }
}
