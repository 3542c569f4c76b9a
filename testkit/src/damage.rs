//! Encodings that no reader may accept, made from sound DER.

/// The outermost length made indefinite, closed by two zero octets.
pub fn indefinite(der: &[u8]) -> Vec<u8> {
    let (tag, content) = split(der);
    [&[tag, 0x80], content, &[0, 0]].concat()
}

/// The outermost length written with a superfluous leading zero octet.
pub fn long_length(der: &[u8]) -> Vec<u8> {
    let (tag, content) = split(der);
    let length = u32::try_from(content.len()).expect("below 4 GiB").to_be_bytes();
    let first = length.iter().position(|&octet| octet != 0).unwrap_or(3);
    let digits = &length[first..];
    [&[tag, 0x80 | (digits.len() + 1) as u8, 0], digits, content].concat()
}

/// Five octets behind the outermost value.
pub fn trailing(der: &[u8]) -> Vec<u8> {
    [der, b"\x04\x03abc"].concat()
}

/// One bit of the octet at `at` turned over.
pub fn flip(octets: &[u8], at: usize) -> Vec<u8> {
    let mut out = octets.to_vec();
    out[at] ^= 1;
    out
}

/// The first place where `part` stands in `whole`.
pub fn find(whole: &[u8], part: &[u8]) -> Option<usize> {
    whole.windows(part.len()).position(|window| window == part)
}

/// `part` replaced where it first stands.
///
/// # Panics
/// When it does not stand there.
pub fn replace(whole: &[u8], part: &[u8], with: &[u8]) -> Vec<u8> {
    let at = find(whole, part).expect("the part to replace stands in the whole");
    [&whole[..at], with, &whole[at + part.len()..]].concat()
}

fn split(der: &[u8]) -> (u8, &[u8]) {
    let value = yinxin_trust::asn1::Reader::new(der).any().expect("sound DER to damage");
    (value.tag.0, value.content)
}
