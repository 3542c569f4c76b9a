//! Eight lanes of 32 bits in one register of 256 bits, with what AVX-512-VL knows
//! beyond AVX2: rotations, and any function of three words, in one instruction each.

use super::T;
use super::avx2::{add, load, load_blocks, set, store, xor};
use core::arch::x86_64::{__m256i, _mm256_rol_epi32, _mm256_ternarylogic_epi32};

super::compression!("avx2,avx512f,avx512bw,avx512vl", 8);

#[inline]
#[target_feature(enable = "avx512f,avx512vl")]
fn xor3(a: __m256i, b: __m256i, c: __m256i) -> __m256i {
    _mm256_ternarylogic_epi32::<0x96>(a, b, c)
}

/// Two of three.
#[inline]
#[target_feature(enable = "avx512f,avx512vl")]
fn majority(a: __m256i, b: __m256i, c: __m256i) -> __m256i {
    _mm256_ternarylogic_epi32::<0xE8>(a, b, c)
}

/// b where a is set, c elsewhere.
#[inline]
#[target_feature(enable = "avx512f,avx512vl")]
fn choose(a: __m256i, b: __m256i, c: __m256i) -> __m256i {
    _mm256_ternarylogic_epi32::<0xCA>(a, b, c)
}

/// Left by LEFT, where LEFT + RIGHT = 32.
#[inline]
#[target_feature(enable = "avx512f,avx512vl")]
fn rotate<const LEFT: i32, const RIGHT: i32>(a: __m256i) -> __m256i {
    _mm256_rol_epi32::<LEFT>(a)
}
