//! A ZIP writer for tests: stored entries, and every header field open to lies.

/// One entry as the test wants it written.
#[derive(Clone)]
pub(crate) struct Part {
    pub(crate) name: Vec<u8>,
    pub(crate) local_name: Vec<u8>,
    pub(crate) data: Vec<u8>,
    pub(crate) method: u16,
    pub(crate) flags: u16,
    pub(crate) size: u32,
    pub(crate) crc: u32,
    pub(crate) attributes: u32,
    pub(crate) descriptor: Vec<u8>,
    pub(crate) local: Option<LocalLie>,
    /// Written before the local header.
    pub(crate) before: Vec<u8>,
    pub(crate) listed: bool,
    /// The extra field of the directory record.
    pub(crate) extra: Vec<u8>,
}

/// What the local header says instead.
#[derive(Clone, Copy)]
pub(crate) struct LocalLie {
    pub(crate) method: u16,
    pub(crate) crc: u32,
    pub(crate) compressed: u32,
    pub(crate) size: u32,
}

impl Part {
    pub(crate) fn stored(name: &str, data: &[u8]) -> Self {
        Self {
            name: name.as_bytes().to_vec(),
            local_name: name.as_bytes().to_vec(),
            data: data.to_vec(),
            method: 0,
            flags: 0,
            size: data.len() as u32,
            crc: crc32fast::hash(data),
            attributes: 0,
            descriptor: Vec::new(),
            local: None,
            before: Vec::new(),
            listed: true,
            extra: Vec::new(),
        }
    }

    pub(crate) fn deflated(name: &str, data: &[u8]) -> Self {
        use std::io::Write as _;
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(data).unwrap();
        Self { method: 8, data: encoder.finish().unwrap(), ..Self::stored(name, data) }
    }
}

fn put(out: &mut Vec<u8>, fields: &[(u64, usize)]) {
    for (value, width) in fields {
        out.extend(value.to_le_bytes().iter().take(*width));
    }
}

/// The package as octets, and where the directory starts.
pub(crate) fn write(parts: &[Part]) -> (Vec<u8>, u64) {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for part in parts {
        out.extend(&part.before);
        let offset = out.len() as u64;
        let compressed = part.data.len() as u32;
        let truth = LocalLie { method: part.method, crc: part.crc, compressed, size: part.size };
        let local = part.local.unwrap_or(truth);
        out.extend(b"PK\x03\x04");
        put(&mut out, &[(20, 2), (part.flags.into(), 2), (local.method.into(), 2), (0, 4), (local.crc.into(), 4)]);
        put(
            &mut out,
            &[(local.compressed.into(), 4), (local.size.into(), 4), (part.local_name.len() as u64, 2), (0, 2)],
        );
        out.extend(&part.local_name);
        out.extend(&part.data);
        out.extend(&part.descriptor);
        if !part.listed {
            continue;
        }
        directory.extend(b"PK\x01\x02");
        put(&mut directory, &[(20, 2), (20, 2), (part.flags.into(), 2), (part.method.into(), 2), (0, 4)]);
        put(&mut directory, &[(part.crc.into(), 4), (compressed.into(), 4), (part.size.into(), 4)]);
        put(&mut directory, &[(part.name.len() as u64, 2), (part.extra.len() as u64, 2), (0, 2), (0, 2), (0, 2)]);
        put(&mut directory, &[(part.attributes.into(), 4), (offset, 4)]);
        directory.extend(&part.name);
        directory.extend(&part.extra);
    }
    let start = out.len() as u64;
    let count = parts.iter().filter(|p| p.listed).count() as u64;
    out.extend(&directory);
    out.extend(b"PK\x05\x06");
    put(&mut out, &[(0, 2), (0, 2), (count, 2), (count, 2), (directory.len() as u64, 4), (start, 4), (0, 2)]);
    (out, start)
}

/// A package of sound stored entries.
pub(crate) fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    write(&entries.iter().map(|(name, data)| Part::stored(name, data)).collect::<Vec<_>>()).0
}

/// `body` with `NS` replaced by the namespace declaration for the prefix `o`.
pub(crate) fn xml(body: &str) -> Vec<u8> {
    body.replace("NS", "xmlns:o=\"http://www.ofdspec.org/2016\"").into_bytes()
}
