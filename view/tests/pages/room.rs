//! Every way by which a picture grows asks for room before it does: hostile pages that would be many times as large as a
//! picture may be end at the limit, whatever they grow by.

use super::{Code, FONTS, Made, codes, draw};
use yinxin_trust::{base::Limits, ofd::Package};
use yinxin_view::{Occurrence, PagePicture, PlaceFault, Seen, Size, Spot, ViewLimits, places};

/// Octets of a picture, far below what the pages here would have.
const ROOM: usize = 100_000;
/// What holds a page together, beside what is drawn.
const AROUND: usize = 1_000;

/// A colour of a few octets that repeats a thousand times.
fn repeating(name: &str) -> String {
    format!(
        "<ofd:{name}><ofd:AxialShd StartPoint=\"0 0\" EndPoint=\"1000 0\" MapType=\"Repeat\" MapUnit=\"1\">\
         <ofd:Segment><ofd:Color Value=\"0\" Alpha=\"9\"/></ofd:Segment></ofd:AxialShd></ofd:{name}>"
    )
}

fn block(inside: &str) -> String {
    format!("<ofd:PageBlock>{}{}{inside}</ofd:PageBlock>", repeating("FillColor"), repeating("StrokeColor"))
}

fn path(attributes: &str, inside: &str) -> String {
    format!(
        "<ofd:PathObject ID=\"3\" Boundary=\"0 0 9 9\" {attributes}>{inside}<ofd:AbbreviatedData>M 0 0 L 9 9</ofd:AbbreviatedData></ofd:PathObject>"
    )
}

fn pattern(cell: &str) -> String {
    format!(
        "<ofd:FillColor><ofd:Pattern Width=\"2\" Height=\"2\"><ofd:CellContent>{cell}</ofd:CellContent></ofd:Pattern></ofd:FillColor>"
    )
}

fn unit(id: usize, content: &str) -> String {
    format!(
        "<ofd:CompositeGraphicUnit ID=\"{id}\" Width=\"9\" Height=\"9\"><ofd:Content>{content}</ofd:Content></ofd:CompositeGraphicUnit>"
    )
}

fn composite(unit: usize) -> String {
    format!("<ofd:CompositeObject ID=\"9\" Boundary=\"0 0 9 9\" ResourceID=\"{unit}\"/>")
}

fn units(units: &str) -> String {
    format!("<ofd:CompositeGraphicUnits>{units}</ofd:CompositeGraphicUnits>")
}

fn page_of(layers: &str) -> String {
    format!("<ofd:Page NS><ofd:Content>{layers}</ofd:Content></ofd:Page>")
}

fn drawn(made: &Made, limits: ViewLimits) -> PagePicture {
    draw(&made.octets(), &Seen::default(), limits, 1).unwrap()
}

/// Annotations of the page, whose appearances hold blocks without anything in them.
fn annotated(count: usize) -> Made {
    let annotation =
        "<ofd:Annot ID=\"7\"><ofd:Appearance Boundary=\"1.5 2.5 3 3\"><ofd:PageBlock/></ofd:Appearance></ofd:Annot>";
    Made::page("")
        .with("D/Document.xml", "<ofd:Document NS><ofd:CommonData/><ofd:Pages><ofd:Page ID=\"1\" BaseLoc=\"P.xml\"/></ofd:Pages><ofd:Annotations>Annots.xml</ofd:Annotations></ofd:Document>")
        .with("D/Annots.xml", "<ofd:Annotations NS><ofd:Page PageID=\"1\"><ofd:FileLoc>A1.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>")
        .with("D/A1.xml", &format!("<ofd:PageAnnot NS>{}</ofd:PageAnnot>", annotation.repeat(count)))
}

