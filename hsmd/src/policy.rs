//! The daemon's own policy: which client may use which key for what, how fast, at what hours and
//! how often. Pure but for the counts, which [`Policy::judge`] keeps.

use core::time::Duration;
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};
use yinxin_hsm::{KeyDescription, KeyReference, Purpose, Use, mandate::Keeper};
use yinxin_trust::base::Moment;

/// Minutes of a day.
const DAY: i64 = 24 * 60;

/// How a client is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// By its user id, at the socket.
    User(u32),
    /// By SHA-256 of its certificate's DER, at the door with TLS.
    Certificate([u8; 32]),
}

/// One who is heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its name in rules.
    pub name: Box<str>,
    /// How it is known.
    pub who: Who,
    /// Whether it may make keys, take them out of service and destroy them. That gives it no use of one.
    pub administers: bool,
}

/// What one client may do with one key.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Name of the client.
    pub client: Box<str>,
    /// The key; none for every key of the purpose that no rule names. A rule for one key, of whichever client,
    /// takes that key out of the others.
    pub key: Option<KeyReference>,
    /// What for.
    pub purpose: Purpose,
    /// Which uses.
    pub uses: Vec<Use>,
    /// Most uses in a second; so many may come at once after a quiet second.
    pub most_a_second: u32,
    /// At what hours.
    pub hours: Option<Hours>,
    /// How often, over the life of the audit.
    pub most_uses: Option<u64>,
    /// Whose mandate is wanted.
    pub sole_control: Option<SoleControl>,
}

/// Whose mandate a key is used under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoleControl {
    /// Identifier of the seal.
    pub seal: Box<str>,
    /// Keys of the seal's keepers: each may sign mandates.
    pub keepers: Vec<Keeper>,
    /// How far the time within a stamp may be from the daemon's clock.
    pub most_clock_difference_seconds: i64,
}

/// Hours of the local day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    from: i64,
    to: i64,
    ahead: i64,
}

/// Text that is no span of hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("hours want the form 07:00-19:59, the end not before the beginning")]
pub struct HoursFault;

impl Hours {
    /// From `07:00-19:59`, both minutes included, in a zone so many minutes ahead of UTC.
    ///
    /// # Errors
    /// [`HoursFault`].
    pub fn parse(text: &str, ahead_minutes: i16) -> Result<Self, HoursFault> {
        let (from, to) = text.split_once('-').ok_or(HoursFault)?;
        let (from, to) = (minute(from)?, minute(to)?);
        if from > to { Err(HoursFault) } else { Ok(Self { from, to, ahead: ahead_minutes.into() }) }
    }

    fn contain(self, at: Moment) -> bool {
        let minute = (at.unix_seconds().div_euclid(60) + self.ahead).rem_euclid(DAY);
        (self.from..=self.to).contains(&minute)
    }
}

fn minute(text: &str) -> Result<i64, HoursFault> {
    let two = |digits: &str, below: i64| {
        let number = digits.parse().ok().filter(|number| digits.len() == 2 && (0..below).contains(number));
        number.filter(|_| digits.bytes().all(|c| c.is_ascii_digit())).ok_or(HoursFault)
    };
    let (hour, minute) = text.split_once(':').ok_or(HoursFault)?;
    Ok(two(hour, 24)? * 60 + two(minute, 60)?)
}

/// Rules that contradict each other.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyFault {
    /// A rule for nobody.
    #[error("rule {rule}: there is no client {client}")]
    NoClient {
        /// Which, from 1.
        rule: usize,
        /// The name.
        client: Box<str>,
    },
    /// Two clients of one name, user or certificate.
    #[error("client {0} has the name, uid or certificate of another")]
    Twice(Box<str>),
    /// Two rules for the same.
    #[error("rule {0} is about the same client, key and purpose as one before it")]
    SameRule(usize),
    /// A key that is under sole control in one rule and not in another, or under another's.
    #[error("rule {0}: another rule puts the key under other control; sole control is for every client or none")]
    Control(usize),
    /// Sole control, or a count, over keys that are not named.
    #[error("rule {0}: sole control and most_uses are for one key; name it")]
    Unnamed(usize),
    /// Sole control by nobody.
    #[error("rule {0}: sole control wants a keeper, and is for signing stamps only")]
    NoKeeper(usize),
}

