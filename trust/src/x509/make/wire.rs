//! Pieces of DER that certificates and revocation lists share.

use super::{KeyUse, NameAttribute};
use crate::{
    asn1::{
        Oid, Tag, bit_string, generalized_time, integer, object_identifier, octet_string, oids, printable_string,
        sequence, tagged, utc_time, utf8_string,
    },
    base::Moment,
    sm::sm3,
    suite::{PublicKey, Suite, sha256},
    x509::Certificate,
};
use x509_parser::{extensions::ParsedExtension, prelude::FromDer as _, prelude::X509Certificate};

/// 2.5.29.n, the extensions of RFC 5280.
pub(super) mod extension_ids {
    use crate::asn1::Oid;

    pub(in super::super) const SUBJECT_KEY_IDENTIFIER: &[u8] = &[0x55, 0x1D, 14];
    pub(in super::super) const KEY_USAGE: &[u8] = &[0x55, 0x1D, 15];
    pub(in super::super) const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1D, 19];
    pub(in super::super) const CRL_NUMBER: &[u8] = &[0x55, 0x1D, 20];
    pub(in super::super) const REASON_CODE: &[u8] = &[0x55, 0x1D, 21];
    pub(in super::super) const CRL_DISTRIBUTION_POINTS: &[u8] = &[0x55, 0x1D, 31];
    pub(in super::super) const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1D, 37];
    pub(in super::super) const AUTHORITY_KEY_IDENTIFIER: &[u8] = &[0x55, 0x1D, 35];

    pub(super) fn oid(content: &[u8]) -> Option<Oid<'_>> {
        Oid::from_content(content)
    }
}

/// A public key of a suite in which certificates are made.
#[derive(Clone, Debug)]
pub(super) struct SuiteKey {
    pub(super) suite: Suite,
    pub(super) key: PublicKey,
}

impl SuiteKey {
    /// `None` for a key of no such suite.
    pub(super) fn of(key: &PublicKey) -> Option<Self> {
        Some(Self { suite: Suite::of(key)?, key: key.clone() })
    }

    fn point(&self) -> &[u8] {
        self.key.point().unwrap_or_default()
    }
}

/// AlgorithmIdentifier of a suite's signatures, parameters absent (GM/T 0015, RFC 5758 3.2).
pub(super) fn signature_algorithm(suite: Suite) -> Vec<u8> {
    sequence(&[&object_identifier(suite.algorithm())])
}

/// SubjectPublicKeyInfo with the named curve.
pub(super) fn public_key_info(key: &SuiteKey) -> Vec<u8> {
    let kind = sequence(&[&object_identifier(oids::EC_PUBLIC_KEY), &object_identifier(key.suite.curve())]);
    sequence(&[&kind, &bit_string(key.point())])
}

/// A name, every attribute in a set of its own; texts are UTF8String but for the country.
pub(super) fn distinguished_name(attributes: &[(NameAttribute, &str)]) -> Vec<u8> {
    let parts: Vec<Vec<u8>> = attributes
        .iter()
        .map(|&(attribute, value)| {
            // 2.5.4.n (X.520)
            let number = match attribute {
                NameAttribute::CommonName => 3,
                NameAttribute::SerialNumber => 5,
                NameAttribute::Country => 6,
                NameAttribute::Locality => 7,
                NameAttribute::Province => 8,
                NameAttribute::Organisation => 10,
                NameAttribute::Unit => 11,
            };
            let kind = tagged(Tag::OBJECT_IDENTIFIER, &[0x55, 0x04, number]);
            let text = match attribute {
                NameAttribute::Country | NameAttribute::SerialNumber => printable_string(value),
                _ => utf8_string(value),
            };
            tagged(Tag::SET, &sequence(&[&kind, &text]))
        })
        .collect();
    tagged(Tag::SEQUENCE, &parts.concat())
}

/// UTCTime to 2049, GeneralizedTime from 2050 on (RFC 5280 4.1.2.5).
pub(super) fn time(at: Moment) -> Vec<u8> {
    // the seconds of 1950-01-01 and 2050-01-01
    const UTC_TIMES: core::ops::Range<i64> = -631_152_000..2_524_608_000;
    if UTC_TIMES.contains(&at.unix_seconds()) { utc_time(at) } else { generalized_time(at) }
}

/// One extension; `critical` is written only where it is true.
pub(super) fn extension(id: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let kind = extension_ids::oid(id).map_or_else(Vec::new, object_identifier);
    let flag = if critical { tagged(Tag::BOOLEAN, &[0xFF]) } else { Vec::new() };
    sequence(&[&kind, &flag, &octet_string(value)])
}

/// KeyUsage: named bits, trailing zero bits dropped (X.690 11.2.2).
pub(super) fn key_usage(uses: &[KeyUse]) -> Vec<u8> {
    let bits = uses.iter().fold(0_u8, |bits, one| bits | 0x80 >> one.bit());
    let unused = if bits == 0 { 0 } else { bits.trailing_zeros() as u8 };
    let content: &[u8] = if bits == 0 { &[0] } else { &[unused, bits] };
    tagged(Tag::BIT_STRING, content)
}

/// BasicConstraints of an authority.
pub(super) fn authority_constraints(path_length: Option<u32>) -> Vec<u8> {
    let length = path_length.map_or_else(Vec::new, |length| integer(length.into()));
    sequence(&[&tagged(Tag::BOOLEAN, &[0xFF]), &length])
}

/// AuthorityKeyIdentifier with the identifier alone.
pub(super) fn authority_key_identifier(identifier: &[u8]) -> Vec<u8> {
    extension(
        extension_ids::AUTHORITY_KEY_IDENTIFIER,
        false,
        &sequence(&[&tagged(Tag::context_primitive(0), identifier)]),
    )
}

/// The identifier of a key: the first 20 octets of the digest of its point, by SM3,
/// for P-256 by SHA-256 (RFC 7093 2, method 1).
pub(super) fn key_identifier(key: &SuiteKey) -> Vec<u8> {
    let digest = match key.suite {
        Suite::Sm2 => sm3::digest(key.point()),
        Suite::P256 => sha256(key.point()),
    };
    digest.iter().copied().take(20).collect()
}

/// The identifier by which `certificate` names its own key, else the one we would give it.
pub(super) fn identifier_of(certificate: &Certificate, key: &SuiteKey) -> Vec<u8> {
    let parsed = X509Certificate::from_der(certificate.der()).ok();
    let given = parsed.as_ref().and_then(|(_, parsed)| {
        parsed.extensions().iter().find_map(|extension| match extension.parsed_extension() {
            ParsedExtension::SubjectKeyIdentifier(identifier) => Some(identifier.0.to_vec()),
            _ => None,
        })
    });
    given.unwrap_or_else(|| key_identifier(key))
}

/// The suite of a raw algorithm.
pub(super) fn suite_of(content: &[u8]) -> Option<Suite> {
    Oid::from_content(content).and_then(Suite::of_algorithm)
}
