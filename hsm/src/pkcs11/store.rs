//! The store of keys in one token.

use super::{
    Settings,
    device::Device,
    error::{KeyFault, Pkcs11Error},
    keys::{self, Generation, TokenKey},
    module::Module,
    signer::Pkcs11Signer,
    supervised::Watched,
    token::{self, MechanismFacts, TokenFacts},
};
use crate::{
    KeyDescription, KeyError, KeyOrder, KeyReference, KeyState, KeyStore, ObjectKind, Pkcs11Uri, Signer,
    book::KeyBook,
    random,
    supervise::{Health, Supervisor, Timing},
};
use core::fmt;
use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use yinxin_trust::base::Moment;

/// A library, for a diagnosis without a PIN. It stays initialised for as long as one of
/// its users lives.
pub struct Library(Module);

impl Library {
    /// Loads and initialises it, or joins its users in this process.
    ///
    /// # Errors
    /// [`Pkcs11Error`].
    pub fn open(path: &Path) -> Result<Self, Pkcs11Error> {
        Module::open(path).map(Self)
    }

    /// The tokens that it sees now.
    ///
    /// # Errors
    /// [`Pkcs11Error`].
    pub fn tokens(&self) -> Result<Vec<TokenFacts>, Pkcs11Error> {
        Ok(token::all(&self.0)?.into_iter().map(|(_, facts)| facts).collect())
    }

    /// The mechanisms of the token in a slot, the vendor's included.
    ///
    /// # Errors
    /// [`Pkcs11Error`].
    pub fn mechanisms(&self, token: &TokenFacts) -> Result<Vec<MechanismFacts>, Pkcs11Error> {
        token::mechanisms(&self.0, token.slot)
    }
}

impl fmt::Debug for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Library({})", self.0.name())
    }
}

/// The keys of one token; see the [module](super).
pub struct Pkcs11Store {
    device: Arc<Device>,
    book: Arc<KeyBook>,
    supervisor: Option<Arc<Supervisor<Watched>>>,
    /// The token as references name it.
    token: (Box<str>, Box<str>),
    signers: Mutex<BTreeMap<KeyReference, Arc<Pkcs11Signer>>>,
}

impl Pkcs11Store {
    /// Finds the token, logs in, and tries every key of the book that is in service.
    ///
    /// # Errors
    /// [`Pkcs11Error`] as [`KeyError::Driver`]: one key that is not as the book knows it, or does not sign
    /// as it should, and the store does not open.
    pub fn open(settings: Settings, book: KeyBook) -> Result<Self, KeyError> {
        Self::open_with(settings, book, None)
    }

    /// The same, with signatures under a [supervisor](crate::supervise): none takes longer than its
    /// deadline, and a token that goes away is opened anew by itself.
    ///
    /// # Errors
    /// As [`Pkcs11Store::open`]: at the start the token has to be there.
    pub fn supervised(mut settings: Settings, book: KeyBook, timing: Timing) -> Result<Self, KeyError> {
        // a thread that hangs keeps its session, and another thread takes its place
        settings.sessions = timing.sessions.saturating_add(timing.most_hung);
        Self::open_with(settings, book, Some(timing))
    }

    fn open_with(settings: Settings, book: KeyBook, timing: Option<Timing>) -> Result<Self, KeyError> {
        let book = Arc::new(book);
        let device = Arc::new(Device::open(settings, Arc::clone(&book)).map_err(KeyError::driver)?);
        let facts = device.facts().map_err(KeyError::driver)?;
        let token = (facts.label.as_str().into(), facts.serial.as_str().into());
        let start = |timing| Arc::new(Supervisor::start(Watched(Arc::clone(&device)), timing));
        let supervisor = timing.map(start);
        let store = Self { device, book, supervisor, token, signers: Mutex::default() };
        for description in store.list()? {
            if description.state == KeyState::Active {
                store.tried(description)?;
            }
        }
        Ok(store)
    }

    /// What the library says about the token now.
    ///
    /// # Errors
    /// [`Pkcs11Error`].
    pub fn facts(&self) -> Result<TokenFacts, Pkcs11Error> {
        self.device.facts()
    }

    /// The token's mechanisms, the vendor's included.
    ///
    /// # Errors
    /// [`Pkcs11Error`].
    pub fn mechanisms(&self) -> Result<Vec<MechanismFacts>, Pkcs11Error> {
        self.device.mechanisms()
    }

    /// Most sessions that sign at once, as the token turned out to allow.
    pub fn sessions(&self) -> usize {
        self.device.session_limit()
    }

    /// The private keys in the token, whether the book has them or not: those that could
    /// be taken over, and of the others why not.
    ///
    /// # Errors
    /// [`Pkcs11Error`].
    pub fn present(&self) -> Result<Vec<Result<TokenKey, KeyFault>>, Pkcs11Error> {
        let mapping = self.device.settings().mapping.as_ref();
        self.device.work(|work| keys::all(work)?.into_iter().map(|handle| keys::read(work, handle, mapping)).collect())
    }

