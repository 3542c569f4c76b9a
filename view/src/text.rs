//! Text objects (GB/T 33190 11): where each glyph stands, and its outline.

use crate::{
    canvas::{EM, Glyph, GlyphKey},
    finding::Code,
    font::{Embedded, Opened},
    geometry::{Bounds, Matrix, Rect, number, words},
    painter::{Drawn, Object, Painter},
    param::{BLACK, Paint, write_paint},
    resources::Kind,
    svg::Svg,
    tree::Node,
};
use core::fmt::Write as _;
use std::{collections::BTreeMap, rc::Rc};

/// From this weight on text is bold.
const BOLD: f64 = 600.0;
/// How narrow a letter is squeezed at most.
const NARROWEST: f64 = 0.4;
/// How far italic text leans, degrees.
const LEAN: f64 = 12.0;

/// Characters of the name of a font that are looked at.
const NAME: usize = 80;

/// How much of a letter stands above its baseline, of its size.
const ASCENT: f64 = 0.88;

/// The font of a text object.
struct Chosen {
    embedded: Option<Rc<Embedded>>,
    name: String,
    is_bold: bool,
    is_italic: bool,
    is_uncovered: bool,
}

/// A glyph to be placed.
#[derive(Clone, Copy)]
struct Item {
    /// Of the embedded font, where `CGTransform` says so.
    glyph: Option<u16>,
    character: Option<char>,
}

/// How the glyphs of one object are drawn.
struct Manner {
    size: f64,
    /// Of shapes, not of distances.
    wide: f64,
    /// Degrees, of each glyph by itself.
    turned: f64,
    lean: bool,
    is_bold: bool,
    /// Whether each glyph is placed by itself alone, so that no group around it is scaled.
    is_apart: bool,
}

