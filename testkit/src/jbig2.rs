//! Pictures in JBIG2 (ITU-T T.88), segment by segment.

const SIGNATURE: &[u8] = b"\x97JB2\r\n\x1a\n";

/// Four white pixels and four black ones in a row, the same once more: fax codes of T.6.
pub const HALVES: [u8; 2] = [0b0011_0110, 0b1111_0000];

/// A segment of page 1.
pub fn segment(number: u32, kind: u8, others: &[u8], data: &[u8]) -> Vec<u8> {
    let mut out = number.to_be_bytes().to_vec();
    out.extend([kind, u8::try_from(others.len()).expect("few others") << 5]);
    out.extend(others);
    out.push(1);
    out.extend(u32::try_from(data.len()).expect("little data").to_be_bytes());
    out.extend(data);
    out
}

/// What a page says of itself.
pub fn page(width: u32, height: u32) -> Vec<u8> {
    [&width.to_be_bytes()[..], &height.to_be_bytes(), &[0; 11]].concat()
}

/// A region at the corner of the page, and its own fields.
pub fn region(width: u32, height: u32, rest: &[u8]) -> Vec<u8> {
    [&width.to_be_bytes()[..], &height.to_be_bytes(), &[0; 9], rest].concat()
}

/// Segments in sequence.
pub fn file(segments: &[Vec<u8>]) -> Vec<u8> {
    [SIGNATURE, &[1, 0, 0, 0, 1], &segments.concat()].concat()
}

/// Eight pixels by two, the left half white, the right half black.
pub fn halves() -> Vec<u8> {
    let data = region(8, 2, &[&[1], &HALVES[..]].concat());
    file(&[segment(0, 48, &[], &page(8, 2)), segment(1, 38, &[], &data), segment(2, 49, &[], &[])])
}
