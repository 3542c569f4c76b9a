//! Mandates: what a seal's keeper allows a key to stamp, under the keeper's own signature.
//!
//! A key under sole control signs only what a mandate covers. The keeper signs the mandate
//! on a device of their own; whoever runs the service, or broke into it, can present
//! mandates but not make them. Pure: what has been used already is the daemon's to know.
//!
//! # Mandate, version 1
//!
//! Numbers are big-endian; `short` is two octets of length and the octets.
//!
//! | octets | what |
//! |---|---|
//! | 16 | `yinxin mandate` and two line feeds |
//! | 2 | version: 1 |
//! | 16 | random, so that no two mandates are the same |
//! | short | reference of the key |
//! | short | identifier of the seal (esID), 1 to 128 octets |
//! | 8, 8 | first and last instant, milliseconds since 1970-01-01T00:00:00Z |
//! | 4 | most documents that may be stamped under it, from 1 |
//! | 1 | scope: 1 listed documents, 2 a batch, 3 standing |
//! | | 1: number of digests (2, from 1), the digests, 32 octets each, ascending |
//! | | 2: root of the batch, 32 octets |
//! | | 3: number of licence types (2, from 1), each as `short`, ascending; most in a minute (4, from 1); |
//! | | &nbsp;&nbsp;&nbsp;&nbsp;first and last minute of the day (2, 2); minutes that local time is ahead of UTC (2, signed) |
//!
//! A digest is dataHash of the stamp: SM3 of the document's Signature.xml, which covers all of it.
//! A batch is a Merkle tree over such digests: a leaf is SM3(0 ‖ digest), a node SM3(1 ‖ left ‖ right).
//! The mandate's name is the SM3 of its octets, and that is what the keeper signs.

mod proof;

pub use proof::{Keeper, KeeperFault, MAX_PROOF, Proof, RelyingParty};

use crate::{
    KeyReference, PathStep,
    octets::{Malformed, Put, Take},
};
use yinxin_trust::{base::Moment, sm::sm3};

const MAGIC: &[u8; 16] = b"yinxin mandate\n\n";
const VERSION: u16 = 1;

/// Most octets of a mandate: a thousand digests and what else there is.
pub const MOST_OCTETS: usize = 36 << 10;

/// Most digests that are listed; more go into a batch.
pub const MOST_DIGESTS: usize = 1000;

/// Most licence types of a standing mandate.
const MOST_TYPES: usize = 200;

/// Most steps up a batch: 2^32 leaves.
pub const MOST_STEPS: usize = 32;

/// Minutes of a day.
const DAY: u16 = 24 * 60;

/// What a mandate covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// These documents.
    Digests(Box<[sm3::Digest]>),
    /// The documents of a batch, by its root.
    Batch(sm3::Digest),
    /// Whatever the service approves by itself.
    Standing(Standing),
}

/// How a service may stamp by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Types of licences. The daemon takes the service's word for the type and records it.
    pub licence_types: Box<[Box<str>]>,
    /// Most stamps in any minute.
    pub most_a_minute: u32,
    /// First minute of the local day, 0 to 1439.
    pub from_minute: u16,
    /// Last minute of the local day, not before the first.
    pub to_minute: u16,
    /// Minutes that local time is ahead of UTC, -720 to 840.
    pub ahead_minutes: i16,
}

/// What a keeper allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mandate {
    /// Fresh for every mandate.
    pub random: [u8; 16],
    /// The key that may sign.
    pub key: KeyReference,
    /// The seal that it may stamp with.
    pub seal: Box<str>,
    /// First instant.
    pub from: Moment,
    /// Last instant.
    pub until: Moment,
    /// Most documents. One that is stamped again, after an answer was lost, counts once.
    pub most: u32,
    /// Which.
    pub scope: Scope,
}

/// Why octets are no mandate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MandateFault {
    /// Cut off, too long, or with a value that is not defined.
    #[error("mandate is malformed")]
    Malformed,
    /// Another kind of record, or another version of it.
    #[error("not a mandate of version {VERSION}")]
    Version,
    /// Its bounds contradict each other, or are none.
    #[error("mandate has bounds that cannot be: {0}")]
    Bounds(&'static str),
}

