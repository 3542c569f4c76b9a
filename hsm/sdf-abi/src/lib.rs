//! The C interface of password devices, GM/T 0018-2012 and -2023, as Rust types.
//!
//! Driver (`hsm/src/sdf`) and software device (`hsm/softsdf`) read the standard
//! once, here; a C program compiled against the device's header is the judge of
//! both (`hsm/softsdf/tests`). Nothing here calls anything.
//!
//! | module | what |
//! |---|---|
//! | [`codes`] | what calls answer (annex A) |
//! | [`algorithms`] | numbers of algorithms (GM/T 0006) |
//! | [`layout`] | structures, octet for octet (5.3) |

#![warn(missing_docs)]

pub mod algorithms;
pub mod codes;
pub mod layout;
