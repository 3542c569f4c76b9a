//! A catalogue entry (证照目录项): one type of licence, in one revision.
//!
//! The elements are those of GB/T 36902 as implementations have them \[IMPL\]:
//! type, defining body and its level, holder category, related items, validity,
//! level of the issuing bodies; with what our own flow needs besides \[ADVICE\]:
//! fields with their disclosure, number rule, issuing form, issuing bodies.
//!
//! An entry is one JSON object, read strictly: unknown members, wrong values
//! and parts that contradict each other are named. Its member `schema` is a JSON
//! Schema 2020-12 for the application data; this crate checks that schema's shape
//! ([`schema`]), the service checks data against it.

mod entry;
mod field;
mod number;
mod offence;
mod raw;
pub mod schema;

pub use entry::{
    Authority, CatalogueEntry, CatalogueError, HolderCategory, IssuingBody, IssuingForm, Level, RelatedItem, Title,
    ValidityOffence, ValidityRule,
};
pub use field::{Audience, Disclosure, Field, Mask};
pub use number::{CheckSystem, NumberInputs, NumberOffence, NumberPart, NumberRule};
pub use offence::CatalogueOffence;

#[cfg(test)]
mod tests;
