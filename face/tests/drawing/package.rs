//! The package before it is stamped.

use super::{bound, pages, sample::Sample, shown, text};
use std::collections::{BTreeMap, BTreeSet};
use yinxin_trust::{
    base::{Day, Limits},
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
