//! The return codes of PKCS#11 in words: what happened, and what mends it.
//! Nobody shall have to look up a number.

use core::fmt;
use cryptoki::error::{Rv, RvError};
use cryptoki_sys as sys;

/// A return code of a PKCS#11 function that is not `CKR_OK`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Code(pub(super) sys::CK_RV);

impl Code {
    /// The number as the library returned it.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The standard's name, such as `CKR_PIN_LOCKED`; `None` for a vendor's own code.
    pub fn name(self) -> Option<&'static str> {
        self.row().map(|row| row.1)
    }

    /// One sentence: what happened, and what mends it.
    pub fn sentence(self) -> &'static str {
        match self.row() {
            Some(row) => row.2,
            None if self.0 >= sys::CKR_VENDOR_DEFINED => {
                "the device gave a code of its vendor's own: look it up in the vendor's manual"
            }
            None => "the device gave a code that the standard does not know: ask its vendor",
        }
    }

    /// Whether the device or the way to it is gone, so that only opening it anew can help.
    pub const fn is_loss(self) -> bool {
        matches!(
            self.0,
            sys::CKR_DEVICE_REMOVED
                | sys::CKR_DEVICE_ERROR
                | sys::CKR_TOKEN_NOT_PRESENT
                | sys::CKR_TOKEN_NOT_RECOGNIZED
                | sys::CKR_SLOT_ID_INVALID
                | sys::CKR_GENERAL_ERROR
                | sys::CKR_CRYPTOKI_NOT_INITIALIZED
        )
    }

    /// Whether the session or the login is gone, so that the same request can succeed
    /// in a new one.
    pub const fn is_stale_session(self) -> bool {
        matches!(self.0, sys::CKR_SESSION_HANDLE_INVALID | sys::CKR_SESSION_CLOSED | sys::CKR_USER_NOT_LOGGED_IN)
    }

    /// Whether a handle is of an earlier login, or its object is gone.
    pub const fn is_stale_handle(self) -> bool {
        matches!(self.0, sys::CKR_KEY_HANDLE_INVALID | sys::CKR_OBJECT_HANDLE_INVALID)
    }

    /// The number behind the wrapper's name for it.
    pub(super) fn of(error: RvError) -> Self {
        match error {
            RvError::VendorDefined(code) | RvError::UnknownErrorCode(code) => Self(code),
            // the wrapper keeps its table to itself, so it is asked code by code; errors only
            named => TABLE
                .iter()
                .find(|row| Rv::from(row.0) == Rv::Error(named))
                .map_or(Self(sys::CKR_GENERAL_ERROR), |row| Self(row.0)),
        }
    }

    fn row(self) -> Option<&'static (sys::CK_RV, &'static str, &'static str)> {
        TABLE.iter().find(|row| row.0 == self.0)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{} ({name})", self.sentence()),
            None => write!(f, "{} ({:#010x})", self.sentence(), self.0),
        }
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Code({}, {:#x})", self.name().unwrap_or("?"), self.0)
    }
}

/// Rows of the table: the name is that of the constant.
macro_rules! table {
    ($($name:ident: $sentence:literal,)*) => {
        &[$((sys::$name, stringify!($name), $sentence),)*]
    };
}

