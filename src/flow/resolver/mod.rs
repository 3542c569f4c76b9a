//! Codes that somebody else knows, and ours for others (`docs/code-resolver.md`, ADR 58 and 59).
//!
//! One interface both ways: a signed question, a signed answer that is bound to it.
//!
//! - [`Platforms`]: who is asked about codes of other services (安康码, 社保卡), and who may ask
//! - `ask_platform`, `ask_locality`: what they say of a code
//! - [`resolve`]: what we say of a code that our holders show, to whoever may ask: a platform that is
//!   configured, or a locality whose trust list is in use

mod answering;
mod asking;
mod platforms;
mod wire;

pub use answering::{ResolutionError, Resolved, resolve};
pub(super) use asking::{Asking, ask_locality, ask_platform};
pub use asking::{Unanswered, answers_hold};
pub use platforms::{PlatformFault, PlatformSettings, Platforms, RestOfCode};
pub(super) use wire::fingerprint;
pub use wire::{AgentTold, Answer, AskingBody, Consent, HolderTold, Outcome, Pickup, Presented, Question, UsedBefore};

/// How far the time of a question or an answer may be from ours.
const SKEW_MILLISECONDS: i64 = 300_000;
