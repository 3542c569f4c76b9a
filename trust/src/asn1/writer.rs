//! Strict DER, written from the inside out: each function returns one value.

use super::{Oid, Tag};
use crate::base::Moment;

/// A value of any tag.
pub fn tagged(tag: Tag, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len() + 6);
    out.push(tag.0);
    let length = content.len();
    if length < 0x80 {
        out.push(length as u8);
    } else {
        let digits = length.to_be_bytes();
        let first = digits.iter().position(|&d| d != 0).unwrap_or(digits.len() - 1);
        out.push(0x80 | (digits.len() - first) as u8);
        out.extend_from_slice(&digits[first..]);
    }
    out.extend_from_slice(content);
    out
}

/// SEQUENCE of values already written.
pub fn sequence(values: &[&[u8]]) -> Vec<u8> {
    tagged(Tag::SEQUENCE, &values.concat())
}

/// SET OF values already written, put into DER order (X.690 11.6).
pub fn set_of(values: &[&[u8]]) -> Vec<u8> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    tagged(Tag::SET, &sorted.concat())
}

/// `[number] EXPLICIT` around a value.
pub fn explicit(number: u8, value: &[u8]) -> Vec<u8> {
    tagged(Tag::context(number), value)
}

/// A non-negative INTEGER from big-endian digits.
pub fn unsigned(digits: &[u8]) -> Vec<u8> {
    let first = digits.iter().position(|&d| d != 0).unwrap_or(digits.len());
    let mut content = Vec::with_capacity(digits.len() + 1);
    if digits.get(first).is_none_or(|d| d & 0x80 != 0) {
        content.push(0);
    }
    content.extend_from_slice(&digits[first..]);
    tagged(Tag::INTEGER, &content)
}

/// A small non-negative INTEGER.
pub fn integer(value: u64) -> Vec<u8> {
    unsigned(&value.to_be_bytes())
}

/// OBJECT IDENTIFIER.
pub fn object_identifier(oid: Oid<'_>) -> Vec<u8> {
    tagged(Tag::OBJECT_IDENTIFIER, oid.content())
}

/// NULL.
pub fn null() -> Vec<u8> {
    tagged(Tag::NULL, &[])
}

/// OCTET STRING.
pub fn octet_string(octets: &[u8]) -> Vec<u8> {
    tagged(Tag::OCTET_STRING, octets)
}

/// BIT STRING of whole octets.
pub fn bit_string(octets: &[u8]) -> Vec<u8> {
    let mut content = Vec::with_capacity(octets.len() + 1);
    content.push(0);
    content.extend_from_slice(octets);
    tagged(Tag::BIT_STRING, &content)
}

/// UTF8String.
pub fn utf8_string(text: &str) -> Vec<u8> {
    tagged(Tag::UTF8_STRING, text.as_bytes())
}

/// IA5String; the caller keeps to ASCII.
pub fn ia5_string(text: &str) -> Vec<u8> {
    debug_assert!(text.is_ascii());
    tagged(Tag::IA5_STRING, text.as_bytes())
}

/// PrintableString; the caller keeps to its alphabet.
pub fn printable_string(text: &str) -> Vec<u8> {
    debug_assert!(text.is_ascii());
    tagged(Tag::PRINTABLE_STRING, text.as_bytes())
}

/// GeneralizedTime `YYYYMMDDHHMMSSZ`; milliseconds are cut.
pub fn generalized_time(moment: Moment) -> Vec<u8> {
    tagged(Tag::GENERALIZED_TIME, compact(moment).as_bytes())
}

/// UTCTime `YYMMDDHHMMSSZ`; right for 1950 to 2049 only.
pub fn utc_time(moment: Moment) -> Vec<u8> {
    tagged(Tag::UTC_TIME, compact(moment).get(2..).unwrap_or_default().as_bytes())
}

fn compact(moment: Moment) -> String {
    let text = moment.to_string();
    let digits: String = text.chars().take(19).filter(char::is_ascii_digit).collect();
    digits + "Z"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_and_lengths() {
        assert_eq!(integer(0), [2, 1, 0]);
        assert_eq!(integer(127), [2, 1, 127]);
        assert_eq!(integer(128), [2, 2, 0, 128]);
        assert_eq!(unsigned(&[0, 0, 0x80]), [2, 2, 0, 0x80]);
        assert_eq!(&octet_string(&[7; 128])[..4], [4, 0x81, 128, 7]);
        assert_eq!(&octet_string(&[7; 300])[..5], [4, 0x82, 1, 44, 7]);
        assert_eq!(set_of(&[&integer(9), &integer(1)]), [0x31, 6, 2, 1, 1, 2, 1, 9]);
    }
}
