//! A PKCS#11 library for tests: one token that signs SM2, which the standard does not
//! define, under mechanism numbers of one's choice, and that misbehaves on demand.
//!
//! **Never for production.** Its keys lie in memory, its PIN is in this file.
//!
//! | environment | what |
//! |---|---|
//! | `YINXIN_PKCS11_NUMBERS` | `key-type=0x…,generate=0x…,sm2=0x…,sm2-sm3=0x…`; those left out are not there |
//! | `YINXIN_PKCS11_FAULTS` | a file of [`faults`], read anew at each call |
//! | `YINXIN_PKCS11_SESSIONS` | most sessions; 64 by default |
//! | `YINXIN_PKCS11_TOKENS` | slots with a token of the same label; 1 by default |
//!
//! The token has the label `yinxin test`, serial numbers from `0000000000000001`, the PIN `12345678`, and three tries.

#![expect(unsafe_code, reason = "the functions of a PKCS#11 library are C functions")]
#![expect(non_snake_case, reason = "the names are those of the standard")]
#![expect(clippy::missing_safety_doc, reason = "the contract of each function is PKCS#11 v2.40")]

mod calls;
pub mod faults;
mod objects;
mod signing;
mod slots;
mod state;

use cryptoki_sys as sys;
use std::sync::OnceLock;

/// Label of the token.
pub const LABEL: &str = "yinxin test";

/// Its PIN.
pub const PIN: &str = "12345678";

/// Wrong PINs that lock it.
pub const TRIES: u32 = 3;

/// Gives out the functions of this library (PKCS#11 v2.40, 5.4).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_GetFunctionList(list: *mut *mut sys::CK_FUNCTION_LIST) -> sys::CK_RV {
    static LIST: OnceLock<sys::CK_FUNCTION_LIST> = OnceLock::new();
    let functions = LIST.get_or_init(functions);
    if list.is_null() {
        return sys::CKR_ARGUMENTS_BAD;
    }
    // SAFETY: the caller gives room for one pointer; the list is never changed
    unsafe { list.write(std::ptr::from_ref(functions).cast_mut()) };
    sys::CKR_OK
}

fn functions() -> sys::CK_FUNCTION_LIST {
    sys::CK_FUNCTION_LIST {
        version: sys::CK_VERSION { major: 2, minor: 40 },
        C_Initialize: Some(slots::C_Initialize),
        C_Finalize: Some(slots::C_Finalize),
        C_GetInfo: Some(slots::C_GetInfo),
        C_GetFunctionList: Some(C_GetFunctionList),
        C_GetSlotList: Some(slots::C_GetSlotList),
        C_GetSlotInfo: Some(slots::C_GetSlotInfo),
        C_GetTokenInfo: Some(slots::C_GetTokenInfo),
        C_GetMechanismList: Some(slots::C_GetMechanismList),
        C_GetMechanismInfo: Some(slots::C_GetMechanismInfo),
        C_OpenSession: Some(calls::C_OpenSession),
        C_CloseSession: Some(calls::C_CloseSession),
        C_GetSessionInfo: Some(calls::C_GetSessionInfo),
        C_Login: Some(calls::C_Login),
        C_Logout: Some(calls::C_Logout),
        C_FindObjectsInit: Some(objects::C_FindObjectsInit),
        C_FindObjects: Some(objects::C_FindObjects),
        C_FindObjectsFinal: Some(objects::C_FindObjectsFinal),
        C_GetAttributeValue: Some(objects::C_GetAttributeValue),
        C_DestroyObject: Some(objects::C_DestroyObject),
        C_GenerateKeyPair: Some(objects::C_GenerateKeyPair),
        C_SignInit: Some(signing::C_SignInit),
        C_Sign: Some(signing::C_Sign),
        ..sys::CK_FUNCTION_LIST::default()
    }
}
