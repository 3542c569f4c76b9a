//! The driver for keys behind `hsmd`: everything is asked over its socket, or over TLS where it is on another
//! machine, and the daemon's own policy decides.
//!
//! Connections are pooled, one caller on each at a time. A connection that fails before the request
//! was sent means that the daemon is away; one that fails later means that the answer is lost.

pub mod attentive;
mod channel;
mod shelf;
pub mod tls;
pub mod wire;

pub use shelf::ShelfFault;
pub use tls::{TlsDaemon, TlsFault};

use crate::{
    DriverFault, ErrorClass, KeyDescription, KeyError, KeyOrder, KeyReference, KeyState, KeyStore, SignRequest,
    SignatureValue, Signer, ToSign, Use, WrapRequest, mandate::Mandate,
};
use attentive::Busy;
use channel::{Channel, Place};
use core::{fmt, time::Duration};
use shelf::{Held, Shelf};
use std::{
    io,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};
use wire::{Answer, AuditHead, Claim, Input, Refusal, Request, SignOrder, Welcome, WrapOrder};
use yinxin_trust::{base::Moment, sm::sm3};
use zeroize::Zeroizing;

const DRIVER: &str = "remote";

/// Most connections that are kept while nobody uses them.
const MOST_IDLE: usize = 16;

/// When to ask again while the daemon is away: it starts within that.
const AWAY: Duration = Duration::from_secs(1);

/// What the daemon refused, or why it could not be asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RemoteFault {
    /// The daemon refused, for this reason.
    #[error("hsmd: {}", .0.text)]
    Refused(Refusal),
    /// The daemon does not know the user of this process.
    #[error("{0}: hsmd does not serve the user of this process; name its uid in the configuration of hsmd")]
    Stranger(Box<str>),
    /// The daemon does not know the certificate of this client, whose chain it accepts.
    #[error(
        "{place}: hsmd does not know this client's certificate; a client in the configuration of hsmd wants \
         certificate_sha256 = \"{sha256}\""
    )]
    StrangeCertificate {
        /// Where.
        place: Box<str>,
        /// The certificate's.
        sha256: Box<str>,
    },
    /// The daemon accepts no chain of this client.
    #[error(
        "{place}: hsmd does not accept this client's certificate ({cause}): look at its dates, and at client_authorities \
         in the configuration of hsmd"
    )]
    CertificateRefused {
        /// Where.
        place: Box<str>,
        /// The alert.
        cause: Box<str>,
    },
    /// The certificate that is shown there is not the daemon's.
    #[error("{place}: the certificate that is shown there does not hold: {cause}")]
    WrongCertificate {
        /// Where.
        place: Box<str>,
        /// Why.
        cause: Box<str>,
    },
    /// No TLS 1.3 comes about.
    #[error("{place}: no TLS 1.3 comes about with what answers there: {cause}")]
    Tls {
        /// Where.
        place: Box<str>,
        /// Why.
        cause: Box<str>,
    },
    /// Something else answers there, or another version.
    #[error("{0}: what answers there is not hsmd of this version")]
    NotHsmd(Box<str>),
    /// A request that is longer than any may be.
    #[error("the request is longer than hsmd takes")]
    TooLong,
}

impl DriverFault for RemoteFault {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Refused(refusal) => refusal.class,
            Self::Stranger(_)
            | Self::StrangeCertificate { .. }
            | Self::CertificateRefused { .. }
            | Self::WrongCertificate { .. }
            | Self::Tls { .. }
            | Self::NotHsmd(_) => ErrorClass::Broken,
            Self::TooLong => ErrorClass::Refused,
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused(refusal) => Some(refusal.retry_after).filter(|wait| !wait.is_zero()),
            _ => None,
        }
    }
}

/// Keys behind a daemon. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct RemoteStore {
    shared: Arc<Shared>,
}

struct Shared {
    place: Place,
    deadline: Duration,
    idle: Mutex<Vec<Channel>>,
    /// Those who wait for an answer.
    busy: Busy,
    head: Mutex<Option<AuditHead>>,
    shelf: Option<Shelf>,
}

