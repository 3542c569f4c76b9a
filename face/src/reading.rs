//! Codes read back from a picture: a photograph, a screenshot, a frame of a camera.
//!
//! A picture comes from anybody. It is decoded once, as grey, within bounds that its header has to
//! keep; what is read is text and proves nothing. Where the whole shows no code, each place is looked at that is
//! as densely black and white as a code: ornaments of a page look like the corners of one, and the decoder finds no code
//! among many of them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use zune_jpeg::{
    JpegDecoder,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

/// Longest side of a picture, pixels.
const LONGEST_SIDE: usize = 8_000;
/// Most pixels of a picture: those of a good telephone.
const MOST_PIXELS: usize = 25_000_000;
/// Sides that codes are looked for at first; a code fills a good part of most pictures.
const WORKING_SIDE: usize = 1_280;
/// Longest side of a picture that is looked at as a whole alone, pixels: a frame of a camera, of which the next comes soon.
const CLOSE_UP: usize = 1_100;
/// Into how many cells the longer side is cut to find out where it looks like a code.
const CELLS: usize = 48;
/// Most places that are looked at.
const PLACES: usize = 12;
/// Most codes that are read out of one picture.
const MOST_CODES: usize = 8;

/// Why nothing can be read of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureFault {
    /// Neither JPEG nor PNG.
    #[error("the picture is neither JPEG nor PNG")]
    Kind,
    /// Too large to be looked at.
    #[error("the picture has a side of more than {LONGEST_SIDE} pixels, or more than {MOST_PIXELS} pixels")]
    Pixels,
    /// It cannot be decoded.
    #[error("the picture cannot be decoded")]
    Damaged,
}

