//! What is said about a key: its reference, purpose, uses and state.

use core::{fmt, str::FromStr};
use yinxin_trust::{base::Moment, suite::PublicKey};

/// What a key is for. A key has exactly one purpose, for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// Signs certificates and their revocation lists.
    Ca,
    /// Signs seals (制章者).
    SealMaker,
    /// Signs stamps on documents (签章者).
    Stamper,
    /// Signs verification receipts (核验凭证).
    Receipts,
    /// Signs the service's own records: checkpoints of the log, exports.
    Data,
}

impl Purpose {
    /// All purposes, in the order of their numbers in key files.
    pub const ALL: [Self; 5] = [Self::Ca, Self::SealMaker, Self::Stamper, Self::Receipts, Self::Data];

    /// The word that configuration and messages use, such as `seal-maker`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ca => "ca",
            Self::SealMaker => "seal-maker",
            Self::Stamper => "stamper",
            Self::Receipts => "receipts",
            Self::Data => "data",
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A word that names no purpose.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such key purpose: one of ca, seal-maker, stamper, receipts, data is wanted")]
pub struct UnknownPurpose;

impl FromStr for Purpose {
    type Err = UnknownPurpose;

    fn from_str(word: &str) -> Result<Self, UnknownPurpose> {
        Self::ALL.into_iter().find(|purpose| purpose.word() == word).ok_or(UnknownPurpose)
    }
}

/// What may be done with a private key, within its purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Use {
    /// Sign a digest or a message.
    Sign,
}

/// Whether a key is in service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyState {
    /// It does what its uses allow.
    Active,
}

/// Kind of a key and the one signature algorithm it is used with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyAlgorithm {
    /// SM2 on sm2p256v1 over SM3 (GB/T 32918.2).
    Sm2Sm3,
}

/// The identifier of a key in a software store: 64 random bits, shown as 16 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub(crate) [u8; 8]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

impl FromStr for KeyId {
    type Err = ReferenceError;

    /// Sixteen lower-case hexadecimal digits.
    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let mut id = [0; 8];
        hex::decode_to_slice(text, &mut id).map_err(|_| ReferenceError::Soft)?;
        // one key, one name: capital digits would be a second one
        if text.bytes().any(|c| c.is_ascii_uppercase()) {
            return Err(ReferenceError::Soft);
        }
        Ok(Self(id))
    }
}

/// Where a key lies, as a URI. The scheme names the driver.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum KeyReference {
    /// `soft:` and 16 hexadecimal digits: in a software store.
    Soft(KeyId),
}

/// Why text is no key reference. The text is not repeated: someone may have
/// put a secret where a reference belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// Without a scheme that a driver answers to.
    #[error("key reference has no known scheme: soft:… is wanted")]
    Scheme,
    /// Not 16 hexadecimal digits.
    #[error("key reference soft:… wants 16 lower-case hexadecimal digits")]
    Soft,
}

impl fmt::Display for KeyReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Soft(id) => write!(f, "soft:{id}"),
        }
    }
}

impl FromStr for KeyReference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        text.strip_prefix("soft:").ok_or(ReferenceError::Scheme)?.parse().map(Self::Soft)
    }
}

/// What a key to be made shall be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyOrder {
    /// Kind of key.
    pub algorithm: KeyAlgorithm,
    /// What it will be for.
    pub purpose: Purpose,
}

impl KeyOrder {
    /// An SM2 key for `purpose`.
    pub const fn sm2(purpose: Purpose) -> Self {
        Self { algorithm: KeyAlgorithm::Sm2Sm3, purpose }
    }
}

/// Everything public about a key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyDescription {
    /// Where it lies.
    pub reference: KeyReference,
    /// Kind of key.
    pub algorithm: KeyAlgorithm,
    /// What it is for.
    pub purpose: Purpose,
    /// What may be done with it.
    pub uses: Box<[Use]>,
    /// Whether it is in service.
    pub state: KeyState,
    /// When it was made, where the custody knows.
    pub created: Option<Moment>,
    /// Its public key.
    pub public_key: PublicKey,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_have_one_form() {
        let text = "soft:0123456789abcdef";
        assert_eq!(text.parse::<KeyReference>().map(|r| r.to_string()), Ok(text.to_owned()));
        for (text, fault) in [
            ("", ReferenceError::Scheme),
            ("0123456789abcdef", ReferenceError::Scheme),
            ("pkcs11:token=a", ReferenceError::Scheme),
            ("soft:", ReferenceError::Soft),
            ("soft:0123456789abcde", ReferenceError::Soft),
            ("soft:0123456789abcdef0", ReferenceError::Soft),
            ("soft:0123456789ABCDEF", ReferenceError::Soft),
            ("soft:../../etc/passwd", ReferenceError::Soft),
            ("soft:０123456789abcdef", ReferenceError::Soft),
        ] {
            assert_eq!(text.parse::<KeyReference>(), Err(fault), "{text}");
        }
    }

    #[test]
    fn purposes_have_words() {
        for purpose in Purpose::ALL {
            assert_eq!(purpose.word().parse(), Ok(purpose));
        }
        assert_eq!("CA".parse::<Purpose>(), Err(UnknownPurpose));
    }
}
