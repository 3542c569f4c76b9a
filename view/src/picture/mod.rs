//! Pictures that a document carries, checked and wrapped anew before a browser sees
//! them: header and sides are read, everything but the picture itself is left behind.

mod bmp;
mod gif;
mod jbig2;
mod jpeg;
mod png;

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// Longest side, pixels.
const SIDE: u32 = 20_000;

/// Why a picture is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Of this kind, which is not shown.
    Kind(&'static str),
    /// Not what its first octets say.
    Damaged,
}

/// A picture whose header was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Picture<'a> {
    kind: Kind,
    octets: &'a [u8],
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// What decoding it costs, in pixels.
    pub(crate) pixels: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Png,
    Jpeg,
    Gif,
    Bmp,
    Jbig2,
}

impl<'a> Picture<'a> {
    /// Recognised by content, never by name.
    pub(crate) fn read(octets: &'a [u8]) -> Result<Self, Refused> {
        let kind = kind(octets)?;
        let mut cost = 0;
        let (width, height) = match kind {
            Kind::Png => png::sides(octets),
            Kind::Jpeg => jpeg::sides(octets)?,
            Kind::Gif => gif::sides(octets)?,
            Kind::Bmp => bmp::sides(octets)?,
            Kind::Jbig2 => {
                let bounded = jbig2::bounded(octets)?;
                cost = bounded.pixels;
                Some((bounded.width, bounded.height))
            }
        }
        .ok_or(Refused::Damaged)?;
        let fine = |side: u32| (1..=SIDE).contains(&side);
        let pixels = cost.max(u64::from(width) * u64::from(height));
        if fine(width) && fine(height) {
            Ok(Self { kind, octets, width, height, pixels })
        } else {
            Err(Refused::Damaged)
        }
    }

    /// Octets, as they stand in the document.
    pub(crate) const fn bytes(&self) -> u64 {
        self.octets.len() as u64
    }

    /// As a data address. `on_white`: a picture without transparency was made to lie
    /// on white paper, so that its white is made transparent where that is easy.
    pub(crate) fn data_address(&self, on_white: bool) -> Result<String, Refused> {
        let (mime, octets) = match self.kind {
            Kind::Png => ("image/png", png::wrap(self.octets).ok_or(Refused::Damaged)?),
            Kind::Jpeg => ("image/jpeg", jpeg::wrap(self.octets).ok_or(Refused::Damaged)?),
            Kind::Gif => ("image/gif", self.octets.to_vec()),
            Kind::Jbig2 => ("image/png", jbig2::as_png(self.octets, on_white).ok_or(Refused::Damaged)?),
            Kind::Bmp => ("image/png", bmp::as_png(self.octets, on_white).ok_or(Refused::Damaged)?),
        };
        Ok(data_address(mime, &octets))
    }
}

/// Octets as a data address.
pub(crate) fn data_address(mime: &str, octets: &[u8]) -> String {
    let mut address = format!("data:{mime};base64,");
    STANDARD.encode_string(octets, &mut address);
    address
}

fn kind(octets: &[u8]) -> Result<Kind, Refused> {
    let begins = |first: &[u8]| octets.starts_with(first);
    if begins(png::SIGNATURE) {
        Ok(Kind::Png)
    } else if begins(b"\xff\xd8\xff") {
        Ok(Kind::Jpeg)
    } else if begins(b"GIF87a") || begins(b"GIF89a") {
        Ok(Kind::Gif)
    } else if begins(b"BM") {
        Ok(Kind::Bmp)
    } else if begins(jbig2::SIGNATURE) {
        Ok(Kind::Jbig2)
    } else if begins(b"II*\0") || begins(b"MM\0*") {
        Err(Refused::Kind("TIFF"))
    } else if begins(b"\0\0\0\x0cjP  ") || begins(b"\xff\x4f\xff\x51") {
        Err(Refused::Kind("JPEG 2000"))
    } else if begins(b"PK\x03\x04") {
        Err(Refused::Kind("OFD"))
    } else {
        Err(Refused::Kind("unknown"))
    }
}

fn be_u32(octets: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*octets.get(at..)?.first_chunk()?))
}

fn le_u16(octets: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*octets.get(at..)?.first_chunk()?))
}

fn le_u32(octets: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*octets.get(at..)?.first_chunk()?))
}

#[cfg(test)]
mod tests;
