//! Keys: found, read, made, destroyed.

use crate::{
    calls::{in_session, octets},
    faults::Faults,
    state::{Object, State, enter},
};
use cryptoki_sys as sys;
use std::collections::BTreeMap;
use yinxin_trust::{asn1, sm::sm2::PrivateKey};
use zeroize::Zeroizing;

type Attributes = BTreeMap<sys::CK_ATTRIBUTE_TYPE, Vec<u8>>;

/// The caller's template.
///
/// # Safety
/// As PKCS#11 wants it: `count` attributes, each value as long as it says.
unsafe fn template(from: *const sys::CK_ATTRIBUTE, count: sys::CK_ULONG) -> Attributes {
    let mut all = Attributes::new();
    for place in 0..count as usize {
        // SAFETY: the caller's promise
        let attribute = unsafe { from.add(place).read() };
        // SAFETY: the same
        let value = unsafe { octets(attribute.pValue.cast::<u8>(), attribute.ulValueLen) };
        all.insert(attribute.type_, value.to_vec());
    }
    all
}

pub(crate) unsafe extern "C" fn C_FindObjectsInit(
    session: sys::CK_SESSION_HANDLE,
    attributes: *mut sys::CK_ATTRIBUTE,
    count: sys::CK_ULONG,
) -> sys::CK_RV {
    let (mut guard, _) = match enter("C_FindObjectsInit") {
        Ok(entered) => entered,
        Err(code) => return code,
    };
    let Some(state) = guard.as_mut() else { return sys::CKR_CRYPTOKI_NOT_INITIALIZED };
    // SAFETY: the caller's template is as the standard wants it
    let wanted = unsafe { template(attributes, count) };
    let private = [sys::CK_TRUE];
    let found = state
        .objects
        .iter()
        .filter(|(_, object)| {
            state.logged_in || object.attributes.get(&sys::CKA_PRIVATE).map(Vec::as_slice) != Some(&private)
        })
        .filter(|(_, object)| wanted.iter().all(|(kind, value)| object.attributes.get(kind) == Some(value)))
        .map(|(handle, _)| *handle)
        .collect();
    match state.sessions.get_mut(&session) {
        None => sys::CKR_SESSION_HANDLE_INVALID,
        Some(session) if session.found.is_some() => sys::CKR_OPERATION_ACTIVE,
        Some(session) => {
            session.found = Some(found);
            sys::CKR_OK
        }
    }
}

pub(crate) unsafe extern "C" fn C_FindObjects(
    session: sys::CK_SESSION_HANDLE,
    list: *mut sys::CK_OBJECT_HANDLE,
    most: sys::CK_ULONG,
    count: *mut sys::CK_ULONG,
) -> sys::CK_RV {
    let (mut guard, _) = match enter("C_FindObjects") {
        Ok(entered) => entered,
        Err(code) => return code,
    };
    let Some(state) = guard.as_mut() else { return sys::CKR_CRYPTOKI_NOT_INITIALIZED };
    let Some(session) = state.sessions.get_mut(&session) else { return sys::CKR_SESSION_HANDLE_INVALID };
    let Some(found) = session.found.as_mut() else { return sys::CKR_OPERATION_NOT_INITIALIZED };
    let rest = found.split_off(found.len().min(most as usize));
    let some = std::mem::replace(found, rest);
    // SAFETY: the list has room for `most` handles, of which no more are written
    unsafe {
        list.copy_from_nonoverlapping(some.as_ptr(), some.len());
        count.write(some.len() as sys::CK_ULONG);
    }
    sys::CKR_OK
}

pub(crate) unsafe extern "C" fn C_FindObjectsFinal(session: sys::CK_SESSION_HANDLE) -> sys::CK_RV {
    let (mut guard, _) = match enter("C_FindObjectsFinal") {
        Ok(entered) => entered,
        Err(code) => return code,
    };
    let Some(state) = guard.as_mut() else { return sys::CKR_CRYPTOKI_NOT_INITIALIZED };
    match state.sessions.get_mut(&session).map(|session| session.found.take()) {
        None => sys::CKR_SESSION_HANDLE_INVALID,
        Some(None) => sys::CKR_OPERATION_NOT_INITIALIZED,
        Some(Some(_)) => sys::CKR_OK,
    }
}

