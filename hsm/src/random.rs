//! The one place that asks the system for randomness.

use crate::KeyError;
use zeroize::Zeroizing;

/// `N` fresh octets of the system's generator, wiped on drop.
///
/// # Errors
/// [`KeyError::Randomness`].
pub(crate) fn octets<const N: usize>() -> Result<Zeroizing<[u8; N]>, KeyError> {
    let mut out = Zeroizing::new([0; N]);
    getrandom::fill(out.as_mut_slice()).map_err(|cause| KeyError::Randomness(cause.to_string()))?;
    Ok(out)
}

/// The system's generator as ring takes it.
pub(crate) fn for_ring() -> impl ring::rand::SecureRandom {
    ring::rand::SystemRandom::new()
}

/// A generator for crates that want one, seeded by the system's: ChaCha, 12 rounds.
///
/// # Errors
/// [`KeyError::Randomness`].
pub(crate) fn generator() -> Result<impl rand::CryptoRng, KeyError> {
    let seed = octets::<32>()?;
    Ok(<rand::rngs::StdRng as rand::SeedableRng>::from_seed(*seed))
}
