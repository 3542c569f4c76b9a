//! How often something may be tried under a name: a login, an account, a network.
//! Kept in memory: each process counts for itself, and a restart forgets.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};
use yinxin_trust::{base::Moment, sm::sm3};

/// Names that are remembered; each takes some sixty octets. When more are tried
/// at once the one whose window ends first is forgotten.
const REMEMBERED: usize = 20_000;

/// Counts tries by name. Safe to use from several threads.
pub(super) struct Tries {
    most: u32,
    window_milliseconds: i64,
    windows: Mutex<HashMap<sm3::Digest, Window>>,
}

#[derive(Clone, Copy)]
struct Window {
    until: i64,
    tries: u32,
}

impl Tries {
    /// `most` in a window of so many seconds, which begins with the first try.
    pub(super) fn new(most: u32, window_seconds: u32) -> Self {
        Self { most, window_milliseconds: i64::from(window_seconds) * 1000, windows: Mutex::default() }
    }

    /// Counts a try before it is made. `Err` says after how many seconds the name
    /// may be tried again.
    pub(super) fn admit(&self, name: &str, now: Moment) -> Result<(), u32> {
        let (key, now) = (sm3::digest(name.as_bytes()), now.unix_milliseconds());
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        if !windows.contains_key(&key) && windows.len() >= REMEMBERED {
            make_room(&mut windows, now);
        }
        let fresh = Window { until: now.saturating_add(self.window_milliseconds), tries: 0 };
        let window = windows.entry(key).or_insert(fresh);
        if window.until <= now {
            *window = fresh;
        }
        if window.tries >= self.most {
            return Err(window.seconds_left(now));
        }
        window.tries += 1;
        Ok(())
    }

    /// Whether a try would be admitted, without counting one: for tries of which only
    /// the wrong ones count.
    pub(super) fn check(&self, name: &str, now: Moment) -> Result<(), u32> {
        let (key, now) = (sm3::digest(name.as_bytes()), now.unix_milliseconds());
        let windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let full = windows.get(&key).filter(|window| window.until > now && window.tries >= self.most);
        full.map_or(Ok(()), |window| Err(window.seconds_left(now)))
    }

    /// The try was right: the name begins anew.
    pub(super) fn succeeded(&self, name: &str) {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner).remove(&sm3::digest(name.as_bytes()));
    }
}

impl Window {
    fn seconds_left(self, now: i64) -> u32 {
        u32::try_from((self.until - now).div_euclid(1000) + 1).unwrap_or(u32::MAX)
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
        let tries = Tries::new(10, 900);
        for n in 0..10 {
            assert_eq!(tries.admit("a", at(n)), Ok(()), "{n}");
        }
        assert_eq!(tries.admit("a", at(10)), Err(891));
        assert_eq!(tries.admit("b", at(10)), Ok(()), "another name is another matter");
        assert_eq!(tries.admit("a", at(899)), Err(2));
        assert_eq!(tries.admit("a", at(900)), Ok(()));
    }

    #[test]
    fn looking_counts_nothing() {
        let tries = Tries::new(2, 900);
        for _ in 0..5 {
            assert_eq!(tries.check("a", at(0)), Ok(()));
        }
        tries.admit("a", at(0)).unwrap();
        tries.admit("a", at(0)).unwrap();
        assert_eq!((tries.check("a", at(1)), tries.admit("a", at(1))), (Err(900), Err(900)));
        assert_eq!(tries.check("a", at(900)), Ok(()));
    }

    #[test]
    fn a_right_one_begins_anew() {
        let tries = Tries::new(10, 900);
        for _ in 0..10 {
            tries.admit("a", at(0)).unwrap();
        }
        tries.succeeded("a");
        assert_eq!(tries.admit("a", at(1)), Ok(()));
    }

    #[test]
    fn memory_is_bounded() {
        let tries = Tries::new(10, 900);
        for n in 0..i64::try_from(REMEMBERED).unwrap() + 3 {
            tries.admit(&n.to_string(), at(n / 1000)).unwrap();
        }
        assert_eq!(tries.windows.lock().unwrap().len(), REMEMBERED);
    }
}
