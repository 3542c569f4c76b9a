//! What is sent to a token for one signature, and what its answer means.
//!
//! Messages are hashed here and the device gets the digest: it is short on the line, and
//! every device has the mechanism. Only Ed25519 takes the message itself (RFC 8032), and SM2
//! where a vendor has nothing that takes e.

use super::{
    error::KeyFault,
    keys::longest_signature,
    mapping::{Mapping, ParameterForm, SignatureForm},
    raw::{Mechanism, Parameter},
};
use crate::{KeyAlgorithm, SignatureValue, ToSign};
use cryptoki_sys as sys;
use yinxin_trust::{
    asn1::Deviations,
    sm::{Signature, sm2},
    suite::{Algorithm, PublicKey, sha256},
};

/// DER of DigestInfo for SHA-256, up to the digest (RFC 8017, 9.2, note 1).
const SHA256_INFO: &[u8] =
    &[0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];

/// One call of `C_Sign`.
pub(super) struct Job {
    /// The symbolic name of the mechanism, for messages.
    pub(super) name: &'static str,
    pub(super) mechanism: Mechanism,
    pub(super) data: Vec<u8>,
    /// Most octets of the answer.
    pub(super) longest: usize,
    /// The form of the answer; for SM2 alone.
    form: SignatureForm,
}

impl Job {
    /// What to send for `input`.
    pub(super) fn new(
        algorithm: KeyAlgorithm,
        key: &PublicKey,
        mapping: Option<&Mapping>,
        input: ToSign<'_>,
    ) -> Result<Self, KeyFault> {
        let plain = |name, number, data| Ok(Self::plain(algorithm, name, number, Parameter::None, data));
        match (algorithm, key) {
            (KeyAlgorithm::Sm2Sm3, PublicKey::Sm2(key)) => sm2_job(key, mapping.ok_or(KeyFault::NoMapping)?, input),
            (KeyAlgorithm::EcdsaP256Sha256, _) => plain("CKM_ECDSA", sys::CKM_ECDSA, digest(input).to_vec()),
            (KeyAlgorithm::RsaPkcs1Sha256(_), _) => {
                plain("CKM_RSA_PKCS", sys::CKM_RSA_PKCS, [SHA256_INFO, &digest(input)].concat())
            }
            (KeyAlgorithm::RsaPssSha256(_), _) => {
                let (name, number) = ("CKM_RSA_PKCS_PSS", sys::CKM_RSA_PKCS_PSS);
                Ok(Self::plain(algorithm, name, number, Parameter::PssSha256, digest(input).to_vec()))
            }
            (KeyAlgorithm::Ed25519, _) => match input {
                ToSign::Message(message) => plain("CKM_EDDSA", sys::CKM_EDDSA, message.to_vec()),
                ToSign::Digest(_) => Err(KeyFault::NoMechanism("digests")),
            },
            (KeyAlgorithm::Sm4Gcm | KeyAlgorithm::Sm2Sm3, _) => Err(KeyFault::NoMechanism("with such a key")),
        }
    }

    fn plain(algorithm: KeyAlgorithm, name: &'static str, number: u64, parameter: Parameter, data: Vec<u8>) -> Self {
        let longest = longest_signature(algorithm);
        Self { name, mechanism: Mechanism { number, parameter }, data, longest, form: SignatureForm::Raw }
    }

    /// The signature in the device's answer.
    pub(super) fn answer(&self, algorithm: KeyAlgorithm, octets: &[u8]) -> Result<SignatureValue, KeyFault> {
        let length =
            |wanted: usize| KeyFault::Signature(format!("it has {} octets where {wanted} are wanted", octets.len()));
        match algorithm {
            KeyAlgorithm::Sm2Sm3 => sm2_answer(self.form, octets).map(SignatureValue::Sm2),
            KeyAlgorithm::EcdsaP256Sha256 => {
                octets.try_into().map(SignatureValue::ecdsa_from_raw).map_err(|_| length(64))
            }
            KeyAlgorithm::Ed25519 => octets.try_into().map(SignatureValue::Ed25519).map_err(|_| length(64)),
            _ if octets.len() == self.longest => Ok(SignatureValue::Rsa(octets.into())),
            _ => Err(length(self.longest)),
        }
    }
}

/// The digest of what shall be signed, for the algorithms over SHA-256.
fn digest(input: ToSign<'_>) -> [u8; 32] {
    match input {
        ToSign::Message(message) => sha256(message),
        ToSign::Digest(digest) => *digest,
    }
}

