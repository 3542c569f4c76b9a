//! Certificates (GB/T 20518-2018, RFC 5280): reading with raw ranges kept,
//! paths from a certificate to an anchor, the requests that ask for a certificate (RFC 2986)
//! and the chains that answer them.
//!
//! `x509-parser` reads the structure; signatures are verified here over the
//! octets as received (`docs/adr/0003-certificates.md`).

mod certificate;
mod chain;
mod constraints;
mod crl;
mod ends;
pub mod make;
mod met;
mod name;
pub mod ocsp;
mod path;
mod refusal;
mod request;
#[cfg(test)]
mod tests;

pub use certificate::{Certificate, CertificateError, KeyUsage};
pub use chain::{Chain, ChainFault};
use crl::may_sign_crl;
pub use crl::{Crl, CrlError, CrlSignatureFault, Freshness, Revocation, RevocationReason};
pub use ends::Ends;
pub use path::{PathFault, build_path, build_path_that};
pub use refusal::AnchorRefusal;
pub use request::{CertificationRequest, RequestFault};
