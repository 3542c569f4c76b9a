//! Signing somebody in by the word of a provider elsewhere: a person of a body with exactly the roles of that word, or
//! a holder with the account of their code. `flow::oidc` finds out whether there is such a word.

use super::{
    HashFault, Login, Password, Passwords, Session, SignIn,
    sign_in::{Account, lacks},
    words,
};
use crate::{
    flow::{
        access::{AccessSecret, Actor, ActorKind, Role},
        audit,
        holders::HolderCode,
        kind::{HasKind, Kind},
        second_factor::{Demand, Owner},
    },
    random::{self, NoRandomness},
    store::{Conn, Failure, Store, StoreError, bodies, holders, outside, people},
};
use serde_json::json;
use std::collections::BTreeSet;
use yinxin_trust::{
    base::{Day, Moment},
    licence::codes::CreditCode,
};

/// Who says it, and of whom.
#[derive(Clone)]
pub struct Voucher {
    /// Name of the provider here.
    pub provider: String,
    /// Its issuer.
    pub issuer: String,
    /// Who it is there.
    pub subject: String,
    /// Whether it says that a second factor was proved.
    pub has_second_factor: bool,
}

/// What a provider says of somebody.
#[derive(Clone)]
pub enum Vouched {
    /// A person of a body.
    Staff(VouchedStaff),
    /// A holder of licences.
    Holder(VouchedHolder),
}

/// A person of a body.
#[derive(Clone)]
pub struct VouchedStaff {
    /// Who says it.
    pub by: Voucher,
    /// What they are called here when others name them.
    pub login: Login,
    /// Their name.
    pub name: String,
    /// Credit code of their body.
    pub body: CreditCode,
    /// What they are there; nobody where it is nothing.
    pub roles: BTreeSet<Role>,
}

/// A holder of licences.
#[derive(Clone)]
pub struct VouchedHolder {
    /// Who says it.
    pub by: Voucher,
    /// As licences record them.
    pub code: HolderCode,
    /// Their name.
    pub name: String,
}

/// Why somebody who is known is not admitted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VouchedError {
    /// None of the roles that they have there is one here.
    #[error("no role here")]
    NoRole,
    /// No body of that code.
    #[error("no such body")]
    NoBody,
    /// The account is one of another body.
    #[error("the account is one of another body")]
    OtherBody,
    /// Somebody else has the login.
    #[error("the login is somebody else's")]
    LoginTaken,
    /// Somebody here switched the account off.
    #[error("the account is switched off")]
    SwitchedOff,
    /// A second factor is wanted, and the provider proved none.
    #[error("a second factor is wanted that the provider did not prove")]
    FactorWanted,
    /// No hash could be made.
    #[error(transparent)]
    Hash(#[from] HashFault),
    /// No randomness.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The end of the session, or today, would be outside the calendar.
    #[error("a day outside the calendar")]
    Calendar,
    /// The register.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Failure for VouchedError {
    fn store_error(&self) -> Option<&StoreError> {
        if let Self::Store(error) = self { Some(error) } else { None }
    }
}

impl HasKind for VouchedError {
    fn kind(&self) -> Kind {
        match self {
            Self::NoRole
            | Self::NoBody
            | Self::OtherBody
            | Self::LoginTaken
            | Self::SwitchedOff
            | Self::FactorWanted => Kind::Denied,
            Self::Hash(_) | Self::Randomness(_) | Self::Calendar => Kind::Broken,
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NoRole | Self::NoBody | Self::OtherBody | Self::LoginTaken | Self::SwitchedOff => "oidc_not_admitted",
            Self::FactorWanted => "oidc_factor_wanted",
            Self::Hash(_) | Self::Randomness(_) | Self::Calendar => "broken",
            Self::Store(error) => error.code(),
        }
    }
}

/// What is made beforehand, since the closure of a write may run several times.
struct Fresh {
    id: String,
    /// Of a password that nobody knows.
    password_hash: String,
    login: String,
}

