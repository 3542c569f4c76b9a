//! Octets of our own formats, put and taken field by field: numbers big-endian, everything
//! of variable length behind its length.

use yinxin_trust::{base::Moment, sm::sm2, suite::PublicKey};

/// Octets that are no sound record: cut off, too long, or with a value that is not defined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// Puts fields one after the other.
#[derive(Default)]
pub(crate) struct Put(pub(crate) Vec<u8>);

impl Put {
    pub(crate) fn octets(&mut self, octets: &[u8]) -> &mut Self {
        self.0.extend_from_slice(octets);
        self
    }

    pub(crate) fn u8(&mut self, number: u8) -> &mut Self {
        self.octets(&[number])
    }

    pub(crate) fn u16(&mut self, number: u16) -> &mut Self {
        self.octets(&number.to_be_bytes())
    }

    pub(crate) fn u32(&mut self, number: u32) -> &mut Self {
        self.octets(&number.to_be_bytes())
    }

    pub(crate) fn u64(&mut self, number: u64) -> &mut Self {
        self.octets(&number.to_be_bytes())
    }

    pub(crate) fn moment(&mut self, at: Moment) -> &mut Self {
        self.octets(&at.unix_milliseconds().to_be_bytes())
    }

    /// 0, or 1 and the value.
    pub(crate) fn option<T>(&mut self, value: Option<T>, put: impl FnOnce(&mut Self, T) -> &mut Self) -> &mut Self {
        match value {
            None => self.u8(0),
            Some(value) => put(self.u8(1), value),
        }
    }

    /// Two octets of length, and the octets.
    ///
    /// # Errors
    /// [`Malformed`] beyond 65535.
    pub(crate) fn short(&mut self, octets: &[u8]) -> Result<&mut Self, Malformed> {
        let length = u16::try_from(octets.len()).map_err(|_| Malformed)?;
        Ok(self.u16(length).octets(octets))
    }

    /// Four octets of length, and the octets.
    ///
    /// # Errors
    /// [`Malformed`] beyond 2^32.
    pub(crate) fn long(&mut self, octets: &[u8]) -> Result<&mut Self, Malformed> {
        let length = u32::try_from(octets.len()).map_err(|_| Malformed)?;
        Ok(self.u32(length).octets(octets))
    }

    /// A kind and the octets behind their length; 0 for none.
    ///
    /// # Errors
    /// [`Malformed`] for a key longer than any is.
    pub(crate) fn public_key(&mut self, key: Option<&PublicKey>) -> Result<&mut Self, Malformed> {
        match key {
            None => Ok(self.u8(0)),
            Some(PublicKey::Sm2(key)) => self.u8(1).short(key.to_sec1()),
            Some(PublicKey::P256(octets)) => self.u8(2).short(octets),
            Some(PublicKey::Rsa(octets)) => self.u8(3).short(octets),
            Some(PublicKey::Ed25519(octets)) => self.u8(4).short(octets),
        }
    }
}

/// Takes fields one after the other.
#[derive(Clone, Copy)]
pub(crate) struct Take<'a>(pub(crate) &'a [u8]);

impl<'a> Take<'a> {
    pub(crate) fn octets(&mut self, length: usize) -> Result<&'a [u8], Malformed> {
        let (field, rest) = self.0.split_at_checked(length).ok_or(Malformed)?;
        self.0 = rest;
        Ok(field)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (field, rest) = self.0.split_first_chunk().ok_or(Malformed)?;
        self.0 = rest;
        Ok(*field)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, Malformed> {
        self.array().map(u8::from_be_bytes)
    }

    pub(crate) fn u16(&mut self) -> Result<u16, Malformed> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Malformed> {
        self.array().map(u32::from_be_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, Malformed> {
        self.array().map(u64::from_be_bytes)
    }

    pub(crate) fn moment(&mut self) -> Result<Moment, Malformed> {
        Moment::from_unix_milliseconds(i64::from_be_bytes(self.array()?)).map_err(|_| Malformed)
    }

    pub(crate) fn option<T>(
        &mut self,
        take: impl FnOnce(&mut Self) -> Result<T, Malformed>,
    ) -> Result<Option<T>, Malformed> {
        match self.u8()? {
            0 => Ok(None),
            1 => take(self).map(Some),
            _ => Err(Malformed),
        }
    }

    pub(crate) fn short(&mut self) -> Result<&'a [u8], Malformed> {
        let length = self.u16()?;
        self.octets(length.into())
    }

    pub(crate) fn long(&mut self) -> Result<&'a [u8], Malformed> {
        let length = self.u32()?;
        self.octets(usize::try_from(length).map_err(|_| Malformed)?)
    }

    /// Text behind a length of two octets.
    pub(crate) fn text(&mut self) -> Result<&'a str, Malformed> {
        core::str::from_utf8(self.short()?).map_err(|_| Malformed)
    }

    pub(crate) fn public_key(&mut self) -> Result<Option<PublicKey>, Malformed> {
        Ok(Some(match self.u8()? {
            0 => return Ok(None),
            1 => PublicKey::Sm2(sm2::PublicKey::from_sec1(self.short()?).map_err(|_| Malformed)?),
            2 => PublicKey::P256(self.short()?.into()),
            3 => PublicKey::Rsa(self.short()?.into()),
            4 => PublicKey::Ed25519(self.short()?.into()),
            _ => return Err(Malformed),
        }))
    }

    /// Refuses what is left over.
    pub(crate) fn finish(self) -> Result<(), Malformed> {
        if self.0.is_empty() { Ok(()) } else { Err(Malformed) }
    }
}
