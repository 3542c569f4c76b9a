//! Whom a locality trusts, and for what: the certificates at which
//! certification paths end.
//!
//! The list is a PEM bundle. A line `use: signer`, `use: seal-maker` or
//! `use: time-stamp` (several by commas, a leading `#` is allowed) before a
//! block says what the anchor vouches for; without one it vouches for all.
//! Uses keep apart what must not mix: whoever may stamp could otherwise make a
//! seal that bears another body's name.
//!
//! A line `suite: cross-border` before a block says that the anchor vouches for
//! other suites than the national one, SM2 with SM3, too; `suite: national`, and no
//! such line, that it does not (`docs/adr/0021-cross-border-suite.md`).
//!
//! Revocation lists (`X509 CRL`) may stand in the same bundle; they are read by
//! [`RevocationLists::beside_anchors`] and are evidence, not trust: a list counts
//! only where the authority on the path signed it.

mod pem;
mod revocation;
#[cfg(test)]
mod tests;

pub use revocation::{Answer, Lack, RevocationLists, RevocationListsError};

use crate::{
    sm::sm3::Sm3,
    x509::{Certificate, CertificateError},
};

/// The anchors a check is made against.
#[derive(Clone, Debug, Default)]
pub struct Anchors {
    not_asked: bool,
    anchors: Vec<Anchor>,
    /// Of the list, computed when it was read: every report tells it.
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
}

impl Use {
    /// Every use.
    pub const ALL: [Self; 3] = [Self::Signer, Self::SealMaker, Self::TimeStamp];

    /// The word in the anchor file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Signer => "signer",
            Self::SealMaker => "seal-maker",
            Self::TimeStamp => "time-stamp",
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
    #[error("PEM block {number} of the anchor file: unknown use {word:?}, known are signer, seal-maker, time-stamp")]
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
        Ok(Self { not_asked: false, digest: digest(&anchors), anchors })
    }

    /// From certificates with their uses, in this order; those whose key cannot verify
    /// are left out. None of them is the same as [`Anchors::not_configured`].
    pub fn from_certificates(certificates: impl IntoIterator<Item = (Certificate, Vec<Use>)>) -> Self {
        let usable = certificates.into_iter().filter(|(certificate, _)| certificate.key().is_some());
        let national = |(certificate, uses)| Anchor { certificate, uses, crosses_borders: false };
        let anchors: Vec<_> = usable.map(national).collect();
        let digest = digest(&anchors);
        Self { not_asked: false, anchors, digest }
    }

    /// Whether identities are not asked for.
    pub fn is_not_asked(&self) -> bool {
        self.not_asked
    }

    /// How many anchors there are.
    pub fn len(&self) -> usize {
        self.anchors.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.anchors.is_empty()
    }

    /// The certificates that vouch for this use.
    pub fn certificates(&self, wanted: Use) -> Vec<Certificate> {
        let vouching = self.anchors.iter().filter(|anchor| anchor.uses.contains(&wanted));
        vouching.map(|anchor| anchor.certificate.clone()).collect()
    }

    /// Whether `certificate` is an anchor that vouches for this use in any suite.
    pub fn crosses_borders(&self, certificate: &Certificate, wanted: Use) -> bool {
        let vouches = |anchor: &Anchor| anchor.crosses_borders && anchor.uses.contains(&wanted);
        self.anchors.iter().any(|anchor| vouches(anchor) && anchor.certificate == *certificate)
    }

    /// SM3 over certificates, uses and foreign suites in order, hexadecimal; `None` without any.
    pub fn digest(&self) -> Option<String> {
        self.digest.clone()
    }
}

fn digest(anchors: &[Anchor]) -> Option<String> {
    if anchors.is_empty() {
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
    Some(hex::encode(hash.finish()))
}

/// The word for an anchor that vouches for the national suite alone, as one does without it.
const NATIONAL: &str = "national";
/// The word for an anchor that vouches for other suites too.
const CROSS_BORDER: &str = "cross-border";

/// The uses named by `use:` lines, all without such a line; or the word that names none.
fn uses(text: &str) -> Result<Vec<Use>, String> {
    let mut named = Vec::new();
    for word in words(text, "use:") {
        let found = Use::ALL.into_iter().find(|one| one.as_str() == word).ok_or_else(|| word.to_owned())?;
        if !named.contains(&found) {
            named.push(found);
        }
    }
    Ok(if named.is_empty() { Use::ALL.to_vec() } else { named })
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
