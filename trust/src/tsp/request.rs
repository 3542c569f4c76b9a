//! TimeStampReq (RFC 3161 2.4.1), read strictly and written.

use super::{
    imprint::{Imprint, ImprintFault},
    response::Failure,
};
use crate::asn1::{
    Asn1Error, Oid, Reader, Tag, check_definite, integer, object_identifier, sequence, tagged, unsigned,
};

/// Octets of a request at most: a digest, a policy and a nonce are a tenth of it.
pub const REQUEST_OCTETS: usize = 4096;

/// Octets of a nonce at most.
pub const NONCE_OCTETS: usize = 32;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeStampRequest {
    imprint: Imprint,
    /// Content octets of the OBJECT IDENTIFIER.
    policy: Option<Box<[u8]>>,
    /// Content octets of the INTEGER.
    nonce: Option<Box<[u8]>>,
    certificate_wanted: bool,
}

/// Why octets are no request that is answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestFault {
    /// Too long.
    #[error("longer than {REQUEST_OCTETS} octets")]
    Size,
    /// DER is broken, or a field has another type.
    #[error(transparent)]
    Der(#[from] Asn1Error),
    /// Another version than 1.
    #[error("version {0} is not known")]
    Version(u64),
    /// What shall be stamped.
    #[error(transparent)]
    Imprint(ImprintFault),
    /// Not in its shortest form, or longer than [`NONCE_OCTETS`].
    #[error("the nonce is longer than {NONCE_OCTETS} octets, or not in its shortest form")]
    Nonce,
    /// An extension: none is known here, and one that is not known is refused, critical or not.
    #[error("extension {0} is not known")]
    Extension(String),
}

impl RequestFault {
    /// How an authority answers.
    pub const fn failure(&self) -> Failure {
        match self {
            Self::Imprint(ImprintFault::Algorithm(_)) => Failure::BadAlgorithm,
            Self::Version(_) => Failure::BadRequest,
            Self::Extension(_) => Failure::UnacceptedExtension,
            Self::Size | Self::Der(_) | Self::Imprint(_) | Self::Nonce => Failure::BadDataFormat,
        }
    }
}

impl From<ImprintFault> for RequestFault {
    fn from(fault: ImprintFault) -> Self {
        match fault {
            ImprintFault::Der(error) => Self::Der(error),
            other => Self::Imprint(other),
        }
    }
}

impl TimeStampRequest {
    /// A question about this imprint; the authority's certificate is asked for. `nonce` are random
    /// digits, 1 to [`NONCE_OCTETS`] less one of them.
    pub fn new(imprint: Imprint, policy: Option<Oid<'_>>, nonce: &[u8]) -> Self {
        let written = unsigned(nonce);
        let content = Reader::new(&written).any().map(|value| value.content.into()).ok();
        Self { imprint, policy: policy.map(|policy| policy.content().into()), nonce: content, certificate_wanted: true }
    }

    /// Reads one; nothing may follow it.
    ///
    /// # Errors
    /// [`RequestFault`].
    pub fn from_der(der: &[u8]) -> Result<Self, RequestFault> {
        if der.len() > REQUEST_OCTETS {
            return Err(RequestFault::Size);
        }
        // a request is three values deep
        check_definite(der, 8)?;
        let mut outer = Reader::new(der);
        let mut parts = outer.nested(Tag::SEQUENCE)?;
        outer.finish()?;
        match parts.small()? {
            1 => {}
            other => return Err(RequestFault::Version(other)),
        }
        let imprint = parts.imprint()?;
        let policy = match parts.peek() {
            Some(Tag::OBJECT_IDENTIFIER) => Some(parts.oid()?.content().into()),
            _ => None,
        };
        let nonce = match parts.optional(Tag::INTEGER)? {
            Some(nonce) if is_short(nonce.content) => Some(nonce.content.into()),
            Some(_) => return Err(RequestFault::Nonce),
            None => None,
        };
        // DEFAULT FALSE, which DER leaves out and some programs write
        let certificate_wanted = match parts.optional(Tag::BOOLEAN)? {
            None => false,
            Some(flag) => match flag.content {
                [0xFF] => true,
                [0] => false,
                _ => return Err(Asn1Error::Boolean { at: flag.offset }.into()),
            },
        };
        if let Some(extensions) = parts.optional(Tag::context(0))? {
            let kind = extensions.reader()?.nested(Tag::SEQUENCE)?.oid()?;
            return Err(RequestFault::Extension(kind.to_string()));
        }
        parts.finish()?;
        Ok(Self { imprint, policy, nonce, certificate_wanted })
    }

    /// DER.
    pub fn to_der(&self) -> Vec<u8> {
        let policy = self.policy().map_or_else(Vec::new, object_identifier);
        let nonce = self.nonce.as_ref().map_or_else(Vec::new, |nonce| tagged(Tag::INTEGER, nonce));
        let wanted = if self.certificate_wanted { tagged(Tag::BOOLEAN, &[0xFF]) } else { Vec::new() };
        sequence(&[&integer(1), self.imprint.der(), &policy, &nonce, &wanted])
    }

    /// What shall be stamped.
    pub const fn imprint(&self) -> &Imprint {
        &self.imprint
    }

    /// The policy that is asked for.
    pub fn policy(&self) -> Option<Oid<'_>> {
        self.policy.as_deref().and_then(Oid::from_content)
    }

    /// Content octets of the nonce.
    pub fn nonce(&self) -> Option<&[u8]> {
        self.nonce.as_deref()
    }

    /// certReq.
    pub const fn is_certificate_wanted(&self) -> bool {
        self.certificate_wanted
    }
}

/// An INTEGER in its shortest form, within the bound.
fn is_short(content: &[u8]) -> bool {
    let padded =
        matches!(content, [0, next, ..] if next & 0x80 == 0) || matches!(content, [0xFF, next, ..] if next & 0x80 != 0);
    (1..=NONCE_OCTETS).contains(&content.len()) && !padded
}
