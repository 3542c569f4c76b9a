//! The register, on both back ends.

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

mod concurrency;
mod crash;
mod full;
mod migrations;
mod opening;
mod rows;
mod sqlite_file;
mod tables;
mod tables_of_work;
mod writes;
