//! What reading a trust list may cost.

use super::canonical::Budget;

/// Budgets of one list. Going over any of them refuses it by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustListLimits {
    /// Octets of the list.
    pub octets: usize,
    /// Services, and entries of any other array in it.
    pub services: usize,
    /// JSON values altogether.
    pub values: usize,
    /// Offences that are told before reading ends.
    pub offences: usize,
}

impl Default for TrustListLimits {
    /// 32 MiB: some twenty thousand services with a certificate each.
    fn default() -> Self {
        Self { octets: 32 << 20, services: 20_000, values: 1_000_000, offences: 50 }
    }
}

impl TrustListLimits {
    /// Arrays and objects within one another: list, services, service, scope, bodies,
    /// and some to spare for offences that name their place.
    const DEPTH: usize = 8;

    pub(super) const fn budget(&self) -> Budget {
        Budget { octets: self.octets, depth: Self::DEPTH, values: self.values, items: self.services }
    }
}
