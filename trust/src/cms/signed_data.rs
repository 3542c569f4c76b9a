//! Reading SignedData.

use crate::{
    algorithms::AlgorithmName,
    asn1::{self, Asn1Error, Deviations, Oid, Reader, Tag, Tlv, check_definite, oids, read_time},
    base::{Limits, Moment},
    sm::sm3,
    suite::{self, Algorithm, ValueFault},
    x509::Certificate,
};

/// SignedData inside its ContentInfo, borrowed from the octets it was read from.
#[derive(Clone, Debug)]
pub struct SignedData<'a> {
    /// Type of the encapsulated content.
    pub content_type: Oid<'a>,
    /// The content octets, where they are embedded.
    pub content: Option<&'a [u8]>,
    /// Certificates in DER, as received.
    pub certificates: Vec<&'a [u8]>,
    /// One for each signer.
    pub signers: Vec<SignerInfo<'a>>,
}

/// SignerInfo.
#[derive(Clone, Debug)]
pub struct SignerInfo<'a> {
    /// Whose signature.
    pub id: SignerId<'a>,
    /// Digest algorithm.
    pub digest: Oid<'a>,
    /// Authenticated attributes.
    pub attributes: Option<Attributes<'a>>,
    /// Signature algorithm.
    pub algorithm: Oid<'a>,
    /// Signature value.
    pub value: &'a [u8],
}

/// How a signer is named.
#[derive(Clone, Copy, Debug)]
pub enum SignerId<'a> {
    /// issuerAndSerialNumber: the issuer's name in DER, the serial number's content octets.
    IssuerAndSerial(&'a [u8], &'a [u8]),
    /// subjectKeyIdentifier (RFC 5652 only).
    KeyId(&'a [u8]),
}

/// Authenticated attributes.
#[derive(Clone, Debug)]
pub struct Attributes<'a> {
    /// What the signature value is over: the received octets with the tag of SET OF.
    pub signed: Vec<u8>,
    /// contentType.
    pub content_type: Option<Oid<'a>>,
    /// messageDigest.
    pub message_digest: Option<&'a [u8]>,
    /// signingCertificateV2 (RFC 5035), the value as received.
    pub signing_certificate_v2: Option<&'a [u8]>,
    /// signingCertificate (RFC 2634), the value as received.
    pub signing_certificate: Option<&'a [u8]>,
    /// signingTime, unless it cannot be read.
    pub signing_time: Option<Moment>,
    /// Unusual encodings of the time.
    pub deviations: Deviations,
}

/// Why octets are no signed data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CmsFault {
    /// DER is broken, or a field has another type.
    #[error(transparent)]
    Der(#[from] Asn1Error),
    /// ContentInfo holds something else.
    #[error("content type {0} is not signed data")]
    ContentType(String),
    /// An attribute stands twice or without exactly one value.
    #[error("attribute {0} does not stand exactly once")]
    Attribute(String),
}

impl<'a> SignedData<'a> {
    /// Reads a ContentInfo with SignedData (step 1).
    ///
    /// # Errors
    /// [`CmsFault`].
    pub fn parse(octets: &'a [u8]) -> Result<Self, CmsFault> {
        check_definite(octets, Limits::default().der_depth)?;
        let mut outer = Reader::new(octets);
        let mut info = outer.nested(Tag::SEQUENCE)?;
        outer.finish()?;
        let kind = info.oid()?;
        if kind != oids::GM_SIGNED_DATA && kind != oids::SIGNED_DATA {
            return Err(CmsFault::ContentType(kind.to_string()));
        }
        let mut explicit = info.nested(Tag::context(0))?;
        info.finish()?;
        let mut data = explicit.nested(Tag::SEQUENCE)?;
        explicit.finish()?;
        data.small()?;
        data.expect(Tag::SET)?;
        let (content_type, content) = encapsulated(data.nested(Tag::SEQUENCE)?)?;
        let certificates = match data.optional(Tag::context(0))? {
            Some(set) => members(set)?.into_iter().map(|member| member.raw).collect(),
            None => Vec::new(),
        };
        data.optional(Tag::context(1))?;
        let signers = members(data.expect(Tag::SET)?)?.into_iter().map(signer_info).collect::<Result<_, _>>()?;
        data.finish()?;
        Ok(Self { content_type, content, certificates, signers })
    }
}

