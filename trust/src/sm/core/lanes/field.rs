//! Eight numbers mod p in step: five limbs of 52 bits, one 64-bit lane a number.
//!
//! A number x stands as x * 2^260 mod p, not reduced below p. Between
//! operations every limb is below 2^52 and every value below 2.01 p.
//!
//! 1. Product: 25 pairs of the lower and the upper 52 bits (VPMADD52).
//! 2. Reduction, five steps: p = -1 mod 2^52, so the lowest limb m is itself
//!    the multiple of p to add, and p + 1 = Q1 2^52 - 2^104 + Q4 2^208 leaves
//!    four multiplications and one subtraction a step. Limbs are signed then.
//! 3. A product of values below a p and b p is below (a b / 16 + 1) p.
//! 4. Sums and differences are taken limb by limb and settled by
//!    [`settle`]: what lies above 2^256 is folded back (2^256 = 2^224 + 2^96 -
//!    2^64 + 1 mod p), p is added so that nothing is negative, and the
//!    carries run through once. The result is below 2.01 p.

use core::arch::x86_64::{
    __m512i, __mmask8, _mm512_add_epi64, _mm512_and_si512, _mm512_cmpeq_epi64_mask, _mm512_madd52hi_epu64,
    _mm512_madd52lo_epu64, _mm512_mask_blend_epi64, _mm512_mask_sub_epi64, _mm512_movepi64_mask, _mm512_or_si512,
    _mm512_set1_epi64, _mm512_setzero_si512, _mm512_slli_epi64, _mm512_srai_epi64, _mm512_srli_epi64, _mm512_sub_epi64,
};

/// Five limbs of 52 bits; in a raw sum they are signed and may be larger.
#[derive(Clone, Copy)]
pub(super) struct Fe8(pub(super) [__m512i; 5]);

const LOW: i64 = (1 << 52) - 1;
/// p in 52-bit limbs.
pub(super) const P52: [i64; 5] = [LOW, 0x000F_F000_0000_0FFF, LOW, LOW, 0xFFFF_FFFE_FFFF];
/// The limbs of p + 1 that are multiplied with.
const Q1: i64 = P52[1] + 1;
const Q4: i64 = P52[4] + 1;

/// 2^k mod p in 52-bit limbs, by doubling.
const fn power_of_two(k: u32) -> [i64; 5] {
    let mut x: [i64; 5] = [1, 0, 0, 0, 0];
    let mut n = 0;
    while n < k {
        let mut carry = 0;
        let mut i = 0;
        while i < 5 {
            let limb = (x[i] << 1) + carry;
            carry = limb >> 52;
            x[i] = limb & LOW;
            i += 1;
        }
        let mut less = [0; 5];
        let mut borrow = 0;
        let mut i = 0;
        while i < 5 {
            let limb = x[i] - P52[i] + borrow;
            borrow = limb >> 52;
            less[i] = limb & LOW;
            i += 1;
        }
        if borrow == 0 {
            x = less;
        }
        n += 1;
    }
    x
}

/// 1.
pub(super) const ONE: [i64; 5] = power_of_two(260);
/// Brings a plain number into this form.
pub(super) const FROM_PLAIN: [i64; 5] = power_of_two(520);
/// Brings a number x * 2^256 mod p (`field::Fe`) into this form.
pub(super) const FROM_FE: [i64; 5] = power_of_two(264);
/// Brings a number from this form to x * 2^256 mod p.
pub(super) const TO_FE: [i64; 5] = power_of_two(256);

#[inline]
#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
pub(super) fn constant(limbs: &[i64; 5]) -> Fe8 {
    Fe8([
        _mm512_set1_epi64(limbs[0]),
        _mm512_set1_epi64(limbs[1]),
        _mm512_set1_epi64(limbs[2]),
        _mm512_set1_epi64(limbs[3]),
        _mm512_set1_epi64(limbs[4]),
    ])
}

/// a * b / 2^260.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
pub(super) fn mul(a: &Fe8, b: &Fe8) -> Fe8 {
    let mut low = [_mm512_setzero_si512(); 10];
    let mut high = [_mm512_setzero_si512(); 10]; // two sums a limb: shorter chains
    for i in 0..5 {
        for j in 0..5 {
            low[i + j] = _mm512_madd52lo_epu64(low[i + j], a.0[i], b.0[j]);
            high[i + j + 1] = _mm512_madd52hi_epu64(high[i + j + 1], a.0[i], b.0[j]);
        }
    }
    let mut t = low;
    for i in 0..10 {
        t[i] = _mm512_add_epi64(low[i], high[i]);
    }
    reduce(t)
}

