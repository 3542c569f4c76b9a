//! One certificate, parsed once, with the octets it came in.

use super::{
    constraints::{Constraints, DirectoryName},
    met, name,
};
use crate::{
    asn1::{Asn1Error, Deviations, Oid, Reader, Tag, check_definite, oids},
    base::Moment,
    sm::sm3,
    suite::{Algorithm, PublicKey, ValueFault},
};
use std::{
    ops::Range,
    sync::{Arc, OnceLock},
};
use x509_parser::{
    extensions::{GeneralName, ParsedExtension},
    prelude::{FromDer as _, X509Certificate},
};

/// A certificate. Cheap to clone.
#[derive(Clone)]
pub struct Certificate(Arc<Inner>);

struct Inner {
    der: Box<[u8]>,
    tbs: Range<usize>,
    subject_der: Box<[u8]>,
    issuer_der: Box<[u8]>,
    subject: String,
    issuer: String,
    common_name: Option<String>,
    serial: Box<[u8]>,
    not_before: Moment,
    not_after: Moment,
    key: Option<PublicKey>,
    key_usage: Option<KeyUsage>,
    authority: Option<Authority>,
    purposes: Option<Purposes>,
    constraints: Option<Box<Constraints>>,
    unknown_critical: Option<String>,
    algorithm: Result<Algorithm, ValueFault>,
    value: Box<[u8]>,
    /// SM3 of `der`, once it was asked for.
    sm3: OnceLock<sm3::Digest>,
    /// The first issuer, in DER, whose key was found to have made `value`.
    issuer_found: OnceLock<Box<[u8]>>,
}

/// Basic constraints of a CA.
#[derive(Clone, Copy)]
struct Authority {
    path_length: Option<u32>,
}

/// Extended key usage, as far as anything here asks.
#[derive(Clone, Copy)]
struct Purposes {
    critical: bool,
    time_stamping_only: bool,
    ocsp_signing: bool,
}

/// Key usage bits (RFC 5280 4.2.1.3), bit n of the extension as bit n here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyUsage(u16);

impl KeyUsage {
    /// digitalSignature or nonRepudiation: may make signatures on documents.
    pub const fn may_sign(self) -> bool {
        self.0 & 0b11 != 0
    }

    /// keyCertSign.
    pub const fn may_issue(self) -> bool {
        self.0 & 0b10_0000 != 0
    }

    /// keyEncipherment, dataEncipherment or keyAgreement beside a signing bit:
    /// one key for both uses, against GB/T 20518's pairs of certificates.
    pub const fn mixes_encryption(self) -> bool {
        self.may_sign() && self.0 & 0b1_1100 != 0
    }
}

/// Why octets are no certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// Not definite-length DER.
    #[error("certificate: {0}")]
    Der(#[from] Asn1Error),
    /// Not the structure of RFC 5280 4.1.
    #[error("certificate is not of the form of RFC 5280 4.1")]
    Structure,
    /// A period that is not in the calendar.
    #[error("certificate validity is not in the calendar")]
    Validity,
    /// Two extensions of one kind.
    #[error("certificate has an extension twice")]
    DuplicateExtension,
}

