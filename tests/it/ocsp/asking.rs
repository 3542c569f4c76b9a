//! The verifier asks a responder where it has nothing else, and only where it may.

use super::{Folder, put, sound, take};
use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};
use yinxin::{
    clock::FixedClock,
    flow::{ocsp::OcspClient, verify::Verifier},
};
use yinxin_testkit::{
    crl::List,
    der::{oid, sequence},
    moment,
    ofd::{Document, Plan},
    pki::{self, Draft, Period, Pki, extension},
    seal::{Seal, Stamp, Version},
};
use yinxin_trust::{
    anchor::{Anchors, RevocationLists},
    asn1::{Tag, tagged},
    base::Moment,
    sm::Signature,
    verify::{CheckId, Policy, Report, Verdict},
    x509::{
        Certificate,
        ocsp::{
            CertificateId, CertificateStatus, IdDigest, OcspRequest, OcspResponse, OcspResponsePlan, SingleAnswer,
            refusal,
        },
    },
};

const STAMPED: &str = "2026-06-01T02:00:00Z";
const NOW: &str = "2026-11-21T00:00:00Z";

/// A responder at the other end of a line, which answers as it is told.
struct Responder {
    address: String,
    bend: Arc<Mutex<Bend>>,
    asked: Arc<AtomicUsize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bend {
    Straight,
    Silent,
    OtherNonce,
    OtherKey,
    NotAnAnswer,
    BySha1Alone,
}

impl Responder {
    fn start(issuer: pki::Certificate) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (bend, asked) = (Arc::new(Mutex::new(Bend::Straight)), Arc::new(AtomicUsize::new(0)));
        let (told, count) = (Arc::clone(&bend), Arc::clone(&asked));
        // ends with the process
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut octets = Vec::new();
                let mut piece = [0; 4096];
                let request = loop {
                    let Ok(read @ 1..) = stream.read(&mut piece) else { break None };
                    octets.extend_from_slice(&piece[..read]);
                    let Some(head) = octets.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
                    if let Ok(request) = OcspRequest::from_der(&octets[head + 4..]) {
                        break Some(request);
                    }
                };
                count.fetch_add(1, Ordering::SeqCst);
                let bend = *told.lock().unwrap();
                let body = request.map(|request| answer(&issuer, &request, bend)).unwrap_or_default();
                let status = if bend == Bend::Silent { "503 no" } else { "200 OK" };
                let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
                let _ = stream.write_all(&[head.as_bytes(), &body].concat());
            }
        });
        Self { address, bend, asked }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn answer(issuer: &pki::Certificate, request: &OcspRequest, bend: Bend) -> Vec<u8> {
    if bend == Bend::NotAnAnswer {
        return b"<html>".to_vec();
    }
    // the OID of SHA-1
    if bend == Bend::BySha1Alone && !request.ids()[0].der().windows(5).any(|w| w == [0x2B, 0x0E, 3, 2, 0x1A]) {
        return refusal(6);
    }
    let (this_update, next_update) = (moment(NOW), moment("2026-11-22T00:00:00Z"));
    let single =
        SingleAnswer { id: request.ids()[0].clone(), status: CertificateStatus::Good, this_update, next_update };
    let nonce = if bend == Bend::OtherNonce { Some(&[0; 32][..]) } else { request.nonce() };
    let plan = OcspResponsePlan::new(&read(issuer), &[single], nonce, this_update).unwrap();
    let mut response = {
        let signature = issuer.key.sign(plan.to_be_signed(), 0).to_der();
        plan.embed(Signature::from_der(&signature).unwrap()).unwrap().der().to_vec()
    };
    if bend == Bend::OtherKey {
        let last = response.len() - 1;
        response[last] ^= 1;
    }
    response
}

fn read(certificate: &pki::Certificate) -> Certificate {
    Certificate::from_der(&certificate.der).unwrap()
}

/// authorityInfoAccess with the address of a responder.
fn access(address: &str) -> Vec<u8> {
    let uri = tagged(Tag::context_primitive(6), address.as_bytes());
    extension("1.3.6.1.5.5.7.1.1", false, &sequence(&[&sequence(&[&oid("1.3.6.1.5.5.7.48.1"), &uri])]))
}

