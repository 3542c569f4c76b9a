//! Mutations of a sound list never panic, never verify, and never read as the same list.

use super::*;

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

/// Pieces that turn one sound token into another, or break one.
const PIECES: &[&[u8]] = &[
    b"\"",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"0",
    b"-",
    b"9007199254740992",
    b"1e9",
    b"null",
    b"true",
    b"\\ud800",
    b"\\u0000",
    b" ",
    b"\n",
    b"\xFF",
    b"\xE4\xB8",
    b"\x00",
    b"granted",
    b"withdrawn",
    b"\"from\"",
    b"\"services\":[",
    b"[[[[[[[[[[",
    b"{\"a\":{\"a\":{\"a\":",
    b"T",
    b"Z",
    b"34",
    b"\xE2\x80\xAE",
];

fn mutate(octets: &mut Vec<u8>, dice: &mut Dice) {
    let at = dice.below(octets.len());
    match dice.below(6) {
        0 => octets[at] ^= 1 << dice.below(8),
        1 => {
            octets.remove(at);
        }
        2 => {
            let piece = PIECES[dice.below(PIECES.len())];
            octets.splice(at..at, piece.iter().copied());
        }
        3 => {
            let piece = PIECES[dice.below(PIECES.len())];
            let end = (at + piece.len()).min(octets.len());
            octets.splice(at..end, piece.iter().copied());
        }
        4 => {
            // a part of it again, elsewhere
            let end = (at + dice.below(200)).min(octets.len());
            let part = octets[at..end].to_vec();
            let to = dice.below(octets.len());
            octets.splice(to..to, part);
        }
        _ => {
            let end = (at + dice.below(40)).min(octets.len());
            octets.drain(at..end);
        }
    }
}

#[test]
fn no_mutation_verifies_and_none_panics() {
    let made = signed(&draft());
    let (limits, key, signature) = (TrustListLimits::default(), public(&operator()), made.signature());
    let mut dice = Dice(0x7275_7374);
    let (mut read, mut refused) = (0, 0);
    for round in 0..20_000 {
        let mut octets = made.octets().to_vec();
        for _ in 0..=dice.below(3) {
            mutate(&mut octets, &mut dice);
            if octets.is_empty() {
                octets.push(b'{');
            }
        }
        if octets == made.octets() {
            continue;
        }
        // past the signature, as if the operator had signed it
        match super::read::list(&octets, &limits) {
            Ok(list) => {
                read += 1;
                assert_ne!(&list, made.list(), "two forms of one list");
                let again = ListPlan::from_json(&octets, &limits).unwrap();
                assert_eq!(again.to_be_signed(), octets, "read, and not its own canonical form");
            }
            Err(_) => refused += 1,
        }
        let _ = ListPlan::from_json(&octets, &limits);
        // a signature is slower: for some
        if round % 20 == 0 {
            let verified = SignedList::verify(&octets, &signature, &key, &limits);
            assert_eq!(verified.unwrap_err(), SignedListError::WrongSignature);
        }
    }
    assert!(read > 100 && refused > 15_000, "{read} read, {refused} refused");
}

#[test]
fn every_octet_of_list_and_signature_counts() {
    let made = signed(&draft());
    let (limits, key, signature) = (TrustListLimits::default(), public(&operator()), made.signature());
    for at in 0..made.octets().len() {
        let mut octets = made.octets().to_vec();
        octets[at] ^= 1 << (at % 8);
        let verified = SignedList::verify(&octets, &signature, &key, &limits);
        assert_eq!(verified.unwrap_err(), SignedListError::WrongSignature, "octet {at}");
    }
    for at in 0..signature.len() {
        for bit in 0..8 {
            let mut altered = signature.clone();
            altered[at] ^= 1 << bit;
            assert!(SignedList::verify(made.octets(), &altered, &key, &limits).is_err(), "octet {at}");
        }
    }
    for length in 0..signature.len() {
        assert!(SignedList::verify(made.octets(), &signature[..length], &key, &limits).is_err());
    }
}
