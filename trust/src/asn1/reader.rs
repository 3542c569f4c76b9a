//! A reader of definite-length DER that keeps raw ranges.

use super::{Deviation, Deviations, Oid};
use std::borrow::Cow;

/// Default nesting budget, as in [`crate::base::Limits::der_depth`].
const DEPTH: usize = 32;

/// An identifier octet. Tags of more than one octet are not used by any format here.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Tag(pub u8);

#[expect(missing_docs, reason = "the universal tags of X.680 under their own names")]
impl Tag {
    pub const BOOLEAN: Self = Self(0x01);
    pub const INTEGER: Self = Self(0x02);
    pub const BIT_STRING: Self = Self(0x03);
    pub const OCTET_STRING: Self = Self(0x04);
    pub const NULL: Self = Self(0x05);
    pub const OBJECT_IDENTIFIER: Self = Self(0x06);
    pub const ENUMERATED: Self = Self(0x0A);
    pub const UTF8_STRING: Self = Self(0x0C);
    pub const PRINTABLE_STRING: Self = Self(0x13);
    pub const IA5_STRING: Self = Self(0x16);
    pub const UTC_TIME: Self = Self(0x17);
    pub const GENERALIZED_TIME: Self = Self(0x18);
    pub const SEQUENCE: Self = Self(0x30);
    pub const SET: Self = Self(0x31);

    /// Constructed context tag `[number]`.
    pub const fn context(number: u8) -> Self {
        Self(0xA0 | number)
    }

    /// Primitive context tag `[number] IMPLICIT`.
    pub const fn context_primitive(number: u8) -> Self {
        Self(0x80 | number)
    }

    /// Whether the value consists of further values.
    pub const fn is_constructed(self) -> bool {
        self.0 & 0x20 != 0
    }
}

impl core::fmt::Debug for Tag {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:#04x}", self.0)
    }
}

/// What is wrong with an encoding, and at which octet of the outermost value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum Asn1Error {
    #[error("value at octet {at} runs past its container")]
    Truncated { at: usize },
    #[error("indefinite length at octet {at}")]
    Indefinite { at: usize },
    #[error("length at octet {at} is not in its shortest form")]
    Length { at: usize },
    #[error("tag of more than one octet at {at}")]
    HighTag { at: usize },
    #[error("expected tag {expected:?} at octet {at}, found {found:?}")]
    Unexpected { at: usize, expected: Tag, found: Tag },
    #[error("{count} octets too many at {at}")]
    Trailing { at: usize, count: usize },
    #[error("nested deeper than {limit} at octet {at}")]
    Depth { at: usize, limit: usize },
    #[error("integer at octet {at} is not in its shortest form, or out of range")]
    Integer { at: usize },
    #[error("bit string at octet {at} is malformed")]
    BitString { at: usize },
    #[error("object identifier at octet {at} is malformed")]
    Oid { at: usize },
    #[error("boolean at octet {at} is malformed")]
    Boolean { at: usize },
    #[error("time at octet {at} is not of the calendar or of its form")]
    Time { at: usize },
    #[error("text at octet {at} is not of its character set")]
    Text { at: usize },
    #[error("larger than {limit} octets")]
    Size { limit: u64 },
}

/// One value with the octets it came from.
#[derive(Clone, Copy, Debug)]
pub struct Tlv<'a> {
    /// The identifier octet.
    pub tag: Tag,
    /// Identifier, length and content exactly as received.
    pub raw: &'a [u8],
    /// The content octets.
    pub content: &'a [u8],
    /// Where `raw` begins in the outermost value.
    pub offset: usize,
    depth: usize,
}

impl<'a> Tlv<'a> {
    /// A reader of the content.
    ///
    /// # Errors
    /// [`Asn1Error::Depth`] when the nesting budget is used up.
    pub fn reader(&self) -> Result<Reader<'a>, Asn1Error> {
        let depth = self.depth.checked_sub(1).ok_or(Asn1Error::Depth { at: self.offset, limit: DEPTH })?;
        let offset = self.offset + (self.raw.len() - self.content.len());
        Ok(Reader { rest: self.content, offset, depth })
    }

    /// UTF8String, PrintableString or IA5String as text.
    ///
    /// # Errors
    /// [`Asn1Error::Text`] for another tag or character set.
    pub fn text(&self) -> Result<&'a str, Asn1Error> {
        let error = Asn1Error::Text { at: self.offset };
        let text = core::str::from_utf8(self.content).map_err(|_| error.clone())?;
        match self.tag {
            Tag::UTF8_STRING => Ok(text),
            Tag::PRINTABLE_STRING | Tag::IA5_STRING if text.is_ascii() => Ok(text),
            _ => Err(error),
        }
    }

    /// BIT STRING content as octets. Declared unused bits are read when they
    /// are zero, with a deviation: some signers drop trailing zero bits.
    ///
    /// # Errors
    /// [`Asn1Error::BitString`].
    pub fn bits(&self, deviations: &mut Deviations) -> Result<&'a [u8], Asn1Error> {
        let error = || Asn1Error::BitString { at: self.offset };
        let (&unused, octets) = self.content.split_first().ok_or_else(error)?;
        if self.tag != Tag::BIT_STRING || unused > 7 {
            return Err(error());
        }
        if unused > 0 {
            let last = octets.last().ok_or_else(error)?;
            if last & ((1 << unused) - 1) != 0 {
                return Err(error());
            }
            deviations.note(Deviation::BitStringUnusedBits);
        }
        Ok(octets)
    }

    /// BIT STRING content filled up with zero octets to `width`, as [`Tlv::bits`].
    ///
    /// # Errors
    /// [`Asn1Error::BitString`], also when longer than `width`.
    pub fn bits_of(&self, width: usize, deviations: &mut Deviations) -> Result<Cow<'a, [u8]>, Asn1Error> {
        let octets = self.bits(deviations)?;
        if octets.len() > width {
            return Err(Asn1Error::BitString { at: self.offset });
        }
        if octets.len() == width {
            return Ok(Cow::Borrowed(octets));
        }
        deviations.note(Deviation::BitStringShort);
        let mut filled = octets.to_vec();
        filled.resize(width, 0);
        Ok(Cow::Owned(filled))
    }
}

