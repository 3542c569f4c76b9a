//! Signature values.

use super::{Algorithm, PublicKey};
use crate::{
    asn1::{self, Deviations},
    sm::{Signature, sm2},
};

/// A signature value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignatureValue {
    /// Of an SM2 key.
    Sm2(Signature),
    /// Of a P-256 key: DER `SEQUENCE { r INTEGER, s INTEGER }`.
    Ecdsa(Box<[u8]>),
    /// Of an RSA key: as many octets as the modulus has.
    Rsa(Box<[u8]>),
    /// Of an Ed25519 key.
    Ed25519([u8; 64]),
}

impl SignatureValue {
    /// From r || s, 32 octets each, as devices give ECDSA on P-256. The range of the
    /// numbers is judged by whoever verifies.
    pub fn ecdsa_from_raw(raw: &[u8; 64]) -> Self {
        let (r, s) = raw.split_at(32);
        Self::Ecdsa(asn1::sequence(&[&asn1::unsigned(r), &asn1::unsigned(s)]).into())
    }

    /// The form that certificates, seals and stamps carry: for SM2 and ECDSA the DER
    /// `SEQUENCE { r INTEGER, s INTEGER }`, for RSA and Ed25519 the octets.
    pub fn to_octets(&self) -> Vec<u8> {
        match self {
            Self::Sm2(signature) => signature.to_der(),
            Self::Ecdsa(octets) | Self::Rsa(octets) => octets.to_vec(),
            Self::Ed25519(octets) => octets.to_vec(),
        }
    }
}

impl From<Signature> for SignatureValue {
    fn from(signature: Signature) -> Self {
        Self::Sm2(signature)
    }
}

impl PublicKey {
    /// Whether `value` is this key's over `message`: of the key's own kind, in strict
    /// DER where it is DER. SM2 under the default distinguishing id; ECDSA and RSA
    /// (PKCS#1 v1.5) over SHA-256.
    pub fn made(&self, message: &[u8], value: &SignatureValue) -> bool {
        let (algorithm, octets): (_, &[u8]) = match (self, value) {
            (Self::Sm2(key), SignatureValue::Sm2(signature)) => {
                return key.verify(sm2::DEFAULT_ID, message, signature);
            }
            (Self::P256(_), SignatureValue::Ecdsa(octets)) => (Algorithm::EcdsaSha256, octets),
            (Self::Rsa(_), SignatureValue::Rsa(octets)) => (Algorithm::RsaSha256, octets),
            (Self::Ed25519(_), SignatureValue::Ed25519(octets)) => (Algorithm::Ed25519, octets),
            _ => return false,
        };
        self.verify(algorithm, message, octets, &mut Deviations::default()).is_ok()
    }

    /// What a device that takes digests signs for `message`: e = SM3(Z || M) under the
    /// default distinguishing id for SM2, SHA-256 for ECDSA and RSA; Ed25519 takes none.
    pub fn digest_to_sign(&self, message: &[u8]) -> Option<[u8; 32]> {
        match self {
            Self::Sm2(key) => key.message_digest(sm2::DEFAULT_ID, message).ok(),
            Self::P256(_) | Self::Rsa(_) => Some(super::sha256(message)),
            Self::Ed25519(_) => None,
        }
    }
}
