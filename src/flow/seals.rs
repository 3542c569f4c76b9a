//! Seals in use: the seal, its stamper's certificate and key, read once.

use super::{authority::AuthorityFault, shared::Shared};
use crate::store::{Conn, StoreError, documents::SharedPart, seals};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};
use yinxin_hsm::{KeyError, KeyReference, KeyStore, ReferenceError, Signer};
use yinxin_trust::{
    ofd::write::{Part, WriteFault},
    seal::SoundSeal,
    sm::sm3,
    x509::{Certificate, CertificateError},
};

/// The word in the register for a seal that may be used.
pub(super) const IN_USE: &str = "in_use";

/// A seal that stamps.
pub(super) struct SealInUse {
    /// Its id in the register.
    pub(super) id: String,
    /// SESeal in DER.
    pub(super) der: Part,
    /// The same, its value verified.
    pub(super) sound: SoundSeal,
    /// The same, as the values of its stamps have it in common.
    pub(super) inside: SharedPart,
    /// The same, as files have it in common.
    pub(super) shared: Shared,
    /// Whose signature goes beside it.
    pub(super) certificate: Certificate,
    /// The key of that certificate.
    pub(super) key: Arc<dyn Signer>,
    /// Where that key lies.
    pub(super) key_reference: KeyReference,
}

/// Why a seal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SealFault {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the body has no seal {0}")]
    Unknown(String),
    #[error("seal {id} is {state}")]
    NotInUse { id: String, state: String },
    #[error("seal {id}: {cause}")]
    Certificate { id: String, cause: CertificateError },
    #[error("seal {id}: {cause}")]
    Reference { id: String, cause: ReferenceError },
    #[error("seal {0} is not what its maker signed")]
    Unsound(String),
    #[error(transparent)]
    Part(#[from] WriteFault),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Authority(#[from] AuthorityFault),
}

/// The seals that were used since the start.
#[derive(Default)]
pub(super) struct Seals(Mutex<BTreeMap<String, Arc<SealInUse>>>);

impl Seals {
    /// A seal of a body. Its state is read each time, the rest once.
    ///
    /// # Errors
    /// [`SealFault`].
    pub(super) fn of_body(
        &self,
        conn: &mut Conn,
        keys: &dyn KeyStore,
        body: &str,
        id: &str,
    ) -> Result<Arc<SealInUse>, SealFault> {
        let row = seals::find(conn, body, id)?.ok_or_else(|| SealFault::Unknown(id.to_owned()))?;
        if row.state != IN_USE {
            return Err(SealFault::NotInUse { id: row.id, state: row.state });
        }
        if let Some(known) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(id) {
            return Ok(Arc::clone(known));
        }
        let certificate = Certificate::from_der(&row.stamper_certificate)
            .map_err(|cause| SealFault::Certificate { id: row.id.clone(), cause })?;
        let key_reference: KeyReference =
            row.key_reference.parse().map_err(|cause| SealFault::Reference { id: row.id.clone(), cause })?;
        let key = keys.signer(&key_reference)?;
        let public_key = key.description().public_key.as_ref();
        if public_key.is_none() || public_key != certificate.key() {
            return Err(AuthorityFault::KeyNotInCustody(certificate.display_name().to_owned()).into());
        }
        let sound = match SoundSeal::verify(&row.der) {
            Ok(Some(sound)) => sound,
            _ => return Err(SealFault::Unsound(row.id)),
        };
        let inside = SharedPart { sm3: sm3::digest(&row.der), octets: row.der.as_slice().into() };
        // packed once for all its licences
        let der = Part::deflated(row.der)?;
        let shared = Shared::of(std::iter::once(&der));
        let seal = Arc::new(SealInUse { id: row.id, der, sound, inside, shared, certificate, key, key_reference });
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(seal.id.clone(), Arc::clone(&seal));
        Ok(seal)
    }
}
