//! Compact Font Format (Adobe Technical Note 5176), as far as outlines want it: where
//! glyphs and subroutines stand, widths, and which glyph a character is. Read by places
//! alone: the octets stay where they are and are given to each question.

mod charstring;
mod dict;

use charstring::Run;
use dict::{Dict, key, take};
use std::collections::BTreeMap;
use yinxin_face::{Outline, Step};

/// Font dictionaries of a font by CIDs.
const PARTS: usize = 256;
/// Strings that every font has; the first of its own has this number.
const STANDARD_STRINGS: usize = 391;
/// Thousandths of an em, where a font says nothing.
const THOUSANDTHS: [f64; 6] = [0.001, 0.0, 0.0, 0.001, 0.0, 0.0];

/// A table of octets of different lengths.
#[derive(Clone, Copy, Debug, Default)]
struct Index {
    count: usize,
    /// Octets of an offset, and where the first of them stands.
    size: usize,
    offsets: usize,
    /// Where what they count from begins.
    data: usize,
}

impl Index {
    /// The table at a place, and where it ends.
    fn read(octets: &[u8], at: usize) -> Option<(Self, usize)> {
        let count = usize::from(u16_at(octets, at)?);
        if count == 0 {
            return Some((Self::default(), at.checked_add(2)?));
        }
        let offsets = at.checked_add(3)?;
        let size = usize::from(*octets.get(offsets - 1)?);
        if !(1..=4).contains(&size) {
            return None;
        }
        // at most 65,536 offsets of four octets
        let data = offsets.checked_add((count + 1) * size)?;
        let index = Self { count, size, offsets, data };
        let end = data.checked_add(index.offset(octets, count)?)?;
        octets.get(data..end)?;
        Some((index, end))
    }

    /// Offsets count from the octet before the data.
    fn offset(&self, octets: &[u8], number: usize) -> Option<usize> {
        // up to `count`, so that none is beyond `data`
        let at = self.offsets.checked_add(number.checked_mul(self.size)?)?;
        let written = octets.get(at..)?.get(..self.size)?;
        written.iter().fold(0, |sum, octet| sum << 8 | usize::from(*octet)).checked_sub(1)
    }

    fn get<'a>(&self, octets: &'a [u8], number: usize) -> Option<&'a [u8]> {
        if number >= self.count {
            return None;
        }
        let place = |number| self.data.checked_add(self.offset(octets, number)?);
        octets.get(place(number)?..place(number + 1)?)
    }
}

/// What glyphs of one font dictionary share.
#[derive(Clone, Copy, Debug, Default)]
struct Part {
    matrix: Option<[f64; 6]>,
    subroutines: Index,
    default_width: f64,
    nominal_width: f64,
}

impl Part {
    /// What a dictionary says, and the private one that it names.
    fn read(octets: &[u8], dict: &Dict) -> Option<Self> {
        let mut part = Self { matrix: dict.matrix(), ..Self::default() };
        let Some(&[size, begin]) = dict.numbers(key::PRIVATE) else { return Some(part) };
        let (size, begin) = (dict::place(size)?, dict::place(begin)?);
        let private = Dict::read(octets.get(begin..begin.checked_add(size)?)?)?;
        part.default_width = private.number(key::DEFAULT_WIDTH).unwrap_or(0.0);
        part.nominal_width = private.number(key::NOMINAL_WIDTH).unwrap_or(0.0);
        if let Some(offset) = private.place(key::SUBROUTINES) {
            part.subroutines = Index::read(octets, begin.checked_add(offset)?)?.0;
        }
        Some(part)
    }
}

/// Which font dictionary a glyph belongs to.
#[derive(Clone, Copy, Debug)]
enum Select {
    /// All to the only one.
    One,
    /// An octet for each glyph, from here on.
    Each(usize),
    /// So many ranges of three octets, from here on.
    Ranges(usize, usize),
}

/// A font.
#[derive(Debug)]
pub(crate) struct Cff {
    glyphs: Index,
    subroutines: Index,
    matrix: Option<[f64; 6]>,
    parts: Vec<Part>,
    select: Select,
    /// Characters by the names of glyphs, or else by their codes.
    characters: BTreeMap<char, u16>,
}

