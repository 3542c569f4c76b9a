//! Logging in without ever burning the last try of a PIN.
//!
//! A service that starts again and again with a wrong PIN locks the token, and an
//! issuing body stands still until its security officer has travelled to the device.
//! So before a PIN is sent:
//!
//! 1. the token's own flags are read: locked, one try left, to be changed, keypad only
//!    end the attempt there;
//! 2. a PIN that was refused before is not sent again;
//! 3. after [`MOST_WRONG`] wrong PINs in a row none is sent at all, because some tokens set no
//!    flags. Tokens allow three tries and more.
//!
//! What was refused is remembered beside the key book, so that a service manager that starts
//! the process again changes nothing. It is a small file
//! of digests under the book's own key: nobody finds a PIN in it by trying.
//!
//! | octets | what |
//! |---|---|
//! | 17 | `yinxin pin tries` and a line feed |
//! | 2 | version: 1 |
//! | … | entries: digest of the token (32), number of PINs (1), their digests (32 each) |

use super::error::PinFault;
use super::token::{PinState, TokenFacts};
use crate::{
    book::KeyBook,
    octets::{Malformed, Put, Take},
    passphrase::Passphrase,
};
use std::collections::BTreeMap;
use yinxin_trust::sm::sm3;

/// How many wrong PINs are sent to a token.
pub const MOST_WRONG: usize = 2;

/// Name of the file.
const NAME: &str = "pin-tries";

const MAGIC: &[u8; 17] = b"yinxin pin tries\n";
const VERSION: u16 = 1;

/// Longest that the file is read.
const LONGEST: usize = 65_536;

/// Digests of the PINs that a token refused since it last took one.
type Refused = BTreeMap<sm3::Digest, Vec<sm3::Digest>>;

/// Leave to send one PIN once.
pub(super) struct Leave<'a> {
    book: &'a KeyBook,
    refused: Refused,
    token: sm3::Digest,
    pin: sm3::Digest,
}

/// Whether this PIN may be sent to the token that `facts` were read of just now.
pub(super) fn ask<'a>(book: &'a KeyBook, facts: &TokenFacts, pin: &Passphrase) -> Result<Leave<'a>, PinFault> {
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
    let token = book.digest(format!("token {} {}", facts.serial, facts.label).as_bytes());
    let pin = book.digest(&[&token[..], pin.expose()].concat());
    let refused = read(book)?;
    match refused.get(&token) {
        Some(pins) if pins.contains(&pin) => Err(PinFault::RefusedBefore(book.path_of(NAME))),
        Some(pins) if pins.len() >= MOST_WRONG => Err(PinFault::TooMany(book.path_of(NAME))),
        _ => Ok(Leave { book, refused, token, pin }),
    }
}

impl Leave<'_> {
    /// The token took the PIN.
    pub(super) fn right(mut self) -> Result<(), PinFault> {
        // the file is written where there is something to forget
        if self.refused.remove(&self.token).is_some() { self.write() } else { Ok(()) }
    }

    /// The token refused the PIN.
    pub(super) fn wrong(mut self) -> PinFault {
        self.refused.entry(self.token).or_default().push(self.pin);
        match self.write() {
            Ok(()) => PinFault::Wrong,
            Err(fault) => fault,
        }
    }

    fn write(&self) -> Result<(), PinFault> {
        let mut out = Put::default();
        out.octets(MAGIC).u16(VERSION);
        for (token, pins) in &self.refused {
            // never more than a few: see MOST_WRONG
            out.octets(token).u8(u8::try_from(pins.len()).unwrap_or(u8::MAX));
            for pin in pins.iter().take(u8::MAX.into()) {
                out.octets(pin);
            }
        }
        self.book.keep(NAME, &out.0).map_err(|fault| PinFault::Memory(Box::new(fault)))
    }
}

fn read(book: &KeyBook) -> Result<Refused, PinFault> {
    let kept = book.kept(NAME, LONGEST).map_err(|fault| PinFault::Memory(Box::new(fault)))?;
    match kept {
        None => Ok(Refused::new()),
        Some(octets) => parse(Take(&octets)).map_err(|Malformed| PinFault::Damaged(book.path_of(NAME))),
    }
}

