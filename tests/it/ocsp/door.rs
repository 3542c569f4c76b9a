//! `POST /ocsp` and `GET /ocsp/{base64}`.

use super::{Folder, openssl, put, sound, take};
use crate::support::{
    database::Database,
    desk::Desk,
    house::{House, begin},
    http::{get, request},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::sync::Arc;
use yinxin::{
    clock::Clock,
    flow::{
        authority::{AuthorityFolder, IssuedBy, Lists, Named, Revoked},
        ocsp::OcspResponder,
    },
};
use yinxin_testkit::pki::pem;
use yinxin_trust::{
    base::Moment,
    suite::Suite,
    x509::{
        Certificate, RevocationReason,
        ocsp::{CertificateId, CertificateStatus, IdDigest, OcspRequest, OcspResponse, OcspResponseFault},
    },
};

const QUERY: Option<&str> = Some("application/ocsp-request");

/// A house that answers about its certificates, and two stampers of which the second is revoked.
struct Answering {
    desk: Desk,
    folder: Folder,
    place: AuthorityFolder,
    stampers: [Certificate; 2],
}

impl Answering {
    fn new(database: &Database, suite: Suite) -> Self {
        let (house, folder) = (House::new_in(database, suite), Folder::new());
        let place = AuthorityFolder::at(folder.path());
        place.keep(&house.authority).unwrap();
        let named = Named { organisation: "演示市数据局", name: "证书状态应答" };
        let keys = house.keys.as_ref();
        place.keep_responders(&house.authority.certify_responders(keys, named, begin()).unwrap()).unwrap();
        let stamper = |name| {
            let named = Named { organisation: name, name };
            house.authority.certify_stamper(keys, named, begin()).unwrap()
        };
        let stampers = [stamper("某局"), stamper("另一局")];
        let revoked = Revoked {
            by: IssuedBy::StamperAuthority,
            serial: stampers[1].serial().to_vec(),
            at: begin(),
            reason: RevocationReason::KeyCompromise,
        };
        place.keep_lists(&Lists::publish(&house.authority, keys, &[revoked], begin()).unwrap()).unwrap();
        let clock = Arc::clone(&house.clock) as Arc<dyn Clock>;
        let responder = OcspResponder::open(&place, Arc::clone(&house.keys), clock).unwrap().unwrap();
        let verifier = house.issuer.verifier.clone();
        let desk = Desk::open(house.issuing(verifier, |issuer| issuer.with_ocsp(Arc::new(responder))), "");
        Self { desk, folder, place, stampers }
    }

    fn issuer(&self) -> &Certificate {
        &self.desk.house.authority.stamper_authority
    }

    fn ask(&self, octets: &[u8]) -> Vec<u8> {
        let answer = request(self.desk.to, "POST", "/ocsp", QUERY, octets);
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/ocsp-response")));
        answer.octets
    }

    fn request(&self, which: usize) -> OcspRequest {
        let id = CertificateId::of(IdDigest::Sm3, &self.stampers[which], self.issuer());
        OcspRequest::new(vec![id], None)
    }
}

fn refused(octets: &[u8]) -> OcspResponseFault {
    OcspResponse::from_der(octets).unwrap_err()
}

#[test]
fn openssl_asks_and_believes_the_answer() {
    let database = Database::sqlite();
    let house = Answering::new(&database, Suite::P256);
    let folder = &house.folder;
    put(folder, "ca.pem", pem(house.issuer().der()));
    let at = begin().unix_seconds().to_string();
    for (stamper, word) in house.stampers.iter().zip(["good", "revoked"]) {
        put(folder, "one.pem", pem(stamper.der()));
        for digest in ["-sha1", "-sha256"] {
            let about = ["ocsp", digest, "-issuer", "ca.pem", "-cert", "one.pem"];
            sound(folder, &[&about[..], &["-reqout", "q.der"]].concat());
            put(folder, "r.der", house.ask(&take(folder, "q.der")));
            // by what it was asked with, which has a nonce: -no_nonce keeps OpenSSL from putting another one into it
            let read = ["-no_nonce", "-reqin", "q.der", "-respin", "r.der", "-issuer", "ca.pem", "-CAfile", "ca.pem"];
            let trusted =
                ["-partial_chain", "-attime", &at, "-validity_period", "1000000000", digest, "-cert", "one.pem"];
            let said = sound(folder, &[&["ocsp"][..], &read[..], &trusted[..]].concat());
            assert!(said.contains("Response verify OK") && said.contains(&format!("one.pem: {word}")), "{said}");
            assert_eq!(word == "revoked", said.contains("Reason: keyCompromise"), "{said}");
            assert!(!said.contains("no nonce") && !said.contains("Nonce"), "{said}");
        }
    }
    // under another authority it is nobody's word
    put(folder, "other.pem", pem(house.desk.house.authority.maker_authority.der()));
    let read = ["ocsp", "-respin", "r.der", "-issuer", "ca.pem", "-cert", "one.pem", "-CAfile", "other.pem"];
    let (_, said) = openssl(folder, &[&read[..], &["-partial_chain", "-attime", &at, "-no_nonce"]].concat());
    assert!(said.contains("Response Verify Failure"), "{said}");
}

#[test]
fn our_own_reading_finds_good_revoked_and_nobody() {
    let database = Database::sqlite();
    let house = Answering::new(&database, Suite::Sm2);
    let issuer = house.issuer();
    let answered = |which: usize| {
        let response = OcspResponse::from_der(&house.ask(&house.request(which).to_der())).unwrap();
        assert_eq!(response.verify_signature(issuer), Ok(()));
        response.find(&house.stampers[which], issuer).unwrap()
    };
    assert_eq!(answered(0), (CertificateStatus::Good, begin()));
    let (CertificateStatus::Revoked(revocation), _) = answered(1) else { panic!("not revoked") };
    assert_eq!((revocation.at, revocation.reason), (begin(), Some(RevocationReason::KeyCompromise)));
    // the same by GET, of which the octets are the same within a second but for the value
    let text = STANDARD.encode(house.request(1).to_der()).replace('+', "%2B").replace('=', "%3D");
    let by_get = get(house.desk.to, &format!("/ocsp/{text}"));
    assert_eq!((by_get.status, by_get.header("content-type")), (200, Some("application/ocsp-response")));
    let response = OcspResponse::from_der(&by_get.octets).unwrap();
    assert!(matches!(response.find(&house.stampers[1], issuer), Some((CertificateStatus::Revoked(_), _))));
    // what is no question, and what is about others
    for octets in [&b"<html>"[..], b"", &[0x30; 7000]] {
        assert_eq!(refused(&house.ask(octets)), OcspResponseFault::Refused(1));
    }
    assert_eq!(refused(&get(house.desk.to, "/ocsp/%21").octets), OcspResponseFault::Refused(1));
    let foreign = CertificateId::of(IdDigest::Sm3, &house.stampers[0], &house.stampers[0]);
    let foreign = OcspRequest::new(vec![foreign], None).to_der();
    assert_eq!(refused(&house.ask(&foreign)), OcspResponseFault::Refused(6));
    assert_eq!(request(house.desk.to, "POST", "/ocsp", None, b"x").problem(), "bad_body");
}

#[test]
fn nothing_is_answered_from_an_old_list() {
    let database = Database::sqlite();
    let house = Answering::new(&database, Suite::Sm2);
    let asked = house.request(0).to_der();
    let ends = OcspResponse::from_der(&house.ask(&asked)).unwrap().ends_at();
    assert_eq!(ends.unix_seconds() - begin().unix_seconds(), 86_400);
    house.desk.house.clock.advance_seconds(7 * 86_400 - 10);
    let ends = OcspResponse::from_der(&house.ask(&asked)).unwrap().ends_at();
    let list_ends = Moment::from_unix_seconds(begin().unix_seconds() + 7 * 86_400).unwrap();
    assert_eq!(ends, list_ends, "not longer than the list");
    house.desk.house.clock.advance_seconds(11);
    assert_eq!(refused(&house.ask(&asked)), OcspResponseFault::Refused(3));
    let now = house.desk.house.clock.now().unwrap();
    let keys = house.desk.house.keys.as_ref();
    house.place.keep_lists(&Lists::publish(&house.desk.house.authority, keys, &[], now).unwrap()).unwrap();
    assert!(OcspResponse::from_der(&house.ask(&asked)).is_ok(), "and again from a new one, without a restart");
}

#[test]
fn a_service_without_responders_has_no_such_address() {
    let database = Database::sqlite();
    let desk = Desk::open(House::new(&database), "");
    assert_eq!(request(desk.to, "POST", "/ocsp", QUERY, b"x").problem(), "not_found");
}

/// What certificates name as the place of their issuer's list is answered with it.
#[test]
fn lists_are_where_certificates_say() {
    let (house, folder) = (House::new_in(&Database::sqlite(), Suite::Sm2), Folder::new());
    let place = AuthorityFolder::at(folder.path());
    place.keep(&house.authority).unwrap();
    let keys = house.keys.as_ref();
    place.keep_lists(&Lists::publish(&house.authority, keys, &[], begin()).unwrap()).unwrap();
    let of = |by| house.authority.issuer(by).ok().map(|issuer| (by, issuer.clone()));
    let issuers: Vec<_> = IssuedBy::ALL.into_iter().filter_map(of).collect();
    assert!(issuers.len() >= 3, "{issuers:?}");
    let desk = Desk::open(house, &format!("[authority]\nfolder = \"{}\"\n", folder.path().display()));
    let get = |path: &str| request(desk.to, "GET", path, None, b"");
    for (by, issuer) in issuers {
        let answer = get(&format!("/crl/{}", by.list()));
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/pkix-crl")));
        let list = yinxin_trust::x509::Crl::from_der(&answer.octets).unwrap();
        assert_eq!(list.verify_signature(&issuer), Ok(()));
    }
    for none in ["/crl/root.pem", "/crl/revoked", "/crl/..%2Froot.crl", "/crl/stamper-ca", "/crl/other.crl"] {
        assert_eq!(get(none).status, 404, "{none}");
    }
}
