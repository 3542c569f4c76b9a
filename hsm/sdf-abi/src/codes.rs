//! What calls answer: GM/T 0018, annex A.

use core::fmt;

/// An answer of a call. Zero is success, [`Code::OK`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Code(i32);

macro_rules! codes {
    ($($number:literal $constant:ident $name:literal $meaning:literal;)*) => {
        impl Code {
            $(#[doc = concat!("`", $name, "`: ", $meaning, ".")]
            pub const $constant: Self = Self(BASE | $number);)*

            /// All codes of the annex, in the order of their numbers.
            pub const ALL: &[Self] = &[$(Self::$constant),*];

            /// The name that the standard gives it, where it does.
            pub const fn name(self) -> Option<&'static str> {
                match self {
                    Self::OK => Some("SDR_OK"),
                    $(Self::$constant => Some($name),)*
                    _ => None,
                }
            }

            /// What it says, in words, where the standard has it.
            pub const fn meaning(self) -> Option<&'static str> {
                match self {
                    $(Self::$constant => Some($meaning),)*
                    _ => None,
                }
            }
        }
    };
}

/// `SDR_BASE`: numbers below it are nobody's.
const BASE: i32 = 0x0100_0000;

codes! {
    0x01 UNKNOWERR "SDR_UNKNOWERR" "unknown error";
    0x02 NOTSUPPORT "SDR_NOTSUPPORT" "the function is not supported";
    0x03 COMMFAIL "SDR_COMMFAIL" "the device cannot be reached";
    0x04 HARDFAIL "SDR_HARDFAIL" "the device does not respond";
    0x05 OPENDEVICE "SDR_OPENDEVICE" "the device cannot be opened";
    0x06 OPENSESSION "SDR_OPENSESSION" "no session can be opened";
    0x07 PARDENY "SDR_PARDENY" "the session has no right to use the private key";
    0x08 KEYNOTEXIST "SDR_KEYNOTEXIST" "there is no such key";
    0x09 ALGNOTSUPPORT "SDR_ALGNOTSUPPORT" "the algorithm is not supported";
    0x0A ALGMODNOTSUPPORT "SDR_ALGMODNOTSUPPORT" "the mode of the algorithm is not supported";
    0x0B PKOPERR "SDR_PKOPERR" "the operation with the public key failed";
    0x0C SKOPERR "SDR_SKOPERR" "the operation with the private key failed";
    0x0D SIGNERR "SDR_SIGNERR" "signing failed";
    0x0E VERIFYERR "SDR_VERIFYERR" "the signature does not verify";
    0x0F SYMOPERR "SDR_SYMOPERR" "the symmetric operation failed";
    0x10 STEPERR "SDR_STEPERR" "a step of a calculation came out of order";
    0x11 FILESIZEERR "SDR_FILESIZEERR" "the size of the file is out of range";
    0x12 FILENOEXIST "SDR_FILENOEXIST" "there is no such file";
    0x13 FILEOFSERR "SDR_FILEOFSERR" "the place in the file is out of range";
    0x14 KEYTYPEERR "SDR_KEYTYPEERR" "the key is of another kind";
    0x15 KEYERR "SDR_KEYERR" "the key is damaged";
    0x16 ENCDATAERR "SDR_ENCDATAERR" "the ciphertext is wrong";
    0x17 RANDERR "SDR_RANDERR" "no random octets could be made";
    0x18 PRKRERR "SDR_PRKRERR" "the right to use the private key was refused";
    0x19 MACERR "SDR_MACERR" "the MAC could not be calculated";
    0x1A FILEEXISTS "SDR_FILEEXSITS" "the file exists already";
    0x1B FILEWERR "SDR_FILEWERR" "the file cannot be written";
    0x1C NOBUFFER "SDR_NOBUFFER" "the buffer is too small";
    0x1D INARGERR "SDR_INARGERR" "an input argument is wrong";
    0x1E OUTARGERR "SDR_OUTARGERR" "an output argument is wrong";
}

impl Code {
    /// `SDR_OK`: success.
    pub const OK: Self = Self(0);

    /// From the value that a call returned.
    pub const fn new(raw: i32) -> Self {
        Self(raw)
    }

    /// The value that a call returns.
    pub const fn raw(self) -> i32 {
        self.0
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "{:#010x}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_follow_each_other_without_a_gap() {
        for (number, code) in (0x0100_0001..).zip(Code::ALL) {
            assert_eq!(code.raw(), number, "{code:?}");
            assert!(code.name().is_some_and(|name| name.starts_with("SDR_")), "{code:?}");
            assert!(code.meaning().is_some());
        }
        assert_eq!(Code::ALL.len(), 0x1E);
        assert_eq!(Code::new(0).name(), Some("SDR_OK"));
        assert_eq!(Code::new(0x0100_0100).name(), None);
        assert_eq!(format!("{:?}", Code::new(0x0100_0100)), "0x01000100");
    }
}
