//! Numbers mod p, p = 2^256 - 2^224 - 2^96 + 2^64 - 1 (GB/T 32918.5 A.1), in
//! Montgomery form: x stands as x * 2^256 mod p.
//!
//! 1. Product: 512 bits, schoolbook (`limbs`).
//! 2. Reduction, four steps: as p = -1 mod 2^64, the lowest limb m is itself
//!    the multiple of p to add. With l = m * 2^32 mod 2^64 and h = m / 2^32,
//!    adding m * p and dropping the lowest limb leaves
//!    (t1 + m - l, t2 - h, t3 - l, m - h) with carries: no multiplication.
//! 3. The upper half of the product is added; the sum is below 2^256 + p.
//! 4. Finish below p: `Public` branches on the rare case (1 in 2^32);
//!    `Secret` folds carries back without a branch and only promises a result
//!    below 2^256, made unique by [`Fe::to_octets`].
//!
//! Every operation has property tests against fiat-crypto's verified field.

use super::limbs::{self, Limbs, adc, sbb};
use core::marker::PhantomData;

/// p.
pub(crate) const P: Limbs =
    [0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_0000_0000, 0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFE_FFFF_FFFF];
/// 2^256 mod p: one in Montgomery form.
const ONE: Limbs = [1, 0xFFFF_FFFF, 0, 0x1_0000_0000];
/// 2^512 mod p.
const R2: Limbs = [0x0000_0002_0000_0003, 0x0000_0002_FFFF_FFFF, 0x0000_0001_0000_0001, 0x0000_0004_0000_0002];

/// How sums, differences and products are finished.
pub(crate) trait Timing: Copy {
    /// t + carry * 2^256, below 2p (sum) or 2^256 + p (product), brought down.
    fn settle(t: Limbs, carry: u64) -> Limbs;
    /// a - b brought up.
    fn subtract(a: &Limbs, b: &Limbs) -> Limbs;
}

/// Public data: results below p, branches allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Public {}

/// Secret data: results below 2^256, no branches.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Secret {}

/// A number mod p in Montgomery form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fe<T: Timing = Public>(Limbs, PhantomData<T>);

impl<T: Timing> Fe<T> {
    /// 0.
    pub(crate) const ZERO: Self = Self::raw([0; 4]);
    /// 1.
    pub(crate) const ONE: Self = Self::raw(ONE);

    #[inline(always)]
    pub(crate) const fn raw(montgomery: Limbs) -> Self {
        Self(montgomery, PhantomData)
    }

    /// The limbs of the Montgomery form.
    #[inline(always)]
    pub(crate) const fn limbs(&self) -> &Limbs {
        &self.0
    }

    /// The number `plain`, which must be below p.
    #[inline(always)]
    pub(crate) fn from_plain(plain: &Limbs) -> Self {
        Self::raw(*plain).mul(&Self::raw(R2))
    }

    /// The number itself, below p (`Public`) or below 2^256 (`Secret`).
    #[inline(always)]
    pub(crate) fn to_plain(self) -> Limbs {
        self.mul(&Self::raw([1, 0, 0, 0])).0
    }

    #[inline(always)]
    pub(crate) fn add(&self, other: &Self) -> Self {
        let (sum, carry) = limbs::add(&self.0, &other.0);
        Self::raw(T::settle(sum, carry))
    }

    #[inline(always)]
    pub(crate) fn double(&self) -> Self {
        self.add(self)
    }

    #[inline(always)]
    pub(crate) fn sub(&self, other: &Self) -> Self {
        Self::raw(T::subtract(&self.0, &other.0))
    }

    #[inline(always)]
    pub(crate) fn neg(&self) -> Self {
        Self::ZERO.sub(self)
    }

    #[inline(always)]
    pub(crate) fn mul(&self, other: &Self) -> Self {
        Self::reduce(limbs::mul_wide(&self.0, &other.0))
    }

    #[inline(always)]
    pub(crate) fn square(&self) -> Self {
        Self::reduce(limbs::square_wide(&self.0))
    }

    /// x / 2.
    #[inline(always)]
    pub(crate) fn half(&self) -> Self {
        let odd = 0u64.wrapping_sub(self.0[0] & 1);
        let (t, c) = limbs::add(&self.0, &[odd, P[1] & odd, odd, P[3] & odd]);
        Self::raw([t[0] >> 1 | t[1] << 63, t[1] >> 1 | t[2] << 63, t[2] >> 1 | t[3] << 63, t[3] >> 1 | c << 63])
    }

    /// x^(2^n).
    pub(crate) fn square_times(&self, n: u32) -> Self {
        let mut out = *self;
        for _ in 0..n {
            out = out.square();
        }
        out
    }