pub(crate) unsafe extern "C" fn C_GetAttributeValue(
    session: sys::CK_SESSION_HANDLE,
    object: sys::CK_OBJECT_HANDLE,
    attributes: *mut sys::CK_ATTRIBUTE,
    count: sys::CK_ULONG,
) -> sys::CK_RV {
    let (mut guard, faults) = match enter("C_GetAttributeValue") {
        Ok(entered) => entered,
        Err(code) => return code,
    };
    let Some(state) = guard.as_mut() else { return sys::CKR_CRYPTOKI_NOT_INITIALIZED };
    if let Err(code) = in_session(state, session) {
        return code;
    }
    let Some(object) = state.objects.get(&object) else { return sys::CKR_OBJECT_HANDLE_INVALID };
    let mut code = sys::CKR_OK;
    for place in 0..count as usize {
        // SAFETY: the caller gives `count` attributes
        let attribute = unsafe { &mut *attributes.add(place) };
        let Some(value) = object.attributes.get(&attribute.type_) else {
            attribute.ulValueLen = sys::CK_UNAVAILABLE_INFORMATION;
            code = sys::CKR_ATTRIBUTE_TYPE_INVALID;
            continue;
        };
        let value = match value.as_slice() {
            [4, _, 4, bare @ ..] if attribute.type_ == sys::CKA_EC_POINT && faults.has("bare-point") => bare,
            value => value,
        };
        let room = attribute.ulValueLen as usize;
        attribute.ulValueLen = value.len() as sys::CK_ULONG;
        if attribute.pValue.is_null() {
            continue;
        }
        if room < value.len() {
            attribute.ulValueLen = sys::CK_UNAVAILABLE_INFORMATION;
            code = sys::CKR_BUFFER_TOO_SMALL;
            continue;
        }
        // SAFETY: there is room for `room` octets
        unsafe { attribute.pValue.cast::<u8>().copy_from_nonoverlapping(value.as_ptr(), value.len()) };
    }
    code
}

pub(crate) unsafe extern "C" fn C_DestroyObject(
    session: sys::CK_SESSION_HANDLE,
    object: sys::CK_OBJECT_HANDLE,
) -> sys::CK_RV {
    let (mut guard, _) = match enter("C_DestroyObject") {
        Ok(entered) => entered,
        Err(code) => return code,
    };
    let Some(state) = guard.as_mut() else { return sys::CKR_CRYPTOKI_NOT_INITIALIZED };
    if let Err(code) = in_session(state, session) {
        return code;
    }
    match state.objects.remove(&object) {
        Some(_) => sys::CKR_OK,
        None => sys::CKR_OBJECT_HANDLE_INVALID,
    }
}

pub(crate) unsafe extern "C" fn C_GenerateKeyPair(
    session: sys::CK_SESSION_HANDLE,
    mechanism: *mut sys::CK_MECHANISM,
    public: *mut sys::CK_ATTRIBUTE,
    public_count: sys::CK_ULONG,
    private: *mut sys::CK_ATTRIBUTE,
    private_count: sys::CK_ULONG,
    public_handle: *mut sys::CK_OBJECT_HANDLE,
    private_handle: *mut sys::CK_OBJECT_HANDLE,
) -> sys::CK_RV {
    let (mut guard, faults) = match enter("C_GenerateKeyPair") {
        Ok(entered) => entered,
        Err(code) => return code,
    };
    let Some(state) = guard.as_mut() else { return sys::CKR_CRYPTOKI_NOT_INITIALIZED };
    if let Err(code) = in_session(state, session) {
        return code;
    }
    if !state.logged_in {
        return sys::CKR_USER_NOT_LOGGED_IN;
    }
    // SAFETY: the caller's mechanism and templates are as the standard wants them
    let (number, public, private) =
        unsafe { ((*mechanism).mechanism, template(public, public_count), template(private, private_count)) };
    if state.numbers.generate != Some(number) {
        return sys::CKR_MECHANISM_INVALID;
    }
    let Some((public, private)) = make(state, &faults, public, private) else { return sys::CKR_FUNCTION_FAILED };
    // SAFETY: the caller gives room for both handles
    unsafe {
        public_handle.write(public);
        private_handle.write(private);
    }
    sys::CKR_OK
}

fn make(state: &mut State, faults: &Faults, mut public: Attributes, mut private: Attributes) -> Option<(u64, u64)> {
    let (secret, key) = loop {
        let mut secret = Zeroizing::new([0; 32]);
        getrandom::fill(secret.as_mut_slice()).ok()?;
        if let Ok(key) = PrivateKey::from_octets(&secret) {
            break (secret, key);
        }
    };
    let kind = state.numbers.key_type.to_ne_bytes().to_vec();
    for attributes in [&mut public, &mut private] {
        attributes.insert(sys::CKA_KEY_TYPE, kind.clone());
        attributes.insert(sys::CKA_EC_PARAMS, asn1::object_identifier(asn1::oids::SM2_CURVE));
    }
    public.insert(sys::CKA_EC_POINT, asn1::octet_string(key.public_key().to_sec1()));
    private.entry(sys::CKA_ALWAYS_AUTHENTICATE).or_insert_with(|| vec![sys::CK_FALSE]);
    if faults.has("keys-may-leave") {
        private.insert(sys::CKA_EXTRACTABLE, vec![sys::CK_TRUE]);
    }
    let handles = (state.handle(), state.handle());
    state.objects.insert(handles.0, Object { attributes: public, secret: None });
    state.objects.insert(handles.1, Object { attributes: private, secret: Some(secret) });
    Some(handles)
}
