//! How often something may be tried under a name: a login, an account, a device, a network.
//! Kept in memory: each process counts for itself, and a restart forgets.

use super::access::Actor;
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

    /// Takes one try back, which was right: the others still count.
    fn forgive(&self, name: &str) {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(window) = windows.get_mut(&sm3::digest(name.as_bytes())) {
            window.tries = window.tries.saturating_sub(1);
        }
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

/// Who guesses: the names under which their misses are counted. Whoever is full under one of them waits, with the
/// same words whichever it is. The default is counted nowhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guesser {
    account: Option<String>,
    device: Option<String>,
    network: Option<String>,
    body: Option<String>,
}

impl Guesser {
    /// Somebody whose account is known, with the device that they are at.
    pub(super) fn of(actor: &Actor) -> Self {
        let account = Some(format!("{}/{}", actor.kind, actor.id));
        Self { account, ..Self::default() }.at(actor.place.as_ref().map(|place| place.device.as_str()))
    }

    /// A body elsewhere that asks by the key of its locality or platform, with all its windows.
    pub(super) fn elsewhere(actor: &Actor, body: &str) -> Self {
        Self { body: Some(format!("body/{}/{}/{body}", actor.kind, actor.id)), ..Self::default() }
    }

    /// Whoever comes from a network; none where it tells nothing.
    pub fn from(network: Option<String>) -> Self {
        Self { network: network.map(|network| format!("network/{network}")), ..Self::default() }
    }

    /// The same at a device, whoever uses it.
    #[must_use]
    pub fn at(self, device: Option<&str>) -> Self {
        Self { device: device.map(|id| format!("device/{id}")), ..self }
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        [&self.account, &self.device, &self.network, &self.body].into_iter().flatten().map(String::as_str)
    }
}

/// Counts what was guessed wrongly. Safe to use from several threads.
pub(super) struct Misses {
    ours: Tries,
    networks: Tries,
    bodies: Tries,
}

/// What a body elsewhere may miss beside an account here: it has as many windows, and a code that has just run out is an everyday
/// matter.
const WINDOWS_OF_A_BODY: u32 = 20;

impl Misses {
    /// `most` under an account or a device, `of_network` under a network, in a window of so many seconds.
    pub(super) fn new(most: u32, of_network: u32, window_seconds: u32) -> Self {
        let tries = |most| Tries::new(most, window_seconds);
        let bodies = tries(most.saturating_mul(WINDOWS_OF_A_BODY));
        Self { ours: tries(most), networks: tries(of_network), bodies }
    }

    fn of(&self, name: &str) -> &Tries {
        match name.split_once('/') {
            Some(("network", _)) => &self.networks,
            Some(("body", _)) => &self.bodies,
            _ => &self.ours,
        }
    }

    /// Whether somebody may guess on; `Err` says after how many seconds, the longest.
    pub(super) fn check(&self, who: &Guesser, now: Moment) -> Result<(), u32> {
        let longest = who.names().filter_map(|name| self.of(name).check(name, now).err()).max();
        longest.map_or(Ok(()), Err)
    }

    /// Counts a miss, under each name.
    pub(super) fn count(&self, who: &Guesser, now: Moment) {
        for name in who.names() {
            // over the limit or not, it is answered next time
            let _ = self.of(name).admit(name, now);
        }
    }

    /// Counts a try before it is made, so that of many at once no more are made than may be.
    pub(super) fn admit(&self, who: &Guesser, now: Moment) -> Result<(), u32> {
        let admitted: Vec<_> = who.names().map(|name| (name, self.of(name).admit(name, now))).collect();
        let longest = admitted.iter().filter_map(|(_, one)| one.err()).max();
        let Some(longest) = longest else { return Ok(()) };
        // what is not made counts under no name
        admitted.iter().filter(|(_, one)| one.is_ok()).for_each(|(name, _)| self.of(name).forgive(name));
        Err(longest)
    }

    /// A try that was counted was right: it counts no more.
    pub(super) fn forgive(&self, who: &Guesser) {
        who.names().for_each(|name| self.of(name).forgive(name));
    }
}

#[cfg(test)]
mod tests {
    use super::super::access::{ActorKind, Place};
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

    fn person(id: &str, device: Option<&str>) -> Guesser {
        let place = device.map(|device| Place { device: device.to_owned(), window: "1".to_owned() });
        Guesser::of(&Actor::new(ActorKind::Person, id.to_owned(), id.to_owned()).at(place))
    }

    #[test]
    fn a_device_counts_whoever_is_there() {
        let misses = Misses::new(3, 5, 300);
        for n in 0..3 {
            assert_eq!(misses.check(&person("a", Some("d")), at(n)), Ok(()));
            misses.count(&person(&format!("{n}"), Some("d")), at(n));
        }
        assert!(misses.check(&person("fresh", Some("d")), at(4)).is_err(), "another account at the same device");
        assert_eq!(misses.check(&person("fresh", Some("e")), at(4)), Ok(()), "another device");
        assert_eq!(misses.check(&person("2", None), at(4)), Ok(()), "the account has one");
        // a kiosk, and whoever is elsewhere on its network
        let network = || Guesser::from(Some("203.0.113.9".to_owned()));
        let kiosk = network().at(Some("k"));
        for n in 0..3 {
            misses.count(&kiosk, at(n));
        }
        assert!(misses.check(&kiosk, at(4)).is_err());
        assert_eq!(misses.check(&network(), at(4)), Ok(()), "a network has more");
        misses.count(&network(), at(4));
        misses.count(&network(), at(4));
        assert!(misses.check(&network(), at(5)).is_err());
        assert_eq!(misses.check(&Guesser::default(), at(5)), Ok(()));
    }

    #[test]
    fn of_many_at_once_no_more_are_made_and_a_right_one_forgives_itself_alone() {
        let misses = Misses::new(2, 2, 300);
        let (a, b) = (person("a", Some("d")), person("b", Some("d")));
        assert_eq!((misses.admit(&a, at(0)), misses.admit(&a, at(0))), (Ok(()), Ok(())));
        assert!(misses.admit(&b, at(0)).is_err(), "the device is full");
        misses.forgive(&a);
        assert_eq!(misses.admit(&b, at(0)), Ok(()), "what was refused was not counted, and one was right");
        assert!(misses.admit(&b, at(0)).is_err());
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
