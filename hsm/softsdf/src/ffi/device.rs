//! GM/T 0018, 6.2: device, sessions, randomness, rights.

#![expect(unsafe_code, reason = "functions of a C library")]

use super::{call, in_session, pointers as at};
use crate::{
    fault::{Fault, fault},
    random,
    registry::Handle,
    session::{self, BUFFER},
    token::Kind,
};
use core::ffi::{c_char, c_int, c_uint, c_void};
use std::{env, path::PathBuf};
use yinxin_sdf_abi::{
    algorithms::{SGD_SM2_1, SGD_SM2_3, SGD_SM3, SGD_SM4_CBC, SGD_SM4_ECB},
    codes::Code,
    layout::{DeviceInfo, SM2_BITS},
};
use zeroize::Zeroizing;

/// Where the token is.
const FOLDER: &str = "SOFTSDF_DIR";

/// The folder of `SOFTSDF_DIR`.
pub(super) fn folder() -> Result<PathBuf, Fault> {
    env::var_os(FOLDER).map(PathBuf::from).ok_or(fault(Code::OPENDEVICE, "SOFTSDF_DIR is not set"))
}

/// 6.2.2, on the token in the folder `SOFTSDF_DIR`.
///
/// # Safety
/// `device` is null or writable for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SDF_OpenDevice(device: *mut *mut c_void) -> c_int {
    call(|| {
        at::wanted(device)?;
        let handle = session::open_device(&folder()?)?;
        // SAFETY: writable for a pointer
        unsafe { at::write_handle(device, handle) }
    })
}

/// On the token in a given folder. Not of the standard, but of several makers.
///
/// # Safety
/// `folder` is null or a text that ends with a zero octet; `device` is null or writable for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SDF_OpenDeviceWithPath(folder: *const c_char, device: *mut *mut c_void) -> c_int {
    call(|| {
        at::wanted(device)?;
        // SAFETY: a text that ends with a zero octet
        let handle = session::open_device(unsafe { at::path(folder) }?)?;
        // SAFETY: writable for a pointer
        unsafe { at::write_handle(device, handle) }
    })
}

/// 6.2.3. Ends the device's sessions too.
#[unsafe(no_mangle)]
pub extern "C" fn SDF_CloseDevice(device: *mut c_void) -> c_int {
    call(|| session::close_device(Handle::of_pointer(device)))
}

/// 6.2.4.
///
/// # Safety
/// `session` is null or writable for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SDF_OpenSession(device: *mut c_void, session: *mut *mut c_void) -> c_int {
    call(|| {
        at::wanted(session)?;
        let handle = session::open_session(Handle::of_pointer(device))?;
        // SAFETY: writable for a pointer
        unsafe { at::write_handle(session, handle) }
    })
}

/// 6.2.5. Its rights, session keys and digest end with it.
#[unsafe(no_mangle)]
pub extern "C" fn SDF_CloseSession(session: *mut c_void) -> c_int {
    call(|| session::close_session(Handle::of_pointer(session)))
}

/// 6.2.6.
///
/// # Safety
/// `info` is null or writable for a `DEVICEINFO`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SDF_GetDeviceInfo(session: *mut c_void, info: *mut c_void) -> c_int {
    in_session(session, |session, _| {
        let value = DeviceInfo {
            issuer_name: field(b"yinxin"),
            device_name: field(b"softsdf"),
            device_serial: session.token().file.serial,
            device_version: 1,
            standard_version: 2023,
            asym_alg_ability: [SGD_SM2_1 | SGD_SM2_3, SM2_BITS],
            sym_alg_ability: SGD_SM4_ECB | SGD_SM4_CBC,
            hash_alg_ability: SGD_SM3,
            buffer_size: u32::try_from(BUFFER).unwrap_or(u32::MAX),
        };
        // SAFETY: writable for a DEVICEINFO
        unsafe { at::write(info.cast(), value) }
    })
}

/// 6.2.7.
///
/// # Safety
/// `random` is null or writable for `length` octets.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SDF_GenerateRandom(session: *mut c_void, length: c_uint, random: *mut u8) -> c_int {
    in_session(session, |_, _| {
        let mut octets = Zeroizing::new(vec![0; at::size(length)?]);
        random::fill(&mut octets)?;
        // SAFETY: writable for `length` octets
        unsafe { at::write_octets(random, &octets) }
    })
}

/// 6.2.8.
///
/// # Safety
/// `pin` is null or readable for `length` octets.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SDF_GetPrivateKeyAccessRight(
    session: *mut c_void,
    index: c_uint,
    pin: *const u8,
    length: c_uint,
) -> c_int {
    in_session(session, |session, _| {
        // SAFETY: readable for `length` octets
        session.take_right(Kind::Pairs, index, unsafe { at::octets(pin, length) }?)
    })
}

/// 6.2.9.
#[unsafe(no_mangle)]
pub extern "C" fn SDF_ReleasePrivateKeyAccessRight(session: *mut c_void, index: c_uint) -> c_int {
    in_session(session, |session, _| session.release_right(Kind::Pairs, index))
}

/// GM/T 0018-2023, of key-encryption keys.
///
/// # Safety
/// `pin` is null or readable for `length` octets.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SDF_GetKEKAccessRight(
    session: *mut c_void,
    index: c_uint,
    pin: *const u8,
    length: c_uint,
) -> c_int {
    in_session(session, |session, _| {
        // SAFETY: readable for `length` octets
        session.take_right(Kind::Kek, index, unsafe { at::octets(pin, length) }?)
    })
}

/// GM/T 0018-2023, of key-encryption keys.
#[unsafe(no_mangle)]
pub extern "C" fn SDF_ReleaseKEKAccessRight(session: *mut c_void, index: c_uint) -> c_int {
    in_session(session, |session, _| session.release_right(Kind::Kek, index))
}

/// Text in a field that zeros fill.
fn field<const N: usize>(text: &[u8]) -> [u8; N] {
    let mut field = [0; N];
    for (to, from) in field.iter_mut().zip(text) {
        *to = *from;
    }
    field
}
