//! The command line from outside.

mod algorithms;
mod corpus;
mod errors;
mod evidence;
mod examples;
mod issuing;
