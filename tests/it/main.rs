//! The integration tests: one program, driven from outside.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

/// Each test once on SQLite and once on PostgreSQL.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test]
            fn $name() {
                super::$name(&crate::support::database::Database::sqlite());
            })+
        }
        mod postgres {
            $(#[test]
            fn $name() {
                super::$name(&crate::support::database::Database::postgres());
            })+
        }
    };
}

mod access;
mod api;
mod cli;
mod conformance;
mod copies;
mod custody;
mod delegations;
mod devices;
mod disclosures;
mod issuing;
mod layering;
mod letters;
mod licences;
mod ocsp;
mod office;
mod oidc;
mod pages;
mod presentations;
mod public;
mod receipts;
mod resolver;
mod seals;
mod second_factor;
mod stamps;
mod store;
mod support;
mod time_stamps;
mod trust;
