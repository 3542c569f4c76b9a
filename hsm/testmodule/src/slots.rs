//! The library, its slots and the token in them.

use crate::{
    LABEL,
    state::{self, State, enter},
};
use cryptoki_sys as sys;
use std::ffi::c_void;

/// A text as PKCS#11 keeps it: filled with blanks, without a NUL.
fn blank<const N: usize>(text: &str) -> [u8; N] {
    let mut out = [b' '; N];
    out.iter_mut().zip(text.bytes()).for_each(|(to, from)| *to = from);
    out
}

pub(crate) unsafe extern "C" fn C_Initialize(_arguments: *mut c_void) -> sys::CK_RV {
    let mut state = state::lock();
    if state.is_some() {
        return sys::CKR_CRYPTOKI_ALREADY_INITIALIZED;
    }
    *state = Some(State::from_environment());
    sys::CKR_OK
}

pub(crate) unsafe extern "C" fn C_Finalize(_reserved: *mut c_void) -> sys::CK_RV {
    match state::lock().take() {
        Some(_) => sys::CKR_OK,
        None => sys::CKR_CRYPTOKI_NOT_INITIALIZED,
    }
}

pub(crate) unsafe extern "C" fn C_GetInfo(info: *mut sys::CK_INFO) -> sys::CK_RV {
    let said = sys::CK_INFO {
        cryptokiVersion: sys::CK_VERSION { major: 2, minor: 40 },
        manufacturerID: blank("yinxin"),
        libraryDescription: blank("test module"),
        ..Default::default()
    };
    // SAFETY: the caller gives room for one structure
    unsafe { info.write(said) };
    sys::CKR_OK
}

pub(crate) unsafe extern "C" fn C_GetSlotList(
    with_token: sys::CK_BBOOL,
    list: *mut sys::CK_SLOT_ID,
    count: *mut sys::CK_ULONG,
) -> sys::CK_RV {
    let (state, faults) = match enter("C_GetSlotList") {
        Ok(entered) => entered,
        Err(code) => return code,
    };
    let slots: Vec<_> = match state.as_ref() {
        Some(_) if with_token == sys::CK_TRUE && faults.has("removed") => Vec::new(),
        Some(state) => state.slots(&faults).collect(),
        None => Vec::new(),
    };
    // SAFETY: a null list asks for the count; otherwise it has room for `count` numbers
    unsafe { fill(&slots, list, count) }
}

/// Writes a list as PKCS#11 wants it (v2.40, 5.2).
///
/// # Safety
/// `count` points to a number, `list` is null or has room for as many elements as that says.
pub(crate) unsafe fn fill<T: Copy>(from: &[T], list: *mut T, count: *mut sys::CK_ULONG) -> sys::CK_RV {
    // SAFETY: the caller's promise
    unsafe {
        let room = count.read();
        count.write(from.len() as sys::CK_ULONG);
        if list.is_null() {
            return sys::CKR_OK;
        }
        if (room as usize) < from.len() {
            return sys::CKR_BUFFER_TOO_SMALL;
        }
        list.copy_from_nonoverlapping(from.as_ptr(), from.len());
    }
    sys::CKR_OK
}

pub(crate) unsafe extern "C" fn C_GetSlotInfo(slot: sys::CK_SLOT_ID, info: *mut sys::CK_SLOT_INFO) -> sys::CK_RV {
    let (state, faults) = match enter("C_GetSlotInfo") {
        Ok(entered) => entered,
        Err(code) => return code,
    };
    if !state.as_ref().is_some_and(|state| state.slots(&faults).contains(&slot)) {
        return sys::CKR_SLOT_ID_INVALID;
    }
    let present = if faults.has("removed") { 0 } else { sys::CKF_TOKEN_PRESENT };
    let said = sys::CK_SLOT_INFO {
        slotDescription: blank("test slot"),
        manufacturerID: blank("yinxin"),
        flags: present | sys::CKF_REMOVABLE_DEVICE,
        ..Default::default()
    };
    // SAFETY: the caller gives room for one structure
    unsafe { info.write(said) };
    sys::CKR_OK
}

