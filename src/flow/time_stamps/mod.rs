//! Time stamps: an authority of our own (RFC 3161), and those that are asked for when licences are stamped.
//!
//! `authority` answers requests: serial numbers and the last time are in the register, so that both go on after a
//! restart and on several machines. `watch` holds the clock against one that cannot be set. `client` asks an outside
//! authority over `flow::line`. `obtained` is what issuing works with. ADR 34 says why.

mod authority;
mod client;
mod obtained;
mod watch;

pub(super) use authority::certificate_ends;
pub use authority::{TimeStampError, TimeStamper, TimeStamperFault, TimeStamperSettings};
pub use client::TimeStampClient;
pub use obtained::{Obtained, TimeSource, TimeStampFault, WhenMissing};
