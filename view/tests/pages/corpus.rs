//! Every file of the given corpus, and octets of it changed: drawn within bounds, never
//! with anything in the picture that may not stand there.

use super::{FONTS, report, svg};
use std::{fs, path::PathBuf, time::Instant};
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

/// What genuine files hold is drawn but for what is known not to be.
#[test]
fn genuine_files_lose_nothing_unsaid() {
    let known = |code: Code, subject: &str| match code {
        Code::FontSubstituted | Code::FileNotRead | Code::ResourceMissing | Code::Uncovered | Code::StampNotShown => {
            true
        }
        Code::ImageKind => subject == "JBIG2",
        Code::GlyphMissing => subject == "U+24E7",
        _ => false,
    };
    for file in files().iter().filter(|file| file.to_string_lossy().contains("/real/")) {
        let octets = fs::read(file).unwrap();
        let seen = Seen::of(&report(&octets));
        let Ok(package) = Package::open(&octets, &Limits::default()) else { continue };
        let viewer = Viewer::open(&package, &FONTS, &seen, ViewLimits::default()).unwrap();
        for number in 1..=viewer.pages().min(3) {
            for finding in viewer.page(number).unwrap().findings {
                assert!(known(finding.code, &finding.subject), "{}: {finding:?}", file.display());
            }
        }
    }
}

/// A small generator, so that a failure can be repeated.
struct Noise(u64);

impl Noise {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % below.max(1)
    }
}

/// Entries unpacked, one of them changed in a few octets, packed again.
#[test]
fn changed_octets_bring_no_panic() {
    use yinxin_testkit::zip::{Archive, Entry, Method};
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
