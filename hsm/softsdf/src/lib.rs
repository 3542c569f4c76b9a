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

use core::ffi::c_uint;
use std::{io, path::Path};

/// Makes a token in a folder, as `SOFTSDF_InitToken` does: after `max_tries` wrong PINs (1 to 99; 0 is 8) a
/// key is locked.
///
/// # Errors
/// What was met, in a sentence.
pub fn make_token(folder: &Path, max_tries: c_uint) -> io::Result<()> {
    token::create(folder, ffi::tries(max_tries)).map_err(|fault| {
        fault::remember(fault);
        io::Error::other(fault::last())
    })
}
