//! GM/T 0018, 6.4: SM2 with the keys of the device and with given public keys.
//!
//! What is signed and verified is e = SM3(ZA ‖ M), 32 octets: the device hashes nothing here.

#![expect(unsafe_code, reason = "functions of a C library")]

use super::{in_session, pointers as at};
use crate::{
    fault::{Fault, fault},
    random,
    session::Session,
    token::fresh_key,
};
use core::ffi::{c_int, c_uint, c_void};
use yinxin_sdf_abi::{
    algorithms::{SGD_SM2, SGD_SM2_1, SGD_SM2_3},
    codes::Code,
    layout::{EccCipher, EccPrivateKey, NARROW, SM2_BITS, WIDE, narrow, widen},
};
use yinxin_trust::sm::sm2::{Ciphertext, PublicKey};

/// 6.4.6. Wants the right to use the private key.
///
/// # Safety
/// `e` is null or readable for `length` octets; `signature` is null or writable for an `ECCSignature`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SDF_InternalSign_ECC(
    session: *mut c_void,
    index: c_uint,
    e: *const u8,
    length: c_uint,
    signature: *mut c_void,
) -> c_int {
    in_session(session, |session, control| {
        at::wanted(signature)?;
        // SAFETY: readable for `length` octets
        let e = at::digest(unsafe { at::octets(e, length) }?)?;
        let value = session.sign(control, index, &e)?;
        // SAFETY: writable for an ECCSignature
        unsafe { at::write_signature(session, signature, &value) }
    })
}

/// 6.4.7.
///
/// # Safety
/// `e` is null or readable for `length` octets; `signature` is null or readable for an `ECCSignature`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SDF_InternalVerify_ECC(
    session: *mut c_void,
    index: c_uint,
    e: *const u8,
    length: c_uint,
    signature: *const c_void,
) -> c_int {
    in_session(session, |session, _| {
        let key = session.signing_key(index)?;
        // SAFETY: readable as the caller promises
        unsafe { verify(session, &key, e, length, signature) }
    })
}

/// 6.4.5.
///
/// # Safety
/// `key` is null or readable for an `ECCrefPublicKey`; the others as in [`SDF_InternalVerify_ECC`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SDF_ExternalVerify_ECC(
    session: *mut c_void,
    algorithm: c_uint,
    key: *const c_void,
    e: *const u8,
    length: c_uint,
    signature: *const c_void,
) -> c_int {
    in_session(session, |session, _| {
        known(algorithm, SGD_SM2_1)?;
        // SAFETY: readable for an ECCrefPublicKey
        let key = unsafe { at::read_key(session, key) }?;
        // SAFETY: readable as the caller promises
        unsafe { verify(session, &key, e, length, signature) }
    })
}

/// 6.4.8. The `ECCCipher` has room for `length` octets behind its head.
///
/// # Safety
/// `key` is null or readable for an `ECCrefPublicKey`, `data` for `length` octets; `encrypted` is null or writable for
/// the head of an `ECCCipher` and `length` octets.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SDF_ExternalEncrypt_ECC(
    session: *mut c_void,
    algorithm: c_uint,
    key: *const c_void,
    data: *const u8,
    length: c_uint,
    encrypted: *mut c_void,
) -> c_int {
    in_session(session, |session, _| {
        known(algorithm, SGD_SM2_3)?;
        at::wanted(encrypted)?;
        // SAFETY: readable for an ECCrefPublicKey
        let key = unsafe { at::read_key(session, key) }?;
        // SAFETY: readable for `length` octets
        let data = unsafe { at::octets(data, length) }?;
        let ciphertext = key
            .encrypt(data, &random::octets()?)
            .map_err(|_| fault(Code::PKOPERR, "at least one octet is encrypted"))?;
        // SAFETY: writable for the head and `length` octets
        unsafe {
            if session.is_wide() {
                write_cipher::<WIDE>(encrypted.cast(), &ciphertext)
            } else {
                write_cipher::<NARROW>(encrypted.cast(), &ciphertext)
            }
        }
    })
}

