//! Certificates (GB/T 20518-2018, RFC 5280): reading with raw ranges kept, and
//! paths from a certificate to an anchor.
//!
//! `x509-parser` reads the structure; signatures are verified here over the
//! octets as received (`docs/adr/0003-certificates.md`).

mod certificate;
mod name;
mod path;

pub use certificate::{Certificate, CertificateError, KeyUsage};
pub use path::{PathFault, build_path};