/// A stamped document whose stamper names a responder.
fn stamped(pki: &mut Pki, address: &str) -> Vec<u8> {
    let mut draft = Draft::signer(pki::name("某局", "某局"), "asking/stamper", Period::years(2024, 2035));
    draft.extensions.push(access(address));
    pki.stamper = draft.issued_by(&pki.stamper_authority);
    let stamp = Stamp::new(Version::V4, Seal::of(Version::V4, pki).make(), &pki.stamper, moment(STAMPED));
    let mut package = Document::titled("测试文件").package();
    package.stamp(&Plan::at(moment(STAMPED)), &stamp);
    package.to_bytes()
}

struct Case {
    pki: Pki,
    responder: Responder,
    document: Vec<u8>,
}

impl Case {
    fn new() -> Self {
        let mut pki = Pki::new("asking", "某局", Period::years(2024, 2035));
        let responder = Responder::start(pki.stamper_authority.clone());
        let document = stamped(&mut pki, &format!("{}/ocsp", responder.address));
        Self { pki, responder, document }
    }

    /// With the list of the makers' authority alone, and these responders.
    fn verifier(&self, allowed: &[String]) -> Verifier {
        let list = List::of(&self.pki.maker_authority, moment("2026-11-20T00:00:00Z"), moment("2026-11-27T00:00:00Z"));
        let anchors = Anchors::from_pem(self.pki.anchors_pem().as_bytes()).unwrap();
        let clock = Arc::new(FixedClock(Moment::parse(NOW).unwrap()));
        Verifier::new(anchors, Policy::default(), clock)
            .with_revocation(RevocationLists::from_der(&list.to_der()).unwrap())
            .with_ocsp(Arc::new(OcspClient::new(allowed).unwrap()))
    }

    fn verify(&self, verifier: &Verifier) -> Report {
        verifier.verify(&self.document, None).unwrap()
    }
}

#[test]
fn what_is_not_known_is_asked_once_where_that_is_allowed() {
    let case = Case::new();
    // one whose address begins alike is another
    let alike = case.responder.address[..case.responder.address.len() - 1].to_owned();
    let nobody = case.verifier(&["http://ocsp.example.cn".to_owned(), alike]);
    assert_eq!(case.verify(&nobody).verdict, Verdict::Indeterminate);
    assert_eq!(case.responder.asked(), 0, "nobody is asked whom the configuration does not name");
    let verifier = case.verifier(std::slice::from_ref(&case.responder.address));
    let report = case.verify(&verifier);
    assert_eq!(report.verdict, Verdict::Valid, "{:?}", report.reason);
    let sentence = |id| report.signatures[0].checks.iter().find(|check| check.id == id).unwrap().sentence.en.clone();
    assert!(sentence(CheckId::SignerRevocation).contains("by the answer of 2026-11-21"), "{report:?}");
    assert!(sentence(CheckId::SealMakerRevocation).contains("by the list of 2026-11-20"));
    assert_eq!((case.verify(&verifier).verdict, case.responder.asked()), (Verdict::Valid, 1), "the answer is kept");
    // of another time an answer of now says nothing, and nobody is asked
    let before = verifier.verify(&case.document, Some(moment("2026-10-01T00:00:00Z"))).unwrap();
    assert_eq!((before.verdict, case.responder.asked()), (Verdict::Indeterminate, 1));
}

#[test]
fn who_knows_certificates_by_sha1_alone_is_asked_so() {
    let case = Case::new();
    *case.responder.bend.lock().unwrap() = Bend::BySha1Alone;
    let report = case.verify(&case.verifier(std::slice::from_ref(&case.responder.address)));
    assert_eq!((report.verdict, case.responder.asked()), (Verdict::Valid, 2));
}

#[test]
fn an_answer_that_does_not_hold_is_none() {
    let case = Case::new();
    for bend in [Bend::Silent, Bend::OtherNonce, Bend::OtherKey, Bend::NotAnAnswer] {
        *case.responder.bend.lock().unwrap() = bend;
        let verifier = case.verifier(std::slice::from_ref(&case.responder.address));
        let before = case.responder.asked();
        for _ in 0..3 {
            let report = case.verify(&verifier);
            assert_eq!(
                (report.verdict, report.reason),
                (Verdict::Indeterminate, Some(CheckId::SignerRevocation)),
                "{bend:?}"
            );
        }
        assert_eq!(case.responder.asked() - before, 1, "{bend:?}: not asked again at once");
    }
}

