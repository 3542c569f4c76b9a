//! The array around a statement: kind, key, statement, the key's signature, and
//! where a device has proved itself, when, and its signature.
//!
//! ```text
//! [ kind, key id (8), statement, signature (64) ]
//! [ kind, key id (8), statement, signature (64), time, proof (64) ]
//! ```
//!
//! The key signs [`Kind::domain`] and the statement. A device signs its own domain,
//! the SHA-256 of everything from the kind to the signature, and the time: so neither
//! signature can stand for the other, or for one of another kind.

use super::{
    KeyId,
    cbor::{Budget, Fault, Reader, Writer},
    payload::LONGEST_PAYLOAD,
};
use crate::{
    base::Moment,
    sm::{Signature, sm2},
    suite,
};

/// What a code may cost to read: the octets of the longest payload, and more items
/// than any code has.
pub(super) const BUDGET: Budget = Budget { octets: LONGEST_PAYLOAD * 5 / 8, items: 32 };

/// What a device's message begins with.
const PROOF_DOMAIN: &[u8] = b"yinxin offline code proof 1\0";

/// What a statement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An offline code, version 1.
    Offline = 1,
    /// The digest in a printed code, version 1.
    Printed = 2,
}

/// Why octets are no envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeFault {
    /// Not the CBOR that belongs there.
    #[error(transparent)]
    Cbor(#[from] Fault),
    /// Neither four nor six items, or a proof where none belongs.
    #[error("a code of this kind has no {0} items")]
    Items(u64),
    /// Another kind of code, or one of a later version.
    #[error("kind {0} of code is not read here")]
    Kind(u64),
    /// A key id, signature or proof of another length.
    #[error("the {what} has {found} octets, not {due}")]
    Length {
        /// Which one.
        what: &'static str,
        /// Octets that are there.
        found: usize,
        /// Octets that belong there.
        due: usize,
    },
    /// A time past the year 9999.
    #[error("the time of the proof is not in the calendar")]
    Time,
}

/// What was read; nothing of it was verified.
#[derive(Debug)]
pub(super) struct Envelope<'a> {
    kind: Kind,
    pub(super) key: KeyId,
    pub(super) statement: &'a [u8],
    signature: [u8; 64],
    pub(super) proof: Option<Proof>,
    /// From the kind to the signature.
    certified: &'a [u8],
}

/// What a device says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Proof {
    /// When, whole seconds.
    pub(super) at: Moment,
    /// r || s.
    pub(super) value: [u8; 64],
}

impl EnvelopeFault {
    /// A stable word for interfaces and records.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Cbor(fault) => fault.offence.code(),
            Self::Items(_) | Self::Length { .. } | Self::Time => "no_envelope",
            Self::Kind(_) => "other_kind_of_code",
        }
    }
}

impl Kind {
    /// What the signed message begins with.
    const fn domain(self) -> &'static [u8] {
        match self {
            Self::Offline => b"yinxin offline code 1\0",
            Self::Printed => b"yinxin printed code 1\0",
        }
    }

    /// What the key signs.
    pub(super) fn message(self, statement: &[u8]) -> Vec<u8> {
        [self.domain(), statement].concat()
    }
}

impl<'a> Envelope<'a> {
    /// Reads octets of this kind.
    pub(super) fn read(octets: &'a [u8], kind: Kind) -> Result<Self, EnvelopeFault> {
        let mut reader = Reader::new(octets, &BUDGET)?;
        let items = reader.array()?;
        let begin = reader.at();
        let found = reader.unsigned()?;
        if found != kind as u64 {
            return Err(EnvelopeFault::Kind(found));
        }
        if !(items == 4 || (items == 6 && kind == Kind::Offline)) {
            return Err(EnvelopeFault::Items(items));
        }
        let key = KeyId(sized("key id", reader.bytes()?)?);
        let statement = reader.bytes()?;
        let signature = sized("signature", reader.bytes()?)?;
        let certified = octets.get(begin..reader.at()).unwrap_or_default();
        let proof = match items {
            4 => None,
            _ => {
                let at = moment(reader.unsigned()?).ok_or(EnvelopeFault::Time)?;
                Some(Proof { at, value: sized("proof", reader.bytes()?)? })
            }
        };
        reader.finish()?;
        Ok(Self { kind, key, statement, signature, proof, certified })
    }

    /// Whether the key signed the statement.
    pub(super) fn is_signed_by(&self, key: &sm2::PublicKey) -> bool {
        let (r, s) = self.signature.split_at(32);
        let (Ok(r), Ok(s)) = (r.try_into(), s.try_into()) else { return false };
        Signature::from_numbers(r, s)
            .is_ok_and(|signature| key.verify(sm2::DEFAULT_ID, &self.kind.message(self.statement), &signature))
    }

    /// What the device signs for a time.
    pub(super) fn proof_message(&self, at: Moment) -> Vec<u8> {
        let digest = suite::sha256(self.certified);
        [PROOF_DOMAIN, &digest, &at.unix_seconds().to_be_bytes()].concat()
    }

    /// The octets with this proof: what a browser writes too.
    pub(super) fn with_proof(&self, proof: &Proof) -> Vec<u8> {
        let mut head = Writer::new();
        head.array(6);
        let mut tail = Writer::new();
        tail.unsigned(proof.at.unix_seconds().unsigned_abs());
        tail.bytes(&proof.value);
        [&head.finish(), self.certified, &tail.finish()].concat()
    }
}

/// The octets without a proof.
pub(super) fn write(kind: Kind, key: KeyId, statement: &[u8], signature: &Signature) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.array(4);
    writer.unsigned(kind as u64);
    writer.bytes(&key.0);
    writer.bytes(statement);
    writer.bytes(&signature.to_raw());
    writer.finish()
}

/// Octets of an envelope around a statement of so many.
pub(super) fn size(statement: usize, proof: bool) -> usize {
    let nobody = Signature::of_nobody();
    let without = write(Kind::Offline, KeyId([0; 8]), &vec![0; statement], &nobody).len();
    // the time takes five octets until 2106, then nine
    without + if proof { 5 + 2 + nobody.to_raw().len() } else { 0 }
}

/// An instant of whole seconds since 1970.
pub(super) fn moment(seconds: u64) -> Option<Moment> {
    i64::try_from(seconds).ok().and_then(|seconds| Moment::from_unix_seconds(seconds).ok())
}

fn sized<const N: usize>(what: &'static str, octets: &[u8]) -> Result<[u8; N], EnvelopeFault> {
    octets.try_into().map_err(|_| EnvelopeFault::Length { what, found: octets.len(), due: N })
}
