//! Time stamp tokens (RFC 3161, GB/T 20520): reading and checking.
//!
//! # Checking a token over a signature value
//! 1. the token parses: SignedData with TSTInfo ·
//! 2. messageImprint is the digest of the signature value ·
//! 3. the value over the token verifies with the authority's certificate ·
//! 4. that certificate has extended key usage timeStamping alone and critical
//!    (RFC 3161 2.3) and was in its period at genTime ·
//! 5. there is a path from it to a configured anchor.

use crate::{
    asn1::{Asn1Error, Deviations, Reader, Tag, Tlv, oids, read_time_text},
    base::Moment,
    cms::{CmsFault, SignedData},
    sm::sm3,
    suite,
    x509::{Certificate, PathFault},
};

/// A token that parsed.
#[derive(Clone, Debug)]
pub struct Token<'a> {
    signed: SignedData<'a>,
    content: &'a [u8],
    /// genTime.
    pub time: Moment,
    imprint: Imprint<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Imprint<'a> {
    Sm3(&'a [u8]),
    Sha256(&'a [u8]),
    Other,
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
    /// A certificate that is not for time stamping, or out of its period.
    #[error("the certificate is not one of a time stamp authority at that time")]
    Certificate,
    /// No path to an anchor.
    #[error("time stamp authority: {0}")]
    Untrusted(PathFault),
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
        let mut outer = Reader::new(content);
        let mut info = outer.nested(Tag::SEQUENCE)?;
        outer.finish()?;
        info.small()?;
        info.oid()?;
        let mut imprint = info.nested(Tag::SEQUENCE)?;
        let algorithm = imprint.algorithm()?;
        let digest = imprint.expect(Tag::OCTET_STRING)?.content;
        imprint.finish()?;
        info.expect(Tag::INTEGER)?;
        let time = gen_time(info.expect(Tag::GENERALIZED_TIME)?)?;
        // accuracy, ordering, nonce, tsa and extensions decide nothing here
        let imprint = match algorithm {
            oids::SM3 | oids::SM3_PLAIN => Imprint::Sm3(digest),
            oids::SHA256 => Imprint::Sha256(digest),
            _ => Imprint::Other,
        };
        Ok(Self { signed, content, time, imprint })
    }

    /// Checks the token against the `stamped` octets (steps 2 to 5). The authority's
    /// certificate is among those of the token or else among the `anchors`; `path` looks
    /// for a path from it over the certificates of the token.
    ///
    /// # Errors
    /// [`TokenOffence`]; the checks run in the order of the steps.
    pub fn check<'c>(
        &self,
        stamped: &[u8],
        anchors: impl IntoIterator<Item = &'c Certificate>,
        path: impl FnOnce(&Certificate, &[Certificate]) -> Result<(), PathFault>,
    ) -> Result<(), TokenOffence> {
        let same = match self.imprint {
            Imprint::Sm3(digest) => digest == sm3::digest(stamped),
            Imprint::Sha256(digest) => digest == suite::sha256(stamped),
            Imprint::Other => return Err(TokenOffence::Algorithm),
        };
        if !same {
            return Err(TokenOffence::Imprint);
        }
        let [signer] = self.signed.signers.as_slice() else { return Err(TokenOffence::NoCertificate) };
        let pool: Vec<Certificate> =
            self.signed.certificates.iter().filter_map(|der| Certificate::from_der(der).ok()).collect();
        let enclosed = pool.iter().find(|certificate| signer.is(certificate)).cloned();
        let known = enclosed.or_else(|| anchors.into_iter().find(|certificate| signer.is(certificate)).cloned());
        let authority = &known.ok_or(TokenOffence::NoCertificate)?;
        let attributes = signer.attributes.as_ref().ok_or(TokenOffence::Value)?;
        let digest = signer.digest_of(self.content).ok_or(TokenOffence::Algorithm)?;
        if attributes.message_digest != Some(&digest[..]) {
            return Err(TokenOffence::Value);
        }
        signer.verify(authority, self.content, &mut Deviations::default()).map_err(|_| TokenOffence::Value)?;
        if !authority.is_time_stamper() || !authority.is_valid_at(self.time) {
            return Err(TokenOffence::Certificate);
        }
        path(authority, &pool).map_err(TokenOffence::Untrusted)
    }
}

/// genTime: always with `Z`, and unlike elsewhere often with a fraction (RFC 3161 2.4.2), which is cut.
fn gen_time(value: Tlv<'_>) -> Result<Moment, Asn1Error> {
    core::str::from_utf8(value.content)
        .ok()
        .filter(|text| text.ends_with('Z'))
        .and_then(|text| read_time_text(text, &mut Deviations::default()))
        .ok_or(Asn1Error::Time { at: value.offset })
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
