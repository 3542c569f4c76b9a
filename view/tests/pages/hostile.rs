//! What a hostile document tries, and what becomes of it. Every picture here is held to
//! the list of what may stand in one.

use super::{Code, FONTS, Made, SONG, codes};
use std::time::{Duration, Instant};
use yinxin_trust::{base::Limits, ofd::Package};
use yinxin_view::{Seen, ViewLimits, Viewer};

fn text(attributes: &str, characters: &str) -> String {
    format!(
        "<ofd:TextObject ID=\"3\" Boundary=\"0 0 90 10\" Font=\"5\" Size=\"4\" {attributes}><ofd:TextCode X=\"0\" Y=\"4\">{characters}</ofd:TextCode></ofd:TextObject>"
    )
}

fn path(attributes: &str, data: &str) -> String {
    format!(
        "<ofd:PathObject ID=\"3\" Boundary=\"0 0 90 10\" {attributes}><ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>"
    )
}

#[test]
fn markup_in_texts_and_names_stays_outside() {
    let objects = text("Name=\"&quot;/&gt;&lt;script&gt;\"", "&lt;script&gt;alert(1)&lt;/script&gt;")
        + &path("", "M 0 0 L 1 1&quot;/&gt;&lt;script/&gt;")
        + "<ofd:ImageObject ID=\"3\" Boundary=\"0 0 1 1\" ResourceID=\"javascript:alert(1)\"/>"
        + "<ofd:script>alert(1)</ofd:script>";
    let fonts = "<ofd:Fonts><ofd:Font ID=\"6\" FontName=\"&lt;img src=x onerror=alert(1)&gt;\"/></ofd:Fonts>";
    let picture = Made::page(&objects).resources(fonts).draw();
    assert!(!picture.svg.contains("script") && !picture.svg.contains("alert") && !picture.svg.contains("onerror"));
    let found = codes(&picture);
    for code in [
        (Code::BadValue, "AbbreviatedData"),
        (Code::NotDrawn, "script"),
        (Code::ResourceMissing, "MultiMedia javascript:alert(1)"),
    ] {
        assert!(found.contains(&code), "{found:?}");
    }
}

#[test]
fn numbers_that_are_none() {
    for (attributes, code) in [
        ("CTM=\"0 0 0 0 0 0\"", Code::BadValue),
        ("CTM=\"NaN 0 0 1 0 0\"", Code::BadValue),
        ("CTM=\"1e300 0 0 1 0 0\"", Code::BadValue),
        ("CTM=\"1 0 0\"", Code::BadValue),
        ("LineWidth=\"Infinity\"", Code::BadValue),
        ("DashPattern=\"1 -1\"", Code::BadValue),
    ] {
        let picture = Made::page(&path(attributes, "M 0 0 L 1 1")).draw();
        assert_eq!(codes(&picture).first().map(|found| found.0), Some(code), "{attributes}");
    }
    let picture = Made::page(&path("", "M 0 0 L 1e400 NaN")).draw();
    assert_eq!(codes(&picture), [(Code::BadValue, "AbbreviatedData")]);
    let picture = Made::page(&text("", "一").replace("Size=\"4\"", "Size=\"-4\"")).draw();
    assert_eq!(codes(&picture), [(Code::BadValue, "Size")]);
    for size in ["0 0 -5 5", "0 0 1e9 5", "x", "0 0 0 0"] {
        let page = format!("<ofd:Page NS><ofd:Area><ofd:PhysicalBox>{size}</ofd:PhysicalBox></ofd:Area></ofd:Page>");
        let picture = Made::page("").with("D/P.xml", &page).draw();
        // that of the document
        assert_eq!((picture.width_mm, picture.height_mm), (100.0, 50.0), "{size}");
    }
}

#[test]
fn what_comes_back_to_itself_ends() {
    let object = |id: u8| format!("<ofd:CompositeObject ID=\"9\" Boundary=\"0 0 9 9\" ResourceID=\"{id}\"/>");
    let unit = |id: u8, other: u8| {
        format!(
            "<ofd:CompositeGraphicUnit ID=\"{id}\" Width=\"9\" Height=\"9\"><ofd:Content>{}</ofd:Content></ofd:CompositeGraphicUnit>",
            object(other)
        )
    };
    let units = format!("<ofd:CompositeGraphicUnits>{}{}</ofd:CompositeGraphicUnits>", unit(7, 8), unit(8, 7));
    let picture = Made::page(&object(7)).resources(&units).draw();
    assert_eq!(codes(&picture), [(Code::Circular, "CompositeGraphicUnit 7")]);

    let template = "<ofd:Page NS><ofd:Template TemplateID=\"90\"/></ofd:Page>";
    let picture = Made::page("").with("D/P.xml", template).with("D/T.xml", template).draw();
    assert_eq!(codes(&picture), [(Code::Circular, "D/T.xml")]);
}

