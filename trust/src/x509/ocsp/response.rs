//! OCSPResponse with its BasicOCSPResponse (RFC 6960 4.2), read once with the octets it came in.

use super::{
    certificate_id::{CertificateId, key_octets},
    request::{OcspRequestFault, nonce},
};
use crate::{
    asn1::{Asn1Error, Deviations, Reader, Tag, Tlv, check_definite, oids, read_time, sequence, tagged},
    base::{Limits, Moment},
    suite::{Algorithm, ValueFault, sha1},
    x509::{Certificate, Freshness, Revocation, RevocationReason},
};
use std::{ops::Range, sync::Arc};

/// Octets of an answer at most.
const RESPONSE_OCTETS: usize = 64 << 10;

/// Answers in one response, and certificates beside them, at most.
const MOST_ANSWERS: usize = 64;
const MOST_CERTIFICATES: usize = 8;

/// How long an answer counts that names no next one, seconds: its responder has newer ones at any time.
const NO_END_SECONDS: i64 = 300;

/// How much later than the instant that is judged an answer may be made, seconds: clocks differ, and a question
/// takes its time. Good then was good before.
const SKEW_SECONDS: i64 = 60;

/// A response. Cheap to clone.
#[derive(Clone)]
pub struct OcspResponse(Arc<Inner>);

struct Inner {
    der: Box<[u8]>,
    /// Of the BasicOCSPResponse, as received.
    basic: Box<[u8]>,
    tbs: Range<usize>,
    responder: Responder,
    produced_at: Moment,
    singles: Vec<Single>,
    nonce: Option<Box<[u8]>>,
    algorithm: Result<Algorithm, ValueFault>,
    value: Box<[u8]>,
    certificates: Vec<Certificate>,
}

/// ResponderID.
enum Responder {
    /// Its name in DER.
    Name(Box<[u8]>),
    /// SHA-1 of its key.
    Key(Box<[u8]>),
}

/// What is said of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateStatus {
    /// Not revoked. Whether it was ever issued is not said (RFC 6960 2.2).
    Good,
    /// Revoked.
    Revoked(Revocation),
    /// The responder does not know.
    Unknown,
}

/// One answer of a response.
#[derive(Clone, Debug)]
pub(crate) struct Single {
    pub(crate) id: CertificateId,
    pub(crate) status: CertificateStatus,
    pub(crate) this_update: Moment,
    pub(crate) next_update: Option<Moment>,
}

/// Why octets are no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OcspResponseFault {
    /// Too long.
    #[error("answer is longer than {RESPONSE_OCTETS} octets")]
    Size,
    /// DER is broken, or a field has another type.
    #[error("answer: {0}")]
    Der(#[from] Asn1Error),
    /// The responder gives none: 1 malformedRequest, 2 internalError, 3 tryLater, 5 sigRequired, 6 unauthorized.
    #[error("the responder gives no answer: status {0}")]
    Refused(u8),
    /// Of another type than basic.
    #[error("answer is of the type {0}, not a basic one")]
    Type(String),
    /// Another version than 1.
    #[error("answer has the version {0}")]
    Version(u64),
    /// No or too many answers or certificates.
    #[error("answer has no or too many parts")]
    Parts,
    /// nextUpdate is before thisUpdate.
    #[error("answer ends before it begins")]
    Inverted,
    /// An extension that must be understood and is not, or a nonce that is none.
    #[error("answer: {0}")]
    Extension(OcspRequestFault),
}

/// Why an answer is nobody's who may give it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OcspSignatureFault {
    /// Neither the issuer nor one with a certificate of the issuer.
    #[error("the responder is neither the issuer nor certified by it")]
    Responder,
    /// Certified, but not for this.
    #[error("the responder's certificate is not for answering (id-kp-OCSPSigning)")]
    NotAllowed,
    /// Out of its period when the answer was made.
    #[error("the responder's certificate was not in its period")]
    Period,
    /// The value does not stand.
    #[error(transparent)]
    Value(#[from] ValueFault),
}

/// A response without an answer: 1 malformedRequest, 2 internalError, 3 tryLater, 6 unauthorized.
pub fn refusal(status: u8) -> Vec<u8> {
    sequence(&[&tagged(Tag::ENUMERATED, &[status])])
}

impl OcspResponse {
    /// From DER; nothing may follow it.
    ///
    /// # Errors
    /// [`OcspResponseFault`].
    pub fn from_der(der: &[u8]) -> Result<Self, OcspResponseFault> {
        if der.len() > RESPONSE_OCTETS {
            return Err(OcspResponseFault::Size);
        }
        check_definite(der, Limits::default().der_depth)?;
        let mut outer = Reader::new(der);
        let mut whole = outer.nested(Tag::SEQUENCE)?;
        outer.finish()?;
        let status = whole.expect(Tag::ENUMERATED)?;
        match status.content {
            [0] => {}
            [other] => return Err(OcspResponseFault::Refused(*other)),
            _ => return Err(Asn1Error::Integer { at: status.offset }.into()),
        }
        let mut explicit = whole.nested(Tag::context(0))?;
        whole.finish()?;
        let mut bytes = explicit.nested(Tag::SEQUENCE)?;
        explicit.finish()?;
        let kind = bytes.oid()?;
        if kind != oids::OCSP_BASIC {
            return Err(OcspResponseFault::Type(kind.to_string()));
        }
        let basic = bytes.expect(Tag::OCTET_STRING)?.content;
        bytes.finish()?;
        check_definite(basic, Limits::default().der_depth)?;
        Self::read(der, basic)
    }

