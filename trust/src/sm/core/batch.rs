//! Many verifications at once: claims are grouped by key, each key's table is
//! found or made once, and with AVX-512-IFMA eight claims go in step.
//!
//! 1. Claims whose numbers are out of range fail at once.
//! 2. For each key: its table from the cache (`cache::KeyCache::table`).
//! 3. Each claim by its table (`verify::check`), or eight at a time
//!    (`lanes`); what the lanes cannot decide is decided by `verify::check`.

use super::{
    cache::{KeyCache, KeyOctets},
    point::Affine,
    tables::Table,
    verify::{self, KeyForm, Numbers},
};
use std::{collections::HashMap, sync::Arc};

/// One claim: this key signed this digest so.
#[derive(Clone, Copy)]
pub(crate) struct Claim<'a> {
    pub(crate) octets: &'a KeyOctets,
    pub(crate) point: &'a Affine,
    pub(crate) e: &'a [u8; 32],
    pub(crate) r: &'a [u8; 32],
    pub(crate) s: &'a [u8; 32],
}

/// A key of the batch.
pub(crate) struct Key<'a> {
    pub(crate) octets: &'a KeyOctets,
    pub(crate) point: &'a Affine,
    pub(crate) claims: u32,
    pub(crate) table: Option<Arc<Table>>,
}

/// For each claim, whether it holds.
pub(crate) fn verify(claims: &[Claim<'_>], cache: &KeyCache) -> Vec<bool> {
    let (mut keys, key_of) = group(claims);
    let numbers: Vec<Option<Numbers>> = claims.iter().map(|claim| Numbers::new(claim.e, claim.r, claim.s)).collect();
    #[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
    if claims.len() >= super::lanes::LANES && super::cpu::has_ifma() {
        return super::lanes::verify(&mut keys, &key_of, &numbers, cache);
    }
    for key in &mut keys {
        key.table = cache.table(key.octets, key.point, key.claims);
    }
    key_of.iter().zip(&numbers).map(|(&key, numbers)| one(&keys[key], numbers.as_ref())).collect()
}

/// One claim on its own.
pub(crate) fn one(key: &Key<'_>, numbers: Option<&Numbers>) -> bool {
    let form = key.table.as_deref().map_or(KeyForm::Point(key.point), KeyForm::Table);
    numbers.is_some_and(|numbers| verify::check(numbers, form))
}

/// The keys, and for each claim the index of its key.
fn group<'a>(claims: &[Claim<'a>]) -> (Vec<Key<'a>>, Vec<usize>) {
    let mut index = HashMap::with_capacity(claims.len());
    let mut keys: Vec<Key<'a>> = Vec::new();
    let key_of = claims
        .iter()
        .map(|claim| {
            let at = *index.entry(claim.octets).or_insert_with(|| {
                keys.push(Key { octets: claim.octets, point: claim.point, claims: 0, table: None });
                keys.len() - 1
            });
            keys[at].claims += 1;
            at
        })
        .collect();
    (keys, key_of)
}
