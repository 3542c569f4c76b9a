//! Every file of the given corpus, and octets of it changed: drawn within bounds, never
//! with anything in the picture that may not stand there.

use super::{FONTS, report, svg};
use std::{collections::BTreeSet, fs, path::PathBuf, time::Instant};
use yinxin_testkit::shared;
use yinxin_trust::{
    anchor::Anchors,
    base::{Limits, Moment},
    ofd::Package,
    verify::{Evidence, Policy, check},
};
use yinxin_view::{Code, Seen, ViewLimits, Viewer};

fn files() -> Vec<PathBuf> {
    let Some(shared) = shared() else { return Vec::new() };
    let mut found: Vec<PathBuf> = ["real", "mutated"]
        .iter()
        .flat_map(|folder| fs::read_dir(shared.join("corpus").join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "ofd"))
        .collect();
    found.sort();
    found
}

/// How many pages were drawn.
fn drawn(octets: &[u8], seen: &Seen, most: usize) -> usize {
    let Ok(package) = Package::open(&octets, &Limits::default()) else { return 0 };
    let Ok(viewer) = Viewer::open(&package, &FONTS, seen, ViewLimits::default()) else { return 0 };
    let pages = viewer.pages().min(most);
    for number in 1..=pages {
        let page = viewer.page(number).unwrap();
        svg::is_harmless(&page.svg);
        assert!(page.svg.len() < 8 << 20 && page.findings.len() <= 200);
        for finding in &page.findings {
            let sentence = finding.sentence();
            assert!(!sentence.zh.contains("{}") && !sentence.en.contains("{}"));
        }
    }
    pages
}

#[test]
fn every_file_is_drawn() {
    let files = files();
    let (mut pages, mut documents) = (0, 0);
    for file in &files {
        let octets = fs::read(file).unwrap();
        let at = Moment::parse("2026-11-21T00:00:00Z").unwrap();
        let report = check(&octets, &Anchors::not_asked(), &Evidence::default(), &Policy::default(), at);
        let seen = report.map(|report| Seen::of(&report)).unwrap_or_default();
        let begun = Instant::now();
        let drawn = drawn(&octets, &seen, 8);
        assert!(begun.elapsed().as_secs() < 20, "{}", file.display());
        (pages, documents) = (pages + drawn, documents + usize::from(drawn > 0));
    }
    assert!(files.is_empty() || (documents >= 60 && pages >= 100), "{documents} documents, {pages} pages");
}

/// Pictures to be looked at, where a folder for them is named.
fn keep(name: &str, svg: &str) {
    if let Some(folder) = std::env::var_os("YINXIN_KEEP_PICTURES") {
        fs::write(PathBuf::from(folder).join(name), svg).unwrap();
    }
}

/// Fonts of programs, pictures of two colours, shadings and patterns, of which genuine files have few or none.
#[test]
fn what_is_seldom_is_drawn() {
    let octets = yinxin_testkit::drawn::seldom();
    let picture = super::draw(&octets, &Seen::default(), ViewLimits::default(), 1).unwrap();
    assert_eq!(super::codes(&picture), []);
    for (element, times) in [("<pattern", 4), ("<linearGradient", 3), ("<radialGradient", 2), ("data:image/png", 1)] {
        assert_eq!(picture.svg.matches(element).count(), times, "{element}");
    }
    keep("seldom.svg", &picture.svg);
}

/// All that genuine files lose on their first three pages: fonts that they name and do not carry, one character, and what
/// they refer to and do not have.
const LOST: &[(Code, &str)] = &[
    (Code::FontSubstituted, "Courier New"),
    (Code::FontSubstituted, "KaiTi"),
    (Code::FontSubstituted, "SimSun"),
    (Code::FontSubstituted, "simsun"),
    (Code::FontSubstituted, "仿宋_GB2312"),
    (Code::FontSubstituted, "宋体"),
    (Code::FontSubstituted, "幼圆"),
    (Code::FontSubstituted, "方正小标宋简体"),
    (Code::FontSubstituted, "楷体"),
    (Code::FontSubstituted, "等线"),
    (Code::FontSubstituted, "黑体"),
    (Code::GlyphMissing, "U+24E7"),
    (Code::FileNotRead, "PublicRes.xml"),
    (Code::FileNotRead, "TPLS/Tpl_0/Content.xml"),
    (Code::ResourceMissing, "DrawParam 4"),
    (Code::ResourceMissing, "DrawParam 602"),
    (Code::ResourceMissing, "MediaFile "),
    (Code::ResourceMissing, "MultiMedia "),
    (Code::ResourceMissing, "TemplatePage 2"),
];

/// What genuine files hold is drawn but for what is known not to be.
#[test]
fn genuine_files_lose_nothing_unsaid() {
    let mut lost = BTreeSet::new();
    for file in files().iter().filter(|file| file.to_string_lossy().contains("/real/")) {
        let octets = fs::read(file).unwrap();
        let seen = Seen::of(&report(&octets));
        let Ok(package) = Package::open(&octets, &Limits::default()) else { continue };
        let viewer = Viewer::open(&package, &FONTS, &seen, ViewLimits::default()).unwrap();
        for number in 1..=viewer.pages().min(3) {
            let page = viewer.page(number).unwrap();
            keep(&format!("{}-{number}.svg", file.file_stem().unwrap().display()), &page.svg);
            for finding in page.findings {
                let (code, subject) = (finding.code, finding.subject.as_str());
                // what the verification says of a file, which other tests hold
                if !matches!(code, Code::Uncovered | Code::StampNotShown) {
                    assert!(LOST.contains(&(code, subject)), "{}: {finding:?}", file.display());
                    lost.insert((code.as_str(), subject.to_owned()));
                }
            }
        }
    }
    // and none of it is told for nothing
    assert!(lost.is_empty() || lost.len() == LOST.len(), "{lost:?}");
}

/// Entries unpacked, one of them changed in a few octets, packed again.
#[test]
fn changed_octets_bring_no_panic() {
    use yinxin_testkit::{
        noise::Noise,
        zip::{Archive, Entry, Method},
    };
    let mut noise = Noise(7);
    for name in [
        "invoice-zhejiang-2020",
        "versions-shadow-2022",
        "receipt-ceb-2022-03",
        "tender-v1-2022",
        "rail-ticket-reissue-2022",
    ] {
        let Some(file) = files().into_iter().find(|file| file.ends_with(format!("{name}.ofd"))) else { return };
        let octets = fs::read(file).unwrap();
        let package = Package::open(&octets, &Limits::default()).unwrap();
        let entries: Vec<(String, Vec<u8>)> =
            package.names().map(|name| (name.to_owned(), package.read(name).unwrap().to_vec())).collect();
        for _ in 0..60 {
            let mut changed = entries.clone();
            let entry = noise.next(changed.len());
            let data = &mut changed[entry].1;
            for _ in 0..=noise.next(6) {
                let at = noise.next(data.len());
                match noise.next(4) {
                    0 => data.truncate(at),
                    1 => data.insert(at.min(data.len()), b"0123456789.- \"<>/"[noise.next(17)]),
                    _ => data.iter_mut().skip(at).take(1).for_each(|octet| *octet ^= 1 << noise.next(8)),
                }
            }
            let entries = changed.into_iter().map(|(name, data)| Entry::new(&name, data, Method::Stored)).collect();
            let octets = Archive { entries, ..Archive::default() }.to_bytes();
            drawn(&octets, &Seen::default(), 2);
        }
    }
}
