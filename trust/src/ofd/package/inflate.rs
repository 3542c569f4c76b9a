//! The data of one entry, in pieces, held to its declared sizes and CRC.

use crate::base::{Source, SourceError};
use crate::ofd::Offence;
use flate2::{Decompress, FlushDecompress, Status};

const PIECE: usize = 64 << 10;
pub(super) const STORED: u16 = 0;
pub(super) const DEFLATED: u16 = 8;

/// What the directory says of the data.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    pub(super) method: u16,
    pub(super) start: u64,
    pub(super) compressed: u64,
    pub(super) size: u64,
    pub(super) crc: u32,
}

/// Why the data could not be had as declared.
pub(super) enum StreamError {
    Offence(Offence),
    Source(SourceError),
}

impl From<SourceError> for StreamError {
    fn from(error: SourceError) -> Self {
        Self::Source(error)
    }
}

/// Hands the data to `sink` piece by piece, never more than the declared size.
/// What `sink` got counts only when this returns `Ok`.
pub(super) fn stream(source: &dyn Source, extent: Extent, sink: &mut dyn FnMut(&[u8])) -> Result<(), StreamError> {
    let mut held = Held { crc: crc32fast::Hasher::new(), size: 0, declared: extent.size, sink };
    match extent.method {
        STORED if extent.compressed != extent.size => return Err(StreamError::Offence(Offence::SizeMismatch)),
        STORED => copy(source, extent, &mut held)?,
        DEFLATED => inflate(source, extent, &mut held)?,
        _ => return Err(StreamError::Offence(Offence::UnsupportedMethod)),
    }
    if held.size != extent.size {
        return Err(StreamError::Offence(Offence::SizeMismatch));
    }
    if held.crc.finalize() != extent.crc {
        return Err(StreamError::Offence(Offence::CrcMismatch));
    }
    Ok(())
}

struct Held<'a> {
    crc: crc32fast::Hasher,
    size: u64,
    declared: u64,
    sink: &'a mut dyn FnMut(&[u8]),
}

impl Held<'_> {
    fn take(&mut self, piece: &[u8]) -> Result<(), StreamError> {
        self.size += piece.len() as u64;
        if self.size > self.declared {
            return Err(StreamError::Offence(Offence::SizeMismatch));
        }
        self.crc.update(piece);
        (self.sink)(piece);
        Ok(())
    }
}

fn copy(source: &dyn Source, extent: Extent, held: &mut Held<'_>) -> Result<(), StreamError> {
    let mut input = Input::new(source, extent);
    while let Some(piece) = input.more()? {
        held.take(piece)?;
    }
    Ok(())
}

fn inflate(source: &dyn Source, extent: Extent, held: &mut Held<'_>) -> Result<(), StreamError> {
    const DAMAGED: StreamError = StreamError::Offence(Offence::DamagedEntry);
    let mut inflater = Decompress::new(false);
    let mut input = Input::new(source, extent);
    let mut output = vec![0; PIECE];
    while let Some(mut piece) = input.more()? {
        loop {
            let (before_in, before_out) = (inflater.total_in(), inflater.total_out());
            let status = inflater.decompress(piece, &mut output, FlushDecompress::None).map_err(|_| DAMAGED)?;
            let read = usize::try_from(inflater.total_in() - before_in).unwrap_or(0);
            let written = usize::try_from(inflater.total_out() - before_out).unwrap_or(0);
            piece = piece.get(read..).unwrap_or_default();
            held.take(output.get(..written).unwrap_or_default())?;
            if status == Status::StreamEnd {
                // nothing may hide behind the end of the deflate stream
                let whole = inflater.total_in() == extent.compressed;
                return if whole { Ok(()) } else { Err(StreamError::Offence(Offence::SizeMismatch)) };
            }
            if read == 0 && written == 0 {
                if piece.is_empty() {
                    break;
                }
                return Err(DAMAGED);
            }
        }
    }
    Err(DAMAGED)
}

/// The entry's compressed octets through one buffer.
struct Input<'s> {
    source: &'s dyn Source,
    at: u64,
    left: u64,
    buffer: Vec<u8>,
}

impl<'s> Input<'s> {
    fn new(source: &'s dyn Source, extent: Extent) -> Self {
        let len = usize::try_from(extent.compressed).map_or(PIECE, |len| len.min(PIECE));
        Self { source, at: extent.start, left: extent.compressed, buffer: vec![0; len] }
    }

    fn more(&mut self) -> Result<Option<&[u8]>, SourceError> {
        let len = usize::try_from(self.left).map_or(PIECE, |left| left.min(self.buffer.len()));
        if len == 0 {
            return Ok(None);
        }
        let piece = self.buffer.get_mut(..len).unwrap_or_default();
        self.source.read_at(self.at, piece)?;
        self.at += len as u64;
        self.left -= len as u64;
        Ok(Some(piece))
    }
}
