//! `libsoftsdf.so`: a password device in software, with the C interface of
//! GM/T 0018. What SoftHSM is to PKCS#11 this is to SDF: to build and test
//! against, for those who have no device at hand. `include/softsdf.h` is its
//! manual; a C program in `tests` uses it.
//!
//! | module | what |
//! |---|---|
//! | `ffi` | the exported functions: pointers in, codes out |
//! | `session` | what a session may do, and with which keys |
//! | `registry` | handles: numbers that are looked up, never followed |
//! | `token` | keys on disk, each sealed under its PIN |
//! | `control` | faults that a test switches on |
//!
//! Keys are made by the functions `SOFTSDF_…`, since GM/T 0018 leaves that to the
//! maker of a device; a key inside it is never given out.

#![warn(missing_docs)]

pub mod ffi;

mod control;
mod fault;
mod random;
mod registry;
mod session;
mod token;
