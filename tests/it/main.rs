//! The integration tests: one program, driven from outside.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod access;
mod api;
mod cli;
mod conformance;
mod layering;
mod pages;
mod support;
