//! OpenSSL and Bouncy Castle as judges. Where a judge is missing the test says
//! that it is skipped; under `CI=true` it fails.

use super::{BODY, Locality, Party, STAMPED, cross_border::Abroad, packages};
use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use yinxin_testkit::{
    keys::Key,
    moment,
    pki::{pem, pem_of},
    workspace,
};
use yinxin_trust::{
    asn1::{Oid, Reader, Tag},
    base::Limits,
    ofd::Package,
    seal::make::{StampPlan, seal_value, stamp_value, with_time_stamp},
    tsp::{Imprint, TimeStampRequest, TokenOrder, TokenPlan, granted},
    x509::{CertificationRequest, Crl, make::RequestPlan},
};

const ID: &str = "distid:1234567812345678";
const JARS: [&str; 3] = ["/usr/share/java/bcprov.jar", "/usr/share/java/bcpkix.jar", "/usr/share/java/bcutil.jar"];

/// A folder of files for the judges, gone when dropped.
pub(super) struct Folder(pub(super) PathBuf);

impl Folder {
    pub(super) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("yinxin-making-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(super) fn put(&self, name: &str, octets: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, octets).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[expect(clippy::print_stderr, reason = "a skipped test must say so")]
fn is_missing(what: &str, there: bool) -> bool {
    if !there {
        assert!(!std::env::var("CI").is_ok_and(|value| value == "true"), "{what} is missing");
        eprintln!("skipped: {what} is missing");
    }
    !there
}

fn runs(program: &str, argument: &str) -> bool {
    Command::new(program).arg(argument).output().is_ok_and(|output| output.status.success())
}

/// Whether the command ended well, and all that it said.
fn run(program: &str, arguments: &[OsString]) -> (bool, String) {
    let output = Command::new(program).args(arguments).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

fn words(words: &[&dyn AsRef<std::ffi::OsStr>]) -> Vec<OsString> {
    words.iter().map(|word| word.as_ref().to_owned()).collect()
}

fn openssl(arguments: &[&dyn AsRef<std::ffi::OsStr>]) -> (bool, String) {
    run("openssl", &words(arguments))
}

fn judge(arguments: &[&dyn AsRef<std::ffi::OsStr>]) -> (bool, String) {
    let program = workspace().join("tests/judges/Judge.java");
    let mut all = words(&[&"-cp", &JARS.join(":"), &program]);
    all.extend(words(arguments));
    run("java", &all)
}

pub(super) fn no_openssl() -> bool {
    is_missing("openssl", runs("openssl", "version"))
}

fn no_java() -> bool {
    let jars = JARS.iter().all(|jar| Path::new(jar).exists());
    is_missing("java with bcprov, bcpkix and bcutil", jars && runs("java", "-version"))
}

#[test]
fn openssl_verifies_the_certificates() {
    if no_openssl() {
        return;
    }
    let (locality, folder) = (Locality::new(), Folder::new("openssl-path"));
    let at = (moment(STAMPED).unix_milliseconds() / 1000).to_string();
    let put = |name: &str, party: &Party| folder.put(name, pem(party.certificate.der()));
    // OpenSSL takes the distinguishing id for the certificate asked about only: link by link
    let verify = |subject: &PathBuf, issuer: &PathBuf| {
        openssl(&[
            &"verify",
            &"-x509_strict",
            &"-partial_chain",
            &"-vfyopt",
            &ID,
            &"-attime",
            &at,
            &"-trusted",
            issuer,
            subject,
        ])
    };
    let root = put("root.pem", &locality.root);
    for (leaf, authority) in
        [(&locality.stamper, &locality.stamper_authority), (&locality.maker, &locality.maker_authority)]
    {
        let (leaf, authority) = (put("leaf.pem", leaf), put("authority.pem", authority));
        for (subject, issuer) in [(&leaf, &authority), (&authority, &root)] {
            let (good, said) = verify(subject, issuer);
            assert!(good && said.contains("OK"), "{said}");
        }
        let (good, _) = verify(&leaf, &root);
        assert!(!good, "without the authority between them there is no path");
    }
    // what the root issues itself
    let log = Party::new("log", super::TRUST, "演示透明日志", "2026-01-01T00:00:00Z", Some(&locality.root));
    for (name, party) in [("log.pem", &log), ("tsa.pem", &locality.time_stamper)] {
        let (good, said) = verify(&put(name, party), &root);
        assert!(good && said.contains("OK"), "{name}: {said}");
    }
    let (good, said) = openssl(&[&"x509", &"-in", &folder.0.join("leaf.pem"), &"-noout", &"-text"]);
    assert!(good, "{said}");
    for part in ["SM2-with-SM3", "X509v3 Key Usage: critical", "Digital Signature, Non Repudiation", "ASN1 OID: SM2"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn openssl_reads_and_verifies_the_list() {
    if no_openssl() {
        return;
    }
    let (locality, folder) = (Locality::new(), Folder::new("openssl-crl"));
    let issuer = &locality.stamper_authority;
    let crl = issuer.crl(258, &Locality::revoked());
    let file = folder.put("list.crl", crl.der());
    let (good, said) = openssl(&[&"crl", &"-inform", &"DER", &"-in", &file, &"-noout", &"-text"]);
    assert!(good, "{said}");
    for part in
        ["Version 2 (0x1)", "SM2-with-SM3", "X509v3 CRL Number", "258", "Serial Number: 99", "ABCD", "Key Compromise"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    // `openssl crl` takes no distinguishing id: the value is verified over the octets
    let key = folder.put("issuer.pem", pem(issuer.certificate.der()));
    let (tbs, value) = (folder.put("tbs", crl.to_be_signed()), folder.put("value", value_of(&crl)));
    let verify = |message: &PathBuf| {
        openssl(&[
            &"pkeyutl",
            &"-verify",
            &"-certin",
            &"-inkey",
            &key,
            &"-rawin",
            &"-digest",
            &"sm3",
            &"-in",
            message,
            &"-sigfile",
            &value,
            &"-pkeyopt",
            &ID,
        ])
    };
    let (good, said) = verify(&tbs);
    assert!(good, "{said}");
    let (good, _) = verify(&folder.put("other", [crl.to_be_signed(), b"x"].concat()));
    assert!(!good);
}

#[test]
fn openssl_verifies_the_cross_border_chain_and_its_lists() {
    if no_openssl() {
        return;
    }
    let (abroad, folder) = (Abroad::new(), Folder::new("openssl-p256"));
    let at = (moment(STAMPED).unix_milliseconds() / 1000).to_string();
    let put = |name: &str, der: &[u8]| folder.put(name, pem(der));
    let root = put("root.pem", abroad.root.certificate.der());
    let authority = put("authority.pem", abroad.stamper_authority.certificate.der());
    let leaf = put("leaf.pem", abroad.stamper.certificate.der());
    let (from, to) = ("2026-06-01T00:00:00Z", "2026-06-08T00:00:00Z");
    let list = |name: &str, crl: &Crl| folder.put(name, pem_of("X509 CRL", crl.der()));
    let of_root = list("root.crl", &abroad.root.crl(from, to, &[]));
    let verify = |crl: &PathBuf| {
        openssl(&[
            &"verify",
            &"-x509_strict",
            &"-crl_check_all",
            &"-attime",
            &at,
            &"-trusted",
            &root,
            &"-untrusted",
            &authority,
            &"-CRLfile",
            &of_root,
            &"-CRLfile",
            crl,
            &leaf,
        ])
    };
    let good_list = list("good.crl", &abroad.stamper_authority.crl(from, to, &Locality::revoked()));
    let (good, said) = verify(&good_list);
    assert!(good && said.contains("OK"), "{said}");
    let mut revoked = Locality::revoked();
    revoked[0].serial = abroad.stamper.certificate.serial().to_vec();
    let (good, said) = verify(&list("revoking.crl", &abroad.stamper_authority.crl(from, to, &revoked)));
    assert!(!good && said.contains("certificate revoked"), "{said}");

    let log = abroad.log();
    let log = put("log.pem", log.certificate.der());
    let (good, said) = openssl(&[&"verify", &"-x509_strict", &"-attime", &at, &"-trusted", &root, &log]);
    assert!(good && said.contains("OK"), "{said}");
    let crl = |issuer: &PathBuf| openssl(&[&"crl", &"-in", &good_list, &"-CAfile", issuer, &"-noout", &"-text"]);
    let (good, said) = crl(&authority);
    assert!(good && said.contains("verify OK"), "{said}");
    for part in ["ecdsa-with-SHA256", "X509v3 CRL Number", "258", "Serial Number: 99", "Key Compromise"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let (_, said) = crl(&root);
    assert!(!said.contains("verify OK"), "{said}");
    let (good, said) = openssl(&[&"x509", &"-in", &leaf, &"-noout", &"-text"]);
    assert!(good, "{said}");
    for part in ["ecdsa-with-SHA256", "X509v3 Key Usage: critical", "NIST CURVE: P-256"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

/// The BIT STRING's octets of a list.
fn value_of(crl: &Crl) -> Vec<u8> {
    let mut items = Reader::new(crl.der()).nested(Tag::SEQUENCE).unwrap();
    items.any().unwrap();
    items.any().unwrap();
    items.any().unwrap().bits(&mut Default::default()).unwrap().to_vec()
}

#[test]
fn bouncy_castle_verifies_the_certificates_and_lists() {
    if no_java() {
        return;
    }
    let (locality, folder) = (Locality::new(), Folder::new("bc-path"));
    let at = moment("2026-06-02T00:00:00Z").unix_milliseconds().to_string();
    let root = folder.put("root.cer", locality.root.certificate.der());
    let authority = folder.put("ca.cer", locality.stamper_authority.certificate.der());
    let leaf = folder.put("leaf.cer", locality.stamper.certificate.der());
    let root_crl = folder.put("root.crl", locality.root.crl(1, &[]).der());
    let crl = folder.put("ca.crl", locality.stamper_authority.crl(258, &Locality::revoked()).der());
    let path = |crl: &PathBuf| judge(&[&"path", &at, &root, &authority, &leaf, &root_crl, crl]);
    let (good, said) = path(&crl);
    assert!(good, "{said}");
    let mut revoked = Locality::revoked();
    revoked[0].serial = locality.stamper.certificate.serial().to_vec();
    let revoking = folder.put("revoking.crl", locality.stamper_authority.crl(259, &revoked).der());
    let (good, said) = path(&revoking);
    assert!(!good && said.contains("revo"), "{said}");
    let (good, said) = judge(&[&"crl", &authority, &crl, &"258", &"99=KEY_COMPROMISE", &"abcd=SUPERSEDED"]);
    assert!(good, "{said}");
    let (good, said) = judge(&[&"crl", &authority, &crl, &"258", &"99=KEY_COMPROMISE"]);
    assert!(!good && said.contains("revoked are"), "{said}");
}

/// A request made by the product.
fn request(subject: &str) -> CertificationRequest {
    let key = Key::from_seed("making/request");
    let plan = RequestPlan::new(&subject.parse().unwrap(), &key.public().clone().into()).unwrap();
    let signature = key.sign(plan.to_be_signed(), 0);
    plan.embed(signature).unwrap()
}

#[test]
fn openssl_verifies_a_request() {
    if no_openssl() {
        return;
    }
    let folder = Folder::new("openssl-request");
    let file = folder.put("request.csr", request(&format!("C=CN, O={BODY}, CN={BODY}")).to_pem());
    let verify = |id: &str| openssl(&[&"req", &"-in", &file, &"-verify", &"-vfyopt", &id, &"-text", &"-noout"]);
    let (good, said) = verify(ID);
    assert!(good && said.contains("self-signature verify OK"), "{said}");
    for part in ["Version: 1 (0x0)", "SM2-with-SM3", "ASN1 OID: SM2"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let (_, said) = verify("distid:another");
    assert!(!said.contains("verify OK"), "{said}");
}

#[test]
fn bouncy_castle_verifies_a_request() {
    if no_java() {
        return;
    }
    let folder = Folder::new("bc-request");
    // an argument in ASCII: Java reads others in the encoding of its environment
    let subject = "C=CN,O=Some Body,CN=Some Body";
    let request = request(subject);
    let file = folder.put("request.csr", request.der());
    let (good, said) = judge(&[&"request", &file, &subject]);
    assert!(good, "{said}");
    let (good, said) = judge(&[&"request", &file, &"CN=another"]);
    assert!(!good && said.contains("subject is"), "{said}");
    let mut changed = request.der().to_vec();
    let place = changed.len() - 1;
    changed[place] ^= 1;
    let (good, said) = judge(&[&"request", &folder.put("changed.csr", &changed), &subject]);
    assert!(!good && said.contains("signature"), "{said}");
}

#[test]
fn bouncy_castle_verifies_seal_and_stamp() {
    if no_java() {
        return;
    }
    let (locality, folder) = (Locality::new(), Folder::new("bc-seal"));
    let (good, said) = judge(&[&"seal", &"4", &folder.put("seal.esl", locality.seal())]);
    assert!(good, "{said}");
    let (_, document) = packages::stamped(&locality);
    let package = Package::open(&document, &Limits::default()).unwrap();
    let value = package.read("Doc_0/Signs/Sign_0/SignedValue.dat").unwrap().to_vec();
    let (good, said) = judge(&[&"stamp", &"4", &folder.put("value.dat", &value)]);
    assert!(good, "{said}");
    let mut changed = value;
    let place = changed.len() - 1;
    changed[place] ^= 1;
    let (good, _) = judge(&[&"stamp", &"4", &folder.put("changed.dat", &changed)]);
    assert!(!good);
}

#[test]
fn bouncy_castle_verifies_seal_and_stamp_of_v5_with_their_time_stamps() {
    if no_java() {
        return;
    }
    let (locality, folder) = (Locality::new(), Folder::new("bc-seal-v5"));
    let root = folder.put("root.cer", locality.root.certificate.der());
    let seal = locality.seal_v5();
    let (good, said) = judge(&[&"seal", &"5", &folder.put("seal.esl", &seal), &root]);
    assert!(good, "{said}");
    let path = "/Doc_0/Signs/Sign_0/Signature.xml";
    let bare = locality.stamp(StampPlan::new(&seal, moment(STAMPED), &[7; 32], path).unwrap());
    let token = locality.token(&stamp_value(&bare).unwrap(), "2026-06-01T02:00:07Z");
    let stamp = with_time_stamp(&bare, &token).unwrap();
    let (good, said) = judge(&[&"stamp", &"5", &folder.put("value.dat", &stamp), &root]);
    assert!(good, "{said}");
    // the token of the seal is none for the stamp
    let other = locality.token(&seal_value(&seal).unwrap(), "2026-06-01T02:00:07Z");
    let wrong = folder.put("wrong.dat", with_time_stamp(&bare, &other).unwrap());
    let (good, said) = judge(&[&"stamp", &"5", &wrong, &root]);
    assert!(!good && said.contains("imprint of the time stamp"), "{said}");
    let (good, _) = judge(&[&"seal", &"5", &folder.put("bare.esl", locality.bare_seal_v5()), &root]);
    assert!(!good, "without a time stamp");
}

#[test]
fn bouncy_castle_takes_a_token_for_the_answer_to_its_request() {
    if no_java() {
        return;
    }
    let folder = Folder::new("java-token");
    let Locality { root, time_stamper: authority, .. } = Locality::new();
    let request = TimeStampRequest::new(Imprint::sm3(b"a value"), None, &[0x8F; 8]);
    let policy = Oid::from_content(&[0x88, 0x37, 1]).unwrap();
    let order = TokenOrder { policy, serial: 300, at: moment(STAMPED), accuracy_seconds: 1 };
    let answer = |request: &TimeStampRequest| {
        let plan =
            TokenPlan::new(request, &order, &authority.certificate, core::slice::from_ref(&root.certificate)).unwrap();
        let signature = authority.key.sign_digest(&plan.digest().unwrap(), 0);
        granted(&plan.embed(signature).unwrap())
    };
    let seconds = (moment(STAMPED).unix_milliseconds() / 1000).to_string();
    let issuer = folder.put("root.cer", root.certificate.der());
    let (asked, answered) = (folder.put("request.tsq", request.to_der()), folder.put("response.tsr", answer(&request)));
    let (good, said) = judge(&[&"token", &issuer, &asked, &answered, &seconds]);
    assert!(good, "{said}");
    let other = TimeStampRequest::new(Imprint::sm3(b"another"), None, &[0x8F; 8]);
    let other = folder.put("other.tsq", other.to_der());
    let (good, _) = judge(&[&"token", &issuer, &other, &answered, &seconds]);
    assert!(!good, "the answer to another request");
}
