//! The web API from outside.

mod bounds;
mod description;
mod headers;
mod lifecycle;
mod operator;
mod states;
mod verifications;
