//! Electronic licences (电子证照): what is true of a licence without its file.
//!
//! - [`identifier`]: the identifier of GB/T 36904 and its check character
//! - [`codes`]: unified social credit code, citizen number, region code
//! - [`name`]: names of holders and when two of them are the same
//! - [`metadata`]: the elements of GB/T 36903, read and written
//! - [`state`]: acts upon a licence, and what it is on any day
//! - [`catalogue`]: a type of licence: who issues it, its fields and rules
//! - [`application`]: what an applicant gives and what the rules add to it
//!
//! The texts of GB/T 36901 to 36906 were not at hand. Every item says where
//! it comes from: **\[STD\]** front matter of a standard, **\[IMPL\]** more than
//! one implementation in production, **\[DATA\]** recomputed on real licences,
//! **\[ADVICE\]** our own rule where no source was found.

pub mod application;
pub mod catalogue;
mod check_character;
pub mod codes;
pub mod identifier;
pub mod metadata;
pub mod name;
mod offences;
pub mod state;
mod validity;

pub use offences::Offences;
pub use validity::Expiry;
