//! Numbers mod n, the order of the generator (GB/T 32918.5 A.1).
//!
//! [`SecretScalar`] serves signing: the same steps for every value. The
//! functions `public_*` serve verification and may branch.

use super::limbs::{self, Limbs, adc};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// n.
pub(crate) const N: Limbs =
    [0x53BB_F409_39D5_4123, 0x7203_DF6B_21C6_052B, 0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFE_FFFF_FFFF];

/// -1/n mod 2^64, by Newton's iteration.
const N_INVERSE: u64 = {
    let mut x: u64 = 1;
    let mut i = 0;
    while i < 6 {
        x = x.wrapping_mul(2u64.wrapping_sub(N[0].wrapping_mul(x)));
        i += 1;
    }
    x.wrapping_neg()
};

/// 2^512 mod n: 2^256 - n doubled 256 times.
const R2: Limbs = {
    let (mut x, _) = limbs::sub(&[0; 4], &N);
    let mut i = 0;
    while i < 256 {
        let (sum, carry) = limbs::add(&x, &x);
        let (less, borrow) = limbs::sub(&sum, &N);
        x = if carry >= borrow { less } else { sum };
        i += 1;
    }
    x
};

/// All ones for 1, zero for 0; hidden from the optimiser, which might
/// otherwise turn the selection that follows into a branch.
#[inline(always)]
pub(crate) fn mask(bit: u64) -> u64 {
    0u64.wrapping_sub(core::hint::black_box(bit))
}

/// A secret number below n.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct SecretScalar(Limbs);

impl SecretScalar {
    /// 1.
    pub(crate) const ONE: Self = Self([1, 0, 0, 0]);

    /// From a number below 2^256, reduced once (2^256 < 2n).
    pub(crate) fn from_limbs(limbs: &Limbs) -> Self {
        Self(once(limbs, 0))
    }

    /// From 64 octets: (high * 2^256 + low) mod n. Evenly spread octets give a
    /// number that is even to 2^-256.
    pub(crate) fn from_wide(high: &[u8; 32], low: &[u8; 32]) -> Self {
        let high = Self(montgomery(&limbs::from_be(high), &R2));
        high.add(&Self::from_limbs(&limbs::from_be(low)))
    }

    /// The limbs; secret.
    pub(crate) const fn limbs(&self) -> &Limbs {
        &self.0
    }

    pub(crate) fn add(&self, other: &Self) -> Self {
        let (sum, carry) = limbs::add(&self.0, &other.0);
        Self(once(&sum, carry))
    }

    pub(crate) fn sub(&self, other: &Self) -> Self {
        let (difference, borrow) = limbs::sub(&self.0, &other.0);
        let mask = mask(borrow);
        Self(limbs::add(&difference, &[N[0] & mask, N[1] & mask, N[2] & mask, N[3] & mask]).0)
    }

    /// self * 2^256 mod n, the form that [`SecretScalar::mul_prepared`] takes.
    pub(crate) fn prepared(&self) -> Self {
        Self(montgomery(&self.0, &R2))
    }

    /// self * x, for `prepared` = x.prepared().
    pub(crate) fn mul_prepared(&self, prepared: &Self) -> Self {
        Self(montgomery(&self.0, &prepared.0))
    }

    /// (1 / self).prepared(), as self^(n-2); the exponent is public.
    pub(crate) fn invert_prepared(&self) -> Self {
        let base = self.prepared();
        let mut exponent = N;
        exponent[0] = exponent[0].wrapping_sub(2);
        let mut out = Self::ONE.prepared();
        for bit in (0..256).rev() {
            out = out.mul_prepared(&out);
            if exponent[bit / 64] >> (bit % 64) & 1 == 1 {
                out = out.mul_prepared(&base);
            }
        }
        out
    }

    /// Whether the number is zero; this one bit becomes public.
    pub(crate) fn is_zero(&self) -> bool {
        limbs::is_zero(&self.0)
    }
}

/// t + carry * 2^256, below 2n, less n if need be.
#[inline(always)]
fn once(t: &Limbs, carry: u64) -> Limbs {
    let (less, borrow) = limbs::sub(t, &N);
    // keep t only where taking n away borrowed and no carry pays for it
    limbs::select(mask(borrow & !carry), t, &less)
}

/// a * b / 2^256 mod n, for a < 2^256 and b < n.
fn montgomery(a: &Limbs, b: &Limbs) -> Limbs {
    let mut t = limbs::mul_wide(a, b);
    let mut top = 0;
    for i in 0..4 {
        let m = t[i].wrapping_mul(N_INVERSE);
        let mut carry = 0;
        for j in 0..4 {
            let (low, high) = limbs::product(m, N[j]);
            let mut c = 0;
            let low = adc(low, carry, &mut c);
            let high = high.wrapping_add(c);
            let mut c = 0;
            t[i + j] = adc(t[i + j], low, &mut c);
            carry = high.wrapping_add(c);
        }
        t[i + 4] = adc(t[i + 4], carry, &mut top);
    }
    once(&[t[4], t[5], t[6], t[7]], top)
}

/// (a + b) mod n for public a and b below n.
#[inline(always)]
pub(crate) fn public_add(a: &Limbs, b: &Limbs) -> Limbs {
    let (sum, carry) = limbs::add(a, b);
    let (less, borrow) = limbs::sub(&sum, &N);
    if carry == 0 && borrow == 1 { sum } else { less }
}

/// (a - b) mod n for public a below n and any public b below 2^256.
#[inline(always)]
pub(crate) fn public_sub(a: &Limbs, b: &Limbs) -> Limbs {
    let b = if limbs::less(b, &N) { *b } else { limbs::sub(b, &N).0 };
    let (difference, borrow) = limbs::sub(a, &b);
    if borrow == 0 { difference } else { limbs::add(&difference, &N).0 }
}
