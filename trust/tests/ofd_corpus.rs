//! The OFD room against the public corpus: container problems, structure of
//! signatures, digests of references, and coverage, for every file as its
//! manifest says. Which signatures are valid is taken from the manifest.

#![expect(clippy::expect_used, clippy::panic, reason = "a test")]

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use yinxin_trust::base::Limits;
use yinxin_trust::ofd::{
    CheckMethod, DigestAlgorithm, Document, OpenError, Package, PackageFault, Protection, SignatureFile, SignatureKind,
    SignatureList, coverage, looks_like_zip,
};

fn corpus() -> Option<PathBuf> {
    yinxin_testkit::shared().map(|shared| shared.join("corpus"))
}

fn documents(folder: &Path) -> Vec<(String, Vec<u8>, Value)> {
    let manifest = std::fs::read(folder.join("manifest.json")).expect("manifest");
    let manifest: Value = serde_json::from_slice(&manifest).expect("manifest is JSON");
    let files = manifest["files"].as_array().expect("files");
    let ofd = files.iter().filter(|f| f["file"].as_str().is_some_and(|name| name.ends_with(".ofd")));
    ofd.map(|entry| {
        let name = entry["file"].as_str().expect("file").to_owned();
        let octets = std::fs::read(folder.join(&name)).expect("corpus file");
        (name, octets, entry.clone())
    })
    .collect()
}

fn strings(value: &Value) -> BTreeSet<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The manifest shows names that are not UTF-8 in code page 437.
fn cp437(package: &Package<'_>, name: &str) -> String {
    const HIGH: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";
    let raw = package.raw_name(name).unwrap_or_default();
    if core::str::from_utf8(raw).is_ok() {
        return name.to_owned();
    }
    let high: Vec<char> = HIGH.chars().collect();
    raw.iter().map(|&b| if b < 0x80 { char::from(b) } else { high[usize::from(b) - 0x80] }).collect()
}

/// The code that stands for a container problem of the manifest; `None` for
/// those that are told elsewhere or follow from other limits.
fn code(problem: &str) -> Option<&'static str> {
    Some(match problem {
        p if p.starts_with("duplicate entry name") => "duplicate_entry",
        p if p.starts_with("entry name leaves the package") => "climbing_name",
        p if p.starts_with("entry names differ only in case") => "case_twin",
        p if p.starts_with("entry too large") => "entry_too_large",
        p if p.contains("DOCTYPE is not allowed") => "xml_doctype",
        p if p.starts_with("not a readable ZIP") => "no_end_record",
        p if p.starts_with("expands to") || p.starts_with("ValueError: refused: entry too large") => return None,
        p if p.starts_with("Signatures file missing") => return None,
        p => panic!("unknown problem {p}"),
    })
}

#[test]
fn container_problems_are_those_of_the_manifest() {
    let Some(folder) = corpus() else { return };
    for (name, octets, entry) in documents(&folder) {
        let problems = strings(&entry["expect"]["container_problems"]);
        let expected: BTreeSet<_> = problems.iter().filter_map(|p| code(p)).collect();
        let package = match Package::open(&octets, &Limits::default()) {
            Ok(package) => package,
            Err(OpenError::Unreadable(fault)) => {
                assert_eq!(BTreeSet::from([fault.code()]), expected, "{name}");
                assert_eq!(looks_like_zip(&octets), name != "mutated/not-a-zip.ofd");
                continue;
            }
            Err(OpenError::Source(error)) => panic!("{name}: {error}"),
        };
        let document = Document::read(&package);
        let found: BTreeSet<_> = package.faults().iter().map(PackageFault::code).collect();
        assert_eq!(found, expected, "{name}: {:?}", package.faults());
        let missing_list = problems.iter().any(|p| p.starts_with("Signatures file missing"));
        if let Ok(document) = document {
            assert_eq!(document.signature_lists().iter().any(|l| !l.exists), missing_list, "{name}");
        }
    }
}

