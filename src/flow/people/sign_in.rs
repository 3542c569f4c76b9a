//! Signing in and out, and who a session belongs to: a person of a body, or a holder
//! of licences. One page for both; accounts and sessions lie in tables of their own.
//! Where an account has a second factor, login, password and code are given at once, so that no
//! answer tells which of them was wrong.

use super::{HashFault, Login, Password, Passwords, roles_of};
use crate::{
    flow::{
        access::{AccessSecret, Actor, Caller, Holder, Lookup, Place, SecretDigest, look_up_all},
        audit,
        kind::{HasKind, Kind},
        second_factor::{Demand, FactorError, Factors, Owner, Proven, spend},
        tries::{Guesser, Misses, Tries},
    },
    random::{self, NoRandomness},
    store::{
        Conn, Failure, Store, StoreError, devices, holders, outside, people, second_factors,
        second_factors::SecondFactor,
    },
};
use serde_json::json;
use std::collections::HashMap;
use yinxin_trust::base::Moment;

/// Tries of one login within [`WINDOW_SECONDS`].
const TRIES: u32 = 10;

/// Wrong ones at one device and from one network, of whichever logins: a network may be a whole office, or the
/// customers of a telephone company behind one address.
const OF_DEVICE: u32 = 40;
const OF_NETWORK: u32 = 200;

/// Codes by which devices are enrolled that are none, from one network: people type them.
const ENROLMENTS: u32 = 20;

/// How long tries are counted together.
const WINDOW_SECONDS: u32 = 15 * 60;

/// Where people and holders sign in. Safe to use from several threads.
pub struct SignIn {
    passwords: Passwords,
    tries: Tries,
    /// Of logins, by where they are typed.
    wrong: Misses,
    /// Of codes by which devices are enrolled.
    enrolments: Misses,
    /// Of passwords and codes that an account gives once it is signed in.
    proofs: Tries,
    /// The same by the device at which the account is.
    proofs_at: Misses,
    factors: Option<Factors>,
    lifetime_milliseconds: i64,
}

/// A session that has begun.
#[derive(Debug)]
pub struct Session {
    /// Its secret, for the browser alone.
    pub secret: AccessSecret,
    /// When it ends, however it is used.
    pub expires_at: Moment,
    /// Whether it is one of a holder, not of a person of a body.
    pub is_holders: bool,
}

/// Whose session it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// A person of a body, with the roles they have now.
    Person(Caller),
    /// A holder of licences.
    Holder(Holder),
    /// Somebody who must have a second factor and has none yet: may make one, and nothing else.
    Unfinished(Owner),
}

/// What a login leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Account {
    Person(people::Person),
    Holder(holders::Account),
}

