//! Keys in devices and behind the daemon, and what becomes of issuing when they go away.

mod commands;
mod journey;
mod loss;
mod mandates;
