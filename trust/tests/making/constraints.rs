//! Name constraints and policies: OpenSSL makes the certificates and judges the paths, and ours judges the same.

use super::judges::{Folder, no_openssl};
use std::{fs, process::Command};
use yinxin_trust::{
    anchor::{Anchors, Use},
    base::Moment,
    x509::{Certificate, PathFault, build_path},
};

struct Place(Folder);

impl Place {
    fn openssl(&self, arguments: &[&str]) -> (bool, String) {
        let output = Command::new("openssl").args(arguments).current_dir(&self.0.0).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&said).into_owned())
    }

    fn sound(&self, arguments: &[&str]) {
        let (good, said) = self.openssl(arguments);
        assert!(good, "openssl {arguments:?}: {said}");
    }

    /// A certificate over a fresh key with these extensions, as a section of OpenSSL.
    fn issue(&self, name: &str, subject: &str, extensions: &str, issuer: &str) {
        let (key, csr, ext, out) = ["key", "csr", "ext", "pem"].map(|kind| format!("{name}.{kind}")).into();
        self.0.put(&ext, extensions);
        let fresh = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", &key];
        self.sound(&[&["req", "-new", "-utf8", "-subj", subject, "-out", &csr][..], &fresh].concat());
        let (by, by_key) = (format!("{issuer}.pem"), format!("{issuer}.key"));
        let signed = ["-CA", &by, "-CAkey", &by_key, "-days", "900", "-extfile", &ext, "-out", &out];
        self.sound(&[&["x509", "-req", "-in", &csr][..], &signed].concat());
    }

    fn read(&self, name: &str) -> Certificate {
        let text = fs::read(self.0.0.join(format!("{name}.pem"))).unwrap();
        Anchors::from_pem(&text).unwrap().certificates(Use::Signer)[0].clone()
    }
}

const AUTHORITY: &str = "basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign\n";
const BUREAU: &str = "[bureau]\nC=CN\nO=Some Bureau\n";

#[test]
fn names_and_policies_as_openssl_judges_them() {
    if no_openssl() {
        return;
    }
    let place = Place(Folder::new("constraints"));
    let root = ["-subj", "/C=CN/O=Trust/CN=root", "-keyout", "root.key", "-out", "root.pem", "-days", "1000"];
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    let ca = ["-addext", "basicConstraints=critical,CA:true", "-addext", "keyUsage=critical,keyCertSign"];
    place.sound(&[&["req", "-x509"][..], &key, &root, &ca].concat());
    let now = {
        let root = place.read("root");
        Moment::from_unix_seconds(root.not_before().unix_seconds() + 60).unwrap()
    };
    let permitted = format!("nameConstraints=critical,permitted;dirName:bureau\n{BUREAU}");
    let excluded = format!("nameConstraints=critical,excluded;dirName:bureau\n{BUREAU}");
    let dns = "nameConstraints=critical,permitted;DNS:example.cn\n";
    let explicit = |skip: u8, policy: &str| {
        format!("certificatePolicies={policy}\npolicyConstraints=critical,requireExplicitPolicy:{skip}\n")
    };
    let no_any = explicit(0, "2.999.1") + "inhibitAnyPolicy=critical,0\n";
    let ours = "/C=CN/O=Some Bureau/CN=a stamper";
    let one = "certificatePolicies=2.999.1\n";
    // what the authority says, the subject and extensions below it, and whether that is allowed
    let cases: [(&str, &str, &str, bool); 19] = [
        ("", ours, "", true),
        (&permitted, ours, "", true),
        (&permitted, "/C=CN/O=SOME  bureau/CN=in other letters", "", true),
        (&permitted, "/C=CN/O=Some Bureau", "", true),
        (&permitted, "/C=CN/O=Another Bureau/CN=a stamper", "", false),
        (&permitted, "/C=CN", "", false),
        (&permitted, "/O=Some Bureau/C=CN/CN=another order", "", false),
        (&excluded, ours, "", false),
        (&excluded, "/C=CN/O=some  BUREAU/CN=in other letters", "", false),
        (&excluded, "/C=CN/O=Another Bureau/CN=a stamper", "", true),
        (dns, ours, "", true),
        (&explicit(0, "2.999.1"), ours, one, true),
        (&explicit(0, "2.999.1"), ours, "certificatePolicies=2.999.2\n", false),
        (&explicit(0, "2.999.1"), ours, "certificatePolicies=2.5.29.32.0\n", true),
        (&explicit(0, "2.999.1"), ours, "", false),
        (&explicit(1, "2.999.1"), ours, "", false),
        (&explicit(2, "2.999.1"), ours, "", true),
        (&no_any, ours, "certificatePolicies=2.5.29.32.0\n", false),
        (&explicit(0, "2.5.29.32.0"), ours, "certificatePolicies=2.999.7\n", true),
    ];
    for (place_of, (said, subject, extensions, due)) in cases.into_iter().enumerate() {
        let what = format!("case {place_of}: {said} / {subject} / {extensions}");
        place.issue("ca", "/C=CN/O=Trust/CN=ca", &format!("{AUTHORITY}{said}"), "root");
        place.issue("leaf", subject, &format!("keyUsage=critical,digitalSignature\n{extensions}"), "ca");
        // any policy to begin with, which OpenSSL wants said
        let verify = ["verify", "-policy", "2.5.29.32.0", "-CAfile", "root.pem", "-untrusted", "ca.pem", "leaf.pem"];
        let (judged, words) = place.openssl(&verify);
        assert_eq!(judged, due, "OpenSSL, {what}: {words}");
        let path = build_path(&place.read("leaf"), &[place.read("ca")], &[place.read("root")], now, &mut 8);
        assert_eq!(path.is_ok(), due, "ours, {what}: {path:?}");
        if !due {
            assert!(matches!(&path, Err(PathFault::NotAllowed { issuer, .. }) if issuer.contains("ca")), "{path:?}");
            // the authority as the anchor itself: what it says counts all the same
            let anchored = build_path(&place.read("leaf"), &[], &[place.read("ca")], now, &mut 8);
            assert!(anchored.is_err(), "{what}");
        }
    }
    // stricter than OpenSSL: of other forms nothing is compared
    place.issue("ca", "/C=CN/O=Trust/CN=ca", &format!("{AUTHORITY}{dns}"), "root");
    place.issue("leaf", ours, "subjectAltName=DNS:a.example.cn\n", "ca");
    let path = build_path(&place.read("leaf"), &[place.read("ca")], &[place.read("root")], now, &mut 8);
    assert!(matches!(path, Err(PathFault::NotAllowed { why, .. }) if why.contains("form of names")));
    // a directory name beside the subject is a name too
    place.issue("ca", "/C=CN/O=Trust/CN=ca", &format!("{AUTHORITY}{permitted}"), "root");
    let beside = "subjectAltName=dirName:other\n[other]\nC=CN\nO=Another Bureau\n";
    place.issue("leaf", ours, beside, "ca");
    let path = build_path(&place.read("leaf"), &[place.read("ca")], &[place.read("root")], now, &mut 8);
    assert!(matches!(path, Err(PathFault::NotAllowed { why, .. }) if why.contains("do not allow a name")));
}