/// Each unit draws the next one many times: a picture of 10 to the power of 20 objects.
#[test]
fn composite_objects_that_multiply_are_stopped() {
    let object = |id: usize| format!("<ofd:CompositeObject ID=\"9\" Boundary=\"0 0 9 9\" ResourceID=\"{id}\"/>");
    let units: String = (0..20)
        .map(|id| format!("<ofd:CompositeGraphicUnit ID=\"{id}\" Width=\"9\" Height=\"9\"><ofd:Content>{}</ofd:Content></ofd:CompositeGraphicUnit>", object(id + 1).repeat(10)))
        .collect();
    let made =
        Made::page(&object(0)).resources(&format!("<ofd:CompositeGraphicUnits>{units}</ofd:CompositeGraphicUnits>"));
    let begun = Instant::now();
    let picture = made.draw();
    assert!(codes(&picture).iter().any(|(code, _)| matches!(code, Code::TooManyObjects | Code::TooLarge)));
    assert!(begun.elapsed() < Duration::from_secs(20) && picture.svg.len() < 30 << 20);
}

/// An object that takes long to read counts for many, however often it is drawn.
#[test]
fn what_is_long_counts_for_much() {
    let long = path(&format!("Name=\"{}\"", "x".repeat(1 << 20)), "M 0 0 L 1 1");
    let unit = format!(
        "<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID=\"7\" Width=\"9\" Height=\"9\"><ofd:Content>{long}</ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>"
    );
    let object = "<ofd:CompositeObject ID=\"9\" Boundary=\"0 0 9 9\" ResourceID=\"7\"/>";
    let picture = Made::page(&object.repeat(200)).resources(&unit).draw();
    assert_eq!(codes(&picture), [(Code::TooManyObjects, "")]);
    assert!(picture.svg.matches("<path d=\"M0 0L1 1\"").count() < 100);
    let picture = Made::page(object).resources(&unit).draw();
    assert_eq!(codes(&picture), []);
}

#[test]
fn nesting_has_an_end() {
    let blocks = "<ofd:PageBlock>".repeat(100) + &path("", "M 0 0 L 1 1") + &"</ofd:PageBlock>".repeat(100);
    let picture = Made::page(&blocks).draw();
    assert_eq!(codes(&picture), [(Code::TooDeep, "")]);
}

/// A few octets that draw four hundred million pixels, again and again.
fn jbig2_bomb() -> Vec<u8> {
    use yinxin_testkit::jbig2::{file, page, region, segment};
    let regions = (1..40)
        .map(|number| segment(number, 38, &[], &region(20_000, 20_000, &[0, 3, 255, 253, 255, 2, 254, 254, 254])));
    file(&[vec![segment(0, 48, &[], &page(8, 2))], regions.collect()].concat())
}

/// Subroutines that call each other: each glyph would run for years, and there are thousands of them.
#[test]
fn fonts_that_run_on_are_stopped() {
    use yinxin_testkit::font::{Cff, program};
    let glyphs = vec![("x".to_owned(), program("10 20 @21 -107 @29 @14")); 3000];
    let calls = (0..9).map(|next| program(&format!("{} @29 ", next - 106).repeat(100)));
    let shared = calls.chain([program("@11")]).collect();
    let font = Cff { glyphs, shared, ..Cff::default() }.to_bytes();
    let fonts =
        "<ofd:Fonts><ofd:Font ID=\"6\" FontName=\"Own\"><ofd:FontFile>own.cff</ofd:FontFile></ofd:Font></ofd:Fonts>";
    let numbers: Vec<String> = (0..3000).map(|glyph| glyph.to_string()).collect();
    let transform = format!(
        "<ofd:CGTransform CodePosition=\"0\" CodeCount=\"3000\" GlyphCount=\"3000\"><ofd:Glyphs>{}</ofd:Glyphs></ofd:CGTransform>",
        numbers.join(" ")
    );
    let object = format!(
        "<ofd:TextObject ID=\"3\" Boundary=\"0 0 90 10\" Font=\"6\" Size=\"4\">{transform}<ofd:TextCode X=\"0\" Y=\"4\" DeltaX=\"g 3000 1\">{}</ofd:TextCode></ofd:TextObject>",
        "一".repeat(3000)
    );
    let mut made = Made::page(&object).resources(fonts);
    made.put("D/own.cff", font);
    let begun = Instant::now();
    let picture = made.draw();
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    let found: Vec<Code> = codes(&picture).into_iter().map(|found| found.0).collect();
    assert!(found.contains(&Code::TooManySteps) && found.contains(&Code::FontSubstituted), "{found:?}");
}

