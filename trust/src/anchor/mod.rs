//! Whom a locality trusts, and for what: the certificates at which
//! certification paths end.
//!
//! The list is a PEM bundle. A line `use: signer`, `use: seal-maker`,
//! `use: time-stamp` or `use: person` (several by commas, a leading `#` is allowed) before a
//! block says what the anchor vouches for; without one it vouches for all but persons.
//! Uses keep apart what must not mix: whoever may stamp could otherwise make a
//! seal that bears another body's name.
//!
//! A line `suite: cross-border` before a block says that the anchor vouches for
//! other suites than the national one, SM2 with SM3, too; `suite: national`, and no
//! such line, that it does not (`docs/adr/0021-cross-border-suite.md`).
//!
//! Beside the bundle may stand the services of accepted trust lists, which vouch within
//! their history and scope ([`Anchors::with_lists`], `docs/adr/0024-lists-in-the-verdict.md`).
//!
//! Revocation lists (`X509 CRL`) may stand in the same bundle; they are read by
//! [`RevocationLists::beside_anchors`] and are evidence, not trust: a list counts
//! only where the authority on the path signed it.

mod listed;
mod revocation;
#[cfg(test)]
mod tests;

pub use listed::{ListedAnchors, Matter, Vouching};
pub use revocation::{Answer, Counts, Lack, RevocationLists, RevocationListsError, Signing, Source};

use crate::{
    asn1::pem,
    sm::sm3::Sm3,
    trust_list::{Membership, SignedList},
    x509::{Certificate, CertificateError, Ends},
};
use std::sync::Arc;

/// The anchors a check is made against.
#[derive(Clone, Debug, Default)]
pub struct Anchors {
    not_asked: bool,
    anchors: Vec<Anchor>,
    /// Those of `anchors` that vouch for each use.
    ends: [Ends; Use::ALL.len()],
    lists: Vec<Arc<ListedAnchors>>,
    /// Of all of them, computed when they were read: every report tells it.
    digest: Option<String>,
}

#[derive(Clone, Debug)]
struct Anchor {
    certificate: Certificate,
    uses: Vec<Use>,
    /// Whether it vouches for other suites than the national one.
    crosses_borders: bool,
}

/// What an anchor vouches for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Those who stamp or sign documents (签章者).
    Signer,
    /// Those who make seals (制章者).
    SealMaker,
    /// Time stamp authorities.
    TimeStamp,
    /// Those who certify natural persons (自然人), who sign and never stamp. Said or not: an anchor
    /// without a `use:` line does not vouch for persons (ADR 42).
    Person,
}

impl Use {
    /// Every use.
    pub const ALL: [Self; 4] = [Self::Signer, Self::SealMaker, Self::TimeStamp, Self::Person];

    /// What an anchor vouches for that does not say it.
    const UNSAID: [Self; 3] = [Self::Signer, Self::SealMaker, Self::TimeStamp];

    /// The word in the anchor file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Signer => "signer",
            Self::SealMaker => "seal-maker",
            Self::TimeStamp => "time-stamp",
            Self::Person => "person",
        }
    }
}

/// Why a file is no list of anchors. Blocks are counted from 1; one bad block
/// refuses the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum AnchorsError {
    #[error("no certificate in the anchor file")]
    Empty,
    #[error("PEM block {number} of the anchor file is damaged")]
    Pem { number: usize },
    #[error("PEM block {number} of the anchor file is no certificate but {label:?}")]
    Label { number: usize, label: String },
    #[error("PEM block {number} of the anchor file: {error}")]
    Certificate { number: usize, error: CertificateError },
    #[error("PEM block {number} of the anchor file has a public key of an unsupported kind")]
    Key { number: usize },
    #[error(
        "PEM block {number} of the anchor file: unknown use {word:?}, known are signer, seal-maker, time-stamp, person"
    )]
    Use { number: usize, word: String },
    #[error("PEM block {number} of the anchor file: unknown suite {word:?}, known are national, cross-border")]
    Suite { number: usize, word: String },
}