/// What grows, by name.
fn growing() -> Vec<(&'static str, Made)> {
    let colours = || repeating("FillColor") + &repeating("StrokeColor");
    let layer = |more: &str| format!("<ofd:Layer ID=\"2\" {more}>{}</ofd:Layer>", colours());
    let nested = (0..20).fold(String::new(), |inside, _| block(&inside));
    let params: String =
        (0..40).map(|id| format!("<ofd:DrawParam ID=\"{}\">{}</ofd:DrawParam>", 100 + id, colours())).collect();
    let named: String = (0..40).map(|id| format!("<ofd:PageBlock DrawParam=\"{}\"/>", 100 + id)).collect();
    let area = "<ofd:Area><ofd:Path Boundary=\"0 0 5 5\"><ofd:AbbreviatedData>M 0.1234 0.5678 L 5.1234 0.5678 L 5 5 C</ofd:AbbreviatedData></ofd:Path></ofd:Area>";
    let clips = format!("<ofd:Clips>{}</ofd:Clips>", format!("<ofd:Clip>{}</ofd:Clip>", area.repeat(32)).repeat(32));
    let text = |letters: usize, attributes: &str, more: &str| {
        format!(
            "<ofd:TextObject ID=\"3\" Boundary=\"0 0 90 10\" Font=\"5\" Size=\"4\" CharDirection=\"33\" {attributes}>{more}<ofd:TextCode X=\"0\" Y=\"4\" DeltaX=\"g {letters} 1.2345\">{}</ofd:TextCode></ofd:TextObject>",
            "一".repeat(letters)
        )
    };
    let long = "M 0.1234 0.5678 ".to_owned() + &"L 123.4567 765.4321 ".repeat(20_000);
    let deep: String = (0..10).map(|id| unit(id, &composite(id + 1).repeat(4))).collect();
    vec![
        ("blocks", Made::page(&block("").repeat(40))),
        ("blocks in blocks", Made::page(&nested.repeat(4))),
        ("layers", Made::page("").with("D/P.xml", &page_of(&layer("").repeat(40)))),
        ("layers behind", Made::page("").with("D/P.xml", &page_of(&layer("Type=\"Background\"").repeat(40)))),
        ("objects", Made::page(&path("Fill=\"true\"", &colours()).repeat(40))),
        ("parameters", Made::page(&named).resources(&format!("<ofd:DrawParams>{params}</ofd:DrawParams>"))),
        (
            "templates",
            Made::page("")
                .with("D/P.xml", &format!("<ofd:Page NS>{}</ofd:Page>", "<ofd:Template TemplateID=\"90\"/>".repeat(40)))
                .with("D/T.xml", &page_of(&layer(""))),
        ),
        ("units", Made::page(&composite(7).repeat(40)).resources(&units(&unit(7, &block(""))))),
        ("units in units", Made::page(&composite(0)).resources(&units(&deep))),
        ("patterns", Made::page(&path("Fill=\"true\"", &pattern(&path("", ""))).repeat(1000))),
        ("cells", Made::page(&path("Fill=\"true\"", &pattern(&block("").repeat(40))))),
        ("long cells", Made::page(&path("Fill=\"true\"", &pattern(&path("", "").repeat(2000))))),
        ("texts", Made::page(&text(5000, "", ""))),
        ("letters that cut", Made::page(&text(5000, "", &repeating("FillColor")).repeat(2))),
        // once to cut, which has room, and once more as lines
        (
            "letters that cut and are drawn",
            Made::page(&text(600, "Stroke=\"true\"", &repeating("FillColor")).repeat(4)),
        ),
        ("paths", Made::page(&path("", "").replace("M 0 0 L 9 9", &long))),
        ("clips", Made::page(&path("", &clips).repeat(6))),
        ("annotations", annotated(8000)),
    ]
}

#[test]
fn whatever_grows_asks_for_room() {
    for (name, made) in growing() {
        let whole = drawn(&made, ViewLimits::default());
        assert!(whole.svg.len() > 2 * ROOM && !whole.is_cut, "{name}: {}", whole.svg.len());
        let cut = drawn(&made, ViewLimits { svg_bytes: ROOM, ..ViewLimits::default() });
        assert!(cut.svg.len() <= ROOM + AROUND, "{name}: {}", cut.svg.len());
        assert!(cut.is_cut && codes(&cut).contains(&(Code::TooLarge, "")), "{name}: {:?}", codes(&cut));
    }
}

