//! Paths, colours, clips, composite objects, pictures, templates.

use super::{Code, Made, codes};
use yinxin_testkit::png;

fn path(attributes: &str, inside: &str) -> String {
    format!(
        "<ofd:PathObject ID=\"3\" Boundary=\"10 20 30 10\" {attributes}>{inside}<ofd:AbbreviatedData>M 0 0 L 30 10</ofd:AbbreviatedData></ofd:PathObject>"
    )
}

fn body(made: &Made) -> String {
    let svg = made.draw().svg;
    let body = svg.split_once("url(#page)\">").unwrap().1;
    body.strip_suffix("</g></g></svg>").unwrap().strip_prefix("<g>").unwrap().to_owned()
}

#[test]
fn a_path_is_a_black_line_unless_it_says_otherwise() {
    let expected = "<g transform=\"translate(10 20)\"><path d=\"M0 0L30 10\" fill=\"none\" stroke=\"#000000\" \
                    stroke-width=\"0.353\" stroke-miterlimit=\"3.528\"/></g>";
    assert_eq!(body(&Made::page(&path("", ""))), expected);
    let all = path(
        "Fill=\"true\" Rule=\"Even-Odd\" LineWidth=\"0.5\" Cap=\"Round\" Join=\"Bevel\" DashPattern=\"2 1\" DashOffset=\"1\" Alpha=\"51\"",
        "<ofd:FillColor Value=\"255 0 0\" Alpha=\"51\"/><ofd:StrokeColor Value=\"#00 #ff #10\"/>",
    );
    let drawn = body(&Made::page(&all));
    for piece in [
        "<g transform=\"translate(10 20)\" opacity=\"0.2\">",
        "fill=\"#ff0000\" fill-opacity=\"0.2\" fill-rule=\"evenodd\" stroke=\"#00ff10\" stroke-width=\"0.5\"",
        "stroke-linecap=\"round\" stroke-linejoin=\"bevel\"",
        "stroke-dasharray=\"2 1\" stroke-dashoffset=\"1\"",
    ] {
        assert!(drawn.contains(piece), "{piece}\n{drawn}");
    }
    // filled without a colour: transparent (9.1)
    assert_eq!(body(&Made::page(&path("Fill=\"true\" Stroke=\"false\"", ""))), "");
}

#[test]
fn parameters_are_inherited_in_their_order() {
    let params = "<ofd:DrawParams><ofd:DrawParam ID=\"7\" LineWidth=\"1\"><ofd:StrokeColor Value=\"1 2 3\"/></ofd:DrawParam>\
                  <ofd:DrawParam ID=\"8\" Relative=\"7\" LineWidth=\"2\"/><ofd:DrawParam ID=\"9\" Relative=\"9\" LineWidth=\"3\"/></ofd:DrawParams>";
    let drawn = |attributes: &str| body(&Made::page(&path(attributes, "")).resources(params));
    assert!(drawn("DrawParam=\"8\"").contains("stroke=\"#010203\" stroke-width=\"2\""));
    assert!(drawn("DrawParam=\"8\" LineWidth=\"4\"").contains("stroke=\"#010203\" stroke-width=\"4\""));
    // one that is its own relative ends there
    assert!(drawn("DrawParam=\"9\"").contains("stroke-width=\"3\""));
    let missing = Made::page(&path("DrawParam=\"70\"", "")).draw();
    assert_eq!(codes(&missing), [(Code::ResourceMissing, "DrawParam 70")]);
}

#[test]
fn colours_in_every_space() {
    let spaces = "<ofd:ColorSpaces><ofd:ColorSpace ID=\"1\" Type=\"GRAY\"/><ofd:ColorSpace ID=\"2\" Type=\"CMYK\"/>\
                  <ofd:ColorSpace ID=\"3\" Type=\"RGB\"><ofd:Palette><ofd:CV>9 9 9</ofd:CV><ofd:CV>16 32 48</ofd:CV></ofd:Palette></ofd:ColorSpace></ofd:ColorSpaces>";
    let drawn = |colour: &str| body(&Made::page(&path("", &format!("<ofd:StrokeColor {colour}/>"))).resources(spaces));
    for (colour, expected) in [
        ("ColorSpace=\"1\" Value=\"128\"", "#808080"),
        ("ColorSpace=\"2\" Value=\"0 255 255 0\"", "#ff0000"),
        ("ColorSpace=\"3\" Index=\"1\"", "#102030"),
        ("Value=\"300 -5 0\"", "#ff0000"),
        ("", "#000000"),
    ] {
        assert!(drawn(colour).contains(&format!("stroke=\"{expected}\"")), "{colour}: {}", drawn(colour));
    }
}

