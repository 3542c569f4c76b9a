//! Secrets of the software store in the form in which they are used.

use super::SoftError;
use crate::{KeyAlgorithm, KeyDescription, KeyError, SignatureValue, ToSign, random};
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use yinxin_trust::{
    sm::{
        sm2::{self, PrivateKey},
        sm3, sm4,
    },
    suite::PublicKey,
};
use zeroize::Zeroizing;

/// What a key file seals, whatever the kind of key; shorter secrets stand in front of zeros.
pub(super) type Secret = Zeroizing<[u8; 32]>;

/// Octets of an SM4 key.
const SM4_KEY: usize = 16;

// a P-256 key in the one form of PKCS#8 that ring writes: its octets, where d begins, where 04 ‖ x ‖ y
const PKCS8: usize = 138;
const D: usize = 36;
const POINT: usize = 73;

/// A key ready for use. SM2 and SM4 keys are wiped on drop; ring does not wipe what it holds.
pub(super) enum Material {
    Sm2(Box<PrivateKey>),
    P256(Box<EcdsaKeyPair>),
    Ed25519(Box<Ed25519KeyPair>),
    Sm4(Secret),
}

/// The secret does not fit the algorithm or the public key.
#[derive(Debug)]
pub(super) struct NoMaterial;

impl Material {
    /// A fresh secret, and the public key that belongs to it.
    pub(super) fn fresh(algorithm: KeyAlgorithm) -> Result<(Secret, Option<PublicKey>), KeyError> {
        match algorithm {
            KeyAlgorithm::Sm2Sm3 => {
                let (secret, private) = fresh_sm2()?;
                Ok((secret, Some(PublicKey::Sm2(private.public_key().clone()))))
            }
            KeyAlgorithm::EcdsaP256Sha256 => {
                let (secret, point) = fresh_p256()?;
                Ok((secret, Some(PublicKey::P256(point))))
            }
            KeyAlgorithm::Ed25519 => {
                let secret = random::octets()?;
                let pair = Ed25519KeyPair::from_seed_unchecked(secret.as_slice()).map_err(|_| SoftError::Unlucky)?;
                Ok((secret, Some(PublicKey::Ed25519(pair.public_key().as_ref().into()))))
            }
            KeyAlgorithm::Sm4Gcm => {
                let mut secret = Secret::default();
                let fresh = random::octets::<SM4_KEY>()?;
                secret.iter_mut().zip(fresh.iter()).for_each(|(to, from)| *to = *from);
                Ok((secret, None))
            }
            KeyAlgorithm::RsaPkcs1Sha256(_) | KeyAlgorithm::RsaPssSha256(_) => {
                Err(KeyError::Unsupported { driver: super::DRIVER, what: "make RSA keys; use a device" })
            }
        }
    }

    /// From what a file gave back.
    pub(super) fn new(
        algorithm: KeyAlgorithm,
        secret: &Secret,
        public: Option<&PublicKey>,
    ) -> Result<Self, NoMaterial> {
        match (algorithm, public) {
            (KeyAlgorithm::Sm2Sm3, Some(PublicKey::Sm2(public))) => {
                let private = PrivateKey::from_octets(secret).map_err(|_| NoMaterial)?;
                if private.public_key() == public { Ok(Self::Sm2(Box::new(private))) } else { Err(NoMaterial) }
            }
            (KeyAlgorithm::EcdsaP256Sha256, Some(PublicKey::P256(public))) => {
                let (kind, chance) = (&ECDSA_P256_SHA256_ASN1_SIGNING, random::for_ring());
                // checks that the two belong together
                let pair = EcdsaKeyPair::from_private_key_and_public_key(kind, secret.as_slice(), public, &chance);
                Ok(Self::P256(Box::new(pair.map_err(|_| NoMaterial)?)))
            }
            (KeyAlgorithm::Ed25519, Some(PublicKey::Ed25519(public))) => {
                let pair = Ed25519KeyPair::from_seed_and_public_key(secret.as_slice(), public);
                Ok(Self::Ed25519(Box::new(pair.map_err(|_| NoMaterial)?)))
            }
            (KeyAlgorithm::Sm4Gcm, None) => {
                let tail = secret.get(SM4_KEY..).ok_or(NoMaterial)?;
                if tail.iter().all(|octet| *octet == 0) { Ok(Self::Sm4(secret.clone())) } else { Err(NoMaterial) }
            }
            _ => Err(NoMaterial),
        }
    }

