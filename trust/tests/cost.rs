//! What a document costs to verify: octets read grow with the document, not
//! with the number of its signatures times its size.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::atomic::{AtomicU64, Ordering};
use yinxin_testkit::{
    moment,
    ofd::{Document, Plan},
    pki::{Period, Pki},
    seal::{Seal, Stamp, Version},
    zip::{Method, noise},
};
use yinxin_trust::{
    anchor::Anchors,
    base::{Source, SourceError},
    verify::{CoverageState, Evidence, Policy, Verdict, check},
};

/// Counts what is read.
struct Counting {
    octets: Vec<u8>,
    read: AtomicU64,
}

impl Source for Counting {
    fn len(&self) -> u64 {
        self.octets.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SourceError> {
        self.read.fetch_add(buffer.len() as u64, Ordering::Relaxed);
        self.octets.read_at(offset, buffer)
    }
}

/// Octets read for a document with a large entry and this many signatures.
fn octets_read(signatures: usize) -> u64 {
    let pki = Pki::new("cost", "某局", Period::years(2024, 2035));
    let at = moment("2026-06-01T02:00:00Z");
    let mut package = Document::titled("大文件").package();
    package.set("Doc_0/Attachs/licence.json", noise(LARGE, 7));
    let stamp = Stamp::new(Version::V4, Seal::of(Version::V4, &pki).make(), &pki.stamper, at);
    for _ in 0..signatures {
        package.stamp(&Plan::at(at), &stamp);
    }
    let mut archive = package.to_archive();
    for entry in &mut archive.entries {
        entry.method = Method::Stored;
    }
    let source = Counting { octets: archive.to_bytes(), read: AtomicU64::new(0) };
    let report =
        check(&source, &Anchors::not_asked(), &Evidence::default(), &Policy::default(), moment("2026-11-21T00:00:00Z"));
    let report = report.unwrap();
    assert_eq!((report.verdict, report.signatures.len()), (Verdict::Intact, signatures));
    assert_eq!(report.coverage.unwrap().state, CoverageState::Complete);
    source.read.into_inner()
}

const LARGE: usize = 4 << 20;

#[test]
fn each_entry_is_digested_once_however_many_signatures_there_are() {
    let (one, twelve) = (octets_read(1), octets_read(12));
    assert!(one > LARGE as u64 && one < LARGE as u64 * 3 / 2, "{one}");
    assert!(twelve < one + LARGE as u64 / 2, "{one} octets for one signature, {twelve} for twelve");
}
