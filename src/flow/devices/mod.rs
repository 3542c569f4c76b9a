//! Devices of a body that have keys of their own (`docs/adr/0057-devices.md`): windows, at which clerks work.
//!
//! An administrator enters a window and gets a code, for ten minutes. The browser at the window makes a key that no
//! page can read, and leaves its public half with a proof, once. From then on whoever signs in there has the browser
//! sign a challenge of their session, once and within a minute: the session is at the window, and what is redeemed
//! in it says so. `[window] devices = "required"` lets no other session work at the window.
//!
//! A kiosk (`kiosk`) has a session of its own by its key alone, which is nobody's and reaches the page of kiosks.

mod fault;
mod kiosk;
mod proof;

pub use fault::DeviceError;
pub use kiosk::{Kiosk, begin, kiosk, kiosk_challenge};
pub use proof::{CHALLENGE_SECONDS, Enrolment, Presence};

use super::{
    access::{AccessSecret, Actor, ActorKind, Permit, SecretDigest, may},
    audit,
    people::SignIn,
    second_factor::Owner,
    text,
    tries::Guesser,
};
use crate::{
    random,
    store::{Store, StoreError, devices},
};
use data_encoding::BASE32_NOPAD;
use serde_json::json;
use yinxin_trust::{base::Moment, sm::sm3};
use zeroize::Zeroizing;

pub use crate::store::devices::Device;

/// What a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceKind {
    /// A window, at which somebody signs in.
    Window,
    /// A kiosk, at which nobody does.
    Kiosk,
}

impl DeviceKind {
    /// The stable word, as stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Window => "window",
            Self::Kiosk => "kiosk",
        }
    }
}

/// Most devices that a page lists.
pub const PAGE: u32 = 200;

/// A code counts so long, seconds.
pub const CODE_SECONDS: u32 = 600;

/// Octets of a code: random in all eighty bits, so that a plain digest of it is enough.
const CODE_OCTETS: usize = 10;

/// Characters of its Base32.
const CODE_CHARACTERS: usize = CODE_OCTETS * 8 / 5;

/// No session lasts longer, seconds.
const LONGEST_SESSION_SECONDS: u32 = 24 * 3600;

/// Longest name of a device, of a window, and reason, characters.
const NAME: usize = 40;
const WINDOW: usize = 40;
const REASON: usize = 200;

/// A device that was entered, and the code for it, which is shown once.
pub struct Entered {
    /// Its id.
    pub id: String,
    /// Four times four characters.
    pub code: Zeroizing<String>,
    /// Until when it counts.
    pub expires_at: Moment,
}

/// Enters a device by its kind, its name and its window or place, and makes the code for it.
///
/// # Errors
/// [`DeviceError::Name`], [`DeviceError::WindowTaken`].
pub fn enter(
    store: &Store,
    permit: &Permit<may::ManageDevices>,
    (kind, name, window): (DeviceKind, &str, &str),
    now: Moment,
) -> Result<Entered, DeviceError> {
    let octets = Zeroizing::new(random::octets::<CODE_OCTETS>()?);
    let plain = Zeroizing::new(BASE32_NOPAD.encode(octets.as_slice()));
    let expires_at = later(now, CODE_SECONDS)?;
    let row = Device {
        id: random::id()?,
        body_id: permit.body().to_owned(),
        kind: kind.as_str().to_owned(),
        name: text::line(name, NAME).ok_or(DeviceError::Name)?,
        window_name: text::line(window, WINDOW).ok_or(DeviceError::Name)?,
        code_hash: Some(sm3::digest(plain.as_bytes()).to_vec()),
        code_expires_at: Some(expires_at.unix_milliseconds()),
        public_key: None,
        entered_by: permit.actor().id.clone(),
        entered_at: now.unix_milliseconds(),
        enrolled_at: None,
        last_seen_at: None,
        ended_at: None,
        ended_by: None,
        end_reason: None,
    };
    let (actor, id) = (permit.actor().clone(), row.id.clone());
    store.write(move |conn| {
        devices::insert(conn, &row).map_err(|error| match error {
            StoreError::Conflict { constraint } if constraint == "devices_body_id_window_name" => {
                DeviceError::WindowTaken
            }
            other => other.into(),
        })?;
        let detail = json!({ "kind": row.kind, "name": row.name, "window": row.window_name });
        Ok::<_, DeviceError>(audit::record(conn, Some(&row.body_id), &actor, "device.entered", &row.id, &detail, now)?)
    })?;
    let fours: Vec<&str> = (0..CODE_CHARACTERS).step_by(4).filter_map(|at| plain.get(at..at + 4)).collect();
    Ok(Entered { id, code: Zeroizing::new(fours.join("-")), expires_at })
}

/// The devices of the body, those in use first.
///
/// # Errors
/// What the register says.
pub fn list(store: &Store, permit: &Permit<may::ManageDevices>) -> Result<Vec<Device>, StoreError> {
    store.read(|conn| devices::list(conn, permit.body(), PAGE))
}

