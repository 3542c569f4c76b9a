//! Making, confirming and removing a second factor. Who gets on from a session alone is stopped by the password:
//! a browser left open gives nobody a factor of their own.

use super::{FactorError, Factors, Owner, Proven, RecoveryCodes, TotpSecret, given::Given, spend};
use crate::{
    flow::{
        access::{Permit, SecretDigest, may},
        audit,
        people::{Password, SignIn},
    },
    store::{Conn, Store, StoreError, holders, people, personal_keys, second_factors, second_factors::SecondFactor},
};
use serde_json::json;
use yinxin_trust::base::Moment;

/// A secret that was made waits so long for its first code, milliseconds.
const WAITS_MILLISECONDS: i64 = 15 * 60_000;

/// How an account stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FactorStanding {
    /// Since when it has a second factor.
    pub since: Option<Moment>,
    /// Recovery codes that are left.
    pub codes_left: usize,
    /// Whether second factors can be had here.
    pub is_available: bool,
}

/// A second factor that waits for its first code.
#[derive(Debug)]
pub struct Begun {
    /// For the app: shown now and never again.
    pub secret: TotpSecret,
    /// What the account signs in with.
    pub login: String,
}

/// How an account stands.
///
/// # Errors
/// [`FactorError::Store`].
pub fn standing(store: &Store, sign_in: &SignIn, owner: &Owner) -> Result<FactorStanding, FactorError> {
    let (row, left) = store.read(|conn| {
        let left = second_factors::count_recovery_codes(conn, owner.kind(), owner.id())?;
        Ok::<_, StoreError>((confirmed(conn, owner)?, left))
    })?;
    let since = row.and_then(|row| row.confirmed_at);
    Ok(FactorStanding {
        since: since.map(Moment::from_unix_milliseconds).transpose().map_err(|_| FactorError::Stored)?,
        codes_left: usize::try_from(left).unwrap_or_default(),
        is_available: sign_in.factors().is_some(),
    })
}

/// Makes a secret for an account that has no second factor, in the place of one that waited.
///
/// # Errors
/// [`FactorError`].
pub fn begin(
    store: &Store,
    sign_in: &SignIn,
    owner: &Owner,
    password: &Password,
    now: Moment,
) -> Result<Begun, FactorError> {
    let factors = sign_in.factors().ok_or(FactorError::NotConfigured)?;
    sign_in.admit_proof(owner, now)?;
    let (seen, login) = store.read(|conn| account(conn, owner))?;
    if !sign_in.passwords().matches(password, Some(&seen))? {
        return Err(FactorError::Wrong);
    }
    let (secret, row) = factors.make(owner, now)?;
    let by = owner.clone();
    store.write(move |conn| {
        second_factors::begin(conn, &row).map_err(|error| match error {
            StoreError::Conflict { .. } => FactorError::There,
            other => other.into(),
        })?;
        Ok::<_, FactorError>(record(conn, &by, "second_factor.begun", &json!({}), now)?)
    })?;
    sign_in.proof_succeeded(owner);
    Ok(Begun { secret, login })
}

/// The first code came: the factor counts from now on, and every other session of the account ends.
///
/// # Errors
/// [`FactorError::NotThere`] where none waits, or one for longer than a quarter of an hour; [`FactorError::Wrong`].
pub fn confirm(
    store: &Store,
    sign_in: &SignIn,
    owner: &Owner,
    session: &SecretDigest,
    code: &str,
    now: Moment,
) -> Result<RecoveryCodes, FactorError> {
    let factors = sign_in.factors().ok_or(FactorError::NotConfigured)?;
    sign_in.admit_proof(owner, now)?;
    let row = store.read(|conn| second_factors::find(conn, owner.kind(), owner.id()))?;
    let waits = |row: &SecondFactor| {
        row.confirmed_at.is_none() && now.unix_milliseconds() - row.created_at <= WAITS_MILLISECONDS
    };
    let row = row.filter(waits).ok_or(FactorError::NotThere)?;
    let Given::Code(code) = Given::read(code) else { return Err(FactorError::Wrong) };
    let step = factors.step_of(&row, code, now)?.ok_or(FactorError::Wrong)?;
    let codes = RecoveryCodes::make()?;
    let (by, session, digests) = (owner.clone(), session.clone(), codes.digests().to_vec());
    store.write(move |conn| {
        let at = now.unix_milliseconds();
        if !second_factors::confirm(conn, &row, step, at)? {
            return Err(FactorError::NotThere);
        }
        second_factors::set_recovery_codes(conn, by.kind(), by.id(), &digests, at)?;
        let ended = end_others(conn, &by, &session)?;
        Ok(record(conn, &by, "second_factor.confirmed", &json!({ "sessions_ended": ended }), now)?)
    })?;
    sign_in.proof_succeeded(owner);
    Ok(codes)
}