/// Why a mandate does not cover a stamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotCovered {
    /// It is for another key.
    #[error("the mandate is for another key")]
    Key,
    /// It is for another seal.
    #[error("the mandate is for another seal")]
    Seal,
    /// It is not yet valid, or no more.
    #[error("the mandate is not valid now")]
    Expired,
    /// The document is not listed.
    #[error("the mandate does not list this document")]
    Document,
    /// The path does not lead from the document to the batch.
    #[error("the document is not of the mandate's batch")]
    Batch,
    /// No licence type was named, or one that the mandate does not have.
    #[error("the mandate is not for this licence type")]
    LicenceType,
    /// Outside the hours.
    #[error("the mandate is not for this hour")]
    Hour,
}

/// What shall be stamped.
#[derive(Clone, Copy, Debug)]
pub struct Stamping<'a> {
    /// The key.
    pub key: &'a KeyReference,
    /// The seal within the stamp.
    pub seal: &'a str,
    /// dataHash of the stamp.
    pub document: &'a sm3::Digest,
    /// Path within a batch.
    pub path: &'a [PathStep],
    /// Type of licence, as the service says.
    pub licence_type: Option<&'a str>,
    /// Now.
    pub at: Moment,
}

impl From<Malformed> for MandateFault {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

impl Mandate {
    /// Its octets; what is written is read back first.
    ///
    /// # Errors
    /// [`MandateFault`] where there can be no such mandate.
    pub fn to_octets(&self) -> Result<Vec<u8>, MandateFault> {
        let mut out = Put::default();
        out.octets(MAGIC).u16(VERSION).octets(&self.random);
        out.short(self.key.to_string().as_bytes())?.short(self.seal.as_bytes())?;
        out.moment(self.from).moment(self.until).u32(self.most);
        match &self.scope {
            Scope::Digests(digests) => {
                out.u8(1).u16(u16::try_from(digests.len()).map_err(|_| Malformed)?);
                for digest in digests {
                    out.octets(digest);
                }
            }
            Scope::Batch(root) => {
                out.u8(2).octets(root);
            }
            Scope::Standing(standing) => {
                out.u8(3).u16(u16::try_from(standing.licence_types.len()).map_err(|_| Malformed)?);
                for kind in &standing.licence_types {
                    out.short(kind.as_bytes())?;
                }
                out.u32(standing.most_a_minute).u16(standing.from_minute).u16(standing.to_minute);
                out.octets(&standing.ahead_minutes.to_be_bytes());
            }
        }
        Self::parse(&out.0)?;
        Ok(out.0)
    }

    /// Reads a mandate; nothing says yet that a keeper signed it.
    ///
    /// # Errors
    /// [`MandateFault`].
    pub fn parse(octets: &[u8]) -> Result<Self, MandateFault> {
        if octets.len() > MOST_OCTETS {
            return Err(MandateFault::Malformed);
        }
        let mut rest = Take(octets);
        if rest.array::<16>()? != *MAGIC || rest.u16()? != VERSION {
            return Err(MandateFault::Version);
        }
        let random = rest.array()?;
        let key = rest.text()?.parse().map_err(|_| MandateFault::Malformed)?;
        let seal: Box<str> = rest.text()?.into();
        let (from, until, most) = (rest.moment()?, rest.moment()?, rest.u32()?);
        let scope = match rest.u8()? {
            1 => Scope::Digests(digests(&mut rest)?),
            2 => Scope::Batch(rest.array()?),
            3 => Scope::Standing(standing(&mut rest)?),
            _ => return Err(MandateFault::Malformed),
        };
        rest.finish()?;
        if !(1..=128).contains(&seal.len()) {
            return Err(MandateFault::Bounds("the seal has no identifier"));
        }
        if from > until {
            return Err(MandateFault::Bounds("it ends before it begins"));
        }
        if most == 0 {
            return Err(MandateFault::Bounds("it is for no document"));
        }
        Ok(Self { random, key, seal, from, until, most, scope })
    }

    /// The name of a mandate, and the challenge that its keeper signs.
    pub fn name(octets: &[u8]) -> sm3::Digest {
        sm3::digest(octets)
    }