/// Ends a device, for a reason: it counts no more, and no session is at it. Its key stays in the list.
///
/// # Errors
/// [`DeviceError::Reason`], [`DeviceError::NotFound`].
pub fn end(
    store: &Store,
    permit: &Permit<may::ManageDevices>,
    (id, reason): (&str, &str),
    now: Moment,
) -> Result<(), DeviceError> {
    let reason = text::line(reason, REASON).ok_or(DeviceError::Reason)?;
    let (body, actor, id) = (permit.body().to_owned(), permit.actor().clone(), id.to_owned());
    store.write(move |conn| {
        if !devices::end(conn, &body, &id, (&actor.id, &reason), now.unix_milliseconds())? {
            return Err(DeviceError::NotFound);
        }
        let detail = json!({ "reason": reason });
        Ok(audit::record(conn, Some(&body), &actor, "device.ended", &id, &detail, now)?)
    })
}

/// Leaves the key of the device whose code somebody brought; the device's id, its name and its window.
///
/// # Errors
/// [`DeviceError::Code`] for a code that never was, was used or has ended: which of them is not told.
/// [`DeviceError::Proof`].
pub fn enrol(store: &Store, enrolment: &Enrolment, now: Moment) -> Result<Device, DeviceError> {
    let key = enrolment.proven()?;
    let digest = sm3::digest(enrolment.code().as_bytes());
    store.write(move |conn| {
        let device = devices::enrol(conn, &digest, &key, now.unix_milliseconds())?.ok_or(DeviceError::Code)?;
        let actor = Actor::new(ActorKind::System, device.id.clone(), device.name.clone());
        let detail = json!({ "key_sm3": hex::encode(sm3::digest(&key)), "entered_by": device.entered_by });
        audit::record(conn, Some(&device.body_id), &actor, "device.enrolled", &device.id, &detail, now)?;
        Ok::<_, DeviceError>(device)
    })
}

/// The same for somebody of whom it is known whence they come: codes that are none are counted there.
///
/// # Errors
/// As [`enrol`]; [`DeviceError::TooManyTries`].
pub fn enrol_from(
    store: &Store,
    sign_in: &SignIn,
    guesser: &Guesser,
    enrolment: &Enrolment,
    now: Moment,
) -> Result<Device, DeviceError> {
    let full = |retry_after_seconds| DeviceError::TooManyTries { retry_after_seconds };
    sign_in.admit_enrolment(guesser, now).map_err(full)?;
    let enrolled = enrol(store, enrolment, now);
    if enrolled == Err(DeviceError::Code) {
        sign_in.count_enrolment(guesser, now);
    }
    enrolled
}

/// The device at which a session is that runs, a kiosk's own or somebody's at a window, for counting who guesses; its
/// id.
///
/// # Errors
/// What the register says.
pub fn of_session(store: &Store, secret: &AccessSecret, now: Moment) -> Result<Option<String>, StoreError> {
    let digest = secret.digest();
    store.read(|conn| {
        let kiosk = devices::of_own_session(conn, digest.octets(), now.unix_milliseconds())?;
        let found = match kiosk {
            Some(kiosk) => Some(kiosk),
            None => devices::of_session(conn, digest.octets())?,
        };
        Ok(found.map(|device| device.id))
    })
}

/// What a session has its browser sign: 256 random bits in base64url.
///
/// # Errors
/// What the register says.
pub fn challenge(store: &Store, session: &SecretDigest, now: Moment) -> Result<Zeroizing<String>, DeviceError> {
    let challenge = AccessSecret::new(random::octets()?);
    let (digest, session) = (challenge.digest(), session.clone());
    let expires_at = later(now, CHALLENGE_SECONDS)?.unix_milliseconds();
    store.write(move |conn| {
        devices::ask(conn, digest.octets(), session.octets(), expires_at, now.unix_milliseconds())
    })?;
    Ok(challenge.text())
}

/// Puts the session of somebody at a device of their own body, once for a challenge; the device.
///
/// # Errors
/// [`DeviceError::NotFound`] for a device that is none, has ended or is another body's; [`DeviceError::Proof`].
pub fn appear(
    store: &Store,
    owner: &Owner,
    session: &SecretDigest,
    presence: Presence,
    now: Moment,
) -> Result<Device, DeviceError> {
    // holders are at no window
    let body = owner.body().ok_or(DeviceError::NotFound)?.to_owned();
    let (actor, session, ends) = (owner.actor(), session.clone(), later(now, LONGEST_SESSION_SECONDS)?);
    store.write(move |conn| {
        let at = now.unix_milliseconds();
        // whatever follows, it is gone
        if !devices::take(conn, presence.challenge().digest().octets(), session.octets(), at)? {
            return Ok(Err(DeviceError::Proof));
        }
        let device = devices::find(conn, &body, presence.device())?
            .filter(|device| device.ended_at.is_none() && device.kind == DeviceKind::Window.as_str());
        let Some(device) = device else { return Ok(Err(DeviceError::NotFound)) };
        let key = device.public_key.as_deref().unwrap_or_default();
        if !presence.is_proven_by(key) {
            return Ok(Err(DeviceError::Proof));
        }
        devices::bind(conn, session.octets(), &device.id, ends.unix_milliseconds(), at)?;
        let detail = json!({ "device": device.id, "window": device.window_name });
        audit::record(conn, Some(&body), &actor, "session.at_device", &actor.id, &detail, now)?;
        Ok::<_, DeviceError>(Ok(device))
    })?
}

fn later(now: Moment, seconds: u32) -> Result<Moment, DeviceError> {
    let at = now.unix_milliseconds().saturating_add(i64::from(seconds) * 1000);
    Moment::from_unix_milliseconds(at).map_err(|_| DeviceError::Calendar)
}