impl Cff {
    /// `None` for what is no font of version 1 with Type 2 outlines.
    pub(crate) fn read(octets: &[u8]) -> Option<Self> {
        let (&[1, _, header, _], _) = octets.split_first_chunk()? else { return None };
        let (_, at) = Index::read(octets, usize::from(header))?;
        let (tops, at) = Index::read(octets, at)?;
        let (strings, at) = Index::read(octets, at)?;
        let (subroutines, _) = Index::read(octets, at)?;
        let top = Dict::read(tops.get(octets, 0)?)?;
        if top.number(key::CHARSTRING_TYPE).is_some_and(|kind| kind != 2.0) {
            return None;
        }
        let (glyphs, _) = Index::read(octets, top.place(key::CHAR_STRINGS)?)?;
        let mut font = Self {
            glyphs,
            subroutines,
            matrix: top.matrix(),
            parts: Vec::new(),
            select: Select::One,
            characters: BTreeMap::new(),
        };
        if top.numbers(key::ROS).is_some() {
            let (list, _) = Index::read(octets, top.place(key::FD_ARRAY)?)?;
            for number in 0..list.count.min(PARTS) {
                font.parts.push(Part::read(octets, &Dict::read(list.get(octets, number)?)?)?);
            }
            let at = top.place(key::FD_SELECT)?;
            font.select = match *octets.get(at)? {
                // what stands at a place has one behind it
                0 => Select::Each(at + 1),
                3 => Select::Ranges(usize::from(u16_at(octets, at + 1)?), at + 3),
                _ => return None,
            };
        } else {
            // the matrix of the font is that of its only part
            font.parts.push(Part { matrix: None, ..Part::read(octets, &top)? });
            font.name(octets, strings, &top)?;
        }
        Some(font)
    }

    /// The glyph of a character, for a font that stands without tables of characters.
    pub(crate) fn glyph(&self, character: char) -> Option<u16> {
        self.characters.get(&character).copied()
    }

    /// The outline of a glyph in ems, which `left` pays for: one for each step that is read.
    pub(crate) fn outline(&self, octets: &[u8], glyph: u16, left: &mut u32) -> Option<Outline> {
        let code = self.glyphs.get(octets, usize::from(glyph))?;
        let part = self.parts.get(self.part(octets, glyph)?)?;
        let run = Run::new(octets, &self.subroutines, &part.subroutines);
        let drawn = run.outline(code, left)?;
        let matrix = match (self.matrix, part.matrix) {
            (Some(outer), Some(inner)) => then(inner, outer),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => THOUSANDTHS,
        };
        let place = |[x, y]: [f64; 2]| {
            let [a, b, c, d, e, f] = matrix;
            // down the page
            [a * x + c * y + e, -(b * x + d * y + f)]
        };
        let steps = drawn.steps.into_iter().map(|step| match step {
            Step::Move(to) => Step::Move(place(to)),
            Step::Line(to) => Step::Line(place(to)),
            Step::Quadratic([a, b, x, y]) => {
                let ([a, b], [x, y]) = (place([a, b]), place([x, y]));
                Step::Quadratic([a, b, x, y])
            }
            Step::Cubic([a, b, c, d, x, y]) => {
                let ([a, b], [c, d], [x, y]) = (place([a, b]), place([c, d]), place([x, y]));
                Step::Cubic([a, b, c, d, x, y])
            }
            Step::Close => Step::Close,
        });
        let width = drawn.width.map_or(part.default_width, |width| part.nominal_width + width);
        let advance = Some(width * matrix[0]).filter(|advance| advance.is_finite())?;
        Some(Outline { advance, steps: steps.collect() })
    }

    fn part(&self, octets: &[u8], glyph: u16) -> Option<usize> {
        match self.select {
            Select::One => Some(0),
            Select::Each(at) => octets.get(at + usize::from(glyph)).map(|part| usize::from(*part)),
            Select::Ranges(count, at) => {
                // the last range that begins at the glyph or before it
                let (mut low, mut high) = (0, count);
                while low < high {
                    let middle = low.midpoint(high);
                    if u16_at(octets, at + 3 * middle)? <= glyph { low = middle + 1 } else { high = middle }
                }
                octets.get(at + 3 * low.checked_sub(1)? + 2).map(|part| usize::from(*part))
            }
        }
    }

