//! Dictionaries of a font: operands before their operator.

use std::collections::BTreeMap;

/// Octets of a dictionary.
const OCTETS: usize = 4096;
/// Operands of an operator (5176, 4).
const OPERANDS: usize = 48;
/// Digits of a real number, signs and points among them.
const DIGITS: usize = 32;

/// Operators; those of two octets begin with 12.
pub(super) mod key {
    pub(in crate::cff) const CHARSET: u16 = 15;
    pub(in crate::cff) const ENCODING: u16 = 16;
    pub(in crate::cff) const CHAR_STRINGS: u16 = 17;
    pub(in crate::cff) const PRIVATE: u16 = 18;
    pub(in crate::cff) const SUBROUTINES: u16 = 19;
    pub(in crate::cff) const DEFAULT_WIDTH: u16 = 20;
    pub(in crate::cff) const NOMINAL_WIDTH: u16 = 21;
    pub(in crate::cff) const CHARSTRING_TYPE: u16 = 0x0c06;
    pub(in crate::cff) const MATRIX: u16 = 0x0c07;
    pub(in crate::cff) const ROS: u16 = 0x0c1e;
    pub(in crate::cff) const FD_ARRAY: u16 = 0x0c24;
    pub(in crate::cff) const FD_SELECT: u16 = 0x0c25;
}

/// What a dictionary says; of one operator the last counts.
pub(super) struct Dict(BTreeMap<u16, Vec<f64>>);

impl Dict {
    pub(super) fn read(octets: &[u8]) -> Option<Self> {
        let mut found = BTreeMap::new();
        let mut operands = Vec::new();
        let mut rest = octets.get(..octets.len().min(OCTETS)).filter(|part| part.len() == octets.len())?;
        while let Some((&first, after)) = rest.split_first() {
            rest = after;
            let number = match first {
                0..=21 => {
                    let mut operator = u16::from(first);
                    if first == 12 {
                        let (&second, after) = rest.split_first()?;
                        (operator, rest) = (operator << 8 | u16::from(second), after);
                    }
                    found.insert(operator, core::mem::take(&mut operands));
                    continue;
                }
                28 => f64::from(i16::from_be_bytes(take(&mut rest)?)),
                29 => f64::from(i32::from_be_bytes(take(&mut rest)?)),
                30 => real(&mut rest)?,
                32..=246 => f64::from(first) - 139.0,
                247..=254 => short(first, take::<1>(&mut rest)?),
                _ => return None,
            };
            if operands.len() == OPERANDS {
                return None;
            }
            operands.push(number);
        }
        Some(Self(found))
    }

    pub(super) fn numbers(&self, key: u16) -> Option<&[f64]> {
        self.0.get(&key).map(Vec::as_slice)
    }

    pub(super) fn number(&self, key: u16) -> Option<f64> {
        self.numbers(key)?.last().copied()
    }

    /// An offset, or `otherwise` where nothing is said; `None` for what cannot be one.
    pub(super) fn place_or(&self, key: u16, otherwise: usize) -> Option<usize> {
        self.number(key).map_or(Some(otherwise), place)
    }

    /// An offset that must be there.
    pub(super) fn place(&self, key: u16) -> Option<usize> {
        place(self.number(key)?)
    }

    /// From the units of the outlines to ems; one that shrinks all to nothing is none.
    pub(super) fn matrix(&self) -> Option<[f64; 6]> {
        let matrix: [f64; 6] = self.numbers(key::MATRIX)?.try_into().ok()?;
        crate::geometry::Matrix(matrix).draws().then_some(matrix)
    }
}

/// An offset or a count; none beyond what four octets say (5176, 3), as real numbers may be.
pub(super) fn place(number: f64) -> Option<usize> {
    let is_place = (0.0..=f64::from(u32::MAX)).contains(&number) && number.fract() == 0.0;
    is_place.then_some(number as usize)
}

/// Numbers of two octets, as dictionaries and outlines write them.
pub(super) fn short(first: u8, [second]: [u8; 1]) -> f64 {
    let far = f64::from(second) + 108.0;
    if first <= 250 { (f64::from(first) - 247.0) * 256.0 + far } else { -(f64::from(first) - 251.0) * 256.0 - far }
}

pub(super) fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(*taken)
}

/// A real number: a digit in half an octet, up to the half that ends it.
fn real(rest: &mut &[u8]) -> Option<f64> {
    let mut text = String::new();
    loop {
        let [octet] = take(rest)?;
        for half in [octet >> 4, octet & 15] {
            match half {
                0..=9 => text.push(char::from(b'0' + half)),
                10 => text.push('.'),
                11 => text.push('e'),
                12 => text.push_str("e-"),
                14 => text.push('-'),
                15 => return text.parse().ok().filter(|number: &f64| number.is_finite()),
                _ => return None,
            }
        }
        if text.len() > DIGITS {
            return None;
        }
    }
}
