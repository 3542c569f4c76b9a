//! The part of CBOR (RFC 8949) that codes use: unsigned integers, byte strings,
//! text, arrays, and maps whose keys are unsigned integers.
//!
//! There is one form only, the core deterministic encoding of 4.2.1: every head in
//! its shortest form, definite lengths, keys of a map ascending. [`Reader`] refuses
//! octets that are not their own deterministic form, each departure by its name, so
//! that one code is always the same octets. It borrows from what it reads, never
//! recurses, and takes no more items than its [`Budget`] has.

mod fault;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use fault::{Fault, Offence};
pub use read::{Map, Reader};
pub use write::Writer;

/// Major types (RFC 8949 3.1) that are used, in the upper three bits of a head.
const UNSIGNED: u8 = 0;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;

/// What reading may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Octets of the whole.
    pub octets: usize,
    /// Items altogether, keys and values of maps counted.
    pub items: usize,
}

/// What kind an item is, by its major type.
const fn kind(major: u8) -> &'static str {
    match major {
        UNSIGNED => "an unsigned integer",
        1 => "a negative integer",
        BYTES => "a byte string",
        TEXT => "a text",
        ARRAY => "an array",
        MAP => "a map",
        6 => "a tag",
        _ => "a simple value or float",
    }
}
