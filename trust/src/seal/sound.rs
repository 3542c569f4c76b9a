//! A seal whose maker's value was verified, known again by its octets.

use super::Seal;
use crate::{
    suite::{Algorithm, ValueFault},
    x509::Certificate,
};
use std::sync::Arc;

/// A seal whose value verified under the maker's certificate in it, without a
/// departure from DER. Nothing is said of the maker, of periods or of the time:
/// those are looked at with every stamp. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoundSeal(Arc<[u8]>);

impl SoundSeal {
    /// Verifies the value (step b); `None` where it departs from DER in a way that is
    /// read with a warning, or where the seal or its maker cannot be read.
    ///
    /// # Errors
    /// [`ValueFault`].
    pub fn verify(octets: &[u8]) -> Result<Option<Self>, ValueFault> {
        let Ok(seal) = Seal::parse(octets) else { return Ok(None) };
        let Ok(maker) = Certificate::from_der(seal.maker) else { return Ok(None) };
        let mut deviations = seal.deviations.clone();
        let algorithm = Algorithm::from_oid(seal.algorithm)?;
        let key = maker.key().ok_or(ValueFault::KeyMismatch)?;
        key.verify(algorithm, &seal.signed_octets(), &seal.value, &mut deviations)?;
        Ok(deviations.first().is_none().then(|| Self(octets.into())))
    }

    /// The seal.
    pub fn octets(&self) -> &[u8] {
        &self.0
    }
}
