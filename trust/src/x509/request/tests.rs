//! Requests that are made and read back, and bad ones, each by its name.

use super::*;
use crate::{
    asn1::{bit_string, integer, object_identifier, octet_string, oids, sequence, tagged},
    sm::sm2,
    suite::SignatureValue,
    x509::make::{RequestPlan, RequestPlanFault, SubjectName},
};
use ring::{rand::SystemRandom, signature as international};
use zeroize::Zeroizing;

const SUBJECT: &str = "C=CN, O=某局, CN=某局电子证照专用章";

fn sm2_key(seed: &str) -> sm2::PrivateKey {
    sm2::PrivateKey::from_octets(&Zeroizing::new(crate::sm::sm3::digest(seed.as_bytes()))).unwrap()
}

fn sign(key: &sm2::PrivateKey, id: &[u8], message: &[u8]) -> Signature {
    key.sign(id, message, &Zeroizing::new([7; 32])).unwrap()
}

fn plan(key: &sm2::PrivateKey) -> RequestPlan {
    RequestPlan::new(&SUBJECT.parse().unwrap(), &key.public_key().clone().into()).unwrap()
}

fn made() -> CertificationRequest {
    let key = sm2_key("a key");
    let plan = plan(&key);
    let value = sign(&key, sm2::DEFAULT_ID, plan.to_be_signed());
    plan.embed(value).unwrap()
}

/// A request around any info and algorithm, signed by "a key" over that info.
fn around(info: &[u8], algorithm: &[u8]) -> Result<CertificationRequest, RequestFault> {
    let value = sign(&sm2_key("a key"), sm2::DEFAULT_ID, info).to_der();
    CertificationRequest::from_der(&sequence(&[info, algorithm, &bit_string(&value)]))
}

fn algorithm() -> Vec<u8> {
    sequence(&[&object_identifier(oids::SM2_SM3)])
}

/// CertificationRequestInfo with its parts as they are wanted.
fn info(version: u64, subject: &[u8], attributes: &[u8]) -> Vec<u8> {
    let key = sm2_key("a key");
    let kind = sequence(&[&object_identifier(oids::EC_PUBLIC_KEY), &object_identifier(oids::SM2_CURVE)]);
    let spki = sequence(&[&kind, &bit_string(key.public_key().to_sec1())]);
    sequence(&[&integer(version), subject, &spki, attributes])
}

fn subject_der() -> Vec<u8> {
    SUBJECT.parse::<SubjectName>().unwrap().der().to_vec()
}

fn no_attributes() -> Vec<u8> {
    tagged(Tag::context(0), &[])
}

#[test]
fn a_request_reads_back_as_it_was_planned() {
    let request = made();
    assert_eq!(request.subject(), SUBJECT);
    assert_eq!(request.subject_der(), subject_der());
    assert_eq!(request.key(), &PublicKey::from(sm2_key("a key").public_key().clone()));
    let pem = request.to_pem();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE REQUEST-----\n"), "{pem}");
    for text in [pem.clone(), pem.replace(" CERTIFICATE", " NEW CERTIFICATE"), format!("a word before\n{pem}")] {
        assert_eq!(CertificationRequest::read(text.as_bytes()), Ok(request.clone()));
    }
    assert_eq!(CertificationRequest::read(request.der()), Ok(request));
}

#[test]
fn p256_requests_too() {
    let random = SystemRandom::new();
    let scheme = &international::ECDSA_P256_SHA256_ASN1_SIGNING;
    let pkcs8 = international::EcdsaKeyPair::generate_pkcs8(scheme, &random).unwrap();
    let pair = international::EcdsaKeyPair::from_pkcs8(scheme, pkcs8.as_ref(), &random).unwrap();
    let key = PublicKey::P256(international::KeyPair::public_key(&pair).as_ref().into());
    let plan = || RequestPlan::new(&SUBJECT.parse().unwrap(), &key).unwrap();
    assert_eq!(plan().suite(), Suite::P256);
    let sign = |message: &[u8]| SignatureValue::Ecdsa(pair.sign(&random, message).unwrap().as_ref().into());
    let request = plan().embed(sign(plan().to_be_signed())).unwrap();
    assert_eq!((request.key(), request.subject()), (&key, SUBJECT));
    assert_eq!(plan().embed(sign(b"other")).map(drop), Err(RequestPlanFault::WrongSignature));
}

