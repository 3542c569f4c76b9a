//! A seal whose maker's value was verified, known again by its octets.

use super::Seal;
use crate::{
    asn1::{Reader, Tag},
    sm::{
        sm2::{self, Opening, Sm2Error},
        sm3,
    },
    suite::{Algorithm, ValueFault},
    x509::Certificate,
};
use std::sync::{Arc, OnceLock};

/// A seal whose value verified under the maker's certificate in it, without a
/// departure from DER. Nothing is said of the maker, of periods or of the time:
/// those are looked at with every stamp. Cheap to clone.
#[derive(Clone, Debug)]
pub struct SoundSeal {
    octets: Arc<[u8]>,
    maker: Certificate,
    /// What its stamps have in common, up to its end, for the signer that came first.
    opening: Arc<OnceLock<Opening>>,
}

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
        Ok(deviations.first().is_none().then(|| Self { octets: octets.into(), maker, opening: Arc::default() }))
    }

    /// The seal.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// The maker's certificate in it.
    pub(crate) const fn maker(&self) -> &Certificate {
        &self.maker
    }

    /// e = SM3(ZA || TBS_Sign) of a stamp with this seal, under the default id. The seal is
    /// most of TBS_Sign: it is compared, and digested for the first stamp only.
    pub(crate) fn stamp_digest(&self, key: &sm2::PublicKey, tbs: &[u8]) -> Result<sm3::Digest, Sm2Error> {
        if self.opening.get().is_none()
            && let Some(common) = self.up_to_its_end(tbs)
        {
            let _ = self.opening.set(Opening::new(key, sm2::DEFAULT_ID, common)?);
        }
        let known = self.opening.get().and_then(|opening| opening.message_digest(key, tbs));
        known.map_or_else(|| key.message_digest(sm2::DEFAULT_ID, tbs), Ok)
    }

    /// TBS_Sign up to the end of this seal; `None` where it holds another.
    fn up_to_its_end<'t>(&self, tbs: &'t [u8]) -> Option<&'t [u8]> {
        let mut parts = Reader::new(tbs).nested(Tag::SEQUENCE).ok()?;
        parts.small().ok()?;
        let seal = parts.any().ok().filter(|seal| *seal.raw == *self.octets)?;
        tbs.get(..seal.offset + seal.raw.len())
    }
}

impl PartialEq for SoundSeal {
    fn eq(&self, other: &Self) -> bool {
        self.octets == other.octets
    }
}

impl Eq for SoundSeal {}
