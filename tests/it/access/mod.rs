//! Who may do what, from outside.

mod commands;
mod matrix;
mod sessions;
