//! How often a login may be tried. Kept in memory: each process counts for
//! itself, and a restart forgets.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};
use yinxin_trust::{base::Moment, sm::sm3};

/// Tries in a window.
const TRIES: u32 = 10;

/// The window begins with the first try.
const WINDOW_MILLISECONDS: i64 = 15 * 60 * 1000;

/// Logins that are remembered; each takes some sixty octets. When more are tried
/// at once the one whose window ends first is forgotten.
const REMEMBERED: usize = 20_000;

/// Counts tries by login. Safe to use from several threads.
#[derive(Default)]
pub(super) struct Tries(Mutex<HashMap<sm3::Digest, Window>>);

#[derive(Clone, Copy)]
struct Window {
    until: i64,
    tries: u32,
}

impl Tries {
    /// Counts a try before it is made. `Err` says after how many seconds the
    /// login may be tried again.
    pub(super) fn admit(&self, login: &str, now: Moment) -> Result<(), u32> {
        let (key, now) = (sm3::digest(login.as_bytes()), now.unix_milliseconds());
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !windows.contains_key(&key) && windows.len() >= REMEMBERED {
            make_room(&mut windows, now);
        }
        let fresh = Window { until: now.saturating_add(WINDOW_MILLISECONDS), tries: 0 };
        let window = windows.entry(key).or_insert(fresh);
        if window.until <= now {
            *window = fresh;
        }
        if window.tries >= TRIES {
            let seconds = (window.until - now).div_euclid(1000) + 1;
            return Err(u32::try_from(seconds).unwrap_or(u32::MAX));
        }
        window.tries += 1;
        Ok(())
    }

    /// The try was right: the login begins anew.
    pub(super) fn succeeded(&self, login: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&sm3::digest(login.as_bytes()));
    }
}

fn make_room(windows: &mut HashMap<sm3::Digest, Window>, now: i64) {
    windows.retain(|_, window| window.until > now);
    if windows.len() >= REMEMBERED {
        let first = windows.iter().min_by_key(|(_, window)| window.until).map(|(key, _)| *key);
        first.map(|key| windows.remove(&key));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Moment {
        Moment::from_unix_seconds(1_700_000_000 + seconds).unwrap()
    }

    #[test]
    fn ten_in_fifteen_minutes() {
        let tries = Tries::default();
        for n in 0..10 {
            assert_eq!(tries.admit("a", at(n)), Ok(()), "{n}");
        }
        assert_eq!(tries.admit("a", at(10)), Err(891));
        assert_eq!(tries.admit("b", at(10)), Ok(()), "another login is another matter");
        assert_eq!(tries.admit("a", at(899)), Err(2));
        assert_eq!(tries.admit("a", at(900)), Ok(()));
    }

    #[test]
    fn a_right_password_begins_anew() {
        let tries = Tries::default();
        for _ in 0..10 {
            tries.admit("a", at(0)).unwrap();
        }
        tries.succeeded("a");
        assert_eq!(tries.admit("a", at(1)), Ok(()));
    }

    #[test]
    fn memory_is_bounded() {
        let tries = Tries::default();
        for n in 0..i64::try_from(REMEMBERED).unwrap() + 3 {
            tries.admit(&n.to_string(), at(n / 1000)).unwrap();
        }
        assert_eq!(tries.0.lock().unwrap().len(), REMEMBERED);
    }
}
