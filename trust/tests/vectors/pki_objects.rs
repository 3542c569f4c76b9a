//! CRLs, OCSP responses and time-stamp tokens with SM2, sound and damaged.

use super::{
    signed_objects::{SignedData, certificate, each, issued, key, verifies},
    support::{listed, octets, text},
};
use serde_json::Value;
use x509_parser::{certificate::X509Certificate, prelude::FromDer as _, revocation_list::CertificateRevocationList};
use yinxin_trust::{
    asn1::{Asn1Error, Deviations, Reader, Tag, check_definite, oids, read_time},
    base::Moment,
    sm::sm3,
    tsp::Token,
    x509::{
        Certificate,
        ocsp::{CertificateStatus, OcspResponse},
    },
};

pub(super) const FOLDER: &str = "pki-objects";

fn read(name: &str) -> Vec<u8> {
    octets(&format!("{FOLDER}/{name}")).expect("the manifest was there")
}

/// Manifest entries whose file ends so, with their files.
fn entries(ending: &str) -> Vec<(Value, Vec<u8>)> {
    let all = listed(FOLDER, "files").into_iter().filter(|entry| text(entry, "file").ends_with(ending));
    all.map(|entry| (entry.clone(), read(text(&entry, "file")))).collect()
}

fn due(entry: &Value) -> bool {
    match text(entry, "result") {
        "valid" => true,
        "invalid" => false,
        other => panic!("unknown result {other}"),
    }
}

#[test]
fn every_kind_is_read() {
    for entry in listed(FOLDER, "files") {
        let name = text(&entry, "file");
        assert!([".cer", ".crl", ".der", ".tst"].iter().any(|ending| name.ends_with(ending)), "{name}");
    }
}

#[test]
fn certificates() {
    for (entry, octets) in entries(".cer") {
        let authority = read("ca.cer");
        let one = certificate(&octets);
        assert_eq!(issued(&certificate(&authority), &one), due(&entry), "{entry}");
        if entry["serial"].is_string() {
            assert_eq!(hex(one.raw_serial()), text(&entry, "serial"));
        }
    }
}

#[test]
fn revocation_lists() {
    for (entry, octets) in entries(".crl") {
        let authority = read("ca.cer");
        let (rest, list) = CertificateRevocationList::from_der(&octets).expect("a list");
        assert!(rest.is_empty());
        let issuer = key(certificate(&authority).public_key()).expect("an SM2 key");
        let sound = verifies(&issuer, list.tbs_cert_list.as_ref(), &list.signature_value.data);
        assert_eq!(sound, due(&entry), "{entry}");
        assert_eq!(list.issuer().as_raw(), certificate(&authority).subject().as_raw());
        if let Some(revoked) = entry["revoked"].as_array() {
            let serials: Vec<Value> =
                list.iter_revoked_certificates().map(|one| hex(one.raw_serial()).into()).collect();
            assert_eq!(&serials, revoked, "{entry}");
        }
    }
}

#[test]
fn status_responses() {
    for (entry, octets) in entries(".der") {
        let authority = read("ca.cer");
        let response = Response::read(&octets).expect("a response");
        assert_eq!(response.trusted(&certificate(&authority)), due(&entry), "{entry}");
        assert!(response.names(&certificate(&authority)), "{entry}");
        if entry["status"].is_string() {
            assert_eq!(response.status, text(&entry, "status"), "{entry}");
        }
        // and the product's own reading, about either certificate that the answers are about
        let ours = OcspResponse::from_der(&octets).expect("an answer");
        let issuer = Certificate::from_der(&authority).expect("a certificate");
        assert_eq!(ours.verify_signature(&issuer).is_ok(), due(&entry), "{entry}");
        let said = ["signer.cer", "other.cer"].iter().find_map(|name| {
            let one = Certificate::from_der(&read(name)).expect("a certificate");
            ours.find(&one, &issuer).map(|(status, _)| status)
        });
        let word = match said {
            Some(CertificateStatus::Good) => "good",
            Some(CertificateStatus::Revoked(_)) => "revoked",
            Some(CertificateStatus::Unknown) => "unknown",
            None => response.status,
        };
        assert_eq!(word, response.status, "{entry}");
    }
}

/// What an OCSP response of one answer says (RFC 6960, 4.2.1).
struct Response<'a> {
    signed: &'a [u8],
    value: Vec<u8>,
    responder: &'a [u8],
    responder_key_hash: &'a [u8],
    /// Dotted digest of the CertID, digest of the issuer's name and of its key.
    id: (String, &'a [u8], &'a [u8]),
    status: &'static str,
}

