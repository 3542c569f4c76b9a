//! Fonts for tests: tables in a file, and CFF fonts (Adobe Technical Note 5176) whose
//! outlines are programs of the test's own.

/// Tables in a file; `flavour`: `[0, 1, 0, 0]` for TrueType, `OTTO` for CFF.
pub fn sfnt(flavour: [u8; 4], tables: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let count = u16::try_from(tables.len()).expect("few tables");
    let mut file = flavour.to_vec();
    file.extend(count.to_be_bytes());
    file.extend([0; 6]);
    let mut at = 12 + 16 * tables.len();
    for (name, data) in tables {
        file.extend(name.as_bytes());
        file.extend([0; 4]);
        file.extend(long(at));
        file.extend(long(data.len()));
        at += data.len();
    }
    tables.iter().for_each(|(_, data)| file.extend(data));
    file
}

/// `head`, `hhea`, `hmtx`, `maxp` of a font of 1000 units an em, whose glyphs are this wide.
pub fn measures(widths: &[u16]) -> Vec<(&'static str, Vec<u8>)> {
    let mut head = vec![0; 54];
    head[..4].copy_from_slice(&[0, 1, 0, 0]);
    head[12..16].copy_from_slice(&0x5f0f_3cf5_u32.to_be_bytes());
    head[18..20].copy_from_slice(&1000_u16.to_be_bytes());
    head[50..52].copy_from_slice(&[0, 1]);
    let count = u16::try_from(widths.len()).expect("few glyphs");
    let mut hhea = vec![0; 36];
    hhea[..4].copy_from_slice(&[0, 1, 0, 0]);
    hhea[34..].copy_from_slice(&count.to_be_bytes());
    let hmtx = widths.iter().flat_map(|width| [width.to_be_bytes(), [0; 2]].concat()).collect();
    let mut maxp = vec![0, 0, 0x50, 0];
    maxp.extend(count.to_be_bytes());
    vec![("head", head), ("hhea", hhea), ("hmtx", hmtx), ("maxp", maxp)]
}

/// `cmap`: which glyphs these characters are, in ascending order.
pub fn characters(of: &[(char, u16)]) -> Vec<u8> {
    let mut table = vec![0, 0, 0, 1, 0, 3, 0, 10, 0, 0, 0, 12, 0, 12, 0, 0];
    table.extend(long(16 + 12 * of.len()));
    table.extend([0; 4]);
    table.extend(long(of.len()));
    for (character, glyph) in of {
        table.extend([u32::from(*character); 2].map(u32::to_be_bytes).concat());
        table.extend(u32::from(*glyph).to_be_bytes());
    }
    table
}

/// A CFF font.
#[derive(Clone, Debug, Default)]
pub struct Cff {
    /// Names and programs; the first is `.notdef`, whatever its name.
    pub glyphs: Vec<(String, Vec<u8>)>,
    /// Subroutines of all fonts of the set, and of this one.
    pub shared: Vec<Vec<u8>>,
    /// Subroutines of this one.
    pub own: Vec<Vec<u8>>,
    /// Codes of the glyphs after the first; the standard ones without any.
    pub codes: Vec<u8>,
    /// By CIDs: two font dictionaries, the second, of half the size, for all glyphs from this one on.
    pub second_from: Option<u16>,
}

