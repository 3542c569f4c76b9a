//! Photographs of holders: JPEG or PNG, checked by decoding them once.

use core::fmt;
use resvg::tiny_skia::Pixmap;
use std::sync::Arc;
use zune_jpeg::{
    JpegDecoder,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

/// Largest picture, octets.
const BYTES: usize = 1 << 20;
/// Width and height, pixels.
const PIXELS: core::ops::RangeInclusive<u32> = 50..=2500;

/// A photograph that is one. Its octets go into the document as they are. Cheap to
/// clone.
#[derive(Clone, PartialEq)]
pub struct Photo {
    pub(crate) octets: Arc<[u8]>,
    pub(crate) kind: Kind,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Colours of a JPEG: 1 for grey, 3 for colour.
    pub(crate) channels: u8,
    /// Decoded: four channels, premultiplied.
    pub(crate) pixels: Arc<Pixmap>,
}

/// How a photograph is coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Jpeg,
    Png,
}

/// Why octets are refused as a photograph.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum PhotoFault {
    #[error("the photograph is neither JPEG nor PNG")]
    Kind,
    #[error("the photograph is larger than {limit} octets")]
    Bytes { limit: usize },
    #[error("the photograph is not 50 to 2500 pixels wide and high")]
    Pixels,
    #[error("the photograph is neither grey nor in red, green and blue")]
    Colours,
    #[error("the photograph cannot be decoded: {0}")]
    Damaged(String),
}

impl Photo {
    /// Checks and decodes.
    ///
    /// # Errors
    /// [`PhotoFault`].
    pub fn new(octets: Vec<u8>) -> Result<Self, PhotoFault> {
        if octets.len() > BYTES {
            return Err(PhotoFault::Bytes { limit: BYTES });
        }
        if octets.starts_with(&[0xff, 0xd8, 0xff]) {
            Self::jpeg(octets)
        } else if octets.starts_with(b"\x89PNG\r\n\x1a\n") {
            Self::png(octets)
        } else {
            Err(PhotoFault::Kind)
        }
    }

    fn jpeg(octets: Vec<u8>) -> Result<Self, PhotoFault> {
        let damaged = |error: &dyn fmt::Debug| PhotoFault::Damaged(shortened(&format!("{error:?}")));
        // set before the headers are read: later it spoils what is decoded
        let options = DecoderOptions::default()
            .set_max_width(2500)
            .set_max_height(2500)
            .set_strict_mode(true)
            .jpeg_set_out_colorspace(ColorSpace::RGBA);
        let mut decoder = JpegDecoder::new_with_options(ZCursor::new(&octets), options);
        decoder.decode_headers().map_err(|error| match size_of_jpeg(&octets) {
            Some((width, height)) if !PIXELS.contains(&width) || !PIXELS.contains(&height) => PhotoFault::Pixels,
            _ => damaged(&error),
        })?;
        let (width, height) = decoder.dimensions().ok_or(PhotoFault::Pixels)?;
        let (width, height) = (width as u32, height as u32);
        if !PIXELS.contains(&width) || !PIXELS.contains(&height) {
            return Err(PhotoFault::Pixels);
        }
        let channels = match decoder.input_colorspace() {
            Some(ColorSpace::Luma) => 1,
            Some(ColorSpace::YCbCr | ColorSpace::RGB) => 3,
            _ => return Err(PhotoFault::Colours),
        };
        let decoded = decoder.decode().map_err(|error| damaged(&error))?;
        let mut pixels = Pixmap::new(width, height).ok_or(PhotoFault::Pixels)?;
        if decoded.len() != pixels.data().len() {
            return Err(PhotoFault::Colours);
        }
        pixels.data_mut().copy_from_slice(&decoded);
        Ok(Self { octets: octets.into(), kind: Kind::Jpeg, width, height, channels, pixels: Arc::new(pixels) })
    }

    fn png(octets: Vec<u8>) -> Result<Self, PhotoFault> {
        // IHDR is the first chunk: its sides bound what decoding costs
        let side =
            |at: usize| octets.get(at..).and_then(|rest| rest.first_chunk()).map(|four| u32::from_be_bytes(*four));
        let (Some(width), Some(height)) = (side(16), side(20)) else {
            return Err(PhotoFault::Damaged("no header".to_owned()));
        };
        if !PIXELS.contains(&width) || !PIXELS.contains(&height) {
            return Err(PhotoFault::Pixels);
        }
        let pixels = Pixmap::decode_png(&octets).map_err(|error| PhotoFault::Damaged(shortened(&error.to_string())))?;
        Ok(Self { octets: octets.into(), kind: Kind::Png, width, height, channels: 3, pixels: Arc::new(pixels) })
    }
}

impl fmt::Debug for Photo {
    /// Not the picture: it is personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Photo({:?}, {} x {} pixels)", self.kind, self.width, self.height)
    }
}

/// Sides from the frame header, to tell a picture too large from a damaged one.
fn size_of_jpeg(octets: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        let marker = octets.get(at..at + 9)?;
        if marker[0] != 0xff {
            return None;
        }
        if matches!(marker[1], 0xc0..=0xc2) {
            let side = |at: usize| u32::from(u16::from_be_bytes([marker[at], marker[at + 1]]));
            return Some((side(7), side(5)));
        }
        at += 2 + usize::from(u16::from_be_bytes([marker[2], marker[3]]));
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}
