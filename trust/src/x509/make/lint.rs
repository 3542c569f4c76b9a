//! What must hold of a certificate before anybody signs it. Reads the octets
//! with `x509-parser`, which shares nothing with the code that wrote them.

use super::wire::suite_of;
use crate::{
    asn1::oids,
    base::Moment,
    suite::{PublicKey, Suite},
    x509::Certificate,
};
use x509_parser::{
    certificate::TbsCertificate,
    extensions::{KeyUsage, ParsedExtension},
    prelude::FromDer as _,
    x509::X509Name,
};

/// What a lint finds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum LintFault {
    #[error("not a TBSCertificate of RFC 5280 4.1")]
    Structure,
    #[error("the version is not 3")]
    Version,
    #[error("the serial number has {octets} octets, 8 to 20 are due")]
    SerialLength { octets: usize },
    #[error("the serial number is not positive")]
    SerialSign,
    #[error("the signature algorithm is neither SM2 with SM3 nor ECDSA with SHA-256")]
    Algorithm,
    #[error("the parameters of the signature algorithm are not absent")]
    AlgorithmParameters,
    #[error("the key is neither on sm2p256v1 nor on P-256")]
    Key,
    #[error("key, signature algorithm and issuer's key are of two suites")]
    TwoSuites,
    #[error("the subject is empty, or an attribute of it is")]
    SubjectEmpty,
    #[error("the issuer is empty, or an attribute of it is")]
    IssuerEmpty,
    #[error("the issuer's name is not the subject of the issuer's certificate")]
    IssuerName,
    #[error("the issuer may not issue certificates")]
    IssuerUsage,
    #[error("the issuer's path length allows no further authority")]
    IssuerPathLength,
    #[error("the validity ends before it begins, or is not in the calendar")]
    ValidityInverted,
    #[error("the validity is not within the issuer's")]
    ValidityOutsideIssuer,
    #[error("an extension is there twice, or cannot be read")]
    Extensions,
    #[error("there is no subject key identifier")]
    SubjectKeyIdentifier,
    #[error("there is no authority key identifier")]
    AuthorityKeyIdentifier,
    #[error("there is no key usage, or it is empty")]
    UsageMissing,
    #[error("the key usage is not critical")]
    UsageNotCritical,
    #[error("the key usage mixes signing and encryption")]
    UsageMixed,
    #[error("the key usage of an authority lacks keyCertSign")]
    UsageOfAuthority,
    #[error("the key usage of an end entity has keyCertSign or cRLSign")]
    UsageOfEndEntity,
    #[error("the extended key usage names time stamping beside another purpose, or is not critical")]
    TimeStamping,
    #[error("the extended key usage of an authority")]
    PurposeOfAuthority,
    #[error("who signs OCSP answers has no id-pkix-ocsp-nocheck, or another certificate has it")]
    NoCheck,
    #[error("an end entity has basic constraints")]
    ConstraintsOfEndEntity,
    #[error("the basic constraints are not critical")]
    ConstraintsNotCritical,
}

