//! From document, anchors, evidence and time to a report.

use super::{
    AlgorithmFacts, Check, CheckId, DisclosureFacts, DocumentFacts, DocumentKind, Evidence, Existed, KeptFacts,
    LicenceFacts, REPORT_VERSION, RenewalFault, Report, SignatureKind, SignatureReport, TrustFacts, TrustMode, Verdict,
    Warning, copy,
    digests::Digests,
    findings::Findings,
    licence,
    recognise::{Recognised, recognise},
    renewal, seal, sign, signature, stamp, time, verdict, vouching,
};
use crate::{
    algorithms::AlgorithmPolicy,
    anchor::Anchors,
    base::{Day, Limits, Moment, Sentence, Source, SourceError},
    licence::identifier::LicenceIdentifier,
    ofd::KnownParts,
    seal::Seal,
    sm::sm3,
    trust_list::{MissedUpdate, Stated},
    x509::Certificate,
};
use std::cell::{Cell, RefCell};

/// What a verdict needs and how strictly encodings are read.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// Refuse the departures from DER that genuine files show, instead of warning.
    pub strict_encoding: bool,
    /// Ask for proof of the signing time (profile `strict-time`).
    pub strict_time: bool,
    /// How many keys with a path to an anchor keep a large table of their own
    /// for as long as the process lives: a service that sees its signers again
    /// and again says some dozens (150 KB each), a single verification none.
    pub lasting_keys: u64,
    /// How long after its nextUpdate a revocation list still counts, with a
    /// warning: what happened since is not in it.
    pub crl_grace_seconds: u64,
    /// What is done about a trust list whose next update is missed: it vouches with a
    /// warning unless it is refused.
    pub outdated_lists: MissedUpdate,
    /// Whether a service that a trust list withdrew still counts for a signing time
    /// before that which is only claimed, with a warning. Without it a time stamp has to
    /// prove that time: whoever is not trusted any more could write any.
    pub claimed_time_before_withdrawal: bool,
    /// Whether a valid verdict needs a register's word that the seal was in use.
    pub seal_status: bool,
    /// Which algorithms count, for what and when.
    pub algorithms: AlgorithmPolicy,
    /// Budgets for hostile input.
    pub limits: Limits,
}

/// Why there is no report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// By its first octets neither a ZIP nor a seal nor a signature value.
    #[error("neither an OFD document nor a seal nor a signature value")]
    NotADocument,
    /// A picture or print of a document: it carries no stamp that could be
    /// checked; the code on it leads to what can.
    #[error("a copy ({0}), not the document: check the code on it")]
    Copy(CopyKind),
    /// The medium failed.
    #[error(transparent)]
    Source(#[from] SourceError),
}

/// Forms in which documents are copied for the eye.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum CopyKind {
    Pdf,
    Png,
    Jpeg,
}

impl core::fmt::Display for CopyKind {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Pdf => "PDF",
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
        })
    }
}

/// What every check may look at.
pub(super) struct Context<'a> {
    pub(super) anchors: &'a Anchors,
    pub(super) evidence: &'a Evidence,
    pub(super) policy: &'a Policy,
    pub(super) at: Moment,
    /// Parts of packages that need not be inflated and digested again.
    pub(super) known: Option<&'a KnownParts>,
    /// Where kept evidence is judged later than the moment it speaks for.
    kept: Option<&'a Kept>,
    path_budget: Cell<usize>,
    revocation_as_of: Cell<Option<Moment>>,
    log_required: Cell<bool>,
    questions: RefCell<Vec<StatusQuestion>>,
    /// Of the signature that is looked at.
    digests: RefCell<Digests>,
}

/// How kept evidence is judged later than the moment it speaks for: by the algorithms and certificates that count by
/// then, unless it is proven when everything was there.
#[derive(Debug)]
pub struct Kept {
    /// The instant of the judgement.
    pub today: Moment,
    /// What the time stamps over the evidence prove ([`existed`](super::existed)).
    pub renewed: Result<Option<Existed>, RenewalFault>,
}

impl Kept {
    /// The check `evidence.renewal`, as in reports.
    pub fn check(&self) -> Check {
        renewal::check(self.renewed.as_ref().map(Option::as_ref))
    }

    /// Not later than this document and evidence were there.
    pub fn existed_by(&self) -> Option<Moment> {
        self.renewed.as_ref().ok()?.as_ref().map(|existed| existed.by)
    }
}

/// A certificate whose revocation could not be looked up, and its issuer: what a responder may be asked.
#[derive(Clone, Debug, PartialEq)]
pub struct StatusQuestion {
    /// About this one.
    pub certificate: Certificate,
    /// Issued by this one.
    pub issuer: Certificate,
}

