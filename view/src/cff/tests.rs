use super::*;
use yinxin_testkit::font::{self, program};

const ALL: u32 = u32::MAX;

fn outline(font: &font::Cff, glyph: u16) -> Option<Outline> {
    let octets = font.to_bytes();
    Cff::read(&octets).unwrap().outline(&octets, glyph, &mut { ALL })
}

fn of(programs: &[&str]) -> font::Cff {
    let glyphs = programs.iter().map(|words| ("x".to_owned(), program(words))).collect();
    font::Cff { glyphs, ..font::Cff::default() }
}

/// The same as another reader of such fonts draws.
fn judged(octets: &[u8], glyph: u16) -> Option<Vec<Step>> {
    let mut steps = yinxin_face::Steps::new(1000.0);
    let judge = ttf_parser::cff::Table::parse(octets)?;
    judge.outline(ttf_parser::GlyphId(glyph), &mut steps).ok().map(|_| steps.taken)
}

fn near(left: &[Step], right: &[Step]) -> bool {
    let numbers = |step: &Step| match *step {
        Step::Move(to) => to.to_vec(),
        Step::Line(to) => to.to_vec(),
        Step::Quadratic(points) => points.to_vec(),
        Step::Cubic(points) => points.to_vec(),
        Step::Close => Vec::new(),
    };
    left.len() == right.len()
        && left.iter().zip(right).all(|(a, b)| {
            core::mem::discriminant(a) == core::mem::discriminant(b)
                && numbers(a).iter().zip(numbers(b)).all(|(a, b)| (a - b).abs() < 1e-4)
        })
}

/// Each operator, as another reader draws it.
#[test]
fn every_operator() {
    let programs = [
        "100 0 @22 50 60 70 80 @5 @14",
        "0 100 @21 10 20 30 40 50 @6 10 20 30 @7 @14",
        "100 @4 1 2 3 4 5 6 7 8 9 10 11 12 @8 @14",
        "10 20 @21 1 2 3 4 5 6 7 8 @24 1 2 3 4 5 6 7 8 @25 @14",
        "10 20 @21 1 2 3 4 @26 9 1 2 3 4 5 6 7 8 @26 1 2 3 4 @27 9 1 2 3 4 5 6 7 8 @27 @14",
        "10 20 @21 1 2 3 4 @30 1 2 3 4 5 @30 1 2 3 4 5 6 7 8 @30 1 2 3 4 5 6 7 8 9 @30 @14",
        "10 20 @21 1 2 3 4 @31 1 2 3 4 5 @31 1 2 3 4 5 6 7 8 @31 1 2 3 4 5 6 7 8 9 @31 @14",
        "10 20 @21 1 2 3 4 5 6 7 @12 @34 1 2 3 4 5 6 7 8 9 10 11 12 50 @12 @35 @14",
        "10 20 @21 1 2 3 4 5 6 7 8 9 @12 @36 1 2 3 4 5 6 7 8 9 10 11 @12 @37 @14",
        "10 20 @21 1 20 3 4 5 6 7 8 9 10 11 @12 @37 5 5 @21 10 @6 @14",
        // stems: a width before them, and a mask as long as they are many
        "77 10 20 30 40 @18 50 60 @23 @19 @7 10 20 @21 10 20 @5 @14",
        "10 20 @1 @20 @7 10 20 @21 10 20 @5 @14",
    ];
    let font = of(&programs);
    let octets = font.to_bytes();
    for glyph in 0..u16::try_from(programs.len()).unwrap() {
        let drawn = outline(&font, glyph).unwrap_or_else(|| panic!("{glyph}"));
        let judged = judged(&octets, glyph).unwrap_or_else(|| panic!("{glyph}"));
        assert!(near(&drawn.steps, &judged), "{glyph}: {:?}\n{judged:?}", drawn.steps);
    }
    // 400 and 77; 500 where nothing is said
    assert_eq!([10, 11].map(|glyph| (outline(&font, glyph).unwrap().advance * 1000.0).round()), [477.0, 500.0]);
    assert_eq!((outline(&font, 0).unwrap().advance * 1000.0).round(), 500.0);
}

