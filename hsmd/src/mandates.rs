//! Mandates that were presented, and what was stamped under them.
//!
//! Mandates are presented again after a restart; what was stamped under them is read from the
//! audit, whose records of stamps under a mandate reach the disk before the stamp leaves.

use crate::policy::{Policy, SoleControl};
use core::time::Duration;
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};
use yinxin_hsm::mandate::{KeeperFault, Mandate, MandateFault, NotCovered, Proof, RelyingParty, Scope, Stamping};
use yinxin_trust::{base::Moment, sm::sm3};

/// Most mandates that are known at once; expired ones make room.
const MOST: usize = 4096;

/// What a standing mandate's rate is counted over, milliseconds.
const MINUTE: i64 = 60_000;

/// Why a mandate is not accepted, or a stamp not made under one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unmandated {
    /// Not a mandate.
    #[error(transparent)]
    Form(#[from] MandateFault),
    /// No keeper of the seal signed it; what the last one's key said.
    #[error("no keeper of the seal signed the mandate: {0}")]
    Keeper(#[from] KeeperFault),
    /// The key is under nobody's sole control, or under that of another seal.
    #[error("the mandate's key is not under sole control with the mandate's seal")]
    NotControlled,
    /// It is over already.
    #[error("the mandate is over")]
    Over,
    /// As many mandates are known as may be.
    #[error("too many mandates are known")]
    Full,
    /// A key under sole control was asked without a mandate.
    #[error("the key is under sole control, and no mandate was named")]
    None,
    /// No such mandate was presented since the daemon started.
    #[error("the mandate is not known here; present it again")]
    NotKnown,
    /// The mandate does not cover it.
    #[error(transparent)]
    NotCovered(#[from] NotCovered),
    /// As many documents were stamped as it is for.
    #[error("the mandate is used up")]
    UsedUp,
    /// More in a minute than it is for.
    #[error("more stamps in a minute than the mandate is for")]
    Rate,
}

impl Unmandated {
    /// When it is worth while to ask again.
    pub const fn retry_after(self) -> Duration {
        match self {
            Self::Rate => Duration::from_secs(1),
            _ => Duration::ZERO,
        }
    }
}

/// The mandates; see the [module](self). Safe to use from several threads.
#[derive(Debug)]
pub struct Mandates {
    site: Option<RelyingParty>,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    known: BTreeMap<sm3::Digest, Mandate>,
    used: BTreeMap<sm3::Digest, Used>,
}

#[derive(Debug, Default)]
struct Used {
    documents: BTreeSet<sm3::Digest>,
    /// Instants of the last minute's stamps.
    minute: VecDeque<Moment>,
}

impl Used {
    fn stamp(&mut self, document: &sm3::Digest, at: Moment) {
        self.documents.insert(*document);
        self.forget(at);
        self.minute.push_back(at);
    }

    fn forget(&mut self, at: Moment) {
        let old = |then: &Moment| at.unix_milliseconds() - then.unix_milliseconds() >= MINUTE;
        while self.minute.front().is_some_and(old) {
            self.minute.pop_front();
        }
    }
}

impl Mandates {
    /// None yet; authenticators answer for `site`.
    pub fn new(site: Option<RelyingParty>) -> Self {
        Self { site, inner: Mutex::default() }
    }

    /// Counts a stamp that stands in the audit, when the daemon starts.
    pub fn count(&self, mandate: &sm3::Digest, document: &sm3::Digest, at: Moment) {
        self.locked().used.entry(*mandate).or_default().stamp(document, at);
    }

    /// Verifies a mandate and keeps it; its name. One that is known already is known.
    ///
    /// # Errors
    /// [`Unmandated`].
    pub fn accept(
        &self,
        octets: &[u8],
        proof: &[u8],
        policy: &Policy,
        at: Moment,
    ) -> Result<(sm3::Digest, Mandate), Unmandated> {
        let mandate = Mandate::parse(octets)?;
        let control = policy.sole_control(&mandate.key).filter(|control| control.seal == mandate.seal);
        let control = control.ok_or(Unmandated::NotControlled)?;
        if mandate.until < at {
            return Err(Unmandated::Over);
        }
        let (name, proof) = (Mandate::name(octets), Proof::parse(proof)?);
        let mut verified = Err(KeeperFault::Signature);
        for keeper in &control.keepers {
            verified = proof.verify(keeper, &name, self.site.as_ref());
            if verified.is_ok() {
                break;
            }
        }
        verified?;
        let mut inner = self.locked();
        if inner.known.len() >= MOST {
            inner.known.retain(|_, known| known.until >= at);
        }
        if inner.known.len() >= MOST {
            return Err(Unmandated::Full);
        }
        inner.known.insert(name, mandate.clone());
        Ok((name, mandate))
    }

    /// Whether a stamp may be made under a mandate; if so it counts as made. A document that was
    /// stamped under it already counts no second time: its answer may have been lost.
    ///
    /// # Errors
    /// [`Unmandated`].
    pub fn admit(&self, name: &sm3::Digest, control: &SoleControl, stamping: &Stamping<'_>) -> Result<(), Unmandated> {
        let inner = &mut *self.locked();
        let mandate = inner.known.get(name).ok_or(Unmandated::NotKnown)?;
        if mandate.seal != control.seal {
            return Err(Unmandated::NotControlled);
        }
        mandate.covers(stamping)?;
        let used = inner.used.entry(*name).or_default();
        used.forget(stamping.at);
        let most = usize::try_from(mandate.most).unwrap_or(usize::MAX);
        if !used.documents.contains(stamping.document) && used.documents.len() >= most {
            return Err(Unmandated::UsedUp);
        }
        if let Scope::Standing(standing) = &mandate.scope
            && used.minute.len() >= usize::try_from(standing.most_a_minute).unwrap_or(usize::MAX)
        {
            return Err(Unmandated::Rate);
        }
        used.stamp(stamping.document, stamping.at);
        Ok(())
    }

    fn locked(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
