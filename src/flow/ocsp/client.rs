//! Asking responders about single certificates.
//!
//! Which responder a certificate names is its own word; asked is only one that the configuration allows. What came
//! back counts as evidence once the issuer, or somebody it entitled, signed it; it is kept until it ends.

use crate::{
    flow::line::{AddressFault, Line},
    random,
};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError, RwLock},
    time::{Duration, Instant},
};
use yinxin_trust::{
    anchor::RevocationLists,
    base::Moment,
    suite::Suite,
    verify::StatusQuestion,
    x509::ocsp::{CertificateId, IdDigest, OcspRequest, OcspResponse, OcspResponseFault, OcspSignatureFault},
};

/// For the whole request.
const PATIENCE: Duration = Duration::from_secs(3);

/// After a question, answered or not, the same is not asked again so soon.
const ASKED_AGAIN: Duration = Duration::from_secs(30);

/// Octets of an answer.
const ANSWER_LIMIT_BYTES: u64 = 64 << 10;

/// Answers that are kept at once, and questions that are remembered.
const MOST_KEPT: usize = 1024;

const QUERY: &str = "application/ocsp-request";

/// Asks the responders that are allowed. Safe to use from several threads.
pub struct OcspClient {
    lines: Vec<Line>,
    kept: RwLock<Kept>,
    /// By issuer and serial number, when it was asked last.
    asked: Mutex<HashMap<Vec<u8>, Instant>>,
}

/// Answers, and the same as evidence.
#[derive(Default)]
struct Kept {
    answers: HashMap<Vec<u8>, OcspResponse>,
    known: RevocationLists,
}

impl OcspClient {
    /// May ask below these addresses.
    ///
    /// # Errors
    /// [`AddressFault`] with the first that is none.
    pub fn new(addresses: &[String]) -> Result<Self, AddressFault> {
        let lines: Result<_, _> = addresses.iter().map(|address| Line::to_signed(address, PATIENCE)).collect();
        Ok(Self { lines: lines?, kept: RwLock::default(), asked: Mutex::default() })
    }

    /// The answers that are kept, as evidence.
    pub(in crate::flow) fn known(&self) -> RevocationLists {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).known.clone()
    }

    /// Asks what may be asked; whether there is an answer that was not known before.
    pub(in crate::flow) fn ask(&self, questions: &[StatusQuestion], now: Moment) -> bool {
        // every one of them, whatever came of the others
        questions.iter().filter(|question| self.ask_one(question, now)).count() > 0
    }

    fn ask_one(&self, question: &StatusQuestion, now: Moment) -> bool {
        let Some((line, path)) = self.line(question) else { return false };
        let id = |digest| CertificateId::of(digest, &question.certificate, &question.issuer);
        let first = id(digest(question));
        if !self.admit(first.der()) {
            return false;
        }
        // many responders know certificates by SHA-1 alone (RFC 5019 2.1.1)
        let answered = answer(line, &path, &first, question).or_else(|fault| match fault {
            NoAnswer::Refused(_) => answer(line, &path, &id(IdDigest::Sha1), question),
            other => Err(other),
        });
        match answered {
            Ok(response) => {
                self.keep(first.der(), response, now);
                true
            }
            Err(why) => {
                tracing::warn!(responder = line.base(), %why, "no answer about a certificate");
                false
            }
        }
    }

    /// The line that the configuration allows for the certificate's own address, and the rest of that.
    fn line(&self, question: &StatusQuestion) -> Option<(&Line, String)> {
        let address = question.certificate.ocsp_address()?;
        if address.contains(['?', '#', '@']) {
            return None;
        }
        self.lines.iter().find_map(|line| {
            let rest = address.strip_prefix(line.base())?;
            // below it, not beside it: http://a.example is no allowance for http://a.example.org
            (rest.is_empty() || rest.starts_with('/')).then(|| (line, rest.to_owned()))
        })
    }

    fn admit(&self, id: &[u8]) -> bool {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.len() >= MOST_KEPT {
            asked.retain(|_, at| at.elapsed() < ASKED_AGAIN);
        }
        if asked.len() >= MOST_KEPT || asked.get(id).is_some_and(|at| at.elapsed() < ASKED_AGAIN) {
            return false;
        }
        asked.insert(id.to_vec(), Instant::now());
        true
    }

    fn keep(&self, id: &[u8], response: OcspResponse, now: Moment) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        kept.answers.retain(|_, answer| answer.ends_at() >= now);
        if kept.answers.len() >= MOST_KEPT {
            let first = kept.answers.iter().min_by_key(|(_, answer)| answer.ends_at()).map(|(id, _)| id.clone());
            first.and_then(|id| kept.answers.remove(&id));
        }
        kept.answers.insert(id.to_vec(), response);
        kept.known = RevocationLists::default().with_answers(kept.answers.values().cloned());
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
enum NoAnswer {
    #[error("{0}")]
    Line(String),
    #[error("status {0}")]
    Status(u16),
    /// In the words of the protocol.
    #[error("the responder gives no answer: status {0}")]
    Refused(u8),
    #[error(transparent)]
    Malformed(OcspResponseFault),
    #[error("the answer has another nonce than the request")]
    Nonce,
    #[error(transparent)]
    Signature(#[from] OcspSignatureFault),
    #[error("the answer is about another certificate")]
    OtherCertificate,
}

/// SHA-256 for what crosses a border, SM3 for the national suite.
fn digest(question: &StatusQuestion) -> IdDigest {
    match question.issuer.key().and_then(Suite::of) {
        Some(Suite::Sm2) => IdDigest::Sm3,
        Some(Suite::P256) | None => IdDigest::Sha256,
    }
}

/// An answer that holds by itself; whether it is fresh enough the verifier says.
fn answer(line: &Line, path: &str, id: &CertificateId, question: &StatusQuestion) -> Result<OcspResponse, NoAnswer> {
    let nonce = random::octets::<32>().map_err(|error| NoAnswer::Line(error.to_string()))?;
    let request = OcspRequest::new(vec![id.clone()], Some(&nonce)).to_der();
    let got = line.post(path, QUERY, &request, ANSWER_LIMIT_BYTES).map_err(NoAnswer::Line)?;
    if got.status != 200 {
        return Err(NoAnswer::Status(got.status));
    }
    let response = OcspResponse::from_der(&got.octets).map_err(|fault| match fault {
        OcspResponseFault::Refused(status) => NoAnswer::Refused(status),
        other => NoAnswer::Malformed(other),
    })?;
    // a responder that makes its answers beforehand has none; then their times say whether they are old
    if response.nonce().is_some_and(|other| other != nonce) {
        return Err(NoAnswer::Nonce);
    }
    response.verify_signature(&question.issuer)?;
    match response.find(&question.certificate, &question.issuer) {
        Some(_) => Ok(response),
        None => Err(NoAnswer::OtherCertificate),
    }
}
