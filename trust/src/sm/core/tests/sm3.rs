//! Many digests at once against one by one.

use super::{Dice, rounds};
#[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
use crate::sm::core::sm3_lanes::digest_by_every_kind;
use crate::sm::{core::sm3_lanes::digest_many, sm3};

fn compare(messages: &[Vec<u8>]) {
    let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
    let expected: Vec<_> = messages.iter().map(|message| sm3::digest(message)).collect();
    for lanes in [1, 8, 16] {
        assert_eq!(digest_many(&messages, lanes), expected, "{lanes} lanes");
    }
    #[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
    for digests in digest_by_every_kind(&messages) {
        assert_eq!(digests, expected);
    }
}

#[test]
fn every_length_around_a_block() {
    let mut dice = Dice(51);
    compare(&(0..300).map(|length| (0..length).map(|_| dice.word() as u8).collect()).collect::<Vec<_>>());
    for count in 0..40 {
        compare(&vec![vec![count as u8; 64]; count]);
    }
}

#[test]
fn lengths_of_every_mixture() {
    let mut dice = Dice(52);
    for _ in 0..rounds(40, 2_000) {
        let count = dice.below(70);
        let longest = [10, 100, 1_000, 20_000][dice.below(4)];
        let message = |dice: &mut Dice| {
            let length = dice.below(longest);
            (0..length).map(|_| dice.word() as u8).collect()
        };
        compare(&(0..count).map(|_| message(&mut dice)).collect::<Vec<Vec<u8>>>());
    }
}

#[test]
fn one_long_among_many_short() {
    let mut messages = vec![vec![7; 100]; 50];
    messages[20] = vec![9; 300_000];
    compare(&messages);
}

#[test]
fn nothing_to_digest() {
    compare(&[]);
    compare(&[Vec::new()]);
    compare(&vec![Vec::new(); 33]);
}