/// Lints the to-be-signed octets of a certificate against its issuer's; without
/// one, the certificate is its own issuer. Every fault found is named.
pub fn lint(tbs: &[u8], issuer: Option<&Certificate>) -> Vec<LintFault> {
    let Ok((rest, parsed)) = TbsCertificate::from_der(tbs) else { return vec![LintFault::Structure] };
    if !rest.is_empty() {
        return vec![LintFault::Structure];
    }
    let mut faults = Vec::new();
    let mut unless = |holds: bool, fault| {
        if !holds {
            faults.push(fault);
        }
    };
    unless(parsed.version.0 == 2, LintFault::Version);
    let serial = parsed.raw_serial();
    let digits = serial.strip_prefix(&[0]).unwrap_or(serial).len();
    unless(digits >= 8 && serial.len() <= 20, LintFault::SerialLength { octets: serial.len() });
    unless(serial.first().is_some_and(|first| first & 0x80 == 0), LintFault::SerialSign);
    let suite = suite_of(parsed.signature.algorithm.as_bytes());
    unless(suite.is_some(), LintFault::Algorithm);
    unless(parsed.signature.parameters.is_none(), LintFault::AlgorithmParameters);
    let key = PublicKey::from_spki(parsed.public_key().raw).ok().flatten().as_ref().and_then(Suite::of);
    unless(key.is_some(), LintFault::Key);
    let of_issuer = issuer.map_or(key, |issuer| issuer.key().and_then(Suite::of));
    let differs = |other: Option<Suite>| suite.zip(other).is_some_and(|(suite, other)| suite != other);
    unless(!differs(key) && !differs(of_issuer), LintFault::TwoSuites);
    unless(is_named(parsed.subject()), LintFault::SubjectEmpty);
    unless(is_named(parsed.issuer()), LintFault::IssuerEmpty);
    let moment = |time: x509_parser::time::ASN1Time| Moment::from_unix_seconds(time.timestamp()).ok();
    let period = moment(parsed.validity().not_before).zip(moment(parsed.validity().not_after));
    unless(period.is_some_and(|(from, to)| from < to), LintFault::ValidityInverted);

    let seen = Extensions::read(&parsed);
    unless(seen.readable, LintFault::Extensions);
    unless(seen.subject_identifier, LintFault::SubjectKeyIdentifier);
    unless(seen.authority_identifier, LintFault::AuthorityKeyIdentifier);
    unless(seen.usage.as_ref().is_some_and(|(usage, _)| usage.flags != 0), LintFault::UsageMissing);
    if let Some((usage, critical)) = &seen.usage {
        let signs = usage.digital_signature() || usage.non_repudiation() || usage.key_cert_sign() || usage.crl_sign();
        let encrypts = usage.key_encipherment() || usage.data_encipherment() || usage.key_agreement();
        unless(*critical, LintFault::UsageNotCritical);
        unless(!(signs && encrypts), LintFault::UsageMixed);
        unless(!seen.authority || usage.key_cert_sign(), LintFault::UsageOfAuthority);
        unless(seen.authority || !(usage.key_cert_sign() || usage.crl_sign()), LintFault::UsageOfEndEntity);
    }
    unless(!seen.stamps_time || seen.stamps_time_alone, LintFault::TimeStamping);
    unless(!seen.authority || !seen.purposes, LintFault::PurposeOfAuthority);
    unless(seen.no_check == seen.signs_ocsp, LintFault::NoCheck);
    unless(seen.authority || !seen.constraints, LintFault::ConstraintsOfEndEntity);
    unless(seen.constraints_critical || !seen.constraints, LintFault::ConstraintsNotCritical);

    match issuer {
        None => {
            unless(parsed.subject().as_raw() == parsed.issuer().as_raw(), LintFault::IssuerName);
            // a certificate that vouches for nobody is no root
            unless(seen.authority, LintFault::IssuerUsage);
        }
        Some(issuer) => {
            unless(parsed.issuer().as_raw() == issuer.subject_der(), LintFault::IssuerName);
            let may_issue = issuer.key_usage().is_some_and(super::super::KeyUsage::may_issue);
            unless(issuer.is_authority() && may_issue, LintFault::IssuerUsage);
            unless(!(seen.authority && issuer.path_length() == Some(0)), LintFault::IssuerPathLength);
            let within = period.is_some_and(|(from, to)| issuer.not_before() <= from && to <= issuer.not_after());
            unless(within, LintFault::ValidityOutsideIssuer);
        }
    }
    faults
}

/// At least one attribute, and none without a value.
fn is_named(name: &X509Name<'_>) -> bool {
    let mut attributes = name.iter_attributes().peekable();
    attributes.peek().is_some() && attributes.all(|attribute| !attribute.as_slice().is_empty())
}

#[derive(Default)]
struct Extensions {
    readable: bool,
    subject_identifier: bool,
    authority_identifier: bool,
    usage: Option<(KeyUsage, bool)>,
    constraints: bool,
    constraints_critical: bool,
    authority: bool,
    purposes: bool,
    stamps_time: bool,
    stamps_time_alone: bool,
    signs_ocsp: bool,
    no_check: bool,
}

impl Extensions {
    fn read(parsed: &TbsCertificate<'_>) -> Self {
        let mut found = Self { readable: parsed.extensions_map().is_ok(), ..Self::default() };
        for extension in parsed.extensions() {
            match extension.parsed_extension() {
                ParsedExtension::SubjectKeyIdentifier(_) => found.subject_identifier = true,
                ParsedExtension::AuthorityKeyIdentifier(_) => found.authority_identifier = true,
                ParsedExtension::KeyUsage(usage) => found.usage = Some((*usage, extension.critical)),
                ParsedExtension::BasicConstraints(constraints) => {
                    found.constraints = true;
                    found.constraints_critical = extension.critical;
                    found.authority = constraints.ca;
                }
                ParsedExtension::ExtendedKeyUsage(usage) => {
                    let others = usage.any
                        || usage.server_auth
                        || usage.client_auth
                        || usage.code_signing
                        || usage.email_protection
                        || usage.ocsp_signing
                        || !usage.other.is_empty();
                    found.purposes = true;
                    found.stamps_time = usage.time_stamping;
                    found.stamps_time_alone = usage.time_stamping && !others && extension.critical;
                    found.signs_ocsp = usage.ocsp_signing;
                }
                _ if extension.oid.as_bytes() == oids::OCSP_NO_CHECK.content() => found.no_check = true,
                ParsedExtension::ParseError { .. } | ParsedExtension::Unparsed => found.readable = false,
                _ => {}
            }
        }
        found
    }
}
