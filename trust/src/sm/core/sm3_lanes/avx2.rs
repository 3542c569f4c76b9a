//! Eight lanes of 32 bits in one AVX2 register.

use super::T;
use core::arch::x86_64::{
    __m256i, _mm256_add_epi32, _mm256_and_si256, _mm256_or_si256, _mm256_permute2x128_si256, _mm256_set_epi64x,
    _mm256_set1_epi32, _mm256_shuffle_epi8, _mm256_slli_epi32, _mm256_srli_epi32, _mm256_unpackhi_epi32,
    _mm256_unpackhi_epi64, _mm256_unpacklo_epi32, _mm256_unpacklo_epi64, _mm256_xor_si256,
};

super::compression!("avx2", 8);

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn set(word: u32) -> __m256i {
    _mm256_set1_epi32(word.cast_signed())
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn add(a: __m256i, b: __m256i) -> __m256i {
    _mm256_add_epi32(a, b)
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn xor(a: __m256i, b: __m256i) -> __m256i {
    _mm256_xor_si256(a, b)
}

#[inline]
#[target_feature(enable = "avx2")]
fn xor3(a: __m256i, b: __m256i, c: __m256i) -> __m256i {
    xor(xor(a, b), c)
}

/// Two of three: (a and b) or (c and (a or b)).
#[inline]
#[target_feature(enable = "avx2")]
fn majority(a: __m256i, b: __m256i, c: __m256i) -> __m256i {
    _mm256_or_si256(_mm256_and_si256(a, b), _mm256_and_si256(c, _mm256_or_si256(a, b)))
}

/// b where a is set, c elsewhere: c xor (a and (b xor c)).
#[inline]
#[target_feature(enable = "avx2")]
fn choose(a: __m256i, b: __m256i, c: __m256i) -> __m256i {
    xor(c, _mm256_and_si256(a, xor(b, c)))
}

/// Left by LEFT, where LEFT + RIGHT = 32.
#[inline]
#[target_feature(enable = "avx2")]
fn rotate<const LEFT: i32, const RIGHT: i32>(a: __m256i) -> __m256i {
    _mm256_or_si256(_mm256_slli_epi32::<LEFT>(a), _mm256_srli_epi32::<RIGHT>(a))
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn load(words: &[u32; 8]) -> __m256i {
    let q = |i: usize| (u64::from(words[2 * i + 1]) << 32 | u64::from(words[2 * i])).cast_signed();
    _mm256_set_epi64x(q(3), q(2), q(1), q(0))
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn store(v: __m256i) -> [u32; 8] {
    #[expect(unsafe_code, reason = "both are 32 octets without padding and any bits are valid in both")]
    unsafe {
        core::mem::transmute(v)
    }
}

/// Word j of every block in register j, from big-endian.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn load_blocks(blocks: &[&[u8; 64]; 8]) -> [__m256i; 16] {
    const SWAP: [i64; 2] = [0x0405_0607_0001_0203, 0x0C0D_0E0F_0809_0A0B];
    let swap = _mm256_set_epi64x(SWAP[1], SWAP[0], SWAP[1], SWAP[0]);
    let mut out = [swap; 16];
    for half in 0..2 {
        let row = |n: usize| {
            let (q, _) = blocks[n].as_chunks::<8>();
            let q = |i: usize| i64::from_le_bytes(q[4 * half + i]);
            _mm256_shuffle_epi8(_mm256_set_epi64x(q(3), q(2), q(1), q(0)), swap)
        };
        let low = quad(row(0), row(1), row(2), row(3));
        let high = quad(row(4), row(5), row(6), row(7));
        for c in 0..4 {
            out[8 * half + c] = _mm256_permute2x128_si256::<0x20>(low[c], high[c]);
            out[8 * half + 4 + c] = _mm256_permute2x128_si256::<0x31>(low[c], high[c]);
        }
    }
    out
}

/// Within each half of the registers, rows become columns.
#[inline]
#[target_feature(enable = "avx2")]
fn quad(r0: __m256i, r1: __m256i, r2: __m256i, r3: __m256i) -> [__m256i; 4] {
    let (a, b) = (_mm256_unpacklo_epi32(r0, r1), _mm256_unpackhi_epi32(r0, r1));
    let (c, d) = (_mm256_unpacklo_epi32(r2, r3), _mm256_unpackhi_epi32(r2, r3));
    [_mm256_unpacklo_epi64(a, c), _mm256_unpackhi_epi64(a, c), _mm256_unpacklo_epi64(b, d), _mm256_unpackhi_epi64(b, d)]
}