#[test]
fn signatures_are_those_of_the_manifest() {
    let Some(folder) = corpus() else { return };
    let mut references = 0;
    for (name, octets, entry) in documents(&folder) {
        let Ok(package) = Package::open(&octets, &Limits::default()) else { continue };
        let Ok(document) = Document::read(&package) else { continue };
        let mut files = Vec::new();
        for list in document.signature_lists().into_iter().filter(|l| l.exists) {
            let list = SignatureList::read(&package, &list.name).expect(&name);
            assert!(list.faults.is_empty(), "{name}: {:?}", list.faults);
            for item in list.items {
                let location = item.file.clone().expect(&name);
                let file = SignatureFile::read(&package, &location.name).expect(&name);
                files.push((item, file));
            }
        }
        let expected = entry["signatures"].as_array().cloned().unwrap_or_default();
        if strings(&entry["expect"]["container_problems"]).iter().any(|p| p.contains("refused")) {
            continue; // the manifest's own reader stopped there
        }
        assert_eq!(files.len(), expected.len(), "{name}");
        for ((item, file), expected) in files.iter().zip(&expected) {
            assert_eq!(expected["id"], item.id.as_str(), "{name}");
            let kind = match (item.kind, item.kind_given) {
                (Some(SignatureKind::Seal), false) => "Seal(default)",
                (Some(SignatureKind::Seal), true) => "Seal",
                (Some(SignatureKind::Sign), _) => "Sign",
                (None, _) => "?",
            };
            assert_eq!(expected["type"], kind, "{name}");
            assert_eq!(expected["check_method"].as_str(), file.check_method.as_deref(), "{name}");
            assert_eq!(expected["n_references"], file.references.len(), "{name}");
            assert_eq!(expected["signature_datetime"].as_str(), file.signature_date_time.as_deref(), "{name}");
            assert_eq!(expected["provider"]["ProviderName"].as_str(), file.provider.as_deref(), "{name}");
            assert!(file.faults.is_empty(), "{name}: {:?}", file.faults);
            let Some(algorithm) = file.method().algorithm() else {
                assert!(!matches!(file.method(), CheckMethod::Sm3 | CheckMethod::Sha256));
                continue;
            };
            let failed: BTreeSet<String> = file
                .references
                .iter()
                .filter(|r| {
                    let digest = r.file.as_ref().ok().and_then(|f| package.digest(&f.name, algorithm).ok());
                    references += 1;
                    digest.is_none() || digest.as_ref().map(<[u8; 32]>::as_slice) != r.check_value.as_deref().ok()
                })
                .map(|r| r.file_ref.clone())
                .collect();
            let expected_failed = expected["expect"]["references_failed"].as_array().cloned().unwrap_or_default();
            let expected_failed: BTreeSet<_> =
                expected_failed.iter().filter_map(|f| f["ref"].as_str()).map(str::to_owned).collect();
            assert_eq!(failed, expected_failed, "{name}");
        }
    }
    println!("{references} references digested");
}