/// Without a limit of octets the colours themselves have an end.
#[test]
fn repetitions_of_a_shading_are_paid_for_as_steps() {
    let steps = 20_000;
    for (name, made) in
        growing().into_iter().filter(|(name, _)| ["blocks", "layers", "objects", "cells"].contains(name))
    {
        let picture = drawn(&made, ViewLimits { path_steps: steps, ..ViewLimits::default() });
        let stops = picture.svg.matches("<stop ").count();
        assert!((steps / 2..=steps).contains(&stops), "{name}: {stops}");
        assert!(codes(&picture).contains(&(Code::TooManySteps, "")) && !picture.is_cut, "{name}");
    }
}

/// Cells in cells are none, so that nothing multiplies.
#[test]
fn patterns_in_patterns_do_not_grow() {
    let inner = path("Fill=\"true\"", &pattern(&block("").repeat(40)));
    let nested = (0..20).fold(inner, |inside, _| path("Fill=\"true\"", &pattern(&inside)));
    let picture = drawn(&Made::page(&nested), ViewLimits::default());
    assert_eq!(codes(&picture), [(Code::NotDrawn, "Pattern/Pattern")]);
    assert!(picture.svg.len() < 5_000, "{}", picture.svg.len());
}

/// What had room is whole: the picture of before the limit is the beginning of the one without.
#[test]
fn what_has_no_room_is_left_out_whole() {
    let objects: String = (0..500).map(|n| path("", "").replace("L 9 9", &format!("L {n} 9"))).collect();
    let lines = |room| {
        let picture = drawn(&Made::page(&objects), ViewLimits { svg_bytes: room, ..ViewLimits::default() });
        picture.svg.matches("<path d=\"M0 0L").count()
    };
    assert_eq!(lines(usize::MAX), 500);
    let found: Vec<usize> = (0..20).map(|more| lines(20_000 + 40 * more)).collect();
    assert!(found.is_sorted() && found[0] > 90 && found[0] < found[19] && found[19] < 110, "{found:?}");
}

/// A picture that has no room is a box, and the rest of the page is there.
#[test]
fn a_picture_without_room_is_a_box() {
    let media = "<ofd:MultiMedias><ofd:MultiMedia ID=\"6\" Type=\"Image\"><ofd:MediaFile>a.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>";
    let image = "<ofd:ImageObject ID=\"3\" Boundary=\"10 20 30 10\" CTM=\"30 0 0 10 0 0\" ResourceID=\"6\"/>";
    let mut made = Made::page(&(image.to_owned() + &path("", ""))).resources(media);
    let square = yinxin_testkit::png::square();
    // as large as it likes behind its first chunk of data
    let mut large = square[..square.len() - 12].to_vec();
    large.extend(50_000_u32.to_be_bytes());
    large.extend([b"IDAT".as_slice(), &[0; 50_004], &square[square.len() - 12..]].concat());
    made.put("D/a.png", large);
    let picture = drawn(&made, ViewLimits { svg_bytes: 50_000, ..ViewLimits::default() });
    assert_eq!(codes(&picture), [(Code::TooLarge, "")]);
    assert!(picture.svg.contains("<use href=\"#x\"") && picture.svg.contains("M0 0L9 9") && !picture.is_cut);
}

/// Units are walked each time they are drawn, also over what is none of theirs.
#[test]
fn what_a_unit_walks_over_is_paid_for() {
    let unknown = "<ofd:Thing/>".repeat(3000);
    let made = Made::page(&composite(7).repeat(200)).resources(&units(&unit(7, &unknown)));
    let picture = drawn(&made, ViewLimits { objects: 20_000, ..ViewLimits::default() });
    assert_eq!(codes(&picture), [(Code::NotDrawn, "Thing"), (Code::TooManyObjects, "")]);
    let walked = picture.findings.iter().find(|finding| finding.code == Code::NotDrawn).unwrap().times;
    assert!(walked <= 20_000, "{walked}");
    let colour = format!("<ofd:PageBlock><ofd:FillColor>{unknown}</ofd:FillColor></ofd:PageBlock>");
    let made = Made::page(&composite(7).repeat(200)).resources(&units(&unit(7, &colour)));
    assert!(
        codes(&drawn(&made, ViewLimits { objects: 5_000, ..ViewLimits::default() }))
            .contains(&(Code::TooManyObjects, ""))
    );
}

