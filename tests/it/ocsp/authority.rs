//! Certificates for keys of others, and their revocation, by the command line.

use super::{Folder, put, sound, take};
use crate::support::cli::{Run, command, finish};
use std::{fs, path::PathBuf};
use yinxin_trust::x509::{Chain, Crl, RevocationReason};

struct Place {
    folder: Folder,
    config: PathBuf,
}

impl Place {
    fn new(suite: &str) -> Self {
        let folder = Folder::new();
        let naming = ["--name", "演示市数据局", "--credit-code", "11330100MB0000000N", "--region", "330100"];
        let run = finish(command(&folder).args(["init", "--folder", "place", "--suite", suite]).args(naming));
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
        let config = folder.path().join("place/yinxin.toml");
        let text = fs::read_to_string(&config).unwrap();
        let text = text.replace("[authority]\n", "[authority]\npublic_address = \"http://licence.example.cn\"\n");
        fs::write(&config, text).unwrap();
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
