//! The SM2 signature value and the forms it takes on the wire (GB/T 35276).

use crate::asn1::{self, Deviation, Deviations, Tag};

/// The order n of sm2p256v1, big-endian (GB/T 32918.5 A.1).
const ORDER: [u8; 32] = [
    0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x72, 0x03, 0xDF,
    0x6B, 0x21, 0xC6, 0x05, 0x2B, 0x53, 0xBB, 0xF4, 0x09, 0x39, 0xD5, 0x41, 0x23,
];

/// A signature (r, s) with both numbers in 1..n-1. Other values cannot be built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    r: [u8; 32],
    s: [u8; 32],
}

/// How a signature value was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureForm {
    /// DER `SEQUENCE { r INTEGER, s INTEGER }`.
    Der,
    /// 64 octets r || s, without ASN.1.
    Raw,
}

/// Why octets are no signature value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureFormError {
    /// Not `SEQUENCE { r INTEGER, s INTEGER }`.
    #[error("signature value: {0}")]
    Der(#[from] asn1::Asn1Error),
    /// r or s is zero, or not below the order of the curve.
    #[error("signature value: r or s is outside 1..n-1")]
    Range,
}

impl Signature {
    /// From r and s as 32 big-endian octets each.
    ///
    /// # Errors
    /// [`SignatureFormError::Range`] unless both lie in 1..n-1 (GB/T 32918.2, 7.1 B1 and B2).
    pub fn from_numbers(r: [u8; 32], s: [u8; 32]) -> Result<Self, SignatureFormError> {
        // big-endian arrays compare like the numbers they hold
        let fits = |v: &[u8; 32]| *v != [0; 32] && *v < ORDER;
        if fits(&r) && fits(&s) { Ok(Self { r, s }) } else { Err(SignatureFormError::Range) }
    }

    /// r = 1 and s = n - 1, which no key makes and no verification takes: r + s is 0
    /// modulo n (GB/T 32918.2, 7.1 B5).
    pub(crate) const fn of_nobody() -> Self {
        let (mut r, mut s) = ([0; 32], ORDER);
        r[31] = 1;
        s[31] -= 1;
        Self { r, s }
    }

    /// From strict DER.
    ///
    /// # Errors
    /// Names what is not DER, or the range that is left.
    pub fn from_der(octets: &[u8]) -> Result<Self, SignatureFormError> {
        let mut deviations = Deviations::default();
        let signature = Self::from_sequence(octets, &mut deviations)?;
        match deviations.first() {
            None => Ok(signature),
            Some(_) => Err(asn1::Asn1Error::Integer { at: 0 }.into()),
        }
    }

    /// From any form that genuine signers write: DER, DER whose INTEGERs carry
    /// a superfluous zero octet or lack the one that keeps them positive, and
    /// raw r || s. Each departure from DER is noted in `deviations`.
    ///
    /// # Errors
    /// Any other form, and ranges as in [`Signature::from_numbers`].
    pub fn from_wire(octets: &[u8], deviations: &mut Deviations) -> Result<(Self, SignatureForm), SignatureFormError> {
        match Self::from_sequence(octets, deviations) {
            Err(SignatureFormError::Der(_)) if octets.len() == 64 => {
                let (r, s) = octets.split_at(32);
                let signature = Self::from_numbers(octets32(r)?, octets32(s)?)?;
                deviations.note(Deviation::RawSignature);
                Ok((signature, SignatureForm::Raw))
            }
            other => other.map(|signature| (signature, SignatureForm::Der)),
        }
    }

    /// r, 32 octets big-endian.
    pub const fn r(&self) -> &[u8; 32] {
        &self.r
    }

    /// s, 32 octets big-endian.
    pub const fn s(&self) -> &[u8; 32] {
        &self.s
    }

    /// Raw r || s, 64 octets.
    pub fn to_raw(&self) -> [u8; 64] {
        let mut out = [0; 64];
        out[..32].copy_from_slice(&self.r);
        out[32..].copy_from_slice(&self.s);
        out
    }

    /// DER `SEQUENCE { r INTEGER, s INTEGER }`, 8 to 72 octets.
    pub fn to_der(&self) -> Vec<u8> {
        asn1::sequence(&[&asn1::unsigned(&self.r), &asn1::unsigned(&self.s)])
    }

    fn from_sequence(octets: &[u8], deviations: &mut Deviations) -> Result<Self, SignatureFormError> {
        let mut outer = asn1::Reader::new(octets);
        let mut pair = outer.nested(Tag::SEQUENCE)?;
        outer.finish()?;
        let r = number(pair.expect(Tag::INTEGER)?, deviations)?;
        let s = number(pair.expect(Tag::INTEGER)?, deviations)?;
        pair.finish()?;
        Self::from_numbers(r, s)
    }
}

impl core::fmt::Debug for Signature {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Signature({})", hex::encode(self.to_raw()))
    }
}

fn octets32(octets: &[u8]) -> Result<[u8; 32], SignatureFormError> {
    octets.try_into().map_err(|_| SignatureFormError::Range)
}

/// An INTEGER as an unsigned number of 32 octets. At most one superfluous zero
/// octet is read; a number too large for 32 octets is out of range.
fn number(integer: asn1::Tlv<'_>, deviations: &mut Deviations) -> Result<[u8; 32], SignatureFormError> {
    let content = integer.content;
    let digits = match content {
        [] => return Err(asn1::Asn1Error::Integer { at: integer.offset }.into()),
        [0, rest @ ..] if rest.first().is_some_and(|b| b & 0x80 != 0) => rest,
        [0, 0, rest @ ..] if rest.first().is_some_and(|b| b & 0x80 != 0) => {
            deviations.note(Deviation::IntegerSuperfluousZero);
            rest
        }
        [0, rest @ ..] if !rest.is_empty() => {
            if rest[0] == 0 {
                return Err(asn1::Asn1Error::Integer { at: integer.offset }.into());
            }
            deviations.note(Deviation::IntegerSuperfluousZero);
            rest
        }
        [first, ..] if first & 0x80 != 0 => {
            // a negative number in DER: only a full-width one can be a lost zero octet
            if content.len() != 32 {
                return Err(SignatureFormError::Range);
            }
            deviations.note(Deviation::IntegerMissingZero);
            content
        }
        _ => content,
    };
    let mut out = [0; 32];
    let start = out.len().checked_sub(digits.len()).ok_or(SignatureFormError::Range)?;
    out[start..].copy_from_slice(digits);
    Ok(out)
}
