//! Kiosks: devices at which nobody signs in. The key alone begins a session, of which neither a
//! [`Caller`](crate::flow::access::Caller) nor a [`Holder`](crate::flow::access::Holder) is ever made.

use super::{CHALLENGE_SECONDS, DeviceError, DeviceKind, Presence, later};
use crate::{
    flow::{
        access::{AccessSecret, Actor, ActorKind},
        audit,
        people::{Session, SignIn},
    },
    random,
    store::{Store, StoreError, devices},
};
use serde_json::json;
use yinxin_trust::{base::Moment, sm::sm3};
use zeroize::Zeroizing;

/// A kiosk whose session runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kiosk {
    /// Id of the device.
    pub id: String,
    /// The body whose it is.
    pub body: String,
    /// Where it stands.
    pub place: String,
}

/// What a kiosk signs to begin a session: 256 random bits in base64url.
///
/// # Errors
/// [`DeviceError::NotFound`] for what is no kiosk in use.
pub fn kiosk_challenge(store: &Store, device: &str, now: Moment) -> Result<Zeroizing<String>, DeviceError> {
    let challenge = AccessSecret::new(random::octets()?);
    let (digest, device) = (challenge.digest(), device.to_owned());
    let expires_at = later(now, CHALLENGE_SECONDS)?.unix_milliseconds();
    store.write(move |conn| {
        let there = devices::in_use(conn, &device)?.filter(|found| found.kind == DeviceKind::Kiosk.as_str());
        let there = there.ok_or(DeviceError::NotFound)?;
        devices::ask(conn, digest.octets(), &of(&there.id), expires_at, now.unix_milliseconds())?;
        Ok::<_, DeviceError>(())
    })?;
    Ok(challenge.text())
}

/// Begins the session of a kiosk, once for a challenge; an earlier one ends.
///
/// # Errors
/// [`DeviceError::NotFound`], [`DeviceError::Proof`].
pub fn begin(store: &Store, sign_in: &SignIn, presence: Presence, now: Moment) -> Result<Session, DeviceError> {
    let expires_at = sign_in.end_of_session(now).ok_or(DeviceError::Calendar)?;
    let secret = AccessSecret::new(random::octets()?);
    let (digest, at) = (secret.digest(), now.unix_milliseconds());
    store.write(move |conn| {
        // whatever follows, it is gone
        if !devices::take(conn, presence.challenge().digest().octets(), &of(presence.device()), at)? {
            return Ok(Err(DeviceError::Proof));
        }
        let there = devices::in_use(conn, presence.device())?;
        let Some(device) = there.filter(|found| found.kind == DeviceKind::Kiosk.as_str()) else {
            return Ok(Err(DeviceError::NotFound));
        };
        if !presence.is_proven_by(device.public_key.as_deref().unwrap_or_default()) {
            return Ok(Err(DeviceError::Proof));
        }
        devices::begin_session(conn, digest.octets(), &device.id, expires_at.unix_milliseconds(), at)?;
        let actor = Actor::new(ActorKind::System, device.id.clone(), device.name);
        let detail = json!({ "place": device.window_name });
        audit::record(conn, Some(&device.body_id), &actor, "kiosk.begun", &device.id, &detail, now)?;
        Ok::<_, DeviceError>(Ok(()))
    })??;
    Ok(Session { secret, expires_at, is_holders: false })
}

/// Whose kiosk's session that is, while it runs and the device is in use.
///
/// # Errors
/// What the register says.
pub fn kiosk(store: &Store, secret: &AccessSecret, now: Moment) -> Result<Option<Kiosk>, StoreError> {
    let digest = secret.digest();
    let found = store.read(|conn| devices::of_own_session(conn, digest.octets(), now.unix_milliseconds()))?;
    Ok(found.map(|device| Kiosk { id: device.id, body: device.body_id, place: device.window_name }))
}

/// What stands in the place of a session that is not there yet.
fn of(device: &str) -> [u8; 32] {
    sm3::digest(format!("yinxin kiosk 1\n{device}").as_bytes())
}
