//! Words of eight lanes and back, without pointers.

use core::arch::x86_64::{
    __m512i, _mm256_extract_epi64, _mm512_extracti64x4_epi64, _mm512_set_epi64, _mm512_shuffle_i64x2,
    _mm512_unpackhi_epi64, _mm512_unpacklo_epi64,
};

/// Eight words, lane 0 first.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
pub(super) fn load(w: &[u64; 8]) -> __m512i {
    let w = w.map(u64::cast_signed);
    _mm512_set_epi64(w[7], w[6], w[5], w[4], w[3], w[2], w[1], w[0])
}

/// The eight words of a vector, lane 0 first.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
pub(super) fn store(v: __m512i) -> [u64; 8] {
    let (a, b) = (_mm512_extracti64x4_epi64::<0>(v), _mm512_extracti64x4_epi64::<1>(v));
    [
        _mm256_extract_epi64::<0>(a),
        _mm256_extract_epi64::<1>(a),
        _mm256_extract_epi64::<2>(a),
        _mm256_extract_epi64::<3>(a),
        _mm256_extract_epi64::<0>(b),
        _mm256_extract_epi64::<1>(b),
        _mm256_extract_epi64::<2>(b),
        _mm256_extract_epi64::<3>(b),
    ]
    .map(i64::cast_unsigned)
}

/// Rows to columns: word i of row j becomes word j of column i.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
pub(super) fn transpose(r: &[__m512i; 8]) -> [__m512i; 8] {
    // pairs of rows, word by word: even words in lo, odd words in hi
    let lo = [
        _mm512_unpacklo_epi64(r[0], r[1]),
        _mm512_unpacklo_epi64(r[2], r[3]),
        _mm512_unpacklo_epi64(r[4], r[5]),
        _mm512_unpacklo_epi64(r[6], r[7]),
    ];
    let hi = [
        _mm512_unpackhi_epi64(r[0], r[1]),
        _mm512_unpackhi_epi64(r[2], r[3]),
        _mm512_unpackhi_epi64(r[4], r[5]),
        _mm512_unpackhi_epi64(r[6], r[7]),
    ];
    let [c0, c2, c4, c6] = quarters(&lo);
    let [c1, c3, c5, c7] = quarters(&hi);
    [c0, c1, c2, c3, c4, c5, c6, c7]
}

/// A 4 x 4 transposition of 128-bit quarters.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq")]
fn quarters(v: &[__m512i; 4]) -> [__m512i; 4] {
    let a = _mm512_shuffle_i64x2::<0x88>(v[0], v[1]); // quarters 0 2 of v0, 0 2 of v1
    let b = _mm512_shuffle_i64x2::<0xDD>(v[0], v[1]); // quarters 1 3
    let c = _mm512_shuffle_i64x2::<0x88>(v[2], v[3]);
    let d = _mm512_shuffle_i64x2::<0xDD>(v[2], v[3]);
    [
        _mm512_shuffle_i64x2::<0x88>(a, c), // quarter 0 of each
        _mm512_shuffle_i64x2::<0x88>(b, d), // quarter 1
        _mm512_shuffle_i64x2::<0xDD>(a, c), // quarter 2
        _mm512_shuffle_i64x2::<0xDD>(b, d), // quarter 3
    ]
}
