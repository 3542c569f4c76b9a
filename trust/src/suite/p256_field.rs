//! Numbers mod p, p = 2^256 - 2^224 + 2^192 + 2^96 - 1 (SP 800-186 3.2.1.3), in
//! Montgomery form: x stands as x * 2^256 mod p. For compressed points, which are
//! public: every operation branches as it likes.
//!
//! The reduction is that of the field of SM2 (`sm::core`): as p = -1 mod 2^64, the
//! lowest limb m is itself the multiple of p to add. With l = m * 2^32 mod 2^64 and
//! h = m / 2^32, adding m * p and dropping the lowest limb leaves
//! (t1 + l, t2 + h, t3 + m - l, m - h) with carries: no multiplication.
//!
//! Every operation is compared with fiat-crypto's verified field.

use crate::sm::limbs::{self, Limbs, adc, sbb};

/// p.
const P: Limbs = [0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF, 0, 0xFFFF_FFFF_0000_0001];
/// 2^512 mod p.
const R2: Limbs = [3, 0xFFFF_FFFB_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFE, 0x4_FFFF_FFFD];

/// A number mod p in Montgomery form, below p.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fe(Limbs);

impl Fe {
    /// From 32 big-endian octets; `None` at or above p.
    pub(super) fn from_octets(octets: &[u8; 32]) -> Option<Self> {
        let plain = limbs::from_be(octets);
        limbs::less(&plain, &P).then(|| Self(plain).mul(&Self(R2)))
    }

    /// 32 octets, big-endian.
    pub(super) fn to_octets(self) -> [u8; 32] {
        limbs::to_be(&self.mul(&Self([1, 0, 0, 0])).0)
    }

    #[inline(always)]
    pub(super) fn add(&self, other: &Self) -> Self {
        let (sum, carry) = limbs::add(&self.0, &other.0);
        settle(&sum, carry)
    }

    #[inline(always)]
    pub(super) fn sub(&self, other: &Self) -> Self {
        let (difference, borrow) = limbs::sub(&self.0, &other.0);
        Self(if borrow == 0 { difference } else { limbs::add(&difference, &P).0 })
    }

    pub(super) fn neg(&self) -> Self {
        Self([0; 4]).sub(self)
    }

    #[inline(always)]
    pub(super) fn mul(&self, other: &Self) -> Self {
        reduce(&limbs::mul_wide(&self.0, &other.0))
    }

    #[inline(always)]
    pub(super) fn square(&self) -> Self {
        reduce(&limbs::square_wide(&self.0))
    }

    /// x^(2^n).
    pub(super) fn square_times(&self, n: u32) -> Self {
        (0..n).fold(*self, |x, _| x.square())
    }
}

/// t + carry * 2^256, which is below 2p, brought below p.
#[inline(always)]
fn settle(t: &Limbs, carry: u64) -> Fe {
    let (less, borrow) = limbs::sub(t, &P);
    // no branch: which it is, no processor guesses
    let stays = 0u64.wrapping_sub(borrow & (carry ^ 1));
    Fe(limbs::select(stays, t, &less))
}

#[inline(always)]
fn reduce(w: &[u64; 8]) -> Fe {
    let mut t = [w[0], w[1], w[2], w[3]];
    for _ in 0..4 {
        let m = t[0];
        let (l, h) = (m << 32, m >> 32);
        let mut b = 0;
        let low = sbb(m, l, &mut b);
        let high = m.wrapping_sub(h).wrapping_sub(b); // m * p has no borrow left
        let mut c = 0;
        t = [adc(t[1], l, &mut c), adc(t[2], h, &mut c), adc(t[3], low, &mut c), high.wrapping_add(c)];
    }
    let (sum, carry) = limbs::add(&t, &[w[4], w[5], w[6], w[7]]);
    settle(&sum, carry)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fiat_crypto::p256_64::{self as fiat, fiat_p256_montgomery_domain_field_element as Verified};

    fn verified(operation: impl Fn(&mut Verified)) -> Limbs {
        let mut out = Verified([0; 4]);
        operation(&mut out);
        out.0
    }

    fn compare(a: &Limbs, b: &Limbs) {
        let (x, y, u, v) = (Fe(*a), Fe(*b), Verified(*a), Verified(*b));
        assert_eq!(x.add(&y).0, verified(|out| fiat::fiat_p256_add(out, &u, &v)), "{a:x?} + {b:x?}");
        assert_eq!(x.sub(&y).0, verified(|out| fiat::fiat_p256_sub(out, &u, &v)), "{a:x?} - {b:x?}");
        assert_eq!(x.mul(&y).0, verified(|out| fiat::fiat_p256_mul(out, &u, &v)), "{a:x?} * {b:x?}");
        assert_eq!(x.square().0, verified(|out| fiat::fiat_p256_square(out, &u)), "{a:x?} squared");
        assert_eq!(x.neg().0, verified(|out| fiat::fiat_p256_opp(out, &u)), "-{a:x?}");
        assert_eq!(x.square_times(3), x.square().square().square());
        let octets = x.to_octets();
        let mut plain = fiat::fiat_p256_non_montgomery_domain_field_element([0; 4]);
        fiat::fiat_p256_from_montgomery(&mut plain, &u);
        assert_eq!(octets, limbs::to_be(&plain.0), "plain {a:x?}");
        assert_eq!(Fe::from_octets(&octets), Some(x));
    }

    #[test]
    fn the_field_is_the_verified_field() {
        use ring::rand::SecureRandom as _;
        let random = ring::rand::SystemRandom::new();
        // numbers at random, and numbers of limbs at the edges, where carries run through
        let edges =
            [0, 1, 2, 0xFFFF_FFFF, 0x1_0000_0000, 0xFFFF_FFFF_0000_0000, 0xFFFF_FFFF_0000_0001, u64::MAX - 1, u64::MAX];
        let number = |at_the_edge: bool| loop {
            let mut octets = [0; 32];
            random.fill(&mut octets).unwrap();
            let mut number = limbs::from_be(&octets);
            if at_the_edge {
                number = number.map(|limb| edges[usize::try_from(limb % edges.len() as u64).unwrap()]);
            }
            if limbs::less(&number, &P) {
                return number;
            }
        };
        for round in 0..40_000 {
            compare(&number(round % 2 == 0), &number(round % 4 < 2));
        }
        let last = limbs::sub(&P, &[1, 0, 0, 0]).0;
        for (a, b) in [(last, last), (last, [0; 4]), ([0; 4], [0; 4]), ([1, 0, 0, 0], last)] {
            compare(&a, &b);
        }
    }

    #[test]
    fn numbers_from_p_on_are_none() {
        for over in 0..3 {
            assert_eq!(Fe::from_octets(&limbs::to_be(&limbs::add(&P, &[over, 0, 0, 0]).0)), None);
        }
        assert_eq!(Fe::from_octets(&[0xFF; 32]), None);
    }
}
