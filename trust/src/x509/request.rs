//! Certification requests (PKCS#10, RFC 2986) of SM2 with SM3 and of P-256, read strictly: in DER, with a
//! signature by the requested key. What a request asks for beside name and key (its attributes) is read past:
//! the authority decides what it certifies.
//!
//! 1. the whole is definite DER of at most 16 KiB
//! 2. version 0, a name that can be read and is not empty, a key of a suite
//! 3. attributes of the form of RFC 2986 4.1
//! 4. the algorithm is that of the key, and the key made the value over CertificationRequestInfo as received

use super::name;
use crate::{
    asn1::{Asn1Error, Deviations, Reader, Tag, check_definite, pem},
    base::Limits,
    sm::Signature,
    suite::{Algorithm, PublicKey, Suite},
};
use x509_parser::{prelude::FromDer as _, x509::X509Name};

/// Longest request that is read, octets of DER: ten times what one with many attributes has.
const LONGEST: usize = 16 << 10;

/// A certification request whose signature holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificationRequest {
    der: Box<[u8]>,
    subject_der: Box<[u8]>,
    subject: String,
    key: PublicKey,
}

/// Why octets are no certification request that could be certified.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum RequestFault {
    #[error("longer than any certification request, {LONGEST} octets of DER")]
    Long,
    #[error("not one PEM block with a certification request")]
    Pem,
    #[error("PEM block {0:?} is no certification request")]
    Label(String),
    #[error("certification request: {0}")]
    Der(#[from] Asn1Error),
    #[error("certification request of version {0}, only 0 is known")]
    Version(u64),
    #[error("the name in the certification request is empty or cannot be read")]
    Subject,
    #[error("the key in the certification request is neither an SM2 nor a P-256 key")]
    Key,
    #[error("the certification request is signed with {0}, which is not of its key")]
    Algorithm(String),
    #[error("the signature value in the certification request is not in DER")]
    Value,
    #[error("the certification request is not signed by the key that it names")]
    WrongSignature,
    #[error("the certification request is signed under an empty distinguishing id instead of the default one")]
    EmptyId,
}

impl CertificationRequest {
    /// From DER; nothing may follow it.
    ///
    /// # Errors
    /// [`RequestFault`].
    pub fn from_der(der: &[u8]) -> Result<Self, RequestFault> {
        if der.len() > LONGEST {
            return Err(RequestFault::Long);
        }
        check_definite(der, Limits::default().der_depth)?;
        let mut parts = Reader::new(der).nested(Tag::SEQUENCE)?;
        let info = parts.expect(Tag::SEQUENCE)?;
        let oid = parts.algorithm()?;
        let value = parts.expect(Tag::BIT_STRING)?;
        parts.finish()?;
        let [0, value @ ..] = value.content else { return Err(Asn1Error::BitString { at: value.offset }.into()) };

        let mut fields = info.reader()?;
        match fields.small()? {
            0 => {}
            other => return Err(RequestFault::Version(other)),
        }
        let subject_der = fields.expect(Tag::SEQUENCE)?.raw;
        let subject = subject(subject_der).ok_or(RequestFault::Subject)?;
        let key = PublicKey::from_spki(fields.expect(Tag::SEQUENCE)?.raw)?.ok_or(RequestFault::Key)?;
        let suite = Suite::of(&key).ok_or(RequestFault::Key)?;
        attributes(fields.nested(Tag::context(0))?)?;
        fields.finish()?;

        let of_key = Algorithm::from_oid(suite.algorithm()).ok();
        let algorithm = Algorithm::from_oid(oid).ok().filter(|found| Some(*found) == of_key);
        let algorithm = algorithm.ok_or_else(|| RequestFault::Algorithm(oid.to_string()))?;
        let mut deviations = Deviations::default();
        let made = key.verify(algorithm, info.raw, value, &mut deviations);
        if deviations.first().is_some() {
            return Err(RequestFault::Value);
        }
        if made.is_err() {
            return Err(not_made(&key, info.raw, value));
        }
        Ok(Self { der: der.into(), subject_der: subject_der.into(), subject, key })
    }

    /// From PEM where a PEM block begins, from DER otherwise.
    ///
    /// # Errors
    /// [`RequestFault`].
    pub fn read(octets: &[u8]) -> Result<Self, RequestFault> {
        if !pem::is_in(octets) {
            return Self::from_der(octets);
        }
        // base64 and line ends take less than twice what they hold
        if octets.len() > 2 * LONGEST {
            return Err(RequestFault::Long);
        }
        let mut blocks = pem::blocks(octets).into_iter();
        let (Some(Some(block)), None) = (blocks.next(), blocks.next()) else { return Err(RequestFault::Pem) };
        match block.label.as_str() {
            pem::REQUEST | pem::OLD_REQUEST => Self::from_der(&block.octets),
            _ => Err(RequestFault::Label(block.label)),
        }
    }

    /// The request as received.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The request as PEM.
    pub fn to_pem(&self) -> String {
        pem::write(pem::REQUEST, &self.der)
    }

    /// Subject as text, in the request's order. Nobody has checked it.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Subject in DER.
    pub fn subject_der(&self) -> &[u8] {
        &self.subject_der
    }

    /// The key that is to be certified, and that made the request.
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }
}

/// The name as text; none for one that is empty, has an empty attribute or cannot be read.
fn subject(der: &[u8]) -> Option<String> {
    let (_, name) = X509Name::from_der(der).ok().filter(|(rest, _)| rest.is_empty())?;
    let mut attributes = name.iter_attributes().peekable();
    let named = attributes.peek().is_some() && attributes.all(|attribute| !attribute.as_slice().is_empty());
    named.then(|| name::to_text(&name))
}

/// Attribute ::= SEQUENCE { type OBJECT IDENTIFIER, values SET }, any number of them.
fn attributes(mut all: Reader<'_>) -> Result<(), Asn1Error> {
    while !all.is_empty() {
        let mut attribute = all.nested(Tag::SEQUENCE)?;
        attribute.oid()?;
        attribute.expect(Tag::SET)?;
        attribute.finish()?;
    }
    Ok(())
}

/// Some programs sign requests under an empty distinguishing id: worth a name of its own, since the key is right.
fn not_made(key: &PublicKey, info: &[u8], value: &[u8]) -> RequestFault {
    let Ok((signature, _)) = Signature::from_wire(value, &mut Deviations::default()) else {
        return RequestFault::WrongSignature;
    };
    match key {
        PublicKey::Sm2(key) if key.verify(b"", info, &signature) => RequestFault::EmptyId,
        _ => RequestFault::WrongSignature,
    }
}

#[cfg(test)]
mod tests;
