//! Certificates for keys of others, and their revocation, by the command line.

use super::{Folder, openssl, put, sound, take};
use crate::support::cli::{Run, command, finish};
use std::{fs, path::PathBuf};
use yinxin_trust::{
    anchor::{Anchors, Use},
    x509::{Chain, Crl, RevocationReason},
};

struct Place {
    folder: Folder,
    config: PathBuf,
}

impl Place {
    fn new(suite: &str) -> Self {
        let folder = Folder::new();
        let naming = ["--name", "演示市数据局", "--credit-code", "11330100MB0000000N", "--region", "330100"];
        let at = ["--public-address", "http://licence.example.cn"];
        let run = finish(command(&folder).args(["init", "--folder", "place", "--suite", suite]).args(naming).args(at));
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
        let config = folder.path().join("place/yinxin.toml");
        Self { folder, config }
    }

    fn run(&self, arguments: &[&str]) -> Run {
        finish(command(&self.folder).arg("--config").arg(&self.config).args(arguments))
    }

    /// A request by OpenSSL, which is not what the certificate will say.
    fn request(&self, name: &str, curve: &str) -> String {
        let key = ["-newkey", "ec", "-pkeyopt", curve, "-nodes", "-keyout", "k.pem"];
        sound(&self.folder, &[&["req", "-new", "-subj", "/CN=what it wishes", "-out", name][..], &key].concat());
        self.folder.path().join(name).display().to_string()
    }

    fn issue(&self, request: &str, profile: &str, out: &str) -> Run {
        let out = self.folder.path().join(out).display().to_string();
        let named = ["--organisation", "演示市数据局", "--name", "窗口服务", "--out", &out];
        self.run(&[&["authority", "issue", "--request", request, "--profile", profile][..], &named].concat())
    }
}

#[test]
fn a_certificate_says_what_the_authority_decides() {
    let place = Place::new("p256");
    let request = place.request("client.csr", "ec_paramgen_curve:P-256");
    let run = place.issue(&request, "client", "client.chain");
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains("what it wishes") && run.out.contains("窗口服务"), "{}", run.err);
    let folder = &place.folder;
    put(folder, "root.pem", fs::read(folder.path().join("place/pki/root.pem")).unwrap());
    let said =
        sound(folder, &["verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", "root.pem", "client.chain"]);
    assert!(said.contains("OK"), "{said}");
    let text = sound(folder, &["x509", "-in", "client.chain", "-noout", "-text"]);
    for part in [
        "OCSP - URI:http://licence.example.cn/ocsp",
        "URI:http://licence.example.cn/crl/root.crl",
        "Client Authentication",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("what it wishes"));
    let chain = take(folder, "client.chain");
    let at = yinxin_trust::base::Moment::parse("2027-01-01T00:00:00Z").unwrap();
    let certificate = Chain::from_pem(&chain, at).unwrap().certificate().clone();
    assert_eq!(certificate.ocsp_address().as_deref(), Some("http://licence.example.cn/ocsp"));
    // an existing file is not overwritten
    assert_ne!(place.issue(&request, "client", "client.chain").code, 0);
}

#[test]
fn what_is_not_issued_has_its_reason() {
    let place = Place::new("p256");
    let foreign = place.request("sm2.csr", "ec_paramgen_curve:SM2");
    let run = place.issue(&foreign, "stamper", "a.chain");
    assert_eq!(run.code, 73, "{}", run.err);
    // whoever does not have the key proves nothing
    let request = place.request("bent.csr", "ec_paramgen_curve:P-256");
    sound(&place.folder, &["req", "-in", "bent.csr", "-outform", "DER", "-out", "bent.der"]);
    let mut bent = take(&place.folder, "bent.der");
    let last = bent.len() - 1;
    bent[last] ^= 1;
    put(&place.folder, "bent.der", bent);
    let run = place.issue(&request.replace("bent.csr", "bent.der"), "stamper", "b.chain");
    assert_eq!(run.code, 73, "{}", run.err);
    assert!(!place.folder.path().join("a.chain").exists() && !place.folder.path().join("b.chain").exists());
}

