//! The status of a certificate, asked and answered (OCSP: RFC 6960, nonces RFC 9654).
//!
//! # An answer holds when
//! 1. it parses: a basic response that is successful ·
//! 2. its certID is of the certificate that is asked about: digests of its issuer's name and key, serial number ·
//! 3. it is signed by the issuer, or by a certificate that the issuer issued for it (id-kp-OCSPSigning), which was in
//!    its period at producedAt ·
//! 4. thisUpdate and nextUpdate stand right to the instant that is judged ·
//! 5. asked with a nonce, it has that nonce: a client's business, and nothing for an answer that was kept.
//!
//! [`OcspResponsePlan`] makes answers without a key.

mod certificate_id;
mod make;
mod request;
mod response;
#[cfg(test)]
mod tests;

pub use certificate_id::{CertificateId, IdDigest};
pub use make::{OcspPlanFault, OcspResponsePlan, SingleAnswer};
pub use request::{MOST_ASKED, NONCE_OCTETS, OcspRequest, OcspRequestFault, REQUEST_OCTETS};
pub(crate) use response::Single;
pub use response::{CertificateStatus, OcspResponse, OcspResponseFault, OcspSignatureFault, refusal};
