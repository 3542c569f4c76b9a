//! What the flows of an issuing installation share.

use super::{
    issue::{Gathering, IssueError, IssueSettings},
    numbers::Numbers,
    ocsp::OcspResponder,
    resolver::Platforms,
    seals::Seals,
    standing_signature::StandingSigner,
    time_stamps::{Obtained, TimeStamper},
    types::Types,
    verify::{FixedEvidence, Verifier},
    window::KeptEnds,
};
use crate::{
    clock::Clock,
    store::{Conn, Failure, Store},
};
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use yinxin_face::Fonts;
use yinxin_hsm::{KeyReference, KeyStore};
use yinxin_trust::{base::Moment, code::CodeKey, ofd::KnownParts, verify::Report};

/// The driver whose keys are used in this process.
pub(super) const IN_THIS_PROCESS: &str = "soft";

/// Register, keys, clock, and what is kept of them in memory. Safe to use from
/// several threads.
pub struct Issuer {
    /// The register.
    pub store: Arc<Store>,
    /// The keys in custody.
    pub keys: Arc<dyn KeyStore>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// How licences are issued.
    pub settings: IssueSettings,
    /// Checks what is about to be stamped, and what was.
    pub verifier: Verifier,
    pub(super) types: Types,
    pub(super) seals: Seals,
    pub(super) numbers: Numbers,
    pub(super) gathering: Gathering,
    /// Signs what is answered about licences; none where no key is configured.
    pub(super) status: Option<StandingSigner>,
    /// Our own time stamp authority.
    pub time_stamper: Option<Arc<TimeStamper>>,
    /// Answers about the certificates of our own authority.
    pub ocsp: Option<Arc<OcspResponder>>,
    /// Time stamps for what is issued.
    pub(super) time_stamps: Option<Obtained>,
    /// Signs receipts of verifications; none where no key is configured.
    pub(super) receipts: Option<KeyReference>,
    /// Who is asked about codes of other services, and who may ask about ours.
    pub(super) platforms: Platforms,
    /// What windows without a network are told of ends.
    pub(super) ends: KeptEnds,
    turn: Mutex<()>,
    in_hand: InHand,
    signing: Mutex<()>,
}

impl Issuer {
    /// Opens the issuer over a register that is there and up to date.
    pub fn new(
        store: Arc<Store>,
        keys: Arc<dyn KeyStore>,
        clock: Arc<dyn Clock>,
        verifier: Verifier,
        settings: IssueSettings,
        fonts: Arc<Fonts>,
    ) -> Self {
        Self {
            store,
            keys,
            clock,
            verifier,
            settings,
            types: Types::new(fonts),
            seals: Seals::default(),
            numbers: Numbers::default(),
            gathering: Gathering::default(),
            status: None,
            time_stamper: None,
            ocsp: None,
            time_stamps: None,
            receipts: None,
            platforms: Platforms::default(),
            ends: KeptEnds::default(),
            turn: Mutex::default(),
            in_hand: InHand::default(),
            signing: Mutex::default(),
        }
    }

    /// And asks these platforms about codes of theirs.
    #[must_use]
    pub fn with_platforms(self, platforms: Platforms) -> Self {
        Self { platforms, ..self }
    }

    /// And signs what it answers about licences with this key.
    #[must_use]
    pub fn with_status_key(self, key: KeyReference) -> Self {
        Self { status: Some(StandingSigner::new(key)), ..self }
    }

    /// The public half of the key that signs answers and offline codes; none where none is
    /// configured, or custody does not tell it now.
    pub(super) fn code_key(&self) -> Option<&CodeKey> {
        self.status.as_ref()?.code_key(self.keys.as_ref())
    }

    /// As [`Issuer::code_key`], for what is printed: a custody that does not tell it now is no
    /// reason to print without.
    ///
    /// # Errors
    /// What custody says.
    pub(super) fn print_key(&self) -> Result<Option<&CodeKey>, yinxin_hsm::KeyError> {
        self.status.as_ref().map_or(Ok(None), |status| status.told_key(self.keys.as_ref()))
    }

