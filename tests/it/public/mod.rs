//! What everybody looks up without signing in, and how often.

mod limits;
mod numbers;
