//! The accounts of a demonstration, into which anybody at the machine signs in at once. Only `yinxin demo` makes one,
//! with passwords of that run; a service that was configured never has it.

use super::{
    access::Role,
    people::{Password, Session, SignIn, SignInError},
};
use crate::store::Store;
use yinxin_trust::base::{Moment, Secret};

/// Who one is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DemoAs {
    /// A person with one role.
    Role(Role),
    /// A holder of licences.
    Holder,
    /// Somebody who shows licences of the holder by a delegation.
    Agent,
}

/// One account.
pub struct DemoAccount {
    /// Who one is.
    pub who: DemoAs,
    /// What the account signs in with.
    pub login: String,
    /// Its password, of this run.
    pub password: Secret<String>,
}

/// The accounts of a demonstration.
pub struct Demo(Vec<DemoAccount>);

impl DemoAs {
    /// Everybody that there is.
    pub fn all() -> impl Iterator<Item = Self> {
        Role::ALL.iter().copied().map(Self::Role).chain([Self::Holder, Self::Agent])
    }

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Role(role) => role.as_str(),
            Self::Holder => "holder",
            Self::Agent => "agent",
        }
    }

    /// What people call it in Chinese.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Role(role) => role.zh(),
            Self::Holder => "持证人",
            Self::Agent => "代办人",
        }
    }
}

impl Demo {
    /// Of these accounts.
    pub const fn new(accounts: Vec<DemoAccount>) -> Self {
        Self(accounts)
    }

    /// Who one may be.
    pub fn offered(&self) -> impl Iterator<Item = DemoAs> {
        self.0.iter().map(|account| account.who)
    }

    /// Signs in by the word of an account, as its password would.
    ///
    /// # Errors
    /// [`SignInError::Wrong`] for a word of no account too.
    pub fn begin(
        &self,
        store: &Store,
        sign_in: &SignIn,
        word: &str,
        now: Moment,
    ) -> Result<(DemoAs, Session), SignInError> {
        let account = self.0.iter().find(|account| account.who.as_str() == word).ok_or(SignInError::Wrong)?;
        let password = Password::given(account.password.expose().clone());
        let password = password.map_err(|_| SignInError::Wrong)?;
        Ok((account.who, sign_in.begin(store, &account.login, &password, now)?))
    }
}