/// PKCS#11 v3.2 section 5.1, in the order of the numbers; codes that only answer to
/// functions we never call are named too, since a faulty library may give any.
const TABLE: &[(sys::CK_RV, &str, &str)] = table! {
    CKR_CANCEL: "the device cancelled the call: ask again",
    CKR_HOST_MEMORY: "this machine has too little memory for the device's library: free some",
    CKR_SLOT_ID_INVALID: "the slot is gone: check that the device is plugged in or reachable",
    CKR_GENERAL_ERROR: "the device's library failed for good: see the vendor's log, and open the device anew",
    CKR_FUNCTION_FAILED: "the device could not do it and does not say why: see the vendor's log",
    CKR_ARGUMENTS_BAD: "the device refuses the arguments of the call: check the version of its library",
    CKR_NO_EVENT: "nothing happened at the slots",
    CKR_NEED_TO_CREATE_THREADS: "the library wants threads of its own: see the vendor's settings",
    CKR_CANT_LOCK: "the library cannot be used from several threads: ask the vendor for one that can",
    CKR_ATTRIBUTE_READ_ONLY: "the device does not let this attribute be set",
    CKR_ATTRIBUTE_SENSITIVE: "the device does not give this attribute out",
    CKR_ATTRIBUTE_TYPE_INVALID: "the device does not know an attribute: check the vendor mapping",
    CKR_ATTRIBUTE_VALUE_INVALID: "the device refuses the value of an attribute: check the vendor mapping",
    CKR_ACTION_PROHIBITED: "the device's policy forbids it for this object: its administrator can change that",
    CKR_DATA_INVALID: "the device refuses the data to sign: check the mechanism in the vendor mapping",
    CKR_DATA_LEN_RANGE: "the device refuses the length of the data to sign: check the mechanism in the vendor mapping",
    CKR_DEVICE_ERROR: "the device reports a fault: see its display or log, and power it off and on",
    CKR_DEVICE_MEMORY: "the device's memory is full: destroy keys that are no longer needed",
    CKR_DEVICE_REMOVED: "the device was removed or its line broke: plug it in or mend the line",
    CKR_ENCRYPTED_DATA_INVALID: "the device finds the ciphertext unsound: it was altered or made under another key",
    CKR_ENCRYPTED_DATA_LEN_RANGE: "the device refuses the length of the ciphertext: it was cut or made otherwise",
    CKR_AEAD_DECRYPT_FAILED: "the ciphertext does not authenticate: it was altered or made under another key",
    CKR_FUNCTION_CANCELED: "the call was cancelled, at the device perhaps: ask again",
    CKR_FUNCTION_NOT_PARALLEL: "the library answers with a code of old versions: ask the vendor for a newer one",
    CKR_FUNCTION_NOT_SUPPORTED: "the library does not have this function: ask the vendor for one that does",
    CKR_KEY_HANDLE_INVALID: "the key is gone from the device: was it destroyed?",
    CKR_KEY_SIZE_RANGE: "the device does not work with keys of this size: use another size",
    CKR_KEY_TYPE_INCONSISTENT: "the key is of another kind than the mechanism: name the right key or mapping",
    CKR_KEY_NOT_NEEDED: "the device was given a key that it does not need",
    CKR_KEY_CHANGED: "the key is not the one that the device began with",
    CKR_KEY_NEEDED: "the device wants a key to go on",
    CKR_KEY_INDIGESTIBLE: "the device cannot digest this key",
    CKR_KEY_FUNCTION_NOT_PERMITTED: "the key may not be used so: it lacks CKA_SIGN or the like; make one that has it",
    CKR_KEY_NOT_WRAPPABLE: "the device does not wrap this key",
    CKR_KEY_UNEXTRACTABLE: "the key never leaves the device, as it should be",
    CKR_MECHANISM_INVALID: "the device does not have this mechanism: see its list, and check the vendor mapping",
    CKR_MECHANISM_PARAM_INVALID: "the device refuses the mechanism's parameter: check its form in the vendor mapping",
    CKR_OBJECT_HANDLE_INVALID: "the object is gone from the device: was it destroyed?",
    CKR_OPERATION_ACTIVE: "the session is busy with another operation: a new session is needed",
    CKR_OPERATION_NOT_INITIALIZED: "the device forgot the operation that was begun: a new session is needed",
    CKR_PIN_INCORRECT: "the PIN is wrong: correct the PIN file before the device locks itself",
    CKR_PIN_INVALID: "the PIN has characters that the device does not take: check the PIN file for stray ones",
    CKR_PIN_LEN_RANGE: "the PIN is too short or too long for the device: check the PIN file",
    CKR_PIN_EXPIRED: "the PIN has expired: set a new one with the vendor's tool and write it to the PIN file",
    CKR_PIN_LOCKED: "the PIN is locked after wrong tries: the device's security officer has to unlock it",
    CKR_SESSION_CLOSED: "the device closed the session: a new one is needed",
    CKR_SESSION_COUNT: "the device has no session left: lower the number of sessions or close other programs",
    CKR_SESSION_HANDLE_INVALID: "the device no longer knows the session: a new one is needed",
    CKR_SESSION_PARALLEL_NOT_SUPPORTED: "the library wants another kind of session: ask the vendor for a newer one",
    CKR_SESSION_READ_ONLY: "the session may only read: the token may be write-protected",
    CKR_SESSION_EXISTS: "other sessions with the token are open: close the programs that hold them",
    CKR_SESSION_READ_ONLY_EXISTS: "a session that only reads keeps the security officer out: close it",
    CKR_SESSION_READ_WRITE_SO_EXISTS: "the security officer is logged in: log out there first",
    CKR_SIGNATURE_INVALID: "the device finds the signature wrong",
    CKR_SIGNATURE_LEN_RANGE: "the device finds the signature of a wrong length",
    CKR_TEMPLATE_INCOMPLETE: "the device wants further attributes of a key: check the vendor mapping",
    CKR_TEMPLATE_INCONSISTENT: "the device refuses the attributes of a key together: check the vendor mapping",
    CKR_TOKEN_NOT_PRESENT: "there is no token in the slot: plug it in",
    CKR_TOKEN_NOT_RECOGNIZED: "the library does not know the token in the slot: is it the right vendor's library?",
    CKR_TOKEN_WRITE_PROTECTED: "the token is write-protected: take the protection away with the vendor's tool",
    CKR_UNWRAPPING_KEY_HANDLE_INVALID: "the key to unwrap with is gone from the device",
    CKR_UNWRAPPING_KEY_SIZE_RANGE: "the device does not unwrap with keys of this size",
    CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT: "the key to unwrap with is of another kind than the mechanism",
    CKR_USER_ALREADY_LOGGED_IN: "somebody is logged in already",
    CKR_USER_NOT_LOGGED_IN: "nobody is logged in at the token: the login was lost, a new one is needed",
    CKR_USER_PIN_NOT_INITIALIZED: "the token has no user PIN yet: the security officer has to set one",
    CKR_USER_TYPE_INVALID: "the token does not know this kind of user",
    CKR_USER_ANOTHER_ALREADY_LOGGED_IN: "the security officer is logged in through this library: log out there first",
    CKR_USER_TOO_MANY_TYPES: "too many kinds of users are logged in: log out elsewhere first",
    CKR_WRAPPED_KEY_INVALID: "the wrapped key is unsound: it was altered or wrapped otherwise",
    CKR_WRAPPED_KEY_LEN_RANGE: "the wrapped key has a wrong length: it was cut or wrapped otherwise",
    CKR_WRAPPING_KEY_HANDLE_INVALID: "the key to wrap with is gone from the device",
    CKR_WRAPPING_KEY_SIZE_RANGE: "the device does not wrap with keys of this size",
    CKR_WRAPPING_KEY_TYPE_INCONSISTENT: "the key to wrap with is of another kind than the mechanism",
    CKR_RANDOM_SEED_NOT_SUPPORTED: "the device takes no seed for its generator",
    CKR_RANDOM_NO_RNG: "the device has no random generator",
    CKR_DOMAIN_PARAMS_INVALID: "the device does not know the curve: check the vendor mapping",
    CKR_CURVE_NOT_SUPPORTED: "the device does not have this curve: use another algorithm or device",
    CKR_BUFFER_TOO_SMALL: "the device's answer is longer than such a value can be: check the mechanism in the mapping",
    CKR_SAVED_STATE_INVALID: "the device refuses a saved state",
    CKR_INFORMATION_SENSITIVE: "the device does not give this out",
    CKR_STATE_UNSAVEABLE: "the device cannot save the state of the session",
    CKR_CRYPTOKI_NOT_INITIALIZED: "the library is not initialised: the device has to be opened anew",
    CKR_CRYPTOKI_ALREADY_INITIALIZED: "the library is initialised already",
    CKR_MUTEX_BAD: "the library lost one of its locks: restart the program and tell the vendor",
    CKR_MUTEX_NOT_LOCKED: "the library released a lock twice: restart the program and tell the vendor",
    CKR_NEW_PIN_MODE: "the token wants a new PIN: set one with the vendor's tool",
    CKR_NEXT_OTP: "the token wants another one-time password, which a service cannot give",
    CKR_EXCEEDED_MAX_ITERATIONS: "the device gave up after too many attempts: ask again",
    CKR_FIPS_SELF_TEST_FAILED: "the device failed its self-test: power it off and on, and call the vendor if it stays",
    CKR_LIBRARY_LOAD_FAILED: "the library cannot load another one that it needs: check the vendor's installation",
    CKR_PIN_TOO_WEAK: "the PIN is too weak for the device: set a longer one",
    CKR_PUBLIC_KEY_INVALID: "the device finds the public key unsound",
    CKR_FUNCTION_REJECTED: "somebody at the device rejected the request",
    CKR_TOKEN_RESOURCE_EXCEEDED: "the token has no room for this: close sessions or destroy keys",
    CKR_OPERATION_CANCEL_FAILED: "the device could not cancel the operation: a new session is needed",
    CKR_KEY_EXHAUSTED: "the key has done all the signatures it may: make a new one",
    CKR_PENDING: "the device has not finished yet: it works asynchronously, which is not used here",
    CKR_SESSION_ASYNC_NOT_SUPPORTED: "the device has no asynchronous sessions",
    CKR_SEED_RANDOM_REQUIRED: "the device's generator wants a seed: see the vendor's manual",
    CKR_OPERATION_NOT_VALIDATED: "the device's validated mode forbids it: see the vendor's manual",
    CKR_TOKEN_NOT_INITIALIZED: "the token is not initialised: do that with the vendor's tool",
    CKR_PARAMETER_SET_NOT_SUPPORTED: "the device does not have this parameter set",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_name_and_a_sentence() {
        for (number, name, sentence) in TABLE {
            assert!(name.starts_with("CKR_"), "{number:#x}");
            assert!(sentence.len() > 20 && !sentence.ends_with('.') && !sentence.contains("CKR_"), "{name}");
            let text = Code(*number).to_string();
            assert!(text.contains(name) && text.contains(sentence), "{text}");
        }
        let mut numbers: Vec<_> = TABLE.iter().map(|row| row.0).collect();
        let count = numbers.len();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), count, "a number stands twice");
    }

    #[test]
    fn the_wrapper_means_the_same() {
        for number in [sys::CKR_PIN_LOCKED, sys::CKR_DEVICE_REMOVED, sys::CKR_SESSION_COUNT, sys::CKR_FUNCTION_REJECTED]
        {
            let Rv::Error(error) = Rv::from(number) else { panic!("{number:#x} is an error") };
            assert_eq!(Code::of(error), Code(number));
        }
        assert_eq!(Code::of(RvError::VendorDefined(0x8000_0007)), Code(0x8000_0007));
    }

    #[test]
    fn an_unknown_code_is_not_left_bare() {
        assert_eq!(
            Code(0x8000_0102).to_string(),
            "the device gave a code of its vendor's own: look it up in the vendor's manual (0x80000102)"
        );
        assert!(Code(0x0999).to_string().contains("ask its vendor (0x00000999)"));
    }
}
