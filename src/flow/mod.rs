//! Where rules and I/O meet. Synchronous; knows nothing of the web.

pub mod anchors;
mod bundle;
pub mod file_source;
pub mod judged_at;
pub mod register;
pub mod revocation;
pub mod shown;
pub mod status_client;
pub mod verify;
