//! A PNG by its headers (ISO/IEC 15948): a walk over the chunks with their CRCs.
//!
//! Nothing is inflated, so that no picture can cost more than its own length
//! here; IHDR bounds what it can cost a viewer. Chunks that hold compressed text,
//! profiles, animation or anything unknown are refused.

use super::PictureFault;

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// Width and height, pixels: 2048 on 42 mm are over 1,200 dots an inch.
const PIXELS: core::ops::RangeInclusive<u32> = 16..=2048;
/// Chunks without compressed content that decide how the picture looks.
const BEFORE_DATA: [&[u8]; 8] = [b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs"];

/// What comes next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Header,
    BeforeData,
    Data,
    AfterData,
}

pub(super) fn check(octets: &[u8]) -> Result<(), PictureFault> {
    let mut rest = octets.strip_prefix(SIGNATURE).ok_or(PictureFault::PngSignature)?;
    let mut stage = Stage::Header;
    let mut seen: Vec<&[u8]> = Vec::new();
    let mut palette_due = false;
    loop {
        let at = octets.len() - rest.len();
        let (kind, data, after) = chunk(rest, at)?;
        rest = after;
        match (stage, kind) {
            (Stage::Header, b"IHDR") => {
                palette_due = header(data)?;
                stage = Stage::BeforeData;
            }
            (Stage::Header, _) => return Err(PictureFault::PngHeader),
            (Stage::BeforeData, b"IDAT") => {
                if palette_due && !seen.contains(&b"PLTE".as_slice()) {
                    return Err(PictureFault::PngOrder);
                }
                stage = Stage::Data;
            }
            (Stage::Data, b"IDAT") => {}
            (Stage::Data | Stage::AfterData, b"IEND") if data.is_empty() => {
                return if rest.is_empty() { Ok(()) } else { Err(PictureFault::PngTrailing) };
            }
            (Stage::Data | Stage::AfterData, b"tIME") => stage = Stage::AfterData,
            (Stage::BeforeData, b"tIME") => {}
            (Stage::BeforeData, known) if BEFORE_DATA.contains(&known) => {
                let palette = known == b"PLTE";
                if seen.contains(&known) || palette && (data.is_empty() || data.len() > 768 || data.len() % 3 != 0) {
                    return Err(PictureFault::PngOrder);
                }
                seen.push(known);
            }
            (_, known) if known == b"IHDR" || known == b"IDAT" || known == b"IEND" || BEFORE_DATA.contains(&known) => {
                return Err(PictureFault::PngOrder);
            }
            (_, other) => return Err(PictureFault::PngChunk(String::from_utf8_lossy(other).into_owned())),
        }
    }
}

/// Type, data, and what follows the chunk.
type Chunk<'a> = (&'a [u8], &'a [u8], &'a [u8]);

fn chunk(octets: &[u8], at: usize) -> Result<Chunk<'_>, PictureFault> {
    let (length, rest) = octets.split_first_chunk::<4>().ok_or(PictureFault::PngTruncated)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| PictureFault::PngTruncated)?;
    let summed = length.checked_add(4).and_then(|end| rest.get(..end)).ok_or(PictureFault::PngTruncated)?;
    let after = rest.get(summed.len()..).unwrap_or_default();
    let (crc, after) = after.split_first_chunk::<4>().ok_or(PictureFault::PngTruncated)?;
    if crc32fast::hash(summed) != u32::from_be_bytes(*crc) {
        return Err(PictureFault::PngCrc { at });
    }
    let (kind, data) = summed.split_at_checked(4).ok_or(PictureFault::PngTruncated)?;
    Ok((kind, data, after))
}

