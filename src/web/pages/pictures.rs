//! The pages of a document, as pictures within the page: nothing of it is kept to be asked for again. A page that has
//! both languages holds each picture once (`sheets.html`), and shows it in either (`figures.html`).

use super::prefs::Lang;
use crate::flow::view::{DrawnPages, Wanted};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::collections::BTreeSet;
use yinxin_view::{Code, PagePicture};

/// What is drawn for a visitor.
pub(in crate::web) const WANTED: Wanted = Wanted { first: 1, pages: 3, svg_bytes: 768 << 10 };
/// What is drawn of each file that is brought to a window: as many as eight come at once.
pub(in crate::web) const AT_WINDOW: Wanted = Wanted { first: 1, pages: 2, svg_bytes: 384 << 10 };
/// Sides of the place of a photograph, CSS pixels.
const PORTRAIT: (u32, u32) = (90, 120);
/// Notes that are shown.
const NOTES: usize = 12;

/// The pictures of a document in one language.
pub(super) struct Pictures {
    pub(super) figures: Vec<Figure>,
    /// Pages that are not drawn.
    pub(super) more: usize,
    /// What is not drawn as it stands.
    pub(super) notes: Vec<String>,
    pub(super) is_hatched: bool,
}

/// One picture, which stands once.
pub(super) struct Sheet {
    pub(super) id: String,
    /// A data address: a browser runs no script in it and loads nothing for it.
    pub(super) address: String,
    /// Sides in CSS pixels.
    pub(super) width: u32,
    pub(super) height: u32,
}

/// One page.
pub(super) struct Figure {
    /// Its [`Sheet`].
    pub(super) id: String,
    pub(super) caption: String,
    /// What the picture is, for who does not see it.
    pub(super) alt: String,
    /// Sides in CSS pixels, so that the page does not move when it is there.
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) is_hatched: bool,
}

/// The pictures of the document of a number within the page.
pub(super) fn sheets(drawn: &DrawnPages, document: usize) -> Vec<Sheet> {
    let sheet = |page: &PagePicture| Sheet {
        id: id(document, page.number),
        address: format!("data:image/svg+xml;base64,{}", STANDARD.encode(&page.svg)),
        width: pixels(page.width_mm),
        height: pixels(page.height_mm),
    };
    drawn.pages.iter().map(sheet).collect()
}

/// The photograph of the holder of a licence of a number within the page.
pub(super) fn portrait(octets: &[u8], document: usize) -> Sheet {
    let kind = if octets.starts_with(b"\x89PNG") { "png" } else { "jpeg" };
    let address = format!("data:image/{kind};base64,{}", STANDARD.encode(octets));
    Sheet { id: portrait_id(document), address, width: PORTRAIT.0, height: PORTRAIT.1 }
}

/// Where it stands.
pub(super) fn portrait_id(document: usize) -> String {
    format!("portrait-{document}")
}

fn id(document: usize, page: usize) -> String {
    format!("picture-{document}-{page}")
}

fn pixels(mm: f64) -> u32 {
    (mm / 25.4 * 96.0).round().clamp(1.0, 20_000.0) as u32
}

impl Pictures {
    /// Those of [`sheets`] of the same number; `None` where nothing was drawn.
    pub(super) fn of(drawn: &DrawnPages, document: usize, lang: Lang) -> Option<Self> {
        if drawn.of == 0 {
            return None;
        }
        let figures = drawn.pages.iter().map(|page| {
            let caption = match lang {
                Lang::Zh => format!("第 {} 页，共 {} 页", page.number, drawn.of),
                Lang::En => format!("Page {} of {}", page.number, drawn.of),
            };
            let what = lang.t("文件页面的图像", "Picture of the document");
            let hatched = lang.t("，斜线部分未被签章保护", "; what is hatched is not protected by a seal");
            let alt = format!("{what}：{caption}{}", if page.is_hatched { hatched } else { "" });
            Figure {
                id: id(document, page.number),
                caption,
                alt: if lang == Lang::En { alt.replace('：', ": ") } else { alt },
                width: pixels(page.width_mm),
                height: pixels(page.height_mm),
                is_hatched: page.is_hatched,
            }
        });
        // what is not protected has a list of its own on the page
        let findings = drawn.pages.iter().flat_map(|page| &page.findings).filter(|f| f.code != Code::Uncovered);
        let mut told = BTreeSet::new();
        let notes = findings.map(|finding| finding.sentence()).map(|both| lang.t(&both.zh, &both.en).to_owned());
        let notes = notes.filter(|note| told.insert(note.clone())).take(NOTES).collect();
        Some(Self {
            figures: figures.collect(),
            more: drawn.of.saturating_sub(drawn.pages.len()),
            notes,
            is_hatched: drawn.pages.iter().any(|page| page.is_hatched),
        })
    }
}
