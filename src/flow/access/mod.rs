//! Who may do what.
//!
//! A door finds out who calls ([`Caller`]) by a session or a token. What the
//! caller may do for a body is proved by a [`Permit`], a value that only
//! [`Caller::permit`] makes: a flow that takes `&Permit<may::Issue>` cannot be
//! reached without it, and acts for the body of the permit and no other. Who holds
//! licences is a [`Holder`], which is another type and never has a permit.

mod actor;
mod caller;
mod holder;
mod lookup;
pub mod may;
mod permit;
mod purpose;
mod secret;
mod words;

pub use actor::{Actor, ActorKind, Place};
pub use caller::Caller;
pub use holder::Holder;
pub use lookup::Lookup;
pub(in crate::flow) use lookup::look_up_all;
pub use may::{Capability, May};
pub use permit::{Denied, Permit};
pub use purpose::{Purpose, PurposeError};
pub use secret::{AccessSecret, SecretDigest};
pub use words::{Role, Scope, UnknownWord};