/// Makes other recovery codes; the old ones count no more.
///
/// # Errors
/// [`FactorError`].
pub fn renew_codes(
    store: &Store,
    sign_in: &SignIn,
    owner: &Owner,
    (password, code): (&Password, &str),
    now: Moment,
) -> Result<RecoveryCodes, FactorError> {
    let proof = prove(store, sign_in, owner, (password, code), now)?;
    let codes = RecoveryCodes::make()?;
    let (by, digests) = (owner.clone(), codes.digests().to_vec());
    store.write(move |conn| {
        take_proof(conn, &by, &proof)?;
        second_factors::set_recovery_codes(conn, by.kind(), by.id(), &digests, now.unix_milliseconds())?;
        Ok::<_, FactorError>(record(conn, &by, "second_factor.codes", &json!({}), now)?)
    })?;
    sign_in.proof_succeeded(owner);
    Ok(codes)
}

/// Takes the second factor off an account.
///
/// # Errors
/// [`FactorError`].
pub fn remove(
    store: &Store,
    sign_in: &SignIn,
    owner: &Owner,
    (password, code): (&Password, &str),
    now: Moment,
) -> Result<(), FactorError> {
    let proof = prove(store, sign_in, owner, (password, code), now)?;
    let by = owner.clone();
    store.write(move |conn| {
        take_proof(conn, &by, &proof)?;
        take_off(conn, &by, now)?;
        Ok::<_, FactorError>(record(conn, &by, "second_factor.removed", &json!({}), now)?)
    })?;
    sign_in.proof_succeeded(owner);
    Ok(())
}

/// An administrator takes it off a person who lost the app; their sessions end.
///
/// # Errors
/// [`FactorError::NotFound`], also for a person of another body; [`FactorError::NotThere`].
pub fn remove_of_person(
    store: &Store,
    permit: &Permit<may::ManagePeople>,
    id: &str,
    now: Moment,
) -> Result<(), FactorError> {
    let (body, actor, id) = (permit.body().to_owned(), permit.actor().clone(), id.to_owned());
    store.write(move |conn| {
        let person = people::find(conn, &body, &id)?.ok_or(FactorError::NotFound)?;
        let owner = Owner::person(body.clone(), person.id, person.name);
        if !take_off(conn, &owner, now)? {
            return Err(FactorError::NotThere);
        }
        let ended = people::delete_sessions_of(conn, &body, &id)?;
        let detail = json!({ "sessions_ended": ended });
        Ok(audit::record(conn, Some(&body), &actor, "second_factor.removed", &id, &detail, now)?)
    })
}

/// The operator of the machine takes it off a holder's account; its sessions end.
///
/// # Errors
/// [`FactorError::NotFound`], [`FactorError::NotThere`].
pub fn remove_of_holder(
    store: &Store,
    permit: &Permit<may::ManageHolders>,
    id: &str,
    now: Moment,
) -> Result<(), FactorError> {
    let (actor, id) = (permit.actor().clone(), id.to_owned());
    store.write(move |conn| {
        let account = holders::find(conn, &id)?.ok_or(FactorError::NotFound)?;
        let owner = Owner::holder(account.id, account.name);
        if !take_off(conn, &owner, now)? {
            return Err(FactorError::NotThere);
        }
        let ended = holders::delete_sessions_of(conn, &id)?;
        let detail = json!({ "sessions_ended": ended });
        Ok(audit::record(conn, None, &actor, "second_factor.removed", &id, &detail, now)?)
    })
}