#[test]
fn coverage_is_that_of_the_manifest() {
    let Some(folder) = corpus() else { return };
    let mut compared = 0;
    for (name, octets, entry) in documents(&folder) {
        let expect = &entry["expect"];
        let must = expect["must"].as_str().unwrap_or_default();
        let Ok(package) = Package::open(&octets, &Limits::default()) else { continue };
        let Ok(document) = Document::read(&package) else { continue };
        let valid: Vec<bool> = entry["signatures"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|s| s["expect"]["valid"].as_bool().unwrap_or(false))
            .collect();
        let mut protection = Protection::new();
        for list in document.signature_lists().into_iter().filter(|l| l.exists) {
            let list = SignatureList::read(&package, &list.name).expect(&name);
            protection.list(&list);
            for (item, valid) in list.items.iter().zip(&valid) {
                let location = item.file.clone().expect(&name);
                let file = SignatureFile::read(&package, &location.name).expect(&name);
                protection.signature(&file);
                if *valid {
                    protection.valid(&file);
                }
            }
        }
        let result = coverage(&document, &protection);
        let found: BTreeSet<String> = result.uncovered.iter().cloned().collect();
        if ["reject", "any"].contains(&must) {
            continue;
        }
        compared += 1;
        assert_eq!(found, strings(&expect["uncovered_reachable"]), "{name}");
        assert_eq!(result.is_complete(), expect["coverage"] == "complete", "{name}");
        if !expect["uncovered_unreachable"].is_null() {
            let found: BTreeSet<_> = result.unlinked_uncovered.iter().map(|n| cp437(&package, n)).collect();
            assert_eq!(found, strings(&expect["uncovered_unreachable"]), "{name}");
        }
        match document.current_version() {
            None => assert!(expect["current_version"].is_null(), "{name}"),
            Some(current) => {
                assert_eq!(expect["current_version"]["file"], current.file.as_str(), "{name}");
                assert_eq!(expect["current_version"]["doc_root"].as_str(), current.doc_root.as_deref(), "{name}");
                let covered = current.is_covered_by(&protection);
                assert_eq!(expect["current_version"]["covered"], covered, "{name}");
                assert!(!current.is_original);
            }
        }
        let uncovered_bodies = document.bodies.iter().skip(1).filter(|body| !body.is_covered_by(&protection)).count();
        assert_eq!(uncovered_bodies == 1, name.contains("second-docbody"), "{name}");
        assert!(!document.is_licence(), "{name}");
    }
    assert!(compared > 30, "{compared}");
}

#[test]
fn the_listing_is_that_of_another_reader() {
    let Some(folder) = corpus() else { return };
    for (name, octets, _) in documents(&folder) {
        let Ok(package) = Package::open(&octets, &Limits::default()) else { continue };
        let archive = rawzip::ZipArchive::from_slice(octets.as_slice()).expect(&name);
        let mut entries = archive.entries();
        let mut others = BTreeSet::new();
        while let Some(entry) = entries.next_entry().expect(&name) {
            if !entry.is_dir() {
                others.insert(entry.file_path().as_ref().to_vec());
            }
        }
        let ours: BTreeSet<Vec<u8>> = package.names().filter_map(|n| package.raw_name(n)).map(<[u8]>::to_vec).collect();
        assert_eq!(ours, others, "{name}");
    }
}

/// Reads all that there is, as a verifier would.
fn read_everything(octets: &[u8]) -> usize {
    let limits = Limits { entry_inflated_bytes: 4 << 20, ..Limits::default() };
    let Ok(package) = Package::open(&octets, &limits) else { return 0 };
    let mut found = package.faults().len();
    if let Ok(document) = Document::read(&package) {
        for list in document.signature_lists() {
            let Ok(list) = SignatureList::read(&package, &list.name) else { continue };
            for item in list.items.iter().filter_map(|i| i.file.as_ref().ok()) {
                let Ok(file) = SignatureFile::read(&package, &item.name) else { continue };
                found += file.references.len() + file.faults.len();
            }
        }
    }
    for name in package.names() {
        found += usize::from(package.digest(name, DigestAlgorithm::Sm3).is_ok());
    }
    found
}

#[test]
fn damaged_files_end_in_faults() {
    let Some(folder) = corpus() else { return };
    for (name, places) in [("mutated/good-v4-cert-list.ofd", 1000), ("real/versions-shadow-2022.ofd", 100)] {
        let sound = std::fs::read(folder.join(name)).expect(name);
        let step = (sound.len() / places).max(1);
        for at in (0..sound.len()).step_by(step).chain(sound.len().saturating_sub(places)..sound.len()) {
            for mask in [0x01, 0xff] {
                let mut damaged = sound.clone();
                damaged[at] ^= mask;
                read_everything(&damaged);
            }
        }
        for end in (0..sound.len()).step_by(step * 8) {
            assert_eq!(read_everything(&sound[..end]), 0, "{name} cut at {end}");
        }
    }
}
