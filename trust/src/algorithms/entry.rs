//! One entry of an algorithm policy.

use super::Asked;
use crate::{base::Day, suite::Algorithm};
use serde::Deserialize;

/// An algorithm that verifies here, by its word in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AlgorithmName {
    /// SM2 with SM3 (GB/T 32918.2).
    Sm2Sm3,
    /// ECDSA on P-256 with SHA-256.
    EcdsaP256Sha256,
    /// RSA, PKCS#1 v1.5, with SHA-256; 2,048 to 8,192 bits.
    RsaPkcs1Sha256,
    /// RSA, PKCS#1 v1.5, with SHA-1; 1,024 to 8,192 bits. Of stamps and seals only: no
    /// certificate counts with it.
    RsaPkcs1Sha1,
    /// Ed25519.
    Ed25519,
    /// The digest of GB/T 32905.
    Sm3,
    /// The digest.
    Sha256,
}

/// What an algorithm is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Values of stamps and of signed data.
    Stamp,
    /// Values of seals, by their makers.
    Seal,
    /// Values of the certificates between a signer, maker or time stamper and an anchor.
    Certificate,
    /// Digests of referenced files, and of Signature.xml in a stamp.
    Digest,
    /// Values of revocation lists and of answers about single certificates.
    Revocation,
    /// Values of time stamps, and the digests that they are over.
    TimeStamp,
    /// Values of trust lists, by their operators.
    TrustList,
}

/// When an algorithm counts for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlgorithmEntry {
    /// Which one.
    pub algorithm: AlgorithmName,
    /// For what; at least one, and each fits the algorithm.
    pub purposes: Vec<Purpose>,
    /// The first day, of Beijing; `None` for any.
    pub from: Option<Day>,
    /// The last day, of Beijing; `None` for no end.
    pub until: Option<Day>,
    /// Bits of an RSA modulus at least.
    pub minimum_bits: Option<u32>,
    /// Once the last day is past: whether a day that is only claimed counts.
    pub claimed_time_counts: bool,
}

/// Why a use does not count, the nearest miss first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Objection {
    /// Its period is over, and nothing proves that it was used within.
    #[error("it counts until {until} only; the time claimed is within that, but nothing proves it")]
    EndedSince {
        /// The last day.
        until: Day,
    },
    /// Used after its last day.
    #[error("it counts until {until} only")]
    Ended {
        /// The last day.
        until: Day,
    },
    /// Used before its first day.
    #[error("it counts from {from} on only")]
    NotYet {
        /// The first day.
        from: Day,
    },
    /// The key is shorter than the policy asks for.
    #[error("the key has {bits} bits, fewer than {minimum}")]
    TooShort {
        /// Of the key.
        bits: u32,
        /// Of the entry.
        minimum: u32,
    },
    /// No entry has it for this purpose.
    #[error("no entry allows it for this")]
    NotListed,
}

impl AlgorithmName {
    /// Every one.
    pub const ALL: [Self; 7] = [
        Self::Sm2Sm3,
        Self::EcdsaP256Sha256,
        Self::RsaPkcs1Sha256,
        Self::RsaPkcs1Sha1,
        Self::Ed25519,
        Self::Sm3,
        Self::Sha256,
    ];