/// Questions of one document at most.
const MOST_QUESTIONS: usize = 8;

impl<'a> Context<'a> {
    pub(super) fn new(
        anchors: &'a Anchors,
        evidence: &'a Evidence,
        policy: &'a Policy,
        at: Moment,
        known: Option<&'a KnownParts>,
    ) -> Self {
        let (path_budget, revocation_as_of) = (Cell::new(0), Cell::new(None));
        let (log_required, questions, digests) = (Cell::new(false), RefCell::default(), RefCell::default());
        Self {
            anchors,
            evidence,
            policy,
            at,
            known,
            kept: None,
            path_budget,
            revocation_as_of,
            log_required,
            questions,
            digests,
        }
    }

    /// When the judgement is made, by which it is told what has ended.
    pub(super) fn today(&self) -> Moment {
        self.kept.map_or(self.at, |kept| kept.today)
    }

    /// Not later than this document and evidence were there, by time stamps over both.
    pub(super) fn existed_by(&self) -> Option<Moment> {
        self.kept.and_then(Kept::existed_by)
    }

    /// The earlier of what a time stamp within the document proves, and of what those over it prove.
    pub(super) fn proven(&self, within: Option<Moment>) -> Option<Moment> {
        within.into_iter().chain(self.existed_by()).min()
    }

    /// Where a time stamp within kept evidence is judged later: up to when the certificate of its authority has to
    /// last, for whoever holds an ended key could write any time.
    pub(super) fn authority_lasts_until(&self) -> Option<Moment> {
        self.kept.map(|kept| kept.existed_by().unwrap_or(kept.today))
    }

    /// Signatures that may still be tried while looking for paths in this document.
    pub(super) fn path_budget(&self) -> usize {
        self.path_budget.get()
    }

    pub(super) fn set_path_budget(&self, left: usize) {
        self.path_budget.set(left);
    }

    /// SM3 of these pieces, one behind the other, where it was computed beside others.
    pub(super) fn digested(&self, pieces: &[&[u8]]) -> Option<sm3::Digest> {
        self.digests.borrow().find(pieces)
    }

    pub(super) fn keep_digests(&self, digests: Digests) {
        *self.digests.borrow_mut() = digests;
    }

    pub(super) fn forget_digests(&self) {
        self.keep_digests(Digests::default());
    }

    /// A certificate, unless it is known already.
    pub(super) fn certificate(&self, der: &[u8]) -> Option<Certificate> {
        let known = self.known.and_then(|known| known.certificate(der));
        known.or_else(|| Certificate::met(der).ok())
    }

    /// A trust list vouches for a stamp under the condition that the log has it.
    pub(super) fn note_log_required(&self) {
        self.log_required.set(true);
    }

    /// Nothing usable is known of a certificate.
    pub(super) fn note_question(&self, certificate: &Certificate, issuer: &Certificate) {
        let question = StatusQuestion { certificate: certificate.clone(), issuer: issuer.clone() };
        let mut questions = self.questions.borrow_mut();
        if questions.len() < MOST_QUESTIONS && !questions.contains(&question) {
            questions.push(question);
        }
    }

    /// A revocation list of this age was relied upon.
    pub(super) fn note_revocation_age(&self, this_update: Moment) {
        let oldest = self.revocation_as_of.get().map_or(this_update, |known| known.min(this_update));
        self.revocation_as_of.set(Some(oldest));
    }
}

/// What was found about one document before it is judged.
pub(super) struct Found {
    pub(super) document: DocumentFacts,
    /// What a licence says of itself, where valid signatures cover it.
    pub(super) licence: Option<LicenceFacts>,
    pub(super) identifier: Option<LicenceIdentifier>,
    /// Fields that were disclosed, where everything about them holds.
    pub(super) disclosure: Option<DisclosureFacts>,
    /// SM3 of each Signature.xml that holds.
    pub(super) stamped: Vec<sm3::Digest>,
    pub(super) coverage: Option<super::Coverage>,
    /// Whether a natural person signed a licence: which protects nothing of it.
    pub(super) signed_by_person: bool,
    pub(super) checks: Findings,
    pub(super) signatures: Vec<SignatureReport>,
    pub(super) warnings: Vec<Warning>,
}

/// Checks one document. Pure: the same arguments give the same report.
///
/// # Errors
/// [`CheckError`] when there is nothing to report on. A forged document is a
/// report, not an error.
pub fn check(
    document: &dyn Source,
    anchors: &Anchors,
    evidence: &Evidence,
    policy: &Policy,
    at: Moment,
) -> Result<Report, CheckError> {
    run(document, anchors, evidence, policy, at, None).map(|(report, _)| report)
}

