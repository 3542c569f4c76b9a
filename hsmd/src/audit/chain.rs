//! Reading an audit from its beginning, and verifying that it hangs together.

use super::record::{Record, chained};
use std::io::{self, Read};
use yinxin_hsm::remote::wire::AuditHead;
use yinxin_trust::sm::sm3;

/// What every audit begins with: the kind of file, and version 1.
pub(super) const HEADER: &[u8; 18] = b"yinxin audit\n\n\n\n\x00\x01";

/// Why an audit does not stand.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChainFault {
    /// The file could not be read.
    #[error("the audit cannot be read: {0}")]
    Io(#[from] io::Error),
    /// Another kind of file, or another version.
    #[error("not an audit of version 1")]
    NotAnAudit,
    /// A record was changed, taken out or put in.
    #[error("record {sequence} does not hang together with those before it: the audit was altered at octet {offset}")]
    Broken {
        /// Number of the record.
        sequence: u64,
        /// Where it begins.
        offset: u64,
    },
    /// Records that a client had been told of are missing.
    #[error("the audit ends with record {found}, and record {known} had been announced: its end was cut off")]
    CutOff {
        /// Number of the last record.
        found: u64,
        /// Number of the announced one.
        known: u64,
    },
    /// The announced record is another one.
    #[error("record {sequence} is not the one that had been announced: the audit was written anew")]
    Other {
        /// Its number.
        sequence: u64,
    },
}

/// Where an audit ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// The last record; sequence 0 for none.
    pub head: AuditHead,
    /// Octets up to the end of the last record.
    pub length: u64,
    /// What a crash left behind it: octets of a record that was not written whole, or zeros that the
    /// file system put where octets had not reached the disk. Empty in a sound audit.
    pub torn: Vec<u8>,
}

/// Reads all records and verifies the chain; `known` is a record that had been announced to a client.
///
/// # Errors
/// [`ChainFault`]. A torn end is no fault; [`End::torn`] tells of it.
pub fn read(
    file: &mut impl Read,
    known: Option<AuditHead>,
    mut each: impl FnMut(u64, &Record),
) -> Result<End, ChainFault> {
    let mut header = Vec::new();
    file.by_ref().take(HEADER.len() as u64).read_to_end(&mut header)?;
    // a crash before the first record may leave a part of the header
    if header.len() < HEADER.len() && HEADER.starts_with(&header) {
        let head = AuditHead { sequence: 0, digest: sm3::digest(HEADER) };
        return Ok(End { head, length: 0, torn: header });
    }
    if header != HEADER {
        return Err(ChainFault::NotAnAudit);
    }
    let mut head = AuditHead { sequence: 0, digest: sm3::digest(HEADER) };
    let mut length = HEADER.len() as u64;
    let torn = loop {
        let mut frame = Vec::new();
        file.by_ref().take(2).read_to_end(&mut frame)?;
        let size = match *frame.as_slice() {
            [high, low] => u64::from(u16::from_be_bytes([high, low])),
            _ => break frame,
        };
        file.by_ref().take(size + 32).read_to_end(&mut frame)?;
        let whole = frame.len() as u64 == 2 + size + 32;
        let sequence = head.sequence + 1;
        let parsed = frame.get(2..).and_then(|rest| rest.split_last_chunk::<32>());
        match parsed.filter(|(body, digest)| whole && **digest == chained(&head.digest, sequence, body)) {
            Some((body, digest)) => {
                let record = Record::take(body).map_err(|_| ChainFault::Broken { sequence, offset: length })?;
                head = AuditHead { sequence, digest: *digest };
                length += frame.len() as u64;
                if known.is_some_and(|known| known.sequence == sequence && known.digest != *digest) {
                    return Err(ChainFault::Other { sequence });
                }
                each(sequence, &record);
            }
            None if !whole => break frame,
            None => {
                // zeros up to the end are what a file system leaves of a write that a loss of power cut short
                file.read_to_end(&mut frame)?;
                if frame.iter().any(|octet| *octet != 0) {
                    return Err(ChainFault::Broken { sequence, offset: length });
                }
                break frame;
            }
        }
    };
    if let Some(known) = known.filter(|known| known.sequence > head.sequence) {
        return Err(ChainFault::CutOff { found: head.sequence, known: known.sequence });
    }
    Ok(End { head, length, torn })
}