#[test]
fn a_revoked_stamper_is_in_the_list_and_stays_there() {
    let place = Place::new("sm2");
    let make = ["seal", "make", "--code", "3301000000001", "--type", "11100000MB0143028R003"];
    assert_eq!(place.run(&make).code, 0);
    let request = place.request("stamper.csr", "ec_paramgen_curve:P-256");
    assert_eq!(place.issue(&request, "stamper", "s.chain").code, 73, "another suite");
    let list = || {
        let octets = fs::read(place.folder.path().join("place/pki/stamper-ca.crl")).unwrap();
        Crl::from_der(&octets).unwrap()
    };
    assert!(list().is_empty());
    let run = place.run(&["authority", "revoke", "1A2b3c", "--reason", "privilege-withdrawn"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let revocation = list().find(&[0x1A, 0x2B, 0x3C]).unwrap();
    assert_eq!(revocation.reason, Some(RevocationReason::PrivilegeWithdrawn));
    assert_eq!(place.run(&["authority", "revoke", "1a2b3c", "--reason", "superseded"]).code, 73, "once");
    assert_eq!(place.run(&["authority", "revoke", "xyz", "--reason", "superseded"]).code, 73);
    assert_eq!(place.run(&["authority", "revoke", "99", "--reason", "key-compromise"]).code, 0);
    assert_eq!(list().len(), 2);
}

#[test]
fn every_certificate_below_the_root_says_where_it_is_asked_about() {
    for suite in ["p256", "sm2"] {
        let place = Place::new(suite);
        let organisation = ["--organisation", "演示市数据局", "--name", "某服务"];
        let tsa = [&["tsa", "make", "--policy", "2.999.1"][..], &organisation].concat();
        assert_eq!(place.run(&tsa).code, 0);
        assert_eq!(place.run(&[&["ocsp", "make"][..], &organisation].concat()).code, 0);
        let make = ["seal", "make", "--code", "3301000000001", "--type", "11100000MB0143028R003", "--out", "seal.esl"];
        assert_eq!(place.run(&make).code, 0);
        let seal = take(&place.folder, "seal.esl");
        let stamper = match &yinxin_trust::seal::Seal::parse(&seal).unwrap().property.signers[..] {
            [yinxin_trust::seal::SignerEntry::Certificate(der)] => der.to_vec(),
            other => panic!("{other:?}"),
        };
        put(&place.folder, "stamper.pem", yinxin_testkit::pki::pem(&stamper));
        let text = |path: &str| sound(&place.folder, &["x509", "-in", path, "-noout", "-text"]);
        for (file, list) in [
            ("place/pki/stamper-ca.pem", "root.crl"),
            ("place/pki/seal-maker-ca.pem", "root.crl"),
            ("place/pki/seal-maker.pem", "seal-maker-ca.crl"),
            ("place/pki/time-stamper.chain", "root.crl"),
            ("stamper.pem", "stamper-ca.crl"),
        ] {
            let text = text(file);
            assert!(text.contains("OCSP - URI:http://licence.example.cn/ocsp"), "{file}: {text}");
            assert!(text.contains(&format!("URI:http://licence.example.cn/crl/{list}")), "{file}: {text}");
        }
        // nobody asks about a root, nor about those who answer
        for file in ["root.pem", "ocsp-root.pem", "ocsp-stamper-ca.pem", "ocsp-seal-maker-ca.pem"] {
            assert!(!text(&format!("place/pki/{file}")).contains("licence.example.cn"), "{file}");
        }
    }
}

#[test]
fn an_address_that_no_certificate_may_carry_founds_nothing() {
    let folder = Folder::new();
    let naming = ["--name", "演示市数据局", "--credit-code", "11330100MB0000000N", "--region", "330100"];
    for bad in ["licence.example.cn", "ftp://licence.example.cn", "http://某地.cn", "http://"] {
        let at = ["init", "--folder", "place", "--public-address", bad];
        let run = finish(command(&folder).args(at).args(naming));
        assert_eq!((run.code, run.err.contains("authority.public_address")), (64, true), "{bad}: {}", run.err);
    }
    assert!(!folder.path().join("place/keys").exists(), "no key was made");
}

#[test]
fn each_certificate_stands_on_the_list_of_its_issuer() {
    let place = Place::new("p256");
    let (folder, pki) = (&place.folder, place.folder.path().join("place/pki"));
    let list = |name: &str| Crl::from_der(&fs::read(pki.join(name)).unwrap()).unwrap();
    let lengths = || ["root.crl", "stamper-ca.crl", "seal-maker-ca.crl"].map(|name| list(name).len());
    let read = |text: &[u8]| Anchors::from_pem(text).unwrap().certificates(Use::Signer)[0].clone();
    let revoke = |more: &[&str]| place.run(&[&["authority", "revoke"], more].concat());

    // the seal maker, by the certificate: OpenSSL finds it on the list
    let maker = pki.join("seal-maker.pem").display().to_string();
    let verify = || {
        sound(folder, &["crl", "-inform", "DER", "-in", "place/pki/seal-maker-ca.crl", "-out", "makers.pem"]);
        let arguments = ["verify", "-partial_chain", "-crl_check", "-CRLfile", "makers.pem", "-CAfile"];
        openssl(folder, &[&arguments[..], &["place/pki/seal-maker-ca.pem", &maker]].concat()).1
    };
    assert!(verify().contains("OK"), "{}", verify());
    let run = revoke(&["--certificate", &maker, "--reason", "key-compromise"]);
    assert_eq!((run.code, run.out.as_str()), (0, "list\tseal-maker-ca.crl\n"), "{}", run.err);
    assert!(verify().contains("certificate revoked"), "{}", verify());
    assert_eq!(revoke(&["--certificate", &maker, "--reason", "superseded"]).code, 73, "once");
    assert_eq!(lengths(), [0, 0, 1]);
    // and nothing is made with it any more
    let run = place.run(&["seal", "make", "--code", "3301000000001", "--type", "11100000MB0143028R003"]);
    assert_eq!((run.code, run.err.contains("revoked")), (73, true), "{}", run.err);

    // the time stamp authority, by its serial number: never on a list where nobody looks for it
    let organisation = ["--organisation", "演示市数据局", "--name", "演示时间戳服务"];
    assert_eq!(place.run(&[&["tsa", "make", "--policy", "2.999.1"][..], &organisation].concat()).code, 0);
    let time_stamper = read(&fs::read(pki.join("time-stamper.chain")).unwrap());
    let serial = time_stamper.serial_hex();
    let run = revoke(&[&serial, "--reason", "superseded"]);
    assert_eq!((run.code, run.err.contains("another list")), (73, true), "{}", run.err);
    assert_eq!(lengths(), [0, 0, 1]);
    let run = revoke(&[&serial, "--profile", "time-stamper", "--reason", "superseded"]);
    assert_eq!((run.code, run.out.as_str()), (0, "list\troot.crl\n"), "{}", run.err);
    let found = list("root.crl").find(time_stamper.serial()).unwrap();
    assert_eq!(found.reason, Some(RevocationReason::Superseded));

    // a client and a log, whose certificates are elsewhere
    let request = place.request("client.csr", "ec_paramgen_curve:P-256");
    for (profile, chain) in [("client", "client.chain"), ("log", "log.chain")] {
        assert_eq!(place.issue(&request, profile, chain).code, 0);
        let certificate = read(&take(folder, chain));
        let serial = certificate.serial_hex();
        let run = revoke(&[&serial, "--profile", profile, "--reason", "cessation-of-operation"]);
        assert_eq!((run.code, run.out.as_str()), (0, "list\troot.crl\n"), "{}", run.err);
        assert!(list("root.crl").find(certificate.serial()).is_some());
    }
    assert_eq!(lengths(), [3, 0, 1]);

    // of another authority, whatever its name
    let other = Place::new("p256");
    let foreign = other.folder.path().join("place/pki/seal-maker.pem").display().to_string();
    let run = revoke(&["--certificate", &foreign, "--reason", "key-compromise"]);
    assert_eq!((run.code, run.err.contains("not issued by this authority")), (73, true), "{}", run.err);
    // which of both is wanted is said
    assert_eq!(revoke(&["--reason", "superseded"]).code, 64);
    assert_eq!(lengths(), [3, 0, 1]);
    // lines of before name no list: they are of stampers
    let path = pki.join("revoked");
    let old = fs::read_to_string(&path).unwrap() + "0099 2026-11-22T02:00:00Z 4\n";
    fs::write(&path, old).unwrap();
    assert_eq!(revoke(&["98", "--reason", "superseded"]).code, 0);
    assert_eq!(lengths(), [3, 2, 1]);
}
