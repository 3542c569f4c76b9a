//! Where glyphs stand, by numbers.

use super::{Code, Made, SONG, codes};
use yinxin_view::PagePicture;

/// `x` and `y` of each glyph, or its matrix, in order; thousandths of an em in a plain group.
fn places(picture: &PagePicture) -> Vec<String> {
    let body = picture.svg.split_once("</defs>").unwrap().1;
    body.split("<use href=\"#s")
        .skip(1)
        .map(|rest| {
            let rest = rest.split_once('"').unwrap().1;
            rest.split_once("/>").unwrap().0.trim().to_owned()
        })
        .collect()
}

fn text(attributes: &str, code: &str, characters: &str) -> Made {
    Made::page(&format!(
        "<ofd:TextObject ID=\"3\" Boundary=\"10 20 80 10\" Font=\"5\" Size=\"4\" {attributes}>\
         <ofd:TextCode {code}>{characters}</ofd:TextCode></ofd:TextObject>"
    ))
}

#[test]
fn distances_are_those_of_the_document() {
    let picture = text("", "X=\"2\" Y=\"5\" DeltaX=\"g 2 4 6\"", "一二三四").draw();
    // 4 mm are 1000 units: 2, 6, 10, 16 mm
    assert_eq!(
        places(&picture),
        ["x=\"500\" y=\"1250\"", "x=\"1500\" y=\"1250\"", "x=\"2500\" y=\"1250\"", "x=\"4000\" y=\"1250\""]
    );
    assert!(
        picture.svg.contains(
            "<g transform=\"translate(10 20)\"><g fill=\"#000000\" transform=\"matrix(0.004 0 0 0.004 0 0)\">"
        )
    );
    assert_eq!(codes(&picture), [SONG]);
    let glyphs = picture.svg.matches("<path id=\"s").count();
    assert_eq!(glyphs, 4);
}

#[test]
fn without_distances_the_font_says_them() {
    let picture = text("", "X=\"0\" Y=\"4\"", "一二").draw();
    assert_eq!(places(&picture), ["y=\"1000\"", "x=\"1000\" y=\"1000\""]);
    // down the page
    let picture = text("ReadDirection=\"90\"", "X=\"0\" Y=\"4\"", "一二").draw();
    assert_eq!(places(&picture), ["y=\"1000\"", "y=\"2000\""]);
    let picture = text("", "X=\"1\" Y=\"4\" DeltaY=\"5\"", "一二").draw();
    assert_eq!(places(&picture), ["x=\"250\" y=\"1000\"", "x=\"250\" y=\"2250\""]);
}

#[test]
fn spaces_count_and_a_glyph_is_drawn_once() {
    let picture = text("", "X=\"0\" Y=\"4\" DeltaX=\"g 3 4\"", " 一 一").draw();
    assert_eq!(places(&picture), ["x=\"1000\" y=\"1000\"", "x=\"3000\" y=\"1000\""]);
    assert_eq!(picture.svg.matches("<path id=\"s").count(), 1);
}

#[test]
fn letters_of_the_font_that_stands_in_keep_to_their_places() {
    // W is wider than half an em
    let picture = text("", "X=\"0\" Y=\"4\" DeltaX=\"2 2\"", "WWW").draw();
    let places = places(&picture);
    assert_eq!(places.len(), 3);
    for place in &places {
        let squeezed: f64 =
            place.strip_prefix("transform=\"matrix(").unwrap().split(' ').next().unwrap().parse().unwrap();
        assert!((0.4..0.8).contains(&squeezed), "{place}");
    }
}

