//! One key of a token that signs.

use super::{
    codes::Code,
    device::{Device, Work},
    error::{KeyFault, Pkcs11Error},
    keys::{self, Handle},
    raw::Failed,
    scheme::{self, Job},
    supervised::{self, Watched},
};
use crate::{
    Asked, KeyDescription, KeyError, KeyReference, Pkcs11Uri, SignRequest, SignatureValue, Signer, ToSign,
    book::KeyBook, random, supervise::Supervisor,
};
use core::fmt;
use cryptoki_sys as sys;
use std::sync::{Arc, Mutex, PoisonError};
use yinxin_trust::suite::PublicKey;

pub(super) struct Pkcs11Signer {
    key: Arc<Key>,
    book: Arc<KeyBook>,
    supervisor: Option<Arc<Supervisor<Watched>>>,
}

/// The key itself; outlives the signer where a call hangs.
struct Key {
    device: Arc<Device>,
    description: KeyDescription,
    uri: Pkcs11Uri,
    public_key: PublicKey,
    /// The private key's handle, and the login that it is of.
    handle: Mutex<Option<(u64, Handle)>>,
}

impl Pkcs11Signer {
    /// The key of a description, tried.
    pub(super) fn new(
        device: Arc<Device>,
        book: Arc<KeyBook>,
        supervisor: Option<Arc<Supervisor<Watched>>>,
        description: KeyDescription,
    ) -> Result<Self, Pkcs11Error> {
        Ok(Self { key: Arc::new(Key::new(device, description)?), book, supervisor })
    }
}

impl Key {
    fn new(device: Arc<Device>, description: KeyDescription) -> Result<Self, Pkcs11Error> {
        let fault = |fault| Pkcs11Error::Key {
            device: device.name().to_owned(),
            key: description.reference.to_string(),
            fault,
        };
        let (KeyReference::Pkcs11(uri), Some(public_key)) = (&description.reference, &description.public_key) else {
            return Err(fault(KeyFault::Missing));
        };
        let (uri, public_key) = ((**uri).clone(), public_key.clone());
        let key = Self { device, description, uri, public_key, handle: Mutex::new(None) };
        key.look()?;
        key.trial()?;
        Ok(key)
    }

    /// Whether the key lies in the token as the book knows it.
    fn look(&self) -> Result<(), Pkcs11Error> {
        let mapping = self.device.settings().mapping.as_ref();
        let found = self.device.work(|work| {
            let handles = keys::find(work, &self.uri)?;
            match handles[..] {
                [handle] => keys::read(work, handle, mapping),
                [] => Ok(Err(KeyFault::Missing)),
                _ => Ok(Err(KeyFault::Many(handles.len()))),
            }
        })?;
        let key = found.map_err(|fault| self.fault(fault))?;
        keys::fits(self.description.algorithm, &key.public_key).map_err(|fault| self.fault(fault))?;
        if key.public_key == self.public_key { Ok(()) } else { Err(self.fault(KeyFault::Replaced)) }
    }

    /// Signs random octets and verifies the signature.
    fn trial(&self) -> Result<(), Pkcs11Error> {
        let algorithm = self.description.algorithm;
        let random = random::octets::<32>().map_err(|cause| self.fault(KeyFault::NoTrial(cause.to_string())))?;
        // nobody knows a message of these octets as its digest, so the signature is good for nothing
        let (message, digest) = (ToSign::Message(random.as_slice()), ToSign::Digest(&random));
        let takes_e = self.device.settings().mapping.as_ref().is_some_and(|mapping| mapping.signs_digest().is_some());
        let sm2 = matches!(self.public_key, PublicKey::Sm2(_));
        let input = if sm2 && takes_e { digest } else { message };
        let job = self.job(input)?;
        self.has_mechanism(&job)?;
        let octets = self.call(&job)?;
        let value = job.answer(algorithm, &octets).map_err(|fault| self.fault(fault))?;
        if scheme::verifies(algorithm, &self.public_key, input, &value) == Some(true) {
            return Ok(());
        }
        Err(self.fault(if scheme::is_plain_ecdsa(&self.public_key, input, &value) {
            KeyFault::PlainEcdsa
        } else {
            KeyFault::Trial
        }))
    }

    fn has_mechanism(&self, job: &Job) -> Result<(), Pkcs11Error> {
        let number = job.mechanism.number;
        let facts = self.device.work(|work| Ok(work.slot)).and_then(|slot| self.device.mechanism(slot, number))?;
        if facts.is_some_and(|facts| facts.signs) {
            return Ok(());
        }
        let device = self.device.name().to_owned();
        Err(Pkcs11Error::Mechanism { device, name: job.name, number, what: "sign" })
    }

    fn job(&self, input: ToSign<'_>) -> Result<Job, Pkcs11Error> {
        let mapping = self.device.settings().mapping.as_ref();
        Job::new(self.description.algorithm, &self.public_key, mapping, input).map_err(|fault| self.fault(fault))
    }

    fn call(&self, job: &Job) -> Result<Vec<u8>, Pkcs11Error> {
        self.device.work(|work| {
            let key = self.handle(work)?;
            work.raw.sign(work.session, &job.mechanism, key, &job.data, job.longest)
        })
    }

    /// The handle, looked for once a login.
    fn handle(&self, work: &Work<'_>) -> Result<Handle, Failed> {
        let known = *self.handle.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((epoch, handle)) = known
            && epoch == work.epoch
        {
            return Ok(handle);
        }
        let gone = || Failed { call: "C_FindObjects", code: Code(sys::CKR_KEY_HANDLE_INVALID) };
        let handle = *keys::find(work, &self.uri)?.first().ok_or_else(gone)?;
        *self.handle.lock().unwrap_or_else(PoisonError::into_inner) = Some((work.epoch, handle));
        Ok(handle)
    }

    fn fault(&self, fault: KeyFault) -> Pkcs11Error {
        let (device, key) = (self.device.name().to_owned(), self.description.reference.to_string());
        Pkcs11Error::Key { device, key, fault }
    }

    /// The signature in the device's answer, verified where that is wanted and can be done.
    fn judged(&self, job: &Job, input: ToSign<'_>, octets: &[u8]) -> Result<SignatureValue, Pkcs11Error> {
        let algorithm = self.description.algorithm;
        let value = job.answer(algorithm, octets).map_err(|fault| self.fault(fault))?;
        let wrong = self.device.settings().verify
            && scheme::verifies(algorithm, &self.public_key, input, &value) == Some(false);
        if wrong { Err(self.fault(KeyFault::Wrong)) } else { Ok(value) }
    }
}

impl Signer for Pkcs11Signer {
    fn description(&self) -> &KeyDescription {
        &self.key.description
    }

    fn sign(&self, request: &SignRequest<'_>) -> Result<SignatureValue, KeyError> {
        let key = &self.key;
        key.description.takes(&request.input)?;
        self.book.admit(&key.description.reference, Asked::from(request))?;
        let job = Arc::new(key.job(request.input).map_err(KeyError::driver)?);
        let octets = match &self.supervisor {
            None => key.call(&job).map_err(KeyError::driver)?,
            Some(supervisor) => {
                let (key, job) = (Arc::clone(key), Arc::clone(&job));
                supervisor.call(move |_, ()| key.call(&job).map_err(supervised::fault))?
            }
        };
        key.judged(&job, request.input, &octets).map_err(KeyError::driver)
    }
}

impl fmt::Debug for Pkcs11Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pkcs11Signer({}, {})", self.key.description.reference, self.key.description.purpose)
    }
}