    /// Finds characters: by the name of a glyph where it says one, else by the font's own code.
    /// `None` where it says of one that it stands where nothing can.
    fn name(&mut self, octets: &[u8], strings: Index, top: &Dict) -> Option<()> {
        let names = charset(octets, top.place_or(key::CHARSET, 0)?, self.glyphs.count);
        for (glyph, name) in (1..=u16::MAX).zip(names) {
            if let Some(character) = meant(octets, strings, usize::from(name)) {
                self.characters.entry(character).or_insert(glyph);
            }
        }
        // 0 and 1 are codes that names stand for
        let own = Some(top.place_or(key::ENCODING, 0)?).filter(|at| *at > 1);
        for (glyph, code) in (1..=u16::MAX).zip(own.map(|at| encoding(octets, at)).unwrap_or_default()) {
            if usize::from(glyph) < self.glyphs.count {
                self.characters.entry(char::from(code)).or_insert(glyph);
            }
        }
        Some(())
    }
}

/// The numbers of the names of all glyphs but the first.
fn charset(octets: &[u8], at: usize, glyphs: usize) -> Vec<u16> {
    let wanted = glyphs.saturating_sub(1);
    let mut names: Vec<u16> = Vec::new();
    match at {
        // names in the order of the standard strings
        0 => names.extend(1..=228),
        // small capitals and fractions: none that is asked for
        1 | 2 => {}
        _ => {
            let Some((format, mut rest)) = octets.get(at..).and_then(<[u8]>::split_first) else { return names };
            while names.len() < wanted {
                let Some((first, more)) = range(*format, &mut rest) else { break };
                names.extend(first..=first.saturating_add(more));
            }
        }
    }
    names.truncate(wanted);
    names
}

/// The first name of a range, and how many follow it.
fn range(format: u8, rest: &mut &[u8]) -> Option<(u16, u16)> {
    let first = u16::from_be_bytes(take(rest)?);
    let more = match format {
        0 => 0,
        1 => u16::from(u8::from_be_bytes(take(rest)?)),
        2 => u16::from_be_bytes(take(rest)?),
        _ => return None,
    };
    Some((first, more))
}

/// The codes of the glyphs after the first.
fn encoding(octets: &[u8], at: usize) -> Vec<u8> {
    let Some([format, count, rest @ ..]) = octets.get(at..) else { return Vec::new() };
    let count = usize::from(*count);
    let mut codes = Vec::new();
    match format & 0x7f {
        0 => codes.extend(rest.iter().take(count)),
        1 => {
            for range in rest.chunks_exact(2).take(count) {
                if let &[first, more] = range {
                    codes.extend(first..=first.saturating_add(more));
                }
            }
        }
        _ => {}
    }
    codes
}

/// The character that a name says: `A` to `~` of the standard strings, `uni4E00`, `u20000`.
fn meant(octets: &[u8], strings: Index, name: usize) -> Option<char> {
    if (1..=95).contains(&name) {
        return char::from_u32(31 + u32::try_from(name).ok()?);
    }
    let written = strings.get(octets, name.checked_sub(STANDARD_STRINGS)?)?;
    let written = core::str::from_utf8(written.get(..written.len().min(16))?).ok()?;
    let hex = match written.strip_prefix("uni") {
        Some(hex) if hex.len() == 4 => hex,
        _ => written.strip_prefix('u').filter(|hex| (4..=6).contains(&hex.len()))?,
    };
    char::from_u32(u32::from_str_radix(hex, 16).ok()?)
}

/// First `inner`, then `outer`.
fn then(inner: [f64; 6], outer: [f64; 6]) -> [f64; 6] {
    crate::geometry::Matrix(outer).of(crate::geometry::Matrix(inner)).0
}

fn u16_at(octets: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*octets.get(at..)?.first_chunk()?))
}

#[cfg(test)]
mod tests;
