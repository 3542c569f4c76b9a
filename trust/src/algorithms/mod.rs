//! Which algorithms count, for what, with which size, from which day to which: one dated
//! file for all verdicts (`docs/algorithm-policy.md`, `docs/adr/0025-algorithm-policy.md`).
//!
//! An algorithm counts on the day of signing where one entry of the file allows it. Past
//! the end of its period an entry may ask that a time stamp proves that day: whoever can
//! forge a value today writes any time into it. What an entry allows was verified before;
//! a file can take trust away and name the day, it can make nothing valid that does not verify.

mod entry;
mod read;
#[cfg(test)]
mod tests;

pub use entry::{AlgorithmEntry, AlgorithmName, Objection, Purpose};
pub use read::{AlgorithmPolicyError, EntryFault};

use crate::{
    base::{Day, Moment},
    sm::sm3,
};
use std::sync::Arc;

/// The word and version that every file begins with.
pub const FORMAT: &str = "yinxin-algorithms/1";

/// What counts. Cheap to clone.
#[derive(Clone, Debug)]
pub struct AlgorithmPolicy {
    entries: Arc<[AlgorithmEntry]>,
    file: Option<PolicyFile>,
    /// Of the file, for whoever keeps what a verdict was made of.
    octets: Option<Arc<[u8]>>,
}

/// The file that a policy was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyFile {
    /// When it was decided on.
    pub dated: Day,
    /// SM3 of its octets.
    pub sm3: sm3::Digest,
}

/// A use of an algorithm that is asked about.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// Which one.
    pub algorithm: AlgorithmName,
    /// For what.
    pub purpose: Purpose,
    /// Length of the modulus, or of the order of the curve; of a digest its length.
    pub bits: u32,
    /// When it was used, claimed or proven.
    pub at: Moment,
    /// Not later than this, by a time stamp.
    pub proven: Option<Moment>,
    /// For which time the report speaks.
    pub now: Moment,
}

impl Default for AlgorithmPolicy {
    /// What is verified here at all counts at any time, but for RSA with SHA-1.
    fn default() -> Self {
        let always = |algorithm: AlgorithmName| AlgorithmEntry {
            algorithm,
            purposes: Purpose::ALL.into_iter().filter(|purpose| algorithm.fits(*purpose)).collect(),
            from: None,
            until: None,
            minimum_bits: None,
            claimed_time_counts: true,
        };
        let allowed = AlgorithmName::ALL.into_iter().filter(|name| *name != AlgorithmName::RsaPkcs1Sha1);
        Self { entries: allowed.map(always).collect(), file: None, octets: None }
    }
}

impl AlgorithmPolicy {
    /// The file behind it; `None` for the one that is built in.
    pub const fn file(&self) -> Option<&PolicyFile> {
        self.file.as_ref()
    }

    /// The octets of the file behind it.
    pub fn octets(&self) -> Option<&[u8]> {
        self.octets.as_deref()
    }

    /// All entries, in the order of the file.
    pub fn entries(&self) -> &[AlgorithmEntry] {
        &self.entries
    }

    /// The last day on which a use at an instant counts by itself, without proof that it was within: of all entries that
    /// allow it the latest; `None` where nothing ends it, or nothing allows it.
    pub fn ends(&self, algorithm: AlgorithmName, purpose: Purpose, bits: u32, at: Moment) -> Option<Day> {
        let asked = Asked { algorithm, purpose, bits, at, proven: None, now: at };
        let of_use = self.entries.iter().filter(|entry| entry.algorithm == algorithm);
        let allowing = of_use.filter(|entry| entry.purposes.contains(&purpose) && entry.allows(&asked).is_ok());
        let days = allowing.map(|entry| entry.until.filter(|_| !entry.claimed_time_counts));
        days.reduce(|one, other| Some(one?.max(other?))).flatten()
    }

    /// Whether a use counts.
    ///
    /// # Errors
    /// What the entry that comes nearest has against it.
    pub fn allows(&self, asked: &Asked) -> Result<(), Objection> {
        let mut nearest = Objection::NotListed;
        let of_use =
            |entry: &&AlgorithmEntry| entry.algorithm == asked.algorithm && entry.purposes.contains(&asked.purpose);
        for entry in self.entries.iter().filter(of_use) {
            match entry.allows(asked) {
                Ok(()) => return Ok(()),
                Err(objection) => nearest = nearest.min(objection),
            }
        }
        Err(nearest)
    }
}