/// GM/T 0018-2012, 6.4.11; not in -2023. `length` is written only. Wants the right to use the private key.
///
/// # Safety
/// `encrypted` is null or readable for the head of an `ECCCipher` and as many octets as it says; `data` is null or
/// writable for as many; `length` is null or writable for a number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SDF_InternalDecrypt_ECC(
    session: *mut c_void,
    index: c_uint,
    algorithm: c_uint,
    encrypted: *const c_void,
    data: *mut u8,
    length: *mut c_uint,
) -> c_int {
    in_session(session, |session, _| {
        known(algorithm, SGD_SM2_3)?;
        at::wanted(data)?;
        at::wanted(length)?;
        // SAFETY: readable for the head and as many octets as it says
        let ciphertext = unsafe {
            if session.is_wide() {
                read_cipher::<WIDE>(encrypted.cast())
            } else {
                read_cipher::<NARROW>(encrypted.cast())
            }
        }?;
        let opened = session.decrypt(index, &ciphertext)?;
        // SAFETY: writable for as many octets as were encrypted
        unsafe { at::write_octets(data, &opened) }?;
        // SAFETY: writable for a number
        unsafe { at::write(length, c_uint::try_from(opened.len()).unwrap_or(c_uint::MAX)) }
    })
}

/// 6.8.3, a function for testing: makes a key pair that the device does not keep.
///
/// # Safety
/// `public` is null or writable for an `ECCrefPublicKey`, `private` for an `ECCrefPrivateKey`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SDF_GenerateKeyPair_ECC(
    session: *mut c_void,
    algorithm: c_uint,
    bits: c_uint,
    public: *mut c_void,
    private: *mut c_void,
) -> c_int {
    in_session(session, |session, _| {
        if !matches!(algorithm, SGD_SM2 | SGD_SM2_1 | SGD_SM2_3) {
            return Err(fault(Code::ALGNOTSUPPORT, "key pairs are of SM2"));
        }
        if bits != SM2_BITS {
            return Err(fault(Code::INARGERR, "keys of SM2 have 256 bits"));
        }
        at::wanted(public)?;
        at::wanted(private)?;
        let (octets, pair) = fresh_key()?;
        // SAFETY: writable for an ECCrefPublicKey
        unsafe { at::write_key(session, public, pair.public_key()) }?;
        // SAFETY: writable for an ECCrefPrivateKey
        unsafe {
            if session.is_wide() {
                at::write(private.cast(), EccPrivateKey::<WIDE>::from_octets(&octets))
            } else {
                at::write(private.cast(), EccPrivateKey::<NARROW>::from_octets(&octets))
            }
        }
    })
}

/// # Safety
/// `e` is null or readable for `length` octets; `signature` is null or readable for an `ECCSignature`.
unsafe fn verify(
    session: &Session,
    key: &PublicKey,
    e: *const u8,
    length: c_uint,
    signature: *const c_void,
) -> Result<(), Fault> {
    // SAFETY: readable for `length` octets
    let e = at::digest(unsafe { at::octets(e, length) }?)?;
    // SAFETY: readable for an ECCSignature
    let signature = unsafe { at::read_signature(session, signature) }?;
    if signature.is_some_and(|signature| key.verify_digest(&e, &signature)) {
        Ok(())
    } else {
        Err(fault(Code::VERIFYERR, "the signature does not verify"))
    }
}

/// # Safety
/// Writable for the head and the octets of the ciphertext.
unsafe fn write_cipher<const L: usize>(place: *mut EccCipher<L>, ciphertext: &Ciphertext) -> Result<(), Fault> {
    let head = EccCipher::<L> {
        x: widen(&ciphertext.x),
        y: widen(&ciphertext.y),
        m: ciphertext.hash,
        l: c_uint::try_from(ciphertext.cipher.len()).unwrap_or(c_uint::MAX),
    };
    // SAFETY: writable for the head
    unsafe { at::write(place, head) }?;
    // SAFETY: the octets follow the head, in the same memory
    unsafe { at::write_octets(place.add(1).cast(), &ciphertext.cipher) }
}

/// # Safety
/// Null, or readable for a head and as many octets as it says.
unsafe fn read_cipher<const L: usize>(place: *const EccCipher<L>) -> Result<Ciphertext, Fault> {
    // SAFETY: null or readable for a head
    let head = unsafe { at::read(place) }?;
    // SAFETY: not null by now, and the octets follow the head
    let cipher = unsafe { at::octets(place.add(1).cast(), head.l) }?;
    let bad = || fault(Code::ENCDATAERR, "not a ciphertext in the layout of this device");
    let (x, y) = narrow(head.x).zip(narrow(head.y)).ok_or_else(bad)?;
    Ok(Ciphertext { x, y, hash: head.m, cipher: cipher.to_vec() })
}

fn known(algorithm: c_uint, wanted: u32) -> Result<(), Fault> {
    if algorithm == wanted || algorithm == SGD_SM2 {
        Ok(())
    } else {
        Err(fault(Code::ALGNOTSUPPORT, "the only asymmetric algorithm here is SM2"))
    }
}
