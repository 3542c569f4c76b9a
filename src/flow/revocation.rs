//! Revocation lists, read from where the operator put them: beside the anchors
//! in their bundle, and in files of their own.

use super::bundle;
use std::{
    io,
    path::{Path, PathBuf},
};
use yinxin_trust::{
    anchor::{RevocationLists, RevocationListsError},
    x509::ocsp::{OcspResponse, OcspResponseFault},
};

/// A list of some millions of certificates, in PEM.
const FILE_LIMIT_BYTES: u64 = 256 << 20;

/// An answer is some kilobytes.
const ANSWER_LIMIT_BYTES: u64 = 1 << 20;

/// Why lists cannot be used. Never falls back to "none": an operator who named
/// a list must learn that it is not in use.
#[derive(Debug, thiserror::Error)]
pub enum RevocationFault {
    /// The file cannot be read.
    #[error("revocation list {path}: {source}", path = path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Neither a PEM file of lists nor one list in DER.
    #[error("revocation list {path}: {source}", path = path.display())]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: RevocationListsError,
    },
    /// No answer about a certificate.
    #[error("OCSP answer {path}: {source}", path = path.display())]
    Answer {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: OcspResponseFault,
    },
}

/// Reads the lists that stand in the bundle of anchors, and these files (PEM or DER).
///
/// # Errors
/// [`RevocationFault`] with the first file that cannot be used.
pub fn load(anchors: Option<&Path>, files: &[PathBuf]) -> Result<RevocationLists, RevocationFault> {
    let read = |path: &Path| {
        bundle::read(path, FILE_LIMIT_BYTES)
            .map_err(|source| RevocationFault::Unreadable { path: path.to_path_buf(), source })
    };
    let malformed = |path: &Path, source| RevocationFault::Malformed { path: path.to_path_buf(), source };
    let mut lists = match anchors {
        Some(path) => RevocationLists::beside_anchors(&read(path)?).map_err(|source| malformed(path, source))?,
        None => RevocationLists::default(),
    };
    for path in files {
        lists = lists.and(&RevocationLists::read(&read(path)?).map_err(|source| malformed(path, source))?);
    }
    Ok(lists)
}

/// Reads answers about single certificates (OCSP, DER), one a file.
///
/// # Errors
/// [`RevocationFault`] with the first file that cannot be used.
pub fn load_answers(files: &[PathBuf]) -> Result<RevocationLists, RevocationFault> {
    let read = |path: &PathBuf| {
        let octets = bundle::read(path, ANSWER_LIMIT_BYTES)
            .map_err(|source| RevocationFault::Unreadable { path: path.clone(), source })?;
        OcspResponse::from_der(&octets).map_err(|source| RevocationFault::Answer { path: path.clone(), source })
    };
    let answers: Result<Vec<_>, _> = files.iter().map(read).collect();
    Ok(RevocationLists::default().with_answers(answers?))
}
