//! Running numbers, taken from the register in small blocks.
//!
//! A number that was taken and not used comes back, and the next application
//! gets it. What a crash or an end leaves in memory is lost: a gap, never a
//! number twice.

use super::issuer::Issuer;
use crate::store::{StoreError, counter};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// How many are taken at once while there is little to do.
const BLOCK: u32 = 8;

/// The numbers in hand, by scope.
#[derive(Default)]
pub(super) struct Numbers(Mutex<BTreeMap<String, BTreeSet<i64>>>);

impl Numbers {
    /// `count` numbers of a scope, the smallest in hand first.
    ///
    /// # Errors
    /// What the store says; then nothing is taken.
    pub(super) fn take(&self, issuer: &Issuer, scope: &str, count: u32) -> Result<Vec<i64>, StoreError> {
        let mut taken = self.in_hand(scope, count);
        let missing = count.saturating_sub(u32::try_from(taken.len()).unwrap_or(u32::MAX));
        if missing == 0 {
            return Ok(taken);
        }
        let block = missing.max(BLOCK);
        let asked = scope.to_owned();
        // no lock is held while the register is asked
        let first = match issuer.write(move |conn| counter::take(conn, &asked, block)) {
            Ok(first) => first,
            Err(error) => {
                self.give_back(scope, &taken);
                return Err(error);
            }
        };
        taken.extend(first..first + i64::from(missing));
        let rest: Vec<i64> = (first + i64::from(missing)..first + i64::from(block)).collect();
        self.give_back(scope, &rest);
        Ok(taken)
    }

    /// Takes back what was not used.
    pub(super) fn give_back(&self, scope: &str, numbers: &[i64]) {
        if !numbers.is_empty() {
            self.lock().entry(scope.to_owned()).or_default().extend(numbers);
        }
    }

    fn in_hand(&self, scope: &str, count: u32) -> Vec<i64> {
        let mut all = self.lock();
        let Some(hand) = all.get_mut(scope) else { return Vec::new() };
        (0..count).map_while(|_| hand.pop_first()).collect()
    }

    /// No call panics under the lock: a poisoned map is whole.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, BTreeSet<i64>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
