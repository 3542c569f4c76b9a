//! Passwords and their hashes: Argon2id in PHC text form.
//!
//! A hash takes 19 MiB and some tens of milliseconds, so [`Passwords`] makes two
//! at once and no more; who comes third waits. What waits is bounded by the
//! lanes of the doors.

use crate::random;
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use std::sync::{Condvar, Mutex, PoisonError};
use yinxin_trust::base::Secret;

/// Fewest characters of a password.
pub const SHORTEST: usize = 10;

/// Most characters of a password.
pub const LONGEST: usize = 200;

/// OWASP, Password Storage Cheat Sheet: Argon2id with 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Hashes at once.
const AT_ONCE: usize = 2;

/// A password that somebody types: hidden from `Debug`, wiped on drop.
#[derive(Debug)]
pub struct Password(Secret<String>);

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordOffence {
    /// Fewer than ten characters.
    #[error("a password has at least {SHORTEST} characters")]
    Short,
    /// More than 200 characters.
    #[error("a password has at most {LONGEST} characters")]
    Long,
}

/// No hash could be made or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashFault {
    /// The system gives no randomness.
    #[error(transparent)]
    Randomness(#[from] random::NoRandomness),
    /// Argon2 or its text form failed.
    #[error("password hash: {0}")]
    Hash(String),
}

impl Password {
    /// For somebody who signs in: any text that is not absurdly long.
    ///
    /// # Errors
    /// [`PasswordOffence::Long`].
    pub fn given(text: String) -> Result<Self, PasswordOffence> {
        let given = Self(Secret::new(text));
        if given.0.expose().chars().count() > LONGEST { Err(PasswordOffence::Long) } else { Ok(given) }
    }

    /// A new one: 10 to 200 characters.
    ///
    /// # Errors
    /// [`PasswordOffence`].
    pub fn chosen(text: String) -> Result<Self, PasswordOffence> {
        let chosen = Self::given(text)?;
        if chosen.0.expose().chars().count() < SHORTEST { Err(PasswordOffence::Short) } else { Ok(chosen) }
    }
}

/// Makes and checks hashes, a few at once. Safe to use from several threads.
pub struct Passwords {
    argon2: Argon2<'static>,
    /// Stands in for the hash of somebody who is not there.
    nobody: String,
    running: Mutex<usize>,
    ended: Condvar,
}

impl Passwords {
    /// Makes a hash once, of a password that nobody knows.
    ///
    /// # Errors
    /// [`HashFault`].
    pub fn new() -> Result<Self, HashFault> {
        let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(fault)?;
        let mut passwords = Self {
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            nobody: String::new(),
            running: Mutex::new(0),
            ended: Condvar::new(),
        };
        let unknown = Password(Secret::new(hex::encode(random::octets::<32>()?)));
        passwords.nobody = passwords.hash(&unknown)?;
        Ok(passwords)
    }

    /// The hash of a password under a fresh salt, in PHC text form.
    ///
    /// # Errors
    /// [`HashFault`].
    pub fn hash(&self, password: &Password) -> Result<String, HashFault> {
        let salt = random::octets::<16>()?;
        let _seat = self.seat();
        let hash = self.argon2.hash_password_with_salt(password.0.expose().as_bytes(), &salt).map_err(fault)?;
        Ok(hash.to_string())
    }

    /// Whether a password is the one of a hash. Without a hash the same work is
    /// done and the answer is no.
    ///
    /// # Errors
    /// [`HashFault`] where the stored text is no hash.
    pub fn matches(&self, password: &Password, hash: Option<&str>) -> Result<bool, HashFault> {
        let parsed = PasswordHash::new(hash.unwrap_or(&self.nobody)).map_err(fault)?;
        let _seat = self.seat();
        let same = self.argon2.verify_password(password.0.expose().as_bytes(), &parsed).is_ok();
        Ok(same && hash.is_some())
    }

    fn seat(&self) -> Seat<'_> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        while *running >= AT_ONCE {
            running = self.ended.wait(running).unwrap_or_else(PoisonError::into_inner);
        }
        *running += 1;
        Seat(self)
    }
}

/// A place among those that hash; given back on drop.
struct Seat<'a>(&'a Passwords);

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        *self.0.running.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.0.ended.notify_one();
    }
}

fn fault(error: impl std::fmt::Display) -> HashFault {
    HashFault::Hash(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_names_its_parameters_and_knows_its_password_alone() {
        let passwords = Passwords::new().unwrap();
        let right = Password::chosen("correct horse".into()).unwrap();
        let hash = passwords.hash(&right).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(hash, passwords.hash(&right).unwrap(), "the salt is fresh");
        assert_eq!(passwords.matches(&right, Some(&hash)), Ok(true));
        let wrong = Password::given("correct hors".into()).unwrap();
        assert_eq!(passwords.matches(&wrong, Some(&hash)), Ok(false));
        assert_eq!(passwords.matches(&right, None), Ok(false));
        assert!(passwords.matches(&right, Some("plain")).is_err());
        assert_eq!(*passwords.running.lock().unwrap(), 0);
    }

    #[test]
    fn lengths_are_characters() {
        assert_eq!(Password::chosen("九个汉字太短了不行".into()).unwrap_err(), PasswordOffence::Short);
        assert!(Password::chosen("十个汉字刚刚好可以用".into()).is_ok());
        assert!(Password::given(String::new()).is_ok());
        assert_eq!(Password::given("x".repeat(201)).unwrap_err(), PasswordOffence::Long);
        assert_eq!(format!("{:?}", Password::given("secret".into()).unwrap()), "Password(Secret(..))");
    }
}
