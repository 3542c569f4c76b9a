//! Codes of bodies, people and places: GB 32100, GB 11643, GB/T 2260.

mod citizen;
mod credit;
mod region;

pub use citizen::{CitizenNumber, CitizenNumberOffence};
pub use credit::{CreditCode, CreditCodeOffence};
pub use region::{RegionCode, RegionCodeOffence};