    fn read(der: &[u8], basic: &[u8]) -> Result<Self, OcspResponseFault> {
        let mut outer = Reader::new(basic);
        let mut parts = outer.nested(Tag::SEQUENCE)?;
        outer.finish()?;
        let tbs = parts.expect(Tag::SEQUENCE)?;
        let algorithm = Algorithm::from_oid(parts.algorithm()?);
        let value = parts.expect(Tag::BIT_STRING)?;
        let [0, value @ ..] = value.content else { return Err(Asn1Error::BitString { at: value.offset }.into()) };
        let certificates = parts.optional(Tag::context(0))?.map(certificates).transpose()?.unwrap_or_default();
        parts.finish()?;

        let mut data = tbs.reader()?;
        if let Some(version) = data.optional(Tag::context(0))? {
            match version.reader()?.small()? {
                0 => {}
                other => return Err(OcspResponseFault::Version(other + 1)),
            }
        }
        let responder = match data.optional(Tag::context(1))? {
            Some(name) => Responder::Name(name.content.into()),
            None => Responder::Key(data.nested(Tag::context(2))?.expect(Tag::OCTET_STRING)?.content.into()),
        };
        let produced_at = time(data.expect(Tag::GENERALIZED_TIME)?)?;
        let singles = singles(data.expect(Tag::SEQUENCE)?)?;
        let nonce = data.optional(Tag::context(1))?.map(nonce).transpose().map_err(OcspResponseFault::Extension)?;
        data.finish()?;
        Ok(Self(Arc::new(Inner {
            der: der.into(),
            basic: basic.into(),
            tbs: tbs.offset..tbs.offset + tbs.raw.len(),
            responder,
            produced_at,
            singles,
            nonce: nonce.flatten().map(Into::into),
            algorithm,
            value: value.into(),
            certificates,
        })))
    }

    /// The response as received.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// producedAt.
    pub fn produced_at(&self) -> Moment {
        self.0.produced_at
    }

    /// The nonce.
    pub fn nonce(&self) -> Option<&[u8]> {
        self.0.nonce.as_deref()
    }

    /// Until when what it says counts, at the shortest.
    pub fn ends_at(&self) -> Moment {
        let ends = self.0.singles.iter().map(Single::ends_at).min().unwrap_or_default();
        Moment::from_unix_seconds(ends).unwrap_or(self.0.produced_at)
    }

    pub(crate) fn singles(&self) -> &[Single] {
        &self.0.singles
    }

    /// What it says of a certificate that `issuer` issued, with thisUpdate; `None`: nothing. Means nothing before
    /// [`OcspResponse::verify_signature`].
    pub fn find(&self, certificate: &Certificate, issuer: &Certificate) -> Option<(CertificateStatus, Moment)> {
        let is_meant = |single: &&Single| single.id.serial() == certificate.serial() && single.id.is_of_issuer(issuer);
        self.0.singles.iter().find(is_meant).map(|single| (single.status, single.this_update))
    }

    /// By which algorithm it is signed; `None` for one that does not verify here.
    pub fn signature_algorithm(&self) -> Option<Algorithm> {
        self.0.algorithm.as_ref().ok().copied()
    }

    /// Who says to have signed it for the certificates of `issuer`: the issuer, or a certificate that came with it.
    pub fn responder_for(&self, issuer: &Certificate) -> Option<Certificate> {
        if self.0.responder.is(issuer) {
            return Some(issuer.clone());
        }
        self.0.certificates.iter().find(|one| self.0.responder.is(one)).cloned()
    }

    /// Whether somebody signed it who may answer about the certificates of `issuer` (step 3).
    ///
    /// # Errors
    /// [`OcspSignatureFault`].
    pub fn verify_signature(&self, issuer: &Certificate) -> Result<(), OcspSignatureFault> {
        if self.0.responder.is(issuer) {
            return self.value_is_by(issuer);
        }
        let delegated = self.0.certificates.iter().find(|one| self.0.responder.is(one));
        let responder = delegated.ok_or(OcspSignatureFault::Responder)?;
        if responder.issuer_der() != issuer.subject_der() || responder.verify_signature(issuer).is_err() {
            return Err(OcspSignatureFault::Responder);
        }
        if !responder.may_answer_ocsp() || responder.unknown_critical_extension().is_some() {
            return Err(OcspSignatureFault::NotAllowed);
        }
        if !responder.is_valid_at(self.0.produced_at) {
            return Err(OcspSignatureFault::Period);
        }
        self.value_is_by(responder)
    }

