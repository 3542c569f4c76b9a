//! What an offline code proves.
//!
//! 1 Base32 · 2 envelope · 3 a known key · 4 its signature · 5 statement · 6 the key's
//! period at the state date · 7 state date not in the future · 8 not expired ·
//! 9 the device's signature over a fresh time.
//!
//! Nothing of a statement is read before its signature holds. Steps 1 to 8 and a
//! proof that is wrong refuse the code; a proof that is not there or not fresh leaves
//! it genuine and says that it may be a picture.

use super::{OfflineStatement, StatementFault, read};
use crate::{
    base::{Day, Moment},
    code::{
        CodeKeys, EnvelopeFault, KeyId, Payload, PayloadFault,
        envelope::{Envelope, Kind, Proof},
    },
    licence::Expiry,
    suite::{self, SignatureValue},
};

/// What a locality decided on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfflinePolicy {
    /// How old a device's proof may be, in seconds.
    pub proof_seconds: u32,
    /// How far clocks may differ, in seconds: the issuer's, the device's, the scanner's.
    pub clock_skew_seconds: u32,
}

impl Default for OfflinePolicy {
    /// One minute, five minutes.
    fn default() -> Self {
        Self { proof_seconds: 60, clock_skew_seconds: 300 }
    }
}

/// A code whose issuer signed it and that counts now. It says how the licence stood at
/// its state date, and is shown as that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Genuine {
    /// What it says.
    pub statement: OfflineStatement,
    /// The key that signed it.
    pub key: KeyId,
    /// Whether the device that may show it shows it now.
    pub presence: Presence,
}

/// Whether a code is shown live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// The device signed a fresh time.
    Live {
        /// That time, by the device's clock.
        at: Moment,
        /// By which [`super::SeenProofs`] knows the proof.
        proof: ProofId,
    },
    /// Nobody proved it: it may be a picture of a code.
    Unproven(Unproven),
}

/// Why a code is not known to be shown live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// Made for no device.
    #[error("the code was made for no device")]
    NoDevice,
    /// The device's proof is not there.
    #[error("the device that may show the code has not signed")]
    NoProof,
    /// Signed too long ago: a picture, or a page that stands still.
    #[error("the device signed {at}, too long ago: a picture of the code")]
    Stale {
        /// By the device's clock.
        at: Moment,
    },
    /// Signed for a time to come: made beforehand, or the device's clock is wrong.
    #[error("the device signed {at}, which is to come: made beforehand, or its clock is wrong")]
    Ahead {
        /// By the device's clock.
        at: Moment,
    },
    /// The key is not certified any more.
    #[error("the device key was certified until {until}")]
    DeviceEnded {
        /// Its last instant.
        until: Moment,
    },
}

/// One proof: the digest of what the device signed. Another signature over the same
/// is the same proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProofId(pub(super) [u8; 32]);

/// Why a code is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OfflineFault {
    /// No Base32.
    #[error(transparent)]
    Payload(#[from] PayloadFault),
    /// No code of this kind.
    #[error(transparent)]
    Envelope(#[from] EnvelopeFault),
    /// Nobody vouches for the key that is named. Nothing can be said about the code.
    #[error("nobody vouches for the key {0}")]
    UnknownKey(KeyId),
    /// The signature is not the key's over this statement.
    #[error("the code was altered: the issuer's signature does not hold")]
    Altered,
    /// The issuer's key signed what is no statement.
    #[error("signed, but no statement: {0}")]
    Statement(#[from] StatementFault),
    /// Signed when the key did not count. Nothing can be said about the code.
    #[error("the key {key} does not count at {as_of}")]
    KeyPeriod {
        /// The key.
        key: KeyId,
        /// The state date.
        as_of: Moment,
    },
    /// The state date is to come.
    #[error("the code says how the licence stands at {as_of}, which is to come")]
    NotYet {
        /// The state date.
        as_of: Moment,
    },
    /// The code ended.
    #[error("the code expired {at}")]
    Expired {
        /// Its last instant.
        at: Moment,
    },
    /// The licence itself ended.
    #[error("the licence ended with {last}")]
    LicenceEnded {
        /// Its last day.
        last: Day,
    },
    /// A proof that is not the device's over this code and this time.
    #[error("the proof is not the device's over this code and its time")]
    WrongProof,
}

/// What a refusal means for whoever looks at the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Cut, misread, or no code of ours at all: scan again.
    Unreadable,
    /// Somebody changed it: do not accept.
    Altered,
    /// Too old or too new: ask for a fresh one.
    Outdated,
    /// It cannot be checked here, which says nothing against it.
    CannotCheck,
}

impl OfflineFault {
    /// A stable word for interfaces and records.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Payload(fault) => fault.code(),
            Self::Envelope(fault) => fault.code(),
            Self::UnknownKey(_) => "unknown_key",
            Self::Altered => "altered",
            Self::Statement(_) => "no_statement",
            Self::KeyPeriod { .. } => "key_period",
            Self::NotYet { .. } => "not_yet",
            Self::Expired { .. } => "expired",
            Self::LicenceEnded { .. } => "licence_ended",
            Self::WrongProof => "wrong_proof",
        }
    }

    /// What it means.
    pub const fn kind(&self) -> FaultKind {
        match self {
            Self::Payload(_) => FaultKind::Unreadable,
            // a later version is no offence of whoever shows it
            Self::Envelope(EnvelopeFault::Kind(_)) => FaultKind::CannotCheck,
            Self::Envelope(_) => FaultKind::Unreadable,
            Self::UnknownKey(_) | Self::KeyPeriod { .. } | Self::Statement(_) => FaultKind::CannotCheck,
            Self::Altered | Self::WrongProof => FaultKind::Altered,
            Self::NotYet { .. } | Self::Expired { .. } | Self::LicenceEnded { .. } => FaultKind::Outdated,
        }
    }
}