#[test]
fn numbers_of_every_length() {
    let glyph = |numbers: &[u8]| {
        let program = [&[139, 139, 21], numbers, &[139, 5, 14]].concat();
        let font = font::Cff { glyphs: vec![(String::new(), program)], ..font::Cff::default() };
        match outline(&font, 0).unwrap().steps[1] {
            Step::Line([x, _]) => (x * 1000.0).round(),
            _ => f64::NAN,
        }
    };
    for (octets, number) in [
        (&[32][..], -107.0),
        (&[246], 107.0),
        (&[247, 0], 108.0),
        (&[250, 255], 1131.0),
        (&[251, 0], -108.0),
        (&[254, 255], -1131.0),
        (&[28, 0x80, 0], -32768.0),
        (&[255, 0, 5, 0x80, 0], 6.0),
    ] {
        assert_eq!(glyph(octets), number, "{octets:?}");
    }
}

#[test]
fn subroutines_are_followed() {
    let mut font = of(&["10 20 @21 -107 @10 -106 @29 @14", "10 20 @21 -107 @29"]);
    font.own = vec![program("5 6 @5 @11")];
    // the second calls the first, the first ends the glyph
    font.shared = vec![program("7 8 @5 @14"), program("1 2 @5 -107 @29 3 @7 @11")];
    let line = |x: f64, y: f64| Step::Line([x / 1000.0, -y / 1000.0]);
    let begin = Step::Move([0.01, -0.02]);
    assert!(near(
        &outline(&font, 0).unwrap().steps,
        &[begin, line(15.0, 26.0), line(16.0, 28.0), line(23.0, 36.0), Step::Close]
    ));
    assert!(near(&outline(&font, 1).unwrap().steps, &[begin, line(17.0, 28.0), Step::Close]));
}

/// Eleven subroutines, each calling the next a hundred times: 10 to the power of 22 steps.
#[test]
fn programs_that_multiply_stop_when_they_cannot_pay() {
    let mut font = of(&["10 20 @21 -107 @29 @14"]);
    font.shared = (0..11).map(|next| program(&format!("{} @29 ", next - 106).repeat(100))).collect();
    font.shared[9] = program("@11");
    let octets = font.to_bytes();
    let read = Cff::read(&octets).unwrap();
    let begun = std::time::Instant::now();
    let mut left = 100_000;
    assert_eq!(read.outline(&octets, 0, &mut left), None);
    assert_eq!(left, 0);
    assert!(begun.elapsed().as_millis() < 1000);
    // one that calls itself is too deep at once
    font.shared = vec![program("-107 @29")];
    let octets = font.to_bytes();
    let mut left = 100_000;
    assert_eq!(Cff::read(&octets).unwrap().outline(&octets, 0, &mut left), None);
    assert!(left > 99_000, "{left}");
}

#[test]
fn programs_that_break_a_rule_draw_nothing() {
    for words in [
        "10 20 @5 @14",            // a line from nowhere
        "10 20 @21 1 2 3 @5 @14",  // half a pair
        "10 20 @21 1 2 3 @8 @14",  // half a curve
        "10 20 @21 1 2 @12 @34",   // half a flex
        "10 20 @21 1 2 @12 @10",   // arithmetic
        "10 20 @21 1 2 @5",        // no end
        "10 20 @21 0 0 65 66 @14", // an accent over a letter
        "@10 @14",                 // a call without a number
        "5000 @29 @14",            // a subroutine that is not there
        "@9",
    ] {
        assert_eq!(outline(&of(&[words]), 0), None, "{words}");
    }
    let many = format!("{} @21 @14", "1 ".repeat(49));
    assert_eq!(outline(&of(&[&many]), 0), None, "more than the stack holds");
}