fn parse(mut rest: Take<'_>) -> Result<Refused, Malformed> {
    if rest.array::<17>()? != *MAGIC || rest.u16()? != VERSION {
        return Err(Malformed);
    }
    let mut all = Refused::new();
    while !rest.0.is_empty() {
        let (token, count) = (rest.array()?, rest.u8()?);
        let pins = (0..count).map(|_| rest.array()).collect::<Result<_, _>>()?;
        all.insert(token, pins);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        passphrase::Source,
        place::{WRITE, testing::Scratch},
        stretch::Cost,
    };
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

    fn book(scratch: &Scratch) -> KeyBook {
        let passphrase = Passphrase::new(b"a passphrase of tests".to_vec(), "the test").unwrap();
        let cost = Cost { memory_kib: 8, passes: 1, lanes: 1 };
        KeyBook::open_with(scratch.path(), &passphrase, cost, WRITE).unwrap()
    }

    #[test]
    fn flags_of_the_token_end_the_attempt() {
        let scratch = Scratch::new();
        let book = book(&scratch);
        let ask = |state| ask(&book, &facts(state), &pin("12345")).map(|_| ());
        assert!(matches!(ask(PinState::Locked), Err(PinFault::Locked)));
        assert!(matches!(ask(PinState::FinalTry), Err(PinFault::LastTry)));
        assert!(matches!(ask(PinState::ToBeChanged), Err(PinFault::ToBeChanged)));
        assert!(matches!(ask(PinState::Keypad), Err(PinFault::Keypad)));
        assert!(ask(PinState::Sound).is_ok() && ask(PinState::CountLow).is_ok());
    }

    #[test]
    fn a_refused_pin_is_never_sent_again_and_others_not_for_long() {
        let scratch = Scratch::new();
        // each time as after a start of the process
        let asked = |text: &str| ask(&book(&scratch), &facts(PinState::Sound), &pin(text)).map(|_| ());
        let refused = |text: &str| {
            let book = book(&scratch);
            let fault = ask(&book, &facts(PinState::Sound), &pin(text)).unwrap().wrong();
            assert!(matches!(fault, PinFault::Wrong), "{fault}");
        };
        refused("1111");
        assert!(matches!(asked("1111"), Err(PinFault::RefusedBefore(_))));
        refused("2222");
        assert!(matches!(asked("3333"), Err(PinFault::TooMany(_))));
        let other = TokenFacts { serial: "2".to_owned(), ..facts(PinState::Sound) };
        assert!(ask(&book(&scratch), &other, &pin("1111")).is_ok(), "another token has its own tries");
        let kept = std::fs::read(scratch.path().join(NAME)).unwrap();
        assert!(!kept.windows(4).any(|window| window == b"1111"));
        std::fs::remove_file(scratch.path().join(NAME)).unwrap();
        assert!(asked("3333").is_ok(), "as the message says");
    }

    #[test]
    fn a_right_pin_clears_the_count() {
        let scratch = Scratch::new();
        let book = book(&scratch);
        let ask = |text: &str| ask(&book, &facts(PinState::Sound), &pin(text)).unwrap();
        ask("1111").wrong();
        ask("2222").right().unwrap();
        ask("3333").wrong();
        ask("2222").right().unwrap();
    }

    #[test]
    fn a_damaged_memory_is_no_clean_one() {
        let scratch = Scratch::new();
        let book = book(&scratch);
        ask(&book, &facts(PinState::Sound), &pin("1111")).unwrap().wrong();
        let whole = std::fs::read(scratch.path().join(NAME)).unwrap();
        for length in (0..whole.len()).filter(|length| *length != 19) {
            book.keep(NAME, &whole[..length]).unwrap();
            let fault = ask(&book, &facts(PinState::Sound), &pin("1111")).map(|_| ()).unwrap_err();
            assert!(matches!(fault, PinFault::Damaged(_)), "{length}: {fault}");
        }
    }

    #[test]
    fn the_length_is_looked_at_first() {
        let scratch = Scratch::new();
        let book = book(&scratch);
        let ask = |text: &str| ask(&book, &facts(PinState::Sound), &pin(text)).map(|_| ());
        assert!(matches!(ask("123456789"), Err(PinFault::Length { found: 9, shortest: 4, longest: 8 })));
        assert!(ask("12345678").is_ok());
    }
}