fn sm2_job(key: &sm2::PublicKey, mapping: &Mapping, input: ToSign<'_>) -> Result<Job, KeyFault> {
    let unsound = |cause: sm2::Sm2Error| KeyFault::Public(cause.to_string());
    if let Some(vendor) = mapping.signs_digest() {
        let e = match input {
            ToSign::Message(message) => key.message_digest(sm2::DEFAULT_ID, message).map_err(unsound)?,
            ToSign::Digest(e) => *e,
        };
        let mechanism = Mechanism { number: vendor.number.into(), parameter: Parameter::None };
        let longest = longest_signature(KeyAlgorithm::Sm2Sm3);
        return Ok(Job { name: "CKM_SM2", mechanism, data: e.to_vec(), longest, form: vendor.signature });
    }
    let vendor = mapping.signs_message().ok_or(KeyFault::NoMechanism("messages"))?;
    let ToSign::Message(message) = input else { return Err(KeyFault::NoMechanism("digests")) };
    let parameter = match vendor.parameter {
        ParameterForm::None => Parameter::None,
        ParameterForm::Id => Parameter::Octets(sm2::DEFAULT_ID.to_vec()),
        ParameterForm::Z => Parameter::Octets(key.z(sm2::DEFAULT_ID).map_err(unsound)?.to_vec()),
    };
    let mechanism = Mechanism { number: vendor.number.into(), parameter };
    let longest = longest_signature(KeyAlgorithm::Sm2Sm3);
    Ok(Job { name: "CKM_SM2_SM3", mechanism, data: message.to_vec(), longest, form: vendor.signature })
}

fn sm2_answer(form: SignatureForm, octets: &[u8]) -> Result<Signature, KeyFault> {
    let unsound = |cause: String| KeyFault::Signature(cause);
    match form {
        SignatureForm::Der => Signature::from_der(octets).map_err(|cause| unsound(cause.to_string())),
        SignatureForm::Raw => {
            let both = |octets: &[u8]| Some((*octets.first_chunk::<32>()?, *octets.last_chunk::<32>()?));
            let (r, s) = Some(octets)
                .filter(|octets| octets.len() == 64)
                .and_then(both)
                .ok_or_else(|| unsound(format!("it has {} octets where 64 are wanted", octets.len())))?;
            Signature::from_numbers(r, s).map_err(|cause| unsound(cause.to_string()))
        }
    }
}

/// Whether `value` is a signature of `input` by the key; `None` where only the digest is at
/// hand and the verifier wants the message.
pub(super) fn verifies(
    algorithm: KeyAlgorithm,
    key: &PublicKey,
    input: ToSign<'_>,
    value: &SignatureValue,
) -> Option<bool> {
    if let (PublicKey::Sm2(key), SignatureValue::Sm2(value)) = (key, value) {
        return Some(match input {
            ToSign::Message(message) => key.verify(sm2::DEFAULT_ID, message, value),
            ToSign::Digest(e) => key.verify_digest(e, value),
        });
    }
    let ToSign::Message(message) = input else { return None };
    let octets = value.to_octets();
    let suite = match algorithm {
        KeyAlgorithm::EcdsaP256Sha256 => Algorithm::EcdsaSha256,
        KeyAlgorithm::RsaPkcs1Sha256(_) => Algorithm::RsaSha256,
        KeyAlgorithm::Ed25519 => Algorithm::Ed25519,
        KeyAlgorithm::RsaPssSha256(_) => {
            let PublicKey::Rsa(key) = key else { return Some(false) };
            let pss = &ring::signature::RSA_PSS_2048_8192_SHA256;
            return Some(ring::signature::UnparsedPublicKey::new(pss, key).verify(message, &octets).is_ok());
        }
        KeyAlgorithm::Sm2Sm3 | KeyAlgorithm::Sm4Gcm => return Some(false),
    };
    Some(key.verify(suite, message, &octets, &mut Deviations::default()).is_ok())
}

/// Whether the signature is plain ECDSA over what an SM2 signature should be of.
pub(super) fn is_plain_ecdsa(key: &PublicKey, input: ToSign<'_>, value: &SignatureValue) -> bool {
    let (PublicKey::Sm2(key), SignatureValue::Sm2(value)) = (key, value) else { return false };
    let e = match input {
        ToSign::Digest(e) => Some(*e),
        ToSign::Message(message) => key.message_digest(sm2::DEFAULT_ID, message).ok(),
    };
    e.is_some_and(|e| key.is_plain_ecdsa(&e, value))
}
