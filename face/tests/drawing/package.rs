//! The package before it is stamped.

use super::{bound, pages, sample::Sample, shown, text};
use std::collections::{BTreeMap, BTreeSet};
use yinxin_face::{DIGESTS_ENTRY, DisclosureParts};
use yinxin_trust::{
    base::{Day, Limits},
    disclosure::FieldSecret,
    ofd::{Document, Package},
};

fn samples() -> [Sample; 3] {
    [Sample::food(), Sample::business(), Sample::construction()]
}

#[test]
fn every_entry_is_linked_and_every_link_leads_somewhere() {
    let long = Sample::food().with("business_items", &"热食类食品制售；".repeat(60));
    for (sample, pages) in samples().into_iter().map(|sample| (sample, 1)).chain([(long, 2)]) {
        let octets = sample.draw().package().unwrap().to_bytes().unwrap();
        let package = Package::open(&octets, &Limits::default()).unwrap();
        let document = Document::read(&package).unwrap();
        assert!(package.faults().is_empty(), "{:?}", package.faults());
        assert!(document.missing.is_empty() && document.unlinked.is_empty(), "{:?}", document.unlinked);
        assert!(document.is_licence());
        assert_eq!(document.bodies[0].pages, pages);
        assert!(document.shown.contains("Doc_0/Attachs/licence.json"));
        let custom = &document.bodies[0].custom_datas;
        assert!(custom.contains(&("ZZBS".to_owned(), sample.metadata.identifier.to_string())), "{custom:?}");
    }
}

#[test]
fn each_field_is_bound_to_the_texts_that_show_it() {
    for sample in samples() {
        let package = sample.draw().package().unwrap();
        let page = shown(&text(&package, "Doc_0/Pages/Page_0/Content.xml"));
        let by_id: BTreeMap<&str, &str> = page.iter().map(|text| (text.id.as_str(), text.text.as_str())).collect();
        let bound = bound(&package);
        assert_eq!(bound.len(), sample.values.len());
        for (field, objects) in bound {
            let value = &sample.values[&field];
            let due = Day::parse(value).map_or_else(|_| value.replace('\n', ""), Day::chinese);
            assert!(objects.iter().all(|(page, _)| page == "1"));
            let shown: String = objects.iter().map(|(_, object)| by_id[object.as_str()]).collect();
            assert_eq!(shown, due, "{field}");
        }
    }
}

#[test]
fn ids_are_unique_and_the_largest_is_named() {
    let sample = Sample::food().with("business_items", &"热食类食品制售；".repeat(400));
    let package = sample.draw().package().unwrap();
    let mut ids = BTreeSet::new();
    for (name, part) in package.entries().filter(|(name, _)| name.ends_with(".xml") && !name.contains("Tag")) {
        let text = core::str::from_utf8(part.octets()).unwrap();
        for id in text.split(" ID=\"").skip(1).map(|rest| rest.split_once('"').unwrap().0.parse::<u64>().unwrap()) {
            assert!(ids.insert(id), "{id} again in {name}");
        }
    }
    let document = text(&package, "Doc_0/Document.xml");
    let largest = document.split_once("<ofd:MaxUnitID>").unwrap().1.split_once('<').unwrap().0;
    assert_eq!(ids.last().unwrap().to_string(), largest);
}

#[test]
fn the_same_content_gives_the_same_octets() {
    let octets = || {
        let sample = Sample::business();
        let drawing = sample.draw();
        let package = drawing.package().unwrap().to_bytes().unwrap();
        (package, drawing.pdf(&sample.copy()).unwrap(), drawing.png(&sample.copy()).unwrap())
    };
    assert!(octets() == octets());
    let other = Sample::business().with("name", "另一家公司").draw().package().unwrap().to_bytes().unwrap();
    assert_ne!(octets().0, other);
}

#[test]
fn what_the_face_fixes_is_shared() {
    let (first, second) = (Sample::food(), Sample::food().with("signatory", "郑和"));
    let (first, second) = (first.draw().package().unwrap(), second.draw().package().unwrap());
    for (name, part) in first.entries() {
        let same = second.get(name).unwrap().octets() == part.octets();
        let fixed = name.contains("Tpls") || name.contains("YinxinFace") || name.ends_with("Res.xml");
        let licence = name.contains("Page_0") || name.ends_with("YinxinLicence1.ttf");
        assert!(!fixed || same, "{name}");
        assert!(!licence || !same, "{name}");
    }
}

#[test]
fn the_fonts_in_the_package_have_the_characters_of_its_texts() {
    for sample in samples() {
        let package = sample.draw().package().unwrap();
        let faces: Vec<Vec<u8>> = package
            .entries()
            .filter(|(name, _)| name.ends_with(".ttf"))
            .map(|(_, part)| part.octets().to_vec())
            .collect();
        let faces: Vec<_> = faces.iter().map(|octets| ttf_parser::Face::parse(octets, 0).unwrap()).collect();
        for text in pages(&package).concat() {
            let is_there = |character| faces.iter().any(|face| face.glyph_index(character).is_some());
            assert!(text.text.chars().all(is_there), "{}", text.text);
        }
    }
}

/// What a disclosure shows are digests of all files: none that follows from values may be computed from them alone.
#[test]
fn every_file_that_follows_from_values_cannot_be_guessed() {
    let long = |sample: Sample| sample.with("business_items", &"热食类食品制售；".repeat(60));
    let samples = [
        (Sample::food(), Sample::food().with("operator_name", "李四")),
        // an attached page, and another number of texts
        (long(Sample::food()), long(Sample::food()).with("signatory", "郑和")),
        (long(Sample::food()), Sample::food().with("business_items", &"冷食类食品制售；".repeat(90))),
        (Sample::food(), Sample::food().with("valid_until", "2030-01-01")),
    ];
    let [one, two] = [1, 2].map(|n| FieldSecret::new([n; 32]));
    for (sample, other) in samples {
        let package = |sample: &Sample, secret: &FieldSecret| {
            let disclosure = Some(DisclosureParts { secret, digests: "yinxin-field-digests/1\n" });
            let content = yinxin_face::Content { disclosure, ..sample.content() };
            sample.face.draw(&content).unwrap().package().unwrap()
        };
        let (base, same, values, secrets) =
            (package(&sample, &one), package(&sample, &one), package(&other, &one), package(&sample, &two));
        let mut varied = 0;
        for (name, part) in base.entries() {
            assert_eq!(same.get(name).unwrap().octets(), part.octets(), "{name}: recovery makes the same octets");
            let follows = values.get(name).is_none_or(|other| other.octets() != part.octets());
            let hidden = secrets.get(name).unwrap().octets() != part.octets();
            assert!(hidden || !follows || name == "Doc_0/Attachs/licence.json", "{name} can be guessed");
            varied += usize::from(hidden);
        }
        assert!(varied >= 6, "{varied}");
        let octets = base.to_bytes().unwrap();
        let opened = Package::open(&octets, &Limits::default()).unwrap();
        let document = Document::read(&opened).unwrap();
        assert!(opened.faults().is_empty() && document.missing.is_empty() && document.unlinked.is_empty());
        assert!(document.shown.contains(DIGESTS_ENTRY));
    }
}
