//! The signature algorithms of both suites behind one verification: SM2 with
//! SM3, and P-256, RSA, Ed25519 through ring.
//!
//! Everything here sees public data only.

mod compressed;
mod made;
mod p256_field;
mod value;
mod web;

pub use made::{Suite, UnknownSuite};
pub use value::SignatureValue;

use crate::{
    asn1::{Asn1Error, Deviations, Oid, Reader, Tag, oids},
    sm::{Signature, SignatureFormError, sm2, sm3},
};
use ring::signature::{self as international, UnparsedPublicKey};

/// A public key that can verify.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicKey {
    /// On sm2p256v1.
    Sm2(sm2::PublicKey),
    /// On P-256: 04 || x || y.
    P256(Box<[u8]>),
    /// RSAPublicKey in DER.
    Rsa(Box<[u8]>),
    /// 32 octets.
    Ed25519(Box<[u8]>),
}

/// A signature algorithm as its OID names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// 1.2.156.10197.1.501 and the forms of GM/T 0010 that mean the same.
    Sm2Sm3,
    /// 1.2.840.10045.4.3.2.
    EcdsaSha256,
    /// 1.2.840.113549.1.1.11.
    RsaSha256,
    /// 1.2.840.113549.1.1.5, allowed by GM/T 0031-2014 and weak today.
    RsaSha1,
    /// 1.3.101.112.
    Ed25519,
}

/// Why a signature value does not stand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValueFault {
    /// The algorithm is not one we can compute.
    #[error("signature algorithm {0} is not known")]
    UnknownAlgorithm(String),
    /// Key and algorithm do not belong together.
    #[error("the key is not of the signature algorithm")]
    KeyMismatch,
    /// The value is in none of the forms that are read.
    #[error(transparent)]
    Form(#[from] SignatureFormError),
    /// The value does not verify.
    #[error("signature value does not verify")]
    Wrong,
}

/// sha1WithRSAEncryption.
const RSA_SHA1: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x05];

impl Algorithm {
    /// The algorithm of an OID.
    ///
    /// # Errors
    /// [`ValueFault::UnknownAlgorithm`].
    pub fn from_oid(oid: Oid<'_>) -> Result<Self, ValueFault> {
        Ok(match oid {
            oids::SM2_SM3 | oids::SM2_SIGN | oids::SM2_CURVE => Self::Sm2Sm3,
            oids::ECDSA_SHA256 => Self::EcdsaSha256,
            oids::RSA_SHA256 => Self::RsaSha256,
            oids::ED25519 => Self::Ed25519,
            other if other.content() == RSA_SHA1 => Self::RsaSha1,
            other => return Err(ValueFault::UnknownAlgorithm(other.to_string())),
        })
    }

    /// Whether a value that verifies still proves too little today.
    pub const fn is_weak(self) -> bool {
        matches!(self, Self::RsaSha1)
    }

    /// The name of an algorithm that is not of the national suite, SM2 with SM3.
    pub const fn foreign_name(self) -> Option<&'static str> {
        match self {
            Self::Sm2Sm3 => None,
            Self::EcdsaSha256 => Some("ECDSA P-256"),
            Self::RsaSha256 | Self::RsaSha1 => Some("RSA"),
            Self::Ed25519 => Some("Ed25519"),
        }
    }
}

impl PublicKey {
    /// From a SubjectPublicKeyInfo. Curves given by explicit parameters are
    /// refused: they let an attacker choose the generator.
    ///
    /// # Errors
    /// The DER offence; `Ok(None)` for a key of another kind.
    pub fn from_spki(spki: &[u8]) -> Result<Option<Self>, Asn1Error> {
        let mut outer = Reader::new(spki);
        let mut parts = outer.nested(Tag::SEQUENCE)?;
        outer.finish()?;
        let mut algorithm = parts.nested(Tag::SEQUENCE)?;
        let kind = algorithm.oid()?;
        let parameters = if algorithm.is_empty() { None } else { Some(algorithm.any()?) };
        let curve = parameters.filter(|p| p.tag == Tag::OBJECT_IDENTIFIER).and_then(|p| Oid::from_content(p.content));
        let key = parts.expect(Tag::BIT_STRING)?.bits(&mut Deviations::default())?;
        parts.finish()?;
        Ok(match (kind, curve) {
            // some generators name the curve where the key type belongs
            (oids::EC_PUBLIC_KEY | oids::SM2_CURVE, Some(oids::SM2_CURVE)) => {
                sm2::PublicKey::from_sec1(key).ok().map(Self::Sm2)
            }
            (oids::EC_PUBLIC_KEY, Some(oids::P256)) => Some(Self::P256(key.into())),
            (oids::RSA, _) => Some(Self::Rsa(key.into())),
            (oids::ED25519, None) => Some(Self::Ed25519(key.into())),
            _ => None,
        })
    }

    /// SEC1 octets of a point, 04 || x || y; none for RSA and Ed25519.
    pub fn point(&self) -> Option<&[u8]> {
        match self {
            Self::Sm2(key) => Some(key.to_sec1()),
            Self::P256(point) => Some(point),
            Self::Rsa(_) | Self::Ed25519(_) => None,
        }
    }

