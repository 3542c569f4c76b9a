//! OFD documents (GB/T 33190-2016, GM/T 0099-2020): a ZIP package read under a
//! budget, its structure from `OFD.xml` down, its signature files, and which of
//! the files that it shows are covered.
//!
//! Nothing here decides on a verdict. Facts and named faults go out:
//!
//! 1. [`Package::open`] reads the central directory, holds it against the local
//!    headers and names every offence ([`PackageFault`]); entries are then read
//!    or digested streaming from the [`Source`](crate::base::Source).
//! 2. [`Document::read`] follows every link from `OFD.xml` down: bodies,
//!    versions, pages, resources, annotations, attachments, tags.
//! 3. [`SignatureList::read`] (clause 18.1) and [`SignatureFile::read`] (clause
//!    18.2) give what the signatures claim to cover.
//! 4. [`coverage()`] says what the document shows and no valid signature covers.

pub mod append;
mod check_method;
mod coverage;
mod document;
mod dtd;
mod fault;
mod known;
pub mod location;
mod package;
mod signature_fault;
mod signature_file;
mod signature_list;
#[cfg(test)]
mod testing;
pub mod write;
pub mod xml;

pub use check_method::CheckMethod;
pub use coverage::{Coverage, Protection, coverage};
pub use document::{Body, CurrentVersion, Document, Link, MissingLink, Shown, Version};
pub use fault::{FaultCheck, Offence, PackageFault};
pub use known::KnownParts;
pub use package::{DigestAlgorithm, OpenError, Package, ReadError};
pub use signature_fault::{SignatureFault, SignatureOffence};
pub use signature_file::{Reference, ReferenceFault, SignatureFile, StampAnnot};
pub use signature_list::{ListedSignature, SignatureKind, SignatureList};

/// Whether a file that begins with `first` wants to be a ZIP: a local entry
/// header, or the end record of a ZIP without entries.
pub fn looks_like_zip(first: &[u8]) -> bool {
    first.starts_with(b"PK\x03\x04") || first.starts_with(b"PK\x05\x06")
}
