//! Where rules and I/O meet. Synchronous; knows nothing of the web.

pub mod access;
pub mod act;
pub mod anchors;
pub mod applications;
pub mod audit;
pub mod authority;
pub mod bodies;
mod bundle;
pub mod catalogue;
pub mod document;
pub mod file_source;
pub mod installation;
pub mod issue;
pub mod issuer;
pub mod jobs;
pub mod judged_at;
pub mod kind;
pub mod licence_record;
mod lives;
mod numbers;
pub mod office;
pub mod own_register;
pub mod people;
pub mod register;
pub mod revocation;
pub mod seal_making;
pub mod seals;
pub mod shown;
pub mod standing;
pub mod status_client;
pub mod succession;
#[cfg(test)]
mod testing;
mod text;
pub mod tokens;
pub mod types;
pub mod verify;
