//! What the valid signatures protect, held against what the document shows.

use super::{Document, SignatureFile, SignatureList};
use std::collections::BTreeSet;

/// What is known of the signatures: which files are their own, and which are
/// covered by one that is valid.
#[derive(Clone, Debug, Default)]
pub struct Protection {
    own: BTreeSet<String>,
    covered: BTreeSet<String>,
}

impl Protection {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A signature list: no signature can cover it for good.
    pub fn list(&mut self, list: &SignatureList) {
        self.own.insert(list.name.clone());
    }

    /// A signature, valid or not: its own files.
    pub fn signature(&mut self, file: &SignatureFile) {
        self.own.extend(file.own_files().map(str::to_owned));
    }

    /// A valid signature: what it references.
    pub fn valid(&mut self, file: &SignatureFile) {
        self.covered.extend(file.referenced().map(str::to_owned));
    }

    /// As if every one of these signatures were valid: what they claim to cover.
    #[must_use]
    pub fn claimed<'a>(&self, files: impl IntoIterator<Item = &'a SignatureFile>) -> Self {
        let mut claimed = self.clone();
        files.into_iter().for_each(|file| claimed.valid(file));
        claimed
    }

    /// Whether a valid signature covers anything at all.
    pub fn covers_anything(&self) -> bool {
        !self.covered.is_empty()
    }

    /// Whether a valid signature covers this entry.
    pub fn covers(&self, name: &str) -> bool {
        self.covered.contains(name)
    }
}

/// What is left over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Shown by the document, covered by no valid signature. Empty: complete.
    pub uncovered: Vec<String>,
    /// Linked from nowhere and no signature's own file: warnings.
    pub unlinked: Vec<String>,
    /// Those of [`Coverage::unlinked`] that no valid signature covers.
    pub unlinked_uncovered: Vec<String>,
}

impl Coverage {
    /// Whether all that the document shows is covered.
    pub fn is_complete(&self) -> bool {
        self.uncovered.is_empty()
    }
}

/// Every file that is reachable must be covered, but for the signatures' own
/// files. A file that the document *shows* counts even if a signature claims
/// it as its own.
pub fn coverage(document: &Document, protection: &Protection) -> Coverage {
    let covers = |name: &&String| protection.covers(name);
    let own = |name: &&String| protection.own.contains(*name);
    let uncovered = document.reachable.iter().filter(|name| !covers(name));
    let unlinked: Vec<String> = document.unlinked.iter().filter(|name| !own(name)).cloned().collect();
    Coverage {
        uncovered: uncovered.filter(|name| document.shown.contains(*name) || !own(name)).cloned().collect(),
        unlinked_uncovered: unlinked.iter().filter(|name| !covers(name)).cloned().collect(),
        unlinked,
    }
}
