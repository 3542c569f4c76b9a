//! The web service: pages and API over bounded lanes.

pub mod api;
pub mod asker;
pub mod auth;
mod counter;
mod edge;
mod filled;
mod further;
mod gathered;
mod guesser;
mod health;
mod input;
pub mod lanes;
mod metrics;
mod ocsp;
pub mod openapi;
pub mod pages;
pub mod problem;
mod roles;
pub mod routes;
pub mod serve;
pub mod state;
mod tsa;
pub mod upload;
mod well_known;

pub use problem::Problem;
pub use state::{AppState, VerifiedUpload};
pub use upload::{Upload, Uploads};
