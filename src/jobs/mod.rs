//! What is done beside requests, on named threads of its own.

mod lines;
mod upkeep;

pub use lines::Lines;
pub use upkeep::Upkeep;
