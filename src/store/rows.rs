//! Many rows by one statement.

use diesel::sql_types::{Array, SingleValue};

diesel::define_sql_function! {
    /// The elements of an array as rows; several beside each other go in step.
    fn unnest<T: SingleValue>(elements: Array<T>) -> T;
}

/// Adds rows of a type, each of its columns named: `insert_rows!(conn, rows, Type => table { column, ... })`. One statement on
/// either back end; on PostgreSQL it has one array for each column, so that it is the same text however many rows there are,
/// and is parsed and planned once for a connection. With a place for each value the server read every batch anew, which cost
/// more than adding the rows.
macro_rules! insert_rows {
    ($conn:expr, $rows:expr, $row:ident => $table:ident { $($column:ident),+ $(,)? }) => {{
        use diesel::RunQueryDsl as _;
        let rows: &[$row] = $rows;
        // a column that is not named here does not compile: it would be added as nothing
        let _every_column = |$row { $($column: _),+ }: &$row| ();
        match $conn {
            $crate::store::Conn::Sqlite(conn) => diesel::insert_into($table::table).values(rows).execute(conn),
            $crate::store::Conn::Postgres(conn) => {
                let columns = diesel::select(($(
                    $crate::store::rows::unnest::<diesel::dsl::SqlTypeOf<$table::$column>, _>(
                        rows.iter().map(|row| &row.$column).collect::<Vec<_>>(),
                    ),
                )+));
                let into = diesel::insert_into($table::table).values(columns);
                into.into_columns(($($table::$column,)+)).execute(conn)
            }
        }
    }};
}
pub(super) use insert_rows;