impl Painter<'_, '_, '_> {
    pub(crate) fn text(&mut self, object: &Object<'_>) -> Drawn {
        let Object { node, param, .. } = object;
        let mut drawn = Drawn::default();
        let fill = if node.flag("Fill", true) { param.fill.unwrap_or(BLACK) } else { Paint::Nothing };
        let mut stroke = if node.flag("Stroke", false) { param.stroke.unwrap_or(BLACK) } else { Paint::Nothing };
        if matches!(stroke, Paint::Defined(..)) {
            // it would begin anew at each letter
            self.canvas.findings.add(Code::NotDrawn, "StrokeColor");
            stroke = Paint::Nothing;
        }
        let size = node.get("Size").and_then(number).unwrap_or(0.0);
        if size <= 0.0 {
            self.canvas.findings.add(Code::BadValue, "Size");
        }
        if size <= 0.0 || (fill == Paint::Nothing && stroke == Paint::Nothing) {
            return drawn;
        }
        let chosen = self.font(object);
        drawn.is_uncovered = chosen.is_uncovered;
        let value = |name: &str| node.get(name).and_then(number);
        let is_heavy = value("Weight").is_some_and(|weight| weight >= BOLD);
        let manner = Manner {
            size,
            wide: value("HScale").filter(|scale| *scale > 0.0).unwrap_or(1.0),
            turned: value("CharDirection").unwrap_or(0.0),
            lean: node.flag("Italic", false) || (chosen.is_italic && chosen.embedded.is_none()),
            is_bold: is_heavy || chosen.is_bold,
            is_apart: matches!(fill, Paint::Defined(..)),
        };
        let mut bounds = Bounds::new();
        let mut placed = Svg::default();
        let to_page = object.env.to_page.of(Matrix::moved(object.boundary.x, object.boundary.y)).of(object.ctm);
        self.codes(node, &chosen, &manner, to_page, (&mut placed, &mut bounds));
        if placed.0.is_empty() {
            return drawn;
        }
        // shapes are written in thousandths of an em
        let unit = size / EM;
        // origins are inside; shapes reach a little out, and writers measure boundaries loosely
        (drawn.bounds, drawn.slack) = (bounds.rect(), size);
        let fill = self.through_letters(fill, &placed, &mut drawn);
        if fill == Paint::Nothing && stroke == Paint::Nothing {
            return drawn;
        }
        drawn.svg.text("<g");
        write_paint(&mut drawn.svg, "fill", fill);
        if stroke != Paint::Nothing {
            param.write_stroke(&mut drawn.svg, stroke, unit);
        } else if is_heavy && chosen.embedded.is_some() && fill != Paint::Nothing {
            write_paint(&mut drawn.svg, "stroke", fill);
            drawn.svg.attribute("stroke-width", EM * 0.02);
        }
        if manner.is_plain() {
            drawn.svg.transform(Matrix::scaled(unit * manner.wide, unit));
        }
        drawn.svg.text(">").text(&placed.0).text("</g>");
        drawn
    }

    /// A shading or a pattern goes over all letters of an object: an area that they cut
    /// out. What is left to fill each of them with.
    fn through_letters(&mut self, fill: Paint, placed: &Svg, drawn: &mut Drawn) -> Paint {
        let (Paint::Defined(..), Some(area)) = (fill, drawn.bounds) else { return fill };
        let clip = self.canvas.define(|defs, number| {
            let _ = write!(defs.0, "<clipPath id=\"s{number}\">{}</clipPath>", placed.0);
        });
        let Some(clip) = clip else { return Paint::Nothing };
        let _ = write!(drawn.svg.0, "<g clip-path=\"url(#s{clip})\"><path d=\"");
        drawn.svg.rect_path(area.grown(2.0 * drawn.slack)).text("\"");
        write_paint(&mut drawn.svg, "fill", fill);
        drawn.svg.text("/></g>");
        Paint::Nothing
    }

    /// The font that an object names: embedded where it can be used, ours otherwise.
    fn font(&mut self, object: &Object<'_>) -> Chosen {
        let id = object.node.get("Font").unwrap_or_default();
        let mut chosen =
            Chosen { embedded: None, name: String::new(), is_bold: false, is_italic: false, is_uncovered: false };
        let Some(resource) = object.env.resources.get(Kind::Font, id) else {
            self.canvas.findings.add(Code::ResourceMissing, &format!("Font {id}"));
            return chosen;
        };
        let node = resource.node();
        let name = node.get("FontName").or(node.get("FamilyName")).unwrap_or_default();
        chosen.name = name.chars().take(NAME).collect();
        let says = |word: &str| chosen.name.to_ascii_lowercase().contains(word);
        chosen.is_bold = node.flag("Bold", false) || says("bold") || chosen.name.contains("黑");
        chosen.is_italic = node.flag("Italic", false) || says("italic");
        chosen.is_uncovered = !self.covers(resource.declared_in());
        match resource.location("FontFile") {
            None | Some("") => self.canvas.findings.add(Code::FontSubstituted, &chosen.name),
            Some(location) => {
                if let Some(entry) = resource.entry(self.package, location) {
                    chosen.is_uncovered |= !self.covers(&entry);
                    chosen.embedded = self.embedded(&entry);
                }
                if chosen.embedded.is_none() {
                    self.canvas.findings.add(Code::FontNotRead, &chosen.name);
                }
            }
        }
        chosen
    }

    fn embedded(&mut self, entry: &str) -> Option<Rc<Embedded>> {
        let key = (self.place, entry.to_owned());
        if let Some(known) = self.canvas.embedded.get(&key) {
            return known.clone();
        }
        let number = self.canvas.embedded.len();
        let fits = self.package.size(entry).is_some_and(|bytes| self.canvas.budget.font(bytes));
        let font = if fits { Embedded::read(self.package, entry, number).map(Rc::new) } else { None };
        self.canvas.embedded.insert(key, font.clone());
        font
    }

    /// All `TextCode` of an object.
    fn codes(
        &mut self,
        node: &Node,
        chosen: &Chosen,
        manner: &Manner,
        to_page: Matrix,
        (out, bounds): (&mut Svg, &mut Bounds),
    ) {
        let font = chosen.embedded.as_deref().and_then(Embedded::open);
        let is_ours = font.is_none();
        let begin = |transform: &Node| transform.get("CodePosition").and_then(|text| text.parse().ok()).unwrap_or(0);
        let transforms = node.named("CGTransform").map(|transform| (begin(transform), transform)).collect();
        let (mut x, mut y) = (0.0, 0.0);
        let mut position = 0;
        for code in node.named("TextCode") {
            // absent: that of the code before
            x = code.get("X").and_then(number).unwrap_or(x);
            y = code.get("Y").and_then(number).unwrap_or(y);
            let most = self.canvas.budget.left().glyphs.saturating_add(1);
            let characters: Vec<char> = shown_text(&code.text).chars().take(most).collect();
            if !self.canvas.budget.glyphs(characters.len(), &mut self.canvas.findings) {
                return;
            }
            let mut items: Vec<Item> = characters.iter().map(|c| Item { glyph: None, character: Some(*c) }).collect();
            if font.is_some() {
                items = self.transformed(items, &transforms, position);
            }
            position += characters.len();
            let deltas = (deltas(code.get("DeltaX"), items.len()), deltas(code.get("DeltaY"), items.len()));
            let (Some(dx), Some(dy)) = deltas else {
                self.canvas.findings.add(Code::BadValue, "DeltaX, DeltaY");
                continue;
            };
            let read = node.get("ReadDirection").and_then(number).unwrap_or(0.0);
            let ahead = Matrix::turned(read).apply([1.0, 0.0]);
            let (mut at_x, mut at_y) = (x, y);
            if let Some(reading) = &mut self.canvas.reading {
                reading.begin();
            }
            for (index, item) in items.iter().enumerate() {
                let glyph = self.item(*item, chosen, font.as_ref(), manner);
                bounds.add([at_x, at_y]);
                if let (Some(reading), Some(character)) = (&mut self.canvas.reading, item.character) {
                    let [width, height] = [glyph.advance * manner.size * manner.wide, manner.size];
                    let cell = Rect { x: at_x, y: at_y - ASCENT * height, w: width, h: height };
                    reading.letter(character, to_page.around(cell));
                }
                if let Some(shape) = glyph.shape {
                    // letters of another font than the distances were made for shall not lie on each other
                    let after = dx.get(index).or(dx.last().filter(|_| item.character.is_some_and(|c| c.is_ascii())));
                    let room = after.filter(|_| is_ours && dy.is_empty() && read == 0.0);
                    let natural = glyph.advance * manner.size * manner.wide;
                    let squeezed = room.map_or(1.0, |room| (room / natural).clamp(NARROWEST, 1.0));
                    place(out, shape, manner, [at_x, at_y], squeezed);
                    if !self.canvas.has_room(out.0.len()) {
                        return;
                    }
                }
                if dx.is_empty() && dy.is_empty() {
                    // where no distance is given the font says it
                    let advance = glyph.advance * manner.size * manner.wide;
                    at_x += ahead[0] * advance;
                    at_y += ahead[1] * advance;
                } else {
                    // too few: the last one goes on
                    at_x += dx.get(index).or(dx.last()).copied().unwrap_or(0.0);
                    at_y += dy.get(index).or(dy.last()).copied().unwrap_or(0.0);
                }
            }
        }
    }

    /// `CGTransform` (11.4): characters at these places are these glyphs.
    fn transformed(&mut self, items: Vec<Item>, transforms: &BTreeMap<usize, &Node>, position: usize) -> Vec<Item> {
        let mut out: Vec<Item> = Vec::with_capacity(items.len());
        let whole = |node: &Node, name: &str| node.get(name).and_then(|text| text.parse::<usize>().ok());
        let mut skipped = 0;
        for (index, item) in items.iter().enumerate() {
            let here = position + index;
            if skipped == 0
                && let Some(transform) = transforms.get(&here)
            {
                let list = transform.child("Glyphs").map(Node::trimmed).unwrap_or_default();
                let count = whole(transform, "GlyphCount").unwrap_or(usize::MAX);
                let codes = whole(transform, "CodeCount").unwrap_or(1).max(1);
                let glyphs: Vec<u16> = words(list).take(count.min(MOST_GLYPHS)).map_while(|w| w.parse().ok()).collect();
                // what stands for more characters than are there is paid for too
                let more = glyphs.len().saturating_sub(codes.min(items.len() - index));
                if !glyphs.is_empty() && self.canvas.budget.glyphs(more, &mut self.canvas.findings) {
                    // a character is known where there is one for each glyph
                    let character = |place: usize| {
                        items.get(index + place).filter(|_| glyphs.len() == codes).and_then(|item| item.character)
                    };
                    out.extend(
                        glyphs
                            .iter()
                            .enumerate()
                            .map(|(n, glyph)| Item { glyph: Some(*glyph), character: character(n) }),
                    );
                    skipped = codes;
                }
            }
            if skipped == 0 {
                out.push(*item);
            } else {
                skipped -= 1;
            }
        }
        out
    }

    /// A glyph of the embedded font, else of ours, else a crossed box.
    fn item(&mut self, item: Item, chosen: &Chosen, font: Option<&Opened<'_>>, manner: &Manner) -> Glyph {
        const BLANK: Glyph = Glyph { shape: None, advance: 0.5 };
        if let Some(font) = font
            && let Some(number) = item.glyph.or_else(|| font.glyph(item.character?))
            && let Some(glyph) = self.canvas.embedded_glyph(font, number)
        {
            return glyph;
        }
        let Some(character) = item.character else {
            self.canvas.findings.add(Code::GlyphMissing, &format!("#{}", item.glyph.unwrap_or(0)));
            return self.missing();
        };
        if character.is_control() {
            return BLANK;
        }
        if character.is_whitespace() {
            let advance = if character == '\u{3000}' { 1.0 } else { 0.5 };
            return Glyph { shape: None, advance };
        }
        if let Some(glyph) = self.canvas.our_glyph(character, manner.is_bold) {
            if font.is_some() {
                self.canvas.findings.add(Code::FontSubstituted, &format!("{}: {character}", chosen.name));
            }
            return glyph;
        }
        self.canvas.findings.add(Code::GlyphMissing, &format!("U+{:04X}", u32::from(character)));
        self.missing()
    }

    /// The box in the place of a character that no font has.
    fn missing(&mut self) -> Glyph {
        use yinxin_face::{Outline, Step};
        let outer = |x: f64, y: f64, w: f64, h: f64| {
            [
                Step::Move([x, y]),
                Step::Line([x + w, y]),
                Step::Line([x + w, y + h]),
                Step::Line([x, y + h]),
                Step::Close,
            ]
        };
        // the inner outline runs the other way round, so that it is a hole
        let hole = [
            Step::Move([0.16, -0.74]),
            Step::Line([0.16, 0.02]),
            Step::Line([0.84, 0.02]),
            Step::Line([0.84, -0.74]),
            Step::Close,
        ];
        let bar = [
            Step::Move([0.16, -0.68]),
            Step::Line([0.78, 0.02]),
            Step::Line([0.84, 0.02]),
            Step::Line([0.84, -0.04]),
            Step::Line([0.22, -0.74]),
            Step::Line([0.16, -0.74]),
            Step::Close,
        ];
        let steps = outer(0.1, -0.8, 0.8, 0.88).into_iter().chain(hole).chain(bar).collect();
        let key = GlyphKey::Ours { is_bold: false, character: '\0' };
        let outline = Outline { advance: 1.0, steps };
        self.canvas.glyph(key, |_| Some(outline)).unwrap_or(Glyph { shape: None, advance: 1.0 })
    }
}

