//! The command line from outside.

mod corpus;
mod errors;
mod examples;
