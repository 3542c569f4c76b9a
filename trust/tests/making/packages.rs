//! Packages, written and stamped.

use super::{BODY, Locality, Party, STAMPED};
use yinxin_testkit::{moment, ofd::Document};
use yinxin_trust::{
    anchor::Anchors,
    base::Limits,
    ofd::{
        KnownParts, Package,
        write::{Boundary, DosTime, PackagePlan, Part, Placement, Stamping, StampingPlan, WriteFault},
    },
    seal::{SoundSeal, make::StampPlan},
    sm::{
        sm2::{DEFAULT_ID, Opening},
        sm3,
    },
    suite::ValueFault,
    verify::{CheckId, CoverageState, Outcome, Policy, Report, Verdict, check, check_knowing},
};

pub(super) fn plan_of(document: &Document, list: bool) -> PackagePlan {
    let document = Document { signatures: list, ..document.clone() };
    let files = document.package().files;
    let parts = files.into_iter().map(|(name, octets)| (name, Part::deflated(octets).unwrap())).collect();
    PackagePlan::new(parts, DosTime::of(moment(STAMPED)).unwrap()).unwrap()
}

pub(super) fn document() -> Document {
    let attachments = vec![("说明.txt".to_owned(), "附件".repeat(100).into_bytes())];
    Document { attachments, ..Document::titled("一份文件 & <更多>") }
}

pub(super) fn stamping(seal: Vec<u8>) -> Stamping {
    let boundary = Boundary { x: 140.0, y: 220.5, width: 42.0, height: 42.0 };
    Stamping {
        at: moment(STAMPED),
        provider: "yinxin & 印信".to_owned(),
        seal: Part::deflated(seal).unwrap(),
        placements: vec![Placement { page: "10".to_owned(), boundary, clip: None }],
    }
}

fn value(locality: &Locality, plan: &StampingPlan) -> Vec<u8> {
    locality.stamp(stamp_plan(locality, plan))
}

fn stamp_plan(locality: &Locality, plan: &StampingPlan) -> StampPlan {
    StampPlan::new(&locality.seal(), moment(STAMPED), plan.digest(), &plan.property()).unwrap()
}

fn judge(locality: &Locality, octets: &[u8]) -> Report {
    check(&octets, &locality.anchors(), &locality.evidence(), &Policy::default(), moment("2026-11-21T00:00:00Z"))
        .unwrap()
}

/// A stamped file, for the judges too.
pub(super) fn stamped(locality: &Locality) -> (StampingPlan, Vec<u8>) {
    let plan = plan_of(&document(), false).stamp(&stamping(locality.seal())).unwrap();
    let octets = plan.embed(&value(locality, &plan)).unwrap();
    (plan, octets)
}

#[test]
fn a_stamped_package_is_valid_and_always_the_same() {
    let locality = Locality::new();
    for list in [false, true] {
        let plan = plan_of(&document(), list).stamp(&stamping(locality.seal())).unwrap();
        let octets = plan.embed(&value(&locality, &plan)).unwrap();
        let report = judge(&locality, &octets);
        assert_eq!(report.verdict, Verdict::Valid, "{:?}", report.reason);
        assert_eq!(report.coverage.map(|coverage| coverage.state), Some(CoverageState::Complete));
        assert!(report.warnings.iter().all(|warning| warning.code.starts_with("time.")), "{:?}", report.warnings);
        assert_eq!(octets, plan.embed(&value(&locality, &plan)).unwrap());
    }
    let twice = [stamped(&locality).1, stamped(&locality).1];
    assert_eq!(twice[0], twice[1]);
}