/// Grey, from black to white.
struct Grey {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

/// The texts of the QR codes in a picture, each once, at most eight.
///
/// # Errors
/// [`PictureFault`]; a picture without a code has none and is no fault.
pub fn codes_in(picture: &[u8]) -> Result<Vec<String>, PictureFault> {
    let grey = if picture.starts_with(&[0xff, 0xd8, 0xff]) {
        jpeg(picture)?
    } else if picture.starts_with(b"\x89PNG\r\n\x1a\n") {
        png(picture)?
    } else {
        return Err(PictureFault::Kind);
    };
    let factor = grey.width.max(grey.height).div_ceil(WORKING_SIDE);
    let mut found = Vec::new();
    // finer where nothing is found: the code may be a small part of it
    for factor in [factor, factor / 2] {
        if factor > 0 && found.is_empty() {
            found = read(&grey.smaller_by(factor));
        }
    }
    if found.is_empty() && grey.width.max(grey.height) > CLOSE_UP {
        found = in_places(&grey);
    }
    Ok(found)
}

/// The first place that shows a code, of those that look like one.
fn in_places(grey: &Grey) -> Vec<String> {
    let cell = grey.width.max(grey.height).div_ceil(CELLS);
    let mut places = places(grey, cell);
    // the largest first
    places.sort_by_key(|place| std::cmp::Reverse((place.right - place.left) * (place.bottom - place.top)));
    for place in places.into_iter().take(PLACES) {
        // with what is white around a code
        let (left, top) = (place.left.saturating_sub(1) * cell, place.top.saturating_sub(1) * cell);
        let part = grey.part(left, top, (place.right + 1) * cell - left, (place.bottom + 1) * cell - top);
        let factor = part.width.max(part.height).div_ceil(WORKING_SIDE).max(1);
        let found = read(&part.smaller_by(factor));
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// Cells from the first to before the last, across and down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    left: usize,
    right: usize,
    top: usize,
    bottom: usize,
}

/// Where cells hang together that look like a code, about as wide as high.
fn places(grey: &Grey, cell: usize) -> Vec<Place> {
    let (across, down) = (grey.width.div_ceil(cell), grey.height.div_ceil(cell));
    let mut is_like: Vec<bool> = (0..across * down)
        .map(|n| grey.part(n % across * cell, n / across * cell, cell, cell).is_like_a_code())
        .collect();
    let mut found = Vec::new();
    for begin in 0..across * down {
        let mut open = vec![begin];
        let mut place = Place { left: across, right: 0, top: down, bottom: 0 };
        let mut cells = 0;
        while let Some(n) = open.pop() {
            if !std::mem::replace(&mut is_like[n], false) {
                continue;
            }
            let (x, y) = (n % across, n / across);
            cells += 1;
            place = Place {
                left: place.left.min(x),
                right: place.right.max(x + 1),
                top: place.top.min(y),
                bottom: place.bottom.max(y + 1),
            };
            let rows = y.saturating_sub(1)..(y + 2).min(down);
            open.extend(rows.flat_map(|y| (x.saturating_sub(1)..(x + 2).min(across)).map(move |x| y * across + x)));
        }
        let (wide, high) = (place.right.saturating_sub(place.left), place.bottom.saturating_sub(place.top));
        let is_square = wide.min(high) >= 2 && wide.max(high) <= 2 * wide.min(high);
        if is_square && cells * 2 >= wide * high {
            found.push(place);
        }
    }
    found
}

impl Grey {
    /// What of a rectangle is within.
    fn part(&self, x: usize, y: usize, width: usize, height: usize) -> Self {
        let (width, height) = (width.min(self.width.saturating_sub(x)), height.min(self.height.saturating_sub(y)));
        let rows = (y..y + height).flat_map(|row| self.pixels[row * self.width + x..][..width].iter().copied());
        Self { pixels: rows.collect(), width, height }
    }

    /// Within the bounds, or nothing is decoded.
    fn bounds(width: usize, height: usize) -> Result<(), PictureFault> {
        let within = (1..=LONGEST_SIDE).contains(&width) && (1..=LONGEST_SIDE).contains(&height);
        if within && width * height <= MOST_PIXELS { Ok(()) } else { Err(PictureFault::Pixels) }
    }

    /// Whether black and white take turns in it as in a code, across and down.
    fn is_like_a_code(&self) -> bool {
        let (darkest, lightest) = (self.pixels.iter().min(), self.pixels.iter().max());
        let (Some(&darkest), Some(&lightest)) = (darkest, lightest) else { return false };
        if lightest - darkest < 60 {
            return false;
        }
        let middle = darkest + (lightest - darkest) / 2;
        let is_dark = |x: usize, y: usize| self.pixels[y * self.width + x] < middle;
        let dark = self.pixels.iter().filter(|pixel| **pixel < middle).count();
        let turns_across: usize =
            (0..self.height).map(|y| (1..self.width).filter(|x| is_dark(*x, y) != is_dark(x - 1, y)).count()).sum();
        let turns_down: usize =
            (0..self.width).map(|x| (1..self.height).filter(|y| is_dark(x, *y) != is_dark(x, y - 1)).count()).sum();
        // a quarter to three quarters dark, and at least three turns in a row and in a column
        let share = dark * 100 / self.pixels.len();
        (22..=78).contains(&share) && turns_across >= 3 * self.height && turns_down >= 3 * self.width
    }

    /// The mean of each square of so many pixels.
    fn smaller_by(&self, factor: usize) -> Self {
        let (width, height) = (self.width / factor, self.height / factor);
        let mean = |x: usize, y: usize| {
            let rows =
                (y * factor..(y + 1) * factor).map(|row| &self.pixels[row * self.width + x * factor..][..factor]);
            let sum: usize = rows.flatten().map(|pixel| usize::from(*pixel)).sum();
            (sum / (factor * factor)) as u8
        };
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| mean(x, y)).collect();
        Self { width, height, pixels }
    }
}

fn read(grey: &Grey) -> Vec<String> {
    if grey.width == 0 || grey.height == 0 {
        return Vec::new();
    }
    // the decoder is not ours and the picture is anybody's: what it stumbles over has no code
    let read = || {
        let at = |x: usize, y: usize| grey.pixels[y * grey.width + x];
        let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(grey.width, grey.height, at);
        let grids = prepared.detect_grids();
        grids.iter().take(MOST_CODES).filter_map(|grid| grid.decode().ok()).map(|(_, text)| text).collect()
    };
    let mut found: Vec<String> = catch_unwind(AssertUnwindSafe(read)).unwrap_or_default();
    found.sort_unstable();
    found.dedup();
    found
}

fn jpeg(octets: &[u8]) -> Result<Grey, PictureFault> {
    let options = DecoderOptions::default()
        .set_max_width(LONGEST_SIDE)
        .set_max_height(LONGEST_SIDE)
        .jpeg_set_out_colorspace(ColorSpace::Luma);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(octets), options);
    decoder.decode_headers().map_err(|_| PictureFault::Damaged)?;
    let (width, height) = decoder.dimensions().ok_or(PictureFault::Damaged)?;
    Grey::bounds(width, height)?;
    let pixels = decoder.decode().map_err(|_| PictureFault::Damaged)?;
    if pixels.len() == width * height { Ok(Grey { width, height, pixels }) } else { Err(PictureFault::Damaged) }
}

