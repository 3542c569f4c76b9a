//! OCSPRequest (RFC 6960 4.1), read strictly and written.

use super::CertificateId;
use crate::asn1::{
    Asn1Error, Reader, Tag, Tlv, check_definite, explicit, object_identifier, octet_string, oids, sequence,
};

/// Octets of a request at most.
pub const REQUEST_OCTETS: usize = 8192;

/// Certificates in one request at most.
pub const MOST_ASKED: usize = 16;

/// Octets of a nonce at most (RFC 9654 2.1).
pub const NONCE_OCTETS: usize = 128;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcspRequest {
    ids: Vec<CertificateId>,
    nonce: Option<Box<[u8]>>,
}

/// Why octets are no request that is answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OcspRequestFault {
    /// Too long.
    #[error("longer than {REQUEST_OCTETS} octets")]
    Size,
    /// DER is broken, or a field has another type.
    #[error(transparent)]
    Der(#[from] Asn1Error),
    /// Another version than 1.
    #[error("version {0} is not known")]
    Version(u64),
    /// Nobody is asked about.
    #[error("no certificate is asked about")]
    Empty,
    /// Too many are.
    #[error("more than {MOST_ASKED} certificates are asked about")]
    TooMany,
    /// Of no or too many octets.
    #[error("the nonce does not have 1 to {NONCE_OCTETS} octets")]
    Nonce,
    /// An extension that must be understood and is not.
    #[error("critical extension {0} is not known")]
    Critical(String),
}

impl OcspRequest {
    /// About these certificates. `nonce`: fresh randomness, 32 octets (RFC 9654 2.1), which the answer repeats.
    pub fn new(ids: Vec<CertificateId>, nonce: Option<&[u8]>) -> Self {
        Self { ids, nonce: nonce.map(Into::into) }
    }

    /// Reads one; nothing may follow it. A signature over it is read past: anybody may ask.
    ///
    /// # Errors
    /// [`OcspRequestFault`].
    pub fn from_der(der: &[u8]) -> Result<Self, OcspRequestFault> {
        if der.len() > REQUEST_OCTETS {
            return Err(OcspRequestFault::Size);
        }
        check_definite(der, 24)?;
        let mut outer = Reader::new(der);
        let mut whole = outer.nested(Tag::SEQUENCE)?;
        outer.finish()?;
        let mut tbs = whole.nested(Tag::SEQUENCE)?;
        whole.optional(Tag::context(0))?;
        whole.finish()?;
        if let Some(version) = tbs.optional(Tag::context(0))? {
            match version.reader()?.small()? {
                0 => {}
                other => return Err(OcspRequestFault::Version(other + 1)),
            }
        }
        tbs.optional(Tag::context(1))?;
        let mut list = tbs.nested(Tag::SEQUENCE)?;
        let mut ids = Vec::new();
        while !list.is_empty() {
            if ids.len() == MOST_ASKED {
                return Err(OcspRequestFault::TooMany);
            }
            let mut one = list.nested(Tag::SEQUENCE)?;
            ids.push(CertificateId::read(one.expect(Tag::SEQUENCE)?)?);
            if let Some(extensions) = one.optional(Tag::context(0))? {
                nonce(extensions)?;
            }
            one.finish()?;
        }
        let nonce = tbs.optional(Tag::context(2))?.map(nonce).transpose()?.flatten().map(Into::into);
        tbs.finish()?;
        if ids.is_empty() { Err(OcspRequestFault::Empty) } else { Ok(Self { ids, nonce }) }
    }

    /// DER.
    pub fn to_der(&self) -> Vec<u8> {
        let list: Vec<Vec<u8>> = self.ids.iter().map(|id| sequence(&[id.der()])).collect();
        let list = sequence(&list.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let extensions = self.nonce().map_or_else(Vec::new, |nonce| explicit(2, &sequence(&[&nonce_extension(nonce)])));
        sequence(&[&sequence(&[&list, &extensions])])
    }

    /// Who is asked about; at least one.
    pub fn ids(&self) -> &[CertificateId] {
        &self.ids
    }

    /// The nonce.
    pub fn nonce(&self) -> Option<&[u8]> {
        self.nonce.as_deref()
    }
}

/// id-pkix-ocsp-nonce with an OCTET STRING within the extension's own.
pub(super) fn nonce_extension(nonce: &[u8]) -> Vec<u8> {
    sequence(&[&object_identifier(oids::OCSP_NONCE), &octet_string(&octet_string(nonce))])
}

/// The nonce among `[n] EXPLICIT Extensions`; a critical extension beside it is an offence.
pub(super) fn nonce<'a>(extensions: Tlv<'a>) -> Result<Option<&'a [u8]>, OcspRequestFault> {
    let mut inner = extensions.reader()?;
    let mut all = inner.nested(Tag::SEQUENCE)?;
    inner.finish()?;
    let mut found = None;
    while !all.is_empty() {
        let mut one = all.nested(Tag::SEQUENCE)?;
        let kind = one.oid()?;
        let is_critical = one.optional(Tag::BOOLEAN)?.is_some_and(|flag| flag.content != [0]);
        let value = one.expect(Tag::OCTET_STRING)?.content;
        one.finish()?;
        if kind == oids::OCSP_NONCE {
            let mut nonce = Reader::new(value);
            let octets = nonce.expect(Tag::OCTET_STRING)?.content;
            nonce.finish()?;
            if found.is_some() || !(1..=NONCE_OCTETS).contains(&octets.len()) {
                return Err(OcspRequestFault::Nonce);
            }
            found = Some(octets);
        } else if is_critical {
            return Err(OcspRequestFault::Critical(kind.to_string()));
        }
    }
    Ok(found)
}