/// Why nobody was signed in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// No such login, another password or code, or disabled: which of them is not told.
    #[error("login, password or code is wrong")]
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
    /// The second factor of an account cannot be looked at, whatever was typed.
    #[error(transparent)]
    Factor(#[from] FactorError),
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
            Self::Factor(error) => error.kind(),
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Wrong => "sign_in_wrong",
            Self::TooManyTries { .. } => "too_many_tries",
            Self::Hash(_) | Self::Randomness(_) | Self::Calendar => "broken",
            Self::Factor(error) => error.code(),
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
        let tries = || Tries::new(TRIES, WINDOW_SECONDS);
        let misses = || Misses::new(OF_DEVICE, OF_NETWORK, WINDOW_SECONDS);
        Ok(Self {
            passwords: Passwords::new()?,
            tries: tries(),
            wrong: misses(),
            enrolments: Misses::new(ENROLMENTS, ENROLMENTS, WINDOW_SECONDS),
            proofs: tries(),
            proofs_at: misses(),
            factors: None,
            lifetime_milliseconds,
        })
    }

    /// And accounts may have second factors, some must.
    #[must_use]
    pub fn with_factors(self, factors: Factors) -> Self {
        Self { factors: Some(factors), ..self }
    }

    /// Whether accounts may have second factors here.
    pub const fn has_factors(&self) -> bool {
        self.factors.is_some()
    }

    /// What seals second factors; none where no key is configured for it.
    pub(in crate::flow) const fn factors(&self) -> Option<&Factors> {
        self.factors.as_ref()
    }

    /// Who must have a second factor.
    pub(super) fn demand(&self) -> Option<&Demand> {
        self.factors.as_ref().map(Factors::demand)
    }

    /// When a session ends that begins now; none outside the calendar.
    pub(in crate::flow) fn end_of_session(&self, now: Moment) -> Option<Moment> {
        let end = now.unix_milliseconds().saturating_add(self.lifetime_milliseconds);
        Moment::from_unix_milliseconds(end).ok()
    }

    /// Counts a try of password or code by an account that is signed in, before it is made.
    pub(in crate::flow) fn admit_proof(&self, owner: &Owner, now: Moment) -> Result<(), FactorError> {
        let full = |retry_after_seconds| FactorError::TooManyTries { retry_after_seconds };
        let device = at_device(owner);
        self.proofs_at.admit(&device, now).map_err(full)?;
        let admitted = self.proofs.admit(&proof_name(owner), now);
        if admitted.is_err() {
            // what is not made counts nowhere
            self.proofs_at.forgive(&device);
        }
        admitted.map_err(full)
    }

    /// The try was right.
    pub(in crate::flow) fn proof_succeeded(&self, owner: &Owner) {
        self.proofs.succeeded(&proof_name(owner));
        // what others tried at the device still counts
        self.proofs_at.forgive(&at_device(owner));
    }

    /// Whether somebody may bring a code by which a device is enrolled.
    pub(in crate::flow) fn admit_enrolment(&self, who: &Guesser, now: Moment) -> Result<(), u32> {
        self.enrolments.check(who, now)
    }

    /// Counts a code of a device that is none.
    pub(in crate::flow) fn count_enrolment(&self, who: &Guesser, now: Moment) {
        self.enrolments.count(who, now);
    }

    /// Where hashes are made.
    pub const fn passwords(&self) -> &Passwords {
        &self.passwords
    }

    /// Signs somebody in who has no second factor.
    ///
    /// # Errors
    /// As [`SignIn::begin_with`].
    pub fn begin(&self, store: &Store, login: &str, password: &Password, now: Moment) -> Result<Session, SignInError> {
        self.begin_with(store, login, (password, ""), now)
    }

    /// Signs somebody in by password and, where the account has a second factor, the code of an
    /// app or a recovery code.
    ///
    /// A login that does not exist, that has no login's form, that is disabled
    /// or whose password or code is wrong takes the same work and gets the same answer: one look, one code of an app,
    /// one hash, and one write that is taken back. A code is taken only with its password, and once.
    ///
    /// # Errors
    /// [`SignInError`].
    pub fn begin_with(
        &self,
        store: &Store,
        login: &str,
        given: (&Password, &str),
        now: Moment,
    ) -> Result<Session, SignInError> {
        self.begin_from(store, &Guesser::default(), (login, given), now)
    }

    /// The same for somebody of whom it is known whence they come: wrong ones are counted there too.
    ///
    /// # Errors
    /// [`SignInError`].
    pub fn begin_from(
        &self,
        store: &Store,
        from: &Guesser,
        (login, given): (&str, (&Password, &str)),
        now: Moment,
    ) -> Result<Session, SignInError> {
        let full = |retry_after_seconds| SignInError::TooManyTries { retry_after_seconds };
        self.wrong.check(from, now).map_err(full)?;
        self.tries.admit(login, now).map_err(full)?;
        let begun = self.proven(store, login, given, now);
        match &begun {
            Ok(_) => self.tries.succeeded(login),
            Err(SignInError::Wrong) => self.wrong.count(from, now),
            Err(_) => {}
        }
        begun
    }

    fn proven(
        &self,
        store: &Store,
        login: &str,
        (password, code): (&Password, &str),
        now: Moment,
    ) -> Result<Session, SignInError> {
        let known = match login.parse::<Login>() {
            Ok(login) => store.read(|conn| Account::of_login(conn, login.as_str()))?,
            Err(_) => None,
        };
        let (account, factor) = known.unzip();
        let factor = factor.flatten();
        let proven = match (&self.factors, &factor) {
            (Some(factors), factor) => factors.prove(factor.as_ref(), code, now)?,
            (None, None) => Proven::NotNeeded,
            // nobody gets in with less because a key is gone
            (None, Some(_)) => return Err(FactorError::NotConfigured.into()),
        };
        let same = self.passwords.matches(password, account.as_ref().map(Account::password_hash))?;
        let fits = |account: &Account| same && proven != Proven::No && !account.is_disabled();
        let is_right = account.as_ref().is_some_and(fits);
        let account = account.unwrap_or_else(Account::nobody);

        let expires_at = self.end_of_session(now).ok_or(SignInError::Calendar)?;
        let secret = AccessSecret::new(random::octets()?);
        let (digest, is_holders) = (secret.digest(), matches!(account, Account::Holder(_)));
        store.write(move |conn| {
            // between the two, somebody may have disabled them or changed the password
            let is_same = account.again(conn)?.as_ref() == Some(&account);
            // whoever is wrong comes here too, so that a recovery code that is none does not tell of a right password
            if !spend(conn, &account.owner(), factor.as_ref(), proven)? || !is_same || !is_right {
                return Err(SignInError::Wrong);
            }
            account.insert_session(conn, &digest, now, expires_at)?;
            let detail = proven.word().map_or_else(|| json!({}), |word| json!({ "second_factor": word }));
            Ok(audit::record(conn, account.body(), &account.actor(), "session.begun", account.id(), &detail, now)?)
        })?;
        Ok(Session { secret, expires_at, is_holders })
    }

    /// Ends a session; one that is not there is no error.
    ///
    /// # Errors
    /// What the register says.
    pub fn end(&self, store: &Store, secret: &AccessSecret, now: Moment) -> Result<(), StoreError> {
        let digest = secret.digest();
        store.write(move |conn| {
            let Some((account, _)) = Account::of_session(conn, &digest)? else { return Ok(()) };
            people::delete_session(conn, digest.octets())?;
            holders::delete_session(conn, digest.octets())?;
            audit::record(conn, account.body(), &account.actor(), "session.ended", account.id(), &json!({}), now)
        })
    }

    /// Whose session that is, as they are now; none where it has ended or they were
    /// disabled.
    ///
    /// # Errors
    /// What the register says.
    pub fn known(&self, store: &Store, secret: &AccessSecret, now: Moment) -> Result<Option<Known>, StoreError> {
        store.read(|conn| {
            let digest = secret.digest();
            let found = Account::of_session(conn, &digest)?;
            found.map_or(Ok(None), |found| self.known_of(conn, found, &digest, now))
        })
    }

    /// The same of several that ask at the same time.
    pub fn known_all(&self, store: &Store, asked: &[Lookup]) -> Vec<Result<Option<Known>, StoreError>> {
        look_up_all(store, asked, |conn, asked| {
            let digests: Vec<_> = asked.iter().map(|(secret, _)| secret.digest()).collect();
            let found = Account::of_sessions(conn, &digests)?;
            let each = found.into_iter().zip(&digests).zip(asked).map(|((found, digest), (_, now))| {
                found.map_or(Ok(None), |found| self.known_of(conn, found, digest, *now))
            });
            each.collect()
        })
    }

    fn known_of(
        &self,
        conn: &mut Conn,
        (account, expires_at): (Account, i64),
        digest: &SecretDigest,
        now: Moment,
    ) -> Result<Option<Known>, StoreError> {
        if expires_at <= now.unix_milliseconds() || account.is_disabled() {
            return Ok(None);
        }
        let owner = account.owner();
        Ok(Some(match account {
            Account::Person(person) => {
                let roles = roles_of(conn, &person)?;
                // a device of another body counts for nothing
                let device = devices::of_session(conn, digest.octets())?;
                let device = device.filter(|device| device.body_id == person.body_id);
                let place = device.map(|device| Place { device: device.id, window: device.window_name });
                let is_wanted = self.wants(|demand| roles.iter().any(|role| demand.roles.contains(role)));
                if is_wanted && lacks(conn, &owner)? && !outside::has_factor(conn, digest.octets())? {
                    return Ok(Some(Known::Unfinished(owner.at(place))));
                }
                let caller = Caller::person(person.body_id, person.id, person.name, roles);
                Known::Person(match place {
                    Some(place) => caller.at_window(place),
                    None => caller,
                })
            }
            Account::Holder(holder) => {
                let is_wanted = self.wants(|demand| demand.holders);
                if is_wanted && lacks(conn, &owner)? && !outside::has_factor(conn, digest.octets())? {
                    return Ok(Some(Known::Unfinished(owner)));
                }
                Known::Holder(Holder::new(holder.id, holder.code_kind, holder.code, holder.name))
            }
        }))
    }

    /// As [`SignIn::known`], of people of bodies alone.
    ///
    /// # Errors
    /// What the register says.
    pub fn caller(&self, store: &Store, secret: &AccessSecret, now: Moment) -> Result<Option<Caller>, StoreError> {
        Ok(match self.known(store, secret, now)? {
            Some(Known::Person(caller)) => Some(caller),
            Some(Known::Holder(_) | Known::Unfinished(_)) | None => None,
        })
    }

    fn wants(&self, demanded: impl FnOnce(&Demand) -> bool) -> bool {
        self.factors.as_ref().is_some_and(|factors| demanded(factors.demand()))
    }
}

