//! One token from its order to its DER, without the key.

use super::{answer::check_answer, request::TimeStampRequest, response::granted};
use crate::{
    asn1::{
        Oid, Tag, explicit, generalized_time, integer, object_identifier, octet_string, oids, sequence, set_of, tagged,
    },
    base::Moment,
    sm::sm3,
    suite::{PublicKey, SignatureValue, Suite, sha256},
    x509::Certificate,
};

/// What a token shall say beside what was asked.
#[derive(Clone, Copy, Debug)]
pub struct TokenOrder<'a> {
    /// The policy of the authority.
    pub policy: Oid<'a>,
    /// Unique among all tokens of the authority, from 1.
    pub serial: u64,
    /// genTime; milliseconds are cut.
    pub at: Moment,
    /// How far from the true time it may be, whole seconds.
    pub accuracy_seconds: u32,
}

/// Why no token is made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum TokenPlanFault {
    #[error("the authority's key is neither an SM2 nor a P-256 key")]
    Key,
    #[error("the authority's certificate is not for time stamping alone, and critically so")]
    Purpose,
    #[error("the authority's key may not sign")]
    Usage,
    #[error("the authority's certificate is not in its period at genTime")]
    Period,
    #[error("another policy than the authority's is asked for")]
    Policy,
    #[error("the signature is not by the authority's key over this token")]
    WrongSignature,
    #[error("the token does not read back: {0}")]
    ReadBack(String),
}

/// A token that lacks only its signature.
#[derive(Debug)]
pub struct TokenPlan {
    info: Vec<u8>,
    /// The attributes under the tag of SET OF: what is signed.
    attributes: Vec<u8>,
    authority: Certificate,
    key: PublicKey,
    suite: Suite,
    enclosed: Vec<u8>,
    request: TimeStampRequest,
}

impl TokenPlan {
    /// Writes TSTInfo and the attributes over it. The suite is that of the authority's key; `above` are the
    /// certificates over the authority's, which go along where certificates are asked for.
    ///
    /// # Errors
    /// [`TokenPlanFault`].
    pub fn new(
        request: &TimeStampRequest,
        order: &TokenOrder<'_>,
        authority: &Certificate,
        above: &[Certificate],
    ) -> Result<Self, TokenPlanFault> {
        let key = authority.key().ok_or(TokenPlanFault::Key)?;
        let suite = Suite::of(key).ok_or(TokenPlanFault::Key)?;
        if !authority.is_time_stamper() {
            return Err(TokenPlanFault::Purpose);
        }
        if authority.key_usage().is_some_and(|usage| !usage.may_sign()) {
            return Err(TokenPlanFault::Usage);
        }
        if !authority.is_valid_at(order.at) {
            return Err(TokenPlanFault::Period);
        }
        if request.policy().is_some_and(|policy| policy != order.policy) {
            return Err(TokenPlanFault::Policy);
        }
        let info = info(request, order);
        let attributes = attributes(suite, &info, authority);
        let enclosed = if request.is_certificate_wanted() {
            core::iter::once(authority).chain(above).flat_map(Certificate::der).copied().collect()
        } else {
            Vec::new()
        };
        let (authority, key) = (authority.clone(), key.clone());
        Ok(Self { info, attributes, authority, key, suite, enclosed, request: request.clone() })
    }

