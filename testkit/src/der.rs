//! DER beyond what the product writes: dotted identifiers, booleans, and BIT
//! STRINGs in the forms that genuine signers give them.

use yinxin_trust::asn1::{self, Tag};

pub use yinxin_trust::asn1::{
    explicit, generalized_time, ia5_string, integer, octet_string, printable_string, sequence, set_of, tagged,
    unsigned, utc_time, utf8_string,
};

/// 1.2.156.10197.1.501
pub const SM2_SM3: &str = "1.2.156.10197.1.501";
/// 1.2.156.10197.1.401
pub const SHA256: &str = "2.16.840.1.101.3.4.2.1";
/// The digest of GB/T 32905.
pub const SM3: &str = "1.2.156.10197.1.401";

/// OBJECT IDENTIFIER from its dotted form.
///
/// # Panics
/// On other text.
pub fn oid(dotted: &str) -> Vec<u8> {
    let mut arcs = dotted.split('.').map(|arc| arc.parse::<u64>().expect("a number in a dotted identifier"));
    let first = arcs.next().expect("first arc") * 40 + arcs.next().expect("second arc");
    let mut content = Vec::new();
    for arc in core::iter::once(first).chain(arcs) {
        let mut digits = vec![(arc & 0x7F) as u8];
        let mut rest = arc >> 7;
        while rest > 0 {
            digits.push(0x80 | (rest & 0x7F) as u8);
            rest >>= 7;
        }
        content.extend(digits.iter().rev());
    }
    tagged(Tag::OBJECT_IDENTIFIER, &content)
}

/// AlgorithmIdentifier without parameters, as new certificates have it.
pub fn algorithm(dotted: &str) -> Vec<u8> {
    sequence(&[&oid(dotted)])
}

/// BOOLEAN.
pub fn boolean(value: bool) -> Vec<u8> {
    tagged(Tag::BOOLEAN, &[if value { 0xFF } else { 0 }])
}

/// SEQUENCE OF values already written.
pub fn sequence_of(values: &[Vec<u8>]) -> Vec<u8> {
    tagged(Tag::SEQUENCE, &values.concat())
}

/// SET OF values already written, in DER order.
pub fn set_of_vec(values: &[Vec<u8>]) -> Vec<u8> {
    let parts: Vec<&[u8]> = values.iter().map(Vec::as_slice).collect();
    set_of(&parts)
}

/// How a BIT STRING is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BitForm {
    /// All octets, none unused.
    #[default]
    Whole,
    /// The trailing zero bits of the last octet declared unused.
    DroppedBits,
    /// Trailing zero octets left out.
    DroppedOctets,
}

impl BitForm {
    /// Whether these octets can show the form at all.
    pub fn shows_on(self, octets: &[u8]) -> bool {
        match (self, octets.last()) {
            (Self::Whole, _) => true,
            (Self::DroppedBits, Some(last)) => last & 1 == 0 && *last != 0,
            (Self::DroppedOctets, Some(0)) => true,
            _ => false,
        }
    }

    /// The BIT STRING.
    ///
    /// # Panics
    /// When the octets cannot show the form.
    pub fn write(self, octets: &[u8]) -> Vec<u8> {
        assert!(self.shows_on(octets), "these octets have nothing to drop");
        match self {
            Self::Whole => asn1::bit_string(octets),
            Self::DroppedBits => {
                let unused = octets.last().map_or(0, |last| last.trailing_zeros() as u8);
                tagged(Tag::BIT_STRING, &[&[unused], octets].concat())
            }
            Self::DroppedOctets => {
                let kept = octets.iter().rposition(|&octet| octet != 0).map_or(0, |last| last + 1);
                asn1::bit_string(&octets[..kept])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        assert_eq!(oid("1.2.156.10197.1.501"), [6, 8, 0x2A, 0x81, 0x1C, 0xCF, 0x55, 1, 0x83, 0x75]);
        assert_eq!(oid("2.5.29.15"), [6, 3, 0x55, 29, 15]);
        assert_eq!(BitForm::DroppedBits.write(&[1, 0xA0]), [3, 3, 5, 1, 0xA0]);
        assert_eq!(BitForm::DroppedOctets.write(&[1, 0, 0]), [3, 2, 0, 1]);
        assert!(!BitForm::DroppedBits.shows_on(&[0]));
    }
}
