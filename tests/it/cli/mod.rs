//! The command line from outside.

mod corpus;
mod errors;
mod evidence;
mod examples;
mod issuing;