/// IHDR; tells whether a palette must follow.
fn header(data: &[u8]) -> Result<bool, PictureFault> {
    let fields: &[u8; 13] = data.try_into().map_err(|_| PictureFault::PngHeader)?;
    let [w0, w1, w2, w3, h0, h1, h2, h3, depth, colour, compression, filter, interlace] = *fields;
    let (width, height) = (u32::from_be_bytes([w0, w1, w2, w3]), u32::from_be_bytes([h0, h1, h2, h3]));
    if !PIXELS.contains(&width) || !PIXELS.contains(&height) {
        return Err(PictureFault::PngPixels);
    }
    let fits = match colour {
        0 => matches!(depth, 1 | 2 | 4 | 8 | 16),
        3 => matches!(depth, 1 | 2 | 4 | 8),
        2 | 4 | 6 => matches!(depth, 8 | 16),
        _ => false,
    };
    if !fits {
        return Err(PictureFault::PngColour);
    }
    if compression != 0 || filter != 0 || interlace > 1 {
        return Err(PictureFault::PngHeader);
    }
    Ok(colour == 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk_of(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let summed = [&kind[..], data].concat();
        [&(data.len() as u32).to_be_bytes()[..], &summed, &crc32fast::hash(&summed).to_be_bytes()].concat()
    }

    fn ihdr(width: u32, height: u32, depth: u8, colour: u8) -> Vec<u8> {
        let fields = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[depth, colour, 0, 0, 0]].concat();
        chunk_of(b"IHDR", &fields)
    }

    fn png(chunks: &[Vec<u8>]) -> Vec<u8> {
        [SIGNATURE, &chunks.concat()].concat()
    }

    #[test]
    fn sound_ones_pass() {
        let (head, data, end) = (ihdr(100, 100, 8, 6), chunk_of(b"IDAT", &[1, 2, 3]), chunk_of(b"IEND", &[]));
        assert_eq!(check(&png(&[head.clone(), data.clone(), data.clone(), end.clone()])), Ok(()));
        let palette = chunk_of(b"PLTE", &[255, 0, 0]);
        assert_eq!(check(&png(&[ihdr(64, 64, 1, 3), palette, data, end])), Ok(()));
    }

    #[test]
    fn each_offence_is_named() {
        let (head, data, end) = (ihdr(100, 100, 8, 6), chunk_of(b"IDAT", &[1]), chunk_of(b"IEND", &[]));
        let sound = png(&[head.clone(), data.clone(), end.clone()]);
        assert_eq!(check(b"GIF89a"), Err(PictureFault::PngSignature));
        for length in 8..sound.len() {
            assert_eq!(check(&sound[..length]), Err(PictureFault::PngTruncated), "{length}");
        }
        let mut flipped = sound.clone();
        flipped[20] ^= 1;
        assert_eq!(check(&flipped), Err(PictureFault::PngCrc { at: 8 }));
        assert_eq!(check(&[sound, vec![0]].concat()), Err(PictureFault::PngTrailing));
        let with = |chunks: &[&Vec<u8>]| check(&png(&chunks.iter().map(|c| (*c).clone()).collect::<Vec<_>>()));
        assert_eq!(with(&[&data, &end]), Err(PictureFault::PngHeader));
        assert_eq!(with(&[&head, &end]), Err(PictureFault::PngOrder));
        assert_eq!(with(&[&head, &head, &data, &end]), Err(PictureFault::PngOrder));
        assert_eq!(with(&[&ihdr(64, 64, 8, 3), &data, &end]), Err(PictureFault::PngOrder));
        assert_eq!(with(&[&ihdr(60_000, 60_000, 8, 6), &data, &end]), Err(PictureFault::PngPixels));
        assert_eq!(with(&[&ihdr(0, 100, 8, 6), &data, &end]), Err(PictureFault::PngPixels));
        assert_eq!(with(&[&ihdr(100, 100, 4, 6), &data, &end]), Err(PictureFault::PngColour));
        for kind in [b"zTXt", b"iCCP", b"acTL", b"eXIf"] {
            let strange = chunk_of(kind, &[0]);
            assert!(matches!(with(&[&head, &strange, &data, &end]), Err(PictureFault::PngChunk(_))));
        }
        assert_eq!(with(&[&head, &data, &chunk_of(b"tIME", &[0; 7]), &data, &end]), Err(PictureFault::PngOrder));
    }
}