#[test]
fn what_openssl_answers_is_read() {
    let folder = Folder::new();
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    let ca = ["req", "-x509", "-subj", "/CN=ca", "-keyout", "ca.key", "-out", "ca.pem", "-days", "30"];
    sound(&folder, &[&ca[..], &key].concat());
    put(&folder, "ext", "extendedKeyUsage=OCSPSigning\nkeyUsage=critical,digitalSignature\n");
    let issue = |name: &str, serial: &str, more: &[&str]| {
        let (csr, pem) = (format!("{name}.csr"), format!("{name}.pem"));
        let (subject, private) = (format!("/CN={name}"), format!("{name}.key"));
        sound(&folder, &[&["req", "-new", "-subj", &subject, "-keyout", &private, "-out", &csr], &key[..]].concat());
        let signed = ["x509", "-req", "-in", &csr, "-CA", "ca.pem", "-CAkey", "ca.key", "-out", &pem, "-days", "30"];
        sound(&folder, &[&signed[..], &["-set_serial", serial], more].concat());
        let der = format!("{name}.cer");
        sound(&folder, &["x509", "-in", &pem, "-outform", "DER", "-out", &der]);
        Certificate::from_der(&take(&folder, &der)).unwrap()
    };
    let [good, revoked, unknown] = [("good", "0x1001"), ("revoked", "0x1002"), ("unknown", "0x1003")]
        .map(|(name, serial)| issue(name, serial, &[]));
    issue("responder", "0x2001", &["-extfile", "ext"]);
    sound(&folder, &["x509", "-in", "ca.pem", "-outform", "DER", "-out", "ca.cer"]);
    let issuer = Certificate::from_der(&take(&folder, "ca.cer")).unwrap();
    put(
        &folder,
        "index",
        "V\t491231235959Z\t\t1001\tunknown\t/CN=good\n\
         R\t491231235959Z\t260101000000Z,superseded\t1002\tunknown\t/CN=revoked\n",
    );
    for signer in ["responder", "ca"] {
        for (certificate, due) in [(&good, "good"), (&revoked, "revoked"), (&unknown, "unknown")] {
            let id = CertificateId::of(IdDigest::Sha256, certificate, &issuer);
            put(&folder, "q.der", OcspRequest::new(vec![id], Some(&[9; 32])).to_der());
            let (pem, key) = (format!("{signer}.pem"), format!("{signer}.key"));
            let answering = ["ocsp", "-index", "index", "-CA", "ca.pem", "-rsigner", &pem, "-rkey", &key];
            sound(&folder, &[&answering[..], &["-reqin", "q.der", "-respout", "r.der", "-nmin", "60"]].concat());
            let response = OcspResponse::from_der(&take(&folder, "r.der")).unwrap();
            assert_eq!((response.verify_signature(&issuer), response.nonce()), (Ok(()), Some(&[9; 32][..])));
            let word = match response.find(certificate, &issuer).unwrap().0 {
                CertificateStatus::Good => "good",
                CertificateStatus::Revoked(_) => "revoked",
                CertificateStatus::Unknown => "unknown",
            };
            assert_eq!(word, due, "{signer}");
        }
    }
    // who has no purpose may not answer, whoever believes them
    let plain = ["ocsp", "-index", "index", "-CA", "ca.pem", "-rsigner", "good.pem", "-rkey", "good.key"];
    sound(&folder, &[&plain[..], &["-reqin", "q.der", "-respout", "r.der", "-nmin", "60"]].concat());
    assert!(OcspResponse::from_der(&take(&folder, "r.der")).unwrap().verify_signature(&issuer).is_err());
    let other = Draft::authority(pki::name("某局", "ca"), "x", Period::years(2024, 2035), None).self_signed();
    assert!(OcspResponse::from_der(&take(&folder, "r.der")).unwrap().verify_signature(&read(&other)).is_err());
}
