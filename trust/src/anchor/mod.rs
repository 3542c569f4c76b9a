//! Whom a locality trusts: the certificates at which certification paths end.

use crate::{
    sm::sm3::Sm3,
    x509::{Certificate, CertificateError},
};
use x509_parser::pem::Pem;

/// The anchors a check is made against.
#[derive(Clone, Debug, Default)]
pub struct Anchors {
    not_asked: bool,
    certificates: Vec<Certificate>,
}

/// Why a file is no list of anchors.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnchorsError {
    /// No `BEGIN CERTIFICATE` in it: an empty list would silently trust nobody.
    #[error("no certificate in the anchor file")]
    Empty,
    /// The PEM armour is damaged.
    #[error("PEM block {number} of the anchor file is damaged")]
    Pem {
        /// Counted from 1.
        number: usize,
    },
    /// A block that is no certificate.
    #[error("PEM block {number} of the anchor file: {error}")]
    Certificate {
        /// Counted from 1.
        number: usize,
        /// What is wrong.
        error: CertificateError,
    },
    /// A key that could never verify anything.
    #[error("PEM block {number} of the anchor file has a public key of an unsupported kind")]
    Key {
        /// Counted from 1.
        number: usize,
    },
}

impl Anchors {
    /// Nothing is configured: no document can be valid.
    pub fn not_configured() -> Self {
        Self::default()
    }

    /// Identities are not asked for (`--trust none`): the best verdict is "intact".
    pub fn not_asked() -> Self {
        Self { not_asked: true, certificates: Vec::new() }
    }

    /// From a PEM bundle; text around the blocks is ignored.
    ///
    /// # Errors
    /// [`AnchorsError`]: one bad block refuses the file.
    pub fn from_pem(pem: &[u8]) -> Result<Self, AnchorsError> {
        let mut certificates = Vec::new();
        for (index, block) in Pem::iter_from_buffer(pem).enumerate() {
            let number = index + 1;
            let block = block.map_err(|_| AnchorsError::Pem { number })?;
            if block.label != "CERTIFICATE" {
                return Err(AnchorsError::Pem { number });
            }
            let certificate =
                Certificate::from_der(&block.contents).map_err(|error| AnchorsError::Certificate { number, error })?;
            if certificate.key().is_none() {
                return Err(AnchorsError::Key { number });
            }
            if !certificates.contains(&certificate) {
                certificates.push(certificate);
            }
        }
        if certificates.is_empty() {
            return Err(AnchorsError::Empty);
        }
        Ok(Self { not_asked: false, certificates })
    }

    /// Whether identities are not asked for.
    pub fn is_not_asked(&self) -> bool {
        self.not_asked
    }

    /// How many anchors there are.
    pub fn len(&self) -> usize {
        self.certificates.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty()
    }

    /// The anchors; empty when none are configured or asked for.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// SM3 over the certificates in order, hexadecimal; `None` without any.
    pub fn digest(&self) -> Option<String> {
        if self.certificates.is_empty() {
            return None;
        }
        let mut hash = Sm3::new();
        for certificate in &self.certificates {
            hash.update(certificate.der());
        }
        Some(hex::encode(hash.finish()))
    }
}
