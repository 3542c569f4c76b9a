//! One certification request from its subject and key to its DER (PKCS#10, RFC 2986).

use super::{
    SubjectName,
    wire::{SuiteKey, public_key_info, signature_algorithm},
};
use crate::{
    asn1::{Tag, bit_string, integer, sequence, tagged},
    suite::{PublicKey, SignatureValue, Suite},
    x509::{CertificationRequest, RequestFault},
};

/// Why no request is made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum RequestPlanFault {
    #[error("the key is neither an SM2 nor a P-256 key")]
    Key,
    #[error("the signature is not by the key over this request")]
    WrongSignature,
    #[error("the request does not read back: {0}")]
    ReadBack(RequestFault),
}

/// A certification request that lacks only its signature. Not `Clone`: it is embedded once.
#[derive(Debug)]
pub struct RequestPlan {
    info: Vec<u8>,
    key: SuiteKey,
}

impl RequestPlan {
    /// Writes CertificationRequestInfo (RFC 2986 4.1): version 0, `subject`, `key`, no attributes. What the
    /// certificate will say beside name and key is the authority's to decide.
    ///
    /// # Errors
    /// [`RequestPlanFault::Key`].
    pub fn new(subject: &SubjectName, key: &PublicKey) -> Result<Self, RequestPlanFault> {
        let key = SuiteKey::of(key).ok_or(RequestPlanFault::Key)?;
        // [0] is not OPTIONAL: an empty set is written out
        let attributes = tagged(Tag::context(0), &[]);
        let info = sequence(&[&integer(0), subject.der(), &public_key_info(&key), &attributes]);
        Ok(Self { info, key })
    }

    /// CertificationRequestInfo, which the requested key itself signs; SM2 under the default distinguishing id.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.info
    }

    /// The suite of the signature that is wanted.
    pub const fn suite(&self) -> Suite {
        self.key.suite
    }

    /// The request, once the signature verifies and the whole reads back.
    ///
    /// # Errors
    /// [`RequestPlanFault::WrongSignature`], also for one of another suite; [`RequestPlanFault::ReadBack`].
    pub fn embed(self, signature: impl Into<SignatureValue>) -> Result<CertificationRequest, RequestPlanFault> {
        let value = signature.into();
        if !self.key.key.made(&self.info, &value) {
            return Err(RequestPlanFault::WrongSignature);
        }
        let algorithm = signature_algorithm(self.key.suite);
        let der = sequence(&[&self.info, &algorithm, &bit_string(&value.to_octets())]);
        CertificationRequest::from_der(&der).map_err(RequestPlanFault::ReadBack)
    }
}
