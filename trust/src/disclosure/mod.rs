//! Selective disclosure (出示字段): chosen fields of a licence that verify against the
//! issuer's stamp without the rest (`docs/disclosure-format.md`, ADR 54).
//!
//! 1. [`fields_of`] a licence, each in the one form that its class lets others see.
//! 2. A [`FieldSecret`] of the version gives each field its salt; [`Field::digest`] is
//!    over both. The [`DigestList`], sorted so that its order tells nothing, is a file of
//!    the package and so under the stamp.
//! 3. A [`Disclosure`] holds Signature.xml, the value, the list, and the chosen fields with
//!    their salts. [`crate::verify::check`] recognises one and judges it like a document.
//!
//! The secret also gives a nonce to every other file of the package that holds values: else
//! Signature.xml, which a disclosure shows, would let whoever has it try values.

mod digest_list;
mod fault;
mod field;
mod fields;
mod file;
mod secret;
#[cfg(test)]
mod tests;

pub use digest_list::{DigestList, carries_digests};
pub use fault::DisclosureFault;
pub use field::{Field, FieldForm, SALT_BYTES, Salt};
pub use fields::{FRAME, fields_of, key_of};
pub use file::{Disclosed, Disclosure, FILE_BYTES, is_one};
pub use secret::{FieldSecret, SECRET_BYTES};

/// How names of such files end.
pub const ENDING: &str = "yxd";

/// The media type.
pub const MEDIA_TYPE: &str = "application/vnd.yinxin.disclosure+json";
