//! What is not protected is hatched, and the seals of stamps that hold are drawn.

use super::{Code, draw, report};
use yinxin_testkit::{
    ofd::{Annotation, Document, Line, Package, Plan, Text},
    pki::{Period, Pki},
    seal::{Seal, Stamp, Version},
};
use yinxin_trust::verify::Verdict;
use yinxin_view::{PagePicture, Seen, ViewLimits};

fn text(text: &str, y: f64) -> Text {
    Text { x: 20.0, y, size: 5.0, colour: (0, 0, 0), text: text.to_owned() }
}

/// A page with a template, stamped but for some files.
fn stamped(uncovered: &[&str], damage: impl FnOnce(&mut Package)) -> (Vec<u8>, Seen, Verdict) {
    stamped_by(|_| {}, &["150 90 40 40"], uncovered, damage)
}

/// The same by a seal that is changed, shown in several places.
fn stamped_by(
    change: impl FnOnce(&mut Seal),
    boundaries: &[&str],
    uncovered: &[&str],
    damage: impl FnOnce(&mut Package),
) -> (Vec<u8>, Seen, Verdict) {
    let pki = Pki::new("view", "演示机关", Period::years(2024, 2035));
    let at = yinxin_testkit::moment("2026-06-01T00:00:00Z");
    let line = |path: &str| Line { path: path.to_owned(), width: 0.5, colour: (0, 0, 0) };
    let lines = vec![line("M 10 60 L 100 60"), line("M 10 70 L 100 70 L 100 90 L 10 90 C")];
    let document = Document {
        title: "t".to_owned(),
        created: "2026-06-01".to_owned(),
        page: (210, 140),
        pages: vec![vec![text("正文", 30.0)]],
        lines: Vec::new(),
        template: Some((vec![text("模板", 50.0)], lines)),
        custom_datas: Vec::new(),
        attachments: Vec::new(),
        signatures: true,
    };
    let mut package = document.package();
    let mut seal = Seal::of(Version::V4, &pki);
    change(&mut seal);
    let seal = seal.make();
    let shown = |boundary: &&str| Annotation { page: 10, boundary: (*boundary).to_owned() };
    let plan = Plan {
        uncovered: uncovered.iter().map(|name| (*name).to_owned()).collect(),
        annotations: boundaries.iter().map(shown).collect(),
        ..Plan::at(at)
    };
    package.stamp(&plan, &Stamp::new(Version::V4, seal, &pki.stamper, at));
    damage(&mut package);
    let octets = package.to_bytes();
    let report = report(&octets);
    (octets, Seen::of(&report), report.verdict)
}

fn picture(uncovered: &[&str]) -> PagePicture {
    let (octets, seen, _) = stamped(uncovered, |_| {});
    draw(&octets, &seen, ViewLimits::default(), 1).unwrap()
}

const SEAL: &str = "transform=\"matrix(40 0 0 40 150 90)\"";

#[test]
fn all_covered_is_not_hatched_and_shows_its_seal() {
    let whole = picture(&[]);
    assert!(!whole.is_hatched && whole.height_mm == 140.0 && !whole.svg.contains("<pattern"));
    assert!(whole.svg.contains("data:image/png;base64,") && whole.svg.contains(SEAL));
}

#[test]
fn a_page_that_no_signature_covers_is_hatched_whole() {
    let page = picture(&["Doc_0/Pages/Page_0/Content.xml"]);
    assert!(page.is_hatched && page.svg.contains("d=\"M0 0h210v140h-210z\""));
    assert_eq!(page.height_mm, 150.0, "with the words below it");
    let uncovered: Vec<_> = page.findings.iter().filter(|finding| finding.code == Code::Uncovered).collect();
    assert_eq!(uncovered[0].subject, "Doc_0/Pages/Page_0/Content.xml");
    assert!(picture(&["Doc_0/Document.xml"]).svg.contains("d=\"M0 0h210v140h-210z\""));
}

