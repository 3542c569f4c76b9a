//! MessageImprint (RFC 3161 2.4.1): what a time stamp is over.

use crate::{
    algorithms::AlgorithmName,
    asn1::{Asn1Error, Oid, Reader, Tag, Tlv, null, object_identifier, octet_string, oids, sequence},
    sm::sm3,
    suite::sha256,
};

/// By which algorithm something was digested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum ImprintKind {
    Sm3,
    Sha256,
    /// Stamped, but not computed here.
    Sha384,
    /// Stamped, but not computed here.
    Sha512,
}

/// A digest with its algorithm, and the octets in which both came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imprint {
    kind: ImprintKind,
    digest: Box<[u8]>,
    der: Box<[u8]>,
}

/// Why something is no imprint that is stamped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImprintFault {
    /// DER is broken, or a field has another type.
    #[error(transparent)]
    Der(#[from] Asn1Error),
    /// SHA-1, MD5, or one that is not known.
    #[error("digest algorithm {0} is not stamped")]
    Algorithm(String),
    /// Not as long as its algorithm's digests are.
    #[error("the digest has {octets} octets, {wanted} are due")]
    Length {
        /// Octets found.
        octets: usize,
        /// Octets of the algorithm.
        wanted: usize,
    },
}

impl ImprintKind {
    /// Its word in the policy of algorithms; `None` for one that is not computed here.
    pub const fn name(self) -> Option<AlgorithmName> {
        match self {
            Self::Sm3 => Some(AlgorithmName::Sm3),
            Self::Sha256 => Some(AlgorithmName::Sha256),
            Self::Sha384 | Self::Sha512 => None,
        }
    }

    const fn octets(self) -> usize {
        match self {
            Self::Sm3 | Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    const fn oid(self) -> Oid<'static> {
        match self {
            Self::Sm3 => oids::SM3,
            Self::Sha256 => oids::SHA256,
            Self::Sha384 => oids::SHA384,
            Self::Sha512 => oids::SHA512,
        }
    }
}

impl Imprint {
    /// Of a message, by SM3.
    pub fn sm3(message: &[u8]) -> Self {
        Self::of(ImprintKind::Sm3, &sm3::digest(message))
    }

    /// Of a message, by SHA-256.
    pub fn sha256(message: &[u8]) -> Self {
        Self::of(ImprintKind::Sha256, &sha256(message))
    }

    fn of(kind: ImprintKind, digest: &[u8]) -> Self {
        // NULL parameters, as other programs write them (RFC 5754 2 wants both read)
        let algorithm = sequence(&[&object_identifier(kind.oid()), &null()]);
        Self { kind, digest: digest.into(), der: sequence(&[&algorithm, &octet_string(digest)]).into() }
    }

    /// Strictly: a known algorithm without parameters, or with NULL, and a digest as long as its own.
    pub(super) fn read(value: Tlv<'_>) -> Result<Self, ImprintFault> {
        let mut parts = value.reader()?;
        let mut algorithm = parts.nested(Tag::SEQUENCE)?;
        let oid = algorithm.oid()?;
        if let Some(parameters) = algorithm.optional(Tag::NULL)?
            && !parameters.content.is_empty()
        {
            return Err(Asn1Error::Trailing { at: parameters.offset, count: parameters.content.len() }.into());
        }
        algorithm.finish()?;
        let digest = parts.expect(Tag::OCTET_STRING)?.content;
        parts.finish()?;
        let kind = match oid {
            oids::SM3 | oids::SM3_PLAIN => ImprintKind::Sm3,
            oids::SHA256 => ImprintKind::Sha256,
            oids::SHA384 => ImprintKind::Sha384,
            oids::SHA512 => ImprintKind::Sha512,
            other => return Err(ImprintFault::Algorithm(other.to_string())),
        };
        if digest.len() != kind.octets() {
            return Err(ImprintFault::Length { octets: digest.len(), wanted: kind.octets() });
        }
        Ok(Self { kind, digest: digest.into(), der: value.raw.into() })
    }

    /// The algorithm.
    pub const fn kind(&self) -> ImprintKind {
        self.kind
    }

    /// The digest.
    pub fn digest(&self) -> &[u8] {
        &self.digest
    }

    /// As received or written.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Whether it is that of the message; `None` for an algorithm that is not computed here.
    pub fn is_of(&self, message: &[u8]) -> Option<bool> {
        match self.kind {
            ImprintKind::Sm3 => Some(*self.digest == sm3::digest(message)),
            ImprintKind::Sha256 => Some(*self.digest == sha256(message)),
            ImprintKind::Sha384 | ImprintKind::Sha512 => None,
        }
    }

    /// Whether both name the same digest, however the algorithm's parameters are written.
    pub fn is_same(&self, other: &Self) -> bool {
        self.kind == other.kind && self.digest == other.digest
    }
}

impl Reader<'_> {
    /// The next value as an imprint.
    pub(super) fn imprint(&mut self) -> Result<Imprint, ImprintFault> {
        Imprint::read(self.expect(Tag::SEQUENCE)?)
    }
}
