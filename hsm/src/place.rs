//! Folders and files that only their owner may touch; see [`yinxin_vault::place`].

pub use yinxin_vault::place::PlaceError;
pub(crate) use yinxin_vault::place::{Folder, PRIVATE, Rule, WRITE, WriteStep, open_folder, read_file};

#[cfg(test)]
pub(crate) mod testing;
