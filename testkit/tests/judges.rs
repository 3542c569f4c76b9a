//! What the kit makes, judged by others: OpenSSL for certificates, zlib-rs and
//! rawzip for archives, x509-parser for the shape of certificates.

#![expect(clippy::expect_used, clippy::print_stderr, reason = "helpers of tests")]

use std::{
    io::Read as _,
    path::Path,
    process::{Command, Stdio},
};
use x509_parser::prelude::{FromDer as _, X509Certificate};
use yinxin_testkit::{
    deflate::{deflate, zlib},
    ofd::{Document, LARGE},
    pki::{Certificate, Defect, Period, Pki},
    shipped,
    zip::{Archive, Entry, Method, noise},
};

fn inflate(packed: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    flate2::read::DeflateDecoder::new(packed).read_to_end(&mut out).expect("sound deflate");
    out
}

#[test]
fn deflated_data_inflate_again() {
    let text = "电子证照 licence ".repeat(3000).into_bytes();
    let long: Vec<u8> = [noise(70_000, 7), text.clone(), vec![0; 100_000], noise(40_000, 7)].concat();
    for data in [Vec::new(), vec![1], vec![1, 2], vec![5; 3], vec![9; 259], text.clone(), long] {
        assert_eq!(inflate(&deflate(&data)), data);
        let mut out = Vec::new();
        flate2::read::ZlibDecoder::new(&zlib(&data)[..]).read_to_end(&mut out).expect("sound zlib");
        assert_eq!(out, data);
    }
    assert!(deflate(&text).len() < text.len() / 50);
}

#[test]
fn archives_are_read_by_another_reader() {
    let package = Document::titled("标题").package();
    for zip64 in [false, true] {
        let mut archive = package.to_archive();
        archive.entries.push(Entry::new("Doc_0/Res/大.bin", noise(5000, 1), Method::Stored));
        for entry in &mut archive.entries {
            (entry.zip64, entry.descriptor) = (zip64, zip64);
        }
        let archive = Archive { zip64, ..archive };
        let octets = archive.to_bytes();
        let read = rawzip::ZipArchive::from_slice(&octets).expect("an archive");
        let names: Vec<Vec<u8>> =
            read.entries().map(|entry| entry.expect("an entry").file_path().as_ref().to_vec()).collect();
        assert_eq!(names, archive.entries.iter().map(|entry| entry.name.clone()).collect::<Vec<_>>());
    }
}

#[test]
fn a_large_entry_stays_within_the_ratio() {
    let data = noise(3 << 20, 42);
    assert_eq!(inflate(&deflate(&data)), data);
    assert_eq!(noise(100, 42), data[..100]);
}

/// A document of 100 MB, as the memory test of the reader needs it.
#[test]
fn a_document_of_100_mb() {
    let mut package = Document::large(100_000_000).package();
    package.stored.push(LARGE.to_owned());
    let octets = package.to_bytes();
    let read = rawzip::ZipArchive::from_slice(&octets).expect("an archive");
    let sizes = read.entries().map(|entry| entry.expect("an entry").uncompressed_size_hint());
    assert_eq!(sizes.max(), Some(100_000_000));
}

#[test]
fn certificates_have_the_due_shape() {
    let pki = Pki::new("shape", "演示机关", Period::years(2024, 2055));
    for (certificate, authority) in [(&pki.root, true), (&pki.maker_authority, true), (&pki.stamper, false)] {
        let (rest, parsed) = X509Certificate::from_der(&certificate.der).expect("a certificate");
        assert!(rest.is_empty());
        assert!(parsed.raw_serial().len() >= 8);
        let usage = parsed.key_usage().expect("one").expect("there");
        assert!(usage.critical && usage.value.key_cert_sign() == authority);
        assert_eq!(parsed.basic_constraints().expect("at most one").is_some(), authority);
        assert_eq!(parsed.signature_algorithm.parameters, None);
    }
    let (_, tsa) = X509Certificate::from_der(&pki.time_authority.der).expect("a certificate");
    let purposes = tsa.extended_key_usage().expect("one").expect("there");
    assert!(purposes.critical && purposes.value.time_stamping);
}

/// Whether OpenSSL finds `certificate` issued by `issuer`. Only one step at a
/// time: OpenSSL 3.0 uses the distinguishing id for the first one alone.
fn openssl_says_issued(folder: &Path, issuer: &Certificate, certificate: &Certificate) -> Option<bool> {
    let (above, below) = (folder.join("above.pem"), folder.join("below.pem"));
    std::fs::write(&above, issuer.to_pem()).expect("a temporary file");
    std::fs::write(&below, certificate.to_pem()).expect("a temporary file");
    let status = Command::new("openssl")
        .args(["verify", "-vfyopt", "distid:1234567812345678", "-partial_chain", "-no_check_time", "-trusted"])
        .args([&above, &below])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match status {
        Ok(status) => Some(status.success()),
        Err(error) => {
            assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "openssl is needed here: {error}");
            eprintln!("skipped: no openssl: {error}");
            None
        }
    }
}

#[test]
fn openssl_accepts_the_certificates() {
    let folder = std::env::temp_dir().join(format!("yinxin-testkit-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let pki = shipped::pki();
    let other = shipped::forger();
    let wrong = shipped::pki().with(Defect::WrongIssuerKey);
    for (issuer, certificate, due) in [
        (&pki.root, &pki.stamper_authority, true),
        (&pki.root, &pki.maker_authority, true),
        (&pki.root, &pki.time_authority, true),
        (&pki.stamper_authority, &pki.stamper, true),
        (&pki.maker_authority, &pki.maker, true),
        (&pki.stamper_authority, &pki.maker, false),
        (&pki.stamper_authority, &other.stamper, false),
        (&pki.stamper_authority, &wrong.stamper, false),
    ] {
        if let Some(answer) = openssl_says_issued(&folder, issuer, certificate) {
            assert_eq!(answer, due);
        }
    }
    std::fs::remove_dir_all(&folder).expect("a temporary folder");
}

#[test]
fn the_same_octets_each_time() {
    assert_eq!(shipped::files(), shipped::files());
}

#[test]
fn shipped_files_are_what_the_kit_makes() {
    let differing = shipped::differing(&yinxin_testkit::workspace()).expect("folders to compare");
    assert!(differing.is_empty(), "run `cargo run --release -p yinxin-testkit -- write`: {differing:?}");
}
