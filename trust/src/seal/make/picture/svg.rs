//! A small static subset of SVG 1.1: shapes and text. Everything that is not on
//! the lists below is refused: scripts, styles, references of any kind, foreign
//! content, animation, filters, nested use.

use super::PictureFault;
use quick_xml::{
    Reader,
    escape::unescape,
    events::{BytesStart, Event},
};

const NAMESPACE: &str = "http://www.w3.org/2000/svg";
const ELEMENTS: usize = 4_000;
const DEPTH: usize = 16;
const ALLOWED_ELEMENTS: [&str; 13] =
    ["svg", "g", "path", "circle", "ellipse", "rect", "line", "polyline", "polygon", "text", "tspan", "title", "desc"];
/// No `href`, `style`, `class`, `id` or event handler: nothing refers to anything.
const ALLOWED_ATTRIBUTES: [&str; 43] = [
    "cx",
    "cy",
    "d",
    "dominant-baseline",
    "dx",
    "dy",
    "fill",
    "fill-opacity",
    "fill-rule",
    "font-family",
    "font-size",
    "font-style",
    "font-weight",
    "height",
    "lengthAdjust",
    "letter-spacing",
    "opacity",
    "points",
    "preserveAspectRatio",
    "r",
    "rotate",
    "rx",
    "ry",
    "stroke",
    "stroke-dasharray",
    "stroke-dashoffset",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-miterlimit",
    "stroke-opacity",
    "stroke-width",
    "text-anchor",
    "textLength",
    "transform",
    "version",
    "viewBox",
    "width",
    "x",
    "x1",
    "x2",
    "y",
    "y1",
    "y2",
];

pub(super) fn check(octets: &[u8], width_mm: u32, height_mm: u32) -> Result<(), PictureFault> {
    let text = core::str::from_utf8(octets).map_err(|_| PictureFault::SvgText)?;
    if text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r')) {
        return Err(PictureFault::SvgText);
    }
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_comments = true;
    let (mut depth, mut elements, mut first) = (0_usize, 0_usize, true);
    loop {
        let event = reader.read_event().map_err(|_| PictureFault::SvgMalformed)?;
        let begins = core::mem::replace(&mut first, false);
        let is_empty_element = matches!(event, Event::Empty(_));
        match event {
            Event::Start(start) | Event::Empty(start) => {
                if depth == 0 && elements > 0 {
                    return Err(PictureFault::SvgMalformed);
                }
                element(&start, elements == 0, (width_mm, height_mm))?;
                elements += 1;
                depth += usize::from(!is_empty_element);
                if elements > ELEMENTS || depth > DEPTH {
                    return Err(PictureFault::SvgBudget);
                }
            }
            Event::End(_) => depth = depth.checked_sub(1).ok_or(PictureFault::SvgMalformed)?,
            Event::Text(text) => {
                let blank = text.bytes().all(|octet| octet.is_ascii_whitespace());
                if depth == 0 && !blank {
                    return Err(PictureFault::SvgMalformed);
                }
            }
            Event::Decl(declaration) => {
                let utf8 = match declaration.encoding() {
                    None => true,
                    Some(name) => name.is_ok_and(|name| name.eq_ignore_ascii_case("utf-8")),
                };
                if !begins || !utf8 {
                    return Err(PictureFault::SvgText);
                }
            }
            Event::GeneralRef(reference) => {
                let predefined = matches!(&*reference, "lt" | "gt" | "amp" | "apos" | "quot");
                let numeric = matches!(reference.resolve_char_ref(), Ok(Some(c)) if !c.is_control());
                if depth == 0 || !(predefined || numeric) {
                    return Err(PictureFault::SvgDoctype);
                }
            }
            Event::CData(_) | Event::PI(_) | Event::DocType(_) => return Err(PictureFault::SvgDoctype),
            Event::Comment(_) => {}
            Event::Eof => return if depth == 0 && elements > 0 { Ok(()) } else { Err(PictureFault::SvgMalformed) },
        }
    }
}

fn element(start: &BytesStart<'_>, is_root: bool, (width_mm, height_mm): (u32, u32)) -> Result<(), PictureFault> {
    let name = start.name();
    let name: &str = name.as_ref();
    if is_root != (name == "svg") {
        return Err(if is_root { PictureFault::SvgRoot } else { PictureFault::SvgElement(name.to_owned()) });
    }
    // a prefix never passes: the default namespace is the only one
    if !ALLOWED_ELEMENTS.contains(&name) {
        return Err(PictureFault::SvgElement(name.to_owned()));
    }
    let mut seen: Vec<(String, String)> = Vec::new();
    for attribute in start.attributes().with_checks(false) {
        let attribute = attribute.map_err(|_| PictureFault::SvgMalformed)?;
        let key: &str = attribute.key.as_ref();
        let value = unescape(&attribute.value).map_err(|_| PictureFault::SvgDoctype)?.into_owned();
        if seen.len() >= ALLOWED_ATTRIBUTES.len() || seen.iter().any(|(other, _)| other == key) {
            return Err(PictureFault::SvgMalformed);
        }
        let allowed = ALLOWED_ATTRIBUTES.contains(&key) || is_root && key == "xmlns";
        if !allowed {
            return Err(PictureFault::SvgAttribute(key.to_owned()));
        }
        // functions such as url(...) in any spelling; transforms are the only ones allowed
        let refers = value.contains(['\\', '<']) || key != "xmlns" && value.contains([':', '#']) && !is_colour(&value);
        let calls = key != "transform" && value.contains('(');
        if refers || calls || key == "transform" && value.to_ascii_lowercase().contains("url") {
            return Err(PictureFault::SvgReference(key.to_owned()));
        }
        seen.push((key.to_owned(), value));
    }
    if is_root {
        root(&seen, width_mm, height_mm)?;
    }
    Ok(())
}

