//! OFD packages (GB/T 33190-2016) and the signatures in them.
//!
//! A [`Document`] is what a page says; [`Document::package`] writes its files;
//! [`Package::sign`] adds one signature over everything that is there, leaving
//! out Signatures.xml so that further ones can follow (18.1). Later
//! signatures cover the files of earlier ones.

mod document;
mod package;
mod xml;

pub use document::{Document, LARGE, Line, Text};
pub use package::{Annotation, CheckMethod, Package, Plan, ReferenceForm};
pub use xml::escape;
