//! A request repeated with its key gets the first answer.

use super::{Conn, StoreError, conn::each, schema::*};
use diesel::{prelude::*, upsert::excluded};

type Result<T> = std::result::Result<T, StoreError>;

/// What became of a request with a key.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = idempotency, treat_none_as_default_value = false)]
pub struct Request {
    /// Who asked.
    pub body_id: String,
    /// With which key.
    pub key: String,
    /// Digest of what was asked: the same key with another request is a mistake.
    pub request_digest: Vec<u8>,
    /// What it led to.
    pub intent_id: Option<String>,
    /// What was answered; none while it is under way.
    pub answer: Option<Vec<u8>>,
    /// When it was asked first.
    pub created_at: i64,
}

/// Takes a key; false where it is taken already, then [`find`] says by what.
///
/// # Errors
/// [`StoreError::Reference`].
pub fn claim(conn: &mut Conn, row: &Request) -> Result<bool> {
    Ok(claim_all(conn, std::slice::from_ref(row))? == 1)
}

/// Takes keys; how many that were free.
///
/// # Errors
/// As [`claim`].
pub fn claim_all(conn: &mut Conn, rows: &[Request]) -> Result<usize> {
    let inserted = each!(conn, c => {
        diesel::insert_into(idempotency::table)
            .values(rows)
            .on_conflict((idempotency::body_id, idempotency::key))
            .do_nothing()
            .execute(c)
    })?;
    Ok(inserted)
}

/// What became of a request of a body.
///
/// # Errors
/// What the database says.
pub fn find(conn: &mut Conn, body: &str, key: &str) -> Result<Option<Request>> {
    Ok(find_all(conn, body, &[key])?.pop())
}

/// What became of several requests of a body, those that are there.
///
/// # Errors
/// What the database says.
pub fn find_all(conn: &mut Conn, body: &str, keys: &[&str]) -> Result<Vec<Request>> {
    let own = idempotency::table.filter(idempotency::body_id.eq(body)).filter(idempotency::key.eq_any(keys));
    Ok(each!(conn, c => own.select(Request::as_select()).load(c))?)
}

/// Ties a request to another intent, as when the first was voided; whether the request is there.
///
/// # Errors
/// [`StoreError::Reference`].
pub fn set_intent(conn: &mut Conn, body: &str, key: &str, intent_id: &str) -> Result<bool> {
    let own = idempotency::table.find((body, key));
    Ok(diesel::update(own).set(idempotency::intent_id.eq(intent_id)).execute(conn)? == 1)
}

/// Keeps the answer; false where there is one already or no such request.
///
/// # Errors
/// What the database says.
pub fn answer(conn: &mut Conn, body: &str, key: &str, answer: &[u8]) -> Result<bool> {
    let own = idempotency::table.find((body, key)).filter(idempotency::answer.is_null());
    Ok(diesel::update(own).set(idempotency::answer.eq(answer)).execute(conn)? == 1)
}

/// Keeps the answers of requests whose intents the same write finished, which
/// nobody else can have answered; how many.
///
/// # Errors
/// What the database says.
pub fn answer_all(conn: &mut Conn, rows: &[Request]) -> Result<usize> {
    let answered = each!(conn, c => {
        diesel::insert_into(idempotency::table)
            .values(rows)
            .on_conflict((idempotency::body_id, idempotency::key))
            .do_update()
            .set(idempotency::answer.eq(excluded(idempotency::answer)))
            .execute(c)
    })?;
    Ok(answered)
}

/// Gives up a key whose request came to nothing, so that it may be asked again; whether it was unanswered.
///
/// # Errors
/// What the database says.
pub fn give_up(conn: &mut Conn, body: &str, key: &str) -> Result<bool> {
    let own = idempotency::table.find((body, key)).filter(idempotency::answer.is_null());
    Ok(diesel::delete(own).execute(conn)? == 1)
}

/// Forgets answered requests of every body from before an instant; how many.
///
/// # Errors
/// What the database says.
pub fn delete_answered_before(conn: &mut Conn, at: i64) -> Result<usize> {
    let old = idempotency::table.filter(idempotency::created_at.lt(at)).filter(idempotency::answer.is_not_null());
    Ok(diesel::delete(old).execute(conn)?)
}
