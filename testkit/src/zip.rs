//! Archives, written field by field so that hostile ones can be made.

use crate::deflate::deflate;

/// How an entry is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// As it is.
    Stored,
    /// Deflated.
    Deflated,
    /// Any other number, packed as it is.
    Other(u16),
}

/// One entry. The `local_…` fields make the local header disagree with the
/// central directory.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Name, as octets.
    pub name: Vec<u8>,
    /// Content.
    pub data: Vec<u8>,
    /// Packing.
    pub method: Method,
    /// General purpose flags beyond the UTF-8 one and the descriptor's.
    pub flags: u16,
    /// External attributes; the high half is a Unix mode.
    pub external_attributes: u32,
    /// Whether the central directory lists it.
    pub listed: bool,
    /// Whether CRC and sizes stand in a data descriptor.
    pub descriptor: bool,
    /// Whether sizes stand in zip64 fields.
    pub zip64: bool,
    /// CRC-32 in both headers in place of the right one.
    pub crc: Option<u32>,
    /// Inflated size in both headers in place of the right one.
    pub declared_size: Option<u32>,
    /// Name in the local header.
    pub local_name: Option<Vec<u8>>,
    /// CRC-32 in the local header.
    pub local_crc: Option<u32>,
    /// Inflated size in the local header.
    pub local_size: Option<u32>,
    /// Method number in the local header.
    pub local_method: Option<u16>,
    /// No local header is written; the central directory points here.
    pub points_at: Option<u32>,
}

/// An archive.
#[derive(Clone, Debug, Default)]
pub struct Archive {
    /// Entries in order.
    pub entries: Vec<Entry>,
    /// Archive comment.
    pub comment: Vec<u8>,
    /// Octets before the first entry.
    pub prefix: Vec<u8>,
    /// Octets behind the end record.
    pub suffix: Vec<u8>,
    /// Whether to write the zip64 end records.
    pub zip64: bool,
}

/// 2026-06-01 00:00:00 as DOS time and date.
const DOS_TIME: [u8; 4] = {
    let date = (2026_u16 - 1980) << 9 | 6 << 5 | 1;
    let [low, high] = date.to_le_bytes();
    [0, 0, low, high]
};
const LARGE: u32 = u32::MAX;

impl Entry {
    /// A plain entry.
    pub fn new(name: &str, data: Vec<u8>, method: Method) -> Self {
        Self {
            name: name.as_bytes().to_vec(),
            data,
            method,
            flags: 0,
            external_attributes: 0,
            listed: true,
            descriptor: false,
            zip64: false,
            crc: None,
            declared_size: None,
            local_name: None,
            local_crc: None,
            local_size: None,
            local_method: None,
            points_at: None,
        }
    }

    /// A symbolic link.
    pub fn symlink(name: &str, target: &str) -> Self {
        let plain = Self::new(name, target.as_bytes().to_vec(), Method::Stored);
        Self { external_attributes: 0o120_777 << 16, ..plain }
    }

    /// A directory.
    pub fn directory(name: &str) -> Self {
        Self { external_attributes: 0x10, ..Self::new(name, Vec::new(), Method::Stored) }
    }

    fn packed(&self) -> Vec<u8> {
        match self.method {
            Method::Deflated => deflate(&self.data),
            Method::Stored | Method::Other(_) => self.data.clone(),
        }
    }

    fn method_number(&self) -> u16 {
        match self.method {
            Method::Stored => 0,
            Method::Deflated => 8,
            Method::Other(number) => number,
        }
    }

    fn all_flags(&self) -> u16 {
        let utf8 = if self.name.is_ascii() || core::str::from_utf8(&self.name).is_err() { 0 } else { 1 << 11 };
        self.flags | utf8 | if self.descriptor { 1 << 3 } else { 0 }
    }

    fn real_crc(&self) -> u32 {
        self.crc.unwrap_or_else(|| crc32fast::hash(&self.data))
    }

    fn size(&self) -> u32 {
        self.declared_size.unwrap_or_else(|| small(self.data.len()))
    }

    /// Local header, packed content and, where asked for, the data descriptor.
    pub fn local_record(&self) -> Vec<u8> {
        self.local_record_of(&self.packed())
    }

