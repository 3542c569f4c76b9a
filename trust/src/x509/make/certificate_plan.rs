//! One certificate from its profile to its DER.

use super::{
    ExtendedUse, LintFault, Profile, SerialNumber, SubjectName, lint,
    wire::{
        SuiteKey, authority_constraints, authority_key_identifier, extension, extension_ids, identifier_of,
        key_identifier, key_usage, public_key_info, signature_algorithm, time,
    },
};
use crate::{
    asn1::{
        Tag, bit_string, explicit, integer, null, object_identifier, octet_string, oids, sequence, tagged, unsigned,
    },
    base::Moment,
    suite::{PublicKey, SignatureValue, Suite},
    x509::Certificate,
};

/// A period of whole seconds, both ends inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    not_before: Moment,
    not_after: Moment,
}

impl Validity {
    /// From `not_before` to `not_after`; milliseconds are cut.
    ///
    /// # Errors
    /// [`PlanFault::Inverted`] unless the end is after the beginning.
    pub fn new(not_before: Moment, not_after: Moment) -> Result<Self, PlanFault> {
        let whole = |moment: Moment| Moment::from_unix_seconds(moment.unix_seconds()).unwrap_or(moment);
        let (not_before, not_after) = (whole(not_before), whole(not_after));
        if not_before < not_after { Ok(Self { not_before, not_after }) } else { Err(PlanFault::Inverted) }
    }

    /// First second.
    pub const fn not_before(self) -> Moment {
        self.not_before
    }

    /// Last second.
    pub const fn not_after(self) -> Moment {
        self.not_after
    }
}

/// Where more is said about a certificate: visible ASCII, at most 1024 octets each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    /// Of a responder that is asked about it (authorityInfoAccess, id-ad-ocsp).
    pub ocsp: Option<String>,
    /// Of its issuer's revocation list (cRLDistributionPoints), for this certificate alone.
    pub list: Option<String>,
}

/// Who will sign.
#[derive(Clone, Copy, Debug)]
pub enum Issuer<'a> {
    /// The subject itself: a root.
    Itself,
    /// The key of this certificate.
    Certificate(&'a Certificate),
}

/// Why no certificate is made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanFault {
    /// The validity ends before it begins.
    #[error("the validity ends before it begins")]
    Inverted,
    /// Longer than the profile allows.
    #[error("the validity is longer than the profile's {days} days")]
    TooLong {
        /// validity_days of the profile.
        days: u32,
    },
    /// Not an address that a certificate may carry.
    #[error("{0:?} is not an address of http or https in visible ASCII")]
    Address(String),
    /// The key is of no suite that certificates are made in.
    #[error("the key is neither an SM2 nor a P-256 key")]
    Key,
    /// The issuer's key is of no suite that certificates are made in.
    #[error("the issuer's key is neither an SM2 nor a P-256 key")]
    IssuerKey,
    /// One suite a chain: the national one is never vouched for by another, nor the reverse.
    #[error("the key is of the suite {key}, the issuer's of {issuer}: a chain has one suite")]
    TwoSuites {
        /// Of the subject.
        key: Suite,
        /// Of the issuer.
        issuer: Suite,
    },
    /// The lint refuses it.
    #[error("lint: {}", list(.0))]
    Lint(Vec<LintFault>),
    /// The signature is not the issuer's over these octets.
    #[error("the signature is not by the issuer's key over this certificate")]
    WrongSignature,
    /// The result does not read back as what was planned.
    #[error("the certificate does not read back")]
    ReadBack,
}

fn list(faults: &[LintFault]) -> String {
    let texts: Vec<String> = faults.iter().map(LintFault::to_string).collect();
    texts.join("; ")
}

/// A certificate that lacks only its signature. Not `Clone`: it is embedded once.
#[derive(Debug)]
pub struct CertificatePlan {
    tbs: Vec<u8>,
    issuer_key: SuiteKey,
}

impl CertificatePlan {
    /// Writes the to-be-signed octets and lints them. The suite is that of the issuer's key.
    ///
    /// # Errors
    /// [`PlanFault::TooLong`], [`PlanFault::Key`], [`PlanFault::IssuerKey`], [`PlanFault::TwoSuites`],
    /// [`PlanFault::Lint`].
    pub fn new(
        profile: &Profile,
        subject: &SubjectName,
        key: &PublicKey,
        serial: &SerialNumber,
        validity: Validity,
        issuer: Issuer<'_>,
    ) -> Result<Self, PlanFault> {
        Self::pointing(profile, subject, key, serial, validity, issuer, &Addresses::default())
    }

