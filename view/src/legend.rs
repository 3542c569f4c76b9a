//! What is not protected, hatched, and the words that say so below the page: never by
//! colour alone.

use crate::{
    canvas::{Canvas, EM},
    geometry::{Matrix, Rect},
    svg::Svg,
};
use core::fmt::Write as _;

/// Amber, as the design language has it for what wants care.
const LINE: &str = "#b06f00";
/// Height of the strip below the page, millimetres.
const STRIP: f64 = 10.0;
/// Size of its words, millimetres.
const SIZE: f64 = 3.6;

const PART: &str = "斜线部分未被签章保护  Hatched: not protected by a seal";
const WHOLE: &str = "整页未被签章保护  The whole page is not protected by a seal";

#[derive(Default)]
pub(crate) struct Legend {
    /// Over the page.
    pub(crate) hatching: String,
    /// Below it.
    pub(crate) words: String,
    /// Millimetres added below the page.
    pub(crate) height: f64,
}

pub(crate) fn draw(canvas: &mut Canvas<'_>, width: f64, height: f64) -> Legend {
    let pattern = canvas.define_ours(|defs, number| {
        let _ = write!(
            defs.0,
            "<pattern id=\"s{number}\" width=\"2.4\" height=\"2.4\" patternUnits=\"userSpaceOnUse\" \
             patternTransform=\"rotate(45)\"><path d=\"M.6 0V2.4\" stroke=\"{LINE}\" stroke-width=\".45\"/></pattern>"
        );
    });
    let mut shape = Svg::default();
    if canvas.is_whole_hatched {
        shape.rect_path(Rect { x: 0.0, y: 0.0, w: width, h: height });
    } else {
        for rect in core::mem::take(&mut canvas.hatched) {
            shape.rect_path(rect);
        }
    }
    let area = canvas.define_ours(|defs, number| {
        let _ = write!(defs.0, "<path id=\"s{number}\" d=\"{}\"/>", shape.0);
    });
    let hatching = format!(
        "<use href=\"#s{area}\" fill=\"{LINE}\" fill-opacity=\".08\"/>\
         <use href=\"#s{area}\" fill=\"url(#s{pattern})\" fill-opacity=\".55\"/>"
    );

    // a narrow page has smaller words rather than cut ones
    let text = if canvas.is_whole_hatched { WHOLE } else { PART };
    let mut words = Svg::default();
    let mut at = 0.0;
    let mut glyphs = Svg::default();
    for character in text.chars() {
        let Some(glyph) = canvas.legend_glyph(character) else { continue };
        if let Some(shape) = glyph.shape {
            let _ = write!(glyphs.0, "<use href=\"#s{shape}\"");
            glyphs.attribute("x", at * EM).text("/>");
        }
        at += glyph.advance;
    }
    let size = SIZE.min((width - 16.0).max(width / 2.0) / at.max(1.0));
    let box_size = size * 1.5;
    let (left, top) = ((width * 0.02).min(4.0), height + (STRIP - box_size) / 2.0);
    let _ = write!(words.0, "<path fill=\"#fff7e6\" d=\"");
    words.rect_path(Rect { x: 0.0, y: height, w: width, h: STRIP }).text("\"/><path");
    let _ = write!(words.0, " fill=\"url(#s{pattern})\" stroke=\"{LINE}\" stroke-width=\".3\" d=\"");
    words.rect_path(Rect { x: left, y: top, w: box_size, h: box_size }).text("\"/><g fill=\"#5f3c00\"");
    let unit = size / EM;
    let place = Matrix([unit, 0.0, 0.0, unit, left + box_size * 1.4, height + STRIP / 2.0 + size * 0.36]);
    words.transform(place).text(">").text(&glyphs.0).text("</g>");
    Legend { hatching, words: words.0, height: STRIP }
}
