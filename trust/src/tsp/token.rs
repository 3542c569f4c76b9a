//! TimeStampToken: reading and checking one.

use super::{
    imprint::{Imprint, ImprintFault},
    info::{Accuracy, Info},
};
use crate::{
    algorithms::AlgorithmName,
    asn1::{Asn1Error, Deviations, Oid, Reader, Tag, oids},
    base::Moment,
    cms::{Attributes, CmsFault, SignedData, SignerInfo},
    sm::sm3,
    suite::{Algorithm, sha1, sha256},
    x509::{Certificate, PathFault},
};

/// A token that parsed.
#[derive(Clone, Debug)]
pub struct Token<'a> {
    signed: SignedData<'a>,
    content: &'a [u8],
    /// genTime.
    pub time: Moment,
    /// Content octets of the serial number INTEGER.
    pub serial: &'a [u8],
    /// The authority's policy.
    pub policy: Oid<'a>,
    /// How far from the true time it may be, where the authority says so.
    pub accuracy: Option<Accuracy>,
    /// Content octets of the nonce INTEGER.
    pub nonce: Option<&'a [u8]>,
    imprint: Result<Imprint, ImprintFault>,
}

/// Why a token cannot be read (step 1).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// DER is broken, or a field has another type.
    #[error(transparent)]
    Der(#[from] Asn1Error),
    /// No signed data.
    #[error(transparent)]
    Cms(#[from] CmsFault),
    /// Signed data over something else, or without content.
    #[error("not a TSTInfo")]
    NotTstInfo,
    /// An extension that must be understood and is not.
    #[error("TSTInfo has the critical extension {0}")]
    Critical(String),
}

/// What is wrong with a token that can be read (steps 2 to 5).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenOffence {
    /// Over something else.
    #[error("the time stamp is over another value")]
    Imprint,
    /// A digest algorithm that is not computed here.
    #[error("digest algorithm of the time stamp is not known")]
    Algorithm,
    /// No signer, or the signer's certificate is not in the token.
    #[error("the certificate of the time stamp authority is missing")]
    NoCertificate,
    /// Its own signature is wrong.
    #[error("the signature of the time stamp does not verify")]
    Value,
    /// What was signed names another certificate.
    #[error("the time stamp was signed under another certificate than the one that is with it")]
    OtherCertificate,
    /// A certificate that is not for time stamping, or out of its period.
    #[error("the certificate is not one of a time stamp authority at that time")]
    Certificate,
    /// No path to an anchor.
    #[error("time stamp authority: {0}")]
    Untrusted(PathFault),
}

/// A token that holds.
#[derive(Clone, Debug)]
pub struct Checked {
    /// By which its value verified.
    pub algorithm: Algorithm,
    /// Of the digest that it is over.
    pub digest: Option<AlgorithmName>,
    /// Who made it.
    pub authority: Certificate,
}

/// The authority of a token whose value verified.
pub(super) struct Authority {
    pub(super) certificate: Certificate,
    pub(super) pool: Vec<Certificate>,
    pub(super) algorithm: Algorithm,
    /// Whether what was signed says which certificate it is (RFC 3161 2.4.2 wants that).
    pub(super) is_named: bool,
}

impl<'a> Token<'a> {
    /// Reads a TimeStampToken, or the token inside a TimeStampResp, which some
    /// makers store as their server sent it.
    ///
    /// # Errors
    /// [`TokenFault`].
    pub fn parse(octets: &'a [u8]) -> Result<Self, TokenFault> {
        let signed = SignedData::parse(inside_response(octets)?.unwrap_or(octets))?;
        if signed.content_type != oids::TST_INFO {
            return Err(TokenFault::NotTstInfo);
        }
        let content = signed.content.ok_or(TokenFault::NotTstInfo)?;
        let Info { policy, imprint, serial, time, accuracy, nonce, unknown_critical } = Info::read(content)?;
        match unknown_critical {
            Some(kind) => Err(TokenFault::Critical(kind.to_string())),
            None => Ok(Self { signed, content, time, serial, policy, accuracy, nonce, imprint }),
        }
    }

    /// The certificates that came with it, those that can be read; who of them signed says [`Token::check`].
    pub fn certificates(&self) -> Vec<Certificate> {
        self.signed.certificates.iter().filter_map(|der| Certificate::from_der(der).ok()).collect()
    }

    /// What it is over.
    ///
    /// # Errors
    /// [`TokenOffence::Algorithm`] for a digest that is not known here.
    pub fn imprint(&self) -> Result<&Imprint, TokenOffence> {
        self.imprint.as_ref().map_err(|_| TokenOffence::Algorithm)
    }

