//! `hsmd`: a daemon that holds keys apart from the service that uses them.
//!
//! The service talks to it over a Unix socket, or over TLS from another machine, and cannot do more than the daemon's own
//! configuration allows, also when somebody else has taken the service over. Every signature is in the
//! daemon's audit before it leaves, and a key under sole control signs only under a mandate that
//! the seal's keeper signed.
//!
//! | module | what |
//! |---|---|
//! | [`config`] | one strict TOML file |
//! | [`policy`] | which client may use which key for what, how fast, when and how often |
//! | [`mandates`] | mandates that were presented, and what was stamped under them |
//! | [`stamp`] | what a stamp to be signed says |
//! | [`audit`] | the chained record of everything |
//! | [`desk`] | judges a request, uses the key, records it |
//! | [`server`] | the socket, and who is connected |
//! | [`door`] | TLS with certificates on both sides, for a service on another machine |
//!
//! The protocol is `yinxin_hsm::remote::wire`. `docs/adr/0019-hsmd.md` says why it is built this way.

#![warn(missing_docs)]

pub mod audit;
pub mod clock;
pub mod config;
pub mod desk;
pub mod door;
pub mod mandates;
pub mod policy;
pub mod server;
pub mod stamp;