    /// Lets the supervisor log in again after the PIN file was mended.
    pub fn try_pin_again(&self) {
        if let Some(supervisor) = &self.supervisor {
            supervisor.try_pin_again();
        }
    }

    /// Logs in anew, with the PIN read anew: after the device was away.
    ///
    /// # Errors
    /// [`Pkcs11Error`].
    pub fn reopen(&self) -> Result<(), Pkcs11Error> {
        self.device.renew()
    }

    fn signers(&self) -> MutexGuard<'_, BTreeMap<KeyReference, Arc<Pkcs11Signer>>> {
        // a panic elsewhere cannot leave the map half changed
        self.signers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The signer of a key of the book, tried when it is first wanted.
    fn tried(&self, description: KeyDescription) -> Result<Arc<Pkcs11Signer>, KeyError> {
        if let Some(signer) = self.signers().get(&description.reference) {
            return Ok(Arc::clone(signer));
        }
        let reference = description.reference.clone();
        let signer = self.signer_of(description);
        let signer = Arc::new(signer.map_err(KeyError::driver)?);
        self.signers().insert(reference, Arc::clone(&signer));
        Ok(signer)
    }

    fn signer_of(&self, description: KeyDescription) -> Result<Pkcs11Signer, Pkcs11Error> {
        Pkcs11Signer::new(Arc::clone(&self.device), Arc::clone(&self.book), self.supervisor.clone(), description)
    }

    /// The book's entry for a reference that may name the key in another way.
    fn known(&self, key: &KeyReference) -> Result<KeyDescription, KeyError> {
        let unknown = || KeyError::Unknown(key.clone());
        if let Some(description) = self.book.describe(key) {
            return Ok(description);
        }
        let KeyReference::Pkcs11(wanted) = key else { return Err(unknown()) };
        let names = |description: &KeyDescription| match &description.reference {
            KeyReference::Pkcs11(full) => self.is_here(wanted) && names_object(wanted, full),
            _ => false,
        };
        let mut fitting = self.book.list().into_iter().filter(names);
        match (fitting.next(), fitting.next()) {
            (Some(description), None) => Ok(description),
            _ => Err(unknown()),
        }
    }

    /// Whether a reference means this token, as far as it says.
    fn is_here(&self, uri: &Pkcs11Uri) -> bool {
        let (label, serial) = &self.token;
        uri.token.as_ref().is_none_or(|token| token == label)
            && uri.serial.as_ref().is_none_or(|number| number == serial)
            // slots are numbered anew, so no key is named by one
            && uri.slot_id.is_none()
            && uri.kind.is_none_or(|kind| kind == ObjectKind::Private)
    }

    /// The one form in which a key is named here.
    fn reference(&self, label: &str, id: &[u8]) -> KeyReference {
        let (token, serial) = self.token.clone();
        KeyReference::Pkcs11(Box::new(Pkcs11Uri {
            token: Some(token),
            serial: Some(serial),
            object: Some(label).filter(|label| !label.is_empty()).map(Into::into),
            kind: Some(ObjectKind::Private),
            id: Some(id).filter(|id| !id.is_empty()).map(Into::into),
            ..Pkcs11Uri::default()
        }))
    }

    fn fault(&self, key: impl fmt::Display, fault: KeyFault) -> KeyError {
        KeyError::driver(Pkcs11Error::Key { device: self.device.name().to_owned(), key: key.to_string(), fault })
    }

    /// The place that an order names, where it lies in this token.
    fn place<'a>(&self, order: &'a KeyOrder) -> Result<Option<&'a Pkcs11Uri>, KeyError> {
        match &order.place {
            None => Ok(None),
            Some(KeyReference::Pkcs11(uri)) if self.is_here(uri) => Ok(Some(uri)),
            Some(other) => Err(KeyError::Unknown(other.clone())),
        }
    }

    /// The private key of a place, read and judged.
    fn read(&self, uri: &Pkcs11Uri) -> Result<Result<TokenKey, KeyFault>, Pkcs11Error> {
        let mapping = self.device.settings().mapping.as_ref();
        self.device.work(|work| match keys::find(work, uri)?[..] {
            [handle] => keys::read(work, handle, mapping),
            [] => Ok(Err(KeyFault::Missing)),
            ref several => Ok(Err(KeyFault::Many(several.len()))),
        })
    }

    /// Takes a key that lies in the token into the book, after its trial.
    fn enrol(&self, key: &TokenKey, order: &KeyOrder, made: Option<Moment>) -> Result<KeyDescription, KeyError> {
        let reference = self.reference(&key.label, &key.id);
        keys::fits(order.algorithm, &key.public_key).map_err(|fault| self.fault(&reference, fault))?;
        let description = KeyDescription::ordered(reference.clone(), order, Some(key.public_key.clone()), made);
        let signer = self.signer_of(description.clone());
        let signer = signer.map_err(KeyError::driver)?;
        self.book.enrol(description.clone())?;
        self.signers().insert(reference, Arc::new(signer));
        Ok(description)
    }

    /// Removes both halves of a key from the token. That they are gone already is as well.
    fn remove(&self, uri: &Pkcs11Uri) -> Result<(), Pkcs11Error> {
        self.device.write(|work| {
            for handle in keys::halves(work, uri)? {
                work.raw.destroy(work.session, handle)?;
            }
            Ok(())
        })
    }
}

