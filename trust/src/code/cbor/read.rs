//! Reading, item by item.

use super::{ARRAY, BYTES, Budget, Fault, MAP, Offence, TEXT, UNSIGNED, kind};

/// Octets, and how far they are read. Whoever reads says what belongs next.
#[derive(Debug)]
pub struct Reader<'a> {
    octets: &'a [u8],
    at: usize,
    items: usize,
    items_left: usize,
}

/// A map that is being read: its keys come one after another, ascending.
#[derive(Debug)]
pub struct Map {
    entries_left: u64,
    last: Option<u64>,
}

impl<'a> Reader<'a> {
    /// Of octets that hold one item.
    ///
    /// # Errors
    /// [`Offence::TooLong`].
    pub fn new(octets: &'a [u8], budget: &Budget) -> Result<Self, Fault> {
        if octets.len() > budget.octets {
            return Err(Fault { octet: budget.octets, offence: Offence::TooLong { limit: budget.octets } });
        }
        Ok(Self { octets, at: 0, items: budget.items, items_left: budget.items })
    }

    /// Octets that were read.
    pub const fn at(&self) -> usize {
        self.at
    }

    /// The next item, an unsigned integer.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn unsigned(&mut self) -> Result<u64, Fault> {
        self.expect(UNSIGNED)
    }

    /// The next item, a byte string.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn bytes(&mut self) -> Result<&'a [u8], Fault> {
        let length = self.expect(BYTES)?;
        self.content(length)
    }

    /// The next item, a text.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn text(&mut self) -> Result<&'a str, Fault> {
        let length = self.expect(TEXT)?;
        let begin = self.at;
        let content = self.content(length)?;
        core::str::from_utf8(content)
            .map_err(|error| Fault { octet: begin + error.valid_up_to(), offence: Offence::NotUtf8 })
    }

    /// The head of an array: how many items follow that are in it.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn array(&mut self) -> Result<u64, Fault> {
        self.expect(ARRAY)
    }

    /// The head of a map.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn map(&mut self) -> Result<Map, Fault> {
        Ok(Map { entries_left: self.expect(MAP)?, last: None })
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// [`Offence::Trailing`] where something is left.
    pub const fn finish(self) -> Result<(), Fault> {
        if self.at == self.octets.len() { Ok(()) } else { Err(self.fault(Offence::Trailing)) }
    }

    const fn fault(&self, offence: Offence) -> Fault {
        Fault { octet: self.at, offence }
    }

    /// The argument of the next head, which has to be of this major type.
    fn expect(&mut self, major: u8) -> Result<u64, Fault> {
        if self.items_left == 0 {
            return Err(self.fault(Offence::TooManyItems { limit: self.items }));
        }
        let head = *self.octets.get(self.at).ok_or(self.fault(Offence::Ends))?;
        if head >> 5 != major {
            return Err(self.fault(Offence::Kind { expected: kind(major), found: kind(head >> 5) }));
        }
        let (argument, width) = self.argument(head & 0x1F)?;
        self.items_left -= 1;
        self.at += 1 + width;
        Ok(argument)
    }

    /// The argument that additional information (RFC 8949 3) announces, and the octets
    /// after the head that it takes.
    fn argument(&self, information: u8) -> Result<(u64, usize), Fault> {
        let (width, least) = match information {
            0..24 => return Ok((u64::from(information), 0)),
            24 => (1, 24),
            25 => (2, 1 << 8),
            26 => (4, 1 << 16),
            27 => (8, 1 << 32),
            31 => return Err(self.fault(Offence::Indefinite)),
            _ => return Err(self.fault(Offence::Reserved)),
        };
        let octets = self.octets.get(self.at + 1..self.at + 1 + width).ok_or(self.fault(Offence::Ends))?;
        let argument = octets.iter().fold(0, |argument, octet| argument << 8 | u64::from(*octet));
        if argument < least { Err(self.fault(Offence::NotShortest)) } else { Ok((argument, width)) }
    }

    fn content(&mut self, length: u64) -> Result<&'a [u8], Fault> {
        let rest = self.octets.get(self.at..).unwrap_or_default();
        let length = usize::try_from(length).ok().filter(|length| *length <= rest.len());
        let length = length.ok_or(self.fault(Offence::Ends))?;
        self.at += length;
        Ok(&rest[..length])
    }
}

impl Map {
    /// The next key; `None` after the last entry. The value is read from the reader.
    ///
    /// # Errors
    /// [`Fault`]; [`Offence::KeyTwice`] and [`Offence::KeyOrder`] among them.
    pub fn key(&mut self, reader: &mut Reader<'_>) -> Result<Option<u64>, Fault> {
        if self.entries_left == 0 {
            return Ok(None);
        }
        self.entries_left -= 1;
        let octet = reader.at;
        let key = reader.unsigned()?;
        match self.last {
            Some(last) if last == key => Err(Fault { octet, offence: Offence::KeyTwice(key) }),
            Some(last) if last > key => Err(Fault { octet, offence: Offence::KeyOrder(key) }),
            _ => {
                self.last = Some(key);
                Ok(Some(key))
            }
        }
    }
}
