//! Devices of a body that have keys of their own, what they are asked to sign, and the sessions that are at them.

use super::{Conn, StoreError, schema::*};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// A device.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = devices)]
pub struct Device {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub body_id: String,
    /// `window` or `kiosk`
    pub kind: String,
    /// What it is called.
    pub name: String,
    /// Which window it stands at, or where.
    pub window_name: String,
    /// Digest of the code with which it is enrolled; none once that was used.
    pub code_hash: Option<Vec<u8>>,
    /// Until when the code counts.
    pub code_expires_at: Option<i64>,
    /// Its public key, 04 || x || y on P-256; none until it is enrolled.
    pub public_key: Option<Vec<u8>>,
    /// Which person entered it.
    pub entered_by: String,
    /// When.
    pub entered_at: i64,
    /// When it left its key.
    pub enrolled_at: Option<i64>,
    /// When it last showed its key.
    pub last_seen_at: Option<i64>,
    /// From when on it counts no more.
    pub ended_at: Option<i64>,
    /// Who ended it.
    pub ended_by: Option<String>,
    /// Why.
    pub end_reason: Option<String>,
}

/// Adds a device.
///
/// # Errors
/// [`StoreError::Conflict`] with `devices_body_id_window_name` where the window has one in use.
pub fn insert(conn: &mut Conn, row: &Device) -> Result<()> {
    diesel::insert_into(devices::table).values(row).execute(conn)?;
    Ok(())
}

/// A device of a body.
///
/// # Errors
/// What the database says.
pub fn find(conn: &mut Conn, body: &str, id: &str) -> Result<Option<Device>> {
    let own = devices::table.filter(devices::body_id.eq(body)).filter(devices::id.eq(id));
    Ok(own.select(Device::as_select()).first(conn).optional()?)
}

/// At most `limit` devices of a body: those in use first, the latest first.
///
/// # Errors
/// What the database says.
pub fn list(conn: &mut Conn, body: &str, limit: u32) -> Result<Vec<Device>> {
    let own = devices::table.filter(devices::body_id.eq(body));
    let own = own.order((devices::ended_at.is_not_null(), devices::entered_at.desc(), devices::id));
    Ok(own.limit(limit.into()).select(Device::as_select()).load(conn)?)
}

/// Leaves the key of the device that has the code, once and within its time; which it is.
///
/// # Errors
/// What the database says.
pub fn enrol(conn: &mut Conn, code_hash: &[u8], public_key: &[u8], at: i64) -> Result<Option<Device>> {
    let waiting = devices::table.filter(devices::code_hash.eq(code_hash)).filter(devices::ended_at.is_null());
    let waiting = waiting.filter(devices::code_expires_at.gt(at));
    let Some(device) = waiting.select(Device::as_select()).first(conn).optional()? else { return Ok(None) };
    let one = devices::table.find(&device.id).filter(devices::code_hash.eq(code_hash));
    let nothing = (devices::code_hash.eq(None::<Vec<u8>>), devices::code_expires_at.eq(None::<i64>));
    let set = (nothing, devices::public_key.eq(public_key), devices::enrolled_at.eq(at), devices::last_seen_at.eq(at));
    let is_taken = diesel::update(one).set(set).execute(conn)? == 1;
    Ok(is_taken.then_some(device))
}

/// Ends a device of a body and the sessions' standing at it; false where there is none in use.
///
/// # Errors
/// What the database says.
pub fn end(conn: &mut Conn, body: &str, id: &str, (by, reason): (&str, &str), at: i64) -> Result<bool> {
    let own = devices::table.filter(devices::body_id.eq(body)).filter(devices::id.eq(id));
    let own = own.filter(devices::ended_at.is_null());
    let nothing = (devices::code_hash.eq(None::<Vec<u8>>), devices::code_expires_at.eq(None::<i64>));
    let set = (nothing, devices::ended_at.eq(at), devices::ended_by.eq(by), devices::end_reason.eq(reason));
    let is_ended = diesel::update(own).set(set).execute(conn)? == 1;
    if is_ended {
        diesel::delete(session_devices::table.filter(session_devices::device_id.eq(id))).execute(conn)?;
        diesel::delete(device_sessions::table.filter(device_sessions::device_id.eq(id))).execute(conn)?;
    }
    Ok(is_ended)
}

