//! What is said about a key: its reference, purpose, uses, limits and state.

mod algorithm;
mod pkcs11_uri;
mod reference;

pub use algorithm::{KeyAlgorithm, RsaSize, UnknownAlgorithm};
pub use pkcs11_uri::{ObjectKind, Pkcs11Uri};
pub use reference::{DeviceName, KeyId, KeyReference, ReferenceError, SdfPlace, SdfReference};

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
    /// Signs the service's own records: checkpoints of the log, exports; wraps data at rest.
    Data,
    /// Signs an operator's trust list (信任列表).
    TrustList,
    /// Signs what a register answers about licences to other localities.
    Status,
    /// Signs time stamps (时间戳).
    TimeStamp,
    /// Signs answers about certificates (OCSP).
    Ocsp,
    /// Signs letters in the name of a natural person (自然人签名), whose key it is.
    Person,
}

impl Purpose {
    /// All purposes, in the order of their numbers in files and on the wire.
    pub const ALL: [Self; 10] = [
        Self::Ca,
        Self::SealMaker,
        Self::Stamper,
        Self::Receipts,
        Self::Data,
        Self::TrustList,
        Self::Status,
        Self::TimeStamp,
        Self::Ocsp,
        Self::Person,
    ];

    /// The word that configuration and messages use, such as `seal-maker`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ca => "ca",
            Self::SealMaker => "seal-maker",
            Self::Stamper => "stamper",
            Self::Receipts => "receipts",
            Self::Data => "data",
            Self::TrustList => "trust-list",
            Self::Status => "status",
            Self::TimeStamp => "time-stamp",
            Self::Ocsp => "ocsp",
            Self::Person => "person",
        }
    }

    /// Its number in files and on the wire, from 1.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Ca => 1,
            Self::SealMaker => 2,
            Self::Stamper => 3,
            Self::Receipts => 4,
            Self::Data => 5,
            Self::TrustList => 6,
            Self::Status => 7,
            Self::TimeStamp => 8,
            Self::Ocsp => 9,
            Self::Person => 10,
        }
    }

    /// The purpose of a number.
    pub(crate) fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.number() == number)
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A word that names no purpose.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "no such key purpose: one of ca, seal-maker, stamper, receipts, data, trust-list, status, time-stamp, ocsp, person is wanted"
)]
pub struct UnknownPurpose;

impl FromStr for Purpose {
    type Err = UnknownPurpose;

    fn from_str(word: &str) -> Result<Self, UnknownPurpose> {
        Self::ALL.into_iter().find(|purpose| purpose.word() == word).ok_or(UnknownPurpose)
    }
}

/// What may be done with a private or secret key, within its purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Use {
    /// Sign a digest or a message.
    Sign,
    /// Wrap data at rest, and unwrap it.
    Wrap,
}

impl fmt::Display for Use {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sign => "sign",
            Self::Wrap => "wrap",
        })
    }
}

/// Whether a key is in service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyState {
    /// It does what its uses allow.
    Active,
    /// It does nothing until it is resumed.
    Suspended,
    /// It is gone for good; its reference is never used again.
    Destroyed,
}

impl fmt::Display for KeyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Destroyed => "destroyed",
        })
    }
}

/// How long and how often a key may be used. The default limits nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// The first instant at which it may be used.
    pub not_before: Option<Moment>,
    /// The last instant at which it may be used. Unwrapping stays possible: data at
    /// rest outlives the key's period.
    pub not_after: Option<Moment>,
    /// How many times it may sign or wrap, over its whole life. Unwrapping is not counted.
    pub most_uses: Option<u64>,
}

/// What a key to be made, or taken over from a device, shall be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyOrder {
    /// Kind of key.
    pub algorithm: KeyAlgorithm,
    /// What it will be for.
    pub purpose: Purpose,
    /// How long and how often it may be used.
    pub limits: Limits,
    /// Where the custody shall put it. Drivers that choose the place themselves refuse
    /// a wish, and those that cannot choose refuse its absence.
    pub place: Option<KeyReference>,
}

impl KeyOrder {
    /// A key without limits, at a place that the custody chooses.
    pub const fn new(algorithm: KeyAlgorithm, purpose: Purpose) -> Self {
        let limits = Limits { not_before: None, not_after: None, most_uses: None };
        Self { algorithm, purpose, limits, place: None }
    }

    /// An SM2 key for `purpose`.
    pub const fn sm2(purpose: Purpose) -> Self {
        Self::new(KeyAlgorithm::Sm2Sm3, purpose)
    }

    /// The same with limits.
    #[must_use]
    pub fn limited(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The same at a place.
    #[must_use]
    pub fn at_place(mut self, place: KeyReference) -> Self {
        self.place = Some(place);
        self
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
    /// Whether it was in service when it was described.
    pub state: KeyState,
    /// How long and how often it may be used.
    pub limits: Limits,
    /// How often it was used, counted up to when it was described. A count after a loss
    /// of power may be too high, never too low; kept only where [`Limits::most_uses`] is set.
    pub used: Option<u64>,
    /// When it was made, where the custody knows.
    pub created: Option<Moment>,
    /// Its public key; none of a secret key.
    pub public_key: Option<PublicKey>,
}

impl KeyDescription {
    /// A fresh key as its order wanted it.
    pub(crate) fn ordered(
        reference: KeyReference,
        order: &KeyOrder,
        public_key: Option<PublicKey>,
        at: Option<Moment>,
    ) -> Self {
        Self {
            reference,
            algorithm: order.algorithm,
            purpose: order.purpose,
            uses: order.algorithm.uses().into(),
            state: KeyState::Active,
            limits: order.limits,
            used: order.limits.most_uses.map(|_| 0),
            created: at,
            public_key,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_have_words_and_numbers() {
        for purpose in Purpose::ALL {
            assert_eq!(purpose.word().parse(), Ok(purpose));
            assert_eq!(Purpose::from_number(purpose.number()), Some(purpose));
        }
        assert_eq!("CA".parse::<Purpose>(), Err(UnknownPurpose));
        assert_eq!((Purpose::from_number(0), Purpose::from_number(11)), (None, None));
    }
}
