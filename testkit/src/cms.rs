//! GB/T 35275 signed data, as `Type="Sign"` carries it.

use crate::{
    der::{SM3, algorithm, explicit, integer, octet_string, oid, sequence, set_of, set_of_vec, tagged, utc_time},
    keys::{Key, ValueForm},
    pki::Certificate,
};
use base64::Engine as _;
use yinxin_trust::{asn1::Tag, base::Moment, sm::sm3};

/// What the value is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// Over the digest of Signature.xml, which is embedded; no attributes.
    Digest,
    /// Over the digest in base64, which is embedded; no attributes.
    DigestBase64,
    /// Over signed attributes; nothing embedded.
    Attributes,
    /// Over Signature.xml itself; nothing embedded, no attributes.
    Message,
}

/// Everything signed data will say. Change fields before [`SignedData::make`].
#[derive(Clone, Debug)]
pub struct SignedData {
    /// What the value is over.
    pub variant: Variant,
    /// Certificate of the signer.
    pub signer: Certificate,
    /// The key that signs; the signer's unless changed.
    pub key: Key,
    /// signingTime, in the variant with attributes.
    pub signing_time: Option<Moment>,
    /// messageDigest in place of the right one.
    pub message_digest: Option<[u8; 32]>,
    /// Embedded content in place of the variant's own.
    pub embedded: Option<Vec<u8>>,
    /// Certificates carried, DER.
    pub certificates: Vec<Vec<u8>>,
    /// `IssuerAndSerialNumber` of the signer.
    pub named: Vec<u8>,
    /// Whether there is a SignerInfo at all.
    pub signer_info: bool,
    /// How the value is written.
    pub value_form: ValueForm,
}

impl SignedData {
    /// Sound signed data.
    pub fn new(variant: Variant, signer: &Certificate, at: Moment) -> Self {
        Self {
            variant,
            signer: signer.clone(),
            key: signer.key.clone(),
            signing_time: Some(at),
            message_digest: None,
            embedded: None,
            certificates: vec![signer.der.clone()],
            named: signer.issuer_and_serial(),
            signer_info: true,
            value_form: ValueForm::Der,
        }
    }

    /// ContentInfo with signed data over `message`, the octets of Signature.xml.
    pub fn make(&self, message: &[u8]) -> Vec<u8> {
        let digest = sm3::digest(message);
        let base64 = base64::engine::general_purpose::STANDARD.encode(digest).into_bytes();
        let own = match self.variant {
            Variant::Digest => Some(digest.to_vec()),
            Variant::DigestBase64 => Some(base64),
            Variant::Attributes | Variant::Message => None,
        };
        let embedded = self.embedded.clone().or_else(|| own.clone());
        let attributes = (self.variant == Variant::Attributes).then(|| self.attributes(&digest));
        let signed = match (&attributes, own) {
            (Some(attributes), _) => set_of_vec(attributes),
            (None, Some(own)) => own,
            (None, None) => message.to_vec(),
        };
        let content = embedded.map_or_else(Vec::new, |octets| explicit(0, &octet_string(&octets)));
        let content_info = sequence(&[&oid("1.2.156.10197.6.1.4.2.1"), &content]);
        let infos: Vec<Vec<u8>> =
            if self.signer_info { vec![self.signer_info(&signed, attributes.as_deref())] } else { Vec::new() };
        let data = sequence(&[
            &integer(1),
            &set_of(&[&algorithm(SM3)]),
            &content_info,
            &tagged(Tag::context(0), &self.certificates.concat()),
            &set_of_vec(&infos),
        ]);
        sequence(&[&oid("1.2.156.10197.6.1.4.2.2"), &explicit(0, &data)])
    }

    fn attributes(&self, digest: &[u8; 32]) -> Vec<Vec<u8>> {
        let one = |kind: &str, value: Vec<u8>| sequence(&[&oid(kind), &set_of(&[&value])]);
        let mut all = vec![
            one("1.2.840.113549.1.9.3", oid("1.2.156.10197.6.1.4.2.1")),
            one("1.2.840.113549.1.9.4", octet_string(self.message_digest.as_ref().unwrap_or(digest))),
        ];
        all.extend(self.signing_time.map(|at| one("1.2.840.113549.1.9.5", utc_time(at))));
        all
    }

    fn signer_info(&self, signed: &[u8], attributes: Option<&[Vec<u8>]>) -> Vec<u8> {
        let (value, _) = self.key.value(signed, self.value_form, Default::default());
        // [0] IMPLICIT of what was signed as SET OF: the same content under another tag
        let attributes = attributes.map_or_else(Vec::new, |all| {
            let mut sorted = all.to_vec();
            sorted.sort_unstable();
            tagged(Tag::context(0), &sorted.concat())
        });
        sequence(&[
            &integer(1),
            &self.named,
            &algorithm(SM3),
            &attributes,
            &algorithm("1.2.156.10197.1.301.1"),
            &octet_string(&value),
        ])
    }
}
