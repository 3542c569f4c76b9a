//! The key of a natural person: made with password and code, ended with account or second factor.

use super::{LetterError, Letters, Table, is_natural_person};
use crate::{
    flow::{
        access::{Actor, ActorKind, Holder},
        audit,
        authority::{Authority, AuthorityFault},
        issuer::Issuer,
        people::Password,
        second_factor::{self, Owner},
    },
    random,
    store::{StoreError, personal_keys, personal_keys::PersonalKey},
};
use serde_json::json;
use yinxin_hsm::{KeyError, KeyOrder, KeyReference, KeyState, Purpose};
use yinxin_trust::{base::Moment, x509::Certificate};

/// Keys that are destroyed at one look.
const AT_ONCE: u32 = 20;

/// How an account stands towards signing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Activation {
    /// An organisation's account.
    NotAPerson,
    /// Nobody certifies persons here.
    NotConfigured,
    /// A second factor is wanted first.
    NoFactor,
    /// A key can be made.
    NoKey,
    /// It signs, until the certificate ends.
    Active {
        /// The last instant of the certificate.
        until: Moment,
    },
}

impl Letters {
    /// The authority, where it certifies persons.
    fn authority(&self) -> Result<Option<Authority>, LetterError> {
        if !self.authority.is_founded() {
            return Ok(None);
        }
        let read = self.authority.read().map_err(|error| LetterError::Authority(error.to_string()))?;
        let certifies = read.person_authority.is_some();
        Ok(certifies.then(|| Authority { address: self.address.clone(), ..read }))
    }

    /// The certificates over a person's: the authority's.
    pub(super) fn above(&self) -> Result<Vec<Certificate>, LetterError> {
        let authority = self.authority()?.and_then(|authority| authority.person_authority);
        authority.map(|one| vec![one]).ok_or(LetterError::NotConfigured)
    }
}

/// How an account stands towards signing.
///
/// # Errors
/// [`LetterError`].
pub fn standing(table: &Table<'_>, holder: &Holder) -> Result<Activation, LetterError> {
    if !is_natural_person(holder) {
        return Ok(Activation::NotAPerson);
    }
    if table.sign_in.factors().is_none() || table.letters.authority()?.is_none() {
        return Ok(Activation::NotConfigured);
    }
    let store = &table.issuer.store;
    if second_factor::standing(store, table.sign_in, &holder.into())?.since.is_none() {
        return Ok(Activation::NoFactor);
    }
    let key = store.read(|conn| personal_keys::running(conn, holder.id()))?;
    let now = table.issuer.clock.now()?;
    Ok(match key.map(|key| certificate(&key)).transpose()? {
        Some(certificate) if certificate.is_valid_at(now) => Activation::Active { until: certificate.not_after() },
        _ => Activation::NoKey,
    })
}

/// Makes the key of a natural person and certifies it. One whose certificate ended is ended for it.
///
/// # Errors
/// [`LetterError`]; a key that was made by then stays in custody, and nobody refers to it.
pub fn activate(table: &Table<'_>, holder: &Holder, (password, code): (&Password, &str)) -> Result<(), LetterError> {
    let now = table.issuer.clock.now()?;
    match standing(table, holder)? {
        Activation::NotAPerson => return Err(LetterError::NotAPerson),
        Activation::NotConfigured => return Err(LetterError::NotConfigured),
        Activation::NoFactor => return Err(LetterError::NoFactor),
        Activation::Active { .. } => return Err(LetterError::KeyThere),
        Activation::NoKey => {}
    }
    let authority = table.letters.authority()?.ok_or(LetterError::NotConfigured)?;
    let (store, owner) = (&table.issuer.store, Owner::from(holder));
    let proof = second_factor::prove_by_app(store, table.sign_in, &owner, (Some(password), code), now)?;
    // only now: whoever cannot prove who they are makes no keys
    let keys = table.issuer.keys.as_ref();
    let made = keys.generate(&KeyOrder::sm2(Purpose::Person), now)?;
    let public = made.public_key.as_ref().ok_or_else(|| LetterError::Key("it has no public half".to_owned()))?;
    let certificate = authority.certify_person(keys, (holder.name(), holder.id()), public, now)?;
    let row = PersonalKey {
        id: random::id()?,
        holder_id: holder.id().to_owned(),
        key_reference: made.reference.to_string(),
        certificate: certificate.der().to_vec(),
        made_at: now.unix_milliseconds(),
        ended_at: None,
        destroyed_at: None,
    };
    let (by, detail) = (holder.actor(), json!({ "certificate": certificate.serial_hex() }));
    store.write(move |conn| {
        second_factor::take_proof(conn, &owner, &proof)?;
        personal_keys::end_of(conn, owner.id(), now.unix_milliseconds())?;
        personal_keys::insert(conn, &row).map_err(|error| match error {
            StoreError::Conflict { .. } => LetterError::KeyThere,
            other => other.into(),
        })?;
        Ok::<_, LetterError>(audit::record(conn, None, &by, "personal_key.made", &row.id, &detail, now)?)
    })?;
    table.sign_in.proof_succeeded(&holder.into());
    Ok(())
}

/// Destroys the keys that ended. Each is ended in the register before, so that nothing is signed with one whether or not
/// this has come to it. Their certificates are not revoked: no key is left to sign with, and what was signed stands. How many.
///
/// # Errors
/// [`LetterError`]; what was done by then stands.
pub fn end_keys(issuer: &Issuer) -> Result<usize, LetterError> {
    let ended = issuer.store.read(|conn| personal_keys::to_destroy(conn, AT_ONCE))?;
    for key in &ended {
        let now = issuer.clock.now()?;
        let reference: KeyReference =
            key.key_reference.parse().map_err(|_| LetterError::Key(key.key_reference.clone()))?;
        match issuer.keys.destroy(&reference) {
            Ok(()) | Err(KeyError::State { .. } | KeyError::Unknown(_)) => {}
            // a device that destroys none: then it signs no more all the same
            Err(KeyError::Unsupported { .. }) => match issuer.keys.set_state(&reference, KeyState::Suspended) {
                Ok(()) | Err(KeyError::Unsupported { .. }) => {}
                Err(error) => return Err(error.into()),
            },
            Err(error) => return Err(error.into()),
        }
        let by = Actor::new(ActorKind::System, "upkeep".to_owned(), "upkeep".to_owned());
        let id = key.id.clone();
        issuer.store.write(move |conn| {
            personal_keys::set_destroyed(conn, &id, now.unix_milliseconds())?;
            audit::record(conn, None, &by, "personal_key.destroyed", &id, &json!({}), now)
        })?;
    }
    Ok(ended.len())
}

pub(super) fn certificate(key: &PersonalKey) -> Result<Certificate, LetterError> {
    Certificate::from_der(&key.certificate).map_err(|error| LetterError::Authority(error.to_string()))
}

impl From<KeyError> for LetterError {
    fn from(error: KeyError) -> Self {
        Self::Key(error.to_string())
    }
}

impl From<AuthorityFault> for LetterError {
    fn from(fault: AuthorityFault) -> Self {
        match fault {
            AuthorityFault::NoPersonAuthority => Self::NotConfigured,
            other => Self::Authority(other.to_string()),
        }
    }
}
