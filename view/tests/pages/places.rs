//! Where stamps go: words, fields, edges.

use super::*;
use yinxin_trust::ofd::write::{Boundary, Placement};
use yinxin_view::{Edge, Occurrence, PlaceFault, Size, Spot, places};

const SIZE: Size = Size { width: 10.0, height: 10.0 };

fn find(octets: &[u8], spot: Spot) -> Result<Vec<Placement>, PlaceFault> {
    let package = Package::open(&octets, &Limits::default()).unwrap();
    places(&package, &FONTS, &[spot], SIZE)
}

fn word(text: &str, which: Occurrence) -> Spot {
    Spot::Word { text: text.to_owned(), which, dx: 0.0, dy: 0.0 }
}

/// The middle of a place.
fn middle(place: &Placement) -> [f64; 2] {
    let Boundary { x, y, width, height } = place.boundary;
    [x + width / 2.0, y + height / 2.0]
}

fn text(id: u32, boundary: &str, more: &str, text: &str) -> String {
    format!(
        "<ofd:TextObject ID=\"{id}\" Boundary=\"{boundary}\" Font=\"5\" Size=\"4\"{more}>\
         <ofd:TextCode X=\"0\" Y=\"4\" DeltaX=\"g 20 4\">{text}</ofd:TextCode></ofd:TextObject>"
    )
}

#[test]
fn a_word_is_where_it_is_seen() {
    let objects = text(11, "20 20 40 6", "", "单位（盖章）") + &text(12, "20 30 40 6", "", "盖章");
    let octets = Made::page(&objects).octets();
    let first = find(&octets, word("盖章", Occurrence::Number(1))).unwrap();
    // letters 4 and 5 of the first line: from 32 to 40 mm
    let [x, y] = middle(&first[0]);
    assert!((x - 36.0).abs() < 0.01 && (y - 22.48).abs() < 0.01, "{x} {y}");
    assert_eq!((first[0].page.as_str(), first[0].clip), ("1", None));
    let every = find(&octets, word("盖章", Occurrence::Every)).unwrap();
    assert_eq!(every.len(), 2);
    assert_eq!(find(&octets, word("盖 章", Occurrence::Last)).unwrap(), every[1..]);
    let third = find(&octets, word("盖章", Occurrence::Number(3)));
    assert_eq!(third, Err(PlaceFault::NotFound { text: "盖章".to_owned(), found: 2 }));
    assert!(matches!(find(&octets, word("不在", Occurrence::Every)), Err(PlaceFault::NotFound { found: 0, .. })));
    assert_eq!(find(&octets, word(" ", Occurrence::Last)), Err(PlaceFault::Word));
    let moved = Spot::Word { text: "（盖章）".to_owned(), which: Occurrence::Last, dx: 3.0, dy: -2.0 };
    let [moved_x, moved_y] = middle(&find(&octets, moved).unwrap()[0]);
    assert!((moved_x - x - 3.0).abs() < 0.01 && (moved_y - y + 2.0).abs() < 0.01);
}

#[test]
fn matrices_templates_and_borders_of_texts_are_followed() {
    // twice as large, moved; each letter a text of its own; in a template
    let scaled = text(11, "10 10 80 20", " CTM=\"2 0 0 2 0 0\"", "印章");
    let apart = text(12, "20 36 4 4", "", "签") + &text(13, "24.2 36 4 4", "", "章") + &text(14, "70 36 4 4", "", "处");
    let template = format!(
        "<ofd:Page NS><ofd:Content><ofd:Layer ID=\"92\">{}</ofd:Layer></ofd:Content></ofd:Page>",
        text(93, "60 20 40 6", "", "模板")
    );
    let mut made = Made::page(&(scaled + &apart)).with("D/T.xml", &template);
    let page = made.0.iter().find(|(name, _)| name == "D/P.xml").map(|(_, octets)| octets.clone()).unwrap();
    let page =
        String::from_utf8(page).unwrap().replace("<ofd:Content>", "<ofd:Template TemplateID=\"90\"/><ofd:Content>");
    made.put("D/P.xml", page.into_bytes());
    let octets = made.octets();
    let [x, y] = middle(&find(&octets, word("章", Occurrence::Number(1))).unwrap()[0]);
    assert!((x - 22.0).abs() < 0.01 && (y - 14.96).abs() < 0.01, "{x} {y}");
    let [x, _] = middle(&find(&octets, word("签章", Occurrence::Last)).unwrap()[0]);
    assert!((x - 24.1).abs() < 0.01, "{x}");
    assert!(find(&octets, word("章处", Occurrence::Last)).is_err());
    assert!((middle(&find(&octets, word("模板", Occurrence::Last)).unwrap()[0])[0] - 64.0).abs() < 0.01);
}

