//! Licence identifiers in two thirds of their octets.
//!
//! What stands between the root and the check character, dots included, is padded
//! with dots to a multiple of three characters; three characters of the 37-letter
//! alphabet `0-9 A-Z .` are two octets, big-endian, the first character counting
//! most. Root and check character follow from the rest and are not there.

use crate::licence::{
    Offences,
    identifier::{IdentifierOffence, LicenceIdentifier},
};

/// 0-9, A-Z, then the dot.
const ALPHABET: &[u8; 37] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ.";

/// Why octets are no packed identifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackedFault {
    /// An odd number of octets, or none.
    #[error("a packed identifier has an even number of octets")]
    Length,
    /// Two octets above the 37^3 - 1 that three characters make.
    #[error("octets {from} and {} of a packed identifier are no three characters", from + 1)]
    Characters {
        /// Octets before them.
        from: usize,
    },
    /// Three dots at the end, which two octets less would say.
    #[error("a packed identifier is padded with at most two dots")]
    Padding,
    /// The characters are no identifier.
    #[error("packed identifier: {0}")]
    Identifier(#[from] Offences<IdentifierOffence>),
}

/// The packed form.
pub(super) fn pack(identifier: &LicenceIdentifier) -> Vec<u8> {
    identifier
        .without_root_and_check()
        .as_bytes()
        .chunks(3)
        .flat_map(|three| {
            // what is not of the alphabet cannot stand in an identifier
            let value = |at: usize| three.get(at).and_then(|found| ALPHABET.iter().position(|one| one == found));
            let number = (0..3).fold(0, |number, at| number * 37 + value(at).unwrap_or(36));
            [(number >> 8) as u8, (number & 0xFF) as u8]
        })
        .collect()
}

/// The identifier of its packed form, with its check character.
pub(super) fn unpack(octets: &[u8]) -> Result<LicenceIdentifier, PackedFault> {
    let (pairs, []) = octets.as_chunks::<2>() else { return Err(PackedFault::Length) };
    let mut text = String::with_capacity(octets.len() * 3 / 2);
    for (index, pair) in pairs.iter().enumerate() {
        let number = usize::from(u16::from_be_bytes(*pair));
        if number >= 37 * 37 * 37 {
            return Err(PackedFault::Characters { from: index * 2 });
        }
        text.extend([number / (37 * 37), number / 37 % 37, number % 37].map(|value| char::from(ALPHABET[value])));
    }
    let padded = text.len();
    text.truncate(text.trim_end_matches('.').len());
    match padded - text.len() {
        _ if padded == 0 => Err(PackedFault::Length),
        0..3 => Ok(LicenceIdentifier::with_root_and_check(&text)?),
        _ => Err(PackedFault::Padding),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORKED: &str = "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U";

    #[test]
    fn identifiers_and_back() {
        let serial = |length: usize| {
            let identifier: LicenceIdentifier = WORKED.parse().unwrap();
            let body = identifier.issuer().parse().unwrap();
            LicenceIdentifier::build(&identifier.type_code(), &body, &"9".repeat(length), identifier.version()).unwrap()
        };
        let short: LicenceIdentifier = "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9".parse().unwrap();
        for identifier in (1..=66).map(serial).chain([short, WORKED.parse().unwrap()]) {
            let packed = pack(&identifier);
            assert_eq!(packed.len(), (identifier.as_str().len() - 17).div_ceil(3) * 2, "{identifier}");
            assert_eq!(unpack(&packed), Ok(identifier));
        }
        assert_eq!(pack(&WORKED.parse().unwrap()).len(), 38);
        assert_eq!(pack(&serial(66)).len(), 74);
    }

    #[test]
    fn anything_else_is_named() {
        let packed = pack(&WORKED.parse().unwrap());
        assert_eq!(unpack(&[]), Err(PackedFault::Length));
        assert_eq!(unpack(&packed[1..]), Err(PackedFault::Length));
        let mut above = packed.clone();
        above[4..6].copy_from_slice(&50_653_u16.to_be_bytes());
        assert_eq!(unpack(&above), Err(PackedFault::Characters { from: 4 }));
        let three_dots = 50_652_u16.to_be_bytes();
        assert_eq!(unpack(&[&packed[..], &three_dots].concat()), Err(PackedFault::Padding));
        assert_eq!(unpack(&three_dots), Err(PackedFault::Padding));
        assert!(matches!(unpack(&packed[2..]), Err(PackedFault::Identifier(_))));
        assert!(matches!(unpack(&packed[..packed.len() - 2]), Err(PackedFault::Identifier(_))));
    }
}
