//! Signed data over a digest, without the key: what stands in SignedValue.dat of a signature `Type="Sign"`
//! (GM/T 0099-2020 7.2.2 b, GB/T 35275-2017).
//!
//! The content is the SM3 of Signature.xml, embedded, without attributes: the form that most readers of OFD take. The
//! signature value is over those 32 octets. The time of signing stands in Signature.xml, which is signed with it.

use super::{CmsFault, SignedData};
use crate::{
    asn1::{Deviations, Tag, explicit, integer, object_identifier, octet_string, oids, sequence, set_of, tagged},
    sm::sm3,
    suite::{PublicKey, SignatureValue, Suite},
    x509::Certificate,
};

/// Why no signed data is made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum SignedDataPlanFault {
    #[error("the signer's key is no SM2 key, which GB/T 35275 is about")]
    Key,
    #[error("the signer's key may not sign")]
    Usage,
    #[error("the signature is not by the signer's key over this digest")]
    WrongSignature,
    #[error("the signed data does not read back: {0}")]
    ReadBack(#[from] CmsFault),
}

/// Signed data that lacks only its signature.
#[derive(Clone, Debug)]
pub struct SignedDataPlan {
    content: sm3::Digest,
    signer: Certificate,
    key: PublicKey,
    enclosed: Vec<u8>,
}

impl SignedDataPlan {
    /// Over a digest; `above` are the certificates over the signer's, which go along.
    ///
    /// # Errors
    /// [`SignedDataPlanFault::Key`], [`SignedDataPlanFault::Usage`].
    pub fn new(digest: &sm3::Digest, signer: &Certificate, above: &[Certificate]) -> Result<Self, SignedDataPlanFault> {
        let key = signer.key().filter(|key| Suite::of(key) == Some(Suite::Sm2)).ok_or(SignedDataPlanFault::Key)?;
        if signer.key_usage().is_some_and(|usage| !usage.may_sign()) {
            return Err(SignedDataPlanFault::Usage);
        }
        let enclosed = core::iter::once(signer).chain(above).flat_map(Certificate::der).copied().collect();
        Ok(Self { content: *digest, signer: signer.clone(), key: key.clone(), enclosed })
    }

    /// What the signature is over: the digest itself, as a message.
    pub const fn to_be_signed(&self) -> &[u8] {
        &self.content
    }

    /// The signed data, once the signature verifies and the whole reads back.
    ///
    /// # Errors
    /// [`SignedDataPlanFault::WrongSignature`], [`SignedDataPlanFault::ReadBack`].
    pub fn embed(&self, signature: impl Into<SignatureValue>) -> Result<Vec<u8>, SignedDataPlanFault> {
        let value = signature.into();
        if !self.key.made(&self.content, &value) {
            return Err(SignedDataPlanFault::WrongSignature);
        }
        let octets = self.with_value(&value.to_octets());
        let data = SignedData::parse(&octets)?;
        let read = data.signers.first().filter(|signer| signer.is(&self.signer));
        let verified = read.map(|read| read.verify(&self.signer, &self.content, &mut Deviations::default()));
        if matches!(verified, Some(Ok(_))) { Ok(octets) } else { Err(SignedDataPlanFault::WrongSignature) }
    }

    /// The same with whatever octets as its value: for a rehearsal.
    pub fn with_value(&self, value: &[u8]) -> Vec<u8> {
        let digest = sequence(&[&object_identifier(oids::SM3)]);
        let named = sequence(&[self.signer.issuer_der(), &tagged(Tag::INTEGER, self.signer.serial())]);
        let algorithm = sequence(&[&object_identifier(oids::SM2_SM3)]);
        let signer = sequence(&[&integer(1), &named, &digest, &algorithm, &octet_string(value)]);
        let content = sequence(&[&object_identifier(oids::GM_DATA), &explicit(0, &octet_string(&self.content))]);
        let data = sequence(&[
            &integer(1),
            &set_of(&[&digest]),
            &content,
            &tagged(Tag::context(0), &self.enclosed),
            &set_of(&[&signer]),
        ]);
        sequence(&[&object_identifier(oids::GM_SIGNED_DATA), &explicit(0, &data)])
    }
}
