//! Who may do what, from outside.

mod commands;
mod csrf;
mod matrix;
mod refusals;
mod sessions;
