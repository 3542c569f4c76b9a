//! What the payload of a printed code proves about a print.
//!
//! 1 Base32 · 2 envelope · 3 a known key · 4 its signature · 5 statement · 6 the key's
//! period at the instant of signing · 7 that instant not in the future · then, with
//! what is read off the paper, 8 the digest.

use super::{PrintedFacts, member};
use crate::{
    base::Moment,
    code::{
        CodeKeys, EnvelopeFault, KeyId, Payload, PayloadFault, ShortCode,
        cbor::{self, Reader},
        envelope::{self, BUDGET, Envelope, Kind},
    },
    sm::sm3,
};

/// A printed code that was signed, before the paper is held against it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GenuinePrint {
    /// The key that signed it.
    pub key: KeyId,
    /// When it was signed; whole seconds.
    pub signed_at: Moment,
    digest: sm3::Digest,
    code: ShortCode,
}

/// Why the payload of a printed code is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrintFault {
    /// No Base32.
    #[error(transparent)]
    Payload(#[from] PayloadFault),
    /// No code of this kind.
    #[error(transparent)]
    Envelope(#[from] EnvelopeFault),
    /// Nobody vouches for the key that is named. Nothing can be said about the print.
    #[error("nobody vouches for the key {0}")]
    UnknownKey(KeyId),
    /// The signature is not the key's over this statement.
    #[error("the code was altered: the issuer's signature does not hold")]
    Altered,
    /// The issuer's key signed what is no statement.
    #[error("signed, but no statement: {0}")]
    Statement(#[from] PrintStatementFault),
    /// Signed when the key did not count. Nothing can be said about the print.
    #[error("the key {key} does not count at {signed_at}")]
    KeyPeriod {
        /// The key.
        key: KeyId,
        /// As the statement says.
        signed_at: Moment,
    },
    /// Signed in the future.
    #[error("signed {signed_at}, which is to come")]
    NotYet {
        /// As the statement says.
        signed_at: Moment,
    },
}

/// Why octets are no statement about a print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrintStatementFault {
    /// Not the CBOR that belongs there.
    #[error(transparent)]
    Cbor(#[from] cbor::Fault),
    /// A member that this version does not have.
    #[error("member {0} is not known")]
    UnknownMember(u64),
    /// A member that has to be there.
    #[error("the {0} is missing")]
    Missing(&'static str),
    /// Not 32 octets.
    #[error("a digest has 32 octets, not {0}")]
    Digest(usize),
    /// Outside the calendar.
    #[error("the instant of signing is not in the calendar")]
    Calendar,
}

/// The paper is not what was signed. One digest stands for all three facts: a misread
/// character shows like an edited one, so they are to be read again first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("name, number or last day are not what was issued with this code")]
pub struct Differs;

/// Checks what stands behind the printed `code` by the keys that somebody vouches for,
/// as of `now`, where clocks may differ by `clock_skew_seconds`.
///
/// # Errors
/// [`PrintFault`], the first in the order of the module's steps.
pub fn check(
    code: &ShortCode,
    payload: &Payload,
    keys: &(impl CodeKeys + ?Sized),
    now: Moment,
    clock_skew_seconds: u32,
) -> Result<GenuinePrint, PrintFault> {
    let octets = payload.octets()?;
    let envelope = Envelope::read(&octets, Kind::Printed)?;
    let key = keys.find(envelope.key).ok_or(PrintFault::UnknownKey(envelope.key))?;
    if !envelope.is_signed_by(key.public()) {
        return Err(PrintFault::Altered);
    }
    let (digest, signed_at) = statement(envelope.statement)?;
    if !key.counts_at(signed_at) {
        return Err(PrintFault::KeyPeriod { key: envelope.key, signed_at });
    }
    if signed_at.unix_milliseconds() - now.unix_milliseconds() > i64::from(clock_skew_seconds) * 1000 {
        return Err(PrintFault::NotYet { signed_at });
    }
    Ok(GenuinePrint { key: envelope.key, signed_at, digest, code: code.clone() })
}

/// Step 5: the digest, and the instant of signing.
pub(super) fn statement(octets: &[u8]) -> Result<(sm3::Digest, Moment), PrintStatementFault> {
    let mut reader = Reader::new(octets, &BUDGET)?;
    let mut map = reader.map()?;
    let (mut digest, mut signed_at) = (None, None);
    while let Some(key) = map.key(&mut reader)? {
        match key {
            member::DIGEST => {
                let octets = reader.bytes()?;
                digest = Some(octets.try_into().map_err(|_| PrintStatementFault::Digest(octets.len()))?);
            }
            member::SIGNED_AT => {
                signed_at = Some(envelope::moment(reader.unsigned()?).ok_or(PrintStatementFault::Calendar)?);
            }
            unknown => return Err(PrintStatementFault::UnknownMember(unknown)),
        }
    }
    reader.finish()?;
    let digest = digest.ok_or(PrintStatementFault::Missing("digest"))?;
    Ok((digest, signed_at.ok_or(PrintStatementFault::Missing("instant of signing"))?))
}

impl PrintFault {
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
        }
    }
}

impl GenuinePrint {
    /// Holds what is read off the paper against what was signed.
    ///
    /// # Errors
    /// [`Differs`].
    pub fn compare(&self, facts: &PrintedFacts<'_>) -> Result<(), Differs> {
        if facts.digest(&self.code) == self.digest { Ok(()) } else { Err(Differs) }
    }
}