#[test]
fn characters_are_found_by_names_and_then_by_codes() {
    let empty = program("@14");
    let glyphs = [".notdef", "uni4E00", "u20000", "uniD800", "odd", "A"].map(|name| (name.to_owned(), empty.clone()));
    let mut font = font::Cff { glyphs: glyphs.into(), codes: vec![1, 2, 3, 0x41], ..font::Cff::default() };
    let glyph = |font: &font::Cff, character: char| Cff::read(&font.to_bytes()).unwrap().glyph(character);
    assert_eq!(['一', '\u{20000}', 'A', 'B'].map(|c| glyph(&font, c)), [Some(1), Some(2), Some(4), None]);
    font.codes.clear();
    assert_eq!(glyph(&font, 'A'), None);
    // the standard strings: the 34th is A
    let names = charset(&[], 0, 300);
    assert_eq!((names.len(), names[33]), (228, 34));
    assert_eq!(meant(&[], Index::default(), 34), Some('A'));
    assert_eq!(charset(&[0, 0, 0, 0, 2, 0, 5, 0, 3], 3, 5), [0x200, 0x500]);
    assert_eq!(charset(&[0, 0, 0, 9, 2, 0, 5, 0, 3], 3, 5), [0; 0]);
    assert_eq!(charset(&[0, 0, 0, 2, 0, 5, 0, 3], 3, 5), [5, 6, 7, 8]);
    assert_eq!(encoding(&[0, 1, 1, 0x41, 2], 1), [0x41, 0x42, 0x43]);
}

/// By CIDs: each glyph by the dictionary that is for it.
#[test]
fn fonts_of_parts() {
    let mut font = of(&["10 20 @21 40 @6 @14"; 5]);
    font.second_from = Some(3);
    let widths: Vec<f64> = (0..5)
        .map(|glyph| match outline(&font, glyph).unwrap().steps[1] {
            Step::Line([x, _]) => (x * 1000.0).round(),
            _ => f64::NAN,
        })
        .collect();
    assert_eq!(widths, [50.0, 50.0, 50.0, 25.0, 25.0]);
    assert_eq!(Cff::read(&font.to_bytes()).unwrap().glyph('x'), None);
}

/// Every octet changed, every end cut off.
#[test]
fn damaged_fonts_bring_no_panic() {
    let mut font = of(&["10 20 @21 -107 @10 -107 @29 @14"; 3]);
    (font.own, font.shared) = (vec![program("5 6 @5 @11")], vec![program("1 2 @5 @11")]);
    for second_from in [None, Some(1)] {
        font.second_from = second_from;
        let sound = font.to_bytes();
        let mut read = 0;
        for at in 0..sound.len() {
            for change in [0x00, 0x01, 0x7f, 0xff] {
                let mut octets = sound.clone();
                octets[at] = change;
                for octets in [&octets[..], &octets[..at]] {
                    let Some(font) = Cff::read(octets) else { continue };
                    for glyph in [0, 1, 2, 3, 0xffff] {
                        read += usize::from(font.outline(octets, glyph, &mut 1000).is_some());
                    }
                }
            }
        }
        assert!(read > 1000, "{read}");
    }
}

/// Operands of five octets, as offsets are written here, and what else they may be: 1e30, -1e30, the largest and the
/// least whole numbers, one beyond any file.
const OPERANDS: [[u8; 5]; 5] = [
    [30, 0x00, 0x01, 0xb3, 0x0f],
    [30, 0xe0, 0x01, 0xb3, 0x0f],
    [29, 0x7f, 0xff, 0xff, 0xff],
    [29, 0x80, 0x00, 0x00, 0x00],
    [29, 0x00, 0xff, 0xff, 0xff],
];

