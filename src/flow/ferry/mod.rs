//! Networks that nothing but files connects (摆渡): what a locality publishes goes over in numbered, signed files.
//!
//! - [`export`]: our trust list, revocation lists, the signed standing of every licence and seal, and what was issued
//! - [`import`]: a file of an operator whose key is pinned here, after the one before it, wholly or not at all
//! - [`find`]: what files told of a number
//!
//! The format is that of `yinxin_trust::ferry` (`docs/ferry-format.md`, ADR 47). Nothing that comes makes anybody trusted:
//! a list is proposed to two people, answers count where the accepted list names the key that signed them.

mod export;
mod fault;
mod import;
mod lines;

pub use export::{Exported, FILE_END, Folders, export};
pub use fault::FerryError;
pub use import::{Imported, State, find, import, states};