/// Reads values one after the other from a container.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
    offset: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    /// Reads `octets` with the default nesting budget of 32.
    pub const fn new(octets: &'a [u8]) -> Self {
        Self { rest: octets, offset: 0, depth: DEPTH }
    }

    /// Whether nothing is left.
    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The tag of the next value.
    pub fn peek(&self) -> Option<Tag> {
        self.rest.first().map(|&octet| Tag(octet))
    }

    /// The next value, whatever it is.
    ///
    /// # Errors
    /// The named offence in its header, or [`Asn1Error::Truncated`].
    pub fn any(&mut self) -> Result<Tlv<'a>, Asn1Error> {
        let at = self.offset;
        let (tag, header, length) = header(self.rest, at)?;
        let end = header.checked_add(length).filter(|&end| end <= self.rest.len());
        let end = end.ok_or(Asn1Error::Truncated { at })?;
        let (raw, rest) = self.rest.split_at(end);
        self.rest = rest;
        self.offset += end;
        Ok(Tlv { tag, raw, content: &raw[header..], offset: at, depth: self.depth })
    }

    /// The next value, which must have this tag.
    ///
    /// # Errors
    /// [`Asn1Error::Unexpected`], or as [`Reader::any`].
    pub fn expect(&mut self, expected: Tag) -> Result<Tlv<'a>, Asn1Error> {
        let at = self.offset;
        match self.peek() {
            None => Err(Asn1Error::Truncated { at }),
            Some(found) if found != expected => Err(Asn1Error::Unexpected { at, expected, found }),
            Some(_) => self.any(),
        }
    }

    /// The next value if it has this tag.
    ///
    /// # Errors
    /// As [`Reader::any`].
    pub fn optional(&mut self, tag: Tag) -> Result<Option<Tlv<'a>>, Asn1Error> {
        if self.peek() == Some(tag) { self.any().map(Some) } else { Ok(None) }
    }

    /// A reader of the next value's content; the value must have this tag.
    ///
    /// # Errors
    /// As [`Reader::expect`] and [`Tlv::reader`].
    pub fn nested(&mut self, tag: Tag) -> Result<Self, Asn1Error> {
        self.expect(tag)?.reader()
    }

    /// A non-negative INTEGER in its shortest form: its digits without a leading zero octet.
    ///
    /// # Errors
    /// [`Asn1Error::Integer`].
    pub fn unsigned(&mut self) -> Result<&'a [u8], Asn1Error> {
        let value = self.expect(Tag::INTEGER)?;
        match value.content {
            [0] => Ok(&[]),
            [0, rest @ ..] if rest[0] & 0x80 != 0 => Ok(rest),
            [first, ..] if *first != 0 && first & 0x80 == 0 => Ok(value.content),
            _ => Err(Asn1Error::Integer { at: value.offset }),
        }
    }

    /// A non-negative INTEGER below 2^64.
    ///
    /// # Errors
    /// [`Asn1Error::Integer`].
    pub fn small(&mut self) -> Result<u64, Asn1Error> {
        let at = self.offset;
        let digits = self.unsigned()?;
        if digits.len() > 8 {
            return Err(Asn1Error::Integer { at });
        }
        Ok(digits.iter().fold(0, |value, &digit| value << 8 | u64::from(digit)))
    }

    /// An OBJECT IDENTIFIER.
    ///
    /// # Errors
    /// [`Asn1Error::Oid`].
    pub fn oid(&mut self) -> Result<Oid<'a>, Asn1Error> {
        let value = self.expect(Tag::OBJECT_IDENTIFIER)?;
        Oid::from_content(value.content).ok_or(Asn1Error::Oid { at: value.offset })
    }

    /// The OID of an AlgorithmIdentifier; parameters may be absent or anything.
    ///
    /// # Errors
    /// As [`Reader::oid`].
    pub fn algorithm(&mut self) -> Result<Oid<'a>, Asn1Error> {
        let mut parts = self.nested(Tag::SEQUENCE)?;
        let oid = parts.oid()?;
        if !parts.is_empty() {
            parts.any()?;
        }
        parts.finish()?;
        Ok(oid)
    }

    /// Nothing may be left.
    ///
    /// # Errors
    /// [`Asn1Error::Trailing`].
    pub const fn finish(self) -> Result<(), Asn1Error> {
        match self.rest.len() {
            0 => Ok(()),
            count => Err(Asn1Error::Trailing { at: self.offset, count }),
        }
    }
}