impl RemoteStore {
    /// For the daemon at `socket`, which need not be there yet. An answer is awaited for `deadline`,
    /// which should be longer than the deadlines of the daemon's devices together with its queue.
    pub fn new(socket: &Path, deadline: Duration) -> Self {
        Self::with(Place::Socket(socket.to_owned()), deadline, None)
    }

    /// The same with a folder of standing mandates, `NAME.mandate` and `NAME.proof`: under which of them a stamp is
    /// asked for follows from its key and the type of its licence. The folder is looked at again when it changes.
    pub fn with_mandates(socket: &Path, deadline: Duration, folder: &Path) -> Self {
        Self::with(Place::Socket(socket.to_owned()), deadline, Some(folder))
    }

    /// For a daemon on another machine, with a folder of standing mandates or without. `deadline` is also that of
    /// connecting, and of each step of the TLS handshake.
    pub fn over_tls(daemon: TlsDaemon, deadline: Duration, mandates: Option<&Path>) -> Self {
        Self::with(Place::Tls(daemon), deadline, mandates)
    }

    fn with(place: Place, deadline: Duration, mandates: Option<&Path>) -> Self {
        let (idle, busy, head) = (Mutex::default(), Busy::default(), Mutex::default());
        Self { shared: Arc::new(Shared { place, deadline, idle, busy, head, shelf: mandates.map(Shelf::new) }) }
    }

    /// The standing mandates of the folder, and of other files in it why they are none.
    ///
    /// # Errors
    /// [`ShelfFault`] for the folder itself.
    pub fn mandates(&self) -> Result<Vec<Result<Mandate, ShelfFault>>, ShelfFault> {
        let Some(shelf) = &self.shared.shelf else { return Ok(Vec::new()) };
        Ok(shelf.read()?.into_iter().map(|held| held.map(|held| held.mandate)).collect())
    }

    /// Presents a mandate, which the daemon verifies and keeps; its name, to be claimed under.
    ///
    /// # Errors
    /// What the daemon says, or why it could not be asked.
    pub fn present(&self, mandate: &[u8], proof: &[u8]) -> Result<sm3::Digest, KeyError> {
        match self.ask(&Request::Mandate { octets: mandate.to_vec(), proof: proof.to_vec() })? {
            Answer::Mandate(name) => Ok(name),
            _ => Err(self.not_hsmd()),
        }
    }

    /// How far the daemon's audit has got.
    ///
    /// # Errors
    /// Why it could not be asked.
    pub fn audit_head(&self) -> Result<AuditHead, KeyError> {
        match self.ask(&Request::Head)? {
            Answer::Head(head) => Ok(head),
            _ => Err(self.not_hsmd()),
        }
    }

    /// The audit record of the latest signature that was got through this value.
    pub fn latest_head(&self) -> Option<AuditHead> {
        *self.shared.head.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&self, request: &Request) -> Result<Answer, KeyError> {
        self.ask_under(request, None)
    }

    /// The same under a standing mandate of the folder, which is presented first through each connection: a daemon that was
    /// restarted knows it no more, and no connection outlives its daemon.
    fn ask_under(&self, request: &Request, held: Option<&Held>) -> Result<Answer, KeyError> {
        let frame = request.to_frame().map_err(|_| KeyError::driver(RemoteFault::TooLong))?;
        if frame.len() > wire::MOST_FRAME {
            return Err(KeyError::driver(RemoteFault::TooLong));
        }
        let mut connection = self.connection()?;
        if let Some(held) = held.filter(|held| !connection.presented.contains(&held.name)) {
            let present = Request::Mandate { octets: held.octets.clone(), proof: held.proof.clone() };
            let frame = present.to_frame().map_err(|_| KeyError::driver(RemoteFault::TooLong))?;
            // whatever became of that, the request itself was not sent
            let answer = self.exchange(&mut connection, &present, &frame).map_err(|error| match error {
                KeyError::NoAnswer { device } => KeyError::Lost { device, retry_after: AWAY },
                error => error,
            })?;
            if let Answer::Refused(refusal) = answer {
                self.keep(connection);
                return Err(refused(&present, refusal));
            }
            connection.presented.insert(held.name);
        }
        let answer = self.exchange(&mut connection, request, &frame)?;
        self.keep(connection);
        match answer {
            Answer::Refused(refusal) => Err(refused(request, refusal)),
            answer => Ok(answer),
        }
    }

