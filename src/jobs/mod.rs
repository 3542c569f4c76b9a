//! What is done beside requests, on named threads of its own.

mod upkeep;

pub use upkeep::Upkeep;