/// `#rgb` or `#rrggbb`.
fn is_colour(value: &str) -> bool {
    value
        .strip_prefix('#')
        .is_some_and(|digits| matches!(digits.len(), 3 | 6) && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

fn root(attributes: &[(String, String)], width_mm: u32, height_mm: u32) -> Result<(), PictureFault> {
    let get = |name: &str| attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    if get("xmlns") != Some(NAMESPACE) {
        return Err(PictureFault::SvgRoot);
    }
    let (width, height) = (format!("{width_mm}mm"), format!("{height_mm}mm"));
    let view = format!("0 0 {width_mm} {height_mm}");
    let fits = get("width") == Some(width.as_str())
        && get("height") == Some(height.as_str())
        && get("viewBox") == Some(view.as_str());
    if fits { Ok(()) } else { Err(PictureFault::SvgSize) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(inside: &str) -> Result<(), PictureFault> {
        let text =
            format!("<svg xmlns=\"{NAMESPACE}\" width=\"42mm\" height=\"42mm\" viewBox=\"0 0 42 42\">{inside}</svg>");
        check(text.as_bytes(), 42, 42)
    }

    #[test]
    fn shapes_and_text_pass() {
        assert_eq!(of("<circle cx=\"21\" cy=\"21\" r=\"20\" fill=\"none\" stroke=\"#c00\"/>"), Ok(()));
        assert_eq!(of("<g transform=\"rotate(30 21 21)\"><text x=\"1\" y=\"2\">印&amp;&#x7AE0;</text></g>"), Ok(()));
    }

    #[test]
    fn each_offence_is_named() {
        let element = |name: &str| Err(PictureFault::SvgElement(name.to_owned()));
        assert_eq!(of("<script>x</script>"), element("script"));
        assert_eq!(of("<foreignObject/>"), element("foreignObject"));
        assert_eq!(of("<image/>"), element("image"));
        assert_eq!(of("<use/>"), element("use"));
        assert_eq!(of("<style>a{}</style>"), element("style"));
        assert_eq!(of("<svg/>"), element("svg"));
        assert_eq!(of("<x:path xmlns:x=\"y\"/>"), element("x:path"));
        let attribute = |name: &str| Err(PictureFault::SvgAttribute(name.to_owned()));
        assert_eq!(of("<path onclick=\"x\"/>"), attribute("onclick"));
        assert_eq!(of("<path href=\"x\"/>"), attribute("href"));
        assert_eq!(of("<path style=\"x\"/>"), attribute("style"));
        let reference = |name: &str| Err(PictureFault::SvgReference(name.to_owned()));
        assert_eq!(of("<path fill=\"url(#a)\"/>"), reference("fill"));
        assert_eq!(of("<path fill=\"u\\72l(a)\"/>"), reference("fill"));
        assert_eq!(of("<text font-family=\"http://x\">a</text>"), reference("font-family"));
        assert_eq!(of("<?xml-stylesheet href=\"x\"?>"), Err(PictureFault::SvgDoctype));
        assert_eq!(of("<text>&x;</text>"), Err(PictureFault::SvgDoctype));
        assert_eq!(of("<g>"), Err(PictureFault::SvgMalformed));
        assert_eq!(of(&"<g>".repeat(20)), Err(PictureFault::SvgBudget));
        assert_eq!(of(&"<g/>".repeat(5000)), Err(PictureFault::SvgBudget));
        assert_eq!(of("\u{1}"), Err(PictureFault::SvgText));
        assert_eq!(check(b"<!DOCTYPE svg><svg/>", 42, 42), Err(PictureFault::SvgDoctype));
        assert_eq!(check(b"<svg width=\"42mm\"/>", 42, 42), Err(PictureFault::SvgRoot));
        assert_eq!(check(b"<html/>", 42, 42), Err(PictureFault::SvgRoot));
        assert_eq!(check(b"", 42, 42), Err(PictureFault::SvgMalformed));
        assert_eq!(check(b"\xff", 42, 42), Err(PictureFault::SvgText));
        let other = format!("<svg xmlns=\"{NAMESPACE}\" width=\"40mm\" height=\"42mm\" viewBox=\"0 0 42 42\"/>");
        assert_eq!(check(other.as_bytes(), 42, 42), Err(PictureFault::SvgSize));
    }
}