    /// And is a time stamp authority.
    #[must_use]
    pub fn with_time_stamper(self, authority: Arc<TimeStamper>) -> Self {
        Self { time_stamper: Some(authority), ..self }
    }

    /// And answers about certificates.
    #[must_use]
    pub fn with_ocsp(self, responder: Arc<OcspResponder>) -> Self {
        Self { ocsp: Some(responder), ..self }
    }

    /// And has what it stamps time-stamped.
    #[must_use]
    pub fn with_time_stamps(self, obtained: Obtained) -> Self {
        Self { time_stamps: Some(obtained), ..self }
    }

    /// Who gives time stamps for what is issued and kept.
    pub const fn obtained(&self) -> Option<&Obtained> {
        self.time_stamps.as_ref()
    }

    /// The fonts that pages are drawn with.
    pub fn fonts(&self) -> Arc<Fonts> {
        Arc::clone(self.types.fonts())
    }

    /// And signs receipts of verifications with this key.
    #[must_use]
    pub fn with_receipt_key(self, key: KeyReference) -> Self {
        Self { receipts: Some(key), ..self }
    }

    /// [`Store::write`], one batch of this process after the other: two that write the
    /// same tables at once make PostgreSQL begin one of them anew.
    pub(super) fn write<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        F: FnMut(&mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: Failure,
    {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.store.write(closure)
    }

    /// What was just decided, or took the place of a version, is told at once, not once what is kept of answers has grown old.
    pub(super) fn forget_answers(&self) {
        self.ends.forget();
        self.status.iter().for_each(StandingSigner::forget);
    }

    /// Holds intents in hand for as long as the value lives: recovery leaves them alone, since two that sign the
    /// same intent could not tell whether it was signed.
    pub(super) fn take_in_hand(&self, ids: Vec<String>) -> Holding<'_> {
        self.in_hand.locked().extend(ids.iter().cloned());
        Holding { of: &self.in_hand, ids }
    }

    /// A device's turn, one batch after the other: two that share it end together and then leave it idle
    /// together. None where keys are used in this process, whose processors share themselves out.
    pub(super) fn device_turn(&self) -> Option<MutexGuard<'_, ()>> {
        let apart = self.keys.driver() != IN_THIS_PROCESS;
        apart.then(|| self.signing.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether a request of this process has an intent in hand.
    pub(super) fn has_in_hand(&self, id: &str) -> bool {
        self.in_hand.locked().contains(id)
    }

    /// Verifies a document of our own as anybody would, as of now.
    ///
    /// # Errors
    /// [`IssueError::Unreadable`], [`IssueError::Clock`].
    pub fn verify_document(&self, octets: &[u8]) -> Result<Report, IssueError> {
        self.verify(octets, self.clock.now()?, &KnownParts::default())
    }

    /// The same, with what it was verified with.
    pub(super) fn verify_keeping(
        &self,
        octets: &[u8],
        at: Moment,
        known: &KnownParts,
    ) -> Result<(Report, Arc<FixedEvidence>), IssueError> {
        let verified = self.verifier.verify_own(&octets, at, known);
        verified.map_err(|cause| IssueError::Unreadable(cause.to_string()))
    }

    /// Verifies octets of our own as anybody would; parts that were met before are not
    /// digested again.
    pub(super) fn verify(&self, octets: &[u8], at: Moment, known: &KnownParts) -> Result<Report, IssueError> {
        let report = self.verifier.verify_knowing(&octets, Some(at), known);
        report.map_err(|cause| IssueError::Unreadable(cause.to_string()))
    }
}

/// Ids of intents that requests of this process are about to sign.
#[derive(Default)]
struct InHand(Mutex<HashSet<String>>);

impl InHand {
    /// Nothing panics under the lock: a poisoned one is whole.
    fn locked(&self) -> MutexGuard<'_, HashSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Intents in hand; see [`Issuer::take_in_hand`].
pub(super) struct Holding<'a> {
    of: &'a InHand,
    ids: Vec<String>,
}

impl Drop for Holding<'_> {
    fn drop(&mut self) {
        let mut all = self.of.locked();
        for id in &self.ids {
            all.remove(id);
        }
    }
}