impl<'a> Response<'a> {
    fn read(octets: &'a [u8]) -> Result<Self, Asn1Error> {
        check_definite(octets, 32)?;
        let mut outer = Reader::new(octets).nested(Tag::SEQUENCE)?;
        assert_eq!(outer.expect(Tag::ENUMERATED)?.content, [0], "successful");
        let mut bytes = outer.nested(Tag::context(0))?.nested(Tag::SEQUENCE)?;
        assert_eq!(bytes.oid()?.to_string(), "1.3.6.1.5.5.7.48.1.1");
        let mut basic = Reader::new(bytes.expect(Tag::OCTET_STRING)?.content).nested(Tag::SEQUENCE)?;
        let data = basic.expect(Tag::SEQUENCE)?;
        assert_eq!(basic.algorithm()?, oids::SM2_SM3);
        let value = basic.any()?.bits(&mut Deviations::default())?.to_vec();
        let responder = basic.nested(Tag::context(0))?.nested(Tag::SEQUENCE)?.any()?.raw;
        basic.finish()?;

        let mut parts = data.reader()?;
        let responder_key_hash = parts.nested(Tag::context(2))?.expect(Tag::OCTET_STRING)?.content;
        parts.expect(Tag::GENERALIZED_TIME)?;
        let mut answers = parts.nested(Tag::SEQUENCE)?;
        let mut answer = answers.nested(Tag::SEQUENCE)?;
        answers.finish()?;
        let mut id = answer.nested(Tag::SEQUENCE)?;
        let digest = id.algorithm()?.to_string();
        let name = id.expect(Tag::OCTET_STRING)?.content;
        let key = id.expect(Tag::OCTET_STRING)?.content;
        let status = match answer.any()?.tag {
            Tag(0x80) => "good",
            Tag(0xA1) => "revoked",
            Tag(0x82) => "unknown",
            other => panic!("unknown status {other:?}"),
        };
        Ok(Self { signed: data.raw, value, responder, responder_key_hash, id: (digest, name, key), status })
    }

    /// Signed by a responder whom the authority entitled (RFC 6960, 4.2.2.2).
    fn trusted(&self, authority: &X509Certificate<'_>) -> bool {
        let responder = certificate(self.responder);
        let purposes = responder.extended_key_usage().expect("one at most");
        let entitled = purposes.is_some_and(|purposes| purposes.value.ocsp_signing);
        let key = key(responder.public_key()).expect("an SM2 key");
        entitled
            && issued(authority, &responder)
            && self.responder_key_hash == sha1(key.to_sec1())
            && verifies(&key, self.signed, &self.value)
    }

    /// Whether the CertID is of a certificate of this authority; SM3 and SHA-1
    /// occur and must both be understood.
    fn names(&self, authority: &X509Certificate<'_>) -> bool {
        let (digest, name, key) = &self.id;
        let (subject, octets) = (authority.subject().as_raw(), &authority.public_key().subject_public_key.data);
        match digest.as_str() {
            "1.2.156.10197.1.401" => sm3::digest(subject) == *name && sm3::digest(octets) == *key,
            "1.3.14.3.2.26" => sha1(subject) == *name && sha1(octets) == *key,
            _ => false,
        }
    }
}

#[test]
fn time_stamp_tokens() {
    for (entry, octets) in entries(".tst") {
        let authority = read("ca.cer");
        let token = SignedData::read(&octets).expect("a token");
        let info = Info::read(token.content.expect("embedded")).expect("TSTInfo");
        let stamper = certificate(token.certificates[0]);
        let purposes = stamper.extended_key_usage().expect("one at most").expect("a time stamper has one");
        assert!(purposes.critical && purposes.value.time_stamping && issued(&certificate(&authority), &stamper));
        let digest = token.signers[0].attribute(oids::MESSAGE_DIGEST).expect("messageDigest");
        let digest_matches = digest.ends_with(&sm3::digest(token.content.expect("embedded")));
        let imprint_matches =
            entry["message"].is_null() || info.imprint == sm3::digest(text(&entry, "message").as_bytes());
        let sound = token.verifies(b"") && digest_matches && imprint_matches;
        assert_eq!(sound, due(&entry), "{entry}");
        if let Some(message) = entry["message"].as_str() {
            let ours = Token::parse(&octets).expect("a token");
            let checked = ours.check(message.as_bytes(), [], |stamper, _| {
                let authority = Certificate::from_der(&authority).expect("a certificate");
                assert_eq!(stamper.verify_signature(&authority), Ok(()));
                Ok(())
            });
            assert_eq!(checked.is_ok(), due(&entry), "{entry}: {checked:?}");
        }
        if entry["time"].is_string() {
            assert_eq!(info.time, Moment::parse(text(&entry, "time")).expect("an instant"));
        }
    }
}

/// What a TSTInfo says (RFC 3161, 2.4.2).
struct Info<'a> {
    imprint: &'a [u8],
    time: Moment,
}

impl<'a> Info<'a> {
    fn read(octets: &'a [u8]) -> Result<Self, Asn1Error> {
        let mut outer = Reader::new(octets);
        let parts = each(outer.nested(Tag::SEQUENCE)?)?;
        outer.finish()?;
        let mut imprint = parts[2].reader()?;
        assert_eq!(imprint.algorithm()?, oids::SM3);
        let time = read_time(parts[4], &mut Deviations::default())?;
        Ok(Self { imprint: imprint.expect(Tag::OCTET_STRING)?.content, time })
    }
}

fn sha1(octets: &[u8]) -> Vec<u8> {
    ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, octets).as_ref().to_vec()
}

fn hex(serial: &[u8]) -> String {
    hex::encode(serial).trim_start_matches('0').to_owned()
}
