use super::*;
use crate::{
    asn1::{Oid, oids},
    base::Moment,
    x509::Certificate,
};
use yinxin_testkit::{
    moment as in_kit,
    pki::{Draft, Period, Pki},
};

const POLICY: &[u8] = &[0x2A, 0x03, 0x04, 0x01];

fn pki() -> Pki {
    Pki::new("tsp", "某局", Period::years(2024, 2035))
}

fn authority(pki: &Pki) -> Certificate {
    Certificate::from_der(&pki.time_authority.der).unwrap()
}

fn order(serial: u64) -> TokenOrder<'static> {
    let at = Moment::parse("2026-11-30T05:00:00Z").unwrap();
    TokenOrder { policy: Oid::from_content(POLICY).unwrap(), serial, at, accuracy_seconds: 1 }
}

fn made(pki: &Pki, request: &TimeStampRequest) -> Vec<u8> {
    let plan = TokenPlan::new(request, &order(7), &authority(pki), &[]).unwrap();
    let signature = pki.time_authority.key.sign(plan.to_be_signed(), 0);
    let value = crate::sm::Signature::from_der(&signature.to_der()).unwrap();
    plan.embed(value).unwrap()
}

#[test]
fn a_token_answers_its_request_and_no_other() {
    let (pki, message) = (pki(), b"a signature value");
    let request = TimeStampRequest::new(Imprint::sm3(message), None, &[0x9C, 1, 2]);
    let asked = TimeStampRequest::from_der(&request.to_der()).unwrap();
    assert_eq!(asked, request);
    let token = made(&pki, &asked);
    let answered = check_answer(&request, &granted(&token)).unwrap();
    assert_eq!((answered.token, answered.time), (token.clone(), order(7).at));
    let parsed = Token::parse(&token).unwrap();
    assert_eq!((parsed.serial, parsed.policy.content(), parsed.nonce), (&[7][..], POLICY, request.nonce()));
    assert_eq!(parsed.accuracy, Some(Accuracy { seconds: 1, ..Accuracy::default() }));
    assert_eq!(parsed.check(message, [], |_, _| Ok(())).map(drop), Ok(()));
    assert_eq!(parsed.check(b"another", [], |_, _| Ok(())).map(drop), Err(TokenOffence::Imprint));

    let fault = |imprint, policy, nonce: &[u8]| {
        check_answer(&TimeStampRequest::new(imprint, policy, nonce), &granted(&token)).unwrap_err()
    };
    let nonce: &[u8] = &[0x9C, 1, 2];
    assert_eq!(fault(Imprint::sm3(b"another"), None, nonce), TokenOffence::Imprint.into());
    assert_eq!(fault(Imprint::sha256(message), None, nonce), TokenOffence::Imprint.into());
    assert_eq!(fault(Imprint::sm3(message), None, &[0x9C, 1, 3]), AnswerFault::Nonce);
    assert_eq!(fault(Imprint::sm3(message), Oid::from_content(&[0x2A, 3]), nonce), AnswerFault::Policy);
    let own = Oid::from_content(POLICY);
    assert!(check_answer(&TimeStampRequest::new(Imprint::sm3(message), own, nonce), &granted(&token)).is_ok());
}

#[test]
fn only_a_time_stamp_authority_is_given_a_token_to_sign() {
    let pki = pki();
    let request = TimeStampRequest::new(Imprint::sm3(b"x"), None, &[1]);
    let stamper = Certificate::from_der(&pki.stamper.der).unwrap();
    assert_eq!(TokenPlan::new(&request, &order(1), &stamper, &[]).unwrap_err(), TokenPlanFault::Purpose);
    let late = TokenOrder { at: Moment::parse("2036-01-01T00:00:00Z").unwrap(), ..order(1) };
    assert_eq!(TokenPlan::new(&request, &late, &authority(&pki), &[]).unwrap_err(), TokenPlanFault::Period);
    let asked = TimeStampRequest::new(Imprint::sm3(b"x"), Oid::from_content(&[0x2A, 3]), &[1]);
    assert_eq!(TokenPlan::new(&asked, &order(1), &authority(&pki), &[]).unwrap_err(), TokenPlanFault::Policy);
    let plan = TokenPlan::new(&request, &order(1), &authority(&pki), &[]).unwrap();
    let foreign = pki.stamper.key.sign(plan.to_be_signed(), 0);
    let foreign = crate::sm::Signature::from_der(&foreign.to_der()).unwrap();
    assert_eq!(plan.embed(foreign).unwrap_err(), TokenPlanFault::WrongSignature);
}

