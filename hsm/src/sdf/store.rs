//! An SDF device as a custody.

use super::{
    device::{Device, SdfConfig, SdfInfo},
    error::SdfError,
    line::Line,
    session::{Session, trial},
    wrap,
};
use crate::{
    Asked, KeyAlgorithm, KeyDescription, KeyError, KeyOrder, KeyReference, KeyState, KeyStore, SdfPlace, SdfReference,
    SignRequest, SignatureValue, Signer, ToSign, Use, WrapRequest,
    book::{BookFault, KeyBook},
    random,
    supervise::{Health, Pair, Supervisor},
};
use core::fmt;
use std::sync::Arc;
use yinxin_trust::{
    base::Moment,
    sm::sm2::{self, PublicKey},
    suite,
};
use zeroize::Zeroizing;

/// A device and the book of its keys; see the [module](super).
///
/// References are `sdf:index=3` and `sdf:kek=1`; they are shown with the device's name.
#[derive(Debug)]
pub struct SdfStore {
    line: Arc<Line>,
    book: Arc<KeyBook>,
}

impl SdfStore {
    /// Loads the maker's library and starts the device's supervisor, which opens it, and opens it
    /// anew whenever it was lost.
    ///
    /// # Errors
    /// [`SdfError::Library`], [`SdfError::NotSdf`], [`SdfError::Symbol`]; [`SdfError::Pin`] for a folder of
    /// records that is refused.
    pub fn start(config: SdfConfig, book: Arc<KeyBook>) -> Result<Self, SdfError> {
        let timing = config.timing;
        let line = Arc::new(Line::One(Supervisor::start(Device::new(config)?, timing)));
        Ok(Self { line, book })
    }

    /// The same with two devices that hold the same keys at the same places: the second stands in
    /// for the first. Keys bear the first one's name. The first one's timing counts.
    ///
    /// # Errors
    /// As [`SdfStore::start`].
    pub fn start_pair(first: SdfConfig, second: SdfConfig, book: Arc<KeyBook>) -> Result<Self, SdfError> {
        let timing = first.timing;
        let pair = Pair::start(Device::new(first)?, Device::new(second)?, timing);
        Ok(Self { line: Arc::new(Line::Two(Box::new(pair))), book })
    }

    /// What the device says of itself, of a pair the first. Opens it for this alone and without the
    /// supervisor, so that a fault shows with its own name; may take as long as the device likes.
    ///
    /// # Errors
    /// What the device answered.
    pub fn info(&self) -> Result<SdfInfo, SdfError> {
        self.line.device().info()
    }

    /// How many sessions the device, of a pair the first, gives beside those that are open; as many as are
    /// configured are asked for. Takes as long as the device likes.
    ///
    /// # Errors
    /// What the device answered.
    pub fn sessions(&self) -> Result<usize, SdfError> {
        let device = self.line.device();
        device.sessions(device.config.timing.sessions)
    }

    /// Fills `octets` from the device's generator.
    ///
    /// # Errors
    /// What the device answered.
    pub fn random(&self, octets: &mut [u8]) -> Result<(), KeyError> {
        let length = octets.len();
        let drawn = self.line.run(move |_, session| {
            let mut drawn = Zeroizing::new(vec![0; length]);
            session.random(&mut drawn).map(|()| drawn)
        })?;
        octets.copy_from_slice(&drawn);
        Ok(())
    }

    /// SM3 of `data` as the device computes it.
    ///
    /// # Errors
    /// What the device answered; [`SdfError::Symbol`] where the library has no digests.
    pub fn digest(&self, data: &[u8]) -> Result<[u8; 32], KeyError> {
        let data = data.to_vec();
        self.line.run(move |_, session| session.digest(&data))
    }

    /// Tries a key: a signature that is verified by device and here, or wrapped octets that
    /// come back. Shows the PIN. Purpose and limits are not asked, and nothing is counted.
    ///
    /// # Errors
    /// What the device answered; [`SdfError::Answer`] for a signature that does not verify.
    pub fn try_key(&self, key: &KeyReference) -> Result<(), KeyError> {
        let (reference, place) = self.place(key)?;
        match place {
            SdfPlace::Index(index) => self.try_pair(index).map(|_| ()),
            SdfPlace::Kek(kek) => {
                let sent = random::octets::<32>()?;
                let wrapped = wrap::wrap(&self.line, kek, &reference, b"trial", sent.as_slice())?;
                let back = wrap::unwrap(&self.line, kek, &reference, b"trial", &wrapped)?;
                if back.as_slice() == sent.as_slice() { Ok(()) } else { Err(KeyError::NotUnwrapped(reference)) }
            }
        }
    }

