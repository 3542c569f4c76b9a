//! One opened key of the software store: signs, wraps, unwraps.

use super::{WRAP, material::Material};
use crate::{
    Asked, KeyDescription, KeyError, SignRequest, SignatureValue, Signer, Use, WrapRequest, book::KeyBook,
    custody::MOST_WRAPPED, random,
};
use core::fmt;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Version of wrapped data.
const VERSION: u8 = 1;

pub(super) struct SoftKey {
    description: KeyDescription,
    material: Material,
    book: Arc<KeyBook>,
}

impl SoftKey {
    pub(super) const fn new(description: KeyDescription, material: Material, book: Arc<KeyBook>) -> Self {
        Self { description, material, book }
    }

    pub(super) fn wrap(&self, request: &WrapRequest<'_>, octets: &[u8]) -> Result<Vec<u8>, KeyError> {
        if octets.len() > MOST_WRAPPED {
            return Err(KeyError::TooLong { key: self.description.reference.clone(), limit: MOST_WRAPPED });
        }
        self.book.admit(&self.description.reference, Asked::wrap(request))?;
        let (salt, nonce) = (*random::octets::<16>()?, *random::octets::<12>()?);
        let key = self.material.record_key(&salt).ok_or_else(|| self.not_for_wrapping())?;
        let sealed = key.gcm_seal(&nonce, &bound(request.context), octets);
        let sealed = sealed.map_err(|_| KeyError::Computation(self.description.reference.clone()))?;
        Ok([&[VERSION], salt.as_slice(), nonce.as_slice(), &sealed].concat())
    }

    pub(super) fn unwrap(&self, request: &WrapRequest<'_>, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        self.book.admit(&self.description.reference, Asked::unwrap(request))?;
        let fault = || KeyError::NotUnwrapped(self.description.reference.clone());
        let (version, rest) = wrapped.split_first().ok_or_else(fault)?;
        let (salt, rest) = rest.split_first_chunk().ok_or_else(fault)?;
        let (nonce, sealed) = rest.split_first_chunk().ok_or_else(fault)?;
        if *version != VERSION || sealed.len() > MOST_WRAPPED + 16 {
            return Err(fault());
        }
        let key = self.material.record_key(salt).ok_or_else(|| self.not_for_wrapping())?;
        key.gcm_open(nonce, &bound(request.context), sealed).map(Zeroizing::new).map_err(|_| fault())
    }

    fn not_for_wrapping(&self) -> KeyError {
        KeyError::Use { key: self.description.reference.clone(), asked: Use::Wrap }
    }
}

/// What is authenticated beside the wrapped octets.
fn bound(context: &[u8]) -> Vec<u8> {
    [WRAP, context].concat()
}

impl Signer for SoftKey {
    fn description(&self) -> &KeyDescription {
        &self.description
    }

    fn sign(&self, request: &SignRequest<'_>) -> Result<SignatureValue, KeyError> {
        // the book first: it knows what became of the key since this was taken
        self.description.takes(&request.input)?;
        self.book.admit(&self.description.reference, request.into())?;
        self.material.sign(&self.description, request.input)
    }
}

impl fmt::Debug for SoftKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SoftKey({}, {})", self.description.reference, self.description.purpose)
    }
}
