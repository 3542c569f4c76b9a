//! Secrets at rest: sealed by a key in custody, bound to the account they are of; and who must have one.

use super::{
    FactorError, Owner,
    given::Given,
    totp::{SECRET_OCTETS, TotpSecret},
};
use crate::{
    flow::access::Role,
    random,
    store::{Conn, StoreError, second_factors, second_factors::SecondFactor},
};
use std::{collections::BTreeSet, sync::Arc};
use yinxin_hsm::{KeyReference, KeyStore, Purpose, WrapRequest};
use yinxin_trust::base::Moment;

/// Who must have a second factor before they do anything else. The default demands none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Demand {
    /// People with one of these roles.
    pub roles: BTreeSet<Role>,
    /// Holders of licences.
    pub holders: bool,
}

/// What seals and opens secrets. Safe to use from several threads.
pub struct Factors {
    keys: Arc<dyn KeyStore>,
    key: KeyReference,
    demand: Demand,
    /// Stands in for the secret of who has none, so that looking takes the same way.
    nobody: SecondFactor,
}

/// What a code came to, for an account.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::flow) enum Proven {
    /// The account has no second factor.
    NotNeeded,
    /// An app has the code in this step.
    Code(i64),
    /// It has the form of a recovery code; whether it is one is told when it is spent.
    Recovery([u8; 32]),
    /// It is none.
    No,
}

impl Factors {
    /// Over a key of purpose `data` that wraps: tried at once, by sealing a secret that is nobody's.
    ///
    /// # Errors
    /// [`FactorError::Key`], [`FactorError::Randomness`].
    pub fn open(keys: Arc<dyn KeyStore>, key: KeyReference, demand: Demand, now: Moment) -> Result<Self, FactorError> {
        let owner = Owner::holder(String::new(), String::new());
        let nobody = seal(keys.as_ref(), &key, &owner, &TotpSecret::new(random::octets()?), now)?;
        let factors = Self { keys, key, demand, nobody };
        // what cannot be opened again is worth nothing
        factors.secret(&factors.nobody, now)?;
        Ok(factors)
    }

    pub(in crate::flow) const fn demand(&self) -> &Demand {
        &self.demand
    }

    /// A fresh secret of an account, and its row, which waits for a first code.
    pub(super) fn make(&self, owner: &Owner, now: Moment) -> Result<(TotpSecret, SecondFactor), FactorError> {
        let secret = TotpSecret::new(random::octets::<SECRET_OCTETS>()?);
        let row = seal(self.keys.as_ref(), &self.key, owner, &secret, now)?;
        Ok((secret, row))
    }

    /// The secret of a row. Sealed under a key that was configured before, it is opened with that.
    fn secret(&self, row: &SecondFactor, now: Moment) -> Result<TotpSecret, FactorError> {
        let key: KeyReference = row.key_reference.parse().map_err(|_| FactorError::Stored)?;
        let context = context(&row.owner_kind, &row.owner_id);
        let octets = self.keys.unwrap(&key, &WrapRequest::new(Purpose::Data, &context, now), &row.sealed)?;
        TotpSecret::of(&octets).ok_or(FactorError::Stored)
    }

    /// The step in which the app of this row has a code.
    pub(super) fn step_of(&self, row: &SecondFactor, code: u32, now: Moment) -> Result<Option<i64>, FactorError> {
        Ok(self.secret(row, now)?.step_of(code, now))
    }

    /// What was typed, held against the factor of an account. Without one the same work is done.
    pub(in crate::flow) fn prove(
        &self,
        row: Option<&SecondFactor>,
        typed: &str,
        now: Moment,
    ) -> Result<Proven, FactorError> {
        let given = Given::read(typed);
        let code = if let Given::Code(code) = given { Some(code) } else { None };
        // no code is larger than six digits
        let step = self.step_of(row.unwrap_or(&self.nobody), code.unwrap_or(u32::MAX), now)?;
        Ok(match (row, given, step) {
            (None, ..) => Proven::NotNeeded,
            (Some(_), Given::Recovery(digest), _) => Proven::Recovery(digest),
            (Some(_), _, Some(step)) => Proven::Code(step),
            (Some(_), _, None) => Proven::No,
        })
    }
}

impl Proven {
    /// How it is told in the audit; nothing of an account without a second factor.
    pub(in crate::flow) const fn word(self) -> Option<&'static str> {
        match self {
            Self::NotNeeded | Self::No => None,
            Self::Code(_) => Some("code"),
            Self::Recovery(_) => Some("recovery"),
        }
    }
}

/// Takes what was proven, within the closure of the write that it is for; false where it was taken before, was none, or where the
/// account has another factor by now than when it was looked at.
///
/// # Errors
/// What the register says.
pub(in crate::flow) fn spend(
    conn: &mut Conn,
    owner: &Owner,
    seen: Option<&SecondFactor>,
    proven: Proven,
) -> Result<bool, StoreError> {
    let (kind, id) = (owner.kind(), owner.id());
    let there = second_factors::find(conn, kind, id)?.filter(|row| row.confirmed_at.is_some());
    if there.as_ref().map(|row| &row.sealed) != seen.map(|row| &row.sealed) {
        return Ok(false);
    }
    match proven {
        Proven::NotNeeded => Ok(there.is_none()),
        Proven::Code(step) => second_factors::accept(conn, kind, id, step),
        Proven::Recovery(digest) => second_factors::take_recovery_code(conn, kind, id, &digest),
        Proven::No => Ok(false),
    }
}

fn seal(
    keys: &dyn KeyStore,
    key: &KeyReference,
    owner: &Owner,
    secret: &TotpSecret,
    now: Moment,
) -> Result<SecondFactor, FactorError> {
    let context = context(owner.kind(), owner.id());
    let sealed = keys.wrap(key, &WrapRequest::new(Purpose::Data, &context, now), secret.expose())?;
    Ok(SecondFactor {
        owner_kind: owner.kind().to_owned(),
        owner_id: owner.id().to_owned(),
        key_reference: key.to_string(),
        sealed,
        created_at: now.unix_milliseconds(),
        confirmed_at: None,
        last_step: 0,
    })
}

/// Bound to what is sealed, so that the secret of one account opens for no other.
fn context(kind: &str, id: &str) -> Vec<u8> {
    format!("yinxin second factor 1\n{kind}\n{id}").into_bytes()
}