/// A page that is too full to say that it is not protected would be a way to hide it.
#[test]
fn the_words_below_a_page_stand_however_full_it_is() {
    let (octets, seen, _) = stamped(&["Doc_0/Pages/Page_0/Content.xml"], |_| {});
    let words = |limits: ViewLimits| {
        let picture = draw(&octets, &seen, limits, 1).unwrap();
        let (_, words) = picture.svg.split_once("fill=\"#5f3c00\"").unwrap();
        assert!(picture.is_hatched && picture.svg.contains("d=\"M0 0h210v140h-210z\""));
        (words.matches("<use href").count(), picture.is_cut)
    };
    let (whole, is_cut) = words(ViewLimits::default());
    assert!(whole > 40 && !is_cut, "{whole}");
    assert_eq!(words(ViewLimits { svg_bytes: 0, ..ViewLimits::default() }), (whole, true));
    assert_eq!(words(ViewLimits { svg_bytes: 2000, ..ViewLimits::default() }), (whole, true));
    assert_eq!(words(ViewLimits { path_steps: 0, ..ViewLimits::default() }), (whole, false));
}

#[test]
fn of_a_template_or_resource_what_it_shows_is_hatched() {
    let template = picture(&["Doc_0/Tpls/Tpl_0/Content.xml"]);
    assert!(template.is_hatched);
    let boxes = |picture: &PagePicture| {
        // of all paths that are used again, only that of the boxes is drawn in steps across and down
        let paths = picture.svg.split("<path id=\"s").skip(1).map(|rest| rest.split_once("/>").unwrap().0);
        paths
            .filter(|path| path.contains('h') && path.contains('v'))
            .map(|path| path.matches('z').count())
            .sum::<usize>()
    };
    // its text, its line, and the four edges of its frame; neither what is in the frame nor the text of the page
    assert_eq!(boxes(&template), 6);
    // without the resource file no font is what it was: all text
    let resources = picture(&["Doc_0/PublicRes.xml"]);
    assert!(resources.is_hatched);
    assert!(picture(&["OFD.xml"]).svg == picture(&[]).svg, "which document is opened does not change what is drawn");
}

#[test]
fn a_stamp_that_does_not_hold_shows_no_seal() {
    let page = "Doc_0/Pages/Page_0/Content.xml";
    let (octets, seen, verdict) = stamped(&[], |package| package.edit(page, |octets| [octets, b" "].concat()));
    assert_eq!(verdict, Verdict::Invalid);
    let picture = draw(&octets, &seen, ViewLimits::default(), 1).unwrap();
    assert!(picture.findings.iter().any(|finding| finding.code == Code::StampNotShown));
    assert!(!picture.svg.contains("data:image") && picture.is_hatched);
}

/// A seal that is an OFD is read wherever it is shown, and counts for what it may unpack to.
#[test]
fn seals_that_are_pages_are_paid_for() {
    let change = |seal: &mut Seal| {
        (seal.picture_type, seal.picture) = ("OFD".to_owned(), yinxin_testkit::drawn::seldom());
    };
    let seals = |count: usize, limits: ViewLimits| {
        let (octets, seen, _) = stamped_by(change, &vec!["150 90 40 40"; count], &[], |_| {});
        let picture = draw(&octets, &seen, limits, 1).unwrap();
        let is = |code: Code| picture.findings.iter().any(|finding| finding.code == code);
        (picture.svg.matches("<pattern ").count() / 4, is(Code::TooManyObjects), is(Code::TooLarge))
    };
    assert_eq!(seals(2, ViewLimits::default()), (2, false, false));
    assert_eq!(seals(20, ViewLimits { objects: 5_000, ..ViewLimits::default() }), (4, true, false));
    let (drawn, objects, large) = seals(20, ViewLimits { svg_bytes: 60_000, ..ViewLimits::default() });
    assert!(drawn < 20 && !objects && large, "{drawn}");
}

#[test]
fn without_a_report_nothing_holds() {
    let (octets, _, _) = stamped(&[], |_| {});
    let picture = draw(&octets, &Seen::default(), ViewLimits::default(), 1).unwrap();
    assert!(!picture.svg.contains("data:image"));
}
