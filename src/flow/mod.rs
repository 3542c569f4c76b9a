//! Where rules and I/O meet. Synchronous; knows nothing of the web.

pub mod anchors;
pub mod authority;
pub mod file_source;
pub mod judged_at;
pub mod verify;