impl Fresh {
    fn new(passwords: &Passwords) -> Result<Self, VouchedError> {
        let unknown = hex::encode(random::octets::<32>()?);
        let unknown = Password::given(unknown).map_err(|_| HashFault::Hash("a password of our own".to_owned()))?;
        let login = format!("h-{}", hex::encode(random::octets::<8>()?));
        Ok(Self { id: random::id()?, password_hash: passwords.hash(&unknown)?, login })
    }
}

impl SignIn {
    /// Begins a session of whom a provider vouches for. The account is made, or brought to what the provider says, in
    /// the same write; who has no role there any more loses those that they had here, and their sessions.
    ///
    /// # Errors
    /// [`VouchedError`].
    pub(in crate::flow) fn begin_vouched(
        &self,
        store: &Store,
        vouched: Vouched,
        now: Moment,
    ) -> Result<Session, VouchedError> {
        let today = Day::in_beijing_at(now).map_err(|_| VouchedError::Calendar)?.to_string();
        let expires_at = self.end_of_session(now).ok_or(VouchedError::Calendar)?;
        // a hash takes long, and most who come have been here before
        let has_account = store.read(|conn| vouched.has_account(conn))?;
        let fresh = if has_account { None } else { Some(Fresh::new(self.passwords())?) };
        let demand = self.demand().cloned().unwrap_or_default();
        let secret = AccessSecret::new(random::octets()?);
        let digest = secret.digest();
        let written = store.write(move |conn| {
            let account = match &vouched {
                Vouched::Staff(staff) => match staff.account(conn, fresh.as_ref(), &demand, &today, now)? {
                    Ok(account) => account,
                    // what was taken away stays so
                    Err(refusal) => return Ok(Err(refusal)),
                },
                Vouched::Holder(holder) => {
                    let account = holder.account(conn, fresh.as_ref(), now)?;
                    if holder.by.wants_factor(conn, demand.holders, Some(&account.owner()))? {
                        return Err(VouchedError::FactorWanted);
                    }
                    account
                }
            };
            let by = vouched.by();
            let owner = account.owner();
            account.insert_session(conn, &digest, now, expires_at)?;
            if by.has_second_factor {
                let (end, at) = (expires_at.unix_milliseconds(), now.unix_milliseconds());
                outside::prove_factor(conn, digest.octets(), end, at)?;
            }
            let detail =
                json!({ "provider": by.provider, "second_factor": by.has_second_factor.then_some("provider") });
            audit::record(conn, account.body(), &owner.actor(), "session.begun", account.id(), &detail, now)?;
            Ok(Ok(matches!(account, Account::Holder(_))))
        });
        Ok(Session { secret, expires_at, is_holders: written?? })
    }
}

impl Vouched {
    const fn by(&self) -> &Voucher {
        match self {
            Self::Staff(staff) => &staff.by,
            Self::Holder(holder) => &holder.by,
        }
    }

    /// Accounts are never taken away, so who has one keeps it.
    fn has_account(&self, conn: &mut Conn) -> Result<bool, StoreError> {
        Ok(match self {
            Self::Staff(staff) => staff.by.known(conn, ActorKind::Person)?.is_some(),
            Self::Holder(holder) => holders::last_of_code(conn, holder.code.kind(), holder.code.expose())?.is_some(),
        })
    }
}

impl Voucher {
    /// As the audit writes it down.
    fn actor(&self) -> Actor {
        Actor::new(ActorKind::System, format!("oidc:{}", self.provider), self.provider.clone())
    }

    /// Whether a second factor is missing: one is demanded, or the account has one and opens with no less.
    fn wants_factor(&self, conn: &mut Conn, is_demanded: bool, owner: Option<&Owner>) -> Result<bool, StoreError> {
        Ok(!self.has_second_factor
            && (is_demanded
                || match owner {
                    Some(owner) => !lacks(conn, owner)?,
                    None => false,
                }))
    }

