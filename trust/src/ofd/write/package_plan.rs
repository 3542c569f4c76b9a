//! The entries of a package before it is written.

use super::{DosTime, Part, Signing, SigningPlan, Stamping, StampingPlan, WriteFault, zip};
use crate::{
    base::Limits,
    ofd::{Document, Package},
};
use std::collections::BTreeSet;

/// Longest name, octets, as the reader takes it.
const NAME_BYTES: usize = 1024;

/// Named parts in the order in which they are written.
#[derive(Clone, Debug)]
pub struct PackagePlan {
    pub(super) entries: Vec<(String, Part)>,
    pub(super) time: DosTime,
}

impl PackagePlan {
    /// Takes the entries. Names are canonical: no leading `/`, no empty segment,
    /// `.` or `..`, no backslash, no control character; no two are equal but for case.
    ///
    /// # Errors
    /// [`WriteFault::Name`], [`WriteFault::NameTwice`].
    pub fn new(entries: Vec<(String, Part)>, time: DosTime) -> Result<Self, WriteFault> {
        let mut seen = BTreeSet::new();
        for (name, _) in &entries {
            if !is_canonical(name) {
                return Err(WriteFault::Name(name.clone()));
            }
            if !seen.insert(name.to_lowercase()) {
                return Err(WriteFault::NameTwice(name.clone()));
            }
        }
        Ok(Self { entries, time })
    }

    /// The names and parts, in order.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Part)> {
        self.entries.iter().map(|(name, part)| (name.as_str(), part))
    }

    /// The part of this name.
    pub fn get(&self, name: &str) -> Option<&Part> {
        self.entries.iter().find(|(known, _)| known == name).map(|(_, part)| part)
    }

    /// The package.
    ///
    /// # Errors
    /// [`WriteFault::PackageTooLarge`].
    pub fn to_bytes(&self) -> Result<Vec<u8>, WriteFault> {
        zip::write(&self.entries, self.time)
    }

    /// Where the octets of each part begin in [`PackagePlan::to_bytes`].
    pub fn offsets(&self) -> impl Iterator<Item = (usize, &Part)> {
        self.entries.iter().scan(0, |at, (name, part)| {
            let begin = *at + zip::LOCAL_HEADER + name.len();
            *at = begin + part.packed().len();
            Some((begin, part))
        })
    }

    /// Adds a stamp up to its value.
    ///
    /// # Errors
    /// [`WriteFault`].
    pub fn stamp(&self, stamping: &Stamping) -> Result<StampingPlan, WriteFault> {
        StampingPlan::new(self, stamping)
    }

    /// Adds the first stamp of a package whose maker knows that it has one body, no
    /// signature, and `list` as the place of a list that OFD.xml does not link yet:
    /// nothing of that is looked up. What comes out is verified before it is used.
    ///
    /// # Errors
    /// [`WriteFault`].
    pub fn stamp_first(&self, stamping: &Stamping, list: &str) -> Result<StampingPlan, WriteFault> {
        StampingPlan::first(self, stamping, list)
    }

    /// Adds the first signature without a seal, of a package whose maker knows what [`PackagePlan::stamp_first`]
    /// wants to be known.
    ///
    /// # Errors
    /// [`WriteFault`].
    pub fn sign_first(&self, signing: &Signing, list: &str) -> Result<SigningPlan, WriteFault> {
        SigningPlan::first(self, signing, list)
    }

    /// Replaces a part, or adds it at the end.
    pub(super) fn set(&mut self, name: &str, part: Part) {
        match self.entries.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = part,
            None => self.entries.push((name.to_owned(), part)),
        }
    }

    /// Whether an entry lies in this folder, whatever the case.
    pub(super) fn has_folder(&self, folder: &str) -> bool {
        let folder = format!("{}/", folder.to_lowercase());
        self.entries.iter().any(|(name, _)| name.to_lowercase().starts_with(&folder))
    }
}

/// Reads a package with the product's own readers: no fault, no link to nothing.
pub(super) fn read_back(octets: &[u8]) -> Result<Document, WriteFault> {
    let package = Package::open(&octets, &Limits::default())?;
    let document = Document::read(&package)?;
    if let Some(fault) = package.faults().first() {
        return Err(WriteFault::Package(fault.clone()));
    }
    if let Some(missing) = document.missing.first() {
        return Err(WriteFault::MissingLink { file: missing.from.clone(), location: missing.location.clone() });
    }
    Ok(document)
}

fn is_canonical(name: &str) -> bool {
    let drive = matches!(name.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    !drive
        && (1..=NAME_BYTES).contains(&name.len())
        && !name.chars().any(|c| c.is_control() || c == '\\')
        && name.split('/').all(|segment| !matches!(segment, "" | "." | ".."))
}