    fn local_record_of(&self, packed: &[u8]) -> Vec<u8> {
        let name = self.local_name.as_ref().unwrap_or(&self.name);
        let crc = self.local_crc.unwrap_or_else(|| self.real_crc());
        let size = self.local_size.unwrap_or_else(|| self.size());
        let extra = if self.zip64 { zip64_extra(&[size.into(), packed.len() as u64]) } else { Vec::new() };
        let header_numbers = match (self.descriptor, self.zip64) {
            (true, false) => [0, 0, 0],
            (true, true) => [0, LARGE, LARGE],
            (false, true) => [crc, LARGE, LARGE],
            (false, false) => [crc, small(packed.len()), size],
        };
        let mut out = b"PK\x03\x04".to_vec();
        out.extend(if self.zip64 { 45_u16 } else { 20 }.to_le_bytes());
        out.extend(self.all_flags().to_le_bytes());
        out.extend(self.local_method.unwrap_or_else(|| self.method_number()).to_le_bytes());
        out.extend(DOS_TIME);
        out.extend(header_numbers.iter().flat_map(|n| n.to_le_bytes()));
        out.extend(short(name.len()).to_le_bytes());
        out.extend(short(extra.len()).to_le_bytes());
        out.extend(name);
        out.extend(extra);
        out.extend(packed);
        if self.descriptor {
            out.extend(b"PK\x07\x08");
            out.extend(crc.to_le_bytes());
            if self.zip64 {
                out.extend((packed.len() as u64).to_le_bytes());
                out.extend(u64::from(size).to_le_bytes());
            } else {
                out.extend(small(packed.len()).to_le_bytes());
                out.extend(size.to_le_bytes());
            }
        }
        out
    }

    fn central_record(&self, packed_length: usize, offset: u32) -> Vec<u8> {
        let sizes = [u64::from(self.size()), packed_length as u64];
        let extra = if self.zip64 { zip64_extra(&sizes) } else { Vec::new() };
        let (packed, size) = if self.zip64 { (LARGE, LARGE) } else { (small(packed_length), self.size()) };
        let mut out = b"PK\x01\x02".to_vec();
        // made by Unix, so that the high half of the attributes is a mode
        out.extend((3_u16 << 8 | 20).to_le_bytes());
        out.extend(if self.zip64 { 45_u16 } else { 20 }.to_le_bytes());
        out.extend(self.all_flags().to_le_bytes());
        out.extend(self.method_number().to_le_bytes());
        out.extend(DOS_TIME);
        out.extend([self.real_crc(), packed, size].iter().flat_map(|n| n.to_le_bytes()));
        out.extend(short(self.name.len()).to_le_bytes());
        out.extend(short(extra.len()).to_le_bytes());
        out.extend([0; 6]); // comment length, disk, internal attributes
        out.extend(self.external_attributes.to_le_bytes());
        out.extend(offset.to_le_bytes());
        out.extend(&self.name);
        out.extend(extra);
        out
    }
}

impl Archive {
    /// Plain entries, deflated.
    pub fn of(files: &[(String, Vec<u8>)]) -> Self {
        let entry = |(name, data): &(String, Vec<u8>)| Entry::new(name, data.clone(), Method::Deflated);
        Self { entries: files.iter().map(entry).collect(), ..Self::default() }
    }

    /// The archive.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = self.prefix.clone();
        let mut directory = Vec::new();
        let mut count = 0;
        for entry in &self.entries {
            let packed = entry.packed();
            let offset = entry.points_at.unwrap_or_else(|| small(out.len()));
            if entry.points_at.is_none() {
                out.extend(entry.local_record_of(&packed));
            }
            if entry.listed {
                directory.extend(entry.central_record(packed.len(), offset));
                count += 1;
            }
        }
        let start = out.len();
        out.extend(&directory);
        if self.zip64 {
            out.extend(end64(count, directory.len() as u64, start as u64));
        }
        out.extend(b"PK\x05\x06\0\0\0\0");
        out.extend([short(count), short(count)].iter().flat_map(|n| n.to_le_bytes()));
        out.extend(small(directory.len()).to_le_bytes());
        out.extend(if self.zip64 { LARGE } else { small(start) }.to_le_bytes());
        out.extend(short(self.comment.len()).to_le_bytes());
        out.extend(&self.comment);
        out.extend(&self.suffix);
        out
    }
}

/// zip64 end record and its locator.
fn end64(count: usize, length: u64, start: u64) -> Vec<u8> {
    let mut out = b"PK\x06\x06".to_vec();
    out.extend(44_u64.to_le_bytes());
    out.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    out.extend([count as u64, count as u64, length, start].iter().flat_map(|n| n.to_le_bytes()));
    out.extend(b"PK\x06\x07\0\0\0\0");
    out.extend((start + length).to_le_bytes());
    out.extend(1_u32.to_le_bytes());
    out
}

fn zip64_extra(sizes: &[u64]) -> Vec<u8> {
    let mut out = vec![1, 0];
    out.extend(short(sizes.len() * 8).to_le_bytes());
    out.extend(sizes.iter().flat_map(|n| n.to_le_bytes()));
    out
}

fn small(length: usize) -> u32 {
    u32::try_from(length).expect("below 4 GiB")
}

fn short(length: usize) -> u16 {
    u16::try_from(length).expect("below 64 KiB")
}

/// Octets without pattern, the same each time: xorshift64*.
pub fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    let mut out = Vec::with_capacity(length + 8);
    while out.len() < length {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        out.extend(state.wrapping_mul(0x2545_F491_4F6C_DD1D).to_le_bytes());
    }
    out.truncate(length);
    out
}
