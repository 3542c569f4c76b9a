//! The second factor (第二因素, 两步验证) of those who sign in with a password: codes of an authenticator app, and
//! recovery codes for who lost it (`docs/adr/0041-second-factor.md`).
//!
//! 1. [`begin`]: with the password, a secret is made, sealed and shown once, as QR code and text.
//! 2. [`confirm`]: a first code proves that the app has it; recovery codes are shown once; other sessions end.
//! 3. From then on signing in asks for a code ([`SignIn::begin_with`](super::people::SignIn::begin_with)). A code of a
//!    step is taken in one statement that takes none of that step or of an earlier one again.
//! 4. [`renew_codes`] and [`remove`] want password and code. [`remove_of_person`] is for an administrator and
//!    [`remove_of_holder`] for the operator of the machine, who made sure who somebody is.
//!
//! Who must have one and has none is [`Known::Unfinished`](super::people::Known::Unfinished): neither a caller nor a
//! holder, so that nothing can be done but this.

mod custody;
mod fault;
mod given;
mod manage;
mod owner;
mod totp;

pub use custody::{Demand, Factors};
pub use fault::FactorError;
pub use given::{RECOVERY_CODES, RecoveryCodes};
pub use manage::{
    Begun, FactorStanding, begin, confirm, remove, remove_of_holder, remove_of_person, renew_codes, standing,
};
pub use owner::Owner;
pub use totp::{DIGITS, STEP_SECONDS, TotpSecret, step_at};

pub(super) use custody::{Proven, spend};
pub(super) use manage::{prove_by_app, take_off, take_proof};