    /// As [`CertificatePlan::new`], with addresses.
    ///
    /// # Errors
    /// As [`CertificatePlan::new`]; [`PlanFault::Address`].
    pub fn pointing(
        profile: &Profile,
        subject: &SubjectName,
        key: &PublicKey,
        serial: &SerialNumber,
        validity: Validity,
        issuer: Issuer<'_>,
        addresses: &Addresses,
    ) -> Result<Self, PlanFault> {
        if let Some(bad) = [&addresses.ocsp, &addresses.list].into_iter().flatten().find(|one| !is_address(one)) {
            return Err(PlanFault::Address(bad.clone()));
        }
        if !profile.allows(validity) {
            return Err(PlanFault::TooLong { days: profile.validity_days() });
        }
        let key = SuiteKey::of(key).ok_or(PlanFault::Key)?;
        let (issuer_name, issuer_key, identifier) = match issuer {
            Issuer::Itself => (subject.der().to_vec(), key.clone(), key_identifier(&key)),
            Issuer::Certificate(issuer) => {
                let issuer_key = issuer.key().and_then(SuiteKey::of).ok_or(PlanFault::IssuerKey)?;
                let identifier = identifier_of(issuer, &issuer_key);
                (issuer.subject_der().to_vec(), issuer_key, identifier)
            }
        };
        if key.suite != issuer_key.suite {
            return Err(PlanFault::TwoSuites { key: key.suite, issuer: issuer_key.suite });
        }
        let extensions = extensions(profile, &key, &identifier, addresses);
        let tbs = sequence(&[
            &explicit(0, &integer(2)),
            &unsigned(serial.digits()),
            &signature_algorithm(issuer_key.suite),
            &issuer_name,
            &sequence(&[&time(validity.not_before), &time(validity.not_after)]),
            subject.der(),
            &public_key_info(&key),
            &explicit(3, &extensions),
        ]);
        let faults = match issuer {
            Issuer::Itself => lint(&tbs, None),
            Issuer::Certificate(issuer) => lint(&tbs, Some(issuer)),
        };
        if faults.is_empty() { Ok(Self { tbs, issuer_key }) } else { Err(PlanFault::Lint(faults)) }
    }

    /// TBSCertificate.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.tbs
    }

    /// The suite of the signature that is wanted.
    pub const fn suite(&self) -> Suite {
        self.issuer_key.suite
    }

    /// What a device that takes digests signs; see [`PublicKey::digest_to_sign`].
    ///
    /// # Errors
    /// [`PlanFault::IssuerKey`]; does not happen with a key of a suite.
    pub fn digest(&self) -> Result<[u8; 32], PlanFault> {
        self.issuer_key.key.digest_to_sign(&self.tbs).ok_or(PlanFault::IssuerKey)
    }

    /// The certificate, once the signature verifies and the whole reads back.
    ///
    /// # Errors
    /// [`PlanFault::WrongSignature`], also for one of another suite; [`PlanFault::ReadBack`].
    pub fn embed(self, signature: impl Into<SignatureValue>) -> Result<Certificate, PlanFault> {
        let value = signature.into();
        if !self.issuer_key.key.made(&self.tbs, &value) {
            return Err(PlanFault::WrongSignature);
        }
        let algorithm = signature_algorithm(self.issuer_key.suite);
        let der = sequence(&[&self.tbs, &algorithm, &bit_string(&value.to_octets())]);
        Certificate::from_der(&der).map_err(|_| PlanFault::ReadBack)
    }
}

/// The extensions of GB/T 20518-2018 5.2.4, in its order. End entities get no
/// basic constraints: a GM tool refuses them there.
fn extensions(profile: &Profile, key: &SuiteKey, authority_identifier: &[u8], addresses: &Addresses) -> Vec<u8> {
    let subject_identifier = octet_string(&key_identifier(key));
    let mut all = vec![
        authority_key_identifier(authority_identifier),
        extension(extension_ids::SUBJECT_KEY_IDENTIFIER, false, &subject_identifier),
        extension(extension_ids::KEY_USAGE, true, &key_usage(profile.key_usage())),
    ];
    if profile.is_authority() {
        let constraints = authority_constraints(profile.path_length());
        all.push(extension(extension_ids::BASIC_CONSTRAINTS, true, &constraints));
    }
    if let Some(purpose) = profile.extended_key_usage() {
        let purposes = sequence(&[&object_identifier(purpose.oid())]);
        all.push(extension(extension_ids::EXTENDED_KEY_USAGE, purpose.is_critical(), &purposes));
    }
    if profile.extended_key_usage() == Some(ExtendedUse::OcspSigning) {
        all.push(extension(oids::OCSP_NO_CHECK.content(), false, &null()));
    }
    let uri = |address: &str| tagged(Tag::context_primitive(6), address.as_bytes());
    if let Some(address) = &addresses.ocsp {
        let access = sequence(&[&object_identifier(oids::AD_OCSP), &uri(address)]);
        all.push(extension(oids::AUTHORITY_INFO_ACCESS.content(), false, &sequence(&[&access])));
    }
    if let Some(address) = &addresses.list {
        // DistributionPoint { [0] { [0] fullName { URI } } }
        let name = explicit(0, &explicit(0, &uri(address)));
        all.push(extension(extension_ids::CRL_DISTRIBUTION_POINTS, false, &sequence(&[&sequence(&[&name])])));
    }
    let parts: Vec<&[u8]> = all.iter().map(Vec::as_slice).collect();
    sequence(&parts)
}

/// Whether a certificate may name this address: of http or https, visible ASCII, at most 1024 octets.
pub fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    rest.is_some_and(|rest| !rest.is_empty())
        && text.len() <= 1024
        && text.bytes().all(|octet| octet.is_ascii_graphic())
}
