//! Signing in and out, and who a session belongs to.

use super::{HashFault, Login, Password, Passwords, roles_of, tries::Tries};
use crate::{
    flow::{
        access::{AccessSecret, Actor, ActorKind, Caller},
        audit,
        kind::{HasKind, Kind},
    },
    random::{self, NoRandomness},
    store::{Failure, Store, StoreError, people},
};
use serde_json::json;
use yinxin_trust::base::Moment;

/// Where people sign in. Safe to use from several threads.
pub struct SignIn {
    passwords: Passwords,
    tries: Tries,
    lifetime_milliseconds: i64,
}

/// A session that has begun.
#[derive(Debug)]
pub struct Session {
    /// Its secret, for the browser alone.
    pub secret: AccessSecret,
    /// When it ends, however it is used.
    pub expires_at: Moment,
}

/// Why nobody was signed in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// No such login, another password, or disabled: which of them is not told.
    #[error("login or password is wrong")]
    Wrong,
    /// Too many tries for that login.
    #[error("too many tries for this login")]
    TooManyTries {
        /// It may be tried again after that.
        retry_after_seconds: u32,
    },
    /// No hash could be made or read.
    #[error(transparent)]
    Hash(#[from] HashFault),
    /// No randomness for a session.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The end of the session would be outside the calendar.
    #[error("the session would end outside the calendar")]
    Calendar,
    /// The register.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Failure for SignInError {
    fn store_error(&self) -> Option<&StoreError> {
        if let Self::Store(error) = self { Some(error) } else { None }
    }
}

impl HasKind for SignInError {
    fn kind(&self) -> Kind {
        match self {
            Self::Wrong => Kind::Denied,
            Self::TooManyTries { .. } => Kind::Busy,
            Self::Hash(_) | Self::Randomness(_) | Self::Calendar => Kind::Broken,
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Wrong => "sign_in_wrong",
            Self::TooManyTries { .. } => "too_many_tries",
            Self::Hash(_) | Self::Randomness(_) | Self::Calendar => "broken",
            Self::Store(error) => error.code(),
        }
    }

    fn retry_after_seconds(&self) -> Option<u32> {
        if let Self::TooManyTries { retry_after_seconds } = self { Some(*retry_after_seconds) } else { None }
    }
}

impl SignIn {
    /// Sessions end `session_hours` after they began.
    ///
    /// # Errors
    /// [`HashFault`].
    pub fn new(session_hours: u32) -> Result<Self, HashFault> {
        let lifetime_milliseconds = i64::from(session_hours) * 3_600_000;
        Ok(Self { passwords: Passwords::new()?, tries: Tries::default(), lifetime_milliseconds })
    }

    /// Where hashes are made.
    pub const fn passwords(&self) -> &Passwords {
        &self.passwords
    }

    /// Signs somebody in.
    ///
    /// A login that does not exist, that has no login's form, that is disabled
    /// or whose password is wrong takes the same hash and gets the same answer.
    ///
    /// # Errors
    /// [`SignInError`].
    pub fn begin(&self, store: &Store, login: &str, password: &Password, now: Moment) -> Result<Session, SignInError> {
        self.tries
            .admit(login, now)
            .map_err(|retry_after_seconds| SignInError::TooManyTries { retry_after_seconds })?;
        let known = match login.parse::<Login>() {
            Ok(login) => store.read(|conn| people::find_by_login(conn, login.as_str()))?,
            Err(_) => None,
        };
        let same = self.passwords.matches(password, known.as_ref().map(|person| person.password_hash.as_str()))?;
        let person = known.filter(|person| same && person.disabled_at.is_none()).ok_or(SignInError::Wrong)?;

        let expires_at = now.unix_milliseconds().saturating_add(self.lifetime_milliseconds);
        let expires_at = Moment::from_unix_milliseconds(expires_at).map_err(|_| SignInError::Calendar)?;
        let secret = AccessSecret::new(random::octets()?);
        let row = people::Session {
            token_hash: secret.digest().octets().to_vec(),
            person_id: person.id.clone(),
            created_at: now.unix_milliseconds(),
            expires_at: expires_at.unix_milliseconds(),
        };
        store.write(move |conn| {
            // between the two, somebody may have disabled them or changed the password
            let still = people::find(conn, &person.body_id, &person.id)?;
            if still.as_ref() != Some(&person) {
                return Err(SignInError::Wrong);
            }
            people::delete_sessions_before(conn, now.unix_milliseconds())?;
            people::insert_session(conn, &row)?;
            let actor = Actor { kind: ActorKind::Person, id: person.id.clone(), name: person.name.clone() };
            audit::record(conn, Some(&person.body_id), &actor, "session.begun", &person.id, &json!({}), now)?;
            Ok(())
        })?;
        self.tries.succeeded(login);
        Ok(Session { secret, expires_at })
    }

    /// Ends a session; one that is not there is no error.
    ///
    /// # Errors
    /// What the register says.
    pub fn end(&self, store: &Store, secret: &AccessSecret, now: Moment) -> Result<(), StoreError> {
        let digest = secret.digest();
        store.write(move |conn| {
            let Some((_, person)) = people::find_session(conn, digest.octets())? else { return Ok(()) };
            people::delete_session(conn, digest.octets())?;
            let actor = Actor { kind: ActorKind::Person, id: person.id.clone(), name: person.name.clone() };
            audit::record(conn, Some(&person.body_id), &actor, "session.ended", &person.id, &json!({}), now)
        })
    }

    /// Whose session that is, with the roles they have now; none where it has
    /// ended or they were disabled.
    ///
    /// # Errors
    /// What the register says.
    pub fn caller(&self, store: &Store, secret: &AccessSecret, now: Moment) -> Result<Option<Caller>, StoreError> {
        let digest = secret.digest();
        store.read(|conn| {
            let Some((session, person)) = people::find_session(conn, digest.octets())? else { return Ok(None) };
            if session.expires_at <= now.unix_milliseconds() || person.disabled_at.is_some() {
                return Ok(None);
            }
            let roles = roles_of(conn, &person)?;
            Ok(Some(Caller::person(person.body_id, person.id, person.name, roles)))
        })
    }
}
