//! Pages of any package: drawn within bounds, and nothing in the picture that may not
//! stand there.
#![no_main]

#[path = "../../view/tests/pages/svg.rs"]
mod svg;

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use yinxin_face::Fonts;
use yinxin_trust::{base::Limits, ofd::Package};
use yinxin_view::{Seen, ViewLimits, Viewer};

static FONTS: LazyLock<Fonts> = LazyLock::new(Fonts::shipped);

fuzz_target!(|octets: &[u8]| {
    let limits = Limits {
        package_entries: 256,
        entry_inflated_bytes: 4 << 20,
        total_inflated_bytes: 8 << 20,
        ratio_floor_bytes: 1 << 20,
        xml_bytes: 1 << 20,
        xml_nodes: 20_000,
        signatures: 16,
        references: 2_000,
        ..Limits::default()
    };
    let most = ViewLimits {
        elements: 5_000,
        objects: 2_000,
        path_steps: 50_000,
        glyphs: 5_000,
        svg_bytes: 1 << 20,
        ..ViewLimits::default()
    };
    let Ok(package) = Package::open(&octets, &limits) else { return };
    let seen = Seen::default();
    let Ok(viewer) = Viewer::open(&package, &FONTS, &seen, most) else { return };
    for number in 1..=viewer.pages().min(2) {
        let page = viewer.page(number).expect("there is such a page");
        svg::is_harmless(&page.svg);
        // what holds a page together, hatching and the words below it come on top
        assert!(page.svg.len() < 2 << 20, "{} octets", page.svg.len());
        assert!(page.width_mm.is_finite() && page.height_mm <= 5_100.0);
    }
});
