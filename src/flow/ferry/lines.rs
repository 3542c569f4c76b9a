//! A file read line by line, with one line in memory.

use super::FerryError;
use std::{
    fs::File,
    io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom},
    path::Path,
};
use yinxin_trust::{
    ferry::{Counts, Entry, FerryFault, FerryReader, Header, Item},
    sm::{Signature, sm3},
};

/// What stands around the entries.
pub(super) struct Whole {
    pub(super) header: Header,
    pub(super) counts: Counts,
    pub(super) sm3: sm3::Digest,
    pub(super) signature: Signature,
}

/// Reads a file from its beginning, and gives each entry with the header before it. Whether any of it is believed, the
/// signature says at the end.
pub(super) fn read(
    path: &Path,
    mut file: &File,
    mut each: impl FnMut(&Header, Entry) -> Result<(), FerryError>,
) -> Result<Whole, FerryError> {
    let failed = |source| FerryError::Io { path: path.to_path_buf(), source };
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    let (mut from, mut reader, mut line) = (BufReader::new(file), FerryReader::default(), Vec::new());
    let (mut header, mut end, mut signature) = (None, None, None);
    loop {
        line.clear();
        // one octet more than it may have, and its line feed
        let most = reader.line_limit() as u64 + 2;
        let count = from.by_ref().take(most).read_until(b'\n', &mut line).map_err(failed)?;
        if count == 0 {
            break;
        }
        if line.last() == Some(&b'\n') {
            line.pop();
        } else if (count as u64) < most {
            return Err(FerryFault::Truncated.into());
        }
        match reader.line(&line)? {
            Item::Format => {}
            Item::Header(found) => header = Some(found),
            Item::Entry(entry) => match &header {
                Some(header) => each(header, entry)?,
                None => return Err(FerryFault::Format.into()),
            },
            Item::End(counts, sm3) => end = Some((counts, sm3)),
            Item::Signature(found) => signature = Some(found),
        }
        // one long line does not hold its memory for all that follow
        line.shrink_to(1 << 20);
    }
    reader.finish()?;
    match (header, end, signature) {
        (Some(header), Some((counts, sm3)), Some(signature)) => Ok(Whole { header, counts, sm3, signature }),
        _ => Err(FerryFault::Truncated.into()),
    }
}
