//! Signature values.

use yinxin_trust::{asn1, sm::Signature};

/// A signature value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
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