impl Anchors {
    /// Nothing is configured: no document can be valid.
    pub fn not_configured() -> Self {
        Self::default()
    }

    /// Identities are not asked for (`--trust none`): the best verdict is "intact".
    pub fn not_asked() -> Self {
        Self { not_asked: true, ..Self::default() }
    }

    /// From a PEM bundle; revocation lists in it and other text around the blocks
    /// are ignored.
    ///
    /// # Errors
    /// [`AnchorsError`].
    pub fn from_pem(bundle: &[u8]) -> Result<Self, AnchorsError> {
        let mut anchors: Vec<Anchor> = Vec::new();
        for (index, block) in pem::blocks(bundle).into_iter().enumerate() {
            let number = index + 1;
            let block = block.ok_or(AnchorsError::Pem { number })?;
            if block.label == pem::LIST {
                continue;
            }
            if block.label != pem::CERTIFICATE {
                return Err(AnchorsError::Label { number, label: block.label });
            }
            let uses = uses(&block.text_before).map_err(|word| AnchorsError::Use { number, word })?;
            let crosses_borders =
                crosses_borders(&block.text_before).map_err(|word| AnchorsError::Suite { number, word })?;
            let certificate =
                Certificate::from_der(&block.octets).map_err(|error| AnchorsError::Certificate { number, error })?;
            if certificate.key().is_none() {
                return Err(AnchorsError::Key { number });
            }
            anchors.push(Anchor { certificate, uses, crosses_borders });
        }
        if anchors.is_empty() {
            return Err(AnchorsError::Empty);
        }
        let ends = Use::ALL.map(|wanted| vouching(&anchors, wanted).cloned().collect());
        Ok(Self { digest: digest(&anchors, &[]), anchors, ends, ..Self::default() })
    }

    /// These and the anchors of accepted trust lists. What the bundle vouches for it
    /// vouches for everywhere; a list does where [`ListedAnchors::vouches`] says so. Whoever
    /// looks for a path asks the bundle first and then the lists in this order, so that a
    /// further list changes no path there was.
    #[must_use]
    pub fn with_lists<'a>(mut self, lists: impl IntoIterator<Item = &'a SignedList>) -> Self {
        self.lists.extend(lists.into_iter().map(|list| Arc::new(ListedAnchors::new(list, None))));
        self.digest = digest(&self.anchors, &self.lists);
        self
    }

    /// The same of lists that count because others name them: each within the scope that was granted. Those that are
    /// pinned come first, so that none of them is overridden.
    #[must_use]
    pub fn with_members<'a>(mut self, members: impl IntoIterator<Item = (&'a SignedList, Membership)>) -> Self {
        let listed = members.into_iter().map(|(list, member)| Arc::new(ListedAnchors::new(list, Some(member))));
        self.lists.extend(listed);
        self.digest = digest(&self.anchors, &self.lists);
        self
    }

    /// These and the anchors of another bundle; its trust lists are left out.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.anchors.extend(other.anchors.iter().cloned());
        self.ends = Use::ALL.map(|wanted| vouching(&self.anchors, wanted).cloned().collect());
        self.digest = digest(&self.anchors, &self.lists);
        self
    }

    /// The bundle again, as [`Anchors::from_pem`] reads it; `None` without one. Trust lists
    /// are no part of it.
    pub fn to_pem(&self) -> Option<String> {
        let block = |anchor: &Anchor| {
            let uses: Vec<_> = anchor.uses.iter().map(|one| one.as_str()).collect();
            let suite = if anchor.crosses_borders { CROSS_BORDER } else { NATIONAL };
            let certificate = pem::write(pem::CERTIFICATE, anchor.certificate.der());
            format!("use: {}\nsuite: {suite}\n{certificate}", uses.join(", "))
        };
        (!self.anchors.is_empty()).then(|| self.anchors.iter().map(block).collect())
    }

    /// Whether identities are not asked for.
    pub fn is_not_asked(&self) -> bool {
        self.not_asked
    }

    /// How many anchors there are: those of the bundle, and the services of lists that can be some.
    pub fn len(&self) -> usize {
        self.anchors.len() + self.lists.iter().map(|list| list.len()).sum::<usize>()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The certificates of the bundle that vouch for this use.
    pub fn certificates(&self, wanted: Use) -> Vec<Certificate> {
        vouching(&self.anchors, wanted).cloned().collect()
    }

    /// The same, found by name.
    pub const fn ends(&self, wanted: Use) -> &Ends {
        &self.ends[wanted as usize]
    }

    /// The trust lists, in the order in which they are asked.
    pub fn lists(&self) -> impl Iterator<Item = &ListedAnchors> {
        self.lists.iter().map(Arc::as_ref)
    }

    /// Whether `certificate` is an anchor of the bundle that vouches for this use in any suite.
    pub fn crosses_borders(&self, certificate: &Certificate, wanted: Use) -> bool {
        let vouches = |anchor: &Anchor| anchor.crosses_borders && anchor.uses.contains(&wanted);
        self.anchors.iter().any(|anchor| vouches(anchor) && anchor.certificate == *certificate)
    }

    /// SM3 over certificates, uses and foreign suites of the bundle in order, then over the
    /// SM3 of each trust list, hexadecimal; `None` without any.
    pub fn digest(&self) -> Option<String> {
        self.digest.clone()
    }
}

