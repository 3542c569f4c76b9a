//! A page with what is seldom on one: fonts of outlines that are programs, pictures in
//! JBIG2, shadings and patterns.

use crate::{
    font::{Cff, characters, measures, program, sfnt},
    jbig2,
    zip::Archive,
};

const NS: &str = "xmlns:ofd=\"http://www.ofdspec.org/2016\"";

/// A frame with a hole, and a round letter.
fn letters() -> Cff {
    let frame = "60 0 @21 880 @6 880 @7 -880 @6 100 -780 @21 680 @7 680 @6 -680 @7 @14";
    let round = "500 0 @21 240 0 200 160 0 240 @8 0 240 -240 160 -200 0 @8 -240 0 -200 -160 0 -240 @8 0 -240 240 -160 200 0 @8 @14";
    let glyphs = [(".notdef", "@14"), ("uni4E00", frame), ("uni4E8C", round)];
    Cff { glyphs: glyphs.map(|(name, words)| (name.to_owned(), program(words))).into(), ..Cff::default() }
}

/// One page of 120 x 90 mm.
pub fn seldom() -> Vec<u8> {
    let letters = letters();
    let mut tables = vec![("CFF ", letters.to_bytes()), ("cmap", characters(&[('一', 1), ('二', 2)]))];
    tables.extend(measures(&[1000; 3]));
    let font = |id: u8, file: &str| {
        format!("<ofd:Font ID=\"{id}\" FontName=\"Made\"><ofd:FontFile>{file}</ofd:FontFile></ofd:Font>")
    };
    let text = |font: u8, at: &str, inside: &str| {
        format!(
            "<ofd:TextObject ID=\"30\" Boundary=\"{at} 50 14\" Font=\"{font}\" Size=\"12\">{inside}<ofd:TextCode X=\"0\" Y=\"12\" DeltaX=\"g 3 13\">一二一</ofd:TextCode></ofd:TextObject>"
        )
    };
    let filled = |at: &str, colour: &str| {
        format!(
            "<ofd:PathObject ID=\"31\" Boundary=\"{at} 24 20\" Fill=\"true\" LineWidth=\"0.2\"><ofd:FillColor>{colour}</ofd:FillColor><ofd:AbbreviatedData>M 0 0 L 24 0 L 24 20 L 0 20 C</ofd:AbbreviatedData></ofd:PathObject>"
        )
    };
    let colours = "<ofd:Segment Position=\"0\"><ofd:Color Value=\"194 48 28\"/></ofd:Segment><ofd:Segment Position=\"1\"><ofd:Color Value=\"20 60 160\"/></ofd:Segment>";
    let axial =
        |more: &str| format!("<ofd:AxialShd StartPoint=\"4 0\" EndPoint=\"20 0\" {more}>{colours}</ofd:AxialShd>");
    let radial = |more: &str| {
        format!(
            "<ofd:RadialShd StartPoint=\"12 10\" EndPoint=\"12 10\" EndRadius=\"10\" {more}>{colours}</ofd:RadialShd>"
        )
    };
    let cell = "<ofd:CellContent><ofd:PathObject ID=\"32\" Boundary=\"0 0 4 4\" Fill=\"true\" Stroke=\"false\"><ofd:FillColor Value=\"20 110 80\"/><ofd:AbbreviatedData>M 0 4 L 4 4 L 4 0 C</ofd:AbbreviatedData></ofd:PathObject></ofd:CellContent>";
    let pattern = |more: &str| format!("<ofd:Pattern Width=\"4\" Height=\"4\" {more}>{cell}</ofd:Pattern>");
    let picture = "<ofd:ImageObject ID=\"33\" Boundary=\"90 4 24 12\" CTM=\"24 0 0 12 0 0\" ResourceID=\"8\"/>";
    let objects = [
        text(6, "4 4", ""),
        text(7, "4 20", &format!("<ofd:FillColor>{}</ofd:FillColor>", axial("Extend=\"3\""))),
        picture.to_owned(),
        filled("4 40", &axial("")),
        filled("32 40", &axial("MapType=\"Reflect\" MapUnit=\"4\"")),
        filled("60 40", &radial("Extend=\"2\"")),
        filled("88 40", &radial("Eccentricity=\"0.8\" Angle=\"30\"")),
        filled("4 65", &pattern("")),
        filled("32 65", &pattern("XStep=\"5\" YStep=\"5\" ReflectMethod=\"RowAndColumn\"")),
        filled("60 65", &pattern("CTM=\"0.7 0.7 -0.7 0.7 0 0\"")),
        filled("88 65", &pattern("RelativeTo=\"Page\" ReflectMethod=\"Column\"")),
    ]
    .concat();
    let files = [
        (
            "OFD.xml",
            format!(
                "<ofd:OFD {NS} Version=\"1.0\" DocType=\"OFD\"><ofd:DocBody><ofd:DocRoot>D/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
            ),
        ),
        (
            "D/Document.xml",
            format!(
                "<ofd:Document {NS}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 120 90</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>Res.xml</ofd:PublicRes></ofd:CommonData><ofd:Pages><ofd:Page ID=\"1\" BaseLoc=\"P.xml\"/></ofd:Pages></ofd:Document>"
            ),
        ),
        (
            "D/Res.xml",
            format!(
                "<ofd:Res {NS} BaseLoc=\".\"><ofd:Fonts>{}{}</ofd:Fonts><ofd:MultiMedias><ofd:MultiMedia ID=\"8\" Type=\"Image\"><ofd:MediaFile>a.jb2</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>",
                font(6, "a.otf"),
                font(7, "a.cff")
            ),
        ),
        (
            "D/P.xml",
            format!("<ofd:Page {NS}><ofd:Content><ofd:Layer ID=\"2\">{objects}</ofd:Layer></ofd:Content></ofd:Page>"),
        ),
    ];
    let mut files: Vec<(String, Vec<u8>)> =
        files.into_iter().map(|(name, text)| (name.to_owned(), text.into_bytes())).collect();
    files.push(("D/a.otf".to_owned(), sfnt(*b"OTTO", &tables)));
    files.push(("D/a.cff".to_owned(), letters.to_bytes()));
    files.push(("D/a.jb2".to_owned(), jbig2::halves()));
    Archive::of(&files).to_bytes()
}