#[test]
fn shadings_are_gradients() {
    let shading = "<ofd:FillColor><ofd:AxialShd StartPoint=\"0 0\" EndPoint=\"30 0\" Extend=\"3\">\
                   <ofd:Segment Position=\"0\"><ofd:Color Value=\"255 0 0\"/></ofd:Segment><ofd:Segment Position=\"1\"><ofd:Color Value=\"0 0 255\"/></ofd:Segment></ofd:AxialShd></ofd:FillColor>";
    let picture = Made::page(&path("Fill=\"true\" Stroke=\"false\"", shading)).draw();
    assert!(picture.svg.contains("x1=\"0\" y1=\"0\" x2=\"30\" y2=\"0\"><stop offset=\"0\" stop-color=\"#ff0000\"/><stop offset=\"1\" stop-color=\"#0000ff\"/>"));
    assert_eq!(codes(&picture), []);
}

fn shaded(shading: &str) -> yinxin_view::PagePicture {
    let colours = "<ofd:Segment><ofd:Color Value=\"255 0 0\"/></ofd:Segment><ofd:Segment><ofd:Color Value=\"0 0 255\" Alpha=\"51\"/></ofd:Segment>";
    let (name, attributes) = shading.split_once(' ').unwrap();
    let inside = format!("<ofd:FillColor><ofd:{name} {attributes}>{colours}</ofd:{name}></ofd:FillColor>");
    Made::page(&path("Fill=\"true\" Stroke=\"false\"", &inside)).draw()
}

/// Beyond an end that does not go on nothing is painted (8.3.4.2, `Extend`).
#[test]
fn shadings_end_where_they_say() {
    let red = "stop-color=\"#ff0000\"";
    let blue = "stop-color=\"#0000ff\"";
    let both = format!("<stop offset=\"0\" {red}/><stop offset=\"1\" {blue} stop-opacity=\"0.2\"/>");
    let (before, after) = (
        format!("<stop offset=\"0\" {red} stop-opacity=\"0\"/>"),
        format!("<stop offset=\"1\" {blue} stop-opacity=\"0\"/>"),
    );
    for (extend, stops) in [
        ("", format!(">{before}{both}{after}</linear")),
        ("Extend=\"1\"", format!(">{both}{after}</linear")),
        ("Extend=\"2\"", format!(">{before}{both}</linear")),
        ("Extend=\"3\"", format!(">{both}</linear")),
    ] {
        let picture = shaded(&format!("AxialShd StartPoint=\"0 0\" EndPoint=\"30 0\" {extend}"));
        assert!(picture.svg.contains(&stops), "{extend}: {}", picture.svg);
        assert_eq!(codes(&picture), []);
    }
}

#[test]
fn shadings_repeat_and_reflect() {
    let axis = "AxialShd StartPoint=\"0 0\" EndPoint=\"30 0\" MapUnit=\"15\"";
    let picture = shaded(&format!("{axis} MapType=\"Repeat\" Extend=\"3\""));
    assert!(picture.svg.contains("spreadMethod=\"repeat\" x1=\"0\" y1=\"0\" x2=\"15\" y2=\"0\">"), "{}", picture.svg);
    let picture = shaded(&format!("{axis} MapType=\"Reflect\""));
    // twice along the axis, clear at both ends
    assert!(picture.svg.contains("spreadMethod=\"pad\"") && picture.svg.matches("<stop ").count() == 6);
    assert!(picture.svg.matches("offset=\"0.5\"").count() == 2);
    assert_eq!(codes(&picture), []);
    let picture = shaded(&format!("{axis} MapType=\"Reflect\" Extend=\"1\""));
    assert_eq!(codes(&picture), [(Code::Simplified, "Extend")]);
    let picture = shaded("AxialShd StartPoint=\"0 0\" EndPoint=\"30 0\" MapUnit=\"0.001\" MapType=\"Repeat\"");
    assert_eq!(codes(&picture), [(Code::Simplified, "MapUnit")]);
}

#[test]
fn radial_shadings_may_be_ellipses() {
    let picture =
        shaded("RadialShd StartPoint=\"5 4\" EndPoint=\"5 4\" EndRadius=\"10\" Eccentricity=\"0.6\" Extend=\"3\"");
    let expected = "gradientTransform=\"matrix(1 0 0 0.8 0 0)\" fx=\"5\" fy=\"5\" fr=\"0\" cx=\"5\" cy=\"5\" r=\"10\">";
    assert!(picture.svg.contains(expected), "{}", picture.svg);
    // the larger one is the end, whichever it is called
    let picture =
        shaded("RadialShd StartPoint=\"5 4\" StartRadius=\"10\" EndPoint=\"6 4\" EndRadius=\"1\" Extend=\"2\"");
    let expected = "fx=\"6\" fy=\"4\" fr=\"1\" cx=\"5\" cy=\"4\" r=\"10\"><stop offset=\"0\" stop-color=\"#0000ff\" stop-opacity=\"0.2\"/>";
    assert!(picture.svg.contains(expected), "{}", picture.svg);
    for bad in ["RadialShd StartPoint=\"5\" EndPoint=\"5 4\" EndRadius=\"10\"", "AxialShd EndPoint=\"1 1\""] {
        assert_eq!(codes(&shaded(bad)), [(Code::BadValue, &bad[..bad.find(' ').unwrap()])]);
    }
}

