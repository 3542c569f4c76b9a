//! The transcript: one JSON object a line, each with SM3 of the line before it, on the disk before the next
//! step begins. Whoever holds the digest of the last line holds all of it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    fs,
    io::{self, BufRead, Write as _},
    path::{Path, PathBuf},
};
use yinxin_trust::{base::Moment, sm::sm3};

/// Longest line, octets.
const LONGEST_LINE: u64 = 1 << 20;

/// Why a transcript is not written, or does not hold.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum TranscriptFault {
    #[error("transcript {path}: {cause}", path = path.display())]
    Io { path: PathBuf, cause: io::Error },
    #[error("transcript, line {0}: is no line of a transcript")]
    Line(u64),
    #[error("transcript, line {0}: does not follow on the line before it: altered, cut or put in")]
    Chain(u64),
    #[error("transcript: its last line is another than the one whose digest was written down")]
    End,
    #[error("transcript: there is no line in it")]
    Empty,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// From 1.
    pub number: u64,
    /// When it was written.
    pub at: Moment,
    /// `opened`, `done`, `ended_early` or `closed`.
    pub event: String,
    /// What was done.
    pub detail: Value,
    /// SM3 of the line before, hexadecimal; zeros in the first.
    pub previous: String,
}

/// A transcript that is being written.
#[derive(Debug)]
pub struct Transcript {
    path: PathBuf,
    file: fs::File,
    number: u64,
    last: sm3::Digest,
}

impl Transcript {
    /// Begins one; a file that is there is not overwritten.
    ///
    /// # Errors
    /// [`TranscriptFault::Io`].
    pub fn begin(path: &Path) -> Result<Self, TranscriptFault> {
        let file = fs::OpenOptions::new().write(true).create_new(true).open(path);
        let file = file.map_err(|cause| TranscriptFault::Io { path: path.to_path_buf(), cause })?;
        Ok(Self { path: path.to_path_buf(), file, number: 0, last: [0; 32] })
    }

    /// SM3 of the last line; zeros before the first.
    pub const fn digest(&self) -> &sm3::Digest {
        &self.last
    }

    /// Adds a line; SM3 of it. It is on the disk when this returns.
    ///
    /// # Errors
    /// [`TranscriptFault::Io`].
    pub fn write(&mut self, at: Moment, event: &str, detail: &Value) -> Result<sm3::Digest, TranscriptFault> {
        let fault = |cause| TranscriptFault::Io { path: self.path.clone(), cause };
        let entry = Entry {
            number: self.number + 1,
            at,
            event: event.to_owned(),
            detail: detail.clone(),
            previous: hex::encode(self.last),
        };
        let mut line = serde_json::to_vec(&entry).map_err(|error| fault(error.into()))?;
        let digest = sm3::digest(&line);
        line.push(b'\n');
        self.file.write_all(&line).and_then(|()| self.file.sync_all()).map_err(fault)?;
        self.number += 1;
        self.last = digest;
        Ok(digest)
    }
}

/// A transcript that holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// Its lines.
    pub entries: Vec<Entry>,
    /// SM3 of the last.
    pub digest: sm3::Digest,
}

/// Reads a transcript and follows its chain; `end` is the digest that was written down, where there is one.
///
/// # Errors
/// [`TranscriptFault`], naming the line.
pub fn check(path: &Path, end: Option<&sm3::Digest>) -> Result<Checked, TranscriptFault> {
    let fault = |cause| TranscriptFault::Io { path: path.to_path_buf(), cause };
    let mut reader = io::BufReader::new(fs::File::open(path).map_err(fault)?);
    let (mut entries, mut last) = (Vec::<Entry>::new(), [0; 32]);
    loop {
        let number = entries.len() as u64 + 1;
        let mut line = Vec::new();
        let read = io::Read::take(&mut reader, LONGEST_LINE).read_until(b'\n', &mut line).map_err(fault)?;
        if read == 0 {
            break;
        }
        let text = line.strip_suffix(b"\n").ok_or(TranscriptFault::Line(number))?;
        let entry: Entry = serde_json::from_slice(text).map_err(|_| TranscriptFault::Line(number))?;
        if entry.number != number || entry.previous != hex::encode(last) {
            return Err(TranscriptFault::Chain(number));
        }
        last = sm3::digest(text);
        entries.push(entry);
    }
    if entries.is_empty() {
        return Err(TranscriptFault::Empty);
    }
    if end.is_some_and(|end| *end != last) {
        return Err(TranscriptFault::End);
    }
    Ok(Checked { entries, digest: last })
}
