//! Lists while a service runs: those in use come into the verifier, new ones are looked
//! for. Nothing is accepted here.

use super::{ForeignRegisters, Offered, TrustError, candidates, in_use, operators, revocation};
use crate::{
    clock::Clock,
    flow::{
        access::{Actor, ActorKind},
        kind::HasKind as _,
        verify::Verifier,
    },
    store::{Store, trust},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use yinxin_trust::{base::Moment, sm::sm3, trust_list::AcceptancePolicy};

/// How long answers are kept: as long as a locality may let one stand in.
const KEPT_MILLISECONDS: i64 = 366 * 86_400_000;

/// Verifier and foreign registers of a service, and the register their lists come from.
pub struct Upkeep {
    store: Arc<Store>,
    clock: Arc<dyn Clock>,
    verifier: Verifier,
    registers: Arc<ForeignRegisters>,
    policy: AcceptancePolicy,
    /// Ids of the lists that the verifier has.
    seen: Mutex<Option<Vec<String>>>,
    /// What was judged last of each operator, list and signature.
    told: Mutex<HashMap<String, sm3::Digest>>,
}

impl Upkeep {
    /// For a verifier, whose clones share what changes, and the registers it asks.
    pub fn new(
        store: Arc<Store>,
        clock: Arc<dyn Clock>,
        (verifier, registers): (Verifier, Arc<ForeignRegisters>),
        policy: AcceptancePolicy,
    ) -> Self {
        let (seen, told) = (Mutex::default(), Mutex::default());
        Self { store, clock, verifier, registers, policy, seen, told }
    }

    /// Brings the lists in use into the verifier where they are others than before;
    /// whether they were.
    ///
    /// # Errors
    /// [`TrustError`]; then those before stay.
    pub fn look(&self) -> Result<bool, TrustError> {
        let ids = self.store.read(trust::accepted_ids)?;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.as_ref() == Some(&ids) {
            return Ok(false);
        }
        let lists = in_use(&self.store)?;
        self.verifier.replace_fetched_revocation(revocation::kept(&self.store)?);
        self.registers.replace(&lists);
        tracing::info!(lists = lists.len(), "trust lists are in use");
        self.verifier.replace_lists(lists);
        *seen = Some(ids);
        Ok(true)
    }

    /// Asks every operator with an address for its list and its revocation lists, and
    /// clears answers that are too old to be used.
    pub fn refresh(&self) {
        let now = match self.clock.now() {
            Ok(now) => now,
            Err(error) => return tracing::error!(%error, "trust lists were not looked for"),
        };
        match operators::list(&self.store) {
            Ok(all) => all.iter().for_each(|one| self.refresh_one(one, now)),
            Err(error) => tracing::warn!(code = error.code(), "trust lists were not looked for"),
        }
        match revocation::kept(&self.store) {
            Ok(kept) => self.verifier.replace_fetched_revocation(kept),
            Err(error) => tracing::warn!(code = error.code(), "revocation lists could not be read"),
        }
        // for a while it can be said that there was an answer, and from when
        let before = now.unix_milliseconds() - KEPT_MILLISECONDS;
        if let Err(error) = self.store.write(move |conn| trust::delete_standings_before(conn, before)) {
            tracing::warn!(%error, "old answers of other registers were not cleared");
        }
    }

    fn refresh_one(&self, operator: &trust::TrustOperator, now: Moment) {
        let name = &operator.name;
        if let Err(error) = revocation::fetch_revocation(&self.store, operator, now) {
            tracing::warn!(operator = name, code = error.code(), %error, "no revocation lists were taken in");
        }
        let published = match operator.list_address.as_deref().map(candidates::fetch) {
            None => return,
            Some(Ok(published)) => published,
            Some(Err(error)) => {
                return tracing::warn!(operator = name, code = error.code(), %error, "no trust list came");
            }
        };
        // exactly these octets were judged before: a refusal of the same stands in the audit once
        let digest = sm3::digest(&[&published.octets[..], &published.signature].concat());
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.get(&operator.id) == Some(&digest) {
            return;
        }
        let offered = candidates::offer(&self.store, operator, &published, &actor(), &self.policy, now);
        if !matches!(offered, Err(TrustError::Store(_) | TrustError::Changed | TrustError::Randomness(_))) {
            told.insert(operator.id.clone(), digest);
        }
        match offered {
            Ok(Offered::Proposed { list, diff, waited: false }) => {
                let (sequence, changes) = (list.list().sequence(), diff.changes.len());
                tracing::info!(operator = name, sequence, changes, "a trust list waits for two people");
            }
            Ok(Offered::Followed { list, diff }) => {
                let (sequence, changes) = (list.list().sequence(), diff.changes.len());
                tracing::info!(operator = name, sequence, changes, "a trust list that another one names was taken");
            }
            Ok(Offered::InUse(Some(due))) => {
                tracing::warn!(operator = name, %due, "the next update of a trust list is missed");
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(operator = name, code = error.word().unwrap_or(error.code()), %error, "no trust list was taken in")
            }
        }
    }
}

/// Who looks for lists by themselves.
fn actor() -> Actor {
    Actor::new(ActorKind::System, "trust".to_owned(), "upkeep".to_owned())
}
