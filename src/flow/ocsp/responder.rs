//! Answering about the certificates of our own authority.
//!
//! What is answered is what the revocation lists of the authority say, read from its folder: one truth, two forms.
//! As RFC 6960 2.2 has it, good says that a certificate is not revoked, not that it was issued.

use crate::{
    clock::{Clock, ClockError},
    flow::{
        authority::{self, AuthorityFault, AuthorityFolder, FolderFault},
        kind::{HasKind, Kind},
        tries::Tries,
    },
};
use std::{fs, io, path::PathBuf, sync::Arc};
use yinxin_hsm::{ErrorClass, KeyReference, KeyStore, Purpose};
use yinxin_trust::{
    base::Moment,
    x509::{
        Certificate, Crl, Freshness,
        ocsp::{CertificateId, CertificateStatus, OcspPlanFault, OcspRequest, OcspResponsePlan, SingleAnswer, refusal},
    },
};

/// How long an answer counts, seconds.
const LIFETIME_SECONDS: i64 = 86_400;

/// Questions that one network may ask in a minute.
const MOST_PER_MINUTE: u32 = 600;

/// malformedRequest.
const MALFORMED: u8 = 1;
/// tryLater.
const TRY_LATER: u8 = 3;
/// unauthorized: nobody is asked about whom this responder answers for (RFC 5019 2.2.3).
const UNAUTHORIZED: u8 = 6;

/// Why the responder is not opened.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum OcspResponderFault {
    #[error(transparent)]
    Folder(#[from] FolderFault),
    #[error(transparent)]
    Key(#[from] AuthorityFault),
}

/// Why a question has no answer at all.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum OcspError {
    #[error("too many questions of one network")]
    TooMany { retry_after_seconds: u32 },
    #[error(transparent)]
    Clock(#[from] ClockError),
    #[error(transparent)]
    Key(#[from] AuthorityFault),
    #[error("{path}: {source}", path = path.display())]
    List { path: PathBuf, source: io::Error },
    #[error("the answer: {0}")]
    Plan(#[from] OcspPlanFault),
}

/// One who answers for one authority.
struct Desk {
    issuer: Certificate,
    responder: Certificate,
    key: KeyReference,
    /// The authority's list.
    list: PathBuf,
}

/// Answers for the authorities of a folder. Safe to use from several threads.
pub struct OcspResponder {
    desks: Vec<Desk>,
    keys: Arc<dyn KeyStore>,
    clock: Arc<dyn Clock>,
    tries: Tries,
}

impl OcspResponder {
    /// Opens it; `None` where no responder was made in the folder.
    ///
    /// # Errors
    /// [`OcspResponderFault`].
    pub fn open(
        folder: &AuthorityFolder,
        keys: Arc<dyn KeyStore>,
        clock: Arc<dyn Clock>,
    ) -> Result<Option<Self>, OcspResponderFault> {
        let mut desks = Vec::new();
        if folder.is_founded() {
            for (issuer, certificate, list) in folder.responders()? {
                let key = authority::key_of(keys.as_ref(), &certificate, Purpose::Ocsp)?;
                desks.push(Desk { issuer, responder: certificate, key, list });
            }
        }
        let tries = Tries::new(MOST_PER_MINUTE, 60);
        Ok((!desks.is_empty()).then_some(Self { desks, keys, clock, tries }))
    }

    /// The answer to a request as it came. Requests of one `network` are counted together.
    ///
    /// # Errors
    /// [`OcspError`].
    pub fn answer(&self, octets: &[u8], network: Option<&str>) -> Result<Vec<u8>, OcspError> {
        let now = self.clock.now()?;
        if let Some(network) = network {
            let tried = self.tries.admit(network, now);
            tried.map_err(|retry_after_seconds| OcspError::TooMany { retry_after_seconds })?;
        }
        let Ok(request) = OcspRequest::from_der(octets) else { return Ok(refusal(MALFORMED)) };
        let asked = |desk: &&Desk| request.ids().iter().any(|id| id.is_of_issuer(&desk.issuer));
        let Some(desk) = self.desks.iter().find(asked) else { return Ok(refusal(UNAUTHORIZED)) };
        if !desk.responder.is_valid_at(now) {
            tracing::error!("no answers about certificates: the responder's certificate is not in its period");
            return Ok(refusal(TRY_LATER));
        }
        let list = fs::read(&desk.list).map_err(|source| OcspError::List { path: desk.list.clone(), source })?;
        let Some(list) = Crl::from_der(&list).ok().filter(|list| list.freshness(now) == Freshness::Fresh) else {
            tracing::error!(list = %desk.list.display(), "no answers about certificates: the list is not fresh");
            return Ok(refusal(TRY_LATER));
        };
        let singles: Vec<SingleAnswer> = request.ids().iter().map(|id| single(desk, &list, id, now)).collect();
        let plan = OcspResponsePlan::new(&desk.responder, &singles, request.nonce(), now)?;
        let signature =
            authority::sign_message(self.keys.as_ref(), &desk.key, Purpose::Ocsp, plan.to_be_signed(), now)?;
        Ok(plan.embed(signature)?.der().to_vec())
    }
}

fn single(desk: &Desk, list: &Crl, id: &CertificateId, now: Moment) -> SingleAnswer {
    let status = match list.find(id.serial()) {
        _ if !id.is_of_issuer(&desk.issuer) => CertificateStatus::Unknown,
        Some(revocation) => CertificateStatus::Revoked(revocation),
        None => CertificateStatus::Good,
    };
    let later = Moment::from_unix_seconds(now.unix_seconds() + LIFETIME_SECONDS).unwrap_or(now);
    // not longer than the list that it rests on
    let next_update = list.next_update().map_or(later, |next| next.min(later));
    SingleAnswer { id: id.clone(), status, this_update: now, next_update }
}

impl HasKind for OcspError {
    fn kind(&self) -> Kind {
        match self {
            Self::TooMany { .. } => Kind::Busy,
            Self::Key(AuthorityFault::Key(error)) if error.class() == ErrorClass::Busy => Kind::Busy,
            Self::Clock(_) | Self::Key(_) | Self::List { .. } => Kind::Unavailable,
            Self::Plan(_) => Kind::Broken,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::TooMany { .. } => "too_many_tries",
            Self::Clock(_) => "clock_unavailable",
            Self::Key(_) => "key_unavailable",
            Self::List { .. } => "revocation_lists_outdated",
            Self::Plan(_) => "broken",
        }
    }

    fn retry_after_seconds(&self) -> Option<u32> {
        match self {
            Self::TooMany { retry_after_seconds } => Some(*retry_after_seconds),
            _ => None,
        }
    }
}
