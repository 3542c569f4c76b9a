//! Octets and the operator's signature over them: checking and making.
//!
//! The signature is SM2 with SM3 over the canonical octets under the default
//! distinguishing id, in DER, beside the list and not in it.

use super::{TrustList, TrustListDraft, TrustListError, TrustListLimits, canonical, read, write};
use crate::sm::{
    Signature, SignatureFormError,
    sm2::{self, PublicKey},
    sm3,
};

/// A list, the octets it was read from, and the signature of the pinned key over
/// them. There is no way to one without a signature that holds.
#[derive(Clone, Debug, PartialEq)]
pub struct SignedList {
    list: TrustList,
    octets: Vec<u8>,
    signature: Signature,
    key: PublicKey,
    sm3: sm3::Digest,
}

/// Why octets and signature are no signed list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignedListError {
    /// Larger than the budget; nothing was looked at.
    #[error("the list has more than {limit} octets")]
    TooLong {
        /// Octets.
        limit: usize,
    },
    /// No signature value in DER.
    #[error(transparent)]
    SignatureForm(#[from] SignatureFormError),
    /// Not of the pinned key over these octets: altered, or another operator's.
    #[error("the signature is not by the pinned key over this list")]
    WrongSignature,
    /// The operator signed what is no list.
    #[error("signed, but no list: {0}")]
    List(#[from] TrustListError),
}

/// Why no list is made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The draft has no list, or none within the limits.
    #[error(transparent)]
    List(#[from] TrustListError),
    /// The signature is not by this key over these octets.
    #[error("the signature is not by the operator's key over this list")]
    WrongSignature,
}

impl SignedList {
    /// Checks a list and its detached signature against the pinned key of its operator.
    /// The signature comes first: what it does not cover is not read.
    ///
    /// # Errors
    /// [`SignedListError`].
    pub fn verify(
        octets: &[u8],
        signature: &[u8],
        pinned: &PublicKey,
        limits: &TrustListLimits,
    ) -> Result<Self, SignedListError> {
        if octets.len() > limits.octets {
            return Err(SignedListError::TooLong { limit: limits.octets });
        }
        let signature = Signature::from_der(signature)?;
        if !pinned.verify(sm2::DEFAULT_ID, octets, &signature) {
            return Err(SignedListError::WrongSignature);
        }
        let list = read::list(octets, limits)?;
        Ok(Self { list, octets: octets.to_vec(), signature, key: pinned.clone(), sm3: sm3::digest(octets) })
    }

    /// What it says.
    pub const fn list(&self) -> &TrustList {
        &self.list
    }

    /// The canonical octets, as received.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// The signature in DER.
    pub fn signature(&self) -> Vec<u8> {
        self.signature.to_der()
    }

    /// The key that signed, which is the one that was pinned.
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// SM3 of the octets, by which reports name the list.
    pub const fn sm3(&self) -> &sm3::Digest {
        &self.sm3
    }
}

/// A list that lacks only its signature. Not `Clone`: it is embedded once.
#[derive(Debug)]
pub struct ListPlan {
    list: TrustList,
    octets: Vec<u8>,
}

impl ListPlan {
    /// Puts services and pointers into their order, writes the canonical octets and
    /// reads them back under every check of [`SignedList::verify`].
    ///
    /// # Errors
    /// [`PlanError::List`]; places are those of the ordered list.
    pub fn new(draft: &TrustListDraft, limits: &TrustListLimits) -> Result<Self, PlanError> {
        let written = canonical::write(&write::value(draft), &limits.budget());
        let octets = written.map_err(|fault| read::named(fault, limits))?;
        let list = read::list(&octets, limits)?;
        Ok(Self { list, octets })
    }

    /// The same from JSON that people or programs wrote: space, order of members and of
    /// arrays, and escapes are free, members and values are not.
    ///
    /// # Errors
    /// [`PlanError::List`]; places are those of the JSON.
    pub fn from_json(json: &[u8], limits: &TrustListLimits) -> Result<Self, PlanError> {
        let TrustList { operator, sequence, issued, next_update, services, pointers } = read::any(json, limits)?;
        Self::new(&TrustListDraft { operator, sequence, issued, next_update, services, pointers }, limits)
    }

    /// What the list will say.
    pub const fn list(&self) -> &TrustList {
        &self.list
    }

    /// The canonical octets.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.octets
    }

    /// What the operator's key signs: SM3(Z || octets) under the default id.
    pub fn digest(&self, operator: &PublicKey) -> sm3::Digest {
        // only an id of 8,192 octets and more has no Z
        operator.message_digest(sm2::DEFAULT_ID, &self.octets).unwrap_or_default()
    }

    /// The signed list, once the signature verifies.
    ///
    /// # Errors
    /// [`PlanError::WrongSignature`].
    pub fn embed(self, operator: &PublicKey, signature: &Signature) -> Result<SignedList, PlanError> {
        let Self { list, octets } = self;
        if !operator.verify(sm2::DEFAULT_ID, &octets, signature) {
            return Err(PlanError::WrongSignature);
        }
        let sm3 = sm3::digest(&octets);
        Ok(SignedList { list, octets, signature: *signature, key: operator.clone(), sm3 })
    }
}
