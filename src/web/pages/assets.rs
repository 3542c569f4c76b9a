//! Style, script and icon: embedded, named by their content, kept by browsers for a year.

use actix_web::{HttpResponse, http::header, web};
use std::sync::LazyLock;
use yinxin_trust::sm;

struct Asset {
    name: &'static str,
    extension: &'static str,
    media_type: &'static str,
    body: &'static str,
}

const STYLE: &str = concat!(
    include_str!("assets/tokens.css"),
    include_str!("assets/base.css"),
    include_str!("assets/parts.css"),
    include_str!("assets/result.css"),
    include_str!("assets/office.css"),
    include_str!("assets/window.css"),
    include_str!("assets/my.css"),
    include_str!("assets/print.css"),
);

#[cfg(test)]
pub(super) const STYLE_FOR_TESTS: &str = STYLE;

static ASSETS: [Asset; 8] = [
    Asset { name: "yinxin", extension: "css", media_type: "text/css; charset=utf-8", body: STYLE },
    Asset {
        name: "verify",
        extension: "js",
        media_type: "text/javascript; charset=utf-8",
        body: include_str!("assets/verify.js"),
    },
    Asset { name: "mark", extension: "svg", media_type: "image/svg+xml", body: include_str!("assets/mark.svg") },
    Asset {
        name: "window",
        extension: "js",
        media_type: "text/javascript; charset=utf-8",
        body: include_str!("assets/window.js"),
    },
    Asset {
        name: "show",
        extension: "js",
        media_type: "text/javascript; charset=utf-8",
        body: include_str!("assets/show.js"),
    },
    Asset {
        name: "offline",
        extension: "js",
        media_type: "text/javascript; charset=utf-8",
        body: include_str!("assets/offline.js"),
    },
    Asset {
        name: "look",
        extension: "js",
        media_type: "text/javascript; charset=utf-8",
        body: include_str!("assets/look.js"),
    },
    Asset {
        name: "device",
        extension: "js",
        media_type: "text/javascript; charset=utf-8",
        body: include_str!("assets/device.js"),
    },
];

/// `name-hash.extension` of each asset, in order.
static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
    ASSETS
        .iter()
        .map(|a| {
            let digest = hex::encode(sm::sm3::digest(a.body.as_bytes()));
            format!("{}-{}.{}", a.name, digest.get(..12).unwrap_or(&digest), a.extension)
        })
        .collect()
});

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
    address(7)
}

/// Where the script of offline codes is.
pub(super) fn offline_script() -> String {
    address(5)
}

/// Where the script is of the page that offline codes lead to.
pub(super) fn look_script() -> String {
    address(6)
}

/// `GET /assets/{name}`
pub(in crate::web) async fn serve(name: web::Path<String>) -> HttpResponse {
    let found = NAMES.iter().zip(&ASSETS).find(|(known, _)| **known == *name);
    match found {
        Some((_, asset)) => HttpResponse::Ok()
            .content_type(asset.media_type)
            .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .body(asset.body),
        None => HttpResponse::NotFound().finish(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_comes_from_outside() {
        for asset in &ASSETS {
            for outside in ["http://", "https://", "@import", "url("] {
                let body = asset.body.replace("http://www.w3.org/2000/svg", "");
                assert!(!body.contains(outside), "{}: {outside}", asset.name);
            }
        }
        assert!(style().starts_with("/assets/yinxin-") && style().ends_with(".css"));
        assert_ne!(style(), script());
    }
}
