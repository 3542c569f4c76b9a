//! Everything in yinxin that **decides**: octets, values and a [`base::Moment`]
//! go in, values come out.
//!
//! No I/O, no clock, no randomness, no database, no async: time and fresh
//! randomness are arguments, files come as a [`base::Source`]. A test in the
//! service's `tests/it/layering.rs` reads the imports and holds this crate to it.

#![warn(missing_docs)]

pub mod algorithms;
pub mod anchor;
pub mod asn1;
pub mod base;
pub mod cms;
pub mod code;
pub mod delegation;
pub mod disclosure;
pub mod evidence;
pub mod ferry;
pub mod licence;
pub mod ofd;
pub mod receipt;
pub mod seal;
pub mod sm;
pub mod suite;
pub mod trust_list;
pub mod tsp;
pub mod verify;
pub mod x509;