/// Glyphs of one transform.
const MOST_GLYPHS: usize = 100_000;

impl Manner {
    /// Whether moving alone places a glyph within the scaled group.
    fn is_plain(&self) -> bool {
        self.turned == 0.0 && !self.lean && !self.is_apart
    }
}

/// Draws a glyph at a place, `squeezed` in its width.
fn place(out: &mut Svg, shape: usize, manner: &Manner, [x, y]: [f64; 2], squeezed: f64) {
    let unit = manner.size / EM;
    let _ = write!(out.0, "<use href=\"#s{shape}\"");
    if manner.is_plain() && squeezed < 1.0 {
        out.transform(Matrix([squeezed, 0.0, 0.0, 1.0, x / (unit * manner.wide), y / unit]));
    } else if manner.is_plain() {
        // in thousandths a tenth is enough
        let near = |value: f64| (value * 10.0).round() / 10.0;
        for (name, value) in [("x", near(x / (unit * manner.wide))), ("y", near(y / unit))] {
            if value != 0.0 {
                out.attribute(name, value);
            }
        }
    } else {
        let lean = if manner.lean { LEAN.to_radians().tan() } else { 0.0 };
        let shape = Matrix::scaled(unit * manner.wide * squeezed, unit).of(Matrix([1.0, 0.0, -lean, 1.0, 0.0, 0.0]));
        out.transform(Matrix::moved(x, y).of(Matrix::turned(manner.turned)).of(shape));
    }
    out.text("/>");
}

