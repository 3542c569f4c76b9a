//! Signed data: GB/T 35275-2017 and its model PKCS#7 1.5, read also in the
//! shape of RFC 5652 where time stamp tokens need it.
//!
//! # Verifying (GB/T 35275 clause 8, GB/T 33190 18.2 for `Type="Sign"`)
//! 1. the structure parses; nothing follows it ·
//! 2. the signer's certificate is the one issuerAndSerialNumber names ·
//! 3. with attributes: messageDigest is the digest of the content, and the
//!    value is over the attributes re-tagged as SET OF ·
//! 4. without: the value is over the content octets.

mod make;
mod signed_data;

pub use make::{SignedDataPlan, SignedDataPlanFault};
pub use signed_data::{Attributes, CmsFault, SignedData, SignerId, SignerInfo};
