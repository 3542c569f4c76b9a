//! The web service: pages and API over bounded lanes.

pub mod api;
mod edge;
mod health;
pub mod lanes;
mod metrics;
pub mod openapi;
pub mod problem;
pub mod serve;
pub mod state;
pub mod upload;

pub use problem::Problem;
pub use state::{AppState, VerifiedUpload};
pub use upload::Upload;
