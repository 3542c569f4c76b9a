//! Answers about single certificates, found by serial number.

use super::{Answer, Counts, Lack, Signing, Source, objection};
use crate::{
    algorithms::Purpose,
    base::Moment,
    x509::{
        Certificate, Freshness,
        ocsp::{CertificateStatus, OcspResponse, Single},
    },
};
use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

/// Answers about one serial number that are looked at, the freshest first: anybody can hand over more.
const LOOKED_AT: usize = 32;

/// Authorities for which one response remembers whether it may answer for them.
const REMEMBERED: usize = 16;

/// Answers of any number of responders. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(super) struct Answers {
    by_serial: Arc<HashMap<Box<[u8]>, Vec<Place>>>,
    all: Arc<Vec<Arc<Kept>>>,
}

/// A response, and which answer in it.
#[derive(Clone, Debug)]
struct Place {
    kept: Arc<Kept>,
    index: usize,
}

#[derive(Debug)]
struct Kept {
    response: OcspResponse,
    /// For each authority asked about: whether somebody signed who may answer for it.
    verified: RwLock<Vec<(Certificate, bool)>>,
}

impl Answers {
    pub(super) fn of(responses: impl IntoIterator<Item = OcspResponse>) -> Self {
        let kept = responses.into_iter().map(|response| Arc::new(Kept { response, verified: RwLock::default() }));
        Self::indexed(kept.collect())
    }

    pub(super) fn and(&self, others: &Self) -> Self {
        match (self.is_empty(), others.is_empty()) {
            (_, true) => self.clone(),
            (true, _) => others.clone(),
            _ => Self::indexed(self.all.iter().chain(others.all.iter()).cloned().collect()),
        }
    }

    fn indexed(all: Vec<Arc<Kept>>) -> Self {
        let mut by_serial = HashMap::<Box<[u8]>, Vec<Place>>::new();
        for kept in &all {
            for (index, single) in kept.response.singles().iter().enumerate() {
                let place = Place { kept: Arc::clone(kept), index };
                by_serial.entry(single.id.serial().into()).or_default().push(place);
            }
        }
        for places in by_serial.values_mut() {
            places.sort_by_key(|place| core::cmp::Reverse(place.single().map(|single| single.this_update)));
        }
        Self { by_serial: Arc::new(by_serial), all: Arc::new(all) }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &OcspResponse> {
        self.all.iter().map(|kept| &kept.response)
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.all, &other.all) || (self.is_empty() && other.is_empty())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// What the answers say of a certificate; `None` where there is none about it.
    pub(super) fn find(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        (at, grace_seconds): (Moment, u64),
        counts: Counts<'_>,
    ) -> Option<Answer> {
        let places = self.by_serial.get(certificate.serial())?;
        let mut found: Option<Answer> = None;
        let mut lack: Option<Lack> = None;
        let meant = places.iter().filter(|place| place.single().is_some_and(|one| one.id.is_of_issuer(issuer)));
        for place in meant.take(LOOKED_AT) {
            let Some(single) = place.single() else { continue };
            let mut miss = |which: Lack| lack = lack.max(Some(which));
            if !place.kept.is_for(issuer) {
                miss(Lack::AnswerUnusable);
                continue;
            }
            let in_grace = match single.freshness(at) {
                Freshness::Fresh => false,
                Freshness::NotYet => {
                    miss(Lack::AnswerMadeLater);
                    continue;
                }
                Freshness::Outdated | Freshness::NoEnd => {
                    let grace = i64::try_from(grace_seconds).unwrap_or(i64::MAX);
                    if single.ends_at().saturating_add(grace) < at.unix_seconds() {
                        miss(Lack::AnswerOutdated);
                        continue;
                    }
                    true
                }
            };
            if let Err(why) = place.kept.counts(issuer, counts) {
                miss(why);
                continue;
            }
            let (as_of, source) = (single.this_update, Source::Answer);
            match single.status {
                CertificateStatus::Revoked(revocation) => {
                    let earlier = match found {
                        Some(Answer::Revoked { revocation: known, .. }) => revocation.works_from() < known.works_from(),
                        _ => true,
                    };
                    if earlier {
                        found = Some(Answer::Revoked { revocation, as_of, source });
                    }
                }
                // the freshest comes first
                CertificateStatus::Good if found.is_none() => {
                    found = Some(Answer::Good { as_of, in_grace, source });
                }
                CertificateStatus::Good => {}
                CertificateStatus::Unknown => miss(Lack::StatusUnknown),
            }
        }
        found.or(lack.map(Answer::None))
    }
}

impl Place {
    fn single(&self) -> Option<&Single> {
        self.kept.response.singles().get(self.index)
    }
}

impl Kept {
    /// The response, and the certificate of a responder that is not the issuer itself.
    fn counts(&self, issuer: &Certificate, counts: Counts<'_>) -> Result<(), Lack> {
        let responder = self.response.responder_for(issuer).ok_or(Lack::AnswerUnusable)?;
        let at = self.response.produced_at();
        let by = |algorithm: Option<_>, key: Option<&crate::suite::PublicKey>, purpose| {
            let (algorithm, key) = algorithm.zip(key).ok_or(Lack::AnswerUnusable)?;
            objection(Signing { algorithm, purpose, bits: key.bits(), at }, counts)
        };
        if responder != *issuer {
            by(responder.signature_algorithm(), issuer.key(), Purpose::Certificate)?;
        }
        by(self.response.signature_algorithm(), responder.key(), Purpose::Revocation)
    }

    /// Whether somebody signed who may answer for the authority: computed once.
    fn is_for(&self, issuer: &Certificate) -> bool {
        let known = |answers: &[(Certificate, bool)]| {
            answers.iter().find(|(known, _)| known == issuer).map(|(_, answer)| *answer)
        };
        if let Some(answer) = known(&self.verified.read().unwrap_or_else(PoisonError::into_inner)) {
            return answer;
        }
        let answer = self.response.verify_signature(issuer).is_ok();
        let mut verified = self.verified.write().unwrap_or_else(PoisonError::into_inner);
        if verified.len() < REMEMBERED && known(&verified).is_none() {
            verified.push((issuer.clone(), answer));
        }
        answer
    }
}
