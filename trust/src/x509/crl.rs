//! Certificate revocation lists (RFC 5280 5, GB/T 20518-2018 5.3): read once,
//! with the octets they came in.
//!
//! `x509-parser` reads the structure; the signature is verified here over the
//! octets as received. Lists that are not complete (deltas, lists for a part of
//! the certificates, indirect lists) are refused by name: answering from one of
//! them would call a revoked certificate good.

use super::Certificate;
use crate::{
    asn1::{Asn1Error, Deviations, Oid, Reader, Tag, check_definite},
    base::{Limits, Moment},
    suite::{Algorithm, ValueFault},
};
use std::{collections::BTreeMap, ops::Range, sync::Arc};
use x509_parser::{
    extensions::ParsedExtension,
    prelude::{FromDer as _, X509Certificate},
    revocation_list::{CertificateRevocationList, RevokedCertificate},
    time::ASN1Time,
};

/// A revocation list. Cheap to clone.
#[derive(Clone)]
pub struct Crl(Arc<Inner>);

struct Inner {
    der: Box<[u8]>,
    tbs: Range<usize>,
    issuer_der: Box<[u8]>,
    issuer: String,
    number: Option<String>,
    this_update: Moment,
    next_update: Option<Moment>,
    /// By serial number without leading zeros.
    revoked: BTreeMap<Box<[u8]>, Revocation>,
    algorithm: Result<Algorithm, ValueFault>,
    value: Box<[u8]>,
}

/// What a list says of one certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// revocationDate.
    pub at: Moment,
    /// Reason, where one is given that the standard knows.
    pub reason: Option<RevocationReason>,
    /// invalidityDate: since when the key may have been in other hands.
    pub invalid_since: Option<Moment>,
}

impl Revocation {
    /// From when on nothing that the key signed counts: the earlier of both dates.
    pub fn works_from(&self) -> Moment {
        self.invalid_since.map_or(self.at, |since| since.min(self.at))
    }
}

/// CRLReason (RFC 5280 5.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the standard")]
pub enum RevocationReason {
    Unspecified,
    KeyCompromise,
    CaCompromise,
    AffiliationChanged,
    Superseded,
    CessationOfOperation,
    CertificateHold,
    RemoveFromCrl,
    PrivilegeWithdrawn,
    AaCompromise,
}

impl RevocationReason {
    const ALL: [Self; 10] = [
        Self::Unspecified,
        Self::KeyCompromise,
        Self::CaCompromise,
        Self::AffiliationChanged,
        Self::Superseded,
        Self::CessationOfOperation,
        Self::CertificateHold,
        Self::RemoveFromCrl,
        Self::PrivilegeWithdrawn,
        Self::AaCompromise,
    ];

    /// The number on the wire; 7 is not used.
    pub const fn code(self) -> u8 {
        match self {
            Self::Unspecified => 0,
            Self::KeyCompromise => 1,
            Self::CaCompromise => 2,
            Self::AffiliationChanged => 3,
            Self::Superseded => 4,
            Self::CessationOfOperation => 5,
            Self::CertificateHold => 6,
            Self::RemoveFromCrl => 8,
            Self::PrivilegeWithdrawn => 9,
            Self::AaCompromise => 10,
        }
    }

    /// The reason of a number.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

/// How a list stands to an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// thisUpdate <= instant <= nextUpdate.
    Fresh,
    /// Made after the instant.
    NotYet,
    /// nextUpdate is over: what happened since is not in it.
    Outdated,
    /// There is no nextUpdate (against RFC 5280 5.1.2.5): nothing says how long it holds.
    NoEnd,
}

/// Why octets are no list that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CrlError {
    /// Larger than the budget.
    #[error("revocation list is larger than {limit} octets")]
    Size {
        /// Octets.
        limit: u64,
    },
    /// Not definite-length DER.
    #[error("revocation list: {0}")]
    Der(#[from] Asn1Error),
    /// Not the structure of RFC 5280 5.1.
    #[error("revocation list is not of the form of RFC 5280 5.1")]
    Structure,
    /// A time that is not in the calendar.
    #[error("revocation list has a time that is not in the calendar")]
    Time,
    /// nextUpdate is before thisUpdate.
    #[error("revocation list ends before it begins")]
    Inverted,
    /// Two extensions of one kind.
    #[error("revocation list has an extension twice")]
    DuplicateExtension,
    /// A critical extension: the list is not complete, or not understood.
    #[error("revocation list has the critical extension {0}, so that it cannot answer for every certificate")]
    NotComplete(String),
}

