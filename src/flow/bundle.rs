//! Files of certificates and lists that an operator named.

use std::{fs, io, path::Path};

/// Reads a file of at most `limit_bytes`; a larger one is a mistake.
pub(super) fn read(path: &Path, limit_bytes: u64) -> io::Result<Vec<u8>> {
    if fs::metadata(path)?.len() > limit_bytes {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("larger than {} MiB", limit_bytes >> 20)));
    }
    fs::read(path)
}
