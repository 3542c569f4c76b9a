//! Pages of made and of genuine documents: where things stand, what is hatched, what
//! no document may bring a picture to hold.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod budgets;
mod corpus;
mod coverage;
mod hostile;
mod places;
mod room;
mod shapes;
mod svg;
mod texts;

use std::sync::LazyLock;
use yinxin_face::Fonts;
use yinxin_testkit::zip::Archive;
use yinxin_trust::{
    anchor::Anchors,
    base::{Limits, Moment},
    ofd::Package,
    verify::{Evidence, Policy, Report, check},
};
use yinxin_view::{Code, PagePicture, Seen, ViewError, ViewLimits, Viewer};

static FONTS: LazyLock<Fonts> = LazyLock::new(Fonts::shipped);

const NS: &str = "xmlns:ofd=\"http://www.ofdspec.org/2016\"";

/// A document of hand-written files.
struct Made(Vec<(String, Vec<u8>)>);

impl Made {
    /// One page of 100 x 50 mm, with these objects.
    fn page(objects: &str) -> Self {
        let content = format!("<ofd:Content><ofd:Layer ID=\"2\">{objects}</ofd:Layer></ofd:Content>");
        Self(Vec::new())
            .with("OFD.xml", "<ofd:OFD NS Version=\"1.0\" DocType=\"OFD\"><ofd:DocBody><ofd:DocRoot>D/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>")
            .with("D/Document.xml", "<ofd:Document NS><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 100 50</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>Res.xml</ofd:PublicRes><ofd:TemplatePage ID=\"90\" BaseLoc=\"T.xml\"/></ofd:CommonData><ofd:Pages><ofd:Page ID=\"1\" BaseLoc=\"P.xml\"/></ofd:Pages></ofd:Document>")
            .with("D/P.xml", &format!("<ofd:Page NS>{content}</ofd:Page>"))
            .with("D/T.xml", "<ofd:Page NS/>")
            .resources("")
    }

    fn with(mut self, name: &str, text: &str) -> Self {
        self.put(name, text.replace("NS", NS).into_bytes());
        self
    }

    fn put(&mut self, name: &str, octets: Vec<u8>) {
        self.0.retain(|(other, _)| other != name);
        self.0.push((name.to_owned(), octets));
    }

    /// What the document's resource file declares, beside the font 5.
    fn resources(self, more: &str) -> Self {
        self.with(
            "D/Res.xml",
            &format!("<ofd:Res NS BaseLoc=\".\"><ofd:Fonts><ofd:Font ID=\"5\" FontName=\"宋体\"/></ofd:Fonts>{more}</ofd:Res>"),
        )
    }

    fn octets(&self) -> Vec<u8> {
        Archive::of(&self.0).to_bytes()
    }

    /// The page as if all were covered.
    fn draw(&self) -> PagePicture {
        draw(&self.octets(), &Seen::default(), ViewLimits::default(), 1).unwrap()
    }
}

fn draw(octets: &[u8], seen: &Seen, limits: ViewLimits, page: usize) -> Result<PagePicture, ViewError> {
    let package = Package::open(&octets, &Limits::default()).unwrap();
    let picture = Viewer::open(&package, &FONTS, seen, limits)?.page(page)?;
    svg::is_harmless(&picture.svg);
    Ok(picture)
}

fn report(octets: &[u8]) -> Report {
    let at = Moment::parse("2026-11-21T00:00:00Z").unwrap();
    check(&octets, &Anchors::not_asked(), &Evidence::default(), &Policy::default(), at).unwrap()
}

fn codes(picture: &PagePicture) -> Vec<(Code, &str)> {
    picture.findings.iter().map(|finding| (finding.code, finding.subject.as_str())).collect()
}

/// What every page of text has in its findings.
const SONG: (Code, &str) = (Code::FontSubstituted, "宋体");