    fn value_is_by(&self, responder: &Certificate) -> Result<(), OcspSignatureFault> {
        let algorithm = self.0.algorithm.clone()?;
        if algorithm.is_weak() {
            return Err(ValueFault::UnknownAlgorithm("SHA-1".to_owned()).into());
        }
        let key = responder.key().ok_or(ValueFault::KeyMismatch)?;
        let signed = self.0.basic.get(self.0.tbs.clone()).unwrap_or_default();
        Ok(key.verify(algorithm, signed, &self.0.value, &mut Deviations::default())?)
    }
}

impl Single {
    /// How the answer stands to an instant (step 4).
    pub(crate) fn freshness(&self, at: Moment) -> Freshness {
        let at = at.unix_seconds();
        if at + SKEW_SECONDS < self.this_update.unix_seconds() {
            return Freshness::NotYet;
        }
        if at > self.ends_at() { Freshness::Outdated } else { Freshness::Fresh }
    }

    /// Until when it counts, seconds since the epoch.
    pub(crate) fn ends_at(&self) -> i64 {
        self.next_update.map_or_else(|| self.this_update.unix_seconds() + NO_END_SECONDS, |next| next.unix_seconds())
    }
}

impl Responder {
    fn is(&self, certificate: &Certificate) -> bool {
        match self {
            Self::Name(name) => **name == *certificate.subject_der(),
            Self::Key(digest) => **digest == sha1(&key_octets(certificate)),
        }
    }
}

impl core::fmt::Debug for OcspResponse {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "OcspResponse({}, {} answers)", self.0.produced_at, self.0.singles.len())
    }
}

fn time(value: Tlv<'_>) -> Result<Moment, Asn1Error> {
    let mut deviations = Deviations::default();
    let moment = read_time(value, &mut deviations)?;
    // always with Z and four digits of the year
    if deviations.first().is_some() { Err(Asn1Error::Time { at: value.offset }) } else { Ok(moment) }
}

fn singles(list: Tlv<'_>) -> Result<Vec<Single>, OcspResponseFault> {
    let mut list = list.reader()?;
    let mut found = Vec::new();
    while !list.is_empty() {
        if found.len() == MOST_ANSWERS {
            return Err(OcspResponseFault::Parts);
        }
        let mut one = list.nested(Tag::SEQUENCE)?;
        let id = CertificateId::read(one.expect(Tag::SEQUENCE)?)?;
        let status = status(one.any()?)?;
        let this_update = time(one.expect(Tag::GENERALIZED_TIME)?)?;
        let next_update = match one.optional(Tag::context(0))? {
            Some(tagged) => Some(time(tagged.reader()?.expect(Tag::GENERALIZED_TIME)?)?),
            None => None,
        };
        if let Some(extensions) = one.optional(Tag::context(1))? {
            nonce(extensions).map_err(OcspResponseFault::Extension)?;
        }
        one.finish()?;
        if next_update.is_some_and(|next| next < this_update) {
            return Err(OcspResponseFault::Inverted);
        }
        found.push(Single { id, status, this_update, next_update });
    }
    if found.is_empty() { Err(OcspResponseFault::Parts) } else { Ok(found) }
}

/// CertStatus: good `[0] NULL`, revoked `[1] { time, reason [0] OPTIONAL }`, unknown `[2] NULL`, all IMPLICIT.
fn status(value: Tlv<'_>) -> Result<CertificateStatus, Asn1Error> {
    const GOOD: Tag = Tag::context_primitive(0);
    const REVOKED: Tag = Tag::context(1);
    const UNKNOWN: Tag = Tag::context_primitive(2);
    match value.tag {
        GOOD if value.content.is_empty() => Ok(CertificateStatus::Good),
        UNKNOWN if value.content.is_empty() => Ok(CertificateStatus::Unknown),
        REVOKED => {
            let mut parts = value.reader()?;
            let at = time(parts.expect(Tag::GENERALIZED_TIME)?)?;
            let reason = match parts.optional(Tag::context(0))? {
                Some(tagged) => match tagged.reader()?.expect(Tag::ENUMERATED)?.content {
                    [code] => RevocationReason::from_code(*code),
                    _ => return Err(Asn1Error::Integer { at: tagged.offset }),
                },
                None => None,
            };
            parts.finish()?;
            Ok(CertificateStatus::Revoked(Revocation { at, reason, invalid_since: None }))
        }
        found => Err(Asn1Error::Unexpected { at: value.offset, expected: GOOD, found }),
    }
}

/// Those that can be read: one that cannot is nobody's responder.
fn certificates(tagged: Tlv<'_>) -> Result<Vec<Certificate>, OcspResponseFault> {
    let mut inner = tagged.reader()?;
    let mut list = inner.nested(Tag::SEQUENCE)?;
    inner.finish()?;
    let mut found = Vec::new();
    let mut count = 0;
    while !list.is_empty() {
        count += 1;
        if count > MOST_CERTIFICATES {
            return Err(OcspResponseFault::Parts);
        }
        found.extend(Certificate::from_der(list.any()?.raw).ok());
    }
    Ok(found)
}