/// Why a client may not do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Denied {
    /// No rule allows it.
    #[error("no rule allows this client this key for this purpose and use")]
    NoRule,
    /// At another hour.
    #[error("the rule is not for this hour")]
    Hour,
    /// Too fast.
    #[error("more than the rule's uses in a second")]
    Rate,
    /// Too often.
    #[error("the rule's uses are used up")]
    UsedUp,
    /// Not an administrator.
    #[error("this client does not administer keys")]
    NotAdministrator,
}

impl Denied {
    /// When it is worth while to ask again.
    pub const fn retry_after(self) -> Duration {
        match self {
            Self::Rate => Duration::from_millis(200),
            _ => Duration::ZERO,
        }
    }
}

/// Who may do what; see the [module](self). Safe to use from several threads.
#[derive(Debug)]
pub struct Policy {
    clients: Vec<Client>,
    rules: Vec<Rule>,
    /// References of the rules' keys as the audit writes them; none of a rule that names no key.
    names: Vec<Option<String>>,
    spent: Mutex<Vec<Spent>>,
}

/// What was used of a rule.
#[derive(Clone, Copy, Debug)]
struct Spent {
    uses: u64,
    /// Thousandths of uses that may come at once.
    left: i64,
    at: Option<Moment>,
}

impl Policy {
    /// From clients and rules.
    ///
    /// # Errors
    /// [`PolicyFault`].
    pub fn new(clients: Vec<Client>, rules: Vec<Rule>) -> Result<Self, PolicyFault> {
        for (place, client) in clients.iter().enumerate() {
            let same = |other: &Client| other.name == client.name || other.who == client.who;
            if clients.iter().take(place).any(same) {
                return Err(PolicyFault::Twice(client.name.clone()));
            }
        }
        let mut control: BTreeMap<Option<&KeyReference>, Option<&SoleControl>> = BTreeMap::new();
        for (place, rule) in rules.iter().enumerate() {
            let number = place + 1;
            if !clients.iter().any(|client| client.name == rule.client) {
                return Err(PolicyFault::NoClient { rule: number, client: rule.client.clone() });
            }
            let same =
                |other: &Rule| other.client == rule.client && other.key == rule.key && other.purpose == rule.purpose;
            if rules.iter().take(place).any(same) {
                return Err(PolicyFault::SameRule(number));
            }
            if rule.key.is_none() && (rule.sole_control.is_some() || rule.most_uses.is_some()) {
                return Err(PolicyFault::Unnamed(number));
            }
            if *control.entry(rule.key.as_ref()).or_insert(rule.sole_control.as_ref()) != rule.sole_control.as_ref() {
                return Err(PolicyFault::Control(number));
            }
            let stamps = rule.purpose == Purpose::Stamper && rule.uses == [Use::Sign];
            if rule.sole_control.as_ref().is_some_and(|control| control.keepers.is_empty() || !stamps) {
                return Err(PolicyFault::NoKeeper(number));
            }
        }
        let spent = rules.iter().map(|rule| Spent { uses: 0, left: whole(rule), at: None }).collect();
        let names = rules.iter().map(|rule| rule.key.as_ref().map(KeyReference::to_string)).collect();
        Ok(Self { clients, rules, names, spent: Mutex::new(spent) })
    }

    /// The client of a user or certificate.
    pub fn client(&self, who: Who) -> Option<&Client> {
        self.clients.iter().find(|client| client.who == who)
    }

    /// The client of a name.
    pub fn named(&self, name: &str) -> Option<&Client> {
        self.clients.iter().find(|client| *client.name == *name)
    }

    /// Whether a client may know of a key: it has a use of it, or administers keys.
    pub fn shows(&self, client: &Client, key: &KeyDescription) -> bool {
        let of_client = |rule: &&Rule| rule.client == client.name;
        client.administers
            || self.rules.iter().filter(of_client).any(|rule| self.is_about(rule, &key.reference, key.purpose))
    }

    /// Whether a rule is about a key that is asked for a purpose.
    fn is_about(&self, rule: &Rule, key: &KeyReference, purpose: Purpose) -> bool {
        let named = || self.rules.iter().any(|other| other.key.as_ref() == Some(key));
        match &rule.key {
            Some(own) => own == key,
            None => rule.purpose == purpose && !named(),
        }
    }

    /// What it was made from; what was used is forgotten.
    pub fn into_parts(self) -> (Vec<Client>, Vec<Rule>) {
        (self.clients, self.rules)
    }

    /// All rules, in the order of the configuration.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Whose mandate a key is used under.
    pub fn sole_control(&self, key: &KeyReference) -> Option<&SoleControl> {
        self.rules.iter().find(|rule| rule.key.as_ref() == Some(key)).and_then(|rule| rule.sole_control.as_ref())
    }