#[test]
fn pictures_that_would_burst_are_not_shown() {
    let media = "<ofd:MultiMedias><ofd:MultiMedia ID=\"6\" Type=\"Image\"><ofd:MediaFile>a.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>";
    let object = "<ofd:ImageObject ID=\"3\" Boundary=\"10 20 30 10\" CTM=\"30 0 0 10 0 0\" ResourceID=\"6\"/>";
    let mut bomb = yinxin_testkit::png::square();
    // 19,000 pixels each way: over a gigabyte once decoded
    for at in [16, 20] {
        bomb[at..at + 4].copy_from_slice(&19_000_u32.to_be_bytes());
    }
    for (octets, code) in [
        (bomb, (Code::ImagesTooLarge, "")),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec(), (Code::ImageKind, "unknown")),
        (jbig2_bomb(), (Code::ImagesTooLarge, "")),
        (b"\xff\xd8\xff\xe0".to_vec(), (Code::ImageDamaged, "D/a.png")),
    ] {
        let mut made = Made::page(object).resources(media);
        made.put("D/a.png", octets);
        let picture = made.draw();
        assert_eq!(codes(&picture), [code]);
        assert!(!picture.svg.contains("data:"));
    }
}

#[test]
fn objects_of_another_namespace_are_not_drawn_and_named() {
    let page = "<ofd:Page NS><ofd:Content><x:Layer xmlns:x=\"urn:x\"><x:PathObject Boundary=\"0 0 9 9\"/></x:Layer></ofd:Content></ofd:Page>";
    let picture = Made::page("").with("D/P.xml", page).draw();
    assert_eq!(codes(&picture), [(Code::NotDrawn, "objects of another namespace")]);
}

#[test]
fn files_that_cannot_be_read_are_named() {
    for (name, text) in [("D/P.xml", "<ofd:Page NS>"), ("D/Res.xml", "<!DOCTYPE x><ofd:Res NS/>")] {
        let picture = Made::page("").with(name, text).draw();
        assert_eq!(codes(&picture), [(Code::FileNotRead, name)]);
    }
    let octets = Made::page("").with("D/Document.xml", "<x").octets();
    assert!(super::draw(&octets, &Seen::default(), ViewLimits::default(), 1).is_err());
}

/// Only the page that is drawn is read: the others may be as many and as bad as they like.
#[test]
fn other_pages_cost_nothing() {
    let pages: String = (1..=1000).map(|n| format!("<ofd:Page ID=\"{n}\" BaseLoc=\"P{n}.xml\"/>")).collect();
    let document = format!("<ofd:Document NS><ofd:CommonData/><ofd:Pages>{pages}</ofd:Pages></ofd:Document>");
    let mut made = Made::page("").with("D/Document.xml", &document);
    for number in 1..=1000 {
        made = made.with(&format!("D/P{number}.xml"), if number == 500 { "<ofd:Page NS/>" } else { "<not XML" });
    }
    let octets = made.octets();
    let package = Package::open(&octets, &Limits::default()).unwrap();
    let (seen, limits) = (Seen::default(), ViewLimits::default());
    let viewer = Viewer::open(&package, &FONTS, &seen, limits).unwrap();
    assert_eq!(viewer.pages(), 1000);
    viewer.page(500).unwrap();
    assert!(package.faults().is_empty(), "{:?}", package.faults());
    assert!(viewer.page(1001).is_err() && viewer.page(0).is_err());
    viewer.page(1).unwrap();
    assert_eq!(package.faults().len(), 1);
}

#[test]
fn control_characters_draw_nothing() {
    let picture = Made::page(&text("", "&#x202e;一&#x9;")).draw();
    assert!(codes(&picture).contains(&SONG));
}
