//! Codes of which something was changed or cut away: every one is refused.

use super::*;
use data_encoding::BASE32_NOPAD;
use yinxin_trust::code::offline::FaultKind;

fn shown() -> Payload {
    Device::new().shows(&code(), later(10))
}

fn of_octets(octets: &[u8]) -> Payload {
    Payload::of_text(&BASE32_NOPAD.encode(octets))
}

#[test]
fn no_bit_can_change() {
    for payload in [code().payload(), shown()] {
        let octets = payload.octets().unwrap();
        assert!(checked(&payload, later(20)).is_ok());
        for at in 0..octets.len() {
            for bit in 0..8 {
                let mut altered = octets.clone();
                altered[at] ^= 1 << bit;
                let found = checked(&of_octets(&altered), later(20));
                assert!(found.is_err(), "octet {at}, bit {bit}: {found:?}");
            }
        }
    }
}

#[test]
fn no_character_can_change() {
    let text = shown();
    for at in 0..text.as_str().len() {
        for other in ["A", "7", "0", "1", "8", "*", "É", "", "AA"] {
            let altered = format!("{}{other}{}", &text.as_str()[..at], &text.as_str()[at + 1..]);
            if altered != text.as_str() {
                let found = checked(&Payload::of_text(&altered), later(20));
                assert!(found.is_err(), "character {at} as {other:?}: {found:?}");
            }
        }
    }
}

#[test]
fn what_is_cut_is_unreadable() {
    let shown = shown();
    let text = shown.as_str();
    let fault = |text: &str| checked(&Payload::of_text(text), later(20)).unwrap_err();
    for length in 0..text.len() {
        let cut = fault(&text[..length]);
        assert_eq!(cut.kind(), FaultKind::Unreadable, "{length}: {cut}");
        assert!(length == 0 || cut.code() == "cut_short", "{length}: {cut:?}");
        assert!(checked(&Payload::of_text(&text[text.len() - length..]), later(20)).is_err(), "{length}");
    }
    for more in ["A", "AA", "AAAAAAAA"] {
        assert_eq!(fault(&format!("{text}{more}")).kind(), FaultKind::Unreadable);
    }
    assert_eq!(fault(&format!("{text}{text}")).kind(), FaultKind::Unreadable);
    let octets = shown.octets().unwrap();
    let longer = checked(&of_octets(&[&octets[..], &[0]].concat()), later(20)).unwrap_err();
    assert_eq!(longer.code(), "trailing");
}

#[test]
fn a_proof_that_is_cut_off_whole_leaves_a_picture() {
    // the head still promises it
    let octets = shown().octets().unwrap();
    let without = &octets[..octets.len() - 71];
    assert_eq!(checked(&of_octets(without), later(20)).unwrap_err().code(), "cut_short");
    // with the head of a code without proof it is the code before anybody showed it
    let mut picture = without.to_vec();
    picture[0] = 0x84;
    assert_eq!(of_octets(&picture), code().payload());
}

/// xorshift64: the same mutations in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

#[test]
fn nothing_random_is_a_code_and_nothing_panics() {
    let octets = shown().octets().unwrap();
    let mut dice = Dice(0x636F_6465);
    for _ in 0..4_000 {
        let mut altered = octets.clone();
        for _ in 0..=dice.below(4) {
            let at = dice.below(altered.len().max(1));
            match dice.below(4) {
                _ if altered.is_empty() => {}
                0 => altered[at] = (dice.below(256)) as u8,
                1 => altered.insert(at, dice.below(256) as u8),
                2 => {
                    altered.remove(at);
                }
                _ => altered.truncate(at),
            }
        }
        if altered != octets {
            assert!(checked(&of_octets(&altered), later(20)).is_err(), "{}", hex::encode(&altered));
        }
        let noise: Vec<u8> = (0..dice.below(400)).map(|_| dice.below(256) as u8).collect();
        assert!(checked(&of_octets(&noise), later(20)).is_err());
    }
}
