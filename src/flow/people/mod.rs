//! People of a body: entered, given roles, disabled; signing in and out.

mod password;
mod sign_in;
mod vouched;

pub use password::{HashFault, LONGEST, Password, PasswordOffence, Passwords, SHORTEST};
pub use sign_in::{Known, Session, SignIn, SignInError};
pub use vouched::{Vouched, VouchedError, VouchedHolder, VouchedStaff, Voucher};

use super::{
    access::{Permit, Role, may},
    audit,
    kind::{HasKind, Kind},
    second_factor::{self, Owner},
};
use crate::{
    random::{self, NoRandomness},
    store::{Conn, Failure, Store, StoreError, holders, people},
};
use serde_json::json;
use std::{collections::BTreeSet, str::FromStr};
use yinxin_trust::base::Moment;

/// Most people a page of a list holds.
pub const PAGE: u32 = 200;

/// What somebody signs in with: 2 to 64 of `a-z 0-9 . _ -`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login(Box<str>);

/// A person as others of the body see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their id.
    pub id: String,
    /// What they sign in with.
    pub login: String,
    /// What they are called.
    pub name: String,
    /// What they are in the body.
    pub roles: BTreeSet<Role>,
    /// When they were entered.
    pub created_at: i64,
    /// From when on they may not sign in.
    pub disabled_at: Option<i64>,
}

/// A person to be entered.
#[derive(Debug)]
pub struct NewPerson {
    /// What they sign in with; unique in the whole register.
    pub login: Login,
    /// What they are called, 1 to 100 characters.
    pub name: String,
    /// Their first password.
    pub password: Password,
    /// What they are in the body; may be nothing yet.
    pub roles: BTreeSet<Role>,
}