/// Writes down what a session is asked to sign, and clears away what was asked before its end.
///
/// # Errors
/// What the database says.
pub fn ask(conn: &mut Conn, challenge_hash: &[u8], session_hash: &[u8], expires_at: i64, now: i64) -> Result<()> {
    diesel::delete(device_challenges::table.filter(device_challenges::expires_at.lt(now))).execute(conn)?;
    let row = (
        device_challenges::challenge_hash.eq(challenge_hash),
        device_challenges::session_hash.eq(session_hash),
        device_challenges::expires_at.eq(expires_at),
    );
    diesel::insert_into(device_challenges::table).values(row).execute(conn)?;
    Ok(())
}

/// Takes what a session was asked to sign, once; false where it was not asked, or too long ago.
///
/// # Errors
/// What the database says.
pub fn take(conn: &mut Conn, challenge_hash: &[u8], session_hash: &[u8], now: i64) -> Result<bool> {
    let one = device_challenges::table.find(challenge_hash).filter(device_challenges::session_hash.eq(session_hash));
    Ok(diesel::delete(one.filter(device_challenges::expires_at.gt(now))).execute(conn)? == 1)
}

/// Puts a session at a device, in the place of another, and clears away what ended before.
///
/// # Errors
/// What the database says.
pub fn bind(conn: &mut Conn, token_hash: &[u8], device: &str, expires_at: i64, now: i64) -> Result<()> {
    diesel::delete(session_devices::table.filter(session_devices::expires_at.lt(now))).execute(conn)?;
    diesel::delete(session_devices::table.find(token_hash)).execute(conn)?;
    let row = (
        session_devices::token_hash.eq(token_hash),
        session_devices::device_id.eq(device),
        session_devices::bound_at.eq(now),
        session_devices::expires_at.eq(expires_at),
    );
    diesel::insert_into(session_devices::table).values(row).execute(conn)?;
    diesel::update(devices::table.find(device)).set(devices::last_seen_at.eq(now)).execute(conn)?;
    Ok(())
}

/// Any device in use, of whichever body: the device is what tells the body.
///
/// # Errors
/// What the database says.
pub fn in_use(conn: &mut Conn, id: &str) -> Result<Option<Device>> {
    let one = devices::table.filter(devices::id.eq(id)).filter(devices::ended_at.is_null());
    Ok(one.filter(devices::public_key.is_not_null()).select(Device::as_select()).first(conn).optional()?)
}

/// Begins a session of a kiosk, in the place of those before, and clears away those that ended.
///
/// # Errors
/// [`StoreError::Reference`].
pub fn begin_session(conn: &mut Conn, token_hash: &[u8], device: &str, expires_at: i64, now: i64) -> Result<()> {
    let over = device_sessions::device_id.eq(device).or(device_sessions::expires_at.lt(now));
    diesel::delete(device_sessions::table.filter(over)).execute(conn)?;
    let row = (
        device_sessions::token_hash.eq(token_hash),
        device_sessions::device_id.eq(device),
        device_sessions::created_at.eq(now),
        device_sessions::expires_at.eq(expires_at),
    );
    diesel::insert_into(device_sessions::table).values(row).execute(conn)?;
    diesel::update(devices::table.find(device)).set(devices::last_seen_at.eq(now)).execute(conn)?;
    Ok(())
}

/// The kiosk in use whose session that is, while it runs.
///
/// # Errors
/// What the database says.
pub fn of_own_session(conn: &mut Conn, token_hash: &[u8], now: i64) -> Result<Option<Device>> {
    let both = device_sessions::table.inner_join(devices::table).filter(device_sessions::token_hash.eq(token_hash));
    let running = both.filter(device_sessions::expires_at.gt(now)).filter(devices::ended_at.is_null());
    Ok(running.select(Device::as_select()).first(conn).optional()?)
}

/// The device in use at which a session is.
///
/// # Errors
/// What the database says.
pub fn of_session(conn: &mut Conn, token_hash: &[u8]) -> Result<Option<Device>> {
    let both = session_devices::table.inner_join(devices::table);
    let one = both.filter(session_devices::token_hash.eq(token_hash)).filter(devices::ended_at.is_null());
    Ok(one.select(Device::as_select()).first(conn).optional()?)
}
