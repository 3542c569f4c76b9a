//! The one place that asks the system for randomness.

use crate::fault::{Fault, fault};
use yinxin_sdf_abi::codes::Code;
use zeroize::Zeroizing;

/// `N` fresh octets, wiped on drop.
pub(crate) fn octets<const N: usize>() -> Result<Zeroizing<[u8; N]>, Fault> {
    let mut out = Zeroizing::new([0; N]);
    fill(out.as_mut_slice())?;
    Ok(out)
}

/// Fills `out` with fresh octets.
pub(crate) fn fill(out: &mut [u8]) -> Result<(), Fault> {
    getrandom::fill(out).map_err(|_| fault(Code::RANDERR, "the system gives no randomness"))
}
