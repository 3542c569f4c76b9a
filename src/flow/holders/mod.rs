//! Accounts of those who hold licences: entered by the operator of the machine, given
//! another password, disabled. What a holder holds is in [`holdings`].
//! `docs/adr/0028-holders-and-presentations.md` says why they are no people of a body.

mod code;
pub mod holdings;

pub use code::{HolderCode, HolderCodeOffence};

use super::{
    access::{Permit, may},
    audit,
    kind::{HasKind, Kind},
    people::{HashFault, Login, Password, Passwords},
    second_factor::{self, Owner},
};
use crate::{
    random::{self, NoRandomness},
    store::{Failure, Store, StoreError, delegations, holders, people, presentations},
};
use serde_json::json;
use yinxin_trust::{base::Moment, delegation::End};

pub use crate::store::holders::Account;

/// Most accounts a page of a list holds.
pub const PAGE: u32 = 200;

/// An account to be entered.
#[derive(Debug)]
pub struct NewHolder {
    /// Whose: as licences record the holder.
    pub code: HolderCode,
    /// What they sign in with; unique in the whole register, people of bodies included.
    pub login: Login,
    /// What they are called, 1 to 100 characters.
    pub name: String,
    /// Their first password.
    pub password: Password,
}

/// Why something about accounts of holders was not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HolderError {
    /// Empty, too long or not on one line.
    #[error("a name is 1 to 100 characters on one line")]
    Name,
    /// Somebody has that login.
    #[error("the login is taken")]
    LoginTaken,
    /// The holder has an account that runs.
    #[error("the holder has an account")]
    AccountThere,
    /// No account of that login.
    #[error("no such account of a holder")]
    NotFound,
    /// No hash could be made.
    #[error(transparent)]
    Hash(#[from] HashFault),
    /// No randomness for an id.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The register.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Failure for HolderError {
    fn store_error(&self) -> Option<&StoreError> {
        if let Self::Store(error) = self { Some(error) } else { None }
    }
}

impl HasKind for HolderError {
    fn kind(&self) -> Kind {
        match self {
            Self::Name => Kind::Refused,
            Self::LoginTaken | Self::AccountThere => Kind::Conflict,
            Self::NotFound => Kind::NotFound,
            Self::Hash(_) | Self::Randomness(_) => Kind::Broken,
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Name => "name_malformed",
            Self::LoginTaken | Self::AccountThere => "login_taken",
            Self::NotFound => "no_such_thing",
            Self::Hash(_) | Self::Randomness(_) => "broken",
            Self::Store(error) => error.code(),
        }
    }
}

/// Enters an account; gives its id.
///
/// # Errors
/// [`HolderError`]; nothing is written then.
pub fn create(
    store: &Store,
    permit: &Permit<may::ManageHolders>,
    passwords: &Passwords,
    holder: NewHolder,
    now: Moment,
) -> Result<String, HolderError> {
    let NewHolder { code, login, name, password } = holder;
    let row = Account {
        id: random::id()?,
        code_kind: code.kind().to_owned(),
        code: code.expose().to_owned(),
        login: login.as_str().to_owned(),
        name: super::text::line(&name, 100).ok_or(HolderError::Name)?,
        password_hash: passwords.hash(&password)?,
        created_at: now.unix_milliseconds(),
        disabled_at: None,
    };
    let (actor, id) = (permit.actor().clone(), row.id.clone());
    store.write(move |conn| {
        if people::find_by_login(conn, &row.login)?.is_some() {
            return Err(HolderError::LoginTaken);
        }
        holders::insert(conn, &row).map_err(|error| match error {
            StoreError::Conflict { constraint } if constraint == "holders_login" => HolderError::LoginTaken,
            StoreError::Conflict { constraint } if constraint == "holders_code_kind_code" => HolderError::AccountThere,
            other => other.into(),
        })?;
        // whose it is stands in the account: the audit keeps no number of a citizen
        let detail = json!({ "login": row.login, "code_kind": row.code_kind });
        Ok(audit::record(conn, None, &actor, "holder.created", &row.id, &detail, now)?)
    })?;
    Ok(id)
}

/// At most [`PAGE`] accounts after an id, in the order of ids, disabled ones too.
///
/// # Errors
/// [`HolderError::Store`].
pub fn list(
    store: &Store,
    _: &Permit<may::ManageHolders>,
    after: &str,
    limit: u32,
) -> Result<Vec<Account>, HolderError> {
    Ok(store.read(|conn| holders::list(conn, after, limit.clamp(1, PAGE)))?)
}

/// An account by its login.
///
/// # Errors
/// [`HolderError::NotFound`].
pub fn find_by_login(store: &Store, _: &Permit<may::ManageHolders>, login: &Login) -> Result<Account, HolderError> {
    store.read(|conn| holders::find_by_login(conn, login.as_str()))?.ok_or(HolderError::NotFound)
}

/// Disables an account: nobody signs in with it, its sessions end, its second factor and its
/// signing key are gone, and the codes that it shows count no more. Again does nothing.
///
/// # Errors
/// [`HolderError::NotFound`].
pub fn disable(store: &Store, permit: &Permit<may::ManageHolders>, id: &str, now: Moment) -> Result<(), HolderError> {
    let (actor, id, at) = (permit.actor().clone(), id.to_owned(), now.unix_milliseconds());
    store.write(move |conn| {
        let account = holders::find(conn, &id)?.ok_or(HolderError::NotFound)?;
        if !holders::disable(conn, &id, at)? {
            return Ok(());
        }
        let sessions = holders::delete_sessions_of(conn, &id)?;
        presentations::end_of_holder(conn, &id, at)?;
        // what a stolen account gave away ends with it
        let doer = (actor.kind.as_str(), actor.id.as_str());
        let delegations = delegations::end_of_account(conn, &id, End::Revoked.as_str(), doer, at)?;
        second_factor::take_off(conn, &Owner::holder(account.id, account.name), now)?;
        let detail = json!({ "sessions_ended": sessions, "delegations_ended": delegations });
        Ok(audit::record(conn, None, &actor, "holder.disabled", &id, &detail, now)?)
    })
}

/// Gives an account another password; its sessions end.
///
/// # Errors
/// [`HolderError::NotFound`], [`HolderError::Hash`].
pub fn change_password(
    store: &Store,
    permit: &Permit<may::ManageHolders>,
    passwords: &Passwords,
    id: &str,
    password: &Password,
    now: Moment,
) -> Result<(), HolderError> {
    let hash = passwords.hash(password)?;
    let (actor, id) = (permit.actor().clone(), id.to_owned());
    store.write(move |conn| {
        if !holders::set_password_hash(conn, &id, &hash)? {
            return Err(HolderError::NotFound);
        }
        let sessions = holders::delete_sessions_of(conn, &id)?;
        let detail = json!({ "sessions_ended": sessions });
        Ok(audit::record(conn, None, &actor, "holder.password", &id, &detail, now)?)
    })
}

#[cfg(test)]
mod tests;
