//! Receipts of verifications and the evidence that is kept: the flows on both back ends,
//! the doors, the command line.

mod commands;
mod doors;
mod flows;
mod renewals;
