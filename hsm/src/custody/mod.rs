//! The contract of every custody: what may be asked of a key, and what never.

mod error;
mod request;

pub use error::{DriverFault, ErrorClass, KeyError};
pub use request::{Asked, MandateClaim, PathStep, SignRequest, ToSign, WrapRequest};
/// The one type of `trust`, which embeds it.
pub use yinxin_trust::suite::SignatureValue;

use crate::{
    KeyDescription, KeyOrder, KeyReference, KeyState,
    passphrase::Passphrase,
    soft::Backup,
    split::{Share, Split},
    supervise::Health,
};
use std::sync::Arc;
use yinxin_trust::base::Moment;
use zeroize::Zeroizing;

/// Most octets that are wrapped at once.
pub const MOST_WRAPPED: usize = 1 << 20;

/// One key that signs. Safe to use from several threads at once.
pub trait Signer: Send + Sync {
    /// What is public about the key, as it was when the signer was taken. State and
    /// count may have changed since; [`Signer::sign`] asks for them anew.
    fn description(&self) -> &KeyDescription;

    /// Signs. Every call is a new signature with fresh randomness where the algorithm
    /// has any; asking again after an answer was lost is harmless, and counts as a second use.
    ///
    /// # Errors
    /// [`KeyError::Purpose`], [`KeyError::Use`], [`KeyError::State`], [`KeyError::Period`],
    /// [`KeyError::UsedUp`] and [`KeyError::DigestInput`] before the key is touched. Of the others
    /// [`KeyError::class`] tells whether a signature may have been made all the same.
    fn sign(&self, request: &SignRequest<'_>) -> Result<SignatureValue, KeyError>;
}

/// A place where keys are kept. There is no export: a private key cannot be
/// asked for. Safe to use from several threads at once.
pub trait KeyStore: Send + Sync {
    /// The driver's name, for messages: `soft`, `sdf`, `pkcs11`, `remote`.
    fn driver(&self) -> &'static str;

    /// How the device with the keys is; none where there is none to lose, or a daemon watches it.
    fn health(&self) -> Option<Health> {
        None
    }

    /// Makes a key, with `at` as its time of creation. When it returns, the key is
    /// durable: it is still there after a loss of power. After an error nothing was
    /// announced; a key that the failing medium kept all the same is listed when
    /// the store is next opened, and nobody refers to it.
    ///
    /// # Errors
    /// [`KeyError::Unsupported`], or what the custody met.
    fn generate(&self, order: &KeyOrder, at: Moment) -> Result<KeyDescription, KeyError>;

    /// Takes over a key that was made with the device's own tool, at the place that the order
    /// names: from now on it is listed, and held to purpose and limits of the order.
    ///
    /// # Errors
    /// [`KeyError::OtherKind`], [`KeyError::Unsupported`], or what the custody met.
    fn adopt(&self, order: &KeyOrder, at: Moment) -> Result<KeyDescription, KeyError> {
        let _ = (order, at);
        Err(self.cannot("take over keys"))
    }

    /// All keys that are not destroyed, in the order of their references.
    ///
    /// # Errors
    /// What the custody met.
    fn list(&self) -> Result<Vec<KeyDescription>, KeyError>;

    /// What is public about one key; of a destroyed one too, where that is known.
    ///
    /// # Errors
    /// [`KeyError::Unknown`], or what the custody met.
    fn describe(&self, key: &KeyReference) -> Result<KeyDescription, KeyError>;

    /// Takes a key out of service, or back into it. Durable once it returns, and no
    /// signature that is asked for later ignores it.
    ///
    /// # Errors
    /// [`KeyError::State`] for a destroyed key, [`KeyError::Unsupported`] for
    /// [`KeyState::Destroyed`], or what the custody met.
    fn set_state(&self, key: &KeyReference, state: KeyState) -> Result<(), KeyError> {
        let _ = (key, state);
        Err(self.cannot("change the state of keys"))
    }

    /// Destroys a key for good. Its reference stays known as destroyed.
    ///
    /// # Errors
    /// [`KeyError::Unsupported`], or what the custody met; then the key may be destroyed
    /// or not, and is out of service.
    fn destroy(&self, key: &KeyReference) -> Result<(), KeyError> {
        let _ = key;
        Err(self.cannot("destroy keys"))
    }

