//! Numbers of 256 bits as four 64-bit limbs, lowest first: carries, products,
//! octets. No function here branches on its data, except the two that say so.

/// A number below 2^256, lowest limb first.
pub(crate) type Limbs = [u64; 4];

/// a + b + carry; the carry out (0 or 1) replaces the carry in.
#[inline(always)]
pub(crate) const fn adc(a: u64, b: u64, carry: &mut u64) -> u64 {
    // this form, and not a 128-bit sum, becomes one chain of ADC instructions
    let (d, first) = a.overflowing_add(b);
    let (e, second) = d.overflowing_add(*carry);
    *carry = (first | second) as u64;
    e
}

/// a - b - borrow; the borrow out (0 or 1) replaces the borrow in.
#[inline(always)]
pub(crate) const fn sbb(a: u64, b: u64, borrow: &mut u64) -> u64 {
    let (d, first) = a.overflowing_sub(b);
    let (e, second) = d.overflowing_sub(*borrow);
    *borrow = (first | second) as u64;
    e
}

/// Low and high half of a * b.
#[inline(always)]
pub(crate) const fn product(a: u64, b: u64) -> (u64, u64) {
    let wide = (a as u128).wrapping_mul(b as u128);
    (wide as u64, (wide >> 64) as u64)
}

/// a + b with the carry out.
#[inline(always)]
pub(crate) const fn add(a: &Limbs, b: &Limbs) -> (Limbs, u64) {
    let mut c = 0;
    ([adc(a[0], b[0], &mut c), adc(a[1], b[1], &mut c), adc(a[2], b[2], &mut c), adc(a[3], b[3], &mut c)], c)
}

/// a - b with the borrow out.
#[inline(always)]
pub(crate) const fn sub(a: &Limbs, b: &Limbs) -> (Limbs, u64) {
    let mut c = 0;
    ([sbb(a[0], b[0], &mut c), sbb(a[1], b[1], &mut c), sbb(a[2], b[2], &mut c), sbb(a[3], b[3], &mut c)], c)
}

/// a * b, 512 bits: one row of partial products after the other, each row
/// first made five limbs of its own.
#[inline(always)]
pub(crate) const fn mul_wide(a: &Limbs, b: &Limbs) -> [u64; 8] {
    let mut t = [0; 8];
    let mut i = 0;
    while i < 4 {
        let (l0, h0) = product(a[0], b[i]);
        let (l1, h1) = product(a[1], b[i]);
        let (l2, h2) = product(a[2], b[i]);
        let (l3, h3) = product(a[3], b[i]);
        let mut c = 0;
        let r1 = adc(l1, h0, &mut c);
        let r2 = adc(l2, h1, &mut c);
        let r3 = adc(l3, h2, &mut c);
        let r4 = h3.wrapping_add(c);
        let mut c = 0;
        t[i] = adc(t[i], l0, &mut c);
        t[i + 1] = adc(t[i + 1], r1, &mut c);
        t[i + 2] = adc(t[i + 2], r2, &mut c);
        t[i + 3] = adc(t[i + 3], r3, &mut c);
        t[i + 4] = r4.wrapping_add(c);
        i += 1;
    }
    t
}

/// a * a, 512 bits: the mixed products once, doubled, then the squares.
#[inline(always)]
pub(crate) const fn square_wide(a: &Limbs) -> [u64; 8] {
    let (l01, h01) = product(a[0], a[1]);
    let (l02, h02) = product(a[0], a[2]);
    let (l03, h03) = product(a[0], a[3]);
    let (l12, h12) = product(a[1], a[2]);
    let (l13, h13) = product(a[1], a[3]);
    let (l23, h23) = product(a[2], a[3]);
    let mut c = 0;
    let w1 = l01;
    let w2 = adc(l02, h01, &mut c);
    let w3 = adc(l03, h02, &mut c);
    let w4 = adc(l13, h03, &mut c);
    let w5 = adc(l23, h13, &mut c);
    let w6 = h23.wrapping_add(c);
    let mut c = 0;
    let w3 = adc(w3, l12, &mut c);
    let w4 = adc(w4, h12, &mut c);
    let w5 = adc(w5, 0, &mut c);
    let w6 = w6.wrapping_add(c);

    let w7 = w6 >> 63;
    let w6 = w6 << 1 | w5 >> 63;
    let w5 = w5 << 1 | w4 >> 63;
    let w4 = w4 << 1 | w3 >> 63;
    let w3 = w3 << 1 | w2 >> 63;
    let w2 = w2 << 1 | w1 >> 63;
    let w1 = w1 << 1;

    let (s0, q0) = product(a[0], a[0]);
    let (s1, q1) = product(a[1], a[1]);
    let (s2, q2) = product(a[2], a[2]);
    let (s3, q3) = product(a[3], a[3]);
    let mut c = 0;
    let w1 = adc(w1, q0, &mut c);
    let w2 = adc(w2, s1, &mut c);
    let w3 = adc(w3, q1, &mut c);
    let w4 = adc(w4, s2, &mut c);
    let w5 = adc(w5, q2, &mut c);
    let w6 = adc(w6, s3, &mut c);
    let w7 = w7.wrapping_add(q3).wrapping_add(c);
    [s0, w1, w2, w3, w4, w5, w6, w7]
}

/// `a` where every bit of `mask` is set, `b` where none is.
#[inline(always)]
pub(crate) const fn select(mask: u64, a: &Limbs, b: &Limbs) -> Limbs {
    [
        (a[0] & mask) | (b[0] & !mask),
        (a[1] & mask) | (b[1] & !mask),
        (a[2] & mask) | (b[2] & !mask),
        (a[3] & mask) | (b[3] & !mask),
    ]
}

/// Whether a < b. The answer is public.
#[inline(always)]
pub(crate) const fn less(a: &Limbs, b: &Limbs) -> bool {
    sub(a, b).1 == 1
}

/// Whether a = 0. The answer is public.
#[inline(always)]
pub(crate) const fn is_zero(a: &Limbs) -> bool {
    a[0] | a[1] | a[2] | a[3] == 0
}

/// From 32 octets, big-endian.
pub(crate) const fn from_be(octets: &[u8; 32]) -> Limbs {
    let mut out = [0; 4];
    let mut i = 0;
    while i < 32 {
        out[3 - i / 8] = out[3 - i / 8] << 8 | octets[i] as u64;
        i += 1;
    }
    out
}

/// 32 octets, big-endian.
pub(crate) fn to_be(a: &Limbs) -> [u8; 32] {
    let mut out = [0; 32];
    for (octets, limb) in out.chunks_exact_mut(8).zip(a.iter().rev()) {
        octets.copy_from_slice(&limb.to_be_bytes());
    }
    out
}
