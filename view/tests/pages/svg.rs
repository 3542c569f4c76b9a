//! What a picture may hold at all: a list, read by another parser than wrote it.

use quick_xml::{Reader, events::Event};
use std::collections::BTreeSet;

const ELEMENTS: &[&str] =
    &["svg", "defs", "clipPath", "path", "g", "use", "image", "pattern", "linearGradient", "radialGradient", "stop"];
const ATTRIBUTES: &[&str] = &[
    "xmlns",
    "width",
    "height",
    "viewBox",
    "id",
    "d",
    "transform",
    "clip-path",
    "clip-rule",
    "fill",
    "fill-rule",
    "fill-opacity",
    "stroke",
    "stroke-width",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-miterlimit",
    "stroke-dasharray",
    "stroke-dashoffset",
    "stroke-opacity",
    "opacity",
    "href",
    "x",
    "y",
    "preserveAspectRatio",
    "patternUnits",
    "patternTransform",
    "gradientUnits",
    "stop-opacity",
    "gradientTransform",
    "spreadMethod",
    "x1",
    "y1",
    "x2",
    "y2",
    "fx",
    "fy",
    "fr",
    "cx",
    "cy",
    "r",
    "offset",
    "stop-color",
];
const IMAGES: [&str; 4] =
    ["data:image/png;base64,", "data:image/jpeg;base64,", "data:image/gif;base64,", "data:image/svg+xml;base64,"];

/// Holds a picture to the list: no script, style, text or name, no reference out of
/// it, every number finite, every id there.
pub(crate) fn is_harmless(svg: &str) {
    assert!(svg.is_ascii(), "not a word of a document stands in it");
    let mut reader = Reader::from_str(svg);
    let (mut ids, mut referred) = (BTreeSet::new(), BTreeSet::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) | Event::Empty(start) => {
                let name = start.name().as_ref().to_owned();
                assert!(ELEMENTS.contains(&&*name), "element {name}");
                for attribute in start.attributes() {
                    let attribute = attribute.unwrap();
                    let (key, value) = (attribute.key.as_ref().to_owned(), attribute.value.to_string());
                    assert!(ATTRIBUTES.contains(&&*key), "attribute {key}");
                    look(&key, &value, &mut referred);
                    if key == "id" {
                        assert!(ids.insert(value.clone()), "id {value} twice");
                    }
                }
            }
            Event::End(_) => {}
            Event::Eof => break,
            other => panic!("{other:?}"),
        }
    }
    assert!(referred.is_subset(&ids), "dangling: {:?}", referred.difference(&ids).collect::<Vec<_>>());
}

fn look(key: &str, value: &str, referred: &mut BTreeSet<String>) {
    if key == "href" {
        match value.strip_prefix('#') {
            Some(id) => _ = referred.insert(id.to_owned()),
            None => {
                let image = IMAGES.iter().find_map(|kind| value.strip_prefix(kind));
                let image = image.unwrap_or_else(|| panic!("href {}", value.get(..40).unwrap_or(value)));
                assert!(image.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=')));
            }
        }
        return;
    }
    if let Some(id) = value.strip_prefix("url(#") {
        referred.insert(id.trim_end_matches(')').to_owned());
        return;
    }
    assert!(key == "xmlns" || !value.contains(':'), "{key}={value}");
    assert!(!value.contains("NaN") && !value.contains("inf"), "{key}={value}");
}