    /// The key to sign with.
    ///
    /// # Errors
    /// [`KeyError::Unknown`], [`KeyError::Use`], or what the custody met.
    fn signer(&self, key: &KeyReference) -> Result<Arc<dyn Signer>, KeyError>;

    /// Signs with one key; see [`Signer::sign`].
    ///
    /// # Errors
    /// Those of [`KeyStore::signer`] and [`Signer::sign`].
    fn sign(&self, key: &KeyReference, request: &SignRequest<'_>) -> Result<SignatureValue, KeyError> {
        self.signer(key)?.sign(request)
    }

    /// Wraps at most [`MOST_WRAPPED`] octets: authenticated, and bound to the request's context.
    ///
    /// # Errors
    /// As [`Signer::sign`]; [`KeyError::TooLong`], [`KeyError::Unsupported`].
    fn wrap(&self, key: &KeyReference, request: &WrapRequest<'_>, octets: &[u8]) -> Result<Vec<u8>, KeyError> {
        let _ = (key, request, octets);
        Err(self.cannot("wrap data"))
    }

    /// What [`KeyStore::wrap`] wrapped. Neither period nor counter stop it; state does.
    ///
    /// # Errors
    /// [`KeyError::NotUnwrapped`], and as [`KeyStore::wrap`].
    fn unwrap(
        &self,
        key: &KeyReference,
        request: &WrapRequest<'_>,
        wrapped: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let _ = (key, request, wrapped);
        Err(self.cannot("unwrap data"))
    }

    /// Seals the keys anew under a fresh secret that is split among people. `passphrase` is
    /// that of the store. Devices back their keys up by their own means and refuse.
    ///
    /// # Errors
    /// [`KeyError::Unsupported`], or what the custody met.
    fn backup(&self, passphrase: &Passphrase, split: Split, at: Moment) -> Result<Backup, KeyError> {
        let _ = (passphrase, split, at);
        Err(self.cannot("back up keys; use the device's own backup"))
    }

    /// Puts the keys of a backup into the store, and says which.
    ///
    /// # Errors
    /// [`KeyError::Unsupported`], or what the custody met.
    fn restore(&self, backup: &[u8], shares: &[Share]) -> Result<Vec<KeyDescription>, KeyError> {
        let _ = (backup, shares);
        Err(self.cannot("restore keys; use the device's own backup"))
    }

    /// The refusal of what the driver cannot do.
    #[doc(hidden)]
    fn cannot(&self, what: &'static str) -> KeyError {
        KeyError::Unsupported { driver: self.driver(), what }
    }
}

impl KeyDescription {
    /// Whether the key may be used so, but for its counter: the one rule that every
    /// driver asks first, mostly through [`KeyBook::admit`](crate::book::KeyBook::admit), which counts too.
    ///
    /// # Errors
    /// [`KeyError::Purpose`], [`KeyError::Use`], [`KeyError::State`], [`KeyError::Period`].
    pub fn allow(&self, asked: Asked) -> Result<(), KeyError> {
        let key = || self.reference.clone();
        if self.purpose != asked.purpose {
            return Err(KeyError::Purpose { key: key(), purpose: self.purpose, asked: asked.purpose });
        }
        if !self.uses.contains(&asked.usage) {
            return Err(KeyError::Use { key: key(), asked: asked.usage });
        }
        if self.state != KeyState::Active {
            return Err(KeyError::State { key: key(), state: self.state });
        }
        let early = self.limits.not_before.is_some_and(|first| asked.at < first);
        let late = self.limits.not_after.is_some_and(|last| asked.at > last);
        if !asked.reading && (early || late) {
            return Err(KeyError::Period { key: key(), at: asked.at });
        }
        Ok(())
    }

    /// Whether the key's algorithm takes this input.
    ///
    /// # Errors
    /// [`KeyError::DigestInput`].
    pub fn takes(&self, input: &ToSign<'_>) -> Result<(), KeyError> {
        match input {
            ToSign::Digest(_) if !self.algorithm.signs_digests() => {
                Err(KeyError::DigestInput { key: self.reference.clone(), algorithm: self.algorithm })
            }
            _ => Ok(()),
        }
    }
}