    /// Signs; `key` is the description, for messages.
    pub(super) fn sign(&self, key: &KeyDescription, input: ToSign<'_>) -> Result<SignatureValue, KeyError> {
        let sm2_error = |cause| KeyError::Sm2 { key: key.reference.clone(), cause };
        match (self, input) {
            (Self::Sm2(private), ToSign::Message(message)) => {
                let value = private.sign(sm2::DEFAULT_ID, message, &random::octets()?);
                value.map(SignatureValue::Sm2).map_err(sm2_error)
            }
            (Self::Sm2(private), ToSign::Digest(e)) => {
                private.sign_digest(e, &random::octets()?).map(SignatureValue::Sm2).map_err(sm2_error)
            }
            (Self::P256(pair), ToSign::Message(message)) => {
                let value = pair.sign(&random::for_ring(), message);
                let value = value.map_err(|_| KeyError::Computation(key.reference.clone()))?;
                Ok(SignatureValue::Ecdsa(value.as_ref().into()))
            }
            // ring hashes by itself and signs nothing that was hashed before
            (Self::P256(_), ToSign::Digest(_)) => {
                Err(KeyError::Unsupported { driver: super::DRIVER, what: "sign digests with P-256, only messages" })
            }
            (Self::Ed25519(pair), ToSign::Message(message)) => {
                let value = pair.sign(message);
                let octets = value.as_ref().try_into().map_err(|_| KeyError::Computation(key.reference.clone()))?;
                Ok(SignatureValue::Ed25519(octets))
            }
            (Self::Ed25519(_), ToSign::Digest(_)) => {
                Err(KeyError::DigestInput { key: key.reference.clone(), algorithm: key.algorithm })
            }
            (Self::Sm4(_), _) => Err(KeyError::Use { key: key.reference.clone(), asked: crate::Use::Sign }),
        }
    }

    /// The key of one wrapped record: every record has its own, so that nonces cannot meet
    /// however many are wrapped.
    pub(super) fn record_key(&self, salt: &[u8; 16]) -> Option<sm4::Key> {
        let Self::Sm4(secret) = self else { return None };
        let key = secret.get(..SM4_KEY)?;
        let mac = Zeroizing::new(sm3::hmac(key, &[super::WRAP, salt.as_slice()].concat()));
        mac.first_chunk().copied().map(sm4::Key::new)
    }
}

fn fresh_sm2() -> Result<(Secret, PrivateKey), KeyError> {
    // one draw in 2^32 lies outside 1..n-2; a generator that fails thrice is broken
    for _ in 0..3 {
        let secret = random::octets()?;
        if let Ok(private) = PrivateKey::from_octets(&secret) {
            return Ok((secret, private));
        }
    }
    Err(SoftError::Unlucky.into())
}

fn fresh_p256() -> Result<(Secret, Box<[u8]>), KeyError> {
    let written = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random::for_ring())
        .map_err(|_| SoftError::Unlucky)?;
    let octets = written.as_ref();
    let secret = octets.get(D..).filter(|_| octets.len() == PKCS8).and_then(|rest| rest.first_chunk());
    let point = octets.get(POINT..);
    match (secret, point) {
        (Some(secret), Some(point)) => Ok((Zeroizing::new(*secret), point.into())),
        _ => Err(SoftError::Unlucky.into()),
    }
}
