//! Signing, GB/T 32918.2 section 6, in **constant time**: no branch and no
//! index depends on the key or the nonce.
//!
//! - A3: the nonce k is hedged. With K an HMAC-SM3 key derived from d, the two
//!   tags HMAC(K, i || c || randomness || e), i = 1, 2, make 512 bits, reduced
//!   mod n; c counts repeated tries. A broken generator leaves a deterministic
//!   nonce that differs with e (in the sense of RFC 6979, 3.6); a leaked
//!   generator tells nothing without d.
//! - A4: (x1, y1) = k G from a table of 52 columns. Every column is read whole
//!   and the entry masked out; additions whose result is not wanted (digit 0,
//!   sum still infinity) are computed all the same and masked away.
//! - A5: r = (e + x1) mod n; again if r = 0 or r + k = n.
//! - A6: s = (1 + d)^-1 (k - r d) mod n with (1 + d)^-1 kept; again if s = 0.
//!
//! The tests of A5 and A6 tell one bit each, which is public: a signature
//! came out. `docs/sm2-core.md` has the timing measurements.
//!
//! No exceptional addition can happen in A4: before window i the sum is m G
//! with |m| <= 2^(5i-1), the entry d 2^(5i) G with d != 0 is larger, and their
//! sum or difference is not 0 mod n for 0 < k < n (edge cases are tests).

use super::{
    field::{Fe, Secret},
    limbs::{self, Limbs},
    point::Affine,
    scalar::{self, SecretScalar},
    tables::{self, Shape, Table},
};
use ::hmac::{Hmac, KeyInit as _, Mac as _};
use ::sm3::Sm3;
use zeroize::{Zeroize as _, ZeroizeOnDrop, Zeroizing};

/// Tries before signing gives up; each fails with probability below 2^-254.
const TRIES: u8 = 4;

/// A private key with everything that does not depend on the message.
pub(crate) struct Signer {
    /// d * 2^256 mod n.
    d: SecretScalar,
    /// (1 + d)^-1 * 2^256 mod n.
    inverse: SecretScalar,
    /// HMAC-SM3 keyed for nonces; wiped by its own drop.
    nonces: Hmac<Sm3>,
    public: Affine,
}

impl Signer {
    /// From d, 32 octets big-endian; `None` outside 1..n-2.
    pub(crate) fn new(octets: &[u8; 32]) -> Option<Self> {
        let mut limbs = limbs::from_be(octets);
        let mut last = scalar::N;
        last[0] = last[0].wrapping_sub(1);
        // whether a key is in range is public
        let fits = !limbs::is_zero(&limbs) && limbs::less(&limbs, &last);
        let d = SecretScalar::from_limbs(&limbs);
        limbs.zeroize();
        if !fits {
            return None;
        }
        let point = generator_times(&d);
        let mut label = keyed(octets);
        label.update(b"yinxin sm2 nonce key 1");
        let mut nonce_key: [u8; 32] = label.finalize().into_bytes().into();
        let nonces = keyed(&nonce_key);
        nonce_key.zeroize();
        Some(Self {
            inverse: d.add(&SecretScalar::ONE).invert_prepared(),
            d: d.prepared(),
            nonces,
            public: point.to_public(),
        })
    }

    /// The public key.
    pub(crate) const fn public(&self) -> &Affine {
        &self.public
    }

    /// (r, s) for e; `None` only where every try met r = 0, r + k = n or s = 0.
    pub(crate) fn sign(&self, e: &[u8; 32], randomness: &[u8; 32]) -> Option<([u8; 32], [u8; 32])> {
        (0..TRIES).find_map(|attempt| self.sign_with(e, &self.nonce(e, randomness, attempt)))
    }

    /// A5 and A6 for the nonce `k`.
    pub(crate) fn sign_with(&self, e: &[u8; 32], k: &SecretScalar) -> Option<([u8; 32], [u8; 32])> {
        let x = SecretScalar::from_limbs(&generator_times(k).x());
        let r = SecretScalar::from_limbs(&limbs::from_be(e)).add(&x);
        let s = k.sub(&r.mul_prepared(&self.d)).mul_prepared(&self.inverse);
        let refused = r.is_zero() | r.add(k).is_zero() | s.is_zero() | k.is_zero();
        (!refused).then(|| (limbs::to_be(r.limbs()), limbs::to_be(s.limbs())))
    }

    fn nonce(&self, e: &[u8; 32], randomness: &[u8; 32], attempt: u8) -> SecretScalar {
        let half = |index: u8| -> Zeroizing<[u8; 32]> {
            let mut mac = self.nonces.clone();
            mac.update(&[index, attempt]);
            mac.update(randomness);
            mac.update(e);
            Zeroizing::new(mac.finalize().into_bytes().into())
        };
        SecretScalar::from_wide(&half(1), &half(2))
    }
}

impl ZeroizeOnDrop for Signer {}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length, RFC 2104 section 2")]
fn keyed(key: &[u8; 32]) -> Hmac<Sm3> {
    Hmac::<Sm3>::new_from_slice(key).expect("HMAC takes keys of any length")
}

/// A secret point, (x / zz, y / zzz) with zz^3 = zzz^2.
#[derive(Clone, Copy, Default)]
pub(crate) struct SecretPoint {
    x: Fe<Secret>,
    y: Fe<Secret>,
    zz: Fe<Secret>,
    zzz: Fe<Secret>,
}