#[test]
fn what_is_not_seen_is_not_found_but_a_field_need_not_be_seen() {
    let hidden = text(11, "20 20 40 6", " Visible=\"false\" Name=\"签章处\"", "盖章");
    let octets = Made::page(&(hidden + &text(12, "60 30 20 6", " Name=\"12\"", "字"))).octets();
    assert!(matches!(find(&octets, word("盖章", Occurrence::Last)), Err(PlaceFault::NotFound { .. })));
    let field = |name: &str| find(&octets, Spot::Field(name.to_owned()));
    assert_eq!(middle(&field("签章处").unwrap()[0]), [40.0, 23.0]);
    assert_eq!(middle(&field("11").unwrap()[0]), [40.0, 23.0]);
    // a name goes before an ID
    assert_eq!(middle(&field("12").unwrap()[0]), [70.0, 33.0]);
    assert_eq!(field("13"), Err(PlaceFault::NoField("13".to_owned())));
    let twice = text(11, "1 1 5 5", " Name=\"a\"", "x") + &text(12, "9 9 5 5", " Name=\"a\"", "y");
    let twice = find(&Made::page(&twice).octets(), Spot::Field("a".to_owned()));
    assert_eq!(twice, Err(PlaceFault::SeveralFields { name: "a".to_owned(), count: 2 }));
}

#[test]
fn an_annotation_is_a_field_by_its_id() {
    let mut made = Made::page("")
        .with("D/Annots.xml", "<ofd:Annotations NS><ofd:Page PageID=\"1\"><ofd:FileLoc>A1.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>")
        .with("D/A1.xml", "<ofd:PageAnnot NS><ofd:Annot ID=\"77\" Type=\"Stamp\" Visible=\"false\"><ofd:Appearance Boundary=\"30 10 20 20\"/></ofd:Annot></ofd:PageAnnot>");
    let root = made.0.iter().find(|(name, _)| name == "D/Document.xml").map(|(_, octets)| octets.clone()).unwrap();
    let root = String::from_utf8(root).unwrap();
    made.put(
        "D/Document.xml",
        root.replace("</ofd:Document>", "<ofd:Annotations>Annots.xml</ofd:Annotations></ofd:Document>").into_bytes(),
    );
    assert_eq!(middle(&find(&made.octets(), Spot::Field("77".to_owned())).unwrap()[0]), [40.0, 20.0]);
}

/// Offsets of a font beyond anything: it is not read, and the words are found all the same.
#[test]
fn a_bad_font_stops_no_search() {
    use yinxin_testkit::font::{Cff, characters, measures, program, sfnt};
    let glyphs = vec![("x".to_owned(), program("@14")), ("uni7AE0".to_owned(), program("10 20 @21 5 5 @5 @14"))];
    let sound = Cff { glyphs, ..Cff::default() }.to_bytes();
    let fonts =
        "<ofd:Fonts><ofd:Font ID=\"5\" FontName=\"Own\"><ofd:FontFile>own.otf</ofd:FontFile></ofd:Font></ofd:Fonts>";
    let mut read = 0;
    for at in 0..sound.len() - 5 {
        if sound[at] != 29 {
            continue;
        }
        let mut font = sound.clone();
        // 1e30
        font[at..at + 5].copy_from_slice(&[30, 0x00, 0x01, 0xb3, 0x0f]);
        let mut tables = vec![("CFF ", font), ("cmap", characters(&[('章', 1)]))];
        tables.extend(measures(&[1000; 2]));
        let mut made =
            Made::page(&text(11, "20 20 40 6", "", "章")).with("D/Res.xml", &format!("<ofd:Res NS>{fonts}</ofd:Res>"));
        made.put("D/own.otf", sfnt(*b"OTTO", &tables));
        assert!(find(&made.octets(), word("章", Occurrence::Last)).is_ok(), "{at}");
        read += 1;
    }
    assert!(read >= 4, "{read}");
}