    /// 1 / x as x^(p-2), 255 squarings and 14 products; 0 gives 0. The same
    /// steps for every x. Names: `xn` is x^(2^n - 1).
    pub(crate) fn invert(&self) -> Self {
        let x1 = *self;
        let x2 = x1.square_times(1).mul(&x1);
        let x3 = x2.square_times(1).mul(&x1);
        let x6 = x3.square_times(3).mul(&x3);
        let x12 = x6.square_times(6).mul(&x6);
        let x15 = x12.square_times(3).mul(&x3);
        let x30 = x15.square_times(15).mul(&x15);
        let x31 = x30.square_times(1).mul(&x1);
        let x32 = x31.square_times(1).mul(&x1);
        // p - 2 = FFFFFFFE FFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF 00000000 FFFFFFFF FFFFFFFD
        let mut out = x31.square_times(1);
        for _ in 0..4 {
            out = out.square_times(32).mul(&x32);
        }
        out = out.square_times(64).mul(&x32);
        out.square_times(30).mul(&x30).square_times(2).mul(&x1)
    }

    #[inline(always)]
    fn reduce(w: [u64; 8]) -> Self {
        let mut t = [w[0], w[1], w[2], w[3]];
        for _ in 0..4 {
            let m = t[0];
            let (l, h) = (m << 32, m >> 32);
            let mut c = 0;
            let x1 = adc(t[1], m, &mut c);
            let x2 = adc(t[2], 0, &mut c);
            let x3 = adc(t[3], 0, &mut c);
            let x4 = m.wrapping_add(c); // a carry lost here comes back as the borrow lost below
            let mut b = 0;
            t = [sbb(x1, l, &mut b), sbb(x2, h, &mut b), sbb(x3, l, &mut b), sbb(x4, h, &mut b)];
        }
        let (sum, carry) = limbs::add(&t, &[w[4], w[5], w[6], w[7]]);
        Self::raw(T::settle(sum, carry))
    }
}

impl Fe<Public> {
    /// From 32 big-endian octets; `None` at or above p.
    pub(crate) fn from_octets(octets: &[u8; 32]) -> Option<Self> {
        let plain = limbs::from_be(octets);
        limbs::less(&plain, &P).then(|| Self::from_plain(&plain))
    }

    /// -x or x without a branch: half of all digits are negative, and no
    /// processor guesses which.
    #[inline(always)]
    pub(crate) fn negate_if(&self, negate: bool) -> Self {
        Self::raw(limbs::select(0u64.wrapping_sub(negate.into()), &self.neg().0, &self.0))
    }

    #[inline(always)]
    pub(crate) fn is_zero(&self) -> bool {
        limbs::is_zero(&self.0)
    }
}

impl PartialEq for Fe<Public> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Fe<Public> {}

impl Fe<Secret> {
    /// The number below p, in plain form. The same steps for every value.
    pub(crate) fn to_unique(self) -> Limbs {
        let plain = self.to_plain();
        let (less, borrow) = limbs::sub(&plain, &P);
        limbs::select(super::scalar::mask(borrow), &plain, &less)
    }

    /// `a` where `mask` is all ones, `b` where it is zero.
    #[inline(always)]
    pub(crate) fn select(mask: u64, a: &Self, b: &Self) -> Self {
        Self::raw(limbs::select(mask, &a.0, &b.0))
    }
}

impl<T: Timing> zeroize::DefaultIsZeroes for Fe<T> {}

impl<T: Timing> Default for Fe<T> {
    fn default() -> Self {
        Self::ZERO
    }
}

/// carry * (2^256 - p) added: what a carry out of 2^256 is worth mod p.
#[inline(always)]
fn fold(t: &Limbs, carry: u64) -> (Limbs, u64) {
    let mask = 0u64.wrapping_sub(carry);
    limbs::add(t, &[carry, mask >> 32, 0, carry << 32])
}

/// borrow * (2^256 - p) taken away.
#[inline(always)]
fn unfold(t: &Limbs, borrow: u64) -> (Limbs, u64) {
    let mask = 0u64.wrapping_sub(borrow);
    limbs::sub(t, &[borrow, mask >> 32, 0, borrow << 32])
}

impl Timing for Public {
    #[inline(always)]
    fn settle(t: Limbs, carry: u64) -> Limbs {
        let t = fold(&t, carry).0;
        if t[3] >= P[3] { last_step(t[0], t[1], t[2], t[3]).into() } else { t }
    }

    #[inline(always)]
    fn subtract(a: &Limbs, b: &Limbs) -> Limbs {
        let (t, borrow) = limbs::sub(a, b);
        unfold(&t, borrow).0
    }
}

/// The upper limb alone does not tell whether t is below p: 1 case in 2^32.
/// Limb by limb, so that the usual case need not keep t in memory.
#[cold]
#[inline(never)]
fn last_step(t0: u64, t1: u64, t2: u64, t3: u64) -> (u64, u64, u64, u64) {
    let t = [t0, t1, t2, t3];
    let (less, borrow) = limbs::sub(&t, &P);
    if borrow == 0 { less.into() } else { t.into() }
}

impl Timing for Secret {
    // A sum of two numbers below 2^256 may carry, and its fold may carry once
    // more; after the second fold there is nothing left to carry.
    #[inline(always)]
    fn settle(t: Limbs, carry: u64) -> Limbs {
        let (t, again) = fold(&t, carry);
        fold(&t, again).0
    }

    #[inline(always)]
    fn subtract(a: &Limbs, b: &Limbs) -> Limbs {
        let (t, borrow) = limbs::sub(a, b);
        let (t, again) = unfold(&t, borrow);
        unfold(&t, again).0
    }
}