#[test]
fn what_was_signed_names_the_certificate() {
    let pki = pki();
    // the same key, subject and serial number under another period: issuerAndSerial cannot tell them apart
    let ours = &pki.time_authority;
    let other = (1..60)
        .map(|second| {
            let period = Period { to: in_kit(&format!("2034-01-01T00:00:{second:02}Z")), ..Period::years(2024, 2024) };
            Draft::time_authority(ours.subject.clone(), "tsp/tsa", period).issued_by(&pki.root).der
        })
        .find(|der| der.len() == ours.der.len())
        .unwrap();
    assert_ne!(other, ours.der);
    let request = TimeStampRequest::new(Imprint::sm3(b"x"), None, &[1]);
    let token = made(&pki, &request);
    let place = token.windows(ours.der.len()).position(|found| found == ours.der).unwrap();
    let mut swapped = token;
    swapped[place..place + other.len()].copy_from_slice(&other);
    let parsed = Token::parse(&swapped).unwrap();
    assert_eq!(parsed.check(b"x", [], |_, _| Ok(())).map(drop), Err(TokenOffence::OtherCertificate));
}

#[test]
fn requests_are_read_strictly() {
    let der = TimeStampRequest::new(Imprint::sm3(b"x"), None, &[5]).to_der();
    let read = TimeStampRequest::from_der;
    let trailing = [&der[..], &[0]].concat();
    assert!(matches!(read(&trailing), Err(RequestFault::Der(_))));
    assert_eq!(read(&vec![0x30; REQUEST_OCTETS + 1]), Err(RequestFault::Size));
    let mut version = der.clone();
    version[4] = 2;
    assert_eq!(read(&version), Err(RequestFault::Version(2)));
    assert_eq!(RequestFault::Version(2).failure(), Failure::BadRequest);
    // SHA-1, and a digest that is too short for its algorithm
    let of = |oid: Oid<'_>, digest: &[u8]| {
        use crate::asn1::{integer, object_identifier, octet_string, sequence};
        sequence(&[&integer(1), &sequence(&[&sequence(&[&object_identifier(oid)]), &octet_string(digest)])])
    };
    let sha1 = read(&of(oids::SHA1, &[0; 20])).unwrap_err();
    assert_eq!((sha1.failure(), sha1.to_string().contains("1.3.14.3.2.26")), (Failure::BadAlgorithm, true));
    let short = read(&of(oids::SHA256, &[0; 31])).unwrap_err();
    assert_eq!(short, RequestFault::Imprint(ImprintFault::Length { octets: 31, wanted: 32 }));
    assert_eq!(short.failure(), Failure::BadDataFormat);
    assert!(read(&of(oids::SHA512, &[0; 64])).is_ok());
    let mut nonce = der.clone();
    let place = nonce.len() - 6;
    assert_eq!(nonce[place..], [2, 1, 5, 1, 1, 0xFF]);
    nonce.splice(place..place + 3, [2, 2, 0, 5]);
    nonce[1] += 1;
    assert_eq!(read(&nonce), Err(RequestFault::Nonce));
}

#[test]
fn refusals_are_written_and_read() {
    for failure in [
        Failure::BadAlgorithm,
        Failure::BadRequest,
        Failure::BadDataFormat,
        Failure::TimeNotAvailable,
        Failure::UnacceptedPolicy,
        Failure::UnacceptedExtension,
        Failure::SystemFailure,
    ] {
        let der = refused(failure, "no");
        let read = Response::parse(&der).unwrap();
        assert_eq!(read, Response::Refused { status: 2, text: Some("no"), failure: Some(failure) });
    }
    let request = TimeStampRequest::new(Imprint::sm3(b"x"), None, &[1]);
    let fault = check_answer(&request, &refused(Failure::TimeNotAvailable, "the clock\nis off")).unwrap_err();
    assert_eq!(fault.to_string(), "the authority refuses: status 2, timeNotAvailable: the clockis off");
    assert!(matches!(check_answer(&request, b"<html>"), Err(AnswerFault::Der(_))));
}
