//! Drawing licences (电子证照): a face template, checked against the catalogue entry
//! of its type, and the values of one licence become a page; the page becomes an
//! OFD package to be stamped, and copies as PDF and PNG.
//!
//! 1. [`Fonts::shipped`], with more fonts by [`Fonts::with`].
//! 2. [`Face::parse`] reads a template (TOML, `schemas/faces`), names everything
//!    that is wrong with it at once, and makes the parts that all its licences
//!    share: the template page and the fonts of its captions.
//! 3. [`Face::draw`] lays out one licence, or names every value that cannot be
//!    shown: nothing is cut off, nothing overlaps.
//! 4. [`Drawing::package`] and [`Drawing::placements`] go into stamping;
//!    [`Drawing::pdf`] and [`Drawing::png`] are copies, marked as such.
//! 5. [`codes_in`] reads codes back from pictures.
//!
//! Octets and values in, octets out: no file, clock, randomness or database.

mod break_lines;
mod code;
mod colour;
mod copy;
mod draw;
mod drawing;
mod font;
mod layout;
mod number;
mod ofd;
mod page;
mod paper;
mod pdf;
mod photo;
mod raster;
mod reading;
mod seal;
mod template;

pub use code::{CodeAddress, CodeFault, CodePath};
pub use copy::{CopyError, CopyMark};
pub use draw::{Content, DisclosureParts, DrawError, DrawOffence};
pub use drawing::Drawing;
pub use font::{FontFault, Fonts, Outline, Step, Steps};
pub use ofd::{DIGESTS_ENTRY, PHOTO_ENTRIES};
pub use paper::{Paper, PaperError};
pub use photo::{Photo, PhotoFault};
pub use reading::{PictureFault, codes_in};
pub use seal::{SealDrawError, outlined_seal};
pub use template::{Face, FaceError, FaceOffence};
