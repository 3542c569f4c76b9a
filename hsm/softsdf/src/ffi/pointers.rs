//! The caller's memory: checked for null, then read and written in one place.

#![expect(unsafe_code, reason = "reads and writes the memory of callers in C")]

use crate::{
    fault::{Fault, fault},
    registry::Handle,
    session::{BUFFER, Session},
};
use core::{
    ffi::{CStr, c_char, c_uint, c_void},
    slice,
};
use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _, path::Path};
use yinxin_sdf_abi::{
    codes::Code,
    layout::{EccPublicKey, EccSignature, NARROW, WIDE},
};
use yinxin_trust::sm::{Signature, sm2::PublicKey};

/// The octets at a pointer.
///
/// # Safety
/// Null, or readable for `length` octets for as long as `'a`.
pub(super) unsafe fn octets<'a>(pointer: *const u8, length: c_uint) -> Result<&'a [u8], Fault> {
    let length = size(length)?;
    if length == 0 {
        return Ok(&[]);
    }
    if pointer.is_null() {
        return Err(fault(Code::INARGERR, "an input pointer is null"));
    }
    // SAFETY: not null, and readable for `length` octets as the caller of this function promises
    Ok(unsafe { slice::from_raw_parts(pointer, length) })
}

/// A value at a pointer, whatever its alignment.
///
/// # Safety
/// Null, or readable for a `T`, any octets being a value of it.
pub(super) unsafe fn read<T: Copy>(pointer: *const T) -> Result<T, Fault> {
    if pointer.is_null() {
        return Err(fault(Code::INARGERR, "an input pointer is null"));
    }
    // SAFETY: not null, and readable as the caller of this function promises
    Ok(unsafe { pointer.read_unaligned() })
}

/// Puts a value at a pointer, whatever its alignment.
///
/// # Safety
/// Null, or writable for a `T`.
pub(super) unsafe fn write<T: Copy>(pointer: *mut T, value: T) -> Result<(), Fault> {
    if pointer.is_null() {
        return Err(NULL_OUTPUT);
    }
    // SAFETY: not null, and writable as the caller of this function promises
    unsafe { pointer.write_unaligned(value) };
    Ok(())
}

/// Puts octets at a pointer.
///
/// # Safety
/// Null, or writable for as many octets.
pub(super) unsafe fn write_octets(pointer: *mut u8, octets: &[u8]) -> Result<(), Fault> {
    if pointer.is_null() {
        return Err(NULL_OUTPUT);
    }
    // SAFETY: not null, and writable as the caller of this function promises; `octets` is
    // memory of our own, which no caller's buffer overlaps
    unsafe { pointer.copy_from_nonoverlapping(octets.as_ptr(), octets.len()) };
    Ok(())
}

/// Puts a handle at a pointer.
///
/// # Safety
/// Null, or writable for a pointer.
pub(super) unsafe fn write_handle(pointer: *mut *mut c_void, handle: Handle) -> Result<(), Fault> {
    // SAFETY: as the caller of this function promises
    unsafe { write(pointer, handle.to_pointer()) }
}

/// An output pointer that must not be null, before something is made for it.
pub(super) fn wanted<T>(pointer: *mut T) -> Result<(), Fault> {
    if pointer.is_null() { Err(NULL_OUTPUT) } else { Ok(()) }
}

/// A path at a pointer.
///
/// # Safety
/// Null, or a text that ends with a zero octet and stays for as long as `'a`.
pub(super) unsafe fn path<'a>(pointer: *const c_char) -> Result<&'a Path, Fault> {
    if pointer.is_null() {
        return Err(fault(Code::INARGERR, "an input pointer is null"));
    }
    // SAFETY: not null, and ends with a zero octet as the caller of this function promises
    let text = unsafe { CStr::from_ptr(pointer) };
    Ok(Path::new(OsStr::from_bytes(text.to_bytes())))
}

/// The point of an `ECCrefPublicKey` in the layout of the device.
///
/// # Safety
/// Null, or readable for such a structure.
pub(super) unsafe fn read_key(session: &Session, pointer: *const c_void) -> Result<PublicKey, Fault> {
    // SAFETY: as the caller of this function promises
    let sec1 = unsafe {
        if session.is_wide() {
            read(pointer.cast::<EccPublicKey<WIDE>>())?.to_sec1()
        } else {
            read(pointer.cast::<EccPublicKey<NARROW>>())?.to_sec1()
        }
    };
    sec1.and_then(|sec1| PublicKey::from_sec1(&sec1).ok())
        .ok_or(fault(Code::INARGERR, "not a public key of sm2p256v1 in the layout of this device"))
}

/// Puts an `ECCrefPublicKey` there, in the layout of the device.
///
/// # Safety
/// Null, or writable for such a structure.
pub(super) unsafe fn write_key(session: &Session, pointer: *mut c_void, key: &PublicKey) -> Result<(), Fault> {
    // SAFETY: as the caller of this function promises
    unsafe {
        if session.is_wide() {
            write(pointer.cast(), EccPublicKey::<WIDE>::from_sec1(key.to_sec1()))
        } else {
            write(pointer.cast(), EccPublicKey::<NARROW>::from_sec1(key.to_sec1()))
        }
    }
}

/// The numbers of an `ECCSignature` in the layout of the device; `None` where they are
/// out of range, as a signature can be that does not verify.
///
/// # Safety
/// Null, or readable for such a structure.
pub(super) unsafe fn read_signature(session: &Session, pointer: *const c_void) -> Result<Option<Signature>, Fault> {
    // SAFETY: as the caller of this function promises
    let numbers = unsafe {
        if session.is_wide() {
            read(pointer.cast::<EccSignature<WIDE>>())?.numbers()
        } else {
            read(pointer.cast::<EccSignature<NARROW>>())?.numbers()
        }
    };
    Ok(numbers.and_then(|(r, s)| Signature::from_numbers(r, s).ok()))
}

/// Puts an `ECCSignature` there, in the layout of the device.
///
/// # Safety
/// Null, or writable for such a structure.
pub(super) unsafe fn write_signature(session: &Session, pointer: *mut c_void, value: &Signature) -> Result<(), Fault> {
    // SAFETY: as the caller of this function promises
    unsafe {
        if session.is_wide() {
            write(pointer.cast(), EccSignature::<WIDE>::from_numbers(value.r(), value.s()))
        } else {
            write(pointer.cast(), EccSignature::<NARROW>::from_numbers(value.r(), value.s()))
        }
    }
}

/// A number of octets that one call takes.
pub(super) fn size(length: c_uint) -> Result<usize, Fault> {
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    if length <= BUFFER { Ok(length) } else { Err(fault(Code::INARGERR, "more octets than one call takes (1 MiB)")) }
}

/// The octets of a digest e.
pub(super) fn digest(octets: &[u8]) -> Result<[u8; 32], Fault> {
    octets.try_into().map_err(|_| fault(Code::INARGERR, "not a digest e of 32 octets"))
}

const NULL_OUTPUT: Fault = fault(Code::OUTARGERR, "an output pointer is null");
