//! The file that says which algorithms count, read from where the operator put it.

use super::bundle;
use std::{
    io,
    path::{Path, PathBuf},
};
use yinxin_trust::algorithms::{AlgorithmPolicy, AlgorithmPolicyError};

/// Far more than a file may have, which says so itself.
const FILE_LIMIT_BYTES: u64 = 1 << 20;

/// Why the file cannot be used. Never falls back to what is built in: an operator who named a file must learn that it
/// is not in use.
#[derive(Debug, thiserror::Error)]
pub enum AlgorithmsFault {
    /// The file cannot be read.
    #[error("algorithms {path}: {source}", path = path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Not of the form of `docs/algorithm-policy.md`.
    #[error("algorithms {path}: {source}", path = path.display())]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: AlgorithmPolicyError,
    },
}

/// Reads the file, or gives what is built in where none is configured.
///
/// # Errors
/// [`AlgorithmsFault`] when the file cannot be read or is none.
pub fn load(file: Option<&Path>) -> Result<AlgorithmPolicy, AlgorithmsFault> {
    let Some(path) = file else { return Ok(AlgorithmPolicy::default()) };
    let octets = bundle::read(path, FILE_LIMIT_BYTES)
        .map_err(|source| AlgorithmsFault::Unreadable { path: path.to_path_buf(), source })?;
    AlgorithmPolicy::from_json(&octets)
        .map_err(|source| AlgorithmsFault::Malformed { path: path.to_path_buf(), source })
}
