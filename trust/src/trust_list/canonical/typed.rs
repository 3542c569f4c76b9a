//! The canonical form of values that have a Rust type of their own.

use super::{Budget, Fault, read, read_any, write};
use serde::{Serialize, de::DeserializeOwned};

/// Why a type was not written or not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TypedFault {
    /// No canonical form.
    #[error(transparent)]
    Form(#[from] Fault),
    /// Canonical, but not these members: one too many, one missing, another kind of value.
    #[error("{0}")]
    Members(String),
}

/// The canonical form of a value; members that are absent must be left out, not null.
///
/// # Errors
/// [`TypedFault`].
pub fn to_octets<T: Serialize>(value: &T, budget: &Budget) -> Result<Vec<u8>, TypedFault> {
    let json = serde_json::to_vec(value).map_err(|error| TypedFault::Members(error.to_string()))?;
    Ok(write(&read_any(&json, budget)?, budget)?)
}

/// A value from octets that are its canonical form.
///
/// # Errors
/// [`TypedFault`].
pub fn from_octets<T: DeserializeOwned>(octets: &[u8], budget: &Budget) -> Result<T, TypedFault> {
    read(octets, budget)?;
    serde_json::from_slice(octets).map_err(|error| TypedFault::Members(error.to_string()))
}
