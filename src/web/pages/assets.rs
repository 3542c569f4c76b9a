//! Style, scripts and icons: embedded, named by their content, kept by browsers for a year.
//!
//! The scripts are built from `pages/src` (TypeScript) into `assets/built`; `ci.sh` builds them anew and holds
//! them against what stands there (ADR 52). Style and scripts go out compressed to whoever takes that: they hold nothing of anybody,
//! so that their length tells nothing. Pages hold tokens and never do.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderMap},
    web,
};
use flate2::{Compression, write::GzEncoder};
use std::{io::Write as _, sync::LazyLock};
use yinxin_trust::sm;

struct Asset {
    name: &'static str,
    extension: &'static str,
    media_type: &'static str,
    body: &'static [u8],
}

/// Built of the style sheets beside it (`pages/build.mjs`).
const STYLE: &str = include_str!("assets/built/yinxin.css");

#[cfg(test)]
pub(super) const STYLE_FOR_TESTS: &str = STYLE;
#[cfg(test)]
pub(super) const SCRIPT_FOR_TESTS: &str = include_str!("assets/built/verify.js");

/// What stands between the pages of the window and the network; it has an address of its own, since a browser
/// asks for it again and again.
pub(super) const WORKER: &str = include_str!("assets/built/worker.js");

const fn script_of(name: &'static str, body: &'static str) -> Asset {
    Asset { name, extension: "js", media_type: "text/javascript; charset=utf-8", body: body.as_bytes() }
}

static ASSETS: [Asset; 13] = [
    Asset { name: "yinxin", extension: "css", media_type: "text/css; charset=utf-8", body: STYLE.as_bytes() },
    script_of("verify", include_str!("assets/built/verify.js")),
    Asset { name: "mark", extension: "svg", media_type: "image/svg+xml", body: include_bytes!("assets/mark.svg") },
    script_of("window", include_str!("assets/built/window.js")),
    script_of("show", include_str!("assets/built/show.js")),
    script_of("offline", include_str!("assets/built/offline.js")),
    script_of("look", include_str!("assets/built/look.js")),
    script_of("apart", include_str!("assets/built/apart.js")),
    script_of("verifier", include_str!("assets/built/verifier.js")),
    Asset { name: "mark-192", extension: "png", media_type: "image/png", body: include_bytes!("assets/mark-192.png") },
    Asset { name: "mark-512", extension: "png", media_type: "image/png", body: include_bytes!("assets/mark-512.png") },
    script_of("scanner", include_str!("assets/built/scanner.js")),
    script_of("device", include_str!("assets/built/device.js")),
];

/// `name-hash.extension` of each asset, in order.
static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
    ASSETS
        .iter()
        .map(|a| {
            let digest = hex::encode(sm::sm3::digest(a.body));
            format!("{}-{}.{}", a.name, digest.get(..12).unwrap_or(&digest), a.extension)
        })
        .collect()
});

/// Each asset that is a text, compressed once.
static COMPRESSED: LazyLock<Vec<Option<Vec<u8>>>> = LazyLock::new(|| {
    let one = |asset: &Asset| {
        let mut to = GzEncoder::new(Vec::new(), Compression::best());
        let is_text = asset.extension != "png";
        is_text.then(|| to.write_all(asset.body).and_then(|()| to.finish()).ok()).flatten()
    };
    ASSETS.iter().map(one).collect()
});

/// Whether a client says that it takes what is compressed by gzip.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::ACCEPT_ENCODING).filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.trim();
        let is_refused = weight.strip_prefix("q=").is_some_and(|q| q.chars().all(|c| matches!(c, '0' | '.')));
        name.trim().eq_ignore_ascii_case("gzip") && !is_refused
    })
}

fn address(index: usize) -> String {
    NAMES.get(index).map(|name| format!("/assets/{name}")).unwrap_or_default()
}

/// Where the style sheet is.
pub(super) fn style() -> String {
    address(0)
}

/// Where the script is.
pub(super) fn script() -> String {
    address(1)
}

/// Where the icon is.
pub(super) fn icon() -> String {
    address(2)
}

/// Where the script of the window is.
pub(super) fn window_script() -> String {
    address(3)
}

/// Where the script of the page is that shows a code.
pub(super) fn show_script() -> String {
    address(4)
}

/// Where the script of devices is.
pub(super) fn device_script() -> String {
    address(12)
}

/// Where the script of offline codes is.
pub(super) fn offline_script() -> String {
    address(5)
}

/// Where the script is of the page that offline codes lead to.
pub(super) fn look_script() -> String {
    address(6)
}