    fn exchange(&self, connection: &mut Channel, request: &Request, frame: &[u8]) -> Result<Answer, KeyError> {
        let lost = || KeyError::NoAnswer { device: DRIVER.into() };
        let _at_work = self.shared.busy.enter();
        wire::write_frame(connection, frame).map_err(|_| lost())?;
        let answer = wire::read_frame(connection).ok().flatten().ok_or_else(lost)?;
        // an answer that cannot be read is no answer: what was asked may have been done
        Answer::parse(&answer, request).map_err(|_| lost())
    }

    /// For the next request. Only a connection whose answer was read whole is in step.
    fn keep(&self, connection: Channel) {
        let mut idle = self.shared.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < MOST_IDLE {
            idle.push(connection);
        }
    }

    /// One that was used before and still stands, or a new one.
    fn connection(&self) -> Result<Channel, KeyError> {
        loop {
            let kept = self.shared.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            match kept {
                Some(connection) if connection.stands() => return Ok(connection),
                // the daemon was restarted since
                Some(_) => {}
                None => return self.connect(),
            }
        }
    }

    fn connect(&self) -> Result<Channel, KeyError> {
        let place = &self.shared.place;
        let fault = |error: io::Error| place.fault(&error);
        let mut connection = place.connect(self.shared.deadline, &self.shared.busy).map_err(fault)?;
        // a daemon that turns its client away does so unasked, and may have hung up by now
        let _ = wire::write_frame(&mut connection, &wire::greeting());
        let frame = wire::read_frame(&mut connection).map_err(fault)?;
        let frame = frame.ok_or_else(|| fault(io::ErrorKind::UnexpectedEof.into()))?;
        match wire::read_welcome(&frame).map_err(|_| self.not_hsmd())? {
            Welcome::Welcome => Ok(connection),
            Welcome::Stranger => Err(KeyError::driver(place.stranger())),
            Welcome::Full => Err(KeyError::Busy { device: DRIVER.into(), retry_after: AWAY }),
        }
    }

    fn not_hsmd(&self) -> KeyError {
        KeyError::driver(RemoteFault::NotHsmd(self.shared.place.to_string().into()))
    }

    fn key(&self, request: &Request) -> Result<KeyDescription, KeyError> {
        match self.ask(request)? {
            Answer::Key(key) => Ok(*key),
            _ => Err(self.not_hsmd()),
        }
    }

    fn done(&self, request: &Request) -> Result<(), KeyError> {
        match self.ask(request)? {
            Answer::Done => Ok(()),
            _ => Err(self.not_hsmd()),
        }
    }

    fn octets(&self, request: &Request) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        match self.ask(request)? {
            Answer::Octets(octets) => Ok(octets),
            _ => Err(self.not_hsmd()),
        }
    }
}

fn refused(request: &Request, refusal: Refusal) -> KeyError {
    let key = match request {
        Request::Describe(key) | Request::SetState(key, _) | Request::Destroy(key) => Some(key),
        Request::Sign(order) => Some(&order.key),
        Request::Wrap(order) | Request::Unwrap(order) => Some(&order.key),
        _ => None,
    };
    match key {
        Some(key) if refusal.no_such_key => KeyError::Unknown(key.clone()),
        _ => KeyError::driver(RemoteFault::Refused(refusal)),
    }
}