/// The text of a `TextCode`: spaces are part of it, line breaks around it are layout of the XML.
fn shown_text(text: &str) -> &str {
    let is_broken = |part: &str| part.contains(['\n', '\r']);
    let end = text.trim_end();
    let text = if is_broken(&text[end.len()..]) { end } else { text };
    let start = text.trim_start();
    if is_broken(&text[..text.len() - start.len()]) { start } else { text }
}

/// `DeltaX`, `DeltaY` (11.3): distances from each glyph to the next; `g n d` is d, n times.
/// Not more than `most` are made. `None` for anything else; empty without the attribute.
fn deltas(text: Option<&str>, most: usize) -> Option<Vec<f64>> {
    let mut found = Vec::new();
    let mut words = words(text.unwrap_or_default());
    while let Some(word) = words.next() {
        if found.len() >= most {
            break;
        }
        if word.eq_ignore_ascii_case("g") {
            let times = number(words.next()?).filter(|times| *times >= 0.0)? as usize;
            let distance = number(words.next()?)?;
            found.resize(found.len() + times.min(most - found.len()), distance);
        } else {
            found.push(number(word)?);
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(deltas(Some("g 3 1.5 2 g 2 4"), 10), Some(vec![1.5, 1.5, 1.5, 2.0, 4.0, 4.0]));
        assert_eq!(deltas(Some("g 1000000 1"), 3), Some(vec![1.0; 3]));
        assert_eq!(deltas(None, 3), Some(vec![]));
        for bad in ["g", "g 2", "g x 1", "g -1 1", "NaN", "1e99"] {
            assert_eq!(deltas(Some(bad), 9), None, "{bad}");
        }
    }

    #[test]
    fn layout_of_the_xml_is_no_text() {
        for (text, shown) in [("  ab ", "  ab "), ("\n  ab\n", "ab"), ("a\nb", "a\nb"), (" \n", ""), ("", "")] {
            assert_eq!(shown_text(text), shown, "{text:?}");
        }
    }
}