/// A path filled with a pattern whose cell holds one line.
fn patterned(attributes: &str) -> Made {
    let cell = "<ofd:PathObject ID=\"4\" Boundary=\"0 0 2 2\"><ofd:AbbreviatedData>M 0 0 L 2 2</ofd:AbbreviatedData></ofd:PathObject>";
    let pattern = format!(
        "<ofd:FillColor Alpha=\"51\"><ofd:Pattern {attributes}><ofd:CellContent>{cell}</ofd:CellContent></ofd:Pattern></ofd:FillColor>"
    );
    Made::page(&path("Fill=\"true\" Stroke=\"false\"", &pattern))
}

#[test]
fn patterns_repeat_their_cell() {
    let picture = patterned("Width=\"2\" Height=\"2\" XStep=\"3\" YStep=\"1\"").draw();
    // a step shorter than the cell is as long as it
    assert!(
        picture.svg.contains("patternUnits=\"userSpaceOnUse\" width=\"3\" height=\"2\"><use href=\"#s"),
        "{}",
        picture.svg
    );
    assert!(picture.svg.contains("<path d=\"M0 0L2 2\"") && picture.svg.contains("d=\"M0 0h2v2h-2z\""));
    assert!(
        body(&patterned("Width=\"2\" Height=\"2\"")).contains("fill=\"url(#s")
            && picture.svg.contains("fill-opacity=\"0.2\"")
    );
    assert_eq!(codes(&picture), []);
    // turned over beside and below
    for (method, size, cells) in [
        ("Column", "width=\"6\" height=\"2\"", &["matrix(-1 0 0 1 5 0)"][..]),
        ("Row", "width=\"3\" height=\"4\"", &["matrix(1 0 0 -1 0 4)"]),
        (
            "RowAndColumn",
            "width=\"6\" height=\"4\"",
            &["matrix(-1 0 0 1 5 0)", "matrix(1 0 0 -1 0 4)", "matrix(-1 0 0 -1 5 4)"],
        ),
    ] {
        let picture = patterned(&format!("Width=\"2\" Height=\"2\" XStep=\"3\" ReflectMethod=\"{method}\"")).draw();
        assert!(picture.svg.contains(size) && cells.iter().all(|cell| picture.svg.contains(cell)), "{}", picture.svg);
    }
}

/// From the corner of the object, or of the page, in whose place it is moved back.
#[test]
fn patterns_begin_where_they_say() {
    let moved = |attributes: &str| patterned(&format!("Width=\"2\" Height=\"2\" {attributes}")).draw().svg;
    assert!(!moved("").contains("patternTransform"));
    assert!(moved("CTM=\"2 0 0 2 1 1\"").contains("patternTransform=\"matrix(2 0 0 2 1 1)\""));
    assert!(moved("RelativeTo=\"Page\"").contains("patternTransform=\"translate(-10 -20)\""));
}

#[test]
fn patterns_that_cannot_be_drawn_are_named() {
    for bad in
        ["", "Width=\"2\" Height=\"0\"", "Width=\"2\" Height=\"2\" CTM=\"0 0 0 0 0 0\"", "Width=\"0.001\" Height=\"2\""]
    {
        let picture = patterned(bad).draw();
        assert_eq!(codes(&picture), [(Code::BadValue, "Pattern")], "{bad}");
        assert!(!picture.svg.contains("<pattern"));
    }
    // cells in cells would multiply
    let inner = path(
        "Fill=\"true\"",
        "<ofd:FillColor><ofd:Pattern Width=\"1\" Height=\"1\"><ofd:CellContent/></ofd:Pattern></ofd:FillColor>",
    );
    let outer = format!(
        "<ofd:FillColor><ofd:Pattern Width=\"1\" Height=\"1\"><ofd:CellContent>{inner}</ofd:CellContent></ofd:Pattern></ofd:FillColor>"
    );
    let picture = Made::page(&path("Fill=\"true\"", &outer)).draw();
    assert_eq!(codes(&picture), [(Code::NotDrawn, "Pattern/Pattern")]);
    let gouraud = "<ofd:FillColor><ofd:GouraudShd/></ofd:FillColor>";
    let picture = Made::page(&path("Fill=\"true\" Stroke=\"false\"", gouraud)).draw();
    assert_eq!(codes(&picture), [(Code::NotDrawn, "GouraudShd")]);
}