impl Cff {
    /// The table.
    pub fn to_bytes(&self) -> Vec<u8> {
        let names: Vec<Vec<u8>> = self.glyphs.iter().skip(1).map(|(name, _)| name.clone().into_bytes()).collect();
        let head = [&[1, 0, 4, 4][..], &index(&[b"Made".to_vec()])].concat();
        let strings = [index(&names), index(&self.shared)].concat();
        let programs: Vec<Vec<u8>> = self.glyphs.iter().map(|(_, program)| program.clone()).collect();
        // every offset has five octets, so that the length is known before it
        let top = |places: &[usize]| index(&[self.top(places)]);
        let begin = head.len() + top(&[0; 6]).len() + strings.len();
        let mut places = Vec::new();
        let mut rest = Vec::new();
        let mut add = |data: Vec<u8>| {
            places.push(begin + rest.len());
            rest.extend(data);
        };
        // names of their own begin at 391
        add([0].into_iter().chain((0..names.len()).flat_map(|n| short(391 + n))).collect());
        add([&[0, u8::try_from(self.codes.len()).expect("few codes")], &self.codes[..]].concat());
        add(index(&programs));
        let private = dict(&[(&[500.0], &[20]), (&[400.0], &[21]), (&[18.0], &[19])]);
        assert_eq!(private.len(), 18);
        add([private, index(&self.own)].concat());
        if let Some(from) = self.second_from {
            let at = places[3] as f64;
            let font = |scale: f64| {
                let matrix = [scale, 0.0, 0.0, scale, 0.0, 0.0];
                dict(&[(&matrix, &[12, 7]), (&[18.0, at], &[18])])
            };
            let count = short(self.glyphs.len());
            let mut add = |data: Vec<u8>| {
                places.push(begin + rest.len());
                rest.extend(data);
            };
            add(index(&[font(1.0), font(0.5)]));
            add([&[3, 0, 2, 0, 0, 0][..], &from.to_be_bytes(), &[1], &count].concat());
        }
        places.resize(6, 0);
        [head, top(&places), strings, rest].concat()
    }

    fn top(&self, places: &[usize]) -> Vec<u8> {
        let place = |n: usize| [places[n] as f64];
        let mut top = Vec::new();
        if self.second_from.is_some() {
            top.extend(dict(&[(&[391.0, 391.0, 0.0], &[12, 30])]));
            top.extend(dict(&[(&place(4), &[12, 36]), (&place(5), &[12, 37])]));
        } else if !self.codes.is_empty() {
            top.extend(dict(&[(&place(1), &[16])]));
        }
        top.extend(dict(&[(&[0.001, 0.0, 0.0, 0.001, 0.0, 0.0], &[12, 7])]));
        top.extend(dict(&[(&place(0), &[15]), (&place(2), &[17]), (&[18.0, places[3] as f64], &[18])]));
        top
    }
}

/// A program of numbers and operators: those of `words` that are no numbers, by their numbers in 5177.
pub fn program(words: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for word in words.split_whitespace() {
        match word.strip_prefix('@') {
            // an operator
            Some(operator) => out.push(operator.parse().expect("an operator")),
            None => {
                let number: i16 = word.parse().expect("a number");
                out.push(28);
                out.extend(number.to_be_bytes());
            }
        }
    }
    out
}

fn index(items: &[Vec<u8>]) -> Vec<u8> {
    let mut out = short(items.len()).to_vec();
    if items.is_empty() {
        return out;
    }
    out.push(4);
    let mut at = 1;
    out.extend(long(at));
    for item in items {
        at += item.len();
        out.extend(long(at));
    }
    items.iter().for_each(|item| out.extend(item));
    out
}

/// Whole numbers in five octets, others in half octets.
fn dict(entries: &[(&[f64], &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (operands, operator) in entries {
        for number in *operands {
            if number.fract() == 0.0 {
                out.push(29);
                out.extend((*number as i32).to_be_bytes());
            } else {
                let mut halves: Vec<u8> =
                    number.to_string().bytes().map(|c| if c == b'.' { 10 } else { c - b'0' }).collect();
                halves.push(15);
                halves.resize(halves.len().next_multiple_of(2), 15);
                out.push(30);
                out.extend(halves.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]));
            }
        }
        out.extend(*operator);
    }
    out
}

fn short(number: usize) -> [u8; 2] {
    u16::try_from(number).expect("a small number").to_be_bytes()
}

fn long(number: usize) -> [u8; 4] {
    u32::try_from(number).expect("a small number").to_be_bytes()
}
