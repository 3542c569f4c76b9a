//! Which instructions this processor has, asked at run time.

use std::arch::is_x86_feature_detected;

/// Whether the batch verifier may use AVX-512-IFMA.
pub(crate) fn has_ifma() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512ifma")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512dq")
}

/// Whether products may use MULX and additions ADX.
#[inline(always)]
pub(crate) fn has_bmi2_adx() -> bool {
    is_x86_feature_detected!("bmi2") && is_x86_feature_detected!("adx")
}

/// The same and AVX2.
pub(crate) fn has_bmi2_adx_avx2() -> bool {
    has_bmi2_adx() && is_x86_feature_detected!("avx2")
}