/// The device at which an account is, whoever is there.
fn at_device(owner: &Owner) -> Guesser {
    Guesser::default().at(owner.place().map(|place| place.device.as_str()))
}

/// Apart from logins, which anybody may type.
fn proof_name(owner: &Owner) -> String {
    format!("{} {}", owner.kind(), owner.id())
}

/// Whether an account has no second factor.
pub(super) fn lacks(conn: &mut Conn, owner: &Owner) -> Result<bool, StoreError> {
    Ok(second_factors::find(conn, owner.kind(), owner.id())?.is_none_or(|row| row.confirmed_at.is_none()))
}

impl Known {
    /// Whose account it is.
    pub fn owner(&self) -> Owner {
        match self {
            Self::Person(caller) => caller.into(),
            Self::Holder(holder) => holder.into(),
            Self::Unfinished(owner) => owner.clone(),
        }
    }
}

impl Account {
    /// Stands in for who is not there: no row has its id.
    fn nobody() -> Self {
        Self::Person(people::Person {
            id: String::new(),
            body_id: String::new(),
            login: String::new(),
            name: String::new(),
            password_hash: String::new(),
            created_at: 0,
            disabled_at: None,
        })
    }

    /// The account with its second factor, if it has one that counts.
    fn of_login(conn: &mut Conn, login: &str) -> Result<Option<(Self, Option<SecondFactor>)>, StoreError> {
        // both are looked for, whoever it is
        let (person, holder) = (people::find_by_login(conn, login)?, holders::find_by_login(conn, login)?);
        let Some(account) = person.map(Self::Person).or(holder.map(Self::Holder)) else { return Ok(None) };
        let owner = account.owner();
        let factor = second_factors::find(conn, owner.kind(), owner.id())?.filter(|row| row.confirmed_at.is_some());
        Ok(Some((account, factor)))
    }

