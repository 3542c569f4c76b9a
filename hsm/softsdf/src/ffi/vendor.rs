//! What GM/T 0018 leaves to the maker of a device: making a token and its keys.

#![expect(unsafe_code, reason = "functions of a C library")]

use super::{call, device::folder, in_session, pointers as at};
use crate::{
    fault::{self, fault},
    token::{self, Kind, STANDARD_TRIES},
};
use core::ffi::{c_char, c_int, c_uint, c_void};
use std::path::PathBuf;
use yinxin_sdf_abi::codes::Code;

/// Makes a token in a folder, in `SOFTSDF_DIR` where that is null. After `max_tries` wrong PINs (1 to 99; 0 is 8) a
/// key is locked. Who may write the folder is the administrator.
///
/// # Safety
/// `path` is null or a text that ends with a zero octet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SOFTSDF_InitToken(path: *const c_char, max_tries: c_uint) -> c_int {
    call(|| {
        let path = if path.is_null() {
            folder()?
        } else {
            // SAFETY: a text that ends with a zero octet
            PathBuf::from(unsafe { at::path(path) }?)
        };
        token::create(&path, tries(max_tries))
    })
}

/// Wrong PINs that lock a key, as a caller says it; 0 is the usual number.
pub(crate) fn tries(max_tries: c_uint) -> u8 {
    if max_tries == 0 { STANDARD_TRIES } else { u8::try_from(max_tries).unwrap_or(u8::MAX) }
}

/// Makes key pairs under an index, sealed under a PIN of their own.
///
/// # Safety
/// `pin` is null or readable for `length` octets.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SOFTSDF_GenerateKeyPair(
    session: *mut c_void,
    index: c_uint,
    uses: c_uint,
    pin: *const u8,
    length: c_uint,
) -> c_int {
    in_session(session, |session, _| {
        // SAFETY: readable for `length` octets
        let pin = unsafe { at::octets(pin, length) }?;
        session.token().generate_pairs(index, u8::try_from(uses).unwrap_or(0), pin)
    })
}

/// Makes a key-encryption key under an index, sealed under a PIN of its own.
///
/// # Safety
/// `pin` is null or readable for `length` octets.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SOFTSDF_GenerateKEK(
    session: *mut c_void,
    index: c_uint,
    pin: *const u8,
    length: c_uint,
) -> c_int {
    in_session(session, |session, _| {
        // SAFETY: readable for `length` octets
        session.token().generate_kek(index, unsafe { at::octets(pin, length) }?)
    })
}

/// Deletes key pairs (kind 1) or a key-encryption key (kind 2) that the session has the right to use, for good.
#[unsafe(no_mangle)]
pub extern "C" fn SOFTSDF_DeleteKey(session: *mut c_void, kind: c_uint, index: c_uint) -> c_int {
    in_session(session, |session, _| {
        let kind = u8::try_from(kind).ok().and_then(Kind::of_number);
        session.delete(kind.ok_or(fault(Code::INARGERR, "kinds are 1 (key pairs) and 2 (key-encryption key)"))?, index)
    })
}

/// Why this thread's last call failed, in one sentence; `room` octets at most, the zero octet at its end included.
///
/// # Safety
/// `text` is null or writable for `room` octets.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SOFTSDF_LastError(text: *mut c_char, room: c_uint) -> c_int {
    call(|| {
        let Some(most) = at::size(room)?.checked_sub(1) else {
            return Err(fault(Code::NOBUFFER, "there is no room for a sentence"));
        };
        let mut octets = fault::last().into_bytes();
        octets.truncate(most);
        octets.push(0);
        // SAFETY: writable for `room` octets, which `octets` does not exceed
        unsafe { at::write_octets(text.cast(), &octets) }
    })
}
