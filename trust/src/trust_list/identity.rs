//! By what a service is known: a certificate, a public key, or a host name.

use super::address::{HostName, HostNameOffence};
use crate::{
    asn1::{Asn1Error, bit_string, object_identifier, oids, sequence},
    sm::sm2,
    suite::PublicKey,
    x509::{Certificate, CertificateError},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// By what a service is known.
#[derive(Clone, Debug, PartialEq)]
pub enum Identity {
    /// Of an authority, or of a time stamper.
    Certificate(Certificate),
    /// Of a log, of a status service, or of what signs receipts.
    Key(Box<ServiceKey>),
    /// Under which codes are shown.
    Host(HostName),
}

/// A public key as its SubjectPublicKeyInfo writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceKey {
    spki: Box<[u8]>,
    key: PublicKey,
}

/// Why a text names no identity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityOffence {
    /// Not base64 with padding (RFC 4648 4).
    #[error("not base64 with padding")]
    Base64,
    /// No certificate.
    #[error(transparent)]
    Certificate(CertificateError),
    /// A key that cannot verify here.
    #[error("a public key of an unsupported kind")]
    KeyKind,
    /// The certificate says that its key may not do what the service does.
    #[error("the certificate may not be used for {0}")]
    Usage(&'static str),
    /// No SubjectPublicKeyInfo.
    #[error("public key: {0}")]
    Key(Asn1Error),
    /// An SM2 key in another form than the one that is written.
    #[error("not the one form of an sm2 public key")]
    KeyForm,
    /// No host name.
    #[error(transparent)]
    Host(HostNameOffence),
}

impl ServiceKey {
    /// From a SubjectPublicKeyInfo in DER.
    ///
    /// # Errors
    /// [`IdentityOffence::Key`], [`IdentityOffence::KeyKind`], [`IdentityOffence::KeyForm`].
    pub fn from_spki(spki: &[u8]) -> Result<Self, IdentityOffence> {
        let key = PublicKey::from_spki(spki).map_err(IdentityOffence::Key)?.ok_or(IdentityOffence::KeyKind)?;
        match &key {
            PublicKey::Sm2(sm2) if spki_of(sm2) != spki => Err(IdentityOffence::KeyForm),
            _ => Ok(Self { spki: spki.into(), key }),
        }
    }

    /// From an SM2 key.
    pub fn from_sm2(key: &sm2::PublicKey) -> Self {
        Self { spki: spki_of(key).into(), key: PublicKey::Sm2(key.clone()) }
    }

    /// The SubjectPublicKeyInfo.
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// The key.
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }
}

impl Identity {
    /// What is compared: the certificate or SubjectPublicKeyInfo in DER, or the host name.
    pub fn octets(&self) -> &[u8] {
        match self {
            Self::Certificate(certificate) => certificate.der(),
            Self::Key(key) => key.spki(),
            Self::Host(host) => host.as_str().as_bytes(),
        }
    }

    /// The member of a service that holds it.
    pub(super) const fn member(&self) -> &'static str {
        match self {
            Self::Certificate(_) => "certificate",
            Self::Key(_) => "key",
            Self::Host(_) => "host",
        }
    }

    /// As the member writes it.
    pub(super) fn to_text(&self) -> String {
        match self {
            Self::Certificate(_) | Self::Key(_) => STANDARD.encode(self.octets()),
            Self::Host(host) => host.as_str().to_owned(),
        }
    }
}

/// The octets of a base64 text.
pub(super) fn decoded(text: &str) -> Result<Vec<u8>, IdentityOffence> {
    STANDARD.decode(text).map_err(|_| IdentityOffence::Base64)
}

/// SubjectPublicKeyInfo with the named curve (GM/T 0009, RFC 5480 2.1.1).
pub(super) fn spki_of(key: &sm2::PublicKey) -> Vec<u8> {
    let kind = sequence(&[&object_identifier(oids::EC_PUBLIC_KEY), &object_identifier(oids::SM2_CURVE)]);
    sequence(&[&kind, &bit_string(key.to_sec1())])
}
