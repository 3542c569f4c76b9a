//! A document on disk, read at any place without mapping it into memory: a
//! file that is cut while mapped kills the process.

use std::{
    fs::{File, Metadata},
    io::{self, Read},
    os::unix::fs::{FileExt, MetadataExt},
    path::Path,
};
use yinxin_trust::base::{Source, SourceError};

/// A document as it was opened.
pub struct FileSource(Form);

enum Form {
    /// A regular file, with what told it from a changed one when it was opened.
    File { file: File, opened: Stamp },
    /// What came through a pipe.
    Memory(Vec<u8>),
}

/// Changes whenever somebody writes to the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    length: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

/// Why a document cannot be read. Says nothing about what stands in it.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It cannot be opened or read.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// A folder is no document.
    #[error("is a folder")]
    Folder,
    /// A pipe gave more than may be held in memory.
    #[error("is longer than {0} bytes; save it to a file first")]
    TooLong(usize),
    /// Somebody wrote to it in the meantime.
    #[error("changed while it was read")]
    Changed,
}

impl FileSource {
    /// Opens a file. What is no regular file (a pipe) is held in memory, up to
    /// `memory_limit_bytes`.
    ///
    /// # Errors
    /// [`FileError`] when there is nothing to read.
    pub fn open(path: &Path, memory_limit_bytes: usize) -> Result<Self, FileError> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            Err(FileError::Folder)
        } else if metadata.is_file() {
            Ok(Self(Form::File { file, opened: Stamp::of(&metadata) }))
        } else {
            Self::spool(file, memory_limit_bytes)
        }
    }

    /// Holds what comes from `reader` in memory, up to `limit_bytes`.
    ///
    /// # Errors
    /// [`FileError::TooLong`] beyond the limit, [`FileError::Io`].
    pub fn spool(reader: impl Read, limit_bytes: usize) -> Result<Self, FileError> {
        let mut octets = Vec::new();
        reader.take(limit_bytes as u64 + 1).read_to_end(&mut octets)?;
        if octets.len() > limit_bytes {
            return Err(FileError::TooLong(limit_bytes));
        }
        Ok(Self(Form::Memory(octets)))
    }

    /// Asked after a check: whether what was read is one state of the file. A
    /// report on a mixture of two would say something about neither.
    ///
    /// # Errors
    /// [`FileError::Changed`] when somebody wrote to it in the meantime.
    pub fn confirm_unchanged(&self) -> Result<(), FileError> {
        match &self.0 {
            Form::File { file, opened } if Stamp::of(&file.metadata()?) != *opened => Err(FileError::Changed),
            _ => Ok(()),
        }
    }
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self {
            length: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

impl Source for FileSource {
    fn len(&self) -> u64 {
        match &self.0 {
            Form::File { opened, .. } => opened.length,
            Form::Memory(octets) => octets.len() as u64,
        }
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SourceError> {
        match &self.0 {
            Form::File { file, .. } => file.read_exact_at(buffer, offset).map_err(|e| SourceError(e.to_string())),
            Form::Memory(octets) => octets.read_at(offset, buffer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{env, fs, process};

    #[test]
    fn reads_what_is_there_and_notices_a_change() {
        let path = env::temp_dir().join(format!("yinxin-file-source-{}", process::id()));
        fs::write(&path, b"0123456789").unwrap();
        let source = FileSource::open(&path, 1).unwrap();
        let mut buffer = [0; 3];
        assert_eq!((source.len(), source.read_at(4, &mut buffer), &buffer), (10, Ok(()), b"456"));
        assert!(source.read_at(8, &mut buffer).is_err());
        assert!(source.confirm_unchanged().is_ok());
        fs::write(&path, b"01234").unwrap();
        assert!(matches!(source.confirm_unchanged(), Err(FileError::Changed)));
        fs::remove_file(&path).unwrap();
    }

    #[test]
    fn folders_and_long_pipes_are_refused() {
        assert!(matches!(FileSource::open(&env::temp_dir(), 1), Err(FileError::Folder)));
        assert!(matches!(FileSource::spool(&b"12345"[..], 4), Err(FileError::TooLong(4))));
        assert_eq!(FileSource::spool(&b"1234"[..], 4).unwrap().len(), 4);
    }
}