    /// Counts a use that stands in the audit, when the daemon starts.
    pub fn count(&self, client: &Client, key: &str) {
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        for ((rule, name), spent) in self.rules.iter().zip(&self.names).zip(spent.iter_mut()) {
            if rule.client == client.name && name.as_deref() == Some(key) {
                spent.uses += 1;
            }
        }
    }

    /// Whether the client may do it now; if so it counts as done. Counting before the key is used
    /// errs on the side of fewer uses.
    ///
    /// # Errors
    /// [`Denied`].
    pub fn judge(
        &self,
        client: &Client,
        key: &KeyReference,
        purpose: Purpose,
        usage: Use,
        at: Moment,
    ) -> Result<&Rule, Denied> {
        let fits = |rule: &Rule| {
            rule.client == client.name
                && rule.purpose == purpose
                && rule.uses.contains(&usage)
                && self.is_about(rule, key, purpose)
        };
        let place = self.rules.iter().position(fits).ok_or(Denied::NoRule)?;
        let mut all = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        let (rule, spent) = self.rules.get(place).zip(all.get_mut(place)).ok_or(Denied::NoRule)?;
        if rule.hours.is_some_and(|hours| !hours.contain(at)) {
            return Err(Denied::Hour);
        }
        if rule.most_uses.is_some_and(|most| spent.uses >= most) {
            return Err(Denied::UsedUp);
        }
        let passed = spent.at.map_or(0, |before| at.unix_milliseconds() - before.unix_milliseconds());
        // a clock that goes back gives nothing, and more than a second is a second
        let passed = passed.clamp(0, 1000);
        spent.left = (spent.left + passed * i64::from(rule.most_a_second)).min(whole(rule));
        spent.at = Some(at);
        if spent.left < 1000 {
            return Err(Denied::Rate);
        }
        spent.left -= 1000;
        spent.uses += 1;
        Ok(rule)
    }
}

