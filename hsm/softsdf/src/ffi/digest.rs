//! GM/T 0018, 6.6: SM3, alone or with ZA before the message.

#![expect(unsafe_code, reason = "functions of a C library")]

use super::{in_session, pointers as at};
use crate::fault::fault;
use core::ffi::{c_int, c_uint, c_void};
use yinxin_sdf_abi::{algorithms::SGD_SM3, codes::Code};
use yinxin_trust::sm::sm3::Sm3;

/// 6.6.5. With an id, e = SM3(ZA ‖ M) is begun; with none, SM3(M), and the key is not looked at.
///
/// # Safety
/// `key` is null or readable for an `ECCrefPublicKey`; `id` is null or readable for `id_length` octets.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SDF_HashInit(
    session: *mut c_void,
    algorithm: c_uint,
    key: *const c_void,
    id: *const u8,
    id_length: c_uint,
) -> c_int {
    in_session(session, |session, _| {
        if algorithm != SGD_SM3 {
            return Err(fault(Code::ALGNOTSUPPORT, "the only digest here is SM3"));
        }
        let mut digest = Sm3::new();
        if id_length > 0 {
            // SAFETY: readable for `id_length` octets
            let id = unsafe { at::octets(id, id_length) }?;
            // SAFETY: readable for an ECCrefPublicKey
            let key = unsafe { at::read_key(session, key) }?;
            let za = key.z(id).map_err(|_| fault(Code::INARGERR, "an id has fewer than 8192 octets"))?;
            digest.update(&za);
        }
        session.begin_digest(digest);
        Ok(())
    })
}

/// 6.6.6.
///
/// # Safety
/// `data` is null or readable for `length` octets.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SDF_HashUpdate(session: *mut c_void, data: *const u8, length: c_uint) -> c_int {
    in_session(session, |session, _| {
        // SAFETY: readable for `length` octets
        session.update_digest(unsafe { at::octets(data, length) }?)
    })
}

/// 6.6.7. `length` is written only.
///
/// # Safety
/// `digest` is null or writable for 32 octets; `length` is null or writable for a number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SDF_HashFinal(session: *mut c_void, digest: *mut u8, length: *mut c_uint) -> c_int {
    in_session(session, |session, _| {
        at::wanted(digest)?;
        at::wanted(length)?;
        let value = session.finish_digest()?;
        // SAFETY: writable for 32 octets
        unsafe { at::write_octets(digest, &value) }?;
        // SAFETY: writable for a number
        unsafe { at::write(length, 32) }
    })
}