#[test]
fn offsets_beyond_anything_are_refused() {
    let mut font = of(&["10 20 @21 -107 @10 -107 @29 @14"; 3]);
    (font.own, font.shared) = (vec![program("5 6 @5 @11")], vec![program("1 2 @5 @11")]);
    font.codes = vec![1, 2];
    let mut refused = 0;
    for second_from in [None, Some(1)] {
        font.second_from = second_from;
        let sound = font.to_bytes();
        for at in (0..sound.len() - 5).filter(|at| sound[*at] == 29) {
            for operand in OPERANDS {
                let mut octets = sound.clone();
                octets[at..at + 5].copy_from_slice(&operand);
                let read = Cff::read(&octets);
                // whose operator stands behind it
                if matches!(octets[at + 5], 15..=18) && operand[0] == 30 && second_from.is_none() {
                    assert!(read.is_none(), "{at}");
                    refused += 1;
                }
                let Some(font) = read else { continue };
                (0..4).for_each(|glyph| _ = font.outline(&octets, glyph, &mut 1000));
            }
        }
    }
    assert_eq!(refused, 8, "names, codes, glyphs, private dictionary");
    for number in [-1.0, 0.5, 4_294_967_296.0, 1e30, f64::INFINITY, f64::NAN] {
        assert_eq!(dict::place(number), None, "{number}");
    }
    assert_eq!(dict::place(4_294_967_295.0), Some(4_294_967_295));
}

/// As many glyphs as a font may have, each with a name.
#[test]
fn a_font_of_65535_glyphs_is_read() {
    const GLYPHS: u16 = u16::MAX;
    let long = |number: usize| u32::try_from(number).unwrap().to_be_bytes();
    let head = [&[1, 0, 4, 4][..], &[0, 1, 1, 1, 2, b'x']].concat();
    let top = |names: usize, glyphs: usize| [&[29][..], &long(names), &[15, 29], &long(glyphs), &[17]].concat();
    // one dictionary of twelve octets, neither strings nor subroutines
    let begin = head.len() + 5 + 12 + 4;
    // one range from the first standard name on
    let names = [2, 0, 1, 0xff, 0xff];
    let mut octets = [&head[..], &[0, 1, 1, 1, 13], &top(begin, begin + names.len()), &[0; 4], &names].concat();
    octets.extend(GLYPHS.to_be_bytes());
    octets.push(4);
    (1..=usize::from(GLYPHS) + 1).for_each(|at| octets.extend(long(at)));
    octets.resize(octets.len() + usize::from(GLYPHS), 14);
    let font = Cff::read(&octets).unwrap();
    assert_eq!((font.glyph('A'), font.glyph('~')), (Some(34), Some(95)));
    assert_eq!(font.outline(&octets, GLYPHS - 1, &mut { ALL }).map(|outline| outline.steps), Some(Vec::new()));
    assert_eq!(font.outline(&octets, GLYPHS, &mut { ALL }), None);
}

/// Octets changed, put in, taken out, operands put over them, several at once.
#[test]
fn changed_fonts_bring_no_panic() {
    use yinxin_testkit::noise::Noise;
    let mut font = of(&["10 20 @21 -107 @10 -107 @29 @14", "1 2 @1 @19 @7 10 20 @21 1 2 3 4 5 6 @8 @14", "@14"]);
    (font.own, font.shared) = (vec![program("5 6 @5 @11")], vec![program("1 2 @5 @11")]);
    font.codes = vec![1, 2];
    let of_parts = font::Cff { second_from: Some(1), ..font.clone() };
    let mut noise = Noise(23);
    let mut drawn = 0;
    for round in 0..8000 {
        let mut octets = if round % 2 == 0 { font.to_bytes() } else { of_parts.to_bytes() };
        for _ in 0..=noise.next(4) {
            let at = noise.next(octets.len());
            let octet = [0, 1, 3, 15, 28, 29, 30, 127, 128, 255][noise.next(10)];
            match noise.next(6) {
                0 => octets.insert(at, octet),
                1 => _ = octets.remove(at),
                2 => octets[at] = octet,
                3 => octets.truncate(at + 1),
                4 => octets.iter_mut().skip(at).zip(OPERANDS[noise.next(5)]).for_each(|(old, new)| *old = new),
                _ => octets[at] ^= 1 << noise.next(8),
            }
        }
        let Some(font) = Cff::read(&octets) else { continue };
        for glyph in [0, 1, 2, 3, u16::MAX] {
            let outline = font.outline(&octets, glyph, &mut 1000);
            drawn += usize::from(outline.is_some_and(|outline| outline.advance.is_finite()));
        }
    }
    assert!(drawn > 2000, "{drawn}");
}
