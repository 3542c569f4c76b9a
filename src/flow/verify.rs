//! Verifying one document: the only place that calls the pure checker.

use super::{
    ocsp::OcspClient,
    register::{self, ByCode, Register},
    trust::ListInUse,
};
use crate::clock::{Clock, ClockError};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use yinxin_trust::{
    anchor::{Anchors, RevocationLists},
    base::{Moment, Source, SourceError},
    code::ShortCode,
    evidence::{self, EvidenceSet, GatherFault, Piece},
    licence::identifier::LicenceIdentifier,
    ofd::KnownParts,
    receipt::sm3_of,
    sm::sm3,
    trust_list::Membership,
    verify::{
        Bearer, Check, CheckError, CopyKind, Evidence, Policy, RegisterAnswer, RenewalJudge, Report, SealAnswer,
        Standing, check_asking, check_certificate, check_knowing, licence_identifier, stamped_seals,
        standing_by_identifier,
    },
    x509::Certificate,
};

/// A responder is asked about documents that are judged as of now, or so many seconds before.
const ANSWERS_WITHIN_SECONDS: i64 = 60;

/// Everything a verification needs beside the document.
#[derive(Clone)]
pub struct Verifier {
    /// Those that are configured.
    configured: Arc<Anchors>,
    /// They and the lists in use. Shared by clones: lists are accepted while a service runs.
    trusted: Arc<RwLock<Arc<Trusted>>>,
    /// Shared by clones: lists grow old while a service runs.
    revocation: Arc<RwLock<Revocation>>,
    register: Option<Arc<dyn Register>>,
    /// Who is asked about single certificates.
    ocsp: Option<Arc<OcspClient>>,
    policy: Policy,
    clock: Arc<dyn Clock>,
    /// Shared by clones: what anchors and lists are as evidence, computed once.
    kept: Arc<Mutex<Option<Kept>>>,
}

/// What a verification was made of, but for the answer about one document.
#[derive(Debug, PartialEq, Eq)]
pub struct FixedEvidence {
    pieces: Vec<Piece>,
    manifest: Vec<u8>,
    manifest_sm3: sm3::Digest,
}

impl FixedEvidence {
    fn new(pieces: Vec<Piece>) -> Self {
        let manifest = super::evidence::manifest(&pieces);
        Self { pieces, manifest_sm3: sm3::digest(&manifest), manifest }
    }

    /// A line for each piece.
    pub(super) fn manifest(&self) -> &[u8] {
        &self.manifest
    }

    /// SM3 of the manifest.
    pub(super) const fn manifest_sm3(&self) -> &sm3::Digest {
        &self.manifest_sm3
    }

    /// The pieces, in their order.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }
}

/// Evidence, and what it is of.
struct Kept {
    trusted: Arc<Trusted>,
    revocation: RevocationLists,
    fixed: Arc<FixedEvidence>,
}

/// A report, and what it was made of.
struct Judged {
    report: Report,
    trusted: Arc<Trusted>,
    evidence: Evidence,
}

/// A verification that can be made again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// What it found.
    pub report: Report,
    /// SM3 of the document.
    pub document_sm3: sm3::Digest,
    /// What is the same for every document.
    pub fixed: Arc<FixedEvidence>,
    /// Everything it was made of beside the document.
    pub evidence: EvidenceSet,
}

/// Whom a verification trusts.
struct Trusted {
    anchors: Anchors,
    /// The trust lists among them.
    lists: Vec<ListInUse>,
}

/// Revocation lists by where they come from, and all of them.
#[derive(Clone, Default)]
struct Revocation {
    /// Configured ones, and those of our own authority.
    own: RevocationLists,
    /// Of other localities.
    fetched: RevocationLists,
    all: RevocationLists,
}

/// Why there is no report. A forged document has one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// By its first octets no OFD, seal or signature value.
    #[error("neither an OFD document nor a seal nor a signature value")]
    NotADocument,
    /// A picture or print of a document.
    #[error("a copy ({0}): scan the code on it, or verify the original OFD file")]
    Copy(CopyKind),
    /// The medium failed; says nothing about the document.
    #[error(transparent)]
    Unreadable(SourceError),
    /// The machine does not know the time.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// What it was made of cannot be kept; says nothing about the document.
    #[error(transparent)]
    Evidence(#[from] GatherFault),
}

impl Verifier {
    /// With these anchors and no other evidence, under this policy, by this clock.
    pub fn new(anchors: Anchors, policy: Policy, clock: Arc<dyn Clock>) -> Self {
        let configured = Arc::new(anchors.clone());
        let trusted = Arc::new(RwLock::new(Arc::new(Trusted { anchors, lists: Vec::new() })));
        let kept = Arc::default();
        Self { configured, trusted, revocation: Arc::default(), register: None, ocsp: None, policy, clock, kept }
    }