impl Certificate {
    /// From DER; nothing may follow it.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        check_definite(der, crate::base::Limits::default().der_depth)?;
        let (rest, parsed) = X509Certificate::from_der(der).map_err(|_| CertificateError::Structure)?;
        if !rest.is_empty() {
            return Err(CertificateError::Structure);
        }
        let tbs = &parsed.tbs_certificate;
        tbs.extensions_map().map_err(|_| CertificateError::DuplicateExtension)?;
        let moment = |t: x509_parser::time::ASN1Time| {
            Moment::from_unix_seconds(t.timestamp()).map_err(|_| CertificateError::Validity)
        };
        let frame = Frame::read(der)?;
        let algorithm =
            if frame.is_consistent { Algorithm::from_oid(frame.algorithm) } else { Err(ValueFault::KeyMismatch) };
        let mut extensions = Extensions::read(tbs.extensions());
        let (constraints, unreadable) = Constraints::read(tbs.subject(), tbs.extensions());
        if unreadable && extensions.unknown_critical.is_none() {
            extensions.unknown_critical = Some("of constraints, which cannot be read".to_owned());
        }
        Ok(Self(Arc::new(Inner {
            der: der.into(),
            tbs: frame.tbs,
            subject_der: tbs.subject().as_raw().into(),
            issuer_der: tbs.issuer().as_raw().into(),
            subject: name::to_text(tbs.subject()),
            issuer: name::to_text(tbs.issuer()),
            common_name: name::common_name(tbs.subject()),
            serial: tbs.raw_serial().into(),
            not_before: moment(tbs.validity().not_before)?,
            not_after: moment(tbs.validity().not_after)?,
            key: PublicKey::from_spki(tbs.public_key().raw)?,
            key_usage: extensions.key_usage,
            authority: extensions.authority,
            purposes: extensions.purposes,
            constraints,
            unknown_critical: extensions.unknown_critical,
            algorithm,
            value: frame.value.into(),
            sm3: OnceLock::new(),
            issuer_found: OnceLock::new(),
        })))
    }

    /// As [`Certificate::from_der`]; one that was met before in this process is not parsed again.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub(crate) fn met(der: &[u8]) -> Result<Self, CertificateError> {
        met::certificate(der)
    }

    #[cfg(test)]
    pub(super) fn is_the_same_parsing_as(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The certificate as received.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// Subject as text, in the certificate's order.
    pub fn subject(&self) -> &str {
        &self.0.subject
    }

    /// Issuer as text, in the certificate's order.
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// Subject in DER.
    pub fn subject_der(&self) -> &[u8] {
        &self.0.subject_der
    }

    /// Issuer in DER.
    pub fn issuer_der(&self) -> &[u8] {
        &self.0.issuer_der
    }

    /// The common name, or the whole subject where there is none.
    pub fn display_name(&self) -> &str {
        self.0.common_name.as_deref().unwrap_or(&self.0.subject)
    }

    /// Content octets of the serial number INTEGER.
    pub fn serial(&self) -> &[u8] {
        &self.0.serial
    }

    /// Serial number in hexadecimal without leading zeros.
    pub fn serial_hex(&self) -> String {
        let text = hex::encode(&self.0.serial);
        let digits = text.trim_start_matches('0');
        if digits.is_empty() { "0".to_owned() } else { digits.to_owned() }
    }

    /// Begin of the period, inclusive.
    pub fn not_before(&self) -> Moment {
        self.0.not_before
    }

    /// End of the period, inclusive.
    pub fn not_after(&self) -> Moment {
        self.0.not_after
    }

    /// Whether `at` lies in the period (RFC 5280 4.1.2.5).
    pub fn is_valid_at(&self, at: Moment) -> bool {
        self.0.not_before <= at && at <= self.0.not_after
    }

    /// By which algorithm its issuer signed it, where that is one that is known here.
    pub fn signature_algorithm(&self) -> Option<Algorithm> {
        self.0.algorithm.as_ref().ok().copied()
    }

    /// The public key, unless it is of a kind that cannot verify here.
    pub fn key(&self) -> Option<&PublicKey> {
        self.0.key.as_ref()
    }

    /// Key usage, if the extension is there.
    pub fn key_usage(&self) -> Option<KeyUsage> {
        self.0.key_usage
    }

    /// Whether basic constraints say CA.
    pub fn is_authority(&self) -> bool {
        self.0.authority.is_some()
    }

    /// pathLenConstraint of a CA.
    pub fn path_length(&self) -> Option<u32> {
        self.0.authority.and_then(|a| a.path_length)
    }

    /// Extended key usage is critical and time stamping alone (RFC 3161 2.3).
    pub fn is_time_stamper(&self) -> bool {
        self.0.purposes.is_some_and(|p| p.critical && p.time_stamping_only)
    }

    /// Extended key usage names id-kp-OCSPSigning, and the key may sign (RFC 6960 4.2.2.2).
    pub fn may_answer_ocsp(&self) -> bool {
        self.0.purposes.is_some_and(|p| p.ocsp_signing) && self.0.key_usage.is_none_or(KeyUsage::may_sign)
    }

    /// Where the status of this certificate may be asked for, by its own words (authorityInfoAccess, RFC 5280
    /// 4.2.2.1); the first address that is a text of visible ASCII.
    pub fn ocsp_address(&self) -> Option<String> {
        let (_, parsed) = X509Certificate::from_der(&self.0.der).ok()?;
        parsed.extensions().iter().find_map(|extension| {
            let ParsedExtension::AuthorityInfoAccess(access) = extension.parsed_extension() else { return None };
            access.accessdescs.iter().find_map(|one| match &one.access_location {
                GeneralName::URI(address) if one.access_method.as_bytes() == oids::AD_OCSP.content() => {
                    address.bytes().all(|octet| octet.is_ascii_graphic()).then(|| (*address).to_owned())
                }
                _ => None,
            })
        })
    }

    /// What it says of names and policies.
    pub(super) fn constraints(&self) -> Option<&Constraints> {
        self.0.constraints.as_deref()
    }

    /// Its subject, for comparing.
    pub(super) fn directory_name(&self) -> Option<DirectoryName> {
        let (_, parsed) = X509Certificate::from_der(&self.0.der).ok()?;
        Some(DirectoryName::read(parsed.subject()))
    }

    /// A critical extension that nothing here understands, or constraints that cannot be read.
    pub fn unknown_critical_extension(&self) -> Option<&str> {
        self.0.unknown_critical.as_deref()
    }

    /// SM3 of the certificate.
    pub fn sm3(&self) -> sm3::Digest {
        *self.0.sm3.get_or_init(|| sm3::digest(&self.0.der))
    }

    /// Whether `issuer`'s key made this certificate's signature. Names are the
    /// caller's business. For one value and an issuer of the same octets it is computed once.
    ///
    /// # Errors
    /// [`ValueFault`].
    pub fn verify_signature(&self, issuer: &Self) -> Result<(), ValueFault> {
        let algorithm = self.0.algorithm.clone()?;
        if algorithm.is_weak() {
            return Err(ValueFault::UnknownAlgorithm("SHA-1".to_owned()));
        }
        let key = issuer.key().ok_or(ValueFault::KeyMismatch)?;
        if self.0.issuer_found.get().is_some_and(|found| *found == issuer.0.der) {
            return Ok(());
        }
        key.verify(algorithm, &self.0.der[self.0.tbs.clone()], &self.0.value, &mut Deviations::default())?;
        let _ = self.0.issuer_found.set(issuer.0.der.clone());
        Ok(())
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.0.der == other.0.der
    }
}

