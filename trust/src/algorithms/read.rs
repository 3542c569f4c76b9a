//! Reading the file: strict JSON, all offences at once.

use super::{AlgorithmEntry, AlgorithmName, AlgorithmPolicy, FORMAT, PolicyFile, Purpose};
use crate::{base::Day, licence::Offences, sm::sm3};
use serde::Deserialize;

/// Octets of a file.
const LONGEST: usize = 64 << 10;
/// Entries of a file.
const MOST_ENTRIES: usize = 256;

/// Why octets are no algorithm policy.
#[derive(Debug, thiserror::Error)]
pub enum AlgorithmPolicyError {
    /// Nothing was looked at.
    #[error("an algorithm policy has at most {LONGEST} octets")]
    TooLong,
    /// No JSON of this form; another word, a member too many or too few.
    #[error(transparent)]
    Form(#[from] serde_json::Error),
    /// Another format, or another version of it.
    #[error("the format is not {FORMAT:?}")]
    Format,
    /// Nothing would count.
    #[error("an algorithm policy has at least one entry")]
    Empty,
    /// More than anybody needs.
    #[error("an algorithm policy has at most {MOST_ENTRIES} entries")]
    TooManyEntries,
    /// Entries that mean nothing.
    #[error(transparent)]
    Entries(Offences<EntryFault>),
}

/// What is wrong with an entry; entries are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum EntryFault {
    #[error("entry {number}: for nothing")]
    NoPurpose { number: usize },
    #[error("entry {number}: a purpose stands twice")]
    PurposeTwice { number: usize },
    #[error("entry {number}: {algorithm} cannot be used for that")]
    Purpose { number: usize, algorithm: &'static str },
    #[error("entry {number}: ends before it begins")]
    PeriodInverted { number: usize },
    #[error("entry {number}: keys of {algorithm} have one size only")]
    OneSize { number: usize, algorithm: &'static str },
    #[error("entry {number}: keys of {algorithm} that are verified have {shortest} to {longest} bits")]
    Size { number: usize, algorithm: &'static str, shortest: u32, longest: u32 },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    dated: Day,
    algorithms: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    algorithm: AlgorithmName,
    #[serde(rename = "for")]
    purposes: Vec<Purpose>,
    #[serde(default)]
    from: Option<Day>,
    #[serde(default)]
    until: Option<Day>,
    #[serde(default)]
    minimum_bits: Option<u32>,
    #[serde(default)]
    claimed_time_counts: bool,
}

impl AlgorithmPolicy {
    /// From the JSON of a file.
    ///
    /// # Errors
    /// [`AlgorithmPolicyError`].
    pub fn from_json(octets: &[u8]) -> Result<Self, AlgorithmPolicyError> {
        use AlgorithmPolicyError as Error;
        if octets.len() > LONGEST {
            return Err(Error::TooLong);
        }
        let File { format, dated, algorithms } = serde_json::from_slice(octets)?;
        if format != FORMAT {
            return Err(Error::Format);
        }
        match algorithms.len() {
            0 => return Err(Error::Empty),
            1..=MOST_ENTRIES => {}
            _ => return Err(Error::TooManyEntries),
        }
        let faults = (1..).zip(&algorithms).flat_map(|(number, entry)| faults(number, entry)).collect();
        Offences::none_or_all(faults).map_err(Error::Entries)?;
        let file = Some(PolicyFile { dated, sm3: sm3::digest(octets) });
        Ok(Self {
            entries: algorithms.into_iter().map(AlgorithmEntry::from).collect(),
            file,
            octets: Some(octets.into()),
        })
    }
}

fn faults(number: usize, entry: &Entry) -> Vec<EntryFault> {
    let algorithm = entry.algorithm.as_str();
    let mut faults = Vec::new();
    if entry.purposes.is_empty() {
        faults.push(EntryFault::NoPurpose { number });
    }
    if (1..).zip(&entry.purposes).any(|(next, purpose)| entry.purposes[next..].contains(purpose)) {
        faults.push(EntryFault::PurposeTwice { number });
    }
    if !entry.purposes.iter().all(|purpose| entry.algorithm.fits(*purpose)) {
        faults.push(EntryFault::Purpose { number, algorithm });
    }
    if entry.from.zip(entry.until).is_some_and(|(from, until)| until < from) {
        faults.push(EntryFault::PeriodInverted { number });
    }
    match (entry.minimum_bits, entry.algorithm.sizes()) {
        (Some(_), None) => faults.push(EntryFault::OneSize { number, algorithm }),
        (Some(bits), Some((shortest, longest))) if !(shortest..=longest).contains(&bits) => {
            faults.push(EntryFault::Size { number, algorithm, shortest, longest });
        }
        _ => {}
    }
    faults
}

impl From<Entry> for AlgorithmEntry {
    fn from(entry: Entry) -> Self {
        let Entry { algorithm, purposes, from, until, minimum_bits, claimed_time_counts } = entry;
        Self { algorithm, purposes, from, until, minimum_bits, claimed_time_counts }
    }
}
