//! The platforms of the configuration: whose codes they are, and whom we know.

use super::wire::{LONGEST_CODE, fingerprint};
use crate::flow::{
    line::{AddressFault, Line},
    trust::{KeyFileFault, read_key},
};
use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use yinxin_trust::{
    base::{Moment, Sentence},
    trust_list::ServiceKey,
};

/// How long one that did not answer is left alone: clerks do not queue behind it.
const LEFT_ALONE: Duration = Duration::from_secs(5);

/// Lines to other localities that are kept.
const LINES: usize = 64;

/// Questions whose nonces are remembered at once.
const NONCES: usize = 100_000;

/// A platform, as it is configured.
#[derive(Clone, Debug)]
pub struct PlatformSettings {
    /// What people call it.
    pub name: Sentence,
    /// What its codes begin with, in either case.
    pub prefixes: Vec<String>,
    /// What stands behind the prefix.
    pub rest: RestOfCode,
    /// Where it is asked; none where it only asks.
    pub address: Option<String>,
    /// The file of the key that signs its questions and answers.
    pub key: PathBuf,
    /// For a whole question.
    pub timeout_milliseconds: u32,
    /// Whether it may ask about codes of ours.
    pub may_ask: bool,
}

/// What stands behind the prefix of a code.
#[derive(Clone, Copy, Debug)]
pub struct RestOfCode {
    /// Which characters.
    pub characters: fn(u8) -> bool,
    /// Fewest of them.
    pub shortest: usize,
    /// Most of them.
    pub longest: usize,
}

/// Why a platform cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PlatformFault {
    /// Its key.
    #[error("platform {name}: {fault}")]
    Key {
        /// Which.
        name: String,
        /// Why.
        fault: KeyFileFault,
    },
    /// Where it is asked.
    #[error("platform {name}: {fault}")]
    Address {
        /// Which.
        name: String,
        /// Why.
        fault: AddressFault,
    },
}

/// A platform.
pub(super) struct Platform {
    pub(super) name: Sentence,
    pub(super) key: ServiceKey,
    pub(super) line: Option<Line>,
    pub(super) may_ask: bool,
    prefixes: Vec<String>,
    rest: RestOfCode,
}

/// The platforms, who did not answer of late, and what was asked of us. Safe to use from several threads.
#[derive(Default)]
pub struct Platforms {
    all: Vec<Platform>,
    silent: Mutex<HashMap<String, Instant>>,
    lines: Mutex<HashMap<String, Arc<Line>>>,
    /// Nonces with the instant at which they are forgotten.
    nonces: Mutex<HashMap<String, i64>>,
}

impl Platforms {
    /// Reads their keys.
    ///
    /// # Errors
    /// [`PlatformFault`].
    pub fn open(settings: &[PlatformSettings]) -> Result<Self, PlatformFault> {
        let all = settings.iter().map(|one| {
            let name = || one.name.en.clone();
            let key = read_key(&one.key).map_err(|fault| PlatformFault::Key { name: name(), fault })?;
            let patience = Duration::from_millis(one.timeout_milliseconds.into());
            let line = one.address.as_deref().map(|address| Line::new(address, patience)).transpose();
            let line = line.map_err(|fault| PlatformFault::Address { name: name(), fault })?;
            let (prefixes, rest) = (one.prefixes.clone(), one.rest);
            Ok(Platform { name: one.name.clone(), key, line, may_ask: one.may_ask, prefixes, rest })
        });
        Ok(Self { all: all.collect::<Result<_, _>>()?, ..Self::default() })
    }

    /// Whose code a text is: which platform by its place, of those that can be asked.
    pub(in crate::flow) fn whose(&self, text: &str) -> Option<usize> {
        if text.len() > LONGEST_CODE {
            return None;
        }
        self.all.iter().position(|platform| platform.line.is_some() && platform.has(text))
    }

    pub(super) fn at(&self, place: usize) -> Option<&Platform> {
        self.all.get(place)
    }

    /// Who asks under a key of this fingerprint.
    pub(super) fn asker(&self, key: &str) -> Option<(&ServiceKey, &str)> {
        let mut may = self.all.iter().filter(|platform| platform.may_ask);
        may.find(|platform| fingerprint(&platform.key) == key).map(|found| (&found.key, &*found.name.zh))
    }

    /// The line to another locality, kept for the next question: what it takes to trust the far end is read once.
    pub(super) fn line_to(&self, address: &str, patience: Duration) -> Result<Arc<Line>, AddressFault> {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = lines.get(address) {
            return Ok(Arc::clone(line));
        }
        let line = Arc::new(Line::new(address, patience)?);
        // addresses come from lists in use, and change with them
        if lines.len() >= LINES {
            lines.clear();
        }
        lines.insert(address.to_owned(), Arc::clone(&line));
        Ok(line)
    }

