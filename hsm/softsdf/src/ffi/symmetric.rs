//! GM/T 0018, 6.5: SM4 with session keys, whole blocks without padding.

#![expect(unsafe_code, reason = "functions of a C library")]

use super::{in_session, pointers as at};
use crate::{
    fault::{Fault, fault},
    registry::Handle,
};
use core::ffi::{c_int, c_uint, c_void};
use yinxin_sdf_abi::{
    algorithms::{SGD_SM4_CBC, SGD_SM4_ECB},
    codes::Code,
};
use yinxin_trust::sm::sm4::{Key, Sm4Error};
use zeroize::Zeroizing;

/// 6.5.2. With CBC, `iv` is 16 octets, and becomes the last block for a call that goes on.
///
/// # Safety
/// `iv` is null or writable for 16 octets; `data` is null or readable, `encrypted` null or writable, for `length`
/// octets; `encrypted_length` is null or writable. `data` and `encrypted` may be the same.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SDF_Encrypt(
    session: *mut c_void,
    key: *mut c_void,
    algorithm: c_uint,
    iv: *mut u8,
    data: *const u8,
    length: c_uint,
    encrypted: *mut u8,
    encrypted_length: *mut c_uint,
) -> c_int {
    in_session(session, |session, _| {
        let key = session.key(Handle::of_pointer(key))?;
        // SAFETY: readable for `length` octets
        let mut octets = Zeroizing::new(unsafe { at::octets(data, length) }?.to_vec());
        if algorithm == SGD_SM4_CBC {
            // SAFETY: readable for 16 octets
            let before = unsafe { at::read(iv.cast::<[u8; 16]>()) }?;
            chained(key.cbc_encrypt_blocks(&before, &mut octets))?;
            // SAFETY: writable for 16 octets
            unsafe { write_last(iv, &octets) }?;
        } else {
            single(algorithm)?;
            chained(key.ecb_encrypt_blocks(&mut octets))?;
        }
        // SAFETY: writable for as many octets as there are, which is `length`, and for a number
        unsafe { give(&octets, encrypted, encrypted_length) }
    })
}

/// 6.5.3. Undoes [`SDF_Encrypt`].
///
/// # Safety
/// As [`SDF_Encrypt`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SDF_Decrypt(
    session: *mut c_void,
    key: *mut c_void,
    algorithm: c_uint,
    iv: *mut u8,
    encrypted: *const u8,
    length: c_uint,
    data: *mut u8,
    data_length: *mut c_uint,
) -> c_int {
    in_session(session, |session, _| {
        let key: Key = session.key(Handle::of_pointer(key))?;
        // SAFETY: readable for `length` octets
        let sealed = unsafe { at::octets(encrypted, length) }?;
        let mut octets = Zeroizing::new(sealed.to_vec());
        if algorithm == SGD_SM4_CBC {
            // SAFETY: readable for 16 octets
            let before = unsafe { at::read(iv.cast::<[u8; 16]>()) }?;
            chained(key.cbc_decrypt_blocks(&before, &mut octets))?;
            // SAFETY: writable for 16 octets
            unsafe { write_last(iv, sealed) }?;
        } else {
            single(algorithm)?;
            chained(key.ecb_decrypt_blocks(&mut octets))?;
        }
        // SAFETY: writable for as many octets as there are, which is `length`, and for a number
        unsafe { give(&octets, data, data_length) }
    })
}

fn single(algorithm: c_uint) -> Result<(), Fault> {
    if algorithm == SGD_SM4_ECB {
        Ok(())
    } else {
        Err(fault(Code::ALGNOTSUPPORT, "SGD_SM4_ECB and SGD_SM4_CBC are there"))
    }
}

fn chained(done: Result<(), Sm4Error>) -> Result<(), Fault> {
    done.map_err(|_| fault(Code::INARGERR, "data are whole blocks of 16 octets; padding is the caller's"))
}

/// # Safety
/// `iv` is null or writable for 16 octets.
unsafe fn write_last(iv: *mut u8, octets: &[u8]) -> Result<(), Fault> {
    match octets.last_chunk::<16>() {
        // SAFETY: writable for 16 octets
        Some(last) => unsafe { at::write_octets(iv, last) },
        None => Ok(()),
    }
}

/// # Safety
/// `data` is null or writable for as many octets, `length` for a number.
unsafe fn give(octets: &[u8], data: *mut u8, length: *mut c_uint) -> Result<(), Fault> {
    at::wanted(length)?;
    // SAFETY: writable for as many octets
    unsafe { at::write_octets(data, octets) }?;
    // SAFETY: writable for a number
    unsafe { at::write(length, c_uint::try_from(octets.len()).unwrap_or(c_uint::MAX)) }
}
