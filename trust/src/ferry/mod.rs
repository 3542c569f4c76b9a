//! Files that carry trust, status and registrations between networks which nothing but files connects
//! (`docs/ferry-format.md`, ADR 47).
//!
//! A file is lines, so that one with a million entries is made and read with one line in memory:
//!
//! 1. `yinxin-ferry/1` · 2. the [`Header`]: who made it, its number, SM3 of the one before · 3. each [`Entry`], in order, none
//!    twice · 4. how many of each kind · 5. the signature over SM3 of all that, by the key of the operator's trust list
//!
//! - [`FerryWriter`]: makes the lines, without a key
//! - [`FerryReader`]: takes the lines as they come; nothing of them counts before [`verifies`] said so
//! - [`follows`]: whether a file is the next one
//!
//! Nothing is read from a disk here.

mod entry;
mod fault;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use entry::{Counts, Entry, Header, Kind, Registration};
pub use fault::{FerryFault, OutOfOrder};
pub use read::{FerryReader, Item};
pub use write::{FerryWriter, signature_line};

use crate::{
    sm::{
        Signature,
        sm2::{self, PublicKey},
        sm3,
    },
    trust_list::canonical::Budget,
};

/// The first line.
pub const FORMAT: &str = "yinxin-ferry/1";

/// What stands before the digest in what is signed: the key signs trust lists too, which begin otherwise.
const DOMAIN: &[u8] = b"yinxin-ferry-signature/1\n";

/// What the first file names as the one before it.
pub const NONE_BEFORE: sm3::Digest = [0; 32];

/// Octets of a line with a trust list or a revocation list.
const LONG_LINE: usize = 96 << 20;

/// Octets of any other line.
const LINE: usize = 256 << 10;

const fn budget(octets: usize) -> Budget {
    Budget { octets, depth: 3, values: 64, items: 32 }
}

/// What the operator's key signs of a file with this SM3.
pub fn message(sm3: &sm3::Digest) -> Vec<u8> {
    [DOMAIN, sm3].concat()
}

/// Whether a key signed the file with this SM3.
pub fn verifies(key: &PublicKey, sm3: &sm3::Digest, signature: &Signature) -> bool {
    key.verify(sm2::DEFAULT_ID, &message(sm3), signature)
}

/// The last file that was taken of an operator: its number and SM3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Its number.
    pub sequence: u64,
    /// Its SM3.
    pub sm3: sm3::Digest,
}

/// Whether a file may be taken after the last one that was; without one, only the first of all, unless a later one may
/// begin because the operator of this machine said so.
///
/// # Errors
/// [`OutOfOrder`].
pub fn follows(last: Option<&Taken>, header: &Header, may_begin: bool) -> Result<(), OutOfOrder> {
    let offered = header.sequence;
    let Some(last) = last else {
        return if offered == 1 || may_begin { Ok(()) } else { Err(OutOfOrder::Missing { first: 1, offered }) };
    };
    match last.sequence.checked_add(1) {
        Some(next) if offered > next => Err(OutOfOrder::Missing { first: next, offered }),
        Some(next) if offered == next && header.previous == last.sm3 => Ok(()),
        Some(next) if offered == next => Err(OutOfOrder::OtherPredecessor { offered }),
        _ => Err(OutOfOrder::RolledBack { known: last.sequence, offered }),
    }
}
