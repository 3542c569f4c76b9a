//! The suites in which certificates, lists, seals and stamps are made: the
//! national one, and P-256 for what crosses a border (`docs/adr/0021-cross-border-suite.md`).

use super::PublicKey;
use crate::asn1::{Oid, oids};
use core::{fmt, str::FromStr};
use serde::Deserialize;

/// A suite to make things in. What verifies is wider ([`super::Algorithm`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Suite {
    /// SM2 on sm2p256v1 over SM3 (GB/T 32918.2).
    #[default]
    Sm2,
    /// ECDSA on P-256 over SHA-256 (FIPS 186-5): values and key identifiers only.
    /// Documents are digested with SM3 all the same.
    P256,
}

impl Suite {
    /// Both, the national one first.
    pub const ALL: [Self; 2] = [Self::Sm2, Self::P256];

    /// The word in the configuration.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sm2 => "sm2",
            Self::P256 => "p256",
        }
    }

    /// The suite of a key; none for RSA, Ed25519 and points that are not written
    /// whole (04 || x || y).
    pub fn of(key: &PublicKey) -> Option<Self> {
        match key {
            PublicKey::Sm2(_) => Some(Self::Sm2),
            PublicKey::P256(point) if point.len() == 65 && point.first() == Some(&4) => Some(Self::P256),
            PublicKey::P256(_) | PublicKey::Rsa(_) | PublicKey::Ed25519(_) => None,
        }
    }

    /// The suite of a signature algorithm, by the one OID that is written for it.
    pub fn of_algorithm(oid: Oid<'_>) -> Option<Self> {
        Self::ALL.into_iter().find(|suite| suite.algorithm() == oid)
    }

    /// The signature algorithm: 1.2.156.10197.1.501 or 1.2.840.10045.4.3.2. Its
    /// parameters are absent (GM/T 0015, RFC 5758 3.2).
    pub const fn algorithm(self) -> Oid<'static> {
        match self {
            Self::Sm2 => oids::SM2_SM3,
            Self::P256 => oids::ECDSA_SHA256,
        }
    }

    /// The curve: 1.2.156.10197.1.301 or 1.2.840.10045.3.1.7.
    pub const fn curve(self) -> Oid<'static> {
        match self {
            Self::Sm2 => oids::SM2_CURVE,
            Self::P256 => oids::P256,
        }
    }
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A word that names no suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such suite: sm2 or p256 is wanted")]
pub struct UnknownSuite;

impl FromStr for Suite {
    type Err = UnknownSuite;

    fn from_str(word: &str) -> Result<Self, UnknownSuite> {
        Self::ALL.into_iter().find(|suite| suite.word() == word).ok_or(UnknownSuite)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_oids() {
        for suite in Suite::ALL {
            assert_eq!(suite.word().parse(), Ok(suite));
            assert_eq!(Suite::of_algorithm(suite.algorithm()), Some(suite));
        }
        assert_eq!("P-256".parse::<Suite>(), Err(UnknownSuite));
        assert_eq!(Suite::P256.algorithm().to_string(), "1.2.840.10045.4.3.2");
        assert_eq!(Suite::P256.curve().to_string(), "1.2.840.10045.3.1.7");
        // read, and never written
        assert_eq!(Suite::of_algorithm(oids::SM2_SIGN), None);
    }

    #[test]
    fn only_whole_points_of_both_curves_make() {
        let of = |point: &[u8]| Suite::of(&PublicKey::P256(point.into()));
        assert_eq!(of(&[4; 65]), Some(Suite::P256));
        assert_eq!((of(&[3; 33]), of(&[3; 65]), of(&[])), (None, None, None));
        assert_eq!(Suite::of(&PublicKey::Ed25519([4; 65].into())), None);
    }
}