    /// By the same rules, but for whether a valid verdict needs a register's word about the seal.
    #[must_use]
    pub fn needing_seal_status(self, seal_status: bool) -> Self {
        if self.policy.seal_status == seal_status {
            return self;
        }
        // what was kept is of other rules
        Self { policy: Policy { seal_status, ..self.policy }, kept: Arc::default(), ..self }
    }

    /// And with these revocation lists.
    #[must_use]
    pub fn with_revocation(self, lists: RevocationLists) -> Self {
        let revocation = Revocation { all: lists.clone(), own: lists, fetched: RevocationLists::default() };
        Self { revocation: Arc::new(RwLock::new(revocation)), kept: Arc::default(), ..self }
    }

    /// Takes fresh lists, for this value and all its clones.
    pub fn replace_revocation(&self, lists: RevocationLists) {
        let mut revocation = self.revocation.write().unwrap_or_else(PoisonError::into_inner);
        revocation.all = lists.and(&revocation.fetched);
        revocation.own = lists;
    }

    /// Takes the revocation lists of other localities, for this value and all its clones.
    pub fn replace_fetched_revocation(&self, lists: RevocationLists) {
        let mut revocation = self.revocation.write().unwrap_or_else(PoisonError::into_inner);
        revocation.all = revocation.own.and(&lists);
        revocation.fetched = lists;
    }

    /// Takes the trust lists in use, for this value and all its clones.
    pub fn replace_lists(&self, lists: Vec<ListInUse>) {
        let own = lists.iter().filter(|used| used.member.is_none()).map(|used| &*used.list);
        let named = lists.iter().filter_map(|used| Some((&*used.list, Membership::clone(used.member.as_ref()?))));
        let anchors = Anchors::clone(&self.configured).with_lists(own).with_members(named);
        let trusted = Arc::new(Trusted { anchors, lists });
        *self.trusted.write().unwrap_or_else(PoisonError::into_inner) = trusted;
    }

