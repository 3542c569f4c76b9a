//! A stamp more in packages that others made: what was there stays octet for octet and as valid as it was.

use super::{
    Locality, STAMPED,
    packages::{document, plan_of, stamping},
};
use std::{collections::BTreeMap, path::PathBuf};
use yinxin_testkit::{
    moment,
    zip::{Archive, Entry, Method},
};
use yinxin_trust::{
    anchor::Anchors,
    base::Limits,
    ofd::{
        Document, Package,
        append::{AppendFault, AppendPlan, Foreign},
        write::{Boundary, Placement, Stamping},
    },
    seal::make::StampPlan,
    verify::{
        CheckId, CoverageState, Evidence, Outcome, Policy, Report, Verdict,
        appended::{Harm, forbidding, unharmed},
        check,
    },
};

/// As a document of anybody: nobody asks whose signatures they are.
fn looked_at(octets: &[u8]) -> Report {
    let at = moment("2026-11-21T00:00:00Z");
    check(&octets, &Anchors::not_asked(), &Evidence::default(), &Policy::default(), at).unwrap()
}

fn stamping_on(locality: &Locality, page: &str) -> Stamping {
    let boundary = Boundary { x: 20.0, y: 20.0, width: 42.0, height: 42.0 };
    Stamping {
        placements: vec![Placement { page: page.to_owned(), boundary, clip: None }],
        ..stamping(locality.seal())
    }
}

