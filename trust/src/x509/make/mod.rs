//! Making certificates and revocation lists of the GB/T 20518-2018 shape, SM2
//! with SM3 or ECDSA on P-256 with SHA-256, without a key: what is to be signed goes
//! out, the signature comes in. The issuer's key says which suite; a chain has one.
//!
//! 1. A [`Profile`] says what a kind of certificate is; it comes from a file and
//!    is checked while it is read.
//! 2. [`CertificatePlan::new`] writes the to-be-signed octets from the profile, a
//!    subject, a key, a serial number and a [`Validity`], and [`lint`]s them:
//!    nothing that a lint refuses can be signed.
//! 3. [`CertificatePlan::to_be_signed`] goes to the signer.
//! 4. [`CertificatePlan::embed`] takes the signature, verifies it with the
//!    issuer's key and gives the certificate.
//!
//! [`CrlPlan`] does the same for revocation lists, [`RequestPlan`] for the requests by which an
//! outside authority is asked for a certificate; there the key itself signs. The structures are written
//! with [`crate::asn1`]; `docs/adr/0003-certificates.md` says why.

mod certificate_plan;
mod crl_plan;
mod lint;
mod profile;
mod request_plan;
mod serial_number;
mod subject_name;
mod wire;

pub use certificate_plan::{Addresses, CertificatePlan, Issuer, PlanFault, Validity, is_address};
pub use crl_plan::{CrlPlan, CrlPlanFault, RevokedCertificate};
pub use lint::{LintFault, lint};
pub use profile::{ExtendedUse, KeyUse, Profile, ProfileFault};
pub use request_plan::{RequestPlan, RequestPlanFault};
pub use serial_number::{SerialNumber, SerialNumberFault};
pub use subject_name::{NameAttribute, NameFault, SubjectName, SubjectTemplate};