impl KeyStore for RemoteStore {
    fn driver(&self) -> &'static str {
        DRIVER
    }

    fn generate(&self, order: &KeyOrder, _: Moment) -> Result<KeyDescription, KeyError> {
        self.key(&Request::Generate(order.clone()))
    }

    fn list(&self) -> Result<Vec<KeyDescription>, KeyError> {
        match self.ask(&Request::List)? {
            Answer::Keys(keys) => Ok(keys),
            _ => Err(self.not_hsmd()),
        }
    }

    fn describe(&self, key: &KeyReference) -> Result<KeyDescription, KeyError> {
        self.key(&Request::Describe(key.clone()))
    }

    fn set_state(&self, key: &KeyReference, state: KeyState) -> Result<(), KeyError> {
        self.done(&Request::SetState(key.clone(), state))
    }

    fn destroy(&self, key: &KeyReference) -> Result<(), KeyError> {
        self.done(&Request::Destroy(key.clone()))
    }

    fn signer(&self, key: &KeyReference) -> Result<Arc<dyn Signer>, KeyError> {
        let description = self.describe(key)?;
        if !description.uses.contains(&Use::Sign) {
            return Err(KeyError::Use { key: key.clone(), asked: Use::Sign });
        }
        Ok(Arc::new(RemoteSigner { store: self.clone(), description }))
    }

    fn wrap(&self, key: &KeyReference, request: &WrapRequest<'_>, octets: &[u8]) -> Result<Vec<u8>, KeyError> {
        Ok(self.octets(&Request::Wrap(wrap_order(key, request, octets)))?.to_vec())
    }

    fn unwrap(
        &self,
        key: &KeyReference,
        request: &WrapRequest<'_>,
        wrapped: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        self.octets(&Request::Unwrap(wrap_order(key, request, wrapped)))
    }
}

fn wrap_order(key: &KeyReference, request: &WrapRequest<'_>, octets: &[u8]) -> WrapOrder {
    WrapOrder {
        key: key.clone(),
        purpose: request.purpose,
        context: request.context.to_vec(),
        octets: Zeroizing::new(octets.to_vec()),
    }
}

struct RemoteSigner {
    store: RemoteStore,
    description: KeyDescription,
}

impl Signer for RemoteSigner {
    fn description(&self) -> &KeyDescription {
        &self.description
    }

    fn sign(&self, request: &SignRequest<'_>) -> Result<SignatureValue, KeyError> {
        let input = match request.input {
            ToSign::Message(message) => Input::Message(message.to_vec()),
            ToSign::Digest(digest) => Input::Digest(*digest),
        };
        let key = &self.description.reference;
        let mut order = SignOrder { key: key.clone(), purpose: request.purpose, input, claim: None };
        if let Some(claim) = request.mandate {
            let licence_type = claim.licence_type.map(Into::into);
            order.claim = Some(Claim { mandate: *claim.mandate, path: claim.path.to_vec(), licence_type });
        }
        let fitting = match (request.mandate, request.licence_type, &self.store.shared.shelf) {
            (None, Some(kind), Some(shelf)) => shelf.fitting(key, kind, request.at),
            _ => Vec::new(),
        };
        // one may be used up, or not be taken by the daemon: then the next one counts
        let mut refused = None;
        for held in fitting {
            let licence_type = request.licence_type.map(Into::into);
            let claim = Some(Claim { mandate: held.name, path: Vec::new(), licence_type });
            match self.signed(SignOrder { claim, ..order.clone() }, Some(&held)) {
                Err(error) if error.class() == ErrorClass::Refused => refused = Some(error),
                answer => return answer,
            }
        }
        refused.map_or_else(|| self.signed(order, None), Err)
    }
}

impl RemoteSigner {
    fn signed(&self, order: SignOrder, held: Option<&Held>) -> Result<SignatureValue, KeyError> {
        match self.store.ask_under(&Request::Sign(order), held)? {
            Answer::Signed(value, head) => {
                *self.store.shared.head.lock().unwrap_or_else(PoisonError::into_inner) = Some(head);
                Ok(value)
            }
            // it may have been signed all the same
            _ => Err(KeyError::NoAnswer { device: DRIVER.into() }),
        }
    }
}

impl fmt::Debug for RemoteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteStore").field("place", &self.shared.place.to_string()).finish_non_exhaustive()
    }
}