/// Why something about people was not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeopleError {
    /// Not 2 to 64 of the characters allowed.
    #[error("a login is 2 to 64 of a-z, 0-9, dot, underscore and hyphen")]
    Login,
    /// Empty, too long or not on one line.
    #[error("a name is 1 to 100 characters on one line")]
    Name,
    /// A password that is not taken.
    #[error(transparent)]
    Password(#[from] PasswordOffence),
    /// Somebody has that login.
    #[error("the login is taken")]
    LoginTaken,
    /// Nobody of that id in the body.
    #[error("no such person")]
    NotFound,
    /// The last administrator who may sign in would be none any more.
    #[error("the body would be without an administrator")]
    LastAdministrator,
    /// A provider elsewhere says what they are and how they sign in.
    #[error("a provider elsewhere says who they are")]
    Elsewhere,
    /// The body of the permit is not there.
    #[error("no such body")]
    NoBody,
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

impl Failure for PeopleError {
    fn store_error(&self) -> Option<&StoreError> {
        if let Self::Store(error) = self { Some(error) } else { None }
    }
}

impl HasKind for PeopleError {
    fn kind(&self) -> Kind {
        match self {
            Self::Login | Self::Name | Self::Password(_) => Kind::Refused,
            Self::LoginTaken | Self::LastAdministrator | Self::Elsewhere => Kind::Conflict,
            Self::NotFound | Self::NoBody => Kind::NotFound,
            Self::Hash(_) | Self::Randomness(_) => Kind::Broken,
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Login => "login_malformed",
            Self::Name => "name_malformed",
            Self::Password(_) => "password_refused",
            Self::LoginTaken => "login_taken",
            Self::LastAdministrator => "last_administrator",
            Self::Elsewhere => "managed_elsewhere",
            Self::NotFound | Self::NoBody => "no_such_thing",
            Self::Hash(_) | Self::Randomness(_) => "broken",
            Self::Store(error) => error.code(),
        }
    }
}

impl FromStr for Login {
    type Err = PeopleError;

    fn from_str(text: &str) -> Result<Self, PeopleError> {
        let known = |octet: u8| matches!(octet, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-');
        if (2..=64).contains(&text.len()) && text.bytes().all(known) {
            Ok(Self(text.into()))
        } else {
            Err(PeopleError::Login)
        }
    }
}

impl Login {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Enters a person into the body of the permit; gives their id.
///
/// # Errors
/// [`PeopleError`]; nothing is written then.
pub fn create(
    store: &Store,
    permit: &Permit<may::ManagePeople>,
    passwords: &Passwords,
    person: NewPerson,
    now: Moment,
) -> Result<String, PeopleError> {
    let NewPerson { login, name, password, roles } = person;
    let row = people::Person {
        id: random::id()?,
        body_id: permit.body().to_owned(),
        login: login.as_str().to_owned(),
        name: super::text::line(&name, 100).ok_or(PeopleError::Name)?,
        password_hash: passwords.hash(&password)?,
        created_at: now.unix_milliseconds(),
        disabled_at: None,
    };
    let (body, actor, id) = (row.body_id.clone(), permit.actor().clone(), row.id.clone());
    let words = words(&roles);
    store.write(move |conn| {
        // one page for all who sign in, and one login for each
        if holders::find_by_login(conn, &row.login)?.is_some() {
            return Err(PeopleError::LoginTaken);
        }
        people::insert(conn, &row).map_err(|error| match error {
            StoreError::Conflict { constraint } if constraint == "people_login" => PeopleError::LoginTaken,
            StoreError::Reference => PeopleError::NoBody,
            other => other.into(),
        })?;
        people::set_roles(conn, &body, &row.id, &words)?;
        let detail = json!({ "login": row.login, "roles": words });
        audit::record(conn, Some(&body), &actor, "person.created", &row.id, &detail, now)?;
        Ok::<_, PeopleError>(())
    })?;
    Ok(id)
}

/// At most [`PAGE`] people of the body after an id, in the order of ids.
///
/// # Errors
/// [`PeopleError::Store`].
pub fn list(
    store: &Store,
    permit: &Permit<may::ManagePeople>,
    after: &str,
    limit: u32,
) -> Result<Vec<Person>, PeopleError> {
    store.read(|conn| {
        let rows = people::list(conn, permit.body(), after, limit.clamp(1, PAGE))?;
        rows.into_iter().map(|row| shown(conn, row)).collect()
    })
}

/// Replaces the roles of a person. A session that runs has the new ones at its next request.
///
/// # Errors
/// [`PeopleError::NotFound`], [`PeopleError::LastAdministrator`], [`PeopleError::Elsewhere`].
pub fn set_roles(
    store: &Store,
    permit: &Permit<may::ManagePeople>,
    id: &str,
    roles: &BTreeSet<Role>,
    now: Moment,
) -> Result<(), PeopleError> {
    let (body, actor, id) = (permit.body().to_owned(), permit.actor().clone(), id.to_owned());
    let words = words(roles);
    store.write(move |conn| {
        // of another body's nothing is said
        people::find(conn, &body, &id)?.ok_or(PeopleError::NotFound)?;
        if vouched::is_vouched(conn, &id)? {
            return Err(PeopleError::Elsewhere);
        }
        let before = people::roles(conn, &body, &id)?;
        if !people::set_roles(conn, &body, &id, &words)? {
            return Err(PeopleError::NotFound);
        }
        keeps_an_administrator(conn, &body, before.iter().any(|word| word == Role::Administrator.as_str()))?;
        let detail = json!({ "before": before, "after": words });
        Ok(audit::record(conn, Some(&body), &actor, "person.roles", &id, &detail, now)?)
    })
}

/// Disables a person, who signs in no more, whose sessions end and whose second factor is gone. Again does nothing.
///
/// # Errors
/// [`PeopleError::NotFound`], [`PeopleError::LastAdministrator`].
pub fn disable(store: &Store, permit: &Permit<may::ManagePeople>, id: &str, now: Moment) -> Result<(), PeopleError> {
    let (body, actor, id) = (permit.body().to_owned(), permit.actor().clone(), id.to_owned());
    store.write(move |conn| {
        let person = people::find(conn, &body, &id)?.ok_or(PeopleError::NotFound)?;
        if person.disabled_at.is_some() {
            return Ok(());
        }
        let was = people::roles(conn, &body, &id)?.iter().any(|word| word == Role::Administrator.as_str());
        people::set_disabled(conn, &body, &id, Some(now.unix_milliseconds()))?;
        keeps_an_administrator(conn, &body, was)?;
        let sessions = people::delete_sessions_of(conn, &body, &id)?;
        second_factor::take_off(conn, &Owner::person(body.clone(), id.clone(), person.name), now)?;
        let detail = json!({ "sessions_ended": sessions });
        Ok(audit::record(conn, Some(&body), &actor, "person.disabled", &id, &detail, now)?)
    })
}

/// Gives a person another password; all their sessions end.
///
/// # Errors
/// [`PeopleError::NotFound`], [`PeopleError::Hash`], [`PeopleError::Elsewhere`].
pub fn change_password(
    store: &Store,
    permit: &Permit<may::ManagePeople>,
    passwords: &Passwords,
    id: &str,
    password: &Password,
    now: Moment,
) -> Result<(), PeopleError> {
    let hash = passwords.hash(password)?;
    let (body, actor, id) = (permit.body().to_owned(), permit.actor().clone(), id.to_owned());
    store.write(move |conn| {
        // of another body's nothing is said
        people::find(conn, &body, &id)?.ok_or(PeopleError::NotFound)?;
        if vouched::is_vouched(conn, &id)? {
            return Err(PeopleError::Elsewhere);
        }
        if !people::set_password_hash(conn, &body, &id, &hash)? {
            return Err(PeopleError::NotFound);
        }
        let sessions = people::delete_sessions_of(conn, &body, &id)?;
        let detail = json!({ "sessions_ended": sessions });
        Ok(audit::record(conn, Some(&body), &actor, "person.password", &id, &detail, now)?)
    })
}

/// A person of the body by login, for the one at the machine.
///
/// # Errors
/// [`PeopleError::NotFound`], also where the login is one of another body.
pub fn find_by_login(store: &Store, permit: &Permit<may::ManagePeople>, login: &Login) -> Result<Person, PeopleError> {
    store.read(|conn| {
        let row = people::find_by_login(conn, login.as_str())?.filter(|row| row.body_id == permit.body());
        row.ok_or(PeopleError::NotFound).and_then(|row| shown(conn, row))
    })
}

fn shown(conn: &mut Conn, row: people::Person) -> Result<Person, PeopleError> {
    let roles = roles_of(conn, &row)?;
    let people::Person { id, login, name, created_at, disabled_at, .. } = row;
    Ok(Person { id, login, name, roles, created_at, disabled_at })
}

/// Words that this program does not know give nothing.
fn roles_of(conn: &mut Conn, row: &people::Person) -> Result<BTreeSet<Role>, StoreError> {
    Ok(people::roles(conn, &row.body_id, &row.id)?.iter().filter_map(|word| word.parse().ok()).collect())
}

fn words(roles: &BTreeSet<Role>) -> Vec<String> {
    roles.iter().map(ToString::to_string).collect()
}

/// A body that had an administrator keeps one who can sign in.
fn keeps_an_administrator(conn: &mut Conn, body: &str, had: bool) -> Result<(), PeopleError> {
    if !had {
        return Ok(());
    }
    let mut after = String::new();
    loop {
        let page = people::list(conn, body, &after, PAGE)?;
        let Some(last) = page.last() else { return Err(PeopleError::LastAdministrator) };
        after.clone_from(&last.id);
        for row in page.iter().filter(|row| row.disabled_at.is_none()) {
            if roles_of(conn, row)?.contains(&Role::Administrator) {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests;