/// Where the script is of the window without a network.
pub(super) fn apart_script() -> String {
    address(7)
}

/// Where the script is that reads codes and verifies their signatures; a page loads it when it needs it.
pub(super) fn verifier_script() -> String {
    address(8)
}

/// Where the script is that reads codes in pictures of a camera; a page loads it when it needs it.
pub(super) fn scanner_script() -> String {
    address(11)
}

/// Where the icons are of an installed page, with the pixels of a side.
pub(super) fn large_icons() -> [(u16, String); 2] {
    [(192, address(9)), (512, address(10))]
}

/// `GET /assets/{name}`
pub(in crate::web) async fn serve(request: HttpRequest, name: web::Path<String>) -> HttpResponse {
    let found = NAMES.iter().zip(&ASSETS).zip(COMPRESSED.iter()).find(|((known, _), _)| **known == *name);
    let Some(((_, asset), compressed)) = found else { return HttpResponse::NotFound().finish() };
    let mut answer = HttpResponse::Ok();
    answer
        .content_type(asset.media_type)
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::VARY, "Accept-Encoding"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
    match compressed {
        Some(compressed) if takes_gzip(request.headers()) => {
            answer.insert_header((header::CONTENT_ENCODING, "gzip")).body(compressed.as_slice())
        }
        _ => answer.body(asset.body),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    #[test]
    fn texts_are_compressed_for_whoever_takes_that() {
        for (asset, compressed) in ASSETS.iter().zip(COMPRESSED.iter()) {
            let Some(compressed) = compressed else {
                assert_eq!(asset.extension, "png");
                continue;
            };
            let mut whole = Vec::new();
            flate2::read::GzDecoder::new(&**compressed).read_to_end(&mut whole).unwrap();
            assert_eq!(whole, asset.body, "{}", asset.name);
        }
        let takes = |text: &str| {
            let line = (header::ACCEPT_ENCODING, header::HeaderValue::from_str(text).unwrap());
            takes_gzip(&HeaderMap::from_iter([line]))
        };
        for text in ["gzip", "deflate, gzip;q=0.5, br", "GZIP", "gzip; q=1.0"] {
            assert!(takes(text), "{text}");
        }
        for text in ["", "identity", "gzip;q=0", "gzip; q=0.000", "br", "*", "xgzip"] {
            assert!(!takes(text), "{text}");
        }
    }

    /// Octets of what a page loads when it needs it, at most.
    const LAZY: usize = 250_000;

    #[test]
    fn nothing_comes_from_outside() {
        for asset in ASSETS.iter().filter(|asset| asset.extension != "png") {
            let body = str::from_utf8(asset.body).expect("a text");
            for outside in ["http://", "https://", "@import", "url("] {
                let body = body.replace("http://www.w3.org/2000/svg", "");
                // what a scanned text is read as, and no address of anything
                let body = if asset.name == "verifier" { body.replace("`https://${", "") } else { body };
                assert!(!body.contains(outside), "{}: {outside}", asset.name);
            }
        }
        assert!(style().starts_with("/assets/yinxin-") && style().ends_with(".css"));
        assert_ne!(style(), script());
    }

    #[test]
    fn each_address_is_that_of_its_name() {
        for (address, name) in [
            (icon(), "mark-"),
            (window_script(), "window-"),
            (show_script(), "show-"),
            (offline_script(), "offline-"),
            (look_script(), "look-"),
            (apart_script(), "apart-"),
            (verifier_script(), "verifier-"),
            (scanner_script(), "scanner-"),
        ] {
            assert!(address.starts_with(&format!("/assets/{name}")), "{address}");
        }
        let [(small, first), (large, second)] = large_icons();
        assert!(first.contains(&small.to_string()) && second.contains(&large.to_string()));
    }

    #[test]
    fn what_is_lazy_is_light() {
        for name in ["verifier", "scanner"] {
            let weight = ASSETS.iter().find(|asset| asset.name == name).map(|asset| asset.body.len());
            assert!(weight.is_some_and(|octets| octets < LAZY), "{name}: {weight:?}");
        }
    }

    /// A policy without `unsafe-eval` lets no text become a script, and these say nothing that it would stop.
    #[test]
    fn scripts_need_no_more_than_the_policy_gives() {
        for asset in ASSETS.iter().filter(|asset| asset.extension == "js") {
            let body = str::from_utf8(asset.body).expect("a text");
            for banned in ["eval(", "new Function", "innerHTML", "outerHTML", "insertAdjacentHTML", "WebAssembly"] {
                assert!(!body.contains(banned), "{}: {banned}", asset.name);
            }
        }
    }
}