impl Unproven {
    /// A stable word for interfaces and records.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoDevice => "no_device",
            Self::NoProof => "no_proof",
            Self::Stale { .. } => "proof_stale",
            Self::Ahead { .. } => "proof_ahead",
            Self::DeviceEnded { .. } => "device_ended",
        }
    }
}

/// Checks a code by the keys that somebody vouches for, as of `now`.
///
/// # Errors
/// [`OfflineFault`], the first in the order of the module's steps.
pub fn check(
    payload: &Payload,
    keys: &(impl CodeKeys + ?Sized),
    now: Moment,
    policy: &OfflinePolicy,
) -> Result<Genuine, OfflineFault> {
    let octets = payload.octets()?;
    let envelope = Envelope::read(&octets, Kind::Offline)?;
    let key = keys.find(envelope.key).ok_or(OfflineFault::UnknownKey(envelope.key))?;
    if !envelope.is_signed_by(key.public()) {
        return Err(OfflineFault::Altered);
    }
    let statement = read::statement(envelope.statement)?;
    if !key.counts_at(statement.as_of) {
        return Err(OfflineFault::KeyPeriod { key: envelope.key, as_of: statement.as_of });
    }
    let skew = i64::from(policy.clock_skew_seconds) * 1000;
    if milliseconds(now, statement.as_of) > skew {
        return Err(OfflineFault::NotYet { as_of: statement.as_of });
    }
    match statement.licence_until {
        Expiry::After(last) if milliseconds(last.ends(), now) > skew => {
            return Err(OfflineFault::LicenceEnded { last });
        }
        _ if milliseconds(statement.expires(), now) > skew => {
            return Err(OfflineFault::Expired { at: statement.expires() });
        }
        _ => {}
    }
    let presence = presence(&envelope, &statement, now, policy)?;
    Ok(Genuine { statement, key: envelope.key, presence })
}

/// Step 9.
fn presence(
    envelope: &Envelope<'_>,
    statement: &OfflineStatement,
    now: Moment,
    policy: &OfflinePolicy,
) -> Result<Presence, OfflineFault> {
    let (device, Proof { at, value }) = match (&statement.device, envelope.proof) {
        (Some(device), Some(proof)) => (device, proof),
        (Some(_), None) => return Ok(Presence::Unproven(Unproven::NoProof)),
        (None, None) => return Ok(Presence::Unproven(Unproven::NoDevice)),
        // signed by a device that nobody certified
        (None, Some(_)) => return Err(OfflineFault::WrongProof),
    };
    let message = envelope.proof_message(at);
    if !device.key.made(&message, &SignatureValue::ecdsa_from_raw(&value)) {
        return Err(OfflineFault::WrongProof);
    }
    let skew = i64::from(policy.clock_skew_seconds) * 1000;
    let (age, oldest) = (milliseconds(at, now), i64::from(policy.proof_seconds) * 1000);
    Ok(match statement.device_expires() {
        Some(until) if milliseconds(until, now) > skew => Presence::Unproven(Unproven::DeviceEnded { until }),
        _ if age > oldest + skew => Presence::Unproven(Unproven::Stale { at }),
        _ if age < -skew => Presence::Unproven(Unproven::Ahead { at }),
        _ => Presence::Live { at, proof: ProofId(suite::sha256(&message)) },
    })
}

/// From one instant to another.
const fn milliseconds(from: Moment, to: Moment) -> i64 {
    to.unix_milliseconds() - from.unix_milliseconds()
}