    /// Does something by what is trusted and known here today, about time stamps over kept evidence.
    pub(super) fn judging<T>(&self, today: Moment, work: impl FnOnce(&RenewalJudge<'_>) -> T) -> T {
        let (trusted, revocation) = (self.trusted(), self.revocation());
        work(&RenewalJudge { anchors: &trusted.anchors, revocation: &revocation, policy: &self.policy, today })
    }

    fn trusted(&self) -> Arc<Trusted> {
        Arc::clone(&self.trusted.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The operators of lists in use whose next update is missed.
    ///
    /// # Errors
    /// [`ClockError`].
    pub fn overdue_lists(&self) -> Result<Vec<String>, ClockError> {
        let now = self.clock.now()?;
        let trusted = self.trusted();
        let overdue = trusted.lists.iter().filter(|used| used.list.list().is_outdated_at(now));
        Ok(overdue.map(|used| used.operator.name.clone()).collect())
    }

    /// The time by the clock of this verifier.
    ///
    /// # Errors
    /// [`ClockError`].
    pub fn now(&self) -> Result<Moment, ClockError> {
        self.clock.now()
    }

    /// The trust lists in use.
    pub fn lists_in_use(&self) -> Vec<ListInUse> {
        self.trusted().lists.clone()
    }

    /// How a licence stands whose document is not at hand, by the register that is asked about licences.
    pub(super) fn standing(&self, licence: &LicenceIdentifier, at: Moment) -> Standing {
        let answer = self.register.as_deref().map(|register| register::evidence(register, licence.as_str(), at));
        answer.map_or_else(Standing::unknown, |answer| standing_by_identifier(licence, &answer))
    }

    /// What the register of another locality says of a printed code; none where it cannot be asked, or
    /// says nothing that holds.
    pub(super) fn by_code(&self, operator: &str, code: &ShortCode) -> Option<ByCode> {
        let told = self.register.as_deref()?.by_code(operator, code);
        told.inspect_err(|fault| tracing::warn!(register = operator, %fault, "nothing by a printed code")).ok()
    }

    /// And with this register, which is asked about every licence.
    #[must_use]
    pub fn with_register(self, register: Arc<dyn Register>) -> Self {
        Self { register: Some(register), ..self }
    }

    /// And asks responders about single certificates of which nothing else is known.
    #[must_use]
    pub fn with_ocsp(self, client: Arc<OcspClient>) -> Self {
        Self { ocsp: Some(client), ..self }
    }

    /// How many anchors there are, those of lists in use too.
    pub fn anchors(&self) -> usize {
        self.trusted().anchors.len()
    }

    /// How many revocation lists there are.
    pub fn lists(&self) -> usize {
        self.revocation.read().unwrap_or_else(PoisonError::into_inner).all.len()
    }

    /// Checks one document as of `at`, or of now.
    ///
    /// # Errors
    /// [`VerifyError`] when nothing can be said about the document.
    pub fn verify(&self, document: &dyn Source, at: Option<Moment>) -> Result<Report, VerifyError> {
        self.verify_knowing(document, at, &KnownParts::default())
    }

    /// As [`Verifier::verify`], with parts that were met before; the report is the same.
    ///
    /// # Errors
    /// As [`Verifier::verify`].
    pub fn verify_knowing(
        &self,
        document: &dyn Source,
        at: Option<Moment>,
        known: &KnownParts,
    ) -> Result<Report, VerifyError> {
        Ok(self.judge(document, self.moment(at)?, known)?.report)
    }

    /// As [`Verifier::verify`], with everything that makes the same report again.
    ///
    /// # Errors
    /// As [`Verifier::verify`], and [`VerifyError::Evidence`].
    pub fn verify_keeping(&self, document: &dyn Source, at: Option<Moment>) -> Result<Verified, VerifyError> {
        let at = self.moment(at)?;
        let Judged { report, trusted, evidence } = self.judge(document, at, &KnownParts::default())?;
        let fixed = self.fixed(&trusted, &evidence.revocation)?;
        let document_sm3 = sm3_of(document).map_err(VerifyError::Unreadable)?;
        let Evidence { standing, seals, .. } = &evidence;
        let evidence = EvidenceSet::with_answers(&fixed.pieces, standing.as_ref(), seals, at)?;
        Ok(Verified { report, document_sm3, fixed, evidence })
    }

    /// As [`Verifier::verify_knowing`], with what the verification was made of; no register is asked.
    ///
    /// # Errors
    /// As [`Verifier::verify_keeping`].
    pub(super) fn verify_own(
        &self,
        document: &dyn Source,
        at: Moment,
        known: &KnownParts,
    ) -> Result<(Report, Arc<FixedEvidence>), VerifyError> {
        let (trusted, revocation) = (self.trusted(), self.revocation());
        let fixed = self.fixed(&trusted, &revocation)?;
        let evidence = Evidence { revocation, ..Evidence::default() };
        Ok((check_knowing(document, &trusted.anchors, &evidence, &self.policy, at, known)?, fixed))
    }

    /// By what is known, and by what responders say where something is missing.
    fn judge(&self, document: &dyn Source, at: Moment, known: &KnownParts) -> Result<Judged, VerifyError> {
        let trusted = self.trusted();
        let (standing, seals) = self.answers(document, at);
        let mut evidence = Evidence { revocation: self.revocation(), standing, seals };
        let (report, questions) = check_asking(document, &trusted.anchors, &evidence, &self.policy, at, known)?;
        let Some(client) = self.ocsp.as_ref().filter(|_| !questions.is_empty()) else {
            return Ok(Judged { report, trusted, evidence });
        };
        // an answer of now says nothing of another time
        let now = self.clock.now()?;
        if at.unix_seconds() < now.unix_seconds() - ANSWERS_WITHIN_SECONDS || !client.ask(&questions, now) {
            return Ok(Judged { report, trusted, evidence });
        }
        evidence.revocation = self.revocation();
        let report = check_knowing(document, &trusted.anchors, &evidence, &self.policy, at, known)?;
        Ok(Judged { report, trusted, evidence })
    }

    fn moment(&self, at: Option<Moment>) -> Result<Moment, ClockError> {
        at.map_or_else(|| self.clock.now(), Ok)
    }

    /// What the register says of the licence that a document claims to be, and of its seals.
    fn answers(&self, document: &dyn Source, at: Moment) -> (Option<RegisterAnswer>, Vec<SealAnswer>) {
        let Some(register) = self.register.as_deref() else { return (None, Vec::new()) };
        let identifier = licence_identifier(document, &self.policy.limits);
        let standing = identifier.as_ref().map(|asked| register::evidence(register, asked.as_str(), at));
        let seals = stamped_seals(document, &self.policy.limits).into_iter();
        (standing, seals.map(|seal| register::seal_evidence(register, seal, identifier.as_ref())).collect())
    }

    /// Anchors, lists and rules as evidence: computed again only where they are others.
    fn fixed(&self, trusted: &Arc<Trusted>, revocation: &RevocationLists) -> Result<Arc<FixedEvidence>, GatherFault> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = kept.as_ref()
            && Arc::ptr_eq(&kept.trusted, trusted)
            && kept.revocation.is_same(revocation)
        {
            return Ok(Arc::clone(&kept.fixed));
        }
        let pieces = evidence::fixed(&trusted.anchors, revocation, &self.policy)?;
        let fixed = Arc::new(FixedEvidence::new(pieces));
        let (trusted, revocation) = (Arc::clone(trusted), revocation.clone());
        *kept = Some(Kept { trusted, revocation, fixed: Arc::clone(&fixed) });
        Ok(fixed)
    }

    /// What a stamp of `at` would not pass by this certificate, before anything is signed with its key; none where
    /// it would pass. Trust lists are not asked: they vouch for others.
    pub fn check_certificate(&self, certificate: &Certificate, bearer: Bearer, at: Moment) -> Vec<Check> {
        let evidence = Evidence { revocation: self.revocation(), ..Evidence::default() };
        check_certificate(certificate, bearer, &self.configured, &evidence, &self.policy, at)
    }

    fn revocation(&self) -> RevocationLists {
        let lists = self.revocation.read().unwrap_or_else(PoisonError::into_inner).all.clone();
        match &self.ocsp {
            Some(client) => lists.and(&client.known()),
            None => lists,
        }
    }
}

impl From<CheckError> for VerifyError {
    fn from(error: CheckError) -> Self {
        match error {
            CheckError::NotADocument => Self::NotADocument,
            CheckError::Copy(kind) => Self::Copy(kind),
            CheckError::Source(error) => Self::Unreadable(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::register::*, *};
    use crate::clock::FixedClock;
    use std::sync::Mutex;
    use yinxin_trust::{
        base::Day,
        licence::{Expiry, state::State},
        verify::{CheckId, Outcome, Registered, StandingState, Verdict},
    };

    /// Answers always the same and remembers what it was asked.
    struct Known(Result<State, RegisterFault>, Mutex<Vec<String>>);

    impl Register for Known {
        fn standing(&self, identifier: &str, at: Moment) -> Result<Answer, RegisterFault> {
            self.1.lock().unwrap().push(identifier.to_owned());
            let state = self.0.clone()?;
            let parsed: yinxin_trust::licence::identifier::LicenceIdentifier = identifier.parse().unwrap();
            Ok(Answer::Known(Box::new(Registered {
                version: parsed.version(),
                identifier: parsed,
                state,
                since: Day::new(2026, 6, 1).unwrap(),
                until: Expiry::Never,
                document_sm3: None,
                as_of: at,
                source: "登记库".to_owned(),
                signed: None,
            })))
        }

        fn name(&self) -> &str {
            "登记库"
        }
    }

    fn verify(octets: &[u8], answer: Result<State, RegisterFault>) -> (Report, Vec<String>) {
        let bundle = include_bytes!("../../examples/anchors.pem");
        let register = Arc::new(Known(answer, Mutex::default()));
        let clock = Arc::new(FixedClock(Moment::parse("2026-11-21T00:00:00Z").unwrap()));
        let verifier = Verifier::new(Anchors::from_pem(bundle).unwrap(), Policy::default(), clock)
            .with_revocation(RevocationLists::beside_anchors(bundle).unwrap())
            .with_register(register.clone());
        let report = verifier.verify(&octets.to_vec(), None).unwrap();
        let asked = register.1.lock().unwrap().clone();
        (report, asked)
    }

    const LICENCE: &[u8] = include_bytes!("../../examples/licence-valid.ofd");

    #[test]
    fn licences_are_asked_about_and_other_documents_are_not() {
        let (report, asked) = verify(LICENCE, Ok(State::Suspended));
        assert_eq!((report.verdict, report.standing.state), (Verdict::Valid, StandingState::Suspended));
        assert_eq!(Some(&asked[0]), report.licence.unwrap().identifier.as_ref());
        let (report, asked) = verify(include_bytes!("../../examples/invoice-partly-covered.ofd"), Ok(State::InForce));
        assert_eq!((report.standing.state, asked.len()), (StandingState::Unknown, 0));
    }

    #[test]
    fn a_fault_of_the_register_is_no_fault_of_the_licence() {
        for (fault, code) in [
            (RegisterFault::Unreachable("no route".into()), "register_unreachable"),
            (RegisterFault::Malformed("no JSON".into()), "register_unreachable"),
            (RegisterFault::NotCompetent, "register_not_competent"),
        ] {
            let (report, _) = verify(LICENCE, Err(fault));
            assert_eq!((report.verdict, report.standing.state), (Verdict::Valid, StandingState::Unknown));
            let check = report.checks.iter().find(|check| check.id == CheckId::LicenceRegistered).unwrap();
            assert_eq!((check.outcome, check.code.as_str()), (Outcome::Skipped, code));
        }
    }
}