#[test]
fn millimetres_stay_on_the_page() {
    let octets = Made::page("").octets();
    let at = |page, x, y| find(&octets, Spot::At { page, x, y });
    let placed = at(1, 90.0, 40.0).unwrap();
    assert_eq!(placed[0].boundary, Boundary { x: 90.0, y: 40.0, width: 10.0, height: 10.0 });
    assert_eq!(at(1, 90.1, 0.0), Err(PlaceFault::OffPage(1)));
    assert_eq!(at(1, -0.1, 0.0), Err(PlaceFault::OffPage(1)));
    for page in [0, 2] {
        assert_eq!(at(page, 0.0, 0.0), Err(PlaceFault::NoPage { number: page, pages: 1 }));
    }
    assert_eq!(at(1, f64::NAN, 0.0), Err(PlaceFault::Number));
    // a word in a corner: the stamp is pushed into the page
    let corner = Made::page(&text(11, "92 44 8 6", "", "角")).octets();
    let placed = find(&corner, word("角", Occurrence::Last)).unwrap();
    let Boundary { x, y, .. } = placed[0].boundary;
    assert!((x - 89.0).abs() < 0.01 && (y - 40.0).abs() < 0.01, "{x} {y}");
}

/// A document of so many empty pages.
fn pages(count: usize) -> Vec<u8> {
    let list: String = (0..count).map(|n| format!("<ofd:Page ID=\"{}\" BaseLoc=\"P.xml\"/>", n + 100)).collect();
    Made::page("")
        .with(
            "D/Document.xml",
            &format!(
                "<ofd:Document NS><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 100 50</ofd:PhysicalBox></ofd:PageArea>\
                 <ofd:PublicRes>Res.xml</ofd:PublicRes></ofd:CommonData><ofd:Pages>{list}</ofd:Pages></ofd:Document>"
            ),
        )
        .octets()
}

#[test]
fn a_riding_seal_is_whole_over_all_pages() {
    for edge in [Edge::Left, Edge::Right, Edge::Top, Edge::Bottom] {
        let is_upright = matches!(edge, Edge::Left | Edge::Right);
        for count in [2, 3, 5, 6, 23] {
            let placed = find(&pages(count), Spot::Riding { edge, at: 25.0 }).unwrap();
            assert_eq!(placed.len(), count);
            let mut shown = 0.0;
            for (n, place) in placed.iter().enumerate() {
                assert_eq!(place.page, (n + 100).to_string());
                let (clip, boundary) = (place.clip.unwrap(), place.boundary);
                let (strip, begin) =
                    if is_upright { (clip.width, boundary.x + clip.x) } else { (clip.height, boundary.y + clip.y) };
                // what is shown lies on the page, at its edge, and no strip is a hair
                assert!(strip >= 2.0 - 1e-9, "{strip}");
                let edge_at = match edge {
                    Edge::Left | Edge::Top => begin,
                    Edge::Right => 100.0 - begin - strip,
                    Edge::Bottom => 50.0 - begin - strip,
                };
                assert!(edge_at.abs() < 1e-9, "{edge:?} {place:?}");
                shown += strip;
            }
            // whole seals
            assert!((shown / 10.0 - (shown / 10.0).round()).abs() < 1e-9, "{shown}");
        }
    }
    let placed = find(&pages(5), Spot::Riding { edge: Edge::Right, at: 25.0 }).unwrap();
    assert_eq!(placed[0].boundary, Boundary { x: 98.0, y: 20.0, width: 10.0, height: 10.0 });
    assert_eq!(placed[1].clip, Some(Boundary { x: 2.0, y: 0.0, width: 2.0, height: 10.0 }));
    assert_eq!(find(&pages(1), Spot::Riding { edge: Edge::Right, at: 25.0 }), Err(PlaceFault::OnePage));
    assert_eq!(find(&pages(2), Spot::Riding { edge: Edge::Right, at: 2.0 }), Err(PlaceFault::OffPage(1)));
}

#[test]
fn pages_that_share_an_id_cannot_be_named() {
    let octets = pages(2);
    let text = |from: &str, to: &str| {
        let mut made = Made(Vec::new());
        let package = Package::open(&octets, &Limits::default()).unwrap();
        for name in package.names() {
            let file = String::from_utf8(package.read(name).unwrap().to_vec()).unwrap();
            made.put(name, file.replace(from, to).into_bytes());
        }
        made.octets()
    };
    let shared = text("\"101\"", "\"100\"");
    assert_eq!(find(&shared, Spot::At { page: 2, x: 0.0, y: 0.0 }), Err(PlaceFault::PageId(2)));
}
