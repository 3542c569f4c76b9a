//! What a device answered, in words: its name in the standard, what happened and what mends it.

use core::fmt;
use yinxin_sdf_abi::codes::Code;

/// An answer of a device that is not `SDR_OK`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SdfCode(Code);

impl SdfCode {
    pub(super) const fn new(code: Code) -> Self {
        Self(code)
    }

    /// The number as the library returned it.
    pub const fn number(self) -> i32 {
        self.0.raw()
    }

    /// The standard's name, such as `SDR_PARDENY`; `None` for a maker's own code.
    pub const fn name(self) -> Option<&'static str> {
        self.0.name()
    }

    /// What mends it, in one sentence.
    pub const fn mend(self) -> &'static str {
        match self.0 {
            Code::NOTSUPPORT => "do this with the maker's tool, or ask the maker for a library that has it",
            Code::COMMFAIL => "check the network and the device's power; the driver opens it again by itself",
            Code::HARDFAIL => "look at the device's own log, and restart it if it stays so",
            Code::OPENDEVICE => {
                "check that the device is on and that the library finds its configuration (`folder` names it where the \
                 library takes one)"
            }
            Code::OPENSESSION => "the device has no session left: lower `sessions`, or end other programs that use it",
            Code::PARDENY => "configure the PIN of this key (`pin`)",
            Code::KEYNOTEXIST => "check the index in the key reference, or make the key with the maker's tool",
            Code::ALGNOTSUPPORT | Code::ALGMODNOTSUPPORT => {
                "this device does not do that algorithm: choose another key"
            }
            Code::KEYTYPEERR => "the index holds a key of another kind: check the key reference",
            Code::KEYERR => "restore the key from its backup with the maker's tool",
            Code::RANDERR => "the device's generator fails: have it repaired, and use no key that it made since",
            Code::PRKRERR => "put the right PIN of this key into its file",
            Code::NOBUFFER => "the device is out of memory: restart it, or lower `sessions`",
            Code::INARGERR | Code::OUTARGERR => {
                "check `ecc_bits` against the maker's header (ECCref_MAX_BITS), and the index against the device's range"
            }
            Code::SIGNERR | Code::SKOPERR | Code::PKOPERR | Code::SYMOPERR | Code::UNKNOWERR => {
                "try again; if it stays, look at the device's own log"
            }
            Code::VERIFYERR | Code::ENCDATAERR | Code::MACERR => "what was given to the device was altered",
            Code::STEPERR => "the library mixed up two calls: use one that the maker says is safe with threads",
            code if code.name().is_some() => "look it up in the maker's manual",
            _ => "this is a code of the maker's own: look it up in the maker's manual",
        }
    }

    /// Whether there is nothing at an index.
    pub(super) const fn is_no_key(self) -> bool {
        matches!(self.0, Code::KEYNOTEXIST)
    }

    /// Whether there is a key of another kind at an index.
    pub(super) const fn is_other_kind(self) -> bool {
        matches!(self.0, Code::KEYTYPEERR | Code::ALGNOTSUPPORT)
    }

    /// Whether the device or the way to it is gone, so that only opening it anew can help.
    pub(super) const fn is_loss(self) -> bool {
        matches!(self.0, Code::COMMFAIL | Code::HARDFAIL | Code::OPENDEVICE)
    }

    /// Whether a session may be at fault, so that the same request can succeed in another.
    pub(super) const fn is_stale_session(self) -> bool {
        // the standard has no code for a handle that is none any more; libraries say one of these
        matches!(self.0, Code::INARGERR | Code::OPENSESSION | Code::STEPERR | Code::PARDENY)
    }

    /// Whether the answer to a PIN leaves it unjudged: then it does not count as a try.
    pub(super) const fn is_no_judgement_of_pin(self) -> bool {
        matches!(
            self.0,
            Code::COMMFAIL
                | Code::HARDFAIL
                | Code::OPENDEVICE
                | Code::OPENSESSION
                | Code::NOTSUPPORT
                | Code::KEYNOTEXIST
                | Code::INARGERR
                | Code::KEYERR
        )
    }
}

impl fmt::Display for SdfCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.name(), self.0.meaning()) {
            (Some(name), Some(meaning)) => write!(f, "{meaning} ({name}); {}", self.mend()),
            _ => write!(f, "code {:#010x}; {}", self.0.raw(), self.mend()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_is_shown_bare() {
        for code in Code::ALL {
            let text = SdfCode::new(*code).to_string();
            assert!(text.contains(code.name().unwrap()) && text.contains("; "), "{text}");
            assert!(!text.contains("0x"), "{text}");
        }
        let text = SdfCode::new(Code::new(0x0100_0100)).to_string();
        assert_eq!(text, "code 0x01000100; this is a code of the maker's own: look it up in the maker's manual");
    }

    #[test]
    fn a_lost_device_has_not_judged_a_pin() {
        for code in Code::ALL.iter().map(|code| SdfCode::new(*code)) {
            assert!(!code.is_loss() || code.is_no_judgement_of_pin(), "{code}");
        }
        assert!(!SdfCode::new(Code::PRKRERR).is_no_judgement_of_pin());
        assert!(!SdfCode::new(Code::new(0x0100_0100)).is_no_judgement_of_pin());
    }
}
