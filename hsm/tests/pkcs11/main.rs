//! The PKCS#11 driver against SoftHSM (Debian's `softhsm2`) and against the test module of
//! `hsm/testmodule`, which signs SM2 and misbehaves on demand.
//!
//! Both libraries are one for a process and read the environment, so each test runs in a
//! process of its own: see `alone`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends where it cannot go on")]
#![expect(clippy::print_stdout, reason = "says what was skipped")]

mod alone;
mod bad_input;
mod judges;
mod loss;
mod pins;
mod sm2;
mod softhsm;
