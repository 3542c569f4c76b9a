//! The command line from outside.

mod errors;
mod examples;