/// As [`check`], with parts of packages that were met before: the report is the
/// same, and what many documents share is not computed again for each.
///
/// # Errors
/// As [`check`].
pub fn check_knowing(
    document: &dyn Source,
    anchors: &Anchors,
    evidence: &Evidence,
    policy: &Policy,
    at: Moment,
    known: &KnownParts,
) -> Result<Report, CheckError> {
    run(document, anchors, evidence, policy, at, Some(known)).map(|(report, _)| report)
}

/// As [`check_knowing`], with what a responder (OCSP) could answer that the evidence does not. With those answers
/// among the evidence the document is checked again.
///
/// # Errors
/// As [`check`].
pub fn check_asking(
    document: &dyn Source,
    anchors: &Anchors,
    evidence: &Evidence,
    policy: &Policy,
    at: Moment,
    known: &KnownParts,
) -> Result<(Report, Vec<StatusQuestion>), CheckError> {
    run(document, anchors, evidence, policy, at, Some(known))
}

/// As [`check`], for the moment of kept evidence, judged later: what ended since counts where it is proven that
/// document and evidence were there before.
///
/// # Errors
/// As [`check`].
pub fn check_kept(
    document: &dyn Source,
    anchors: &Anchors,
    evidence: &Evidence,
    policy: &Policy,
    at: Moment,
    kept: &Kept,
) -> Result<Report, CheckError> {
    let context = Context { kept: Some(kept), ..Context::new(anchors, evidence, policy, at, None) };
    Ok(conclude(look(document, &context)?, &context))
}

fn run(
    document: &dyn Source,
    anchors: &Anchors,
    evidence: &Evidence,
    policy: &Policy,
    at: Moment,
    known: Option<&KnownParts>,
) -> Result<(Report, Vec<StatusQuestion>), CheckError> {
    let context = Context::new(anchors, evidence, policy, at, known);
    let report = conclude(look(document, &context)?, &context);
    Ok((report, context.questions.into_inner()))
}

fn look(document: &dyn Source, context: &Context<'_>) -> Result<Found, CheckError> {
    Ok(match recognise(document)? {
        Recognised::Ofd => super::package::check(document, context)?,
        Recognised::Disclosure => super::disclosure::check(document, context)?,
        Recognised::Seal => bare(document, context, DocumentKind::Seal, bare_seal)?,
        Recognised::Stamp => bare(document, context, DocumentKind::SignatureValue, |findings, context, octets| {
            stamp::check(findings, context, "", octets, None)
        })?,
        Recognised::Sign => bare(document, context, DocumentKind::SignatureValue, |findings, context, octets| {
            sign::check(findings, context, "", octets, None)
        })?,
    })
}

fn conclude(found: Found, context: &Context<'_>) -> Report {
    let Found { document, licence, identifier, disclosure, stamped, coverage, .. } = found;
    let Found { mut checks, signatures, mut warnings, .. } = found;
    vouching::log_inclusion(&mut checks, context.log_required.get());
    let (mut checks, mut all_warnings) = checks.finish(DOCUMENT_CHECKS);
    for warning in warnings.drain(..) {
        if !all_warnings.contains(&warning) {
            all_warnings.push(warning);
        }
    }
    let copied = licence.as_ref().and_then(|licence| licence.copy.as_ref());
    checks.extend(copied.map(|facts| copy::check(facts, context.at)));
    if let Some(kept) = context.kept {
        checks.push(kept.check());
    }
    let case = verdict::Case {
        kind: document.kind,
        is_licence: document.licence,
        identities_asked: !context.anchors.is_not_asked(),
        policy: context.policy,
    };
    let judged = verdict::judge(&case, &checks, &signatures);
    let shown = licence::Shown {
        genuine: matches!(judged.verdict, Verdict::Valid | Verdict::Intact),
        licence: document.licence,
        identifier: identifier.as_ref(),
        stamped: Some(&stamped),
        copy: copied.is_some(),
    };
    let (registered, standing) = licence::registered(&shown, context.evidence.standing.as_ref());
    if let Some(place) = checks.iter_mut().find(|check| check.id == registered.id) {
        *place = registered;
    }
    all_warnings.extend(past_its_date(licence.as_ref(), context.at));
    Report {
        version: REPORT_VERSION,
        verdict: judged.verdict,
        reason: judged.reason,
        indication: judged.indication,
        subindication: judged.subindication,
        standing,
        document,
        licence,
        disclosure,
        checked_at: context.at,
        kept: context.kept.map(|kept| KeptFacts { judged_on: kept.today, existed_by: kept.existed_by() }),
        trust: TrustFacts {
            mode: match context.anchors {
                anchors if anchors.is_not_asked() => TrustMode::None,
                anchors if anchors.is_empty() => TrustMode::NotConfigured,
                _ => TrustMode::Anchors,
            },
            anchors: context.anchors.len(),
            digest: context.anchors.digest(),
            revocation_lists: context.evidence.revocation.len(),
            revocation_as_of: context.revocation_as_of.get(),
            algorithms: context
                .policy
                .algorithms
                .file()
                .map(|file| AlgorithmFacts { dated: file.dated, sm3: hex::encode(file.sm3) }),
            lists: context.anchors.lists().map(|list| vouching::list_facts(list, context.at)).collect(),
        },
        coverage,
        checks,
        signatures,
        warnings: all_warnings,
    }
}