#[test]
fn in_rehearsal_exactly_the_value_fails() {
    let locality = Locality::new();
    let plan = plan_of(&document(), false).stamp(&stamping(locality.seal())).unwrap();
    let rehearsal = stamp_plan(&locality, &plan).rehearse(&locality.stamper.certificate).unwrap();
    let report = judge(&locality, &plan.embed(&rehearsal).unwrap());
    let checks = report.checks.iter().chain(&report.signatures[0].checks);
    let failed: Vec<CheckId> = checks.filter(|check| check.outcome == Outcome::Failed).map(|check| check.id).collect();
    assert_eq!(failed, [CheckId::SignatureValue]);
    let coverage = report.checks.iter().find(|check| check.id == CheckId::PackageCoverage).unwrap();
    assert_eq!((coverage.outcome, coverage.code.as_str()), (Outcome::Skipped, "no_valid_signature"));
    // the facts stay: nothing is covered by a signature that does not verify
    assert_eq!(report.coverage.map(|coverage| coverage.state), Some(CoverageState::Partial));
    assert_eq!((report.verdict, report.reason), (Verdict::Invalid, Some(CheckId::SignatureValue)));
}

#[test]
fn a_second_stamp_seals_the_first_and_leaves_it_valid() {
    let locality = Locality::new();
    let first = plan_of(&document(), false).stamp(&stamping(locality.seal())).unwrap();
    let once = first.stamped(&value(&locality, &first)).unwrap();
    let second = once.stamp(&stamping(locality.seal())).unwrap();
    assert_eq!(second.property(), "/Doc_0/Signs/Sign_1/Signature.xml");
    let twice = second.stamped(&value(&locality, &second)).unwrap();
    let list = String::from_utf8(twice.get("Doc_0/Signs/Signatures.xml").unwrap().octets().to_vec()).unwrap();
    assert!(list.contains("<ofd:MaxSignId>s004</ofd:MaxSignId>") && list.contains("ID=\"s003\""), "{list}");
    let octets = second.embed(&value(&locality, &second)).unwrap();
    let report = judge(&locality, &octets);
    assert_eq!((report.verdict, report.signatures.len()), (Verdict::Valid, 2), "{:?}", report.reason);
    // nothing but the list changed
    for (name, part) in once.entries() {
        assert_eq!(twice.get(name).unwrap().octets() == part.octets(), name != "Doc_0/Signs/Signatures.xml", "{name}");
    }
    // the first one taken away is seen
    let kept = twice.entries().filter(|(name, _)| !name.ends_with("Sign_0/SignedValue.dat"));
    let kept = kept.map(|(name, part)| (name.to_owned(), part.clone())).collect();
    let without = PackagePlan::new(kept, DosTime::of(moment(STAMPED)).unwrap()).unwrap().to_bytes().unwrap();
    assert_eq!(judge(&locality, &without).verdict, Verdict::Invalid);
}

#[test]
fn no_entry_can_change_after_stamping() {
    let locality = Locality::new();
    let plan = plan_of(&document(), false).stamp(&stamping(locality.seal())).unwrap();
    let package = plan.stamped(&value(&locality, &plan)).unwrap();
    for changed in package.entries().map(|(name, _)| name.to_owned()) {
        if changed.ends_with("Signatures.xml") {
            continue;
        }
        let entries = package.entries().map(|(name, part)| {
            let part =
                if name == changed { Part::deflated([part.octets(), b"\n"].concat()).unwrap() } else { part.clone() };
            (name.to_owned(), part)
        });
        let octets = PackagePlan::new(entries.collect(), DosTime::of(moment(STAMPED)).unwrap()).unwrap();
        assert_eq!(judge(&locality, &octets.to_bytes().unwrap()).verdict, Verdict::Invalid, "{changed}");
    }
}