    /// The account of a session, and when that ends.
    fn of_session(conn: &mut Conn, digest: &SecretDigest) -> Result<Option<(Self, i64)>, StoreError> {
        Ok(Self::of_sessions(conn, std::slice::from_ref(digest))?.pop().flatten())
    }

    /// As [`Account::of_session`], of several in their order.
    fn of_sessions(conn: &mut Conn, digests: &[SecretDigest]) -> Result<Vec<Option<(Self, i64)>>, StoreError> {
        let hashes: Vec<&[u8]> = digests.iter().map(|digest| digest.octets().as_slice()).collect();
        let mut found = HashMap::new();
        for (session, person) in people::find_sessions(conn, &hashes)? {
            found.insert(session.token_hash, (Self::Person(person), session.expires_at));
        }
        if found.len() < hashes.len() {
            for (session, holder) in holders::find_sessions(conn, &hashes)? {
                found.insert(session.token_hash, (Self::Holder(holder), session.expires_at));
            }
        }
        Ok(hashes.iter().map(|hash| found.get(*hash).cloned()).collect())
    }

    /// The same account as it is now.
    fn again(&self, conn: &mut Conn) -> Result<Option<Self>, StoreError> {
        Ok(match self {
            Self::Person(person) => people::find(conn, &person.body_id, &person.id)?.map(Self::Person),
            Self::Holder(holder) => holders::find(conn, &holder.id)?.map(Self::Holder),
        })
    }

    /// Begins a session, and clears away those that have ended.
    pub(super) fn insert_session(
        &self,
        conn: &mut Conn,
        digest: &SecretDigest,
        now: Moment,
        expires_at: Moment,
    ) -> Result<(), StoreError> {
        let token_hash = digest.octets().to_vec();
        let (created_at, expires_at) = (now.unix_milliseconds(), expires_at.unix_milliseconds());
        match self {
            Self::Person(person) => {
                people::delete_sessions_before(conn, created_at)?;
                let person_id = person.id.clone();
                people::insert_session(conn, &people::Session { token_hash, person_id, created_at, expires_at })
            }
            Self::Holder(holder) => {
                holders::delete_sessions_before(conn, created_at)?;
                let holder_id = holder.id.clone();
                holders::insert_session(conn, &holders::Session { token_hash, holder_id, created_at, expires_at })
            }
        }
    }

    pub(super) fn id(&self) -> &str {
        match self {
            Self::Person(person) => &person.id,
            Self::Holder(holder) => &holder.id,
        }
    }

    pub(super) fn body(&self) -> Option<&str> {
        match self {
            Self::Person(person) => Some(&person.body_id),
            Self::Holder(_) => None,
        }
    }

    pub(super) fn owner(&self) -> Owner {
        match self {
            Self::Person(person) => Owner::person(person.body_id.clone(), person.id.clone(), person.name.clone()),
            Self::Holder(holder) => Owner::holder(holder.id.clone(), holder.name.clone()),
        }
    }

    fn actor(&self) -> Actor {
        self.owner().actor()
    }

    fn password_hash(&self) -> &str {
        match self {
            Self::Person(person) => &person.password_hash,
            Self::Holder(holder) => &holder.password_hash,
        }
    }

    fn is_disabled(&self) -> bool {
        match self {
            Self::Person(person) => person.disabled_at.is_some(),
            Self::Holder(holder) => holder.disabled_at.is_some(),
        }
    }
}
