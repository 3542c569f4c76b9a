//! Signatures: SM2, and what a device makes that does not know it.

use crate::{
    calls::octets,
    faults::Faults,
    state::{Signing, State, enter},
};
use cryptoki_sys as sys;
use sm2::{
    FieldBytes, ProjectivePoint, Scalar,
    elliptic_curve::{PrimeField as _, ops::Reduce as _, point::AffineCoordinates as _},
};
use yinxin_trust::sm::{
    sm2::{DEFAULT_ID, PrivateKey},
    sm3,
};
use zeroize::Zeroizing;

pub(crate) unsafe extern "C" fn C_SignInit(
    session: sys::CK_SESSION_HANDLE,
    mechanism: *mut sys::CK_MECHANISM,
    key: sys::CK_OBJECT_HANDLE,
) -> sys::CK_RV {
    let (mut guard, _) = match enter("C_SignInit") {
        Ok(entered) => entered,
        Err(code) => return code,
    };
    let Some(state) = guard.as_mut() else { return sys::CKR_CRYPTOKI_NOT_INITIALIZED };
    let logged_in = state.logged_in;
    let sound = state.objects.get(&key).is_some_and(|object| object.secret.is_some());
    let Some(session) = state.sessions.get_mut(&session) else { return sys::CKR_SESSION_HANDLE_INVALID };
    if !logged_in {
        return sys::CKR_USER_NOT_LOGGED_IN;
    }
    if session.signing.is_some() {
        return sys::CKR_OPERATION_ACTIVE;
    }
    if !sound {
        return sys::CKR_KEY_HANDLE_INVALID;
    }
    // SAFETY: the caller's mechanism is as the standard wants it
    let (number, parameter) = unsafe {
        let mechanism = mechanism.read();
        (mechanism.mechanism, octets(mechanism.pParameter.cast::<u8>(), mechanism.ulParameterLen).to_vec())
    };
    if ![state.numbers.sm2, state.numbers.sm2_sm3].contains(&Some(number)) {
        return sys::CKR_MECHANISM_INVALID;
    }
    session.signing = Some(Signing { mechanism: number, parameter, key });
    sys::CKR_OK
}

pub(crate) unsafe extern "C" fn C_Sign(
    session: sys::CK_SESSION_HANDLE,
    data: *mut sys::CK_BYTE,
    length: sys::CK_ULONG,
    signature: *mut sys::CK_BYTE,
    signature_length: *mut sys::CK_ULONG,
) -> sys::CK_RV {
    let (mut guard, faults) = match enter("C_Sign") {
        Ok(entered) => entered,
        Err(code) => return code,
    };
    let Some(state) = guard.as_mut() else { return sys::CKR_CRYPTOKI_NOT_INITIALIZED };
    let Some(open) = state.sessions.get_mut(&session) else { return sys::CKR_SESSION_HANDLE_INVALID };
    let Some(signing) = open.signing.clone() else { return sys::CKR_OPERATION_NOT_INITIALIZED };
    // SAFETY: the length is the caller's, which is only read here
    let room = unsafe { signature_length.read() } as usize;
    if signature.is_null() || room < 64 {
        // SAFETY: the caller gives room for one number
        unsafe { signature_length.write(72) };
        return if signature.is_null() { sys::CKR_OK } else { sys::CKR_BUFFER_TOO_SMALL };
    }
    open.signing = None;
    // SAFETY: the caller's data is as long as it says
    let data = unsafe { octets(data, length) };
    let made = match compute(state, &faults, &signing, data) {
        Ok(made) => made,
        Err(code) => return code,
    };
    // others may sign meanwhile, as with a device that takes its time
    drop(guard);
    std::thread::sleep(faults.delay());
    if room < made.len() {
        return sys::CKR_BUFFER_TOO_SMALL;
    }
    // SAFETY: there is room for `room` octets
    unsafe {
        signature.copy_from_nonoverlapping(made.as_ptr(), made.len());
        signature_length.write(made.len() as sys::CK_ULONG);
    }
    sys::CKR_OK
}

fn compute(state: &State, faults: &Faults, signing: &Signing, data: &[u8]) -> Result<Vec<u8>, sys::CK_RV> {
    let object = state.objects.get(&signing.key).ok_or(sys::CKR_KEY_HANDLE_INVALID)?;
    let secret = object.secret.as_ref().ok_or(sys::CKR_KEY_HANDLE_INVALID)?;
    let key = PrivateKey::from_octets(secret).map_err(|_| sys::CKR_FUNCTION_FAILED)?;
    let e: sm3::Digest = if Some(signing.mechanism) == state.numbers.sm2 {
        data.try_into().map_err(|_| sys::CKR_DATA_LEN_RANGE)?
    } else {
        let z = key.public_key().z(DEFAULT_ID).map_err(|_| sys::CKR_FUNCTION_FAILED)?;
        // the id, or ZA itself
        if signing.parameter != DEFAULT_ID && signing.parameter != z {
            return Err(sys::CKR_MECHANISM_PARAM_INVALID);
        }
        sm3::digest(&[&z[..], data].concat())
    };
    let mut randomness = Zeroizing::new([0; 32]);
    getrandom::fill(randomness.as_mut_slice()).map_err(|_| sys::CKR_FUNCTION_FAILED)?;
    if faults.has("plain-ecdsa") {
        return ecdsa(secret, &e, &randomness).ok_or(sys::CKR_FUNCTION_FAILED);
    }
    let made = key.sign_digest(&e, &randomness).map_err(|_| sys::CKR_FUNCTION_FAILED)?;
    let mut octets = if faults.has("der") { made.to_der() } else { made.to_raw().to_vec() };
    if faults.has("wrong-signature") {
        octets[40] ^= 1;
    }
    if faults.has("short-signature") {
        octets.pop();
    }
    Ok(octets)
}

/// ECDSA of e on the SM2 curve (FIPS 186-5, 6.4.1), r || s: not an SM2 signature.
fn ecdsa(secret: &[u8; 32], e: &sm3::Digest, nonce: &[u8; 32]) -> Option<Vec<u8>> {
    let reduced = |octets: &[u8; 32]| Scalar::reduce(&FieldBytes::from(*octets));
    let d = Option::<Scalar>::from(Scalar::from_repr(FieldBytes::from(*secret)))?;
    let k = reduced(nonce);
    let x = (ProjectivePoint::GENERATOR * k).to_affine().x();
    let r = reduced(&x.into());
    let s = Option::<Scalar>::from(k.invert())? * (reduced(e) + r * d);
    Some([r.to_bytes(), s.to_bytes()].concat())
}
