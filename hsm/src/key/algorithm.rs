//! Kinds of keys, each with the one algorithm it is used with.

use super::Use;
use core::{fmt, str::FromStr};
use yinxin_trust::suite::{PublicKey, Suite};

/// Length of an RSA modulus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RsaSize {
    /// 2048 bits.
    Bits2048,
    /// 3072 bits.
    Bits3072,
}

impl RsaSize {
    /// Bits of the modulus.
    pub const fn bits(self) -> u32 {
        match self {
            Self::Bits2048 => 2048,
            Self::Bits3072 => 3072,
        }
    }

    /// Octets of the modulus, which are those of a signature value too.
    pub const fn octets(self) -> usize {
        match self {
            Self::Bits2048 => 256,
            Self::Bits3072 => 384,
        }
    }
}

/// Kind of a key and the one algorithm it is used with: a key that works under two
/// paddings or digests lends each the weakness of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum KeyAlgorithm {
    /// SM2 on sm2p256v1 over SM3 (GB/T 32918.2).
    Sm2Sm3,
    /// ECDSA on P-256 over SHA-256 (FIPS 186-5).
    EcdsaP256Sha256,
    /// RSASSA-PKCS1-v1_5 over SHA-256 (RFC 8017, 8.2).
    RsaPkcs1Sha256(RsaSize),
    /// RSASSA-PSS over SHA-256, MGF1 with SHA-256, a salt of 32 octets (RFC 8017, 8.1).
    RsaPssSha256(RsaSize),
    /// Ed25519 (RFC 8032).
    Ed25519,
    /// SM4 in GCM (GB/T 32907, RFC 8998): wraps data at rest and signs nothing.
    Sm4Gcm,
}

impl KeyAlgorithm {
    /// All of them, in the order of their numbers in files and on the wire.
    pub const ALL: [Self; 8] = [
        Self::Sm2Sm3,
        Self::EcdsaP256Sha256,
        Self::Ed25519,
        Self::Sm4Gcm,
        Self::RsaPkcs1Sha256(RsaSize::Bits2048),
        Self::RsaPkcs1Sha256(RsaSize::Bits3072),
        Self::RsaPssSha256(RsaSize::Bits2048),
        Self::RsaPssSha256(RsaSize::Bits3072),
    ];

    /// The word that configuration and messages use, such as `sm2-sm3`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sm2Sm3 => "sm2-sm3",
            Self::EcdsaP256Sha256 => "ecdsa-p256-sha256",
            Self::Ed25519 => "ed25519",
            Self::Sm4Gcm => "sm4-gcm",
            Self::RsaPkcs1Sha256(RsaSize::Bits2048) => "rsa2048-pkcs1-sha256",
            Self::RsaPkcs1Sha256(RsaSize::Bits3072) => "rsa3072-pkcs1-sha256",
            Self::RsaPssSha256(RsaSize::Bits2048) => "rsa2048-pss-sha256",
            Self::RsaPssSha256(RsaSize::Bits3072) => "rsa3072-pss-sha256",
        }
    }

    /// Its number in files and on the wire, from 1.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Sm2Sm3 => 1,
            Self::EcdsaP256Sha256 => 2,
            Self::Ed25519 => 3,
            Self::Sm4Gcm => 4,
            Self::RsaPkcs1Sha256(RsaSize::Bits2048) => 5,
            Self::RsaPkcs1Sha256(RsaSize::Bits3072) => 6,
            Self::RsaPssSha256(RsaSize::Bits2048) => 7,
            Self::RsaPssSha256(RsaSize::Bits3072) => 8,
        }
    }

    /// The algorithm of a number.
    pub(crate) fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.number() == number)
    }

    /// What a key of this kind can do: sign, or wrap.
    pub const fn uses(self) -> &'static [Use] {
        match self {
            Self::Sm4Gcm => &[Use::Wrap],
            _ => &[Use::Sign],
        }
    }

    /// Whether a digest can be signed. Ed25519 runs over the message twice and takes
    /// no digest (RFC 8032, 5.1.6).
    pub const fn signs_digests(self) -> bool {
        !matches!(self, Self::Ed25519 | Self::Sm4Gcm)
    }

    /// Whether a public key is of this kind.
    pub const fn fits(self, key: &PublicKey) -> bool {
        matches!(
            (self, key),
            (Self::Sm2Sm3, PublicKey::Sm2(_))
                | (Self::EcdsaP256Sha256, PublicKey::P256(_))
                | (Self::RsaPkcs1Sha256(_) | Self::RsaPssSha256(_), PublicKey::Rsa(_))
                | (Self::Ed25519, PublicKey::Ed25519(_))
        )
    }
}

impl From<Suite> for KeyAlgorithm {
    fn from(suite: Suite) -> Self {
        match suite {
            Suite::Sm2 => Self::Sm2Sm3,
            Suite::P256 => Self::EcdsaP256Sha256,
        }
    }
}

impl fmt::Display for KeyAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A word that names no algorithm.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "no such key algorithm: one of sm2-sm3, ecdsa-p256-sha256, ed25519, sm4-gcm, \
     rsa2048-pkcs1-sha256, rsa3072-pkcs1-sha256, rsa2048-pss-sha256, rsa3072-pss-sha256 is wanted"
)]
pub struct UnknownAlgorithm;

impl FromStr for KeyAlgorithm {
    type Err = UnknownAlgorithm;

    fn from_str(word: &str) -> Result<Self, UnknownAlgorithm> {
        Self::ALL.into_iter().find(|algorithm| algorithm.word() == word).ok_or(UnknownAlgorithm)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn algorithms_have_words_and_numbers() {
        for (place, algorithm) in KeyAlgorithm::ALL.into_iter().enumerate() {
            assert_eq!(algorithm.word().parse(), Ok(algorithm));
            assert_eq!(usize::from(algorithm.number()), place + 1);
            assert_eq!(KeyAlgorithm::from_number(algorithm.number()), Some(algorithm));
            assert!(UnknownAlgorithm.to_string().contains(algorithm.word()));
        }
        assert_eq!("SM2".parse::<KeyAlgorithm>(), Err(UnknownAlgorithm));
        assert_eq!((KeyAlgorithm::from_number(0), KeyAlgorithm::from_number(9)), (None, None));
    }
}