#[test]
fn stamping_refuses_by_name() {
    let locality = Locality::new();
    let sound = || stamping(locality.seal());
    let package = plan_of(&document(), false);
    let of = |stamping: Stamping| package.stamp(&stamping).map(|_| ());
    assert_eq!(of(Stamping { placements: Vec::new(), ..sound() }), Err(WriteFault::NoPlacement));
    let mut elsewhere = sound();
    elsewhere.placements[0].page = "11".to_owned();
    assert_eq!(of(elsewhere), Err(WriteFault::Page("11".to_owned())));
    let mut endless = sound();
    endless.placements[0].boundary.x = f64::NAN;
    assert_eq!(of(endless), Err(WriteFault::Boundary));
    assert_eq!(of(Stamping { provider: String::new(), ..sound() }), Err(WriteFault::Provider));
    assert!(matches!(of(stamping(vec![0x30, 0])), Err(WriteFault::Seal(_))));

    let plan = package.stamp(&sound()).unwrap();
    let other = plan_of(&Document::titled("另一份"), false).stamp(&sound()).unwrap();
    assert_eq!(plan.embed(&value(&locality, &other)), Err(WriteFault::OtherDigest));
    assert!(matches!(plan.embed(b"0\0"), Err(WriteFault::Stamp(_))));
    let elsewhere = StampPlan::new(&locality.seal(), moment(STAMPED), plan.digest(), "/other").unwrap();
    assert_eq!(plan.embed(&locality.stamp(elsewhere)), Err(WriteFault::OtherProperty));
}

#[test]
fn packages_refuse_by_name() {
    let time = DosTime::of(moment(STAMPED)).unwrap();
    let part = || Part::stored(b"x".to_vec()).unwrap();
    let of = |names: &[&str]| {
        PackagePlan::new(names.iter().map(|name| ((*name).to_owned(), part())).collect(), time).map(|_| ())
    };
    for name in ["", "/a", "a/", "a//b", "./a", "a/../b", "a\\b", "a\0", "C:/a", &"a".repeat(1025)] {
        assert_eq!(of(&[name]), Err(WriteFault::Name(name.to_owned())));
    }
    assert_eq!(of(&["Doc_0/a.xml", "doc_0/A.xml"]), Err(WriteFault::NameTwice("doc_0/A.xml".to_owned())));

    let locality = Locality::new();
    let sound = plan_of(&document(), false);
    let changed = |name: &str, change: &dyn Fn(String) -> String| {
        let entries = sound.entries().map(|(known, part)| {
            let octets = part.octets().to_vec();
            let octets = if known == name { change(String::from_utf8(octets).unwrap()).into_bytes() } else { octets };
            (known.to_owned(), Part::deflated(octets).unwrap())
        });
        PackagePlan::new(entries.collect(), time).unwrap().stamp(&stamping(locality.seal())).map(|_| ())
    };
    let dangling = changed("Doc_0/Document.xml", &|text| text.replace("PublicRes.xml", "Elsewhere.xml"));
    assert!(matches!(dangling, Err(WriteFault::MissingLink { .. })), "{dangling:?}");
    let broken = changed("OFD.xml", &|text| text.replace("</ofd:DocBody>", ""));
    assert!(matches!(broken, Err(WriteFault::Package(_))), "{broken:?}");
    let rootless = changed("OFD.xml", &|text| text.replace("Doc_0/Document.xml", "Doc_0/None.xml"));
    assert!(rootless.is_err(), "{rootless:?}");
}

/// What another reader of ZIP finds: order, methods, flags, times.
#[test]
fn the_archive_is_plain() {
    let locality = Locality::new();
    let (_, octets) = stamped(&locality);
    let archive = rawzip::ZipArchive::from_slice(&octets).unwrap();
    let mut names = Vec::new();
    for entry in archive.entries() {
        let entry = entry.unwrap();
        names.push(String::from_utf8(entry.file_path().as_ref().to_vec()).unwrap());
    }
    assert_eq!(names[0], "OFD.xml");
    assert!(names.contains(&"Doc_0/Attachs/说明.txt".to_owned()), "{names:?}");
    assert_eq!(names.last().map(String::as_str), Some("Doc_0/Signs/Sign_0/SignedValue.dat"));
    let package = Package::open(&octets, &Limits::default()).unwrap();
    assert!(package.faults().is_empty());
    assert_eq!(package.names().count(), names.len());
    // general purpose flags of the first local header: UTF-8 names and nothing else
    assert_eq!(&octets[6..8], [0, 8]);
    assert_eq!(&octets[10..14], [0, 10 << 3, 0xC1, 46 << 1]);
    assert_eq!(locality.stamper.certificate.display_name(), BODY);
}

