//! yinxin (印信): electronic licence and e-seal trust service.
//!
//! The layers, from the inside out; an inner one never imports an outer one:
//!
//! - `yinxin_trust`: everything that decides, pure;
//! - [`config`], [`clock`], [`random`]: what the outside world hands in;
//! - [`store`]: the register, on SQLite or PostgreSQL;
//! - [`flow`]: where rules and I/O meet, synchronous;
//! - [`jobs`]: what is done beside requests;
//! - [`web`] and [`cli`]: the two doors.

pub mod cli;
pub mod clock;
pub mod config;
pub mod flow;
pub mod jobs;
pub mod random;
pub mod store;
pub mod web;
