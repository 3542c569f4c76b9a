//! PNG: the chunks of the picture are kept, texts, profiles and animations are not.

use super::be_u32;
use flate2::{Compression, write::ZlibEncoder};
use std::io::Write as _;

pub(super) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
const KEPT: [&[u8; 4]; 5] = [b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"];

/// Width and height from the header chunk, which is the first.
pub(super) fn sides(octets: &[u8]) -> Option<(u32, u32)> {
    if octets.get(12..16)? != b"IHDR" || be_u32(octets, 8)? != 13 {
        return None;
    }
    Some((be_u32(octets, 16)?, be_u32(octets, 20)?))
}

/// The same picture without what is none of it.
pub(super) fn wrap(octets: &[u8]) -> Option<Vec<u8>> {
    let mut kept = SIGNATURE.to_vec();
    let mut at = SIGNATURE.len();
    let mut has_data = false;
    loop {
        let length = usize::try_from(be_u32(octets, at)?).ok()?;
        let name: &[u8; 4] = octets.get(at + 4..)?.first_chunk()?;
        let end = at.checked_add(12)?.checked_add(length)?;
        let chunk = octets.get(at..end)?;
        if KEPT.contains(&name) {
            kept.extend_from_slice(chunk);
        }
        has_data |= name == b"IDAT";
        if name == b"IEND" {
            return has_data.then_some(kept);
        }
        at = end;
    }
}

/// Eight bits for each of red, green, blue and opacity.
pub(super) fn write(width: u32, height: u32, pixels: &[u8]) -> Option<Vec<u8>> {
    let row = usize::try_from(width).ok()?.checked_mul(4)?;
    file(width, height, [8, 6], &[], pixels.chunks_exact(row))
}

/// One bit for each pixel, 1 for black, rows of whole octets; white lets the paper through or not.
pub(super) fn write_two(width: u32, height: u32, rows: &[u8], is_white_clear: bool) -> Option<Vec<u8>> {
    let row = usize::try_from(width.div_ceil(8)).ok()?;
    if rows.len() != row.checked_mul(usize::try_from(height).ok()?)? {
        return None;
    }
    let colours: (&[u8; 4], &[u8]) = (b"PLTE", &[255, 255, 255, 0, 0, 0]);
    let clear: (&[u8; 4], &[u8]) = (b"tRNS", &[0, 255]);
    let before: &[_] = if is_white_clear { &[colours, clear] } else { &[colours] };
    file(width, height, [1, 3], before, rows.chunks_exact(row))
}

/// `kind`: bits of a sample, and which samples there are; `before`: chunks ahead of the pixels.
fn file<'a>(
    width: u32,
    height: u32,
    kind: [u8; 2],
    before: &[(&[u8; 4], &[u8])],
    rows: impl Iterator<Item = &'a [u8]>,
) -> Option<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    for row in rows {
        encoder.write_all(&[0]).ok()?;
        encoder.write_all(row).ok()?;
    }
    let data = encoder.finish().ok()?;
    let mut header = Vec::new();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend(kind);
    header.extend([0, 0, 0]);
    let mut file = SIGNATURE.to_vec();
    let chunks = [(b"IHDR", header.as_slice())].into_iter().chain(before.iter().copied());
    for (name, content) in chunks.chain([(b"IDAT", data.as_slice()), (b"IEND", &[])]) {
        file.extend(u32::try_from(content.len()).ok()?.to_be_bytes());
        let begin = file.len();
        file.extend(name);
        file.extend(content);
        let crc = crc32fast::hash(file.get(begin..)?);
        file.extend(crc.to_be_bytes());
    }
    Some(file)
}
