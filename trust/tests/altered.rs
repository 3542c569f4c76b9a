//! Every single-octet change of every covered entry of two corpus files is
//! found: invalid, never anything else.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use yinxin_testkit::zip::{Archive, Entry, Method};
use yinxin_trust::{
    anchor::Anchors,
    base::{Limits, Moment},
    ofd::{Document, Package, SignatureFile, SignatureList},
    verify::{Evidence, Policy, Verdict, check},
};

/// Entries with their octets, and which of them the signatures cover:
/// references and Signature.xml itself.
fn open(octets: &[u8]) -> (Vec<(String, Vec<u8>)>, Vec<String>) {
    let package = Package::open(&octets, &Limits::default()).unwrap();
    let document = Document::read(&package).unwrap();
    let mut covered = Vec::new();
    for link in document.signature_lists() {
        for item in SignatureList::read(&package, &link.name).unwrap().items {
            let file = SignatureFile::read(&package, &item.file.unwrap().name).unwrap();
            covered.push(file.name.clone());
            covered.extend(file.referenced().map(str::to_owned));
        }
    }
    let names: Vec<String> = package.names().map(str::to_owned).collect();
    let entries = names.into_iter().map(|name| (name.clone(), package.read(&name).unwrap().to_vec())).collect();
    (entries, covered)
}

fn verdict(entries: &[(String, Vec<u8>)]) -> Verdict {
    let entries = entries.iter().map(|(name, data)| Entry::new(name, data.clone(), Method::Stored)).collect();
    let octets = Archive { entries, ..Archive::default() }.to_bytes();
    let at = Moment::parse("2026-11-21T00:00:00Z").unwrap();
    check(&octets, &Anchors::not_asked(), &Evidence::default(), &Policy::default(), at).unwrap().verdict
}

fn every_change_is_found(file: &str) {
    let Some(shared) = yinxin_testkit::shared() else { return };
    let (mut entries, covered) = open(&std::fs::read(shared.join("corpus").join(file)).unwrap());
    assert_eq!(verdict(&entries), Verdict::Intact);
    let mut changes = 0;
    for index in 0..entries.len() {
        if !covered.contains(&entries[index].0) {
            continue;
        }
        for at in 0..entries[index].1.len() {
            // another bit at each place, so that all eight are met
            let mask = 1 << (at % 8);
            entries[index].1[at] ^= mask;
            assert_eq!(verdict(&entries), Verdict::Invalid, "{} octet {at}", entries[index].0);
            entries[index].1[at] ^= mask;
            changes += 1;
        }
    }
    assert!(changes > 1_000);
    assert_eq!(verdict(&entries), Verdict::Intact);
}

#[test]
fn of_a_genuine_invoice() {
    every_change_is_found("real/invoice-rongyisuan-2020.ofd");
}

#[test]
fn of_a_v1_file() {
    every_change_is_found("mutated/good-v1.ofd");
}