    fn try_pair(&self, index: u32) -> Result<PublicKey, KeyError> {
        let e = trial(&random::octets()?);
        let (public, signature, taken) = self.line.run_with(SdfPlace::Index(index), move |session| {
            let public = session.public_key(index)?;
            let signature = session.sign(index, &e)?;
            let taken = session.verify(index, &e, &signature)?;
            Ok((public, signature, taken))
        })?;
        let what = if !public.verify_digest(&e, &signature) {
            "the signature over e does not verify under the exported key: \
             the library hashes again, or signs with another key"
        } else if !taken {
            "the device does not take its own signature"
        } else {
            return Ok(public);
        };
        let device = self.line.device().config.name.as_str().into();
        Err(KeyError::driver(SdfError::Answer { device, call: "SDF_InternalSign_ECC", what }))
    }

    /// The key's reference in its one form, and its place.
    fn place(&self, key: &KeyReference) -> Result<(KeyReference, SdfPlace), KeyError> {
        let own = &self.line.device().config.name;
        match key {
            KeyReference::Sdf(SdfReference { device, place }) if device.as_ref().is_none_or(|name| name == own) => {
                let device = Some(own.clone());
                Ok((KeyReference::Sdf(SdfReference { device, place: *place }), *place))
            }
            _ => Err(KeyError::Unknown(key.clone())),
        }
    }

    /// The lowest index of the configured ones at which there is no key, and never was one of the book's.
    fn free_index(&self) -> Result<KeyReference, KeyError> {
        for index in self.line.device().config.indexes.clone() {
            let bare = KeyReference::Sdf(SdfReference { device: None, place: SdfPlace::Index(index) });
            let (reference, _) = self.place(&bare)?;
            if self.book.describe(&reference).is_none() && !self.line.run(move |_, session| session.has_key(index))? {
                return Ok(reference);
            }
        }
        Err(self.cannot("find a free index: none of the configured ones is; widen `indexes`"))
    }

    /// The place that an order names, or a free one, for a key of its kind.
    fn ordered(&self, order: &KeyOrder) -> Result<(KeyReference, SdfPlace), KeyError> {
        let (reference, place) = match &order.place {
            Some(wish) => self.place(wish)?,
            None if order.algorithm == KeyAlgorithm::Sm2Sm3 => self.place(&self.free_index()?)?,
            None => return Err(self.cannot("choose a place for such a key by itself: name one")),
        };
        if let Some(known) = self.book.describe(&reference) {
            return Err(BookFault::Known { key: reference, state: known.state }.into());
        }
        let fits = matches!(
            (order.algorithm, place),
            (KeyAlgorithm::Sm2Sm3, SdfPlace::Index(_)) | (KeyAlgorithm::Sm4Gcm, SdfPlace::Kek(_))
        );
        if fits { Ok((reference, place)) } else { Err(KeyError::OtherKind { key: reference, wanted: order.algorithm }) }
    }

    /// Tries the key and takes it into the book.
    fn enrol(
        &self,
        order: &KeyOrder,
        at: Moment,
        (reference, place): (KeyReference, SdfPlace),
    ) -> Result<KeyDescription, KeyError> {
        let public = match place {
            SdfPlace::Index(index) => Some(suite::PublicKey::Sm2(self.try_pair(index)?)),
            SdfPlace::Kek(_) => self.try_key(&reference).map(|()| None)?,
        };
        let description = KeyDescription::ordered(reference, order, public, Some(at));
        self.book.enrol(description.clone())?;
        Ok(description)
    }

    /// What the book knows of a key here.
    fn known(&self, key: &KeyReference) -> Result<(KeyDescription, SdfPlace), KeyError> {
        let (reference, place) = self.place(key)?;
        let description = self.book.describe(&reference).ok_or(KeyError::Unknown(reference))?;
        Ok((description, place))
    }

    fn kek(&self, key: &KeyReference, asked: Asked) -> Result<(KeyReference, u32), KeyError> {
        let (description, place) = self.known(key)?;
        let SdfPlace::Kek(kek) = place else {
            return Err(KeyError::Use { key: description.reference, asked: Use::Wrap });
        };
        self.book.admit(&description.reference, asked)?;
        Ok((description.reference, kek))
    }

