//! The photograph of an order.

use super::IssueError;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use yinxin_face::{Photo, PhotoFault};
use yinxin_trust::base::Sentence;

/// Largest photograph of an order, octets: several times what a portrait for a
/// certificate has.
pub const PHOTO_BYTES: usize = 256 << 10;

/// Why a photograph is refused. Whether the face wants one is said by its drawing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhotoRefusal {
    /// Not base64.
    #[error("the photograph is not in base64 (RFC 4648, 4)")]
    Encoding,
    /// Too large.
    #[error("the photograph is larger than {PHOTO_BYTES} octets")]
    Bytes,
    /// No picture, or none that can be drawn.
    #[error(transparent)]
    Picture(#[from] PhotoFault),
}

impl PhotoRefusal {
    /// The stable name of the offence.
    pub(in crate::flow) const fn code(&self) -> &'static str {
        match self {
            Self::Encoding => "not_base64",
            Self::Bytes | Self::Picture(PhotoFault::Bytes { .. }) => "too_large",
            Self::Picture(PhotoFault::Kind | PhotoFault::Damaged(_)) => "no_picture",
            Self::Picture(PhotoFault::Pixels) => "size",
            Self::Picture(PhotoFault::Colours) => "colours",
        }
    }

    /// For the person who corrects it.
    pub(in crate::flow) fn sentence(&self) -> Sentence {
        let zh = match self {
            Self::Encoding => "照片的 base64 编码不对。".to_owned(),
            Self::Bytes | Self::Picture(PhotoFault::Bytes { .. }) => format!("照片最大 {} KB。", PHOTO_BYTES >> 10),
            Self::Picture(PhotoFault::Kind) => "这不是照片。请用 JPEG 或 PNG。".to_owned(),
            Self::Picture(PhotoFault::Damaged(_)) => "照片已损坏，打不开。请换一张。".to_owned(),
            Self::Picture(PhotoFault::Pixels) => "照片的宽和高为 50 至 2500 像素。".to_owned(),
            Self::Picture(PhotoFault::Colours) => "照片请用彩色（RGB）或灰度。".to_owned(),
        };
        Sentence::new(zh, self.to_string())
    }
}

/// The text of a photograph's octets, as an order carries it.
pub fn photo_text(octets: &[u8]) -> String {
    BASE64_STANDARD.encode(octets)
}

/// Decodes the photograph of an order and looks whether it is one.
///
/// # Errors
/// [`IssueError::Photo`].
pub(super) fn read(text: Option<&str>) -> Result<Option<Photo>, IssueError> {
    let Some(text) = text else { return Ok(None) };
    // four characters for three octets
    if text.len() / 4 > PHOTO_BYTES.div_ceil(3) {
        return Err(PhotoRefusal::Bytes.into());
    }
    let octets = BASE64_STANDARD.decode(text).map_err(|_| PhotoRefusal::Encoding)?;
    if octets.len() > PHOTO_BYTES {
        return Err(PhotoRefusal::Bytes.into());
    }
    Ok(Some(Photo::new(octets).map_err(PhotoRefusal::from)?))
}
