//! Pictures of documents (OFD, GB/T 33190): a page becomes one SVG in millimetres.
//!
//! 1. [`Seen::of`] takes from a report what is protected and which stamps hold.
//! 2. [`Viewer::open`] reads structure, resources and signatures of a package.
//! 3. [`Viewer::page`] draws one page: templates, layers, annotations, the pictures of
//!    the seals. What no valid signature covers is hatched, with words below the page.
//! 4. [`places`] finds where on the pages a stamp goes: by a word of the text, a field, along the edges.
//!
//! Nothing hostile passes: text becomes outlines, pictures are checked and wrapped
//! anew, numbers are finite and bounded; neither a name nor a word of the document
//! stands in the SVG, and it refers to nothing outside of itself. Every loop spends
//! from [`ViewLimits`]. What is not drawn as it stands is a [`Finding`], by name.
//!
//! Octets and values in, text out: no file, clock, randomness or database.

#![warn(missing_docs)]

mod budget;
mod canvas;
mod cff;
mod finding;
mod font;
mod geometry;
mod legend;
mod page;
mod painter;
mod param;
mod path;
mod pattern;
mod picture;
mod places;
mod reading;
mod resources;
mod seen;
mod shading;
mod stamp;
mod structure;
mod svg;
mod text;
mod tree;
mod viewer;

pub use budget::ViewLimits;
pub use finding::{Code, Finding};
pub use places::{Edge, Occurrence, PlaceFault, Size, Spot, places};
pub use seen::Seen;
pub use viewer::{PagePicture, ViewError, Viewer};