/// Tag, octets of identifier and length, and the content's length.
fn header(octets: &[u8], at: usize) -> Result<(Tag, usize, usize), Asn1Error> {
    let [tag, first, rest @ ..] = octets else { return Err(Asn1Error::Truncated { at }) };
    if tag & 0x1F == 0x1F {
        return Err(Asn1Error::HighTag { at });
    }
    match *first {
        short @ 0..=0x7F => Ok((Tag(*tag), 2, usize::from(short))),
        0x80 => Err(Asn1Error::Indefinite { at }),
        long => {
            let count = usize::from(long & 0x7F);
            if count > 4 {
                return Err(Asn1Error::Length { at });
            }
            let digits = rest.get(..count).ok_or(Asn1Error::Truncated { at })?;
            let length = digits.iter().fold(0_usize, |length, &digit| length << 8 | usize::from(digit));
            if length < 0x80 || digits.first() == Some(&0) {
                return Err(Asn1Error::Length { at });
            }
            Ok((Tag(*tag), 2 + count, length))
        }
    }
}

/// The first value of `octets`, which something follows: lets a checker that has
/// already refused the trailing octets go on to its other facts.
pub fn without_trailing(octets: &[u8]) -> Option<&[u8]> {
    let (_, head, length) = header(octets, 0).ok()?;
    octets.get(..head.checked_add(length)?).filter(|value| value.len() < octets.len())
}

/// Walks one value to its last leaf: definite and shortest lengths, nesting
/// below `depth`, nothing behind it. Linear in the length, no recursion.
///
/// # Errors
/// The first offence.
pub fn check_definite(octets: &[u8], depth: usize) -> Result<(), Asn1Error> {
    let mut at = 0;
    let mut ends = Vec::with_capacity(depth.min(64));
    loop {
        let container = ends.last().copied().unwrap_or(octets.len());
        let (tag, head, length) = header(&octets[at..container], at)?;
        let start = at + head;
        let end = start.checked_add(length).filter(|&end| end <= container).ok_or(Asn1Error::Truncated { at })?;
        if tag.is_constructed() && length > 0 {
            if ends.len() >= depth {
                return Err(Asn1Error::Depth { at, limit: depth });
            }
            ends.push(end);
            at = start;
        } else {
            at = end;
        }
        while ends.last() == Some(&at) {
            ends.pop();
        }
        if ends.is_empty() {
            let count = octets.len() - at;
            return if count == 0 { Ok(()) } else { Err(Asn1Error::Trailing { at, count }) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_offences() {
        let read = |octets: &[u8]| check_definite(octets, 32);
        assert_eq!(read(&[0x30, 0x80, 0, 0]), Err(Asn1Error::Indefinite { at: 0 }));
        assert_eq!(read(&[0x30, 0x81, 0x02, 5, 0]), Err(Asn1Error::Length { at: 0 }));
        assert_eq!(read(&[0x30, 2, 5, 1]), Err(Asn1Error::Truncated { at: 2 }));
        assert_eq!(read(&[0x30, 2, 5, 0, 7]), Err(Asn1Error::Trailing { at: 4, count: 1 }));
        assert_eq!(read(&[0x1F, 1, 0]), Err(Asn1Error::HighTag { at: 0 }));
        assert_eq!(read(&[0x30, 4, 0x30, 0, 5, 0]), Ok(()));
        let deep: Vec<u8> = (0..40).rev().flat_map(|n| [0x30, 2 * n]).collect();
        assert_eq!(read(&deep), Err(Asn1Error::Depth { at: 64, limit: 32 }));
        assert_eq!(check_definite(&deep, 64), Ok(()));
    }

    #[test]
    fn unused_bits_must_be_zero() {
        let mut deviations = Deviations::default();
        let bits = |octets: &'static [u8], d: &mut Deviations| Reader::new(octets).any().and_then(|v| v.bits(d));
        assert_eq!(bits(&[3, 3, 4, 0xAB, 0xF0], &mut deviations), Ok(&[0xAB, 0xF0][..]));
        assert_eq!(deviations.first(), Some(Deviation::BitStringUnusedBits));
        assert!(bits(&[3, 3, 4, 0xAB, 0xF1], &mut deviations).is_err());
        assert!(bits(&[3, 1, 4], &mut deviations).is_err());
        assert!(bits(&[3, 2, 8, 0], &mut deviations).is_err());
    }
}
