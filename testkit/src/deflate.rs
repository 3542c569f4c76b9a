//! A small deflater (RFC 1951, fixed Huffman codes) and zlib (RFC 1950).
//!
//! Our own, so that shipped files have the same octets whatever library and
//! processor made them.

const WINDOW: usize = 0x8000;
const LENGTH_BASE: [u16; 29] =
    [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const LENGTH_EXTRA: [u8; 29] = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE: [u16; 30] = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
    8193, 12289, 16385, 24577,
];
const DISTANCE_EXTRA: [u8; 30] =
    [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];

/// Deflates; one block.
pub fn deflate(data: &[u8]) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.put(0b011, 3); // last block, fixed codes
    let mut heads = vec![usize::MAX; 1 << 15];
    let mut at = 0;
    while at < data.len() {
        let length = match heads.get(hash(data, at)).copied() {
            Some(earlier) if earlier < at && at - earlier <= WINDOW => common(data, earlier, at),
            _ => 0,
        };
        if length >= 3 {
            bits.copy(length, at - heads[hash(data, at)]);
        } else {
            bits.literal(u16::from(data[at]));
        }
        for place in at..at + length.max(1).min(data.len() - at) {
            if place + 3 <= data.len() {
                heads[hash(data, place)] = place;
            }
        }
        at += if length >= 3 { length } else { 1 };
    }
    bits.literal(256);
    bits.finish()
}

/// zlib around [`deflate`].
pub fn zlib(data: &[u8]) -> Vec<u8> {
    let (a, b) = data.iter().fold((1_u32, 0_u32), |(a, b), &octet| {
        let a = (a + u32::from(octet)) % 65_521;
        (a, (b + a) % 65_521)
    });
    [&[0x78, 0x01], &deflate(data)[..], &(b << 16 | a).to_be_bytes()].concat()
}

/// A place in the table of earlier places; beyond it where fewer than three octets are left.
fn hash(data: &[u8], at: usize) -> usize {
    match data.get(at..at + 3) {
        Some(three) => {
            let value = u32::from(three[0]) << 16 | u32::from(three[1]) << 8 | u32::from(three[2]);
            (value.wrapping_mul(0x9E37_79B1) >> 17) as usize
        }
        None => usize::MAX,
    }
}

fn common(data: &[u8], earlier: usize, at: usize) -> usize {
    let longest = 258.min(data.len() - at);
    (0..longest).take_while(|i| data[earlier + i] == data[at + i]).count()
}

#[derive(Default)]
struct Bits {
    out: Vec<u8>,
    held: u64,
    count: u32,
}

impl Bits {
    fn put(&mut self, value: u64, width: u32) {
        self.held |= value << self.count;
        self.count += width;
        while self.count >= 8 {
            self.out.push(self.held as u8);
            self.held >>= 8;
            self.count -= 8;
        }
    }

    /// A Huffman code goes in from its highest bit.
    fn code(&mut self, code: u16, width: u32) {
        self.put(u64::from(code.reverse_bits() >> (16 - width)), width);
    }

    /// Literal or length symbol (RFC 1951, 3.2.6).
    fn literal(&mut self, symbol: u16) {
        match symbol {
            0..=143 => self.code(0x30 + symbol, 8),
            144..=255 => self.code(0x190 + symbol - 144, 9),
            256..=279 => self.code(symbol - 256, 7),
            _ => self.code(0xC0 + symbol - 280, 8),
        }
    }

    fn copy(&mut self, length: usize, distance: usize) {
        let index = LENGTH_BASE.iter().rposition(|&base| usize::from(base) <= length).unwrap_or(0);
        self.literal(257 + index as u16);
        self.put((length - usize::from(LENGTH_BASE[index])) as u64, LENGTH_EXTRA[index].into());
        let index = DISTANCE_BASE.iter().rposition(|&base| usize::from(base) <= distance).unwrap_or(0);
        self.code(index as u16, 5);
        self.put((distance - usize::from(DISTANCE_BASE[index])) as u64, DISTANCE_EXTRA[index].into());
    }

    fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.out.push(self.held as u8);
        }
        self.out
    }
}
