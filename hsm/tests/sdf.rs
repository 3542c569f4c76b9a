//! The SDF driver on our software device, as on a maker's: by its library alone.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends where it cannot go on")]

#[path = "sdf/support.rs"]
mod support;

#[path = "sdf/faults.rs"]
mod faults;
#[path = "sdf/keys.rs"]
mod keys;
#[path = "sdf/libraries.rs"]
mod libraries;
#[path = "sdf/openssl.rs"]
mod openssl;
