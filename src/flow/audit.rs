//! What was done, written in the write that does it, and read by auditors.

use super::access::{Actor, Permit, may};
use crate::store::{Conn, Store, StoreError, audit};
use serde_json::Value;
use yinxin_trust::base::Moment;

pub(super) use crate::store::audit::Event;
pub use crate::store::audit::Row;

/// Most events a page holds.
pub const PAGE: u32 = 500;

/// Adds an event inside the closure of the write that it tells of. `action` is a
/// stable word such as `person.created`; `detail` holds no secret and no more
/// about people than is needed. Of a session at a device the detail names it, in `place`.
///
/// # Errors
/// [`StoreError::Reference`] for a body that is not there.
pub fn record(
    conn: &mut Conn,
    body: Option<&str>,
    actor: &Actor,
    action: &'static str,
    subject: &str,
    detail: &Value,
    now: Moment,
) -> Result<(), StoreError> {
    audit::append(conn, &event(body, actor, action, subject, detail, now))
}

/// An event for [`record_all`]; what goes into it is said at [`record`].
pub(super) fn event(
    body: Option<&str>,
    actor: &Actor,
    action: &'static str,
    subject: &str,
    detail: &Value,
    now: Moment,
) -> Event {
    let detail = match (&actor.place, detail) {
        (Some(place), Value::Object(members)) => {
            let mut members = members.clone();
            members.insert("place".to_owned(), place.told());
            Value::Object(members).to_string()
        }
        (_, detail) => detail.to_string(),
    };
    Event {
        body_id: body.map(str::to_owned),
        at: now.unix_milliseconds(),
        actor_kind: actor.kind.as_str().to_owned(),
        actor_id: actor.id.clone(),
        action: action.to_owned(),
        subject: subject.to_owned(),
        detail: detail.into_bytes(),
    }
}

/// As [`record`], for several in their order.
///
/// # Errors
/// As [`record`].
pub(super) fn record_all(conn: &mut Conn, events: &[Event]) -> Result<(), StoreError> {
    audit::append_all(conn, events)
}

/// At most [`PAGE`] events of the body after an instant (in milliseconds) and a
/// number, the oldest first.
///
/// # Errors
/// What the register says.
pub fn list(
    store: &Store,
    permit: &Permit<may::ReadAudit>,
    after: (i64, i64),
    limit: u32,
) -> Result<Vec<Row>, StoreError> {
    store.read(|conn| audit::list(conn, permit.body(), after, limit.clamp(1, PAGE)))
}