    /// Checks the token against the `stamped` octets (steps 2 to 5). The authority's
    /// certificate is among those of the token or else among the `anchors`; `path` looks
    /// for a path from it over the certificates of the token. Whether the algorithms in the answer count is not
    /// judged here.
    ///
    /// # Errors
    /// [`TokenOffence`]; the checks run in the order of the steps.
    pub fn check<'c>(
        &self,
        stamped: &[u8],
        anchors: impl IntoIterator<Item = &'c Certificate>,
        path: impl FnOnce(&Certificate, &[Certificate]) -> Result<(), PathFault>,
    ) -> Result<Checked, TokenOffence> {
        let imprint = self.imprint()?;
        match imprint.is_of(stamped) {
            None => return Err(TokenOffence::Algorithm),
            Some(false) => return Err(TokenOffence::Imprint),
            Some(true) => {}
        }
        let authority = self.authority(anchors)?;
        path(&authority.certificate, &authority.pool).map_err(TokenOffence::Untrusted)?;
        Ok(Checked { algorithm: authority.algorithm, digest: imprint.kind().name(), authority: authority.certificate })
    }

    /// Steps 3 and 4.
    pub(super) fn authority<'c>(
        &self,
        anchors: impl IntoIterator<Item = &'c Certificate>,
    ) -> Result<Authority, TokenOffence> {
        let [signer] = self.signed.signers.as_slice() else { return Err(TokenOffence::NoCertificate) };
        let pool = self.certificates();
        let enclosed = pool.iter().find(|certificate| signer.is(certificate)).cloned();
        let known = enclosed.or_else(|| anchors.into_iter().find(|certificate| signer.is(certificate)).cloned());
        let certificate = known.ok_or(TokenOffence::NoCertificate)?;
        let attributes = signer.attributes.as_ref().ok_or(TokenOffence::Value)?;
        let algorithm = value(signer, attributes, &certificate, self.content)?;
        let named = named(attributes, &certificate);
        if named == Some(false) {
            return Err(TokenOffence::OtherCertificate);
        }
        if !certificate.is_time_stamper() || !certificate.is_valid_at(self.time) {
            return Err(TokenOffence::Certificate);
        }
        Ok(Authority { certificate, pool, algorithm, is_named: named.is_some() })
    }
}

/// Step 3, the value and what it is over.
fn value(
    signer: &SignerInfo<'_>,
    attributes: &Attributes<'_>,
    certificate: &Certificate,
    content: &[u8],
) -> Result<Algorithm, TokenOffence> {
    let digest = signer.digest_of(content).ok_or(TokenOffence::Algorithm)?;
    let of_tst_info = attributes.content_type.is_none_or(|kind| kind == oids::TST_INFO);
    if attributes.message_digest != Some(&digest[..]) || !of_tst_info {
        return Err(TokenOffence::Value);
    }
    signer.verify(certificate, content, &mut Deviations::default()).map_err(|_| TokenOffence::Value)
}

/// Whether signingCertificateV2, or else signingCertificate, names this certificate; `None` without either.
fn named(attributes: &Attributes<'_>, certificate: &Certificate) -> Option<bool> {
    let is_named = |value: &[u8], by_sha1| first_digest(value, by_sha1, certificate.der()).unwrap_or(false);
    match (attributes.signing_certificate_v2, attributes.signing_certificate) {
        (Some(value), _) => Some(is_named(value, false)),
        (None, Some(value)) => Some(is_named(value, true)),
        (None, None) => None,
    }
}

/// Whether the first ESSCertID (RFC 2634 5.4) or ESSCertIDv2 (RFC 5035 4) is that of the certificate.
fn first_digest(value: &[u8], by_sha1: bool, certificate: &[u8]) -> Result<bool, Asn1Error> {
    let mut one = Reader::new(value).nested(Tag::SEQUENCE)?.nested(Tag::SEQUENCE)?.nested(Tag::SEQUENCE)?;
    if by_sha1 {
        return Ok(one.expect(Tag::OCTET_STRING)?.content == sha1(certificate));
    }
    let algorithm = if one.peek() == Some(Tag::SEQUENCE) { one.algorithm()? } else { oids::SHA256 };
    let digest = one.expect(Tag::OCTET_STRING)?.content;
    Ok(match algorithm {
        oids::SM3 | oids::SM3_PLAIN => digest == sm3::digest(certificate),
        oids::SHA256 => digest == sha256(certificate),
        oids::SHA1 => digest == sha1(certificate),
        _ => false,
    })
}

/// The token of `TimeStampResp { PKIStatusInfo { status INTEGER, … }, token }`.
fn inside_response(octets: &[u8]) -> Result<Option<&[u8]>, Asn1Error> {
    let mut parts = Reader::new(octets).nested(Tag::SEQUENCE)?;
    if parts.peek() != Some(Tag::SEQUENCE) {
        return Ok(None);
    }
    parts.any()?;
    let token = parts.expect(Tag::SEQUENCE)?.raw;
    parts.finish()?;
    Ok(Some(token))
}
