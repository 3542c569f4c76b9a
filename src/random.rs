//! The system's randomness: the one place of this package that asks for it.

/// The system gives no randomness.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the system gives no randomness: {0}")]
pub struct NoRandomness(String);

/// Octets that nobody can guess.
///
/// # Errors
/// [`NoRandomness`] when the system gives none.
pub fn octets<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut octets = [0; N];
    getrandom::fill(&mut octets).map_err(|cause| NoRandomness(cause.to_string()))?;
    Ok(octets)
}

/// A fresh id of a row: 128 random bits as 32 lower-case hexadecimal digits.
///
/// # Errors
/// [`NoRandomness`] when the system gives none.
pub fn id() -> Result<String, NoRandomness> {
    Ok(hex::encode(octets::<16>()?))
}
