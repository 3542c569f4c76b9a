//! Writing the deterministic form.

use super::{ARRAY, BYTES, MAP, TEXT, UNSIGNED};

/// Octets that grow by an item at a time. Whoever writes gives the keys of a map in
/// ascending order and as many entries as its head says; what is made is read back.
#[derive(Clone, Debug, Default)]
pub struct Writer {
    octets: Vec<u8>,
}

impl Writer {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// An unsigned integer.
    pub fn unsigned(&mut self, number: u64) {
        self.head(UNSIGNED, number);
    }

    /// A byte string.
    pub fn bytes(&mut self, octets: &[u8]) {
        self.head(BYTES, octets.len() as u64);
        self.octets.extend_from_slice(octets);
    }

    /// A text.
    pub fn text(&mut self, text: &str) {
        self.head(TEXT, text.len() as u64);
        self.octets.extend_from_slice(text.as_bytes());
    }

    /// The head of an array of `items` items.
    pub fn array(&mut self, items: u64) {
        self.head(ARRAY, items);
    }

    /// The head of a map of `entries` entries.
    pub fn map(&mut self, entries: u64) {
        self.head(MAP, entries);
    }

    /// The octets.
    pub fn finish(self) -> Vec<u8> {
        self.octets
    }

    /// The shortest head of an argument (RFC 8949 4.2.1).
    fn head(&mut self, major: u8, argument: u64) {
        let octets = argument.to_be_bytes();
        let (information, width) = match argument {
            // below 24 the argument itself
            0..24 => (octets[7], 0),
            24..0x100 => (24, 1),
            0x100..0x1_0000 => (25, 2),
            0x1_0000..0x1_0000_0000 => (26, 4),
            _ => (27, 8),
        };
        self.octets.push(major << 5 | information);
        self.octets.extend_from_slice(&octets[8 - width..]);
    }
}
