//! Texts in their boxes: wrapped, shrunk, continued; never lost, never overlapping.

use super::{Shown, bound, pages, sample::Sample, shown, text};
use yinxin_face::DrawOffence;

/// The em boxes of two texts overlap.
fn overlap(first: &Shown, second: &Shown) -> bool {
    let [ax, ay, aw, ah] = first.boundary;
    let [bx, by, bw, bh] = second.boundary;
    ax + aw > bx + 0.01 && bx + bw > ax + 0.01 && ay + ah > by + 0.01 && by + bh > ay + 0.01
}

fn check_pages(sample: &Sample) -> usize {
    let package = sample.draw().package().unwrap();
    let (width, height) = sample.face.page_mm();
    let pages = pages(&package);
    for page in &pages {
        for (index, text) in page.iter().enumerate() {
            let [x, y, w, h] = text.boundary;
            assert!(x >= 0.0 && y >= 0.0 && x + w <= width && y + h <= height, "{text:?}");
            for other in &page[index + 1..] {
                assert!(!overlap(text, other), "{text:?} and {other:?}");
            }
        }
    }
    pages.len()
}

/// Every object of a field, in order.
fn value_on_pages(sample: &Sample, field: &str) -> String {
    let package = sample.draw().package().unwrap();
    let all: Vec<Shown> = (0..)
        .map_while(|number| package.get(&format!("Doc_0/Pages/Page_{number}/Content.xml")).map(|_| number))
        .flat_map(|number| shown(&text(&package, &format!("Doc_0/Pages/Page_{number}/Content.xml"))))
        .collect();
    let (_, objects) = bound(&package).into_iter().find(|(name, _)| name == field).unwrap();
    // what goes on is on several pages once; the rest may stand on each page
    let goes_on = matches!(field, "business_items" | "business_scope" | "qualifications");
    let objects = objects.iter().filter(|(page, _)| goes_on || page == "1");
    objects.map(|(_, id)| all.iter().find(|text| text.id == *id).unwrap().text.as_str()).collect()
}

#[test]
fn a_long_text_wraps_then_shrinks_then_goes_on() {
    let items = |times: usize| Sample::food().with("business_items", &"热食类食品制售，".repeat(times));
    let (mut sizes, mut page_counts) = (Vec::new(), Vec::new());
    for times in [1, 4, 12, 18, 60, 240] {
        let sample = items(times);
        let package = sample.draw().package().unwrap();
        let page = shown(&text(&package, "Doc_0/Pages/Page_0/Content.xml"));
        sizes.push(page.iter().find(|text| text.text.starts_with("热食")).unwrap().size);
        page_counts.push(check_pages(&sample));
        let marked = page.iter().any(|text| text.text == "（续见附页）");
        assert_eq!(marked, page_counts.last() > Some(&1), "{times}");
        assert_eq!(value_on_pages(&sample, "business_items"), "热食类食品制售，".repeat(times), "{times}");
    }
    assert_eq!(sizes[..2], [5.4, 5.4]);
    assert!(sizes[2] < 5.4 && sizes[2] >= sizes[3] && sizes[3] > 3.2, "{sizes:?}");
    assert_eq!(sizes[4..], [3.2, 3.2], "the least size of the style");
    assert_eq!(page_counts[..4], [1, 1, 1, 1]);
    assert!(page_counts[4] == 2 && page_counts[5] >= 2, "{page_counts:?}");
}

/// Lengths by a fixed walk, every field at once.
#[test]
fn nothing_overlaps_and_nothing_is_lost_whatever_the_lengths() {
    const PIECES: &str = "食品销售（含冷藏）、热食类制售；ABC 12号-3室，国家标准《通则》“甲”乙丙丁𬭎。";
    let pieces: Vec<char> = PIECES.chars().collect();
    let mut state = 0x2026_1122_u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let (mut drawn, mut attached) = (0, 0);
    for round in 0..180 {
        let mut sample = match round % 3 {
            0 => Sample::food(),
            1 => Sample::business(),
            _ => Sample::construction(),
        };
        let names: Vec<String> = sample.values.keys().cloned().collect();
        for name in &names {
            if sample.values[name].starts_with("20") {
                continue;
            }
            let longest = match name.as_str() {
                "business_items" | "business_scope" | "qualifications" => 900,
                _ => 18,
            };
            let mut value: String = (0..=next(longest)).map(|_| pieces[next(pieces.len())]).collect();
            value = format!("值{}值", value.trim());
            sample.values.insert(name.clone(), value);
        }
        let fits =
            |offence: &DrawOffence| matches!(offence, DrawOffence::TooLong { .. } | DrawOffence::Uncovered { .. });
        let offences = sample.offences();
        if !offences.is_empty() {
            assert!(offences.iter().all(fits), "{offences:?}");
            continue;
        }
        drawn += 1;
        attached += usize::from(check_pages(&sample) > 1);
        for (name, value) in sample.values.iter().filter(|(_, value)| value.starts_with('值')) {
            assert_eq!(value_on_pages(&sample, name), *value, "{name}");
        }
    }
    assert!(drawn > 100 && attached > 40, "{drawn} drawn, {attached} with attached pages");
}

#[test]
fn text_is_nfc_first() {
    // a compatibility ideograph and a letter with its mark apart
    let sample = Sample::food().with("operator_name", "\u{f90c}何Zoe\u{308}");
    assert_eq!(value_on_pages(&sample, "operator_name"), "\u{5948}何Zo\u{eb}");
}

#[test]
fn a_value_that_is_not_there_leaves_no_trace() {
    let mut sample = Sample::business();
    sample.values.remove("registered_capital");
    let package = sample.draw().package().unwrap();
    assert!(!bound(&package).iter().any(|(name, _)| name == "registered_capital"));
    check_pages(&sample);
}