#[test]
fn turned_leaning_wide_and_bold() {
    let picture = text("CharDirection=\"90\"", "X=\"2\" Y=\"5\"", "一").draw();
    assert_eq!(places(&picture), ["transform=\"matrix(0 0.004 -0.004 0 2 5)\""]);
    let picture = text("Italic=\"true\"", "X=\"2\" Y=\"5\"", "一").draw();
    assert!(places(&picture)[0].starts_with("transform=\"matrix(0.004 0 -0.00085"), "{:?}", places(&picture));
    let picture = text("HScale=\"0.5\"", "X=\"2\" Y=\"5\" DeltaX=\"4\"", "一二").draw();
    assert!(picture.svg.contains("transform=\"matrix(0.002 0 0 0.004 0 0)\""));
    assert_eq!(places(&picture)[1], "x=\"3000\" y=\"1250\"");
    let (thin, bold) =
        (text("", "X=\"2\" Y=\"5\"", "一").draw(), text("Weight=\"700\"", "X=\"2\" Y=\"5\"", "一").draw());
    assert_ne!(thin.svg, bold.svg);
}

#[test]
fn what_no_font_has_is_a_box_and_named() {
    let picture = text("", "X=\"0\" Y=\"4\" DeltaX=\"4\"", "\u{f0000}\u{f0000}").draw();
    assert_eq!(places(&picture).len(), 2);
    assert_eq!(codes(&picture), [SONG, (Code::GlyphMissing, "U+F0000")]);
    assert_eq!(picture.findings[1].times, 2);
}

#[test]
fn an_embedded_font_is_drawn_by_its_own_glyphs() {
    let font = include_bytes!("../../../face/fonts/YinxinSong-Bold.ttf");
    let fonts =
        "<ofd:Fonts><ofd:Font ID=\"6\" FontName=\"Own\"><ofd:FontFile>own.ttf</ofd:FontFile></ofd:Font></ofd:Fonts>";
    let object = |transform: &str| {
        format!(
            "<ofd:TextObject ID=\"3\" Boundary=\"0 0 90 10\" Font=\"6\" Size=\"4\">{transform}<ofd:TextCode X=\"0\" Y=\"4\" DeltaX=\"4\">一二</ofd:TextCode></ofd:TextObject>"
        )
    };
    let made = |transform: &str| {
        let mut made = Made::page(&object(transform)).resources(fonts);
        made.put("D/own.ttf", font.to_vec());
        made
    };
    let plain = made("").draw();
    assert_eq!(codes(&plain), []);
    assert_eq!(places(&plain).len(), 2);
    // the second character as the glyph of 十
    let ten = ttf_glyph(font, '十');
    let transform = format!(
        "<ofd:CGTransform CodePosition=\"1\" CodeCount=\"1\" GlyphCount=\"1\"><ofd:Glyphs>{ten}</ofd:Glyphs></ofd:CGTransform>"
    );
    let turned = made(&transform).draw();
    assert_eq!(codes(&turned), []);
    let shapes = |picture: &PagePicture| {
        let mut shapes: Vec<String> = picture
            .svg
            .split("<path id=\"s")
            .skip(1)
            .map(|rest| rest.split_once(" d=").unwrap().1.split_once("/>").unwrap().0.to_owned())
            .collect();
        shapes.truncate(2);
        shapes
    };
    let direct = Made::page(&object("").replace("一二", "一十")).resources(fonts);
    let mut direct = direct;
    direct.put("D/own.ttf", font.to_vec());
    assert_eq!(shapes(&turned), shapes(&direct.draw()));
    assert_ne!(shapes(&turned), shapes(&plain));

    // what is no font is said, and the text stands all the same
    let mut bad = Made::page(&object("")).resources(fonts);
    bad.put("D/own.ttf", font[..5000].to_vec());
    let picture = bad.draw();
    assert_eq!(codes(&picture), [(Code::FontNotRead, "Own")]);
    assert_eq!(places(&picture).len(), 2);
}