#[test]
fn clips_cut_and_so_does_the_boundary() {
    let clip = |flag: &str| {
        format!(
            "<ofd:Clips {flag}><ofd:Clip><ofd:Area><ofd:Path Boundary=\"1 2 5 5\"><ofd:AbbreviatedData>M 0 0 L 5 0 L 5 5 C</ofd:AbbreviatedData></ofd:Path></ofd:Area></ofd:Clip></ofd:Clips>"
        )
    };
    let picture = Made::page(&path("CTM=\"1 0 0 1 3 0\"", &clip(""))).draw();
    assert!(
        picture.svg.contains("<path transform=\"translate(1 2)\" d=\"M0 0L5 0L5 5Z\"/></clipPath>"),
        "{}",
        picture.svg
    );
    let picture = Made::page(&path("CTM=\"1 0 0 1 3 0\"", &clip("TransFlag=\"true\""))).draw();
    assert!(picture.svg.contains("<path transform=\"translate(4 2)\" d=\"M0 0L5 0L5 5Z\"/></clipPath>"));
    // within its boundary nothing is cut, beyond it is
    assert!(!Made::page(&path("", "")).draw().svg.contains("clip-path=\"url(#s"));
    let out = path("", "").replace("L 30 10", "L 60 10");
    assert!(Made::page(&out).draw().svg.contains("clip-path=\"url(#s"));
}

#[test]
fn a_picture_fills_what_its_matrix_says() {
    let media = "<ofd:MultiMedias><ofd:MultiMedia ID=\"6\" Type=\"Image\"><ofd:MediaFile>a.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>";
    let object = "<ofd:ImageObject ID=\"3\" Boundary=\"10 20 30 10\" CTM=\"30 0 0 10 0 0\" ResourceID=\"6\"/>";
    let mut made = Made::page(&object.repeat(2)).resources(media);
    made.put("D/a.png", png::square());
    let picture = made.draw();
    assert_eq!(picture.svg.matches("data:image/png;base64,").count(), 1, "once, used twice");
    assert_eq!(picture.svg.matches("<g transform=\"matrix(30 0 0 10 10 20)\"><use href=\"#s").count(), 2);
    assert_eq!(codes(&picture), []);
    made.put("D/a.png", b"II*\0".to_vec());
    let picture = made.draw();
    assert_eq!(codes(&picture), [(Code::ImageKind, "TIFF")]);
    assert!(picture.svg.contains("<use href=\"#x\""));
}

#[test]
fn composite_objects_and_templates_come_in_their_order() {
    let unit = format!(
        "<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID=\"7\" Width=\"10\" Height=\"10\"><ofd:Content>{}</ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>",
        path("LineWidth=\"2\"", "")
    );
    let composite = "<ofd:CompositeObject ID=\"8\" Boundary=\"5 5 50 50\" CTM=\"0.5 0 0 0.5 0 0\" ResourceID=\"7\"/>";
    let drawn = body(&Made::page(composite).resources(&unit));
    assert!(drawn.contains("transform=\"matrix(0.5 0 0 0.5 0 0)\""), "{drawn}");
    assert!(drawn.contains("stroke-width=\"2\""));

    let layered = |order: &str| {
        let page = format!(
            "<ofd:Page NS><ofd:Template TemplateID=\"90\" {order}/><ofd:Content><ofd:Layer ID=\"2\">{}</ofd:Layer></ofd:Content></ofd:Page>",
            path("LineWidth=\"1\"", "")
        );
        let template = format!(
            "<ofd:Page NS><ofd:Content><ofd:Layer ID=\"2\">{}</ofd:Layer></ofd:Content></ofd:Page>",
            path("LineWidth=\"9\"", "")
        );
        let drawn = body(&Made::page("").with("D/P.xml", &page).with("D/T.xml", &template));
        drawn.find("stroke-width=\"9\"").unwrap() < drawn.find("stroke-width=\"1\"").unwrap()
    };
    assert!(layered("") && layered("ZOrder=\"Background\"") && !layered("ZOrder=\"Foreground\""));
}

#[test]
fn the_page_has_its_size() {
    let picture = Made::page("").draw();
    assert_eq!((picture.width_mm, picture.height_mm, picture.is_hatched), (100.0, 50.0, false));
    assert!(picture.svg.starts_with(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"100mm\" height=\"50mm\" viewBox=\"0 0 100 50\">"
    ));
    let own = "<ofd:Page NS><ofd:Area><ofd:PhysicalBox>5 6 70 80</ofd:PhysicalBox></ofd:Area></ofd:Page>";
    let picture = Made::page("").with("D/P.xml", own).draw();
    assert_eq!((picture.width_mm, picture.height_mm), (70.0, 80.0));
    assert!(picture.svg.contains("<g transform=\"translate(-5 -6)\">"));
}