    /// The word in the file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sm2Sm3 => "sm2-sm3",
            Self::EcdsaP256Sha256 => "ecdsa-p256-sha256",
            Self::RsaPkcs1Sha256 => "rsa-pkcs1-sha256",
            Self::RsaPkcs1Sha1 => "rsa-pkcs1-sha1",
            Self::Ed25519 => "ed25519",
            Self::Sm3 => "sm3",
            Self::Sha256 => "sha256",
        }
    }

    /// Whether it can be used so.
    pub const fn fits(self, purpose: Purpose) -> bool {
        match self {
            Self::Sm3 | Self::Sha256 => matches!(purpose, Purpose::Digest | Purpose::TimeStamp),
            Self::RsaPkcs1Sha1 => matches!(purpose, Purpose::Stamp | Purpose::Seal),
            Self::Sm2Sm3 => !matches!(purpose, Purpose::Digest),
            // trust lists are signed with SM2 and nothing else
            Self::EcdsaP256Sha256 | Self::RsaPkcs1Sha256 | Self::Ed25519 => {
                !matches!(purpose, Purpose::Digest | Purpose::TrustList)
            }
        }
    }

    /// The shortest and the longest key that is verified here, where keys differ.
    pub const fn sizes(self) -> Option<(u32, u32)> {
        match self {
            Self::RsaPkcs1Sha256 => Some((2048, 8192)),
            Self::RsaPkcs1Sha1 => Some((1024, 8192)),
            Self::Sm2Sm3 | Self::EcdsaP256Sha256 | Self::Ed25519 | Self::Sm3 | Self::Sha256 => None,
        }
    }
}

impl From<Algorithm> for AlgorithmName {
    fn from(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Sm2Sm3 => Self::Sm2Sm3,
            Algorithm::EcdsaSha256 => Self::EcdsaP256Sha256,
            Algorithm::RsaSha256 => Self::RsaPkcs1Sha256,
            Algorithm::RsaSha1 => Self::RsaPkcs1Sha1,
            Algorithm::Ed25519 => Self::Ed25519,
        }
    }
}

impl Purpose {
    /// Every one.
    pub const ALL: [Self; 7] =
        [Self::Stamp, Self::Seal, Self::Certificate, Self::Digest, Self::Revocation, Self::TimeStamp, Self::TrustList];
}

impl AlgorithmEntry {
    /// Whether this entry allows a use of its algorithm and purpose.
    ///
    /// # Errors
    /// What it has against it.
    pub fn allows(&self, asked: &Asked) -> Result<(), Objection> {
        if let Some(minimum) = self.minimum_bits.filter(|minimum| asked.bits < *minimum) {
            return Err(Objection::TooShort { bits: asked.bits, minimum });
        }
        if let Some(from) = self.from.filter(|from| asked.at < from.begins()) {
            return Err(Objection::NotYet { from });
        }
        match self.until {
            Some(until) if asked.at >= until.ends() => Err(Objection::Ended { until }),
            Some(until) if asked.now >= until.ends() && !self.claimed_time_counts => {
                let is_within = asked.proven.is_some_and(|proven| proven < until.ends());
                if is_within { Ok(()) } else { Err(Objection::EndedSince { until }) }
            }
            _ => Ok(()),
        }
    }
}

impl Objection {
    /// The code of the check that does not count.
    pub const fn code(self) -> &'static str {
        match self {
            Self::EndedSince { .. } => "algorithm_ended_since",
            Self::Ended { .. } => "algorithm_ended",
            Self::NotYet { .. } => "algorithm_not_yet",
            Self::TooShort { .. } => "algorithm_key_too_short",
            Self::NotListed => "algorithm_not_listed",
        }
    }

    /// The code of the warning.
    pub const fn warning(self) -> &'static str {
        match self {
            Self::EndedSince { .. } => "algorithm.ended_since",
            Self::Ended { .. } => "algorithm.ended",
            Self::NotYet { .. } => "algorithm.not_yet",
            Self::TooShort { .. } => "algorithm.key_too_short",
            Self::NotListed => "algorithm.not_listed",
        }
    }

    /// The same in Chinese, to follow the name of the algorithm.
    pub fn zh(self) -> String {
        match self {
            Self::EndedSince { until } => {
                format!("只认可到 {until} 为止；声明的时间在此之前，但没有时间戳证明")
            }
            Self::Ended { until } => format!("只认可到 {until} 为止，使用在此之后"),
            Self::NotYet { from } => format!("自 {from} 起才认可，使用在此之前"),
            Self::TooShort { bits, minimum } => format!("的密钥只有 {bits} 位，少于要求的 {minimum} 位"),
            Self::NotListed => "不在认可之列".to_owned(),
        }
    }
}