impl core::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Certificate({}, serial {})", self.0.subject, self.serial_hex())
    }
}

/// The three parts of a certificate, which x509-parser reads more freely than DER allows.
struct Frame<'a> {
    tbs: Range<usize>,
    algorithm: Oid<'a>,
    /// Inner and outer signature algorithm are the same octets (RFC 5280 4.1.1.2).
    is_consistent: bool,
    value: &'a [u8],
}

impl<'a> Frame<'a> {
    fn read(der: &'a [u8]) -> Result<Self, Asn1Error> {
        let mut outer = Reader::new(der);
        let mut parts = outer.nested(Tag::SEQUENCE)?;
        outer.finish()?;
        let tbs = parts.expect(Tag::SEQUENCE)?;
        let algorithm = parts.expect(Tag::SEQUENCE)?;
        let value = parts.expect(Tag::BIT_STRING)?;
        parts.finish()?;
        let [0, octets @ ..] = value.content else { return Err(Asn1Error::BitString { at: value.offset }) };
        let mut inner = tbs.reader()?;
        inner.optional(Tag::context(0))?;
        inner.expect(Tag::INTEGER)?;
        let is_consistent = inner.expect(Tag::SEQUENCE)?.raw == algorithm.raw;
        let oid = algorithm.reader()?.oid()?;
        Ok(Self { tbs: tbs.offset..tbs.offset + tbs.raw.len(), algorithm: oid, is_consistent, value: octets })
    }
}

#[derive(Default)]
struct Extensions {
    key_usage: Option<KeyUsage>,
    authority: Option<Authority>,
    purposes: Option<Purposes>,
    unknown_critical: Option<String>,
}

impl Extensions {
    fn read(extensions: &[x509_parser::extensions::X509Extension<'_>]) -> Self {
        let mut found = Self::default();
        for extension in extensions {
            match extension.parsed_extension() {
                ParsedExtension::KeyUsage(usage) => found.key_usage = Some(KeyUsage(usage.flags)),
                ParsedExtension::BasicConstraints(constraints) => {
                    found.authority =
                        constraints.ca.then_some(Authority { path_length: constraints.path_len_constraint });
                }
                ParsedExtension::ExtendedKeyUsage(usage) => {
                    let others = usage.any
                        || usage.server_auth
                        || usage.client_auth
                        || usage.code_signing
                        || usage.email_protection
                        || usage.ocsp_signing
                        || !usage.other.is_empty();
                    found.purposes = Some(Purposes {
                        critical: extension.critical,
                        time_stamping_only: usage.time_stamping && !others,
                        ocsp_signing: usage.ocsp_signing,
                    });
                }
                // read by nobody here, and without effect on a path
                ParsedExtension::SubjectKeyIdentifier(_)
                | ParsedExtension::AuthorityKeyIdentifier(_)
                // read by `constraints`
                | ParsedExtension::CertificatePolicies(_)
                | ParsedExtension::NameConstraints(_)
                | ParsedExtension::PolicyConstraints(_)
                | ParsedExtension::InhibitAnyPolicy(_)
                | ParsedExtension::SubjectAlternativeName(_)
                | ParsedExtension::IssuerAlternativeName(_)
                | ParsedExtension::CRLDistributionPoints(_)
                | ParsedExtension::AuthorityInfoAccess(_) => {}
                _ if extension.critical => found.unknown_critical = Some(extension.oid.to_id_string()),
                _ => {}
            }
        }
        found
    }
}
