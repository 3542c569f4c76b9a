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
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    for row in pixels.chunks_exact(row) {
        encoder.write_all(&[0]).ok()?;
        encoder.write_all(row).ok()?;
    }
    let data = encoder.finish().ok()?;
    let mut header = Vec::new();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, 6, 0, 0, 0]);
    let mut file = SIGNATURE.to_vec();
    for (name, content) in [(b"IHDR", header), (b"IDAT", data), (b"IEND", Vec::new())] {
        file.extend(u32::try_from(content.len()).ok()?.to_be_bytes());
        let begin = file.len();
        file.extend(name);
        file.extend(content);
        let crc = crc32fast::hash(file.get(begin..)?);
        file.extend(crc.to_be_bytes());
    }
    Some(file)
}