/// Whether the token is in this slot.
fn token_in(state: Option<&State>, faults: &crate::faults::Faults, slot: sys::CK_SLOT_ID) -> Result<(), sys::CK_RV> {
    if !state.is_some_and(|state| state.slots(faults).contains(&slot)) {
        return Err(sys::CKR_SLOT_ID_INVALID);
    }
    if faults.has("removed") { Err(sys::CKR_TOKEN_NOT_PRESENT) } else { Ok(()) }
}

pub(crate) unsafe extern "C" fn C_GetTokenInfo(slot: sys::CK_SLOT_ID, info: *mut sys::CK_TOKEN_INFO) -> sys::CK_RV {
    let (guard, faults) = match enter("C_GetTokenInfo") {
        Ok(entered) => entered,
        Err(code) => return code,
    };
    if let Err(code) = token_in(guard.as_ref(), &faults, slot) {
        return code;
    }
    let Some(state) = guard.as_ref() else { return sys::CKR_CRYPTOKI_NOT_INITIALIZED };
    let number = slot - State::first_slot(&faults) + 1;
    let flags = sys::CKF_RNG | sys::CKF_LOGIN_REQUIRED | sys::CKF_USER_PIN_INITIALIZED | sys::CKF_TOKEN_INITIALIZED;
    let said = sys::CK_TOKEN_INFO {
        label: blank(LABEL),
        manufacturerID: blank("yinxin"),
        model: blank("test"),
        serialNumber: blank(&format!("{number:016}")),
        flags: flags | state.pin_flags(&faults),
        ulMaxSessionCount: state.most_sessions as sys::CK_ULONG,
        ulSessionCount: state.sessions.len() as sys::CK_ULONG,
        ulMaxPinLen: 16,
        ulMinPinLen: 6,
        firmwareVersion: sys::CK_VERSION { major: 1, minor: 0 },
        ..Default::default()
    };
    // SAFETY: the caller gives room for one structure
    unsafe { info.write(said) };
    sys::CKR_OK
}

pub(crate) unsafe extern "C" fn C_GetMechanismList(
    slot: sys::CK_SLOT_ID,
    list: *mut sys::CK_MECHANISM_TYPE,
    count: *mut sys::CK_ULONG,
) -> sys::CK_RV {
    let (guard, faults) = match enter("C_GetMechanismList") {
        Ok(entered) => entered,
        Err(code) => return code,
    };
    if let Err(code) = token_in(guard.as_ref(), &faults, slot) {
        return code;
    }
    let Some(state) = guard.as_ref() else { return sys::CKR_CRYPTOKI_NOT_INITIALIZED };
    let numbers = state.numbers;
    let mut all: Vec<_> = [numbers.generate, numbers.sm2, numbers.sm2_sm3].into_iter().flatten().collect();
    all.dedup();
    // SAFETY: a null list asks for the count; otherwise it has room for `count` numbers
    unsafe { fill(&all, list, count) }
}

pub(crate) unsafe extern "C" fn C_GetMechanismInfo(
    slot: sys::CK_SLOT_ID,
    mechanism: sys::CK_MECHANISM_TYPE,
    info: *mut sys::CK_MECHANISM_INFO,
) -> sys::CK_RV {
    let (guard, faults) = match enter("C_GetMechanismInfo") {
        Ok(entered) => entered,
        Err(code) => return code,
    };
    if let Err(code) = token_in(guard.as_ref(), &faults, slot) {
        return code;
    }
    let Some(state) = guard.as_ref() else { return sys::CKR_CRYPTOKI_NOT_INITIALIZED };
    let is = |number: Option<_>| number == Some(mechanism);
    let flags = match mechanism {
        _ if is(state.numbers.generate) => sys::CKF_GENERATE_KEY_PAIR,
        _ if is(state.numbers.sm2) || is(state.numbers.sm2_sm3) => sys::CKF_SIGN,
        _ => return sys::CKR_MECHANISM_INVALID,
    };
    let said = sys::CK_MECHANISM_INFO { ulMinKeySize: 256, ulMaxKeySize: 256, flags: flags | sys::CKF_HW };
    // SAFETY: the caller gives room for one structure
    unsafe { info.write(said) };
    sys::CKR_OK
}