/// Why a list is not the issuer's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CrlSignatureFault {
    /// Names differ.
    #[error("the list is by {issuer}, not by this authority")]
    OtherIssuer {
        /// Issuer named by the list.
        issuer: String,
    },
    /// The key usage has no cRLSign.
    #[error("the authority may not sign revocation lists")]
    NotAllowed,
    /// The value does not stand.
    #[error(transparent)]
    Value(#[from] ValueFault),
}

impl Crl {
    /// From DER of at most [`Limits::list_bytes`]; nothing may follow it.
    ///
    /// # Errors
    /// [`CrlError`].
    pub fn from_der(der: &[u8]) -> Result<Self, CrlError> {
        let limits = Limits::default();
        if der.len() as u64 > limits.list_bytes {
            return Err(CrlError::Size { limit: limits.list_bytes });
        }
        check_definite(der, limits.der_depth)?;
        let (rest, parsed) = CertificateRevocationList::from_der(der).map_err(|_| CrlError::Structure)?;
        if !rest.is_empty() {
            return Err(CrlError::Structure);
        }
        let tbs = &parsed.tbs_cert_list;
        let raw_tbs: &[u8] = tbs.as_ref();
        let start = (raw_tbs.as_ptr() as usize).checked_sub(der.as_ptr() as usize).ok_or(CrlError::Structure)?;
        let number = number(&parsed)?;
        let (this_update, next_update) = (moment(tbs.this_update)?, tbs.next_update.map(moment).transpose()?);
        if next_update.is_some_and(|next| next < this_update) {
            return Err(CrlError::Inverted);
        }
        let mut revoked = BTreeMap::<Box<[u8]>, Revocation>::new();
        for one in &tbs.revoked_certificates {
            let found = revocation(one)?;
            // a serial that is there twice counts from its first revocation on
            revoked
                .entry(digits(one.raw_serial()).into())
                .and_modify(|known| {
                    if found.at < known.at {
                        *known = found;
                    }
                })
                .or_insert(found);
        }
        if parsed.signature_value.unused_bits != 0 {
            return Err(CrlError::Structure);
        }
        let oid = Oid::from_content(parsed.signature_algorithm.algorithm.as_bytes()).ok_or(CrlError::Structure)?;
        // RFC 5280 5.1.1.2: inner and outer must be the same
        let same = has_one_algorithm(der)?;
        let algorithm = if same { Algorithm::from_oid(oid) } else { Err(ValueFault::KeyMismatch) };
        Ok(Self(Arc::new(Inner {
            der: der.into(),
            tbs: start..start + raw_tbs.len(),
            issuer_der: tbs.issuer.as_raw().into(),
            issuer: super::name::to_text(&tbs.issuer),
            number,
            this_update,
            next_update,
            revoked,
            algorithm,
            value: parsed.signature_value.data.as_ref().into(),
        })))
    }

    /// The list as received.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// TBSCertList as received: what the signature is over.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.0.der[self.0.tbs.clone()]
    }

    /// Issuer as text.
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// Issuer in DER.
    pub fn issuer_der(&self) -> &[u8] {
        &self.0.issuer_der
    }

    /// CRLNumber in hexadecimal.
    pub fn number_hex(&self) -> Option<&str> {
        self.0.number.as_deref()
    }

    /// When it was made.
    pub fn this_update(&self) -> Moment {
        self.0.this_update
    }

    /// By which algorithm it is signed; `None` for one that does not verify here.
    pub fn signature_algorithm(&self) -> Option<Algorithm> {
        self.0.algorithm.as_ref().ok().copied()
    }

    /// When the next one is due at the latest.
    pub fn next_update(&self) -> Option<Moment> {
        self.0.next_update
    }

    /// How many certificates are listed.
    pub fn len(&self) -> usize {
        self.0.revoked.len()
    }

    /// Whether none is listed.
    pub fn is_empty(&self) -> bool {
        self.0.revoked.is_empty()
    }

    /// What the list says of a serial number (content octets of the INTEGER, as
    /// [`Certificate::serial`] gives them); `None`: not listed. Means nothing
    /// before [`Crl::verify_signature`].
    pub fn find(&self, serial: &[u8]) -> Option<Revocation> {
        self.0.revoked.get(digits(serial)).copied()
    }

    /// How the list stands to an instant.
    pub fn freshness(&self, at: Moment) -> Freshness {
        match self.0.next_update {
            _ if at < self.0.this_update => Freshness::NotYet,
            None => Freshness::NoEnd,
            Some(next) if at > next => Freshness::Outdated,
            Some(_) => Freshness::Fresh,
        }
    }

    /// Whether `authority` issued this list: name, key usage, and the signature
    /// over the received octets. Period and path of the authority are the caller's business.
    ///
    /// # Errors
    /// [`CrlSignatureFault`].
    pub fn verify_signature(&self, authority: &Certificate) -> Result<(), CrlSignatureFault> {
        if authority.subject_der() != self.issuer_der() {
            return Err(CrlSignatureFault::OtherIssuer { issuer: self.0.issuer.clone() });
        }
        if !may_sign_crl(authority) {
            return Err(CrlSignatureFault::NotAllowed);
        }
        let algorithm = self.0.algorithm.clone()?;
        if algorithm.is_weak() {
            return Err(ValueFault::UnknownAlgorithm("SHA-1".to_owned()).into());
        }
        let key = authority.key().ok_or(ValueFault::KeyMismatch)?;
        Ok(key.verify(algorithm, self.to_be_signed(), &self.0.value, &mut Deviations::default())?)
    }
}