/// One character that stands for more glyphs than there are characters.
#[test]
fn glyphs_of_one_character_are_paid_for() {
    use yinxin_testkit::font::{Cff, program};
    let glyphs = vec![("x".to_owned(), program("10 20 @21 5 5 @5 @14")); 2];
    let fonts =
        "<ofd:Fonts><ofd:Font ID=\"6\" FontName=\"Own\"><ofd:FontFile>own.cff</ofd:FontFile></ofd:Font></ofd:Fonts>";
    let transforms: String = (0..20)
        .map(|at| format!("<ofd:CGTransform CodePosition=\"{at}\" CodeCount=\"100000\" GlyphCount=\"1000\"><ofd:Glyphs>{}</ofd:Glyphs></ofd:CGTransform>", "1 ".repeat(1000)))
        .collect();
    let code = "<ofd:TextCode X=\"0\" Y=\"4\" DeltaX=\"1\">一</ofd:TextCode>".repeat(20);
    let object = format!(
        "<ofd:TextObject ID=\"3\" Boundary=\"0 0 90 10\" Font=\"6\" Size=\"4\">{transforms}{code}</ofd:TextObject>"
    );
    let mut made = Made::page(&object).resources(fonts);
    made.put("D/own.cff", Cff { glyphs, ..Cff::default() }.to_bytes());
    let picture = drawn(&made, ViewLimits { glyphs: 5_000, ..ViewLimits::default() });
    assert!(codes(&picture).contains(&(Code::TooManyGlyphs, "")), "{:?}", codes(&picture));
    assert!(picture.svg.matches("<use ").count() <= 5_000);
    assert!(drawn(&made, ViewLimits::default()).svg.matches("<use ").count() >= 20_000);
}

/// The name of a font is looked at for each text, whatever its length.
#[test]
fn names_and_ids_of_resources_have_an_end() {
    let long = "黑".repeat(100_000);
    let fonts = format!(
        "<ofd:Fonts><ofd:Font ID=\"6\" FontName=\"{long}\"/><ofd:Font ID=\"{}\" FontName=\"x\"/></ofd:Fonts>",
        "7".repeat(300)
    );
    let text = "<ofd:TextObject ID=\"3\" Boundary=\"0 0 90 10\" Font=\"6\" Size=\"4\"><ofd:TextCode X=\"0\" Y=\"4\">一</ofd:TextCode></ofd:TextObject>";
    let picture = drawn(&Made::page(&text.repeat(2000)).resources(&fonts), ViewLimits::default());
    assert_eq!(codes(&picture), [(Code::BadValue, "Font"), (Code::FontSubstituted, &long[..240])]);
    let colour = format!("<ofd:StrokeColor Value=\"{}\"/>", "0 ".repeat(200));
    let picture = drawn(&Made::page(&path("", &colour)), ViewLimits::default());
    assert_eq!(codes(&picture), [(Code::BadValue, "Value")]);
}

/// Stamping reads pages the same way: what is too large to be drawn is too large to be searched.
#[test]
fn a_search_ends_where_the_picture_would() {
    let searched = |made: &Made| {
        let octets = made.octets();
        let package = Package::open(&octets, &Limits::default()).unwrap();
        let spot = Spot::Word { text: "章".to_owned(), which: Occurrence::Last, dx: 0.0, dy: 0.0 };
        places(&package, &FONTS, &[spot], Size { width: 10.0, height: 10.0 })
    };
    assert_eq!(searched(&Made::page(&block("").repeat(400))), Err(PlaceFault::TooLarge));
    // names are kept each time that their object is drawn
    let named = |times: usize| {
        let long = path(&format!("Name=\"{}\"", "x".repeat(60_000)), "").repeat(20);
        searched(&Made::page(&composite(7).repeat(times)).resources(&units(&unit(7, &long))))
    };
    assert!(matches!(named(1), Err(PlaceFault::NotFound { .. })));
    assert_eq!(named(60), Err(PlaceFault::TooLarge));
}
