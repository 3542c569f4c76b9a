//! The core against other implementations: fiat-crypto's verified fields,
//! RustCrypto's `sm2`, `libsmx`, and itself on its other paths.
//!
//! A slice runs always; `YINXIN_LONG=1` runs the whole count.

mod arithmetic;
mod keys;
#[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
mod lanes;
mod oracle;
mod points;
mod signing;
mod sm3;
mod timing;
mod verification;

use super::limbs::{self, Limbs};

/// `slice` rounds, or `whole` where the long runs are asked for.
fn rounds(slice: usize, whole: usize) -> usize {
    if std::env::var_os("YINXIN_LONG").is_some_and(|value| value == "1") { whole } else { slice }
}

/// Numbers that look random and are the same in every run (splitmix64).
struct Dice(u64);

impl Dice {
    fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.word() % n as u64) as usize
    }

    fn octets(&mut self) -> [u8; 32] {
        limbs::to_be(&self.any())
    }

    /// Any number below 2^256.
    fn any(&mut self) -> Limbs {
        [self.word(), self.word(), self.word(), self.word()]
    }

    /// Any number below `modulus`.
    fn number(&mut self, modulus: &Limbs) -> Limbs {
        loop {
            let number = self.any();
            if limbs::less(&number, modulus) {
                return number;
            }
        }
    }

    /// A number near 0, near `modulus`, near 2^256, near a power of two, of
    /// few bits, of all but few bits, or any.
    fn edge(&mut self) -> Limbs {
        let little = [self.word() % 4, 0, 0, 0];
        let near = |base: &Limbs, below: bool| {
            if below { limbs::sub(base, &little).0 } else { limbs::add(base, &little).0 }
        };
        let mut bit = [0; 4];
        let at = self.below(256);
        bit[at / 64] = 1 << (at % 64);
        match self.below(9) {
            0 => little,
            1 => near(&super::field::P, true),
            2 => near(&super::scalar::N, true),
            3 => limbs::sub(&[u64::MAX; 4], &little).0,
            4 => near(&bit, true),
            5 => near(&bit, false),
            6 => near(&super::field::P, false),
            7 => {
                let words = [0, u64::MAX, 1, u64::MAX << 32, u64::MAX >> 32];
                [0; 4].map(|_: u64| words[self.below(words.len())])
            }
            _ => self.any(),
        }
    }

    /// An edge case below `modulus`.
    fn edge_below(&mut self, modulus: &Limbs) -> Limbs {
        loop {
            let number = self.edge();
            if limbs::less(&number, modulus) {
                return number;
            }
        }
    }
}