/// Fonts of outlines that are programs: in a file with characters, and alone with names.
#[test]
fn cff_fonts_are_drawn_by_their_own_glyphs() {
    use yinxin_testkit::font::{Cff, characters, measures, program, sfnt};
    let square = program("100 0 @21 800 @6 700 @7 -800 @6 @14");
    let glyphs = vec![(".notdef".to_owned(), program("@14")), ("uni4E00".to_owned(), square)];
    let alone = Cff { glyphs, ..Cff::default() }.to_bytes();
    let mut tables = vec![("CFF ", alone.clone()), ("cmap", characters(&[('一', 1)]))];
    tables.extend(measures(&[1000, 900]));
    let fonts =
        "<ofd:Fonts><ofd:Font ID=\"6\" FontName=\"Own\"><ofd:FontFile>own.otf</ofd:FontFile></ofd:Font></ofd:Fonts>";
    let object = |text: &str| {
        format!(
            "<ofd:TextObject ID=\"3\" Boundary=\"0 0 90 10\" Font=\"6\" Size=\"4\">\
             <ofd:TextCode X=\"0\" Y=\"4\">{text}</ofd:TextCode></ofd:TextObject>"
        )
    };
    let drawn = |font: &[u8], text: &str| {
        let mut made = Made::page(&object(text)).resources(fonts);
        made.put("D/own.otf", font.to_vec());
        made.draw()
    };
    // as wide as the file says, and as the font alone does
    for (font, second) in [(sfnt(*b"OTTO", &tables), "x=\"900\" y=\"1000\""), (alone, "x=\"500\" y=\"1000\"")] {
        let picture = drawn(&font, "一一");
        assert_eq!(codes(&picture), []);
        assert!(picture.svg.contains("d=\"m100 0l800 0l0-700l-800 0z\""), "{}", picture.svg);
        assert_eq!(places(&picture), ["y=\"1000\"", second]);
        let picture = drawn(&font, "二");
        assert_eq!(codes(&picture), [(Code::FontSubstituted, "Own: 二")]);
        for at in [4, font.len() / 2] {
            assert_eq!(codes(&drawn(&font[..at], "一")), [(Code::FontNotRead, "Own")]);
        }
    }
}

/// A shading goes over all letters of an object, which cut it out.
#[test]
fn a_shading_goes_over_all_letters() {
    let shading = "<ofd:FillColor><ofd:AxialShd StartPoint=\"0 0\" EndPoint=\"30 0\" Extend=\"3\">\
                   <ofd:Segment><ofd:Color Value=\"255 0 0\"/></ofd:Segment><ofd:Segment><ofd:Color Value=\"0 0 255\"/></ofd:Segment></ofd:AxialShd></ofd:FillColor>";
    let object = format!(
        "<ofd:TextObject ID=\"3\" Boundary=\"10 20 80 10\" Font=\"5\" Size=\"4\">{shading}<ofd:TextCode X=\"2\" Y=\"5\" DeltaX=\"5\">一二</ofd:TextCode></ofd:TextObject>"
    );
    let picture = Made::page(&object).draw();
    assert_eq!(codes(&picture), [SONG]);
    let clip = picture.svg.split("<clipPath id=\"s").find(|clip| clip.contains("<use")).unwrap();
    let clip = clip.split_once("</clipPath>").unwrap().0;
    assert!(clip.contains("transform=\"matrix(0.004 0 0 0.004 2 5)\"") && clip.contains("0.004 7 5)"), "{clip}");
    assert!(picture.svg.contains("<path d=\"M-6 -3h21v16h-21z\" fill=\"url(#s"), "{}", picture.svg);
    let stroked =
        object.replace("<ofd:FillColor>", "<ofd:StrokeColor>").replace("</ofd:FillColor>", "</ofd:StrokeColor>");
    let picture = Made::page(&stroked.replace("Size=", "Stroke=\"true\" Size=")).draw();
    assert_eq!(codes(&picture), [(Code::NotDrawn, "StrokeColor"), SONG]);
}

fn ttf_glyph(font: &[u8], character: char) -> u16 {
    ttf_parser::Face::parse(font, 0).unwrap().glyph_index(character).unwrap().0
}
