//! The migrations undo themselves.

use crate::support::database::Database;
use diesel::{Connection, RunQueryDsl, SqliteConnection, sql_types::Text};
use yinxin::store::{Store, StoreError, migrate, status, undo_last};

on_both!(up_down_and_up_again, a_database_of_another_state_is_not_opened);

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Everything in the schema but what diesel and the database keep for themselves.
fn dump(database: &Database) -> Vec<String> {
    let lines: Vec<Line> = if database.is_sqlite() {
        let path = database.folder().path().join("register.db");
        let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        diesel::sql_query(
            "SELECT type || ' ' || name || ' ' || coalesce(sql, '') AS line FROM sqlite_master \
             WHERE name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' AND tbl_name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' \
             AND name NOT LIKE 'sqlite\\_sequence' ESCAPE '\\' ORDER BY 1",
        )
        .load(&mut conn)
        .unwrap()
    } else {
        diesel::sql_query(
            "SELECT c.relkind::text || ' ' || c.relname || ' ' || coalesce(string_agg(a.attname || ' ' || \
             format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull::text, ', ' ORDER BY a.attnum), '') AS line \
             FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 \
             WHERE c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE '\\_\\_diesel%' \
             GROUP BY c.oid, c.relkind, c.relname \
             UNION ALL SELECT 'constraint ' || conname::text || ' ' || pg_get_constraintdef(oid) FROM pg_constraint \
             WHERE connamespace = 'public'::regnamespace AND conname NOT LIKE '\\_\\_diesel%' ORDER BY 1",
        )
        .load(&mut database.postgres_connection())
        .unwrap()
    };
    lines.into_iter().map(|row| row.line).collect()
}

fn up_down_and_up_again(database: &Database) {
    let settings = &database.settings;
    let all = status(settings).unwrap().pending;
    assert_eq!(all.first().map(String::as_str), Some("2026-11-22-000001_register"));
    assert_eq!(migrate(settings), Ok(all.clone()));
    let made = dump(database);
    assert!(made.len() > 20, "{made:#?}");
    assert_eq!(status(settings).unwrap().applied, all);
    assert_eq!(migrate(settings), Ok(vec![]));
    for _ in &all {
        assert!(undo_last(settings).unwrap().is_some());
    }
    assert_eq!(undo_last(settings), Ok(None));
    assert_eq!(dump(database), Vec::<String>::new());
    assert_eq!(migrate(settings), Ok(all));
    assert_eq!(dump(database), made);
    Store::open(settings.clone()).unwrap();
}

fn a_database_of_another_state_is_not_opened(database: &Database) {
    let open = || Store::open(database.settings.clone()).map(drop);
    let pending = status(&database.settings).unwrap().pending.len();
    assert_eq!(open(), Err(StoreError::NotMigrated { pending }));
    if database.is_sqlite() {
        let path = database.folder().path().join("register.db");
        assert!(!path.exists(), "looking at it has made the file");
        // an empty file is a database without tables
        std::fs::write(&path, b"").unwrap();
        assert_eq!(open(), Err(StoreError::NotMigrated { pending }));
    }
    migrate(&database.settings).unwrap();
    assert_eq!(open(), Ok(()));
    let insert = diesel::sql_query("INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000001')");
    if database.is_sqlite() {
        let path = database.folder().path().join("register.db");
        insert.execute(&mut SqliteConnection::establish(path.to_str().unwrap()).unwrap()).unwrap();
    } else {
        insert.execute(&mut database.postgres_connection()).unwrap();
    }
    let newer = StoreError::NewerThanProgram { version: "29991231000001".to_owned() };
    assert_eq!(open(), Err(newer.clone()));
    assert_eq!(migrate(&database.settings), Err(newer.clone()));
    assert_eq!(undo_last(&database.settings), Err(newer));
}