/// Whether `wanted` names the object of `full`, as far as it says.
fn names_object(wanted: &Pkcs11Uri, full: &Pkcs11Uri) -> bool {
    wanted.object.as_ref().is_none_or(|object| full.object.as_ref() == Some(object))
        && wanted.id.as_ref().is_none_or(|id| full.id.as_ref() == Some(id))
}

impl KeyStore for Pkcs11Store {
    fn driver(&self) -> &'static str {
        "pkcs11"
    }

    fn health(&self) -> Option<Health> {
        self.supervisor.as_ref().map(|supervisor| supervisor.health())
    }

    fn generate(&self, order: &KeyOrder, at: Moment) -> Result<KeyDescription, KeyError> {
        let place = self.place(order)?;
        let id = match place.and_then(|uri| uri.id.as_deref()) {
            Some(id) => id.to_vec(),
            None => random::octets::<8>()?.to_vec(),
        };
        let label = match place.and_then(|uri| uri.object.as_deref()) {
            Some(label) => label.to_owned(),
            None => format!("yinxin-{}-{}", order.purpose, hex::encode(&id)),
        };
        let reference = self.reference(&label, &id);
        let KeyReference::Pkcs11(uri) = &reference else { return Err(KeyError::Unknown(reference)) };
        let mapping = self.device.settings().mapping.as_ref();
        let generation = Generation::new(order.algorithm, mapping).map_err(|fault| self.fault(&reference, fault))?;
        self.device.makes(generation.name, generation.mechanism.number).map_err(KeyError::driver)?;
        let free = self.device.work(|work| keys::is_free(work, &label, &id)).map_err(KeyError::driver)?;
        if !free {
            return Err(self.fault(&reference, KeyFault::Taken));
        }
        self.device.write(|work| generation.make(work, &label, &id)).map_err(KeyError::driver)?;
        let made = match self.read(uri) {
            Ok(Ok(key)) => self.enrol(&key, order, Some(at)),
            Ok(Err(fault)) => Err(self.fault(&reference, fault)),
            Err(error) => Err(KeyError::driver(error)),
        };
        made.inspect_err(|_| {
            // nobody refers to it; where it cannot be removed it stays, outside the book and unused
            let _ = self.remove(uri);
        })
    }

    fn adopt(&self, order: &KeyOrder, at: Moment) -> Result<KeyDescription, KeyError> {
        // when the device made it is not known; `at` is when we took it over
        let _ = at;
        let Some(uri) = self.place(order)? else { return Err(self.cannot("take over a key without its place")) };
        match self.read(uri).map_err(KeyError::driver)? {
            Ok(key) => self.enrol(&key, order, None),
            Err(fault) => Err(self.fault(KeyReference::Pkcs11(Box::new(uri.clone())), fault)),
        }
    }

    fn list(&self) -> Result<Vec<KeyDescription>, KeyError> {
        Ok(self.book.list())
    }

    fn describe(&self, key: &KeyReference) -> Result<KeyDescription, KeyError> {
        self.known(key)
    }

    fn set_state(&self, key: &KeyReference, state: KeyState) -> Result<(), KeyError> {
        if state == KeyState::Destroyed {
            return Err(self.cannot("mark keys destroyed without destroying them"));
        }
        self.book.set_state(&self.known(key)?.reference, state)
    }

    fn destroy(&self, key: &KeyReference) -> Result<(), KeyError> {
        let reference = self.known(key)?.reference;
        let KeyReference::Pkcs11(uri) = &reference else { return Err(KeyError::Unknown(reference)) };
        // out of service first: a key that is half destroyed signs nothing
        self.book.set_state(&reference, KeyState::Suspended)?;
        self.remove(uri).map_err(KeyError::driver)?;
        self.book.set_state(&reference, KeyState::Destroyed)?;
        self.signers().remove(&reference);
        Ok(())
    }

    fn signer(&self, key: &KeyReference) -> Result<Arc<dyn Signer>, KeyError> {
        let description = self.known(key)?;
        if description.state == KeyState::Destroyed {
            return Err(KeyError::State { key: description.reference, state: description.state });
        }
        Ok(self.tried(description)?)
    }
}

impl fmt::Debug for Pkcs11Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pkcs11Store").field("device", &self.device.name()).finish_non_exhaustive()
    }
}