    /// Whether somebody did not answer a moment ago.
    pub(super) fn is_left_alone(&self, base: &str) -> bool {
        let silent = self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        silent.get(base).is_some_and(|since| since.elapsed() < LEFT_ALONE)
    }

    /// Remembers who answered and who did not.
    pub(super) fn heard(&self, base: &str, answered: bool) {
        let mut silent = self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        silent.retain(|_, since| since.elapsed() < LEFT_ALONE);
        if answered {
            silent.remove(base);
        } else {
            silent.insert(base.to_owned(), Instant::now());
        }
    }

    /// Takes the nonce of a question once; it is remembered until `until`. None where too many are.
    pub(super) fn admit_nonce(&self, key: &str, nonce: &str, until: i64, now: Moment) -> Option<bool> {
        let mut nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        if nonces.len() >= NONCES {
            nonces.retain(|_, until| *until >= now.unix_milliseconds());
        }
        if nonces.len() >= NONCES {
            return None;
        }
        let name = format!("{key} {nonce}");
        let seen = nonces.get(&name).is_some_and(|until| *until >= now.unix_milliseconds());
        nonces.insert(name, until);
        Some(!seen)
    }
}

impl Platform {
    fn has(&self, text: &str) -> bool {
        let behind = |prefix: &String| {
            let (begin, rest) = text.split_at_checked(prefix.len())?;
            begin.eq_ignore_ascii_case(prefix).then_some(rest)
        };
        self.prefixes.iter().filter_map(behind).any(|rest| self.rest.fits(rest))
    }
}

impl RestOfCode {
    fn fits(&self, rest: &str) -> bool {
        (self.shortest..=self.longest).contains(&rest.len()) && rest.bytes().all(self.characters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::trust::key_pem;
    use yinxin_testkit::keys::Key;

    fn settings(prefix: &str, key: PathBuf) -> PlatformSettings {
        PlatformSettings {
            name: Sentence::new("安康码", "An Kang Ma"),
            prefixes: vec![prefix.to_owned()],
            rest: RestOfCode { characters: |octet| octet.is_ascii_digit(), shortest: 4, longest: 8 },
            address: Some("http://127.0.0.1:1/ask".to_owned()),
            key,
            timeout_milliseconds: 1000,
            may_ask: false,
        }
    }

    #[test]
    fn a_code_is_a_prefix_with_what_may_stand_behind_it() {
        let folder = std::env::temp_dir().join(format!("yinxin-platforms-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (file, key) = (folder.join("key.pem"), Key::from_seed("platform"));
        let key = yinxin_trust::sm::sm2::PublicKey::from_sec1(key.public().to_sec1()).unwrap();
        std::fs::write(&file, key_pem(&ServiceKey::from_sm2(&key))).unwrap();
        let platforms = Platforms::open(&[settings("AKM:", file.clone())]).unwrap();
        for text in ["AKM:1234", "akm:12345678"] {
            assert_eq!(platforms.whose(text), Some(0), "{text}");
        }
        for text in ["AKM:123", "AKM:123456789", "AKM:12a4", "AKM1234", "", "证AKM:1234", "AK证", &"A".repeat(600)] {
            assert_eq!(platforms.whose(text), None, "{text}");
        }
        assert!(platforms.asker(&fingerprint(&ServiceKey::from_sm2(&key))).is_none(), "it may not ask");
        let asking = PlatformSettings { may_ask: true, address: None, ..settings("AKM:", file) };
        let platforms = Platforms::open(&[asking]).unwrap();
        assert_eq!(platforms.whose("AKM:1234"), None, "it is nowhere");
        assert!(platforms.asker(&fingerprint(&ServiceKey::from_sm2(&key))).is_some());
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_nonce_counts_once_for_a_key_while_it_is_remembered() {
        let platforms = Platforms::default();
        let now = Moment::from_unix_milliseconds(1_790_000_000_000).unwrap();
        let later = Moment::from_unix_milliseconds(1_790_000_000_011).unwrap();
        let admit = |key, now| platforms.admit_nonce(key, "n", 1_790_000_000_010, now);
        assert_eq!((admit("a", now), admit("a", now), admit("b", now)), (Some(true), Some(false), Some(true)));
        assert_eq!(admit("a", later), Some(true));
    }

    #[test]
    fn who_did_not_answer_is_left_alone_until_they_do() {
        let platforms = Platforms::default();
        assert!(!platforms.is_left_alone("a"));
        platforms.heard("a", false);
        assert!(platforms.is_left_alone("a") && !platforms.is_left_alone("b"));
        platforms.heard("a", true);
        assert!(!platforms.is_left_alone("a"));
    }
}
