//! One response from its answers to its DER, without the key.

use super::{
    certificate_id::{CertificateId, key_octets},
    request::nonce_extension,
    response::{CertificateStatus, OcspResponse, OcspResponseFault},
};
use crate::{
    asn1::{Tag, bit_string, explicit, generalized_time, object_identifier, octet_string, oids, sequence, tagged},
    base::Moment,
    suite::{PublicKey, SignatureValue, Suite, sha1},
    x509::Certificate,
};

/// What is answered about one certificate.
#[derive(Clone, Debug)]
pub struct SingleAnswer {
    /// As it was asked.
    pub id: CertificateId,
    /// The answer.
    pub status: CertificateStatus,
    /// thisUpdate; milliseconds of all times are cut.
    pub this_update: Moment,
    /// nextUpdate.
    pub next_update: Moment,
}

/// Why no response is made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum OcspPlanFault {
    #[error("the responder's key is neither an SM2 nor a P-256 key")]
    Key,
    #[error("the responder's certificate is not for answering (id-kp-OCSPSigning), nor is it an authority's own")]
    Purpose,
    #[error("the responder's certificate is not in its period")]
    Period,
    #[error("nothing is answered")]
    Empty,
    #[error("nextUpdate is not after thisUpdate")]
    Inverted,
    #[error("the signature is not by the responder's key over this response")]
    WrongSignature,
    #[error("the response does not read back: {0}")]
    ReadBack(OcspResponseFault),
}

/// A response that lacks only its signature.
#[derive(Debug)]
pub struct OcspResponsePlan {
    tbs: Vec<u8>,
    key: PublicKey,
    suite: Suite,
    /// Goes along where the responder is not the issuer itself.
    enclosed: Option<Certificate>,
}

impl OcspResponsePlan {
    /// Writes ResponseData: the responder by its key, the answers in the given order. The suite is that of the
    /// responder's key; it is an authority itself, or has a certificate for answering.
    ///
    /// # Errors
    /// [`OcspPlanFault`].
    pub fn new(
        responder: &Certificate,
        answers: &[SingleAnswer],
        nonce: Option<&[u8]>,
        produced_at: Moment,
    ) -> Result<Self, OcspPlanFault> {
        let key = responder.key().ok_or(OcspPlanFault::Key)?;
        let suite = Suite::of(key).ok_or(OcspPlanFault::Key)?;
        if !responder.is_authority() && !responder.may_answer_ocsp() {
            return Err(OcspPlanFault::Purpose);
        }
        if !responder.is_valid_at(produced_at) {
            return Err(OcspPlanFault::Period);
        }
        if answers.is_empty() {
            return Err(OcspPlanFault::Empty);
        }
        if answers.iter().any(|one| one.next_update.unix_seconds() <= one.this_update.unix_seconds()) {
            return Err(OcspPlanFault::Inverted);
        }
        let singles: Vec<Vec<u8>> = answers.iter().map(single).collect();
        let extensions = nonce.map_or_else(Vec::new, |nonce| explicit(1, &sequence(&[&nonce_extension(nonce)])));
        let tbs = sequence(&[
            &explicit(2, &octet_string(&sha1(&key_octets(responder)))),
            &generalized_time(produced_at),
            &sequence(&singles.iter().map(Vec::as_slice).collect::<Vec<_>>()),
            &extensions,
        ]);
        let enclosed = (!responder.is_authority()).then(|| responder.clone());
        Ok(Self { tbs, key: key.clone(), suite, enclosed })
    }

    /// ResponseData.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.tbs
    }

    /// What a device that takes digests signs; see [`PublicKey::digest_to_sign`].
    ///
    /// # Errors
    /// [`OcspPlanFault::Key`]; does not happen with a key of a suite.
    pub fn digest(&self) -> Result<[u8; 32], OcspPlanFault> {
        self.key.digest_to_sign(&self.tbs).ok_or(OcspPlanFault::Key)
    }

    /// The response, once the signature verifies and the whole reads back.
    ///
    /// # Errors
    /// [`OcspPlanFault::WrongSignature`], also for one of another suite; [`OcspPlanFault::ReadBack`].
    pub fn embed(self, signature: impl Into<SignatureValue>) -> Result<OcspResponse, OcspPlanFault> {
        let value = signature.into();
        if !self.key.made(&self.tbs, &value) {
            return Err(OcspPlanFault::WrongSignature);
        }
        let algorithm = sequence(&[&object_identifier(self.suite.algorithm())]);
        let enclosed = self.enclosed.map_or_else(Vec::new, |one| explicit(0, &sequence(&[one.der()])));
        let basic = sequence(&[&self.tbs, &algorithm, &bit_string(&value.to_octets()), &enclosed]);
        let bytes = sequence(&[&object_identifier(oids::OCSP_BASIC), &octet_string(&basic)]);
        let der = sequence(&[&tagged(Tag::ENUMERATED, &[0]), &explicit(0, &bytes)]);
        OcspResponse::from_der(&der).map_err(OcspPlanFault::ReadBack)
    }
}

fn single(answer: &SingleAnswer) -> Vec<u8> {
    let status = match answer.status {
        CertificateStatus::Good => tagged(Tag::context_primitive(0), &[]),
        CertificateStatus::Unknown => tagged(Tag::context_primitive(2), &[]),
        CertificateStatus::Revoked(revocation) => {
            let reason = revocation
                .reason
                .map_or_else(Vec::new, |reason| explicit(0, &tagged(Tag::ENUMERATED, &[reason.code()])));
            // the earlier date: there is no invalidityDate in an answer
            tagged(Tag::context(1), &[generalized_time(revocation.works_from()), reason].concat())
        }
    };
    sequence(&[
        answer.id.der(),
        &status,
        &generalized_time(answer.this_update),
        &explicit(0, &generalized_time(answer.next_update)),
    ])
}
