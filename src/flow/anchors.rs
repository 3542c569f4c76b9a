//! The anchors a check is made against, read from where the operator put them.

use super::bundle;
use std::{
    io,
    path::{Path, PathBuf},
};
use yinxin_trust::anchor::{Anchors, AnchorsError};

/// Anchors are few; the revocation lists in the bundle may be long.
const BUNDLE_LIMIT_BYTES: u64 = 256 << 20;

/// Why the anchors cannot be used. Never falls back to "none configured": an
/// operator who named a file must learn that it is not in use.
#[derive(Debug, thiserror::Error)]
pub enum AnchorsFault {
    /// The file cannot be read.
    #[error("anchors {path}: {source}", path = path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Not a PEM bundle of certificates.
    #[error("anchors {path}: {source}", path = path.display())]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: AnchorsError,
    },
}

/// Reads a PEM bundle, or says that none is configured.
///
/// # Errors
/// [`AnchorsFault`] when the file cannot be read or is no bundle.
pub fn load(bundle: Option<&Path>) -> Result<Anchors, AnchorsFault> {
    let Some(path) = bundle else { return Ok(Anchors::not_configured()) };
    let octets = bundle::read(path, BUNDLE_LIMIT_BYTES)
        .map_err(|source| AnchorsFault::Unreadable { path: path.to_path_buf(), source })?;
    Anchors::from_pem(&octets).map_err(|source| AnchorsFault::Malformed { path: path.to_path_buf(), source })
}