    /// What the authority's signature is over.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.attributes
    }

    /// The suite of the signature that is wanted.
    pub const fn suite(&self) -> Suite {
        self.suite
    }

    /// What a device that takes digests signs; see [`PublicKey::digest_to_sign`].
    ///
    /// # Errors
    /// [`TokenPlanFault::Key`]; does not happen with a key of a suite.
    pub fn digest(&self) -> Result<[u8; 32], TokenPlanFault> {
        self.key.digest_to_sign(&self.attributes).ok_or(TokenPlanFault::Key)
    }

    /// The token, once the signature verifies and the whole reads back as an answer to the request.
    ///
    /// # Errors
    /// [`TokenPlanFault::WrongSignature`], also for one of another suite; [`TokenPlanFault::ReadBack`].
    pub fn embed(self, signature: impl Into<SignatureValue>) -> Result<Vec<u8>, TokenPlanFault> {
        let value = signature.into();
        if !self.key.made(&self.attributes, &value) {
            return Err(TokenPlanFault::WrongSignature);
        }
        let digest = sequence(&[&object_identifier(digest_algorithm(self.suite))]);
        let named = sequence(&[self.authority.issuer_der(), &tagged(Tag::INTEGER, self.authority.serial())]);
        // [0] IMPLICIT of what was signed as SET OF: the same content under another tag
        let mut attributes = self.attributes;
        if let Some(tag) = attributes.first_mut() {
            *tag = Tag::context(0).0;
        }
        let signer = sequence(&[
            &integer(1),
            &named,
            &digest,
            &attributes,
            &sequence(&[&object_identifier(self.suite.algorithm())]),
            &octet_string(&value.to_octets()),
        ]);
        let content = sequence(&[&object_identifier(oids::TST_INFO), &explicit(0, &octet_string(&self.info))]);
        let with_certificates = !self.enclosed.is_empty();
        let enclosed = if with_certificates { tagged(Tag::context(0), &self.enclosed) } else { Vec::new() };
        let data = sequence(&[&integer(3), &set_of(&[&digest]), &content, &enclosed, &set_of(&[&signer])]);
        let token = sequence(&[&object_identifier(oids::SIGNED_DATA), &explicit(0, &data)]);
        // without its certificate a token cannot be held against the request here
        if with_certificates {
            check_answer(&self.request, &granted(&token))
                .map_err(|fault| TokenPlanFault::ReadBack(fault.to_string()))?;
        }
        Ok(token)
    }
}

const fn digest_algorithm(suite: Suite) -> Oid<'static> {
    match suite {
        Suite::Sm2 => oids::SM3,
        Suite::P256 => oids::SHA256,
    }
}

fn digest(suite: Suite, message: &[u8]) -> [u8; 32] {
    match suite {
        Suite::Sm2 => sm3::digest(message),
        Suite::P256 => sha256(message),
    }
}

/// TSTInfo. ordering is FALSE and so left out: two tokens of one second are not ordered by their times.
fn info(request: &TimeStampRequest, order: &TokenOrder<'_>) -> Vec<u8> {
    let accuracy = match order.accuracy_seconds {
        0 => Vec::new(),
        seconds => sequence(&[&integer(seconds.into())]),
    };
    let nonce = request.nonce().map_or_else(Vec::new, |nonce| tagged(Tag::INTEGER, nonce));
    sequence(&[
        &integer(1),
        &object_identifier(order.policy),
        request.imprint().der(),
        &integer(order.serial),
        &generalized_time(order.at),
        &accuracy,
        &nonce,
    ])
}

/// contentType, messageDigest and signingCertificateV2, which names the certificate by the suite's digest.
fn attributes(suite: Suite, info: &[u8], authority: &Certificate) -> Vec<u8> {
    let one = |kind: Oid<'_>, value: &[u8]| sequence(&[&object_identifier(kind), &set_of(&[value])]);
    let algorithm = match suite {
        Suite::Sm2 => sequence(&[&object_identifier(oids::SM3)]),
        // DEFAULT sha256
        Suite::P256 => Vec::new(),
    };
    let certificate = sequence(&[&algorithm, &octet_string(&digest(suite, authority.der()))]);
    set_of(&[
        &one(oids::CONTENT_TYPE, &object_identifier(oids::TST_INFO)),
        &one(oids::MESSAGE_DIGEST, &octet_string(&digest(suite, info))),
        &one(oids::SIGNING_CERTIFICATE_V2, &sequence(&[&sequence(&[&certificate])])),
    ])
}
