//! Which instructions this processor has, asked at run time.

/// Whether the batch verifier may use AVX-512-IFMA.
pub(crate) fn has_ifma() -> bool {
    #[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
    {
        std::arch::is_x86_feature_detected!("avx512f")
            && std::arch::is_x86_feature_detected!("avx512ifma")
            && std::arch::is_x86_feature_detected!("avx512vl")
            && std::arch::is_x86_feature_detected!("avx512dq")
    }
    #[cfg(not(all(target_arch = "x86_64", not(feature = "portable"))))]
    false
}

/// Whether products may use MULX and additions ADX.
#[inline(always)]
pub(crate) fn has_bmi2_adx() -> bool {
    #[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
    {
        std::arch::is_x86_feature_detected!("bmi2") && std::arch::is_x86_feature_detected!("adx")
    }
    #[cfg(not(all(target_arch = "x86_64", not(feature = "portable"))))]
    false
}