fn vouching(anchors: &[Anchor], wanted: Use) -> impl Iterator<Item = &Certificate> {
    anchors.iter().filter(move |anchor| anchor.uses.contains(&wanted)).map(|anchor| &anchor.certificate)
}

fn digest(anchors: &[Anchor], lists: &[Arc<ListedAnchors>]) -> Option<String> {
    if anchors.is_empty() && lists.is_empty() {
        return None;
    }
    let mut hash = Sm3::new();
    for anchor in anchors {
        hash.update(anchor.certificate.der());
        for one in &anchor.uses {
            hash.update(one.as_str().as_bytes());
        }
        if anchor.crosses_borders {
            hash.update(CROSS_BORDER.as_bytes());
        }
    }
    for list in lists {
        hash.update(LIST.as_bytes());
        hash.update(list.sm3());
        if let Some(member) = list.membership() {
            hash.update(MEMBER.as_bytes());
            hash.update(member.naming());
            hash.update(member.address().as_str().as_bytes());
        }
    }
    Some(hex::encode(hash.finish()))
}

/// What stands in the digest before each trust list.
const LIST: &str = "trust-list";
/// What stands in the digest after a list that counts by another one.
const MEMBER: &str = "member-of";
/// The word for an anchor that vouches for the national suite alone, as one does without it.
const NATIONAL: &str = "national";
/// The word for an anchor that vouches for other suites too.
const CROSS_BORDER: &str = "cross-border";

/// The uses named by `use:` lines, all but persons without such a line; or the word that names none.
fn uses(text: &str) -> Result<Vec<Use>, String> {
    let mut named = Vec::new();
    for word in words(text, "use:") {
        let found = Use::ALL.into_iter().find(|one| one.as_str() == word).ok_or_else(|| word.to_owned())?;
        if !named.contains(&found) {
            named.push(found);
        }
    }
    Ok(if named.is_empty() { Use::UNSAID.to_vec() } else { named })
}

/// Whether a `suite:` line names foreign suites; or the word that names none.
fn crosses_borders(text: &str) -> Result<bool, String> {
    words(text, "suite:").try_fold(false, |found, word| match word {
        CROSS_BORDER => Ok(true),
        NATIONAL => Ok(found),
        other => Err(other.to_owned()),
    })
}

/// The words, between commas, of the lines that begin with `name`.
fn words<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    let lines = text.lines().filter_map(move |line| line.trim_start_matches(['#', ' ', '\t']).strip_prefix(name));
    lines.flat_map(|words| words.split(',')).map(str::trim)
}