impl core::fmt::Debug for Crl {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Crl({}, {}, {} entries)", self.0.issuer, self.0.this_update, self.len())
    }
}

/// Whether a certificate may sign revocation lists: cRLSign, or no key usage at all.
pub(super) fn may_sign_crl(certificate: &Certificate) -> bool {
    let Ok((_, parsed)) = X509Certificate::from_der(certificate.der()) else { return false };
    match parsed.key_usage() {
        Ok(usage) => usage.is_none_or(|usage| usage.value.crl_sign()),
        Err(_) => false,
    }
}

/// Whether inner and outer algorithm are the same octet for octet; the parser
/// reads an algorithm whose tag is not that of an OBJECT IDENTIFIER too.
fn has_one_algorithm(der: &[u8]) -> Result<bool, Asn1Error> {
    let mut items = Reader::new(der).nested(Tag::SEQUENCE)?;
    let mut tbs = items.nested(Tag::SEQUENCE)?;
    let outer = items.expect(Tag::SEQUENCE)?;
    tbs.optional(Tag::INTEGER)?;
    Ok(tbs.expect(Tag::SEQUENCE)?.raw == outer.raw)
}

fn moment(time: ASN1Time) -> Result<Moment, CrlError> {
    Moment::from_unix_seconds(time.timestamp()).map_err(|_| CrlError::Time)
}

/// A number's content octets without leading zeros.
fn digits(content: &[u8]) -> &[u8] {
    let first = content.iter().position(|&octet| octet != 0).unwrap_or(content.len());
    content.get(first..).unwrap_or_default()
}

/// CRLNumber, once no other extension narrows the list.
fn number(parsed: &CertificateRevocationList<'_>) -> Result<Option<String>, CrlError> {
    parsed.tbs_cert_list.extensions_map().map_err(|_| CrlError::DuplicateExtension)?;
    let mut number = None;
    for extension in parsed.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::CRLNumber(found) => number = Some(format!("{found:x}")),
            ParsedExtension::AuthorityKeyIdentifier(_) | ParsedExtension::IssuerAlternativeName(_) => {}
            // a part of the certificates only, whatever the flag says
            ParsedExtension::IssuingDistributionPoint(_) => {
                return Err(CrlError::NotComplete(extension.oid.to_id_string()));
            }
            _ if extension.critical => return Err(CrlError::NotComplete(extension.oid.to_id_string())),
            _ => {}
        }
    }
    Ok(number)
}

fn revocation(one: &RevokedCertificate<'_>) -> Result<Revocation, CrlError> {
    one.extensions_map().map_err(|_| CrlError::DuplicateExtension)?;
    let known = |parsed: &ParsedExtension<'_>| {
        matches!(parsed, ParsedExtension::ReasonCode(_) | ParsedExtension::InvalidityDate(_))
    };
    // certificateIssuer: the entry is about another authority's certificate
    if let Some(strange) = one.extensions().iter().find(|e| e.critical && !known(e.parsed_extension())) {
        return Err(CrlError::NotComplete(strange.oid.to_id_string()));
    }
    let reason = one.reason_code().and_then(|(_, code)| RevocationReason::from_code(code.0));
    let invalid_since = one.extensions().iter().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::InvalidityDate(date) => Some(moment(*date)),
        _ => None,
    });
    Ok(Revocation { at: moment(one.revocation_date)?, reason, invalid_since: invalid_since.transpose()? })
}
