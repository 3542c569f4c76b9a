//! The contract of every custody: what may be asked of a key, and what never.

use crate::{KeyDescription, KeyOrder, KeyReference, KeyState, Purpose, Use, soft::SoftError};
use std::sync::Arc;
use yinxin_trust::{
    base::Moment,
    sm::{Signature, sm2::Sm2Error, sm3},
};

/// What shall be signed.
#[derive(Clone, Copy, Debug)]
pub enum ToSign<'a> {
    /// A message. SM2 signs it under the default distinguishing id.
    Message(&'a [u8]),
    /// A digest already computed: for SM2 e = SM3(ZA || M), which
    /// `sm2::PublicKey::message_digest` gives for any distinguishing id.
    Digest(&'a sm3::Digest),
}

/// One request to sign.
#[derive(Clone, Copy, Debug)]
pub struct SignRequest<'a> {
    /// What the signature is for; a key of another purpose refuses.
    pub purpose: Purpose,
    /// What shall be signed.
    pub input: ToSign<'a>,
}

/// A signature value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureValue {
    /// Of an SM2 key.
    Sm2(Signature),
}

impl SignatureValue {
    /// The form that certificates, seals and stamps carry: for SM2 the DER
    /// `SEQUENCE { r INTEGER, s INTEGER }`.
    pub fn to_octets(&self) -> Vec<u8> {
        match self {
            Self::Sm2(signature) => signature.to_der(),
        }
    }
}

/// One key that signs. Safe to use from several threads at once.
pub trait Signer: Send + Sync {
    /// What is public about the key; the same for as long as the value lives.
    fn description(&self) -> &KeyDescription;

    /// Signs. Every call is a new signature with fresh randomness; asking again
    /// after an answer was lost is harmless, and counts as a second use.
    ///
    /// # Errors
    /// [`KeyError::Purpose`], [`KeyError::Use`] and [`KeyError::State`] before the
    /// key is touched; others mean that no signature was made.
    fn sign(&self, request: &SignRequest<'_>) -> Result<SignatureValue, KeyError>;
}

/// A place where keys are kept. There is no export: a private key cannot be
/// asked for. Safe to use from several threads at once.
pub trait KeyStore: Send + Sync {
    /// Makes a key, with `at` as its time of creation. When it returns, the key is
    /// durable: it is still there after a loss of power. After an error nothing was
    /// announced; a key that the failing medium kept all the same is listed when
    /// the store is next opened, and nobody refers to it.
    ///
    /// # Errors
    /// What the custody met.
    fn generate(&self, order: &KeyOrder, at: Moment) -> Result<KeyDescription, KeyError>;

    /// All keys, in the order of their references.
    ///
    /// # Errors
    /// What the custody met.
    fn list(&self) -> Result<Vec<KeyDescription>, KeyError>;

    /// What is public about one key.
    ///
    /// # Errors
    /// [`KeyError::Unknown`], or what the custody met.
    fn describe(&self, key: &KeyReference) -> Result<KeyDescription, KeyError>;

    /// The key to sign with.
    ///
    /// # Errors
    /// [`KeyError::Unknown`], or what the custody met.
    fn signer(&self, key: &KeyReference) -> Result<Arc<dyn Signer>, KeyError>;

    /// Signs with one key; see [`Signer::sign`].
    ///
    /// # Errors
    /// Those of [`KeyStore::signer`] and [`Signer::sign`].
    fn sign(&self, key: &KeyReference, request: &SignRequest<'_>) -> Result<SignatureValue, KeyError> {
        self.signer(key)?.sign(request)
    }
}

/// Why a key was not made or did not sign.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The store has no such key.
    #[error("no key {0} in the store")]
    Unknown(KeyReference),
    /// The request is for something else than the key.
    #[error("key {key} is for {purpose} and refuses to sign for {asked}")]
    Purpose {
        /// The key.
        key: KeyReference,
        /// What it is for.
        purpose: Purpose,
        /// What was asked.
        asked: Purpose,
    },
    /// The key's uses do not allow it.
    #[error("key {key} is not allowed the use {asked:?}")]
    Use {
        /// The key.
        key: KeyReference,
        /// What was asked.
        asked: Use,
    },
    /// The key is not in service.
    #[error("key {key} is {state:?}")]
    State {
        /// The key.
        key: KeyReference,
        /// Its state.
        state: KeyState,
    },
    /// The system gave no randomness.
    #[error("the system gives no randomness: {0}")]
    Randomness(String),
    /// The computation failed.
    #[error("key {key}: {cause}")]
    Sm2 {
        /// The key.
        key: KeyReference,
        /// Why.
        cause: Sm2Error,
    },
    /// Of the software store.
    #[error(transparent)]
    Soft(#[from] SoftError),
}

impl KeyDescription {
    /// Whether the key may be used so: the one rule that every driver asks first.
    ///
    /// # Errors
    /// [`KeyError::Purpose`], [`KeyError::Use`], [`KeyError::State`].
    pub fn allow(&self, purpose: Purpose, asked: Use) -> Result<(), KeyError> {
        let key = || self.reference.clone();
        if self.purpose != purpose {
            return Err(KeyError::Purpose { key: key(), purpose: self.purpose, asked: purpose });
        }
        if !self.uses.contains(&asked) {
            return Err(KeyError::Use { key: key(), asked });
        }
        if self.state != KeyState::Active {
            return Err(KeyError::State { key: key(), state: self.state });
        }
        Ok(())
    }
}