/// The factor with its recovery codes, and the key by which a holder signs: whoever gets another factor gets another
/// key. Whether there was a factor.
pub(in crate::flow) fn take_off(conn: &mut Conn, owner: &Owner, now: Moment) -> Result<bool, StoreError> {
    if owner.body().is_none() {
        personal_keys::end_of(conn, owner.id(), now.unix_milliseconds())?;
    }
    second_factors::delete(conn, owner.kind(), owner.id())
}

/// What was looked at, and what the code came to.
pub(in crate::flow) struct Proof {
    password_hash: String,
    factor: SecondFactor,
    proven: Proven,
}

/// A fresh code of the app, and the password where one is given too: for what takes no recovery code.
///
/// # Errors
/// [`FactorError`].
pub(in crate::flow) fn prove_by_app(
    store: &Store,
    sign_in: &SignIn,
    owner: &Owner,
    (password, code): (Option<&Password>, &str),
    now: Moment,
) -> Result<Proof, FactorError> {
    let proof = looked_at(store, sign_in, owner, (password, code), now)?;
    if matches!(proof.proven, Proven::Code(_)) { Ok(proof) } else { Err(FactorError::Wrong) }
}

/// Password and code together: whichever is wrong, the same work is done and the same is said.
fn prove(
    store: &Store,
    sign_in: &SignIn,
    owner: &Owner,
    (password, code): (&Password, &str),
    now: Moment,
) -> Result<Proof, FactorError> {
    looked_at(store, sign_in, owner, (Some(password), code), now)
}

fn looked_at(
    store: &Store,
    sign_in: &SignIn,
    owner: &Owner,
    (password, code): (Option<&Password>, &str),
    now: Moment,
) -> Result<Proof, FactorError> {
    let factors: &Factors = sign_in.factors().ok_or(FactorError::NotConfigured)?;
    sign_in.admit_proof(owner, now)?;
    let ((password_hash, _), factor) =
        store.read(|conn| Ok::<_, FactorError>((account(conn, owner)?, confirmed(conn, owner)?)))?;
    let factor = factor.ok_or(FactorError::NotThere)?;
    let proven = factors.prove(Some(&factor), code, now)?;
    let same = password.map(|password| sign_in.passwords().matches(password, Some(&password_hash))).transpose()?;
    if same != Some(false) && proven != Proven::No {
        Ok(Proof { password_hash, factor, proven })
    } else {
        Err(FactorError::Wrong)
    }
}

/// Takes the code within the closure of the write that it is for, if nothing else changed meanwhile.
pub(in crate::flow) fn take_proof(conn: &mut Conn, owner: &Owner, proof: &Proof) -> Result<(), FactorError> {
    let same = account(conn, owner)?.0 == proof.password_hash;
    if same && spend(conn, owner, Some(&proof.factor), proof.proven)? { Ok(()) } else { Err(FactorError::Wrong) }
}

fn confirmed(conn: &mut Conn, owner: &Owner) -> Result<Option<SecondFactor>, StoreError> {
    Ok(second_factors::find(conn, owner.kind(), owner.id())?.filter(|row| row.confirmed_at.is_some()))
}

/// Password hash and login of an account that runs.
fn account(conn: &mut Conn, owner: &Owner) -> Result<(String, String), FactorError> {
    let found = match owner.body() {
        Some(body) => people::find(conn, body, owner.id())?
            .filter(|person| person.disabled_at.is_none())
            .map(|person| (person.password_hash, person.login)),
        None => holders::find(conn, owner.id())?
            .filter(|account| account.disabled_at.is_none())
            .map(|account| (account.password_hash, account.login)),
    };
    found.ok_or(FactorError::NotFound)
}

fn end_others(conn: &mut Conn, owner: &Owner, kept: &SecretDigest) -> Result<usize, StoreError> {
    match owner.body() {
        Some(_) => people::delete_other_sessions(conn, owner.id(), kept.octets()),
        None => holders::delete_other_sessions(conn, owner.id(), kept.octets()),
    }
}

fn record(
    conn: &mut Conn,
    owner: &Owner,
    action: &'static str,
    detail: &serde_json::Value,
    now: Moment,
) -> Result<(), StoreError> {
    audit::record(conn, owner.body(), &owner.actor(), action, owner.id(), detail, now)
}
