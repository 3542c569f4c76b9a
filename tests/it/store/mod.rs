//! The register, on both back ends.

mod concurrency;
mod crash;
mod full;
mod jobs;
mod migrations;
mod opening;
mod rows;
mod sqlite_file;
mod tables;
mod tables_of_delegations;
mod tables_of_holders;
mod tables_of_receipts;
mod tables_of_time;
mod tables_of_trust;
mod tables_of_work;
mod writes;
