//! Serial numbers: long enough that nobody can guess one in advance.

/// A positive number of 8 to 20 octets. The octets are the caller's randomness;
/// they are written as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SerialNumber(Box<[u8]>);

/// Why octets are no serial number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SerialNumberFault {
    /// Fewer than 8 octets without leading zeros.
    #[error("a serial number of {octets} octets is too short, 8 are the least")]
    Short {
        /// Octets without leading zeros.
        octets: usize,
    },
    /// More than 20 octets as an INTEGER (RFC 5280 4.1.2.2).
    #[error("a serial number takes more than 20 octets")]
    Long,
}

impl SerialNumber {
    /// From big-endian octets; 16 random ones are a good choice.
    ///
    /// # Errors
    /// [`SerialNumberFault`]. Leading zero octets do not count.
    pub fn from_octets(octets: &[u8]) -> Result<Self, SerialNumberFault> {
        let first = octets.iter().position(|&octet| octet != 0).unwrap_or(octets.len());
        let digits = octets.get(first..).unwrap_or_default();
        if digits.len() < 8 {
            return Err(SerialNumberFault::Short { octets: digits.len() });
        }
        // a number that begins with a one bit takes a zero octet more
        let sign = usize::from(digits.first().is_some_and(|digit| digit & 0x80 != 0));
        if digits.len() + sign > 20 {
            return Err(SerialNumberFault::Long);
        }
        Ok(Self(digits.into()))
    }

    /// Big-endian digits without leading zeros.
    pub fn digits(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths() {
        let of = SerialNumber::from_octets;
        assert_eq!(of(&[0; 16]), Err(SerialNumberFault::Short { octets: 0 }));
        assert_eq!(of(&[0, 1, 2, 3, 4, 5, 6, 7]), Err(SerialNumberFault::Short { octets: 7 }));
        assert_eq!(of(&[0x80; 20]), Err(SerialNumberFault::Long));
        assert_eq!(of(&[0x7F; 21]), Err(SerialNumberFault::Long));
        assert!(of(&[0x7F; 20]).is_ok() && of(&[0xFF; 8]).is_ok());
    }
}
