//! Annotated copies: the band says everything, covers nothing, and is never missing.

use super::{pages, sample::Sample, text};
use yinxin_face::{DrawOffence, Drawing};
use yinxin_testkit::moment;
use yinxin_trust::licence::metadata::{AnnotatedCopy, Element};

const PURPOSE: &str = "参加演示市校园配餐项目投标";

fn copy() -> AnnotatedCopy {
    AnnotatedCopy {
        created_at: moment("2026-11-20T02:03:04Z"),
        creator: "演示市小满面馆（个体工商户）".to_owned(),
        cause: PURPOSE.to_owned(),
        expires_at: moment("2026-12-31T15:59:59Z"),
        recipient: Some("演示市公共资源交易中心".to_owned()),
        number: Some("0123456789ABCDEF".to_owned()),
    }
}

fn samples() -> [Sample; 3] {
    [Sample::food(), Sample::business(), Sample::construction()]
}

fn annotated(mut sample: Sample, copy: AnnotatedCopy) -> Drawing {
    sample.metadata.copy = Some(copy);
    sample.draw()
}

/// Millimetres of the page as the package states them.
fn height_of(drawing: &Drawing) -> f64 {
    let document = text(&drawing.package().unwrap(), "Doc_0/Document.xml");
    let physical = document.split("<ofd:PhysicalBox>").nth(1).unwrap().split('<').next().unwrap();
    physical.split(' ').nth(3).unwrap().parse().unwrap()
}

#[test]
fn the_band_stands_below_the_page_and_the_page_is_as_it_was() {
    for sample in samples() {
        let (_, height) = sample.face.page_mm();
        let original = pages(&sample.draw().package().unwrap()).remove(0);
        let drawing = annotated(sample, copy());
        assert!(height_of(&drawing) > height + 20.0);
        let drawn = pages(&drawing.package().unwrap()).remove(0);
        let (on_page, below): (Vec<_>, Vec<_>) = drawn.into_iter().partition(|text| text.boundary[1] < height);
        let texts = |all: &[super::Shown]| all.iter().map(|one| (one.text.clone(), one.boundary)).collect::<Vec<_>>();
        let mut without_word = texts(&on_page);
        without_word.retain(|(text, _)| text != "加注件");
        assert_eq!(without_word, texts(&original), "nothing of the licence moved");
        assert_eq!(on_page.len(), original.len() + 1, "and the page says that it is a copy");
        let said: String = below.iter().map(|one| one.text.as_str()).collect();
        for piece in
            ["加注件", PURPOSE, "演示市公共资源交易中心", "0123456789ABCDEF", "2026年12月31日 23:59:59", "本件不是原件"]
        {
            assert!(said.contains(piece), "{piece} is not in {said}");
        }
        for one in &below {
            assert!(one.boundary[1] + one.boundary[3] <= height_of(&drawing) && one.boundary[0] >= 10.0, "{one:?}");
        }
    }
}

#[test]
fn the_data_say_what_the_band_says() {
    let package = annotated(Sample::food(), copy()).package().unwrap();
    let ofd = text(&package, "OFD.xml");
    for element in [Element::CopyCause, Element::CopyRecipient, Element::CopyNumber, Element::CopyExpiresAt] {
        assert!(ofd.contains(&format!("Name=\"{}\"", element.short().unwrap())), "{element}");
    }
    let tags = text(&package, "Doc_0/Tags/CustomTag.xml");
    assert!(tags.contains("Element=\"JZJZZSY\"") && tags.contains("Element=\"KZ_JZJSYDW\""), "{tags}");
}

#[test]
fn the_longest_fits_and_what_cannot_be_printed_is_named() {
    for sample in samples() {
        let long = AnnotatedCopy { cause: "用".repeat(200), recipient: Some("单".repeat(100)), ..copy() };
        let drawing = annotated(sample, long);
        let said: String = pages(&drawing.package().unwrap()).remove(0).iter().map(|one| one.text.as_str()).collect();
        assert_eq!(said.matches('单').count() - said.matches("单位").count() - said.matches("清单").count(), 100);
    }
    // a holder with the longest name makes one too: the strip grows
    for sample in samples() {
        let made = annotated(sample, AnnotatedCopy { creator: "甲".repeat(512), ..copy() });
        let said: String = pages(&made.package().unwrap()).remove(0).iter().map(|one| one.text.as_str()).collect();
        assert!(said.matches('甲').count() >= 512, "{}", said.matches('甲').count());
    }
    let of = |copy| {
        let mut sample = Sample::food();
        sample.metadata.copy = Some(copy);
        sample.offences()
    };
    let field = "JZJZZSY".to_owned();
    let limit = 200;
    assert_eq!(
        of(AnnotatedCopy { cause: "用".repeat(201), ..copy() }),
        [DrawOffence::TooManyCharacters { field: field.clone(), limit }]
    );
    assert!(matches!(
        &of(AnnotatedCopy { creator: "用".repeat(513), ..copy() })[..],
        [DrawOffence::TooManyCharacters { limit: 512, .. }]
    ));
    assert_eq!(
        of(AnnotatedCopy { cause: "甲\n乙".to_owned(), ..copy() }),
        [DrawOffence::Control { field: field.clone(), position: 2, code_point: 10 }]
    );
    assert_eq!(
        of(AnnotatedCopy { cause: "甲\u{1f600}".to_owned(), ..copy() }),
        [DrawOffence::Uncovered { field, position: 2, code_point: 0x1f600 }]
    );
}

#[test]
fn attached_pages_carry_it_too_and_prints_do() {
    let sample = Sample::food().with("business_items", &"热食类食品制售；".repeat(60));
    let mark = Sample::food();
    let drawing = annotated(sample, copy());
    assert_eq!(drawing.pages(), 2);
    for page in pages(&drawing.package().unwrap()) {
        let said: String = page.iter().map(|one| one.text.as_str()).collect();
        assert!(said.contains(PURPOSE));
    }
    let drawing = annotated(Sample::food(), copy());
    let png = drawing.png(&mark.copy()).unwrap();
    let picture = resvg::tiny_skia::Pixmap::decode_png(&png).unwrap();
    assert_eq!(picture.height(), (height_of(&drawing) / 25.4 * 150.0).round() as u32);
    if let Some(folder) = std::env::var_os("YINXIN_KEEP_PICTURES") {
        std::fs::write(std::path::Path::new(&folder).join("annotated-copy.png"), &png).unwrap();
    }
    if let Some(text) = super::copies::text_of(&drawing.pdf(&mark.copy()).unwrap()) {
        assert!(text.contains(PURPOSE) && text.contains("加注件为准"), "{text}");
    }
}
