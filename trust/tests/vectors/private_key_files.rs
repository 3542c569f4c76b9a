//! PKCS#12 files: opened with OpenSSL (most are BER with old algorithms), then
//! key and certificate are held against each other by the product's types.

use super::{
    signed_objects::{certificate, key},
    support::{folder, listed, text},
};
use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};
use yinxin_trust::{
    asn1::{Asn1Error, Reader, Tag, check_definite},
    sm::sm2::{DEFAULT_ID, PrivateKey},
};
use zeroize::Zeroizing;

pub(super) const FOLDER: &str = "p12";

/// What OpenSSL prints; `None` when it refuses. Panics when there is no OpenSSL.
fn openssl(arguments: &[&str], input: &[u8]) -> Option<Vec<u8>> {
    let mut child = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("openssl");
    child.stdin.take().expect("piped").write_all(input).ok();
    let output = child.wait_with_output().expect("openssl ends");
    output.status.success().then_some(output.stdout)
}

fn available() -> bool {
    let found = Command::new("openssl").arg("version").stdout(Stdio::null()).status().is_ok();
    let strict = std::env::var("CI").is_ok_and(|value| value == "true");
    assert!(found || !strict, "openssl is needed here");
    if !found {
        eprintln!("skipped: no openssl");
    }
    found
}

fn open(file: &Path, password: &str, part: &str) -> Option<Vec<u8>> {
    let (file, password) = (file.to_string_lossy(), format!("pass:{password}"));
    openssl(&["pkcs12", "-legacy", "-nodes", part, "-in", &file, "-passin", &password], &[])
}

#[test]
fn keys_match_their_certificates() {
    let Some(root) = folder() else { return };
    if !available() {
        return;
    }
    for entry in listed(FOLDER, "files") {
        let file = root.join(FOLDER).join(text(&entry, "file"));
        let Some(password) = entry["password"].as_str() else {
            // no password is published with it: it is strict DER, and stays shut without one
            let octets = std::fs::read(&file).expect("a file");
            assert_eq!(check_definite(&octets, 32), Ok(()), "{entry}");
            assert!(open(&file, "", "-nocerts").is_none(), "{entry}");
            continue;
        };
        assert!(open(&file, "wrong", "-nocerts").is_none(), "{entry}");
        let pem = open(&file, password, "-nocerts").expect("the key");
        let der = openssl(&["pkey", "-outform", "der"], &pem).expect("a key");
        let private = private_key(&der).expect("ECPrivateKey");
        let pem = open(&file, password, "-nokeys").expect("certificates");
        let count = String::from_utf8_lossy(&pem).matches("BEGIN CERTIFICATE").count();
        assert_eq!(entry["certificates"].as_u64(), Some(count as u64), "{entry}");
        let octets = openssl(&["x509", "-outform", "der"], &pem).expect("a certificate");
        let public = key(certificate(&octets).public_key()).expect("an SM2 key");
        assert_eq!(private.public_key(), &public, "{entry}");
        let signature = private.sign(DEFAULT_ID, b"message", &Zeroizing::new([7; 32])).expect("a signature");
        assert!(public.verify(DEFAULT_ID, b"message", &signature), "{entry}");
    }
}

/// ECPrivateKey of RFC 5915, or the PKCS#8 around it.
fn private_key(der: &[u8]) -> Result<PrivateKey, Asn1Error> {
    let mut parts = Reader::new(der).nested(Tag::SEQUENCE)?;
    if parts.small()? == 0 {
        parts.algorithm()?;
        return private_key(parts.expect(Tag::OCTET_STRING)?.content);
    }
    let octets: [u8; 32] = parts.expect(Tag::OCTET_STRING)?.content.try_into().expect("32 octets");
    Ok(PrivateKey::from_octets(&Zeroizing::new(octets)).expect("within range"))
}
