//! Where rules and I/O meet. Synchronous; knows nothing of the web.

pub mod access;
pub mod anchors;
pub mod audit;
pub mod authority;
pub mod bodies;
pub mod file_source;
pub mod judged_at;
pub mod kind;
pub mod office;
pub mod people;
#[cfg(test)]
mod testing;
mod text;
pub mod tokens;
pub mod verify;