    fn known(&self, conn: &mut Conn, kind: ActorKind) -> Result<Option<String>, StoreError> {
        Ok(outside::find(conn, &self.issuer, &self.subject, kind.as_str())?.map(|row| row.owner_id))
    }

    fn identity(&self, kind: ActorKind, owner: &str, now: Moment) -> outside::Identity {
        outside::Identity {
            issuer: self.issuer.clone(),
            subject: self.subject.clone(),
            owner_kind: kind.as_str().to_owned(),
            owner_id: owner.to_owned(),
            first_at: now.unix_milliseconds(),
        }
    }
}

impl VouchedStaff {
    /// The account, made or brought up to date. The inner refusal is one with which what was written stays.
    fn account(
        &self,
        conn: &mut Conn,
        fresh: Option<&Fresh>,
        demand: &Demand,
        today: &str,
        now: Moment,
    ) -> Result<Result<Account, VouchedError>, VouchedError> {
        let known = match self.by.known(conn, ActorKind::Person)? {
            Some(id) => people::find_by_id(conn, &id)?,
            None => None,
        };
        if let Some(person) = &known {
            if person.disabled_at.is_some() {
                return Err(VouchedError::SwitchedOff);
            }
            if self.roles.is_empty() {
                self.leave_roles(conn, person, &[], now)?;
                return Ok(Err(VouchedError::NoRole));
            }
        }
        if self.roles.is_empty() {
            return Err(VouchedError::NoRole);
        }
        let body = self.body(conn, today)?;
        let is_demanded = self.roles.iter().any(|role| demand.roles.contains(role));
        let person = match known {
            Some(person) if body.as_ref() != Some(&person.body_id) => {
                // who was moved is nobody in the old one, also where the new one has no account here
                self.leave_roles(conn, &person, &[], now)?;
                return Ok(Err(if body.is_some() { VouchedError::OtherBody } else { VouchedError::NoBody }));
            }
            Some(person) => {
                let account = Account::Person(person.clone());
                if self.by.wants_factor(conn, is_demanded, Some(&account.owner()))? {
                    // nothing is given to who did not prove it; what is no longer theirs is taken all the same
                    self.leave_roles(conn, &person, &words(&self.roles), now)?;
                    return Ok(Err(VouchedError::FactorWanted));
                }
                self.renewed(conn, person, now)?
            }
            None if self.by.wants_factor(conn, is_demanded, None)? => return Err(VouchedError::FactorWanted),
            None => self.entered(conn, body.ok_or(VouchedError::NoBody)?, fresh.ok_or(StoreError::NoSuchRow)?, now)?,
        };
        let (before, after) = (people::roles(conn, &person.body_id, &person.id)?, words(&self.roles));
        if before.iter().collect::<BTreeSet<_>>() != after.iter().collect() {
            people::set_roles(conn, &person.body_id, &person.id, &after)?;
            let detail = json!({ "before": before, "after": after });
            audit::record(conn, Some(&person.body_id), &self.by.actor(), "person.roles", &person.id, &detail, now)?;
        }
        Ok(Ok(Account::Person(person)))
    }

    /// The body that has the code today.
    fn body(&self, conn: &mut Conn, today: &str) -> Result<Option<String>, StoreError> {
        for name in bodies::names_by_credit_code(conn, self.body.as_str())? {
            let current = bodies::name_on(conn, &name.body_id, today)?;
            if current.is_some_and(|current| current.credit_code == self.body.as_str()) {
                return Ok(Some(name.body_id));
            }
        }
        Ok(None)
    }

    fn renewed(&self, conn: &mut Conn, person: people::Person, now: Moment) -> Result<people::Person, StoreError> {
        if person.name == self.name {
            return Ok(person);
        }
        people::set_name(conn, &person.body_id, &person.id, &self.name)?;
        let detail = json!({ "before": person.name, "after": self.name });
        audit::record(conn, Some(&person.body_id), &self.by.actor(), "person.renamed", &person.id, &detail, now)?;
        Ok(people::Person { name: self.name.clone(), ..person })
    }

