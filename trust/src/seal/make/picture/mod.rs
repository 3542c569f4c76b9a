//! The picture of a seal (GB/T 38540-2020 6.1.2.4): a checked PNG, a checked SVG
//! of a small subset, or a round seal drawn here.

mod png;
mod round;
mod svg;

use crate::seal::Seal;

pub use round::{RoundSeal, RoundSealFault, SealGlyph};

/// Largest picture, octets: it is inside every stamp.
const BYTES: usize = 256 << 10;
/// Sides of a seal, millimetres.
const SIDES_MM: core::ops::RangeInclusive<u32> = 5..=100;

/// A picture that may stand in a seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealPicture {
    kind: &'static str,
    octets: Vec<u8>,
    width_mm: u32,
    height_mm: u32,
}

/// Why octets are refused as a picture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum PictureFault {
    #[error("a side of the seal is not 5 to 100 mm")]
    SizeMm,
    #[error("the picture is neither PNG nor SVG")]
    Kind,
    #[error("the picture is larger than {limit} octets")]
    Bytes { limit: usize },
    #[error("the picture does not begin as a PNG")]
    PngSignature,
    #[error("the PNG ends in the middle of a chunk")]
    PngTruncated,
    #[error("the PNG chunk at octet {at} has a wrong CRC")]
    PngCrc { at: usize },
    #[error("the PNG has no sound header chunk at its beginning")]
    PngHeader,
    #[error("the PNG is not 16 to 2048 pixels wide and high")]
    PngPixels,
    #[error("the PNG's colour type and bit depth do not go together")]
    PngColour,
    #[error("the PNG chunk {0:?} is not allowed in a seal")]
    PngChunk(String),
    #[error("the PNG's chunks are not in their order")]
    PngOrder,
    #[error("something follows the end of the PNG")]
    PngTrailing,
    #[error("the SVG is not UTF-8 text without control characters")]
    SvgText,
    #[error("the SVG is not well-formed XML")]
    SvgMalformed,
    #[error("the SVG has a document type, a processing instruction or an entity of its own")]
    SvgDoctype,
    #[error("the SVG's root is not svg in its namespace")]
    SvgRoot,
    #[error("the SVG's width, height and viewBox are not those of the seal")]
    SvgSize,
    #[error("the SVG element {0:?} is not allowed in a seal")]
    SvgElement(String),
    #[error("the SVG attribute {0:?} is not allowed in a seal")]
    SvgAttribute(String),
    #[error("the SVG attribute {0:?} points out of the picture")]
    SvgReference(String),
    #[error("the SVG has too many elements, or nests too deep")]
    SvgBudget,
}

impl SealPicture {
    /// A PNG shown at this size. Only headers are walked: nothing is inflated.
    ///
    /// # Errors
    /// [`PictureFault`].
    pub fn from_png(octets: &[u8], width_mm: u32, height_mm: u32) -> Result<Self, PictureFault> {
        check_size(octets, width_mm, height_mm)?;
        png::check(octets)?;
        Ok(Self { kind: "PNG", octets: octets.to_vec(), width_mm, height_mm })
    }

    /// An SVG whose root says this size: `width="42mm" height="42mm"` and
    /// `viewBox="0 0 42 42"`, so that one unit is one millimetre.
    ///
    /// # Errors
    /// [`PictureFault`].
    pub fn from_svg(octets: &[u8], width_mm: u32, height_mm: u32) -> Result<Self, PictureFault> {
        check_size(octets, width_mm, height_mm)?;
        svg::check(octets, width_mm, height_mm)?;
        Ok(Self { kind: "SVG", octets: octets.to_vec(), width_mm, height_mm })
    }

    /// The picture of a seal, checked as if it were to stand in a new one.
    ///
    /// # Errors
    /// [`PictureFault`]; [`PictureFault::Kind`] for other kinds than PNG and SVG.
    pub fn of_seal(seal: &Seal<'_>) -> Result<Self, PictureFault> {
        let picture = &seal.picture;
        let side = |mm: u64| u32::try_from(mm).map_err(|_| PictureFault::SizeMm);
        let (width, height) = (side(picture.width_mm)?, side(picture.height_mm)?);
        if picture.kind.eq_ignore_ascii_case("png") {
            Self::from_png(picture.data, width, height)
        } else if picture.kind.eq_ignore_ascii_case("svg") {
            Self::from_svg(picture.data, width, height)
        } else {
            Err(PictureFault::Kind)
        }
    }

    /// `PNG` or `SVG`, as it is written into the seal.
    pub const fn kind(&self) -> &'static str {
        self.kind
    }

    /// The file.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// Width, millimetres.
    pub const fn width_mm(&self) -> u32 {
        self.width_mm
    }

    /// Height, millimetres.
    pub const fn height_mm(&self) -> u32 {
        self.height_mm
    }
}

fn check_size(octets: &[u8], width_mm: u32, height_mm: u32) -> Result<(), PictureFault> {
    if !SIDES_MM.contains(&width_mm) || !SIDES_MM.contains(&height_mm) {
        return Err(PictureFault::SizeMm);
    }
    if octets.len() > BYTES { Err(PictureFault::Bytes { limit: BYTES }) } else { Ok(()) }
}
