//! `POST /tsa`, with OpenSSL as whoever asks and as the authority that we ask.

use super::{Stamping, opened};
use crate::support::{
    Folder,
    database::Database,
    desk::Desk,
    house::{House, begin},
    http::request,
};
use std::{fs, path::Path, process::Command};
use yinxin_trust::{
    asn1::{Oid, content_of_dotted},
    suite::Suite,
    tsp::{AnswerFault, Failure, Imprint, Response, TimeStampRequest, check_answer},
};

const QUERY: Option<&str> = Some("application/timestamp-query");

fn openssl(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let output = Command::new("openssl").args(arguments).current_dir(folder).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

fn sound(folder: &Path, arguments: &[&str]) -> String {
    let (good, said) = openssl(folder, arguments);
    assert!(good, "openssl {arguments:?}: {said}");
    said
}

fn failure(answer: &[u8]) -> Option<Failure> {
    match Response::parse(answer).unwrap() {
        Response::Refused { failure, status: 2, .. } => failure,
        other => panic!("{other:?}"),
    }
}

#[test]
fn openssl_asks_and_takes_what_is_answered() {
    for suite in [Suite::P256, Suite::Sm2] {
        let database = Database::sqlite();
        let stamping = Stamping::new(&database, suite);
        stamping.root();
        let folder = Folder::new();
        fs::copy(stamping.root(), folder.path().join("root.pem")).unwrap();
        let desk = Desk::open(stamping.issuing(|issuer, authority| issuer.with_time_stamper(authority)), "");
        let at = folder.path();
        fs::write(at.join("message"), "what shall be stamped").unwrap();
        fs::write(at.join("another"), "something else").unwrap();
        let mut serials = Vec::new();
        for digest in ["-sha256", "-sha512", "-sm3"] {
            sound(at, &["ts", "-query", "-data", "message", digest, "-cert", "-out", "q.tsq"]);
            let query = fs::read(at.join("q.tsq")).unwrap();
            let answer = request(desk.to, "POST", "/tsa", QUERY, &query);
            assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/timestamp-reply")));
            fs::write(at.join("r.tsr"), &answer.octets).unwrap();
            let text = sound(at, &["ts", "-reply", "-in", "r.tsr", "-text"]);
            assert!(text.contains("Nov 22 02:00:00 2026 GMT") && text.contains("Accuracy: 0x3C seconds"), "{text}");
            serials.extend(text.lines().find(|line| line.contains("Serial number")).map(str::to_owned));
            if suite == Suite::P256 {
                let seconds = begin().unix_seconds().to_string();
                let mut verify = vec!["ts", "-verify", "-in", "r.tsr", "-CAfile", "root.pem", "-attime", &seconds];
                let said = sound(at, &[&verify[..], &["-queryfile", "q.tsq"]].concat());
                assert!(said.contains("Verification: OK"), "{said}");
                sound(at, &[&verify[..], &["-data", "message"]].concat());
                verify.extend(["-data", "another"]);
                assert!(!openssl(at, &verify).0, "over something else");
            }
        }
        serials.dedup();
        assert_eq!(serials.len(), 3, "{serials:?}");
    }
}

#[test]
fn what_openssl_answers_is_held_against_the_request() {
    let folder = Folder::new();
    let at = folder.path();
    fs::write(at.join("ext"), "extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n").unwrap();
    fs::write(
        at.join("tsa.cnf"),
        "[tsa]\ndefault_tsa=one\n[one]\nserial=serial\ndefault_policy=2.999.1\ndigests=sha256\nsigner_digest=sha256\n\
         ess_cert_id_alg=sha256\n",
    )
    .unwrap();
    fs::write(at.join("serial"), "01").unwrap();
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    let ca = ["req", "-x509", "-subj", "/CN=root", "-keyout", "root.key", "-out", "root.pem", "-days", "30"];
    sound(at, &[&ca[..], &key].concat());
    let signed = ["-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "30"];
    sound(at, &[&["req", "-new", "-subj", "/CN=tsa", "-keyout", "tsa.key", "-out", "tsa.csr"], &key[..]].concat());
    sound(at, &[&["x509", "-req", "-in", "tsa.csr", "-extfile", "ext", "-out", "tsa.pem"], &signed[..]].concat());
    sound(at, &["x509", "-req", "-in", "tsa.csr", "-out", "plain.pem", "-CA", "root.pem", "-CAkey", "root.key"]);
    let request = TimeStampRequest::new(Imprint::sha256(b"a value"), None, &[0x81, 2, 3]);
    fs::write(at.join("q.tsq"), request.to_der()).unwrap();
    let text = sound(at, &["ts", "-query", "-in", "q.tsq", "-text"]);
    assert!(text.contains("Nonce: 0x810203") && text.contains("Certificate required: yes"), "{text}");
    let reply = ["ts", "-reply", "-config", "tsa.cnf", "-queryfile", "q.tsq", "-inkey", "tsa.key", "-out", "r.tsr"];
    sound(at, &[&reply[..], &["-signer", "tsa.pem"]].concat());
    let answer = fs::read(at.join("r.tsr")).unwrap();
    let answered = check_answer(&request, &answer).unwrap();
    assert_eq!(answered.authority.subject(), "CN=tsa");
    let other = TimeStampRequest::new(Imprint::sha256(b"a value"), None, &[0x81, 2, 4]);
    assert_eq!(check_answer(&other, &answer).unwrap_err(), AnswerFault::Nonce);
    // a certificate that is not for time stamping, in the place of the other
    let mut bent = answer.clone();
    let place = bent.len() - 10;
    bent[place] ^= 1;
    assert!(check_answer(&request, &bent).is_err());
    let policy = content_of_dotted("2.999.2").unwrap();
    let asked = TimeStampRequest::new(Imprint::sha256(b"a value"), Oid::from_content(&policy), &[0x81, 2, 3]);
    fs::write(at.join("q.tsq"), asked.to_der()).unwrap();
    sound(at, &[&reply[..], &["-signer", "tsa.pem"]].concat());
    let fault = check_answer(&asked, &fs::read(at.join("r.tsr")).unwrap()).unwrap_err();
    assert!(matches!(fault, AnswerFault::Refused { failure: Some(Failure::UnacceptedPolicy), .. }), "{fault}");
}

#[test]
fn what_is_not_answered_has_its_name() {
    let database = Database::sqlite();
    let stamping = Stamping::new(&database, Suite::Sm2);
    let (settings, folder) = (stamping.settings.clone(), Folder::new());
    fs::copy(&settings.chain, folder.path().join("chain")).unwrap();
    let desk = Desk::open(stamping.issuing(|issuer, authority| issuer.with_time_stamper(authority)), "");
    let ask = |octets: &[u8]| request(desk.to, "POST", "/tsa", QUERY, octets);
    let asked = |policy: Option<&str>| {
        let policy = policy.map(|policy| content_of_dotted(policy).unwrap());
        TimeStampRequest::new(Imprint::sm3(b"x"), policy.as_deref().and_then(Oid::from_content), &[1]).to_der()
    };
    for (octets, why) in [
        (b"<html>".to_vec(), Failure::BadDataFormat),
        (vec![0x30; 5000], Failure::BadDataFormat),
        (asked(Some("2.999.7")), Failure::UnacceptedPolicy),
    ] {
        let answer = ask(&octets);
        assert_eq!((answer.status, failure(&answer.octets)), (200, Some(why)));
    }
    assert!(check_answer(&TimeStampRequest::from_der(&asked(None)).unwrap(), &ask(&asked(None)).octets).is_ok());
    assert_eq!(request(desk.to, "POST", "/tsa", Some("application/json"), &asked(None)).problem(), "bad_body");
    assert_eq!(ask(&vec![0x30; 9000]).problem(), "bad_body");
    assert_eq!(request(desk.to, "GET", "/tsa", None, b"").status, 405);
    // the clock is set on, then back
    desk.house.clock.advance_seconds(3600);
    assert_eq!(failure(&ask(&asked(None)).octets), Some(Failure::TimeNotAvailable));
    desk.house.clock.advance_seconds(-3600);
    assert!(matches!(Response::parse(&ask(&asked(None)).octets), Ok(Response::Granted { .. })));
    // a process that begins with a clock behind what the register knows
    let settings = yinxin::flow::time_stamps::TimeStamperSettings { chain: folder.path().join("chain"), ..settings };
    desk.house.clock.advance_seconds(7200);
    let ahead = opened(&settings, &desk.house).answer(&asked(None), None).unwrap();
    assert!(matches!(Response::parse(&ahead), Ok(Response::Granted { .. })));
    desk.house.clock.advance_seconds(-3600);
    let later = opened(&settings, &desk.house);
    assert_eq!(failure(&later.answer(&asked(None), None).unwrap()), Some(Failure::TimeNotAvailable));
}

#[test]
fn a_network_has_its_share_and_a_service_without_one_says_so() {
    let database = Database::sqlite();
    let stamping = Stamping::new(&database, Suite::Sm2);
    let ask = |network| stamping.authority.answer(b"", Some(network)).is_ok();
    assert!((0..600).all(|_| ask("203.0.113.9")));
    assert!(!ask("203.0.113.9") && ask("203.0.113.10"));
    let database = Database::sqlite();
    let desk = Desk::open(House::new(&database), "");
    assert_eq!(request(desk.to, "POST", "/tsa", QUERY, b"x").problem(), "no_time_stamps");
}
