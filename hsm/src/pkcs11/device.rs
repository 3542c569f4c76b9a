//! One token: found, logged in to, its sessions pooled, and opened anew when it comes back.

use super::{
    Settings,
    codes::Code,
    error::{PinFault, Pkcs11Error},
    module::{Module, raw_error, wrapper_error},
    pin,
    pool::{Lease, Pool, Taken},
    raw::{Failed, Raw},
    token::{self, MechanismFacts, TokenFacts},
};
use crate::book::KeyBook;
use cryptoki::{
    error::{Error as WrapperError, RvError},
    session::{Session, UserType},
    slot::Slot,
    types::RawAuthPin,
};
use cryptoki_sys as sys;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A token that is used.
pub(super) struct Device {
    // sessions are closed before the library is finalised: fields are dropped in this order
    pool: Pool,
    link: Mutex<Link>,
    module: Module,
    settings: Settings,
    /// Remembers refused PINs.
    book: Arc<KeyBook>,
    /// For messages.
    name: String,
}

/// The login of the moment.
#[derive(Default)]
struct Link {
    /// Counts logins; 0 before the first.
    epoch: u64,
    /// The slot, and a session of its own that keeps the login alive: a token logs out
    /// when its last session is closed.
    up: Option<(Slot, Session)>,
}

/// A session with the library's functions, for one piece of work.
pub(super) struct Work<'a> {
    pub(super) raw: &'a Raw,
    pub(super) session: &'a Session,
    pub(super) slot: Slot,
    /// The login that handles are of.
    pub(super) epoch: u64,
}

impl Device {
    /// Finds the token and logs in.
    pub(super) fn open(settings: Settings, book: Arc<KeyBook>) -> Result<Self, Pkcs11Error> {
        let module = Module::open(&settings.library)?;
        let name = format!("{}, token with {}", module.name(), settings.token);
        let pool = Pool::new(settings.sessions.max(1));
        let device = Self { pool, link: Mutex::default(), module, settings, book, name };
        device.reopen(0)?;
        Ok(device)
    }

    /// For messages: the library and the token.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What the library says about the token now.
    pub(super) fn facts(&self) -> Result<TokenFacts, Pkcs11Error> {
        token::find(&self.module, &self.settings.token).map(|(_, facts)| facts)
    }

    /// The token's mechanisms.
    pub(super) fn mechanisms(&self) -> Result<Vec<MechanismFacts>, Pkcs11Error> {
        let (slot, _) = token::find(&self.module, &self.settings.token)?;
        token::mechanisms(&self.module, slot.id())
    }

    /// Whether the token has the mechanism, and what it can do.
    pub(super) fn mechanism(&self, slot: Slot, number: u64) -> Result<Option<MechanismFacts>, Pkcs11Error> {
        let info = self.module.raw().mechanism(slot.id(), number).map_err(|failed| self.failed(failed))?;
        Ok(info.map(|info| MechanismFacts::new(number, info)))
    }

    /// Whether the token makes key pairs by this mechanism.
    pub(super) fn makes(&self, name: &'static str, number: u64) -> Result<(), Pkcs11Error> {
        let slot = self.work(|work| Ok(work.slot))?;
        match self.mechanism(slot, number)? {
            Some(facts) if facts.generates_pairs => Ok(()),
            _ => Err(Pkcs11Error::Mechanism { device: self.name.clone(), name, number, what: "make key pairs" }),
        }
    }

    /// Whether a session with the token works; a stale one is replaced.
    pub(super) fn alive(&self) -> Result<(), Pkcs11Error> {
        self.work(|work| {
            // the answer is that there is one
            work.raw.mechanisms(work.slot.id())?;
            match work.session.get_session_info() {
                Ok(_) => Ok(()),
                Err(WrapperError::Pkcs11(code, _)) => Err(Failed { call: "C_GetSessionInfo", code: Code::of(code) }),
                Err(_) => Err(Failed { call: "C_GetSessionInfo", code: Code(sys::CKR_GENERAL_ERROR) }),
            }
        })
    }

    /// Logs in anew whatever the state of the login.
    pub(super) fn renew(&self) -> Result<(), Pkcs11Error> {
        self.reopen(self.epoch())
    }

    /// Most sessions at once, as the token turned out to allow.
    pub(super) fn session_limit(&self) -> usize {
        self.pool.limit()
    }

