//! Sixteen lanes of 32 bits in one AVX-512 register.

use super::T;
use core::arch::x86_64::{
    __m512i, _mm512_add_epi32, _mm512_rol_epi32, _mm512_set_epi64, _mm512_set1_epi32, _mm512_shuffle_epi8,
    _mm512_shuffle_i32x4, _mm512_ternarylogic_epi32, _mm512_unpackhi_epi32, _mm512_unpackhi_epi64,
    _mm512_unpacklo_epi32, _mm512_unpacklo_epi64, _mm512_xor_si512,
};

super::compression!("avx512f,avx512bw", 16);

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn set(word: u32) -> __m512i {
    _mm512_set1_epi32(word.cast_signed())
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn add(a: __m512i, b: __m512i) -> __m512i {
    _mm512_add_epi32(a, b)
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn xor(a: __m512i, b: __m512i) -> __m512i {
    _mm512_xor_si512(a, b)
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn xor3(a: __m512i, b: __m512i, c: __m512i) -> __m512i {
    _mm512_ternarylogic_epi32::<0x96>(a, b, c)
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn majority(a: __m512i, b: __m512i, c: __m512i) -> __m512i {
    _mm512_ternarylogic_epi32::<0xE8>(a, b, c)
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn choose(a: __m512i, b: __m512i, c: __m512i) -> __m512i {
    _mm512_ternarylogic_epi32::<0xCA>(a, b, c)
}

/// Left by LEFT; RIGHT = 32 - LEFT serves the AVX2 sibling.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn rotate<const LEFT: i32, const RIGHT: i32>(a: __m512i) -> __m512i {
    _mm512_rol_epi32::<LEFT>(a)
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn load(words: &[u32; 16]) -> __m512i {
    let q = |i: usize| (u64::from(words[2 * i + 1]) << 32 | u64::from(words[2 * i])).cast_signed();
    _mm512_set_epi64(q(7), q(6), q(5), q(4), q(3), q(2), q(1), q(0))
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn store(v: __m512i) -> [u32; 16] {
    #[expect(unsafe_code, reason = "both are 64 octets without padding and any bits are valid in both")]
    unsafe {
        core::mem::transmute(v)
    }
}

/// Word j of every block in register j, from big-endian.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn load_blocks(blocks: &[&[u8; 64]; 16]) -> [__m512i; 16] {
    const SWAP: [i64; 2] = [0x0405_0607_0001_0203, 0x0C0D_0E0F_0809_0A0B];
    let swap = _mm512_set_epi64(SWAP[1], SWAP[0], SWAP[1], SWAP[0], SWAP[1], SWAP[0], SWAP[1], SWAP[0]);
    let mut r = [swap; 16];
    for (r, block) in r.iter_mut().zip(blocks) {
        let (q, _) = block.as_chunks::<8>();
        let q = |i: usize| i64::from_le_bytes(q[i]);
        *r = _mm512_shuffle_epi8(_mm512_set_epi64(q(7), q(6), q(5), q(4), q(3), q(2), q(1), q(0)), swap);
    }
    // four rows at a time: within each 128-bit quarter, rows become columns
    let mut columns = [[swap; 4]; 4]; // columns[c][g]: words c, c+4, c+8, c+12 of rows 4g..4g+4
    for g in 0..4 {
        let (r0, r1, r2, r3) = (r[4 * g], r[4 * g + 1], r[4 * g + 2], r[4 * g + 3]);
        let (a, b) = (_mm512_unpacklo_epi32(r0, r1), _mm512_unpackhi_epi32(r0, r1));
        let (c, d) = (_mm512_unpacklo_epi32(r2, r3), _mm512_unpackhi_epi32(r2, r3));
        columns[0][g] = _mm512_unpacklo_epi64(a, c);
        columns[1][g] = _mm512_unpackhi_epi64(a, c);
        columns[2][g] = _mm512_unpacklo_epi64(b, d);
        columns[3][g] = _mm512_unpackhi_epi64(b, d);
    }
    // then quarter k of the four groups is word 4k + c of all sixteen rows
    let mut out = [swap; 16];
    for c in 0..4 {
        let [g0, g1, g2, g3] = columns[c];
        let (even01, odd01) = (_mm512_shuffle_i32x4::<0x88>(g0, g1), _mm512_shuffle_i32x4::<0xDD>(g0, g1));
        let (even23, odd23) = (_mm512_shuffle_i32x4::<0x88>(g2, g3), _mm512_shuffle_i32x4::<0xDD>(g2, g3));
        out[c] = _mm512_shuffle_i32x4::<0x88>(even01, even23);
        out[4 + c] = _mm512_shuffle_i32x4::<0x88>(odd01, odd23);
        out[8 + c] = _mm512_shuffle_i32x4::<0xDD>(even01, even23);
        out[12 + c] = _mm512_shuffle_i32x4::<0xDD>(odd01, odd23);
    }
    out
}