    /// Whether a stamp is covered, but for what was stamped already.
    ///
    /// # Errors
    /// [`NotCovered`].
    pub fn covers(&self, stamping: &Stamping<'_>) -> Result<(), NotCovered> {
        if *stamping.key != self.key {
            return Err(NotCovered::Key);
        }
        if *stamping.seal != *self.seal {
            return Err(NotCovered::Seal);
        }
        if !(self.from..=self.until).contains(&stamping.at) {
            return Err(NotCovered::Expired);
        }
        match &self.scope {
            Scope::Digests(digests) => {
                digests.binary_search(stamping.document).map(drop).map_err(|_| NotCovered::Document)
            }
            Scope::Batch(root) => {
                let reached =
                    stamping.path.len() <= MOST_STEPS && batch_root(stamping.document, stamping.path) == *root;
                if reached { Ok(()) } else { Err(NotCovered::Batch) }
            }
            Scope::Standing(standing) => standing.covers(stamping),
        }
    }
}

impl Standing {
    fn covers(&self, stamping: &Stamping<'_>) -> Result<(), NotCovered> {
        let named = stamping.licence_type.is_some_and(|kind| self.licence_types.iter().any(|known| **known == *kind));
        if !named {
            return Err(NotCovered::LicenceType);
        }
        let minute = stamping.at.unix_seconds().div_euclid(60) + i64::from(self.ahead_minutes);
        let minute = minute.rem_euclid(i64::from(DAY));
        let open = (i64::from(self.from_minute)..=i64::from(self.to_minute)).contains(&minute);
        if open { Ok(()) } else { Err(NotCovered::Hour) }
    }
}

fn digests(rest: &mut Take<'_>) -> Result<Box<[sm3::Digest]>, MandateFault> {
    let count = usize::from(rest.u16()?);
    if !(1..=MOST_DIGESTS).contains(&count) {
        return Err(MandateFault::Bounds("1 to 1000 digests are listed, more go into a batch"));
    }
    let all: Box<[sm3::Digest]> = (0..count).map(|_| rest.array()).collect::<Result<_, _>>()?;
    if all.is_sorted_by(|a, b| a < b) { Ok(all) } else { Err(MandateFault::Bounds("the digests do not ascend")) }
}

fn standing(rest: &mut Take<'_>) -> Result<Standing, MandateFault> {
    let count = usize::from(rest.u16()?);
    if !(1..=MOST_TYPES).contains(&count) {
        return Err(MandateFault::Bounds("1 to 200 licence types"));
    }
    let licence_types: Box<[Box<str>]> =
        (0..count).map(|_| rest.text().map(Into::into)).collect::<Result<_, Malformed>>()?;
    if !licence_types.is_sorted_by(|a, b| a < b) {
        return Err(MandateFault::Bounds("the licence types do not ascend"));
    }
    let standing = Standing {
        licence_types,
        most_a_minute: rest.u32()?,
        from_minute: rest.u16()?,
        to_minute: rest.u16()?,
        ahead_minutes: i16::from_be_bytes(rest.array()?),
    };
    if standing.most_a_minute == 0 {
        return Err(MandateFault::Bounds("no stamp in a minute"));
    }
    if standing.from_minute > standing.to_minute || standing.to_minute >= DAY {
        return Err(MandateFault::Bounds("hours of the day"));
    }
    if !(-720..=840).contains(&standing.ahead_minutes) {
        return Err(MandateFault::Bounds("local time"));
    }
    Ok(standing)
}

fn leaf(document: &sm3::Digest) -> sm3::Digest {
    sm3::digest(&[&[0], document.as_slice()].concat())
}

fn node(left: &sm3::Digest, right: &sm3::Digest) -> sm3::Digest {
    sm3::digest(&[&[1], left.as_slice(), right.as_slice()].concat())
}

/// Where a path leads from a document.
fn batch_root(document: &sm3::Digest, path: &[PathStep]) -> sm3::Digest {
    path.iter().fold(leaf(document), |below, step| {
        if step.on_the_left { node(&step.sibling, &below) } else { node(&below, &step.sibling) }
    })
}

/// The root of a batch and the path of each of its documents, in their order. An odd one
/// at the end of a level goes up as it is. None for no documents.
pub fn batch(documents: &[sm3::Digest]) -> Option<(sm3::Digest, Vec<Vec<PathStep>>)> {
    let mut level: Vec<sm3::Digest> = documents.iter().map(leaf).collect();
    // where each document's leaf has got to
    let mut places: Vec<usize> = (0..documents.len()).collect();
    let mut paths = vec![Vec::new(); documents.len()];
    while level.len() > 1 {
        for (place, path) in places.iter_mut().zip(&mut paths) {
            if let Some(sibling) = level.get(*place ^ 1) {
                path.push(PathStep { sibling: *sibling, on_the_left: *place % 2 == 1 });
            }
            *place /= 2;
        }
        level = level
            .chunks(2)
            .filter_map(|pair| match pair {
                [left, right] => Some(node(left, right)),
                [alone] => Some(*alone),
                _ => None,
            })
            .collect();
    }
    level.first().map(|root| (*root, paths))
}

#[cfg(test)]
mod tests;