#[test]
fn what_is_known_changes_no_report() {
    let locality = Locality::new();
    let plan = plan_of(&document(), false).stamp(&stamping(locality.seal())).unwrap();
    let package = plan.stamped(&value(&locality, &plan)).unwrap();
    let octets = package.to_bytes().unwrap();
    let mut known: KnownParts = package.entries().map(|(_, part)| part).collect();
    known.add_seal(&SoundSeal::verify(&locality.seal()).unwrap().unwrap());
    known.add_certificate(&locality.stamper.certificate);
    let (anchors, evidence, policy) = (locality.anchors(), locality.evidence(), Policy::default());
    let at = moment("2026-11-21T00:00:00Z");
    let under = |octets: &[u8], anchors: &Anchors, policy: &Policy| {
        let afresh = check(&octets, anchors, &evidence, policy, at);
        (afresh, check_knowing(&octets, anchors, &evidence, policy, at, &known))
    };
    let both = |octets: &[u8]| under(octets, &anchors, &policy);
    // twice: what the first look leaves behind must not change the second
    for _ in 0..2 {
        let (afresh, knowing) = both(&octets);
        assert_eq!((&afresh, afresh.as_ref().map(|report| report.verdict)), (&knowing, Ok(Verdict::Valid)));
    }
    // a signature that was found by one authority says nothing of its namesake
    let (afresh, knowing) = under(&octets, &locality.anchors_of_a_namesake(), &policy);
    assert_eq!((&afresh, afresh.as_ref().map(|report| report.verdict)), (&knowing, Ok(Verdict::Indeterminate)));
    // what is known takes as much of a budget as what is not
    let mut verdicts = Vec::new();
    let limits = Limits::default();
    let nodes = (0..240).map(|xml_nodes| Limits { xml_nodes, ..limits.clone() });
    let depths = (0..12).map(|xml_depth| Limits { xml_depth, ..limits.clone() });
    let totals = (0..64).map(|kib| Limits { total_inflated_bytes: kib << 9, ..limits.clone() });
    let sizes = (0..64).map(|step| Limits { xml_bytes: step << 6, ..limits.clone() });
    for limits in nodes.chain(depths).chain(totals).chain(sizes) {
        let policy = Policy { limits, ..Policy::default() };
        let (afresh, knowing) = under(&octets, &anchors, &policy);
        assert_eq!(afresh, knowing, "{:?}", policy.limits);
        verdicts.push(afresh.unwrap().verdict);
    }
    assert!(verdicts.contains(&Verdict::Valid) && verdicts.contains(&Verdict::Invalid));
    // one octet after the other, in names, data, directory and value alike
    for at in (0..octets.len()).step_by(23) {
        let mut altered = octets.clone();
        altered[at] ^= 0x10;
        let (afresh, knowing) = both(&altered);
        assert_eq!(afresh, knowing, "octet {at}");
    }
    // and under a CRC that is right, so that what was altered is looked at
    for (name, part) in package.entries() {
        for at in (0..part.octets().len()).step_by(101) {
            let mut altered = part.octets().to_vec();
            altered[at] ^= 1;
            let entries = package.entries().map(|(other, part)| {
                let part = if other == name { Part::stored(altered.clone()).unwrap() } else { part.clone() };
                (other.to_owned(), part)
            });
            let plan = PackagePlan::new(entries.collect(), DosTime::of(moment(STAMPED)).unwrap()).unwrap();
            let (afresh, knowing) = both(&plan.to_bytes().unwrap());
            assert_eq!(afresh, knowing, "{name}, octet {at}");
        }
    }
}

