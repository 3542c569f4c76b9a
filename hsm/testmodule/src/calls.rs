//! Sessions and login.

use crate::{
    PIN, TRIES,
    state::{Session, State, enter},
};
use cryptoki_sys as sys;
use std::ffi::c_void;

pub(crate) unsafe extern "C" fn C_OpenSession(
    slot: sys::CK_SLOT_ID,
    flags: sys::CK_FLAGS,
    _application: *mut c_void,
    _notify: sys::CK_NOTIFY,
    handle: *mut sys::CK_SESSION_HANDLE,
) -> sys::CK_RV {
    let (mut guard, faults) = match enter("C_OpenSession") {
        Ok(entered) => entered,
        Err(code) => return code,
    };
    let Some(state) = guard.as_mut() else { return sys::CKR_CRYPTOKI_NOT_INITIALIZED };
    if !state.slots(&faults).contains(&slot) {
        return sys::CKR_SLOT_ID_INVALID;
    }
    if faults.has("removed") {
        return sys::CKR_TOKEN_NOT_PRESENT;
    }
    if flags & sys::CKF_SERIAL_SESSION == 0 {
        return sys::CKR_SESSION_PARALLEL_NOT_SUPPORTED;
    }
    if state.sessions.len() >= state.most_sessions {
        return sys::CKR_SESSION_COUNT;
    }
    let number = state.handle();
    state.sessions.insert(number, Session::default());
    // SAFETY: the caller gives room for one number
    unsafe { handle.write(number) };
    sys::CKR_OK
}

pub(crate) unsafe extern "C" fn C_CloseSession(handle: sys::CK_SESSION_HANDLE) -> sys::CK_RV {
    let (mut guard, _) = match enter("C_CloseSession") {
        Ok(entered) => entered,
        Err(code) => return code,
    };
    let Some(state) = guard.as_mut() else { return sys::CKR_CRYPTOKI_NOT_INITIALIZED };
    if state.sessions.remove(&handle).is_none() {
        return sys::CKR_SESSION_HANDLE_INVALID;
    }
    // the standard logs out with the last session
    if state.sessions.is_empty() {
        state.logged_in = false;
    }
    sys::CKR_OK
}

pub(crate) unsafe extern "C" fn C_GetSessionInfo(
    handle: sys::CK_SESSION_HANDLE,
    info: *mut sys::CK_SESSION_INFO,
) -> sys::CK_RV {
    let (guard, faults) = match enter("C_GetSessionInfo") {
        Ok(entered) => entered,
        Err(code) => return code,
    };
    let Some(state) = guard.as_ref() else { return sys::CKR_CRYPTOKI_NOT_INITIALIZED };
    if let Err(code) = in_session(state, handle) {
        return code;
    }
    let said = sys::CK_SESSION_INFO {
        slotID: State::first_slot(&faults),
        state: if state.logged_in { sys::CKS_RO_USER_FUNCTIONS } else { sys::CKS_RO_PUBLIC_SESSION },
        flags: sys::CKF_SERIAL_SESSION,
        ..Default::default()
    };
    // SAFETY: the caller gives room for one structure
    unsafe { info.write(said) };
    sys::CKR_OK
}

pub(crate) unsafe extern "C" fn C_Login(
    handle: sys::CK_SESSION_HANDLE,
    user: sys::CK_USER_TYPE,
    pin: *mut sys::CK_UTF8CHAR,
    length: sys::CK_ULONG,
) -> sys::CK_RV {
    let (mut guard, _) = match enter("C_Login") {
        Ok(entered) => entered,
        Err(code) => return code,
    };
    let Some(state) = guard.as_mut() else { return sys::CKR_CRYPTOKI_NOT_INITIALIZED };
    if let Err(code) = in_session(state, handle) {
        return code;
    }
    if user != sys::CKU_USER {
        return sys::CKR_USER_TYPE_INVALID;
    }
    if state.logged_in {
        return sys::CKR_USER_ALREADY_LOGGED_IN;
    }
    if state.wrong >= TRIES {
        return sys::CKR_PIN_LOCKED;
    }
    // SAFETY: the caller's PIN has as many octets as it says
    if unsafe { octets(pin, length) } != PIN.as_bytes() {
        state.wrong += 1;
        return sys::CKR_PIN_INCORRECT;
    }
    state.wrong = 0;
    state.logged_in = true;
    sys::CKR_OK
}

pub(crate) unsafe extern "C" fn C_Logout(handle: sys::CK_SESSION_HANDLE) -> sys::CK_RV {
    let (mut guard, _) = match enter("C_Logout") {
        Ok(entered) => entered,
        Err(code) => return code,
    };
    let Some(state) = guard.as_mut() else { return sys::CKR_CRYPTOKI_NOT_INITIALIZED };
    if let Err(code) = in_session(state, handle) {
        return code;
    }
    state.logged_in = false;
    sys::CKR_OK
}

pub(crate) fn in_session(state: &State, handle: sys::CK_SESSION_HANDLE) -> Result<(), sys::CK_RV> {
    if state.sessions.contains_key(&handle) { Ok(()) } else { Err(sys::CKR_SESSION_HANDLE_INVALID) }
}

/// The caller's octets.
///
/// # Safety
/// `from` is null with a length of zero, or points to that many octets, which outlive the value.
pub(crate) unsafe fn octets<'a>(from: *const u8, length: sys::CK_ULONG) -> &'a [u8] {
    if from.is_null() || length == 0 {
        return &[];
    }
    // SAFETY: the caller's promise
    unsafe { std::slice::from_raw_parts(from, length as usize) }
}