impl SignerInfo<'_> {
    /// Whether this signer is the subject of `certificate` (step 2).
    pub fn is(&self, certificate: &Certificate) -> bool {
        match self.id {
            SignerId::IssuerAndSerial(issuer, serial) => {
                certificate.issuer_der() == issuer && certificate.serial() == serial
            }
            // the identifier is whatever the CA made of the key: without it in hand nothing is said
            SignerId::KeyId(_) => false,
        }
    }

    /// Verifies the value with the signer's certificate over `content`
    /// (steps 3 and 4, without the comparison of messageDigest), and says by
    /// which algorithm.
    ///
    /// # Errors
    /// [`ValueFault`].
    pub fn verify(
        &self,
        certificate: &Certificate,
        content: &[u8],
        deviations: &mut Deviations,
    ) -> Result<Algorithm, ValueFault> {
        let key = certificate.key().ok_or(ValueFault::KeyMismatch)?;
        let algorithm = Algorithm::from_oid(self.algorithm).or_else(|fault| match (key, self.algorithm) {
            // PKCS#7 writes the key's algorithm where the signature's belongs
            (suite::PublicKey::Rsa(_), oids::RSA) if self.digest == oids::SHA256 => Ok(Algorithm::RsaSha256),
            (suite::PublicKey::P256(_), oids::EC_PUBLIC_KEY) if self.digest == oids::SHA256 => {
                Ok(Algorithm::EcdsaSha256)
            }
            _ => Err(fault),
        })?;
        let message = self.attributes.as_ref().map_or(content, |attributes| &attributes.signed);
        key.verify(algorithm, message, self.value, deviations).map(|()| algorithm)
    }

    /// The word for the digest algorithm; `None` where it is not SM3 or SHA-256.
    pub fn digest_name(&self) -> Option<AlgorithmName> {
        match self.digest {
            oids::SM3 | oids::SM3_PLAIN => Some(AlgorithmName::Sm3),
            oids::SHA256 => Some(AlgorithmName::Sha256),
            _ => None,
        }
    }

    /// The digest of `content` by this signer's algorithm; `None` where it is not SM3 or SHA-256.
    pub fn digest_of(&self, content: &[u8]) -> Option<[u8; 32]> {
        match self.digest {
            oids::SM3 | oids::SM3_PLAIN => Some(sm3::digest(content)),
            oids::SHA256 => Some(suite::sha256(content)),
            _ => None,
        }
    }
}

fn encapsulated(mut info: Reader<'_>) -> Result<(Oid<'_>, Option<&[u8]>), CmsFault> {
    let kind = info.oid()?;
    let content = match info.optional(Tag::context(0))? {
        None => None,
        Some(tagged) => {
            let mut inner = tagged.reader()?;
            let content = inner.expect(Tag::OCTET_STRING)?.content;
            inner.finish()?;
            Some(content)
        }
    };
    info.finish()?;
    Ok((kind, content))
}

fn members(set: Tlv<'_>) -> Result<Vec<Tlv<'_>>, Asn1Error> {
    let mut reader = set.reader()?;
    let mut found = Vec::new();
    while !reader.is_empty() {
        found.push(reader.any()?);
    }
    Ok(found)
}

fn signer_info(value: Tlv<'_>) -> Result<SignerInfo<'_>, CmsFault> {
    if value.tag != Tag::SEQUENCE {
        return Err(Asn1Error::Unexpected { at: value.offset, expected: Tag::SEQUENCE, found: value.tag }.into());
    }
    let mut parts = value.reader()?;
    parts.small()?;
    let id = match parts.optional(Tag::context_primitive(0))? {
        Some(key_id) => SignerId::KeyId(key_id.content),
        None => {
            let mut pair = parts.nested(Tag::SEQUENCE)?;
            let issuer = pair.expect(Tag::SEQUENCE)?.raw;
            let serial = pair.expect(Tag::INTEGER)?.content;
            pair.finish()?;
            SignerId::IssuerAndSerial(issuer, serial)
        }
    };
    let digest = parts.algorithm()?;
    let attributes = parts.optional(Tag::context(0))?.map(attributes).transpose()?;
    let algorithm = parts.algorithm()?;
    let value = parts.expect(Tag::OCTET_STRING)?.content;
    parts.optional(Tag::context(1))?;
    parts.finish()?;
    Ok(SignerInfo { id, digest, attributes, algorithm, value })
}

/// Attributes that stand once, with one value.
const KNOWN: [Oid<'static>; 5] = [
    oids::CONTENT_TYPE,
    oids::MESSAGE_DIGEST,
    oids::SIGNING_TIME,
    oids::SIGNING_CERTIFICATE,
    oids::SIGNING_CERTIFICATE_V2,
];

fn attributes(tagged: Tlv<'_>) -> Result<Attributes<'_>, CmsFault> {
    let mut found = Attributes {
        signed: asn1::tagged(Tag::SET, tagged.content),
        content_type: None,
        message_digest: None,
        signing_certificate_v2: None,
        signing_certificate: None,
        signing_time: None,
        deviations: Deviations::default(),
    };
    let mut seen = Vec::new();
    for attribute in members(tagged)? {
        let mut parts = attribute.reader()?;
        let kind = parts.oid()?;
        let values = members(parts.expect(Tag::SET)?)?;
        parts.finish()?;
        let known = KNOWN.contains(&kind);
        let [value] = values.as_slice() else {
            if known {
                return Err(CmsFault::Attribute(kind.to_string()));
            }
            continue;
        };
        if seen.contains(&kind) && known {
            return Err(CmsFault::Attribute(kind.to_string()));
        }
        seen.push(kind);
        match kind {
            oids::CONTENT_TYPE if value.tag == Tag::OBJECT_IDENTIFIER => {
                found.content_type = Oid::from_content(value.content);
            }
            oids::MESSAGE_DIGEST if value.tag == Tag::OCTET_STRING => found.message_digest = Some(value.content),
            oids::SIGNING_CERTIFICATE_V2 => found.signing_certificate_v2 = Some(value.raw),
            oids::SIGNING_CERTIFICATE => found.signing_certificate = Some(value.raw),
            oids::SIGNING_TIME => found.signing_time = read_time(*value, &mut found.deviations).ok(),
            _ => {}
        }
    }
    Ok(found)
}
