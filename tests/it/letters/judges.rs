//! OpenSSL verifies the signature of a letter over the octets, and its certificate below the root.

use super::*;
use std::process::Command;
use yinxin_trust::{asn1::pem, base::Limits, cms::SignedData, ofd::Package, sm::sm3, x509::Certificate};

/// The distinguishing id of GB/T 35276.
const ID: &str = "distid:1234567812345678";

#[test]
fn openssl_verifies_a_letter() {
    let database = Database::sqlite();
    let study = Study::new(&database);
    let (holder, app) = study.enrolled();
    study.activate(&holder, &app).unwrap();
    let document = study.signed(&holder, &app);
    let source = &document[..];
    let package = Package::open(&source, &Limits::default()).unwrap();
    let entry = |ending: &str| {
        let name = package.names().find(|name| name.ends_with(ending)).unwrap().to_owned();
        package.read(&name).unwrap()
    };
    let (xml, value) = (entry("/Signature.xml"), entry("/SignedValue.dat"));
    let data = SignedData::parse(&value).unwrap();
    let content = data.content.unwrap();
    assert_eq!(content, sm3::digest(&xml), "the content is the digest of what the package holds");

    let folder = database.folder().path();
    let put = |name: &str, octets: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, octets).unwrap();
        path
    };
    let certificates: Vec<_> = data.certificates.iter().map(|der| Certificate::from_der(der).unwrap()).collect();
    let leaf = certificates.iter().find(|one| data.signers[0].is(one)).unwrap();
    let (leaf_pem, content_file, value_file) = (
        put("leaf.pem", pem::write(pem::CERTIFICATE, leaf.der()).as_bytes()),
        put("content", content),
        put("value", data.signers[0].value),
    );
    let openssl = |arguments: &[&std::ffi::OsStr]| {
        let done = Command::new("openssl").args(arguments).output().unwrap();
        (done.status.success(), String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned())
    };
    let word = std::ffi::OsStr::new;
    let (done, key) = openssl(&[word("x509"), word("-in"), leaf_pem.as_os_str(), word("-pubkey"), word("-noout")]);
    assert!(done, "{key}");
    let key_file = put("key.pem", key.as_bytes());
    let verify = |content: &std::path::Path| {
        openssl(&[
            word("pkeyutl"),
            word("-verify"),
            word("-pubin"),
            word("-inkey"),
            key_file.as_os_str(),
            word("-in"),
            content.as_os_str(),
            word("-sigfile"),
            value_file.as_os_str(),
            word("-rawin"),
            word("-digest"),
            word("sm3"),
            word("-pkeyopt"),
            word(ID),
        ])
    };
    let (good, said) = verify(&content_file);
    assert!(good && said.contains("Verified Successfully"), "{said}");
    let mut other = content.to_vec();
    other[0] ^= 1;
    let (good, said) = verify(&put("other", &other));
    assert!(!good, "{said}");

    // and the certificate below the authority for persons
    let authority = study.hall.house.authority.person_authority.as_ref().unwrap();
    let anchor = put("anchor.pem", pem::write(pem::CERTIFICATE, authority.der()).as_bytes());
    let at = study.hall.now().unix_seconds().to_string();
    let (good, said) = openssl(&[
        word("verify"),
        word("-vfyopt"),
        word(ID),
        word("-partial_chain"),
        word("-attime"),
        word(&at),
        word("-CAfile"),
        anchor.as_os_str(),
        leaf_pem.as_os_str(),
    ]);
    assert!(good, "{said}");
    let (_, text) = openssl(&[word("x509"), word("-in"), leaf_pem.as_os_str(), word("-noout"), word("-text")]);
    assert!(
        text.contains("Non Repudiation") && text.contains("1.3.6.1.5.5.7.3.36") && !text.contains(NUMBER),
        "{text}"
    );
}
