//! The curve arithmetic behind [`super::sm2`] and the many-message SM3 behind
//! [`super::sm3`]: sm2p256v1 in plain Rust, no assembly.
//!
//! | file | subject | data |
//! |---|---|---|
//! | `limbs` | four 64-bit limbs: carries, products, octets | both |
//! | `field` | numbers mod p, with a public and a secret way to finish | both, told apart by type |
//! | `scalar` | numbers mod n for signing, and the few steps verification needs | both, told apart by name |
//! | `point` | points in affine and Jacobian form | public |
//! | `recode` | signed digits | public |
//! | `tables` | tables of multiples of the generator and of keys | public |
//! | `verify` | one verification | public |
//! | `cache` | which key has which table | public |
//! | `batch`, `lanes` | many verifications, eight at a time with AVX-512-IFMA | public |
//! | `sign` | signing, in constant time | **secret** |
//! | `sm3_lanes` | SM3 of many messages, 16 or 8 at a time | both: no step looks at the data |
//!
//! What is secret has the type `Fe<Secret>` or `scalar::Secret*`; neither can
//! be compared, tested for zero or used as an index, so the secret paths share
//! nothing with the variable-time ones but carries and products.
//!
//! With the feature `portable` the run-time detection of processor features
//! always answers no, and every test runs on the portable path.

pub(crate) mod batch;
pub(crate) mod cache;
#[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
pub(crate) mod cpu;
pub(crate) mod field;
#[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
pub(crate) mod lanes;
pub(crate) mod limbs;
pub(crate) mod point;
pub(crate) mod recode;
pub(crate) mod scalar;
pub(crate) mod sign;
pub(crate) mod sm3_lanes;
pub(crate) mod tables;
pub(crate) mod verify;

#[cfg(test)]
mod tests;
