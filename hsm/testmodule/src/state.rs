//! Everything the token knows.

use crate::{TRIES, faults::Faults};
use cryptoki_sys as sys;
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};
use zeroize::Zeroizing;

/// Numbers of key type and mechanisms.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Numbers {
    pub(crate) key_type: sys::CK_KEY_TYPE,
    pub(crate) generate: Option<sys::CK_MECHANISM_TYPE>,
    pub(crate) sm2: Option<sys::CK_MECHANISM_TYPE>,
    pub(crate) sm2_sm3: Option<sys::CK_MECHANISM_TYPE>,
}

/// One object: a public or a private key.
pub(crate) struct Object {
    pub(crate) attributes: BTreeMap<sys::CK_ATTRIBUTE_TYPE, Vec<u8>>,
    /// d, of a private key.
    pub(crate) secret: Option<Zeroizing<[u8; 32]>>,
}

/// What a signature will be made with.
#[derive(Clone)]
pub(crate) struct Signing {
    pub(crate) mechanism: sys::CK_MECHANISM_TYPE,
    pub(crate) parameter: Vec<u8>,
    pub(crate) key: sys::CK_OBJECT_HANDLE,
}

/// One session.
#[derive(Default)]
pub(crate) struct Session {
    pub(crate) found: Option<Vec<sys::CK_OBJECT_HANDLE>>,
    pub(crate) signing: Option<Signing>,
}

pub(crate) struct State {
    pub(crate) numbers: Numbers,
    pub(crate) most_sessions: usize,
    pub(crate) tokens: u64,
    pub(crate) sessions: BTreeMap<sys::CK_SESSION_HANDLE, Session>,
    pub(crate) objects: BTreeMap<sys::CK_OBJECT_HANDLE, Object>,
    pub(crate) logged_in: bool,
    pub(crate) wrong: u32,
    next: u64,
}

/// `None` until C_Initialize.
static STATE: Mutex<Option<State>> = Mutex::new(None);

pub(crate) fn lock() -> MutexGuard<'static, Option<State>> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    pub(crate) fn from_environment() -> Self {
        let text = std::env::var("YINXIN_PKCS11_NUMBERS").ok();
        let text =
            text.as_deref().unwrap_or("key-type=0xFFFFF001,generate=0xFFFFF001,sm2=0xFFFFF002,sm2-sm3=0xFFFFF003");
        let number = |name: &str| {
            let (_, number) = text.split(',').filter_map(|part| part.split_once('=')).find(|(n, _)| *n == name)?;
            u64::from_str_radix(number.strip_prefix("0x")?, 16).ok()
        };
        let count = |name| std::env::var(name).ok().and_then(|text| text.parse().ok());
        let numbers = Numbers {
            key_type: number("key-type").unwrap_or(sys::CKK_EC),
            generate: number("generate"),
            sm2: number("sm2"),
            sm2_sm3: number("sm2-sm3"),
        };
        Self {
            numbers,
            most_sessions: count("YINXIN_PKCS11_SESSIONS").unwrap_or(64),
            tokens: count("YINXIN_PKCS11_TOKENS").map_or(1, |count| count as u64),
            sessions: BTreeMap::new(),
            objects: BTreeMap::new(),
            logged_in: false,
            wrong: 0,
            next: 1,
        }
    }

    pub(crate) const fn handle(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// The first slot's number at this moment.
    pub(crate) fn first_slot(faults: &Faults) -> sys::CK_SLOT_ID {
        if faults.has("new-slot") { 70 } else { 7 }
    }

    pub(crate) fn slots(&self, faults: &Faults) -> std::ops::Range<sys::CK_SLOT_ID> {
        let first = Self::first_slot(faults);
        first..first + self.tokens
    }

    /// What the token's flags say of its PIN.
    pub(crate) fn pin_flags(&self, faults: &Faults) -> sys::CK_FLAGS {
        if faults.has("silent-pin") {
            return 0;
        }
        match self.wrong {
            0 => 0,
            wrong if wrong >= TRIES => sys::CKF_USER_PIN_LOCKED | sys::CKF_USER_PIN_COUNT_LOW,
            wrong if wrong == TRIES - 1 => sys::CKF_USER_PIN_FINAL_TRY | sys::CKF_USER_PIN_COUNT_LOW,
            _ => sys::CKF_USER_PIN_COUNT_LOW,
        }
    }

    /// The token was pulled out: what was open is gone.
    pub(crate) fn pulled(&mut self) {
        self.sessions.clear();
        self.logged_in = false;
    }
}

/// The state for one call of `function`, unless a fault or the missing C_Initialize answers it.
pub(crate) fn enter(function: &str) -> Result<(MutexGuard<'static, Option<State>>, Faults), sys::CK_RV> {
    let faults = Faults::now();
    if let Some(code) = faults.code(function) {
        return Err(code);
    }
    let mut guard = lock();
    let Some(state) = guard.as_mut() else { return Err(sys::CKR_CRYPTOKI_NOT_INITIALIZED) };
    if faults.has("removed") {
        state.pulled();
    }
    Ok((guard, faults))
}
