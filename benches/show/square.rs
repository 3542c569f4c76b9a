//! Reads the square of a page, as a scanner reads it from the screen: every module is there and none is wrong, so
//! nothing needs mending. Codes of one block and one alphanumeric segment, as presentation codes are.

/// Light modules around a code.
const MARGIN: usize = 4;
const ALPHANUMERIC: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// The text of the code on a page, from the path that draws it.
pub(crate) fn text_on(page: &str) -> String {
    let side: usize = between(page, "viewBox=\"0 0 ", " ").parse().unwrap();
    let width = side - 2 * MARGIN;
    let mut dark = vec![vec![false; width]; width];
    // M{column} {row}h{run}v1h-{run}z for each run of dark modules
    for run in between(page, "<path d=\"M", "\"").split('M') {
        let (column, rest) = run.split_once(' ').unwrap();
        let (row, rest) = rest.split_once('h').unwrap();
        let run: usize = rest.split_once('v').unwrap().0.parse().unwrap();
        let (column, row): (usize, usize) = (column.parse().unwrap(), row.parse().unwrap());
        dark[row - MARGIN][column - MARGIN..column - MARGIN + run].fill(true);
    }
    words(&codewords(&dark))
}

fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    // the square is the first picture of the section of the code
    let page = &page[page.find("code__qr").unwrap()..];
    let rest = &page[page.find(before).unwrap() + before.len()..];
    &rest[..rest.find(after).unwrap()]
}

/// ISO/IEC 18004, 7.7: two columns at a time from the right, upwards and downwards in turn, without the patterns.
fn codewords(dark: &[Vec<bool>]) -> Vec<bool> {
    let width = dark.len();
    let mask = mask_of(dark);
    let mut bits = Vec::with_capacity(width * width);
    let mut upwards = true;
    let columns = (1..width).rev().step_by(2).map(|right| if right <= 6 { right - 1 } else { right });
    for right in columns {
        for step in 0..width {
            let row = if upwards { width - 1 - step } else { step };
            for column in [right, right.wrapping_sub(1)] {
                if column < width && !is_pattern(row, column, width) {
                    bits.push(dark[row][column] != is_masked(mask, row, column));
                }
            }
        }
        upwards = !upwards;
    }
    bits
}

/// The three bits of the mask, beside the upper left finder.
fn mask_of(dark: &[Vec<bool>]) -> u8 {
    let bits = [(8, 2), (8, 3), (8, 4)].map(|(row, column): (usize, usize)| u8::from(dark[row][column]));
    (bits[0] << 2 | bits[1] << 1 | bits[2]) ^ 0b101
}

fn is_masked(mask: u8, row: usize, column: usize) -> bool {
    let (product, sum) = (row * column, row + column);
    match mask {
        0 => sum.is_multiple_of(2),
        1 => row.is_multiple_of(2),
        2 => column.is_multiple_of(3),
        3 => sum.is_multiple_of(3),
        4 => (row / 2 + column / 3).is_multiple_of(2),
        5 => product % 2 + product % 3 == 0,
        6 => (product % 2 + product % 3).is_multiple_of(2),
        _ => (sum % 2 + product % 3).is_multiple_of(2),
    }
}

/// Finders with the format beside them, timing, and the one alignment pattern of versions 2 to 6.
fn is_pattern(row: usize, column: usize, width: usize) -> bool {
    let finder = (row < 9 && (column < 9 || column >= width - 8)) || (row >= width - 8 && column < 9);
    let alignment = width > 21 && row.abs_diff(width - 7) <= 2 && column.abs_diff(width - 7) <= 2;
    finder || alignment || row == 6 || column == 6
}

fn words(bits: &[bool]) -> String {
    let mut bits = bits.iter();
    let mut take = |count: usize| (0..count).fold(0_usize, |value, _| value << 1 | usize::from(*bits.next().unwrap()));
    assert_eq!(take(4), 0b0010, "not one alphanumeric segment");
    let mut left = take(9);
    let mut text = String::with_capacity(left);
    while left > 0 {
        let (value, count) = if left > 1 { (take(11), 2) } else { (take(6), 1) };
        if count == 2 {
            text.push(char::from(ALPHANUMERIC[value / 45]));
        }
        text.push(char::from(ALPHANUMERIC[value % 45]));
        left -= count;
    }
    text
}