fn whole(rule: &Rule) -> i64 {
    i64::from(rule.most_a_second) * 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "soft:0123456789abcdef";

    fn second(second: i64) -> Moment {
        Moment::from_unix_seconds(second).unwrap()
    }

    fn client(name: &str, uid: u32) -> Client {
        Client { name: name.into(), who: Who::User(uid), administers: false }
    }

    fn rule(client: &str) -> Rule {
        Rule {
            client: client.into(),
            key: Some(KEY.parse().unwrap()),
            purpose: Purpose::Stamper,
            uses: vec![Use::Sign],
            most_a_second: 5,
            hours: None,
            most_uses: None,
            sole_control: None,
        }
    }

    fn judge(policy: &Policy, name: &str, at: Moment) -> Result<(), Denied> {
        let client = client(name, 1);
        policy.judge(&client, &KEY.parse().unwrap(), Purpose::Stamper, Use::Sign, at).map(drop)
    }

    #[test]
    fn what_no_rule_allows_is_denied() {
        let policy = Policy::new(vec![client("web", 1), client("other", 2)], vec![rule("web")]).unwrap();
        assert_eq!(judge(&policy, "web", second(1)), Ok(()));
        assert_eq!(judge(&policy, "other", second(1)), Err(Denied::NoRule));
        let web = client("web", 1);
        let key = KEY.parse().unwrap();
        let denied = policy.judge(&web, &key, Purpose::Ca, Use::Sign, second(1)).map(drop);
        assert_eq!(denied, Err(Denied::NoRule));
        assert_eq!(policy.judge(&web, &key, Purpose::Stamper, Use::Wrap, second(1)).map(drop), Err(Denied::NoRule));
        let other = "soft:0000000000000000".parse().unwrap();
        assert_eq!(policy.judge(&web, &other, Purpose::Stamper, Use::Sign, second(1)).map(drop), Err(Denied::NoRule));
    }

    #[test]
    fn a_rule_for_every_key_leaves_out_those_that_are_named() {
        let every = Rule { key: None, ..rule("web") };
        let clients = || vec![client("web", 1), client("other", 2)];
        let other: KeyReference = "soft:0000000000000000".parse().unwrap();
        let policy = Policy::new(clients(), vec![every.clone()]).unwrap();
        let web = client("web", 1);
        let judged = |policy: &Policy, key: &KeyReference, purpose| {
            policy.judge(&web, key, purpose, Use::Sign, second(1)).map(drop)
        };
        assert_eq!(judge(&policy, "web", second(1)), Ok(()));
        assert_eq!(judged(&policy, &other, Purpose::Stamper), Ok(()));
        assert_eq!(judged(&policy, &other, Purpose::Ca), Err(Denied::NoRule));
        // named for somebody else: no longer one of every
        let policy = Policy::new(clients(), vec![every.clone(), rule("other")]).unwrap();
        assert_eq!(judge(&policy, "web", second(1)), Err(Denied::NoRule));
        assert_eq!(judged(&policy, &other, Purpose::Stamper), Ok(()));
        let counted = Rule { most_uses: Some(1), ..every };
        assert_eq!(Policy::new(clients(), vec![counted]).map(drop), Err(PolicyFault::Unnamed(1)));
    }

    #[test]
    fn a_rate_is_kept() {
        let policy = Policy::new(vec![client("web", 1)], vec![rule("web")]).unwrap();
        let at = |ms: i64| Moment::from_unix_milliseconds(1_000_000 + ms).unwrap();
        let done = (0..100).filter(|_| judge(&policy, "web", at(0)).is_ok()).count();
        assert_eq!(done, 5);
        assert_eq!(judge(&policy, "web", at(199)), Err(Denied::Rate));
        assert_eq!(judge(&policy, "web", at(200)), Ok(()));
        // the clock goes back: nothing is won
        assert_eq!(judge(&policy, "web", at(0)), Err(Denied::Rate));
        let done = (0..1000).filter(|step| judge(&policy, "web", at(1000 + step * 10)).is_ok()).count();
        assert!((50..=55).contains(&done), "{done} in ten seconds");
    }

    #[test]
    fn hours_and_counts_are_kept() {
        let hours = Hours::parse("07:00-19:59", 480).unwrap();
        let limited = Rule { hours: Some(hours), most_uses: Some(3), ..rule("web") };
        let policy = Policy::new(vec![client("web", 1)], vec![limited]).unwrap();
        // 1970-01-02 06:59 and 07:00 in Beijing
        assert_eq!(judge(&policy, "web", second(22 * 3600 + 59 * 60)), Err(Denied::Hour));
        assert_eq!(judge(&policy, "web", second(23 * 3600)), Ok(()));
        assert_eq!(judge(&policy, "web", second(36 * 3600)), Err(Denied::Hour));
        policy.count(&client("web", 1), KEY);
        policy.count(&client("other", 2), KEY);
        policy.count(&client("web", 1), "soft:0000000000000000");
        assert_eq!(judge(&policy, "web", second(23 * 3600 + 2)), Ok(()));
        assert_eq!(judge(&policy, "web", second(23 * 3600 + 4)), Err(Denied::UsedUp));
        for text in ["", "07:00", "7:00-8:00", "07:00-24:00", "07:60-08:00", "08:00-07:00", "+7:00-08:00"] {
            assert_eq!(Hours::parse(text, 0), Err(HoursFault), "{text}");
        }
    }

    #[test]
    fn rules_that_contradict_each_other_are_named() {
        let clients = || vec![client("web", 1), client("other", 2)];
        let keeper = Keeper::P256([4; 65]);
        let control = |seal: &str| SoleControl {
            seal: seal.into(),
            keepers: vec![keeper.clone()],
            most_clock_difference_seconds: 1,
        };
        let sole = |client: &str, seal: &str| Rule { sole_control: Some(control(seal)), ..rule(client) };
        assert!(Policy::new(clients(), vec![sole("web", "a"), sole("other", "a")]).is_ok());
        let none = SoleControl { keepers: Vec::new(), ..control("a") };
        for (clients, rules, fault) in [
            (clients(), vec![sole("web", "a"), rule("other")], PolicyFault::Control(2)),
            (clients(), vec![sole("web", "a"), sole("other", "b")], PolicyFault::Control(2)),
            (clients(), vec![rule("web"), rule("web")], PolicyFault::SameRule(2)),
            (clients(), vec![Rule { sole_control: Some(none), ..rule("web") }], PolicyFault::NoKeeper(1)),
            (clients(), vec![Rule { purpose: Purpose::Ca, ..sole("web", "a") }], PolicyFault::NoKeeper(1)),
            (clients(), vec![rule("none")], PolicyFault::NoClient { rule: 1, client: "none".into() }),
            (vec![client("a", 1), client("b", 1)], vec![], PolicyFault::Twice("b".into())),
        ] {
            assert_eq!(Policy::new(clients, rules).map(drop), Err(fault));
        }
    }
}