/// a * a / 2^260.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
pub(super) fn square(a: &Fe8) -> Fe8 {
    let mut low = [_mm512_setzero_si512(); 10];
    let mut high = [_mm512_setzero_si512(); 10];
    for i in 0..5 {
        for j in i + 1..5 {
            low[i + j] = _mm512_madd52lo_epu64(low[i + j], a.0[i], a.0[j]);
            high[i + j + 1] = _mm512_madd52hi_epu64(high[i + j + 1], a.0[i], a.0[j]);
        }
    }
    let mut t = low;
    for i in 0..10 {
        let sum = _mm512_add_epi64(low[i], high[i]);
        t[i] = _mm512_add_epi64(sum, sum);
    }
    for i in 0..5 {
        t[2 * i] = _mm512_madd52lo_epu64(t[2 * i], a.0[i], a.0[i]);
        t[2 * i + 1] = _mm512_madd52hi_epu64(t[2 * i + 1], a.0[i], a.0[i]);
    }
    reduce(t)
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
fn reduce(mut t: [__m512i; 10]) -> Fe8 {
    let low = _mm512_set1_epi64(LOW);
    let (q1, q4) = (_mm512_set1_epi64(Q1), _mm512_set1_epi64(Q4));
    for i in 0..5 {
        let m = _mm512_and_si512(t[i], low);
        t[i + 1] = _mm512_add_epi64(t[i + 1], _mm512_srai_epi64::<52>(t[i]));
        t[i + 1] = _mm512_madd52lo_epu64(t[i + 1], m, q1);
        t[i + 2] = _mm512_madd52hi_epu64(_mm512_sub_epi64(t[i + 2], m), m, q1);
        t[i + 4] = _mm512_madd52lo_epu64(t[i + 4], m, q4);
        t[i + 5] = _mm512_madd52hi_epu64(t[i + 5], m, q4);
    }
    carry(&Fe8([t[5], t[6], t[7], t[8], t[9]]))
}

/// Carries run through once; the value must not be negative.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
fn carry(a: &Fe8) -> Fe8 {
    let low = _mm512_set1_epi64(LOW);
    let mut t = a.0;
    for i in 0..4 {
        t[i + 1] = _mm512_add_epi64(t[i + 1], _mm512_srai_epi64::<52>(t[i]));
        t[i] = _mm512_and_si512(t[i], low);
    }
    Fe8(t)
}

/// A raw sum of at most a few values, of either sign, brought into (0, 2.01 p).
#[inline]
#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
pub(super) fn settle(a: &Fe8) -> Fe8 {
    let [t0, t1, t2, t3, t4] = a.0;
    let p = constant(&P52).0;
    // the fourth limb may still owe or hold a few carries of the third: they
    // move the value by less than 2^211
    let top = _mm512_srai_epi64::<48>(t4);
    let t4 = _mm512_and_si512(t4, _mm512_set1_epi64((1 << 48) - 1));
    let t0 = _mm512_add_epi64(_mm512_add_epi64(t0, top), p[0]);
    let fold = _mm512_sub_epi64(_mm512_slli_epi64::<44>(top), _mm512_slli_epi64::<12>(top));
    let t1 = _mm512_add_epi64(_mm512_add_epi64(t1, fold), p[1]);
    let t2 = _mm512_add_epi64(t2, p[2]);
    let t3 = _mm512_add_epi64(t3, p[3]);
    let t4 = _mm512_add_epi64(_mm512_add_epi64(t4, _mm512_slli_epi64::<16>(top)), p[4]);
    carry(&Fe8([t0, t1, t2, t3, t4]))
}

macro_rules! limbwise {
    ($(#[$doc:meta])* $name:ident, |$($a:ident),+| $body:expr) => {
        $(#[$doc])*
        #[inline]
        #[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
        pub(super) fn $name($($a: &Fe8),+) -> Fe8 {
            let mut out = [_mm512_setzero_si512(); 5];
            for (i, out) in out.iter_mut().enumerate() {
                $(let $a = $a.0[i];)+
                *out = $body;
            }
            Fe8(out)
        }
    };
}

limbwise!(
    /// a + b, not settled.
    raw_add, |a, b| _mm512_add_epi64(a, b));
limbwise!(
    /// a - b, not settled.
    raw_sub, |a, b| _mm512_sub_epi64(a, b));
limbwise!(
    /// 2 a, not settled.
    raw_double, |a| _mm512_add_epi64(a, a));

/// a + b.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
pub(super) fn add(a: &Fe8, b: &Fe8) -> Fe8 {
    settle(&raw_add(a, b))
}

/// a - b.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
pub(super) fn sub(a: &Fe8, b: &Fe8) -> Fe8 {
    settle(&raw_sub(a, b))
}

/// -a in the lanes of `mask`, a elsewhere; not settled.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
pub(super) fn raw_negate(mask: __mmask8, a: &Fe8) -> Fe8 {
    let mut out = a.0;
    for limb in &mut out {
        *limb = _mm512_mask_sub_epi64(*limb, mask, _mm512_setzero_si512(), *limb);
    }
    Fe8(out)
}

/// `b` in the lanes of `mask`, `a` elsewhere.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
pub(super) fn blend(mask: __mmask8, a: &Fe8, b: &Fe8) -> Fe8 {
    let mut out = a.0;
    for (out, b) in out.iter_mut().zip(&b.0) {
        *out = _mm512_mask_blend_epi64(mask, *out, *b);
    }
    Fe8(out)
}

/// The lanes that are 0 mod p: 0, p or 2p, the multiples below 2.01 p.
#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
pub(super) fn zero_lanes(a: &Fe8) -> __mmask8 {
    const TWICE: [i64; 5] = {
        let mut out = [0; 5];
        let mut carry = 0;
        let mut i = 0;
        while i < 5 {
            let limb = 2 * P52[i] + carry;
            out[i] = if i < 4 { limb & LOW } else { limb };
            carry = limb >> 52;
            i += 1;
        }
        out
    };
    let equal = |limbs: &[i64; 5]| -> __mmask8 {
        let mut mask = 0xFF;
        for (a, limb) in a.0.iter().zip(limbs) {
            mask &= _mm512_cmpeq_epi64_mask(*a, _mm512_set1_epi64(*limb));
        }
        mask
    };
    equal(&[0; 5]) | equal(&P52) | equal(&TWICE)
}

/// 1 / a as a^(p-2); the chain of `field::Fe::invert`.
#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
pub(super) fn invert(x1: &Fe8) -> Fe8 {
    let x2 = mul(&times(x1, 1), x1);
    let x3 = mul(&times(&x2, 1), x1);
    let x6 = mul(&times(&x3, 3), &x3);
    let x12 = mul(&times(&x6, 6), &x6);
    let x15 = mul(&times(&x12, 3), &x3);
    let x30 = mul(&times(&x15, 15), &x15);
    let x31 = mul(&times(&x30, 1), x1);
    let x32 = mul(&times(&x31, 1), x1);
    let mut out = times(&x31, 1);
    for _ in 0..4 {
        out = mul(&times(&out, 32), &x32);
    }
    out = mul(&times(&out, 64), &x32);
    out = mul(&times(&out, 30), &x30);
    mul(&times(&out, 2), x1)
}

#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
fn times(a: &Fe8, n: u32) -> Fe8 {
    let mut out = *a;
    for _ in 0..n {
        out = square(&out);
    }
    out
}

/// From four 64-bit words a number.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
pub(super) fn from_words(w: &[__m512i; 4]) -> Fe8 {
    let low = _mm512_set1_epi64(LOW);
    Fe8([
        _mm512_and_si512(w[0], low),
        _mm512_and_si512(_mm512_or_si512(_mm512_srli_epi64::<52>(w[0]), _mm512_slli_epi64::<12>(w[1])), low),
        _mm512_and_si512(_mm512_or_si512(_mm512_srli_epi64::<40>(w[1]), _mm512_slli_epi64::<24>(w[2])), low),
        _mm512_and_si512(_mm512_or_si512(_mm512_srli_epi64::<28>(w[2]), _mm512_slli_epi64::<36>(w[3])), low),
        _mm512_srli_epi64::<16>(w[3]),
    ])
}

/// Four 64-bit words a number, brought below p; the value must be below 2p.
#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
pub(super) fn to_words(a: &Fe8) -> [__m512i; 4] {
    let less = carry(&raw_sub(a, &constant(&P52)));
    let negative = _mm512_movepi64_mask(less.0[4]);
    let [t0, t1, t2, t3, t4] = blend(negative, &less, a).0;
    [
        _mm512_or_si512(t0, _mm512_slli_epi64::<52>(t1)),
        _mm512_or_si512(_mm512_srli_epi64::<12>(t1), _mm512_slli_epi64::<40>(t2)),
        _mm512_or_si512(_mm512_srli_epi64::<24>(t2), _mm512_slli_epi64::<28>(t3)),
        _mm512_or_si512(_mm512_srli_epi64::<36>(t3), _mm512_slli_epi64::<16>(t4)),
    ]
}
