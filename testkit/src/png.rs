//! Pictures for seals: PNG with transparency.

use crate::deflate::zlib;

const SIDE: i32 = 252;

/// A plain red square of 16 x 16 pixels, for files that nobody looks at.
pub fn square() -> Vec<u8> {
    let line = [&[0][..], &[0xC2, 0x30, 0x1C, 0xD8].repeat(16)].concat();
    rgba(16, 16, &line.repeat(16))
}

/// A round red seal: ring, star, and a bar where the words of a real one are.
pub fn round_seal() -> Vec<u8> {
    let mut pixels = Vec::with_capacity((SIDE * (SIDE * 4 + 1)) as usize);
    for y in 0..SIDE {
        pixels.push(0); // no filter
        for x in 0..SIDE {
            let (dx, dy) = (2 * x - SIDE + 1, 2 * y - SIDE + 1);
            pixels.extend(if inked(dx, dy) { [0xC2, 0x30, 0x1C, 0xD8] } else { [0; 4] });
        }
    }
    rgba(SIDE as u32, SIDE as u32, &pixels)
}

/// Whether a point is red; twice the pixel distance from the centre.
fn inked(dx: i32, dy: i32) -> bool {
    let square = dx * dx + dy * dy;
    let ring = (236 * 236..=250 * 250).contains(&square);
    let bar = (118..134).contains(&dy) && dx.abs() < 110;
    ring || bar || star(dx, dy)
}

/// A five-pointed star: inside at least four of the pentagram's five edges.
fn star(dx: i32, dy: i32) -> bool {
    // outward normals of the five edges, times 1000
    const NORMALS: [(i32, i32); 5] = [(0, -1000), (951, -309), (588, 809), (-588, 809), (-951, -309)];
    let inside = NORMALS.iter().filter(|(nx, ny)| dx * nx + (dy + 14) * ny < 37_000).count();
    inside >= 4
}

/// An RGBA image from scan lines, each begun by its filter octet.
fn rgba(width: u32, height: u32, lines: &[u8]) -> Vec<u8> {
    let mut header = Vec::new();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, 6, 0, 0, 0]);
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in [(b"IHDR", header), (b"IDAT", zlib(lines)), (b"IEND", Vec::new())] {
        let body = [&kind[..], &data].concat();
        out.extend((data.len() as u32).to_be_bytes());
        out.extend(&body);
        out.extend(crc32fast::hash(&body).to_be_bytes());
    }
    out
}