impl zeroize::DefaultIsZeroes for SecretPoint {}

impl SecretPoint {
    /// The affine x as a number below p.
    fn x(&self) -> Limbs {
        self.x.mul(&self.zz.invert()).to_unique()
    }

    /// The point made public: a public key.
    pub(crate) fn to_public(self) -> Affine {
        let zzz = self.zzz.invert();
        let z = self.zz.mul(&zzz); // 1 / z
        let x = self.x.mul(&z.square()).to_unique();
        let y = self.y.mul(&zzz).to_unique();
        Affine { x: Fe::from_plain(&x), y: Fe::from_plain(&y) }
    }
}

/// k G for 0 < k < n.
pub(crate) fn generator_times(k: &SecretScalar) -> Zeroizing<SecretPoint> {
    let table = tables::signing();
    #[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
    if super::cpu::has_bmi2_adx_avx2() {
        #[expect(unsafe_code, reason = "the processor was just asked for the three features")]
        return Zeroizing::new(unsafe { generator_times_avx2(k, table) });
    }
    Zeroizing::new(generator_times_anywhere(k, table))
}

#[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
#[target_feature(enable = "bmi2,adx,avx2")]
fn generator_times_avx2(k: &SecretScalar, table: &Table) -> SecretPoint {
    generator_times_anywhere(k, table)
}

#[inline(always)]
fn generator_times_anywhere(k: &SecretScalar, table: &Table) -> SecretPoint {
    const SHAPE: Shape = Shape::SIGNING;
    let k = k.limbs();
    let mut sum = SecretPoint { x: Fe::ONE, y: Fe::ONE, zz: Fe::ZERO, zzz: Fe::ZERO };
    let mut infinity = u64::MAX; // all ones while the sum is infinity
    for (column, entries) in table.points().chunks_exact(SHAPE.height()).enumerate() {
        let (magnitude, negative) = digit(k, column);
        let (x, y) = scan(entries, magnitude);
        let y = Fe::select(negative, &y.neg(), &y);
        let next = add(&sum, &x, &y);
        let zero = scalar::mask(1 ^ ((magnitude | magnitude.wrapping_neg()) >> 63));
        let keep = |old: &Fe<Secret>, new: &Fe<Secret>, first: &Fe<Secret>| {
            Fe::select(zero, old, &Fe::select(infinity, first, new))
        };
        sum = SecretPoint {
            x: keep(&sum.x, &next.x, &x),
            y: keep(&sum.y, &next.y, &y),
            zz: keep(&sum.zz, &next.zz, &Fe::ONE),
            zzz: keep(&sum.zzz, &next.zzz, &Fe::ONE),
        };
        infinity &= zero;
    }
    sum
}

/// The digit of a column: its magnitude (0 to 16) and all ones if negative.
/// Shifts and indices depend on the column only.
#[inline(always)]
fn digit(k: &Limbs, column: usize) -> (u64, u64) {
    const WIDTH: usize = Shape::SIGNING.width;
    let bits = if column == 0 {
        k[0] << 1
    } else {
        let at = column * WIDTH - 1;
        let (limb, shift) = (at / 64, at % 64);
        let high = if limb < 3 && shift > 0 { k[limb + 1] << (64 - shift) } else { 0 };
        k[limb] >> shift | high
    };
    let bits = bits & ((1 << (WIDTH + 1)) - 1);
    let negative = scalar::mask(bits >> WIDTH);
    let digit = ((bits + 1) >> 1).wrapping_sub((1 << WIDTH) & negative);
    ((digit ^ negative).wrapping_sub(negative), negative)
}

/// Entry `magnitude` - 1 of a column, or zeros for 0; reads every entry.
#[inline(always)]
fn scan(entries: &[Affine], magnitude: u64) -> (Fe<Secret>, Fe<Secret>) {
    let (mut x, mut y) = ([0; 4], [0; 4]);
    for (index, entry) in (1u64..).zip(entries) {
        let difference = index ^ magnitude;
        // each mask is hidden on its own: with only `magnitude` hidden, the
        // compiler made the scan a jump to the one entry wanted
        let mask = scalar::mask(1 ^ ((difference | difference.wrapping_neg()) >> 63));
        for i in 0..4 {
            x[i] |= entry.x.limbs()[i] & mask;
            y[i] |= entry.y.limbs()[i] & mask;
        }
    }
    (Fe::raw(x), Fe::raw(y))
}

/// The sum with (x, y), by the formula that is wrong for infinity and equal
/// points: the caller knows of both.
#[inline(always)]
fn add(sum: &SecretPoint, x: &Fe<Secret>, y: &Fe<Secret>) -> SecretPoint {
    let h = x.mul(&sum.zz).sub(&sum.x);
    let r = y.mul(&sum.zzz).sub(&sum.y);
    let hh = h.square();
    let hhh = h.mul(&hh);
    let v = sum.x.mul(&hh);
    let x = r.square().sub(&hhh).sub(&v.double());
    let y = r.mul(&v.sub(&x)).sub(&sum.y.mul(&hhh));
    SecretPoint { x, y, zz: sum.zz.mul(&hh), zzz: sum.zzz.mul(&hhh) }
}
