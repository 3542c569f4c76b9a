//! The status of single certificates (OCSP, RFC 6960): asked of responders that are configured, and answered about
//! the certificates of our own authority. ADR 35 says why.

mod client;
mod responder;

pub use client::OcspClient;
pub use responder::{OcspError, OcspResponder, OcspResponderFault};
