//! Text in a box: characters to glyphs, lines, the size at which they fit, places.

use crate::{
    break_lines::break_lines,
    colour::Colour,
    font::Fonts,
    page::{Placed, Rect, Source, Text},
};
use core::ops::Range;
use serde::Deserialize;

/// How the text of a box looks.
#[derive(Clone, Debug)]
pub(crate) struct Style {
    /// Asked first for every character.
    pub(crate) font: usize,
    /// Height of an em, millimetres.
    pub(crate) size: f64,
    /// Below this it is not shrunk.
    pub(crate) min_size: f64,
    /// From baseline to baseline, in ems.
    pub(crate) leading: f64,
    pub(crate) colour: Colour,
    /// Between characters, in ems.
    pub(crate) spacing: f64,
    pub(crate) align: Align,
    pub(crate) valign: Valign,
}

/// Along the line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Align {
    #[default]
    Left,
    Centre,
    Right,
    /// One line from edge to edge, as captions of official forms are.
    Spread,
}

/// Down the box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Valign {
    #[default]
    Top,
    Middle,
    Bottom,
}

/// A character with what is needed to set it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Glyph {
    pub(crate) character: char,
    pub(crate) font: usize,
    pub(crate) glyph: u16,
    /// In ems.
    pub(crate) advance: f64,
    pub(crate) source: Option<Source>,
}

/// Part of the em above the baseline: the em box is what a line takes.
pub(crate) const ABOVE: f64 = 0.88;
/// A size is tried every tenth of a millimetre.
const STEP: f64 = 0.1;

/// Appends the glyphs of a text in NFC; gives the place (from 1) of a character
/// that no font has.
pub(crate) fn glyphs(
    out: &mut Vec<Glyph>,
    text: &str,
    fonts: &Fonts,
    font: usize,
    source: Option<Source>,
) -> Result<(), (usize, char)> {
    for (place, character) in (1..).zip(text.chars()) {
        if character == '\n' {
            out.push(Glyph { character, font, glyph: 0, advance: 0.0, source });
            continue;
        }
        let (font, glyph) = fonts.find(font, character).ok_or((place, character))?;
        out.push(Glyph { character, font, glyph, advance: fonts.get(font).advance(glyph), source });
    }
    Ok(())
}

/// The lines of a text at one size.
pub(crate) struct Lines {
    pub(crate) size: f64,
    pub(crate) lines: Vec<Range<usize>>,
    /// How many of them the box holds.
    pub(crate) holds: usize,
}

impl Lines {
    pub(crate) fn fit(&self) -> bool {
        self.lines.len() <= self.holds
    }
}

/// How many lines of this size stand in a height.
pub(crate) fn holds(height: f64, size: f64, leading: f64) -> usize {
    const SLACK: f64 = 1e-6;
    let room = height - size + SLACK;
    if room < 0.0 { 0 } else { (room / (size * leading)).floor() as usize + 1 }
}

/// Lines at one size; `None` where a character is wider than the box.
pub(crate) fn lines_at(glyphs: &[Glyph], style: &Style, area: Rect, size: f64) -> Option<Lines> {
    let characters: Vec<char> = glyphs.iter().map(|glyph| glyph.character).collect();
    let gap = style.spacing * size;
    let lines = break_lines(&characters, |at| glyphs[at].advance * size + gap, area.w + gap)?;
    Some(Lines { size, lines, holds: holds(area.h, size, style.leading) })
}

/// Lines at the largest size that fits, else at the least one.
pub(crate) fn fit(glyphs: &[Glyph], style: &Style, area: Rect) -> Option<Lines> {
    let mut size = style.size;
    loop {
        let lines = lines_at(glyphs, style, area, size);
        let one_line = style.align != Align::Spread || lines.as_ref().is_some_and(|lines| lines.lines.len() <= 1);
        if lines.as_ref().is_some_and(Lines::fit) && one_line {
            return lines;
        }
        if size <= style.min_size {
            return lines.map(|lines| if one_line { lines } else { Lines { holds: 0, ..lines } });
        }
        size = (size - STEP).max(style.min_size);
    }
}

/// Puts lines into their box, as texts of one font and one source each.
pub(crate) fn place(glyphs: &[Glyph], lines: &[Range<usize>], size: f64, style: &Style, area: Rect) -> Vec<Text> {
    let mut texts = Vec::new();
    let pitch = size * style.leading;
    let height = if lines.is_empty() { 0.0 } else { (lines.len() - 1) as f64 * pitch + size };
    let top = match style.valign {
        Valign::Top => area.y,
        Valign::Middle => area.y + (area.h - height) / 2.0,
        Valign::Bottom => area.y + area.h - height,
    };
    for (index, line) in lines.iter().enumerate() {
        let baseline = top + index as f64 * pitch + ABOVE * size;
        place_line(&glyphs[line.clone()], size, style, area, baseline, &mut texts);
    }
    texts
}

fn place_line(glyphs: &[Glyph], size: f64, style: &Style, area: Rect, baseline: f64, texts: &mut Vec<Text>) {
    let shown = glyphs.iter().rposition(|glyph| !matches!(glyph.character, ' ' | '\n')).map_or(0, |last| last + 1);
    let natural: f64 = glyphs[..shown].iter().map(|glyph| glyph.advance * size).sum();
    let gaps = shown.saturating_sub(1) as f64;
    let gap = match style.align {
        Align::Spread if gaps > 0.0 => (area.w - natural) / gaps,
        _ => style.spacing * size,
    };
    let width = natural + gap * gaps;
    let mut x = match style.align {
        Align::Left | Align::Spread => area.x,
        Align::Centre => area.x + (area.w - width) / 2.0,
        Align::Right => area.x + area.w - width,
    };
    let mut open: Option<Text> = None;
    for glyph in glyphs.iter().filter(|glyph| glyph.character != '\n') {
        let advance = glyph.advance * size;
        let same = open.as_ref().is_some_and(|text| text.font == glyph.font && text.source == glyph.source);
        if !same {
            texts.extend(open.take());
        }
        let text = open.get_or_insert_with(|| Text {
            font: glyph.font,
            size,
            x,
            y: baseline,
            colour: style.colour,
            glyphs: Vec::new(),
            width: 0.0,
            source: glyph.source,
        });
        let at = x - text.x;
        text.glyphs.push(Placed { character: glyph.character, glyph: glyph.glyph, at });
        if glyph.character != ' ' {
            text.width = at + advance;
        }
        x += advance + gap;
    }
    texts.extend(open);
    // nothing but spaces between two texts shows nothing and binds nothing
    texts.retain(|text| text.width > 0.0);
}