    /// Whether keys are made and deleted here: not in a pair, whose other device would not have them.
    fn makes_keys(&self) -> bool {
        matches!(*self.line, Line::One(_)) && self.line.device().makes_keys()
    }
}

impl KeyStore for SdfStore {
    fn driver(&self) -> &'static str {
        "sdf"
    }

    fn health(&self) -> Option<Health> {
        Some(self.line.health())
    }

    fn generate(&self, order: &KeyOrder, at: Moment) -> Result<KeyDescription, KeyError> {
        let key = self.ordered(order)?;
        if !self.makes_keys() {
            return Err(self.cannot("make keys here: use the maker's tool, then take the key over"));
        }
        let place = key.1;
        let pin = self.line.device().pin(place).map_err(KeyError::driver)?;
        self.line.run(move |_, session| session.make_key(place, pin.expose()))?;
        self.enrol(order, at, key)
    }

    fn adopt(&self, order: &KeyOrder, at: Moment) -> Result<KeyDescription, KeyError> {
        if order.place.is_none() {
            return Err(self.cannot("take over a key without its place"));
        }
        self.enrol(order, at, self.ordered(order)?)
    }

    fn list(&self) -> Result<Vec<KeyDescription>, KeyError> {
        let mut keys = self.book.list();
        keys.retain(|key| self.place(&key.reference).is_ok());
        Ok(keys)
    }

    fn describe(&self, key: &KeyReference) -> Result<KeyDescription, KeyError> {
        self.known(key).map(|(description, _)| description)
    }

    fn set_state(&self, key: &KeyReference, state: KeyState) -> Result<(), KeyError> {
        if state == KeyState::Destroyed {
            return Err(self.cannot("destroy a key by its state"));
        }
        self.book.set_state(&self.place(key)?.0, state)
    }

    fn destroy(&self, key: &KeyReference) -> Result<(), KeyError> {
        let (description, place) = self.known(key)?;
        // out of service first, on the disk: whatever becomes of the call, it signs no more
        self.book.set_state(&description.reference, KeyState::Destroyed)?;
        if !self.makes_keys() {
            return Err(self.cannot("delete keys here: it is out of service, delete it with the maker's tool"));
        }
        self.line.run_with(place, move |session| session.delete_key(place))
    }

    fn signer(&self, key: &KeyReference) -> Result<Arc<dyn Signer>, KeyError> {
        let (description, place) = self.known(key)?;
        match (place, &description.public_key) {
            (SdfPlace::Index(index), Some(suite::PublicKey::Sm2(public))) => {
                let public = public.clone();
                let (line, book) = (Arc::clone(&self.line), Arc::clone(&self.book));
                Ok(Arc::new(SdfKey { line, book, index, public, description }))
            }
            _ => Err(KeyError::Use { key: description.reference, asked: Use::Sign }),
        }
    }

    fn wrap(&self, key: &KeyReference, request: &WrapRequest<'_>, octets: &[u8]) -> Result<Vec<u8>, KeyError> {
        let (reference, kek) = self.kek(key, Asked::wrap(request))?;
        wrap::wrap(&self.line, kek, &reference, request.context, octets)
    }

    fn unwrap(
        &self,
        key: &KeyReference,
        request: &WrapRequest<'_>,
        wrapped: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let (reference, kek) = self.kek(key, Asked::unwrap(request))?;
        wrap::unwrap(&self.line, kek, &reference, request.context, wrapped)
    }
}

/// One key pair of the device.
struct SdfKey {
    line: Arc<Line>,
    book: Arc<KeyBook>,
    index: u32,
    public: PublicKey,
    description: KeyDescription,
}

impl Signer for SdfKey {
    fn description(&self) -> &KeyDescription {
        &self.description
    }

    fn sign(&self, request: &SignRequest<'_>) -> Result<SignatureValue, KeyError> {
        self.description.takes(&request.input)?;
        self.book.admit(&self.description.reference, request.into())?;
        let key = || self.description.reference.clone();
        let e = match request.input {
            ToSign::Digest(e) => *e,
            ToSign::Message(message) => self
                .public
                .message_digest(sm2::DEFAULT_ID, message)
                .map_err(|cause| KeyError::Sm2 { key: key(), cause })?,
        };
        let index = self.index;
        let sign = move |session: &mut Session| session.sign(index, &e);
        self.line.run_with(SdfPlace::Index(index), sign).map(SignatureValue::Sm2)
    }
}

impl fmt::Debug for SdfKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SdfKey({}, {})", self.description.reference, self.description.purpose)
    }
}
