//! Logging in without ever burning the last try of a PIN.
//!
//! A service that starts again and again with a wrong PIN locks the token, and an
//! issuing body stands still until its security officer has travelled to the device.
//! So before a PIN is sent:
//!
//! 1. the token's own flags are read: locked, one try left, to be changed, keypad only
//!    end the attempt there;
//! 2. a PIN that this process saw refused is not sent a second time;
//! 3. after [`MOST_WRONG`] wrong PINs in a row none is sent at all, because some tokens set no
//!    flags. Tokens allow three tries and more.

use super::error::PinFault;
use super::token::{PinState, TokenFacts};
use crate::{KeyError, passphrase::Passphrase, random};
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};
use yinxin_trust::sm::sm3;

/// How many wrong PINs one process sends to a token.
pub const MOST_WRONG: u32 = 2;

/// What is remembered of one token.
#[derive(Default)]
struct Memory {
    /// Wrong PINs since the last right one.
    wrong: u32,
    /// Digests of the PINs that were refused, under a key of this process: who reads
    /// the process's memory has the PIN file too, but a dump shall not hold the PIN.
    refused: Vec<sm3::Digest>,
}

/// Tokens are of the whole process, so this is too.
static MEMORY: Mutex<BTreeMap<String, Memory>> = Mutex::new(BTreeMap::new());

/// The key of the digests; drawn once.
static SALT: Mutex<Option<[u8; 32]>> = Mutex::new(None);

fn memory() -> MutexGuard<'static, BTreeMap<String, Memory>> {
    // a panic elsewhere cannot leave the map half changed
    MEMORY.lock().unwrap_or_else(PoisonError::into_inner)
}

fn digest(pin: &Passphrase) -> Result<sm3::Digest, KeyError> {
    let mut salt = SALT.lock().unwrap_or_else(PoisonError::into_inner);
    let salt = match *salt {
        Some(salt) => salt,
        None => *salt.insert(*random::octets()?),
    };
    Ok(sm3::hmac(&salt, pin.expose()))
}

/// Leave to send one PIN once.
pub(super) struct Leave {
    token: String,
    digest: sm3::Digest,
}

/// Whether this PIN may be sent to the token that `facts` were read of just now.
/// `token` names it for the whole process: library and serial number.
pub(super) fn ask(token: String, facts: &TokenFacts, pin: &Passphrase) -> Result<Leave, PinFault> {
    match facts.pin {
        PinState::Locked => return Err(PinFault::Locked),
        PinState::FinalTry => return Err(PinFault::LastTry),
        PinState::ToBeChanged => return Err(PinFault::ToBeChanged),
        PinState::Keypad => return Err(PinFault::Keypad),
        PinState::Sound | PinState::CountLow => {}
    }
    let (shortest, longest) = facts.pin_length;
    let found = pin.expose().len();
    // tokens that say nothing say zero
    if (found as u64) < shortest || (longest > 0 && (found as u64) > longest) {
        return Err(PinFault::Length { found, shortest, longest });
    }
    let digest = digest(pin).map_err(|cause| PinFault::Randomness(cause.to_string()))?;
    let all = memory();
    match all.get(&token) {
        Some(memory) if memory.refused.contains(&digest) => Err(PinFault::RefusedBefore),
        Some(memory) if memory.wrong >= MOST_WRONG => Err(PinFault::TooMany(memory.wrong)),
        _ => Ok(Leave { token, digest }),
    }
}

impl Leave {
    /// The token took the PIN.
    pub(super) fn right(self) {
        memory().remove(&self.token);
    }

    /// The token refused the PIN.
    pub(super) fn wrong(self) {
        let mut all = memory();
        let memory = all.entry(self.token).or_default();
        memory.wrong = memory.wrong.saturating_add(1);
        memory.refused.push(self.digest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{passphrase::Source, place::testing::Scratch};
    use std::os::unix::fs::PermissionsExt as _;

    fn facts(pin: PinState) -> TokenFacts {
        TokenFacts {
            slot: 0,
            slot_description: String::new(),
            label: "t".to_owned(),
            serial: "1".to_owned(),
            manufacturer: String::new(),
            model: String::new(),
            firmware: String::new(),
            initialised: true,
            pin,
            pin_length: (4, 8),
            session_limit: None,
            sessions_open: None,
            write_protected: false,
        }
    }

    fn pin(text: &str) -> Passphrase {
        let scratch = Scratch::new();
        let path = scratch.path().join("pin");
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        Source::File(path).read_pin().unwrap()
    }

    #[test]
    fn flags_of_the_token_end_the_attempt() {
        let ask = |state| ask("flags".to_owned(), &facts(state), &pin("12345")).map(|_| ());
        assert!(matches!(ask(PinState::Locked), Err(PinFault::Locked)));
        assert!(matches!(ask(PinState::FinalTry), Err(PinFault::LastTry)));
        assert!(matches!(ask(PinState::ToBeChanged), Err(PinFault::ToBeChanged)));
        assert!(matches!(ask(PinState::Keypad), Err(PinFault::Keypad)));
        assert!(ask(PinState::Sound).is_ok() && ask(PinState::CountLow).is_ok());
    }

    #[test]
    fn a_refused_pin_is_never_sent_again_and_others_not_for_long() {
        let ask = |text: &str| ask("memory".to_owned(), &facts(PinState::Sound), &pin(text));
        ask("1111").unwrap().wrong();
        assert!(matches!(ask("1111"), Err(PinFault::RefusedBefore)));
        ask("2222").unwrap().wrong();
        assert!(matches!(ask("3333"), Err(PinFault::TooMany(2))));
        assert!(super::ask("another".to_owned(), &facts(PinState::Sound), &pin("1111")).is_ok());
    }

    #[test]
    fn a_right_pin_clears_the_count() {
        let ask = |text: &str| ask("cleared".to_owned(), &facts(PinState::Sound), &pin(text));
        ask("1111").unwrap().wrong();
        ask("2222").unwrap().right();
        ask("3333").unwrap().wrong();
        assert!(ask("2222").is_ok());
    }

    #[test]
    fn the_length_is_looked_at_first() {
        let ask = |text: &str| ask("length".to_owned(), &facts(PinState::Sound), &pin(text)).map(|_| ());
        assert!(matches!(ask("123456789"), Err(PinFault::Length { found: 9, shortest: 4, longest: 8 })));
        assert!(ask("12345678").is_ok());
    }
}
