//! Data at rest under a key-encryption key of the device.
//!
//! Each record has a key of its own, 16 random octets. It is encrypted within the device by a
//! session key that only the device can open; the record itself is sealed here with SM4-GCM, so
//! that its size does not matter to the device, and alteration shows.
//!
//! # Wrapped data, version 1
//!
//! | octets | what |
//! |---|---|
//! | 1 | version: 1 |
//! | 16 | session key, encrypted under the key-encryption key |
//! | 16 | record key, encrypted under the session key |
//! | 12 | nonce |
//! | … | sealed octets with the tag (16); additional data = `yinxin sdf wrap 1` ‖ context |

use super::{error::SdfError, line::Line, session::Session};
use crate::{KeyError, KeyReference, MOST_WRAPPED, SdfPlace, random};
use yinxin_trust::sm::sm4;
use zeroize::Zeroizing;

const VERSION: u8 = 1;
const LABEL: &[u8] = b"yinxin sdf wrap 1";

/// Wraps octets with a key-encryption key. `key` names it in errors.
pub(super) fn wrap(
    line: &Line,
    kek: u32,
    key: &KeyReference,
    context: &[u8],
    octets: &[u8],
) -> Result<Vec<u8>, KeyError> {
    if octets.len() > MOST_WRAPPED {
        return Err(KeyError::TooLong { key: key.clone(), limit: MOST_WRAPPED });
    }
    let (record_key, nonce) = (random::octets::<16>()?, random::octets::<12>()?);
    let block = record_key.clone();
    let (session_key, encrypted) = line.run_with(SdfPlace::Kek(kek), move |session| {
        let (octets, handle) = session.generate_with_kek(kek)?;
        let block = session.encrypt_block(&handle, &block);
        with_end(session.forget_key(handle), block).map(|block| (octets, block))
    })?;
    let sealed = sm4::Key::new(*record_key).gcm_seal(&nonce, &[LABEL, context].concat(), octets);
    let sealed = sealed.map_err(|_| KeyError::Computation(key.clone()))?;
    Ok([&[VERSION], session_key.as_slice(), &encrypted, nonce.as_slice(), &sealed].concat())
}

/// Undoes [`wrap`].
pub(super) fn unwrap(
    line: &Line,
    kek: u32,
    key: &KeyReference,
    context: &[u8],
    wrapped: &[u8],
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let fault = || KeyError::NotUnwrapped(key.clone());
    let (version, rest) = wrapped.split_first().ok_or_else(fault)?;
    let (&session_key, rest) = rest.split_first_chunk().ok_or_else(fault)?;
    let (&encrypted, rest) = rest.split_first_chunk().ok_or_else(fault)?;
    let (nonce, sealed) = rest.split_first_chunk().ok_or_else(fault)?;
    if *version != VERSION || sealed.len() > MOST_WRAPPED + 16 {
        return Err(fault());
    }
    let record_key = line.run_with(SdfPlace::Kek(kek), move |session: &mut Session| {
        let handle = session.import_with_kek(kek, &session_key)?;
        let block = session.decrypt_block(&handle, &encrypted);
        with_end(session.forget_key(handle), block)
    })?;
    let opened = sm4::Key::new(*record_key).gcm_open(nonce, &[LABEL, context].concat(), sealed);
    opened.map(Zeroizing::new).map_err(|_| fault())
}

/// A result whose work must be ended too; the first error counts.
fn with_end<T>(end: Result<(), SdfError>, result: Result<T, SdfError>) -> Result<T, SdfError> {
    let value = result?;
    end.map(|()| value)
}
