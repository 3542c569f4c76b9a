//! What is done beside requests, on named threads of its own.

mod lines;
mod trust;
mod upkeep;

pub use lines::Lines;
pub use trust::TrustLists;
pub use upkeep::Upkeep;
