//! Keys in devices and behind the daemon, and what becomes of issuing when they go away.

#![expect(clippy::print_stdout, reason = "figures, and what is skipped, are for whoever reads the output")]

mod commands;
mod journey;
mod loss;
mod mandates;
mod outside;