    fn entered(
        &self,
        conn: &mut Conn,
        body: String,
        fresh: &Fresh,
        now: Moment,
    ) -> Result<people::Person, VouchedError> {
        let login = self.login.as_str();
        // a word of elsewhere opens no account of here
        if people::find_by_login(conn, login)?.is_some() || holders::find_by_login(conn, login)?.is_some() {
            return Err(VouchedError::LoginTaken);
        }
        let person = people::Person {
            id: fresh.id.clone(),
            body_id: body,
            login: login.to_owned(),
            name: self.name.clone(),
            password_hash: fresh.password_hash.clone(),
            created_at: now.unix_milliseconds(),
            disabled_at: None,
        };
        people::insert(conn, &person)?;
        outside::insert(conn, &self.by.identity(ActorKind::Person, &person.id, now))?;
        let detail = json!({ "login": login, "provider": self.by.provider });
        audit::record(conn, Some(&person.body_id), &self.by.actor(), "person.created", &person.id, &detail, now)?;
        Ok(person)
    }

    /// What the provider no longer says ends here too: of the roles those alone are left that are among `kept`; with
    /// the last of them the sessions end.
    fn leave_roles(
        &self,
        conn: &mut Conn,
        person: &people::Person,
        kept: &[String],
        now: Moment,
    ) -> Result<(), StoreError> {
        let (body, id) = (&person.body_id, &person.id);
        let before = people::roles(conn, body, id)?;
        let after: Vec<String> = kept.iter().filter(|word| before.contains(word)).cloned().collect();
        let sessions = if after.is_empty() { people::delete_sessions_of(conn, body, id)? } else { 0 };
        if after.len() == before.len() && sessions == 0 {
            return Ok(());
        }
        people::set_roles(conn, body, id, &after)?;
        let detail = json!({ "before": before, "after": after, "sessions_ended": sessions });
        audit::record(conn, Some(body), &self.by.actor(), "person.roles", id, &detail, now)
    }
}

impl VouchedHolder {
    /// The account of the code, whoever entered it; made where there never was one.
    fn account(&self, conn: &mut Conn, fresh: Option<&Fresh>, now: Moment) -> Result<Account, VouchedError> {
        let known = self.by.known(conn, ActorKind::Holder)?;
        let there = holders::last_of_code(conn, self.code.kind(), self.code.expose())?;
        let account = match there {
            Some(account) if account.disabled_at.is_some() => return Err(VouchedError::SwitchedOff),
            Some(account) => account,
            None => self.entered(conn, fresh.ok_or(StoreError::NoSuchRow)?, now)?,
        };
        // the code says whose it is, today's as any day's
        match known {
            Some(id) if id == account.id => {}
            Some(_) => outside::set_owner(conn, &self.by.identity(ActorKind::Holder, &account.id, now))?,
            None => outside::insert(conn, &self.by.identity(ActorKind::Holder, &account.id, now))?,
        }
        Ok(Account::Holder(account))
    }

    fn entered(&self, conn: &mut Conn, fresh: &Fresh, now: Moment) -> Result<holders::Account, StoreError> {
        let account = holders::Account {
            id: fresh.id.clone(),
            code_kind: self.code.kind().to_owned(),
            code: self.code.expose().to_owned(),
            login: fresh.login.clone(),
            name: self.name.clone(),
            password_hash: fresh.password_hash.clone(),
            created_at: now.unix_milliseconds(),
            disabled_at: None,
        };
        holders::insert(conn, &account)?;
        let detail = json!({ "login": account.login, "code_kind": account.code_kind, "provider": self.by.provider });
        audit::record(conn, None, &self.by.actor(), "holder.created", &account.id, &detail, now)?;
        Ok(account)
    }
}

/// Whether a person is one by the word of a provider, which alone says their roles and how they sign in.
pub(super) fn is_vouched(conn: &mut Conn, person: &str) -> Result<bool, StoreError> {
    outside::is_known(conn, ActorKind::Person.as_str(), person)
}
