//! Verifying one document: the only place that calls the pure checker.

use super::{
    register::{self, Register},
    trust::ListInUse,
};
use crate::clock::{Clock, ClockError};
use std::sync::{Arc, PoisonError, RwLock};
use yinxin_trust::{
    anchor::{Anchors, RevocationLists},
    base::{Moment, Source, SourceError},
    licence::identifier::LicenceIdentifier,
    ofd::KnownParts,
    verify::{
        Bearer, Check, CheckError, CopyKind, Evidence, Policy, Report, Standing, check_certificate, check_knowing,
        licence_identifier, standing_by_identifier,
    },
    x509::Certificate,
};

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
    policy: Policy,
    clock: Arc<dyn Clock>,
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
}

impl Verifier {
    /// With these anchors and no other evidence, under this policy, by this clock.
    pub fn new(anchors: Anchors, policy: Policy, clock: Arc<dyn Clock>) -> Self {
        let configured = Arc::new(anchors.clone());
        let trusted = Arc::new(RwLock::new(Arc::new(Trusted { anchors, lists: Vec::new() })));
        Self { configured, trusted, revocation: Arc::default(), register: None, policy, clock }
    }

    /// And with these revocation lists.
    #[must_use]
    pub fn with_revocation(self, lists: RevocationLists) -> Self {
        let revocation = Revocation { all: lists.clone(), own: lists, fetched: RevocationLists::default() };
        Self { revocation: Arc::new(RwLock::new(revocation)), ..self }
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
        let anchors = Anchors::clone(&self.configured).with_lists(lists.iter().map(|used| &*used.list));
        let trusted = Arc::new(Trusted { anchors, lists });
        *self.trusted.write().unwrap_or_else(PoisonError::into_inner) = trusted;
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

    /// The trust lists in use.
    pub(super) fn lists_in_use(&self) -> Vec<ListInUse> {
        self.trusted().lists.clone()
    }

    /// How a licence stands whose document is not at hand, by the register that is asked about licences.
    pub(super) fn standing(&self, licence: &LicenceIdentifier, at: Moment) -> Standing {
        let answer = self.register.as_deref().map(|register| register::evidence(register, licence.as_str(), at));
        answer.map_or_else(Standing::unknown, |answer| standing_by_identifier(licence, &answer))
    }

    /// And with this register, which is asked about every licence.
    #[must_use]
    pub fn with_register(self, register: Arc<dyn Register>) -> Self {
        Self { register: Some(register), ..self }
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
        let at = match at {
            Some(at) => at,
            None => self.clock.now()?,
        };
        let standing = self.register.as_deref().and_then(|register| {
            let identifier = licence_identifier(document, &self.policy.limits)?;
            Some(register::evidence(register, identifier.as_str(), at))
        });
        let trusted = self.trusted();
        let evidence = Evidence { revocation: self.revocation(), standing };
        check_knowing(document, &trusted.anchors, &evidence, &self.policy, at, known).map_err(|e| match e {
            CheckError::NotADocument => VerifyError::NotADocument,
            CheckError::Copy(kind) => VerifyError::Copy(kind),
            CheckError::Source(e) => VerifyError::Unreadable(e),
        })
    }

    /// What a stamp of `at` would not pass by this certificate, before anything is signed with its key; none where
    /// it would pass. Trust lists are not asked: they vouch for others.
    pub fn check_certificate(&self, certificate: &Certificate, bearer: Bearer, at: Moment) -> Vec<Check> {
        let evidence = Evidence { revocation: self.revocation(), standing: None };
        check_certificate(certificate, bearer, &self.configured, &evidence, &self.policy, at)
    }

    fn revocation(&self) -> RevocationLists {
        self.revocation.read().unwrap_or_else(PoisonError::into_inner).all.clone()
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