#[test]
fn stamps_with_a_known_seal_are_the_same() {
    let locality = Locality::new();
    let sound = SoundSeal::verify(&locality.seal()).unwrap().unwrap();
    let stranger = Party::new("stamper", BODY, "另一机关", "2026-01-01T00:00:00Z", Some(&locality.stamper_authority));
    for (time, property) in [(STAMPED, "/a"), ("2026-06-02T02:00:00Z", "/a"), (STAMPED, "/another")] {
        let afresh = StampPlan::new(&locality.seal(), moment(time), &[7; 32], property).unwrap();
        let known = StampPlan::with_sound(&sound, moment(time), &[7; 32], property).unwrap();
        assert_eq!(known.to_be_signed(), afresh.to_be_signed());
        let signer = &locality.stamper.certificate;
        assert_eq!(known.digest(signer), afresh.digest(signer));
        assert_eq!(known.digest(&stranger.certificate), afresh.digest(&stranger.certificate));
        let due = locality.stamper.key.public().message_digest(DEFAULT_ID, afresh.to_be_signed());
        assert_eq!(known.digest(signer).ok(), due.ok());
    }
    // the octets that stamps begin with are held against those of each
    let (key, other) = (locality.stamper.key.public(), stranger.key.public());
    let opening = Opening::new(key, DEFAULT_ID, b"begin").unwrap();
    assert_eq!(opening.message_digest(key, b"beginning"), key.message_digest(DEFAULT_ID, b"beginning").ok());
    assert_eq!(opening.message_digest(key, b"begun"), None);
    assert_eq!(opening.message_digest(key, b"beg"), None);
    assert_eq!(opening.message_digest(other, b"beginning"), None);
}

#[test]
fn parts_are_digested_together_as_alone() {
    let texts: Vec<Vec<u8>> = (0..40).map(|n| vec![n; usize::from(n) * 97]).collect();
    let parts: Vec<Part> = texts.iter().map(|text| Part::deflated(text.clone()).unwrap()).collect();
    let _asked_before = parts[3].sm3();
    Part::digest_together(parts.iter().chain(parts.iter().take(2)));
    for (part, text) in parts.iter().zip(&texts) {
        assert_eq!(*part.sm3(), sm3::digest(text));
    }
}

#[test]
fn a_seal_that_does_not_verify_is_never_known() {
    let seal = Locality::new().seal();
    assert!(SoundSeal::verify(&seal).unwrap().is_some_and(|sound| sound.octets() == seal));
    let mut altered = seal.clone();
    let name = seal.windows(BODY.len()).position(|window| window == BODY.as_bytes()).unwrap();
    altered[name + 2] ^= 1;
    assert_eq!(SoundSeal::verify(&altered), Err(ValueFault::Wrong));
    assert_eq!(SoundSeal::verify(b"no seal"), Ok(None));
}

#[test]
fn offsets_say_where_parts_stand() {
    let plan = plan_of(&document(), true);
    let octets = plan.to_bytes().unwrap();
    assert_eq!(plan.offsets().count(), plan.entries().count());
    for (offset, part) in plan.offsets() {
        assert_eq!(&octets[offset..offset + part.packed().len()], &part.packed()[..]);
    }
}

#[test]
fn a_first_stamp_that_looks_nothing_up_is_the_same_stamp() {
    let locality = Locality::new();
    let (plan, stamping) = (plan_of(&document(), false), stamping(locality.seal()));
    let looked = plan.stamp(&stamping).unwrap();
    let first = plan.stamp_first(&stamping, "Doc_0/Signs/Signatures.xml").unwrap();
    assert_eq!((looked.digest(), looked.property()), (first.digest(), first.property()));
    let nowhere = Stamping { placements: Vec::new(), ..stamping };
    assert!(matches!(plan.stamp_first(&nowhere, "x"), Err(WriteFault::NoPlacement)));
}
