//! Misbehaviour on demand: the words of a file, read anew at each call, so that a
//! test can break the device and mend it while it is in use.
//!
//! | line | what |
//! |---|---|
//! | `plain-ecdsa` | signs ECDSA on the SM2 curve where SM2 is asked for |
//! | `wrong-signature` | a bit of each signature is wrong |
//! | `short-signature` | signatures lack an octet |
//! | `removed` | the token is not there; sessions and login are gone when it comes back |
//! | `new-slot` | the token is in a slot of another number |
//! | `delay 50` | each signature takes 50 ms more |
//! | `fail C_Sign 0x30` | the function answers with this code |
//! | `silent-pin` | the token's flags say nothing about wrong PINs |
//! | `keys-may-leave` | new keys have CKA_EXTRACTABLE |
//! | `bare-point` | CKA_EC_POINT is x, y without 04 and without OCTET STRING |
//! | `der` | signatures are DER |

use cryptoki_sys as sys;
use std::time::Duration;

/// What the file says now.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    words: Vec<String>,
}

impl Faults {
    /// Reads the file that the environment names.
    pub(crate) fn now() -> Self {
        let text = std::env::var_os("YINXIN_PKCS11_FAULTS").and_then(|path| std::fs::read_to_string(path).ok());
        Self { words: text.unwrap_or_default().lines().map(|line| line.trim().to_owned()).collect() }
    }

    /// Whether this line is in it.
    pub(crate) fn has(&self, word: &str) -> bool {
        self.words.iter().any(|line| line == word)
    }

    /// The code that a function shall fail with.
    pub(crate) fn code(&self, function: &str) -> Option<sys::CK_RV> {
        self.words.iter().find_map(|line| {
            let code = line.strip_prefix("fail ")?.strip_prefix(function)?.trim();
            sys::CK_RV::from_str_radix(code.strip_prefix("0x")?, 16).ok()
        })
    }

    /// How much longer a signature takes.
    pub(crate) fn delay(&self) -> Duration {
        let milliseconds = self.words.iter().find_map(|line| line.strip_prefix("delay ")?.parse().ok());
        Duration::from_millis(milliseconds.unwrap_or(0))
    }
}