/// What everybody can read off the licence, whatever a register says.
fn past_its_date(licence: Option<&LicenceFacts>, at: Moment) -> Option<Warning> {
    let (until, today) = (licence?.valid_until?, Day::in_beijing_at(at).ok()?);
    until.is_past_on(today).then(|| Warning {
        code: "licence.past_its_date".to_owned(),
        sentence: Sentence::new(
            format!("证照上写的有效期到 {until} 为止，已经过了。"),
            format!("By its own words the licence was valid until {until}, which is past."),
        ),
    })
}

/// Checks of the document as a whole.
const DOCUMENT_CHECKS: &[CheckId] = &[
    CheckId::PackageReadable,
    CheckId::PackageEntries,
    CheckId::PackageShadowed,
    CheckId::PackageCoverage,
    CheckId::LicenceMetadata,
    CheckId::LicenceRegistered,
    CheckId::LogInclusion,
];

/// Whether a check is about one signature.
pub(super) fn is_signature_check(id: CheckId) -> bool {
    let of_some =
        [CheckId::EvidenceRenewal, CheckId::DisclosureReadable, CheckId::DisclosureFields, CheckId::LicenceCopy];
    !DOCUMENT_CHECKS.contains(&id) && !of_some.contains(&id)
}

/// A seal or value on its own: document checks do not apply.
fn bare(
    document: &dyn Source,
    context: &Context<'_>,
    kind: DocumentKind,
    look: impl Fn(&mut Findings, &Context<'_>, &[u8]) -> SignatureReport,
) -> Result<Found, CheckError> {
    let bytes = document.len();
    let limit = context.policy.limits.der_bytes;
    let mut findings = Findings::default();
    context.set_path_budget(context.policy.limits.path_signatures);
    let mut report = if bytes > limit {
        let format = if kind == DocumentKind::Seal { CheckId::SealFormat } else { CheckId::SignatureFormat };
        findings.failed(
            format,
            "too_large",
            "数据过大，没有读取。",
            format!("Larger than {limit} octets, so it was not read."),
        );
        signature::blank("", SignatureKind::Seal)
    } else {
        let mut octets = vec![0; usize::try_from(bytes).unwrap_or(0)];
        document.read_at(0, &mut octets)?;
        look(&mut findings, context, &octets)
    };
    let (checks, warnings) = finish_signature(findings);
    report.checks = checks;
    Ok(Found {
        document: DocumentFacts { kind, bytes, licence: false, title: None, pages: None },
        licence: None,
        identifier: None,
        disclosure: None,
        stamped: Vec::new(),
        coverage: None,
        signed_by_person: false,
        checks: Findings::default(),
        signatures: vec![report],
        warnings,
    })
}

/// All checks of one signature, the unanswered ones as not applicable.
pub(super) fn finish_signature(findings: Findings) -> (Vec<super::Check>, Vec<Warning>) {
    let scope: Vec<CheckId> = CheckId::ALL.iter().copied().filter(|&id| is_signature_check(id)).collect();
    findings.finish(&scope)
}

/// A bare seal is judged at the time of the check.
fn bare_seal(findings: &mut Findings, context: &Context<'_>, octets: &[u8]) -> SignatureReport {
    let mut report = signature::blank("", SignatureKind::Seal);
    let octets = signature::without_trailing(findings, CheckId::SealFormat, octets);
    match Seal::parse(octets) {
        Ok(parsed) => {
            report.seal_version = Some(parsed.version);
            let made = time::of_seal(findings, context, &parsed, &Stated::default());
            let made = time::Proof { proven: context.proven(made.proven), ..made };
            let moments = seal::Moments { judged: Some(context.at), proven: context.proven(None), made };
            report.seal = Some(seal::check(findings, context, &parsed, moments, &Stated::default()));
            report.value_verified = findings.outcome(CheckId::SealValue) == Some(super::Outcome::Passed);
        }
        Err(fault) => findings.failed(
            CheckId::SealFormat,
            "malformed",
            "印章数据格式不正确，无法读取。",
            format!("The seal is malformed: {fault}."),
        ),
    }
    report
}
