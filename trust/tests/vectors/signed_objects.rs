//! Small readers for the tests: certificates and signed data, strict DER.

use x509_parser::{
    certificate::X509Certificate,
    prelude::{FromDer as _, SubjectPublicKeyInfo},
};
use yinxin_trust::{
    asn1::{self, Asn1Error, Reader, Tag, oids},
    sm::{
        Signature,
        sm2::{DEFAULT_ID, PublicKey},
    },
};

/// A certificate that fills its octets.
pub(super) fn certificate(octets: &[u8]) -> X509Certificate<'_> {
    let (rest, certificate) = X509Certificate::from_der(octets).expect("a certificate");
    assert!(rest.is_empty(), "{} octets behind a certificate", rest.len());
    certificate
}

/// The SM2 key of a certificate; `None` unless its curve is named as sm2p256v1
/// (GB/T 20518: a curve spelled out in parameters is no SM2 key).
pub(super) fn key(info: &SubjectPublicKeyInfo<'_>) -> Option<PublicKey> {
    let curve = info.algorithm.parameters.as_ref()?.as_oid().ok()?;
    let named = curve.as_bytes() == oids::SM2_CURVE.content();
    named.then(|| PublicKey::from_sec1(&info.subject_public_key.data).expect("a point on the curve"))
}

/// Whether `value` is of `octets` by `key` under the default id. A value that
/// is not strict DER is none.
pub(super) fn verifies(key: &PublicKey, octets: &[u8], value: &[u8]) -> bool {
    Signature::from_der(value).is_ok_and(|signature| key.verify(DEFAULT_ID, octets, &signature))
}

/// Whether `issuer` signed `certificate`.
pub(super) fn issued(issuer: &X509Certificate<'_>, certificate: &X509Certificate<'_>) -> bool {
    let key = key(issuer.public_key());
    key.is_some_and(|key| verifies(&key, certificate.tbs_certificate.as_ref(), &certificate.signature_value.data))
}

/// What signed data say (GB/T 35275 and RFC 5652 in the shape of PKCS#7 1.5).
pub(super) struct SignedData<'a> {
    /// Dotted type of the outermost ContentInfo.
    pub(super) content_type: String,
    /// Embedded content.
    pub(super) content: Option<&'a [u8]>,
    /// Certificates carried.
    pub(super) certificates: Vec<&'a [u8]>,
    /// Who signed.
    pub(super) signers: Vec<Signer<'a>>,
}

/// One SignerInfo.
pub(super) struct Signer<'a> {
    issuer: &'a [u8],
    serial: &'a [u8],
    /// Signed attributes, re-tagged as they were signed.
    pub(super) attributes: Option<Vec<u8>>,
    value: &'a [u8],
}

impl<'a> SignedData<'a> {
    pub(super) fn read(octets: &'a [u8]) -> Result<Self, Asn1Error> {
        asn1::check_definite(octets, 32)?;
        let mut outer = Reader::new(octets).nested(Tag::SEQUENCE)?;
        let content_type = outer.oid()?.to_string();
        let mut data = outer.nested(Tag::context(0))?.nested(Tag::SEQUENCE)?;
        outer.finish()?;
        data.small()?;
        data.expect(Tag::SET)?;
        let mut inner = data.nested(Tag::SEQUENCE)?;
        inner.oid()?;
        let content = match inner.optional(Tag::context(0))? {
            Some(content) => Some(content.reader()?.expect(Tag::OCTET_STRING)?.content),
            None => None,
        };
        let certificates = match data.optional(Tag::context(0))? {
            Some(all) => each(all.reader()?)?.iter().map(|one| one.raw).collect(),
            None => Vec::new(),
        };
        data.optional(Tag::context(1))?;
        let signers = each(data.nested(Tag::SET)?)?;
        data.finish()?;
        let signers = signers.iter().map(Signer::read).collect::<Result<_, _>>()?;
        Ok(Self { content_type, content, certificates, signers })
    }

    /// Whether the only signer's value is sound, by the certificate it names;
    /// `detached` stands in where nothing is embedded.
    pub(super) fn verifies(&self, detached: &[u8]) -> bool {
        let [signer] = &self.signers[..] else { return false };
        let named = |octets: &&&[u8]| {
            let certificate = certificate(octets);
            certificate.raw_serial() == signer.serial && certificate.issuer().as_raw() == signer.issuer
        };
        let Some(found) = self.certificates.iter().find(named) else { return false };
        let signed = signer.attributes.as_deref().or(self.content).unwrap_or(detached);
        key(certificate(found).public_key()).is_some_and(|key| verifies(&key, signed, signer.value))
    }
}

impl<'a> Signer<'a> {
    fn read(info: &asn1::Tlv<'a>) -> Result<Self, Asn1Error> {
        let mut info = info.reader()?;
        info.small()?;
        let mut name = info.nested(Tag::SEQUENCE)?;
        let issuer = name.expect(Tag::SEQUENCE)?.raw;
        let serial = name.expect(Tag::INTEGER)?.content;
        name.finish()?;
        info.algorithm()?;
        let attributes = info.optional(Tag::context(0))?.map(|all| asn1::tagged(Tag::SET, all.content));
        info.algorithm()?;
        let value = info.expect(Tag::OCTET_STRING)?.content;
        info.optional(Tag::context(1))?;
        info.finish()?;
        Ok(Self { issuer, serial, attributes, value })
    }

    /// The only value of the signed attribute of this type, as raw DER.
    pub(super) fn attribute(&self, kind: asn1::Oid<'_>) -> Option<Vec<u8>> {
        let all = each(Reader::new(self.attributes.as_deref()?).nested(Tag::SET).ok()?).ok()?;
        all.iter().find_map(|attribute| {
            let mut parts = attribute.reader().ok()?;
            let matches = parts.oid().ok()? == kind;
            let mut values = parts.nested(Tag::SET).ok()?;
            let value = values.any().ok()?.raw.to_vec();
            (matches && values.is_empty()).then_some(value)
        })
    }
}

/// All values of a container.
pub(super) fn each(mut reader: Reader<'_>) -> Result<Vec<asn1::Tlv<'_>>, Asn1Error> {
    let mut out = Vec::new();
    while !reader.is_empty() {
        out.push(reader.any()?);
    }
    Ok(out)
}
