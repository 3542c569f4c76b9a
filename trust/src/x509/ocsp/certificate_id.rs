//! CertID (RFC 6960 4.1.1): which certificate is meant.

use crate::{
    asn1::{Asn1Error, Oid, Tag, Tlv, null, object_identifier, octet_string, oids, sequence, tagged},
    sm::sm3,
    suite::{sha1, sha256},
    x509::Certificate,
};
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// By which digest the issuer is named. It names and protects nothing: the answer's signature does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum IdDigest {
    Sha1,
    Sha256,
    Sm3,
}

impl IdDigest {
    fn of(self, octets: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => sha1(octets).to_vec(),
            Self::Sha256 => sha256(octets).to_vec(),
            Self::Sm3 => sm3::digest(octets).to_vec(),
        }
    }

    const fn oid(self) -> Oid<'static> {
        match self {
            Self::Sha1 => oids::SHA1,
            Self::Sha256 => oids::SHA256,
            Self::Sm3 => oids::SM3,
        }
    }
}

/// A certificate, by its issuer and serial number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateId {
    /// None for a digest that is not known here: such an id is nobody's.
    digest: Option<IdDigest>,
    name: Box<[u8]>,
    key: Box<[u8]>,
    serial: Box<[u8]>,
    der: Box<[u8]>,
}

impl CertificateId {
    /// Of a certificate that `issuer` issued.
    pub fn of(digest: IdDigest, certificate: &Certificate, issuer: &Certificate) -> Self {
        let (name, key) = (digest.of(issuer.subject_der()), digest.of(&key_octets(issuer)));
        let serial = certificate.serial();
        // NULL parameters, as clients of RFC 5019 write them and compare
        let algorithm = sequence(&[&object_identifier(digest.oid()), &null()]);
        let der = sequence(&[&algorithm, &octet_string(&name), &octet_string(&key), &tagged(Tag::INTEGER, serial)]);
        Self { digest: Some(digest), name: name.into(), key: key.into(), serial: serial.into(), der: der.into() }
    }

    pub(super) fn read(value: Tlv<'_>) -> Result<Self, Asn1Error> {
        let mut parts = value.reader()?;
        let algorithm = parts.algorithm()?;
        let name = parts.expect(Tag::OCTET_STRING)?.content.into();
        let key = parts.expect(Tag::OCTET_STRING)?.content.into();
        let serial = parts.expect(Tag::INTEGER)?;
        parts.finish()?;
        // RFC 5280 4.1.2.2, with room for what is a little longer
        if serial.content.is_empty() || serial.content.len() > 32 {
            return Err(Asn1Error::Integer { at: serial.offset });
        }
        let digest = match algorithm {
            oids::SHA1 => Some(IdDigest::Sha1),
            oids::SHA256 => Some(IdDigest::Sha256),
            oids::SM3 | oids::SM3_PLAIN => Some(IdDigest::Sm3),
            _ => None,
        };
        Ok(Self { digest, name, key, serial: serial.content.into(), der: value.raw.into() })
    }

    /// Whether this authority's certificates are meant.
    pub fn is_of_issuer(&self, issuer: &Certificate) -> bool {
        let Some(digest) = self.digest else { return false };
        *self.name == digest.of(issuer.subject_der()) && *self.key == digest.of(&key_octets(issuer))
    }

    /// Content octets of the serial number INTEGER.
    pub fn serial(&self) -> &[u8] {
        &self.serial
    }

    /// As received or written.
    pub fn der(&self) -> &[u8] {
        &self.der
    }
}

/// The octets of the key's BIT STRING, without its first.
pub(super) fn key_octets(certificate: &Certificate) -> Vec<u8> {
    let parsed = X509Certificate::from_der(certificate.der());
    parsed.map(|(_, parsed)| parsed.public_key().subject_public_key.data.to_vec()).unwrap_or_default()
}