/// Row by row: a large picture is never there in all its colours.
fn png(octets: &[u8]) -> Result<Grey, PictureFault> {
    let mut decoder = ::png::Decoder::new_with_limits(std::io::Cursor::new(octets), ::png::Limits { bytes: 64 << 20 });
    decoder.set_transformations(::png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(|_| PictureFault::Damaged)?;
    let (width, height) = (reader.info().width as usize, reader.info().height as usize);
    Grey::bounds(width, height)?;
    if reader.info().interlaced {
        return Err(PictureFault::Damaged);
    }
    let channels = reader.output_color_type().0.samples();
    let mut pixels = Vec::with_capacity(width * height);
    while let Some(row) = reader.next_row().map_err(|_| PictureFault::Damaged)? {
        pixels.extend(row.data().chunks_exact(channels).take(width).map(grey_of));
    }
    if pixels.len() == width * height { Ok(Grey { width, height, pixels }) } else { Err(PictureFault::Damaged) }
}

/// Grey, grey with alpha, red green blue, and those with alpha; what is seen through is white.
fn grey_of(pixel: &[u8]) -> u8 {
    let (grey, alpha) = match *pixel {
        [grey] => (grey, 255),
        [grey, alpha] => (grey, alpha),
        // Rec. 601, in 256ths
        [r, g, b, ref alpha @ ..] => {
            let grey = (77 * u32::from(r) + 150 * u32::from(g) + 29 * u32::from(b)) >> 8;
            (grey as u8, alpha.first().copied().unwrap_or(255))
        }
        [] => (255, 255),
    };
    let seen = u32::from(grey) * u32::from(alpha) + 255 * (255 - u32::from(alpha));
    (seen / 255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CodePath;

    const TEXT: &str = "HTTPS://YX.EXAMPLE.GOV.CN/C/ABCDEFGHIJKLMNOPQRSTUV2345";

    /// A code of so many pixels a module on a light ground, as PNG of a kind of colour.
    fn picture(texts: &[&str], scale: usize, colour: ::png::ColorType) -> Vec<u8> {
        let codes: Vec<_> = texts.iter().map(|text| CodePath::in_segments(text).unwrap()).collect();
        let side = codes.iter().map(|code| code.side).max().unwrap() * scale;
        let width = side * codes.len();
        let mut grey = vec![255_u8; width * side];
        for (n, code) in codes.iter().enumerate() {
            for run in code.path.split('M').skip(1) {
                let numbers: Vec<usize> =
                    run.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
                for y in numbers[1] * scale..(numbers[1] + 1) * scale {
                    let begin = y * width + n * side + numbers[0] * scale;
                    grey[begin..begin + numbers[2] * scale].fill(0);
                }
            }
        }
        let mut octets = Vec::new();
        let mut encoder = ::png::Encoder::new(&mut octets, width as u32, side as u32);
        encoder.set_color(colour);
        let data: Vec<u8> = match colour {
            ::png::ColorType::Rgba => grey.iter().flat_map(|&g| [g, g, g, if g == 0 { 255 } else { 0 }]).collect(),
            _ => grey,
        };
        encoder.write_header().unwrap().write_image_data(&data).unwrap();
        octets
    }

    #[test]
    fn codes_of_all_sizes_are_read() {
        use ::png::ColorType::{Grayscale, Rgba};
        for (scale, colour) in [(3, Grayscale), (8, Grayscale), (8, Rgba), (60, Grayscale)] {
            assert_eq!(codes_in(&picture(&[TEXT], scale, colour)), Ok(vec![TEXT.to_owned()]), "{scale}");
        }
        // in three segments
        let offline = format!("HTTPS://YX.EXAMPLE.GOV.CN/C#{}", "QYAU234567".repeat(44));
        assert_eq!(codes_in(&picture(&[&offline], 4, Grayscale)), Ok(vec![offline]));
        let two = codes_in(&picture(&[TEXT, "HTTPS://A/C/B"], 6, Grayscale)).unwrap();
        assert_eq!(two, ["HTTPS://A/C/B", TEXT]);
        let photo = include_bytes!("../tests/drawing/photo.jpg");
        assert_eq!(codes_in(photo), Ok(Vec::new()), "a portrait has none");
    }

    #[test]
    fn what_is_no_picture_or_too_large_is_named() {
        assert_eq!(codes_in(b"%PDF-1.7"), Err(PictureFault::Kind));
        assert_eq!(codes_in(b"\xff\xd8\xff\xe0"), Err(PictureFault::Damaged));
        let mut huge = picture(&[TEXT], 3, ::png::ColorType::Grayscale);
        huge[16..20].copy_from_slice(&9_000_u32.to_be_bytes());
        let crc = crc32fast(&huge[12..29]);
        huge[29..33].copy_from_slice(&crc.to_be_bytes());
        assert_eq!(codes_in(&huge), Err(PictureFault::Pixels));
    }

    #[test]
    fn damaged_pictures_have_no_code_and_do_no_harm() {
        for whole in
            [picture(&[TEXT], 4, ::png::ColorType::Grayscale), include_bytes!("../tests/drawing/photo.jpg").to_vec()]
        {
            for n in 0..300 {
                let mut octets = whole.clone();
                let at = (n * 7919) % octets.len();
                octets[at] ^= 1 << (n % 8);
                octets.truncate(octets.len() - n * 3 % 200);
                let _ = codes_in(&octets).map(|codes| assert!(codes.len() <= MOST_CODES));
            }
        }
    }

    /// CRC-32 of ISO 3309, for a header that was changed.
    fn crc32fast(octets: &[u8]) -> u32 {
        let step = |crc: u32, octet: &u8| {
            (0..8).fold(crc ^ u32::from(*octet), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
        };
        !octets.iter().fold(u32::MAX, step)
    }
}
