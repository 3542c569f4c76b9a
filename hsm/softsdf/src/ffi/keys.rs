//! GM/T 0018, 6.3: public keys of the device; session keys under a key-encryption key.

#![expect(unsafe_code, reason = "functions of a C library")]

use super::{in_session, pointers as at};
use crate::{
    fault::{Fault, fault},
    registry::Handle,
};
use core::ffi::{c_int, c_uint, c_void};
use yinxin_sdf_abi::{algorithms::SGD_SM4_ECB, codes::Code};

/// 6.3.7.
///
/// # Safety
/// `key` is null or writable for an `ECCrefPublicKey`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SDF_ExportSignPublicKey_ECC(session: *mut c_void, index: c_uint, key: *mut c_void) -> c_int {
    in_session(session, |session, _| {
        let public = session.signing_key(index)?;
        // SAFETY: writable for an ECCrefPublicKey
        unsafe { at::write_key(session, key, &public) }
    })
}

/// 6.3.8.
///
/// # Safety
/// `key` is null or writable for an `ECCrefPublicKey`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SDF_ExportEncPublicKey_ECC(session: *mut c_void, index: c_uint, key: *mut c_void) -> c_int {
    in_session(session, |session, _| {
        let public = session.encryption_key(index)?;
        // SAFETY: writable for an ECCrefPublicKey
        unsafe { at::write_key(session, key, &public) }
    })
}

/// 6.3.15. The encrypted key has 16 octets; `encrypted_length` is written only.
///
/// # Safety
/// `encrypted` is null or writable for 16 octets; `encrypted_length` and `key` are null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SDF_GenerateKeyWithKEK(
    session: *mut c_void,
    bits: c_uint,
    algorithm: c_uint,
    index: c_uint,
    encrypted: *mut u8,
    encrypted_length: *mut c_uint,
    key: *mut *mut c_void,
) -> c_int {
    in_session(session, |session, _| {
        ecb(algorithm)?;
        if bits != 128 {
            return Err(fault(Code::INARGERR, "a session key has 128 bits"));
        }
        at::wanted(encrypted)?;
        at::wanted(encrypted_length)?;
        at::wanted(key)?;
        let (octets, handle) = session.generate_key(index)?;
        // SAFETY: writable for 16 octets
        unsafe { at::write_octets(encrypted, &octets) }?;
        // SAFETY: writable for a number
        unsafe { at::write(encrypted_length, 16) }?;
        // SAFETY: writable for a pointer
        unsafe { at::write_handle(key, handle) }
    })
}

/// 6.3.16.
///
/// # Safety
/// `encrypted` is null or readable for `length` octets; `key` is null or writable for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SDF_ImportKeyWithKEK(
    session: *mut c_void,
    algorithm: c_uint,
    index: c_uint,
    encrypted: *const u8,
    length: c_uint,
    key: *mut *mut c_void,
) -> c_int {
    in_session(session, |session, _| {
        ecb(algorithm)?;
        at::wanted(key)?;
        // SAFETY: readable for `length` octets
        let octets = unsafe { at::octets(encrypted, length) }?;
        let octets = octets.try_into().map_err(|_| fault(Code::INARGERR, "an encrypted session key has 16 octets"))?;
        let handle = session.import_key(index, octets)?;
        // SAFETY: writable for a pointer
        unsafe { at::write_handle(key, handle) }
    })
}

/// 6.3.17.
#[unsafe(no_mangle)]
pub extern "C" fn SDF_DestroyKey(session: *mut c_void, key: *mut c_void) -> c_int {
    in_session(session, |session, _| session.destroy_key(Handle::of_pointer(key)))
}

/// One block of random octets needs no chaining.
fn ecb(algorithm: c_uint) -> Result<(), Fault> {
    if algorithm == SGD_SM4_ECB {
        Ok(())
    } else {
        Err(fault(Code::ALGMODNOTSUPPORT, "session keys are encrypted with SGD_SM4_ECB"))
    }
}