/// The ID of the first page.
fn first_page(octets: &[u8]) -> String {
    let package = Package::open(&octets, &Limits::default()).unwrap();
    let document = Document::read(&package).unwrap();
    let root = document.bodies[0].doc_root.as_ref().unwrap();
    let text = String::from_utf8(package.read(&root.name).unwrap().to_vec()).unwrap();
    let is_page = |part: &&str| part.contains("BaseLoc") && part.contains("ID=");
    let page = text.split(":Page ").chain(text.split("<Page ")).skip(1).find(is_page).unwrap();
    page.split("ID=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

fn value(locality: &Locality, plan: &AppendPlan) -> Vec<u8> {
    locality.stamp(StampPlan::new(&locality.seal(), moment(STAMPED), plan.digest(), &plan.property()).unwrap())
}

/// Stamps, and holds what comes out against what was there.
fn stamp(locality: &Locality, octets: &[u8]) -> Result<Vec<u8>, AppendFault> {
    let source: &[u8] = octets;
    let foreign = Foreign::open(&source, &Limits::default())?;
    let plan = foreign.stamp(&stamping_on(locality, &first_page(octets)))?;
    let rehearsal = StampPlan::new(&locality.seal(), moment(STAMPED), plan.digest(), &plan.property())
        .unwrap()
        .rehearse(&locality.stamper.certificate)
        .unwrap();
    let before = looked_at(octets);
    let trial = looked_at(&plan.embed(&foreign, &rehearsal)?);
    assert_eq!(unharmed(&before, &trial, plan.id(), false, true), Ok(()));
    assert_eq!(unharmed(&before, &trial, plan.id(), false, false), Err(Harm::Own(CheckId::SignatureValue)));
    let stamped = plan.embed(&foreign, &value(locality, &plan))?;
    let after = looked_at(&stamped);
    assert_eq!(unharmed(&before, &after, plan.id(), false, false), Ok(()));
    assert_eq!(after.verdict, Verdict::Intact);
    Ok(stamped)
}

/// Local headers, data and descriptors, by name, as another reader of ZIP finds them.
fn raw(octets: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let archive = rawzip::ZipArchive::from_slice(octets).unwrap();
    let mut found = BTreeMap::new();
    for entry in archive.entries() {
        let entry = entry.unwrap();
        let name = String::from_utf8(entry.file_path().as_ref().to_vec()).unwrap();
        let data = archive.get_entry(entry.wayfinder()).unwrap().data().to_vec();
        found.insert(name, data);
    }
    found
}

#[test]
fn a_document_of_somebody_else_is_stamped_and_nothing_else_changes() {
    let locality = Locality::new();
    for list in [false, true] {
        let octets = plan_of(&document(), list).to_bytes().unwrap();
        let stamped = stamp(&locality, &octets).unwrap();
        let (before, after) = (raw(&octets), raw(&stamped));
        let changed: Vec<&str> = before
            .iter()
            .filter(|(name, data)| after.get(*name) != Some(data))
            .map(|(name, _)| name.as_str())
            .collect();
        // OFD.xml gets the link where it has none
        assert_eq!(changed, [if list { "Doc_0/Signs/Signatures.xml" } else { "OFD.xml" }]);
        assert_eq!(after.len(), before.len() + if list { 3 } else { 4 });
        let report = check(
            &stamped.as_slice(),
            &locality.anchors(),
            &locality.evidence(),
            &Policy::default(),
            moment("2026-11-21T00:00:00Z"),
        )
        .unwrap();
        assert_eq!((report.verdict, report.reason), (Verdict::Valid, None));
        assert_eq!(report.coverage.unwrap().state, CoverageState::Complete);
    }
}

#[test]
fn stamp_after_stamp_each_stays_valid() {
    let locality = Locality::new();
    let mut octets = plan_of(&document(), false).to_bytes().unwrap();
    for count in 1..=4 {
        let stamped = stamp(&locality, &octets).unwrap();
        let (before, after) = (raw(&octets), raw(&stamped));
        for (name, data) in &before {
            let may_change = name.ends_with("Signatures.xml") || (count == 1 && name == "OFD.xml");
            assert_eq!(after.get(name) == Some(data), !may_change, "{name}");
        }
        octets = stamped;
        let report = looked_at(&octets);
        assert_eq!((report.signatures.len(), report.verdict), (count, Verdict::Intact));
    }
    // a stamp taken out from under the others is seen
    let report = looked_at(&octets);
    assert_eq!(report.signatures.iter().map(|s| s.id.as_str()).collect::<Vec<_>>(), ["s001", "s003", "s005", "s007"]);
}

#[test]
fn entries_are_copied_as_they_lie_with_descriptors_folders_and_odd_headers() {
    let locality = Locality::new();
    let files = document().package().files;
    let mut archive = Archive::of(&files);
    archive.entries.insert(0, Entry::directory("Doc_0/"));
    for (n, entry) in archive.entries.iter_mut().enumerate() {
        entry.descriptor = n % 2 == 1;
        entry.external_attributes = 0o100_644 << 16;
    }
    let octets = archive.to_bytes();
    let stamped = stamp(&locality, &octets).unwrap();
    // everything up to the directory but the list stands in the new file as it stood in the old one
    for entry in archive.entries.iter().filter(|entry| entry.name != b"Doc_0/Signs/Signatures.xml") {
        let record = entry.local_record();
        assert!(stamped.windows(record.len()).any(|window| window == record), "{:?}", entry.name);
    }
}

#[test]
fn packages_that_take_no_further_signature_are_refused_by_name() {
    let locality = Locality::new();
    let unsigned = yinxin_testkit::ofd::Document { signatures: false, ..document() };
    let files: BTreeMap<String, Vec<u8>> = unsigned.package().files.into_iter().collect();
    let with = |changes: &[(&str, &dyn Fn(String) -> String)]| {
        let mut files = files.clone();
        for (name, change) in changes {
            let old = files.get(*name).cloned().unwrap_or_default();
            files.insert((*name).to_owned(), change(String::from_utf8(old).unwrap()).into_bytes());
        }
        Archive::of(&files.into_iter().collect::<Vec<_>>()).to_bytes()
    };
    let code = |octets: Vec<u8>| {
        let source: &[u8] = &octets;
        let opened = Foreign::open(&source, &Limits::default());
        opened.err().map(|fault| fault.code().to_owned()).unwrap_or_default()
    };
    let put = |_: String| "<x/>".to_owned();
    assert_eq!(code(with(&[])), "");
    assert_eq!(code(with(&[("Encryptions.xml", &put)])), "encrypted");
    assert_eq!(code(with(&[("OFDEntries.xml", &put)])), "closed");
    assert_eq!(code(with(&[("Doc_0/Signs/Signatures.xml", &put)])), "stray_signature");
    assert_eq!(code(with(&[("Elsewhere/signature.XML", &put)])), "stray_signature");
    let body = |text: String| {
        let (from, to) = (text.find("<ofd:DocBody>").unwrap(), text.find("</ofd:DocBody>").unwrap() + 14);
        text.replace(&text[from..to], &text[from..to].repeat(2))
    };
    assert_eq!(code(with(&[("OFD.xml", &body)])), "several_bodies");
    let versions = |text: String| {
        let version =
            "<ofd:Versions><ofd:Version ID=\"1\" Index=\"0\" BaseLoc=\"V.xml\"/></ofd:Versions></ofd:DocBody>";
        text.replace("</ofd:DocBody>", version)
    };
    assert_eq!(code(with(&[("OFD.xml", &versions)])), "versions");
    assert_eq!(
        code(with(&[("OFD.xml", &|text| text.replace("Doc_0/Document.xml", "Doc_0/No.xml"))])),
        "document_root_missing"
    );
    let doctype = |text: String| text.replace("<ofd:OFD", "<!DOCTYPE a><ofd:OFD");
    assert_eq!(code(with(&[("OFD.xml", &doctype)])), "xml_doctype");
    assert_eq!(code(b"PK\x03\x04 no package".to_vec()), "no_end_record");
    // names that are not UTF-8, or that a field beside them calls otherwise
    let mut archive = Archive::of(&files.clone().into_iter().collect::<Vec<_>>());
    archive.entries.push(Entry { name: b"\xd5\xd5.txt".to_vec(), ..Entry::new("x", b"1".to_vec(), Method::Stored) });
    assert_eq!(code(archive.to_bytes()), "ambiguous_name");
    // one octet of compressed data damaged: found before anything is signed, though nothing parses it
    let mut damaged = with(&[("Doc_0/Attachs/x.bin", &|_| "abcdef".repeat(40))]);
    let at = yinxin_testkit::damage::find(&damaged, b"Doc_0/Attachs/x.bin").unwrap() + 25;
    damaged[at] ^= 1;
    assert!(["crc_mismatch", "damaged_entry", "size_mismatch"].contains(&code(damaged).as_str()));

    // a list that a signature covers is locked
    let golden = yinxin_testkit::workspace().join("tests/golden/list-covered.ofd");
    assert_eq!(code(std::fs::read(golden).unwrap()), "list_covered");
    let octets = plan_of(&document(), false).to_bytes().unwrap();
    let source: &[u8] = &octets;
    let foreign = Foreign::open(&source, &Limits::default()).unwrap();
    assert!(foreign.stamp(&stamping_on(&locality, "no page")).is_err());
    let plan = foreign.stamp(&stamping_on(&locality, "10")).unwrap();
    let elsewhere = StampPlan::new(&locality.seal(), moment(STAMPED), plan.digest(), "/other").unwrap();
    assert!(plan.embed(&foreign, &locality.stamp(elsewhere)).is_err());
    let other = StampPlan::new(&locality.seal(), moment(STAMPED), &[1; 32], &plan.property()).unwrap();
    assert!(plan.embed(&foreign, &locality.stamp(other)).is_err());
}

#[test]
fn a_list_with_more_in_it_than_would_be_kept_is_refused() {
    let octets = plan_of(&document(), true).to_bytes().unwrap();
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    let package = Package::open(&octets, &Limits::default()).unwrap();
    for name in package.names() {
        files.push((name.to_owned(), package.read(name).unwrap().to_vec()));
    }
    for (change, fits) in [("", true), ("<ofd:Extra/>", false), ("<ofd:MaxSignId Note=\"1\">2</ofd:MaxSignId>", false)]
    {
        let list = format!("<ofd:Signatures xmlns:ofd=\"http://www.ofdspec.org/2016\">{change}</ofd:Signatures>");
        let mut files = files.clone();
        files.retain(|(name, _)| !name.ends_with("Signatures.xml"));
        files.push(("Doc_0/Signs/Signatures.xml".to_owned(), list.into_bytes()));
        let octets = Archive::of(&files).to_bytes();
        assert_eq!(Foreign::open(&octets.as_slice(), &Limits::default()).is_ok(), fits, "{change}");
    }
}

#[test]
fn harm_is_named() {
    let locality = Locality::new();
    let once = stamp(&locality, &plan_of(&document(), false).to_bytes().unwrap()).unwrap();
    let (before, sound) = (looked_at(&once), looked_at(&stamp(&locality, &once).unwrap()));
    let judged = |change: &dyn Fn(&mut Report)| {
        let mut after = sound.clone();
        change(&mut after);
        unharmed(&before, &after, "s003", false, false)
    };
    let set = |report: &mut Report, signature: usize, id: CheckId, outcome: Outcome| {
        let checks = &mut report.signatures[signature].checks;
        checks.iter_mut().find(|check| check.id == id).unwrap().outcome = outcome;
    };
    assert_eq!(judged(&|_| ()), Ok(()));
    let earlier = Harm::Earlier { signature: "s001".to_owned(), check: CheckId::SignatureReferences };
    assert_eq!(judged(&|after| set(after, 0, CheckId::SignatureReferences, Outcome::Failed)), Err(earlier));
    let skipped = judged(&|after| set(after, 1, CheckId::SealPeriod, Outcome::Skipped));
    assert_eq!(skipped, Err(Harm::Own(CheckId::SealPeriod)));
    // whose it is has to be known only where that is asked
    assert_eq!(unharmed(&before, &sound, "s003", true, false), Err(Harm::Own(CheckId::SignerPath)));
    assert_eq!(judged(&|after| after.signatures[1].id = "s004".to_owned()), Err(Harm::Signatures));
    assert_eq!(judged(&|after| drop(after.signatures.remove(0))), Err(Harm::Signatures));
    assert_eq!(judged(&|after| after.signatures[0].id = "s000".to_owned()), Err(Harm::Signatures));
    let entries = judged(&|after| {
        after.checks.iter_mut().find(|check| check.id == CheckId::PackageEntries).unwrap().outcome = Outcome::Failed;
    });
    assert_eq!(entries, Err(Harm::Document(CheckId::PackageEntries)));
    let uncovered = judged(&|after| {
        let coverage = after.coverage.as_mut().unwrap();
        (coverage.state, coverage.uncovered) = (CoverageState::Partial, vec!["x".to_owned()]);
    });
    assert_eq!(uncovered, Err(Harm::Uncovered("x".to_owned())));
}

/// Every document of the corpus: stamped, or refused by the name that stands here.
#[test]
fn real_documents_are_stamped_again_or_refused_by_name() {
    let Some(folder) = yinxin_testkit::shared().map(|shared| shared.join("corpus")) else { return };
    let locality = Locality::new();
    let mut found = BTreeMap::new();
    let mut files: Vec<PathBuf> = ["real", "mutated"]
        .iter()
        .flat_map(|name| std::fs::read_dir(folder.join(name)).unwrap())
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "ofd"))
        .collect();
    files.sort();
    for path in files {
        let octets = std::fs::read(&path).unwrap();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let judged = match Foreign::open(&octets.as_slice(), &Limits::default()) {
            Err(fault) => fault.code().to_owned(),
            Ok(_) => {
                let (report, stamped) =
                    (looked_at(&octets), || stamp(&locality, &octets).map(|_| "stamped".to_owned()));
                match (forbidding(&report, false), forbidding(&report, true)) {
                    (None, None) => stamped().unwrap_or_else(|fault| fault.to_string()),
                    // what is not covered, where that is accepted
                    (Some(cause), None) if cause.check == CheckId::PackageCoverage => {
                        format!("{} uncovered", stamped().unwrap_or_else(|fault| fault.to_string()))
                    }
                    (_, Some(cause)) => format!("{} {}", cause.check.as_str(), cause.code),
                    (cause, _) => format!("{cause:?}"),
                }
            }
        };
        found.insert(name, judged);
    }
    let due: BTreeMap<String, String> =
        CORPUS.iter().map(|(name, judged)| ((*name).to_owned(), (*judged).to_owned())).collect();
    assert_eq!(found, due);
}