    /// Does one piece of work in a pooled session. Where session or login turn out to be
    /// stale before anything was signed, it is done once more after a new login.
    pub(super) fn work<T>(&self, mut piece: impl FnMut(&Work<'_>) -> Result<T, Failed>) -> Result<T, Pkcs11Error> {
        let mut second = false;
        loop {
            let (seen, error) = match self.try_work(&mut piece) {
                Ok(done) => return Ok(done),
                Err(failure) => failure,
            };
            if second || !can_be_repeated(&error) {
                return Err(error);
            }
            second = true;
            self.reopen(seen)?;
        }
    }

    /// The same in a session that may write.
    pub(super) fn write<T>(&self, mut piece: impl FnMut(&Work<'_>) -> Result<T, Failed>) -> Result<T, Pkcs11Error> {
        self.work(|work| {
            let session = self.module.context().open_rw_session(work.slot).map_err(|cause| match cause {
                WrapperError::Pkcs11(code, _) => Failed { call: "C_OpenSession", code: Code::of(code) },
                _ => Failed { call: "C_OpenSession", code: Code(sys::CKR_GENERAL_ERROR) },
            })?;
            piece(&Work { session: &session, ..*work })
        })
    }

    fn try_work<T>(&self, piece: &mut impl FnMut(&Work<'_>) -> Result<T, Failed>) -> Result<T, (u64, Pkcs11Error)> {
        let mut lease = self.lease()?;
        let epoch = lease.epoch();
        let slot = self.slot(epoch).map_err(|error| (epoch, error))?;
        let stale = || Failed { call: "C_OpenSession", code: Code(sys::CKR_SESSION_CLOSED) };
        let done = match lease.session() {
            Some(session) => piece(&Work { raw: self.module.raw(), session, slot, epoch }),
            None => Err(stale()),
        };
        done.map_err(|failed| {
            // an operation may still be active in it, so it does not go back
            lease.spoil();
            (epoch, self.failed(failed))
        })
    }

    fn lease(&self) -> Result<Lease<'_>, (u64, Pkcs11Error)> {
        loop {
            match self.pool.take(self.settings.wait) {
                Taken::Idle(lease) => return Ok(lease),
                Taken::Busy => {
                    let sessions = self.pool.limit();
                    return Err((self.epoch(), Pkcs11Error::Busy { device: self.name.clone(), sessions }));
                }
                Taken::Room(room) => {
                    let epoch = room.epoch();
                    let slot = self.slot(epoch).map_err(|error| (epoch, error))?;
                    match self.module.context().open_ro_session(slot) {
                        Ok(session) => return Ok(room.fill(session)),
                        Err(WrapperError::Pkcs11(RvError::SessionCount, _)) if room.refused() => {}
                        Err(cause) => return Err((epoch, wrapper_error(&self.name, cause))),
                    }
                }
            }
        }
    }

    fn link(&self) -> MutexGuard<'_, Link> {
        // a panic elsewhere leaves at worst no login, which is made anew
        self.link.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn epoch(&self) -> u64 {
        self.link().epoch
    }

    /// The slot of a login, as long as it lasts.
    fn slot(&self, epoch: u64) -> Result<Slot, Pkcs11Error> {
        let link = self.link();
        match &link.up {
            Some((slot, _)) if link.epoch == epoch => Ok(*slot),
            _ => Err(self.failed(Failed { call: "C_OpenSession", code: Code(sys::CKR_SESSION_CLOSED) })),
        }
    }

    /// Logs in anew, unless somebody did since the login `seen`. Sessions and handles
    /// of earlier logins are worth nothing afterwards.
    pub(super) fn reopen(&self, seen: u64) -> Result<(), Pkcs11Error> {
        let mut link = self.link();
        if link.epoch != seen && link.up.is_some() {
            return Ok(());
        }
        // the old session goes first: some tokens allow few
        link.up = None;
        link.epoch += 1;
        self.pool.renew(link.epoch);
        link.up = Some(self.log_in()?);
        Ok(())
    }

    fn log_in(&self) -> Result<(Slot, Session), Pkcs11Error> {
        let (slot, facts) = token::find(&self.module, &self.settings.token)?;
        if !facts.initialised {
            return Err(Pkcs11Error::NotInitialised { device: self.name.clone() });
        }
        let fault = |fault| Pkcs11Error::Pin { device: self.name.clone(), fault };
        let pin = self.settings.pin.read_pin().map_err(|cause| fault(cause.into()))?;
        let session = self.module.context().open_ro_session(slot).map_err(|cause| wrapper_error(&self.name, cause))?;
        let leave = pin::ask(&self.book, &facts, &pin).map_err(fault)?;
        let secret = RawAuthPin::from(Box::new(pin.expose().to_vec()));
        match session.login_with_raw(UserType::User, &secret) {
            Ok(()) => {
                leave.right().map_err(fault)?;
                Ok((slot, session))
            }
            // another user of the library in this process holds the login; the PIN was not looked at
            Err(WrapperError::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok((slot, session)),
            Err(WrapperError::Pkcs11(RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange, _)) => {
                Err(fault(leave.wrong()))
            }
            Err(WrapperError::Pkcs11(RvError::PinLocked, _)) => Err(fault(PinFault::Locked)),
            Err(WrapperError::Pkcs11(RvError::PinExpired, _)) => Err(fault(PinFault::ToBeChanged)),
            Err(cause) => Err(wrapper_error(&self.name, cause)),
        }
    }

    pub(super) fn failed(&self, failed: Failed) -> Pkcs11Error {
        raw_error(&self.name, failed)
    }
}

/// Whether nothing was signed and a new login may help.
fn can_be_repeated(error: &Pkcs11Error) -> bool {
    match error {
        Pkcs11Error::Call { call: "C_Sign" | "C_GenerateKeyPair", .. } => false,
        Pkcs11Error::Call { code, .. } => code.is_loss() || code.is_stale_session() || code.is_stale_handle(),
        _ => false,
    }
}
