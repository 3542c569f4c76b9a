//! Seals in use: the seal, its stamper's certificate and key, read once.

use super::{
    authority::AuthorityFault,
    seal_lives::{Unreadable, life_of},
    seal_uses::{UseRefusal, in_use},
    shared::Shared,
};
use crate::store::{Conn, StoreError, documents::SharedPart, seals};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};
use yinxin_hsm::{KeyError, KeyReference, KeyStore, ReferenceError, Signer};
use yinxin_trust::{
    base::Moment,
    ofd::write::{Part, WriteFault},
    seal::SoundSeal,
    sm::sm3,
    x509::{Certificate, CertificateError},
};

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
    #[error(transparent)]
    Use(#[from] UseRefusal),
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

impl From<Unreadable> for SealFault {
    fn from(unreadable: Unreadable) -> Self {
        match unreadable {
            Unreadable::Store(error) => error.into(),
            Unreadable::Record(what) => UseRefusal::Record(what).into(),
        }
    }
}

/// The seals that were used since the start.
#[derive(Default)]
pub(super) struct Seals(Mutex<BTreeMap<String, Arc<SealInUse>>>);

impl Seals {
    /// A seal that is in use now, of whichever body: who may stamp with it is decided in the write
    /// that stores the intent. Its life is read each time, the rest once.
    ///
    /// # Errors
    /// [`SealFault`].
    pub(super) fn in_use(
        &self,
        conn: &mut Conn,
        keys: &dyn KeyStore,
        id: &str,
        now: Moment,
    ) -> Result<Arc<SealInUse>, SealFault> {
        let row = seals::public_rule(conn, id)?;
        row.ok_or_else(|| UseRefusal::Unknown(id.to_owned()))?;
        let life = life_of(conn, id)?.ok_or_else(|| UseRefusal::Record(format!("seal {id} without acts")))?;
        in_use(&life, id, now, now)?;
        self.known(conn, keys, id)
    }

    /// A seal as it was read, whether or not it still is in use: nothing is signed with it.
    ///
    /// # Errors
    /// [`SealFault`].
    pub(super) fn known(&self, conn: &mut Conn, keys: &dyn KeyStore, id: &str) -> Result<Arc<SealInUse>, SealFault> {
        if let Some(known) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(id) {
            return Ok(Arc::clone(known));
        }
        let row = seals::public_find(conn, id)?.ok_or_else(|| UseRefusal::Unknown(id.to_owned()))?;
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