/// `uncovered`: stamped only where it is accepted that not all that is shown was covered before.
const CORPUS: &[(&str, &str)] = &[
    ("checkmethod-absent-md5", "signature.digest_algorithm absent"),
    ("checkmethod-md5", "signature.digest_algorithm md5"),
    ("digitalsign-bare-value", "signature.data_hash no_certificate"),
    ("duplicate-entries-2018", "duplicate_entry"),
    ("empty-signature-list", "stamped"),
    ("extra-page-linked-in-unreferenced-document", "stamped uncovered"),
    ("good-checkmethod-name", "stamped"),
    ("good-no-seal-file", "stamped"),
    ("good-relative-refs", "stamped"),
    ("good-sign-attrs", "stamped"),
    ("good-sign-content", "stamped"),
    ("good-v1", "stamped"),
    ("good-v4-cert-list", "stamped"),
    ("good-v4-digest-list", "stamped"),
    ("good-v5", "stamped"),
    ("integrity-entries-gmt0099", "closed"),
    ("invoice-chongqing-5p-2020", "stamped uncovered"),
    ("invoice-jiangsu-2-2020", "stamped"),
    ("invoice-jiangsu-2020", "stamped"),
    ("invoice-list-antchain-2022-05", "stamped"),
    ("invoice-rongyisuan-2020", "stamped"),
    ("invoice-templates-uncovered-2020", "list_covered"),
    ("invoice-zhejiang-2020", "stamped"),
    ("koal-altered-2024", "signature.references differs"),
    ("licence-land-use-sign-2022", "list_covered"),
    ("no-references", "signature.references empty"),
    ("not-a-zip", "no_end_record"),
    ("page-byte-flipped", "signature.references differs"),
    ("page-replaced-digest-fixed", "signature.data_hash differs"),
    ("rail-ticket-reissue-2022", "stamped uncovered"),
    ("receipt-ceb-2022-03", "stamped uncovered"),
    ("receipt-icbc-2022-03", "stamped uncovered"),
    ("receipt-power-finance-2022-06", "stamped"),
    ("reference-to-missing-file", "signature.references missing"),
    ("riding-seal-v4-2021", "list_covered"),
    ("riding-seal-v4-expired", "list_covered"),
    ("seal-expired-at-signing", "seal.period after_validity"),
    ("seal-file-swapped", "list_covered"),
    ("seal-picture-altered", "list_covered"),
    ("seal-signed-by-another-key", "seal.value wrong"),
    ("second-docbody-in-uncovered-ofd-xml", "several_bodies"),
    ("second-seal-breaks-first-2020", "list_covered"),
    ("sign-messagedigest-differs", "signature.data_hash differs"),
    ("sign-wrong-serial", "signature.data_hash not_applicable"),
    ("signature-xml-newline", "signature.data_hash differs"),
    ("signatures-file-missing", "package.readable missing"),
    ("signed-before-certificate", "signer.period before_period"),
    ("signed-with-another-key", "signature.value wrong"),
    ("signedvalue-empty", "signature.format malformed"),
    ("signedvalue-of-another-document", "signature.data_hash differs"),
    ("signedvalue-trailing-bytes", "signature.format trailing"),
    ("signedvalue-truncated", "signature.format malformed"),
    ("signer-not-in-seal-list", "seal.signer_listed not_listed"),
    ("signer-not-in-seal-list-v1", "seal.signer_listed not_listed"),
    ("sm3-values-declared-sha1", "signature.digest_algorithm sha1"),
    ("statement-greenpaper-2022", "stamped uncovered"),
    ("tender-v1-2022", "stamped uncovered"),
    ("three-seals-koal-2024", "stamped uncovered"),
    ("uncovered-template-changed", "list_covered"),
    ("unsigned-helloworld", "stamped"),
    ("unsigned-odd-paths", "stamped"),
    ("unsigned-zip-names-gbk", "ambiguous_name"),
    ("v1-broken-2018", "signature_list"),
    ("versions-shadow-2022", "versions"),
    ("xml-doctype-external-entity", "xml_doctype"),
    ("xml-external-entity-used-in-ofd-xml", "xml_doctype"),
    ("zip-bomb-200mb", "entry_too_large"),
    ("zip-case-twin", "case_twin"),
    ("zip-duplicate-good-first", "duplicate_entry"),
    ("zip-slip-dotdot", "climbing_name"),
    ("zip-truncated", "no_end_record"),
];
