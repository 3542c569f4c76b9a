//! The faces that ship under `schemas/faces`, and pictures of them to be looked at.

use super::sample::{BUSINESS, CONSTRUCTION, FOOD, Sample, entry};
use std::sync::Arc;
use yinxin_face::{Face, Fonts, outlined_seal};
use yinxin_trust::seal::make::RoundSeal;

#[test]
fn the_shipped_faces_fit_their_entries() {
    let fonts = Arc::new(Fonts::shipped());
    for (face, json) in [FOOD, BUSINESS, CONSTRUCTION] {
        if let Err(error) = Face::parse(face, &entry(json), &fonts) {
            panic!("{error}");
        }
    }
}

/// Written to `target/screens`.
#[test]
fn screens() {
    let folder = yinxin_testkit::workspace().join("target/screens");
    std::fs::create_dir_all(&folder).unwrap();
    let write = |name: String, octets: &[u8]| std::fs::write(folder.join(name), octets).unwrap();
    let long = Sample::food().with("business_items", &"热食类食品制售；冷食类食品制售（不含生食水产）；".repeat(30));
    for (name, sample) in [
        ("food", Sample::food()),
        ("business", Sample::business()),
        ("construction", Sample::construction()),
        ("long", long),
    ] {
        let drawing = sample.draw();
        for page in 0..drawing.pages() {
            let png = drawing.page_png(page, &sample.copy()).unwrap();
            assert!(png.len() > 20_000);
            write(format!("face-{name}-{}.png", page + 1), &png);
        }
        write(format!("face-{name}.pdf"), &drawing.pdf(&sample.copy()).unwrap());
        write(format!("face-{name}.ofd"), &drawing.package().unwrap().to_bytes().unwrap());
        write(format!("seal-{name}.svg"), sample.seal.octets());
    }
}

#[test]
fn a_seal_with_outlines_needs_no_font_and_fits_a_seal() {
    let fonts = Fonts::shipped();
    for (name, purpose, diameter_mm) in
        [("印章", "", 30), ("演示市市场监督管理局", "电子证照专用章", 42), (&"演".repeat(32), &"印".repeat(12), 60)]
    {
        let seal = RoundSeal {
            name: name.to_owned(),
            purpose: purpose.to_owned(),
            foot_code: "3301000000001".to_owned(),
            diameter_mm,
        };
        let picture = outlined_seal(&seal, &fonts).unwrap();
        let svg = core::str::from_utf8(picture.octets()).unwrap();
        assert!(!svg.contains("<text") && !svg.contains("font"), "{svg}");
        assert!(svg.contains(&format!("<title>{name}{purpose}</title>")));
        assert!(picture.octets().len() < 200_000, "{}", picture.octets().len());
        assert_eq!(outlined_seal(&seal, &fonts), Ok(picture));
        // every character within the ring
        let middle = f64::from(diameter_mm) / 2.0;
        for glyph in seal.glyphs().unwrap() {
            let far = ((glyph.x - middle).powi(2) + (glyph.y - middle).powi(2)).sqrt();
            assert!(far < middle * 0.9, "{glyph:?}");
        }
    }
    let strange = RoundSeal {
        name: "\u{1f600}\u{1f600}".to_owned(),
        purpose: String::new(),
        foot_code: String::new(),
        diameter_mm: 42,
    };
    assert!(outlined_seal(&strange, &fonts).is_err());
}
