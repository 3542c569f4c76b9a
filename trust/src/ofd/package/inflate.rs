//! The data of one entry, in pieces, held to its declared sizes and CRC.

use crate::base::{Source, SourceError};
use crate::ofd::Offence;
use flate2::{Decompress, FlushDecompress, Status};

const PIECE: usize = 64 << 10;
pub(super) const STORED: u16 = 0;
pub(super) const DEFLATED: u16 = 8;

/// Octets behind the end of a small entry that the inflater may write to, so that it takes its fast way up to
/// the end.
const SLACK: usize = 512;

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

/// What inflating a small entry needs, for one after the other.
pub(super) struct Tools {
    inflater: Decompress,
    input: Vec<u8>,
    output: Vec<u8>,
}

impl Tools {
    pub(super) fn new() -> Self {
        Self { inflater: Decompress::new(false), input: Vec::new(), output: Vec::new() }
    }
}

/// Whether an entry is small enough for [`whole`].
pub(super) const fn is_small(extent: Extent) -> bool {
    extent.size < PIECE as u64 && extent.compressed <= PIECE as u64
}

/// All octets of a small entry, as [`stream`] would hand them out, with the same offences.
pub(super) fn whole<'t>(source: &'t dyn Source, extent: Extent, tools: &'t mut Tools) -> Result<&'t [u8], StreamError> {
    const WRONG_SIZE: StreamError = StreamError::Offence(Offence::SizeMismatch);
    const DAMAGED: StreamError = StreamError::Offence(Offence::DamagedEntry);
    if !matches!(extent.method, STORED | DEFLATED) {
        return Err(StreamError::Offence(Offence::UnsupportedMethod));
    }
    if extent.method == STORED && extent.compressed != extent.size {
        return Err(WRONG_SIZE);
    }
    let Tools { inflater, input, output } = tools;
    let length = usize::try_from(extent.compressed).unwrap_or(usize::MAX);
    let in_place = || {
        let start = usize::try_from(extent.start).ok()?;
        source.in_memory()?.get(start..)?.get(..length)
    };
    let packed = match in_place() {
        Some(packed) => packed,
        None => {
            input.resize(length.min(PIECE), 0);
            source.read_at(extent.start, input)?;
            input
        }
    };
    let octets = if extent.method == STORED {
        packed
    } else {
        // with room beyond what is declared: what fills it is longer
        let room = usize::try_from(extent.size).unwrap_or(PIECE).saturating_add(SLACK);
        if output.len() < room {
            output.resize(room, 0);
        }
        inflater.reset(false);
        let status = inflater.decompress(packed, output, FlushDecompress::Finish).map_err(|_| DAMAGED)?;
        let (read, written) = (inflater.total_in(), inflater.total_out());
        if status != Status::StreamEnd && written <= extent.size {
            return Err(DAMAGED);
        }
        // nothing may hide behind the end of the deflate stream
        if written != extent.size || read != extent.compressed {
            return Err(WRONG_SIZE);
        }
        output.get(..usize::try_from(written).unwrap_or(0)).unwrap_or_default()
    };
    if crc32fast::hash(octets) != extent.crc {
        return Err(StreamError::Offence(Offence::CrcMismatch));
    }
    Ok(octets)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ofd::testing::Part;

    fn streamed(source: &[u8], extent: Extent) -> Result<Vec<u8>, Offence> {
        let mut octets = Vec::new();
        told(stream(&source, extent, &mut |piece| octets.extend_from_slice(piece))).map(|()| octets)
    }

    fn told<T>(result: Result<T, StreamError>) -> Result<T, Offence> {
        result.map_err(|error| match error {
            StreamError::Offence(offence) => offence,
            StreamError::Source(error) => unreachable!("{error}"),
        })
    }

    /// Not in memory: read piece by piece.
    struct Elsewhere(Vec<u8>);

    impl Source for Elsewhere {
        fn len(&self) -> u64 {
            self.0.len() as u64
        }

        fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SourceError> {
            self.0.read_at(offset, buffer)
        }
    }

    /// One inflater for all of them, as in a package: what one leaves behind is nothing to the next.
    #[test]
    fn a_small_entry_is_what_it_would_be_in_pieces() {
        let mut tools = Tools::new();
        let (mut right, mut wrong) = (0, 0);
        for length in [0_usize, 1, 100, 3_000, 40_000, PIECE - 1] {
            let content: Vec<u8> = (0..length).map(|at| (at * at / 7 % 251) as u8 % 97).collect();
            let packed = Part::deflated("", &content).data;
            let extent = Extent {
                method: DEFLATED,
                start: 3,
                compressed: packed.len() as u64,
                size: length as u64,
                crc: crc32fast::hash(&content),
            };
            let source = |packed: &[u8]| [b"...", packed, b"behind"].concat();
            let mut cases = vec![(source(&packed), extent)];
            for (size, compressed, crc) in
                [(1_i64, 0_i64, 0_u32), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 5, 0), (0, 0, 1)]
            {
                let shifted = |value: u64, by: i64| value.saturating_add_signed(by);
                let extent = Extent {
                    size: shifted(extent.size, size),
                    compressed: shifted(extent.compressed, compressed),
                    crc: extent.crc ^ crc,
                    ..extent
                };
                cases.push((source(&packed), extent));
                cases.push((
                    source(&content),
                    Extent { method: STORED, compressed: shifted(length as u64, compressed), ..extent },
                ));
            }
            for at in (0..packed.len()).step_by(1 + packed.len() / 40) {
                let mut damaged = packed.clone();
                damaged[at] ^= 1 << (at % 8);
                cases.push((source(&damaged), extent));
            }
            cases.push((source(&packed), Extent { method: 99, ..extent }));
            for (octets, extent) in cases.into_iter().filter(|(_, extent)| is_small(*extent)) {
                let expected = streamed(&octets, extent);
                let whole_of =
                    |source: &dyn Source, tools: &mut Tools| told(whole(source, extent, tools).map(<[u8]>::to_vec));
                let found = whole_of(&octets, &mut tools);
                assert_eq!(found, whole_of(&Elsewhere(octets), &mut tools));
                match (&found, &expected) {
                    // both are wrong with it: too long, and broken behind that
                    (Err(Offence::SizeMismatch), Err(Offence::DamagedEntry)) => {}
                    _ => assert_eq!(found, expected, "{length} octets"),
                }
                *if found.is_ok() { &mut right } else { &mut wrong } += 1;
            }
        }
        assert!(right >= 6 && wrong >= 60, "{right} right, {wrong} wrong");
    }
}
