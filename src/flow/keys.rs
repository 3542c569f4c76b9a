//! Keys in custody, as an operator makes, takes over, suspends, destroys and backs them up. What is done
//! is written in the register's audit where there is a register.

use super::{
    access::{Permit, may},
    audit,
    issue::seconds_until,
    kind::{HasKind, Kind},
};
use crate::store::{Store, StoreError};
use serde_json::{Value, json};
use yinxin_hsm::{
    ErrorClass, KeyDescription, KeyError, KeyOrder, KeyReference, KeyState, KeyStore, SignRequest, ToSign,
    passphrase::{PassphraseError, Source},
    soft::{Backup, SoftError},
    split::{Share, Split, SplitFault},
};
use yinxin_trust::{
    base::Moment,
    suite::PublicKey,
    x509::{
        CertificationRequest,
        make::{RequestPlan, RequestPlanFault, SubjectName},
    },
};

/// Why nothing was done with a key.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum KeysError {
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Passphrase(#[from] PassphraseError),
    #[error(transparent)]
    Split(#[from] SplitFault),
    #[error(transparent)]
    Request(#[from] RequestPlanFault),
    #[error("{done}, but the register's audit did not take it down: {cause}")]
    Store { done: String, cause: StoreError },
}

/// The custody, and where what is done with it is written down.
pub struct Keys<'a> {
    keys: &'a dyn KeyStore,
    register: Option<&'a Store>,
    permit: Permit<may::ManageKeys>,
}

impl<'a> Keys<'a> {
    /// Over an open custody.
    pub fn new(keys: &'a dyn KeyStore, register: Option<&'a Store>, permit: Permit<may::ManageKeys>) -> Self {
        Self { keys, register, permit }
    }

    /// Makes a key.
    ///
    /// # Errors
    /// [`KeysError`].
    pub fn generate(&self, order: &KeyOrder, at: Moment) -> Result<KeyDescription, KeysError> {
        let key = self.keys.generate(order, at)?;
        self.record("key.made", &key.reference, &facts(&key), at)?;
        Ok(key)
    }

    /// Takes over a key that was made with the device's own tool.
    ///
    /// # Errors
    /// [`KeysError`].
    pub fn adopt(&self, order: &KeyOrder, at: Moment) -> Result<KeyDescription, KeysError> {
        let key = self.keys.adopt(order, at)?;
        self.record("key.taken_over", &key.reference, &facts(&key), at)?;
        Ok(key)
    }

    /// All keys that are not destroyed.
    ///
    /// # Errors
    /// [`KeysError`].
    pub fn list(&self) -> Result<Vec<KeyDescription>, KeysError> {
        Ok(self.keys.list()?)
    }

    /// One key.
    ///
    /// # Errors
    /// [`KeysError`].
    pub fn describe(&self, key: &KeyReference) -> Result<KeyDescription, KeysError> {
        Ok(self.keys.describe(key)?)
    }

    /// Asks an authority to certify a key: a request that the key itself signs, once (RFC 2986).
    ///
    /// # Errors
    /// [`KeysError`].
    pub fn request(
        &self,
        key: &KeyReference,
        subject: &SubjectName,
        at: Moment,
    ) -> Result<CertificationRequest, KeysError> {
        let described = self.keys.describe(key)?;
        let plan = RequestPlan::new(subject, described.public_key.as_ref().ok_or(RequestPlanFault::Key)?)?;
        let asked = SignRequest::new(described.purpose, ToSign::Message(plan.to_be_signed()), at);
        let signature = self.keys.sign(key, &asked)?;
        let request = plan.embed(signature)?;
        self.record("key.requested", key, &json!({ "subject": request.subject() }), at)?;
        Ok(request)
    }

    /// Takes a key out of service, or back into it.
    ///
    /// # Errors
    /// [`KeysError`].
    pub fn set_state(&self, key: &KeyReference, state: KeyState, at: Moment) -> Result<(), KeysError> {
        self.keys.set_state(key, state)?;
        let action = if state == KeyState::Active { "key.resumed" } else { "key.suspended" };
        self.record(action, key, &json!({}), at)
    }

    /// Destroys a key for good.
    ///
    /// # Errors
    /// [`KeysError`].
    pub fn destroy(&self, key: &KeyReference, at: Moment) -> Result<(), KeysError> {
        // known afterwards only from here
        let facts = facts(&self.keys.describe(key)?);
        self.keys.destroy(key)?;
        self.record("key.destroyed", key, &facts, at)
    }

    /// Seals all keys under a secret that is split among people.
    ///
    /// # Errors
    /// [`KeysError`].
    pub fn backup(&self, passphrase: &Source, split: Split, at: Moment) -> Result<Backup, KeysError> {
        let backup = self.keys.backup(&passphrase.read()?, split, at)?;
        let keys: Vec<_> = backup.keys.iter().map(KeyReference::to_string).collect();
        let set = backup.shares.first().map(Share::set).unwrap_or_default();
        self.record_about("key.backed_up", &set, &json!({ "keys": keys, "shares": split.shares() }), at)?;
        Ok(backup)
    }

    /// Puts the keys of a backup into the custody.
    ///
    /// # Errors
    /// [`KeysError`].
    pub fn restore(&self, backup: &[u8], shares: &[Share], at: Moment) -> Result<Vec<KeyDescription>, KeysError> {
        let restored = self.keys.restore(backup, shares)?;
        let keys: Vec<_> = restored.iter().map(|key| key.reference.to_string()).collect();
        let set = shares.first().map(Share::set).unwrap_or_default();
        self.record_about("key.restored", &set, &json!({ "keys": keys }), at)?;
        Ok(restored)
    }

    fn record(&self, action: &'static str, key: &KeyReference, detail: &Value, at: Moment) -> Result<(), KeysError> {
        self.record_about(action, &key.to_string(), detail, at)
    }

    fn record_about(&self, action: &'static str, subject: &str, detail: &Value, at: Moment) -> Result<(), KeysError> {
        let Some(register) = self.register else { return Ok(()) };
        let (actor, subject, detail) = (self.permit.actor().clone(), subject.to_owned(), detail.clone());
        let done = format!("{action} {subject}");
        let written = register.write(move |conn| audit::record(conn, None, &actor, action, &subject, &detail, at));
        written.map_err(|cause| KeysError::Store { done, cause })
    }
}

/// A public key in hexadecimal: a point as 04 || x || y, RSAPublicKey in DER, or 32 octets.
pub fn public_hex(key: &PublicKey) -> String {
    match key {
        PublicKey::Sm2(key) => hex::encode(key.to_sec1()),
        PublicKey::P256(octets) | PublicKey::Rsa(octets) | PublicKey::Ed25519(octets) => hex::encode(octets),
    }
}

/// What is public about a key, for the audit.
fn facts(key: &KeyDescription) -> Value {
    json!({
        "algorithm": key.algorithm.to_string(),
        "purpose": key.purpose.word(),
        "most_uses": key.limits.most_uses,
        "not_after": key.limits.not_after,
    })
}

impl HasKind for KeysError {
    fn kind(&self) -> Kind {
        match self {
            Self::Key(KeyError::Soft(SoftError::Backup(_))) => Kind::Refused,
            Self::Key(error) => match error.class() {
                ErrorClass::Refused => Kind::Refused,
                ErrorClass::Busy => Kind::Busy,
                ErrorClass::Unknown | ErrorClass::Lost | ErrorClass::Broken => Kind::Unavailable,
            },
            Self::Passphrase(_) => Kind::Unavailable,
            Self::Split(_) | Self::Request(RequestPlanFault::Key) => Kind::Refused,
            // the custody gave another signature than was asked for
            Self::Request(_) => Kind::Broken,
            Self::Store { cause, .. } => cause.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Key(_) | Self::Passphrase(_) | Self::Split(_) | Self::Request(_) => "key_unavailable",
            Self::Store { cause, .. } => cause.code(),
        }
    }

    fn retry_after_seconds(&self) -> Option<u32> {
        match self {
            Self::Key(error) => seconds_until(error),
            _ => None,
        }
    }
}