    /// Bits of the modulus, or of the order of the curve; nought for an RSA key that
    /// cannot be read, which verifies nothing either.
    pub fn bits(&self) -> u32 {
        match self {
            Self::Sm2(_) | Self::P256(_) | Self::Ed25519(_) => 256,
            Self::Rsa(der) => modulus_bits(der).unwrap_or_default(),
        }
    }

    /// The name of a kind that is not of the national suite, SM2 with SM3.
    pub const fn foreign_name(&self) -> Option<&'static str> {
        match self {
            Self::Sm2(_) => None,
            Self::P256(_) => Algorithm::EcdsaSha256.foreign_name(),
            Self::Rsa(_) => Algorithm::RsaSha256.foreign_name(),
            Self::Ed25519(_) => Algorithm::Ed25519.foreign_name(),
        }
    }

    /// Verifies `value` over `message`; SM2 under the default distinguishing id.
    /// Unusual but genuine forms of the value are noted in `deviations`.
    ///
    /// # Errors
    /// [`ValueFault`], whose variants tell a malformed value from a wrong one.
    pub fn verify(
        &self,
        algorithm: Algorithm,
        message: &[u8],
        value: &[u8],
        deviations: &mut Deviations,
    ) -> Result<(), ValueFault> {
        self.verify_with(algorithm, message, value, deviations, &|_| None)
    }

    /// As [`PublicKey::verify`]; `known` says SM3 of the pieces of a message together, where it
    /// was computed already.
    ///
    /// # Errors
    /// As [`PublicKey::verify`].
    pub(crate) fn verify_with(
        &self,
        algorithm: Algorithm,
        message: &[u8],
        value: &[u8],
        deviations: &mut Deviations,
        known: &dyn Fn(&[&[u8]]) -> Option<sm3::Digest>,
    ) -> Result<(), ValueFault> {
        let (scheme, key): (&dyn international::VerificationAlgorithm, _) = match (algorithm, self) {
            (Algorithm::Sm2Sm3, Self::Sm2(key)) => {
                let (signature, _) = Signature::from_wire(value, deviations)?;
                let digest = key.z(sm2::DEFAULT_ID).ok().and_then(|z| known(&[&z, message]));
                let right = match digest {
                    Some(digest) => key.verify_digest(&digest, &signature),
                    None => key.verify(sm2::DEFAULT_ID, message, &signature),
                };
                return if right { Ok(()) } else { Err(ValueFault::Wrong) };
            }
            (Algorithm::EcdsaSha256, Self::P256(key)) => (&international::ECDSA_P256_SHA256_ASN1, key),
            (Algorithm::RsaSha256, Self::Rsa(key)) => (&international::RSA_PKCS1_2048_8192_SHA256, key),
            (Algorithm::RsaSha1, Self::Rsa(key)) => (&international::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, key),
            (Algorithm::Ed25519, Self::Ed25519(key)) => (&international::ED25519, key),
            _ => return Err(ValueFault::KeyMismatch),
        };
        UnparsedPublicKey::new(scheme, key).verify(message, value).map_err(|_| ValueFault::Wrong)
    }
}

/// Bits of the modulus of an RSAPublicKey (RFC 8017 A.1.1).
fn modulus_bits(der: &[u8]) -> Option<u32> {
    let mut parts = Reader::new(der).nested(Tag::SEQUENCE).ok()?;
    let modulus = parts.expect(Tag::INTEGER).ok()?.content;
    let first = modulus.iter().position(|octet| *octet != 0)?;
    let octets = u32::try_from(modulus.len() - first).ok()?;
    Some(octets.checked_mul(8)? - modulus[first].leading_zeros())
}

impl From<sm2::PublicKey> for PublicKey {
    fn from(key: sm2::PublicKey) -> Self {
        Self::Sm2(key)
    }
}

/// SHA-1 of `message`: names certificates where a format knows nothing else, and proves nothing.
pub fn sha1(message: &[u8]) -> [u8; 20] {
    let mut out = [0; 20];
    out.copy_from_slice(ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, message).as_ref());
    out
}

/// HMAC with SHA-1 (RFC 2104), for the codes of authenticator apps (RFC 6238): what is known against
/// SHA-1 does not touch it there.
pub fn hmac_sha1(key: &[u8], message: &[u8]) -> [u8; 20] {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key);
    let mut out = [0; 20];
    out.copy_from_slice(ring::hmac::sign(&key, message).as_ref());
    out
}

/// SHA-256 of `message`.
pub fn sha256(message: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, message).as_ref());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asn1::{sequence, unsigned};

    #[test]
    fn the_size_of_a_key_is_that_of_its_modulus() {
        let rsa = |modulus: &[u8]| PublicKey::Rsa(sequence(&[&unsigned(modulus), &unsigned(&[1, 0, 1])]).into()).bits();
        assert_eq!(rsa(&[0xFF; 256]), 2048);
        assert_eq!(rsa(&[&[0x7F][..], &[0xFF; 255]].concat()), 2047);
        assert_eq!(rsa(&[&[1][..], &[0; 256]].concat()), 2049);
        for octets in [&[][..], &[0x30, 0], &[0x30, 3, 2, 1, 0], &[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]] {
            assert_eq!(PublicKey::Rsa(octets.into()).bits(), 0, "{octets:?}");
        }
        assert_eq!(PublicKey::Ed25519([7; 32].into()).bits(), 256);
    }
}