#[test]
fn another_key_or_message_makes_no_request() {
    let key = sm2_key("a key");
    let message = plan(&key).to_be_signed().to_vec();
    for value in [
        sign(&sm2_key("another"), sm2::DEFAULT_ID, &message),
        sign(&key, sm2::DEFAULT_ID, b"other"),
        sign(&key, b"", &message),
    ] {
        assert_eq!(plan(&key).embed(value).map(drop), Err(RequestPlanFault::WrongSignature));
    }
    let rsa = PublicKey::Rsa([1; 270].into());
    assert_eq!(RequestPlan::new(&SUBJECT.parse().unwrap(), &rsa).map(drop), Err(RequestPlanFault::Key));
}

#[test]
fn every_cut_and_every_changed_octet_is_refused() {
    let der = made().der().to_vec();
    for length in 0..der.len() {
        assert!(CertificationRequest::from_der(&der[..length]).is_err(), "cut to {length}");
    }
    for place in 0..der.len() {
        let mut changed = der.clone();
        changed[place] ^= 1;
        assert!(CertificationRequest::from_der(&changed).is_err(), "octet {place}");
    }
    let longer = [der.as_slice(), &[0]].concat();
    assert!(matches!(CertificationRequest::from_der(&longer), Err(RequestFault::Der(Asn1Error::Trailing { .. }))));
}

#[test]
fn each_offence_has_its_name() {
    let sound = info(0, &subject_der(), &no_attributes());
    assert!(around(&sound, &algorithm()).is_ok());
    // parameters absent or NULL are both met
    let with_null = sequence(&[&object_identifier(oids::SM2_SM3), &crate::asn1::null()]);
    assert!(around(&sound, &with_null).is_ok());
    let cases = [
        (info(1, &subject_der(), &no_attributes()), algorithm(), RequestFault::Version(1)),
        (info(0, &sequence(&[]), &no_attributes()), algorithm(), RequestFault::Subject),
        (info(0, &sequence(&[&integer(1)]), &no_attributes()), algorithm(), RequestFault::Subject),
        (
            sound.clone(),
            sequence(&[&object_identifier(oids::ECDSA_SHA256)]),
            RequestFault::Algorithm("1.2.840.10045.4.3.2".to_owned()),
        ),
    ];
    for (info, algorithm, fault) in cases {
        assert_eq!(around(&info, &algorithm), Err(fault));
    }
    // attributes are read past, but they must be some
    let attribute = sequence(&[&object_identifier(oids::DATA), &tagged(Tag::SET, &octet_string(b"x"))]);
    let with = |content: &[u8]| around(&info(0, &subject_der(), &tagged(Tag::context(0), content)), &algorithm());
    assert!(with(&attribute).is_ok());
    assert!(matches!(with(&integer(1)), Err(RequestFault::Der(Asn1Error::Unexpected { .. }))));
    assert!(matches!(with(&sequence(&[&integer(1)])), Err(RequestFault::Der(_))));
    assert!(matches!(around(&info(0, &subject_der(), &[]), &algorithm()), Err(RequestFault::Der(_))));

    let signed_with =
        |value: &[u8]| CertificationRequest::from_der(&sequence(&[&sound, &algorithm(), &bit_string(value)])).map(drop);
    let key = sm2_key("a key");
    assert_eq!(signed_with(&sign(&key, b"", &sound).to_der()), Err(RequestFault::EmptyId));
    let other = sign(&sm2_key("another"), sm2::DEFAULT_ID, &sound);
    assert_eq!(signed_with(&other.to_der()), Err(RequestFault::WrongSignature));
    assert_eq!(signed_with(b"no signature"), Err(RequestFault::WrongSignature));
    // r || s is no DER, though the numbers are right
    let right = sign(&key, sm2::DEFAULT_ID, &sound);
    let mut deviations = Deviations::default();
    let raw = right.to_raw();
    assert!(Signature::from_wire(&raw, &mut deviations).is_ok() && deviations.first().is_some());
    assert_eq!(signed_with(&raw), Err(RequestFault::Value));
}

#[test]
fn long_and_foreign_files_are_refused() {
    assert_eq!(CertificationRequest::from_der(&vec![0x30; LONGEST + 1]), Err(RequestFault::Long));
    let pem = made().to_pem();
    let padded = format!("{}{pem}", " ".repeat(2 * LONGEST));
    assert_eq!(CertificationRequest::read(padded.as_bytes()), Err(RequestFault::Long));
    assert_eq!(CertificationRequest::read(pem.repeat(2).as_bytes()), Err(RequestFault::Pem));
    assert_eq!(CertificationRequest::read(pem.replacen("MII", "M*I", 1).as_bytes()), Err(RequestFault::Pem));
    let certificate = pem.replace("CERTIFICATE REQUEST", "CERTIFICATE");
    let label = RequestFault::Label("CERTIFICATE".to_owned());
    assert_eq!(CertificationRequest::read(certificate.as_bytes()), Err(label));
}
