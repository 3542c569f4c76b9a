//! Whom a locality trusts: the certificates at which certification paths end.

use base64::prelude::{BASE64_STANDARD, Engine as _};

/// The anchors a check is made against.
#[derive(Clone, Debug, Default)]
pub struct Anchors {
    mode: Mode,
    certificates: Vec<Vec<u8>>,
}

/// Why a bundle of anchors cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnchorsError {
    /// No certificate stands in it, or one that is no base64.
    #[error("no PEM bundle of certificates")]
    Malformed,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mode {
    #[default]
    NotConfigured,
    NotAsked,
    Configured,
}

impl Anchors {
    /// Nothing is configured: no document can be valid.
    pub fn not_configured() -> Self {
        Self::default()
    }

    /// Identities are not asked for (`--trust none`): the best verdict is "intact".
    pub fn not_asked() -> Self {
        Self { mode: Mode::NotAsked, certificates: Vec::new() }
    }

    /// From a PEM bundle of certificates.
    ///
    /// # Errors
    /// [`AnchorsError`] when there is no certificate in it.
    pub fn from_pem(bundle: &[u8]) -> Result<Self, AnchorsError> {
        let text = core::str::from_utf8(bundle).map_err(|_| AnchorsError::Malformed)?;
        let mut certificates = Vec::new();
        for block in text.split("-----BEGIN CERTIFICATE-----").skip(1) {
            let (body, _) = block.split_once("-----END CERTIFICATE-----").ok_or(AnchorsError::Malformed)?;
            let body: String = body.split_ascii_whitespace().collect();
            certificates.push(BASE64_STANDARD.decode(body).map_err(|_| AnchorsError::Malformed)?);
        }
        if certificates.is_empty() {
            return Err(AnchorsError::Malformed);
        }
        Ok(Self { mode: Mode::Configured, certificates })
    }

    /// How many anchors there are.
    pub fn len(&self) -> usize {
        self.certificates.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty()
    }

    /// Whether identities are not asked for.
    pub fn is_not_asked(&self) -> bool {
        self.mode == Mode::NotAsked
    }
}
